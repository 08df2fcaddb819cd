"""Reads old bodies as today's: one pure function for each (kind, version) that was left behind; stored bytes never change."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Protocol

from review.errors import NewerSchema

Step = Callable[[dict[str, Any]], dict[str, Any]]

# (kind, version) -> the same body one version later. A kind's version rises together with an entry here.
STEPS: dict[tuple[str, int], Step] = {}


class Kept(Protocol):
    """What is asked of an event here: its kind, the version of its form, and whether this release reads it."""

    @property
    def kind(self) -> str: ...
    @property
    def schema(self) -> int: ...
    @property
    def known(self) -> bool: ...


def upcast(kind: str, version: int, body: dict[str, Any], steps: Mapping[tuple[str, int], Step] = STEPS) -> dict[str, Any]:
    """The body in the newest form that there is a step to. A kind without steps comes back as it is."""
    while (step := steps.get((kind, version))) is not None:
        body = step(body)
        version += 1
    return body


def require_known(events: Iterable[Kept], needed: Iterable[str]) -> None:
    """Refuse a view whose facts this release cannot read.

    needed: the kinds that the view is made of; an unknown kind of the same family ('screening.') may change it too.
    Raises NewerSchema that names the kinds and how many events there are of each.
    """
    wanted = frozenset(needed)
    families = {kind.partition(".")[0] for kind in wanted}
    unread: dict[str, int] = {}
    for event in events:
        if not event.known and (event.kind in wanted or event.kind.partition(".")[0] in families):
            name = f"{event.kind} (version {event.schema})"
            unread[name] = unread.get(name, 0) + 1
    if unread:
        listed = ", ".join(f"{count} {name}" for name, count in sorted(unread.items()))
        raise NewerSchema(
            f"this view needs facts that a newer release wrote: {listed}",
            next_step="install a release that knows these kinds; the facts themselves are kept and are merged as usual",
        )
