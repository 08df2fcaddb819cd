"""Replays of a review from recorded codes: I include, E exclude, a number exclude with that reason; imported, or decided one by one."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from review.reporting.flow import Flow
from tests.plans import criterion, plan
from tests.rooms.team import Team, make_team

REASONS: Mapping[str, str] = {
    "1": "Language", "2": "Outcome", "3": "Drug", "4": "Population", "5": "Publication", "6": "Design", "8": "Background",
}  # fmt: skip
NO_REASON = "reason not recorded"
FIRST, SECOND = "abstractLabel", "articleLabel"
PLAN = plan(
    "A replay",
    *(criterion(name, "S", "as asked", not_met=name) for name in REASONS.values()),
    people={"r1": ["screener"], "r2": ["screener"], "lead": ["lead"]},
    population="people with a disease",
    intervention="a drug",
    outcome=("o1", "Activity"),
)


@dataclass(frozen=True)
class Coded:
    """One record with its codes at both stages; '' where it did not come to full text."""

    pmid: str
    title: str
    year: int
    first: str
    second: str


def begun(folder: Path, records: Sequence[Coded], settings: str = "") -> Team:
    """A frozen review that holds these records."""
    team = make_team(folder, plan=PLAN + settings)
    search = team.search()
    for one in records:
        team.lead.records.add(search, title=one.title, year=one.year, identifiers=[f"PMID: {one.pmid}"], authors=["Doe J"])
    return team


def imported(team: Team, codes: Path | bytes) -> Flow:
    """The flow after both columns of codes were taken in as consensus."""
    file = codes if isinstance(codes, Path) else team.folder / "codes.csv"
    if isinstance(codes, bytes):
        file.write_bytes(codes)
    for stage, column in (("title_abstract", FIRST), ("full_text", SECOND)):
        columns = {"decision": column, "pmid": "pubmedID"}
        found = team.lead.screening.import_decisions(file, stage=stage, reasons=REASONS, columns=columns, retrieved=True)
        assert found.read == found.kept + found.unmatched + found.refused and found.unmatched == 0
    return team.nobody.flow()


def decided(team: Team, records: Sequence[Coded]) -> Flow:
    """The flow after one reviewer decided each record by these codes; 'E' at full text, which says no reason, is not among them."""
    reports = {r.stands.identifiers("PMID")[0]: r.id for r in team.lead.studies.report_views()}
    for one in records:
        report = reports[one.pmid]
        _decide(team, report, "title_abstract", one.first)
        if one.first == "I":
            team.r1.screening.retrieve(report, "retrieved")
            _decide(team, report, "full_text", one.second)
    return team.nobody.flow()


def _decide(team: Team, report: str, stage: str, code: str) -> None:
    decision = "include" if code == "I" else "exclude"
    team.r1.screening.decide(report, stage=stage, decision=decision, reason=REASONS.get(code))


def table_of(records: Sequence[Coded]) -> bytes:
    """The codes as a file."""
    made = io.StringIO()
    writer = csv.writer(made, lineterminator="\n")
    writer.writerow(["pubmedID", FIRST, SECOND])
    writer.writerows((one.pmid, one.first, one.second) for one in records)
    return made.getvalue().encode()


def reasons_of(codes: Sequence[str]) -> dict[str, int]:
    """Reason -> how many of these codes exclude for it."""
    return dict(Counter(REASONS.get(code, NO_REASON) for code in codes if code != "I"))


def counts(flow: Flow) -> dict[str, object]:
    """What a replay must give: the numbers of every stage, and the reasons of both; each identity holds."""
    assert [one for one in flow.identities() if not one[1]] == []
    boxes = flow.boxes
    assert boxes["records_waiting"].n == boxes["dbr_retrieval_waiting"].n == boxes["records_excluded_automatic"].n == 0
    return {
        "screened": boxes["records_screened"].n,
        "passed": boxes["records_passed"].n,
        "first reasons": boxes["records_excluded_human"].counts,
        "assessed": boxes["dbr_assessed"].n,
        "second reasons": boxes["dbr_excluded"].counts,
        "included": boxes["dbr_assessed_waiting"].n + boxes["dbr_included_reports"].n,
    }
