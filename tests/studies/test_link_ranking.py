"""Candidates for a registration: what speaks for an article, what speaks against it, and that no order counts."""

from __future__ import annotations

import re

import pandas as pd
import pytest

from review.studies import rank_links
from review.studies.link_ranking import WEIGHTS
from review.studies.link_signals import dated, kind_of, numbers_in, people, same_person
from tests.studies.made_trials import made_trials

TRIAL = {
    "record": "t", "registry_ids": "NCT01000001", "title": "Bright light for winter depression", "acronym": "SUN-UP",
    "conditions": ["Winter depression"],
    "official_title": "A randomised trial of bright light in the morning for seasonal affective disorder",
    "interventions": ["Light box", "Dim red light"], "sponsor": "University of Nowhere", "investigators": "Rosa Hale, MD",
    "start_date": "2015-02", "completion_date": "2017-11", "enrollment": 1212,
}  # fmt: skip
PLAIN = {"title": "Bright light in seasonal affective disorder", "abstract": "We gave light to adults.", "year": 2018}


def scores(*articles: dict[str, object]) -> list[float]:
    """The score of each article for the trial; 0 where it is not listed."""
    frame = pd.DataFrame([{"record": str(n), **one} for n, one in enumerate([*articles, {"title": "Iron tablets in pregnancy"}])])
    found = rank_links(pd.DataFrame([TRIAL]), frame, top=50)
    by_id = dict(zip(found["article"], found["score"], strict=True))
    return [by_id.get(str(n), 0.0) for n in range(len(articles))]


@pytest.mark.parametrize(
    ("signal", "change"),
    [
        ("number", {"registry_ids": "NCT01000001"}),
        ("number", {"full_text": "The trial (NCT01000001) was large."}),
        ("acronym", {"title": "Bright light in seasonal affective disorder (SUN-UP)"}),
        ("people", {"authors": "Ito, K; Hale, R"}),
        ("size", {"abstract": "We gave light to 1,212 adults."}),
        ("interventions", {"abstract": "We gave a light box to adults."}),
        ("told", {"title": "Bright light in the morning in seasonal affective disorder"}),
    ],
    ids=lambda value: value if isinstance(value, str) else "-".join(value),
)
def test_a_signal_raises_an_article_above_its_like(signal: str, change: dict[str, object]) -> None:
    with_it, without = scores(PLAIN | change, PLAIN)
    assert with_it > without > 0 and signal in WEIGHTS


@pytest.mark.parametrize(
    "change",
    [
        {"title": "Bright light in seasonal affective disorder: study protocol"},
        {"title": "Bright light in seasonal affective disorder: a systematic review"},
        {"title": "Comment on: Bright light in seasonal affective disorder"},
        {"year": 2013},
        {"year": 2016},
    ],
    ids=str,
)
def test_what_is_no_article_of_results_stands_below(change: dict[str, object]) -> None:
    below, plain = scores(PLAIN | change, PLAIN)
    assert 0 < below < plain


def test_the_answer_says_why_and_ranks_from_one() -> None:
    found = rank_links(pd.DataFrame([TRIAL]), pd.DataFrame([{"record": "a", **PLAIN}, {"record": "b", **PLAIN, "year": 2016}]))
    assert list(found.columns) == ["registration", "article", "rank", "score", "signals"]
    assert found[["article", "rank"]].values.tolist() == [["a", 1], ["b", 2]]
    assert found["score"].between(0, 1).all() and re.search(r"title 0\.\d\d; .*dates 1\.00", found["signals"][0])


def test_nothing_in_common_is_no_candidate_and_empty_tables_have_no_ranks() -> None:
    assert rank_links(pd.DataFrame(), pd.DataFrame([PLAIN])).empty and rank_links(pd.DataFrame([TRIAL]), pd.DataFrame()).empty
    nothing = (
        pd.DataFrame([{"record": "t", "title": "Iron"}]),
        pd.DataFrame([{"record": "a", "title": ""}, {"record": "b", "title": "the"}]),
    )
    assert len(rank_links(*nothing)) <= 2


def test_no_order_of_rows_counts() -> None:
    made = made_trials(25, 60)
    again = rank_links(*(one.sample(frac=1, random_state=3) for one in (made.registrations, made.articles)), top=5)
    pd.testing.assert_frame_equal(rank_links(made.registrations, made.articles, top=5), again)


def test_on_made_pairs_without_numbers_the_true_article_is_ranked_first_or_soon() -> None:
    made = made_trials(120, 400)
    articles = made.articles.drop(columns=["registry_ids", "full_text", "pmid"])
    articles["abstract"] = articles["abstract"].str.replace(r" ClinicalTrials.gov NCT\d+\.", "", regex=True)
    found = rank_links(made.registrations, articles)
    true = found[[pair in made.pairs for pair in zip(found["registration"], found["article"], strict=True)]]
    assert (true["rank"] == 1).mean() >= 0.8 and len(true) / len(made.pairs) >= 0.92


@pytest.mark.parametrize("printed", ["Rosa M. Hale, MD, PhD", "Hale, Rosa", "Hale RM", "Prof. Rosa Hale", "HALE, R.", "Ito K, Hale RM"])
def test_a_name_is_known_in_any_writing(printed: str) -> None:
    (hale,) = people({"of": "Hale, Rosa"}, "of")
    assert any(same_person(hale, one) for one in people({"of": printed}, "of"))
    assert not any(same_person(hale, one) for one in people({"of": "Hale, Tom; Haley, Rosa"}, "of"))


def test_years_numbers_and_kinds() -> None:
    assert [dated(2015, 2017, year) for year in (2014, 2016, 2018, 2022, 2027, 2030, None)] == [0.0, 0.3, 1.0, 0.7, 0.3, 0.1, 0.3]
    assert numbers_in("1,212 of 1 400 people (86%), 12.5 mg, 300") == {1212, 1400, 300}
    assert [kind_of(title, re.compile("meta-analysis")) for title in ("A meta-analysis", "Rationale and design of it", "A trial")] == [
        "review", "protocol", "",
    ]  # fmt: skip
