"""Where a text of the protocol comes from: the versions that wrote or changed it, why, and its lines in review.toml."""

from __future__ import annotations

import re
from collections.abc import Callable
from operator import attrgetter
from typing import Any

from review.model.plan import FILE_NAME, Plan, line_of
from review.reporting.rooms import Rooms
from review.reporting.trace import key_of
from review.reporting.trace_history import role_of
from review.reporting.trace_view import Quote, Trace, TraceEntry

Place = tuple[str | int, ...]
_MOST_LINES = 40


def plan_trace(
    rooms: Rooms, key: str, label: str, said: Callable[[Plan], str], place: Callable[[Plan], Place | None], *, mark: str = ""
) -> Trace:
    """The origin of what *said* reads from a plan: each version in which it differs from the one before, earliest first.

    place: where that stands in a plan's text, None where it has no place of its own. mark: what to mark in the lines, else the value.
    A draft has no version yet; its origin says so.
    """
    entries, before = [], None
    for event in rooms.protocol.history:
        plan, number = rooms.protocol.plan_of(event), event.body["number"]
        now = said(plan)
        if now == before or (before is None and not now):
            continue
        text = rooms.seat.blob(event.body["text_sha256"]).decode("utf-8")
        what = f"Protocol version {number}: " + ("taken out" if not now else _how(plan, place(plan), first=before is None))
        what += "" if not now or now == said(rooms.protocol.plan) else f"; then “{now}”"
        quote = _quote(f"{FILE_NAME}, version {number}", text, place(plan), mark or now) if now else None
        entries.append(TraceEntry(event.id, what, role_of(rooms, event), event.at, event.body.get("reason", ""), quote))
        before = now
    value = said(rooms.protocol.plan)
    if not rooms.protocol.frozen:
        quote = _quote(FILE_NAME, rooms.protocol.text, place(rooms.protocol.plan), mark or value)
        entries.append(TraceEntry("", f"As {FILE_NAME} stands; the protocol is a draft and has no version yet", "draft", "", "", quote))
    return Trace(key, label, value, "", tuple(entries))


def field_trace(rooms: Rooms, key: str, label: str, place: tuple[str, str], *, empty: str = "") -> Trace:
    """The origin of one field of the protocol, such as ``("question", "population")``; a list is read as its parts.

    empty: how the file writes a list that holds nothing, where that says something too.
    """

    def said(plan: Plan) -> str:
        value = attrgetter(".".join(place))(plan)
        return value if isinstance(value, str) else "; ".join(value) or empty

    return plan_trace(rooms, key, label, said, lambda plan: place)


def part_trace(rooms: Rooms, name: str, id: str, label: str, said: Callable[[Any], str], *, mark: str = "") -> Trace:
    """The origin of one numbered part of the protocol: a criterion, an outcome, a reviewer by id, a planned search by its source."""

    def at(plan: Plan) -> int | None:
        return next((n for n, part in enumerate(getattr(plan, name)) if (part.source if name == "searches" else part.id) == id), None)

    def words(plan: Plan) -> str:
        n = at(plan)
        return "" if n is None else said(getattr(plan, name)[n])

    def place(plan: Plan) -> tuple[str, int] | None:
        n = at(plan)
        return None if n is None else (name, n)

    return plan_trace(rooms, key_of(name, id), label, words, place, mark=mark)


def _how(plan: Plan, place: Place | None, *, first: bool) -> str:
    """How a version came to say it; what the file leaves out holds by default."""
    part: Any = plan
    for name in place or ():
        if isinstance(name, int):
            break
        if name not in part.model_fields_set:
            return "not written there, so the default holds"
        part = getattr(part, name)
    return "written" if first else "changed"


def _quote(source: str, text: str, place: Place | None, mark: str) -> Quote | None:
    """The lines of *text* at *place*; None where nothing is written there, so that a default holds."""
    if place is None:
        return None
    lines, at = text.replace("\r\n", "\n").split("\n"), line_of(text, *place)
    first = lines[at - 1] if lines else ""
    names = [str(part) for part in place if isinstance(part, str)]
    is_table = isinstance(place[-1], int) or re.match(rf"\s*\[\s*{re.escape('.'.join(names))}\s*\]", first) is not None
    if not re.match(r"\s*\[" if is_table else rf"\s*\"?{re.escape(names[-1])}\"?\s*=", first):
        return None
    end = at
    if is_table:
        while end < len(lines) and lines[end].strip() and not lines[end].lstrip().startswith("["):
            end += 1
    elif first.count('"""') == 1 or first.count("'''") == 1:
        end = next((n for n in range(at + 1, len(lines) + 1) if re.search(r"\"\"\"|'''", lines[n - 1])), at)
    elif first.rstrip().endswith("["):
        end = next((n for n in range(at + 1, len(lines) + 1) if "]" in lines[n - 1]), at)
    shown = tuple((n, lines[n - 1]) for n in range(at, min(end, at + _MOST_LINES - 1) + 1))
    joined = " ".join(" ".join(line.split()) for _, line in shown)
    return Quote(source, False, shown, mark if " ".join(mark.split()) in joined else "")
