"""XML cut into entries: attacks by entities and size, encodings, comments and CDATA, broken and cut files; lines and memory."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable, Iterator
from io import BytesIO
from typing import BinaryIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.model.record import Problem, ProblemCode
from review.records.formats import Refusal
from review.records.source import Source
from review.records.xml_entries import XmlEntry, marks_of, xml_entries
from tests.patience import SIGNS, ends

ENTRY = b"<hat>\n<name>Straw hat %d</name>\n<size>%d</size>\n</hat>\n"
HATS = b"".join(ENTRY % (n, n) for n in range(3))


def found(data: bytes, *names: str) -> list[XmlEntry | Refusal | Problem]:
    return list(xml_entries(Source(data, "hats.xml"), *(names or ("hat",))))


def texts(data: bytes) -> list[str]:
    return ["".join(one.element.itertext()).strip() for one in found(data) if isinstance(one, XmlEntry)]


def around(inner: bytes, before: bytes = b'<?xml version="1.0"?>\n') -> bytes:
    return before + b"<hats>\n" + inner + b"</hats>\n"


def test_entries_know_their_lines_in_the_file() -> None:
    entries = [one for one in found(around(HATS)) if isinstance(one, XmlEntry)]
    assert [one.lines for one in entries] == [(3, 6), (7, 10), (11, 14)]
    assert [one.lines_of(one.element[1]) for one in entries] == [(5, 5), (9, 9), (13, 13)]
    assert marks_of(Source(around(HATS)), "hat") == 3


def test_the_lines_of_an_element_reach_to_the_end_of_its_last_words() -> None:
    [entry] = found(b"<hat>\n<note>one\ntwo <b>three\nfour</b> five\nsix</note>\n<size>\n9</size>\n</hat>")
    assert isinstance(entry, XmlEntry)
    assert [entry.lines_of(part) for part in entry.element] == [(2, 5), (6, 7)]


LAUGHS = b'<?xml version="1.0"?>\n<!DOCTYPE hats [\n<!ENTITY a "ha">\n' + b"".join(
    b'<!ENTITY %c "%b">\n' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9)
)


@pytest.mark.parametrize(
    "declared",
    [
        LAUGHS + b"]>\n",
        b'<!DOCTYPE hats [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
        b'<!DOCTYPE hats [<!ENTITY a SYSTEM "http://127.0.0.1:9/x">]>',
        b'<!DOCTYPE hats [<!ENTITY % a SYSTEM "http://127.0.0.1:9/x"> %a;]>',
        b"<!DOCTYPE hats [" + b" " * 200_000 + b'<!ENTITY a "ha">]>',
        b"<!--" + b"x" * 200_000 + b'--><!DOCTYPE hats [<!ENTITY a "ha">]>',
    ],
    ids=["laughs", "file", "http", "parameter", "late", "behind-a-comment"],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_file_that_declares_entities_is_refused(declared: bytes, encoding: str) -> None:
    data = (declared + b"<hats><hat><name>&a;</name></hat></hats>").decode().encode(encoding)
    [refusal] = found(data)
    assert isinstance(refusal, Refusal)
    assert "entities of its own" in refusal.reason
    assert refusal.line == declared.count(b"\n", 0, declared.index(b"<!ENTITY")) + 1


def test_the_words_of_an_entity_declaration_within_text_are_text() -> None:
    inner = b"<hat><name><![CDATA[<!ENTITY a 'x'> &a;]]></name></hat>"
    assert texts(around(inner)) == ["<!ENTITY a 'x'> &a;"]


def test_an_entity_that_nothing_declares_stays_as_it_is_printed() -> None:
    [entry] = found(b"<hat><name>caf&eacute; R&D &amp; x</name></hat>")
    assert isinstance(entry, XmlEntry)
    assert entry.element[0].text == "caf&eacute; R&D & x"
    assert [p.code for p in entry.problems] == [ProblemCode.REPAIRED]


def test_an_external_document_type_is_not_fetched() -> None:
    outside = b'<!DOCTYPE hats PUBLIC "-//X//Y" "http://127.0.0.1:9/hats.dtd">\n'
    assert len(texts(around(HATS, outside))) == 3


def test_tags_within_comments_and_cdata_are_no_entries() -> None:
    inner = b"<!-- <hat><name>old</name></hat> -->" + HATS + b"<hat><name><![CDATA[a </hat> <hat> b]]><!-- </hat> --></name></hat>"
    assert texts(around(inner))[-1] == "a </hat> <hat> b"
    assert len(found(around(inner))) == 4 == marks_of(Source(around(inner)), "hat")


def test_a_comment_that_never_ends_takes_no_entry_with_it() -> None:
    inner = b"<hat><name>first <!-- lost</name></hat>" + HATS
    assert [text.split("\n")[0] for text in texts(around(inner))] == ["first <!-- lost", "Straw hat 0", "Straw hat 1", "Straw hat 2"]


@pytest.mark.parametrize(
    ("encoding", "said"),
    [("utf-8", "UTF-8"), ("utf-8-sig", "UTF-8"), ("utf-16", "UTF-16"), ("latin-1", "ISO-8859-1"), ("cp1252", "windows-1252")],
)
def test_encodings_that_are_declared(encoding: str, said: str) -> None:
    data = f'<?xml version="1.0" encoding="{said}"?><hats><hat><name>Zoë Ünal</name></hat></hats>'.encode(encoding)
    [entry] = found(data)
    assert isinstance(entry, XmlEntry)
    assert entry.element[0].text == "Zoë Ünal"
    assert not entry.problems


def test_bytes_that_are_not_utf8_are_read_as_windows_and_no_others() -> None:
    [entry] = found("<hat><name>Zoë ".encode() + b"\xdcnal \x96</name></hat>")
    assert isinstance(entry, XmlEntry)
    assert entry.element[0].text == "Zoë Ünal –"
    assert [p.code for p in entry.problems] == [ProblemCode.DECODED_CP1252]


@pytest.mark.parametrize(
    ("inside", "shown"),
    [
        ("p <0.05 and &lt; 1", "p <0.05 and < 1"),
        ("a \x00 b \x1f c", "a \ufffd b \ufffd c"),
        ("a &#0; b &#x1F; &#xFFFF; c &#233;", "a \ufffd b \ufffd \ufffd c é"),
        ("R & D &foo; x", "R & D &foo; x"),
        ("a <![CDATA[b & <c> \x01]]> & d", "a b & <c> \ufffd & d"),
    ],
)
def test_what_the_parser_would_drop_is_kept(inside: str, shown: str) -> None:
    [entry] = found(f"<hat><name>{inside}</name><size>4</size></hat>".encode())
    assert isinstance(entry, XmlEntry)
    assert [part.text for part in entry.element] == [shown, "4"]
    assert [p.code for p in entry.problems] == [ProblemCode.REPAIRED]


def test_a_prefix_that_the_file_declares_further_up_is_no_fault() -> None:
    [entry] = found(b'<hats xmlns:m="urn:m"><hat><m:name>Cap</m:name></hat></hats>')
    assert isinstance(entry, XmlEntry)
    assert "".join(entry.element.itertext()) == "Cap"
    assert not entry.problems


def test_a_broken_entry_costs_no_other() -> None:
    inner = HATS + b"<hat><name>half</size></hat>" + b"<hat><name>no end</name>\n" + HATS + b"<hat/><hats>"
    items = found(around(inner))
    assert len([one for one in items if isinstance(one, XmlEntry)]) == 8
    assert [one.reason for one in items if isinstance(one, Refusal)] == ["an entry <hat> without readable content"]
    assert [p.code for one in items if isinstance(one, XmlEntry) for p in one.problems] == [ProblemCode.REPAIRED, ProblemCode.MISSING_END]


def test_words_between_entries_are_remarked_on() -> None:
    items = found(around(HATS + b"<gone>12</gone>\n" + HATS + b"and more"))
    assert [(one.code, one.message, one.lines) for one in items if isinstance(one, Problem)] == [
        (ProblemCode.TEXT_OUTSIDE_RECORDS, "text outside of the entries was passed over: '12', and so in 1 more places", (14, 14))
    ]


def test_several_names_keep_the_order_of_the_file() -> None:
    data = b"<x><hat><a>1</a></hat><hatband><a>2</a></hatband><hat><a>3</a></hat></x>"
    assert [one.element.tag for one in found(data, "hat", "hatband") if isinstance(one, XmlEntry)] == ["hat", "hatband", "hat"]
    assert len(found(data, "hat")) == 3  # what stands between is remarked on


@pytest.mark.parametrize(
    "inside",
    [b"<a>" * 300 + b"x" + b"</a>" * 300, b"<name>" + b"x" * 10_500_000 + b"</name>", b"<name>" + b"y " * 9_000_000 + b"</name>"],
    ids=["deep", "10-MB-on-one-line", "above-the-limit"],
)
def test_what_is_too_large_is_refused_and_the_next_is_read(inside: bytes) -> None:
    items = found(around(b"<hat>" + inside + b"</hat>" + HATS))
    assert isinstance(items[0], Refusal)
    assert [type(one) for one in items[1:]] == [XmlEntry] * 3
    assert all(isinstance(one, XmlEntry) and one.lines[0] == 3 + 4 * n for n, one in enumerate(items[1:]))


@pytest.mark.parametrize("piece", [b"<!--", b"<![CDATA[", b"<hat", b"<hat>", b"</hat", b"&", b"<hat><!--", b"<!ENTITY", b"\x00", b"<"])
def test_a_sign_said_over_and_over_takes_little_time(piece: bytes) -> None:
    with ends(f"{piece!r} over and over"):
        items = found(b"<hats><hat><name>x</name>" + piece * (SIGNS // len(piece)))
    assert len([one for one in items if not isinstance(one, Problem)]) >= 1


@given(st.integers(0, len(around(HATS))))
def test_cut_at_any_byte(at: int) -> None:
    data = around(HATS)[:at]
    items = [one for one in found(data) if not isinstance(one, Problem)]
    assert len(items) == data.replace(b"<hats", b"").count(b"<hat>")


@given(st.binary(max_size=40), st.integers(0, len(HATS)), st.sampled_from([1, 7, 64, 5000]))
def test_the_pieces_in_which_a_file_comes_do_not_matter(noise: bytes, at: int, size: int) -> None:
    data = around(HATS[:at] + noise + HATS[at:])
    whole = found(data)
    assert [_told(one) for one in xml_entries(_InPieces(data, size), "hat")] == [_told(one) for one in whole]
    assert marks_of(_InPieces(data, size), "hat") == marks_of(Source(data), "hat")


def _told(one: XmlEntry | Refusal | Problem) -> object:
    return (one.text, one.lines, one.problems) if isinstance(one, XmlEntry) else one


class _InPieces(Source):
    """A source that comes in small pieces."""

    def __init__(self, data: bytes, size: int) -> None:
        super().__init__(data, "hats.xml")
        self._bytes, self._size = data, size

    def utf8(self, declared: str | None = None) -> Iterator[bytes]:
        whole = b"".join(super().utf8(declared))
        yield from (whole[at : at + self._size] for at in range(0, len(whole), self._size))


class _Hats(BytesIO):
    """As many hats as are asked for, made while they are read."""

    def __init__(self, count: int) -> None:
        super().__init__()
        self._left, self._held = count, b"<hats>"

    def read(self, size: int | None = -1, /) -> bytes:
        wanted = size if size is not None and size >= 0 else 1 << 30
        parts, held = [self._held], len(self._held)
        while held < wanted and self._left:
            parts.append(b"<hat><name>" + b"Straw " * 3000 + b"</name></hat>\n")
            self._left, held = self._left - 1, held + len(parts[-1])
        joined = b"".join(parts)
        self._held = joined[wanted:]
        return joined[:wanted]


def _opener(count: int) -> Callable[[], BinaryIO]:
    return lambda: _Hats(count)


def test_memory_does_not_grow_with_the_file() -> None:
    peaks = []
    for count in (400, 800):
        tracemalloc.start()
        read = sum(1 for _ in xml_entries(Source(name="hats.xml", opener=_opener(count)), "hat"))
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        assert read == count
    assert peaks[1] < peaks[0] * 1.2
