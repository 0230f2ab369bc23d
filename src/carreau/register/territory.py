"""A territory folder: the tables that the engine reads and writes, and the page that says what they are."""

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from carreau.errors import BadInput
from carreau.outputs import file_sha256, restore, whole_folder
from carreau.register.tables import TABLES, Zoning

FACTS = "territory.json"
FORMAT = 1


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
            raise BadInput(f"is not a territory folder: it has no {FACTS}; import a register first", file=path) from None
        except (OSError, ValueError) as error:
            raise BadInput(f"cannot be read: {error}", file=path / FACTS) from None
        if not isinstance(facts, dict) or facts.get("format") != FORMAT or not isinstance(facts.get("tables"), dict):
            raise BadInput(f"is not of format {FORMAT}, the one this version reads", file=path / FACTS)
        return cls(path, facts)

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
        return pl.scan_parquet(self.path / f"{name}.parquet")

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
            except Exception as error:  # noqa: BLE001 - any unreadable file is a problem to report, not a crash
                problems.append(f"{name}: cannot be read as its contract says: {str(error).splitlines()[0]}")
                continue
            rows[name] = frame.height
            problems += [f"{name}: {count} rows break `{rule}`" for rule, count in failures.counts().items()]
        return {"tables": rows, "problems": problems}


def schema_of(table: str) -> Any:
    """The contract of a table by name; every `zonings/...` shares one."""
    return Zoning if table.startswith("zonings/") else TABLES[table]


def write(
    path: Path,
    tables: Mapping[str, pl.DataFrame | Path],
    facts: Mapping[str, Any],
    *,
    keep: frozenset[str] = frozenset(),
) -> Territory:
    """Write a territory folder in one step: either all of it appears or nothing changes.

    `tables` are frames or Parquet files to take over; `keep` names tables of the present folder to carry over as they
    are. `facts` fills `territory.json` beside the row counts and hashes computed here.
    """
    written: dict[str, dict[str, Any]] = {}
    with whole_folder(path) as staging:
        for name in sorted(keep):
            _place(path / f"{name}.parquet", staging / f"{name}.parquet", copy=True)
        for name, table in tables.items():
            file = staging / f"{name}.parquet"
            if isinstance(table, Path):
                _place(table, file, copy=False)
            else:
                file.parent.mkdir(exist_ok=True)
                schema_of(name).cast(table).write_parquet(file, compression="zstd")
        for file in sorted(staging.rglob("*.parquet")):
            name = file.relative_to(staging).with_suffix("").as_posix()
            rows = pl.scan_parquet(file).select(pl.len()).collect().item()
            written[name] = {"rows": rows, "sha256": file_sha256(file)}
        page = {"format": FORMAT, **facts, "tables": written}
        (staging / FACTS).write_text(json.dumps(page, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return Territory.open(path)


def _place(source: Path, target: Path, *, copy: bool) -> None:
    target.parent.mkdir(exist_ok=True)
    if copy:
        shutil.copy2(source, target)
    else:
        shutil.move(source, target)
