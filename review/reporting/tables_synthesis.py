"""Tables of the planned syntheses: what is compared, the effect of every study, what was not pooled and why, and how it was done.

Rows in are rows used and rows excluded with a reason, in every table; where nothing is planned a sentence says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from importlib.metadata import version

from review.extraction.rows import folded
from review.model.plan import Plan
from review.model.plan_synthesis import PlannedComparison
from review.reporting.analyses import NOT_PLANNED, Synthesis, arms_said, settings_of, synthesis
from review.reporting.analysis_account import accounted, flagged
from review.reporting.analysis_forest import arm_names, guard_words
from review.reporting.analysis_lines import Line, derived_of, done_to, labels_apart, line_traces, lines
from review.reporting.lettering import held
from review.reporting.plots.wording import count, plain, shown
from review.reporting.rooms import Rooms
from review.reporting.table import Cell, Column, Table
from review.reporting.trace import by_record, cells_trace, key_of, put
from review.reporting.trace_plan import field_trace, part_trace
from review.reporting.trace_view import Trace
from review.synthesis.comparisons import Arm
from review.synthesis.grid import METHODS as COMPARED
from review.synthesis.measures import measure_of
from review.synthesis.settings import DIRECTIONS, INTERVAL_NAMES, METHODS, SynthesisSettings
from review.synthesis.wording import planned

NOTHING_DONE = "No study gave anything for this comparison."
ALL_POOLED = "Every row of this comparison has an effect and is in its synthesis."


def comparisons(rooms: Rooms) -> Table:
    """The comparisons that the protocol plans, each leading to the versions that wrote it."""
    found: dict[str, Trace] = {}
    plan, rows = rooms.protocol.plan, []
    names = {one.id: one.name for one in plan.outcomes}
    for one in plan.comparisons:
        trace = comparison_trace(rooms, one.id)
        found[trace.key] = trace
        rows.append(
            (
                Cell(one.id, trace=trace.key),
                Cell.of(one.title, "no title is planned"),
                Cell(names[one.outcome]),
                Cell.of(one.timepoint, "any time point"),
                Cell(arms_said(one)),
                Cell(f"{one.measure}: {measure_of(one.measure).name}"),
                Cell.of(one.subgroup_by.replace("_", " "), "no subgroups are planned"),
                Cell.of(", ".join(one.models).replace("_", " "), "no covariates are planned"),
            )
        )
    columns = (
        Column("id", "Comparison"), Column("title", "Title", width=2), Column("outcome", "Outcome"), Column("timepoint", "Time point"),
        Column("arms", "Arms", width=2), Column("measure", "Measure", width=2), Column("subgroups", "Subgroups by"),
        Column("covariates", "Covariates"),
    )  # fmt: skip
    return Table("comparisons", "Planned comparisons", columns, tuple(rows), rooms.table_notes(), found, NOT_PLANNED)


def comparison_trace(rooms: Rooms, id: str) -> Trace:
    """The origin of one planned comparison: the versions of the protocol that wrote it. One key, so one origin on every page."""
    names = {one.id: one.name for one in rooms.protocol.plan.outcomes}
    return part_trace(rooms, "comparisons", id, f"Comparison {id}", lambda part: _said(part, names))


def _said(one: PlannedComparison, names: dict[str, str]) -> str:
    return f"{names.get(one.outcome, one.outcome)}, {one.measure}, {arms_said(one)}"


def effects(rooms: Rooms, comparison: str = "") -> Table:
    """The effect of every study in one planned comparison, with the numbers behind it; rows excluded stay with their reason."""
    one = synthesis(rooms, comparison)
    made = lines(one)
    found, names, records, apart = line_traces(rooms, one, made), arm_names(one), by_record(rooms), labels_apart(made)
    rows = []
    for line in made:
        sides = (line.effect.comparison.exp, line.effect.comparison.ctl) if line.effect else (None, None)
        cells = [_arm_cell(rooms, one, line, at, side, found, records) for at, side in enumerate(sides[: len(names)])]
        effect = Cell(line.words, trace=line.key, notes=_notes(line)) if line.used else Cell("", missing="empty", why=line.reason)
        weight = Cell(f"{line.weight:.1f}", trace=line.key) if line.weight is not None else Cell("", missing="empty", why="not pooled")
        standing = Cell("used" if line.used else f"excluded: {line.reason}", trace=line.key)
        rows.append((Cell(apart[line.key], trace=line.key, flag=line.flag), *cells, effect, weight, standing))
    level = plain(one.done.settings.level)
    columns = (
        Column("study", "Study", width=2 if any(apart[line.key] != line.label for line in made) else 1),
        *(Column(f"arm_{at}", name, width=2) for at, name in enumerate(names)),
        Column("effect", f"{one.asked.measure} [{level}% CI]", width=3), Column("weight", "Weight", unit="%", align="right"),
        Column("standing", "Used, or why not", width=3),
    )  # fmt: skip
    notes = rooms.table_notes(*accounted(one), *flagged(made), *_guards(one))
    return Table(key_of("effects", one.asked.id), f"Effects: {one.about}", columns, tuple(rows), notes, found, NOTHING_DONE)


def _guards(one: Synthesis) -> list[str]:
    return [guard_words(guard) for guard in one.guards]


def _notes(line: Line) -> tuple[str, ...]:
    """What was done to the numbers of this effect, a sentence."""
    said = "; ".join(done_to(line))
    return () if not said else (said[:1].upper() + said[1:] + ".",)


def _arm_cell(rooms: Rooms, one: Synthesis, line: Line, at: int, arm: Arm | None, found: dict[str, Trace], records: object) -> Cell:
    """The numbers of one arm, leading to its own cells; the key is of its place, since its name may be in any script."""
    said = arm_words(arm, one.done.found.measure.needs) if arm else ""
    if arm is None or not said:
        return Cell("", missing="empty", why=line.reason or "the effect is taken as the study states it")
    names = {folded(row.arm) for row in line.effect.comparison.rows_of(at)} if line.effect else set()
    cells = [cell for cell in line.cells if cell.arm and folded(cell.arm) in names] or list(line.cells)
    key = f"{line.key}-arm-{at + 1}"
    put(found, cells_trace(rooms, key, f"{line.label}: {arm.name or 'arm'}", said, cells, records))  # type: ignore[arg-type]
    derived = derived_of(line, at)
    return Cell(said, trace=key, notes=(f"{derived}.",) if derived else ())


def arm_words(arm: Arm, needs: Sequence[str]) -> str:
    """'4/40', or '32.10 (SD 12.00), n 40'; a number that is not there is a dash."""
    if "events" in needs:
        of = count(arm.person_time if "person_time" in needs else arm.n)
        return "" if arm.events is None and of == "–" else f"{count(arm.events)}/{of}"
    if "mean" not in needs or (arm.mean is None and arm.n is None):
        return ""
    mean, sd = ("–" if value is None else shown(value) for value in (arm.mean, arm.sd))
    return held(f"{mean} (SD {sd}),") + " " + held(f"n {count(arm.n)}")


def not_pooled(rooms: Rooms, comparison: str = "") -> Table:
    """What is in no pooled estimate of a planned comparison, and why; every row where a guard refuses to pool."""
    one = synthesis(rooms, comparison)
    made = lines(one)
    found, pooled = line_traces(rooms, one, made), one.done.pooled is not None
    rest, names = [line for line in made if not (line.used and pooled)], labels_apart(made)
    why = "; ".join(f"nothing is pooled: {guard.message}" for guard in one.done.refused)
    rows = [
        (
            Cell(names[line.key], trace=line.key, flag=line.flag),
            Cell.of(line.arms, "no arm of it came in"),
            Cell(line.words, trace=line.key) if line.used else Cell("", missing="empty", why=line.reason),
            Cell(why if line.used else line.reason, trace=line.key),
        )
        for line in rest
    ]
    columns = (
        Column("study", "Study"), Column("arms", "Arms", width=2), Column("effect", one.asked.measure, width=2),
        Column("reason", "Why it is not pooled", width=4),
    )  # fmt: skip
    notes = rooms.table_notes(*accounted(one), *(guard_words(guard) for guard in one.done.refused))
    empty = ALL_POOLED
    return Table(key_of("not-pooled", one.asked.id), f"Not pooled: {one.about}", columns, tuple(rows), notes, found, empty)


def synthesis_methods(rooms: Rooms) -> Table:
    """How results are synthesised, as the settings of the protocol say; of a descriptive review that nothing is."""
    plan = rooms.protocol.plan
    rows, found = [], dict[str, Trace]()
    for name, text in methods_said(plan):
        place = ("synthesis", "method")
        trace = field_trace(rooms, key_of("synthesis-methods", name), name, place)
        found[trace.key] = trace
        rows.append((Cell(name, trace=trace.key), Cell(text, trace=trace.key)))
    columns = (Column("part", "Part"), Column("text", "What is done", width=5))
    return Table("synthesis-methods", "How results are synthesised", columns, tuple(rows), rooms.table_notes(), found, NOT_PLANNED)


def _turned(plan: Plan, settings: SynthesisSettings) -> list[str]:
    """To which direction signs are turned in each comparison on a scale."""
    to = {one.id: one.turned_to(settings.direction) for one in plan.comparisons if measure_of(one.measure).on_a_scale}
    said = [f"{DIRECTIONS[way]} are better in {', '.join(id for id in to if to[id] == way)}" for way in dict.fromkeys(to.values()) if way]
    return [f"Where a study says which values of its scale are better, signs are aligned so that {' and '.join(said)}."] if said else []


def methods_said(plan: Plan) -> list[tuple[str, str]]:
    """(part of the methods, what is done) in the order of a methods section; empty where nothing is planned."""
    if not plan.comparisons:
        return []
    settings, names = settings_of(plan), {one.id: one.name for one in plan.outcomes}
    per = [(one, f"{one.id} ({names[one.outcome]})") for one in plan.comparisons]
    measures_of = [measure_of(one.measure) for one in plan.comparisons]
    measures = "; ".join(f"{words}: {measure.name}" for (_, words), measure in zip(per, measures_of, strict=True))
    eligible = (
        "A study belongs to a comparison where it is included and a result of its outcome, time point and arms was extracted; each other "
        "study is listed with the reason. Single arms are not pooled with comparisons."
    )
    groups = "; ".join(f"{words}: by {one.subgroup_by.replace('_', ' ')}" for one, words in per if one.subgroup_by)
    on = "; ".join(f"{words}: {', '.join(one.models).replace('_', ' ')}" for one, words in per if one.moderators)
    covariates = (
        f"Meta-regression from ten studies on, each covariate by itself but where several are named together: {on}."
        if on
        else "No meta-regression is planned."
    )
    others = ", ".join(METHODS[name] for name in COMPARED if name != settings.method)
    return [
        ("Measures", f"{measures}."),
        ("Studies of each synthesis", eligible),
        ("Preparation", "Reported values stand before derived ones, which are marked with their formula. Values in conflict are left out."),
        ("Presentation", "Forest plots show every study, those excluded with their reason; tables give the numbers of each arm."),
        ("Model", " ".join([*planned(replace(settings, direction=""), measures_of), *_turned(plan, settings)])),
        ("Software", f"review-toolkit {version('review-toolkit')}, package review.synthesis."),
        ("Heterogeneity", f"{f'Subgroups with a test of interaction: {groups}.' if groups else 'No subgroup is planned.'} {covariates}"),
        (
            "Sensitivity",
            f"Estimates by {METHODS[settings.method]} are compared with those by {others}, with intervals by "
            f"{', '.join(INTERVAL_NAMES.values())}, under each policy for zero cells, and without each study in turn; measures of "
            "influence, and the estimate as it grew by year.",
        ),
        (
            "Missing results",
            "Funnel plots from three effects on; Egger's and Begg's tests and trim and fill from ten; studies known from registrations "
            "alone are listed. None of these proves or disproves publication bias.",
        ),
    ]  # fmt: skip
