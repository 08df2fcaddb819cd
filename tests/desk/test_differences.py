"""Which words of two texts differ: nothing is lost of either, what differs is named, and no text takes long."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.desk.differences import difference
from tests.patience import calls

TEXTS = st.text(alphabet=st.sampled_from("ab c-.\u0627\u0644 \u8133I\u0301\n"), max_size=60)


def marked(first: str, second: str) -> tuple[list[str], list[str]]:
    """The pieces of each text that are marked."""
    found = difference(first, second)
    return [text for text, apart in found.first if apart], [text for text, apart in found.second if apart]


@pytest.mark.parametrize(
    ("first", "second", "state", "one", "other"),
    [
        ("A gum in women", "A gum in men.", "differs", ["women"], ["men."]),
        ("Part I of a trial", "Part II of a trial", "differs", ["I"], ["II"]),
        ("gum-based care", "Gum based care", "alike", [], []),
        ("Doe, J; Roe, K", "Doe, J; Roe, K", "same", [], []),
        ("2019", "2020", "differs", ["2019"], ["2020"]),
        ("\u8133\u5352\u4e2d\u306e\u6cbb\u7642", "\u8133\u5352\u4e2d\u306e\u4e88\u9632\u6cbb\u7642", "differs", [], ["\u4e88\u9632"]),
        (
            "\u0623\u062b\u0631 \u0627\u0644\u0639\u0644\u0627\u062c",
            "\u0623\u062b\u0631 \u0627\u0644\u062f\u0648\u0627\u0621",
            "differs",
            ["\u0627\u0644\u0639\u0644\u0627\u062c"],
            ["\u0627\u0644\u062f\u0648\u0627\u0621"],
        ),
        ("stated", " ", "first_only", [], []),
        ("", "stated", "second_only", [], []),
        ("", "", "neither", [], []),
    ],
)
def test_what_differs_is_marked_by_the_word(first: str, second: str, state: str, one: list[str], other: list[str]) -> None:
    assert difference(first, second).state == state
    assert marked(first, second) == (one, other)


def test_the_words_say_what_the_marks_show() -> None:
    assert difference("A gum in women", "A gum in men", ("the trial", "the report")).says == (
        "only the trial: '\u2068women\u2069'; only the report: '\u2068men\u2069'"
    )
    many = difference("one two three four five six seven eight " * 2, "one two three four five six seven eight " * 2 + "a b c d e f g")
    assert many.says == "only B: 7 words"
    strange = difference("one two three four five six seven eight nine ten eleven twelve thirteen", "a b c one")
    assert (strange.state, strange.says) == ("other", "1 of 13 words are in both")
    assert marked("one two three four five six seven eight nine ten eleven twelve thirteen", "a b c one") == ([], [])


@given(TEXTS, TEXTS)
def test_nothing_is_lost_and_the_order_of_the_two_does_not_matter(first: str, second: str) -> None:
    found, turned = difference(first, second), difference(second, first)
    if found.first:
        assert "".join(text for text, _ in found.first) == first
    if found.second:
        assert "".join(text for text, _ in found.second) == second
    mirrored = {"first_only": "second_only", "second_only": "first_only"}
    assert turned.state == mirrored.get(found.state, found.state)
    assert (found.state in ("same", "alike", "neither")) == (not any(a for runs in (found.first, found.second) for _, a in runs)) or (
        found.state in ("other", "first_only", "second_only")
    )


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("a " * 5_000, "a b " * 2_500),
        ("a " * 5_000, "b " + "a " * 4_999),
        ("-" * 5_000, "\u2014 " * 2_500),
        ("a b c " * 600, "c b a " * 600),
    ],
)
def test_no_text_takes_long(first: str, second: str) -> None:
    with calls(10 * len(first + second), "comparing two long texts"):
        difference(first, second)
