"""Links between registrations and reports: each rule is its own test, no order counts, and what is doubtful is for a person."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from review.errors import InputRefused
from review.model.views import RecordView, ReportView, SearchView
from review.studies import find_links
from review.studies.link_reports import links
from review.studies.link_rules import LinkRule, link_book, read_link_rules
from tests.studies.made_trials import made_trials

BOOK = link_book()
TEXT = (files("review.studies") / "link_rules.toml").read_text(encoding="utf-8")
EVERY = [*BOOK.rules.values(), *BOOK.doubts.values()]
SEARCH = SearchView("sea:1", "e", "2026-01-05", "Register", "register", None, 1, "2026-01-05", 1, {})


def frame(*rows: Mapping[str, Any]) -> pd.DataFrame:
    return pd.DataFrame([{"record": f"r{n}", **row} for n, row in enumerate(rows)])


def between(registration: Mapping[str, Any], article: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(outcome, rule) of what is found between the two."""
    found = find_links(frame(registration), frame(article))
    return list(zip(found["outcome"], found["rule"], strict=True))


def report(position: int, example: Mapping[str, Any], *, registration: bool) -> ReportView:
    """A report of one record, with what an example states."""
    doc: dict[str, Any] = {
        "record_type": "trial_registration" if registration else "article_report", "brief_title": example.get("title"),
        "identifiers": [*_identifiers(example.get("registry_ids"), "primary" if registration else "secondary"),
                        *_identifiers(example.get("secondary_ids"), "secondary"), *_identifiers(example.get("pmid"), "primary", "PMID")],
        "extra": {"ErratumFor": [example["about"]]} if "about" in example else {},
        "publication": {"publication_types": ["Published Erratum"]} if "about" in example else {},
    }  # fmt: skip
    record = RecordView(f"rec:{position}", position, "e", "2026-01-05", SEARCH, None, None, None, None, (), 1, doc)
    return ReportView(f"rep:{position}", (record,), record, (), (f"rep:{position}",))


def _identifiers(value: str | None, role: str, type: str = "") -> list[dict[str, str]]:
    kinds = {"NCT": "NCT", "ISR": "ISRCTN", "201": "EUDRACT"}
    return [{"type": type or kinds[value[:3]], "value": value, "role": role}] if value else []


@pytest.mark.parametrize("rule", EVERY, ids=lambda rule: rule.id)
def test_a_rule_names_its_example(rule: LinkRule) -> None:
    if rule.between == "registration and article":
        found = find_links(*(frame(one) for one in rule.example))
        assert found[["outcome", "rule", "version"]].values.tolist() == [[rule.outcome, rule.id, rule.version]]
        assert found["value"][0] and found["field"][0] and found["quoted"][0], "what was compared is named"
    else:
        two = [report(n, one, registration=rule.between == "two registrations") for n, one in enumerate(rule.example)]
        assert [(f.trial, f.article, f.rule.id) for f in links(two)] == [("rep:0", "rep:1", rule.id)]


@pytest.mark.parametrize("doubt", BOOK.doubts.values(), ids=lambda doubt: doubt.id)
def test_without_its_doubt_an_example_would_be_linked(doubt: LinkRule) -> None:
    registration, article = (dict(one) for one in doubt.example)
    change = {
        "review_of_trials": lambda: article.update(title="Yoga for back pain"),
        "many_trials": lambda: article.update(registry_ids="NCT91000014; NCT91000114; NCT91000214; ISRCTN91000014"),
        "cited_as_other": lambda: article.update(abstract="All gave consent. Trial registration: NCT91000015."),
        "another_number": lambda: article.update(registry_ids="NCT91000116; NCT91000016"),
        "before_start": lambda: article.update(year="2021"),
    }
    change[doubt.id]()
    assert [outcome for outcome, _ in between(registration, article)] == ["link"]


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (('source = "CONSORT for', 'former = "CONSORT for'), "lacks source"),
        (('outcome = "link"', 'outcome = "merge"'), "cannot have the outcome 'merge'"),
        (('id = "number_in_title"', 'id = "states_number"'), "two rules have one id"),
        (('against = ["result_reference", "derived', 'against = ["no_such_rule", "derived'), "against rules that are not there"),
        (('between = "two registrations"', 'between = "two lamps"'), "cannot be between 'two lamps'"),
    ],
)
def test_a_rule_that_is_not_whole_is_refused(wrong: tuple[str, str], message: str) -> None:
    assert wrong[0] in TEXT
    with pytest.raises(InputRefused, match=message):
        read_link_rules(TEXT.replace(*wrong))


@pytest.mark.parametrize(
    "stated",
    [
        "NCT0100001", "NCT010000011", "XNCT01000001", "ISCRTN01000001", "PMID 01000001", "CRD42020100000", "U1111-1234-5678",
        "ChiCTR20201234", "NL26560.042.09", "per 100 000",
    ],
)  # fmt: skip
def test_what_is_nearly_a_number_or_of_another_register_links_nothing(stated: str) -> None:
    registration = {"registry_ids": "NCT01000001; CTR20201234; NL2656", "secondary_ids": "ISRCTN01000001"}
    assert between(registration, {"title": f"A trial ({stated})", "abstract": stated, "registry_ids": stated}) == []


def test_a_number_inside_another_registers_number_is_not_found() -> None:
    assert between({"registry_ids": "CTR20201234"}, {"abstract": "ChiCTR2020123456, and not CTR20201234."}) == [
        ("link", "number_in_abstract")
    ]
    assert between({"registry_ids": "CTR20201234"}, {"abstract": "Registered as ChiCTR-CTR20201234."}) == []


def test_links_are_many_to_many() -> None:
    found = find_links(
        frame({"registry_ids": "NCT01000001"}, {"registry_ids": "NCT01000002"}),
        frame({"registry_ids": "NCT01000001, NCT01000002"}, {"abstract": "NCT01000001"}),
    )
    assert found[["registration", "article"]].values.tolist() == [["r0", "r0"], ["r0", "r1"], ["r1", "r0"]]
    assert set(found["outcome"]) == {"link"}


@pytest.mark.parametrize(("n", "outcome"), [(3, "link"), (4, "review")])
def test_three_trials_in_one_article_are_told_and_four_gathered(n: int, outcome: str) -> None:
    numbers = "; ".join(f"NCT0100000{k}" for k in range(1, n + 1))
    assert [found for found, _ in between({"registry_ids": "NCT01000001"}, {"registry_ids": numbers})] == [outcome]
    registrant = {"registry_ids": "NCT01000001", "references": [{"type": "RESULT", "pmid": 30000001}]}
    assert between(registrant, {"registry_ids": numbers, "pmid": 30000001.0}) == [("link", "result_reference")]


def test_numbers_of_one_trial_in_several_registers_are_one_trial() -> None:
    stated = "NCT01000001; ISRCTN01000001; 2019-000105-91; DRKS00000001; ACTRN12610000000001"
    assert between({"registry_ids": "NCT01000001"}, {"registry_ids": stated}) == [("link", "states_number")]


@pytest.mark.parametrize(
    ("abstract", "outcome"),
    [
        ("An extension of NCT01000001.", "review"),
        ("Unlike the tablet trial (NCT01000001), ours was small.", "review"),
        ("The parent study was small. Trial registration: NCT01000001.", "link"),
        ("As in the previous trial, registered as NCT01000001, we asked twice.", "link"),
        ("After the parent study (NCT01000001) came this one. It, too, is NCT01000001.", "link"),
        ("All came from the parent study (ClinicalTrials.gov identifier: NCT01000001).", "review"),
    ],
)
def test_a_number_that_is_cited_as_anothers_asks_a_person(abstract: str, outcome: str) -> None:
    assert [found for found, _ in between({"registry_ids": "NCT01000001"}, {"abstract": abstract})] == [outcome]


@pytest.mark.parametrize(
    "references",
    [
        "RESULT PMID 30000001", "result: 30000001", ["RESULT PMID 30000001. Someone wrote this. 2020;12(3):1-9."], [("RESULT", 30000001)],
        [{"type": "RESULT", "pmid": 30000001.0}], {"type": "Result", "pmid": "30000001"},
        [{"type": "results", "citation": "A. PMID: 30000001"}],
    ],
    ids=str,
)  # fmt: skip
def test_a_registrations_references_are_read_in_any_form(references: object) -> None:
    assert between({"registry_ids": "NCT01000001", "references": references}, {"pmid": 30000001}) == [("link", "result_reference")]


def test_a_result_outweighs_background_and_numbers() -> None:
    registration = {"registry_ids": "NCT01000001", "references": "BACKGROUND PMID 30000001; RESULT PMID 30000001"}
    assert between(registration, {"pmid": "30000001", "abstract": "NCT01000001"}) == [("link", "result_reference")]


def test_the_id_is_the_number_where_no_column_has_it_and_missing_cells_say_nothing() -> None:
    found = find_links(pd.DataFrame([{"record": "NCT01000001"}]), pd.DataFrame([{"record": 7, "abstract": "NCT 01000001", "year": None}]))
    assert found[["registration", "article", "value"]].values.tolist() == [["NCT01000001", "7", "NCT01000001"]]
    assert find_links(frame({"title": "A"}), frame({"title": "B", "pmid": float("nan")})).empty
    nothing = {"pmid": pd.NA, "registry_ids": pd.NA, "references": None, "year": pd.NaT, "start_date": pd.NaT}
    assert find_links(frame(nothing), frame(nothing)).empty
    assert list(find_links(pd.DataFrame(), pd.DataFrame()).columns) == list(found.columns)


def test_one_id_for_two_rows_is_refused() -> None:
    with pytest.raises(InputRefused, match="'a' stands in two rows"):
        find_links(pd.DataFrame([{"record": "a"}, {"record": "a"}]), frame({}))


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_no_order_of_rows_counts(seed: int) -> None:
    made = made_trials(12, 25, seed)
    again = find_links(*(one.sample(frac=1, random_state=seed) for one in (made.registrations, made.articles)))
    pd.testing.assert_frame_equal(find_links(made.registrations, made.articles), again)


def test_on_made_pairs_what_is_linked_is_right_and_most_of_what_a_number_tells_is_found() -> None:
    made = made_trials(300, 900)
    found = find_links(made.registrations, made.articles)
    linked = set(map(tuple, found[found["outcome"] == "link"][["registration", "article"]].values))
    assert len(linked & made.pairs) / len(linked) >= 0.93
    assert len(linked & made.pairs) / len(made.pairs) >= 0.58
