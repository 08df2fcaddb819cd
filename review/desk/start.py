"""The first page of the desk: what waits for this reviewer, and the card for it, without a word of code.

It shows numbers of the reviewer's own work only, and refuses nobody who has a name: each card says itself who may decide at it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal

import ipywidgets  # comes with anywidget

from review.desk.appraisal import AppraisalDesk
from review.desk.appraisal_list import waiting as to_assess
from review.desk.card import Ask, Card, Message, script
from review.desk.comparing_form import waiting as to_extract
from review.desk.conflicts import ConflictCard
from review.desk.extracting import ExtractionDesk
from review.desk.full_text import FullTextDesk
from review.desk.grading import CertaintyDesk
from review.desk.grading_list import waiting as to_grade
from review.desk.screening import ScreeningCard, pilot_of
from review.desk.studies import StudiesCard
from review.desk.studies_classifying import ClassificationCard
from review.desk.studies_classifying import waiting as to_classify
from review.model.authority import LEAD
from review.project import Review

WORDS = {
    "studies": "Duplicates and links",
    "title_abstract": "Title and abstract",
    "conflicts": "Conflicts",
    "to_find": "Full texts to find",
    "full_text": "Full text",
    "classification": "Classification",
    "extraction": "Extraction",
    "appraisal": "Risk of bias",
    "certainty": "Certainty",
}


class StartAsk(Ask):
    """What the browser sends to the first page: to count anew, or which card to show."""

    kind: Literal["open", "choose"]
    what: Literal[
        "", "studies", "title_abstract", "conflicts", "to_find", "full_text", "classification", "extraction", "appraisal", "certainty"
    ] = ""


class Start(Card):
    """The strip above the cards: each kind of work with how much of it waits. *choose* is told which was pressed."""

    _esm = script("start.js", shows="Start")
    _css = Path(__file__).with_name("desk.css")
    Asked = StartAsk

    def __init__(self, rv: Review, choose: Callable[[str], None]) -> None:
        super().__init__(rv)
        self._choose = choose
        self._chosen = ""
        self._counted: tuple[int, str | None, dict[str, int]] | None = None  # up to which fact, the pilot, how much waits

    def answer(self, ask: StartAsk) -> Iterator[Message]:
        """How much waits, after the card that was chosen has come on show."""
        who = self._rv.reviewer
        if not who:
            names = [r.id for r in self._rv.protocol.plan.reviewers] or ["r1"]
            yield {"kind": "closed", "token": ask.token, "message": f"This desk needs to know who sits at it: review desk --as {names[0]}"}
            return
        pilot, waiting = self._count()
        if ask.kind == "choose" and ask.what in waiting:
            self._chosen = ask.what
            self._choose(ask.what)
        named = WORDS if pilot is None else {**WORDS, "title_abstract": f"{WORDS['title_abstract']}, pilot round {pilot}"}
        rows = [{"what": what, "words": named[what], "waits": f"{number:,}"} for what, number in waiting.items()]
        title = self._rv.protocol.plan.review.title
        yield {"kind": "waiting", "token": ask.token, "reviewer": who, "title": title, "chosen": self._chosen, "rows": rows}

    def _count(self) -> tuple[str | None, dict[str, int]]:
        """The pilot round and how much waits; counted anew only when anybody has written since, so that one may ask often."""
        arrived = self._rv.arrived()
        if self._counted is None or self._counted[0] != arrived:
            with self._rv.still():
                pilot = pilot_of(self._rv, "title_abstract")
                self._counted = (arrived, pilot, self._waiting(pilot))
        return self._counted[1:]

    def _waiting(self, pilot: str | None) -> dict[str, int]:
        """How much waits for this reviewer, of the kinds of work that belong to the reviewer's roles."""
        roles = next((set(r.roles) for r in self._rv.protocol.plan.reviewers if r.id == self._rv.reviewer), set[str]())
        screening, studies = self._rv.screening, self._rv.studies
        found: dict[str, Callable[[], Any]] = {
            "studies": lambda: [*studies.unsure(), *studies.suggested()],
            "title_abstract": lambda: screening.queue("title_abstract", round=pilot),
            "conflicts": screening.unresolved,
            "to_find": screening.to_retrieve,
            "full_text": lambda: screening.queue("full_text"),
        }
        if "screener" not in roles:
            found = {what: ask for what, ask in found.items() if what in ("studies", "to_find") or (what == "conflicts" and LEAD in roles)}
        counted = {what: len(ask()) for what, ask in found.items()}
        if roles & {LEAD, "screener"}:
            counted["classification"] = to_classify(self._rv)
        if roles & {LEAD, "extractor"}:
            counted["extraction"] = to_extract(self._rv)
        if self._rv.bias.assessors and roles & {LEAD, "assessor"}:
            counted |= {"appraisal": to_assess(self._rv), "certainty": to_grade(self._rv)}
        return counted


class Desk(ipywidgets.VBox):
    """What waits for the reviewer of *rv*, and the card that is chosen below it: from duplicates to the certainty of the evidence."""

    def __init__(self, rv: Review) -> None:
        self._cards: dict[str, Card] = {  # made at once: what is chosen later only comes on show
            "studies": StudiesCard(rv),
            "title_abstract": ScreeningCard(rv),
            "conflicts": ConflictCard(rv),
            "to_find": FullTextDesk(rv),
            "full_text": ScreeningCard(rv, stage="full_text"),
            "classification": ClassificationCard(rv),
            "extraction": ExtractionDesk(rv),
            "appraisal": AppraisalDesk(rv),
            "certainty": CertaintyDesk(rv),
        }
        self._start = Start(rv, self.show)
        super().__init__(children=[self._start])
        self.add_class("review-desk-page")

    def show(self, what: str) -> None:
        """Puts the card for *what* below the strip; one that was there before is hidden and keeps what was typed in it."""
        for name, card in self._cards.items():
            card.layout.display = None if name == what else "none"
        if self._cards[what] not in self.children:
            self.children = (*self.children, self._cards[what])
