"""PRISMA 2020, items 15 and 22, as rules: how certainty was judged, and the certainty of every outcome."""

from __future__ import annotations

from review.certainty.grading import LEVELS
from review.model.certainty import CertaintyView
from review.reporting.checklist_facts import Facts, whole
from review.reporting.checklist_items import Finding, Proof, Row, partly, stated, unwritten
from review.reporting.tables_certainty import MOST_OUTCOMES, lines_of, summary_key
from review.reporting.tables_certainty_process import certainty_process

NO_COMPARISON = "certainty was not graded, and the protocol states no comparator that an effect could be graded against; say so"
NOTHING = "no grading of certainty is recorded"


def certainty_methods(facts: Facts) -> Finding:
    """15: approach, assessors, independence; without a comparison that none was graded is the author's to say."""
    process = whole(certainty_process(facts.rooms))
    views = facts.rooms.certainty.gradings()
    if not views:
        undecided = facts.rooms.certainty.comparison or not facts.rooms.protocol.frozen
        return unwritten(NOTHING) if undecided else partly(NO_COMPARISON, process)
    lacks = _unfinished(facts, views)
    return partly(lacks, process) if lacks else stated(process)


def certainty_of_outcomes(facts: Facts) -> Finding:
    """22: for every outcome of the protocol, in every comparison, its level or why it was not graded."""
    views = facts.rooms.certainty.gradings()
    if not views:
        own = Proof("narrative-findings", tuple((o.name, "not graded") for o in facts.plan.outcomes))
        return unwritten(NOTHING) if facts.rooms.certainty.comparison or not own.rows else partly(NO_COMPARISON, own)
    proofs: dict[str, list[Row]] = {}
    silent = []
    for comparison in facts.rooms.certainty.comparisons():
        for at, line in enumerate(lines_of(facts.rooms, comparison)):
            key = summary_key(comparison, at // MOST_OUTCOMES + 1)
            if line.view is None or line.view.status == "conflict":
                silent.append(f"{line.outcome.name} ({comparison})")
                continue
            grading = line.grading
            said = "Not graded" if grading is None else LEVELS[grading["final"]].word
            proofs.setdefault(key, []).append((line.outcome.name, said))
    shown = tuple(Proof(key, tuple(rows)) for key, rows in proofs.items())
    lacks = f"not graded yet, and without a reason: {'; '.join(silent)}" if silent else _unfinished(facts, views)
    return partly(lacks, *shown) if lacks else stated(*shown)


def _unfinished(facts: Facts, views: list[CertaintyView]) -> str:
    """Why what was graded is not final; '' when it is."""
    names = {o.id: o.name for o in facts.plan.outcomes}
    due = facts.rooms.certainty.needed
    alone = [v for v in views if v.status == "conflict" or (v.status in ("by one", "not graded") and _people(facts, v) < due)]
    stale = [v for v in views if v.stale]
    for found, words in ((alone, "not settled by two"), (stale, "the evidence changed since it was graded")):
        if found:
            return f"{words}: {'; '.join(names.get(v.outcome, v.outcome) for v in found)}"
    return facts.unfinished


def _people(facts: Facts, view: CertaintyView) -> int:
    return len({facts.rooms.seat.event(e).actor for e in view.events})
