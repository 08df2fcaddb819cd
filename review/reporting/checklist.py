"""Fills in PRISMA 2020, its checklist for abstracts and PRISMA-S from what the ledger holds and what the rendered reports show.

An item is done only when every figure and text that answers it stands in a rendered report; what is half there is left to the author.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from review.reporting.checklist_facts import Facts, facts_of, home_of
from review.reporting.checklist_items import STATES, Finding, Item, Proof, Row, State, guideline, guidelines, items
from review.reporting.checklist_prisma import RULES as PRISMA_2020
from review.reporting.checklist_searches import ABSTRACT, PRISMA_S
from review.reporting.rendered import RenderedBlock, RenderedReport, rendered_texts
from review.reporting.rooms import Rooms
from review.reporting.table import Cell, Column, Table

RULES: Mapping[str, Mapping[str, Callable[[Facts], Finding]]] = {
    "PRISMA 2020": PRISMA_2020,
    "PRISMA 2020 abstract": ABSTRACT,
    "PRISMA-S": PRISMA_S,
}
SAID: Mapping[State, str] = {
    "done": "Done, see {where}",
    "not applicable": "Not applicable",
    "data available, author to write": "Data available, author to write",
    "author to write": "Author to write",
}
FEW = 3  # rows that a reason names


@dataclass(frozen=True)
class Place:
    """Where something stands: the report's name and title, the block's title, and the address from another page of the folder."""

    report: str
    page: str
    title: str
    address: str

    def __str__(self) -> str:
        return self.title if self.title == self.page else f"{self.page}: {self.title}"


@dataclass(frozen=True)
class Line:
    """One item with its state. where: the blocks that answer it or hold its data. evidence: the words that must stand there, row by row."""

    item: Item
    state: State
    where: tuple[Place, ...]
    evidence: tuple[Row, ...]
    why: str


@dataclass(frozen=True)
class Checklist:
    """A guideline's items in its order, each with its state."""

    guideline: str
    lines: tuple[Line, ...]

    @property
    def counts(self) -> dict[State, int]:
        """State -> how many items have it."""
        found = Counter(line.state for line in self.lines)
        return {state: found[state] for state in STATES}


def checklist(rooms: Rooms, rendered: Mapping[str, RenderedReport], name: str = "PRISMA 2020") -> Checklist:
    """The checklist *name* of this review, judged by these rendered reports. Raises InputRefused for an unknown name."""
    rules = RULES[guideline(name).name]
    with rooms.seat.still():
        facts = facts_of(rooms)
        return Checklist(name, tuple(_line(item, rules[item.item](facts), rendered) for item in items(name)))


def _line(item: Item, found: Finding, rendered: Mapping[str, RenderedReport]) -> Line:
    written = _written(item, rendered)
    if found.not_applicable and not written:
        return Line(item, "not applicable", (), (), found.not_applicable)
    where, open_ = _looked_for(found.proofs, rendered)
    lacks = "" if written else found.lacks
    evidence = tuple(row for proof in found.proofs for row in proof.rows)
    if (found.proofs or written) and not lacks and not open_:
        return Line(item, "done", (*where, *written), evidence, "")
    if not found.proofs and not found.figures:
        return Line(item, "author to write", (), (), lacks)
    why = "; ".join([*found.figures, *([lacks] if lacks else []), *open_])
    return Line(item, "data available, author to write", (*where, *written), evidence, why)


def _written(item: Item, rendered: Mapping[str, RenderedReport]) -> tuple[Place, ...]:
    """The texts in the rendered reports that their author tagged as the answer to *item*, as ``prisma-2020-23a``."""
    tag = f"{guideline(item.guideline).key}-{item.item}"
    return tuple(Place(one.name, one.title, one.tagged[tag], one.address()) for one in rendered.values() if tag in one.tagged)


def _looked_for(proofs: Sequence[Proof], rendered: Mapping[str, RenderedReport]) -> tuple[tuple[Place, ...], list[str]]:
    """Where the blocks of the proofs stand, and what of them was not found."""
    where: list[Place] = []
    open_: list[str] = []
    for proof in proofs:
        placed = _find(proof.key, rendered)
        if placed is None:
            open_.append(f"not in the rendered reports: {home_of(proof.key)}")
            continue
        report, block = placed
        where.append(Place(report.name, report.title, block.title, report.address(block.anchor)))
        if missing := block.lacks(proof.rows):
            named = "; ".join(_short(one) for one in missing[:FEW]) + (f" and {len(missing) - FEW:,} more" if len(missing) > FEW else "")
            open_.append(f"{report.title}: {block.title} does not show {named}")
    return tuple(where), open_


def _find(key: str, rendered: Mapping[str, RenderedReport]) -> tuple[RenderedReport, RenderedBlock] | None:
    """The block of that key, in the first report that has it."""
    return next(((report, block) for report in rendered.values() for block in report.blocks if block.key == key), None)


def _short(text: str, most: int = 80) -> str:
    flat = " ".join(text.split())
    return f"“{flat}”" if len(flat) <= most else f"“{flat[: most - 1]}…”"


def rendered_of(rooms: Rooms, rendered: str) -> dict[str, RenderedReport]:
    """The rendered reports in the folder *rendered* (below the review's unless absolute); '' is its folder of notebooks, if it has one."""
    folder = rooms.folder / (rendered or "notebooks")
    return rendered_texts(folder) if rendered or folder.is_dir() else {}


def checklist_table(rooms: Rooms, name: str, rendered: str) -> Table:
    """The checklist *name* as a table, with a link to each place that it names."""
    made = checklist(rooms, rendered_of(rooms, rendered), name)
    cited = guideline(name)
    columns = (
        Column("item", "Item"),
        Column("section", "Section", width=2),
        Column("asked", "What is to be reported", width=4),
        Column("state", "State", width=3),
        Column("why", "What is missing, or where the data stand", width=5),
    )
    rows = tuple(_row(line) for line in made.lines)
    notes = (
        f"{cited.citation}. {cited.url}",
        "The items are put in our words; the guideline's own stand at that address.",
        "Done: every figure and text that answers the item was found in a rendered report, or its author tagged a text as the answer. "
        "It does not judge the review.",
    )
    return Table(f"checklist-{cited.key}", f"{name} checklist", columns, rows, (*notes, *rooms.table_notes()))


def _row(line: Line) -> tuple[Cell, ...]:
    item, links = line.item, tuple((str(place), place.address) for place in line.where)
    places = "\n".join(dict.fromkeys(str(place) for place in line.where))
    done = line.state == "done"
    state = Cell(SAID[line.state].format(where=places), links=links if done else ())
    if done:
        why = Cell("", missing="empty", why="nothing is missing")
    else:
        said = line.why[:1].upper() + line.why[1:] + ("." if line.why and not line.why.endswith(".") else "")
        why = Cell("\n".join(w for w in (said, f"See {places}" if places else "") if w), links=links)
    return (Cell(item.item), Cell(item.section), Cell(item.text), state, why)


def summary_table(rooms: Rooms, rendered: str) -> Table:
    """How many items of each checklist are in which state."""
    reports = rendered_of(rooms, rendered)
    made = [checklist(rooms, reports, one.name) for one in guidelines()]
    columns = (
        Column("guideline", "Checklist", width=2),
        *(Column(state.split(",")[0].replace(" ", "_"), _head(state), align="right") for state in STATES),
        Column("items", "Items", align="right"),
    )
    rows = tuple((Cell(one.guideline), *(Cell(f"{n:,}") for n in one.counts.values()), Cell(f"{len(one.lines):,}")) for one in made)
    return Table("checklist-summary", "The checklists in numbers", columns, rows, _read(reports))


def _head(state: State) -> str:
    return SAID[state].split(", see")[0]


def _read(reports: Mapping[str, RenderedReport]) -> tuple[str, ...]:
    """A note that names the reports that were read."""
    named: Sequence[str] = [report.title for report in reports.values() if report.blocks and not report.name.startswith("80_")]
    return ("Looked for in: " + "; ".join(named) + "." if named else "No rendered report was found: nothing is counted as done.",)
