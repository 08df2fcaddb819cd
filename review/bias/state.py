"""What the facts say about appraisal: each assessor's answers per study, tool, result and effect of interest."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from review.model.appraisal import (
    AppraisalCalibrated,
    AppraisalDrafted,
    AppraisalJudged,
    AppraisalNotAssessed,
    AppraisalResolved,
    AppraisalWeighed,
    Support,
)
from review.model.blinding import Viewer
from review.model.consensus import Panel, panel, reopened
from review.model.event import Event
from review.model.facts import Facts
from review.model.views import AssessmentView
from review.text import fold_blanks

Key = tuple[str, str | None, str | None]  # tool, result, effect of interest
ByStudy = dict[str, dict[Key, list[Event]]]
OF_ITEMS = ("answered", "unfinished")  # the final level of a domain whose answers are themselves the judgement
ANSWERS = (AppraisalJudged.kind, AppraisalNotAssessed.kind)


@dataclass(slots=True)
class BiasState:
    """The facts of this room, in ledger order, by study and by what was assessed; drafts and weights apart from the answers."""

    assessments: ByStudy = field(default_factory=dict)
    drafts: ByStudy = field(default_factory=dict)
    weights: ByStudy = field(default_factory=dict)
    rounds: list[Event] = field(default_factory=list)
    home: dict[str, tuple[str, Key]] = field(default_factory=dict)
    facts: Facts = field(default_factory=Facts)


def folded(key: Key) -> Key:
    """The key under which a result is kept: capitals and blanks tell no results apart; without a result it is the study as a whole."""
    return key[0], fold_blanks(key[1] or "").casefold() or None, key[2]


def key_of(event: Event) -> Key:
    """What was assessed, as it is kept."""
    return folded((event.body["tool"], event.body["result"], event.body.get("effect")))


def worded(key: Key, events: Sequence[Event]) -> Key:
    """What was assessed, in the words of the first of these *events* that named it; pass only those that may be seen."""
    said = [e for e in events if e.withdraws is None]
    named = next((e for e in said if key_of(e)[1] == key[1]), said[-1] if said else None)
    return key if named is None else (key[0], named.body["result"], key[2])


def fold(state: BiasState, event: Event) -> BiasState:
    """The state after one more event (advanced in place)."""
    state.facts.add(event)
    if event.kind in (*ANSWERS, AppraisalResolved.kind):
        _file(state, event, (event.subject, key_of(event)))
    elif event.kind == AppraisalDrafted.kind:
        state.drafts.setdefault(event.subject, {}).setdefault(key_of(event), []).append(event)
    elif event.kind == AppraisalWeighed.kind:
        state.weights.setdefault(event.subject, {}).setdefault(key_of(event), []).append(event)
    elif event.kind == AppraisalCalibrated.kind:
        state.rounds.append(event)
    elif event.withdraws in state.home:
        _file(state, event, state.home[event.withdraws])
    return state


def _file(state: BiasState, event: Event, home: tuple[str, Key]) -> None:
    state.assessments.setdefault(home[0], {}).setdefault(home[1], []).append(event)
    state.home[event.id] = home


def of_study(kept: ByStudy, subjects: Iterable[str]) -> dict[Key, list[Event]]:
    """The facts about these *subjects*, which are one study, by what was assessed and in ledger order."""
    merged: dict[Key, list[Event]] = {}
    for subject in subjects:
        for key, events in kept.get(subject, {}).items():
            merged.setdefault(key, []).extend(events)
    return {key: sorted(events, key=lambda e: e.position) for key, events in merged.items()}


def answers_of(state: BiasState, subjects: Iterable[str]) -> dict[Key, list[Event]]:
    """As ``of_study``, of the answers. 'Not assessed' is said of a result whatever the effect, or of the study whatever the result: it
    meets the judgements of each effect, and of each result that stands."""
    kept = of_study(state.assessments, subjects)
    merged, wider = dict(kept), set[Key]()
    for key, events in kept.items():
        tool, result, effect = key
        met: list[Event] = []
        if effect is not None and (tool, result, None) in kept:
            met += kept[(tool, result, None)]
            wider.add((tool, result, None))
        whole = kept.get((tool, None, None), [])
        if result is not None and whole and any(e.withdraws is None and state.facts.live(e.id) for e in events):
            said = _not_assessed(whole)
            met += said
            wider |= {(tool, None, None)} if len(said) == len(whole) else set()
        merged[key] = sorted([*events, *met], key=lambda e: e.position)
    return {key: events for key, events in merged.items() if key not in wider}


def _not_assessed(events: Sequence[Event]) -> list[Event]:
    """Those that say that something is not assessed, and what takes them back."""
    said = {e.id for e in events if e.kind == AppraisalNotAssessed.kind}
    return [e for e in events if e.id in said or e.withdraws in said]


def answer(event: Event) -> tuple[Any, ...]:
    """What two assessors must agree on: whether it was assessed, the final level of each domain, the overall judgement; of a checklist
    of items its answers too, which are what is shown of it."""
    body = event.body
    if event.kind == AppraisalNotAssessed.kind or body.get("not_assessed"):
        return ("not assessed",)
    final = {name: d["final"] if isinstance(d, dict) else d for name, d in body["domains"].items()}
    said = ("assessed", tuple(sorted(final.items())), body["overall"])
    if set(final.values()).isdisjoint(OF_ITEMS):
        return said
    return (*said, tuple(sorted(body.get("answers", {}).items())))


def _differ(events: Sequence[Event]) -> bool:
    return len({answer(e) for e in events}) > 1


def panel_of(events: Sequence[Event], *, needed: int) -> Panel:
    """The assessors' panel on one result. A change after the consensus reopens it: that is a conflict again."""
    return reopened(settled_panel(events, needed=needed), events)


def settled_panel(events: Sequence[Event], *, needed: int) -> Panel:
    """The panel with its consensus, whatever was changed after that."""
    return panel(events, needed=needed, differ=_differ, resolution_kind=AppraisalResolved.kind)


def pilot_rounds(state: BiasState) -> list[Event]:
    """Live calibration rounds, oldest first."""
    return [e for e in state.rounds if state.facts.live(e.id)]


def round_of(rounds: Sequence[Event], subjects: Iterable[str], key: Key, found: Panel) -> str | None:
    """The calibration round that this result belongs to: opened for the study and the tool before anybody who counts had answered."""
    own, given = set(subjects), found.independent or found.answers
    for event in reversed(rounds):
        if event.body["tool"] == key[0] and own & set(event.body["studies"]) and all(a.position > event.position for a in given):
            return str(event.body["round"])
    return None


def draft_of(state: BiasState, subjects: Iterable[str], key: Key, actor: str | None) -> Event | None:
    """What *actor* has begun on a result and not sent off since; None where there is nothing."""
    own = tuple(subjects)
    key = folded(key)
    begun = [e for e in of_study(state.drafts, own).get(key, ()) if e.actor == actor and state.facts.live(e.id)]
    sent = [e for e in answers_of(state, own).get(key, ()) if e.actor == actor and e.kind in ANSWERS]
    return begun[-1] if begun and (not sent or sent[-1].position < begun[-1].position) else None


def weight_of(state: BiasState, subjects: Iterable[str], key: Key) -> Event | None:
    """The weight of a result that was recorded last and stands."""
    return next((e for e in reversed(of_study(state.weights, subjects).get(folded(key), [])) if state.facts.live(e.id)), None)


def assessment_view(study: str, key: Key, events: Sequence[Event], *, needed: int, viewer: Viewer) -> AssessmentView | None:
    """The assessment as this viewer may see it; None when nothing of it may be seen."""
    found = panel_of(events, needed=needed)
    sees_all = viewer.sees_open(AppraisalJudged.kind)
    shown = [a for a in found.answers if found.closed or sees_all or a.actor == viewer.name]
    stands = found.resolution or (shown[-1] if shown else None)
    if stands is None:
        return None
    key = worded(key, [e for e in events if _open(e, found, viewer.name, sees_all)])
    seen = tuple(e.id for e in events if e.withdraws is None and _open(e, found, viewer.name, sees_all))
    if found.resolution is None and found.conflict:
        reopened = settled_panel(events, needed=needed).resolution is not None
        return AssessmentView(study, *key, "conflict", {}, None, "", "", seen, outcome=_outcome(shown), reopened=reopened)
    if answer(stands)[0] == "not assessed":
        reason = stands.body["reason"]
        return AssessmentView(study, *key, "not assessed", {}, None, "", reason, seen, outcome=_outcome(shown))
    if found.resolution is not None:
        status = "consensus"
    else:
        status = "agreed" if needed > 1 and found.closed and found.complete else "by one"
    return judged_view(study, key, stands, status, seen, outcome=_outcome([*shown, stands]))


def judged_view(study: str, key: Key, event: Event, status: Any, seen: tuple[str, ...], *, outcome: str | None = None) -> AssessmentView:
    """The view of one judgement or consensus with all that its event holds."""
    body = event.body
    domains = body["judged"] if event.kind == AppraisalResolved.kind else body["domains"]
    proposed = {name: d["proposed"] for name, d in domains.items()} | {"overall": body.get("overall_proposed")}
    why = {name: d["override"] for name, d in domains.items()} | {"overall": body.get("overall_override")}
    return AssessmentView(
        study,
        *key,
        status,
        {name: d["final"] if isinstance(d, dict) else d for name, d in body["domains"].items()},
        body["overall"],
        body.get("flag", ""),
        body.get("reason", ""),
        seen,
        dict(body.get("answers", {})),
        outcome=body.get("outcome") or outcome,
        paths={name: tuple(d["path"]) for name, d in domains.items() if d["path"]},
        proposed={name: level for name, level in proposed.items() if level},
        overrides={name: reason for name, reason in why.items() if reason},
        **_given(body),
    )


def draft_view(study: str, key: Key, event: Event) -> AssessmentView:
    """The view of what its assessor has not finished: answers, and no judgement that anything could show as one."""
    body, key = event.body, worded(key, [event])
    found = AssessmentView(study, *key, "draft", {}, None, "", "", (event.id,), dict(body["answers"]), outcome=body["outcome"])
    return replace(found, judgements=dict(body["judgements"]), overrides=dict(body["override"]), **_given(body))


def _given(body: dict[str, Any]) -> dict[str, Any]:
    """What was given beside answers and judgements; none of it in facts of before."""
    return {
        "support": {name: Support(**words) for name, words in body.get("support", {}).items()},
        "directions": dict(body.get("directions", {})),
        "preliminary": dict(body.get("preliminary", {})),
        "sources": tuple(body.get("sources", ())),
        "deviations": tuple(body.get("deviations", ())),
        "aside": dict(body.get("aside", {})),
        "copied": dict(body.get("copied", {})),
        "tool_sha256": body.get("tool_sha256"),
    }


def _outcome(events: Sequence[Event]) -> str | None:
    return next((e.body["outcome"] for e in reversed(events) if e.body.get("outcome")), None)


def _open(event: Event, found: Panel, viewer: str | None, sees_all: bool) -> bool:
    """Whether *viewer* may see *event*, which may have been replaced or withdrawn since."""
    return found.closed or sees_all or event.actor == viewer or event.kind == AppraisalResolved.kind


def side_view(study: str, key: Key, event: Event) -> AssessmentView:
    """What one assessor says, in their own words and without a name: no event stands in it."""
    key = worded(key, [event])
    if event.kind == AppraisalNotAssessed.kind:
        return AssessmentView(study, *key, "not assessed", {}, None, "", event.body["reason"], ())
    return judged_view(study, key, event, "by one", ())
