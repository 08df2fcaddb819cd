"""Eligibility criteria in the styles in which pages are captured."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.model.record import Criterion
from review.records import read_bytes
from review.records.criteria import criteria_of_text
from review.records.inline_lists import inline_subitems, run_together

Shown = list[tuple[str | None, str, list[tuple[str | None, str]]]]


def shown(items: tuple[Criterion, ...]) -> Shown:
    return [(i.number, i.text, [(s.number, s.text) for s in i.subitems]) for i in items]


STYLES = {
    "indented bullets": "Inclusion Criteria\n\n  • Sore feet\n  • Aged 18 or more\n\nExclusion Criteria\n\n  • Surgery\n",
    "dashes": "Inclusion Criteria:\n- Sore feet\n- Aged 18 or more\nExclusion Criteria:\n- Surgery",
    "dashes before everything": "- Inclusion Criteria:\n- • Sore feet\n- • Aged 18 or more\n- Exclusion Criteria:\n- • Surgery",
    "bullets before everything": "  • Inclusion Criteria:\n  • Sore feet\n  • Aged 18 or more\n  • Exclusion Criteria:\n  • Surgery",
    "stars": "KEY INCLUSION CRITERIA\n* Sore feet\n* Aged 18 or more\nKEY EXCLUSION CRITERIA\n* Surgery",
    "paragraphs": "Inclusion Criteria:\n\nSore feet\n\nAged 18 or more\n\nExclusion Criteria:\n\nSurgery",
    "wrapped": "Inclusion Criteria:\n\n- Sore feet\n\n- Aged 18\nor more\n\nExclusion Criteria:\n\n- Surgery",
    "markdown": "**Inclusion Criteria:**\n\n* Sore feet\n* Aged 18 or more\n\n**Exclusion Criteria:**\n\n* Surgery",
}


@pytest.mark.parametrize("style", STYLES)
def test_every_style_gives_the_same_criteria(style: str) -> None:
    read = criteria_of_text(STYLES[style])
    assert shown(read.inclusion) == [(None, "Sore feet", []), (None, "Aged 18 or more", [])]
    assert shown(read.exclusion) == [(None, "Surgery", [])]
    assert (read.unclassified, read.preamble_inclusion, read.preamble_exclusion) == ((), None, None)


NUMBERED = {
    "indented": "Inclusion Criteria\n\n  1. One\n  2. Two\n",
    "dashed": "- Inclusion Criteria:\n- • 1. One\n- • 2. Two",
    "brackets": "Inclusion criteria:\n1) One\n2) Two",
    "run together": "Inclusion criteria: 1. One; 2. Two",
    "run together in two lines": "Inclusion criteria:\n1. One; 2. Two",
    "Chinese marks": "Inclusion criteria: 1、One；2、Two",
}


def test_a_list_of_dashes_alone_beside_one_of_bullets_loses_its_dashes() -> None:
    found = criteria_of_text("- Inclusion Criteria:\n- • Sore feet\n- • Aged 18 or more\n- Exclusion Criteria:\n- Surgery\n- A new shoe")
    assert [i.text for i in found.inclusion] == ["Sore feet", "Aged 18 or more"]
    assert [i.text for i in found.exclusion] == ["Surgery", "A new shoe"]


@pytest.mark.parametrize("style", NUMBERED)
def test_numbers_are_kept_apart_from_the_text(style: str) -> None:
    assert shown(criteria_of_text(NUMBERED[style]).inclusion) == [("1", "One", []), ("2", "Two", [])]


def test_lines_of_an_item_reach_to_its_last_continuation() -> None:
    read = criteria_of_text(
        "Inclusion Criteria:\n\n1. Pain that does not go away although the feet were rested and that\ncomes back.\n\n2. Two\n"
    )
    assert [i.lines for i in read.inclusion] == [(3, 4), (6, 6)]
    assert read.inclusion[0].text.endswith("and that comes back.")
    assert read.raw_lines == (1, 6)


def test_a_child_line_gives_subitems_and_an_inline_list_stays_in_the_text_too() -> None:
    read = criteria_of_text(
        "- Exclusion Criteria:\n- • 1. Surgery\n- 2. Blood:\n- • (1)ALT \\> 3; (2)AST \\> 3.\n- • 3. Any of: a) gout b) rash. -- none"
    )
    assert shown(read.exclusion) == [
        ("1", "Surgery", []),
        ("2", "Blood:", [("(1)", "ALT > 3"), ("(2)", "AST > 3")]),
        ("3", "Any of: a) gout b) rash. -- none", [("a)", "gout"), ("b)", "rash. -- none")]),
    ]


def test_nested_lists_are_subitems() -> None:
    read = criteria_of_text("Inclusion Criteria\n\n  • Able to:\n    • walk\n    • stand\n  • Two\n")
    assert shown(read.inclusion) == [(None, "Able to:", [(None, "walk"), (None, "stand")]), (None, "Two", [])]


def test_a_numbered_list_inside_a_numbered_item_does_not_end_it() -> None:
    read = criteria_of_text("Inclusion Criteria:\n1. Any of:\n1. walk\n2. stand\n2. Consent\n3. Age")
    assert shown(read.inclusion) == [("1", "Any of:", [("1.", "walk"), ("2.", "stand")]), ("2", "Consent", []), ("3", "Age", [])]


def test_a_sentence_that_announces_the_list_is_a_preamble() -> None:
    read = criteria_of_text(
        "Inclusion Criteria:\n\nAll of these:\n\n- One\n\nExclusion Criteria:\n- Nobody with:\n- • 1. Two\n- • 2. Three"
    )
    assert (read.preamble_inclusion, read.preamble_exclusion) == ("All of these:", "Nobody with:")
    assert [i.text for i in read.exclusion] == ["Two", "Three"]


def test_headings_for_groups_of_people_are_kept_with_the_preamble() -> None:
    read = criteria_of_text("STUDY INCLUSION/EXCLUSION CRITERIA:\nChild Inclusion Criteria:\n- One\nChild Exclusion Criteria:\n- Two")
    assert (read.preamble_inclusion, read.preamble_exclusion) == ("Child Inclusion Criteria:", "Child Exclusion Criteria:")
    assert ([i.text for i in read.inclusion], [i.text for i in read.exclusion]) == (["One"], ["Two"])


def test_criteria_that_are_not_printed_belong_to_neither_list() -> None:
    read = criteria_of_text(
        "Inclusion criteria:\n\n- One\n\nExclusion criteria:\n\n- Two\n\nOther protocol-defined inclusion/exclusion criteria could apply"
    )
    assert [i.text for i in read.exclusion] == ["Two"]
    assert [i.text for i in read.unclassified] == ["Other protocol-defined inclusion/exclusion criteria could apply"]


def test_without_a_heading_nothing_is_classified() -> None:
    read = criteria_of_text("- Adults\n- No surgery")
    assert (read.inclusion, read.exclusion) == ((), ())
    assert [i.text for i in read.unclassified] == ["Adults", "No surgery"]


@pytest.mark.parametrize(
    "text",
    ["Meets the inclusion criteria of the register", "C. difficile", "Age 1.5 to 3.5 years", "Grade 1) or less", "IL-6 - IL-8 ratio"],
)
def test_what_only_looks_like_a_list_stays_one_criterion(text: str) -> None:
    read = criteria_of_text(f"Inclusion Criteria:\n- First\n- {text}")
    assert shown(read.inclusion) == [(None, "First", []), (None, text, [])]


def test_capitals_count_only_in_order() -> None:
    assert shown(criteria_of_text("Exclusion:\nA. One\nB. Two").exclusion) == [("A", "One", []), ("B", "Two", [])]


def test_inline_lists() -> None:
    assert [(s.number, s.text) for s in inline_subitems("Infection: -- hepatitis -- HIV.")] == [("--", "hepatitis"), ("--", "HIV.")]
    assert inline_subitems("tired -- very tired") == []
    assert run_together("Adults: 1. One 2. Two 3. Three") == ("Adults:", [("1", "One"), ("2", "Two"), ("3", "Three")])
    assert run_together("Dose 1. and dose 2. are equal") == ("", [])


@given(st.lists(st.text(alphabet="ab1.()-•*: \n;", max_size=30), max_size=12))
def test_no_word_is_lost_and_none_is_added(lines: list[str]) -> None:
    """Whatever the marks: every letter of the text is somewhere in the reading, and nothing else is."""
    text = "\n".join(lines)
    read = criteria_of_text(text)
    items = [*read.inclusion, *read.exclusion, *read.unclassified]
    kept = " ".join([*(i.text for i in items), *(s.text for i in items for s in i.subitems), *(i.number or "" for i in items)])
    kept += " ".join(s.number or "" for i in items for s in i.subitems) + (read.preamble_inclusion or "") + (read.preamble_exclusion or "")
    assert set("ab") & set(text) == set("ab") & set(kept)


def test_a_heading_between_two_criteria_is_no_end_of_the_one_before() -> None:
    text = (
        "Inclusion Criteria:\n- 1. A score of at least five points on the scale of the clinic.\nFor women only:\n- 2. No wish for children."
    )
    read = criteria_of_text(text)
    assert [item.text for item in read.inclusion] == [
        "A score of at least five points on the scale of the clinic.",
        "No wish for children.",
    ]
    assert read.preamble_inclusion == "For women only:"


def test_a_blank_line_between_two_lists_makes_no_paragraphs_inside_of_them() -> None:
    first = "Women over 18 years who have had dry eyes for three months."
    read = criteria_of_text(f"Inclusion criteria: {first}\nSleep index above 5.\n\nExclusion criteria: Shift work.")
    assert [item.text for item in read.inclusion] == [first, "Sleep index above 5."]


def test_criteria_under_the_only_heading_of_a_lossy_page_are_left_open() -> None:
    text = "A title\nSex\nAll\nInclusion criteria\n  • Cold hands\n  • Allergy to wool\nTrial design"  # the other heading may be lost
    found = read_bytes(text.encode(), "page", "veeva_ctv").records[0].eligibility
    assert (found.inclusion, [item.text for item in found.unclassified]) == ((), ["Cold hands", "Allergy to wool"])
