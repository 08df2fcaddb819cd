"""A finished picture of results: its pages as SVG, PDF and PNG, its words, and every drawn number as a table."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from review.errors import InputRefused, NotFound
from review.reporting.bias_pictures_paper import POINTS
from review.reporting.escaping import escaped
from review.reporting.table import BLOCK_MIME, Cell, Column, Table
from review.reporting.trace_view import MIME, Trace, traces_to_json
from review.text import no_formula

if TYPE_CHECKING:
    import pandas

    from review.reporting.plots.paper import Paper

WIDTHS = (174, 85)  # mm: both columns of a journal, or one
Value = str | int | float | bool | None
Numbers = Mapping[str, Value]


@dataclass(frozen=True)
class Plot:
    """A picture on one page or more. ``numbers``: a row for each drawn element, unrounded; ``name``: the stem of a file name.

    ``pages`` are SVG as files have it; in ``linked`` an element leads to ``#trace-KEY``. ``alt`` is one paragraph with the main numbers.
    """

    name: str
    title: str
    caption: str
    alt: str
    numbers: tuple[Numbers, ...]
    pages: tuple[str, ...]
    linked: tuple[str, ...]
    traces: Mapping[str, Trace] = field(default_factory=dict)

    def svg(self, page: int = 1, *, links: bool = False) -> str:
        """One page (from 1) as SVG with selectable text. links: with its elements leading to their origins on the page around it."""
        return (self.linked if links else self.pages)[self._at(page)]

    def pdf(self, page: int = 1) -> bytes:
        """One page as PDF of its own size: vector, text selectable, fonts inside."""
        from review.reporting.documents.picture import svg_to_pdf

        return svg_to_pdf(self.pages[self._at(page)])

    def png(self, page: int = 1, *, ppi: int = 300) -> bytes:
        """One page as PNG, so many pixels an inch at its printed size."""
        from review.reporting.documents.picture import svg_to_png

        return svg_to_png(self.pages[self._at(page)], ppi)

    def csv(self, *, spreadsheet: bool = False) -> str:
        """Every drawn number, unrounded, a row an element. spreadsheet: what would be a formula there is text."""
        made = io.StringIO()
        writer = csv.writer(made, lineterminator="\n")
        for row in (self.columns, *([one.get(name) for name in self.columns] for one in self.numbers)):
            written = ["" if value is None else repr(float(value)) if isinstance(value, float) else str(value) for value in row]
            writer.writerow([no_formula(text) for text in written] if spreadsheet else written)
        return made.getvalue()

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns of ``csv`` and ``frame``."""
        return tuple(dict.fromkeys(name for row in self.numbers for name in row))

    @property
    def frame(self) -> pandas.DataFrame:
        """The same as ``csv``; what an element does not have is missing."""
        import pandas

        return pandas.DataFrame([{name: row.get(name) for name in self.columns} for row in self.numbers], columns=list(self.columns))

    @property
    def captions(self) -> tuple[str, ...]:
        """The caption of each page; of the later ones what they continue."""
        n = len(self.pages)
        return (self.caption, *(f"{self.title}, continued ({at} of {n})." for at in range(2, n + 1)))

    def traced(self, traces: Mapping[str, Trace]) -> Plot:
        """The same picture with the origin of each key that its elements lead to. Raises NotFound for a key without one."""
        missing = sorted({str(row["key"]) for row in self.numbers if row.get("key")} - set(traces))
        if missing:
            raise NotFound(
                f"no origin is given for {', '.join(missing[:10])}", where=self.name, expected="a trace for each key of its rows"
            )
        return replace(self, traces=dict(traces))

    def noted(self, sentences: Sequence[str]) -> Plot:
        """The same picture with further sentences at the end of its caption."""
        return replace(self, caption=" ".join([self.caption, *sentences]))

    @property
    def table(self) -> Table:
        """The drawn numbers as a table to read, six significant digits; ``csv`` has them all."""
        names = [name for name in self.columns if name not in ("key", "events")]
        numeric = {name for name in names if not any(isinstance(row.get(name), str | bool) for row in self.numbers)}
        columns = tuple(Column(name, name.replace("_", " "), align="right" if name in numeric else "left") for name in names)
        rows = []
        for row in self.numbers:
            key = str(row.get("key") or "")
            trace = key if key in self.traces else None
            rows.append(tuple(_cell(row.get(name), trace) for name in names))
        return Table(self.name, self.title, columns, tuple(rows), (), self.traces)

    def html(self) -> str:
        """The picture as a figure, leading to its origins where these are given, and folded below it its numbers."""
        svgs = self.linked if self.traces else self.pages
        figures = "".join(
            f'<figure class="picture plot">\n{svg}<figcaption>{escaped(said)}</figcaption>\n</figure>\n'
            for svg, said in zip(svgs, self.captions, strict=True)
        )
        return f"{figures}<details><summary>The picture as a table</summary>\n{self.table.html()}</details>\n"

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        told = [{"svg": svg, "alt": self.alt, "caption": said} for svg, said in zip(self.pages, self.captions, strict=True)]
        block = {"block": "picture", **told[0]} if len(told) == 1 else {"block": "pictures", "pages": told}
        bundle: dict[str, Any] = {"text/html": self.html(), "text/plain": f"{self.caption}\n{self.table.text()}", BLOCK_MIME: block}
        if self.traces:
            bundle[MIME] = traces_to_json(self.traces)
        return bundle

    def _at(self, page: int) -> int:
        if not 1 <= page <= len(self.pages):
            raise InputRefused(f"the picture has no page {page}", where=self.name, expected=f"1 to {len(self.pages)}")
        return page - 1


def _cell(value: Value, trace: str | None) -> Cell:
    if value is None or value == "":
        return Cell("", missing="empty", why="not drawn")
    return Cell(f"{value:.6g}" if isinstance(value, float) else str(value), trace=trace)


def points_wide(width: int) -> float:
    """A width in mm as points. Raises InputRefused for another than 174 and 85."""
    if width not in WIDTHS:
        raise InputRefused(f"a picture is not made {width} mm wide", expected="174 for both columns of a journal, 85 for one")
    return width * POINTS


def finished(name: str, title: str, caption: str, alt: str, numbers: Sequence[Numbers], papers: Sequence[Paper]) -> Plot:
    """The picture of these sheets. A part that leads to an origin is called as its row in *numbers*."""
    names = {str(row["key"]): str(row["label"]) for row in reversed(numbers) if row.get("key")}
    for paper in papers:
        paper.names = names
    svgs = [paper.svgs(title, alt) for paper in papers]
    return Plot(name, title, caption, alt, tuple(numbers), tuple(plain for plain, _ in svgs), tuple(linked for _, linked in svgs))
