"""A territory folder: the tables that the engine reads and writes, and the page that says what they are."""

import json
import shutil
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from carreau.errors import BadInput
from carreau.outputs import file_sha256, restore, whole_folder
from carreau.register.tables import TABLES, Contours, Zoning

FACTS = "territory.json"
FORMAT = 1
KEPT = ("cells",)
"""Tables that do not depend on the homes and outlive them when another register is imported."""


@dataclass(frozen=True)
class Territory:
    """An immutable view of a territory folder. Tables are lazy; `facts` is the content of `territory.json`."""

    path: Path
    facts: Mapping[str, Any]

    @classmethod
    def open(cls, path: Path | str) -> "Territory":
        """Open a folder written by Carreau.

        Raises BadInput when there is none, or when `territory.json` cannot be read.
        """
        path = Path(path)
        restore(path)
        try:
            facts = json.loads((path / FACTS).read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise BadInput(
                f"is not a territory folder: it has no {FACTS}; import a register first", file=path
            ) from None
        except (OSError, ValueError) as error:
            raise BadInput(f"cannot be read: {error}", file=path / FACTS) from None
        if not isinstance(facts, dict) or facts.get("format") != FORMAT or not isinstance(facts.get("tables"), dict):
            raise BadInput(f"is not of format {FORMAT}, the one this version reads", file=path / FACTS)
        return cls(path, facts)

    @classmethod
    def former(cls, path: Path) -> "Territory | None":
        """What a folder that is about to be written holds already; None when it is no territory folder.

        Raises BadInput as `open` does when it is one that cannot be read.
        """
        restore(path)
        return cls.open(path) if (path / FACTS).exists() else None

    @property
    def name(self) -> str:
        """The territory's name for people."""
        return str(self.facts["name"])

    @property
    def reference_date(self) -> date:
        """The day that the population and the applications describe."""
        return date.fromisoformat(self.facts["reference_date"])

    def has(self, table: str) -> bool:
        """Whether the folder holds this table."""
        return table in self.facts["tables"]

    def table(self, name: str) -> pl.LazyFrame:
        """A table, lazily. Raises BadInput when the folder lacks it, naming the command that makes it."""
        if not self.has(name):
            maker = "import a register" if name == "homes" else "run `carreau register synthesize` or import it"
            raise BadInput(f"has no table {name}; {maker}", file=self.path)
        file = self.path / f"{name}.parquet"
        try:
            table = pl.scan_parquet(file)
            table.collect_schema()
        except (OSError, pl.exceptions.PolarsError):
            raise BadInput("is missing or damaged; `carreau check` says more of the folder", file=file) from None
        return table

    @property
    def zonings(self) -> tuple[str, ...]:
        """Names of the zonings that the folder holds."""
        return tuple(sorted(t.removeprefix("zonings/") for t in self.facts["tables"] if t.startswith("zonings/")))

    def zoning(self, name: str) -> pl.LazyFrame:
        """The dated memberships of a zoning (see `tables.Zoning`)."""
        return self.table(f"zonings/{name}")

    def check(self) -> dict[str, Any]:
        """Verify files and rows against their hashes and contracts.

        Returns `{"tables": {name: rows}, "problems": [sentence, ...]}`; no problem means that the folder is sound.
        """
        problems: list[str] = []
        rows: dict[str, int] = {}
        for name, facts in self.facts["tables"].items():
            file = self.path / f"{name}.parquet"
            if not file.exists():
                problems.append(f"{name}: the file is missing")
                continue
            if file_sha256(file) != facts["sha256"]:
                problems.append(f"{name}: the file is not the one that was written (SHA-256 differs)")
            try:
                frame = pl.read_parquet(file)
                _, failures = schema_of(name).filter(frame)
            except Exception as error:
                problems.append(f"{name}: cannot be read as its contract says: {str(error).splitlines()[0]}")
                continue
            rows[name] = frame.height
            problems += [f"{name}: {count} rows break `{rule}`" for rule, count in failures.counts().items()]
        return {"tables": rows, "problems": problems}


def sources_of(former: Territory | None, tables: Collection[str]) -> list[dict[str, Any]]:
    """The sources of some tables of a former folder."""
    return [source for source in former.facts["sources"] if source["table"] in tables] if former else []


def schema_of(table: str) -> Any:
    """The contract of a table by name; every `zonings/...` shares one, and every `contours/...`."""
    family = {"zonings": Zoning, "contours": Contours}.get(table.partition("/")[0])
    return family or TABLES[table]


def write(
    path: Path, tables: Mapping[str, pl.DataFrame], facts: Mapping[str, Any], *, keep: Collection[str] = ()
) -> Territory:
    """Write a territory folder in one step: either all of it appears or nothing changes.

    `tables` are frames that hold to their contracts; `keep` names tables of the present folder to carry over as they
    are. `facts` fills `territory.json` beside the row counts and hashes computed here.
    """
    with whole_folder(path) as staging:
        carry_over(path, staging, keep)
        for name, table in tables.items():
            file = staging / f"{name}.parquet"
            file.parent.mkdir(exist_ok=True)
            schema_of(name).cast(table).write_parquet(file, compression="zstd")
        seal(staging, facts)
    return Territory.open(path)


def carry_over(former: Path, staging: Path, tables: Collection[str]) -> None:
    """Copy tables of a former folder into one that is being written."""
    for name in sorted(tables):
        target = staging / f"{name}.parquet"
        target.parent.mkdir(exist_ok=True)
        shutil.copy2(former / f"{name}.parquet", target)


def seal(staging: Path, facts: Mapping[str, Any]) -> None:
    """Write the `territory.json` of a folder whose tables are all there: `facts`, row counts and hashes."""
    tables = {}
    for file in sorted(staging.rglob("*.parquet")):
        rows = pl.scan_parquet(file).select(pl.len()).collect().item()
        tables[file.relative_to(staging).with_suffix("").as_posix()] = {"rows": rows, "sha256": file_sha256(file)}
    page = {"format": FORMAT, **facts, "tables": tables}
    (staging / FACTS).write_text(json.dumps(page, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
