"""A small review with three people at one ledger, for tests: made through public names only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from review import Review
from review.ledger.ledger import Ledger
from tests.plans import criterion, plan

SCREENS = ["screener", "extractor", "assessor"]
PLAN = plan(
    "A review for tests",
    criterion("P1", "P", "People with the disease"),
    criterion("I1", "I", "The drug is given"),
    criterion("S1", "S", "An interventional study", ["full_text"]),
    people={"r1": SCREENS, "r2": SCREENS, "lead": ["lead"]},
    population="people with a disease",
    intervention="a drug",
    outcome=("o1", "Activity"),
)


class Clock:
    """A clock that moves one minute with every look."""

    def __init__(self) -> None:
        self.now = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.now += timedelta(minutes=1)
        return self.now


@dataclass
class Team:
    """The review as r1, r2, the lead, and somebody who only looks see it."""

    folder: Path
    ledger: Ledger
    r1: Review
    r2: Review
    lead: Review
    nobody: Review

    @property
    def both(self) -> tuple[Review, Review]:
        """The two screeners."""
        return self.r1, self.r2

    def search(self, source: str = "Embase", kind: str = "database", via: str | None = None, hits: int | None = None) -> str:
        """A recorded search."""
        return self.r1.searches.record(source, kind=kind, via=via, searched="2026-01-05", hits=hits)

    def article(self, search: str, title: str, *identifiers: str, year: int = 2020) -> str:
        """An article entered by hand; returns the id of the report that it founds."""
        record = self.r1.records.add(search, title=title, authors=["Doe J"], year=year, journal="A journal", identifiers=identifiers)
        return "rep:" + record.removeprefix("rec:")

    def decide(
        self, report: str, first: str, second: str, *, stage: str = "title_abstract", reasons: tuple[str | None, str | None] = (None, None)
    ) -> None:
        """Both decide on *report*."""
        for rv, decision, reason in zip(self.both, (first, second), reasons, strict=True):
            chosen = (reason or "P1") if decision == "exclude" else None
            rv.screening.decide(report, stage=stage, decision=decision, reason=chosen)

    def study(self, report: str) -> str:
        """The id of the (first) study of *report*."""
        return next(s.id for s in self.lead.studies.views() if any(report in r.members for r in s.reports))

    def include(self, report: str, classification: str | None = None) -> str:
        """Carry *report* through to an inclusion at full text, and classify its study; returns the study's id."""
        self.decide(report, "include", "include")
        self.r1.screening.retrieve(report, "retrieved")
        self.decide(report, "include", "include", stage="full_text")
        study = self.study(report)
        if classification:
            for rv in self.both:
                rv.studies.classify(study, classification, reason="as the report says")
        return study


def make_team(folder: Path, *, plan: str = PLAN, frozen: bool = True) -> Team:
    """A new review in *folder*."""
    (folder / "data").mkdir(parents=True, exist_ok=True)
    (folder / "review.toml").write_text(plan, encoding="utf-8")
    ledger = Ledger.open(folder / "data" / "ledger.sqlite3", clock=Clock())
    r1, r2, lead, nobody = (Review.open(folder, reviewer=name, ledger=ledger) for name in ("r1", "r2", "lead", None))
    if frozen:
        lead.protocol.freeze()
    return Team(folder, ledger, r1, r2, lead, nobody)


def broken(team: Team) -> list[tuple[str, bool, str]]:
    """The identities of the flow that do not hold."""
    return [one for one in team.nobody.flow().identities() if not one[1]]
