"""The receipt of an import: what came in, where each entry went, and sums that are checked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class FileReceipt:
    """One file: entries read = kept + refused; kept = new + versions + sightings. ``refusal`` says why a whole file was refused."""

    file: str
    format: str
    read: int
    new: int
    versions: int
    sightings: int
    refused: tuple[tuple[int, str], ...]
    problems: tuple[tuple[str, str, str, str], ...]  # record title, field, code, message
    warnings: tuple[str, ...]
    refusal: str = ""

    @property
    def kept(self) -> int:
        """Entries that are in the review now."""
        return self.new + self.versions + self.sightings


@dataclass(frozen=True)
class Receipt:
    """All files of one import. ``ok`` is True when nothing was refused and every sum holds; it shows itself."""

    search: str
    files: tuple[FileReceipt, ...]

    @property
    def read(self) -> int:
        """Entries found in the files."""
        return sum(f.read for f in self.files)

    @property
    def kept(self) -> int:
        """Entries that are in the review now: new ones, versions and sightings of known ones."""
        return sum(f.kept for f in self.files)

    @property
    def refused(self) -> int:
        """Entries that could not be taken; a file that no reader knows counts as one."""
        return sum(len(f.refused) for f in self.files)

    @property
    def ok(self) -> bool:
        """Nothing refused, and read = kept + refused for every file."""
        return self.refused == 0 and all(f.read == f.kept + len(f.refused) for f in self.files)

    @property
    def problems(self) -> pd.DataFrame:
        """One row per refusal, warning and remark: file, line, record, field, code, message."""
        import pandas as pd

        rows: list[tuple[str, int | None, str, str, str, str]] = []
        for f in self.files:
            rows.extend((f.file, line or None, "", "", "refused", reason) for line, reason in f.refused)
            rows.extend((f.file, None, "", "", "warning", words) for words in f.warnings)
            rows.extend((f.file, None, title, field, code, message) for title, field, code, message in f.problems)
        return pd.DataFrame(rows, columns=["file", "line", "record", "field", "code", "message"])

    def lines(self) -> Sequence[str]:
        """The receipt in words, one line a file."""
        found = []
        for f in self.files:
            if f.refusal:
                found.append(f"{f.file}: refused. {f.refusal}")
                continue
            parts = [f"{f.new:,} new"]
            parts += [
                f"{n:,} {word}"
                for n, word in ((f.versions, "versions of known records"), (f.sightings, "seen before"), (len(f.refused), "refused"))
                if n
            ]
            found.append(f"{f.file} ({f.format}): {f.read:,} read = " + " + ".join(parts))
            found.extend(
                f"  {f.file}:{line}: refused: {reason}" if line else f"  {f.file}: refused: {reason}" for line, reason in f.refused
            )
            found.extend(f"  warning: {words}" for words in f.warnings)
        return found

    def __str__(self) -> str:
        return "\n".join(self.lines())

    __repr__ = __str__
