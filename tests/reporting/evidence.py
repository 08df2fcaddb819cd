"""Reviews with evidence in them, for tests: registrations as a register gives them, results as people record them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from review.reporting.table import Cell, Table
from tests.rooms.team import Team


def column(table: Table, key: str) -> list[Cell]:
    """The cells of one column."""
    place = [c.key for c in table.columns].index(key)
    return [row[place] for row in table.rows]


def texts(table: Table, key: str) -> list[str]:
    """The texts of one column."""
    return [cell.text for cell in column(table, key)]


def entry(
    number: str,
    *,
    status: str = "COMPLETED",
    primary: str | None = None,
    completion: str | None = None,
    results: bool | None = False,
    arms: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """One invented entry in the form of ClinicalTrials.gov's API, version 2. arms: label -> type."""
    dates: dict[str, Any] = {"overallStatus": status, "startDateStruct": {"date": "2020-01"}}
    for name, stated in (("primaryCompletionDateStruct", primary), ("completionDateStruct", completion)):
        if stated is not None:
            dates[name] = {"date": stated, "type": "ACTUAL"}
    protocol: dict[str, Any] = {
        "identificationModule": {"nctId": number, "briefTitle": f"A drug in a disease, trial {number}"},
        "statusModule": dates,
        "sponsorCollaboratorsModule": {"leadSponsor": {"name": "A university", "class": "OTHER"}},
        "designModule": {"studyType": "INTERVENTIONAL", "enrollmentInfo": {"count": 40, "type": "ACTUAL"}},
    }
    if arms:
        protocol["armsInterventionsModule"] = {"armGroups": [{"label": label, "type": kind} for label, kind in arms.items()]}
    return {"protocolSection": protocol} | ({} if results is None else {"hasResults": results})


def register(team: Team, folder: Path, *entries: dict[str, Any], classification: str | None = "included") -> list[str]:
    """Import *entries* from a register and carry each through to *classification*; the ids of their studies."""
    file = folder / f"register{len(list(folder.glob('register*.json')))}.json"
    file.write_text(json.dumps({"totalCount": len(entries), "studies": list(entries)}), encoding="utf-8")
    before = {r.id for r in team.r1.studies.report_views()}
    team.r1.import_files([file], search=team.search("ClinicalTrials.gov", "register"))
    studies = []
    for report in [r.id for r in team.r1.studies.report_views() if r.id not in before]:
        for stage in ("title_abstract", "full_text"):
            team.decide(report, "include", "include", stage=stage)
        studies.append(team.study(report))
        if classification:
            for rv in team.both:
                rv.studies.classify(studies[-1], classification, reason="as the entry says")
    return studies


def extract(team: Team, study: str, about: Mapping[str, str | None], **found: str) -> None:
    """Both extractors record the same values: item=value, all *about* the same outcome, time point and arm."""
    for rv in team.both:
        for item, value in found.items():
            rv.extraction.record(study, item=item, value=value, **about, quotation=f"{item}: {value}", location="p. 3")
