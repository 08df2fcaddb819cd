"""Which facts count: replaced, withdrawn, restored, said twice by a tool, and in conflict; compared with a plain definition."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.model.event import Event
from review.model.facts import Facts


def fact(
    name: str, *, replaces: str | None = None, withdraws: str | None = None, actor: str = "r1", body: str = "{}", subject: str = "rep:1"
) -> Event:
    row = ("o", 1, "2025", actor, "note.written", 1, subject, body, replaces, withdraws, None, "", name)
    return Event.stored_as(row, True)


def facts_of(*events: Event) -> Facts:
    facts = Facts()
    for event in events:
        facts.add(event)
    return facts


def test_a_plain_fact_is_live() -> None:
    facts = facts_of(fact("a"))
    assert facts.live("a")
    assert facts.current("a") == "a"
    assert facts.live_replacements("a") == []


def test_a_replaced_fact_gives_way_and_comes_back() -> None:
    facts = facts_of(fact("a"), fact("b", replaces="a"))
    assert not facts.live("a")
    assert facts.current("a") == "b"
    facts.add(fact("w", withdraws="b"))
    assert facts.live("a")
    assert not facts.live("b")
    facts.add(fact("x", withdraws="w"))
    assert facts.current("a") == "b"


def test_withdrawing_a_withdrawal_restores_however_often() -> None:
    facts = facts_of(fact("a"))
    last = "a"
    for i in range(5001):
        facts.add(fact(f"w{i}", withdraws=last))
        last = f"w{i}"
    assert not facts.live("a")
    facts.add(fact("end", withdraws=last))
    assert facts.live("a")


def test_two_live_replacements_are_a_conflict_and_neither_wins() -> None:
    facts = facts_of(fact("a"), fact("b", replaces="a"), fact("c", replaces="a"))
    assert facts.conflicts() == ["a"]
    assert facts.live_replacements("a") == ["b", "c"]
    assert facts.current("a") is None
    facts.add(fact("w", withdraws="b", actor="lead"))
    assert facts.conflicts() == []
    assert facts.current("a") == "c"


def test_a_conflict_stands_where_the_chain_divides() -> None:
    facts = facts_of(fact("a"), fact("b", replaces="a"), fact("c", replaces="b"), fact("d", replaces="b"))
    assert facts.conflicts() == ["b"]
    assert facts.live_replacements("a") == ["c", "d"]


def test_withdrawn_by_one_and_replaced_by_another_is_a_conflict() -> None:
    facts = facts_of(fact("a"), fact("w", withdraws="a", actor="lead"), fact("b", replaces="a"))
    assert facts.conflicts() == ["a"]
    assert facts.current("a") == "b"


def test_a_long_chain_of_replacements_is_followed() -> None:
    facts = facts_of(fact("n0"), *(fact(f"n{i}", replaces=f"n{i - 1}") for i in range(1, 4000)))
    assert facts.current("n0") == "n3999"
    assert facts.conflicts() == []


def test_equal_facts_from_tools_count_once() -> None:
    facts = Facts()
    assert facts.add(fact("a", actor="tool:prefill@1"))
    assert not facts.add(fact("b", actor="tool:prefill@2"))
    assert facts.add(fact("c", actor="tool:prefill@2", subject="rep:2"))
    assert facts.add(fact("d"))
    assert facts.add(fact("e"))
    assert [name for name in "abcde" if facts.live(name)] == ["a", "c", "d", "e"]
    assert facts.current("b") == "a"
    facts.add(fact("w", withdraws="b"))
    assert not facts.live("a")
    assert facts.current("b") is None


def test_a_tool_that_says_again_what_was_replaced_adds_a_fact_of_its_own() -> None:
    by = "tool:prefill@1"
    facts = facts_of(fact("a", actor=by), fact("b", actor=by, body='{"x":1}', replaces="a"), fact("c", actor=by, replaces="b"))
    assert facts.current("a") == "c"


@pytest.mark.parametrize("link", ["withdraws", "replaces"])
def test_a_ring_that_somebody_forged_ends(link: str) -> None:
    facts = facts_of(fact("a", **{link: "b"}), fact("b", **{link: "a"}))
    assert facts.live("a") in (True, False)
    assert facts.live_replacements("a") in ([], ["a"], ["b"])
    assert facts.conflicts() in ([], ["a"], ["b"], ["a", "b"])


# each event is (what it does to an earlier one, which)
histories = st.lists(st.tuples(st.sampled_from(["", "replaces", "withdraws"]), st.integers(0, 30)), max_size=30)


def _events(history: list[tuple[str, int]]) -> list[Event]:
    return [fact(f"e{i}", **({link: f"e{which % i}"} if link and i else {})) for i, (link, which) in enumerate(history)]


@given(histories)
def test_live_is_what_the_definition_says(history: list[tuple[str, int]]) -> None:
    events = _events(history)
    facts = facts_of(*events)

    def counts(name: str) -> bool:
        return not any(counts(event.id) for event in events if event.withdraws == name)

    def superseded(name: str) -> bool:
        return any(counts(event.id) or superseded(event.id) for event in events if event.replaces == name)

    def live(name: str) -> bool:
        return counts(name) and not superseded(name)

    assert [facts.live(event.id) for event in events] == [live(event.id) for event in events]
    conflicts = []
    for event in events:
        standing = [one for one in events if one.replaces == event.id and (counts(one.id) or superseded(one.id))]
        if len(standing) > 1 or (standing and not counts(event.id)):
            conflicts.append(event.id)
    assert sorted(facts.conflicts()) == sorted(conflicts)
    for event in events:
        if not facts.live(event.id) and not superseded(event.id):
            assert facts.current(event.id) is None


@given(histories, st.randoms(use_true_random=False))
def test_what_is_live_does_not_depend_on_the_order_of_arrival(history: list[tuple[str, int]], random: object) -> None:
    events = _events(history)
    shuffled = list(events)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    first, second = facts_of(*events), facts_of(*shuffled)
    assert [first.live(event.id) for event in events] == [second.live(event.id) for event in events]
