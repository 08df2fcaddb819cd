"""What waits in every room, in the order of the work: for one viewer, for others, and by which command or card it is done.

It tells nothing of another's open answers: what waits for others is what anybody may know, and by name only who sees all is told.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from review.extraction.asked import IN_EXTRACTION, cells_of, is_open, items_for, waits
from review.model.authority import LEAD
from review.model.decision import STAGES
from review.model.views import StudyView
from review.reporting.rooms import Rooms
from review.screening.retrieving import IN_HAND

STAGE_WORDS = {"title_abstract": "title and abstract", "full_text": "full text"}
_CLOSED = ("agreed", "consensus", "not assessed", "not graded")


@dataclass(frozen=True, slots=True)
class Work:
    """One kind of work. mine: how much of it waits for the viewer (for anybody, where nobody looks); others: how much for others alone.

    line: what stands in the status, '' where nothing need; door: how one does it; where: what others are at, in words.
    """

    mine: int
    others: int
    line: str
    door: str
    where: str = ""


def work(rooms: Rooms) -> Iterator[Work]:
    """Everything that waits, room by room; the pilot rounds stand in ``pilots``."""
    yield from _documents(rooms)
    yield from _read(rooms, STAGES[0])
    yield _conflicts(rooms, sum(stage == STAGES[0] for _, stage in rooms.screening.unresolved()), "screener", "42_resolve", "screening")
    yield _to_find(rooms)
    yield from _read(rooms, STAGES[1])
    yield _conflicts(rooms, sum(stage == STAGES[1] for _, stage in rooms.screening.unresolved()), "screener", "42_resolve", "screening")
    yield from _classification(rooms)
    yield from _extraction(rooms)
    yield from _appraisal(rooms)
    yield from _certainty(rooms)


def _who(rooms: Rooms, role: str) -> str:
    """Whom the desk is opened for: the viewer, or R with who that may be."""
    if rooms.seat.viewer.name:
        return rooms.seat.viewer.name
    named = [r.id for r in rooms.protocol.plan.reviewers if role in r.roles]
    return f"R (R: {' or '.join(named)})" if named else "R"


def _door(rooms: Rooms, does: str, role: str, notebook: str, command: str = "") -> str:
    ways = [f"review desk --as {_who(rooms, role)}", f"notebook {notebook}", *([command] if command else [])]
    return f"{does}: {', '.join(ways[:-1])} or {ways[-1]}"


def _s(n: int, one: str) -> str:
    return f"{n:,} {one}{'s' * (n != 1)} wait{'s' * (n == 1)}"


def _studies(n: int) -> str:
    return f"{n:,} stud{'ies wait' if n != 1 else 'y waits'}"


def _is(rooms: Rooms, role: str) -> bool:
    """Whether work of that *role* is this viewer's; of anybody, where nobody looks."""
    viewer = rooms.seat.viewer
    return viewer.name is None or role in viewer.roles


def _settles(rooms: Rooms, role: str) -> bool:
    """Whether to end a conflict is this viewer's: the lead's; where the protocol names no lead, anybody's of the *role*."""
    viewer = rooms.seat.viewer
    led = any(LEAD in r.roles for r in rooms.protocol.plan.reviewers)
    return viewer.name is None or LEAD in viewer.roles or (not led and role in viewer.roles)


def _by_name(due: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {n:,}" for name, n in due.items() if n)


def _conflicts(rooms: Rooms, n: int, role: str, notebook: str, what: str, command: str = "") -> Work:
    """Conflicts to end; their line stands with those of other rooms above."""
    mine = _settles(rooms, role)
    door = _door(rooms, f"resolve the conflicts of {what}", LEAD, notebook, command)
    return Work(n if mine else 0, 0 if mine else n, "", door, f"{n:,} conflict{'s' * (n != 1)} of {what} for the lead")


def _documents(rooms: Rooms) -> Iterator[Work]:
    doors = "review desk, or notebook 22_studies, or review studies"
    pairs, links = len(rooms.studies.unsure()), len(rooms.studies.suggested())
    line = f"{pairs:,} pair{'s' * (pairs > 1)} of reports may be one document: a person merges or keeps apart"
    yield Work(pairs, 0, line if pairs else "", f"see which reports are one document: {doors} unsure")
    line = f"{links:,} report{'s' * (links > 1)} may be of a registered trial: a person links or refuses"
    yield Work(links, 0, line if links else "", f"see which reports are of which trial: {doors} suggested")


def pilots(rooms: Rooms) -> Iterator[Work]:
    """The pilot rounds. After the freeze what is left of one is told and holds nothing up; the desk then offers the main screening."""
    screening, who, frozen = rooms.screening, rooms.seat.viewer.name, rooms.protocol.frozen
    for name in screening.pilots():
        n = len(screening.queue(STAGES[0], round=name)) if _is(rooms, "screener") else 0
        line = f"{n:,} wait for {who} in pilot round {name}" if who else f"{_s(n, 'report')} in pilot round {name}"
        where = f": notebook 41_screen with round = {name!r}" if frozen else ""
        yield Work(0 if frozen else n, 0, line + where if n else "", _door(rooms, f"read pilot round {name}", "screener", "41_screen"))


def _read(rooms: Rooms, stage: str) -> Iterator[Work]:
    """What is to be read at a stage; for who sees all by name."""
    screening, viewer, words = rooms.screening, rooms.seat.viewer, STAGE_WORDS[stage]
    mine = len(screening.queue(stage)) if _is(rooms, "screener") else 0
    line = f"{mine:,} wait for {viewer.name} at {words}" if viewer.name else f"{_s(mine, 'report')} at {words}"
    door = _door(rooms, "screen", "screener", "41_screen")
    due = _by_name(screening.due(stage)) if viewer.sees_all else ""
    others = _open_at(rooms, stage)
    yield Work(mine, others, line if mine else "", door, f"{due} at {words}" if due else f"others at {words} ({others:,})")
    if viewer.sees_all and any((all_due := screening.due(stage)).values()):
        yield Work(0, 0, f"Due at {words}: " + ", ".join(f"{name} {n:,}" for name, n in all_due.items()), "")


def _open_at(rooms: Rooms, stage: str) -> int:
    """How many reports have no outcome at *stage* and no conflict: somebody has yet to answer."""
    screening = rooms.screening
    if stage == STAGES[0]:
        waiting = rooms.flow().boxes["records_waiting"].n
        return waiting - sum(one == stage for _, one in screening.unresolved())
    stands = screening.standings(stage)
    reports = [r for r in rooms.studies.report_views() if r.id in stands and screening.retrieval(r)[0] in IN_HAND]
    return sum(stands[r.id].outcome is None and not stands[r.id].conflict for r in reports)


def _to_find(rooms: Rooms) -> Work:
    n = len(rooms.screening.to_retrieve())
    line = f"{n:,} documents are sought, and nobody has said yet how they were obtained" if n else ""
    return Work(n, 0, line, "get the documents: review desk, or notebook 43_full_text")


def _classification(rooms: Rooms) -> Iterator[Work]:
    studies, viewer = rooms.studies, rooms.seat.viewer
    mine = len(studies.queue()) if _is(rooms, "screener") else 0
    due, conflicts = studies.due(), len(studies.conflicts())
    line = f"{_studies(mine)} for " + (f"{viewer.name}'s" if viewer.name else "a") + " classification"
    door = _door(rooms, "say what becomes of each study", "screener", "44_classify", "review studies due")
    named = _by_name(due) if viewer.sees_all else ""
    others = max(due.values(), default=0) if viewer.sees_all else _unclassified(rooms)
    yield Work(
        mine, others, line if mine else "", door, f"{named} at classification" if named else f"others at classification ({others:,})"
    )
    if viewer.sees_all and any(due.values()):
        yield Work(0, 0, "Due at classification: " + ", ".join(f"{name} {n:,}" for name, n in due.items()), "")
    yield _conflicts(rooms, conflicts, "screener", "44_classify", "classification", "review studies conflicts")


def _unclassified(rooms: Rooms) -> int:
    """How many studies with a report that is included at full text have no final classification and no conflict."""
    finals = rooms.studies.finals()
    return sum(finals.get(s.id) is None and not rooms.studies.panel(s).conflict for s in _passed(rooms))


def _passed(rooms: Rooms) -> list[StudyView]:
    stands, before = rooms.screening.standings("full_text"), set(rooms.protocol.plan.previous.studies)
    passed = {report for report, stand in stands.items() if stand.outcome == "include"}
    return [s for s in rooms.studies.views() if s.id not in before and not passed.isdisjoint(r.id for r in s.reports)]


def _extraction(rooms: Rooms) -> Iterator[Work]:
    """Studies in extraction that nobody has begun, or with cells that were pre-filled and not looked at; what is empty is told beside."""
    extraction, viewer, finals = rooms.extraction, rooms.seat.viewer, rooms.studies.finals()
    passed = {s.id for s in _passed(rooms)}
    in_work = [s for s in rooms.studies.views() if finals.get(s.id) in IN_EXTRACTION or (finals.get(s.id) is None and s.id in passed)]
    mine = unfinished = filled = empty = 0
    for study in in_work:
        cells = {cell.key: cell for cell in extraction.cells(study)}
        asked, own = cells_of(items_for(extraction.forms(), extraction.design(study)), cells), extraction.own(study)
        begun = any(cell.state != "pre-filled" for cell in cells.values())
        unfinished += not begun or any(is_open(cell, extraction.needed) for cell in cells.values())
        if _is(rooms, "extractor"):
            waiting = [key for key in asked if waits(key, cells, own)]
            seen = sum(key in cells for key in waiting)
            mine += bool(seen) or not (own or (viewer.name is None and begun))
            filled, empty = filled + seen, empty + len(waiting) - seen
    whose = f"for {viewer.name} at extraction" if viewer.name else "at extraction"
    line = f"{_studies(mine)} {whose}: {filled:,} cell{'s' * (filled != 1)} pre-filled and not looked at, {empty:,} empty"
    door = _door(rooms, "extract", "extractor", "51_extract", "review extract sheet FILE")
    yield Work(mine, unfinished, line if mine else "", door, f"others at extraction ({unfinished:,})")
    conflicts = len(extraction.conflicts()) + len(extraction.switching_conflicts())
    yield _conflicts(rooms, conflicts, "extractor", "51_extract", "extraction")


def _appraisal(rooms: Rooms) -> Iterator[Work]:
    bias, viewer = rooms.bias, rooms.seat.viewer
    assessed = {row.study for row in bias.frame().itertuples() if row.status in _CLOSED or (row.status == "by one" and bias.needed == 1)}
    finals, planned = rooms.studies.finals(), bool(bias.assessors and rooms.protocol.plan.appraisal.tools)
    unfinished = sum(final == "included" and study not in assessed for study, final in finals.items()) if planned else 0
    mine = len(bias.due()) if viewer.name in bias.assessors else unfinished if viewer.name is None else 0
    line = f"{mine:,} wait for {viewer.name} at risk of bias" if viewer.name else f"{_studies(mine)} at risk of bias"
    due = {name: len(bias.due(name)) for name in bias.assessors} if bias.sees_open else {}
    named, others = _by_name(due), max(due.values(), default=0) if bias.sees_open else unfinished
    door = _door(rooms, "assess", "assessor", "61_appraise")
    yield Work(mine, others, line if mine else "", door, f"{named} at risk of bias" if named else f"others at risk of bias ({others:,})")
    if any(due.values()):
        yield Work(0, 0, "Due at risk of bias: " + ", ".join(f"{name} {n:,}" for name, n in due.items()), "")
    yield _conflicts(rooms, len(bias.conflicts()), "assessor", "61_appraise", "appraisal")


def _certainty(rooms: Rooms) -> Iterator[Work]:
    """Outcomes to grade, where the protocol states a comparison and a study is included."""
    room, viewer, plan = rooms.certainty, rooms.seat.viewer, rooms.protocol.plan
    graded = {
        v.outcome for v in room.gradings() if v.status in _CLOSED or v.status == "conflict" or (v.status == "by one" and room.needed == 1)
    }
    asked = rooms.bias.assessors and room.comparison and "included" in rooms.studies.finals().values()
    unfinished = sum(outcome.id not in graded for outcome in plan.outcomes) if asked else 0
    mine = len(room.due()) if viewer.name else unfinished
    line = (
        f"{mine:,} outcome{'s wait' if mine > 1 else ' waits'} for your grading of certainty: review desk or 66_grade"
        if viewer.name
        else f"{_s(mine, 'outcome')} for a grading of certainty"
    )
    yield Work(
        mine,
        unfinished,
        line if mine else "",
        _door(rooms, "grade", "assessor", "66_grade", "review certainty due"),
        f"others at certainty ({unfinished:,})",
    )
    yield _conflicts(rooms, len(room.conflicts()), "assessor", "66_grade", "certainty", "review certainty conflicts")
