"""The page of a proof: both languages, no script, nothing from elsewhere, and nothing that a name can smuggle in."""

import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import polars as pl
import pytest
import shapely

from carreau.proof.drawing import ALL_DRAWN, CLASSES, bars, map_of_units
from carreau.proof.publishing import publish
from carreau.register.territory import Territory
from carreau.release.building import build

Maker = Callable[..., Territory]
VOID = {"meta", "br", "hr", "img", "input", "link"}


class Reader(HTMLParser):
    """Tags in order, what is open, and what was closed wrongly."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.wrong: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)


@pytest.fixture
def town(territory: Maker) -> Territory:
    cells = {(0, 0): 6, (200, 200): 6, (200, 600): 20}
    return territory([(at, 1, "alone", 15_000, n % 2 == 0) for at, many in cells.items() for n in range(many)])


def page(town: Territory, folder: Path, method: str = "finest") -> str:
    publish(build(town, method=method), folder, register=town.path)
    return (folder / "proof.html").read_text(encoding="utf-8")


def test_it_is_a_whole_page_in_two_languages(town: Territory, tmp_path: Path) -> None:
    text = page(town, tmp_path / "out")
    reader = Reader()
    reader.feed(text)
    assert (reader.open, reader.wrong) == ([], [])
    articles = [about for tag, about in reader.tags if tag == "article"]
    assert [about["lang"] for about in articles] == ["fr", "en"]
    assert "Preuve de la carte de Testville" in text
    assert "Proof of the map of Testville" in text
    assert text.count("Population synthétique") == 1


def test_it_runs_nothing_and_fetches_nothing(town: Territory, tmp_path: Path) -> None:
    reader = Reader()
    reader.feed(page(town, tmp_path / "out"))
    assert not {tag for tag, _ in reader.tags} & {"script", "link", "img", "iframe", "object"}
    assert not [name for _, about in reader.tags for name in about if name.startswith("on") or name == "src"]
    links = [about["href"] for tag, about in reader.tags if tag == "a"]
    files = {file.name for file in (tmp_path / "out").iterdir()}
    assert {link for link in links if not str(link).startswith("#")} <= files


def test_every_picture_has_its_words(town: Territory, tmp_path: Path) -> None:
    reader = Reader()
    reader.feed(page(town, tmp_path / "out"))
    pictures = [about for tag, about in reader.tags if tag == "svg"]
    assert len(pictures) == 2
    assert all(about["role"] == "img" and about["aria-label"] for about in pictures)


def test_a_name_is_text(town: Territory, tmp_path: Path) -> None:
    hostile = '"><script>alert(1)</script>&'
    facts = dict(town.facts) | {"name": hostile, "licence": hostile, "sources": [{"table": "homes", "text": hostile}]}
    text = page(Territory(town.path, facts), tmp_path / "out")
    assert "<script" not in text
    assert text.count("&lt;script&gt;") >= 6


def test_the_map_has_each_unit_in_the_colour_of_its_size(town: Territory, tmp_path: Path) -> None:
    page(town, tmp_path / "out")
    drawn = map_of_units(tmp_path / "out", "a map")
    areas = {colour: _area(path) for colour, path in re.findall(r'fill="(#\w+)"[^>]* d="([^"]+)"', drawn)}
    assert areas == {CLASSES[0][2]: 200 * 200, CLASSES[1][2]: 3 * 200 * 200}


def _area(path: str) -> float:
    rings = []
    for ring in path.split("z")[:-1]:
        x, y = map(int, re.findall(r"-?\d+", ring)[:2])
        places = [(x, y)]
        for dx, dy in re.findall(r"l(-?\d+) (-?\d+)", ring):
            places.append((places[-1][0] + int(dx), places[-1][1] + int(dy)))
        rings.append(shapely.Polygon(places).area)
    return sum(rings)


def test_a_country_is_drawn_in_larger_squares(tmp_path: Path) -> None:
    """A square kilometre in each, of 25 units of one cell."""
    side = 150
    units = pl.DataFrame({"n": range(side * side)}).select(
        unit_id=pl.col("n").cast(pl.String), crs=3035, size=200, cells=1,
        north=200 * (pl.col("n") // side), east=200 * (pl.col("n") % side), geometry=pl.lit(b""),
    )  # fmt: skip
    assert units.height > ALL_DRAWN
    units.write_parquet(tmp_path / "units.parquet")
    drawn = map_of_units(tmp_path, "a map")
    assert 1_000 < drawn.count("z") <= ALL_DRAWN
    assert CLASSES[0][2] in drawn
    assert len(drawn) < 200_000


def test_an_empty_release_has_a_page_without_map(territory: Maker, tmp_path: Path) -> None:
    town = territory([((0, 0), 1, "alone", 15_000, False)] * 3)
    assert "<svg" not in page(town, tmp_path / "out", "natural")


def test_a_bar_is_as_long_as_its_parts() -> None:
    drawn = bars([("exact", 3), ("interval", 1), ("withheld", 0)])
    assert re.findall(r'class="(\w+)" style="width:([\d.]+)%"', drawn) == [("exact", "75"), ("interval", "25")]


def test_it_says_what_became_of_each_zoning(town: Territory, tmp_path: Path) -> None:
    publish(build(town, method="finest", zonings=("commune",)), tmp_path / "out", register=town.path)
    text = (tmp_path / "out" / "proof.html").read_text(encoding="utf-8")
    assert "Les autres tableaux" in text
    assert re.search(r"<td>commune</td><td class=\"number\">1</td>", text)
