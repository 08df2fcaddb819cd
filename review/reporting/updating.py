"""The flow of an update: what was included at one date is the previous version, what came or was settled since is new.

It decides nothing: it divides the flow of the later date by where each report stood at the earlier one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from review.model.views import RecordView, SearchView
from review.reporting.flow import Flow, FlowFacts, derive
from review.reporting.rooms import Rooms

_ENDS = {
    "records_excluded": "records_excluded",
    "excluded_automatic": "excluded_automatic",
    "excluded_other": "excluded_other",
    **{f"{lane}_{name}": name for lane in ("dbr", "other") for name in ("excluded", "notretrieved_reports", "included_reports")},
}
End = tuple[str, frozenset[str]]  # the box without its lane, and the included studies of what is included


def updated_flow(before: Rooms, after: Rooms) -> Flow:
    """The updated-review flow (upd_v1, upd_v2) from the date of *before* to that of *after*.

    Previous are the studies and reports included at the earlier date. New are the records that came since, and those whose report
    was open then (waiting, ongoing, awaiting) or stands elsewhere now; what was settled and stayed so is not counted again. A record
    that came since and is the same document as a settled one is a duplicate, and in no box after that.
    """
    with before.seat.still(), after.seat.still():
        facts, then, now = after.flow_facts(), before.flow(), after.flow()
        current = {subject: study.id for study in facts.studies for subject in study.subjects}
        member = {m: report.id for report in facts.reports for m in report.members}
        was, ends = _ends(then, current), _ends(now, current)
        settled: set[str] = set()
        counted: set[str] = set()
        for report in facts.reports:
            same = {r.id for r in report.records if report.id in ends and was.get(then.report_of.get(r.id, "")) == ends[report.id]}
            settled |= {report.id} if same else set()
            counted |= {r.id for r in report.records} - same
        return derive(
            replace(
                facts,
                searches=_searches(before, facts, counted),
                records=[record for record in facts.records if record.id in counted],
                reports=[report for report in facts.reports if report.id not in settled],
                known={r.id: report.id for report in facts.reports if report.id in settled for r in report.records if r.id in counted},
                previous_studies=_now_called(_either(then, "total_studies", "new_studies"), current),
                previous_reports=_now_called(_either(then, "total_reports", "new_reports"), member),
            )
        )


def _ends(flow: Flow, current: Mapping[str, str]) -> dict[str, End]:
    """Report -> the end at which it stands; which studies an included one reports is part of that, by their ids of today."""
    counted = set(_either(flow, "total_studies", "new_studies"))
    found: dict[str, End] = {}
    for name, end in _ENDS.items():
        for one in flow.ids(name):
            report = flow.report_of.get(one, one)
            of = counted.intersection(flow.studies_of.get(report, ())) if end == "included_reports" else ()
            found[report] = (end, frozenset(current.get(s, s) for s in of))
    return found


def _searches(before: Rooms, facts: FlowFacts, counted: set[str]) -> list[SearchView]:
    """The searches made since, and those that gave what is still counted: a source that was not asked again is absent, not zero."""
    known = {search.id for search in before.searches.views()}
    gave = {_search_of(record) for record in facts.records if record.id in counted}
    return [search for search in facts.searches if search.id not in known or search.id in gave]


def _search_of(record: RecordView) -> str:
    return record.search.id


def _either(flow: Flow, total: str, new: str) -> tuple[str, ...]:
    return (flow.boxes[total] if total in flow.boxes else flow.boxes[new]).ids


def _now_called(ids: Iterable[str], current: Mapping[str, str]) -> tuple[str, ...]:
    """Ids as they are now, where studies or reports were joined since; each once."""
    return tuple(dict.fromkeys(current.get(one, one) for one in ids))
