"""`make bench`: every benchmark, or those named: `python -m benchmarks import population --rows 1000000`."""

import argparse
import tempfile
from pathlib import Path

from benchmarks.measure import measure, show
from benchmarks.registers import write_register

ROWS = 5_000_000


def bench_import(file: Path, folder: Path) -> None:
    """Import a generated national register, beside pandas and a plain scan."""
    show(
        f"Import of {file.stat().st_size / 1e9:.2f} GB",
        [
            measure(
                "carreau register import", "carreau", "register", "import", str(file), "--kind", "rpls", "--to",
                str(folder), "--json",
            ),
            measure("pandas, the same cleaning in parts", "benchmarks.pandas_cleaning", str(file)),
            measure("Polars scan of every field (lower limit)", "benchmarks.plain_scan", str(file)),
        ],
    )  # fmt: skip


def bench_population(folder: Path) -> None:
    """Give the imported register its synthetic population."""
    show(
        "Synthetic population of the same register (against itself: no peer does this job)",
        [measure("carreau register synthesize", "carreau", "register", "synthesize", str(folder), "--json")],
    )


def main() -> None:
    """Make the register once, then run what was asked."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("names", nargs="*", choices=["import", "population", []], default=[])
    asked.add_argument("--rows", type=int, default=ROWS)
    options = asked.parse_args()
    names = options.names or ["import", "population"]
    with tempfile.TemporaryDirectory(prefix="carreau-bench-") as place:
        file, folder = Path(place) / "register_2025.csv", Path(place) / "territory"
        print(f"generating {options.rows:,} rows")
        write_register(file, options.rows)
        if "import" in names:
            bench_import(file, folder)
        else:
            measure(
                "import", "carreau", "register", "import", str(file), "--kind", "rpls", "--to", str(folder), "--json"
            )
        if "population" in names:
            bench_population(folder)


if __name__ == "__main__":
    main()
