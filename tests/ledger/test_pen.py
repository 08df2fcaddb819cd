"""Who may write and correct: the same reviewer or the lead a person's event, any reviewer a tool's, nobody without a name."""

from __future__ import annotations

import pytest

from review.errors import EventRefused, NotAllowed
from review.ledger.ledger import Ledger
from review.ledger.pen import Pen
from review.model.authority import may_correct
from review.model.event import Event
from tests.ledger.notes import NoteWritten, note

TOOL = "tool:prefill@1"


def write(pen: Pen, text: str = "x", **more: str) -> Event:
    return pen.write("note.written", "rep:1", NoteWritten(text=text), **more)


def withdraw(pen: Pen, target: Event, **more: str) -> Event:
    return pen.write("ledger.withdrawn", "rep:1", {"reason": "a slip"}, withdraws=target.id, **more)


@pytest.fixture
def pens(ledger: Ledger) -> dict[str, Pen]:
    return {
        "r1": Pen(ledger, "r1", {"screener"}),
        "r2": Pen(ledger, "r2", {"screener"}),
        "lead": Pen(ledger, "lead", frozenset({"lead"})),
        "nobody": Pen(ledger, None),
    }


def test_who_only_looks_writes_nothing(pens: dict[str, Pen], ledger: Ledger) -> None:
    with pytest.raises(NotAllowed, match="opened without a reviewer"):
        write(pens["nobody"])
    with pytest.raises(NotAllowed, match="opened without a reviewer"):
        pens["nobody"].write_all([note("x")])
    assert ledger.count() == 0


def test_nobody_writes_as_another_person(pens: dict[str, Pen]) -> None:
    with pytest.raises(NotAllowed, match="r1 may not write as r2"):
        write(pens["r1"], actor="r2")
    assert write(pens["r1"], actor=TOOL).by_tool


def test_a_person_is_corrected_by_that_person_or_the_lead(pens: dict[str, Pen]) -> None:
    first = write(pens["r1"])
    with pytest.raises(NotAllowed, match="r2 may not replace or withdraw what another reviewer wrote"):
        write(pens["r2"], replaces=first.id)
    with pytest.raises(NotAllowed, match="or ask the lead to correct it"):
        withdraw(pens["r2"], first)
    second = write(pens["r1"], "y", replaces=first.id)
    withdraw(pens["lead"], second)
    write(pens["lead"], "z", replaces=first.id)


def test_a_tool_is_corrected_by_any_reviewer_and_corrects_no_person(pens: dict[str, Pen]) -> None:
    first = write(pens["r1"], actor=TOOL)
    second = write(pens["r2"], "checked", replaces=first.id)
    with pytest.raises(NotAllowed, match="tool:prefill@1 may not replace"):
        write(pens["lead"], replaces=second.id, actor=TOOL)
    third = write(pens["r2"], "again", actor=TOOL)
    write(pens["r1"], "better", replaces=third.id, actor="tool:prefill@2")


def test_only_who_withdrew_restores(pens: dict[str, Pen]) -> None:
    gone = withdraw(pens["r1"], write(pens["r1"]))
    with pytest.raises(NotAllowed, match="r2 may not replace or withdraw"):
        withdraw(pens["r2"], gone)
    withdraw(pens["r1"], gone)


def test_the_second_of_two_corrections_is_told_of_the_first(pens: dict[str, Pen]) -> None:
    first = write(pens["r1"])
    second = write(pens["r1"], "y", replaces=first.id)
    with pytest.raises(EventRefused, match=f"it was replaced by {second.id}"):
        write(pens["lead"], "z", replaces=first.id)


def test_blobs_and_facts_are_written_together(pens: dict[str, Pen], ledger: Ledger) -> None:
    pens["r1"].write_all([pens["r1"].draft("note.written", "rep:1", {"text": "x"})], blobs=[(b"page", True)])
    assert ledger.count() == 1


def test_the_rule_is_pure() -> None:
    persons = Event("o", 1, "2025", "r1", "k", 1, "s", "{}", None, None, None, "", "id", {})
    assert may_correct("r1", (), persons)
    assert may_correct("r2", ("lead",), persons)
    assert not may_correct("r2", ("screener",), persons)
    assert not may_correct("tool:x@1", ("lead",), persons)
