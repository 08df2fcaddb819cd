"""Decisions that came from another tool's file: how each is read as an answer or a consensus, and which files there are."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from review.model.consensus import Panel
from review.model.decision import ScreeningDecided, ScreeningResolved, is_imported
from review.model.event import Event

CONSENSUS, REVIEWERS = "consensus", "reviewers"
WAYS = (CONSENSUS, REVIEWERS)
_NOT_SAID = {"judgements": {}, "also_failed": (), "override": False, "round": None, "near_miss": False}


def as_answer(event: Event) -> Event:
    """The same fact in the form of a panel: the answer of the reviewer it names, or a resolution where it is a consensus.

    So every rule of answers holds for it: who may see it, what conflicts with it, what agreement counts. Its body keeps all that
    tells where it came from.
    """
    if event.body["reviewer"] is None:
        return replace(event, kind=ScreeningResolved.kind, body={**event.body, "near_miss": False})
    return replace(event, kind=ScreeningDecided.kind, actor=event.body["reviewer"], body={**event.body, **_NOT_SAID})


def consensus_alone(found: Panel) -> bool:
    """Whether an imported consensus ended this question before everybody due had answered it here: who read it is then not known."""
    return not found.closed and found.resolution is not None and is_imported(found.resolution)


@dataclass(frozen=True, slots=True)
class ImportedFile:
    """What counts today of one file at one stage: ``decisions`` answers or consensus decisions (``as_`` says which)."""

    file: str
    sha256: str
    tool: str
    stage: str
    as_: str
    decisions: int


def files(events: Iterable[Event], live: Callable[[str], bool]) -> list[ImportedFile]:
    """The files of these imported decisions, in the order in which they came in; one of which nothing counts is left out."""
    counts: dict[tuple[str, str, str, str, str], int] = {}
    for event in events:
        body = event.body
        way = CONSENSUS if body["reviewer"] is None else REVIEWERS
        key = (body["file_name"], body["file_sha256"], body["tool"], body["stage"], way)
        counts[key] = counts.get(key, 0) + live(event.id)
    return [ImportedFile(*key, n) for key, n in counts.items() if n]


def token_of(*parts: object) -> str:
    """The name of one answer of one file as it was understood: the same file read the same way gives the same token."""
    return "imported:" + hashlib.sha256("\x1f".join(map(str, parts)).encode()).hexdigest()[:40]
