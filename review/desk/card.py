"""What every card shares: who sits at it, one message at a time, and 'saved' only for what is stored.

Browser and kernel exchange messages and no traits, so that a saved notebook holds nothing of a record or a decision.
JupyterLab delivers messages on other threads; ``AT_THE_DESK`` lets one of them at the review.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from review.errors import InputRefused, ReviewError
from review.project import Review

try:
    import anywidget
    import traitlets
except ModuleNotFoundError as missing:
    raise InputRefused(f"the cards need {missing.name}, which is not installed", next_step="pip install 'review-toolkit[lab]'") from missing

Message = dict[str, Any]

AT_THE_DESK = threading.RLock()  # one for all cards of this process: they may share a review


class Ask(BaseModel):
    """What the browser sends; ``token`` is minted at the key press and names it for good."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: str
    token: Annotated[str, Field(min_length=8, max_length=80)]


class Card(anywidget.AnyWidget):
    """A card at the desk. A subclass says what it is asked (``Asked``) and what it answers (``answer``).

    confirm_after, lost_after: seconds without an answer after which the card says so.
    seen_after: seconds that a record must have been on show before it can be decided, so that a key pressed twice decides once.
    """

    Asked: type[Ask] = Ask
    confirm_after = traitlets.Float(2.0).tag(sync=True)
    lost_after = traitlets.Float(10.0).tag(sync=True)
    seen_after = traitlets.Float(0.25).tag(sync=True)

    def __init__(self, rv: Review) -> None:
        super().__init__()
        self._rv = rv
        self.on_msg(self.receive)

    def receive(self, _card: Any, content: Mapping[str, Any], _buffers: Any) -> None:
        """Answers one message of the browser; called on whatever thread it came by."""
        with AT_THE_DESK:
            for message in self.answers(content):
                self.send(message)

    def answers(self, content: Mapping[str, Any]) -> Iterator[Message]:
        """The answers to one message of the browser, each made when it is asked for; what is refused says so in words."""
        try:
            ask = self.Asked.model_validate(content)
        except ValidationError:
            token = content.get("token") if isinstance(content, Mapping) else None
            yield refused(token, "the card and the kernel do not understand each other. Next: run the cell again.")
            return
        try:
            yield from self.answer(ask)
        except ReviewError as problem:
            yield refused(ask.token, in_words(problem))

    def answer(self, ask: Any) -> Iterator[Message]:
        """What this card answers; a ReviewError becomes a refusal."""
        raise InputRefused(f"this card knows no {ask.kind!r}")


def refused(token: Any, message: str) -> Message:
    """The answer to what was not done."""
    return {"kind": "refused", "token": token, "message": message}


def in_words(problem: ReviewError) -> str:
    """A refusal as one or two sentences for the card."""
    words = problem.message.rstrip(".") + "."
    if problem.next_step:
        return f"{words} Next: {problem.next_step.rstrip('.')}."
    return f"{words} Expected: {problem.expected.rstrip('.')}." if problem.expected else words


def desk_review(reviewer: str = "") -> Review:
    """The review for the one who sits at this desk: *reviewer*, else REVIEW_AS, which ``review desk --as`` sets; else to look only."""
    return Review.open(reviewer=reviewer or os.environ.get("REVIEW_AS") or None)
