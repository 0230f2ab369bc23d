"""An account of equal treatment as its page shows it: sentences, plots, tables, decisions to read again."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.safestring import SafeString, mark_safe

from carreau.allocation.treatment import printing
from carreau.allocation.treatment.stages import FAVOURABLE
from carreau.site.commissions.models import Candidacy
from carreau.site.commissions.wording import reason_name
from carreau.site.oversight.comparing import as_audit
from carreau.site.oversight.models import Treatment
from carreau.site.pages.templatetags.words import language, say

HEADS = printing.COLUMNS


@dataclass(frozen=True)
class Part:
    """A stage and a measure: its title, its plot (nothing where nothing is told), its table."""

    title: str
    plot: SafeString
    heads: list[str]
    rows: list[tuple[str, list[str]]]


@dataclass(frozen=True)
class Stage:
    """A stage: how many applications it is about, where that may be told, and its parts; `absent` says why none."""

    title: str
    counted: int | None
    absent: str
    parts: list[Part]


@dataclass(frozen=True)
class Sampled:
    """A decision to read again."""

    record: Candidacy
    outcome: str
    reason: str
    stands_for: float


def summary(one: Treatment) -> list[str]:
    """What the account compared, what it flagged by which rule, what it does not show."""
    return list(printing.summary(as_audit(one), language()))


def figures(one: Treatment) -> list[tuple[str, int]]:
    """How many differences are flagged, how many comparisons are told, how many are not."""
    told = [row for row in one.comparisons if row["told"]]
    counts = {
        "flagged": sum(row["flagged"] for row in told),
        "compared": len(told),
        "withheld": len(one.comparisons) - len(told),
    }
    return [(say(f"oversight.figure.{name}", count=count), count) for name, count in counts.items()]


def stages(one: Treatment) -> Iterator[Stage]:
    """The four stages in their order."""
    said = language()
    parts = as_audit(one).comparisons.partition_by("stage", "measure", maintain_order=True, as_dict=True)
    for stage in FAVOURABLE:
        found = [
            Part(
                printing.part_title(part, said),
                mark_safe(printing.plot(part, said)),  # noqa: S308 - the engine escapes what it writes
                [say(f"treatment.column_{head}") for head in HEADS],
                [printing.cells(row, said) for row in part.iter_rows(named=True)],
            )
            for (of, _), part in parts.items()
            if of == stage and part["told"].any()
        ]
        absent = "" if found else say(f"oversight.absent.{'registration' if stage == 'registration' else 'few'}")
        yield Stage(say(f"treatment.stage_{stage}"), one.counted.get(stage), absent, found)


def sampled(one: Treatment) -> list[Sampled]:
    """The decisions drawn, in the order of the draw; those whose record went meanwhile are left out."""
    drawn: list[dict[str, Any]] = one.sampled
    own = Candidacy.objects.of(one.organisation).select_related("item__vacancy__home", "item__commission")
    found = own.in_bulk([row["candidacy"] for row in drawn])
    return [
        Sampled(record, say(f"commission.outcome.{row['outcome']}"), reason_name(record.reason), row["stands_for"])
        for row in drawn
        if (record := found.get(row["candidacy"])) is not None
    ]
