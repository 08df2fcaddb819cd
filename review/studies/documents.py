"""Which of today's records are to be joined, and which a person decides: what the engine found, within what people said. It writes nothing.

What a person undid or kept apart is not proposed again, nor joined through a third record; where the rules would do so, a person decides.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from review.model.decision import ReportsDoubted, ReportsMerged
from review.model.event import Event
from review.studies.comparing import Compared, Pair
from review.studies.groups import Groups
from review.studies.state import StudiesState, disputed, live_merges, words_apart

RULES = "tool:duplicate-rules@"
BARE_COPY, ENDS_DISAGREE, EXACT_COPY, PARTED = "bare_copy", "ends_disagree", "exact_copy", "parted_before"
HOLDS_NO_MORE = "a record that came later shows that members of this group may be two documents"


@dataclass(frozen=True, slots=True)
class Proposed:
    """``revoked``: merges by rule that no longer hold. ``merges`` join groups, none of them twice. ``doubts`` are for a person."""

    revoked: list[Event]
    merges: list[Pair]
    doubts: list[Pair]


def proposed(state: StudiesState, ids: Sequence[str], found: Compared) -> Proposed:
    """What is to be written of the engine's answer. *ids*: founding reports of today's records, in ledger order."""
    known = set(ids)
    revoked = _revoked(state, found.pairs)
    gone = {event.id for event in revoked}
    groups, held = Groups(ids), disputed(state)
    for event in live_merges(state):
        if event.id not in gone and event.id not in held:
            own = [report for report in event.body["reports"] if report in known]
            for other in own[1:]:
                groups.join(own[0], other)
    words = [[side & known for side in sides] for _, sides in words_apart(state)]
    for sides in words:
        _part(groups, sides)
    said = _Said(words)
    undone = {frozenset(e.body["reports"]) for e in state.merges if e.by_tool and state.facts.current(e.id) is None}
    merges, barred = [], []
    for pair in found.pairs:
        if pair.outcome != "merge" or groups.root(pair.a) == groups.root(pair.b):
            continue
        if frozenset({pair.a, pair.b}) not in undone and groups.join(pair.a, pair.b):
            merges.append(pair)
        elif not said.of(pair.a, pair.b):
            barred.append(replace(pair, rule=PARTED))
    open_ = [p for p in found.pairs if p.outcome == "review" and not groups.parted(p.a, p.b)]
    return Proposed(revoked, merges, _doubts(state, groups, known, [*barred, *open_], said))


def concerned(state: StudiesState, known: Collection[str], new: Collection[str]) -> set[str]:
    """Which reports may be joined or told apart otherwise than when they were last compared, now that *new* came. *known*: today's.

    The new ones, those of which a person said something, those that were compared with one that is no longer there, and all that facts
    ever led from one of these to another.
    """
    events = (*state.merges, *state.apart, *state.doubts)
    led = Groups({*new, *(report for event in events for report in event.body["reports"])})
    found = set(new)
    for event in events:
        own = event.body["reports"]
        for other in own[1:]:
            led.join(own[0], other)
        if not event.by_tool or event.id in state.taken_back or any(report not in known for report in own):
            found.update(own)
    roots = {led.root(report) for report in found}
    return {report for report in led if led.root(report) in roots}


def bodies(
    found: Compared, pairs: Sequence[Pair], place: Mapping[str, int], form: type[ReportsMerged] | type[ReportsDoubted]
) -> list[ReportsMerged | ReportsDoubted]:
    """The facts of these pairs, the report that came first named first. *place*: report -> its place in the ledger's order."""
    made: list[ReportsMerged | ReportsDoubted] = []
    for pair, why in zip(pairs, found.explain(pairs, place), strict=True):
        rule, version = (PARTED, 1) if pair.rule == PARTED else (why.rule, why.version)
        given = {"rule": rule, "rule_version": version, "compared": dict(why.compared), "scores": dict(why.scores)}
        made.append(form(reports=(str(why.a), str(why.b)), **given, **({"reason": ""} if form is ReportsMerged else {})))
    return made


class _Said:
    """Of which two reports a person said that they are two, they themselves and not only others of their groups."""

    def __init__(self, words: Iterable[Sequence[frozenset[str]]]) -> None:
        self._sides: dict[str, dict[int, int]] = {}
        for n, sides in enumerate(words):
            for at, side in enumerate(sides):
                for report in side:
                    self._sides.setdefault(report, {})[n] = at

    def of(self, a: str, b: str) -> bool:
        one, other = self._sides.get(a, {}), self._sides.get(b, {})
        return any(n in other and other[n] != at for n, at in one.items())


def _part(groups: Groups, sides: Sequence[frozenset[str]]) -> None:
    roots = [{groups.root(report) for report in side} for side in sides]
    for at, own in enumerate(roots):
        for other in roots[at + 1 :]:
            for a in own:
                for b in other:
                    groups.part(a, b)


def _doubts(state: StudiesState, groups: Groups, known: set[str], pairs: Sequence[Pair], said: _Said) -> list[Pair]:
    """The pairs of which nobody was asked yet, one for each two groups, the first of each."""
    asked = {frozenset(groups.root(r) for r in e.body["reports"]) for e in state.doubts if known.issuperset(e.body["reports"])}
    found = []
    for pair in pairs:
        two = frozenset({groups.root(pair.a), groups.root(pair.b)})
        if len(two) == 2 and two not in asked and not said.of(pair.a, pair.b):
            asked.add(two)
            found.append(pair)
    return found


def _revoked(state: StudiesState, pairs: Sequence[Pair]) -> list[Event]:
    """Live merges by the engine whose group it now leaves to a person whole; one that was taken back and stands again is a person's."""
    disagree = [pair for pair in pairs if pair.rule == ENDS_DISAGREE]
    own = [e for e in state.merges if e.actor.startswith(RULES) and e.id not in state.taken_back] if disagree else []
    if not own:
        return []
    copies = Groups({i for p in pairs for i in (p.a, p.b)} | {i for e in own for i in e.body["reports"]})
    for pair in pairs:
        if pair.rule == EXACT_COPY:
            copies.join(pair.a, pair.b)
    doubted = {frozenset({copies.root(pair.a), copies.root(pair.b)}) for pair in disagree}
    return [e for e in own if state.facts.live(e.id) and frozenset(map(copies.root, e.body["reports"])) in doubted]
