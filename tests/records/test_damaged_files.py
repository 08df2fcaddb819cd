"""Files that were cut, whose bits flipped, whose lines are lost or doubled: no exception, and read = kept + refused."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterable, Iterator

import pytest

from review.errors import FormatUnknown
from review.model.record import Record
from review.records.detect import detect
from review.records.formats import formats
from review.records.reading import Entries, entries
from review.records.source import Source
from tests.patience import ends
from tests.records.corpus import files

SEED = 20261122


def damaged(data: bytes, chance: random.Random) -> bytes:
    """*data* after one accident, or two."""
    for _ in range(chance.choice((1, 1, 2))):
        how = chance.choice(("cut", "head", "flip", "double", "drop", "swap", "insert", "newline"))
        lines = data.splitlines(keepends=True) or [b""]
        at, line = chance.randrange(len(data) + 1), chance.randrange(len(lines))
        if how == "cut":
            data = data[:at]
        elif how == "head":
            data = data[at:]
        elif how == "flip":
            held = bytearray(data or b" ")
            for _ in range(chance.randint(1, 8)):
                held[chance.randrange(len(held))] ^= 1 << chance.randrange(8)
            data = bytes(held)
        elif how == "double":
            data = b"".join([*lines[: line + 1], *lines[line:]])
        elif how == "drop":
            data = b"".join([*lines[:line], *lines[line + 1 :]])
        elif how == "swap":
            other = chance.randrange(len(lines))
            lines[line], lines[other] = lines[other], lines[line]
            data = b"".join(lines)
        elif how == "insert":
            data = data[:at] + chance.choice(SHARDS) + data[at:]
        else:
            data = data.replace(b"\n", chance.choice((b"\r\n", b"\r", b"\n\n", b"\x0b\n", "\u2028\n".encode())))
    return data


SHARDS = (
    b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b"<!ENTITY a 'b'>", b"&nbsp;", b"<![CDATA[", b"]]>", b"<!--", b"TY  - JOUR\n", b"ER  - \n",
    b"PMID- 1\n", b'"', b"{", b"}", b"@article{", b"\\", b"\xc3", "\u202e".encode(), b"<", b"\t\t\t", b"%0 ", b"10.1/", b"\n" * 9,
    b"</record>", b"<record>", b"[" * 300, b'{"a":' * 300, b"9" * 400, b"=cmd()", "\ud7ff\U0010ffff".encode(),
    b"9" * 5_000, b" " * 5_000, b"\\ud800", b"\\udc00\\ud800", b"['one', 'two']", b'"[{[1]: 2}]"',
    b"[0x" + b"f" * 5_000 + b"]", b"<html", b"<html>",
)  # fmt: skip
# what may stand where a value stood: numbers that are none, dates that no calendar has, lists and marks without end
HOSTILE = (
    "9" * 5_000, "9" * 400, "20" * 50, "-1", "0", "0000", "1e999", "nan", "\u00b2", "\u0662\u0660\u0662\u0660", "1," * 3_000 + "000",
    "9" * 5_000 + " Years", "12345678901 Years", "years " * 500, "2020-13-45", "0001-01-01", "99999-01-01", "31 February 2020", "1/0/0",
    "\\ud800", "", " " * 5_000 + "x", "x" * 3_000, "[Time Frame: " * 300, "a: no " * 300, "Control:" + "9" * 5_000 + ";", "{" * 500,
    "<a>" * 100, "(((", "a;b;c", "; " * 2_000, "null", "true", "[]", "{}", "['a', '\\ud800']", "<html>", "\\n\\t", "and " * 1_000,
    'x,"y z\n' * 50,
)  # fmt: skip
_VALUES = tuple(
    re.compile(pattern, re.M)
    for pattern in (
        r">([^<>]+)<",
        r'"([^"\n]*)"',
        r':[ \t]*("?[^",\n{}\[\]]+"?)',
        r"^[A-Z0-9%]{2,4}[ ]*-? (.+)$",
        r"^(.+)$",
        r"\{([^{}]*)\}",
        r"(\d+)",
    )
)


def check(found: Entries) -> None:
    """What must hold of any bytes: every item is counted, every record can be written, nothing empty is stated."""
    kept = refused = 0
    ids = set()
    for item in found:
        if isinstance(item, Record):
            kept += 1
            ids.add(item.record_id)
            json.dumps(item.model_dump(mode="json"))
            first, last = item.provenance.raw_span or (1, 1)
            assert 1 <= first <= last
        else:
            refused += 1
            assert item.reason
    assert (found.kept, found.refused) == (kept, refused)
    assert len(ids) == kept, "two entries of one file have one id"


def inputs(how_many: int) -> Iterator[tuple[str, bytes]]:
    """(name of the file, its bytes after an accident), always the same ones."""
    chance = random.Random(SEED)
    corpus = sorted(files().items())
    for n in range(how_many):
        name, data = corpus[n % len(corpus)]
        yield name, damaged(data, chance)


def hostile_values(how_many: int) -> Iterator[tuple[str, bytes]]:
    """(name of the file, its bytes with one of its values replaced), always the same ones."""
    chance = random.Random(SEED)
    corpus = [(name, data.decode("utf-8", "replace")) for name, data in sorted(files().items())]
    spots = {name: sorted({found.span(1) for value in _VALUES for found in value.finditer(text)}) for name, text in corpus}
    for n in range(how_many):
        name, text = corpus[n % len(corpus)]
        start, end = chance.choice(spots[name])
        yield name, (text[:start] + chance.choice(HOSTILE) + text[end:]).encode()


def go_through(files_read: Iterable[tuple[str, bytes]]) -> tuple[int, int]:
    """(files of which a reader knew the kind, entries that were kept) of these files; names the file that raised or came to no end."""
    known = kept = 0
    for n, (name, data) in enumerate(files_read):
        try:
            with ends(f"input {n}, {name},"):
                try:
                    format_ = detect(Source(data, name))[0].name
                except FormatUnknown:
                    format_ = sorted(formats())[n % len(formats())]  # any reader may be asked for it by name
                else:
                    known += 1
                found = entries(Source(data, name), format_)
                check(found)
            kept += found.kept
        except Exception as error:  # the finding names its input
            raise AssertionError(f"input {n}, {name}: {type(error).__name__}: {error}\n{data[:400]!r}") from error
    return known, kept


def test_eight_hundred_damaged_files() -> None:
    known, kept = go_through(inputs(800))
    assert known > 400 and kept > 400, "the damage is so great that hardly a reader is reached"


@pytest.mark.soak
def test_a_hundred_thousand_damaged_files() -> None:
    known, kept = go_through(inputs(100_000))
    assert known > 50_000 and kept > 50_000


def test_hostile_values() -> None:
    known, kept = go_through(hostile_values(150))
    assert known > 100 and kept > 100


@pytest.mark.soak
def test_many_hostile_values() -> None:
    known, kept = go_through(hostile_values(60_000))
    assert known > 40_000 and kept > 40_000


@pytest.mark.parametrize("name", sorted(files()))
def test_a_file_cut_at_any_byte(name: str) -> None:
    data = files()[name]
    kind = detect(Source(data))[0].name
    for at in range(0, len(data), max(1, len(data) // 12)):
        check(entries(Source(data[:at]), kind))


@pytest.mark.parametrize("name", sorted(name for name, data in files().items() if data.lstrip()[:1] in (b"{", b"[")))
def test_a_backslash_at_any_quotation_mark(name: str) -> None:
    data = files()[name]
    kind = detect(Source(data))[0].name
    for at in [n for n in range(len(data)) if data[n : n + 1] == b'"'][::3]:
        check(entries(Source(data[:at] + b"\\" + data[at:]), kind))


def test_every_format_has_a_file_here() -> None:
    told = {detect(Source(data))[0].name for data in files().values()}
    tables = {name for name, one in formats().items() if "csv" in name or "tab" in name}
    refused = {"isrctn_json", "eudract_json"}
    assert set(formats()) - told - tables - refused == set()
