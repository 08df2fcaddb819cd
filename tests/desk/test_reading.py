"""What a card shows of a record: each part where it is stated, its origin, and what is no evidence."""

from __future__ import annotations

from typing import Any

from review.desk.reading import content, words_shown
from review.model.views import RecordView, ReportView, SearchView


def record(doc: dict[str, Any], source: str = "Embase", kind: str = "database", address: str | None = None) -> RecordView:
    search = SearchView(f"sea:{source}", "e", "", source, kind, None, 1, "2026-03-01", None, {})
    return RecordView(f"rec:{source}", 1, "e", "", search, None, None, None, address, (), 1, {"brief_title": "A trial", **doc})


def shown(*records: RecordView) -> dict[str, Any]:
    report = ReportView("rep:1", records, records[0], (), ())
    card = content(report)
    lines = {text for part in card["parts"] for _, text in part["lines"]}
    assert {card["title"], card["cited"], *card["identifiers"], *lines} <= set(words_shown(report)), "what is shown can be searched"
    return card


def parts(card: dict[str, Any]) -> dict[str, list[str]]:
    return {part["head"]: [" ".join(filter(None, line)) for line in part["lines"]] for part in card["parts"]}


def test_an_article_is_cited_and_its_abstract_keeps_its_paragraphs() -> None:
    printed = {
        "authors": [{"name": n} for n in ("One A", "Two B", "Three C", "Four D")],
        "journal": "Spit",
        "year": 2024,
        "volume": "3",
        "pages": "1-9",
    }
    card = shown(record({"publication": {**printed, "abstract": "BACKGROUND\nOld.\n\nRESULTS New."}}))
    assert card["cited"] == "One A, Two B, Three C et al. · Spit · 2024 · 3:1-9"
    assert parts(card) == {"Abstract": ["BACKGROUND\nOld.", "RESULTS New."]}
    assert card["source"] == "Embase (database)" and card["remarks"] == []


def test_what_is_not_stated_is_not_shown_and_a_missing_abstract_is_said() -> None:
    card = shown(record({}))
    assert card["parts"] == [] and card["facts"] == [] and card["cited"] == "" and card["address"] == ""
    assert card["remarks"] == ["This record has no abstract and no summary."]


def test_a_part_that_only_a_duplicate_states_says_where_it_is_from() -> None:
    first = record({"conditions": ["Dry mouth"], "identifiers": [{"type": "NCT", "value": "NCT00000001"}]}, "WHO ICTRP", "register")
    second = record(
        {"brief_summary": "Short.", "conditions": ["Other words"], "identifiers": [{"type": "NCT", "value": "NCT00000001"}]}, "Embase"
    )
    card = shown(first, second)
    assert [(p["head"], p["remark"]) for p in card["parts"]] == [("Summary", "from Embase"), ("Conditions", "")]
    assert card["source"] == "WHO ICTRP (register), also in Embase (database)"
    assert card["identifiers"] == ["NCT00000001"]


def test_a_lay_summary_stands_last_and_says_that_it_is_no_evidence() -> None:
    card = shown(record({"lay_summary": "We hope.", "conditions": ["Dry mouth"]}))
    assert card["parts"][-1]["head"] == "Lay summary"
    assert card["parts"][-1]["remark"] == "Written by the site for lay readers; no evidence."
    assert "This record has no abstract and no summary." in card["remarks"], "it takes no other part's place"


def test_eligibility_is_printed_with_its_marks_and_each_sub_item_once() -> None:
    eligibility = {
        "preamble_inclusion": "All of these:",
        "inclusion": [
            {"number": "1.", "text": "Adults", "subitems": [{"number": "a)", "text": "18 or over"}]},
            {"number": None, "text": "One of: a) dry eyes b) dry mouth", "subitems": [{"number": "a)", "text": "dry eyes"}]},
        ],
        "exclusion": [{"text": "Pregnancy"}],
    }
    found = parts(shown(record({"eligibility": eligibility})))
    assert found["Inclusion criteria"] == ["All of these:", "1. Adults", "a) 18 or over", "– One of: a) dry eyes b) dry mouth"]
    assert found["Exclusion criteria"] == ["– Pregnancy"]


def test_no_limit_of_age_is_told_from_a_limit_that_is_not_stated() -> None:
    years = {"value": 18, "unit": "YEARS"}
    cases = [
        ({"minimum_age": years, "maximum_age": {"value": None}}, "from 18 years, no upper limit"),
        ({"minimum_age": years}, "from 18 years, upper limit not stated"),
        ({"maximum_age": years}, "lower limit not stated, to 18 years"),
    ]
    assert [dict(shown(record(doc))["facts"])["Ages"] for doc, _ in cases] == [words for _, words in cases]


def test_design_is_written_in_words() -> None:
    doc = {
        "study_type": "INTERVENTIONAL",
        "allocation": "NA",
        "intervention_model": "SINGLE_GROUP",
        "phases": ["EARLY_PHASE1"],
        "sex": "ALL",
    }
    assert dict(shown(record(doc))["facts"]) == {"Sex": "all", "Design": "interventional, single group, early phase 1"}


def test_interventions_come_with_type_and_description() -> None:
    doc = {
        "interventions": [{"name": "Gum", "type": "DIETARY_SUPPLEMENT", "description": "Three a day"}, {"name": "Nothing", "type": None}]
    }
    assert parts(shown(record(doc)))["Interventions"] == ["Gum (dietary supplement): Three a day", "Nothing"]


def test_a_retraction_is_a_warning_and_a_teaching_copy_a_remark() -> None:
    doc = {
        "problems": [{"code": "retracted", "message": "The article was retracted."}],
        "provenance": {"kind": "teaching_copy"},
        "abstract": "A.",
    }
    card = shown(record(doc, address="https://example.org/1"))
    assert card["warnings"] == ["The article was retracted."]
    assert card["remarks"] == ["Teaching copy, paraphrased."]
    assert card["address"] == "https://example.org/1"


def test_a_description_stands_in_where_there_is_neither_abstract_nor_summary() -> None:
    assert parts(shown(record({"detailed_description": "Long."}))) == {"Summary": ["Long."]}
    assert parts(shown(record({"detailed_description": "Long.", "abstract": "Short."}))) == {"Abstract": ["Short."]}
    assert parts(shown(record({"publication": {"body_excerpt": ["One.", "Two."]}}))) == {"Abstract": ["One.", "Two."]}
