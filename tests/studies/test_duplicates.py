"""Records that are one document, or may be, or are two: the failures that such tools are known for, each on records of our own."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pandas as pd
import pytest

from review.errors import InputRefused
from review.studies import find_duplicates
from review.studies.duplicates.entries import names_one, rows_of
from review.studies.duplicates.rules import rule_book

TITLE = "Warm socks for cold feet at night: a randomised trial in older people"
SOCKS: dict[str, Any] = {
    "title": TITLE, "authors": "Hale, Rae; Moss, Tiv; Birk, Oda", "year": 2012, "journal": "Journal of Feet and Ankles", "volume": "14",
    "number": "2", "pages": "288-297",
}  # fmt: skip


def socks(**changed: Any) -> dict[str, Any]:
    """The record with other values; None leaves a field out."""
    return {name: value for name, value in {**SOCKS, **changed}.items() if value is not None}


def outcome(*records: dict[str, Any], **asked: Any) -> list[tuple[str, str]]:
    """(outcome, rule) of each pair that is shown."""
    frame = pd.DataFrame([{"record": f"r{k}", **record} for k, record in enumerate(records)])
    pairs = find_duplicates(frame, **asked).pairs
    return list(zip(pairs["outcome"], pairs["rule"], strict=True))


def only(outcomes: list[tuple[str, str]]) -> str:
    """The one outcome; distinct where no pair is shown."""
    assert len(outcomes) <= 1
    return outcomes[0][0] if outcomes else "distinct"


SAME = [
    ("abbreviated journal and pages", socks(), socks(journal="J Feet Ankles", pages="288-97", authors="Hale R, Moss T, Birk O")),
    ("no journal", socks(), socks(journal=None, volume=None, number=None, pages=None)),
    ("no year", socks(), socks(year=None)),
    ("swapped names", socks(), socks(authors="Rae, Hale; Tiv, Moss; Oda, Birk", pages="288-97")),
    ("authors missing, place the same", socks(), socks(authors=None)),
    (
        "proceedings named two ways",
        socks(journal="American Conference on Cold Feet Systems", volume=None, number=None, pages=None),
        socks(journal="ACCFS 2012 Proceedings", volume=None, number=None, pages=None),
    ),
    ("a letter mistaken", socks(), socks(title=TITLE.replace("night", "nigth"))),
    ("spelt in two ways", socks(), socks(title=TITLE.replace("randomised", "randomized"), pages=None)),
    ("marks and tags", socks(), socks(title="<b>Warm socks</b> for cold feet at night &ndash; a randomised trial in older people.")),
    ("language behind the title", socks(), socks(title=TITLE + " [Norwegian]", year="2012 Mar")),
    ("note behind the title", socks(), socks(title=TITLE + ".[Erratum appears in J Feet Ankles. 2013 Mar;15(3):377]", pages=None)),
    ("the article, and the article marked as retracted", socks(), socks(title="RETRACTED: " + TITLE)),
    ("one DOI as text and as address", socks(doi="10.5555/feet.7", pages=None), socks(doi="https://doi.org/10.5555/FEET.7", volume=None)),
    ("a supplement's pages cut", socks(pages="S288-S297"), socks(pages="Suppl-97")),
    (
        "one registration, twice",
        {"title": "Socks", "record_type": "trial_registration", "registry_ids": ["NCT00000001"]},
        {"title": "Warm socks", "record_type": "trial_registration", "registry_ids": ["NCT00000001"]},
    ),
    (
        "one registration, twice, under a title that begins as those of letters do",
        {"title": "Response to warmth in cold feet", "record_type": "trial_registration", "registry_ids": ["NCT00000001"]},
        {"title": "Response to warmth in feet that are cold", "record_type": "trial_registration", "registry_ids": ["NCT00000001"]},
    ),
]
UNSURE = [
    ("online the year before, or of another meeting", socks(), socks(year=2011, volume=None, number=None, pages=None)),
    ("one DOI, two titles", socks(doi="10.5555/book"), socks(title="Ten years of a clinic for sleep", pages="300-310", doi="10.5555/book")),
    (
        "parts of a series under one DOI",
        socks(title=TITLE + ". Part I", doi="10.5555/book"),
        socks(title=TITLE + ". Part II", pages="298-310", doi="10.5555/book"),
    ),
    ("copies in sister journals", socks(journal="Feet", volume="3", pages="S12"), socks(journal="Feetologia", volume="55", pages="S404")),
    ("an abstract and its article", socks(), socks(journal="Annals of Sleep", volume="1", number="3", pages="A7", year=2011)),
    ("translated title", socks(), socks(title="Warme Socken gegen kalte Zehen in der Nacht", authors="Hale R; Moss T; Birk O")),
    ("authors missing, no place", socks(), {"title": TITLE, "year": 2012}),
    ("protocol in one title", socks(pages=None), socks(title=TITLE + ": study protocol", pages=None)),
    ("part in one title", socks(pages=None), socks(title=TITLE + ", part II", pages=None)),
    (
        "another drug",
        socks(title="Effect of atenolol on sleep, pain and the daily walking distance of people with cold feet", pages=None),
        socks(title="Effect of warfarin on sleep, pain and the daily walking distance of people with cold feet", pages=None),
    ),
    ("two DOIs", socks(doi="10.5555/feet.7"), socks(doi="10.5556/archive.1")),
    ("two PubMed numbers", socks(pmid=11111111), socks(pmid="22222222")),
]
TWO = [
    ("erratum and paper", socks(doi="10.5555/feet.7"), socks(title="Erratum to: " + TITLE, doi="10.5555/feet.7", pages="500")),
    ("notice of retraction and paper", socks(), socks(title="Retraction: " + TITLE)),
    ("comment and paper", socks(pmid="1"), socks(title="Comment on: " + TITLE, pmid="1")),
    ("a notice by its type", socks(), socks(record_type="Published Erratum")),
    (
        "Part I and Part II",
        socks(title=TITLE + ". Part I", doi="10.5555/1"),
        socks(title=TITLE + ". Part II", doi="10.5555/2", pages="298-310"),
    ),
    ("parts by letters", socks(title="Part A: " + TITLE, pages=None), socks(title="Part B: " + TITLE, pages=None)),
    ("phase 2 and phase III", socks(title=TITLE + ", phase 2", pages=None), socks(title=TITLE + ", phase III", pages=None)),
    (
        "adults and children",
        socks(title="Warm socks for cold feet in adults", pages=None),
        socks(title="Warm socks for cold feet in children"),
    ),
    ("women and men", socks(title=TITLE + ": women", pages=None), socks(title=TITLE + ": men", pages=None)),
    ("in vivo and in vitro", socks(title="Wool and skin: an in vivo study", pages=None), socks(title="Wool and skin: an in vitro study")),
    ("hyper and hypo", socks(title=TITLE + " with hyperthermia", pages=None), socks(title=TITLE + " with hypothermia", pages=None)),
    (
        "an article that states a number, and its registration",
        socks(record_type="article_report", registry_ids=["NCT00000001"]),
        {"title": TITLE, "record_type": "trial_registration", "registry_ids": ["NCT00000001"]},
    ),
    (
        "two registrations of one trial",
        {"title": TITLE, "record_type": "trial_registration", "registry_ids": ["NCT00000001", "ISRCTN00000002"]},
        {"title": TITLE, "record_type": "trial_registration", "registry_ids": ["ISRCTN00000002", "NCT00000001"]},
    ),
    ("versions of a review", socks(doi="10.5555/14651858.CD1.pub2"), socks(doi="10.5555/14651858.CD1.pub3", year=2015, number="9")),
    (
        "editorials, yearly",
        socks(title="Editorial", pages="1-2", volume="14"),
        socks(title="Editorial", pages="1-2", volume="15", year=2013),
    ),
    ("editorials of one year", socks(title="Editor's comments", pages=None), socks(title="Editor's comments", pages=None, number="3")),
    (
        "introductions to a minitrack",
        socks(title="Introduction to the minitrack on cold feet", volume=None, number=None, pages=None),
        socks(title="Introduction to the minitrack on cold feet", volume=None, number=None, pages=None, year=2013),
    ),
    (
        "conference paper and journal paper",
        socks(record_type="inproceedings", journal="Conference on Wool", volume=None, number=None, pages=None),
        socks(record_type="article"),
    ),
    (
        "titles that only sound alike",
        socks(pages=None),
        socks(title="Cold socks for warm feet by day: a cohort of young people", pages=None),
    ),
    ("no title, nothing else", {"year": 2012}, {"year": 2012}),
    ("no title", {"authors": "Hale, R.", "year": 2012, "journal": "Feet"}, {"authors": "Hale, R.", "year": 2012, "journal": "Feet"}),
    ("untitled", {"title": "[No title available]", "year": 2012}, {"title": "Untitled", "year": 2012}),
]


@pytest.mark.parametrize(("one", "other"), [case[1:] for case in SAME], ids=[case[0] for case in SAME])
def test_one_document(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert only(outcome(one, other)) == only(outcome(other, one)) == "merge"


@pytest.mark.parametrize(("one", "other"), [case[1:] for case in UNSURE], ids=[case[0] for case in UNSURE])
def test_a_person_decides(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert only(outcome(one, other)) == only(outcome(other, one)) == "review"


@pytest.mark.parametrize(("one", "other"), [case[1:] for case in TWO], ids=[case[0] for case in TWO])
def test_two_documents(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert only(outcome(one, other)) == only(outcome(other, one)) == "distinct"


def test_versions_of_a_review_are_one_only_where_that_is_asked_for() -> None:
    two = socks(doi="10.5555/14651858.CD1.pub2"), socks(doi="10.5555/14651858.CD1.pub3")
    assert outcome(*two) == []
    assert outcome(*two, versions_are_one=True) == [("merge", "same_doi")]


def test_a_group_whose_ends_disagree_goes_to_a_person_whole() -> None:
    """The middle record names no part: by its DOI it is the first part, by its pages the second."""
    first, middle, second = (
        socks(title=TITLE + ". Part I", doi="10.5555/1", pages=None),
        socks(doi="10.5555/1"),
        socks(title=TITLE + ". Part II"),
    )
    assert only(outcome(first, middle)) == only(outcome(middle, second)) == "merge" and only(outcome(first, second)) == "distinct"
    for three in ((first, middle, second), (second, first, middle)):
        assert outcome(*three) == [("review", "ends_disagree")] * 2


def test_a_chain_of_three_thousand_is_one_group_without_recursion() -> None:
    """The title drifts by a letter from record to record, until nothing of its last word is left."""
    drift = ["z" * (k // 10) + "bcdefghijk"[k % 10] + "a" * (299 - k // 10) for k in range(3000)]
    rows = [{"record": f"r{k:04}", **socks(title=f"{TITLE} {word}")} for k, word in enumerate(drift)]
    assert only(outcome(rows[0], rows[-1])) != "merge"
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(400)
    try:
        found = find_duplicates(pd.DataFrame(rows))
    finally:
        sys.setrecursionlimit(limit)
    assert found.groups["group"].tolist() == ["r0000"] * 3000


def test_the_same_file_twice_adds_nothing() -> None:
    records = [case[k] for case in (*SAME, *UNSURE, *TWO) for k in (1, 2)]
    stated = rows_of(pd.DataFrame(records))[1]
    named = [record for record, row in zip(records, stated, strict=True) if names_one(row, rule_book().standing)]
    assert len(named) > len(records) - 12, "editorials without an issue, and records without a title"
    once = pd.DataFrame([{"record": f"r{k:03}", **record} for k, record in enumerate(named)])
    again = pd.concat([once, once.assign(record=once["record"] + "-again")], ignore_index=True)
    first, second = find_duplicates(once), find_duplicates(again)
    assert second.groups["group"].nunique() == first.groups["group"].nunique()
    assert second.groups[second.groups["record"].isin(once["record"])].reset_index(drop=True).equals(first.groups)
    assert find_duplicates(pd.concat([once, once], ignore_index=True)).groups.equals(first.groups), "the same ids too"


BARE = [
    {"title": title}
    for title in ("Editorial", "Introduction.", "REPLY", "Letter to the editor", "Abstracts", "Poster presentations", "Cold feet")
] + [
    {"title": "Editorial", "year": 2012},
    {"title": "Editorial", "year": 2012, "journal": "Journal of Feet and Ankles", "volume": "4", "authors": "Hale, R."},
    {"title": "Poster presentations", "year": 2012, "journal": "Journal of Feet and Ankles", "volume": "4"},
    {"title": "Letter to the editor", "authors": "Hale, R."},
    {"title": "Cold feet", "year": 2012, "journal": "Journal of Feet and Ankles"},
]
ENOUGH: list[dict[str, Any]] = [
    {"title": "Editorial", "journal": "Journal of Feet and Ankles", "volume": "4", "pages": "1-2"},
    {"title": "Reply", "journal": "Journal of Feet and Ankles", "year": 2012, "authors": "Hale, R.", "pages": "1-2"},
    {"title": "Editorial", "doi": "10.5555/feet.7"},
    {"title": "Cold feet", "year": 2012, "journal": "Journal of Feet and Ankles", "authors": "Hale, R."},
    {"title": TITLE},
]


@pytest.mark.parametrize("record", BARE, ids=str)
def test_two_that_share_a_bare_title_are_not_copies_and_a_person_is_asked_once_of_each(record: dict[str, Any]) -> None:
    assert outcome(record, record) == [("review", "bare_copy")]
    assert outcome(*[record] * 5) == [("review", "bare_copy")] * 4, "each beside the first: as many questions as records, not pairs"


@pytest.mark.parametrize("record", ENOUGH, ids=str)
def test_two_that_state_the_same_and_enough_are_copies(record: dict[str, Any]) -> None:
    assert outcome(record, record) == [("merge", "exact_copy")]


@pytest.mark.parametrize(
    ("one", "other", "wanted"),
    [
        ("NCT00000001, ISRCTN00000002", "ISRCTN00000002", "merge"),
        ("NCT00000001, ISRCTN00000002", "DRKS00000003, NCT00000001", "merge"),
        ("NCT00000001, ISRCTN00000002", "NCT00000004, DRKS00000003", "distinct"),
        ("NCT00000001; ISRCTN00000002", "ISRCTN00000002; NCT00000001", "distinct"),
        ("nct 00000001", "NCT00000001", "merge"),
    ],
)
def test_all_own_numbers_of_a_registration_are_compared(one: str, other: str, wanted: str) -> None:
    """Commas part its own numbers; behind a semicolon stand those of other registers."""
    first, second = ({"title": t, "record_type": "trial_registration", "registry_ids": n} for t, n in (("Socks", one), ("Warmth", other)))
    assert only(outcome(first, second)) == only(outcome(second, first)) == wanted


def test_registrations_that_a_third_leads_together_go_to_a_person() -> None:
    numbers = ("NCT00000001", "NCT00000001, ISRCTN00000002", "ISRCTN00000002")
    records = [
        {"title": f"Socks {n}", "record_type": "trial_registration", "registry_ids": number}
        for n, number in zip("abc", numbers, strict=True)
    ]
    assert outcome(*records) == outcome(*records[::-1]) == [("review", "ends_disagree")] * 2


def test_every_record_has_one_group_and_a_group_is_named_by_its_first() -> None:
    frame = pd.DataFrame([{"record": name, **socks()} for name in ("b", "a", "c")])
    found = find_duplicates(frame)
    assert found.groups.values.tolist() == [["a", "a"], ["b", "a"], ["c", "a"]]
    assert found.pairs.values.tolist() == [["a", "b", "merge", "exact_copy", 1.0], ["a", "c", "merge", "exact_copy", 1.0]]


def test_a_frame_without_ids_is_named_by_its_index_and_an_empty_one_has_no_groups() -> None:
    frame = pd.DataFrame([socks(), socks(pages="288-97")], index=[7, 9])
    assert find_duplicates(frame).groups["group"].tolist() == [7, 7]
    empty = find_duplicates(pd.DataFrame({"record": [], "title": []}))
    assert list(empty.pairs) == ["a", "b", "outcome", "rule", "score"] and list(empty.groups) == ["record", "group"]
    assert len(empty.pairs) == len(empty.groups) == len(empty.compared) == 0


def test_one_id_for_two_entries_is_refused() -> None:
    with pytest.raises(InputRefused, match="'r1' stands for two different entries"):
        find_duplicates(pd.DataFrame([{"record": "r1", **socks()}, {"record": "r1", **socks(title="Ten years of a clinic")}]))


def test_of_records_that_share_a_key_with_too_many_it_is_said_that_not_all_were_compared() -> None:
    rows = [{"title": "Editorial", "journal": f"Journal {k}", "year": 2012, "volume": str(k), "pages": f"{k}"} for k in range(2, 420)]
    assert find_duplicates(pd.DataFrame(rows)).crowded == len(rows) and find_duplicates(pd.DataFrame(rows[:400])).crowded == 0


def test_a_person_is_asked_once_for_two_groups() -> None:
    here = [socks(), socks(pages="288-97"), socks(journal="J Feet Ankles")]
    there = [socks(journal="Annals of Sleep", volume="1", number="3", pages=p) for p in ("7-9", "7-09", "7")]
    found = outcome(*here, *there)
    assert [said for said, _ in found].count("review") == 1


def test_importing_the_package_loads_nothing_heavy() -> None:
    code = "import sys, review, review.studies; print([m for m in ('pandas', 'numpy', 'rapidfuzz', 'scipy') if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"
