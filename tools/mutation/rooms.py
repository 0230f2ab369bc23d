"""What each room is: the modules that are changed, and the tests that should notice."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

SITE = "src/carreau/site"


@dataclass(frozen=True)
class Room:
    """Patterns of modules below the root, folders or files of tests, and test files that are left out."""

    sources: tuple[str, ...]
    tests: tuple[str, ...]
    left_out: tuple[str, ...] = ()

    def modules(self, root: Path) -> list[str]:
        """Its modules below a root, in order of name; migrations are records of the past and are never changed."""
        found = {file.relative_to(root).as_posix() for pattern in self.sources for file in root.glob(pattern)}
        return sorted(name for name in found if "/migrations/" not in name)

    def test_files(self, root: Path) -> list[str]:
        """Its test files below a root, in order of name."""
        found = {file.relative_to(root).as_posix() for place in self.tests for file in _files(root / place)}
        return sorted(found.difference(self.left_out))


def _files(place: Path) -> Iterator[Path]:
    return place.rglob("test_*.py") if place.is_dir() else iter([place])


ROOMS: Mapping[str, Room] = {
    "release": Room(("src/carreau/release/**/*.py",), ("tests/release", "tests/proof")),
    "attack": Room(("src/carreau/attack/**/*.py",), ("tests/attack", "tests/proof", "tests/release/zones")),
    "rules": Room(
        ("src/carreau/rules/**/*.py",),
        ("tests/rules",),
        ("tests/rules/test_mutations.py",),  # changes parameters, not code, and takes minutes
    ),
    "allocation": Room(("src/carreau/allocation/**/*.py",), ("tests/allocation",)),
    "rights": Room(
        (
            f"{SITE}/accounts/actor.py",
            f"{SITE}/accounts/members.py",
            f"{SITE}/accounts/middleware.py",
            f"{SITE}/accounts/periods.py",
            f"{SITE}/accounts/representing.py",
            f"{SITE}/accounts/rights.py",
            f"{SITE}/accounts/second_factor.py",
            f"{SITE}/accounts/models/memberships.py",
            f"{SITE}/accounts/models/representations.py",
        ),
        ("tests/site/accounts", "tests/site/test_rights.py"),
    ),
    "audit": Room((f"{SITE}/audit/**/*.py",), ("tests/site/audit",)),
    "procedures": Room(
        (
            "src/carreau/rules/commission/*.py",
            f"{SITE}/commissions/agenda.py",
            f"{SITE}/commissions/checks.py",
            f"{SITE}/commissions/deciding.py",
            f"{SITE}/commissions/holding.py",
            f"{SITE}/commissions/moving.py",
            f"{SITE}/commissions/offers.py",
            f"{SITE}/jobs/states.py",
        ),
        ("tests/rules/commission", "tests/site/commissions", "tests/site/jobs"),
    ),
}
