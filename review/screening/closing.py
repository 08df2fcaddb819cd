"""How many were to read a report at each moment of the review: the protocol's versions and the lead's rules as they then stood. Pure.

A rule that was taken back and a version that was amended count for the days on which they were in force, so that an answer which
others could see on one of them is never taken for independent afterwards.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from review.model.consensus import first_readers
from review.model.decision import whose
from review.model.event import Event, Position
from review.model.plan import Plan
from review.screening.allocation import needed_by


@dataclass(frozen=True)
class Regime:
    """What was asked at one stage from a *position* in the ledger on.

    needed    readers by the protocol
    watchers  who saw open answers of others and was not to answer
    rules     the lead's rules that counted, oldest first
    """

    position: Position
    needed: int
    screeners: frozenset[str]
    watchers: frozenset[str]
    rules: tuple[Event, ...]

    def rule_for(self, answers: Sequence[Event]) -> Event | None:
        """The rule that says how many read a report: the one that counted when the first of its *answers* that stand was given."""
        first = min((a.position for a in answers), default=None)
        before = [rule for rule in self.rules if first is None or rule.position < first]
        return before[-1] if before else None

    def due(self, answers: Sequence[Event], record: str) -> int:
        """How many read the report for which *record* stands."""
        rule = self.rule_for(answers) if self.rules else None
        return self.needed if rule is None else needed_by(rule.body, record, self.needed)


@dataclass(frozen=True)
class Course:
    """The regimes of one stage, oldest first; one at least. ``key``: the same for the same regimes."""

    regimes: tuple[Regime, ...]
    key: str

    @property
    def today(self) -> Regime:
        """What is asked now."""
        return self.regimes[-1]

    def at(self, position: Position) -> Regime:
        """What was asked at that position; before the first version of the protocol, what that version asks."""
        return self.regimes[max(0, bisect_right(self.regimes, position, key=lambda r: r.position) - 1)]


def course_of(stage: str, plans: Sequence[tuple[Position, Plan]], rules: Sequence[tuple[Position, tuple[Event, ...]]]) -> Course:
    """The course of *stage*. plans: each version by the position from which it was in force; rules: those that counted, likewise."""
    regimes: list[Regime] = []
    for position in sorted({at for at, _ in (*plans, *rules)}):
        plan = next((p for at, p in reversed(plans) if at <= position), plans[0][1])
        live = next((r for at, r in reversed(rules) if at <= position), ())
        screeners = frozenset(r.id for r in plan.reviewers if "screener" in r.roles)
        watchers = frozenset(r.id for r in plan.reviewers if r.sees_all) - screeners
        own = tuple(rule for rule in live if rule.body["stage"] == stage)
        one = Regime(position, int(getattr(plan.settings.reviewers_per_stage, stage)), screeners, watchers, own)
        if not regimes or _asks(one) != _asks(regimes[-1]):
            regimes.append(one)
    return Course(tuple(regimes), repr([(r.position, _asks(r)) for r in regimes]))


def _asks(regime: Regime) -> tuple[object, ...]:
    return regime.needed, sorted(regime.screeners), sorted(regime.watchers), [rule.id for rule in regime.rules]


@dataclass(frozen=True)
class ByCourse:
    """When the panel of one report closes: by the course of its stage, and in a pilot by those whom its opening names.

    record  the record that stands for the report
    pilots  openings of the pilot round, oldest first; none for the main screening
    """

    course: Course
    record: str
    pilots: tuple[Event, ...] = ()

    @property
    def turns(self) -> tuple[Position, ...]:
        """Where something else was asked from there on."""
        return tuple(regime.position for regime in self.course.regimes[1:])

    def readers(self, answers: Sequence[Event], position: Position) -> Collection[str]:
        """Whose answers close the panel at that position; none while somebody due has not answered."""
        regime = self.course.at(position)
        if not self.pilots:
            return first_readers(answers, regime.due(answers, self.record))
        named = named_in(self.pilots, position)
        if not named:  # opened by a release that did not note them
            return first_readers(answers, regime.needed)
        answered = {whose(a) for a in answers}
        awaited = [name for name in named if name in regime.screeners or name in answered]
        return awaited if answered.issuperset(awaited) else ()

    def watchers(self, position: Position) -> Collection[str]:
        """Who saw open answers at that position without being asked for one."""
        return self.course.at(position).watchers


def named_in(pilots: Sequence[Event], position: Position | None = None) -> tuple[str, ...]:
    """The readers of a pilot round as its last opening, up to that position, names them."""
    opened = [e for e in pilots if position is None or e.position <= position]
    return tuple(opened[-1].body.get("reviewers", ())) if opened else ()
