"""A folder appears whole or not at all, whatever kills its writer; a digest is the same for the same rows only."""

import hashlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from carreau.errors import BadInput
from carreau.outputs import MARK, digest, file_sha256, restore, whole_folder

KILLED = """
import os, signal, sys
from pathlib import Path
from carreau import outputs

target, moment = Path(sys.argv[1]), sys.argv[2]
kill = lambda *arguments, **options: os.kill(os.getpid(), signal.SIGKILL)
if moment == "between the renames":
    rename = Path.rename
    Path.rename = lambda self, to: kill() if self.name.endswith(".staging") else rename(self, to)
if moment == "before the removal":
    rmtree = outputs.shutil.rmtree
    outputs.shutil.rmtree = lambda path, **o: kill() if str(path).endswith(".previous") else rmtree(path, **o)
with outputs.whole_folder(target) as folder:
    (folder / "page").write_text("new")
    (folder / "parts").mkdir()
    (folder / "parts" / "half").write_text("n")
    if moment == "while writing":
        kill()
"""

HOLDING = """
import sys
from pathlib import Path
from carreau.outputs import whole_folder

with whole_folder(Path(sys.argv[1])) as folder:
    (folder / "page").write_text("first")
    print("holding", flush=True)
    sys.stdin.readline()
"""


def write(target: Path, text: str) -> None:
    with whole_folder(target) as folder:
        (folder / "page").write_text(text)


def page(target: Path) -> str:
    return (target / "page").read_text()


def around(target: Path) -> list[str]:
    return sorted(entry.name for entry in target.parent.iterdir())


def killed(target: Path, moment: str) -> None:
    done = subprocess.run([sys.executable, "-c", KILLED, str(target), moment], timeout=60)
    assert done.returncode == -signal.SIGKILL


def test_a_folder_appears_whole_with_its_parents(tmp_path: Path) -> None:
    target = tmp_path / "new" / "nantes"
    with whole_folder(target) as folder:
        (folder / "page").write_text("one")
        assert not target.exists()
    assert page(target) == "one"
    assert around(target) == ["nantes"]


def test_a_replacement_leaves_nothing_of_the_old_folder(tmp_path: Path) -> None:
    target = tmp_path / "nantes"
    with whole_folder(target) as folder:
        (folder / "old").mkdir()
    write(target, "two")
    assert sorted(os.listdir(target)) == [MARK, "page"]
    assert around(target) == ["nantes"]


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_an_error_leaves_the_old_content(tmp_path: Path, error: type[BaseException]) -> None:
    target = tmp_path / "nantes"
    write(target, "old")
    with pytest.raises(error), whole_folder(target) as folder:  # noqa: PT012
        (folder / "page").write_text("new")
        raise error
    assert page(target) == "old"
    assert around(target) == ["nantes"]


def test_an_error_in_a_first_run_leaves_no_folder(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="stop"), whole_folder(tmp_path / "nantes"):
        raise ValueError("stop")
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("moment", ["while writing", "between the renames", "before the removal"])
def test_after_a_kill_the_folder_is_the_old_or_the_new_one_and_the_next_run_cleans(tmp_path: Path, moment: str) -> None:
    target = tmp_path / "nantes"
    write(target, "old")
    killed(target, moment)
    restore(target)
    assert page(target) == ("new" if moment == "before the removal" else "old")
    write(target, "next")
    assert sorted(os.listdir(target)) == [MARK, "page"]
    assert page(target) == "next"
    assert around(target) == ["nantes"]


def test_a_kill_between_the_renames_is_repaired_by_the_next_writer_too(tmp_path: Path) -> None:
    target = tmp_path / "nantes"
    write(target, "old")
    killed(target, "between the renames")
    assert not target.exists()
    with pytest.raises(ValueError, match="stop"), whole_folder(target):  # noqa: PT012
        assert page(target) == "old"
        raise ValueError("stop")
    assert page(target) == "old"


def test_a_first_run_that_is_killed_leaves_no_folder(tmp_path: Path) -> None:
    target = tmp_path / "nantes"
    killed(target, "while writing")
    restore(target)
    assert not target.exists()


def test_of_two_writers_the_second_is_told_to_wait(tmp_path: Path) -> None:
    target = tmp_path / "nantes"
    command = [sys.executable, "-c", HOLDING, str(target)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as first:
        assert first.stdout is not None
        assert first.stdout.readline() == "holding\n"
        with pytest.raises(BadInput, match="another run"):
            write(target, "second")
        first.communicate("go on\n", timeout=60)
    assert page(target) == "first"
    assert around(target) == ["nantes"]


def test_a_writer_never_touches_the_staging_of_the_one_that_follows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second writer tries at the very moment when the first has renamed its folder and still cleans up."""
    target, refused = tmp_path / "nantes", []
    rename = Path.rename

    def rename_then_meet_another(self: Path, to: Path) -> Path:
        moved = rename(self, to)
        with pytest.raises(BadInput, match="another run"):
            write(target, "second")
        refused.append(self.name)
        return moved

    monkeypatch.setattr(Path, "rename", rename_then_meet_another)
    write(target, "first")
    assert refused == [".nantes.staging"]
    assert page(target) == "first"


def test_a_reader_waits_for_a_replacement_that_is_going_on(tmp_path: Path) -> None:
    """Without waiting, `restore` would take the old folder back from under the writer."""
    target = tmp_path / "nantes"
    write(target, "old")
    reader = "import sys; from pathlib import Path; from carreau.outputs import restore; restore(Path(sys.argv[1]))"
    with whole_folder(target) as folder:
        (folder / "page").write_text("new")
        target.rename(tmp_path / ".nantes.previous")
        waiting = subprocess.Popen([sys.executable, "-c", reader, str(target)])
        with pytest.raises(subprocess.TimeoutExpired):
            waiting.wait(1.5)
        (tmp_path / ".nantes.previous").rename(target)
    assert waiting.wait(60) == 0
    assert page(target) == "new"
    assert around(target) == ["nantes"]


def test_a_file_is_refused_and_kept(tmp_path: Path) -> None:
    target = tmp_path / "notes.txt"
    target.write_text("mine")
    with pytest.raises(BadInput, match=r"notes\.txt: is a file; give a folder"):
        write(target, "new")
    assert target.read_text() == "mine"


def test_a_folder_of_somebody_else_is_refused_and_kept(tmp_path: Path) -> None:
    target = tmp_path / "Documents"
    target.mkdir()
    (target / "letter").write_text("mine")
    with pytest.raises(BadInput, match="did not write; give a new or an empty folder"):
        write(target, "new")
    assert os.listdir(target) == ["letter"]
    assert around(target) == ["Documents"]


def test_an_empty_folder_is_taken(tmp_path: Path) -> None:
    target = tmp_path / "empty"
    target.mkdir()
    write(target, "new")
    assert page(target) == "new"


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir()
    target = tmp_path / "nantes"
    target.symlink_to(tmp_path / "disk" / "nantes")
    write(target, "one")
    write(target, "two")
    assert target.is_symlink()
    assert page(tmp_path / "disk" / "nantes") == "two"


def test_a_relative_path_survives_a_change_of_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path)
    with whole_folder(Path("nantes")) as folder:
        monkeypatch.chdir(tmp_path / "elsewhere")
        (folder / "page").write_text("one")
    assert page(tmp_path / "nantes") == "one"


@pytest.mark.parametrize("where", ["/", "file/nantes", "file/deep/nantes"])
def test_a_place_that_cannot_be_written_is_refused_in_one_line(tmp_path: Path, where: str) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(BadInput) as refusal:
        write(tmp_path / where, "new")
    assert "\n" not in str(refusal.value)
    assert os.listdir(tmp_path) == ["file"]


def test_a_folder_that_cannot_be_renamed_is_refused_and_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "nantes"
    write(target, "old")
    rename = Path.rename

    def busy(self: Path, to: Path) -> Path:
        if self.name == ".nantes.staging":
            raise OSError(16, "Device or resource busy")
        return rename(self, to)

    monkeypatch.setattr(Path, "rename", busy)
    with pytest.raises(BadInput, match="cannot be replaced: Device or resource busy"):
        write(target, "new")
    assert page(target) == "old"


def test_file_sha256_is_that_of_the_bytes(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"carreau" * 10**6)
    assert file_sha256(tmp_path / "file") == hashlib.sha256(b"carreau" * 10**6).hexdigest()


SCHEMA = {
    "text": pl.String,
    "word": pl.Enum(["let", "empty"]),
    "count": pl.Int32,
    "yes": pl.Boolean,
    "day": pl.Date,
    "place": pl.Float64,
    "births": pl.List(pl.Date),
    "names": pl.List(pl.String),
}
# the characters that a careless way of joining values confuses
TEXT = st.text(alphabet="a,\n\x1f\\0fnc:", max_size=3)
DAYS = st.dates(date(1890, 1, 1), date(2100, 1, 1))


def optional(values: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    return st.none() | values


ROWS = st.lists(
    st.tuples(
        optional(TEXT),
        optional(st.sampled_from(["let", "empty"])),
        optional(st.integers(-3, 3)),
        optional(st.booleans()),
        optional(DAYS),
        optional(st.integers(-180_000_000, 180_000_000).map(lambda millionths: millionths / 10**6)),
        optional(st.lists(optional(DAYS), max_size=2)),
        optional(st.lists(optional(TEXT), max_size=2)),
    ),
    max_size=4,
)


def table(rows: list[tuple[object, ...]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def plain_digest(rows: list[tuple[object, ...]]) -> str:
    """The slow, obvious twin: each value as text, rows sorted, one hash."""
    columns = sorted(SCHEMA)
    lines = sorted(
        "\x1f".join(plain_text(dict(zip(SCHEMA, row, strict=True))[c]) for c in columns).encode() for row in rows
    )
    head = json.dumps(["homes", len(rows), columns]).encode()
    return hashlib.sha256(b"".join(line + b"\n" for line in [head, *lines])).hexdigest()


def plain_text(value: object) -> str:
    match value:
        case None:
            return r"\0"
        case bool():
            return str(int(value))
        case str():
            escapes = {"\\": r"\\", "\x1f": r"\f", "\n": r"\n", ",": r"\c"}
            return "".join(escapes.get(letter, letter) for letter in value)
        case float():
            return str(round(value * 10**6))
        case date():
            return str((value - date(1970, 1, 1)).days)
        case list():
            return f"{len(value)}:" + ",".join(plain_text(part) for part in value)
        case _:
            return str(value)


@given(ROWS)
def test_the_digest_is_the_one_that_its_definition_gives(rows: list[tuple[object, ...]]) -> None:
    assert digest({"homes": table(rows)}) == plain_digest(rows)


@given(ROWS, st.randoms(use_true_random=False))
def test_the_order_of_rows_and_columns_does_not_matter(rows: list[tuple[object, ...]], random: object) -> None:
    shuffled, columns = list(rows), list(SCHEMA)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    random.shuffle(columns)  # type: ignore[attr-defined]
    assert digest({"homes": table(shuffled).select(columns)}) == digest({"homes": table(rows)})


FEW = optional(st.text(alphabet=",\n", max_size=2))
CLOSE = st.lists(st.tuples(FEW, FEW, optional(st.lists(FEW, max_size=2))), min_size=1, max_size=2)


@given(CLOSE, CLOSE)
def test_two_tables_share_a_digest_only_if_they_hold_the_same_rows(
    some: list[tuple[object, ...]], others: list[tuple[object, ...]]
) -> None:
    def of(rows: list[tuple[object, ...]]) -> str:
        schema = {"a": pl.String, "b": pl.String, "c": pl.List(pl.String)}
        return digest({"x": pl.DataFrame(rows, schema=schema, orient="row")})

    assert (of(some) == of(others)) == (sorted(map(repr, some)) == sorted(map(repr, others)))


CHANGES: list[tuple[str, object, object]] = [
    ("text", "12 rue Kervégan", "12 rue Kervegan"),
    ("text", "", None),
    ("text", r"\0", None),
    ("word", "let", "empty"),
    ("count", 0, None),
    ("yes", False, None),
    ("day", date(2018, 1, 1), date(2018, 1, 2)),
    ("place", -1.553621, -1.553622),
    ("births", [date(1980, 5, 1), None], [date(1980, 5, 1)]),
    ("births", [], None),
    ("births", [None], []),
    ("names", ["a,b"], ["a", "b"]),
    ("names", [""], []),
]


@pytest.mark.parametrize(("column", "before", "after"), CHANGES)
def test_a_change_of_one_value_changes_the_digest(column: str, before: object, after: object) -> None:
    def of(value: object) -> str:
        return digest({"homes": pl.DataFrame({column: [value]}, schema={column: SCHEMA[column]})})

    assert of(before) != of(after)


@pytest.mark.parametrize(
    "write_and_read",
    [
        lambda frame, file: (frame.write_parquet(file), pl.read_parquet(file))[1],
        lambda frame, file: (frame.write_ipc(file), pl.read_ipc(file))[1],
        lambda frame, _: frame.with_columns(pl.col("count").cast(pl.Int64), pl.col("word").cast(pl.String)),
    ],
    ids=["parquet", "arrow", "other widths"],
)
def test_the_format_and_the_width_do_not_matter(
    tmp_path: Path, write_and_read: Callable[[pl.DataFrame, Path], pl.DataFrame]
) -> None:
    rows = [("é", "let", 1, True, date(2020, 1, 1), 1.5, [date(2001, 2, 3)], None), (None,) * 8]
    frame = table(rows)
    assert digest({"homes": write_and_read(frame, tmp_path / "file")}) == digest({"homes": frame})


def test_the_names_of_tables_and_columns_matter() -> None:
    frame = pl.DataFrame({"a": [1]})
    assert len({digest({"x": frame}), digest({"y": frame}), digest({"x": frame.rename({"a": "b"})}), digest({})}) == 4


def test_a_table_longer_than_one_piece_has_the_digest_of_its_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    frame = pl.DataFrame({"a": list(range(11))})
    whole = digest({"homes": frame})
    monkeypatch.setattr("carreau.outputs.ROWS_AT_ONCE", 4)
    assert digest({"homes": frame.reverse()}) == whole


def test_a_column_that_a_digest_cannot_take_is_named() -> None:
    with pytest.raises(TypeError, match="column at"):
        digest({"homes": pl.DataFrame({"at": pl.Series([None], dtype=pl.Datetime)})})
