"""Tells the format of a file by its content; refuses when nothing fits or two formats fit equally."""

from __future__ import annotations

from collections.abc import Iterable

from review.errors import FormatUnknown, near
from review.records.formats import Format, formats
from review.records.lines import page_from_text
from review.records.source import Source

_ENOUGH = 0.4  # below this a page only shares some words with a format
_APART = 0.05  # two confidences that are closer than this are a tie


def detect(source: Source, also: Iterable[Format] = ()) -> tuple[Format, float]:
    """The format of *source* and the confidence, 0 to 1. Raises FormatUnknown with what was seen and what is accepted."""
    known = formats() | {one.name: one for one in also}
    scored = sorted(((one.detect(source), name, one) for name, one in known.items()), key=lambda s: (-s[0], s[1]))
    where = source.name or "this file"
    accepted = "; ".join(f"{one.label} ({name})" for name, one in known.items())
    if not source.beginning.strip():
        raise FormatUnknown("the file is empty", where=where, expected=accepted)
    if not scored or scored[0][0] < _ENOUGH:
        wide = source.beginning.count(b"\0") * 3 > len(source.beginning)
        raise FormatUnknown(
            f"no reader recognises the content; it begins: {_beginning(source)}",
            where=where,
            expected=accepted,
            next_step="every second byte is empty, as in UTF-16 without its mark: save the file as UTF-8"
            if wide
            else "if it is one of these, name its format; a page must be saved with its headings",
        )
    best = scored[0]
    if len(scored) > 1 and scored[1][0] >= _ENOUGH and best[0] - scored[1][0] < _APART:
        raise FormatUnknown(
            f"two readers recognise the content equally: {best[2].label} and {scored[1][2].label}",
            where=where,
            next_step=f"name the format, {best[1]!r} or {scored[1][1]!r}",
        )
    return best[2], best[0]


def format_named(name: str, also: Iterable[Format] = ()) -> Format:
    """The format called *name*; raises FormatUnknown with the near matches."""
    known = formats() | {one.name: one for one in also}
    if name not in known:
        raise FormatUnknown(f"there is no format {name!r}", expected=", ".join(sorted(known)), next_step=near(name, known))
    return known[name]


def _beginning(source: Source) -> str:
    seen = " / ".join(line.plain for line in page_from_text(source.head_text[:2000]).filled[:3])
    return repr(seen[:120]) if seen else "nothing readable"
