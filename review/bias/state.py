"""What the facts say about appraisal: each assessor's answers per study, tool, result and effect of interest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from review.model.appraisal import AppraisalJudged, AppraisalNotAssessed, AppraisalResolved
from review.model.consensus import Panel, panel
from review.model.event import Event
from review.model.facts import Facts
from review.model.views import AssessmentView

Key = tuple[str, str | None, str | None]  # tool, result, effect of interest


@dataclass(slots=True)
class BiasState:
    """The facts of this room, in ledger order, by study and by what was assessed."""

    assessments: dict[str, dict[Key, list[Event]]] = field(default_factory=dict)
    home: dict[str, tuple[str, Key]] = field(default_factory=dict)
    facts: Facts = field(default_factory=Facts)


def fold(state: BiasState, event: Event) -> BiasState:
    """The state after one more event (advanced in place)."""
    state.facts.add(event)
    if event.kind in (AppraisalJudged.kind, AppraisalNotAssessed.kind, AppraisalResolved.kind):
        _file(state, event, (event.subject, (event.body["tool"], event.body["result"], event.body.get("effect"))))
    elif event.withdraws in state.home:
        _file(state, event, state.home[event.withdraws])
    return state


def _file(state: BiasState, event: Event, home: tuple[str, Key]) -> None:
    state.assessments.setdefault(home[0], {}).setdefault(home[1], []).append(event)
    state.home[event.id] = home


def answer(event: Event) -> tuple[object, ...]:
    """What two assessors must agree on: whether it was assessed, the final level of each domain, and the overall judgement."""
    if event.kind == AppraisalNotAssessed.kind:
        return ("not assessed",)
    domains = event.body["domains"]
    final = {name: d["final"] if isinstance(d, dict) else d for name, d in domains.items()}
    return ("assessed", tuple(sorted(final.items())), event.body["overall"])


def panel_of(events: Sequence[Event], *, needed: int) -> Panel:
    """The assessors' panel on one result."""
    return panel(events, needed=needed, differ=lambda found: len({answer(e) for e in found}) > 1, resolution_kind=AppraisalResolved.kind)


def assessment_view(
    study: str, key: Key, events: Sequence[Event], *, needed: int, viewer: str | None, sees_all: bool
) -> AssessmentView | None:
    """The assessment as this viewer may see it; None when nothing of it may be seen."""
    found = panel_of(events, needed=needed)
    shown = [a for a in found.answers if found.closed or sees_all or a.actor == viewer]
    stands = found.resolution or (shown[-1] if shown else None)
    if stands is None:
        return None
    if found.resolution is None and found.conflict:
        status = "conflict"
    elif stands.kind == AppraisalNotAssessed.kind:
        status = "not assessed"
    elif found.resolution is not None:
        status = "consensus"
    else:
        status = "agreed" if needed > 1 and found.closed and found.complete else "by one"
    _, finals, overall = answer(stands) if stands.kind != AppraisalNotAssessed.kind else ("", (), None)
    hidden = status == "conflict"
    return AssessmentView(
        study,
        *key,
        status=status,
        domains={} if hidden else dict(finals),
        overall=None if hidden else overall,
        flag="" if hidden else stands.body.get("flag", ""),
        reason="" if hidden else stands.body.get("reason", ""),
        answers={} if hidden else dict(stands.body.get("answers", {})),
        events=tuple(e.id for e in events if e.withdraws is None and _open(e, found, viewer, sees_all)),
    )  # type: ignore[arg-type]


def _open(event: Event, found: Panel, viewer: str | None, sees_all: bool) -> bool:
    """Whether *viewer* may see *event*, which may have been replaced or withdrawn since."""
    return found.closed or sees_all or event.actor == viewer or event.kind == AppraisalResolved.kind
