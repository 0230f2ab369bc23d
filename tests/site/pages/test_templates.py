"""What holds of every template: somebody shows it, forms carry their token, nothing is written into the page."""

import re
from pathlib import Path

import pytest
from django.template import engines
from django.template.exceptions import TemplateDoesNotExist

from carreau import site

ROOT = Path(site.__file__).parent
TEMPLATES = ROOT / "templates"
ALL = sorted(TEMPLATES.rglob("*.html"))
SHOWN_BY_OTHERS = {"400.html", "403.html", "403_csrf.html", "404.html", "500.html", "429.html"}  # Django, allauth
SOURCES = "\n".join(path.read_text(encoding="utf-8") for kind in ("*.py", "*.html") for path in ROOT.rglob(kind))


def name(path: Path) -> str:
    return path.relative_to(TEMPLATES).as_posix()


def replaces_another(path: Path) -> bool:
    """Whether an installed package has a template of this name, that ours is shown instead of."""
    found = 0
    for loader in engines["django"].engine.template_loaders:  # type: ignore[attr-defined]
        for inner in getattr(loader, "loaders", [loader]):
            found += sum(Path(origin.name).is_file() for origin in inner.get_template_sources(name(path)))
    return found > 1


@pytest.mark.parametrize("path", ALL, ids=name)
def test_a_template_compiles_and_is_shown_by_somebody(path: Path) -> None:
    try:
        engines["django"].get_template(name(path))
    except TemplateDoesNotExist as missing:
        pytest.fail(f"{name(path)} names {missing}, which does not exist")
    used = f'"{name(path)}"' in SOURCES or f"'{name(path)}'" in SOURCES
    assert used or name(path) in SHOWN_BY_OTHERS or replaces_another(path)


@pytest.mark.parametrize("path", ALL, ids=name)
def test_a_form_that_changes_something_carries_its_token(path: Path) -> None:
    for form in re.findall(r"<form\b.*?</form>", path.read_text(encoding="utf-8"), re.DOTALL):
        if re.search(r'<form\b[^>]*method="post"', form):
            assert "{% csrf_token %}" in form


@pytest.mark.parametrize("path", ALL, ids=name)
def test_nothing_is_written_into_the_page_that_its_policy_refuses(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not re.findall(r"\sstyle=|<style|\son[a-z]+=|javascript:", text)
    assert not [tag for tag in re.findall(r"<script\b[^>]*>", text) if "src=" not in tag]
    assert not re.findall(r'(?:src|<link[^>]*href)="(?:https?:)?//', text)


def test_the_guards_see() -> None:
    assert not replaces_another(TEMPLATES / "pages" / "front.html")
    assert replaces_another(TEMPLATES / "django" / "forms" / "div.html")
