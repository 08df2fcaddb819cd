"""The planned syntheses of a review, from its extracted cells to the pooled estimate; one for each [[comparisons]] of the protocol.

A synthesis is asked for by the id of its comparison. What is not planned is not pooled.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from review.certainty.absolute import Effect
from review.errors import GuardRefused, InputRefused, NotFound, near
from review.extraction.rows import folded
from review.model.plan import Outcome, Plan
from review.model.plan_synthesis import Direction, PlannedComparison
from review.reporting.analysis_exclusions import chosen_arms, known_arm
from review.reporting.analysis_rows import UNGROUPED, Gathered, Left, gather
from review.reporting.rooms import Rooms
from review.synthesis.analysis import Analysis, analyse
from review.synthesis.effects import Effect as StudyEffect
from review.synthesis.guards import Guard, guard_rules
from review.synthesis.measures import measure_of
from review.synthesis.settings import INTERVAL_NAMES, SynthesisSettings

NOT_PLANNED = "The protocol plans no comparison: this review is descriptive, and nothing is pooled."


@dataclass(frozen=True)
class Synthesis:
    """One planned synthesis: its plan, its rows with what was left out, and what was found."""

    asked: PlannedComparison
    outcome: Outcome
    gathered: Gathered
    done: Analysis

    @property
    def title(self) -> str:
        """What it is called: as planned, else its outcome and arms."""
        return self.asked.title or f"{self.outcome.name}: {arms_said(self.asked)}"

    @property
    def about(self) -> str:
        """Title, outcome and time point in words."""
        named = self.outcome.name if folded(self.outcome.name) not in (folded(self.title) or "") else ""
        return ", ".join(words for words in (self.title, named, self.asked.timepoint) if words)

    @property
    def each(self) -> tuple[StudyEffect, ...]:
        """Every comparison of its rows and every row that is in none, used or not."""
        return self.done.found.each

    @property
    def left(self) -> tuple[Left, ...]:
        """Studies and results of which no row came in."""
        return self.gathered.left

    @property
    def ungrouped(self) -> dict[str, str]:
        """The pooled studies that are in none of the planned subgroups: label -> why. They are not in the test between these either."""
        groups = self.gathered.groups if self.asked.subgroup_by else {}
        studies = {effect.comparison.first.study: effect.comparison.first.label for effect in self.done.pooled_of}
        return {label: groups[study] for study, label in studies.items() if groups.get(study) in UNGROUPED}

    @property
    def excluded(self) -> int:
        """How many rows are excluded with a reason; with those used they are all that stand in a table."""
        return len(self.each) - len(self.done.pooled_of) + len(self.left)

    @property
    def guards(self) -> tuple[Guard, ...]:
        """What the guards say, of what was left out for a guard too."""
        single = [one for one in self.left if one.reason.startswith("E01")]
        if not single:
            return self.done.guards
        rule = next(rule for rule in guard_rules() if rule.code == "E01")
        names = ", ".join(dict.fromkeys(one.label for one in single))
        kept = Guard("E01", "warn", rule.says.format(what=names), rule.instead, f"Not pooled with the others: {names}.")
        return (kept, *self.done.guards)

    @property
    def better(self) -> Direction:
        """Which direction is better in its effects as they are pooled, '' where neither the plan nor a study whose sign is aligned says.

        Nor is any where ratios are of means below 0, which grow as the means fall.
        """
        if self.done.found.of_distances:
            return ""
        told = any(row.better for one in self.done.used for row in one.comparison.rows)
        return self.asked.better(self.done.settings.direction if told else "")

    def side(self, value: float) -> str:
        """Which side an effect on the scale of the analysis favours: 'experimental', 'control' or 'neither'. Raises InputRefused."""
        if self.done.found.of_distances:
            raise InputRefused(
                "its ratios are of means below 0, which grow as the means fall: they name no side",
                where=f"comparisons {self.asked.id}",
                next_step='plan measure = "MD" or "SMD" for it in review.toml, as an amendment',
            )
        if not self.better:
            raise InputRefused(
                "the comparison does not say which direction is better",
                where=f"comparisons {self.asked.id}",
                next_step='add direction = "lower is better" or "higher is better" to it in review.toml, as an amendment',
            )
        if value == 0:
            return "neither"
        return "experimental" if (value < 0) == (self.better == "lower is better") else "control"


def arms_said(asked: PlannedComparison) -> str:
    """The arms of a planned comparison as it names them."""
    if measure_of(asked.measure).arms == 1:
        return "single arms"
    return f"{' or '.join(asked.experimental)} versus {' or '.join(asked.control)}"


def settings_of(plan: Plan) -> SynthesisSettings:
    """The settings of the protocol in force."""
    return SynthesisSettings.from_plain(plan.synthesis.policies())


def chosen(rooms: Rooms, comparison: str = "", outcome: str = "", timepoint: str = "") -> list[PlannedComparison]:
    """The planned comparisons of these, '' for any: id, outcome (id or name), time point.

    Raises NotFound for a comparison, an outcome or a time point that none is planned for.
    """
    plan = rooms.protocol.plan
    found = list(plan.comparisons)
    if comparison:
        found = _fitting("comparison", comparison, found, [one.id for one in found], lambda one: one.id == comparison)
    names = {one.id: one.name for one in plan.outcomes}
    if outcome:
        same = folded(outcome)
        known = [names[one.outcome] for one in found]
        found = _fitting("outcome", outcome, found, known, lambda one: same in (folded(one.outcome), folded(names[one.outcome])))
    if timepoint:
        times = [one.timepoint for one in found]
        found = _fitting("time point", timepoint, found, times, lambda one: folded(one.timepoint) == folded(timepoint))
    return found


def _fitting(what: str, asked: str, found: Sequence[PlannedComparison], known: Sequence[str], fits: object) -> list[PlannedComparison]:
    fitting = [one for one in found if fits(one)]  # type: ignore[operator]
    if not fitting:
        names = list(dict.fromkeys(name for name in known if name))
        raise NotFound(
            f"no comparison is planned for the {what} {asked!r}" if what != "comparison" else f"no comparison {asked!r} is planned",
            where="[[comparisons]] of review.toml",
            next_step=near(asked, names) if names else "plan one in review.toml, then amend the protocol",
        )
    return fitting


def synthesis(rooms: Rooms, comparison: str) -> Synthesis:
    """The synthesis of one planned comparison, made once for each state of the ledger. Raises NotFound for one that is not planned."""
    [asked] = chosen(rooms, comparison) if comparison else [_only(rooms)]
    plan = rooms.protocol.plan
    with rooms.seat.still():
        rests_on = (tuple(sorted(rooms.heads.items())), plan, rooms.seat.viewer)
        return rooms.seat.made(f"synthesis {asked.id}", rests_on, lambda: _made(rooms, plan, asked))


def effect_of(rooms: Rooms, comparison: str) -> Effect:
    """The pooled effect of a planned comparison as a grading of certainty takes it, rounded to six significant digits.

    Raises GuardRefused where nothing is pooled, InputRefused for a measure that a grading does not know.
    """
    one = synthesis(rooms, comparison)
    pooled, measure = one.done.pooled, one.asked.measure
    if pooled is None:
        raise GuardRefused(one.done.refused)
    value, low, high = (f"{one.done.found.back(number):.6g}" for number in (pooled.estimate, *pooled.ci))
    model = {"EE": "common effect", "MH": "Mantel–Haenszel", "PETO": "Peto"}.get(pooled.method, f"random effects ({pooled.method})")
    said = f"{one.about}, k = {pooled.k}, {model}, interval: {INTERVAL_NAMES[pooled.interval]}"
    return Effect({"PETO": "Peto OR", "IRR": "rate ratio"}.get(measure, measure), value, low, high, said, pooled.level, _unit(one))


def _unit(one: Synthesis) -> str:
    """The unit of a mean difference, where the rows of an effect that is pooled state one."""
    counts = (row.unit for effect in one.done.used for row in effect.comparison.rows if row.unit)
    return next(counts, "") if one.asked.measure == "MD" else ""


def _only(rooms: Rooms) -> PlannedComparison:
    planned = rooms.protocol.plan.comparisons
    if len(planned) != 1:
        raise InputRefused(
            f"{len(planned)} comparisons are planned", expected=", ".join(one.id for one in planned) or "a comparison", next_step="name one"
        )
    return planned[0]


def _made(rooms: Rooms, plan: Plan, asked: PlannedComparison) -> Synthesis:
    outcome = next(one for one in plan.outcomes if one.id == asked.outcome)
    gathered = gather(rooms, asked, outcome)
    groups = {study: word for study, word in gathered.groups.items() if word not in UNGROUPED} if asked.subgroup_by else None
    settings = _settings_here(rooms, plan, asked, gathered)
    done = analyse(gathered.rows, asked.measure, settings, groups=groups, better=asked.direction.partition(" ")[0])
    return Synthesis(asked, outcome, gathered, done)


def _settings_here(rooms: Rooms, plan: Plan, asked: PlannedComparison, gathered: Gathered) -> SynthesisSettings:
    """The settings as this comparison has them: its direction, and of the arms chosen those of the studies that came to it."""
    settings = settings_of(plan)
    one_scale = asked.measure not in ("SMD", "SMDH") and not any(row.better for row in gathered.rows)  # then no sign is turned
    settings = replace(settings, direction="" if one_scale else asked.turned_to(settings.direction))
    if settings.multi_arm != "choose":
        return settings
    arms, here = chosen_arms(plan, rooms.protocol.text, rooms.studies.views()), {row.study for row in gathered.rows}
    own = tuple((study, arm) for study, arm in arms.items() if study in here)
    for study, arm in own:
        view = gathered.studies[study]
        known_arm(plan, rooms.protocol.text, view, arm, [cell.arm for cell in rooms.extraction.cells(view) if cell.arm])
    return replace(settings, multi_arm="choose" if own else "refuse", choose=own)
