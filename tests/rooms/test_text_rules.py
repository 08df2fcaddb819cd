"""What an article states in fixed words is proposed with its lines; in any doubt nothing is, and the time grows with the text alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.extraction.forms import items
from review.extraction.text_rules import TextRule, found_in, text_rules
from tests.patience import calls
from tests.rooms.team import Team

RULES = {rule.id: rule for rule in text_rules()}


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_the_example_of_a_rule_is_found_and_its_silent_sentences_are_not(rule: TextRule) -> None:
    assert {one.key.item: one.value for one in found_in([rule.example])} == dict(rule.found)
    assert rule.silent and [(sentence, one.value) for sentence in rule.silent for one in found_in([sentence])] == []
    known = {item.id: item for item in items()}
    assert set(rule.gives.values()) <= set(known) and rule.says.endswith(".")
    for one in found_in([rule.example]):
        assert one.unit in (None, known[one.key.item].unit)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (["n = 45 randomised"], {"n_randomised": "45"}),
        (["A total of 1,204 participants", "were randomized."], {"n_randomised": "1,204"}),
        (["The mean (SD) age was 54·2 (10·1) years."], {"age_mean": "54.2", "age_sd": "10.1"}),
        (["45 patients were randomised.", "", "All 45 patients were randomised."], {"n_randomised": "45"}),
        (["45 patients were randomised. Of these, 44 patients were randomised."], {}),
        (["45 patients", "", "were randomised"], {}),
        (["<b>45</b> patients were randomised"], {}),
    ],
)
def test_what_is_found_in_texts(text: list[str], found: dict[str, str]) -> None:
    assert {one.key.item: one.value for one in found_in(text)} == found


def test_the_lines_are_those_of_the_words() -> None:
    (one,) = found_in(["Methods.", "In all, 45 patients", "were randomised.", "End."])
    assert one.span == (2, 3) and one.note.startswith("by rule randomised: ")


WORDS = st.lists(
    st.sampled_from("45 12 of patients were randomised mean age sd ( ) % women completed the trial . n = 3.5".split()), max_size=40
)


@given(WORDS)
def test_an_item_is_proposed_once_and_its_value_stands_in_its_lines(words: list[str]) -> None:
    text = [" ".join(words[at : at + 7]) for at in range(0, len(words), 7)]
    found = found_in(text)
    assert len({one.key.item for one in found}) == len(found)
    assert all(one.span and one.value in " ".join(text[one.span[0] - 1 : one.span[1]]) for one in found)


@pytest.mark.parametrize("piece", ["45 patients were randomised and ", "mean age ( sd ) ", "1 of 2 ", "((((", "a.b.c ", "9,999"])
def test_work_grows_with_the_text_and_no_faster(piece: str) -> None:
    with calls(150 * 1_500, "reading a text by the rules"):
        found_in([piece * 1_500])


def test_an_abstract_is_read_once_and_marked_as_read_by_rule(team: Team) -> None:
    path = team.folder / "trial.ris"
    abstract = "We randomised 45 patients. The mean age of the participants was 61.5 years."
    path.write_text(f"TY  - JOUR\nTI  - A trial\nAU  - Doe, J\nPY  - 2020\nAB  - {abstract}\nER  - \n", encoding="utf-8")
    team.r1.import_files([path], search=team.search())
    team.include(team.lead.studies.report_views()[0].id)
    frame = team.nobody.extraction.frame().set_index("item")
    row = frame.loc["n_randomised"]
    assert (row["value"], row["unit"], row["state"]) == ("45", "participants", "pre-filled")
    assert "We randomised 45 patients" in row["quotation"] and "line 5" in row["location"]
    assert frame.loc["age_mean", "value"] == "61.5"
    event = team.ledger.event(row["event"])
    assert event.by_tool and event.actor.startswith("tool:text-rules@") and event.body["note"].startswith("by rule randomised")
    assert team.r1.extraction.prefill(team.lead.studies.views()[0]) == 0, "once"
