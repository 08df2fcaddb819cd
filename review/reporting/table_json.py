"""A table as plain JSON values and back: how it travels inside an executed notebook to the documents that are made from it.

It leaves out every default, and refuses what is no table. Origins do not travel with it, only the key of each cell's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, fields
from typing import Any, Literal

from pydantic import BaseModel, ValidationError

from review.errors import ReportError
from review.reporting.labels import Labels, load_labels
from review.reporting.table import Cell, Column, Table


class _Form(BaseModel):
    key: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str | Cell, ...], ...]
    notes: tuple[str, ...] = ()
    empty: str = ""
    layout: Literal["rows", "blocks"] = "rows"
    above: tuple[tuple[str, str], ...] = ()


def to_json(table: Table) -> dict[str, Any]:
    """*table* as plain values; a cell that has nothing but its text is that text."""
    told: dict[str, Any] = {"block": "table", "key": table.key, "title": table.title}
    told["columns"] = [_told(column) for column in table.columns]
    told["rows"] = [[_cell(cell) for cell in row] for row in table.rows]
    said: dict[str, Any] = {"notes": list(table.notes), "empty": table.empty, "layout": "" if table.layout == "rows" else table.layout}
    said["above"] = [list(line) for line in table.above]
    return told | {name: value for name, value in said.items() if value}


def from_json(data: Mapping[str, Any], labels: Labels | None = None) -> Table:
    """The table of ``to_json``, without its origins. Raises ReportError where *data* is not that of a table."""
    try:
        form = _Form.model_validate(data)
    except ValidationError as refused:
        first = refused.errors(include_url=False)[0]
        raise ReportError(
            f"an output that calls itself a table is none: {first['msg']}",
            where=".".join(str(part) for part in first["loc"]),
            expected="what Table.to_json() gives",
            next_step="run the notebook again with this version",
        ) from refused
    rows = tuple(tuple(Cell(cell) if isinstance(cell, str) else cell for cell in row) for row in form.rows)
    words = labels or load_labels()
    return Table(form.key, form.title, form.columns, rows, form.notes, empty=form.empty, layout=form.layout, above=form.above, labels=words)


def _cell(cell: Cell) -> str | dict[str, Any]:
    told = _told(cell)
    return cell.text if told.keys() == {"text"} else told


def _told(of: Cell | Column) -> dict[str, Any]:
    """The fields that differ from their defaults, tuples as lists."""
    told = {}
    for field in fields(of):
        value = getattr(of, field.name)
        if field.default is MISSING or value != field.default:
            told[field.name] = list(value) if isinstance(value, tuple) else value
    return told
