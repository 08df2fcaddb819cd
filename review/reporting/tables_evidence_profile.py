"""The evidence profile of one comparison: each domain's rating beside the numbers that it is about, for those who check a grading."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from review.certainty.given import synthesis_of
from review.certainty.grading import DOWN, UP, compared
from review.reporting import certainty_words as words
from review.reporting.rooms import Rooms
from review.reporting.table import Cell, Column, Table
from review.reporting.tables_certainty import Line, comparison_key, footers, headers, level_cell, lines_of, named, relative_cell
from review.reporting.trace import key_of

ASSESSMENT, PEOPLE, EFFECT = "Certainty assessment", "Participants", "Effect"


def evidence_profile(rooms: Rooms, comparison: str) -> Table:
    """The evidence profile of a comparison ('A versus B'): every outcome of the protocol a row."""
    name = named(rooms, comparison)
    intervention, comparator = compared(name)
    every = lines_of(rooms, name)
    columns = (
        Column("outcome", "Outcome", width=3),
        Column("studies", "Studies", align="right", group=ASSESSMENT),
        Column("design", "Design", group=ASSESSMENT),
        *(Column(domain, words.DOMAIN_NAMES[domain], group=ASSESSMENT) for domain in DOWN),
        Column("other", "Other", group=ASSESSMENT),
        Column("n_intervention", intervention, align="right", group=PEOPLE),
        Column("n_comparator", comparator, align="right", group=PEOPLE),
        Column("relative", "Relative", unit="CI", group=EFFECT),
        Column("absolute", "Difference", unit="CI", width=3, group=EFFECT),
        Column("certainty", "Certainty"),
        Column("importance", "Importance"),
    )
    rows = tuple(_row(rooms, line, intervention, len(columns)) for line in every)
    below = (*(footers(every) if every else ()), *rooms.table_notes())
    found = {line.trace.key: line.trace for line in every}
    title, empty = f"Evidence profile: {name}", "The protocol names no outcomes yet."
    above = headers(rooms, intervention, comparator)
    return Table(key_of("evidence-profile", comparison_key(name)), title, columns, rows, below, found, empty, above=above)


def _row(rooms: Rooms, line: Line, intervention: str, wide: int) -> tuple[Cell, ...]:
    name, grading = Cell(line.name, trace=line.trace.key), line.grading
    level = level_cell(rooms, line, ())
    if grading is None:
        nothing = [Cell("", missing="empty", why="not graded") for _ in range(wide - 3)]
        return (name, *nothing, level, Cell("", missing="empty", why="not graded"))
    found, people = words.risks(grading), grading["participants"]
    ratings = grading["ratings"]
    raised = [f"{words.DOMAIN_NAMES[d].lower()}: {words.rating(d, ratings[d])}" for d in UP if ratings.get(d)]
    held = tuple(note for risk in found for note in words.held(risk, intervention))
    said = [(risk.label, words.difference(risk, pooled=bool(synthesis_of(grading)))) for risk in found]
    apart = [f"{label}:\n{difference}" if len(found) > 1 else difference for label, difference in said]
    return (
        name,
        Cell.of("" if grading["n_studies"] is None else f"{grading['n_studies']:,}", "their number was not stated"),
        Cell(words.DESIGN_WORDS[grading["design"]]),
        *(_rating(grading, d) for d in DOWN),
        Cell("\n".join(raised) or "none", notes=words.explanations(grading, tuple(UP))),
        *_people(people),
        relative_cell(grading),
        Cell("\n".join(apart), notes=held) if apart else Cell("", missing="empty", why="no risk with the comparator was stated"),
        level,
        Cell(grading["importance"]),
    )


def _rating(grading: Mapping[str, Any], domain: str) -> Cell:
    """One domain's rating with its explanation; what nobody rated stays empty."""
    points = grading["ratings"].get(domain)
    if points is None:
        return Cell("", missing="empty", why="this domain was not rated")
    return Cell(words.rating(domain, points), notes=words.explanations(grading, (domain,)))


def _people(people: list[int]) -> tuple[Cell, Cell]:
    """How many with the intervention and with the comparator; a single number is of both together."""
    if len(people) == 2:
        return Cell(f"{people[0]:,}"), Cell(f"{people[1]:,}")
    if people:
        return Cell(f"{people[0]:,} in all"), Cell("", missing="empty", why="only the number of all was stated")
    return Cell("", missing="empty", why="not stated"), Cell("", missing="empty", why="not stated")
