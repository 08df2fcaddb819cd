"""Small reviews for the cards: two screeners, four criteria, and as many records from a database as a test needs."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from review import Review
from review.desk import ScreeningCard
from review.errors import NotAllowed
from tests.plans import criterion, plan

PROTOCOL = plan(
    "A small review",
    criterion("P1", "P", "Adults"),
    criterion("I1", "I", "A medicine is given"),
    criterion("S1", "S", "Two groups are compared", ["full_text"]),
    people={"r1": ["screener"], "r2": ["screener"], "lead": ["lead"]},
    population="Adults with a dry mouth",
    intervention="Any medicine",
    outcome=("flow", "Salivary flow"),
)
TOKENS = count()  # of all browsers of a process: an object's id is given to another once it is gone
TITLES = ("Pilocarpine for a dry mouth", "Gum and salivary flow", "A survey of dentists")


def lay_out(folder: Path, titles: Sequence[str] = TITLES, *, frozen: bool = True) -> Path:
    """A review in *folder* with one record of each title, found in a database."""
    (folder / "data").mkdir(parents=True, exist_ok=True)
    (folder / "review.toml").write_text(PROTOCOL, encoding="utf-8")
    rv = Review.open(folder, reviewer="lead")
    if frozen:
        rv.protocol.freeze()
    search = rv.searches.record("Embase", kind="database", searched="2026-03-01")
    for title in titles:
        rv.records.add(search, title=title, year=2024)
    rv.close()
    return folder


def trial(number: int, title: str, summary: str, *, criteria: str = "", **design: Any) -> dict[str, Any]:
    """One registered trial as ClinicalTrials.gov writes it."""
    return {
        "protocolSection": {
            "identificationModule": {"nctId": f"NCT{90000000 + number:08d}", "briefTitle": title},
            "statusModule": {"overallStatus": "COMPLETED"},
            "descriptionModule": {"briefSummary": summary},
            "conditionsModule": {"conditions": ["Dry Mouth"]},
            "designModule": {"studyType": "INTERVENTIONAL", "designInfo": design},
            "eligibilityModule": {"eligibilityCriteria": criteria, "sex": "ALL", "minimumAge": "18 Years"},
        }
    }


def import_trials(folder: Path, trials: Sequence[Mapping[str, Any]]) -> None:
    """Puts registered trials into the review in *folder*, by one file of one search."""
    file = folder / "trials.json"
    file.write_text(json.dumps({"studies": trials}), encoding="utf-8")
    rv = Review.open(folder, reviewer="lead")
    search = rv.searches.record("ClinicalTrials.gov", kind="register", searched="2026-03-01")
    rv.import_files([file], search=search)
    rv.close()
    file.unlink()


class Browser:
    """What the browser does, without one: it opens the card, keeps what it was told, and sends keys with tokens."""

    def __init__(self, card: ScreeningCard) -> None:
        self.card, self.number, self.told = card, 0, []
        self.ask("open")

    def ask(self, kind: str, *, token: str = "", **more: Any) -> list[dict[str, Any]]:
        """Sends one message and returns the answers to it; each must be fit for JSON."""
        self.number += 1
        content = {"kind": kind, "token": token or f"token-of-test-{next(TOKENS)}", **more}
        answers = json.loads(json.dumps(list(self.card.answers(content))))
        self.told.extend(answers)
        return answers

    def decide(self, decision: str, **more: Any) -> list[dict[str, Any]]:
        """Decides the record on show."""
        return self.ask("decide", **{"report": self.shown["report"], "decision": decision, **more})

    @property
    def shown(self) -> Mapping[str, Any]:
        """The record on show; an empty one where nothing waits."""
        return next(m["card"] for m in reversed(self.told) if m["kind"] == "card") or {}

    @property
    def left(self) -> str:
        """How many wait, as the card says it."""
        words = next(m["progress"] for m in reversed(self.told) if m["kind"] == "card")
        found = re.search(r"([\d,]+) left", words)
        return found[1] if found else "0"


def kinds(answers: Sequence[Mapping[str, Any]]) -> list[str]:
    """What each answer is."""
    return [answer["kind"] for answer in answers]


def refuse_once(rv: Review, monkeypatch: pytest.MonkeyPatch) -> None:
    """The next undo is refused, as where another machine holds the review."""
    undo, tries = rv.screening.undo, list[str]()

    def once(event: str) -> str:
        tries.append(event)
        if len(tries) == 1:
            raise NotAllowed("the review is busy")
        return undo(event)

    monkeypatch.setattr(rv.screening, "undo", once)
