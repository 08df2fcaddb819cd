"""Reads the XML exports of registers: one loop over their entries, and the values of one entry by path, each with its lines in the file."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from lxml import etree

from review.model.record import Lines
from review.records.build import Context, RecordDraft, Repeats
from review.records.formats import Item, Refusal
from review.records.source import Source
from review.records.xml_entries import XmlEntry, xml_entries
from review.text import fold_blanks


def registrations(
    source: Source, context: Context, element: str, draft_of: Callable[[XmlEntry], RecordDraft | None], *, name: str, site: str, lacks: str
) -> Iterator[Item]:
    """One record an *element*; where *draft_of* gives None the entry is refused, and *lacks* says why."""
    seen, index = Repeats(), 0
    for entry in xml_entries(source, element):
        if not isinstance(entry, XmlEntry):
            yield entry
            continue
        draft = draft_of(entry)
        if draft is None:
            yield Refusal(source.name, lacks, entry.lines[0], entry.text[:80])
            continue
        for problem in entry.problems:
            draft.problem(problem.code, problem.field, problem.message, problem.lines)
        draft.note(record_index=index, raw_span=entry.lines)
        yield draft.finish(source_format=name, context=context, entry=entry.text, n=seen.count(entry.text), site=site)
        index += 1


class XmlValues:
    """The elements of *entry*; a path is that of ElementTree, from its root."""

    def __init__(self, entry: XmlEntry) -> None:
        self.entry, self.root = entry, entry.element

    def all(self, path: str, within: etree._Element | None = None) -> list[etree._Element]:
        """The elements at *path*."""
        return (self.root if within is None else within).findall(path)

    def text(self, path: str, within: etree._Element | None = None) -> str:
        """The text of the first element at *path* with blanks folded; '' where there is none."""
        return fold_blanks(self.printed(path, within))

    def printed(self, path: str, within: etree._Element | None = None) -> str:
        """The text of the first element at *path* with its lines; '' where there is none."""
        found = (self.root if within is None else within).find(path)
        return "" if found is None else "".join(found.itertext())

    def prose(self, path: str) -> str:
        """The text at *path* as paragraphs."""
        blocks = self.printed(path).split("\n\n")
        return "\n\n".join(text for block in blocks if (text := fold_blanks(block)))

    def attribute(self, path: str, name: str) -> str:
        """An attribute of the first element at *path*; '' where there is none."""
        found = self.root.find(path)
        return "" if found is None else found.get(name, "")

    def lines(self, path: str) -> Lines | None:
        """The lines of the first element at *path*."""
        found = self.root.find(path)
        return None if found is None else self.entry.lines_of(found)
