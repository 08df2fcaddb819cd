"""The import from a notebook: the search is recorded, the files are taken in, and the progress shows without any widget."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

from IPython.display import display

from review.project import Review
from review.records.containers import sources
from review.records.receipt import Receipt
from review.records.steps import Progress

ASK = "Nothing was imported. Give the files or their folder above, and the search that found them, then run this page again."


@dataclass(frozen=True)
class _Shown:
    """How far the import is, for a page and as text."""

    done: int
    total: int
    reading: str

    def __repr__(self) -> str:
        return f"{self.done:,} of {self.total:,} files" + (f", reading {self.reading}" if self.reading else "")

    def _repr_html_(self) -> str:
        bar = f'<progress max="{max(self.total, 1)}" value="{self.done}" aria-label="files imported"></progress>'
        return f'<div role="status" lang="en">{bar} <bdi dir="auto">{escape(repr(self))}</bdi></div>'


def import_progress() -> Progress:
    """A ``progress`` for ``rv.import_files`` that shows itself below the cell and moves there; it needs no widget."""
    shown = display(_Shown(0, 0, ""), display_id=True)

    def moved(done: int, total: int, reading: str) -> None:
        if shown is not None:
            shown.update(_Shown(done, total, reading))

    return moved


def take_in(
    rv: Review,
    files: str,
    *,
    search: str = "",
    source: str = "",
    kind: str = "",
    via: str = "",
    searched: str = "",
    platform: str = "",
    strategy_file: str = "",
    hits: int = -1,
) -> Receipt | str:
    """Import *files* (a file or a folder) as found by *search*, or by one that is recorded now from the other words; '' means not given.

    Without files nothing is written, and what to give is said. hits below 0: the source did not say.
    """
    if not files.strip():
        return ASK
    told: dict[str, Any] = {
        "via": via or None,
        "platform": platform or None,
        "strategy_file": strategy_file or None,
        "hits": hits if hits >= 0 else None,
    }
    next(sources(Path(files)), None)  # what is not there is said before anything is written
    found = search or rv.searches.record(source, kind=kind, searched=searched, **told)
    return rv.import_files([Path(files)], search=found, progress=import_progress())
