"""Change the code of a room a little, many times, and count how often a test notices.

    python tools/mutate.py rights --sample 6
    python tools/mutate.py rights --record      what `make mutate ROOM=rights` runs

Prints the score, with its interval, and the survivors; `--record` keeps both in docs/reference.
"""

import argparse
import os
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tools.mutation.copies import Copy
from tools.mutation.mutants import Mutant, mutants_of, sample
from tools.mutation.reaching import Reached, reached
from tools.mutation.rooms import ROOMS, Room
from tools.mutation.scoring import equivalents, record, row, score, survivors, unknown
from tools.mutation.trying import Outcome, Patience, Tried, try_all

ROOT = Path(__file__).parents[1]
EQUIVALENT = ROOT / "tools" / "mutation" / "equivalent.yaml"


def mutate(
    root: Path,
    name: str,
    room: Room,
    *,
    size: int,
    seed: int,
    at_once: int,
    patience: Patience,
    named: Path = EQUIVALENT,
    say: Callable[[str], None] = print,
) -> list[Tried]:
    """Try a sample of a room's mutants in copies of the tree below `root`; what each became."""
    with tempfile.TemporaryDirectory(prefix="carreau-mutation-", ignore_cleanup_errors=True) as folder:
        kept = root / ".mutation" / name
        copies = [Copy(root, Path(folder, str(number))) for number in range(at_once)]
        mutants = [one for file in room.modules(copies[0].root) for one in _of(copies[0], file)]
        drawn = sample(mutants, size, seed)
        say(f"{name}: {len(drawn)} of {len(mutants)} mutants; recording which tests reach which lines")
        known = reached(room, copies, kept)
        _tell_what_is_known(known, say)
        names = equivalents(named)
        for one in unknown(names, mutants, room.modules(root)):
            say(f"no such mutant any more: {one.file} {one.inside}: {one.before} → {one.after}")
        alike = {mutant for mutant in drawn if any(one.is_of(mutant) for one in names)}
        return try_all(drawn, alike, known, copies, patience, _counter(len(drawn), say))


def _of(copy: Copy, file: str) -> list[Mutant]:
    return mutants_of(file, (copy.root / file).read_bytes())


def _tell_what_is_known(known: Reached, say: Callable[[str], None]) -> None:
    say(f"{len(known.passed)} tests; a run starts in {known.start:.0f} s")
    for test in known.failed:
        say(f"left out, it fails with nothing changed: {test}")


def _counter(whole: int, say: Callable[[str], None]) -> Callable[[Tried], None]:
    done = Counter[str]()

    def told(tried: Tried) -> None:
        done["all"] += 1
        say(f"{done['all']:3}/{whole}  {tried.seconds:5.0f} s  {tried.outcome}: {tried.mutant}")
        if tried.outcome is Outcome.BROKEN:
            say(tried.printed[-2000:])

    return told


def report(name: str, seed: int, tried: Sequence[Tried]) -> list[str]:
    """What is printed at the end."""
    counted, by = score(tried), Counter(one.outcome for one in tried)
    tests = {test for one in tried for test in one.tests}
    return [
        *survivors(tried),
        f"{name}, seed {seed}: {', '.join(f'{count} {outcome}' for outcome, count in sorted(by.items()))}",
        f"tests tried: {len(tests)}, in {len({test.split('::')[0] for test in tests})} files",
        f"score: {counted.found} of {counted.tried}, {counted}",
    ]


def main(arguments: Sequence[str] | None = None) -> int:
    """Read the arguments, try, print, and keep what was found when asked."""
    asked = _parser().parse_args(arguments)
    say = (lambda line: print(line, file=sys.stderr, flush=True)) if sys.stderr.isatty() or asked.progress else _silent
    patience = Patience(tests=asked.tests_seconds, room=60 * asked.minutes)
    options = {"size": asked.sample, "seed": asked.seed, "at_once": asked.at_once, "patience": patience}
    tried = mutate(ROOT, asked.room, ROOMS[asked.room], say=say, **options)
    print("\n".join(report(asked.room, asked.seed, tried)))
    if asked.record:
        day = datetime.now(UTC).date().isoformat()
        record(ROOT / "docs" / "reference", asked.room, row(asked.room, day, asked.seed, tried), survivors(tried))
    return 0


def _silent(_line: str) -> None:
    pass


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("room", choices=ROOMS)
    parser.add_argument("--sample", type=int, default=60, help="how many mutants, at most (60)")
    parser.add_argument("--seed", type=int, default=1, help="of the draw (1)")
    parser.add_argument("--minutes", type=float, default=40, help="for all mutants, after the recording (40)")
    parser.add_argument("--tests-seconds", type=float, default=60, help="of tests for a mutant, the fastest first (60)")
    parser.add_argument("--at-once", type=int, default=os.cpu_count() or 1, help="how many at a time (processors)")
    parser.add_argument("--record", action="store_true", help="keep the score and the survivors in docs/reference")
    parser.add_argument("--progress", action="store_true", help="say what is going on, off a terminal too")
    return parser


if __name__ == "__main__":
    sys.exit(main())
