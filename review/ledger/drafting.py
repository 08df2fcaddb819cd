"""From a draft to the columns that will be stored: checks form, actor and text, and refuses what could not be read back."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from review.errors import EventRefused, near
from review.model.event import TOOL_PREFIX, Body, Draft, canonical
from review.model.ledger_facts import WITHDRAWN

MAX_BLOB = 900_000_000  # bytes: SQLite and PostgreSQL hold a little more in one value, whole in memory while it is read
_TOOL = re.compile(r"tool:[^\s@]+@[^\s@]+")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_BLOB_FIELD = "_sha256"


@dataclass(frozen=True, slots=True)
class Prepared:
    """The columns of a draft as they will be stored. Two drafts are the same fact when these are equal."""

    actor: str
    kind: str
    schema: int
    subject: str
    body: str
    replaces: str | None
    withdraws: str | None
    token: str | None


def prepare(draft: Draft, kinds: Mapping[str, type[Body]]) -> Prepared:
    """The draft, validated by the form of its kind. Raises EventRefused that says what is wrong and where."""
    form = kinds.get(draft.kind)
    if form is None:
        raise EventRefused(f"there is no kind of fact {draft.kind!r}", next_step=near(draft.kind, kinds))
    for name in ("kind", "subject", "actor", "replaces", "withdraws", "token"):
        _check_text(draft, name)
    if draft.actor.startswith(TOOL_PREFIX) and not _TOOL.fullmatch(draft.actor):
        raise EventRefused(f"{draft.actor!r} does not name a tool", where=draft.kind, expected="tool:NAME@VERSION")
    if draft.kind == WITHDRAWN and draft.withdraws is None:
        raise EventRefused("a withdrawal must name the event that it undoes", where=draft.kind, expected="withdraws = an event id")
    return Prepared(
        actor=draft.actor, kind=draft.kind, schema=form.version, subject=draft.subject, body=_body(draft, form),
        replaces=draft.replaces, withdraws=draft.withdraws, token=draft.token,
    )  # fmt: skip


def _body(draft: Draft, form: type[Body]) -> str:
    given = draft.body
    if isinstance(given, Body) and not isinstance(given, form):
        raise EventRefused(f"the body is a {type(given).__name__}", where=draft.kind, expected=f"a {form.__name__}")
    try:
        body = given if isinstance(given, Body) else form.model_validate(dict(given))
    except ValidationError as problem:
        listed = "; ".join(f"{'.'.join(str(part) for part in each['loc'])}: {each['msg']}" for each in problem.errors())
        raise EventRefused(f"the body does not have the form of its kind: {listed}", where=draft.kind) from problem
    return canonical(body.model_dump(mode="json"))


def _check_text(draft: Draft, name: str) -> None:
    value = getattr(draft, name)
    if value is None and name in ("replaces", "withdraws", "token"):
        return
    if not isinstance(value, str) or not value or value != value.strip():
        raise EventRefused(f"{name} is {value!r}", where=draft.kind, expected="a text that is not empty and has no space at its ends")
    if "\x00" in value:
        raise EventRefused(f"{name} holds a NUL character", where=draft.kind, next_step="remove it")
    try:
        value.encode("utf-8")
    except UnicodeEncodeError as problem:
        raise EventRefused(
            f"{name} is not valid Unicode text", where=draft.kind, next_step="read the file in its own encoding"
        ) from problem


def blob_name(data: bytes) -> str:
    """The sha-256 by which these bytes are kept. Raises EventRefused for more than MAX_BLOB bytes."""
    if len(data) > MAX_BLOB:
        raise EventRefused(f"a file of {len(data):,} bytes is too large", expected=f"at most {MAX_BLOB:,}", next_step="split the export")
    return hashlib.sha256(data).hexdigest()


def blobs_named(body: Any) -> Iterator[str]:
    """The blobs that a body rests on: the value of every field whose name ends in ``_sha256``, at any depth."""
    waiting = [body]
    while waiting:
        one = waiting.pop()
        if isinstance(one, Mapping):
            for name, value in one.items():
                if isinstance(value, str) and name.endswith(_BLOB_FIELD) and _SHA256.fullmatch(value):
                    yield value
                elif isinstance(value, (Mapping, list)):
                    waiting.append(value)
        elif isinstance(one, list):
            waiting.extend(one)
