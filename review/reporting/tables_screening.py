"""Tables of screening: where each report stands, open conflicts without names, agreement, and the classification of studies."""

from __future__ import annotations

from collections.abc import Sequence

from review.model.decision import STAGES, is_imported
from review.model.event import Event
from review.model.views import ReportView, StudyView
from review.reporting.flow import Flow, removal_reason
from review.reporting.notices import flag_of
from review.reporting.rooms import Rooms
from review.reporting.table import Cell, Column, Table
from review.reporting.trace import key_of, report_trace, study_trace
from review.reporting.trace_counts import pairs_trace
from review.reporting.trace_view import Trace
from review.screening.agreement import Agreement
from review.screening.pairs import pair_of

_STAGES = {"title_abstract": "title and abstract", "full_text": "full text"}
_RETRIEVAL = {"retrieved": "retrieved", "extract_only": "extract only", "not_retrieved": "not retrieved", None: "sought"}
METHODS = (("kappa", "Cohen's kappa"), ("raw", "Raw agreement"), ("pabak", "PABAK"), ("ac1", "Gwet's AC1"))


def standings(rooms: Rooms) -> Table:
    """One row a report: both stages, retrieval, and what its study was classified as."""
    found: dict[str, Trace] = {}
    flow = rooms.flow()
    owners: dict[str, list[StudyView]] = {}
    for study in rooms.studies.views():
        for member in study.reports:
            owners.setdefault(member.id, []).append(study)
    rows = []
    for report in rooms.studies.report_views():
        trace = report_trace(rooms, report)
        found[trace.key] = trace
        sought = rooms.screening.sought(report)
        first = Cell("straight to full text") if report.lane == "other" else _first(rooms, report, flow)
        got = rooms.screening.retrieval(report)[0]
        retrieved = Cell(_RETRIEVAL[got]) if sought else Cell("", missing="empty", why="not sought")
        in_hand = sought and got in ("retrieved", "extract_only")
        second = _outcome(rooms, report, "full_text") if in_hand else Cell("", missing="empty", why="no full text in hand")
        rows.append(
            (
                Cell(report.title, trace=trace.key, flag=flag_of(report.records)),
                Cell("other methods" if report.lane == "other" else "databases and registers"),
                first,
                retrieved,
                second,
                _classified(rooms, owners[report.id], in_hand, flow, found),
            )
        )
    columns = (
        Column("title", "Report", width=4),
        Column("lane", "Found by", width=2),
        Column("first", "Title and abstract", width=2),
        Column("retrieval", "Full text"),
        Column("second", "Decision at full text", width=3),
        Column("study", "Study", width=2),
    )
    return Table("standings", "Where each report stands", columns, tuple(rows), rooms.table_notes(), found, "There is no report yet.")


def _first(rooms: Rooms, report: ReportView, flow: Flow) -> Cell:
    """The outcome at title and abstract; what was removed before, and what a stop left unseen, stand as in the flow."""
    if (removal := rooms.screening.removal(report)) is not None:
        return Cell(f"removed before screening: {removal_reason(removal)}")
    if report.stands.id in flow.ids("records_excluded_automatic"):
        seen = rooms.screening.standing(report, "title_abstract").outcome is not None
        return Cell("exclude, by automation" + ("" if seen else ": not screened after stopping"))
    return _outcome(rooms, report, "title_abstract")


def _outcome(rooms: Rooms, report: ReportView, stage: str) -> Cell:
    stand = rooms.screening.standing(report, stage)
    if stand.conflict:
        return Cell("waits", flag="conflict")
    if stand.outcome is None:
        return Cell(f"waits ({stand.answered} of {rooms.screening.panel(report, stage).needed} decided)")
    settled = rooms.screening.panel(report, stage).resolution
    resolved = "" if settled is None else " (imported consensus)" if is_imported(settled) else " (resolved)"
    if stand.outcome == "include":
        return Cell(("passed" if stage == "title_abstract" else "include") + resolved)
    why = rooms.reason_at(stand) or ("reason not recorded" if stage == "full_text" else "")
    return Cell("exclude" + resolved + (f": {why}" if why else ""))


def _classified(rooms: Rooms, studies: Sequence[StudyView], in_hand: bool, flow: Flow, found: dict[str, Trace]) -> Cell:
    """Every study that the report belongs to, with what became of it; one origin for all of them."""
    became = {s.id: rooms.became(s, flow) for s in studies}
    traces = [study_trace(rooms, s, flow) for s in studies]
    key = key_of("studies", *(s.id for s in studies)) if len(studies) > 1 else traces[0].key
    labels = "\n".join(f"{s.label}: {became[s.id]}" for s in studies)
    entries = {e: None for t in traces for e in t.entries}  # shared reports stand once
    found[key] = traces[0] if len(studies) == 1 else Trace(key, "; ".join(s.label for s in studies), labels, "", tuple(entries))
    if not in_hand and len(studies) == 1 and rooms.studies.final(studies[0]) is None:
        return Cell("", missing="empty", why=became[studies[0].id])
    flag = "conflict" if any(rooms.studies.panel(s).conflict for s in studies) else flag_of([r for s in studies for r in s.records])
    return Cell(labels, trace=key, flag=flag)


def conflicts(rooms: Rooms) -> Table:
    """Open conflicts of screening, with both answers and no names."""
    frame = rooms.screening.conflicts()
    reasons = rooms.reasons()
    reports = {r.id: r for r in rooms.studies.report_views()}
    found: dict[str, Trace] = {}
    rows = []
    for one in frame.itertuples(index=False):
        sides = [
            _side(one.decision_first, one.reason_first, one.note_first, reasons),
            _side(one.decision_second, one.reason_second, one.note_second, reasons),
        ]
        report = reports[one.report]
        trace = report_trace(rooms, report)
        found[trace.key] = trace
        title = Cell(one.title, trace=trace.key, flag=flag_of(report.records))
        rows.append((title, Cell(_STAGES[one.stage]), Cell(sides[0]), Cell(sides[1])))
    columns = (
        Column("title", "Report", width=3),
        Column("stage", "Stage"),
        Column("first", "One reviewer", width=3),
        Column("second", "The other", width=3),
    )
    notes = rooms.table_notes("The order of the two answers tells nothing about who gave them.") if rows else ()
    return Table("conflicts", "Open conflicts", columns, tuple(rows), notes, found, "No conflict is open.")


def _side(decision: str, reason: str | None, note: str, reasons: dict[str, str]) -> str:
    return "\n".join(w for w in (decision, reasons.get(reason or "", ""), note) if w)


def agreement(rooms: Rooms) -> Table:
    """Agreement per stage and pair: kappa with interval beside raw agreement, PABAK and AC1; the counts alone under 30 pairs."""
    rows = []
    traces: dict[str, Trace] = {}
    for stage in STAGES:
        pairs, every = rooms.screening.reviewer_pairs(stage), rooms.screening.pairs(stage)
        for number, pair in enumerate(pairs or [None], start=1):
            who = f"pair {number}" if len(pairs) > 1 else "the two reviewers"
            own = [one for one in every if pair is None or pair_of(one) == pair]
            label = f"Decisions of {who} at {_STAGES[stage]}"
            trace = pairs_trace(rooms, key_of("agreement", stage, str(number)), label, own)
            traces[trace.key] = trace
            for as_include in (False, True) if stage == "title_abstract" else (False,):
                counted = "unsure counted as include" if as_include else "include, unsure, exclude"
                for method, name in METHODS:
                    found = rooms.screening.agreement(stage, method=method, unsure_as_include=as_include, pair=pair)
                    rows.append((Cell(_STAGES[stage], trace=trace.key), Cell(who), Cell(counted), Cell(name), *_statistic(found)))
    columns = (
        Column("stage", "Stage", width=2),
        Column("pair", "Between", width=2),
        Column("categories", "Categories", width=2),
        Column("statistic", "Statistic", width=2),
        Column("value", "Value", align="decimal"),
        Column("interval", "95 % interval", width=2),
        Column("n", "Pairs", align="right"),
        Column("note", "Note", width=2),
    )
    note = "Each reviewer's last decision before both were known. Kappa depends on how common each answer is; read it with the counts."
    return Table("agreement", "Agreement of the reviewers", columns, tuple(rows), rooms.table_notes(note), traces)


def _statistic(found: Agreement) -> tuple[Cell, Cell, Cell, Cell]:
    if not found.shown or found.value is None or found.low is None:
        blank = Cell("", missing="empty", why=found.note)
        return blank, blank, Cell(f"{found.n:,}"), Cell(found.note)
    return Cell(f"{found.value:.2f}"), Cell(f"{found.low:.2f} to {found.high:.2f}"), Cell(f"{found.n:,}"), Cell(found.note)


def counts(rooms: Rooms, stage: str) -> Table:
    """The table of pairs that agreement rests on: first reviewer in rows, second in columns, by the order of their ids."""
    shown = rooms.screening.agreement(stage)
    sides: dict[tuple[str, str], list[tuple[Event, Event]]] = {}
    for one in rooms.screening.pairs(stage):
        first, second = sorted(one, key=lambda e: e.actor)
        sides.setdefault((first.body["decision"], second.body["decision"]), []).append(one)
    found: dict[str, Trace] = {}
    rows = []
    for name, line in zip(shown.categories, shown.table, strict=True):
        cells = [Cell(name)]
        for other, n in zip(shown.categories, line, strict=True):
            label = f"Pairs at {_STAGES[stage]}: {name} by one reviewer, {other} by the other"
            trace = pairs_trace(rooms, key_of("counts", stage, name, other), label, sides.get((name, other), ()))
            found[trace.key] = trace
            cells.append(Cell(f"{n:,}", trace=trace.key))
        rows.append(tuple(cells))
    heads = (Column("first", "One reviewer"), *(Column(c, c, align="right") for c in shown.categories))
    title = f"Pairs of decisions at {_STAGES[stage]} ({shown.n:,} pairs; columns: the other reviewer)"
    return Table(key_of("counts", stage), title, heads, tuple(rows), rooms.table_notes(), found)
