"""What every card shares: who sits at it, one message at a time, and 'saved' only for what is stored.

Browser and kernel exchange messages and no traits, so that a saved notebook holds nothing of a record or a decision.
JupyterLab delivers messages on other threads; ``AT_THE_DESK`` lets one of them at the review.
"""

from __future__ import annotations

import os
import re
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from review.errors import InputRefused, ReviewError, near
from review.model.authority import LEAD
from review.project import Review

try:
    import anywidget
    import traitlets
except ModuleNotFoundError as missing:
    raise InputRefused(f"the cards need {missing.name}, which is not installed", next_step="pip install 'review-toolkit[lab]'") from missing

Message = dict[str, Any]

KEY = re.compile(r"shift\+[a-z]|[^\s\d]")
AT_THE_DESK = threading.RLock()  # one for all cards of this process: they may share a review
# Seconds after which a cell that computes hands over to a thread that waits. An answer waits for it at every look into the ledger and at
# every message, some dozens of times; Python's own 5 ms would add up to a fifth of a second. The cell loses next to nothing.
TURN = 0.0005


def roles_of(rv: Review) -> set[str]:
    """The roles of the reviewer of *rv*."""
    return next((set(r.roles) for r in rv.protocol.plan.reviewers if r.id == rv.reviewer), set[str]())


def closed_to(why: str, names: Sequence[str]) -> str:
    """What a card says to somebody who cannot work at it: *why*, and what to do; *names*: who can, at least one."""
    how = " or ".join(f'"{name}"' for name in names)
    return f"{why} Set reviewer to {how} in the first cell and run the cells again, or start with: review desk --as {names[0]}"


def closed_without(rv: Review, role: str, does: str) -> str:
    """What a card says to whom is neither lead nor of *role*; '' to those who are. does: what one does there, as 'assesses'."""
    names = [r.id for r in rv.protocol.plan.reviewers if {LEAD, role} & set(r.roles)] or ["r1"]
    if rv.reviewer and rv.reviewer in names:
        return ""
    why = f"{rv.reviewer} has neither the role {role} nor lead in review.toml." if rv.reviewer else f"This desk needs to know who {does}."
    return closed_to(why, names)


class Ask(BaseModel):
    """What the browser sends; ``token`` is minted at the key press and names it for good."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: str
    token: Annotated[str, Field(min_length=8, max_length=80)]


class Card(anywidget.AnyWidget):
    """A card at the desk. A subclass says what it is asked (``Asked``), what it answers (``answer``), and its keys (``SHORTCUTS``).

    keys: {command: key} in place of those of SHORTCUTS; a key is one letter or sign, or 'shift+' and a letter; digits are for criteria.
    confirm_after, lost_after: seconds without an answer after which the card says so.
    seen_after: seconds that a record must have been on show before it can be decided, so that a key pressed twice decides once.
    """

    Asked: type[Ask] = Ask
    SHORTCUTS: ClassVar[Mapping[str, str]] = {"undo": "z", "again": "r", "keys": "?"}  # command -> its key
    confirm_after = traitlets.Float(2.0).tag(sync=True)
    lost_after = traitlets.Float(10.0).tag(sync=True)
    seen_after = traitlets.Float(0.25).tag(sync=True)

    shortcuts = traitlets.Dict().tag(sync=True)

    def __init__(self, rv: Review, *, keys: Mapping[str, str] | None = None) -> None:
        super().__init__(shortcuts=_shortcuts(self.SHORTCUTS, keys or {}))
        sys.setswitchinterval(min(TURN, sys.getswitchinterval()))
        self._rv = rv
        self.buffers: tuple[bytes, ...] = ()  # of the message that is being answered
        self.on_msg(self.receive)

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {self._rv.reviewer or 'nobody'}>"

    def receive(self, _card: Any, content: Mapping[str, Any], buffers: Sequence[bytes] | None) -> None:
        """Answers one message of the browser; called on whatever thread it came by."""
        with AT_THE_DESK:
            self.buffers = tuple(buffers or ())
            for message in self.answers(content):
                self.send(message, buffers=message.pop("buffers", None))

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


def script(*names: str, shows: str) -> str:
    """The browser's side of a card: parts.js, card.js and the files *names* of this folder as one module, which shows the class *shows*."""
    sources = [Path(__file__).with_name(name).read_text(encoding="utf-8") for name in ("parts.js", "card.js", *names)]
    return "\n".join([*sources, f"export default {{ render: ({{ model, el }}) => new {shows}(model).start(el) }};\n"])


def _shortcuts(own: Mapping[str, str], wished: Mapping[str, str]) -> dict[str, str]:
    for command, key in wished.items():
        if command not in own:
            raise InputRefused(f"{command!r} is no command of this card", expected=", ".join(own), next_step=near(command, own))
        if not isinstance(key, str) or not KEY.fullmatch(key) or key != key.lower():
            raise InputRefused(f"{key!r} cannot be the key for {command!r}", expected="one small letter or sign, or 'shift+' and a letter")
    keys = {**own, **wished}
    for command in wished:
        others = [other for other in keys if keys[other] == keys[command] and other != command]
        if others:
            raise InputRefused(
                f"{keys[command]!r} would be the key for {command!r} and for {others[0]!r}", next_step="give one another key"
            )
    return keys


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
