"""Where a review stands and what comes next, in words, for one viewer; it shows no open decision of anybody else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from review.model.authority import LEAD
from review.model.notice_titles import NOTICES
from review.reporting.rooms import Rooms
from review.reporting.waiting import Work, pilots, work
from review.text import on_one_line

REFUSED_NEXT = "import the refused file again, mended: review import FILE --search ID; or take it back: review searches lists it"
_MOST = 5  # files, searches or studies that are named


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
    first = list(pilots(rooms))
    steps += [one.door for one in first if one.mine]
    if not protocol.frozen:
        lacks = protocol.lacks(protocol.plan)
        lines.extend(f"  still missing in review.toml: {what}" for what in lacks)
        steps.append("complete review.toml" if lacks else f"review freeze --as {_leads(rooms)}")
    elif protocol.drafted_since:
        changed = ", ".join(protocol.drafted_since)
        lines.append(f"review.toml differs from the version in force: {changed}; review amend --reason … puts it in force")
    lines += _counts(rooms)
    lines += _conflicts(rooms)
    lines += _notices(rooms)
    lines += _capped(rooms)
    if told := _refused_files(rooms):
        lines += told
        steps.append(REFUSED_NEXT)
    if not rooms.records.views():
        steps.append("review import FILE --source NAME --kind … --searched DATE --as R, or notebook 21_import")
    found = list(work(rooms))
    lines += [one.line for one in (*first, *found) if one.line]
    lines += _alone(rooms)
    if stranded := len(rooms.screening.stranded()):
        lines.append(f"{stranded:,} with answers at full text are not among those assessed now: what came before was changed or taken back")
    if unfinished := _excluded_and_open(rooms):
        lines.append(f"Classified as excluded although a report is included at full text, so that this report waits: {unfinished}")
    return Status(tuple(lines), _next(steps, found, who))


def _next(steps: Sequence[str], found: Sequence[Work], who: str | None) -> str:
    """The first thing that the viewer has to do; else who is at work; the report when nothing waits."""
    own = [*steps, *(one.door for one in found if one.mine)]
    if own:
        return own[0]
    others = [one.where for one in found if one.others]
    return f"nothing waits for {who or 'anybody here'}; the review waits for: {others[0]}" if others else "review report"


def _leads(rooms: Rooms) -> str:
    """Who leads, as a command takes it."""
    return " or ".join(r.id for r in rooms.protocol.plan.reviewers if LEAD in r.roles) or "LEAD"


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


def _notices(rooms: Rooms) -> list[str]:
    """Included studies of which a report was retracted, put under a concern or corrected, the gravest first."""
    finals = rooms.studies.finals()
    included = [study for study in rooms.studies.views() if finals.get(study.id) == "included"]
    named = {notice: [study.label for study in included if notice in study.notices] for notice in NOTICES}
    return [
        on_one_line(f"Included and {notice}: {', '.join(names[:_MOST])}{f' and {len(names) - _MOST:,} more' if len(names) > _MOST else ''}")
        for notice, names in named.items()
        if names
    ]


def _capped(rooms: Rooms) -> list[str]:
    """Searches that found more than came in with their files and by hand: exports that were capped, or files that are still to come."""
    came = zip(rooms.searches.views(), rooms.searches.frame().itertuples(), strict=True)
    short = [(s.source, s.searched, s.hits, row.read) for s, row in came if s.hits is not None and row.files and row.read < s.hits]
    told = [f"{source}, searched {day}, found {hits:,} and its files hold {held:,}" for source, day, hits, held in short[:_MOST]]
    more = f"; and {len(short) - _MOST:,} more" if len(short) > _MOST else ""
    return [on_one_line(f"Exports that were capped, or are not all here: {'; '.join(told)}{more}")] if told else []


def _refused_files(rooms: Rooms) -> list[str]:
    """The files that were refused whole and have not come in since, with why; of many the first."""
    found = rooms.records.refusals()
    source = {search.id: search.source for search in rooms.searches.views()}
    told = [(source[e.body["search"]], e.body["file_name"], e.body["reason"]) for e in found[:_MOST]]
    lines = [on_one_line(f"The search of {where} is not complete: {file} was refused: {why}") for where, file, why in told]
    return lines + ([f"{len(found) - _MOST:,} more files were refused: rv.records.refusals()"] if len(found) > _MOST else [])


def _alone(rooms: Rooms) -> list[str]:
    """What one assessor alone has answered where two answered different results, for who sees open answers."""
    alone = rooms.bias.alone()
    if not len(alone):
        return []
    named = [on_one_line(f"{row.label}, {row.result or 'the study'} ({row.assessor})") for row in alone[:_MOST].itertuples()]
    more = f"; and {len(alone) - _MOST:,} more" if len(alone) > _MOST else ""
    return [f"Answered by one alone at risk of bias: {'; '.join(named)}{more}. rv.bias.alone() lists them"]


def _excluded_and_open(rooms: Rooms) -> str:
    """Studies that are finally classified as excluded, and of which a report is included at full text."""
    stands, finals = rooms.screening.standings("full_text"), rooms.studies.finals()
    passed = {report for report, stand in stands.items() if stand.outcome == "include"}
    found = [
        s.label for s in rooms.studies.views() if finals.get(s.id) == "excluded" and not passed.isdisjoint(r.id for r in s.reports)
    ]  # fmt: skip
    return on_one_line(", ".join(found[:_MOST])) + (f", and {len(found) - _MOST:,} more" if len(found) > _MOST else "")


def _conflicts(rooms: Rooms) -> list[str]:
    found = (
        (len(rooms.screening.conflicts()), "screening"),
        (len(rooms.studies.conflicts()), "classification"),
        (len(rooms.extraction.conflicts()), "extraction"),
        (len(rooms.bias.conflicts()), "appraisal"),
        (len(rooms.certainty.conflicts()), "certainty"),
    )
    return [f"{n:,} conflict{'s' * (n > 1)} of {what} wait{'s' * (n == 1)} for a resolution" for n, what in found if n]
