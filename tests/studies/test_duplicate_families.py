"""Families of records that are nearly one: what an engine must not merge, what it must, and what a person is asked."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from review.studies import Explained, explain_pairs, find_duplicates

TITLE = "Warm socks for cold feet at night: a randomised trial in older people"
GERMAN = "Warme Socken gegen kalte Zehen in der Nacht"
SOCKS: dict[str, Any] = {
    "title": TITLE, "authors": ["Hale, Rae", "Moss, Tiv", "Birk, Oda"], "year": 2012, "journal": "Journal of Feet and Ankles",
    "volume": "14", "number": "2", "pages": "288-297",
}  # fmt: skip
NOWHERE = {"volume": None, "number": None, "pages": None}


def socks(**changed: Any) -> dict[str, Any]:
    return {name: value for name, value in {**SOCKS, **changed}.items() if value is not None}


def frame_of(*records: dict[str, Any]) -> pd.DataFrame:
    return pd.DataFrame([{"record": f"r{k:03}", **record} for k, record in enumerate(records)])


def decided(one: dict[str, Any], other: dict[str, Any]) -> str:
    """merge, review or distinct; the same the other way about."""
    there, back = (find_duplicates(frame_of(*pair)).pairs for pair in ((one, other), (other, one)))
    assert there["outcome"].tolist() == back["outcome"].tolist()
    return str(there["outcome"][0]) if len(there) else "distinct"


@pytest.mark.parametrize(
    ("changed", "wanted"),
    [
        ({"title": "Wool in a rash", "authors": ["Roe, Kim"], "pages": "40"}, "review"),
        ({"title": "Wool in a rash", "pages": "40"}, "review"),
        ({"title": "Wool in a rash"}, "review"),
        ({"title": GERMAN, "pages": "288-9"}, "merge"),
        ({"title": "Warm socks for cold feet", "authors": None, "pages": "40"}, "merge"),
        ({"title": None, "pages": None}, "merge"),
        ({"title": "Correction to: " + TITLE}, "distinct"),
        ({"notice": True}, "distinct"),
        ({"record_type": "Published Erratum"}, "distinct"),
        ({"title": TITLE + ". Part II", "pages": "298-310"}, "merge"),
    ],
)
def test_two_records_of_one_doi(changed: dict[str, Any], wanted: str) -> None:
    assert decided(socks(doi="10.5555/feet.7"), socks(doi="10.5555/feet.7", **changed)) == wanted


@pytest.mark.parametrize(
    ("one", "other", "wanted"),
    [
        ("Warm socks in old age", "Warm socks", "review"),
        ("Warm socks in old age", "Cold feet in old age", "review"),
        ("Warm socks in old age", "Warm socks in OLD age.", "merge"),
        ("P012: Warm socks in old age", "Warm socks in old age", "merge"),
        ("Abstract 3-14. Warm socks in old age", "P3-14: Warm socks in old age", "merge"),
    ],
)
def test_two_abstracts_under_the_doi_of_their_supplement(one: str, other: str, wanted: str) -> None:
    common = {"record_type": "conference_abstract", "doi": "10.5555/supplement", "pages": "S1"}
    assert decided(socks(title=one, **common), socks(title=other, authors=["Roe, Kim"], **common)) == wanted


def test_a_doi_that_many_titles_bear_names_none_of_them() -> None:
    words = "heel toe ankle knee hip thumb wrist elbow shoulder neck".split()
    supplement = [
        socks(title=f"{word.title()} pain after a long day in boots", authors=[f"{word.title()}er, A."], pages=f"S{k}", doi="10.5555/all")
        for k, word in enumerate(words, start=1)
    ]
    again = [{**supplement[0], "pages": "1", "journal": "J Feet Ankles"}]
    found = find_duplicates(frame_of(*supplement, *again))
    assert found.pairs[["a", "b", "outcome"]].values.tolist() == [["r000", "r010", "merge"]], "nobody is asked of forty-five pairs"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Journal of Feet and Ankles", "J Feet Ankles"),
        ("Journal of Feet and Ankles", "JOURNAL OF FEET & ANKLES"),
        ("Journal of Feet and Ankles", "Journal of feet and ankles : the official journal of the Foot Society"),
        ("Journal of Feet and Ankles", "Journal of Feet and Ankles (Oslo, Norway)"),
        ("Journal of Feet and Ankles", "Journal of Feet and Ankles. Conference: 8th Annual Meeting on Feet, Oslo Norway"),
        ("Feetologia", "Feetologia: An International Journal of Feet"),
        ("British Journal of Haemopedics", "Br J Hemopedics"),
        ("Annals of the American Foot Society", "AAFS"),
        ("Tidsskrift for Fot = Foot Journal", "Tidsskrift for fot"),
        ("Women's Feet", "Womens Feet"),
        ("European Conference on Feet", "Proceedings of the 12th European Conference on Feet"),
    ],
)
def test_one_journal_named_two_ways_is_enough_where_pages_are_missing(one: str, other: str) -> None:
    assert decided(socks(journal=one), socks(journal=other, **NOWHERE)) == "merge"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Feet", "Feetologia"),
        ("Feet", "Feet Care"),
        ("Feet", "Feets"),
        ("Ankle", "Ankle Research and Treatment"),
        ("Journal of Feet", "Journal of Clinical Feet"),
        ("American Journal of Feet", "American Journal of Feet and Ankles"),
        ("Circulation", "Circulation: Heart and Feet"),
        ("Journal of Bone (British volume)", "Journal of Bone (American volume)"),
        ("Journal of Nephropody", "Journal of Uropody"),
    ],
)
def test_a_copy_in_a_sister_journal_is_for_a_person(one: str, other: str) -> None:
    assert decided(socks(journal=one, volume="3", pages="S12"), socks(journal=other, volume="55", pages="S404")) == "review"
    assert decided(socks(journal=one), socks(journal=other, **NOWHERE)) == "review"


BEHIND = "in people with cold feet who sleep badly in the long winter months: a randomised trial"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (f"Inhaled salmeterol {BEHIND}", f"Inhaled formoterol {BEHIND}"),
        (f"Intravenous iron {BEHIND}", f"Intramuscular iron {BEHIND}"),
        (f"Symptomatic itch {BEHIND}", f"Asymptomatic itch {BEHIND}"),
        (f"Warm baths with salt {BEHIND}", f"Warm baths without salt {BEHIND}"),
        (f"Insulin {BEHIND}", f"Insulin {BEHIND} of smokers"),
        (f"Early and late walks {BEHIND}", f"Early and brisk walks {BEHIND}"),
        (f"Stage I ulcers {BEHIND}", f"Stage IV ulcers {BEHIND}"),
        (f"Preoperative walks {BEHIND}", f"Postoperative walks {BEHIND}"),
        (f"Walks in women {BEHIND}", f"Walks in men {BEHIND}"),
        (f"Walks in children {BEHIND}", f"Walks in adults {BEHIND}"),
        (f"Skin of rats, in vivo {BEHIND}", f"Skin of rats, in vitro {BEHIND}"),
    ],
)
def test_abstracts_of_one_group_that_differ_by_a_word_are_never_merged(one: str, other: str) -> None:
    """They stand in one supplement, begin on one page, or state none."""
    assert decided(socks(title=one, **NOWHERE), socks(title=other, **NOWHERE)) != "merge"
    assert decided(socks(title=one, pages="S12"), socks(title=other, pages="S12")) != "merge"


@pytest.mark.parametrize(
    ("one", "other", "wanted"),
    [
        ({}, {"authors": ["Hale R et al."], "pages": "288"}, "merge"),
        ({}, {"authors": ["Hale, R.", "Moss, T."], **NOWHERE}, "merge"),
        ({}, {"authors": ["Rae, Hale", "Tiv, Moss", "Oda, Birk"], "pages": "288-97"}, "merge"),
        ({}, {"authors": None, **NOWHERE}, "review"),
        ({}, {"authors": ["Zorn, Q."], "pages": None}, "review"),
        ({}, {"title": GERMAN}, "review"),
        ({"doi": "10.5555/feet.7"}, {"title": GERMAN}, "merge"),
        ({"doi": "10.5555/feet.7", "pages": "288"}, {"title": GERMAN, "pages": "288"}, "distinct"),
        ({}, {"title": TITLE + " (Structured abstract)"}, "merge"),
        ({}, {"title": TITLE + ". [Review] [33 refs]"}, "merge"),
        ({}, {"title": "How we did it ... " + TITLE, "pages": None}, "merge"),
        ({}, {"title": "Reply: " + TITLE, "pages": None}, "review"),
        ({"year": 2011, **NOWHERE}, {}, "review"),
        ({"year": 2011, "number": None, "pages": None}, {}, "merge"),
        ({"record_type": "preprint", "journal": "footRxiv", "doi": "10.5556/1", **NOWHERE}, {"doi": "10.5555/7"}, "review"),
        ({"record_type": "preprint", "journal": None, **NOWHERE}, {"record_type": "article"}, "review"),
        ({"record_type": "conference_abstract", "journal": None, **NOWHERE}, {"record_type": "article"}, "review"),
        ({"record_type": "conference_abstract", "journal": "Wool Meeting", **NOWHERE}, {"record_type": "article"}, "distinct"),
        ({"record_type": "trial_registration", "registry_ids": ["NCT00000001"], "journal": None, **NOWHERE}, {}, "review"),
    ],
)  # fmt: skip
def test_what_one_of_two_records_lacks_or_says_otherwise(one: dict[str, Any], other: dict[str, Any], wanted: str) -> None:
    assert decided(socks(**one), socks(**other)) == wanted


@pytest.mark.parametrize(
    ("changed", "wanted"),
    [({}, "merge"), ({"abstract": "Wool warms. " * 40}, "review"), ({"pages": "11-30"}, "review"), ({"journal": "Sleep"}, "review")],
)
def test_an_article_that_its_journal_printed_twice(changed: dict[str, Any], wanted: str) -> None:
    first = socks(abstract="Wool keeps feet warm. " * 40, doi="10.5555/1", year=2009)
    again = {**first, "year": 2010, "volume": "15", "pages": "11-20", "doi": "10.5555/2"}
    assert decided(first, {**again, **changed}) == wanted


@pytest.mark.parametrize("other", [{"number": "3"}, {"pages": "5-9"}, {"pages": "5", "number": None}, {"year": 2013, "volume": "15"}])
def test_an_editorial_is_not_that_of_the_next_issue(other: dict[str, Any]) -> None:
    editorial = {"title": "Editorial introduction", "pages": "5-12"}
    assert decided(socks(**editorial), socks(**{**editorial, **other})) != "merge"


@pytest.mark.parametrize(
    ("one", "other", "wanted"),
    [
        ({"title": GERMAN, "pages": None}, {}, "merge"),
        ({"title": "Socks", "pages": "288"}, {}, "merge"),
        ({"title": "Warm socks", "authors": None, "pages": None}, {"title": "Something else about wool"}, "review"),
        ({"title": None}, {}, "merge"),
        ({"title": "Comment on: " + TITLE}, {}, "distinct"),
    ],
)
def test_two_records_of_one_pubmed_number(one: dict[str, Any], other: dict[str, Any], wanted: str) -> None:
    assert decided(socks(pmid="11111111", **one), socks(pmid=11111111, **other)) == wanted


def test_a_pair_is_explained_with_what_was_printed() -> None:
    frame = frame_of(socks(pages="288-97"), socks(journal="J Feet Ankles", year=2013), socks(journal="Annals of Sleep", pages="7"), socks())
    found = find_duplicates(frame)
    asked = [k for k, outcome in enumerate(found.pairs["outcome"]) if outcome == "review"]
    [doubt] = explain_pairs(found, frame, asked)
    assert isinstance(doubt, Explained) and (doubt.outcome, doubt.rule, doubt.version) == ("review", "title_authors", 1)
    assert doubt.says.startswith("The same title and authors in another place")
    assert doubt.compared["title"] == TITLE and doubt.compared["authors"] == "Hale, Rae; Moss, Tiv; Birk, Oda"
    assert doubt.scores["title"] == 100 and doubt.scores["journal"] < 80 and doubt.scores["pages"] == 0
    merge = explain_pairs(found, frame)[0]
    assert (merge.a, merge.b, merge.rule) == ("r000", "r001", "title_and_place")
    assert merge.compared["pages"] == "288-97 | 288-297" and merge.compared["year"] == "2012 | 2013"
    assert (merge.scores["pages"], merge.scores["year"], merge.scores["journal"]) == (100, 50, 95)
    assert all(type(score) is int and 0 <= score <= 100 for one in explain_pairs(found, frame) for score in one.scores.values())


def test_a_copy_is_explained_and_a_long_abstract_is_cut() -> None:
    frame = frame_of(socks(abstract="wool " * 200), socks(abstract="wool " * 200))
    [copy] = explain_pairs(find_duplicates(frame), frame)
    assert (copy.rule, copy.version, copy.scores["abstract"]) == ("exact_copy", 2, 100)
    assert copy.compared["pages"] == "288-297" and copy.compared["abstract"].endswith("…") and len(copy.compared["abstract"]) == 301
