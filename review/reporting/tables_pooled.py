"""Tables of pooled estimates: the estimate with its heterogeneity, subgroups, and what it becomes under other choices.

Values are as they are read (ratios as ratios); tau² is on the scale of the analysis. p is never printed as 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from review.reporting.analyses import Synthesis, synthesis
from review.reporting.analysis_account import accounted, flagged
from review.reporting.analysis_covariates import unknown_items
from review.reporting.analysis_forest import BY_VARIANCE, INTERVAL_NAMES, by_variance, guard_words, model_name, ungrouped
from review.reporting.analysis_lines import Line, group_key, interval_words, lines, p_cell, pooled_trace, pooled_words
from review.reporting.lettering import held
from review.reporting.plots.wording import limit, p_words, plain, shown
from review.reporting.rooms import Rooms
from review.reporting.table import Cell, Column, Table
from review.reporting.trace import key_of, put
from review.reporting.trace_view import Trace, TraceEntry
from review.synthesis.analysis import choices, counts_alone, estimators_on, not_done, uncorrected, without_each, without_medians
from review.synthesis.glmm import MixedModel
from review.synthesis.pool import Pooled
from review.synthesis.settings import METHODS, PREDICTIONS
from review.synthesis.wording import rows_in_words

Result = tuple[Cell, ...]
MIXED = (
    "The mixed model is fitted to within 1e-7 of its maximum. lme4, and metafor through it, stop earlier by default: on published "
    "counts up to 3e-4 away in the estimate and 9e-4 in τ²."
)
ALONE = "has no effect by itself for a zero cell to which nothing is added, and counts in estimates from counts alone"
OF_SUBGROUPS = ("W06", "W09", "W11")  # guards that look at each subgroup too
NO_TAU = "a common effect has no tau²"


def pooled(rooms: Rooms, comparison: str = "") -> Table:
    """The pooled estimate of a planned comparison, and those beside it; where a guard refuses, a sentence says why."""
    one = synthesis(rooms, comparison)
    made, found, rows = lines(one), dict[str, Trace](), list[Result]()
    for name, each in [*([("estimate", one.done.pooled)] if one.done.pooled else []), *(one.done.beside or {}).items()]:
        rows.append(_line(rooms, one, made, name, model_name(each), each, found))
    refused = " ".join(guard_words(guard) for guard in one.done.refused)
    methods = [words for words in one.done.sentences if words != rows_in_words(one.done.found)]  # the account is of all rows
    notes = rooms.table_notes(*_notes(one), *flagged(made), *methods)
    return Table(
        key_of("pooled", one.asked.id),
        f"Pooled: {one.about}",
        _columns(one, "Model"),
        tuple(rows),
        notes,
        found,
        f"Nothing is pooled. {refused}",
    )


def _labels(one: Synthesis) -> str:
    return ", ".join(dict.fromkeys(effect.comparison.first.label for effect in counts_alone(one.done)))


def _columns(one: Synthesis, head: str) -> tuple[Column, ...]:
    level = plain(one.done.settings.level)
    return (
        Column("model", head, width=2), Column("k", "k", align="right"), Column("estimate", f"{one.asked.measure} [{level}% CI]", width=3),
        Column("p", "p"), Column("i2", "I²", unit="%"), Column("tau2", "τ²"), Column("q", "Q", width=2),
        Column("prediction", "Prediction interval", width=2), Column("method", "Method", width=2),
    )  # fmt: skip


def _notes(one: Synthesis) -> list[str]:
    told = accounted(one)
    if one.done.beside and counts_alone(one.done):
        told.append(
            f"All estimates here are of the same comparisons. In none of them: {_labels(one)}, which {ALONE}; see the sensitivity table."
        )
    told += [guard_words(guard) for guard in one.guards if guard.kind != "refuse"]
    pooled = one.done.pooled
    return [*told, *(f"{words[:1].upper()}{words[1:]}." for words in pooled.warnings)] if pooled else told


def _line(
    rooms: Rooms, one: Synthesis, made: Sequence[Line], name: str, label: str, each: Pooled, found: dict[str, Trace], key: str = ""
) -> Result:  # fmt: skip
    trace = pooled_trace(rooms, one, made, name, pooled_words(one, each), each.k, key)
    put(found, trace)
    back, random = one.done.back(each), each.method in METHODS and each.method != "EE"
    prediction = f"{limit(back(each.pi[0]))} to {limit(back(each.pi[1]))}" if each.pi else ""
    method = f"{METHODS.get(each.method, model_name(each))}, {INTERVAL_NAMES[each.interval]}"
    said = (
        Cell(f"{each.k}"),
        Cell(trace.value),
        p_cell(one, each.p),
        Cell(held(f"{each.i2:.1f}{_between(each.i2_ci, 1)}")) if each.q_df else Cell("", missing="empty", why="one effect"),
        Cell(held(f"{shown(each.tau2, 3)}{_between(each.tau2_ci, 3)}")) if random else Cell("", missing="empty", why=NO_TAU),
        Cell(f"{shown(each.q)} (df {each.q_df}), {p_words(each.q_p)}"),
        Cell(prediction, notes=(f"By {PREDICTIONS[each.prediction]}.",))
        if prediction
        else Cell("", missing="empty", why="none is given of a common effect, and of fewer than three studies"),
        Cell(method),
    )
    return tuple(replace(cell, trace=trace.key) if not cell.missing else cell for cell in (Cell(label), *said))


def _between(limits: tuple[float, float] | None, digits: int) -> str:
    return "" if limits is None else f" [{limits[0]:.{digits}f}, {limits[1]:.{digits}f}]"


def subgroups(rooms: Rooms, comparison: str = "") -> Table:
    """The estimate in each planned subgroup, with the test that they are one."""
    one = synthesis(rooms, comparison)
    made, found, rows = lines(one), dict[str, Trace](), list[Result]()
    divided = one.done.groups
    for name, each in divided.pooled.items() if divided else ():
        own = [line for line in made if one.gathered.groups[line.study] == name]
        rows.append(_line(rooms, one, own, name, name, each, found, group_key(one, name)))
    by = one.asked.subgroup_by.replace("_", " ")
    nobody = f"No study of the estimate has a known {by}." if one.done.pooled else f"Nothing is pooled, and so not by {by} either."
    empty = nobody if by else "No subgroup is planned."
    told = unknown_items(rooms, one)
    if divided:
        test = f"Test for subgroup differences: Q = {shown(divided.q)} (df = {divided.q_df}), {p_words(divided.q_p)}."
        told += [test] if divided.q_df else ["One subgroup: there is no other to compare it with."]
    told += ungrouped(one) if one.done.pooled else []
    told += [guard_words(guard) for guard in one.guards if guard.code in OF_SUBGROUPS] if divided else []
    told += ["What a subgroup explains is an association: studies were not drawn by lot into it."] if divided else []
    told += [BY_VARIANCE.format(done=model_name(one.done.pooled))] if divided and by_variance(one) else []
    title = f"Subgroups{f' by {by}' if by else ''}: {one.about}"
    return Table(key_of("subgroups", one.asked.id), title, _columns(one, "Subgroup"), tuple(rows), rooms.table_notes(*told), found, empty)


def sensitivity(rooms: Rooms, comparison: str = "") -> Table:
    """The estimate under other estimators, intervals and corrections, from counts without correction, and without each study in turn."""
    one = synthesis(rooms, comparison)
    made, found = lines(one), dict[str, Trace]()
    rows: list[Result] = []
    grid = choices(one.gathered.rows, one.done)
    for name, each in zip(grid.names, grid.pooled, strict=True) if grid else ():
        how = f"{METHODS[each.method]}, {INTERVAL_NAMES[each.interval]}"
        rows.append(_choice(rooms, one, made, estimators_on(name), how, _numbers(one, each), found))
    counted = uncorrected(one.done)
    for name, other in counted.items():
        rows.append(_choice(rooms, one, made, "Without correction of zero cells", name, _numbers(one, other), found))
    for name, kept in without_medians(one.done).items():
        rows.append(_choice(rooms, one, made, "Values derived from medians", name, _numbers(one, kept), found))
    series = without_each(one.done)
    flags = {line.label: line.shown.removeprefix(line.label) for line in made}
    order = [one.gathered.studies[study].label for study in one.gathered.studies]
    for at, label in sorted(enumerate(series.labels), key=lambda each: order.index(each[1])) if series else ():
        assert series is not None
        tau2 = None if one.done.settings.method == "EE" else series.tau2[at]
        numbers = (series.k[at], series.estimate[at], *series.ci[at], series.p[at], series.i2[at], tau2)
        rows.append(_choice(rooms, one, made, "Without one study", f"without {label}{flags[label]}", numbers, found))
    rows += [_not_done(rooms, one, made, what, how, why, found) for what, how, why in not_done(one.gathered.rows, one.done)]
    level = plain(one.done.settings.level)
    columns = (
        Column("what", "What is changed", width=2), Column("how", "How", width=3), Column("k", "k", align="right"),
        Column("estimate", f"{one.asked.measure} [{level}% CI]", width=3), Column("p", "p"), Column("i2", "I²", unit="%", align="right"),
        Column("tau2", "τ²", align="right"),
    )  # fmt: skip
    refused = " ".join(guard_words(guard) for guard in one.done.refused)
    key, title = key_of("sensitivity", one.asked.id), f"Sensitivity: {one.about}"
    also = [f"From counts also: {_labels(one)}, which {ALONE}."] if counts_alone(one.done) and counted else []
    mixed = [MIXED] if any(isinstance(other, MixedModel) for other in counted.values()) else []
    return Table(
        key,
        title,
        columns,
        tuple(rows),
        rooms.table_notes(*accounted(one), *flagged(made), *also, *mixed),
        found,
        f"Nothing is pooled. {refused}",
    )


Numbers = tuple[int, float, float, float, float, float | None, float | None]


def _numbers(one: Synthesis, each: Pooled | MixedModel) -> Numbers:
    i2 = each.i2 if isinstance(each, Pooled) else None
    tau2 = each.tau2 if isinstance(each, MixedModel) or (each.method in METHODS and each.method != "EE") else None
    return each.k, each.estimate, each.ci[0], each.ci[1], each.p, i2, tau2


def _choice(rooms: Rooms, one: Synthesis, made: Sequence[Line], what: str, how: str, numbers: Numbers, found: dict[str, Trace]) -> Result:
    k, estimate, low, high, p, i2, tau2 = numbers
    back = one.done.found.back
    said = interval_words(back(estimate), back(low), back(high))
    key = _origin(rooms, one, made, found)
    cells = (
        Cell(what), Cell(how), Cell(f"{k}"), Cell(said), p_cell(one, p),
        Cell(f"{i2:.1f}") if i2 is not None else Cell("", missing="empty", why="this model has none"),
        Cell(shown(tau2, 3)) if tau2 is not None else Cell("", missing="empty", why=NO_TAU),
    )  # fmt: skip
    return tuple(replace(cell, trace=key) if not cell.missing else cell for cell in cells)


def _not_done(
    rooms: Rooms, one: Synthesis, made: Sequence[Line], what: str, how: str, why: str, found: dict[str, Trace]
) -> Result:  # fmt: skip
    """A row of what has no estimate, with the reason."""
    key = _origin(rooms, one, made, found)
    return (Cell(what, trace=key), Cell(how, trace=key), *(Cell("", missing="empty", why=f"no estimate: {why}") for _ in range(5)))


def _origin(rooms: Rooms, one: Synthesis, made: Sequence[Line], found: dict[str, Trace]) -> str:
    """The key of the one origin of all choices, for they rest on the same effects."""
    if not found:
        whole = pooled_trace(rooms, one, made, "sensitivity", "", len(one.done.pooled_of))
        told = TraceEntry("", "Computed here from these effects, with one choice changed at a time", "", "")
        found[whole.key] = replace(whole, entries=(*whole.entries, told))
    return next(iter(found))
