"""The formats that can be read, in one list; a plug-in adds more by the entry-point group ``review.formats``.

A format is a value: its name, a ``detect`` that looks at content alone, and a ``read`` that yields entry after entry. Modules are
loaded when a file is looked at, so that importing the package stays light.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from importlib.metadata import entry_points
from typing import Any

from review.model.record import Problem, Record
from review.model.terms import Kind
from review.records.build import Context
from review.records.lines import Page
from review.records.source import Source

_MODULES = (
    "clinconnect",
    "ictrp_page",
    "meddatax",
    "bmj_article",
    "veeva",
    "ctgov_v2",
    "ris",
    "medline",
    "wos_tagged",
    "ovid_tagged",
    "refworks",
    "enw",
    "table",
    "pubmed_xml",
    "endnote_xml",
    "bibtex",
    "csl_json",
    "europe_pmc",
    "ictrp_export",
    "conversions",
    "ctgov_csv",
    "eudract_text",
    "ctis_json",
    "ctgov_xml",
    "isrctn_xml",
)
ENTRY_POINT_GROUP = "review.formats"


@dataclass(frozen=True)
class Refusal:
    """One entry of a file that was not taken, and why; *line* counts from 1 where it is known."""

    file: str
    reason: str
    line: int | None = None
    excerpt: str = ""


Item = Record | Refusal | Problem  # a Problem that stands alone is one of the file, not of an entry


@dataclass(frozen=True)
class Format:
    """A format: ``detect`` gives 0 (not mine) to 1 (certain) from content; ``read`` yields what a file holds and never raises on content.

    ``marks`` counts the entries of a file by a sign on which ``read`` does not rest (None: a file is one entry). ``fields`` says as data
    which tag, column or element fills which field, in the words of ``review.records.citation.TARGETS``. ``tried`` is false for a format
    that was written from its published layout and has not met a real file yet. ``page`` is true where a file is the captured page itself,
    so that the document is in hand; a file with entries of a search only names its documents.
    """

    name: str
    label: str
    detect: Callable[[Source], float] = field(compare=False)
    read: Callable[[Source, Context], Iterable[Item]] = field(compare=False)
    # what the spans of its records point into
    text: Callable[[Source], str] = field(default=lambda source: source.page.flat, compare=False)
    marks: Callable[[Source], int | None] = field(default=lambda source: None, compare=False)
    fields: Mapping[str, Any] = field(default_factory=dict, compare=False)
    tried: bool = True
    mapping: str = ""  # the text of a review's own mapping that it was made from: kept beside what it read
    page: bool = False

    @property
    def kind(self) -> Kind:
        """What the provenance of its records says that they are."""
        return "capture" if self.page else "export"


def text_of_lines(source: Source) -> str:
    """The text of a file that is read line by line: what its records' spans point into."""
    return "\n".join(line for _, line in source.lines())


def page_format(
    name: str, label: str, detect: Callable[[Page], float], read: Callable[[Page, Context], Iterable[Record | Refusal]]
) -> Format:
    """A format whose file is one page in the line model."""

    def read_source(source: Source, context: Context) -> Iterable[Item]:
        return read(source.page, context)

    def detect_source(source: Source) -> float:
        structured = source.beginning[:64].lstrip(b"\xef\xbb\xbf \t\r\n")[:5]
        if structured[:1] in (b"{", b"[") or (structured == b"<?xml" and not source.head.is_html):
            return 0.0  # an export whose values hold a site's labels is no page of that site
        return detect(source.head)

    return Format(name, label, detect_source, read_source, page=True)


@cache
def formats() -> dict[str, Format]:
    """Every known format by name; a plug-in of the same name wins over what ships."""
    found: dict[str, Format] = {}
    for module in _MODULES:
        for one in _in_module(import_module(f"review.records.formats.{module}")):
            found[one.name] = one
    for point in entry_points(group=ENTRY_POINT_GROUP):
        loaded = point.load()
        for one in [loaded] if isinstance(loaded, Format) else _in_module(loaded):
            found[one.name] = one
    return found


def _in_module(module: object) -> Iterator[Format]:
    """The formats of a module: its ``FORMAT`` or its ``FORMATS``."""
    one = getattr(module, "FORMAT", None)
    if isinstance(one, Format):
        yield one
    yield from (f for f in getattr(module, "FORMATS", ()) if isinstance(f, Format))
