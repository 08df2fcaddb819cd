"""What the facts say about certainty: each assessor's grading per outcome and comparison; pure, and silent on what a viewer may not see."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from review.certainty.grading import DOMAINS, DOWN, LEVELS
from review.model.certainty import CertaintyDrafted, CertaintyGraded, CertaintyNotGraded, CertaintyResolved, CertaintyView
from review.model.consensus import Panel, panel, reopened
from review.model.event import Event, canonical
from review.model.facts import Facts
from review.model.views import AssessmentView
from review.text import fold_blanks

Key = tuple[str, str]  # outcome, and the comparison folded
KINDS = (CertaintyGraded.kind, CertaintyNotGraded.kind, CertaintyResolved.kind)


@dataclass(slots=True)
class CertaintyState:
    """The facts of this room, in ledger order, by outcome and comparison; what is typed and not saved apart from the gradings."""

    gradings: dict[Key, list[Event]] = field(default_factory=dict)
    drafts: dict[Key, list[Event]] = field(default_factory=dict)
    home: dict[str, Key] = field(default_factory=dict)
    facts: Facts = field(default_factory=Facts)


def fold(state: CertaintyState, event: Event) -> CertaintyState:
    """The state after one more event (advanced in place)."""
    state.facts.add(event)
    if event.kind in KINDS:
        _file(state, event, key_of(event))
    elif event.kind == CertaintyDrafted.kind:
        state.drafts.setdefault(key_of(event), []).append(event)
    elif event.withdraws in state.home:
        _file(state, event, state.home[event.withdraws])
    return state


def _file(state: CertaintyState, event: Event, home: Key) -> None:
    state.gradings.setdefault(home, []).append(event)
    state.home[event.id] = home


def key_of(event: Event) -> Key:
    """The outcome and the comparison that a fact is about."""
    return event.body["outcome"], folded_name(event.body["comparison"])


def typed_by(state: CertaintyState, actor: str | None) -> list[Event]:
    """What *actor* typed last into each form and has neither saved nor dropped since, in ledger order."""
    own = ((key, e) for key, events in state.drafts.items() for e in events if e.actor == actor and state.facts.live(e.id))
    last = {(key, e.body["settles"]): e for key, e in own}
    return sorted((e for (key, _), e in last.items() if e.body["form"] and not _since(state, key, e)), key=lambda e: e.position)


def _since(state: CertaintyState, key: Key, draft: Event) -> bool:
    """Whether its author saved after the draft, or somebody settled what the draft is to settle, whatever became of that."""
    given = (e for e in state.gradings.get(key, ()) if e.withdraws is None and e.position > draft.position)
    return any(e.kind == CertaintyResolved.kind if draft.body["settles"] else e.actor == draft.actor for e in given)


def folded_name(comparison: str) -> str:
    """A comparison for comparing: neither capitals nor blanks make another one."""
    return fold_blanks(comparison).casefold()


def ungraded(event: Event) -> bool:
    """Whether it says that the evidence is not graded, be it an assessor's fact or the consensus."""
    return event.kind == CertaintyNotGraded.kind or bool(event.body.get("not_graded"))


def values(event: Event) -> dict[str, str]:
    """What two assessors must agree on, by its name: levels, ratings and numbers, however they are written, and none of their wording."""
    body = event.body
    if ungraded(event):
        return {"level": "not graded"}
    # a domain that rates up counts where it was; one that rates down is told from one that nobody rated
    ratings = {name: points for name, points in body["ratings"].items() if points or name in DOWN}
    return {
        "level": LEVELS[body["final"]].word,
        **{name.replace("_", " "): f"{ratings[name]:+d}" if name in ratings else "not rated" for name in DOMAINS},
        "design": body["design"],
        "start": LEVELS[body["start"]].word,
        "effect": _effect(body["effect"]),
        "risks with the comparator": "; ".join(sorted(_amount(one["risk"], one["per"]) for one in body["baselines"])) or "not stated",
        "threshold": _threshold(body["threshold"]),
        "participants": " and ".join(str(n) for n in body["participants"]) or "not stated",
        "studies": "; ".join(body["studies"]) or "not named",
        "number of studies": "not stated" if body["n_studies"] is None else str(body["n_studies"]),
        "importance": body["importance"],
    }


def apart(first: Event, second: Event) -> list[str]:
    """The names of what two gradings differ in; where one of them is no grading, the level alone."""
    one, other = values(first), values(second)
    return [name for name in one if one[name] != other[name]] if one.keys() == other.keys() else ["level"]


def _effect(stated: Mapping[str, Any] | None) -> str:
    if stated is None:
        return "not stated"
    limits = f" ({_amount(stated['low'])} to {_amount(stated['high'])}, {_amount(stated['level'])}%)" if stated["low"] is not None else ""
    return f"{stated['measure']} {_amount(stated['value'], stated['unit'])}{limits}"


def _threshold(declared: Mapping[str, Any] | None) -> str:
    if declared is None:
        return "not declared"
    sizes = [f"{name} {_amount(declared[name])}" for name in ("small", "moderate", "large") if declared[name] is not None]
    return ", ".join([*sizes, *([f"{declared['better']} is better"] if declared["better"] else [])])


def _amount(number: str, unit: str = "") -> str:
    """A number as every spelling of it is shown alike, 0.8 for 0.80, with its unit."""
    amount = (Decimal(number) + 0).normalize()
    said = f"{amount:f}" if abs(amount.adjusted()) < 30 else str(amount)  # an exponent that is typed makes no long text
    return f"{said} {fold_blanks(unit).casefold()}".strip()


def panel_of(events: Sequence[Event], *, needed: int) -> Panel:
    """The assessors' panel on one outcome in one comparison. A change after the consensus reopens it: that is a conflict again."""
    return reopened(panel(events, needed=needed, differ=_differ, resolution_kind=CertaintyResolved.kind), events)


def _differ(found: Sequence[Event]) -> bool:
    return any(values(one) != values(found[0]) for one in found)


def digest(assessments: Iterable[AssessmentView], outcome: str) -> str:
    """A short name of how the appraisals of one study stand that bear on *outcome*; those of no outcome bear on each."""
    said = sorted(
        canonical(
            {
                "of": [a.tool, a.result or "", a.effect or ""],
                "status": a.status,
                "overall": a.overall or "",
                "domains": dict(a.domains),
                "events": sorted(a.events),
            }
        )
        for a in assessments
        if a.outcome in (None, outcome)
    )
    return hashlib.sha256("\n".join(said).encode("utf-8")).hexdigest()[:16]


def changed_since(grading: Mapping[str, Any], included: Mapping[str, str], appraised: Mapping[str, str]) -> tuple[str, ...]:
    """What a grading rested on and is otherwise now, in words. included: id to label of the studies of today; appraised: their digests."""
    before = set(grading["included"])
    added = [label for study, label in included.items() if study not in before]
    gone = sum(study not in included for study in grading["included"])
    other = [included[s] for s, was in grading["appraised"].items() if s in included and appraised.get(s, "") != was]
    said = (
        (added, f"included since: {'; '.join(added)}"),
        (gone, f"{gone:,} {'study' if gone == 1 else 'studies'} no longer included"),
        (other, f"risk of bias assessed anew: {'; '.join(other)}"),
    )
    return tuple(words for there, words in said if there)


def effect_changed(grading: Mapping[str, Any], now: Mapping[str, Any] | str) -> tuple[str, ...]:
    """What the effect of a grading was and is *now*, in words; empty where it is the same. now: an effect, or why there is none."""
    before, after = _effect(grading["effect"]), now if isinstance(now, str) else _effect(now)
    return () if before == after else (f"effect changed since graded: {before} → {after}",)


def alone(key: Key, event: Event) -> CertaintyView:
    """One assessor's answer by itself."""
    body = event.body
    if ungraded(event):
        return CertaintyView(key[0], body["comparison"], "not graded", None, body["reason"], (event.id,))
    return CertaintyView(key[0], body["comparison"], "by one", body, body["reason"], (event.id,))


def view(key: Key, events: Sequence[Event], *, needed: int, viewer: str | None, sees_all: bool) -> CertaintyView | None:
    """The certainty as this viewer may see it; None when nothing of it may be seen."""
    found = panel_of(events, needed=needed)
    shown = [a for a in found.answers if found.closed or sees_all or a.actor == viewer]
    stands = found.resolution or (shown[-1] if shown else None)
    if stands is None:
        return None
    conflict = found.resolution is None and found.conflict
    seen = tuple(e.id for e in events if e.withdraws is None and (found.closed or sees_all or e.actor == viewer))
    name = stands.body["comparison"]
    if conflict:
        return CertaintyView(key[0], name, "conflict", None, "", seen)
    if ungraded(stands):
        return CertaintyView(key[0], name, "not graded", None, stands.body.get("why") or stands.body["reason"], seen)
    agreed = needed > 1 and found.closed and found.complete
    status = "consensus" if found.resolution is not None else "agreed" if agreed else "by one"
    return CertaintyView(key[0], name, status, stands.body, stands.body["reason"], seen)  # type: ignore[arg-type]
