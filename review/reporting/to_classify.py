"""What somebody is shown who classifies a study: its reports and where they stand, what registries say of it, and what that proposes.

A status proposes and never classifies. Nothing of anybody's classification is in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from review.model.decision import Classification
from review.model.views import ReportView, StudyView
from review.records.steps import Records
from review.reporting.flow import Flow
from review.reporting.references import day, in_full, in_short, primary_first, where_it_stands
from review.reporting.tables_registry import status_stated
from review.studies.steps import Studies

GOES_ON = frozenset({"NOT_YET_RECRUITING", "RECRUITING", "ENROLLING_BY_INVITATION", "ACTIVE_NOT_RECRUITING", "AUTHORISED"})
OVER = frozenset({"COMPLETED", "TERMINATED"})


@dataclass(frozen=True, slots=True)
class OneReport:
    """A report of the study: its reference, where it stands in the review, and what its registry pages say of status.

    statuses: (source, the source's word with the page's own date) of each record that states one.
    """

    view: ReportView
    reference: str
    stands: str
    statuses: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class ToClassify:
    """A study to classify. proposed: by reports and statuses, None where they propose nothing; because: why, in a sentence.

    checked: whether and when the primary register's entry was looked at, in words; '' where there is no registration.
    """

    study: StudyView
    reports: tuple[OneReport, ...]
    proposed: Classification | None
    because: str
    checked: str


def to_classify(study: StudyView, studies: Studies, records: Records, flow: Flow) -> ToClassify:
    """What is to be known of *study*, with the rooms that know it and the *flow* of now."""
    reports = tuple(_report(report, studies, records, flow) for report in primary_first(study))
    passed = {report for report, stand in studies.at_full_text().items() if stand.outcome == "include"}
    proposed, because = proposal([one for one in reports if one.view.id in passed])
    check = studies.register_check(study)
    checked = "primary register entry " + (f"checked {day(check['date'])}" if check else "not checked")
    return ToClassify(study, reports, proposed, because, checked if study.registry_numbers else "")


def proposal(included: Sequence[OneReport]) -> tuple[Classification | None, str]:
    """What the reports that are included at full text propose, and why; (None, why not) where they do not say."""
    articles = [one for one in included if not one.view.stands.is_registration and not one.view.is_notice]
    if articles:
        return "included", f"{in_short(articles[0].view)} is included at full text."
    stated = {r.doc.get("overall_status") for one in included for r in one.view.records if r.is_registration} - {None}
    said = "; ".join(dict.fromkeys(f"{source}: {words}" for one in included for source, words in one.statuses))
    if not said:
        return None, "No status is stated, and no article is included at full text."
    if stated and stated <= GOES_ON:
        return "ongoing", f"Registration alone; {said}."
    if stated and stated <= OVER:
        return "included", f"Registration alone, over; {said}."
    return None, f"The status proposes nothing; {said}."


def _report(report: ReportView, studies: Studies, records: Records, flow: Flow) -> OneReport:
    statuses = ((r.search.source, status_stated(r, records.text_of(r))[0]) for r in report.records if r.is_registration)
    stand = studies.at_full_text().get(report.id)
    included = stand is not None and stand.outcome == "include"  # also while its study waits for a classification
    stands = "included at full text" if included else where_it_stands(report, flow) or "it waits at full text"
    return OneReport(report, in_full(report), stands, tuple(one for one in statuses if one[1]))
