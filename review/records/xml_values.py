"""Gives the values of one XML entry by path, each with its lines in the file."""

from __future__ import annotations

from lxml import etree

from review.model.record import Lines
from review.records.xml_entries import XmlEntry
from review.text import fold_blanks


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
