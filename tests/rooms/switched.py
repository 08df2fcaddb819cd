"""A study whose registration changed twice and whose article says otherwise, for tests: all invented."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.rooms.team import Team

NUMBER = "NCT00000801"
START = {"date": "2019-03-01", "type": "ACTUAL"}
FIRST = {
    "primary": [("Pain at rest on a scale of 100 mm", "12 weeks"), ("Grip strength", "12 weeks")],
    "secondary": [("Fatigue score", "12 weeks"), ("Serious adverse events", "24 weeks"), ("Days off work", "24 weeks")],
}
SECOND = {
    "primary": [("Pain at rest on a scale of 100 mm", "24 weeks")],
    "secondary": [
        ("Grip strength", "12 weeks"), ("Fatigue score", "12 weeks"), ("Serious adverse events", "24 weeks"), ("Days off work", "24 weeks"),
    ],
}  # fmt: skip


def version(day: str, outcomes: dict[str, list[tuple[str, str]]], *, count: int, planned: bool, **eligible: str) -> dict[str, Any]:
    """One version of the entry in the form of ClinicalTrials.gov's API, version 2, of *day*."""
    listed = {f"{role}Outcomes": [{"measure": m, "timeFrame": t} for m, t in several] for role, several in outcomes.items()}
    kind = "ESTIMATED" if planned else "ACTUAL"
    return {
        "protocolSection": {
            "identificationModule": {"nctId": NUMBER, "briefTitle": "A cream for sore hands"},
            "statusModule": {
                "overallStatus": "COMPLETED", "startDateStruct": START, "lastUpdatePostDateStruct": {"date": day},
                "primaryCompletionDateStruct": {"date": "2020-06", "type": "ACTUAL"},
            },
            "designModule": {"studyType": "INTERVENTIONAL", "enrollmentInfo": {"count": count, "type": kind}},
            "eligibilityModule": {
                "eligibilityCriteria": "Inclusion Criteria:\n\n* Sore hands\n\nExclusion Criteria:\n\n* Allergy to the cream",
                "minimumAge": "18 Years", "sex": "ALL", **eligible,
            },
            "outcomesModule": listed,
        },
        "hasResults": False,
    }  # fmt: skip


V1 = version("2019-01-10", FIRST, count=60, planned=True)
V2 = version("2020-11-05", SECOND, count=58, planned=False)


def registration(team: Team, folder: Path, *entries: dict[str, Any]) -> None:
    """Import these versions of the entry, one file and one search after another."""
    for n, entry in enumerate(entries):
        file = folder / f"version{n}.json"
        file.write_text(json.dumps({"totalCount": 1, "studies": [entry]}, indent=1), encoding="utf-8")
        team.r1.import_files([file], search=team.search("ClinicalTrials.gov", "register"))


def study_of(team: Team, folder: Path, *entries: dict[str, Any]) -> str:
    """The study of these versions and of an article in 2021 that gives the number; included."""
    registration(team, folder, *entries)
    article = team.article(team.search(), "A cream for sore hands: a randomised trial", NUMBER, year=2021)
    study = team.include(article, "included")
    assert {r.stands.is_registration for r in next(s for s in team.lead.studies.views() if s.id == study).reports} == {True, False}
    return study


REPORTED = [
    ("primary", "Fatigue score", "12 weeks", "The primary outcome was the fatigue score at 12 weeks."),
    (
        "secondary",
        "Pain at rest on a scale of 100 mm",
        "24 weeks",
        "Secondary outcomes were pain at rest on a scale of 100 mm at 24 weeks,",
    ),
    ("secondary", "Grip strength", "12 weeks", "grip strength at 12 weeks,"),
    ("secondary", "Adverse events", "24 weeks", "adverse events at 24 weeks"),
    ("secondary", "Quality of life", "24 weeks", "and quality of life at 24 weeks."),
]


def report(team: Team, study: str, outcomes: list[tuple[str, str, str, str]] = REPORTED) -> None:
    """Both extractors record what the article lists, its numbers and its people."""
    for rv in team.both:
        rv.extraction.record(study, item="baseline", outcome="Smokers", value="3", quotation="three smokers", location="p. 1")
        for role, name, time, quotation in outcomes:
            rv.extraction.record(
                study, item="reported_outcome", value=role, outcome=name, timepoint=time, quotation=quotation, location="p. 2"
            )
        for item, value, unit, kind in (
            ("participants", "58", "participants", "enrolled"), ("minimum_age", "21", "years", None), ("sex", "men and women", None, None),
        ):  # fmt: skip
            quotation = f"We enrolled 58 men and women over 21 years: {item}."
            rv.extraction.record(study, item=item, value=value, unit=unit, analysis_set=kind, quotation=quotation, location="p. 1")
