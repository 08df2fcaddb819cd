"""A review in which studies wait for a classification: an article with its registration, a trial that recruits, one of unknown status."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from review import Review
from tests.desk.reviews import import_trials, lay_out, trial

HOSTILE = '<img src=x onerror="document.title=\'broken\'"><script>document.title="broken"</script>'
GUM = f"Gum for a dry mouth {HOSTILE}"


def registered(number: int, title: str, status: str, updated: str = "2026-02-03") -> dict[str, Any]:
    """A registered trial with a status and the date of its page."""
    found = trial(number, title, "Adults chew.")
    found["protocolSection"]["statusModule"] = {"overallStatus": status, "lastUpdatePostDateStruct": {"date": updated, "type": "ACTUAL"}}
    return found


def lay_out_classifying(folder: Path) -> Path:
    """Three studies whose reports both screeners included at full text, and one that they excluded; nobody has classified any."""
    lay_out(folder, ())
    trials = [
        registered(1, GUM, "COMPLETED"),
        registered(2, "Spray for a dry mouth", "RECRUITING"),
        registered(3, "Acupuncture for a dry mouth", "UNKNOWN"),
        registered(4, "A survey of dentists", "COMPLETED"),
    ]
    import_trials(folder, trials)
    r1, r2 = (Review.open(folder, reviewer=name) for name in ("r1", "r2"))
    search = r1.searches.record("Embase", kind="database", searched="2026-03-01")
    article = "rep:" + r1.records.add(search, title=GUM, authors=["Doe J"], year=2024, journal="Mouth").removeprefix("rec:")
    gum = next(s for s in r1.studies.views() if "NCT90000001" in s.registry_numbers)
    if article not in {report.id for report in gum.reports}:
        r1.studies.link(article, gum.id, reason="The same drug, sponsor and number of people.")
    reports = r1.studies.report_views()
    for stage in ("title_abstract", "full_text"):
        for rv in (r1, r2):
            for report in reports:
                out = report.title == "A survey of dentists" and stage == "full_text"
                rv.screening.decide(report.id, stage=stage, decision="exclude" if out else "include", reason="S1" if out else None)
        if stage == "title_abstract":
            r1.screening.retrieve(article, "retrieved")
    for rv in (r1, r2):
        rv.close()
    return folder
