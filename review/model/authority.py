"""Who may correct what: the rule by which one event may replace or withdraw another. It refuses, and writes nothing."""

from __future__ import annotations

from collections.abc import Collection

from review.errors import NotAllowed
from review.model.event import TOOL_PREFIX, Event

LEAD = "lead"


def may_correct(actor: str, roles: Collection[str], target: Event) -> bool:
    """True when *actor* may replace or withdraw *target*.

    A person's event belongs to that person, and to a reviewer with the role ``lead``. A tool's event may be corrected by any
    reviewer and by a tool; a tool never corrects a person.
    """
    if target.by_tool or actor == target.actor:
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
