"""Figures for reports: the flow diagram with, below it, what each number holds and where each id came from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from review.errors import IdentityBroken
from review.reporting.diagram import draw
from review.reporting.flow import Flow
from review.reporting.flow_text import as_text, box_lists, flow_table
from review.reporting.rooms import Rooms
from review.reporting.table import BLOCK_MIME, Cell, Column, Table
from review.reporting.trace import key_of, report_trace, study_trace
from review.reporting.trace_view import MIME, Trace, traces_to_json

MOST = 500


@dataclass(frozen=True)
class Figure:
    """A drawing with its text twin, its lists and its origins; ``svg``, ``alt`` and ``caption`` are what a document takes of it."""

    html: str
    text: str
    traces: Mapping[str, Trace]
    svg: str
    alt: str
    caption: str

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        picture = {"block": "picture", "svg": self.svg, "alt": self.alt, "caption": self.caption}
        bundle: dict[str, Any] = {"text/html": self.html, "text/plain": self.text, BLOCK_MIME: picture}
        if self.traces:
            bundle[MIME] = traces_to_json(self.traces)
        return bundle


class Figures:
    """The figures of a review, as of a date."""

    def __init__(self, rooms: Callable[[str | None], Rooms]) -> None:
        self._rooms = rooms

    def flow(self, *, as_of: str | None = None) -> Figure:
        """The PRISMA 2020 flow diagram. Raises IdentityBroken, naming the ids, when a rule of the flow does not hold."""
        rooms = self._rooms(as_of)
        with rooms.seat.still():
            return flow_figure(rooms, require(rooms.flow()))

    def flow_numbers(self, *, as_of: str | None = None) -> Table:
        """Every number of the flow as a table."""
        return flow_table(self._rooms(as_of).flow())

    def identities(self, *, as_of: str | None = None) -> Table:
        """The rules of the flow and whether each holds."""
        rows = tuple(
            (Cell(name), Cell("holds" if holds else "broken", flag="" if holds else "error"), Cell(message or "–"))
            for name, holds, message in self._rooms(as_of).flow().identities()
        )
        return Table(
            "identities",
            "Rules of the flow",
            (Column("id", "Rule"), Column("holds", "Holds"), Column("message", "What is wrong", width=4)),
            rows,
        )


def require(flow: Flow) -> Flow:
    """The flow, if all its identities hold; else IdentityBroken."""
    broken = [f"{name}: {message}" for name, holds, message in flow.identities() if not holds]
    if broken:
        raise IdentityBroken(
            "the numbers of the flow do not add up:\n" + "\n".join(broken),
            next_step="please report this: it is a fault of the program, not of the review",
        )
    return flow


def flow_figure(rooms: Rooms, flow: Flow) -> Figure:
    """The diagram, the lists behind its boxes, and the origin of every id that is listed."""
    reports = {r.id: r for r in rooms.studies.report_views()}
    studies = {s.id: s for s in rooms.studies.views()}
    records = {r.id: r for r in rooms.records.views()}
    traces: dict[str, Trace] = {}

    def name(unit: str, one: str) -> str:
        if unit == "records":
            return f"{records[one].title} ({records[one].search.source})"
        return studies[one].label if one in studies else reports[one].title if one in reports else one

    def trace(unit: str, one: str) -> str | None:
        report = reports.get(flow.report_of.get(one, "")) if unit == "records" else reports.get(one)
        made = study_trace(rooms, studies[one], flow) if one in studies else report_trace(rooms, report) if report else None
        if made is None:
            return None
        traces.setdefault(key_of(one), made)
        return made.key

    lists = box_lists(flow, name=name, trace=trace, most=MOST)
    html = f'<figure class="flow">{draw(flow)}</figure>\n{lists}'
    text = as_text(flow)
    title, _, lines = text.partition("\n")
    alt = "; ".join(line.strip() for line in [title, *lines.splitlines()] if line.strip())
    return Figure(html, text, {t.key: t for t in traces.values()}, svg=draw(flow, link=None), alt=alt, caption=title)
