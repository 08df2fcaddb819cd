"""What a fact looks like: the draft that a room writes, the event that the ledger keeps, the body that a kind has."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

import rfc8785
from pydantic import BaseModel, ConfigDict

from review.errors import EventRefused, LedgerBroken
from review.model.upcast import upcast

TOOL_PREFIX = "tool:"


class Body(BaseModel):
    """Base of every event body: frozen, closed, with its kind and the version of its form."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=False)
    kind: ClassVar[str]
    version: ClassVar[int] = 1


@dataclass(frozen=True, slots=True)
class Draft:
    """A fact about to be appended. ``actor`` is a reviewer id or ``tool:NAME@VERSION``."""

    kind: str
    subject: str
    body: Body | Mapping[str, Any]
    actor: str
    replaces: str | None = None
    withdraws: str | None = None
    token: str | None = None


Position = tuple[str, str, int]  # a place in the ledger's order


@dataclass(frozen=True, slots=True)
class Event:
    """One immutable row of the ledger. ``body`` is parsed and upcast; ``stored`` is the text as written."""

    origin: str
    seq: int
    at: str
    actor: str
    kind: str
    schema: int
    subject: str
    stored: str
    replaces: str | None
    withdraws: str | None
    token: str | None
    prev: str
    id: str
    body: dict[str, Any] = field(compare=False, repr=False)
    known: bool = True

    @classmethod
    def stored_as(cls, row: Sequence[Any], known: bool) -> Event:
        """The event of one stored row, in the order of the fields; its body is parsed when it is first asked for.

        A replay makes a million of these: the setters of the slots cost a quarter of what the generated constructor does.
        """
        event = object.__new__(cls)
        for put, value in zip(_ROW_SETTERS, row, strict=True):
            put(event, value)
        _set_known(event, known)
        return event

    def __getattr__(self, name: str) -> Any:
        if name != "body":
            raise AttributeError(f"an event has no {name!r}")
        try:
            body = upcast(self.kind, self.schema, parse(self.stored))
        except ValueError as problem:
            raise LedgerBroken(
                f"the body of event {self.id} is not JSON: {problem}",
                where=f"origin {self.origin}, number {self.seq}",
                next_step="`review verify` names what changed",
            ) from problem
        _set_body(self, body)
        return body

    @property
    def position(self) -> Position:
        """Place in the ledger's order: (at, origin, seq)."""
        return (self.at, self.origin, self.seq)

    @property
    def by_tool(self) -> bool:
        """True when automation wrote it; automation is never mistaken for a person."""
        return self.actor.startswith(TOOL_PREFIX)


_ROW_SETTERS = tuple(getattr(Event, name).__set__ for name in list(Event.__dataclass_fields__)[:13])
_set_body = Event.body.__set__  # type: ignore[attr-defined]
_set_known = Event.known.__set__  # type: ignore[attr-defined]


def canonical(value: Mapping[str, Any]) -> str:
    """Canonical JSON (RFC 8785) as text: NFC, no NaN, no NUL; floats must have been made strings.

    Raises EventRefused for what JSON cannot carry without loss.
    """
    clean = _normalised(value, "body")
    try:
        return rfc8785.dumps(clean).decode("utf-8")
    except (rfc8785.CanonicalizationError, UnicodeError) as problem:
        raise EventRefused(f"this body cannot be written as canonical JSON: {problem}") from problem


def _normalised(value: Any, where: str) -> Any:
    if isinstance(value, str):
        if "\x00" in value:
            raise EventRefused("a NUL character cannot be stored", where=where, next_step="remove it from the text")
        return unicodedata.normalize("NFC", value)
    if value is None or isinstance(value, (bool, int)):
        return value
    if isinstance(value, float):
        raise EventRefused("a floating-point number cannot be stored exactly", where=where, expected="a decimal as a string")
    if isinstance(value, Mapping):
        clean = {_normalised(str(k), where): _normalised(v, f"{where}.{k}") for k, v in value.items()}
        if len(clean) != len(value):
            raise EventRefused("two names in one table are the same text once normalised", where=where, next_step="rename one of them")
        return clean
    if isinstance(value, (list, tuple)):
        return [_normalised(v, f"{where}[{i}]") for i, v in enumerate(value)]
    raise EventRefused(
        f"a {type(value).__name__} cannot be stored", where=where, expected="text, whole number, true, false, null, list or table"
    )


_DECODER = json.JSONDecoder()


def parse(stored: str) -> dict[str, Any]:
    """The body of a stored text: canonical, so without space around it, which spares half of what json.loads does."""
    body, end = _DECODER.raw_decode(stored)
    if end != len(stored):
        raise json.JSONDecodeError("text after the body", stored, end)
    return body
