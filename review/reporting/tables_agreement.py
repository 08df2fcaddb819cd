"""Tables of who read what and how far they agreed: at each stage, in each pilot round, by pairs and over all. They name nobody."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from review.model.agreement import FEWEST_PAIRS, METHODS, Agreement
from review.model.decision import STAGE_NAMES, STAGES, whose
from review.model.event import Event
from review.model.plan import Plan
from review.model.views import ReportView
from review.reporting.rooms import Rooms
from review.reporting.table import Cell, Column, Table
from review.reporting.trace import key_of, told_by
from review.reporting.trace_counts import Behind, one_line, pairs_trace
from review.reporting.trace_plan import plan_trace
from review.reporting.trace_view import Trace
from review.screening.allocation import in_words
from review.screening.imported import consensus_alone
from review.screening.pairs import judgement, pair_of

SHOWN = ("kappa", "kappa_quadratic", "raw", "pabak", "ac1", "alpha")
OF_ALL = ("ac1", "alpha")
EVERYBODY = "all reviewers"
THREE = "include, unsure, exclude"
_READ = {  # label of the cells, head of the column
    "two": ("Read by two people", "Read by two"),
    "one": ("Read by one person", "Read by one"),
    "agreed": ("Decided by imported consensus", "By imported consensus, readers not known"),
    "wait": ("Read by fewer than are due", "Wait"),
}
APART = "Each reviewer's last decision before both were known."
NOT_ESTIMABLE = "not estimable"
IMPORTED = "Imported answers stand on lines of their own: whether they were given apart is not known here."

Pair = tuple[Event, Event]


def allocation(rooms: Rooms) -> Table:
    """Who reads what at each stage: the rule in force in words, and how many reports two people or one have read."""
    found: dict[str, Trace] = {}
    behind, flow = Behind(rooms), rooms.flow()
    in_hand = flow.ids("dbr_assessed") | flow.ids("other_assessed")
    rows: list[tuple[Cell, ...]] = []
    notes: list[str] = []
    for stage in STAGES:
        field = "records_screened" if stage == "title_abstract" else "excluded"
        there = [
            r for r in rooms.studies.report_views() if (r.stands.id in flow.ids(field) if stage == "title_abstract" else r.id in in_hand)
        ]
        sorts: dict[str, list[str]] = {name: [] for name in _READ if name != "agreed" or rooms.screening.imports()}
        for report in there:
            sorts[_read_by(rooms, report, stage)].append(report.stands.id if stage == "title_abstract" else report.id)
        notes += [*_departure(rooms, stage, there), *_rules(rooms, stage)]
        traces = (behind.trace(key_of("read-by", name, stage), "", ids, field) for name, ids in sorts.items())
        labels = (f"{_READ[name][0]} at {STAGE_NAMES[stage]}" for name in sorts)
        cells = (told_by(found, label, trace) for label, trace in zip(labels, traces, strict=True))
        rule = told_by(found, f"Who reads what at {STAGE_NAMES[stage]}", _rule_trace(rooms, stage))
        rows.append((Cell(STAGE_NAMES[stage]), rule, *cells))
    columns = (
        Column("stage", "Stage"),
        Column("rule", "Who reads what", width=4),
        *(Column(name, _READ[name][1], align="right") for name in sorts),
    )
    return Table("allocation", "Who read what", columns, tuple(rows), rooms.table_notes(" ".join(notes)), found)


def _departure(rooms: Rooms, stage: str, there: Sequence[ReportView]) -> list[str]:
    """That by a lead's rule one read what the protocol gives to two, and whether what two read was drawn by chance."""
    single = set(rooms.screening.alone(stage))
    alone = sum(r.id in single for r in there)
    if not alone:
        return []
    what = "records" if stage == "title_abstract" else "reports"
    said = f"At {STAGE_NAMES[stage]} {alone:,} of {len(there):,} {what} were read by one person alone: a departure from dual screening."
    twice = [r for r in there if _read_by(rooms, r, stage) == "two"]
    rules = (rooms.screening.begun_under(r, stage) for r in twice if rooms.screening.needed(r, stage) > 1)
    drawn = sum(rule is not None and rule.body["double_share"] is not None for rule in rules)
    if not twice:
        return [said]
    if drawn == len(twice):
        return [said, "Agreement rests on the part that two read, which was drawn by chance."]
    return [said, f"Of the {len(twice):,} that two read, {drawn:,} were drawn by chance for that; agreement rests on all of them."]


def _rules(rooms: Rooms, stage: str) -> list[str]:
    """Every rule of the lead with its days, where there was more than the one in force."""
    made = rooms.screening.allocations(stage)
    if len(made) < 2 and not any(gone for _, gone in made):
        return []
    due = int(getattr(rooms.protocol.plan.settings.reviewers_per_stage, stage))
    lines = (f"{rule.at[:10]}{f' (taken back {gone})' if gone else ''}: {in_words(rule.body, due)}" for rule, gone in made)
    return [f"Rules at {STAGE_NAMES[stage]}, by the day on which they were made: {'; '.join(lines)}."]


def _read_by(rooms: Rooms, report: ReportView, stage: str) -> str:
    panel = rooms.screening.panel(report, stage)
    if not panel.closed or (len({whose(e) for e in panel.answers}) < panel.needed and panel.resolution is None):
        return "agreed" if consensus_alone(panel) else "wait"
    return "two" if len({whose(e) for e in panel.answers}) > 1 else "one"


def _rule_trace(rooms: Rooms, stage: str) -> Trace:
    """The lead's rule in words, with the fact that set it; the protocol's line where there is none."""

    def due(plan: Plan) -> int:
        return int(getattr(plan.settings.reviewers_per_stage, stage))

    rule, key = rooms.screening.allocation(stage), key_of("allocation", stage)
    said = in_words(rule.body if rule else None, due(rooms.protocol.plan))
    line = plan_trace(
        rooms,
        key,
        "",
        lambda plan: str(due(plan)),
        lambda plan: ("settings", "reviewers_per_stage"),
        mark=f"{stage} = {due(rooms.protocol.plan)}",
    )
    if rule is None:
        return replace(line, value=said)
    entry = one_line(rooms, rule.id, "Allotted", said, rule.body["note"])
    return replace(line, value=said, entries=(*line.entries, entry))


def agreement(rooms: Rooms) -> Table:
    """Agreement per stage and pair: kappa with interval beside prevalence, raw agreement, PABAK, AC1, alpha; the counts alone under 30."""
    rows = []
    traces: dict[str, Trace] = {}
    for stage in STAGES:
        for imported in (False, True):
            for number, pair, who, own in _pairs(rooms, stage, None, imported=imported):
                key = key_of("agreement", stage, str(number), *(("imported",) if imported else ()))
                name = f"{who}, imported" if imported else who
                trace = pairs_trace(rooms, key, f"Decisions of {name} at {STAGE_NAMES[stage]}", own)
                traces[trace.key] = trace
                for as_include in (False, True) if stage == "title_abstract" else (False,):
                    categories = Cell("unsure counted as include" if as_include else THREE)
                    lead = (Cell(STAGE_NAMES[stage], trace=trace.key), Cell(name), categories)
                    for method in _methods(who, len(own), as_include):
                        found = rooms.screening.agreement(stage, method=method, unsure_as_include=as_include, pair=pair, imported=imported)
                        rows.append((*lead, *_statistic(found)))
    columns = (
        Column("stage", "Stage", width=2),
        Column("pair", "Between", width=2),
        Column("categories", "Categories", width=2),
        Column("statistic", "Statistic", width=2),
        Column("value", "Value", align="decimal"),
        Column("interval", "95 % interval", width=2),
        Column("prevalence", "Prevalence of include", align="decimal"),
        Column("n", "Pairs", align="right"),
        Column("note", "Note", width=2),
    )
    kappa = "Kappa falls where one answer is rare, however often reviewers agree: read it beside the prevalence and AC1."
    notes = rooms.table_notes(" ".join([*_apart(rooms), kappa, *_left_out(rooms)]))
    return Table("agreement", "Agreement of the reviewers", columns, tuple(rows), notes, traces)


def _apart(rooms: Rooms) -> list[str]:
    """What is known of whether the answers were given apart."""
    taken_in = any(rooms.screening.pairs(stage, imported=True) for stage in STAGES)
    here = any(rooms.screening.pairs(stage, imported=False) for stage in STAGES)
    return [*([APART] if here or not taken_in else []), *([IMPORTED] if taken_in else [])]


def _left_out(rooms: Rooms) -> list[str]:
    """How many reports two people answered that agreement does not count, and why."""
    said = []
    for stage in STAGES:
        found, begin = rooms.screening.left_out(stage), f"Not counted at {STAGE_NAMES[stage]}:"
        if found.in_pilot:
            said.append(f"{begin} {len(found.in_pilot):,} whose answers a pilot round had shown to both.")
        if found.seen:
            said.append(f"{begin} {len(found.seen):,} where one answered when the other's answer could be seen.")
    return said


def _pairs(
    rooms: Rooms, stage: str, round: str | None, *, imported: bool | None = None
) -> Iterator[tuple[int, tuple[str, str] | None, str, list[Pair]]]:
    """Each pair of reviewers by number, with what it decided; then all of them together, where there are several pairs."""
    pairs = rooms.screening.reviewer_pairs(stage, round=round, imported=imported)
    every = rooms.screening.pairs(stage, round=round, imported=imported)
    if imported and not every:
        return
    for number, pair in enumerate(pairs or [None], start=1):
        who = f"pair {number}" if len(pairs) > 1 else "the two reviewers"
        yield number, pair, who, [one for one in every if pair is None or pair_of(one) == pair]
    if len(pairs) > 1:
        yield len(pairs) + 1, None, EVERYBODY, list(every)


def _methods(who: str, n: int, as_include: bool) -> Sequence[str]:
    """The statistics to show; a line that says so where there are too few pairs for any."""
    if n < FEWEST_PAIRS:
        return ("ac1",) if who == EVERYBODY else ("kappa",)
    if who == EVERYBODY:
        return OF_ALL
    return [method for method in SHOWN if not (as_include and method == "kappa_quadratic")]  # weights change nothing between two


def _statistic(found: Agreement) -> tuple[Cell, ...]:
    """Name, value, interval, prevalence, pairs and note; the name only where it has a value, or is undefined."""
    few = found.n < FEWEST_PAIRS
    blank = Cell("", missing="empty", why=found.note)
    name = blank if few else Cell(METHODS[found.method].name)
    common = Cell(_two(found.prevalence[0])) if found.n else blank
    value, between = blank, blank
    if found.value is not None:
        value, between = Cell(_two(found.value)), Cell(NOT_ESTIMABLE)
    if found.low is not None and found.high is not None:
        between = Cell(f"{_two(found.low)} to {_two(found.high)}")
    return name, value, between, common, Cell(f"{found.n:,}"), Cell(found.note)


def _with_limits(found: Agreement) -> Cell:
    """Value and interval in one cell; an empty one that says why where there is none."""
    if found.value is None:
        return Cell("", missing="empty", why=found.note)
    if found.low is None or found.high is None:
        return Cell(f"{_two(found.value)} ({NOT_ESTIMABLE})")
    return Cell(f"{_two(found.value)} ({_two(found.low)}\u00a0to\u00a0{_two(found.high)})")


def _two(value: float) -> str:
    """Two decimals, and no minus before a zero."""
    return f"{round(value, 2) + 0:.2f}"


def pilots(rooms: Rooms) -> Table:
    """Agreement in each pilot round, by pair: on the decisions, and on the judgements of each criterion, with how often they differed."""
    rows = []
    found: dict[str, Trace] = {}
    for round, stage in _rounds(rooms):
        criteria = [c for c in rooms.protocol.plan.criteria if stage in c.stage]
        name = round if stage == "title_abstract" else f"{round}, {STAGE_NAMES[stage]}"
        for number, pair, who, own in _pairs(rooms, stage, round):
            if who == EVERYBODY:
                continue
            for about, words in ((None, "decisions"), *((c.id, f"{c.id}: {c.text}") for c in criteria)):
                same, differ = _alike(own, about), _differing(own, about)
                made = [
                    rooms.screening.agreement(stage, method=method, round=round, pair=pair, criterion=about)
                    for method in ("raw", "kappa", "ac1")
                ]
                key = key_of("pilot", round, stage, str(number), about or "decisions")
                trace = pairs_trace(rooms, key, f"Pilot round {round}, {who}: {words}, where they differed", differ)
                found[key] = replace(trace, value=f"{len(differ):,}")
                behind = pairs_trace(rooms, key + "-all", f"Pilot round {round}, {who}: {words}", [*same, *differ])
                found[behind.key] = behind
                shares = [_with_limits(one) for one in made]
                common = Cell(_two(made[0].prevalence[0])) if made[0].n else Cell("", missing="empty", why=made[0].note)
                lead = (Cell(name, trace=behind.key), Cell(who), Cell(words), Cell(f"{made[0].n:,}"), Cell(f"{len(differ):,}", trace=key))
                rows.append((*lead, common, *shares))
    columns = (
        Column("round", "Round"),
        Column("pair", "Between", width=2),
        Column("about", "About", width=3),
        Column("n", "Pairs", align="right"),
        Column("differ", "Differ", align="right"),
        Column("prevalence", "Prevalence of include or met", align="decimal"),
        Column("raw", "Raw agreement", width=2),
        Column("kappa", METHODS["kappa"].name, width=2),
        Column("ac1", METHODS["ac1"].name, width=2),
    )
    notes = rooms.table_notes(f"{APART} With 95 % intervals. Pilot decisions count in no box, and the main screening asks again.")
    return Table(
        "pilots", "Agreement in the pilot", columns, tuple(rows), notes if rows else (), found, "No pilot round has been read by two."
    )


def _rounds(rooms: Rooms) -> list[tuple[str, str]]:
    """Pilot rounds and the stages at which two people have read in them, in the order in which they were opened."""
    return [(name, stage) for name in rooms.screening.pilots() for stage in STAGES if rooms.screening.pairs(stage, round=name)]


def _alike(pairs: Sequence[Pair], criterion: str | None) -> list[Pair]:
    return [pair for pair in pairs if _said(pair, criterion) and len(set(_said(pair, criterion))) == 1]


def _differing(pairs: Sequence[Pair], criterion: str | None) -> list[Pair]:
    return [pair for pair in pairs if len(set(_said(pair, criterion))) == 2]


def _said(pair: Pair, criterion: str | None) -> tuple[str, ...]:
    """What both said; empty where one of them judged nothing."""
    if criterion is None:
        return tuple(e.body["decision"] for e in pair)
    judged = tuple(judgement(e, criterion) for e in pair)
    return () if None in judged else judged  # type: ignore[return-value]


def counts(rooms: Rooms, stage: str) -> Table:
    """The table of pairs that agreement rests on: first reviewer in rows, second in columns, by the order of their ids."""
    shown = rooms.screening.agreement(stage)
    sides: dict[tuple[str, str], list[tuple[Event, Event]]] = {}
    for one in rooms.screening.pairs(stage):
        first, second = sorted(one, key=lambda e: e.actor)
        sides.setdefault((first.body["decision"], second.body["decision"]), []).append(one)
    found: dict[str, Trace] = {}
    rows = []
    for name, line in zip(shown.categories, shown.table, strict=True):
        cells = [Cell(name)]
        for other, n in zip(shown.categories, line, strict=True):
            label = f"Pairs at {STAGE_NAMES[stage]}: {name} by one reviewer, {other} by the other"
            trace = pairs_trace(rooms, key_of("counts", stage, name, other), label, sides.get((name, other), ()))
            found[trace.key] = trace
            cells.append(Cell(f"{n:,}", trace=trace.key))
        rows.append(tuple(cells))
    heads = (Column("first", "One reviewer"), *(Column(c, c, align="right") for c in shown.categories))
    title = f"Pairs of decisions at {STAGE_NAMES[stage]} ({shown.n:,} pairs; columns: the other reviewer)"
    return Table(key_of("counts", stage), title, heads, tuple(rows), rooms.table_notes(), found)
