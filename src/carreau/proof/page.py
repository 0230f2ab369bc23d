"""`proof.html`: a proof for people, in French and English, without script, fit to print."""

from collections.abc import Mapping, Sequence
from datetime import date
from html import escape
from importlib.resources import files
from pathlib import Path
from typing import Any

from carreau.proof.drawing import CLASSES, bars, map_of_units, searched_bars
from carreau.text import LANGUAGES, knows, number, say, written_date

PAGE = "proof.html"
POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def written(proof: Mapping[str, Any], folder: Path, hashes: Mapping[str, str]) -> str:
    """The page of a proof (see `carreau.proof.figures.figures`) of the release in `folder`, with its files' hashes."""
    style = files("carreau.proof").joinpath("page.css").read_text(encoding="utf-8")
    names = {language: escape(say("proof.language", language)) for language in LANGUAGES}
    links = " · ".join(f'<a href="#{code}" lang="{code}" hreflang="{code}">{name}</a>' for code, name in names.items())
    parts = "".join(_Part(proof, folder, hashes, language).html() for language in LANGUAGES)
    title = escape(say("proof.title", LANGUAGES[0], territory=proof["territory"]))
    return (
        f'<!doctype html><html lang="{LANGUAGES[0]}"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{title}</title><style>\n{style}</style></head>"
        f"<body><nav>{links}</nav>{parts}</body></html>\n"
    )


class _Part:
    """The page in one language."""

    def __init__(self, proof: Mapping[str, Any], folder: Path, hashes: Mapping[str, str], language: str) -> None:
        self.proof, self.folder, self.hashes, self.language = proof, folder, hashes, language

    def html(self) -> str:
        sections = (self._head, self._units, self._told, self._zones, self._attack, self._rules, self._redo)
        return f'<article lang="{self.language}" id="{self.language}">{"".join(part() for part in sections)}</article>'

    def _say(self, key: str, **values: Any) -> str:
        return escape(say(f"proof.{key}", self.language, **values))

    def _word(self, key: str, otherwise: str) -> str:
        """A word of the catalogue, or, where it has none, the engine's own, in English."""
        return escape(say(key, self.language)) if knows(key) else f'<span lang="en">{escape(otherwise)}</span>'

    def _number(self, value: float, decimals: int = 0) -> str:
        return number(value, self.language, decimals=decimals)

    def _share(self, value: float) -> str:
        return self._say("percent", share=self._number(100 * value, 1))

    def _head(self) -> str:
        proof, counts = self.proof, self.proof["counts"]
        day = written_date(date.fromisoformat(proof["reference_date"]), self.language)
        figures = [
            (self._number(counts[proof["count"]]), self._say(f"figure.{proof['count']}")),
            (self._number(counts["units"]), self._say("figure.units")),
            *((self._share(value), self._say(f"figure.{name}")) for name, value in proof["utility"].items()
              if isinstance(value, float) and knows(f"proof.figure.{name}")),
        ]  # fmt: skip
        synthetic = f'<p class="told">{self._say("synthetic")}</p>' if proof["synthetic"] else ""
        listed = "".join(f"<li><b>{value}</b><span>{words}</span></li>" for value, words in figures)
        return (
            f"<h1>{self._say('title', territory=proof['territory'])}</h1>"
            f'<p class="lead">{self._say("lead")}</p><p class="soft">{self._say("at", day=day)}</p>{synthetic}'
            f'<ul class="figures">{listed}</ul>'
        )

    def _units(self) -> str:
        proof, merged = self.proof, self.proof["merged"]
        legend = "".join(
            f'<li><i style="background:{colour}"></i>{self._class(first, last)}</li>' for first, last, colour in CLASSES
        )
        said = [self._say("merged", count=merged["units"], cells=merged["cells"], threshold=proof["threshold"])]
        said += [self._say("bridges", count=proof["counts"]["bridges"])] if proof["counts"]["bridges"] else []
        if proof["in_no_unit"] is not None:
            said.append(self._say("in_no_unit", count=proof["in_no_unit"]["cells"]))
        return (
            f"<h2>{self._say('units')}</h2><p>{' '.join(said)}</p>"
            f"<figure>{map_of_units(self.folder, self._say('map'))}"
            f'<ul class="legend">{legend}</ul></figure>'
        )

    def _class(self, first: int, last: int | None) -> str:
        if last is None:
            return self._say("cells.more", first=first)
        return self._say("cells.range", first=first, last=last) if last > first else self._say("cells.one")

    def _told(self) -> str:
        ways = ("exact", "interval", "withheld")
        rows = []
        for one in self.proof["told"]:
            name = one["indicator"]
            words = self._word(f"proof.figure.{name}" if name == self.proof["count"] else f"indicator.{name}", name)
            bar = bars([(way, one[way]) for way in ways])
            rows.append([words, bar, *(self._number(one[way]) for way in ways)])
        heads = [self._say("indicator"), "", *(self._say(f"way.{way}") for way in ways)]
        return f"<h2>{self._say('told')}</h2><p>{self._say('told.why')}</p>{_table(heads, rows, first_number=2)}"

    def _zones(self) -> str:
        zonings = self.proof["utility"].get("zones")
        if not zonings:
            return ""
        ways = ("exact", "units", "withheld", "homes_moved")
        rows = [[escape(name), *(self._number(one[way]) for way in ways)] for name, one in zonings.items()]
        heads = [self._say("zoning"), *(self._say(f"zones.{way}") for way in ways)]
        return f"<h2>{self._say('zones')}</h2><p>{self._say('zones.why')}</p>{_table(heads, rows, first_number=1)}"

    def _attack(self) -> str:
        attack = self.proof["attack"]
        words = {what: self._searched(what) for what in attack["searched"]}
        numbers = {what: self._number(count) for what, count in attack["searched"].items()}
        register = self._say("register.yes" if attack["register"] else "register.no")
        return (
            f"<h2>{self._say('attack')}</h2><p>{escape(say('attack.safe', self.language))} {self._say('attack.why')} "
            f"{register}</p>{searched_bars(attack['searched'], words, numbers)}"
        )

    def _searched(self, what: str) -> str:
        if what.startswith("zones of "):
            return self._say("searched.zones_of", table=what.removeprefix("zones of "))
        return self._word(f"proof.searched.{what.replace(' ', '_')}", what)

    def _rules(self) -> str:
        rows = [
            [self._word(f"proof.rule.{rule['rule']}", rule["rule"].replace("_", " ")), _value(rule["value"]),
             f'<span lang="en">{escape(rule["unit"])}</span>', f'<span lang="en">{escape(rule["reference"])}</span>']
            for rule in self.proof["rules"]
        ]  # fmt: skip
        heads = [self._say(f"rules.{name}") for name in ("rule", "value", "unit", "reference")]
        return f"<h2>{self._say('rules')}</h2>{_table(heads, rows)}"

    def _redo(self) -> str:
        code = self.proof["code"]
        rows = [
            [f'<a href="{escape(name)}">{escape(name)}</a>', f"<code>{sha256}</code>"]
            for name, sha256 in self.hashes.items()
        ]
        licence = escape(str(self.proof["licence"])) if self.proof["licence"] else self._say("licence.none")
        sources = "".join(f"<li>{escape(str(one.get('text', '')))}</li>" for one in self.proof["sources"])
        return (
            f"<h2>{self._say('redo')}</h2><p>{self._say('redo.how')}</p>"
            f"<pre><code>{escape(self.proof['rerun'])}</code></pre>"
            f"<p>{self._say('code', version=code['version'])} <code>{code['sha256']}</code></p>"
            f"{_table([self._say('file'), 'SHA-256'], rows)}"
            f"<h2>{self._say('origin')}</h2><ul>{sources}</ul><p>{self._say('licence')} {licence}</p>"
        )


def _value(value: object) -> str:
    return escape(" – ".join(map(str, value)) if isinstance(value, list) else str(value))


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]], *, first_number: int | None = None) -> str:
    """Rows of HTML; the columns from `first_number` on are figures, to the right."""

    def cell(tag: str, text: str, column: int) -> str:
        right = ' class="number"' if first_number is not None and column >= first_number else ""
        return f"<{tag}{right}>{text}</{tag}>"

    head = "".join(cell("th", text, column) for column, text in enumerate(heads))
    body = "".join(f"<tr>{''.join(cell('td', text, column) for column, text in enumerate(row))}</tr>" for row in rows)
    return f'<div class="scroll"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'
