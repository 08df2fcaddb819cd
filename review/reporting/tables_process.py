"""The table that states how people screened: how many decided, whether apart, who settled what they differed on, and which tools took part.

It counts what the viewer may see, and names nobody. Extraction and appraisal stand in ``tables_collection.py``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from operator import attrgetter

from review.model.consensus import Panel
from review.model.decision import STAGE_NAMES, STAGES, is_imported
from review.model.event import Event
from review.model.plan import Plan
from review.reporting.rooms import Rooms
from review.reporting.table import Cell, Column, Table
from review.reporting.tables_methods import named_tool
from review.reporting.trace import key_of, told_by
from review.reporting.trace_counts import MOST, Behind, answer_entries, counted, events_trace, fixed, one_line
from review.reporting.trace_plan import plan_trace
from review.reporting.trace_view import Trace, TraceEntry
from review.screening.imported import consensus_alone
from review.screening.state import differ

APART = "each decided without seeing the other's answer"
ALONE = "one person decided alone"


@dataclass(frozen=True)
class Asked:
    """What was asked of people at one stage: how many were due, the panels, and the ids of the reports or studies asked about."""

    due: int
    panels: tuple[Panel, ...]
    about: tuple[str, ...]

    @property
    def answered(self) -> int:
        """Questions to which everybody due has answered."""
        return sum(p.closed for p in self.panels)

    @property
    def answers(self) -> list[Event]:
        """The live answers that may be seen."""
        return [e for p in self.panels for e in p.answers]

    @property
    def people(self) -> int:
        """Different people among the answers."""
        return len({e.actor for e in self.answers if not e.by_tool})

    @property
    def by_consensus(self) -> int:
        """Questions that an imported consensus ended before everybody due had answered here: who read them is not known."""
        return sum(consensus_alone(p) for p in self.panels)

    @property
    def imported(self) -> list[Event]:
        """Answers and consensus decisions that came from another tool's file and may be seen, in the order of the ledger."""
        found = [e for p in self.panels for e in (*p.answers, p.resolution) if e is not None and is_imported(e)]
        return sorted(found, key=IN_ORDER)


def asked(rooms: Rooms) -> dict[str, Asked]:
    """Stage -> what was asked there; 'classification' is about studies, the others about reports."""
    settings = rooms.protocol.plan.settings.reviewers_per_stage
    reports, flow = rooms.studies.report_views(), rooms.flow()
    in_hand = flow.ids("dbr_assessed") | flow.ids("other_assessed")
    places = {"title_abstract": [r for r in reports if r.stands.id in flow.ids("records_screened")]}
    places["full_text"] = [r for r in reports if r.id in in_hand]
    found = {
        stage: Asked(
            getattr(settings, stage), tuple(rooms.screening.panel(r, stage) for r in places[stage]), tuple(r.id for r in places[stage])
        )
        for stage in STAGES
    }
    passed = [
        study
        for study in rooms.studies.views()
        if any(r.id in in_hand and rooms.screening.standing(r, "full_text").outcome == "include" for r in study.reports)
    ]
    panels = tuple(rooms.studies.panel(s) for s in passed)
    return {**found, "classification": Asked(settings.full_text, panels, tuple(s.id for s in passed))}


def screening_process(rooms: Rooms) -> Table:
    """How this review was screened: at each stage how many decided, whether apart, who settled what they differed on, and which tools."""
    stages, behind = asked(rooms), Behind(rooms)
    found: dict[str, Trace] = {}

    def row(aspect: str, made: Callable[[str, Asked], Trace | None], why: str = "") -> tuple[Cell, ...]:
        return (Cell(aspect), *(told_by(found, f"{aspect}: {_PARTS[name]}", made(name, stage), why) for name, stage in stages.items()))

    rows = (
        row("Reviewers due", partial(_due, rooms)),
        row("Reviewers who decided", partial(_people, rooms)),
        row("Independence", partial(_independence, rooms), "no answer of a reviewer that may be seen"),
        row("Decided by all who were due", partial(_answered, rooms, behind)),
        row("Disagreements", partial(_settled, rooms)),
        row("Unsure", partial(_unsure, rooms)),
        row("Automation", partial(_automation, rooms, behind)),
        *((row("Imported from other tools", partial(_imported, rooms)),) if rooms.screening.imports() else ()),
    )
    columns = (
        Column("aspect", "Aspect"),
        Column("title_abstract", "Title and abstract", width=2),
        Column("full_text", "Full text", width=2),
        Column("classification", "Classification of studies", width=2),
    )
    notes = (*_pilots(rooms), "Reports found by other methods go straight to full text.", *rooms.table_notes())
    return Table("screening-process", "How this review was screened", columns, rows, notes, found)


_PARTS = {**STAGE_NAMES, "classification": "classification of studies"}
_UNITS = {"title_abstract": "reports", "full_text": "reports", "classification": "studies"}
_UNSURE = {"goes_on": "goes on to full text", "conflict": "is a disagreement"}
_PRESENTED = {
    "elas-u4": "on records ranked by what had been decided (elas-u4)",
    "nb": "on records ranked by another model (nb)",
    "question": "on records ranked by likeness to the protocol's question",
    "includes": "on records ranked by likeness to what was included",
    "random": "on records drawn at random",
    "arrival": "on records in the order in which they came in",
}
IN_ORDER = attrgetter("position")


def _due(rooms: Rooms, name: str, stage: Asked) -> Trace:
    """The line of the protocol that says how many decide; studies are classified by as many as read at full text."""
    part = "title_abstract" if name == "title_abstract" else "full_text"

    def said(plan: Plan) -> str:
        return str(getattr(plan.settings.reviewers_per_stage, part))

    found = plan_trace(rooms, key_of("due", name), "", said, lambda plan: ("settings", "reviewers_per_stage"), mark=f"{part} = {stage.due}")
    alone = sum(p.needed < stage.due for p in stage.panels)
    return replace(found, value=f"{stage.due:,}" + (f"; one for {alone:,} of {len(stage.panels):,}, by the lead's rule" if alone else ""))


def _people(rooms: Rooms, name: str, stage: Asked) -> Trace:
    """How many people answered, with their answers behind it, in the order of the ledger."""
    answers = sorted((e for e in stage.answers if not e.by_tool), key=IN_ORDER)
    said = f"{stage.people:,}" + (f"; {_unknown(stage)}" if stage.by_consensus else "")
    return events_trace(rooms, key_of("decided", name), "", answers, len(answers), value=said, none="No decision that may be seen")


def _unknown(stage: Asked) -> str:
    return f"not known for {stage.by_consensus:,} decided by imported consensus"


def _independence(rooms: Rooms, name: str, stage: Asked) -> Trace | None:
    """Whether people answered apart: how many were due, and the answers that count as given apart."""
    if not stage.answers and stage.by_consensus:
        taken_in = stage.imported
        return events_trace(rooms, key_of("apart", name), "", taken_in, len(taken_in), value=_unknown(stage))
    if not stage.answers:
        return None
    seen = sum(len({e.actor for e in p.answers} - {e.actor for e in p.independent}) for p in stage.panels if p.closed)
    apart = sorted((e for p in stage.panels for e in p.independent or p.answers), key=IN_ORDER)
    said = ALONE if stage.due < 2 else APART + (f", except for {seen:,} answers of somebody who could see another's first" if seen else "")
    if stage.due > 1 and (single := sum(p.needed < 2 and bool(p.answers) for p in stage.panels)):
        said += f"; {single:,} were read by one person alone, which departs from dual screening"
    if taken := sum(is_imported(e) for e in apart):
        said += f"; of {taken:,} imported answers it is not known here"
    said += f"; {_unknown(stage)}" if stage.by_consensus else ""
    due = _due(rooms, name, stage).entries
    return events_trace(rooms, key_of("apart", name), "", apart, len(apart), value=said, first=due)


def _answered(rooms: Rooms, behind: Behind, name: str, stage: Asked) -> Trace:
    """What is asked about, each with what decided it, or with how it came in."""
    said = f"{stage.answered:,} of {len(stage.about):,} {_UNITS[name]}"
    said += f"; {stage.by_consensus:,} more by imported consensus, readers not known" if stage.by_consensus else ""
    field = {"title_abstract": "records_screened", "full_text": "excluded", "classification": "included_reports"}[name]
    return replace(behind.trace(key_of("answered", name), "", stage.about, field), value=said)


def _settled(rooms: Rooms, name: str, stage: Asked) -> Trace:
    """Open disagreements, and those that were settled, by whom; the answers that differ, and what settled them.

    An imported consensus settles one only where everybody due had answered, and differently.
    """
    there = [p for p in stage.panels if p.conflict or _settles(rooms, name, p)]
    open_ = sum(p.conflict for p in there)
    own = [p for p in there if p.resolution and not is_imported(p.resolution)]
    taken = len(there) - open_ - len(own)
    third = [p.resolution for p in own if p.resolution and p.resolution.actor not in {e.actor for e in p.answers}]
    agreed = len(own) - len(third)
    said = [f"{len(third):,} settled by a third person"] if third else []
    said += [f"{taken:,} settled by an imported consensus"] if taken else []
    said += [f"{agreed:,} settled by agreement"] if agreed else []
    said += [f"{open_:,} open"] if open_ else []
    behind = [e for p in there for e in sorted([*p.answers, *([p.resolution] if p.resolution else [])], key=IN_ORDER)]
    return events_trace(rooms, key_of("settled", name), "", behind, len(behind), value="; ".join(said) or "none", none="No disagreement")


def _settles(rooms: Rooms, name: str, panel: Panel) -> bool:
    """Whether a resolution has ended a disagreement: of an imported one, whether everybody due had answered, and differently."""
    if panel.resolution is None or not is_imported(panel.resolution):
        return panel.resolution is not None
    unsure = rooms.protocol.plan.settings.unsure
    return panel.closed and any(differ(said, stage=name, unsure=unsure, needed=panel.needed) for said in (panel.independent, panel.answers))


def _imported(rooms: Rooms, name: str, stage: Asked) -> Trace:
    """How many decisions came from other tools' files, as consensus or as answers of reviewers; each with its file and line."""
    agreed = sum(e.kind.endswith("resolved") for e in stage.imported)
    answers = len(stage.imported) - agreed
    said = [f"{n:,} {words}" for n, words in ((agreed, "as consensus"), (answers, "as answers of reviewers")) if n]
    key = key_of("imported", name)
    return events_trace(rooms, key, "", stage.imported, len(stage.imported), value="\n".join(said) or "none", none="Nothing was imported")


def _unsure(rooms: Rooms, name: str, stage: Asked) -> Trace:
    """What 'unsure' does: at title and abstract the protocol's line, else a rule of the method; and who answered so."""
    answers = sorted((e for e in stage.answers if e.body.get("decision") == "unsure"), key=IN_ORDER)
    if name == "title_abstract":
        said = _UNSURE[rooms.protocol.plan.settings.unsure]
        line = plan_trace(
            rooms, "", "", lambda plan: plan.settings.unsure, lambda plan: ("settings", "unsure"), mark=rooms.protocol.plan.settings.unsure
        )
        first = line.entries
    else:
        said = "never final; it waits for a decision" if name == "full_text" else "no such answer"
        first = (fixed("A rule of the method, the same in every review"),)
    return events_trace(rooms, key_of("unsure", name), "", answers, len(answers), value=said, first=first, none="Nobody answered unsure")


def _automation(rooms: Rooms, behind: Behind, name: str, stage: Asked) -> Trace:
    """What tools took out before screening, what a person's stop left to no one, what tools answered, and what put records in order."""
    events = sorted((e for e in stage.answers if e.by_tool), key=IN_ORDER)
    said, entries, n = [], list[TraceEntry](), len(events)
    if name == "title_abstract":
        box = rooms.flow().boxes.get("excluded_automatic")
        said += [f"{tool}: {len(ids):,} removed before screening" for tool, ids in (box.by.items() if box else ())]
        removed = box.ids if box else ()
        entries += behind.trace("", "", removed, "excluded_automatic").entries if removed else ()
        stops = rooms.screening.stops()
        n += len(removed) + len(stops)
        for stop in stops:
            body = stop.body
            what = f"under the rule {body['rule']} (target recall {body['target_recall']}): {len(body['left']):,} not screened"
            what = ". ".join([what, *(sentence.rstrip(".") for sentence in rooms.tested(stop))])
            said.append(f"stopped by a person {what}")
            entries.append(one_line(rooms, stop.id, "Screening stopped by a person", what, body["note"]))
    counts = Counter(event.actor for event in events)
    said += [f"{named_tool(tool)}: {answers:,} answers" for tool, answers in counts.items()]
    presented = sorted((e for e in stage.answers if e.body.get("model")), key=IN_ORDER)
    said += _presented(rooms, stage, presented)
    entries += answer_entries(rooms, [*events, *presented][:MOST])
    n += len(presented)
    return counted(rooms, key_of("automation", name), "", entries, n, value="\n".join(said) or "none", none="Nothing by automation")


def _presented(rooms: Rooms, stage: Asked, presented: Sequence[Event]) -> list[str]:
    """What put the records before people, by their own decisions; nothing where no decision names it."""
    if not presented:
        return []
    counts = Counter(str(e.body["model"]) for e in presented)
    said = "; ".join(f"{n:,} {_PRESENTED.get(model, f'presented by {model}')}" for model, n in counts.most_common())
    people = sum(not e.by_tool for e in stage.answers)
    share = rooms.protocol.plan.settings.random_share
    return [f"order of reading, which decided nothing: of {people:,} answers of people {said}; random share by the protocol {share:g}"]


def _pilots(rooms: Rooms) -> list[str]:
    frame = rooms.screening.frame()
    rounds = sorted({str(name) for name in frame["round"] if isinstance(name, str)})
    return [f"Pilot rounds before or beside the main screening, in no count here: {', '.join(rounds)}."] if rounds else []
