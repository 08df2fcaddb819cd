"""From judgements to a decision: pure rules of METHOD, and the refusals that go with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from review.errors import InputRefused, near
from review.model.decision import DECISIONS, JUDGEMENTS, STAGES
from review.model.plan import NOT_A_REASON, Criterion


@dataclass(frozen=True, slots=True)
class Derived:
    """The decision that follows; ``failed`` are the criteria not met, in the protocol's order."""

    decision: str | None
    failed: tuple[str, ...]


def derive(judgements: Mapping[str, str], criteria: Sequence[Criterion]) -> Derived:
    """Any not met -> exclude; all met -> include; any not assessed and none not met -> no decision yet; else unsure.

    A criterion without a judgement is not assessed.
    """
    values = [judgements.get(c.id, "not_assessed") for c in criteria]
    failed = tuple(c.id for c, v in zip(criteria, values, strict=True) if v == "not_met")
    if failed:
        return Derived("exclude", failed)
    if not values or "not_assessed" in values:
        return Derived(None, ())
    return Derived("include" if all(v == "met" for v in values) else "unsure", ())


@dataclass(frozen=True, slots=True)
class Settled:
    """What will be stored: decision, primary reason, further criteria not met, whether judgements were overridden."""

    decision: str
    reason: str | None
    also_failed: tuple[str, ...]
    override: bool


def settle(
    *, stage: str, criteria: Sequence[Criterion], decision: str | None, judgements: Mapping[str, str], reason: str | None, note: str
) -> Settled:
    """The decision to store. Raises InputRefused with what is wrong and what is accepted."""
    at_stage = [c for c in criteria if stage in c.stage]
    ids = [c.id for c in at_stage]
    for criterion, value in judgements.items():
        if criterion not in ids:
            raise InputRefused(f"there is no criterion {criterion!r} at this stage", where=stage, next_step=near(criterion, ids))
        if value not in JUDGEMENTS:
            raise InputRefused(
                f"{value!r} is no judgement", where=criterion, expected=", ".join(JUDGEMENTS), next_step=near(value, JUDGEMENTS)
            )
    if decision is not None and decision not in DECISIONS:
        raise InputRefused(f"{decision!r} is no decision", expected=", ".join(DECISIONS), next_step=near(decision, DECISIONS))
    derived = derive(judgements, at_stage) if judgements else Derived(None, ())
    if decision is None and derived.decision is None:
        raise InputRefused(
            "no decision follows from these judgements yet",
            expected="a judgement on every criterion, or one that is not met",
            next_step="judge the rest, or give the decision yourself",
        )
    final = decision or derived.decision or ""
    unfinished = bool(judgements) and derived.decision is None
    override = (derived.decision is not None and final != derived.decision) or (unfinished and final == "include")
    if override and not note.strip():
        led = f"the judgements lead to {derived.decision!r}, not {final!r}" if derived.decision else "not every criterion has been judged"
        raise InputRefused(led, next_step="say why in a note, or change the judgements")
    if reason is not None and judgements.get(reason) == "met":
        raise InputRefused(f"{reason} was judged met, so it is no reason to exclude", next_step="name a criterion that is not met")
    return Settled(final, *_reason(final, stage, ids, derived, reason, override), override)


def _reason(
    final: str, stage: str, ids: Sequence[str], derived: Derived, reason: str | None, override: bool
) -> tuple[str | None, tuple[str, ...]]:
    if final != "exclude":
        if reason is not None:
            raise InputRefused("a reason belongs to an exclusion", where=stage, next_step="leave it out, and put the words in the note")
        return None, ()
    check_reason(reason, ids, stage)
    if derived.failed and not override:
        if reason is not None and reason != derived.failed[0]:
            raise InputRefused(
                f"the primary reason is the first criterion not met, {derived.failed[0]!r}, not {reason!r}",
                next_step="leave the reason out, or change the judgements",
            )
        return derived.failed[0], derived.failed[1:]
    if reason is None and stage == "full_text":
        raise InputRefused(
            "an exclusion at full text needs its reason",
            expected="one of: " + ", ".join(ids),
            next_step="give reason=…, or judge the criteria",
        )
    return reason, ()


def check_reason(reason: str | None, ids: Sequence[str], stage: str) -> None:
    """Raises InputRefused unless *reason* is None or a criterion of this stage; says why where absence of results was given."""
    if reason is None or reason in ids:
        return
    if any(phrase in reason.casefold() for phrase in NOT_A_REASON):
        raise InputRefused(
            f"{reason!r} is no reason to exclude: absence of results or publication says nothing about eligibility",
            next_step="include it, and classify the study as ongoing or awaiting",
        )
    raise InputRefused(f"there is no criterion {reason!r} at this stage", where=stage, next_step=near(reason, ids))


def check_near_miss(near_miss: bool, decision: str, stage: str) -> None:
    """Raises InputRefused when something other than an exclusion at full text is marked as a near miss."""
    if near_miss and (decision, stage) != ("exclude", "full_text"):
        raise InputRefused(
            "only an exclusion at full text can be a near miss", where=f"{decision}, {stage}", next_step="leave near_miss out"
        )


def presented(rank: int | None, model: str | None, before: Mapping[str, Any] | None) -> dict[str, Any]:
    """Where a decision's record was presented and by what, as its fact holds it; a retry keeps what was stored *before*.

    Raises InputRefused for a rank that is no whole number from 1.
    """
    if rank is not None and (isinstance(rank, bool) or not isinstance(rank, int) or rank < 1):
        raise InputRefused(f"{rank!r} is no rank", expected="a whole number from 1, or None where nothing ordered the records")
    if before is not None:
        return {"rank": before.get("rank"), "model": before.get("model")}
    return {"rank": rank, "model": model}


def as_sent(
    stage: str,
    decision: str | None,
    judgements: Mapping[str, str],
    reason: str | None,
    note: str,
    *,
    near_miss: bool,
    round: str | None,
) -> dict[str, Any]:
    """What a decision says as it was sent: the fields by which it is known when it is sent again.

    What followed from the judgements, and a round that was not named, were settled when it was stored, and are not asked again.
    """
    sent: dict[str, Any] = {"stage": stage, "judgements": dict(judgements), "note": note.strip(), "near_miss": near_miss}
    sent |= {"override": False} if decision is None else {"decision": decision}
    sent |= {"reason": reason} if reason is not None or not judgements else {}
    return sent | ({"round": round} if round is not None else {})


def known_stage(stage: str) -> None:
    """Raises InputRefused, with the near matches, unless *stage* is one."""
    if stage not in STAGES:
        raise InputRefused(f"{stage!r} is no stage", expected=", ".join(STAGES), next_step=near(stage, STAGES))


def why_not_screened(lane: str, *, removed: bool) -> str:
    """Why a report is not decided on by title and abstract."""
    if lane == "other":
        return "it came by other methods and goes straight to full text"
    return "it was removed before screening" if removed else "screening of it was stopped"


def why_not_assessed(*, sought: bool, status: str | None) -> str:
    """Why a report is not decided on at full text."""
    if not sought:
        return "it has not passed title and abstract"
    return "its full text was not retrieved" if status == "not_retrieved" else "its full text has not been retrieved yet"
