"""The pages of the protections, docs/explanation/protections: each with a small map without it and with it.

Everything is worked out from the cases: what is told, what the attack says, which cells it is about.
"""

from collections.abc import Iterable
from html import escape
from pathlib import Path
from typing import Any

from tools.protection_cases import DAY, EARLIER, Case, attacked, cases, released, told_of, unit_of

from carreau.attack.sentences import sentence
from carreau.release.gate import Release
from carreau.release.rules import PROTECTIONS, Protection
from carreau.text import say

FOLDER = Path(__file__).parents[1] / "docs" / "explanation" / "protections"
SIDE, HEIGHT, MARGIN, LINE = 270, 150, 12, 17
FILLS = ("#dbe9f6", "#e6f2dd", "#f6ecd6", "#eadff0")
EDGE, FOUND, INK = "#5b6770", "#b3261e", "#1c1b1a"

HEAD = """# What each protection is for

For every protection of the gate, a territory of a few cells. On the left what would be published without it, and, in
red, the cells that the attack then names; on the right what is published with all of them, where it finds nothing.
Where an earlier release is attacked too, it comes first.
These pages are made by `make docs` from `tests/spec/release/protections.yaml` and from the attack itself: edit the
cases, never the pages. How numbers are told, and why: [decision](../../decisions/release-indicators.md).
"""


def pages() -> dict[str, str]:
    """Every file of the folder by its name: `README.md`, a page a protection and the maps of its cases."""
    by_name: dict[str, list[Case]] = {name: [] for name in PROTECTIONS}
    for case in cases():
        by_name[case.protection].append(case)
    files = {"README.md": _index(by_name)}
    for name, mine in by_name.items():
        if not mine:
            continue
        lines = [f"# {PROTECTIONS[name].title}", "", PROTECTIONS[name].protects, "",
                 f"Reference: {PROTECTIONS[name].reference}.", ""]  # fmt: skip
        for number, case in enumerate(mine, 1):
            drawing = f"{name}-{number}.svg"
            lines += _section(case, drawing)
            files[drawing] = _drawing(case)
        files[f"{name}.md"] = "\n".join(lines).rstrip() + "\n"
    return files


def _index(by_name: dict[str, list[Case]]) -> str:
    lines = [HEAD, "| protection | what it prevents |", "|---|---|"]
    shown = [PROTECTIONS[name] for name, mine in by_name.items() if mine]
    lines += [f"| [{one.title}]({one.name}.md) | {one.protects} |" for one in shown]
    lines += ["", "## What no case can show", ""]
    lines += [f"- **{one.title}.** {one.protects} {one.why}" for one in _silent(by_name)]
    return "\n".join(lines) + "\n"


def _silent(by_name: dict[str, list[Case]]) -> Iterable[Protection]:
    return (PROTECTIONS[name] for name, mine in by_name.items() if not mine)


def _section(case: Case, drawing: str) -> list[str]:
    found = _finding(case)
    return [
        f"## {case.case}",
        "",
        *([f"On {EARLIER}:", "", *_table(case.earlier), f"On {DAY}:", ""] if case.earlier else []),
        *_table(case.households),
        f"![Published without the protection and with it]({drawing})",
        "",
        f"**Without it**, the attack says: {sentence(found, 'en')}",
        "",
        "**With it**, the attack finds nothing.",
        "",
        f"Source: {case.source}.",
        "",
    ]


def _table(households: Iterable[Any]) -> list[str]:
    groups = [f"| {group['cell']} | {group['number']} | {_group(group)} |" for group in households]
    return ["| cell | households | each of |", "|---|---|---|", *groups, ""]


def _finding(case: Case) -> Any:
    wanted = (case.without["kind"], case.without["quantity"])
    return next(one for one in attacked(released(case, without=True)).findings if (one.kind, one.quantity) == wanted)


def _group(group: Any) -> str:
    persons = "1 person" if group["persons"] == 1 else f"{group['persons']} persons"
    told = [persons]
    for name, value in group.items():
        if name in ("cell", "number", "persons"):
            continue
        said = name.replace("_", " ")
        if name == "zone":
            told.append(f"in {value}")
        elif name == "band":
            told.append(f"band {value.replace('_', ' to ')} % of the ceiling")
        elif value is True:
            told.append(said)
        elif name == "living_standard":
            told.append(f"{value:,} € a year by consumption unit")
        else:
            told.append(f"{value} {said}")
    return ", ".join(told)


def _drawing(case: Case) -> str:
    """The maps side by side: the earlier release if any, without the protection, with it."""
    *earlier, without = released(case, without=True)
    year = f", {DAY}" if earlier else ""
    found = set(_finding(case).cells)
    columns, rows = max(len(line) for line in case.map), len(case.map)
    width, height = columns * SIDE + 2 * MARGIN, rows * HEIGHT + 2 * MARGIN + 2 * LINE
    maps: list[tuple[Release, set[str], str]] = [
        *((one, set(), f"published on {EARLIER}") for one in earlier),
        (without, found, f"without the protection{year}"),
        (released(case, without=False)[-1], set(), f"with it{year}"),
    ]
    body = [line for place, one in enumerate(maps) for line in _one(case, *one, place * width)]
    whole = len(maps) * width
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {whole} {height}" width="{whole}" '
            f'height="{height}" font-family="sans-serif" font-size="13" fill="{INK}" role="img">',
            f"<title>{escape(case.case)}</title>",
            f'<rect width="{whole}" height="{height}" fill="#ffffff"/>',
            *body,
            "</svg>",
            "",
        ]
    )


def _one(case: Case, release: Release, found: set[str], title: str, left: int) -> list[str]:
    """One map: the cells of a unit in one colour, what is told of it in its first cell."""
    shown = [f'<text x="{left + MARGIN}" y="{MARGIN + LINE - 4}" font-weight="bold">{title}</text>']
    units: dict[str, str] = {}
    outlines = []
    for letter in sorted(case.corners):
        cell = case.cell_id(letter)
        published = cell in set(release.cells["cell_id"])
        unit = unit_of(release, cell)["unit_id"] if published else ""
        first = unit not in units
        fill = units.setdefault(unit, FILLS[len(units) % len(FILLS)]) if published else "#ffffff"
        x, y = _place(case, letter, left)
        shown.append(f'<rect x="{x}" y="{y}" width="{SIDE}" height="{HEIGHT}" fill="{fill}" stroke="{EDGE}"/>')
        shown.append(f'<text x="{x + 8}" y="{y + LINE}" fill="{EDGE}">{letter}</text>')
        if cell in found:
            outlines.append(
                f'<rect x="{x + 3}" y="{y + 3}" width="{SIDE - 6}" height="{HEIGHT - 6}" fill="none" stroke="{FOUND}" '
                'stroke-width="5"/>'
            )
        lines = _told(release, cell) if published and first else [] if published else ["not published"]
        shown += [
            f'<text x="{x + 12}" y="{y + (place + 2) * LINE + 6}">{escape(line)}</text>'
            for place, line in enumerate(lines)
        ]
    beside = "; ".join(_zones(case, release))
    foot = MARGIN + 2 * LINE - 4 + len(case.map) * HEIGHT
    return [*shown, *outlines, f'<text x="{left + MARGIN}" y="{foot}">{escape(beside)}</text>']


def _zones(case: Case, release: Release) -> list[str]:
    """What is told of each zone beside the units, in a few words."""
    if not case.zoning:
        return []
    table = release.zones[case.zoning]
    own = [f"{zone}: {number} households" for zone, number in table.exact.select("zone", release.count).iter_rows()]
    over = table.units.select("zone", release.count).iter_rows()
    return own + [f"{zone}, over whole units: {number} households" for zone, number in over]


def _place(case: Case, letter: str, left: int) -> tuple[int, int]:
    row = next(number for number, line in enumerate(case.map) if letter in line)
    return left + MARGIN + case.map[row].index(letter) * SIDE, MARGIN + LINE + row * HEIGHT


def _told(release: Release, cell: str) -> list[str]:
    told = [
        f"{say(f'maps.label_{one.name}', 'en')}: {_number(told_of(release, cell, one.name))}"
        for one in release.indicators
    ]
    return [f"{told_of(release, cell, 'households')} households", *told]


def _number(value: Any) -> str:
    if value is None:
        return "withheld"
    if isinstance(value, list):
        return f"{value[0]} to {value[1]}"
    return f"{value:,.4f}" if isinstance(value, float) else f"{value:,}"
