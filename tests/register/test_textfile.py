"""Reading delimited text: whatever its packing, bytes and quotes, each physical line is a record or is counted."""

import csv
import gzip
import io
import zipfile
from pathlib import Path

import polars as pl
import pytest
from builders import write_text
from hypothesis import given
from hypothesis import strategies as st

from carreau.errors import BadInput
from carreau.register import textfile
from carreau.register.textfile import BLANKS, read_header, read_rows


def read(file: Path) -> tuple[list[tuple[int, dict[str, str | None]]], list[tuple[int, int]]]:
    """Records as (line, values by column), and ragged lines as (line, number of fields)."""
    records, ragged = [], []
    for rows in read_rows(file, read_header(file)):
        records += [(row.pop("line"), row) for row in rows.frame.to_dicts()]
        ragged += rows.ragged.rows()
    return records, ragged


def values(file: Path) -> list[list[str | None]]:
    return [list(row.values()) for _, row in read(file)[0]]


PLAIN = "A;B;C\n1;2;3\n4;5;6\n"


@pytest.mark.parametrize("name", ["t.csv", "t.csv.gz", "t.zip", "t.txt"])
@pytest.mark.parametrize(
    "text",
    [
        PLAIN,
        PLAIN.replace(";", ","),
        PLAIN.replace("\n", "\r\n"),
        "\ufeff" + PLAIN,
        PLAIN.removesuffix("\n"),
        '"A";"B";"C"\n"1";"2";"3"\n4;5;6\n',
        " a ;b;c\n 1;2 ;3\n4;5;6",
    ],
)
def test_the_same_table_in_every_dress(tmp_path: Path, name: str, text: str) -> None:
    file = write_text(tmp_path / name, text)
    assert read_header(file).columns == ("A", "B", "C")
    assert values(file) == [["1", "2", "3"], ["4", "5", "6"]]


def test_lines_of_utf8_and_latin_1_in_one_file(tmp_path: Path) -> None:
    file = write_text(tmp_path / "t.csv", b"A;B\n" + "Orléans;1\n".encode() + "Orléans;2\n".encode("latin-1"))
    assert values(file) == [["Orléans", "1"], ["Orléans", "2"]]


def test_windows_bytes_between_latin_1_ones(tmp_path: Path) -> None:
    assert values(write_text(tmp_path / "t.csv", b"A;B\nC\x9cur \x80;1\n")) == [["Cœur €", "1"]]


@pytest.mark.parametrize(
    ("line", "fields"),
    [
        ('a"b;c;d', ['a"b', "c", "d"]),  # a stray quote is a letter
        ('"a;c;d', ['"a', "c", "d"]),  # one that opens and never closes too
        ('"a";c;""', ["a", "c", None]),
        ('"say ""yes""";c;d', ['say "yes"', "c", "d"]),
        ('"a;b";c;d', ["a;b", "c", "d"]),  # balanced: it holds the delimiter
        ('"";"a;"";b";d', [None, 'a;";b', "d"]),
        ("  a ;; d", ["a", None, "d"]),
    ],
)
def test_quotes(tmp_path: Path, line: str, fields: list[str | None]) -> None:
    assert values(write_text(tmp_path / "t.csv", f"A;B;C\n{line}\n")) == [fields]


def test_a_quote_never_joins_two_lines(tmp_path: Path) -> None:
    records, ragged = read(write_text(tmp_path / "t.csv", 'A;B;C\n"1;2;3\n4";5\n7;8;9\n'))
    assert [line for line, _ in records] == [2, 4]
    assert ragged == [(3, 2)]


def test_blank_lines_are_no_records_and_ragged_ones_are_counted_with_their_lines(tmp_path: Path) -> None:
    records, ragged = read(write_text(tmp_path / "t.csv", "A;B;C\n\n1;2;3\n  \r\n1;2\n1;2;3;4\n\n4;5;6\n\n"))
    assert [line for line, _ in records] == [3, 8]
    assert ragged == [(5, 2), (6, 4)]


def test_records_keep_the_order_and_the_lines_of_the_file_across_blocks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(textfile, "BLOCK", 64)
    lines = [f'"{n};{n}";x' if n % 3 else f"{n};x" for n in range(500)]
    records, ragged = read(write_text(tmp_path / "t.csv", "A;B\n" + "\n".join(lines)))
    assert not ragged
    assert [line for line, _ in records] == list(range(2, 502))
    assert [row["A"] for _, row in records] == [f"{n};{n}" if n % 3 else str(n) for n in range(500)]


def test_blocks_come_one_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a file of ten blocks, taking the first record reads one."""
    monkeypatch.setattr(textfile, "BLOCK", 10_000)
    file = write_text(tmp_path / "t.csv", "A;B\n" + "123456;89\n" * 10_000)
    split = []
    original = textfile._split
    monkeypatch.setattr(textfile, "_split", lambda *given: split.append(given) or original(*given))
    rows = read_rows(file, read_header(file))
    first = next(rows)
    assert (len(split), first.frame.height) == (1, 1000)
    assert sum(part.frame.height for part in rows) == 9000
    assert len(split) >= 10


def zipped(*names: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name in names:
            archive.writestr(name, PLAIN)
    return packed.getvalue()


REFUSED = {
    "empty": ("t.csv", b"", "is empty"),
    "blank": ("t.csv", b" \n\n", "is empty"),
    "tabs": ("t.csv", PLAIN.replace(";", "\t").encode(), "the delimiter must be ; or ,"),
    "bars": ("t.csv", PLAIN.replace(";", "|").encode(), "the delimiter must be ; or ,"),
    "utf-16": ("t.csv", PLAIN.encode("utf-16"), "is UTF-16"),
    "binary": ("t.csv", bytes(range(256)) * 40, "is binary"),
    "twice": ("t.csv", b"A;B;A;B\n1;2;3;4\n", "A, B twice"),
    "nameless": ("t.csv", b"A;;;B\n1;2;3;4\n", "an empty name twice"),
    "truncated gzip": ("t.csv.gz", gzip.compress(PLAIN.encode() * 999)[:60], "truncated or damaged"),
    "damaged gzip": ("t.csv.gz", gzip.compress(PLAIN.encode())[:-8] + b"12345678", "truncated or damaged"),
    "false gzip": ("t.csv.gz", PLAIN.encode(), "is named .gz but is not packed that way"),
    "false zip": ("t.zip", PLAIN.encode(), "is named .zip but is not packed that way"),
    "damaged zip": ("t.zip", b"PK\3\4" + b"x" * 99, "truncated or damaged"),
    "zip without csv": ("t.zip", zipped("a.txt"), "holds 0 .csv files"),
    "zip of two": ("t.zip", zipped("a.csv", "b.csv"), "holds 2 .csv files"),
    "NUL": ("t.csv", b"A;B\n1;2\n3;\x004\n", "line 3: holds a NUL byte"),
    "endless header": ("t.csv", b"A;B" * 2**20, "first line longer than 1 MiB"),
    "endless line": ("t.csv", b"A;B\n1;2\n3;" + b"4" * 2**21, "line 3: is longer than 1 MiB"),
    "long line": ("t.csv", b"A;B\n1;2\n3;" + b"4" * 2**21 + b"\n5;6\n", "line 3: is longer than 1 MiB"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_no_register_is_refused_in_one_line_that_names_the_file(tmp_path: Path, case: str) -> None:
    name, content, says = REFUSED[case]
    file = tmp_path / name
    file.write_bytes(content)
    with pytest.raises(BadInput) as refusal:
        read(file)
    message = str(refusal.value)
    assert says in message
    assert message.startswith(str(file))
    assert "\n" not in message


def test_a_missing_file_a_folder_and_a_file_that_is_no_folder(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="does not exist"):
        read(tmp_path / "none.csv")
    with pytest.raises(BadInput, match="cannot be read: Is a directory"):
        read(tmp_path)
    with pytest.raises(BadInput, match="cannot be read: Not a directory"):
        read(write_text(tmp_path / "t.csv", PLAIN) / "inside.csv")


def test_a_zip_may_hold_other_files_than_its_csv(tmp_path: Path) -> None:
    file = tmp_path / "t.zip"
    file.write_bytes(zipped("notice.pdf", "__MACOSX/._t.csv", "t.csv"))
    assert values(file) == [["1", "2", "3"], ["4", "5", "6"]]


# Any text without control characters; a byte-order mark is no text.
TEXT = st.text(st.characters(exclude_categories=["Cc", "Cs"], exclude_characters="\ufeff"), max_size=6)
FIELD = st.one_of(st.sampled_from(["", '"', '""', ";", ";;", '";"', "a", " a "]), TEXT)


@given(
    table=st.integers(2, 4).flatmap(lambda n: st.lists(st.lists(FIELD, min_size=n, max_size=n), max_size=6)),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    end=st.sampled_from(["\n", "\r\n"]),
    delimiter=st.sampled_from([";", ","]),
)
def test_what_the_csv_module_writes_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, table: list[list[str]], quoting: int, end: str, delimiter: str
) -> None:
    width = len(table[0]) if table else 2
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, quoting=quoting, lineterminator=end)
    writer.writerows([[f"C{n}" for n in range(width)], *table])
    file = write_text(tmp_path_factory.mktemp("csv") / "t.csv", text.getvalue())
    assert values(file) == [[field.strip(BLANKS) or None for field in row] for row in table]
    assert not read(file)[1]


def slow_twin(text: str, width: int) -> tuple[list[list[str | None]], list[int]]:
    """Line by line: split plainly if that gives the right number of fields, else as balanced CSV, else reject."""
    rows, rejected = [], []
    for number, line in enumerate(text.split("\n")[1:], start=2):
        fields = line.split(";")
        if not line.strip(BLANKS):
            continue
        if len(fields) == width:
            plain = [field.strip(BLANKS) for field in fields]
            fields = [f[1:-1].replace('""', '"') if len(f) > 1 and f[0] == f[-1] == '"' else f for f in plain]
        elif line.count('"') % 2 == 0:
            try:
                fields = next(csv.reader([line], delimiter=";", strict=True))
            except csv.Error:
                fields = []
        if len(fields) == width:
            rows.append([field.strip(BLANKS) or None for field in fields])
        else:
            rejected.append(number)
    return rows, rejected


@given(lines=st.lists(st.text(st.sampled_from('ab;"; \u00a0é'), max_size=9), max_size=12), width=st.integers(2, 4))
def test_dirty_lines_as_the_slow_twin_reads_them(
    tmp_path_factory: pytest.TempPathFactory, lines: list[str], width: int
) -> None:
    text = "\n".join([";".join(f"C{n}" for n in range(width)), *lines])
    file = write_text(tmp_path_factory.mktemp("dirty") / "t.csv", text)
    rows, rejected = slow_twin(text, width)
    assert values(file) == rows
    assert [line for line, _ in read(file)[1]] == rejected


def test_fields_are_text_whatever_they_look_like(tmp_path: Path) -> None:
    frame = next(read_rows(file := write_text(tmp_path / "t.csv", "A;B\n01;2A004\n"), read_header(file))).frame
    assert frame.schema == {"A": pl.String, "B": pl.String, "line": pl.Int64}
    assert frame.row(0) == ("01", "2A004", 2)
