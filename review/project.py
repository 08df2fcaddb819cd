"""One review: finds its folder, opens its ledger, and hands each room what it needs. It decides nothing itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from review.errors import NotAllowed
from review.ledger import exchange, verifying
from review.ledger.home import export_beside, find, lacking, open_ledger
from review.ledger.ledger import Ledger
from review.model.plan import FILE_NAME
from review.protocol import Admission
from review.records.receipt import Receipt
from review.reporting.flow import Flow
from review.reporting.rooms import Rooms, furnish
from review.reporting.status import Status, status_of
from review.studies.rule_words import in_a_sentence

if TYPE_CHECKING:
    from review.reporting.changes import Changes
    from review.reporting.figures import Figures
    from review.reporting.tables import Tables


class Review:
    """A review folder, open for one viewer. ``Review.open()`` finds it upward from here; ``Review.create(path)`` lays it out."""

    def __init__(self, folder: Path, ledger: Ledger, reviewer: str | None) -> None:
        self.folder, self._ledger = folder, ledger
        self._admission = Admission(ledger, folder / FILE_NAME, reviewer)
        self._rooms = rooms = furnish(self._admission.seat(None), folder)
        self.protocol, self.searches, self.records, self.studies = rooms.protocol, rooms.searches, rooms.records, rooms.studies
        self.screening, self.extraction, self.bias, self.certainty = rooms.screening, rooms.extraction, rooms.bias, rooms.certainty

    @classmethod
    def open(cls, path: str | Path = ".", *, reviewer: str | None = None, ledger: Ledger | None = None) -> Review:
        """Open the review at *path* or above it. *reviewer* fixes who sees what; None sees what is closed and writes nothing.

        Where no *ledger* is given it is the one named by REVIEW_DATABASE, else ``data/ledger.sqlite3``, restored from the export
        beside it where it is missing.
        """
        folder = find(Path(path))
        return cls(folder, ledger or open_ledger(folder), reviewer)

    @classmethod
    def create(cls, path: str | Path, *, title: str | None = None) -> Review:
        """Lay out a new review at *path* and open it."""
        from review.reporting.layout import lay_out

        return cls.open(lay_out(Path(path), title))

    def still(self) -> Any:
        """Within this block, on this thread, the facts are looked up once: for several views of one moment. Nothing is written in it."""
        return self._rooms.seat.still()

    def _at(self, as_of: str | None) -> Rooms:
        """The rooms as of a date (a bare date means its end, in UTC); None means up to the last event."""
        return self._rooms if as_of in (None, "") else furnish(self._admission.seat(as_of), self.folder)

    @cached_property
    def tables(self) -> Tables:
        """The tables of reports, each as of a date; loaded when asked for, as are figures and changes."""
        from review.reporting.tables import Tables

        return Tables(self._at)

    @cached_property
    def figures(self) -> Figures:
        """The figures of reports, each as of a date."""
        from review.reporting.figures import Figures

        return Figures(self._at)

    @property
    def reviewer(self) -> str | None:
        """For whom the review is open."""
        return self._admission.viewer.name

    def arrived(self) -> int:
        """The number of the last fact to arrive in the ledger: another one as soon as anybody has written."""
        return self._ledger.arrived()

    def import_files(
        self, paths: Sequence[str | Path], *, search: str, addresses: Mapping[str, str] | None = None, format: str | None = None,
        progress: Any = None,
    ) -> Receipt:  # fmt: skip
        """Take in files found by *search*, then apply the identifier rules for duplicates and links. Returns the receipt."""
        before = {(r.id, r.versions) for r in self.records.views()}
        receipt = self.records.import_files(paths, search=search, addresses=addresses, format=format, progress=progress)
        found = self.studies.find([r.id for r in self.records.views() if (r.id, r.versions) not in before])
        return replace(receipt, compared=in_a_sentence(found))

    def flow(self, *, as_of: str | None = None) -> Flow:
        """The PRISMA 2020 flow, every number a set of ids."""
        return self._at(as_of).flow()

    def status(self) -> Status:
        """Where the review stands and what comes next, for this viewer."""
        return status_of(self._rooms, lacking(self._ledger, self.folder))

    def report(
        self, names: Sequence[str] | None = None, *, out: str | Path = "reports", parameters: Mapping[str, Any] | None = None,
        as_of: str | None = None, grid: str | Path | Mapping[str, Any] | None = None, formats: Sequence[str] | str | None = None,
        again: bool = False, executor: Any = None, progress: Any = None,
    ) -> Any:  # fmt: skip
        """Render the report notebooks (all, or *names*, or a *grid*) to *out*; returns outcomes. A wrong parameter is refused first."""
        from review.reporting.report import render_reports

        how = {"grid": grid, "formats": formats, "again": again, "executor": executor, "progress": progress}
        return render_reports(self._at, self.folder, names, out=out, parameters=parameters, as_of=as_of, **how)

    def verify(self, heads: Mapping[str, str] | str | Path | None = None) -> list[Any]:
        """Findings about changed events, blobs and raw files, and events without the role; with *heads* about a missing tail."""
        return [*verifying.verify(self._ledger, export_beside(self.folder), heads), *self._admission.unauthorised()]

    def export(self, folder: str | Path) -> Any:
        """Write the whole ledger to a folder or zip. Refused while it holds open decisions that this viewer may not see."""
        self._rooms.may_carry("exported")
        return exchange.export(self._ledger, folder)

    def backup(self, file: str | Path) -> Path:
        """Copy the database by SQLite's own backup. Refused as export is."""
        self._rooms.may_carry("backed up")
        return exchange.backup(self._ledger, file)

    def merge(self, folder_or_file: str | Path) -> Any:
        """Take in the events that an export, a zip or another database holds and this one lacks; nothing is overwritten."""
        if self.reviewer is None:
            raise NotAllowed("this review was opened without a reviewer, to look", next_step="open it with reviewer=…, or give --as …")
        before = self._ledger.arrived()
        merged = exchange.merge(self._ledger, folder_or_file)
        return replace(merged, unauthorised=tuple(self._admission.unauthorised(before)))

    def diff(self, before: str, after: str) -> Changes:
        """What changed between two dates: protocol, records, decisions, cells, judgements, the flow of the update; its lines in order."""
        from review.reporting.changes import changes

        return changes(self._at(before), self._at(after))

    def close(self) -> None:
        """Close the ledger."""
        self._ledger.close()

    def __repr__(self) -> str:
        return f"<Review {self.protocol.plan.review.title!r} for {self.reviewer or 'looking only'}>"
