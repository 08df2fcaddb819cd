"""EndNote's import format: entries parted by empty lines, whether or not they say what they are."""

from __future__ import annotations

import pytest

from review.records import Reading, read_bytes
from review.records.detect import detect
from review.records.source import Source

ONE = """%0 Journal Article
%A Hale, Rose
%A Moss, Kay
%T Warm foot baths before sleep
%J Journal of Night Work
%D 2019
%V 12
%N 3
%P 101-110
%X Feet are cold.

All nurses slept.
%K feet
sleep
%R 10.9999/jnw.2019.7
%U https://example.org/7
%+ Ward of Sleep, Northtown
"""
TWO = "%T Cold socks\n%0 Conference Paper\n%A Lund, S\n%B Meeting on Socks\n%8 May 1, 2020\n"


def enw(text: str) -> Reading:
    """The reading of *text* as EndNote's import format."""
    return read_bytes(text.encode(), "made.enw", "enw", source="made")


def test_an_entry_has_its_values_in_their_fields() -> None:
    first, second = enw(ONE + "\n\n" + TWO).records
    assert (first.brief_title, first.abstract) == ("Warm foot baths before sleep", "Feet are cold.\nAll nurses slept.")
    paper = first.publication
    assert paper is not None
    assert [a.name for a in paper.authors] == ["Hale, Rose", "Moss, Kay"]
    assert (paper.journal, paper.year, paper.volume, paper.issue, paper.pages) == ("Journal of Night Work", 2019, "12", "3", "101-110")
    assert (paper.doi, first.keywords) == ("10.9999/jnw.2019.7", ("feet", "sleep"))
    assert [a.text for a in paper.affiliations] == ["Ward of Sleep, Northtown"]
    assert (second.brief_title, second.record_type) == ("Cold socks", "article_report")
    assert second.publication is not None
    assert (second.publication.journal, second.publication.year) == ("Meeting on Socks", 2020)


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        (ONE + "\n" + TWO, ["Warm foot baths before sleep", "Cold socks"]),
        (TWO + "\n" + TWO.replace("%0 Conference Paper\n", ""), ["Cold socks", "Cold socks"]),
        (ONE + ONE, ["Warm foot baths before sleep", "Warm foot baths before sleep"]),  # no empty line between
        (("\ufeff" + ONE).replace("\n", "\r\n"), ["Warm foot baths before sleep"]),
    ],
)
def test_entries_are_told_apart(text: str, titles: list[str]) -> None:
    reading = enw(text)
    assert [r.brief_title for r in reading.records] == titles
    assert {p.code.value for p in reading.problems} <= {"continuation_joined"}
    assert detect(Source(text.encode()))[0].name == "enw"


def test_a_file_cut_anywhere_is_read() -> None:
    text = ONE + "\n" + TWO
    for at in range(0, len(text), 7):
        reading = enw(text[:at])
        assert reading.read == len(reading.records) + len(reading.refused) <= 2
