"""The policies that come with Carreau, by name: read without the engine, so that listing them takes no time."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import resources
from importlib.abc import Traversable
from pathlib import Path

from carreau import plain_yaml


@dataclass(frozen=True)
class Heading:
    """What a shipped policy is called, its title by language, and its mechanism."""

    name: str
    title: Mapping[str, str]
    mechanism: str


def policies() -> tuple[str, ...]:
    """Names of the policies shipped."""
    return tuple(sorted(Path(file.name).stem for file in _folder().iterdir() if file.name.endswith(".yaml")))


def policy_file(name: str) -> Traversable:
    """The file of a shipped policy."""
    return _folder().joinpath(f"{name}.yaml")


def headings() -> Iterator[Heading]:
    """The headings of the policies shipped, in the order of their names."""
    for name in policies():
        page = plain_yaml.load(policy_file(name).read_text(encoding="utf-8"))
        yield Heading(page["name"], page["title"], page["mechanism"])


def _folder() -> Traversable:
    return resources.files("carreau.allocation").joinpath("policies")
