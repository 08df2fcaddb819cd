"""The list of what was decided on reports: merges, links, what was kept apart or refused; by words and by kind, to look at or take back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from review.desk.side_by_side import day
from review.desk.tints import folded
from review.model.decision import LinkRefused, ReportLinked, ReportsDistinct, ReportsMerged
from review.model.event import Event
from review.model.views import RecordView
from review.project import Review
from review.studies.rule_words import says

MOST = 40  # rows that are listed; who wants another types more words
KINDS = {
    "merged_by_rule": "Merged by rule",
    "merged": "Merged by a person",
    "linked_by_rule": "Linked by rule",
    "linked": "Linked by a person",
    "apart": "Kept apart",
    "refused": "Not of the trial",
}


def kind_of(event: Event) -> str:
    """Which of KINDS a decision is."""
    by_person = event.body.get("rule", "person") == "person"
    return {
        ReportsMerged.kind: "merged" if by_person else "merged_by_rule",
        ReportLinked.kind: "linked" if by_person else "linked_by_rule",
        ReportsDistinct.kind: "apart",
        LinkRefused.kind: "refused",
    }[event.kind]


def is_link(event: Event) -> bool:
    """Whether it is about a report and a trial, not about two reports."""
    return event.kind in (ReportLinked.kind, LinkRefused.kind)


def reports_of(event: Event) -> tuple[str, str]:
    """The two reports that a decision names first and last, of a link the registration and the report."""
    if is_link(event):
        return "rep:" + event.body["study"].removeprefix("stu:"), event.body["report"]
    return event.body["reports"][0], event.body["reports"][-1]


def said(event: Event) -> str:
    """What was decided, by which rule or for which reason, and when."""
    why = f" {event.body['rule']}" if event.body.get("rule", "person") != "person" else ""
    reason = f": {event.body['reason']}" if event.body.get("reason") else ""
    return f"{KINDS[kind_of(event)]}{why}, {day(event)}{reason}"


def rule_of(event: Event) -> str:
    """The sentence of the rule by which a tool decided; '' where a person did."""
    return says(event.body.get("rule", ""), event.actor) if event.by_tool else ""


def listed(rv: Review, words: str, only: str) -> dict[str, Any]:
    """The rows for *words*, every one of which a row holds, the last decision first; how many more; and how many there are of each kind."""
    titles = titles_of(rv)
    wanted = folded(words).split()
    counts = dict.fromkeys(KINDS, 0)
    found: list[Event] = []
    for event in reversed(rv.studies.decisions()):
        kind = kind_of(event)
        counts[kind] += 1
        if (only in ("", kind)) and (not wanted or _holds(event, titles, wanted)):
            found.append(event)
    chips = [{"only": kind, "words": KINDS[kind], "n": f"{n:,}"} for kind, n in counts.items() if n]
    return {"rows": [_row(event, titles) for event in found[:MOST]], "more": max(0, len(found) - MOST), "kinds": chips}


def titles_of(rv: Review) -> Callable[[str], str]:
    """What a report is called, of those that were merged too."""
    founding = founders(rv)
    return lambda report: founding[report].title if report in founding else report


def founders(rv: Review) -> Mapping[str, RecordView]:
    """Each report that there ever was -> the record that founded it."""
    return {"rep:" + r.id.removeprefix("rec:"): r for report in rv.studies.report_views() for r in report.records}


def _holds(event: Event, titles: Callable[[str], str], wanted: Sequence[str]) -> bool:
    text = folded("\n".join((said(event), *reports_of(event), *map(titles, reports_of(event)))))
    return all(word in text for word in wanted)


def _row(event: Event, titles: Callable[[str], str]) -> dict[str, Any]:
    first, second = (titles(report) for report in reports_of(event))
    return {"event": event.id, "first": first, "second": "" if first == second else second, "said": said(event)}
