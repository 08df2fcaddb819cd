"""Tables that state how people worked: how many screened, extracted and appraised, whether apart, who settled, and which tools took part.

They count what the viewer may see, and name nobody.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from review.errors import NotFound
from review.model.consensus import Panel
from review.model.decision import STAGES
from review.model.event import Event
from review.reporting.rooms import Rooms
from review.reporting.table import Cell, Column, Table
from review.reporting.tables_bias import tools_used
from review.reporting.tables_methods import named_tool
from review.reporting.trace import key_of, role_of
from review.reporting.trace_counts import MOST, counted
from review.reporting.trace_history import Corrections, fold
from review.reporting.trace_view import Trace, TraceEntry

APART = "each decided without seeing the other's answer"
ALONE = "one person decided alone"
CELL_STATES = ("pre-filled", "recorded by one", "checked by one", "checked by two", "extracted independently by two", "consensus")


@dataclass(frozen=True)
class Asked:
    """What was asked of people at one stage: the panels, how many were due at each, and the tools that answered."""

    due: int
    panels: tuple[Panel, ...]
    total: int

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
    def resolutions(self) -> list[Event]:
        """The resolutions that stand."""
        return [p.resolution for p in self.panels if p.resolution is not None]


def asked(rooms: Rooms) -> dict[str, Asked]:
    """Stage -> what was asked there; 'classification' is about studies, the others about reports."""
    settings = rooms.protocol.plan.settings.reviewers_per_stage
    reports, flow = rooms.studies.report_views(), rooms.flow()
    in_hand = flow.ids("dbr_assessed") | flow.ids("other_assessed")
    places = {"title_abstract": [r for r in reports if r.stands.id in flow.ids("records_screened")]}
    places["full_text"] = [r for r in reports if r.id in in_hand]
    found = {
        stage: Asked(getattr(settings, stage), tuple(rooms.screening.panel(r, stage) for r in places[stage]), len(places[stage]))
        for stage in STAGES
    }
    passed = [
        study
        for study in rooms.studies.views()
        if any(r.id in in_hand and rooms.screening.standing(r, "full_text").outcome == "include" for r in study.reports)
    ]
    panels = tuple(rooms.studies.panel(s) for s in passed)
    return {**found, "classification": Asked(settings.full_text, panels, len(passed))}


def screening_process(rooms: Rooms) -> Table:
    """How this review was screened: at each stage how many decided, whether apart, who settled what they differed on, and which tools."""
    stages = asked(rooms)
    found: dict[str, Trace] = {}
    plan = rooms.protocol.plan
    rows = [
        _row("Reviewers due", [f"{s.due:,}" for s in stages.values()]),
        (Cell("Reviewers who decided"), *(_people(rooms, name, s, found) for name, s in stages.items())),
        (Cell("Independence"), *(_independence(rooms, s) for s in stages.values())),
        _row("Decided by all who were due", [f"{s.answered:,} of {s.total:,} {u}" for s, u in zip(stages.values(), _UNITS, strict=True)]),
        (Cell("Disagreements"), *(_settled(rooms, name, s, found) for name, s in stages.items())),
        _row("Unsure", [_UNSURE[plan.settings.unsure], "never final; it waits for a decision", "no such answer"]),
        _row("Automation", [_tools(s.answers, _before(rooms) if name == "title_abstract" else []) for name, s in stages.items()]),
    ]
    columns = (
        Column("aspect", "Aspect"),
        Column("title_abstract", "Title and abstract", width=2),
        Column("full_text", "Full text", width=2),
        Column("classification", "Classification of studies", width=2),
    )
    notes = (*_pilots(rooms), "Reports found by other methods go straight to full text.", *rooms.table_notes())
    return Table("screening-process", "How this review was screened", columns, tuple(rows), notes, found)


_UNITS = ("reports", "reports", "studies")
_UNSURE = {"goes_on": "goes on to full text", "conflict": "is a disagreement"}


def _row(aspect: str, said: Sequence[str]) -> tuple[Cell, ...]:
    return (Cell(aspect), *(Cell(text) for text in said))


def _people(rooms: Rooms, name: str, stage: Asked, found: dict[str, Trace]) -> Cell:
    """How many people answered, with their answers behind it, in the order of the ledger."""
    answers = sorted((e for e in stage.answers if not e.by_tool), key=lambda e: e.position)
    key = key_of("decided", name)
    entries = [TraceEntry(e.id, "Decided", role_of(rooms, e), e.at, e.body.get("note") or "") for e in answers[:MOST]]
    found[key] = counted(rooms, key, "Decisions of reviewers", entries, len(answers))
    return Cell(f"{stage.people:,}", trace=key)


def _independence(rooms: Rooms, stage: Asked) -> Cell:
    if not stage.answers:
        return Cell("", missing="empty", why="nobody has decided yet")
    if stage.due < 2:
        return Cell(ALONE)
    see_all = {r.id for r in rooms.protocol.plan.reviewers if r.sees_all}
    seen = sum(e.actor in see_all for p in stage.panels for e in p.independent)
    return Cell(APART + (f", except for {seen:,} answers of a reviewer who sees all" if seen else ""))


def _settled(rooms: Rooms, name: str, stage: Asked, found: dict[str, Trace]) -> Cell:
    """Open disagreements, and those that were settled, by whom."""
    open_ = sum(p.conflict for p in stage.panels)
    third = [p.resolution for p in stage.panels if p.resolution and p.resolution.actor not in {e.actor for e in p.answers}]
    agreed = len(stage.resolutions) - len(third)
    said = [f"{len(third):,} settled by a third person"] if third else []
    said += [f"{agreed:,} settled by agreement"] if agreed else []
    said += [f"{open_:,} open"] if open_ else []
    key = None
    if stage.resolutions:
        key = key_of("settled", name)
        entries = (
            TraceEntry(e.id, "Disagreement settled", role_of(rooms, e), e.at, e.body.get("note") or e.body.get("reason") or "")
            for e in stage.resolutions[:MOST]
        )
        found[key] = Trace(key, "Disagreements settled", "; ".join(said), "", tuple(entries))
    return Cell("; ".join(said) or "none", trace=key)


def _tools(events: Sequence[Event], besides: Sequence[str]) -> str:
    counts = Counter(event.actor for event in events if event.by_tool)
    return "\n".join([*besides, *(f"{named_tool(tool)}: {n:,} answers" for tool, n in counts.items())]) or "none"


def _before(rooms: Rooms) -> list[str]:
    """What tools took out before screening, and what a person's stop left to no one."""
    box = rooms.flow().boxes.get("excluded_automatic")
    removed = [f"{tool}: {len(ids):,} removed before screening" for tool, ids in (box.by.items() if box else ())]
    return removed + [
        f"stopped by a person under the rule {s.body['rule']} (target recall {s.body['target_recall']}): "
        f"{len(s.body['left']):,} not screened"
        for s in rooms.screening.stops()
    ]


def _pilots(rooms: Rooms) -> list[str]:
    frame = rooms.screening.frame()
    rounds = sorted({str(name) for name in frame["round"] if isinstance(name, str)})
    return [f"Pilot rounds before or beside the main screening, in no count here: {', '.join(rounds)}."] if rounds else []


@dataclass(frozen=True)
class Shared:
    """How many people stand behind values or appraisals that the viewer may see: counts, and who answered at all.

    apart: two people, neither could see the other's answer; seen: two, one of whom could; alone: one person.
    """

    apart: int
    seen: int
    alone: int
    people: frozenset[str]

    @property
    def said(self) -> Cell:
        """In words; a cell that says so where nobody has answered."""
        told = (
            (self.apart, "by two people, neither of whom could see the other's answer"),
            (self.seen, "by two people, one of whom could see the other's answer"),
            (self.alone, "by one person"),
        )
        total = self.apart + self.seen + self.alone
        lines = [f"{n:,} of {total:,} {words}" for n, words in told if n]
        return Cell("\n".join(lines)) if lines else Cell("", missing="empty", why="nobody has finished one yet")


def shared(rooms: Rooms, answers: Iterable[Sequence[str]], due: int) -> Shared:
    """Who stands behind each of *answers* (ids of the facts on one question that the viewer may see), where *due* people answer apart."""
    see_all = {r.id for r in rooms.protocol.plan.reviewers if r.sees_all}
    live = rooms.seat.state("corrections", Corrections, fold).facts.live
    counts: Counter[str] = Counter()
    people: set[str] = set()
    for ids in answers:
        given = [e for e in map(rooms.seat.event, ids) if not e.by_tool and not e.kind.endswith("resolved")]
        standing = {e.actor for e in given if live(e.id)}
        order = [actor for actor in dict.fromkeys(e.actor for e in sorted(given, key=lambda e: e.position)) if actor in standing]
        people |= standing
        if order:
            blind = due > 1 and not see_all.intersection(order[1:2])
            counts["alone" if len(order) == 1 else "apart" if blind else "seen"] += 1
    return Shared(counts["apart"], counts["seen"], counts["alone"], frozenset(people))


def data_collection(rooms: Rooms) -> Table:
    """How data were collected: how many extractors, whether apart, which tool pre-filled, how values stand, and who was asked."""
    studies = rooms.studies.views()
    cells = [c for s in studies for c in rooms.extraction.cells(s)]
    first = [rooms.seat.event(c.history[0]) for c in cells if c.history]
    tools = dict.fromkeys(e.actor for e in first if e.by_tool)
    filled = sum(e.by_tool for e in first)
    standing = [f"{n:,} {state}" for state in CELL_STATES if (n := sum(c.state == state for c in cells))]
    open_, settled = len(rooms.extraction.conflicts()), sum(c.state == "consensus" for c in cells)
    contacts = [e for s in studies for e in rooms.extraction.contacts(s)]
    key = "contacts-asked" if contacts else None
    found = {}
    if key:
        entries = (TraceEntry(e.id, f"Asked {e.body['whom']}", role_of(rooms, e), e.at, e.body["asked"]) for e in contacts[:MOST])
        found[key] = Trace(key, "Questions to authors and sponsors", f"{len(contacts):,}", "", tuple(entries))
    by = shared(rooms, (c.history for c in cells), rooms.extraction.needed)
    rows = (
        (Cell("Extractors due for each value"), Cell(f"{rooms.extraction.needed:,}")),
        (Cell("Extractors who recorded or checked a value"), Cell(f"{len(by.people):,}")),
        (Cell("Independence"), by.said),
        (Cell("Automation"), Cell("\n".join(f"{named_tool(t)}, proposed {filled:,} of {len(cells):,} values" for t in tools) or "none")),
        (Cell("How the values stand"), Cell("\n".join(standing)) if standing else Cell("", missing="empty", why="no value yet")),
        (Cell("Disagreements"), Cell(f"{settled:,} settled by consensus, {open_:,} open" if settled or open_ else "none")),
        (Cell("Questions to authors and sponsors"), Cell(_asked(contacts), trace=key)),
    )
    columns = (Column("aspect", "Aspect"), Column("text", "In this review", width=4))
    return Table("data-collection", "How data were collected", columns, rows, rooms.table_notes(), found)


def _asked(contacts: Sequence[Event]) -> str:
    if not contacts:
        return "none recorded"
    answered = sum(bool(e.body["answer"]) for e in contacts)
    about = len({e.subject for e in contacts})
    return f"{len(contacts):,} asked about {about:,} {'study' if about == 1 else 'studies'}, {answered:,} answered"


def appraisal_process(rooms: Rooms) -> Table:
    """How risk of bias was assessed: each tool with its version, how many assessors, whether apart, how judgements are reached."""
    views = [a for s in rooms.studies.views() for a in rooms.bias.assessments(s)]
    rows = []
    cited = []
    for name in dict.fromkeys([*tools_used(rooms), *(a.tool for a in views)]):
        own = [a for a in views if a.tool == name]
        try:
            tool = rooms.bias.tool(name)
        except NotFound:
            rows.append((Cell(name, flag="not found"), *(Cell("", missing="empty", why="there is no such tool") for _ in range(7))))
            continue
        cited.append(f"{tool.label}, version {tool.version}. {tool.citation}")
        by = shared(rooms, (a.events for a in own), rooms.bias.needed)
        rows.append(
            (
                Cell(tool.label),
                Cell(tool.version),
                Cell(f"{rooms.bias.needed:,}"),
                Cell(f"{len(by.people):,}"),
                by.said,
                Cell("the tool's rules propose, a person settles" if tool.judgement == "rules" else "by people"),
                Cell(f"{sum(a.status != 'not assessed' for a in own):,}"),
                Cell(f"{sum(a.status == 'not assessed' for a in own):,}"),
            )
        )
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
    return Table("appraisal-process", "How risk of bias was assessed", columns, tuple(rows), notes if rows else (), {}, empty)
