"""Where a review stands and what comes next, in words, for one viewer; it shows no open decision of anybody else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from review.reporting.rooms import Rooms
from review.text import on_one_line

REFUSED_NEXT = "import the refused file again, mended: review import FILE --search ID; or take it back: rv.records.undo(event)"
_MOST = 5  # refused files that are named


@dataclass(frozen=True)
class Status:
    """Lines that say where the review stands, and the next step for this viewer."""

    lines: tuple[str, ...]
    next_step: str

    def __str__(self) -> str:
        return "\n".join([*self.lines, f"Next: {self.next_step}"])

    __repr__ = __str__


def status_of(rooms: Rooms, only_in_export: Sequence[str] = ()) -> Status:
    """The status of these rooms. *only_in_export*: ids of events that the export beside the database has and the database lacks."""
    with rooms.seat.still():
        return _status(rooms, only_in_export)


def _status(rooms: Rooms, only_in_export: Sequence[str]) -> Status:
    protocol, who = rooms.protocol, rooms.seat.viewer.name
    steps: list[str] = []
    lines = [f"{protocol.plan.review.title}: protocol " + (f"version {protocol.version}" if protocol.frozen else "is a draft")]
    if rooms.demonstration:
        lines.append(rooms.demonstration)
    if only_in_export:
        lines.append(f"data/ledger.jsonl has {len(only_in_export):,} events that this database lacks")
        steps.append("review merge data")
    if protocol.conflicts():
        lines.append("The protocol was frozen more than once, apart; a lead withdraws all but one")
    if not protocol.frozen:
        lacks = protocol.lacks(protocol.plan)
        lines.extend(f"  still missing in review.toml: {what}" for what in lacks)
        steps.append("complete review.toml" if lacks else "review freeze --as LEAD")
    elif protocol.drafted_since:
        lines.append("review.toml differs from the version in force: " + ", ".join(protocol.drafted_since))
    lines += _counts(rooms)
    lines += _conflicts(rooms)
    if unsure := len(rooms.studies.unsure()):
        lines.append(f"{unsure:,} pair{'s' * (unsure > 1)} of reports may be one document: a person merges or keeps apart")
        steps.append("see which reports are one document: review desk, or notebook 22_studies, or review studies unsure")
    if told := _refused_files(rooms):
        lines += told
        steps.append(REFUSED_NEXT)
    if not rooms.records.views():
        steps.append("review import FILE --source NAME --kind …")
    for stage, words in (("title_abstract", "title and abstract"), ("full_text", "full text")):
        waiting = len(rooms.screening.queue(stage))
        if who and waiting and "screener" in rooms.seat.viewer.roles:
            lines.append(f"{waiting:,} wait for {who} at {words}")
            steps.append(f"screen: review desk --as {who}, or review lab --as {who} and notebook 41_screen")
        if rooms.seat.viewer.sees_all and (due := rooms.screening.due(stage)) and any(due.values()):
            lines.append(f"Due at {words}: " + ", ".join(f"{name} {n:,}" for name, n in due.items()))
    lines += _to_assess(rooms)
    if to_grade := len(rooms.certainty.due()):
        lines.append(f"{to_grade:,} outcome{'s wait' if to_grade > 1 else ' waits'} for your grading of certainty: review desk or 66_grade")
    if stranded := len(rooms.screening.stranded()):
        lines.append(f"{stranded:,} with answers at full text are not among those assessed now: what came before was changed or taken back")
    if sought := len(rooms.screening.to_retrieve()):
        lines.append(f"{sought:,} documents are sought, and nobody has said yet how they were obtained")
        steps.append("get the documents: review desk, or notebook 43_full_text")
    if rooms.screening.unresolved():
        steps.append("resolve the conflicts: review desk, or notebook 42_resolve")
    return Status(tuple(lines), steps[0] if steps else "review report")


def _counts(rooms: Rooms) -> list[str]:
    """How many there are, and how far they have come."""
    count = {name: box.n for name, box in rooms.flow().boxes.items()}
    lines = [
        f"{len(rooms.searches.views())} searches, {len(rooms.records.views()):,} records, "
        f"{len(rooms.studies.report_views()):,} reports, {len(rooms.studies.views()):,} studies",
        f"Title and abstract: {count['records_screened']:,} screened, {count['records_excluded']:,} excluded, "
        f"{count['records_passed']:,} passed, {count['records_waiting']:,} wait",
    ]
    for lane, words in (("dbr", "Databases and registers"), ("other", "Other methods")):
        if f"{lane}_sought_reports" in count:
            waits = count[f"{lane}_retrieval_waiting"] + count[f"{lane}_assessed_waiting"]
            lines.append(
                f"{words}: {count[f'{lane}_sought_reports']:,} sought, {count[f'{lane}_assessed']:,} assessed, "
                f"{count[f'{lane}_excluded']:,} excluded, {count[f'{lane}_included_reports']:,} included, {waits:,} wait"
            )
    return lines


def _refused_files(rooms: Rooms) -> list[str]:
    """The files that were refused whole and have not come in since, with why; of many the first."""
    found = rooms.records.refusals()
    source = {search.id: search.source for search in rooms.searches.views()}
    told = [(source[e.body["search"]], e.body["file_name"], e.body["reason"]) for e in found[:_MOST]]
    lines = [on_one_line(f"The search of {where} is not complete: {file} was refused: {why}") for where, file, why in told]
    return lines + ([f"{len(found) - _MOST:,} more files were refused: rv.records.refusals()"] if len(found) > _MOST else [])


def _to_assess(rooms: Rooms) -> list[str]:
    """How many studies wait for this assessor; for each assessor, where this viewer sees open answers."""
    viewer, assessors = rooms.seat.viewer, rooms.bias.assessors
    found = []
    if viewer.name in assessors and (own := len(rooms.bias.due())):
        found.append(f"{own:,} wait for {viewer.name} at risk of bias: review desk --as {viewer.name}, or notebook 61_appraise")
    if rooms.bias.sees_open:
        due = {name: len(rooms.bias.due(name)) for name in assessors}
        if any(due.values()):
            found.append("Due at risk of bias: " + ", ".join(f"{name} {n:,}" for name, n in due.items()))
    alone = rooms.bias.alone()
    if len(alone):
        named = [on_one_line(f"{row.label}, {row.result or 'the study'} ({row.assessor})") for row in alone[:_MOST].itertuples()]
        more = f"; and {len(alone) - _MOST:,} more" if len(alone) > _MOST else ""
        found.append(f"Answered by one alone at risk of bias: {'; '.join(named)}{more}. rv.bias.alone() lists them")
    return found


def _conflicts(rooms: Rooms) -> list[str]:
    found = (
        (len(rooms.screening.conflicts()), "screening"),
        (len(rooms.studies.conflicts()), "classification"),
        (len(rooms.extraction.conflicts()), "extraction"),
        (len(rooms.bias.conflicts()), "appraisal"),
        (len(rooms.certainty.conflicts()), "certainty"),
    )
    return [f"{n:,} conflict{'s' * (n > 1)} of {what} wait{'s' * (n == 1)} for a resolution" for n, what in found if n]
