"""The summary of findings of one comparison, as journals print it: what is expected with and without the intervention, and how sure we are.

A table holds at most seven outcomes; further ones stand in a second table, which the first names. An outcome of the protocol without
evidence stays as a row. Numbers were entered by people or computed here from them, and the table says which.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from review.certainty.absolute import ROUNDING, Risk
from review.certainty.given import effect_of, synthesis_of, threshold_of
from review.certainty.grading import DOMAINS, IMPORTANCE, LEVELS, compared
from review.certainty.state import folded_name
from review.errors import InputRefused
from review.model.certainty import CertaintyView
from review.model.plan import Outcome
from review.reporting import certainty_words as words
from review.reporting.notices import flag_of
from review.reporting.rooms import Rooms
from review.reporting.table import Cell, Column, Table
from review.reporting.tables_bias import assessment_entries
from review.reporting.trace import key_of
from review.reporting.trace_history import role_of, told
from review.reporting.trace_plan import part_trace
from review.reporting.trace_view import Trace, TraceEntry

MOST_OUTCOMES = 7  # of one summary of findings
LONGEST_KEY = 60  # letters of a comparison in the name of a file
NOT_YET = "nobody has graded it yet, or not everybody who is due has"
STALE = "evidence changed since"
NO_UNIT = "The unit or scale of this difference is not stated."
RULE_OF_THUMB = "As a rule of thumb, a standardised difference of 0.2 SD is small, one of 0.5 moderate, one of 0.8 large."


@dataclass(frozen=True)
class Line:
    """One outcome of the protocol in one comparison; ``view`` is None while nobody's grading may be seen."""

    outcome: Outcome
    view: CertaintyView | None
    trace: Trace

    @property
    def grading(self) -> Mapping[str, Any] | None:
        """The body of the grading that stands."""
        return self.view.grading if self.view else None

    @property
    def name(self) -> str:
        """The outcome with its time frame, and which way is better where that was declared."""
        frame = f" ({self.outcome.time_frame})" if self.outcome.time_frame else ""
        threshold = self.grading["threshold"] if self.grading else None
        better = f"\n{threshold['better'].capitalize()} is better" if threshold and threshold["better"] else ""
        return f"{self.outcome.name}{frame}{better}"


def summary_of_findings(rooms: Rooms, comparison: str, part: int = 1) -> Table:
    """The summary of findings of a comparison ('A versus B'), *part* by part of seven outcomes.

    Raises InputRefused for what is no comparison, and for a part that there is not.
    """
    name = named(rooms, comparison)
    every = lines_of(rooms, name)
    parts = [every[at : at + MOST_OUTCOMES] for at in range(0, len(every), MOST_OUTCOMES)] or [[]]
    if not 1 <= part <= len(parts):
        raise InputRefused(f"this summary of findings has no part {part}", expected=f"1 to {len(parts)}")
    own = parts[part - 1]
    intervention, comparator = compared(name)
    columns = (
        Column("outcome", "Outcome", width=2),
        Column("comparator", f"With {comparator}", width=2, group="Anticipated absolute effects (CI)"),
        Column("intervention", f"With {intervention}", width=2, group="Anticipated absolute effects (CI)"),
        Column("relative", "Relative effect", unit="CI", width=2),
        Column("participants", "Participants\n(studies)", width=2),
        Column("certainty", "Certainty of the evidence", width=2),
        Column("comment", "What this means", width=4),
    )
    title = f"Summary of findings: {name}" + (f" (part {part} of {len(parts)})" if len(parts) > 1 else "")
    rows = tuple(row for line in own for row in _rows(rooms, line, intervention))
    below = (*_elsewhere(parts, part), *(footers(own) if own else ()), *rooms.table_notes())
    empty = "The protocol names no outcomes yet."
    found = {line.trace.key: line.trace for line in own}
    above = headers(rooms, intervention, comparator)
    return Table(summary_key(name, part), title, columns, rows, below, found, empty, above=above)


def summary_key(comparison: str, part: int) -> str:
    """The key of one part of a summary of findings."""
    return key_of("summary-of-findings", comparison_key(comparison), *([str(part)] if part > 1 else []))


def comparison_key(comparison: str) -> str:
    """The name of a comparison in keys and file names; with a hash where its letters and blanks alone do not tell it from another."""
    folded = folded_name(comparison)
    key = key_of(folded)
    if "-" not in folded and key == folded.replace(" ", "-") and len(key) <= LONGEST_KEY:
        return key
    return key_of(key[:LONGEST_KEY], hashlib.sha256(folded.encode("utf-8")).hexdigest()[:8])


def summaries(rooms: Rooms) -> list[tuple[str, int]]:
    """Each summary of findings that there is something for: the comparison and the part; empty where nothing was graded."""
    return [(name, part) for name in rooms.certainty.comparisons() for part in range(1, parts_of(rooms) + 1)]


def parts_of(rooms: Rooms) -> int:
    """How many parts a summary of findings of this protocol has."""
    return max(1, -(-len(rooms.protocol.plan.outcomes) // MOST_OUTCOMES))


def named(rooms: Rooms, comparison: str) -> str:
    """The comparison as it was first written, checked. Raises InputRefused where nothing is compared."""
    whole = " versus ".join(compared(comparison))
    return next((one for one in rooms.certainty.comparisons() if folded_name(one) == folded_name(whole)), whole)


def lines_of(rooms: Rooms, comparison: str) -> list[Line]:
    """A line for every outcome of the protocol: critical ones first, those not graded last, else in the protocol's order."""
    views = {view.outcome: view for view in rooms.certainty.gradings(comparison)}

    def rank(outcome: Outcome) -> int:
        view = views.get(outcome.id)
        return IMPORTANCE.index(view.grading["importance"]) if view and view.grading else len(IMPORTANCE)

    ordered = sorted(rooms.protocol.plan.outcomes, key=rank)
    return [Line(o, views.get(o.id), _trace(rooms, o, views.get(o.id), comparison)) for o in ordered]


def headers(rooms: Rooms, intervention: str, comparator: str) -> tuple[tuple[str, str], ...]:
    """The four lines above the table."""
    asked = rooms.protocol.plan.question
    return (
        ("Population", asked.population or "not stated in the protocol"),
        ("Setting", asked.setting or "not stated in the protocol"),
        ("Intervention", intervention),
        ("Comparison", comparator),
    )


def footers(lines: Sequence[Line]) -> tuple[str, ...]:
    """Abbreviations, how numbers were rounded, where evidence starts, and what the levels mean."""
    graded = [line.grading for line in lines if line.grading is not None]
    measures = [g["effect"]["measure"] for g in graded if g["effect"]]
    starts = dict.fromkeys(start_words(g) for g in graded)
    counted = any(risk.counted for g in graded for risk in words.risks(g))
    return (
        *((words.abbreviations(measures),) if measures else ()),
        *((RULE_OF_THUMB,) if "SMD" in measures else ()),
        *((ROUNDING,) if counted else ()),
        *((f"{'; '.join(starts).capitalize()}.",) if starts else ()),
        words.legend(),
    )


def start_words(grading: Mapping[str, Any]) -> str:
    """Where this evidence started, and by which rule."""
    level = LEVELS[grading["start"]].word.lower()
    if grading["design"] == "non-randomised":
        return f"non-randomised evidence starts at {level} (grade_start_nrs = '{grading['start_rule']}')"
    return f"{grading['design']} evidence starts at {level}"


def _elsewhere(parts: Sequence[Sequence[Line]], part: int) -> tuple[str, ...]:
    others = [(at, [line.outcome.name for line in own]) for at, own in enumerate(parts, start=1) if at != part]
    return tuple(f"{len(own):,} more outcome{'s' * (len(own) > 1)} in part {at}: {'; '.join(own)}." for at, own in others)


def _rows(rooms: Rooms, line: Line, intervention: str) -> list[tuple[Cell, ...]]:
    """A row for each risk with the comparator, so that a risk and what becomes of it stand in one line; else one row."""
    grading = line.grading
    if grading is None:
        nothing = (Cell("", missing="empty", why="not graded") for _ in range(4))
        last = Cell("", missing="empty", why="not graded")
        return [(Cell(line.name, trace=line.trace.key), *nothing, level_cell(rooms, line), last)]
    found = words.risks(grading) or [None]
    labels = [f"\n{risk.label}" if risk is not None and len(found) > 1 else "" for risk in found]
    return [
        (
            Cell(f"{line.name}{label}", trace=line.trace.key),
            _with_comparator(risk),
            _with_intervention(grading, risk, intervention),
            relative_cell(grading),
            _people(grading),
            level_cell(rooms, line),
            _meaning(grading, risk, intervention, line.outcome.name, comment="" if at else grading["comment"]),
        )
        for at, (risk, label) in enumerate(zip(found, labels, strict=True))
    ]


def _with_comparator(risk: Risk | None) -> Cell:
    said = words.with_comparator(risk) if risk is not None else None
    if risk is None or said is None:
        return Cell("", missing="empty", why="no risk or mean with the comparator was stated")
    return Cell(said, notes=(f"With the comparator{f', {risk.label}' if risk.label else ''}: {risk.source}",))


def _with_intervention(grading: Mapping[str, Any], risk: Risk | None, intervention: str) -> Cell:
    if risk is not None:
        without = (NO_UNIT,) if grading["effect"]["measure"] == "MD" and not grading["effect"]["unit"].strip() else ()
        notes = (*words.held(risk, intervention), *without)
        return Cell(words.with_intervention(risk, pooled=bool(synthesis_of(grading))), notes=notes)
    return Cell("", missing="empty", why="no effect was stated" if grading["effect"] is None else "no risk with the comparator was stated")


def _meaning(grading: Mapping[str, Any], risk: Risk | None, intervention: str, outcome: str, *, comment: str) -> Cell:
    said = words.sentence(grading, risk, intervention, outcome) if risk is not None else ""
    declared = threshold_of(grading)
    if declared is None or declared.is_null:
        why = "no threshold of size was declared, so no sentence is written"
    else:
        why = "no size follows at this risk with the comparator, so no sentence is written"
    return Cell.of("\n".join(one for one in (said, comment) if one), why)


def relative_cell(grading: Mapping[str, Any]) -> Cell:
    """The relative effect with how it was entered."""
    effect = effect_of(grading)
    if effect is None:
        return Cell("", missing="empty", why="no effect was stated")
    entered = f"Effect entered {grading['effect']['entered']}: {effect.source or 'its source was not stated'}"
    said = words.relative(effect, pooled=bool(synthesis_of(grading)))
    if said is None:
        return Cell("", missing="empty", why="a difference is an absolute effect", notes=(entered,))
    return Cell(said, notes=(entered,))


def _people(grading: Mapping[str, Any]) -> Cell:
    people, studies = grading["participants"], grading["n_studies"]
    told_ = [f"{sum(people):,}" if people else "number not stated"]
    if studies is not None:
        told_.append(f"({studies:,} {'study' if studies == 1 else 'studies'}, {words.DESIGN_WORDS[grading['design']]})")
    return Cell("\n".join(told_)) if people or studies is not None else Cell("", missing="empty", why="neither was stated")


def level_cell(rooms: Rooms, line: Line, domains: Sequence[str] = tuple(DOMAINS)) -> Cell:
    """The level with its symbols, its explanations as notes, and a flag for what a reader must see with it."""
    view = line.view
    if view is None:
        return Cell("", missing="empty", why=NOT_YET)
    if view.status == "conflict":
        return Cell("", missing="empty", why="two assessors differ, and nobody has settled it", flag="conflict open")
    grading = view.grading
    if grading is None:
        return Cell("Not graded", notes=(f"Not graded: {view.reason}",))
    notes = [*words.explanations(grading, domains), *(f"Remark: {one}" for one in grading["remarks"])]
    if grading["final"] != grading["proposed"]:
        follows = LEVELS[grading["proposed"]].word.lower()
        notes.append(f"The ratings give {follows}; the level was given with this reason: {grading['reason']}")
    notes += [f"Since it was graded: {'; '.join(view.stale)}"] if view.stale else []
    noticed = noticed_in(rooms, grading)
    notes += [f"In this evidence: {label}, {flag}" for label, flag in noticed]
    alone = view.status == "by one" and rooms.certainty.needed > 1
    flag = STALE if view.stale else "one assessor so far" if alone else ""
    of_studies = "; ".join(dict.fromkeys(flag for _, flag in noticed))
    return Cell(words.certainty(grading["final"]), notes=tuple(notes), flag="; ".join(filter(None, (flag, of_studies))))


def noticed_in(rooms: Rooms, grading: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Label and flag of each study that this grading is of, else of each that was included, with a notice, as that it was retracted."""
    of = set(grading["studies"] or grading["included"])
    flags = ((study.label, flag_of(study.records)) for study in rooms.studies.views() if study.id in of)
    return [(label, flag) for label, flag in flags if flag]


def _trace(rooms: Rooms, outcome: Outcome, view: CertaintyView | None, comparison: str) -> Trace:
    """Every fact behind one line: the protocol's outcome, the gradings, and the appraisals of the studies that they rest on."""
    key = key_of("certainty", outcome.id, comparison_key(comparison))
    planned = part_trace(rooms, "outcomes", outcome.id, "", lambda o: o.name).entries
    if view is None:
        return Trace(key, f"{outcome.name}: certainty", "not graded", "", planned)
    graded = told(rooms, [_entry(rooms, one) for one in view.events])
    level = LEVELS[view.grading["final"]].word if view.grading else view.status
    of = {s.id: s for s in rooms.studies.views()}
    used = [of[s] for s in (view.grading or {}).get("appraised", {}) if s in of]
    bearing = [a for s in used for a in rooms.bias.assessments(s) if a.outcome in (None, outcome.id)]
    appraised = [entry for one in bearing for entry in assessment_entries(rooms, one)]
    return Trace(key, f"{outcome.name}: certainty", level, view.status, (*planned, *graded, *appraised))


def _entry(rooms: Rooms, event_id: str) -> TraceEntry:
    """One grading as it was given."""
    event = rooms.seat.event(event_id)
    body, role = event.body, role_of(rooms, event)
    if event.kind == "certainty.not_graded" or body.get("not_graded"):
        settled = "Consensus: not graded" if event.kind == "certainty.resolved" else "Not graded"
        return TraceEntry(event.id, settled, role, event.at, body.get("why") or body["reason"])
    said = "; ".join(f"{words.DOMAIN_NAMES[d]} {words.rating(d, n)}" for d, n in body["ratings"].items() if n)
    verb = "Consensus" if event.kind == "certainty.resolved" else "Graded"
    what = f"{verb}: {LEVELS[body['final']].word}; {start_words(body)}; {said or 'nothing rated down or up'}"
    why = "; ".join(w for w in (body.get("why"), body["reason"], *words.explanations(body, tuple(DOMAINS))) if w)
    return TraceEntry(event.id, what, role, event.at, why)
