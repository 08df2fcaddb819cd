"""The rules of duplicates are data, and each is its own test: its example is decided by it, and a veto turns what the rules would say."""

from __future__ import annotations

from dataclasses import replace
from importlib.resources import files

import numpy as np
import pandas as pd
import pytest

from review.errors import InputRefused
from review.studies import find_duplicates
from review.studies.duplicates.entries import columns_of, rows_of
from review.studies.duplicates.normalise import normalise
from review.studies.duplicates.rules import Rule, read_rules, rule_book
from review.studies.duplicates.scores import compare

BOOK = rule_book()
TEXT = (files("review.studies.duplicates") / "rules.toml").read_text(encoding="utf-8")


def pair(rule: Rule) -> pd.DataFrame:
    return pd.DataFrame([{"record": record, **fields} for record, fields in zip("ab", rule.example, strict=True)])


@pytest.mark.parametrize("rule", BOOK.rules, ids=lambda rule: rule.id)
def test_a_rule_decides_its_example(rule: Rule) -> None:
    found = find_duplicates(pair(rule))
    assert found.pairs[["a", "b", "outcome", "rule"]].values.tolist() == [["a", "b", rule.outcome, rule.id]]
    assert found.groups["group"].nunique() == (1 if rule.outcome == "merge" else 2)
    told = found.compared.iloc[0]
    assert told["version"] == rule.version
    assert told["fields"].split() == list(dict.fromkeys(condition.split(" ", 1)[0] for condition in rule.when))


@pytest.mark.parametrize("veto", BOOK.vetoes, ids=lambda veto: veto.id)
def test_a_veto_turns_what_the_rules_say_of_its_example(veto: Rule) -> None:
    frame = pair(veto)
    scores = compare(normalise(columns_of(rows_of(frame)[1]), BOOK), np.array([0]), np.array([1]))
    assert any(rule.holds(scores)[0] for rule in BOOK.rules), "without a veto the two would be shown or merged"
    assert next(other.id for other in BOOK.vetoes if other.holds(scores)[0]) == veto.id
    told = [] if veto.outcome == "distinct" else [["review", veto.id]]
    found = find_duplicates(frame)
    assert found.pairs[["outcome", "rule"]].values.tolist() == told
    assert found.groups["group"].tolist() == ["a", "b"]


@pytest.mark.parametrize("rule", (*BOOK.vetoes, *BOOK.rules), ids=lambda rule: rule.id)
def test_an_example_is_decided_the_same_with_its_records_changed_about(rule: Rule) -> None:
    turned = find_duplicates(pair(replace(rule, example=rule.example[::-1]))).pairs
    assert turned.equals(find_duplicates(pair(rule)).pairs)


def test_each_rule_says_one_sentence_and_whence_it_is() -> None:
    for rule in (*BOOK.vetoes, *BOOK.rules):
        assert rule.says.endswith(".") and rule.says.count(". ") == 0, rule.id
        assert rule.version >= 1 and rule.source and len(rule.example) == 2


@pytest.mark.parametrize(
    ("was", "becomes", "said"),
    [
        ('source = "ISO', 'from = "ISO', "a veto lacks source"),
        ('outcome = "merge"', 'outcome = "perhaps"', "cannot have the outcome 'perhaps'"),
        ('"doi different"', '"doi other"', "'doi other' is no condition"),
        ('id = "same_pmid"', 'id = "same_doi"', "two rules have one id"),
    ],
)
def test_a_rule_that_is_not_complete_is_refused(was: str, becomes: str, said: str) -> None:
    assert was in TEXT
    with pytest.raises(InputRefused, match=said):
        read_rules(TEXT.replace(was, becomes, 1))


def test_a_condition_on_a_score_that_there_is_not_is_refused() -> None:
    [rule] = [one for one in read_rules(TEXT.replace('"doi same", "title >= 85"', '"colour same"')).rules if one.id == "same_doi"]
    with pytest.raises(InputRefused, match="'colour same' names no score"):
        rule.holds({"title": np.array([1.0])})
