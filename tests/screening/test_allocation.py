"""Who reads what follows from a rule and a record's id: in the shares asked for, the same everywhere, and with the least that moves."""

from __future__ import annotations

import doctest
from collections import Counter
from importlib import import_module
from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.errors import InputRefused
from review.screening.allocation import due, in_words, needed_by, readers, rule_of

SCREENERS = ("r1", "r2", "r3", "r4")
RECORDS = [f"rec:{n:032x}" for n in range(3000)]


def rule(scheme: str = "all", *, stage: str = "title_abstract", needed: int = 2, screeners: tuple[str, ...] = SCREENERS, **given) -> dict:
    wanted = {"reviewers": (), "pairs": (), "quotas": None, "double_share": None, "seed": 0, "note": ""} | given
    return rule_of(stage, scheme=scheme, screeners=screeners, needed=needed, **wanted).model_dump(mode="json")


def load(found: dict, needed: int = 2, screeners: tuple[str, ...] = SCREENERS) -> Counter[str]:
    """How many of the records each one reads."""
    return Counter(
        name for record in RECORDS for n in [needed_by(found, record, needed)] for name in readers(found, record, screeners, n)[:n]
    )


def within(n: int, chance: float, records: int = len(RECORDS)) -> bool:
    return abs(n - records * chance) <= 3 * sqrt(records * chance * (1 - chance)) + 1e-9


def test_examples_in_the_docstrings_run() -> None:
    result = doctest.testmod(import_module("review.screening.allocation"))
    assert (result.attempted, result.failed) == (1, 0)


def test_the_readers_of_a_record_are_pinned() -> None:
    found = rule("all")
    assert [readers(found, record, SCREENERS, 2)[:2] for record in RECORDS[:4]] == PINNED, "another machine would allot otherwise"


PINNED = [["r3", "r1"], ["r1", "r2"], ["r1", "r3"], ["r1", "r3"]]


def test_all_named_read_in_equal_shares() -> None:
    assert all(within(n, 1 / 2) for n in load(rule("all")).values())
    assert load(rule("all", reviewers=("r1", "r3"))) == {"r1": 3000, "r3": 3000}
    three = load(rule("all", reviewers=("r1", "r2", "r4")))
    assert set(three) == {"r1", "r2", "r4"} and all(within(n, 2 / 3) for n in three.values())


def test_each_report_goes_to_one_pair() -> None:
    found = rule("pairs", pairs=[("r1", "r2"), ("r3", "r4"), ("r1", "r4")])
    together = Counter(frozenset(readers(found, record, SCREENERS, 2)[:2]) for record in RECORDS)
    assert set(together) == {frozenset(("r1", "r2")), frozenset(("r3", "r4")), frozenset(("r1", "r4"))}
    assert all(within(n, 1 / 3) for n in together.values())


@given(
    parts=st.lists(st.integers(1, 50), min_size=2, max_size=4),
    needed=st.sampled_from([1, 2]),
    seed=st.integers(0, 5),
    double=st.sampled_from([None, "0.3"]),
)
def test_quotas_are_kept(parts: list[int], needed: int, seed: int, double: str | None) -> None:
    quotas = {name: f"{n / sum(parts):.9f}" for name, n in zip(SCREENERS, parts, strict=False)}
    if max(parts) * needed > sum(parts):
        with pytest.raises(InputRefused, match="cannot have more than"):
            rule("quotas", quotas=quotas, needed=needed)
        return
    found = rule("quotas", quotas=quotas, needed=needed, seed=seed, double_share=double if needed == 2 else None)
    sample = RECORDS[:400]
    drawn = Counter(name for record in sample for name in readers(found, record, SCREENERS, needed)[:needed])
    assert sum(drawn.values()) == needed * len(sample)
    # 4.5 sd: a hundred examples of four are looked at here; three are enough for one, as in the other tests
    for name, part in quotas.items():
        p = min(1.0, float(part) * needed)
        assert abs(drawn[name] - len(sample) * p) <= 4.5 * sqrt(len(sample) * p * (1 - p)) + 1


def test_a_share_of_the_records_is_read_by_two() -> None:
    found = rule("quotas", quotas={"r1": 0.5, "r2": 0.3, "r3": 0.2}, double_share=0.2)
    twice = sum(needed_by(found, record, 2) == 2 for record in RECORDS)
    assert within(twice, 0.2)
    drawn = load(found)
    work = sum(drawn.values())
    assert work == len(RECORDS) + twice
    for name, part in (("r1", 0.5), ("r2", 0.3), ("r3", 0.2)):
        assert abs(drawn[name] / work - part) < 0.03
    assert {needed_by(rule("all", double_share=0), record, 2) for record in RECORDS} == {1}
    assert {needed_by(rule("all", double_share=1), record, 2) for record in RECORDS} == {2}
    assert needed_by(found, RECORDS[0], 1) == 1, "a protocol amended to one reader has one"


def test_another_seed_draws_anew_and_the_order_of_names_does_not_matter() -> None:
    one, other = rule("all"), rule("all", seed=1)
    assert sum(readers(one, r, SCREENERS, 2)[:2] != readers(other, r, SCREENERS, 2)[:2] for r in RECORDS) > 2000
    for how in ({"scheme": "all"}, {"scheme": "quotas", "quotas": {"r1": 0.25, "r2": 0.25, "r3": 0.25, "r4": 0.25}}):
        turned = {**how, **({"quotas": dict(reversed(how["quotas"].items()))} if "quotas" in how else {})}
        for record in RECORDS[:50]:
            assert readers(rule(**how), record, SCREENERS, 2) == readers(rule(**turned), record, SCREENERS[::-1], 2)


def test_who_leaves_moves_only_their_own_reports() -> None:
    before, after = rule("all"), rule("all", reviewers=("r1", "r2", "r4"))
    for record in RECORDS[:300]:
        one, other = set(readers(before, record, SCREENERS, 2)[:2]), set(readers(after, record, SCREENERS, 2)[:2])
        assert one - {"r3"} <= other and "r3" not in other


def test_nobody_who_screens_is_missing_and_nobody_else_is_there() -> None:
    found = rule("pairs", pairs=[("r1", "r2")])
    assert readers(found, RECORDS[0], ("r2", "r3"), 2) == ["r2", "r3"], "r1 screens no more, so r3 stands in"
    assert set(readers(found, RECORDS[0], SCREENERS, 2)[:2]) == {"r1", "r2"}


@given(st.permutations(SCREENERS), st.sets(st.sampled_from([*SCREENERS, "left"])), st.sampled_from([1, 2]))
def test_as_many_are_due_as_are_missing(order: list[str], answered: set[str], needed: int) -> None:
    asked = due(order, answered, needed)
    assert len(asked) == max(0, min(needed - len(answered), len(set(order) - answered))) and answered.isdisjoint(asked)
    again = due(order, answered, needed, undecided=True)
    assert again and (set(again) <= answered or answered <= {"left"})


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ({"scheme": "everybody"}, "is no scheme"),
        ({"scheme": "pairs"}, "needs pairs"),
        ({"scheme": "quotas"}, "needs quotas"),
        ({"scheme": "all", "pairs": [("r1", "r2")]}, "takes reviewers, not pairs"),
        ({"scheme": "all", "reviewers": ["r1"]}, "a report needs 2 reviewers"),
        ({"scheme": "all", "reviewers": ["r1", "r1"]}, "named twice"),
        ({"scheme": "all", "reviewers": ["r1", "lead"]}, "'lead' has no role screener"),
        ({"scheme": "pairs", "pairs": [("r1", "r1")]}, "is no pair"),
        ({"scheme": "pairs", "pairs": [("r1", "r2", "r3")]}, "is no pair"),
        ({"scheme": "pairs", "pairs": [("r1", "r2"), ("r2", "r1")]}, "a pair stands twice"),
        ({"scheme": "pairs", "pairs": [("r1", "r9")]}, "'r9' has no role screener"),
        ({"scheme": "quotas", "quotas": {"r1": 0.5, "r2": 0.4}}, r"sum to 0\.9, not 1"),
        ({"scheme": "quotas", "quotas": {"r1": 0.6, "r2": 0.4}}, "r1 cannot have more than 1/2"),
        ({"scheme": "quotas", "quotas": {"r1": -0.5, "r2": 1.5}}, "is no share"),
        ({"scheme": "all", "double_share": 1.5}, "is no share"),
        ({"scheme": "all", "double_share": "a fifth"}, "is no share"),
        ({"scheme": "all", "double_share": 0.5, "needed": 1}, "read by one in any case"),
    ],
)
def test_a_rule_that_cannot_be_kept_is_refused(how: dict, said: str) -> None:
    with pytest.raises(InputRefused, match=said):
        rule(**how)


def test_the_words_name_nobody() -> None:
    rules = [
        rule("all"),
        rule("all", reviewers=("r1", "r2", "r3"), double_share=0.2),
        rule("pairs", pairs=[("r1", "r2"), ("r3", "r4")]),
        rule("quotas", quotas={"r1": 0.5, "r2": 0.3, "r3": 0.2}, seed=7),
    ]
    said = [in_words(None, 2), *(in_words(one, 2) for one in rules)]
    assert said == [
        "anybody who screens takes any report, until two have answered",
        "two readers for each report, taken by chance in equal shares from all who screen (seed 0)",
        "two readers for 20 % of the records, drawn by chance, and one for the rest, "
        "taken by chance in equal shares from 3 reviewers (seed 0)",
        "two readers for each report, taken by chance from one of 2 pairs of reviewers (seed 0)",
        "two readers for each report, taken by chance from 3 reviewers with shares of 50, 30 and 20 % of the work (seed 7)",
    ]
    assert not any(name in words for words in said for name in SCREENERS)
