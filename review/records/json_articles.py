"""Reads files of JSON items that are citations: each item is taken apart into named values, and a mapping that is data places them.

A value is called by its path, ``journalInfo.journal.title``; what a function of the format does not join or part is kept value by value.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from review.model.record import Lines, Problem, ProblemCode
from review.records.build import Context, RecordDraft, Repeats
from review.records.citation import Value, article
from review.records.formats import Item, Refusal
from review.records.json_lines import Entry, JsonFile
from review.records.lines import decode
from review.records.source import Source

Whole = Callable[[Any, Lines | None], Iterator[Value]]
_DEEPEST: Final = 40
_HEADING: Final = re.compile(r"(?:(?<!\s)\s+)?<h[1-6]>((?:(?!</?h[1-6]>).)*+)</h[1-6]>\s*", re.S | re.I)
_BREAK: Final = re.compile(r"(?:(?<!\s)\s+)?(?:</?p>|<br\s*+/?>)\s*", re.I)
_MARKUP: Final = re.compile(r"</?(?:i|b|u|em|strong|sup|sub|span|italic|bold|sc|div|jats:[a-z]+)(?:\s[^<>]{0,200})?/?>", re.I)


@dataclass(frozen=True)
class Layout:
    """How a kind of file is made: the path of the array that holds its items, what an item must have, and what is not value by value.

    *whole*: path -> the function that gives the values of what stands there. *finish* puts in what is no citation's usual value.
    """

    name: str
    array: str
    needs: tuple[str, ...]
    fields: Mapping[str, str]
    types: Mapping[str, str]
    whole: Mapping[str, Whole] = field(default_factory=dict)
    finish: Callable[[RecordDraft, Mapping[str, Any], Mapping[str, Lines]], None] = lambda draft, item, lines: None


def read_articles(source: Source, context: Context, layout: Layout) -> Iterator[Item]:
    """One record an item; one that is no object, or has none of the members that it needs, is refused."""
    text, encoding, notes = decode(source.data)
    yield from notes
    file, repeats = JsonFile(text, layout.array), Repeats()
    for index, found in enumerate(file.objects(source.name, lambda entry: _unfit(entry, layout))):
        if isinstance(found, Refusal):
            yield found
            continue
        entry, where, own = found
        item = entry.value or {}
        lines = {str(path[0]): span for path, span in file.spans(entry, "").items()}
        draft = article(_values(item, lines, layout), layout.fields, layout.types)
        layout.finish(draft, item, lines)
        if entry.cut:
            draft.problem(ProblemCode.CUT_OFF, None, "the file ends inside this item; what is whole was read", where)
        draft.note(record_index=index, raw_span=where, encoding=encoding)
        yield draft.finish(source_format=layout.name, context=context, entry=own, n=repeats.count(own))
    total = file.envelope.members.get("hitCount")
    if isinstance(total, int) and total > len(file.entries):
        note = f"the search found {total:,}, this file holds {len(file.entries):,}: the other pages of the answer are missing"
        yield Problem(code=ProblemCode.CAPPED_EXPORT, message=note)


def _unfit(entry: Entry, layout: Layout) -> str:
    """Why an entry is no item, or nothing."""
    if entry.value is None:
        return f"not an item: {entry.why}"
    return "" if any(entry.value.get(name) for name in layout.needs) else f"not an item: it has none of {', '.join(layout.needs)}"


def _as_label(found: re.Match[str]) -> str:
    """A heading within a text as the label of its section."""
    return f"\n\n{found[1].strip().removesuffix(':').rstrip()}: "


def printed(text: str) -> str:
    """*text* without the markup of HTML: a heading becomes the label of its paragraph."""
    if "<" in text:
        text = _MARKUP.sub("", _BREAK.sub("\n\n", _HEADING.sub(_as_label, text))).strip()
    return html.unescape(text) if "&" in text else text


def _values(item: Mapping[str, Any], lines: Mapping[str, Lines], layout: Layout) -> Iterator[Value]:
    for name, inside in item.items():
        yield from _flat(name, inside, lines.get(name), layout, 0)


def _flat(path: str, inside: Any, where: Lines | None, layout: Layout, depth: int) -> Iterator[Value]:
    """Every scalar below *path* under its own path; numbers as JSON writes them."""
    if (whole := layout.whole.get(path)) is not None:
        yield from whole(inside, where)
    elif isinstance(inside, Mapping) and depth < _DEEPEST:
        for name, value in inside.items():
            yield from _flat(f"{path}.{name}", value, where, layout, depth + 1)
    elif isinstance(inside, list) and depth < _DEEPEST:
        for value in inside:
            yield from _flat(path, value, where, layout, depth + 1)
    elif isinstance(inside, str):
        yield Value(path, printed(inside), where)
    elif inside is not None:
        yield Value(path, json.dumps(inside, ensure_ascii=False), where)
