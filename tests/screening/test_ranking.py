"""The order of reading: learns, begins with the question, is the same each time, and never leans on the order of the file."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from review.errors import InputRefused
from review.screening import loss, rank
from review.screening.ranking import Ranker
from tests.screening.corpus import RELEVANT, corpus

TEXTS, TRUTH = corpus()
FIRST, OTHER = TRUTH.index(1), TRUTH.index(0)


def knowing(*positions: int) -> list[int | None]:
    return [TRUTH[at] if at in positions else None for at in range(len(TEXTS))]


def answers(order: list[int]) -> list[int]:
    return [TRUTH[at] for at in order]


def test_one_include_and_one_exclude_order_the_rest() -> None:
    order = rank(TEXTS, knowing(FIRST, OTHER))
    assert sorted([*order, FIRST, OTHER]) == list(range(len(TEXTS)))
    assert loss(answers(order)) < 0.1


def test_the_order_is_frozen() -> None:
    # as this recipe gave it when it was written, rank for rank the order of ASReview 3 (benchmarks/screening.py compares whole replays)
    assert rank(TEXTS, knowing(FIRST, OTHER))[:12] == FROZEN


def test_the_question_leads_before_anything_is_known_and_helps_after() -> None:
    nothing = [None] * len(TEXTS)
    assert loss(answers(rank(TEXTS, nothing, query=f"{RELEVANT} tear film cornea"))) < 0.15
    only_excludes = knowing(*[at for at, label in enumerate(TRUTH) if not label][:5])
    assert loss(answers(rank(TEXTS, only_excludes, query=f"{RELEVANT} tear film cornea"))) < 0.15


def test_without_question_and_decisions_it_is_chance_and_not_the_order_of_the_file() -> None:
    nothing = [None] * len(TEXTS)
    first, second = rank(TEXTS, nothing), rank(TEXTS, nothing, seed=1)
    assert first != sorted(first)
    assert first != second
    assert first == rank(TEXTS, nothing)
    sorted_file = sorted(range(len(TEXTS)), key=lambda at: -TRUTH[at])
    given_away = rank([TEXTS[at] for at in sorted_file], nothing)
    assert 0.2 < loss([TRUTH[sorted_file[at]] for at in given_away]) < 0.8


@given(st.lists(st.sampled_from([0, 1, None]), min_size=len(TEXTS), max_size=len(TEXTS)))
@settings(max_examples=15, deadline=None)
def test_every_undecided_record_comes_exactly_once(labels: list[int | None]) -> None:
    order = rank(TEXTS, labels, query="dry eye")
    assert sorted(order) == [at for at, label in enumerate(labels) if label is None]


def test_a_ranker_asked_again_answers_as_a_new_one() -> None:
    ranker = Ranker(TEXTS, query="dry eye")
    ranker.order(knowing())
    ranker.order(knowing(OTHER))
    assert ranker.order(knowing(FIRST, OTHER)) == rank(TEXTS, knowing(FIRST, OTHER), query="dry eye")


@pytest.mark.parametrize("texts", [[], [""], ["", "", ""], ["same words", "same words", "same words"], ["!", "?"]])
def test_texts_that_say_nothing_are_ordered_all_the_same(texts: list[str]) -> None:
    assert sorted(rank(texts, [None] * len(texts), query="dry eye")) == list(range(len(texts)))
    if len(texts) > 2:
        assert rank(texts, [1, 0, *[None] * (len(texts) - 2)]) == list(range(2, len(texts)))


def test_labels_that_do_not_fit_are_refused() -> None:
    with pytest.raises(InputRefused, match="1 labels for 2 texts"):
        rank(["a", "b"], [None])
    with pytest.raises(InputRefused, match="the label at position 1 is 2"):
        rank(["a", "b"], [None, 2])
    with pytest.raises(InputRefused, match="the label at position 0 is nan"):
        rank(["a"], [float("nan")])  # type: ignore[list-item]
    with pytest.raises(InputRefused, match="the text at position 1 is nan"):
        rank(["a", float("nan")], [None, None])  # type: ignore[list-item]
    with pytest.raises(InputRefused, match="the query is 5"):
        rank(["a"], [None], query=5)  # type: ignore[arg-type]


FROZEN = [42, 63, 39, 43, 7, 2, 20, 17, 37, 68, 9, 51]
