"""`make bench`: every benchmark, or those named: `python -m benchmarks import population --rows 1000000`."""

import argparse
import tempfile
from functools import partial
from pathlib import Path

from benchmarks import start
from benchmarks.measure import measure, show
from carreau.allocation.shipped import policies

ROWS = 5_000_000
NAMES = [
    "import",
    "population",
    "rent",
    "applications",
    "partition",
    "attack",
    "zones",
    "pmtiles",
    "allocation",
    "nantes",
    "start",
    "demonstration",
]


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


def bench_rent(households: int = 5_000_000, peer: int = 100_000) -> None:
    """APL and RLS of the country's tenants, beside OpenFisca on fewer and a plain scan of the columns."""
    asked = [("carreau", households), ("openfisca", peer), ("scan", households)]
    print("\nAPL and RLS (seconds of the work alone, peak of the whole process)")
    print(f"{'':24}{'households':>12}{'seconds':>10}{'µs each':>10}{'peak MB':>10}")
    for kind, count in asked:
        done = measure(kind, "benchmarks.rent", kind, str(count))
        seconds = float(str(done.said["seconds"]))
        print(f"{kind:24}{count:>12,}{seconds:>10.2f}{1e6 * seconds / count:>10.3f}{done.peak_mb:>10,}")


def bench_applications(count: int = 2_800_000) -> None:
    """Needs, eligibility, quartile, priorities and points of the country's applications, beside a plain scan."""
    done = {kind: measure(kind, "benchmarks.applications", kind, str(count)) for kind in ("carreau", "scan")}
    base = float(str(done["scan"].said["seconds"]))
    print("\nApplications before the rules (seconds of the work alone, peak of the whole process)")
    print(f"{'':24}{'applications':>14}{'seconds':>10}{'ratio':>8}{'peak MB':>10}")
    for kind, one in done.items():
        seconds = float(str(one.said["seconds"]))
        print(f"{kind:24}{count:>14,}{seconds:>10.2f}{seconds / base:>8.0f}{one.peak_mb:>10,}")
    parts = ("composition", "needs", "eligibility", "quartile", "priority", "points")
    print("  of which " + ", ".join(f"{name} {done['carreau'].said[name]}" for name in parts))


def bench_partition(households: int = 5_000_000) -> None:
    """Units of a generated country by every method, beside a plain merge of neighbours and a sort."""
    print("\nUnits of the country (seconds of the work alone, peak of the whole process)")
    print(
        f"{'':12}{'cells':>10}{'units':>10}{'at 200 m':>10}{'in no unit':>12}{'gap':>8}{'seconds':>10}{'peak MB':>10}"
    )
    for kind in ("finest", "quadtree", "natural", "greedy", "sort"):
        done = measure(kind, "benchmarks.partition", kind, str(households))
        said = [
            str(done.said.get(name, "")) for name in ("cells", "units", "share_at_200m", "in_no_unit", "gap", "seconds")
        ]
        widths = (10, 10, 10, 12, 8, 10)
        cells = "".join(f"{one:>{width}}" for one, width in zip(said, widths, strict=True))
        print(f"{kind:12}{cells}{done.peak_mb:>10,}")


def bench_pmtiles(units: int = 200_000) -> None:
    """The map of a country as PMTiles beside GDAL's writer, in one process."""
    said = measure("pmtiles", "benchmarks.pmtiles", str(units)).said
    print(f"\nPMTiles of {units:,} units, zooms 7 to 12 (seconds of the work alone, and of all processors together)")
    print(f"{'':12}{'seconds':>10}{'cpu':>10}{'MB':>8}{'features at zoom 7':>20}")
    for kind in ("carreau", "gdal"):
        one = said[kind]
        assert isinstance(one, dict)
        print(f"{kind:12}{one['seconds']:>10.1f}{one['cpu']:>10.1f}{one['mb']:>8}{one['features']:>20,}")


def bench_attack(households: int = 5_000_000) -> None:
    """Attack a generated grid with totals of communes and QPV, at two sizes, beside a plain sum of the tables."""
    print("\nAttack on a grid with totals of communes and QPV (seconds of the work alone, peak of the whole process)")
    print(f"{'':24}{'households':>12}{'seconds':>10}{'peak MB':>10}")
    for kind, count in (("carreau", households // 10), ("carreau", households), ("scan", households)):
        done = measure(kind, "benchmarks.map_attack", kind, str(count))
        print(f"{kind:24}{count:>12,}{float(str(done.said['seconds'])):>10.2f}{done.peak_mb:>10,}")


def bench_zones(households: int = 5_000_000) -> None:
    """Publish a generated country with tables of communes and QPV, and attack it, at two sizes; beside a plain sort."""
    print("\nRelease with tables of communes and QPV (seconds of the work alone, peak of the whole process)")
    print(f"{'':12}{'households':>12}{'drawn':>10}{'passed':>10}{'seconds':>10}{'processor':>11}{'peak MB':>10}")
    for count in (households // 10, households):
        with tempfile.TemporaryDirectory(prefix="carreau-zones-") as place:
            for kind in ("release", "attack", "sort"):
                done = measure(kind, "benchmarks.zones", kind, str(count), f"{place}/release")
                told = [str(done.said.get(name, "")) for name in ("drawn", "passed", "seconds", "processor")]
                cells = "".join(f"{one:>{width}}" for one, width in zip(told, (10, 10, 10, 11), strict=True))
                print(f"{kind:12}{count:>12,}{cells}{done.peak_mb:>10,}")


def bench_allocation(homes: int = 430_000, optimum: int = 10_000) -> None:
    """A year of lettings of the country by points and by deferred acceptance; a smaller one at best, by EPCI."""
    print("\nA year of lettings (seconds of the work alone, peak of the whole process)")
    columns = {"homes": 10, "applications": 14, "pairs": 14, "pairs_of_homes": 16, "let": 10, "first_wish": 12}
    print(
        f"{'':12}" + "".join(f"{name:>{width}}" for name, width in columns.items()) + f"{'seconds':>10}{'peak MB':>10}"
    )
    for kind, count in (("points", homes), ("deferred", homes), ("sort", homes), ("optimal", optimum)):
        done = measure(kind, "benchmarks.allocation", kind, str(count))
        cells = "".join(f"{done.said.get(name, '')!s:>{width}}" for name, width in columns.items())
        print(f"{kind:12}{cells}{float(str(done.said['seconds'])):>10.2f}{done.peak_mb:>10,}")
    print(f"  optimal reached {done.said['reached']}, nothing can exceed {done.said['bound']}")
    gaps = done.said["gaps"]
    assert isinstance(gaps, dict)
    for goal, one in gaps.items():
        print(f"  gap of EPCIs in {goal:10}" + ", ".join(f"{name} {value}" for name, value in one.items()))
    _peers()
    print("\nFrom frames to proposals")
    for kind, count in (("allocate", 20_000), ("vacancy", 100_000), ("scan", 100_000)):
        done = measure(kind, "benchmarks.allocation_frames", kind, str(count))
        told = ", ".join(f"{name} {value}" for name, value in done.said.items() if name != "seconds")
        print(f"{kind:12}{count:>10,}{float(str(done.said['seconds'])):>12.4f} s{done.peak_mb:>8,} MB  {told}")


def bench_nantes() -> None:
    """A year of vacancies of Nantes under each policy that is shipped: what each gains, what it costs in waiting."""
    print("\nNantes, a year of vacancies by policy (synthetic applicants; waits in days, mix in ten thousandths)")
    columns = {"assignments": 12, "candidates_min": 15, "points_total": 13, "mix_before": 11, "mix_after": 10}
    columns |= {"wait_mean": 10, "wait_median": 12, "seconds": 9, "computing": 10}
    print(f"{'':12}" + "".join(f"{name:>{width}}" for name, width in columns.items()) + "  reached/target")
    with tempfile.TemporaryDirectory(prefix="carreau-nantes-") as place:
        measure("territory", "benchmarks.nantes", "territory", f"{place}/nantes")
        for name in policies():
            said = measure(name, "benchmarks.nantes", name, f"{place}/nantes").said
            said["seconds"] = round(float(str(said["seconds"])), 1)
            cells = "".join(f"{said.get(column, '')!s:>{width}}" for column, width in columns.items())
            quotas = said["quotas"]
            assert isinstance(quotas, dict)
            print(f"{name:12}{cells}  " + ", ".join(f"{quota} {value}" for quota, value in quotas.items()))


def bench_start(times: int = 7) -> None:
    """How long a light command takes to start, beside an empty Python and what it cannot do without."""
    found = start.fewest(times)
    least, limit = found["python -c pass"], found["import typer (lower limit)"]
    print(f"\nStart of a command (fewest seconds of processor of {times})")
    print(f"{'':30}{'seconds':>10}{'of Python':>12}{'of the limit':>14}")
    for name, seconds in found.items():
        print(f"{name:30}{seconds:>10.2f}{seconds / least:>12.1f}{seconds / limit:>14.1f}")


def bench_demonstration() -> None:
    """The demonstration as it is given, in two processes, and the processor that each part of it takes in one."""
    print("\nDemonstration")
    with tempfile.TemporaryDirectory(prefix="carreau-demo-") as place:
        done = measure("demo", "carreau", "demo", "--no-serve", "--json", "--home", f"{place}/whole")
        print(f"  carreau demo --no-serve: {done.seconds:.1f} s, peak {done.peak_mb:,} MB")
        said = measure("parts", "benchmarks.demonstration", f"{place}/parts").said
    print("  seconds of processor in one process: " + ", ".join(f"{name} {value}" for name, value in said.items()))


def _peers() -> None:
    print("\nThe same stable matching, the same optimum (seconds of the work alone)")
    asked = [("deferred", 400), ("matching", 400), ("deferred", 1_000), ("matching", 1_000), ("deferred", 100_000)]
    asked += [(kind, count) for count in (1_000, 20_000) for kind in ("optimal", "ortools", "scipy")]
    for kind, count in asked:
        said = measure(kind, "benchmarks.allocation_peers", kind, str(count)).said
        answer = said["failed"] or f"answer {said['answer']}"
        print(f"{kind:12}{count:>10,} applicants{float(str(said['seconds'])):>10.3f}  {answer}")


def main() -> None:
    """Make the register once, then run what was asked."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("names", nargs="*", choices=[*NAMES, []], default=[])
    asked.add_argument("--rows", type=int, default=ROWS)
    options = asked.parse_args()
    names = options.names or NAMES
    alone = {
        "rent": bench_rent,
        "applications": bench_applications,
        "allocation": bench_allocation,
        "nantes": bench_nantes,
        "attack": bench_attack,
        "pmtiles": bench_pmtiles,
        "start": bench_start,
        "demonstration": bench_demonstration,
        "partition": partial(bench_partition, options.rows),
        "zones": partial(bench_zones, options.rows),
    }
    for name, bench in alone.items():
        if name in names:
            bench()
    if not {"import", "population"} & set(names):
        return
    with tempfile.TemporaryDirectory(prefix="carreau-bench-") as place:
        file, folder = Path(place) / "register_2025.csv", Path(place) / "territory"
        print(f"generating {options.rows:,} rows")
        measure("generate", "benchmarks.registers", str(file), str(options.rows))
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
