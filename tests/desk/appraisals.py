"""A review with results to appraise: two assessors, a randomised trial with its text, a single-arm trial; what a browser sends."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from review import Review
from review.desk.appraisal import AppraisalDesk
from tests.desk.reviews import Browser
from tests.plans import criterion, plan

ROLES = ["screener", "extractor", "assessor"]
PLAN = plan(
    "Dry mouth",
    criterion("P1", "P", "Adults"),
    criterion("S1", "S", "An interventional study", ["full_text"]),
    people={"r1": ROLES, "r2": ROLES, "lead": ["lead"]},
    population="Adults with a dry mouth",
    intervention="Any medicine",
    outcome=("flow", "Salivary flow"),
)
PAPER = """Pilocarpine for a dry mouth

People were allocated by a list drawn by computer. Sealed envelopes were opened after consent was given.
Tablets looked and tasted alike in both arms, and nobody knew who had which.
Of 120 people, 118 were measured at week 12. All were analysed in the arm to which they had been allocated.
"""
LOW = {
    "1.1": "Y", "1.2": "Y", "1.3": "N", "2.1": "N", "2.2": "N", "2.6": "Y", "3.1": "Y", "4.1": "N", "4.2": "N", "4.3": "N", "5.1": "Y",
    "5.2": "N", "5.3": "N",
}  # fmt: skip
RESULT = {"tool": "rob2-parallel", "result": "Salivary flow", "effect": "assignment"}
DESIGNS = {"Pilocarpine for a dry mouth": "randomised-trial", "Gum, one group": "single-arm-trial"}


def lay_out_appraisal(folder: Path, *, titles: Mapping[str, str] = DESIGNS, paper: str = PAPER) -> Path:
    """A review in *folder* whose studies (title -> design) are included; the first has the text *paper* in hand."""
    (folder / "data").mkdir(parents=True, exist_ok=True)
    (folder / "review.toml").write_text(PLAN, encoding="utf-8")
    people = {name: Review.open(folder, reviewer=name) for name in ("r1", "r2", "lead")}
    people["lead"].protocol.freeze()
    both = (people["r1"], people["r2"])
    search = both[0].searches.record("Embase", kind="database", searched="2026-03-01")
    for number, (title, design) in enumerate(titles.items()):
        record = both[0].records.add(search, title=title, authors=[f"Doe{number} J"], year=2020 + number)
        report = "rep:" + record.removeprefix("rec:")
        for rv in both:
            rv.screening.decide(report, stage="title_abstract", decision="include")
        text = {"file": "paper.txt", "content": paper.encode()} if number == 0 else {}
        both[0].screening.retrieve(report, "retrieved", **text)
        for rv in both:
            rv.screening.decide(report, stage="full_text", decision="include")
        study = study_of(both[0], title)
        for rv in both:
            rv.studies.classify(study, "included", reason="as the report says")
            rv.extraction.record(study, item="design", value=design, quotation="as the report says", location="page 1")
    for rv in people.values():
        rv.close()
    return folder


def study_of(rv: Review, title: str = "Pilocarpine for a dry mouth") -> str:
    """The id of the study of that title."""
    return next(s.id for s in rv.studies.views() if s.reports[0].title == title)


class Assessor(Browser):
    """What the browser does at the appraisal desk."""

    def __init__(self, folder: Path, reviewer: str) -> None:
        self.rv = Review.open(folder, reviewer=reviewer)
        super().__init__(AppraisalDesk(self.rv))  # type: ignore[arg-type]

    def begin(self, title: str = "Pilocarpine for a dry mouth", **more: Any) -> list[dict[str, Any]]:
        """Begins a form."""
        return self.ask("begin", study=study_of(self.rv, title), **{**RESULT, **more})

    def of_form(self, kind: str, *, token: str = "", **form: Any) -> list[dict[str, Any]]:
        """Sends the form on show, with what is given in it, and what was there before."""
        was = json.loads(json.dumps(self.shown["form"]))
        more = {"reason": form.pop("reason")} if "reason" in form else {}
        return self.ask(kind, token=token, **self.shown["place"], form={**was, **form}, **more)

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The list of studies, where it is on show."""
        return self.shown["rows"]
