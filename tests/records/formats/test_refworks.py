"""RefWorks' tagged text; the receipt says that no real file was met yet."""

from __future__ import annotations

import pytest

from review.records import Reading, read_bytes
from review.records.detect import detect
from review.records.source import Source

TEXT = """References

RT Journal Article
SR Electronic(1)
ID 7
A1 Hale, Rose
A1 Moss, Kay
T1 Warm foot baths before sleep
JF Journal of Night Work
YR 2019
FD March
VO 12
IS 3
SP 101
OP 110
K1 feet
K1 sleep
AB Feet are cold.
All nurses slept.
DO 10.9999/jnw.2019.7
UL https://example.org/7

RT Conference Proceedings
A1 Lund, S
T1 Cold socks
YR 2020
"""


def refworks(text: str) -> Reading:
    """The reading of *text* as RefWorks' tagged text."""
    return read_bytes(text.encode(), "made.txt", "refworks", source="made")


def test_an_entry_has_its_values_in_their_fields() -> None:
    reading = refworks(TEXT)
    first, second = reading.records
    assert [p.code.value for p in reading.problems] == ["text_outside_records", "untried_format", "continuation_joined"]
    assert (first.brief_title, first.abstract) == ("Warm foot baths before sleep", "Feet are cold.\nAll nurses slept.")
    paper = first.publication
    assert paper is not None
    assert [a.name for a in paper.authors] == ["Hale, Rose", "Moss, Kay"]
    assert (paper.journal, paper.year, paper.volume, paper.issue, paper.pages) == ("Journal of Night Work", 2019, "12", "3", "101-110")
    assert (paper.doi, first.keywords) == ("10.9999/jnw.2019.7", ("feet", "sleep"))
    assert first.extra["ID"] == ("7",)
    assert (second.brief_title, second.record_type) == ("Cold socks", "article_report")


@pytest.mark.parametrize(
    ("text", "count"),
    [
        (TEXT, 2),
        (TEXT.replace("\n\nRT", "\nRT"), 2),
        (TEXT.replace("\n", "\r\n"), 2),
        ("\ufeff" + TEXT.removeprefix("References\n\n"), 2),
    ],
)
def test_the_content_tells_the_format(text: str, count: int) -> None:
    assert detect(Source(text.encode()))[0].name == "refworks"
    assert len(refworks(text).records) == count


def test_a_file_cut_anywhere_is_read() -> None:
    for at in range(0, len(TEXT), 7):
        reading = refworks(TEXT[:at])
        assert reading.read == len(reading.records) + len(reading.refused) <= 2
