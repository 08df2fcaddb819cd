"""Named rules that say which reports are one document and which belong to one study, from identifiers alone.

A registry number inside an article links it to a study and never merges it; a page's list of related trials never links.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from review.model.notice_titles import is_about_another
from review.model.views import NOT_TRIAL_NUMBERS, RecordView, ReportView

RULES_VERSION = 1


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a rule found: two reports, the rule's name and what it compared."""

    first: str
    second: str
    rule: str
    compared: dict[str, str]


def duplicates(reports: Sequence[ReportView]) -> list[Proposal]:
    """Pairs of reports that are the same document, each later one with the earliest of its kind.

    same_doi, same_pmid: two articles with that identifier, unless one is a notice about the other.
    same_registration: two entries whose own registration number is the same.
    """
    found: list[Proposal] = []
    for rule, value_of in (("same_doi", _doi), ("same_pmid", _pmid), ("same_registration", _own_number)):
        first: dict[str, ReportView] = {}
        for report in reports:
            for value in dict.fromkeys(v for record in report.records for v in value_of(record)):
                if value not in first:
                    first[value] = report
                elif first[value].id != report.id and not _vetoed(first[value], report):
                    found.append(Proposal(first[value].id, report.id, rule, {"value": value}))
    return found


def links(reports: Sequence[ReportView]) -> list[Proposal]:
    """Reports that belong to the study of a registration (``first`` the registration, ``second`` the report).

    states_number: an article's own fields state the registration's number.
    secondary_number: a registration states the other's number as a secondary one.
    """
    owner: dict[str, ReportView] = {}
    for report in reports:
        for record in report.records:
            for value in _own_number(record):
                owner.setdefault(value, report)
    by_id = {report.id: report for report in reports}
    found: list[Proposal] = []
    for report in reports:
        named: defaultdict[str, list[str]] = defaultdict(list)
        for record in report.records:
            for value in _numbers(record):
                if value in owner and owner[value].id != report.id:
                    named[owner[value].id].append(value)
        rule = "secondary_number" if report.stands.is_registration else "states_number"
        for target, values in named.items():
            other = by_id[target]
            # Two registrations that name each other would link both ways; the earlier one founds the study.
            if rule == "secondary_number" and other.records[0].position > report.records[0].position:
                found.append(Proposal(report.id, target, rule, {"value": values[0]}))
            else:
                found.append(Proposal(target, report.id, rule, {"value": values[0]}))
    return list({(p.first, p.second): p for p in found}.values())


def _vetoed(a: ReportView, b: ReportView) -> bool:
    """Whether one of them is a notice or a comment and the other the article that it is about."""
    return is_about_another(a.title) != is_about_another(b.title)


def _doi(record: RecordView) -> Iterable[str]:
    return () if record.is_registration else (v.casefold() for v in record.identifiers("DOI"))


def _pmid(record: RecordView) -> Iterable[str]:
    return () if record.is_registration else record.identifiers("PMID")


def _own_number(record: RecordView) -> Iterable[str]:
    if not record.is_registration:
        return ()
    return tuple(i["value"] for i in record.doc.get("identifiers") or () if i["role"] == "primary" and i["type"] not in NOT_TRIAL_NUMBERS)


def _numbers(record: RecordView) -> Iterable[str]:
    return tuple(i["value"] for i in record.doc.get("identifiers") or () if i["type"] not in NOT_TRIAL_NUMBERS)
