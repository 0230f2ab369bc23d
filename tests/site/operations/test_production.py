"""The settings of a public installation: what Django's own check asks, and what the guide says of each variable."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.installations import clean_environment
from tests.site.operations.conftest import ROOT

from carreau.errors import BadInput
from carreau.site.config.environment import Environment, make_home

GUIDE = (ROOT / "docs" / "how-to" / "production.md").read_text(encoding="utf-8")
VARIABLE = r"(?:CARREAU_[A-Z_]*[A-Z]|DATABASE_URL|KEYRING_[A-Z_]*[A-Z])"
PRODUCTION = {
    "CARREAU_HOSTS": "logement.example,www.logement.example",
    "CARREAU_PROXIES": "1",
    "CARREAU_MAIL_HOST": "mail.example",
}
SAY = """
import json
from carreau.site.config import settings
print(json.dumps({name: getattr(settings, name) for name in dir(settings) if name.isupper()}, default=str))
"""


def run(home: Path, *command: str, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = clean_environment() | {"CARREAU_HOME": str(home)} | variables
    return subprocess.run([sys.executable, *command], cwd=ROOT, env=environment, capture_output=True, text=True)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("production")
    make_home(made)
    return made


@pytest.fixture(scope="module")
def production(home: Path) -> dict[str, Any]:
    done = run(home, "-c", SAY, **PRODUCTION)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_djangos_own_check_has_nothing_to_say(home: Path) -> None:
    done = run(home, "-m", "carreau.site", "check", "--deploy", "--fail-level", "WARNING", **PRODUCTION)
    assert (done.returncode, done.stdout) == (0, "System check identified no issues (0 silenced).\n"), done.stderr


def test_a_public_site_is_reached_by_https_and_its_names_only(production: dict[str, Any]) -> None:
    assert production["DEBUG"] is False
    assert production["ALLOWED_HOSTS"] == ["logement.example", "www.logement.example"]
    assert production["SECURE_SSL_REDIRECT"] is True
    assert production["SECURE_HSTS_SECONDS"] >= 31_536_000
    assert production["SECURE_PROXY_SSL_HEADER"] == ["HTTP_X_FORWARDED_PROTO", "https"]
    assert not production.get("USE_X_FORWARDED_HOST")


@pytest.mark.parametrize("cookie", ["SESSION", "CSRF"])
def test_cookies_are_for_https_this_host_and_this_site(production: dict[str, Any], cookie: str) -> None:
    assert production[f"{cookie}_COOKIE_SECURE"] is True
    assert production[f"{cookie}_COOKIE_NAME"].startswith("__Host-")
    assert production.get(f"{cookie}_COOKIE_SAMESITE", "Lax") in ("Lax", "Strict")
    assert production.get("SESSION_COOKIE_HTTPONLY", True) is True


def test_without_a_proxy_its_headers_are_not_believed(home: Path) -> None:
    done = run(home, "-c", SAY, CARREAU_HOSTS="logement.example", CARREAU_MAIL_HOST="mail.example")
    found = json.loads(done.stdout)
    assert found["SECURE_PROXY_SSL_HEADER"] is None
    assert found["ALLAUTH_TRUSTED_PROXY_COUNT"] == 0


@pytest.mark.parametrize(
    ("name", "value"), [("CARREAU_DEBUG", "yes"), ("CARREAU_PROXIES", "-1"), ("CARREAU_PROXIES", "many")]
)
def test_a_value_that_cannot_be_used_is_refused_by_name(name: str, value: str) -> None:
    with pytest.raises(BadInput, match=name):
        Environment.read({name: value})


def test_the_guide_has_a_row_for_every_variable_that_is_read_and_no_other() -> None:
    code = "\n".join(path.read_text() for path in sorted((ROOT / "src" / "carreau" / "site").rglob("*.py")))
    read = set(re.findall(rf"[\"']({VARIABLE})[\"']", code))
    families = {"CARREAU_OPENID_NAME_" + end for end in re.findall(r"\{prefix\}_([A-Z_]+)", code)}
    assert set(re.findall(rf"(?m)^\| `({VARIABLE})` \|", GUIDE)) == read | families
