"""The formats that can be read, in one list; a plug-in adds more by the entry-point group ``review.formats``.

A format is a value: its name, a ``detect`` that looks at content alone, and a ``read``. Modules are loaded when a file is
looked at, so that importing the package stays light.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache, cached_property
from importlib import import_module
from importlib.metadata import entry_points

from review.model.record import Problem, Record
from review.records.build import Context
from review.records.lines import Page, decode, page_from_bytes

HEAD_BYTES = 65_536
_MODULES = ("clinconnect", "ictrp_page", "meddatax", "bmj_article", "veeva", "ctgov_v2")
ENTRY_POINT_GROUP = "review.formats"


@dataclass(frozen=True)
class Refusal:
    """One entry of a file that was not taken, and why; *line* counts from 1 where it is known."""

    file: str
    reason: str
    line: int | None = None
    excerpt: str = ""


@dataclass(frozen=True)
class Source:
    """The bytes of a file and its name (for messages only: a format is never told by its name)."""

    data: bytes
    name: str = ""

    @cached_property
    def page(self) -> Page:
        """The whole file in the line model."""
        return page_from_bytes(self.data)

    @cached_property
    def head(self) -> Page:
        """The first 64 KiB in the line model; HTML is read whole, for its head may be all scripts."""
        if len(self.data) <= HEAD_BYTES or b"<html" in self.data[:HEAD_BYTES].lower():
            return self.page
        return page_from_bytes(self.data[:HEAD_BYTES].rpartition(b"\n")[0] or self.data[:HEAD_BYTES])

    @cached_property
    def text(self) -> str:
        """The whole file decoded as in ``review.records.lines.decode``."""
        return decode(self.data)[0]


@dataclass(frozen=True)
class Parsed:
    """What a format made of a file: ``marks`` is its count of entries by an independent marker, None for one-entry files."""

    records: tuple[Record, ...] = ()
    refused: tuple[Refusal, ...] = ()
    problems: tuple[Problem, ...] = ()
    marks: int | None = None


@dataclass(frozen=True)
class Format:
    """A format: ``detect`` gives 0 (not mine) to 1 (certain) from content; ``read`` never raises on content."""

    name: str
    label: str
    detect: Callable[[Source], float] = field(compare=False)
    read: Callable[[Source, Context], Parsed] = field(compare=False)
    # what the spans of its records point into
    text: Callable[[Source], str] = field(default=lambda source: source.page.flat, compare=False)


def page_format(
    name: str, label: str, detect: Callable[[Page], float], read: Callable[[Page, Context], Iterable[Record | Refusal]]
) -> Format:
    """A format whose file is one page in the line model."""

    def read_source(source: Source, context: Context) -> Parsed:
        made = list(read(source.page, context))
        records = tuple(item for item in made if isinstance(item, Record))
        return Parsed(records, tuple(item for item in made if isinstance(item, Refusal)))

    def detect_source(source: Source) -> float:
        structured = source.data[:64].lstrip(b"\xef\xbb\xbf \t\r\n")[:5]
        if structured[:1] in (b"{", b"[") or (structured == b"<?xml" and not source.head.is_html):
            return 0.0  # an export whose values hold a site's labels is no page of that site
        return detect(source.head)

    return Format(name, label, detect_source, read_source)


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
