"""Tables that state how data were collected and risk of bias assessed: how many people, whether apart, who settled, and which tools.

They count what the viewer may see, and name nobody.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath

from review.bias.tools import Tool
from review.errors import NotFound
from review.model.blinding import Viewer
from review.model.event import Event
from review.model.views import AssessmentView, CellView
from review.reporting.rooms import Rooms
from review.reporting.table import Cell, Column, Table
from review.reporting.tables_bias import tools_used
from review.reporting.tables_methods import named_tool, value_name
from review.reporting.tables_process import IN_ORDER
from review.reporting.trace import cell_entry, key_of, names, told_by
from review.reporting.trace_counts import MOST, counted, fixed, one_line
from review.reporting.trace_history import Corrections, fold
from review.reporting.trace_plan import part_trace, plan_trace
from review.reporting.trace_view import Quote, Trace, TraceEntry
from review.text import bidi_closed

CELL_STATES = ("pre-filled", "recorded by one", "checked by one", "checked by two", "extracted independently by two", "consensus")


@dataclass(frozen=True)
class Shared:
    """Who stands behind values or appraisals that the viewer may see: how each was answered, and who answered at all.

    how: for each question ``apart`` (two people, neither could see the other's answer), ``seen`` (two, one of whom could),
    ``alone`` (one person), '' where nobody has answered.
    """

    how: tuple[str, ...]
    people: frozenset[str]

    @property
    def said(self) -> str:
        """In words; '' where nobody has answered."""
        total = sum(map(bool, self.how))
        return "\n".join(f"{n:,} of {total:,} {words}" for how, words in HOW.items() if (n := self.how.count(how)))


HOW = {
    "apart": "by two people, neither of whom could see the other's answer",
    "seen": "by two people, one of whom could see the other's answer",
    "alone": "by one person",
}


def shared(rooms: Rooms, answers: Iterable[Sequence[str]], due: int) -> Shared:
    """Who stands behind each of *answers* (ids of the facts on one question that the viewer may see), where *due* people answer apart."""
    shown = _Shown(rooms)
    live = rooms.seat.state("corrections", Corrections, fold).facts.live
    how: list[str] = []
    people: set[str] = set()
    for ids in answers:
        given = _given(rooms, ids)
        standing = {e.actor for e in given if live(e.id)}
        order = [actor for actor in dict.fromkeys(e.actor for e in given) if actor in standing]
        people |= standing
        if len(order) < 2:
            how.append("alone" if order else "")
            continue
        first, second = (next(e for e in given if e.actor == actor) for actor in order[:2])
        how.append("apart" if due > 1 and not shown.to(second, since=first) else "seen")
    return Shared(tuple(how), frozenset(people))


class _Shown:
    """To whom open answers of others were shown, by the roles of the protocol's version in force at each moment."""

    def __init__(self, rooms: Rooms) -> None:
        protocol = rooms.protocol
        versions = [(at, protocol.plan_of(version)) for at, version in protocol.course if version is not None]
        plans = versions or [(("", "", 0), protocol.plan)]
        self._course = [(at, {r.id: Viewer(r.id, frozenset(r.roles)) for r in plan.reviewers}) for at, plan in plans]

    def to(self, answer: Event, *, since: Event) -> bool:
        """Whether whoever gave *answer* could see that of *since* at some moment before; who is to answer, a lead too, never could."""
        begun = max((n for n, (at, _) in enumerate(self._course) if at <= since.position), default=0)
        until = [people for at, people in self._course[begun:] if at <= answer.position]
        return any(people[answer.actor].sees_open(answer.kind) for people in until if answer.actor in people)


def _given(rooms: Rooms, ids: Sequence[str]) -> list[Event]:
    """The answers of people among facts, resolutions apart, in the order of the ledger."""
    return sorted((e for e in map(rooms.seat.event, ids) if not e.by_tool and not e.kind.endswith("resolved")), key=IN_ORDER)


def _listed(rooms: Rooms, key: str, value: str, lines: Sequence[tuple[str, str, str]], *, first: Sequence[TraceEntry] = ()) -> Trace:
    """The origin of what is counted from *lines* (event, name, what is said of it): the rarest come first."""
    often = Counter(said for _, _, said in lines)
    ordered = sorted(lines, key=lambda line: often[line[2]])
    return counted(rooms, key, "", [one_line(rooms, *line) for line in ordered[:MOST]], len(lines), value=value, first=first)


def in_role(rooms: Rooms, key: str, role: str, due: int) -> Trace:
    """How many are due, with the protocol's lines that give the role."""
    entries: list[TraceEntry] = []
    for one in rooms.protocol.plan.reviewers:
        if role in one.roles:
            made = part_trace(rooms, "reviewers", one.id, "", lambda r: ", ".join(r.roles), mark=role)
            entries += [replace(e, what=f"Reviewer {one.id}: {e.what}") for e in made.entries]
    nobody = fixed(f"The protocol names no {role}, and one is due all the same")
    return Trace(key, "", f"{due:,}", "", tuple(entries) or (nobody,))


def data_collection(rooms: Rooms) -> Table:
    """How data were collected: how many extractors, whether apart, which tool pre-filled, how values stand, and who was asked."""
    studies = rooms.studies.views()
    cells = [(s.label, c) for s in studies for c in rooms.extraction.cells(s)]
    by = shared(rooms, (c.history for _, c in cells), rooms.extraction.needed)
    due = in_role(rooms, "extractors-due", "extractor", rooms.extraction.needed)
    found: dict[str, Trace] = {}
    made = (
        ("Extractors due for each value", due, ""),
        ("Extractors who recorded or checked a value", _extractors(rooms, cells, len(by.people)), ""),
        ("Independence", _values_apart(rooms, cells, by, due) if by.said else None, "nobody has finished one yet"),
        ("Automation", _prefilled(rooms, cells), ""),
        ("How the values stand", _states(rooms, cells) if cells else None, "no value yet"),
        ("Disagreements", _values_settled(rooms, cells), ""),
        ("Questions to authors and sponsors", _asked(rooms, [e for s in studies for e in rooms.extraction.contacts(s)]), ""),
    )
    rows = tuple((Cell(aspect), told_by(found, aspect, origin, why)) for aspect, origin, why in made)
    columns = (Column("aspect", "Aspect"), Column("text", "In this review", width=4))
    return Table("data-collection", "How data were collected", columns, rows, rooms.table_notes(), found)


Named = tuple[str, CellView]  # the study's label, and one of its cells


def _of_values(rooms: Rooms, key: str, value: str, facts: Sequence[tuple[Named, Event]]) -> Trace:
    """The origin of a count of facts about values."""
    entries = []
    for (label, cell), event in facts[:MOST]:
        entry = cell_entry(rooms, cell, event, {})
        entries.append(replace(entry, what=f"{bidi_closed(label)}: {entry.what}", quote=None))
    return counted(rooms, key, "", entries, len(facts), value=value)


def _extractors(rooms: Rooms, cells: Sequence[Named], people: int) -> Trace:
    live = rooms.seat.state("corrections", Corrections, fold).facts.live
    facts = [(one, e) for one in cells for e in _given(rooms, one[1].history) if live(e.id)]
    return _of_values(rooms, "extractors", f"{people:,}", facts)


def _values_apart(rooms: Rooms, cells: Sequence[Named], by: Shared, due: Trace) -> Trace:
    given = [(_given(rooms, c.history), value_name(label, c), how) for (label, c), how in zip(cells, by.how, strict=True) if how]
    return _listed(rooms, "values-apart", by.said, [(e[-1].id, name, HOW[how]) for e, name, how in given], first=due.entries)


def _prefilled(rooms: Rooms, cells: Sequence[Named]) -> Trace:
    """Which tools proposed values, and how many of all; a value's first proposal counts."""
    first = [(one, rooms.seat.event(one[1].history[0])) for one in cells if one[1].history]
    facts = [(one, e) for one, e in first if e.by_tool]
    tools = Counter(e.actor for _, e in facts)
    said = "\n".join(f"{named_tool(tool)}, proposed {n:,} of {len(cells):,} values" for tool, n in tools.items())
    return _of_values(rooms, "values-proposed", said or "none", facts)


def _states(rooms: Rooms, cells: Sequence[Named]) -> Trace:
    said = [f"{n:,} {state}" for state in CELL_STATES if (n := sum(c.state == state for _, c in cells))]
    return _listed(rooms, "values-stand", "\n".join(said), [(c.event, value_name(label, c), c.state) for label, c in cells])


def _values_settled(rooms: Rooms, cells: Sequence[Named]) -> Trace:
    open_, settled = sum(c.conflict for _, c in cells), sum(c.state == "consensus" for _, c in cells)
    facts = [(one, e) for one in cells if one[1].conflict or one[1].state == "consensus" for e in map(rooms.seat.event, one[1].history)]
    said = f"{settled:,} settled by consensus, {open_:,} open" if settled or open_ else "none"
    return _of_values(rooms, "values-settled", said, [(one, e) for one, e in facts if not e.by_tool])


def _asked(rooms: Rooms, contacts: Sequence[Event]) -> Trace:
    answered = sum(bool(e.body["answer"]) for e in contacts)
    about = len({e.subject for e in contacts})
    said = f"{len(contacts):,} asked about {about:,} {'study' if about == 1 else 'studies'}, {answered:,} answered"
    known = names(rooms)
    entries = [
        one_line(
            rooms, e.id, known.get(e.subject, e.subject), f"asked {e.body['whom']}; {e.body['answer'] or 'no answer'}", e.body["asked"]
        )
        for e in contacts[:MOST]
    ]
    return counted(
        rooms, "contacts-asked", "", entries, len(contacts), value=said if contacts else "none recorded", none="No question recorded"
    )


def appraisal_process(rooms: Rooms) -> Table:
    """How risk of bias was assessed: each tool with its version, how many assessors, whether apart, how judgements are reached."""
    views = [(s.label, a) for s in rooms.studies.views() for a in rooms.bias.assessments(s)]
    found: dict[str, Trace] = {}
    rows, cited = [], []
    for name in dict.fromkeys([*tools_used(rooms), *(a.tool for _, a in views)]):
        own = [(f"{label}, {a.result or 'the study'}", a) for label, a in views if a.tool == name]
        chosen = _chosen(rooms, name, own)
        try:
            tool = rooms.bias.tool_shown(name)
        except NotFound:
            missing = (Cell("", missing="empty", why="there is no such tool") for _ in range(7))
            rows.append((replace(told_by(found, name, chosen), flag="not found"), *missing))
            continue
        cited.append(f"{tool.label}, version {tool.version}. {tool.citation}")
        rows.append(_appraised(rooms, tool, own, chosen, found))
    columns = (
        Column("tool", "Tool", width=2),
        Column("version", "Version"),
        Column("due", "Assessors due", align="right"),
        Column("people", "Assessors who answered", align="right"),
        Column("apart", "Independence", width=2),
        Column("judged", "Judgements", width=2),
        Column("results", "Results assessed", align="right"),
        Column("not", "Not assessed, with a reason", align="right"),
    )
    notes = (*cited, *rooms.table_notes())
    empty = "No tool was chosen yet."
    return Table("appraisal-process", "How risk of bias was assessed", columns, tuple(rows), notes if rows else (), found, empty)


Judged = tuple[str, AssessmentView]  # the name of what was assessed, and the assessment


def _appraised(rooms: Rooms, tool: Tool, own: Sequence[Judged], chosen: Trace, found: dict[str, Trace]) -> tuple[Cell, ...]:
    """The row of one tool."""
    live = rooms.seat.state("corrections", Corrections, fold).facts.live
    by = shared(rooms, (a.events for _, a in own), rooms.bias.needed)
    due = in_role(rooms, key_of("assessors-due", tool.id), "assessor", rooms.bias.needed)
    given = [(name, [e for e in _given(rooms, a.events) if live(e.id)]) for name, a in own]
    answers = [(e.id, name, _ASSESSED[e.kind]) for name, events in given for e in events]
    apart = [(events[-1].id, name, HOW[how]) for (name, events), how in zip(given, by.how, strict=True) if how]
    done, not_done = ([(a.events[-1], name, a.status) for name, a in own if (a.status == "not assessed") is out] for out in (False, True))
    judged = "the tool's rules propose, a person settles" if tool.judgement == "rules" else "by people"
    made = (
        ("Tool", replace(chosen, value=tool.label)),
        ("Version", _of_file(tool, "version", tool.version, tool.version, chosen)),
        ("Assessors due", due),
        ("Assessors who answered", _listed(rooms, key_of("assessors", tool.id), f"{len(by.people):,}", answers)),
        ("Independence", _listed(rooms, key_of("assessed-apart", tool.id), by.said, apart, first=due.entries) if by.said else None),
        ("Judgements", _of_file(tool, "judgement", tool.judgement, judged, chosen)),
        ("Results assessed", _listed(rooms, key_of("results-assessed", tool.id), f"{len(done):,}", done)),
        ("Not assessed, with a reason", _listed(rooms, key_of("results-not-assessed", tool.id), f"{len(not_done):,}", not_done)),
    )
    return tuple(told_by(found, f"{head}: {tool.label}", origin, "nobody has finished one yet") for head, origin in made)


_ASSESSED = {"appraisal.judged": "assessed", "appraisal.not_assessed": "said why it was not assessed"}


def _chosen(rooms: Rooms, name: str, own: Sequence[Judged]) -> Trace:
    """Why a tool stands in the table: the protocol's line, else what was assessed with it."""
    key = key_of("tool", name)
    planned = plan_trace(
        rooms, key, "", lambda plan: name if name in plan.appraisal.tools else "", lambda plan: ("appraisal", "tools"), mark=name
    )
    if name in rooms.protocol.plan.appraisal.tools:
        return planned
    return _listed(rooms, key, name, [(a.events[-1], what, a.status) for what, a in own], first=planned.entries)


def _of_file(tool: Tool, field: str, mark: str, value: str, chosen: Trace) -> Trace:
    """The origin of what a tool's file states: its line, and why the tool was chosen."""
    lines = tuple((n, line) for n, line in enumerate(tool.text.splitlines(), start=1) if re.match(rf"{field}\s*=", line))
    what = f"Stated in the file of the tool ({tool.origin}), sha-256 {tool.sha256[:16]}…; no fact of the ledger"
    entry = TraceEntry("", what, "tool", "", "", Quote(PurePath(tool.file).name, False, lines[:1], mark))
    return replace(chosen, key=key_of(field, tool.id), value=value, entries=(*chosen.entries, entry))
