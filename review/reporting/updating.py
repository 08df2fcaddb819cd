"""The flow of an update: what was included at one date is the previous version, what came or was settled since is new.

It decides nothing: it divides the flow of the later date by where each report stood at the earlier one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from review.model.views import RecordView, ReportView, SearchView
from review.reporting.flow import Flow, FlowFacts, derive
from review.reporting.rooms import Rooms

_SETTLED_RECORDS = ("records_excluded", "excluded_automatic", "excluded_other")
_SETTLED_REPORTS = tuple(f"{lane}_{name}" for lane in ("dbr", "other") for name in ("excluded", "notretrieved_reports", "included_reports"))


def updated_flow(before: Rooms, after: Rooms) -> Flow:
    """The updated-review flow (upd_v1, upd_v2) from the date of *before* to that of *after*.

    Previous are the studies and reports included at the earlier date. New are the records that came since, and those whose report
    was open then (waiting, ongoing, awaiting) or stands elsewhere now; what was settled and stayed so is not counted again.
    """
    with before.seat.still(), after.seat.still():
        facts, then, now = after.flow_facts(), before.flow(), after.flow()
        old = {record.id for record in before.records.views()}
        settled = _settled(then, now)
        kept = {r.id for r in facts.records if r.id not in old or now.report_of.get(r.id) not in settled}
        current = {subject: study.id for study in facts.studies for subject in study.subjects}
        member = {m: report.id for report in facts.reports for m in report.members}
        return derive(
            replace(
                facts,
                searches=_searches(before, facts, kept),
                records=[record for record in facts.records if record.id in kept],
                reports=[report for report in (_with(one, kept) for one in facts.reports) if report is not None],
                previous_studies=_now_called(_either(then, "total_studies", "new_studies"), current),
                previous_reports=_now_called(_either(then, "total_reports", "new_reports"), member),
            )
        )


def _settled(then: Flow, now: Flow) -> set[str]:
    """The reports that stood at an end at the earlier date and stand at the same one now."""
    places = [(then.ids(name), now.ids(name)) for name in _SETTLED_REPORTS]
    found = {report for old, new in places for report in old & new}
    for name in _SETTLED_RECORDS:
        found |= {now.report_of[record] for record in then.ids(name) & now.ids(name)}
    return found


def _with(report: ReportView, kept: set[str]) -> ReportView | None:
    """The report with only these of its records; None without any."""
    records = tuple(record for record in report.records if record.id in kept)
    if not records:
        return None
    first = next((record for record in records if record.lane == "dbr"), records[0])
    return replace(report, records=records, stands=report.stands if report.stands in records else first)


def _searches(before: Rooms, facts: FlowFacts, kept: set[str]) -> list[SearchView]:
    """The searches made since, and those that gave what is still counted: a source that was not asked again is absent, not zero."""
    known = {search.id for search in before.searches.views()}
    gave = {_search_of(record) for record in facts.records if record.id in kept}
    return [search for search in facts.searches if search.id not in known or search.id in gave]


def _search_of(record: RecordView) -> str:
    return record.search.id


def _either(flow: Flow, total: str, new: str) -> tuple[str, ...]:
    return (flow.boxes[total] if total in flow.boxes else flow.boxes[new]).ids


def _now_called(ids: Iterable[str], current: Mapping[str, str]) -> tuple[str, ...]:
    """Ids as they are now, where studies or reports were joined since; each once."""
    return tuple(dict.fromkeys(current.get(one, one) for one in ids))
