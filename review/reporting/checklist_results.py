"""The lines of PRISMA 2020 on what the studies are and found: characteristics (17), judgements of bias (18), results (19).

A table is no answer because it is there: each rule names what of a study, an outcome or an effect is missing in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from review.model.appraisal import AppraisalResolved
from review.model.extraction import NOT_REPORTED
from review.model.views import AssessmentView, CellView, StudyView
from review.reporting.cells import StudyCells
from review.reporting.characteristics import included as characteristics
from review.reporting.checklist_facts import Facts
from review.reporting.checklist_items import Finding, Proof, Row, inapplicable, partly, stated, unwritten
from review.reporting.tables_results import OF_AN_ARM, Result, results_of
from review.reporting.trace import by_record, key_of
from review.text import fold_blanks

CHARACTERISTICS = ("methods", "interventions", "outcomes")  # beside the number of participants
DESIGNS = ("design", "allocation", "intervention_model", "masking", "phase", "follow_up")  # dates alone are no methods
FIGURES = frozenset({"events", "mean", "median"})  # that mean nothing without the number of participants behind them
FEW = 3  # gaps that a line names


def included_studies(facts: Facts) -> Finding:
    """17: each included study with its methods, participants and their number, interventions and outcomes."""
    if not facts.included:
        nothing = facts.assessed and not facts.unfinished
        return inapplicable("no study is included") if nothing else unwritten("no study is included yet")
    proof = Proof("characteristics-included", tuple((s.label, *s.registry_numbers[:1], *_people(facts, s)) for s in facts.included))
    bare = [s.label for s in facts.included if not facts.cells[s.id]]
    earlier = "studies of the previous version have their characteristics there, if nowhere here" if facts.plan.previous.studies else ""
    gaps = f"nothing was extracted from {', '.join(bare)}" if bare else _uncharacterised(facts)
    lacks = "; ".join(w for w in (gaps, facts.unfinished or earlier) if w)
    return partly(lacks, proof) if lacks else stated(proof)


def _uncharacterised(facts: Facts) -> str:
    """Which of the included studies lack which characteristics; '' where none does. 'Not reported' is a value."""
    table = characteristics(facts.rooms)
    at = {column.key: place for place, column in enumerate(table.columns)}
    rows = dict(zip((s.id for s in facts.included), table.rows, strict=True))
    gaps = []
    for study in facts.included:
        told = {cell.item for cell in facts.cells[study.id]}
        empty = [name for name in CHARACTERISTICS if rows[study.id][at[name]].missing == "empty"]
        if "methods" not in empty and not told.intersection(DESIGNS):
            empty.insert(0, "methods")
        empty += [] if "participants" in told else ["number of participants"]
        gaps += [f"no {', '.join(empty)} of {study.label}"] if empty else []
    return _some(gaps)


def _people(facts: Facts, study: StudyView) -> Row:
    """The numbers of participants of *study*, whatever their type."""
    return tuple(c.value for c in facts.cells[study.id] if c.item == "participants" and not c.conflict)


def judgements(facts: Facts) -> Finding:
    """18: every included study assessed, or not assessed with the reason; where none could be assessed that is left to the author."""
    proofs: dict[str, list[Row]] = {}
    bare, made, open_ = [], 0, 0
    for study in facts.included:
        views = facts.assessments[study.id]
        if not views:
            bare.append(study.label)
        for one in views:
            open_ += one.status == "conflict" or (one.status in ("by one", "not assessed") and _alone(facts, one))
            if one.status == "not assessed":
                proofs.setdefault("not-assessed", []).append((study.label, one.reason))
                continue
            made += 1
            row = tuple(w for w in (study.label, one.result or "", one.overall or "") if w)
            proofs.setdefault(key_of("assessed", one.tool), []).append(row)
    hidden = facts.rooms.bias.open_of_others()  # what others have not finished is not shown, so nothing is denied
    if not proofs:
        return unwritten("no assessment of an included study is finished" if hidden else "no included study has been assessed")
    unfinished = "one assessment is not finished" if open_ == 1 else f"{open_:,} assessments are not finished" if open_ else ""
    lacks = f"{'not finished, or ' if hidden else ''}not assessed: {', '.join(bare)}" if bare else unfinished or facts.unfinished
    lacks = lacks or ("" if made else "no result of an included study was assessed; each says why")
    shown = tuple(Proof(key, tuple(rows)) for key, rows in proofs.items())
    return partly(lacks, *shown) if lacks else stated(*shown)


def _alone(facts: Facts, one: AssessmentView) -> bool:
    """Whether one assessor alone said it where two are due, and nobody resolved it."""
    events = [facts.rooms.seat.event(e) for e in one.events]
    resolved = any(e.kind == AppraisalResolved.kind for e in events)
    return not resolved and len({e.actor for e in events}) < facts.rooms.bias.needed


def individual_results(facts: Facts) -> Finding:
    """19: of every included study, for every outcome of the protocol, the figures of each group, and effects with their precision."""
    rows = tuple((s.label, c.value) for s in facts.included for c in facts.results(s) if not c.conflict)
    if not any(facts.results(s) for s in facts.included):
        return unwritten("no result of an included study is recorded")
    bare = [s.label for s in facts.included if not facts.results(s)]
    gaps = f"no result is recorded for {', '.join(bare)}" if bare else _unfinished_results(facts)
    lacks = "; ".join(w for w in (gaps, facts.unfinished) if w)
    proof = Proof("results", rows)
    return partly(lacks, proof) if lacks else stated(proof)


def _unfinished_results(facts: Facts) -> str:
    """What of the results of the included studies is missing or in conflict; '' for nothing."""
    records, flow = by_record(facts.rooms), facts.flow
    by_study = [(s, results_of(StudyCells(facts.rooms, "results", s, records, {}, flow))) for s in facts.included]
    fights = [f"conflict open in {s.label}: {_about(r)}" for s, own in by_study for r in own if _in_conflict(r)]
    measured = {_folded(r.outcome) for _, own in by_study for r in own}
    silent = [o.name for o in facts.plan.outcomes if not measured & {_folded(o.name), _folded(o.id)}]
    never = [f"no result, nor that none is reported, under the name of the outcome {name}" for name in silent]
    gaps = [f"{gap} in {s.label}: {_about(r)}" for s, own in by_study for r in own if (gap := _gap(r))]
    return _some([*fights, *never, *gaps, *(gap for s, own in by_study for gap in _one_sided(facts, s, own))])


def _in_conflict(result: Result) -> bool:
    return any(cell.conflict for cell in (*result.cells, *([result.n] if result.n else [])))


def _gap(result: Result) -> str:
    """What a result lacks by itself: the figures of an arm their number of participants, an effect its precision."""
    told = {c.item for c in result.cells}
    given = {c.item for c in result.cells if c.value != NOT_REPORTED}
    if given & FIGURES and result.n is None:
        return "no number of participants analysed"
    if "effect" in given and not ({"ci_lower", "ci_upper"} <= told or "se" in told):
        return "no confidence interval or standard error of the effect"
    return ""


def _one_sided(facts: Facts, study: StudyView, own: Sequence[Result]) -> Iterable[str]:
    """Outcomes of a study of several arms for which an arm has no figures, or no effect between arms stands."""
    arms = {_folded(c.arm): c.arm for c in facts.cells[study.id] if c.arm}
    if len(arms) < 2:
        return
    of_outcome: dict[str, list[Result]] = {}
    for result in own:
        of_outcome.setdefault(_folded(result.outcome), []).append(result)
    for group in of_outcome.values():
        named = group[0].outcome or "an outcome without a name"
        told = {_folded(r.arm) for r in group if r.arm and _has(r.cells, (*OF_AN_ARM, "n_analysed"))}
        missing = [arm for folded, arm in arms.items() if folded not in told]
        if missing:
            yield f"no result of {', '.join(missing)} in {study.label}: {named}"
        if not any(_has(r.cells, ("effect",)) for r in group):
            yield f"no effect between arms in {study.label}: {named}"


def _has(cells: Iterable[CellView], wanted: Sequence[str]) -> bool:
    return any(c.item in wanted for c in cells)


def _about(result: Result) -> str:
    return ", ".join(w for w in (result.outcome or "an outcome without a name", result.timepoint, result.arm) if w)


def _folded(words: str | None) -> str:
    return fold_blanks(words or "").casefold()


def _some(gaps: Sequence[str]) -> str:
    """The first of these gaps, and how many more there are; '' for none."""
    said = list(dict.fromkeys(gaps))
    return "; ".join(said[:FEW]) + (f" and {len(said) - FEW:,} more" if len(said) > FEW else "")
