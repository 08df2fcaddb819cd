"""What is written of executed notebooks: offline pages, documents for co-authors, tables as CSV, the flow as a picture.

It writes from what the notebooks show and computes nothing anew. Tables, figures, pandas, Word and PDF are loaded only when something
is written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from review.errors import InputRefused, near
from review.reporting.escaping import escaped
from review.reporting.labels import Labels
from review.reporting.notebook import cells_of, sources_of
from review.reporting.render import Writer, text_to
from review.reporting.rooms import Rooms

if TYPE_CHECKING:
    from review.reporting.documents.model import Document

FORMATS = ("html", "docx", "pdf")
WITH_TABLES = (  # the reports of csv_tables, known without loading what makes them
    "50_characteristics", "55_evidence", "65_certainty", "70_effects", "71_synthesis", "72_without_pooling",
)  # fmt: skip
Nav = Sequence[tuple[str, str]]


def formats_of(given: Sequence[str] | str | None) -> tuple[str, ...]:
    """The formats asked for, in a fixed order; all when None. Raises InputRefused for one that does not exist, or for none."""
    if given is None:
        return FORMATS
    names = [name.strip().lower() for name in (given.split(",") if isinstance(given, str) else given)]
    if not names:
        raise InputRefused("no format is asked for", expected=", ".join(FORMATS), next_step="leave formats out for all of them")
    for name in names:
        if name not in FORMATS:
            raise InputRefused(f"there is no format {name!r}", expected=", ".join(FORMATS), next_step=near(name, FORMATS))
    return tuple(name for name in FORMATS if name in names)


def report_files(rooms: Rooms, cells: Sequence[Mapping[str, Any]], nav: Nav, formats: Sequence[str]) -> dict[str, Writer]:
    """Ending -> what writes it, of one executed report."""
    wanted: dict[str, Writer] = {}
    if "html" in formats:
        text = as_page(rooms, cells, nav)
        wanted[".html"] = lambda path: text_to(path, text)
    if set(formats) & {"docx", "pdf"}:
        wanted |= document_files(as_document(rooms, cells), formats, rooms.labels)
    return wanted


def document_files(document: Document, formats: Sequence[str], words: Labels) -> dict[str, Writer]:
    """Ending -> what writes it, of one document."""
    makers: dict[str, Writer] = {"docx": partial(_docx, document, words), "pdf": partial(_pdf, document, words)}
    return {f".{name}": makers[name] for name in formats if name in makers}


def as_page(rooms: Rooms, cells: Sequence[Mapping[str, Any]], nav: Nav) -> str:
    """One executed notebook as an offline page."""
    from review.reporting.documents.html import page
    from review.reporting.documents.notebook_body import document_body

    words = rooms.labels
    body = document_body(cells, labels=words)
    made = [(words.say("page.parameters"), body.parameters)] if body.parameters else []
    own = [("" if label == body.title else address, label) for address, label in nav]
    return page(
        body.title or words.say("grid.report"),
        rooms.protocol.plan.review.title,
        body.parts,
        as_of=rooms.as_of,
        heads=rooms.heads,
        traces=body.traces,
        demonstration=rooms.first_line,
        made=made,
        nav=own,
        labels=words,
    )


def as_document(rooms: Rooms, cells: Sequence[Mapping[str, Any]]) -> Document:
    """One executed notebook as a document for Word and PDF."""
    from review.reporting.documents.model import document_of

    return document_of(
        cells,
        review=rooms.protocol.plan.review.title,
        as_of=rooms.as_of,
        heads=rooms.heads,
        demonstration=rooms.first_line,
        labels=rooms.labels,
    )


def combined_files(rooms: Rooms, notebooks: Sequence[Path], formats: Sequence[str]) -> dict[str, Writer]:
    """``review.docx`` and ``review.pdf``: all executed reports as one document, titled as the review."""
    from review.reporting.documents.model import combined

    whole = combined([as_document(rooms, cells_of(path)) for path in notebooks], title=rooms.protocol.plan.review.title)
    return {f"review{ending}": writer for ending, writer in document_files(whole, formats, rooms.labels).items()}


def table_files(rooms: Rooms, report: str) -> dict[str, Writer]:
    """The evidence tables of a report: ``tables/NAME.csv`` as recorded, ``NAME_spreadsheet.csv`` guarded for spreadsheet programs."""
    from review.reporting.tables import csv_tables

    files: dict[str, Writer] = {}
    for name, maker in csv_tables(rooms, report):
        table = maker(rooms)
        files[f"tables/{name}.csv"] = partial(_csv, table, False)
        files[f"tables/{name}_spreadsheet.csv"] = partial(_csv, table, True)
    return files


def checklist_files(notebook: Path) -> dict[str, Writer]:
    """``tables/checklist-NAME.csv`` and its twin for spreadsheet programs, of every checklist that an executed notebook shows."""
    from review.reporting.documents.model import Table, document_of

    files: dict[str, Writer] = {}
    for table in document_of(cells_of(notebook), review="", as_of="", heads={}).blocks:
        if isinstance(table, Table) and table.key.startswith("checklist-"):
            files[f"tables/{table.key}.csv"] = partial(_csv, table, False)
            files[f"tables/{table.key}_spreadsheet.csv"] = partial(_csv, table, True)
    return files


def figure_files(rooms: Rooms) -> dict[str, Writer]:
    """``figures/flow`` as SVG, PDF and PNG, without links, as a journal takes it."""
    from review.reporting.figures import require

    flow = require(rooms.flow())
    makers: dict[str, Writer] = {
        "svg": lambda path: text_to(path, flow.svg(links=False)),
        "pdf": partial(_drawn, flow.pdf),
        "png": partial(_drawn, flow.png),
    }
    return {f"figures/flow.{ending}": writer for ending, writer in makers.items()}


def bias_files(rooms: Rooms) -> dict[str, Writer]:
    """The pictures of bias as SVG, PDF and PNG in ``figures/``; in ``tables/`` each as CSV, and the judgements as robvis reads them."""
    from review.reporting import bias_pictures_files

    return bias_pictures_files.bias_files(rooms)


def index_page(rooms: Rooms, title: str, rows: Iterable[tuple[str, str, Mapping[str, Any]]]) -> str:
    """A page that lists reports: the address ('' for one that was not made), the words and the values of each."""
    from review.reporting.documents.html import page

    listed, words = list(rows), rooms.labels
    axes = list(dict.fromkeys(axis for _, _, values in listed for axis in values))
    heads = "".join(f'<th scope="col">{escaped(name)}</th>' for name in (words.say("grid.report"), *axes))
    body = "".join(f"<tr>{_index_row(address, label, values, axes)}</tr>\n" for address, label, values in listed)
    table = (
        '<div class="table" id="table-grid">\n<div class="scroll" role="region" tabindex="0" aria-labelledby="table-grid-title">\n<table>\n'
        f'<caption id="table-grid-title">{escaped(words.say("grid.caption", n=words.number(len(listed))))}</caption>\n'
        f"<thead><tr>{heads}</tr></thead>\n<tbody>\n{body}</tbody>\n</table>\n</div>\n</div>\n"
    )
    about, line = rooms.protocol.plan.review.title, rooms.first_line
    return page(title, about, [table], as_of=rooms.as_of, heads=rooms.heads, traces={}, demonstration=line, labels=words)


def _index_row(address: str, label: str, values: Mapping[str, Any], axes: Sequence[str]) -> str:
    name = f'<a href="{escaped(quote(address))}">{escaped(label)}</a>' if address else escaped(label)
    return f'<th scope="row">{name}</th>' + "".join(f"<td>{escaped(str(values.get(axis, '')))}</td>" for axis in axes)


def title_of(notebook: Path) -> str:
    """The first heading of a notebook file, else its name."""
    for cell in sources_of(notebook):
        if cell.kind == "markdown":
            for line in cell.text.splitlines():
                if line.startswith("# "):
                    return line[2:].strip()
    return notebook.stem


def _docx(document: Document, words: Labels, path: Path) -> Sequence[str]:
    from review.reporting.documents.docx import write_docx

    write_docx(document, path, words)
    return ()


def _pdf(document: Document, words: Labels, path: Path) -> Sequence[str]:
    from review.reporting.documents.pdf import write_pdf

    made = write_pdf(document, path, words)
    told = [words.say("page.no_letters", letters=", ".join(made.missing))] if made.missing else []
    return [*told, words.say("page.no_standard", why=made.objection)] if made.objection else told


def _csv(table: Any, guarded: bool, path: Path) -> Sequence[str]:
    table.csv(path, spreadsheet=guarded)
    return ()


def _drawn(draw: Callable[[Path], Any], path: Path) -> Sequence[str]:
    draw(path)
    return ()
