"""A private copy of a review for the kernels of one render: what is written or edited meanwhile does not reach them.

It refuses nothing. The folder is this user's alone, and goes when the render ends, also on an error; the copy of a process that was
killed outright goes at the next render.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from review.ledger import exchange
from review.ledger.ledger import Ledger
from review.ledger.seat import Seat
from review.ledger.snapshots import Snapshots
from review.model.plan import FILE_NAME
from review.reporting.rooms import Rooms, furnish

try:
    import fcntl
except ImportError:  # Windows, where what a killed process leaves stays
    fcntl = None  # type: ignore[assignment]

SINGLE = (FILE_NAME, "labels.toml")
_RENDERED = "rendered"
_COPIES, _OWNER, _MARK = "rv-review-", ".owner", b"the copy of a review for one render"


@dataclass(frozen=True)
class Snapshot:
    """The copy: its folder, and the same viewer's rooms in it. Nobody writes here."""

    folder: Path
    _seat: Seat
    _facts: Snapshots

    def at(self, as_of: str) -> Rooms:
        """The rooms of the copy as of a date."""
        seat = Seat(self._facts, self._seat.pen, self._seat.viewer, as_of or None)
        return furnish(seat, self.folder)

    def take_in(self, reports: Mapping[str, Path]) -> Path:
        """Copies of these executed notebooks, for a report that reads the others. Returns their folder."""
        folder = self.folder / _RENDERED
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        for name, path in reports.items():
            shutil.copyfile(path, folder / f"{name}.ipynb")
        return folder


@contextmanager
def frozen(rooms: Rooms, folder: Path) -> Iterator[Snapshot]:
    """The review at *folder* as it stands now, in a temporary folder that only this user may enter."""
    sweep()
    with tempfile.TemporaryDirectory(prefix=_COPIES, ignore_cleanup_errors=True) as place, open(Path(place) / _OWNER, "xb") as owner:
        _hold(owner)
        copy = Path(place).resolve()
        for path in project_files(folder):
            target = copy / path.relative_to(folder)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
        (copy / "data").mkdir(exist_ok=True)
        file = copy / "data" / "ledger.sqlite3"
        _copy_ledger(rooms.seat.snapshots.ledger, file)
        with closing(Ledger.open(file)) as ledger:
            yield Snapshot(copy, rooms.seat, Snapshots(ledger))


def sweep() -> None:
    """Delete this user's copies whose process was killed: those whose lock nobody holds, whatever became of its process number."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_COPIES}*"):
        # what vanishes meanwhile, is held, or is another user's is left alone
        with suppress(OSError):
            if fcntl and not folder.is_symlink() and folder.stat().st_uid == os.getuid():
                with open(folder / _OWNER, "rb") as owner:
                    fcntl.flock(owner, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    if owner.read() == _MARK:
                        shutil.rmtree(folder, ignore_errors=True)


def _hold(owner: BinaryIO) -> None:
    """Lock the file until this process ends, however it ends; only then mark the folder as ours."""
    if fcntl:
        fcntl.flock(owner, fcntl.LOCK_EX)
    owner.write(_MARK)
    owner.flush()


def project_files(folder: Path) -> list[Path]:
    """The files beside the ledger that a report may read: review.toml, labels.toml, ``tools/``, and a reviewer's own in ``data/``.

    Not the ledger's: its database, its export, the raw files and blobs are known by the heads.
    """
    found = [folder / name for name in SINGLE]
    found += sorted((folder / "tools").rglob("*"))
    for path in sorted((folder / "data").glob("*")):
        if path.name.startswith((".", "ledger.")) or path.name in ("raw", "blobs"):
            continue
        found += [path] if path.is_file() else sorted(path.rglob("*"))
    return [path for path in found if path.is_file()]


def _copy_ledger(ledger: Ledger, file: Path) -> None:
    if ledger.store.on_sqlite:
        exchange.backup(ledger, file)
        return
    package = file.with_name("ledger.zip")
    exchange.export(ledger, package)
    exchange.restore(package, file)
    package.unlink()
