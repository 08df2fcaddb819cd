"""Who may write what: which roles an event needs, and when it may replace or withdraw another. It refuses, and writes nothing."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from review.errors import NotAllowed
from review.model.blinding import ANSWERED_BY, Viewer
from review.model.consensus import Panel
from review.model.decision import whose
from review.model.event import TOOL_PREFIX, Event

LEAD = "lead"


def may_correct(actor: str, roles: Collection[str], target: Event) -> bool:
    """True when *actor* may replace or withdraw *target*.

    A person's event belongs to that person, an imported answer also to the reviewer whom it names, and both to a reviewer with the
    role ``lead``. A tool's event may be corrected by any reviewer and by a tool; a tool never corrects a person.
    """
    if target.by_tool or actor in (target.actor, whose(target)):
        return True
    return LEAD in roles and not actor.startswith(TOOL_PREFIX)


def check_correction(actor: str, roles: Collection[str], target: Event) -> None:
    """Raises NotAllowed, with the next step, when *actor* may not replace or withdraw *target*."""
    if not may_correct(actor, roles, target):
        raise NotAllowed(
            f"{actor} may not replace or withdraw what another reviewer wrote",
            where=f"event {target.id}",
            expected="the same reviewer, or one with the role 'lead'",
            next_step="write your own decision beside it, or ask the lead to correct it",
        )


def unauthorised(event: Event, roles: Mapping[str, Collection[str]], target: Event | None) -> str:
    """Why a person may not have written *event*, in words; '' where nothing speaks against it, and for what a tool wrote.

    roles: of every reviewer of the protocol in force then. target: what the event replaces or withdraws. Whether a person wrote under
    another's name, no event tells.
    """
    if event.by_tool:
        return ""
    if event.actor not in roles:
        return f"{event.actor} was no reviewer of the protocol then"
    needed = ANSWERED_BY.get(event.kind)
    if needed is not None and needed not in roles[event.actor]:
        return f"{event.actor} had not the role {needed} then"
    if target is not None and not may_correct(event.actor, roles[event.actor], target):
        return f"{event.actor} corrected what {target.actor} wrote (event {target.id}), without the role {LEAD}"
    return ""


def check_resolver(viewer: Viewer, found: Panel, note: str, *, role: str, where: str) -> None:
    """Raises NotAllowed unless there is a conflict and *viewer* may end it: a third person or, with a note, one of the two by agreement.

    role: the role that may resolve here beside the lead. A resolution that stands may be replaced by another.
    """
    if not found.closed:
        raise NotAllowed(
            "there is nothing to resolve yet: not everybody due has answered",
            where=where,
            next_step="wait until everybody due has answered",
        )
    if not found.conflict and found.resolution is None:
        raise NotAllowed("there is no conflict to resolve", where=where, next_step="whoever answered may change the answer; that is marked")
    if viewer.name is not None and not viewer.roles & {LEAD, role}:
        raise NotAllowed(f"{viewer.name} has neither the role lead nor {role}", where="review.toml [[reviewers]]")
    if viewer.name in {a.actor for a in found.answers} and LEAD not in viewer.roles and not note.strip():
        raise NotAllowed(
            "one of the two may resolve only by agreement with the other",
            where=where,
            next_step="say so in the note, or let a third person resolve it",
        )


def check_role(viewer: Viewer, role: str, *, otherwise: str) -> None:
    """Raises NotAllowed when *viewer* has not the role that answers this question."""
    if viewer.name is not None and role not in viewer.roles:
        raise NotAllowed(f"{viewer.name} has no role {role}", where="review.toml [[reviewers]]", next_step=otherwise)
