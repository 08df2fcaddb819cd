"""A review with studies to extract: a registered trial whose cells are pre-filled from its lines, and an article with its text in hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from review import Review
from review.desk.extracting import ExtractionDesk
from tests.desk.reviews import Browser, import_trials, trial
from tests.plans import criterion, plan

ROLES = ["screener", "extractor"]
PLAN = plan(
    "Dry mouth",
    criterion("P1", "P", "Adults"),
    criterion("S1", "S", "An interventional study", ["full_text"]),
    people={"r1": ROLES, "r2": ROLES, "lead": ["lead"]},
    population="Adults with a dry mouth",
    intervention="Any medicine",
    outcome=("flow", "Salivary flow"),
)
TRIAL, ARTICLE = "Pilocarpine for a dry mouth", "Gum and salivary flow"
PAPER = """Gum and salivary flow

We allotted 120 adults by a list drawn by computer. Of these, 60 chewed gum and 60 did not.
Mean flow at week 12 was 1.4 mL/min (SD 0.6) with gum. It was 1.1 mL/min (SD 0.5) without.
"""


def lay_out_extraction(folder: Path, *, title: str = TRIAL, paper: str = PAPER) -> Path:
    """A review in *folder* with two included studies: the trial *title*, pre-filled, and the article with the text *paper*."""
    (folder / "data").mkdir(parents=True, exist_ok=True)
    (folder / "review.toml").write_text(PLAN, encoding="utf-8")
    people = {name: Review.open(folder, reviewer=name) for name in ("r1", "r2", "lead")}
    people["lead"].protocol.freeze()
    import_trials(folder, [trial(1, title, "A trial of tablets.", allocation="RANDOMIZED", interventionModel="PARALLEL")])
    both = (people["r1"], people["r2"])
    search = both[0].searches.record("Embase", kind="database", searched="2026-03-01")
    both[0].records.add(search, title=ARTICLE, authors=["Doe J"], year=2020)
    for report in both[0].studies.report_views():
        for rv in both:
            rv.screening.decide(report.id, stage="title_abstract", decision="include")
        text = {"file": "paper.txt", "content": paper.encode()} if report.title == ARTICLE else {}
        both[0].screening.retrieve(report.id, "retrieved", **text)
        for rv in both:
            rv.screening.decide(report.id, stage="full_text", decision="include")
    for rv in people.values():
        rv.close()
    return folder


def study_of(rv: Review, title: str = TRIAL) -> str:
    """The id of the study of that title."""
    return next(s.id for s in rv.studies.views() if s.reports[0].title == title)


class Extractor(Browser):
    """What the browser does at the extraction desk."""

    def __init__(self, folder: Path, reviewer: str) -> None:
        self.rv = Review.open(folder, reviewer=reviewer)
        super().__init__(ExtractionDesk(self.rv))  # type: ignore[arg-type]

    def go(self, title: str = TRIAL, **more: Any) -> list[dict[str, Any]]:
        """Opens the form of a study, or (other='settle') its differences."""
        return self.ask("go", study=study_of(self.rv, title), **more)

    def cell(self, item: str, **of: Any) -> dict[str, Any]:
        """A cell of the form on show."""
        wanted = [item, *(of.get(name) for name in ("arm", "outcome", "timepoint", "analysis_set"))]
        return next(cell for section in self.shown["sections"] for cell in section["cells"] if cell["key"] == wanted)

    def of_cell(self, kind: str, item: str, *, token: str = "", of: dict[str, str] | None = None, **more: Any) -> list[dict[str, Any]]:
        """Sends something about a cell of the study on show."""
        return self.ask(kind, token=token, study=self.shown["report"], cell={"item": item, **(of or {})}, **more)

    def save(self, item: str, value: str, quotation: str = "We allotted 120 adults", **more: Any) -> list[dict[str, Any]]:
        """Stores a value with its words."""
        return self.of_cell("save", item, value=value, quotation=quotation, location="paper.txt, line 3", **more)

    def confirm(self, item: str, **more: Any) -> list[dict[str, Any]]:
        """Confirms the value that the form shows."""
        return self.of_cell("confirm", item, event=self.cell(item)["event"], **more)

    def of_cell_again(self, kind: str, shown: Any, *, token: str, **more: Any) -> list[dict[str, Any]]:
        """Sends what was sent about a difference once more, as a page does that heard no answer."""
        return self.ask(kind, token=token, study=shown["report"], cell={"item": shown["key"][0]}, event=shown["print"], **more)
