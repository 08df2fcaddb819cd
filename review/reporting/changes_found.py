"""The comparisons behind ``changes.py``: one function for each room, from the views of two dates to lines."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from review.certainty.grading import LEVELS
from review.extraction.switching_steps import Compared
from review.model.certainty import CertaintyView
from review.model.decision import is_imported
from review.model.views import AssessmentView, CellView, RecordView, StudyView
from review.records.versions import differences, in_short
from review.reporting.escaping import legal
from review.reporting.flow import Flow
from review.reporting.rooms import Rooms

MOST = 10  # names in a line, and changed fields under a record


@dataclass(frozen=True)
class Change:
    """One line, the ids that it is about, the facts that made it, and what it says in more detail."""

    text: str
    ids: tuple[str, ...] = ()
    events: tuple[str, ...] = ()
    more: tuple[str, ...] = ()

    @property
    def lines(self) -> list[str]:
        """The line, and what is said in more detail, indented; a text of others keeps to its line and moves no cursor."""
        said = [" ".join(legal(line).split()) for line in (self.text, *self.more)]
        return [said[0], *(f"  {line}" for line in said[1:])]


@dataclass(frozen=True)
class Section:
    """What changed in one room."""

    title: str
    changes: tuple[Change, ...]


def sections(before: Rooms, after: Rooms, update: Flow) -> Iterator[Section]:
    """Every room in the order of the corridor, those without a change left out."""
    found: dict[str, Iterable[Change]] = {
        "Protocol": _protocol(before, after),
        "Searches": _searches(before, after),
        "Records": _records(before, after),
        "Studies": _studies(before, after),
        "Screening": _screening(before, after),
        "Extraction": _extraction(before, after),
        "Risk of bias": _bias(before, after),
        "Certainty": _certainty(before, after),
        "Flow": _flow(before, after),
    }
    made = {title: tuple(these) for title, these in found.items()}
    if any(made.values()):
        made[f"Flow of the update ({update.template})"] = tuple(_update(update, {**_names(before), **_names(after)}))
    for title, these in made.items():
        if these:
            yield Section(title, these)


def _protocol(before: Rooms, after: Rooms) -> Iterator[Change]:
    known, now = {e.id for e in before.protocol.history}, {e.id for e in after.protocol.history}
    for event in before.protocol.history:
        if event.id not in now:
            yield Change(f"protocol version {event.body['number']} was taken back", events=(event.id,))
    for event in after.protocol.history:
        if event.id in known:
            continue
        if "reason" not in event.body:
            yield Change(f"protocol frozen as version {event.body['number']}", events=(event.id,))
            continue
        results = "results known" if event.body["results_known"] else "results not known"
        told = (
            f"changed: {', '.join(event.body['changed'])}",
            f"at {event.body['stage_reached']}, {results}; decisions to check again: {len(event.body['check_again']):,}",
        )
        yield Change(f"protocol amended to version {event.body['number']}: {event.body['reason']}", events=(event.id,), more=told)


def _searches(before: Rooms, after: Rooms) -> Iterator[Change]:
    known, now = ({s.id: s for s in rooms.searches.views()} for rooms in (before, after))
    for search in now.values():
        if search.id not in known:
            hits = "" if search.hits is None else f", {search.hits:,} hits"
            yield Change(f"new search: {search.source}, searched {search.searched}{hits}", (search.id,), (search.event,))
    for search in known.values():
        if search.id not in now:
            yield Change(f"search taken back: {search.source}, searched {search.searched}", (search.id,), (search.event,))


def _records(before: Rooms, after: Rooms) -> Iterator[Change]:
    known, now = ({r.id: r for r in rooms.records.views()} for rooms in (before, after))
    for record in now.values():
        named, ids = f"{record.title} ({record.search.source})", (record.id,)
        if record.id not in known:
            yield Change(f"new record: {named}", ids, (record.event,))
        elif record.versions != known[record.id].versions:
            yield Change(f"new version: {named}", ids, (record.event,), tuple(_fields(known[record.id], record)))
    for record in known.values():
        if record.id not in now:
            yield Change(f"record taken back: {record.title} ({record.search.source})", (record.id,), (record.event,))


def _fields(old: RecordView, new: RecordView) -> Iterator[str]:
    """Each field of the record that reads otherwise, old → new, those that a review must see first."""
    changed = differences(old.doc, new.doc)
    yield from map(str, changed[: 2 * MOST])
    if len(changed) > 2 * MOST:
        yield f"and {len(changed) - 2 * MOST:,} more fields"


def _studies(before: Rooms, after: Rooms) -> Iterator[Change]:
    titles = {r.id: r.title for rooms in (before, after) for r in rooms.studies.report_views()}
    was = {s.id: s for s in before.studies.views()}
    for study in after.studies.views():
        earlier = [was[subject] for subject in study.subjects if subject in was]
        if not earlier:
            yield Change(f"new study: {study.label}", (study.id,))
            continue
        old, new = {r.id for s in earlier for r in s.reports}, {r.id for r in study.reports}
        moved = [f"{sign} {titles[r]}" for sign, ids in (("+", new - old), ("−", old - new)) for r in sorted(ids)]
        if moved:
            yield Change(f"reports of {study.label}", (study.id,), tuple(e for e in study.links.values() if e), tuple(moved))
    yield from _by_study(before, after, _classified)


def _classified(rooms: Rooms, study: StudyView) -> dict[str, tuple[str, tuple[str, ...]]]:
    final = rooms.studies.final(study)
    panel = rooms.studies.panel(study)
    events = tuple(e.id for e in (*panel.answers, *((panel.resolution,) if panel.resolution else ()))) if final else ()
    return {"classification": (final, events)} if final else {}


def _screening(before: Rooms, after: Rooms) -> Iterator[Change]:
    known = {e.id: e for e in before.screening.visible_events()}
    titles = {m: r.title for r in after.studies.report_views() for m in r.members}
    now = {e.id: e for e in after.screening.visible_events()}
    for event in now.values():
        if event.id in known:
            continue
        body, named = event.body, titles.get(event.subject, event.subject)
        decided = "resolved" if event.kind == "screening.resolved" else "changed to" if event.replaces else "decided"
        what = "imported" if is_imported(event) else decided
        replaced = now.get(event.replaces or "")
        old = f"{replaced.body['decision']} → " if replaced is not None else ""
        at = body["stage"].replace("_", " ")
        yield Change(f"{what}: {old}{body['decision']} at {at}: {named}", (event.subject,), (event.id,), tuple(_why(body)))
    was = {m: r for r in before.studies.report_views() for m in r.members}
    for report in after.studies.report_views():
        earlier = next((was[m] for m in report.members if m in was), None)
        for stage in ("title_abstract", "full_text") if earlier else ():
            stood, stands = before.screening.standing(earlier, stage), after.screening.standing(report, stage)
            if stood.outcome is not None and stood.outcome != stands.outcome:
                said = f"{stood.outcome} → {stands.outcome or 'waits again'} at {stage.replace('_', ' ')}: {report.title}"
                yield Change(f"outcome changed: {said}", (report.id,), stands.events or stood.events)
        stood_at = before.screening.retrieval(earlier)[0] if earlier else None
        status, event = after.screening.retrieval(report)
        if status is not None and status != stood_at:
            named = f"{(stood_at or 'waits').replace('_', ' ')} → {status.replace('_', ' ')}: {report.title}"
            yield Change(f"full text: {named}", (report.id,), (event,) if isinstance(event, str) and event else ())


def _why(body: Mapping[str, Any]) -> Iterator[str]:
    if body.get("reason"):
        yield f"reason: {body['reason']}"
    if body.get("note"):
        yield f"note: {body['note']}"


def _extraction(before: Rooms, after: Rooms) -> Iterator[Change]:
    yield from _by_study(before, after, lambda rooms, study: dict(map(_cell, rooms.extraction.cells(study))))
    yield from _by_study(before, after, lambda rooms, study: dict(_switching(rooms.extraction.comparisons(study))))
    known = {e.id for s in before.studies.views() for e in before.extraction.contacts(s)}
    for study in after.studies.views():
        for event in after.extraction.contacts(study):
            if event.id not in known:
                yield Change(f"contact: {study.label}, {event.body['when']}: {event.body['asked']}", (study.id,), (event.id,))


def _cell(cell: CellView) -> tuple[str, tuple[str, tuple[str, ...]]]:
    where = [part for part in (cell.arm, cell.outcome, cell.timepoint, cell.analysis_set) if part]
    unit = f" {cell.unit}" if cell.unit else ""
    state = f"{cell.state}, in conflict" if cell.conflict else cell.state
    return ", ".join([cell.item.replace("_", " "), *where]), (f"{in_short(cell.value)}{unit} ({state})", (cell.event,))


def _switching(compared: Iterable[Compared]) -> Iterator[tuple[str, tuple[str, tuple[str, ...]]]]:
    """What was judged of registered and reported; what nobody has judged is left out."""
    for row in compared:
        one = row.comparison
        if row.judgement is not None:
            words = ", ".join((row.judgement.replace("_", " "), *row.finds))
            sides = " → ".join(in_short(side.text) if side else "nothing" for side in (one.registered, one.other))
            yield f"registered and reported, {one.field} {sides} ({one.item})", (f"{words} ({row.state})", row.events[-1:])


def _bias(before: Rooms, after: Rooms) -> Iterator[Change]:
    yield from _by_study(before, after, lambda rooms, study: dict(map(_assessment, rooms.bias.assessments(study))))


def _assessment(found: AssessmentView) -> tuple[str, tuple[str, tuple[str, ...]]]:
    name = ", ".join(part for part in (found.tool, found.result, found.effect) if part)
    domains = "; ".join(f"{domain} {level}" for domain, level in found.domains.items())
    why = "; ".join(f"{name} not {found.proposed[name]}: {reason}" for name, reason in found.overrides.items() if name in found.proposed)
    weight = f"weight {found.weight}" if found.weight is not None else ""
    said = " – ".join(part for part in (found.overall, domains, why, found.reason, weight) if part)
    return name, (f"{in_short(said)} ({found.status})" if said else found.status, found.events)


def _certainty(before: Rooms, after: Rooms) -> Iterator[Change]:
    """What reads otherwise of the certainty of each outcome."""
    first, last = (dict(map(_graded, rooms.certainty.gradings())) for rooms in (before, after))
    for name in dict.fromkeys([*first, *last]):
        was, now = first.get(name, ("nothing", ())), last.get(name, ("nothing", ()))
        if was[0] != now[0]:
            yield Change(f"{name}: {was[0]} → {now[0]}", (), now[1] or was[1])


def _graded(one: CertaintyView) -> tuple[str, tuple[str, tuple[str, ...]]]:
    level = LEVELS[one.grading["final"]].word if one.grading else in_short(one.reason)
    stale = ", evidence changed since" if one.stale else ""
    return f"{one.outcome}, {one.comparison}", (f"{level} ({one.status}{stale})" if level else one.status, one.events)


Shown = Mapping[str, tuple[str, tuple[str, ...]]]  # what it is called -> how it reads, and the facts behind it


def _by_study(before: Rooms, after: Rooms, shown: Callable[[Rooms, StudyView], Shown]) -> Iterator[Change]:
    """Line by line what reads otherwise of each study."""
    was = {s.id: s for s in before.studies.views()}
    for study in after.studies.views():
        old: dict[str, tuple[str, tuple[str, ...]]] = {}
        for subject in study.subjects:
            old |= shown(before, was[subject]) if subject in was else {}
        new = shown(after, study)
        for name in dict.fromkeys([*old, *new]):
            first, last = old.get(name, ("nothing", ())), new.get(name, ("nothing", ()))
            if first[0] != last[0]:
                yield Change(f"{study.label}, {name}: {first[0]} → {last[0]}", (study.id,), last[1] or first[1])


def _flow(before: Rooms, after: Rooms) -> Iterator[Change]:
    names = {**_names(before), **_names(after)}
    first, second = before.flow(), after.flow()
    for name in dict.fromkeys([*first.boxes, *second.boxes]):
        was, now = first.boxes.get(name), second.boxes.get(name)
        if (was.ids if was else None) == (now.ids if now else None):
            continue
        entered = [i for i in (now.ids if now else ()) if i not in first.ids(name)]
        left = [i for i in (was.ids if was else ()) if i not in second.ids(name)]
        counts = " → ".join(f"{box.n:,}" if box else "absent" for box in (was, now))
        more = tuple(f"{verb}: {_listed(names.get(i, i) for i in ids)}" for verb, ids in (("entered", entered), ("left", left)) if ids)
        yield Change(f"{name}: {counts} (+{len(entered)}, -{len(left)})", (*entered, *left), more=more)


def _update(update: Flow, names: Mapping[str, str]) -> Iterator[Change]:
    for name, box in update.boxes.items():
        more = (_listed(names.get(i, i) for i in box.ids),) if box.ids else ()
        yield Change(f"{name}: {box.n:,}", box.ids, more=more)


def _names(rooms: Rooms) -> dict[str, str]:
    """Id -> what a reader calls it: record by title and source, report by title, study by label."""
    return {
        **{r.id: f"{r.title} ({r.search.source})" for r in rooms.records.views()},
        **{r.id: r.title for r in rooms.studies.report_views()},
        **{s.id: s.label for s in rooms.studies.views()},
    }


def _listed(names: Iterable[str]) -> str:
    every = list(names)
    return "; ".join(every[:MOST]) + (f"; and {len(every) - MOST:,} more" if len(every) > MOST else "")
