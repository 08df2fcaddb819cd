"""Where a review lives: its folder, found upward, and its ledger, restored from the export beside it where the database is missing."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from review.errors import ProjectNotFound, near
from review.ledger import exchange
from review.ledger.ledger import Ledger
from review.model.plan import FILE_NAME


def find(start: Path) -> Path:
    """The review folder at *start* or above it; with '.', REVIEW_PROJECT is looked at first. Raises ProjectNotFound."""
    given = os.environ.get("REVIEW_PROJECT")
    here = Path(given) if given and start == Path(".") else start
    if not here.exists():  # misspelt as a rule, and the review that stands above it is not the one that was meant
        beside = [one.name for one in here.resolve().parent.glob("*/") if (one / FILE_NAME).is_file()]
        raise ProjectNotFound(
            f"the folder {here} is not there", expected="the folder of a review, with its review.toml",
            next_step=near(here.name, beside) if beside else "check the name, or start a review: review init DIR",
        )  # fmt: skip
    for folder in (here.resolve(), *here.resolve().parents):
        if (folder / FILE_NAME).is_file():
            return folder
    raise ProjectNotFound(
        f"no {FILE_NAME} in {here} or above it", next_step="go into the review's folder, give --project DIR, or start one: review init DIR"
    )


def ledger_place(folder: Path) -> Path | str:
    """Where the ledger of the review in *folder* is kept: REVIEW_DATABASE, else data/ledger.sqlite3."""
    named = os.environ.get("REVIEW_DATABASE")
    if not named:
        return folder / "data" / "ledger.sqlite3"
    return named if "://" in named else folder / named  # a relative path is the review's, wherever the command was given


def export_beside(folder: Path) -> Path | None:
    """The export in the review's data folder, if there is one."""
    return folder / "data" if (folder / "data" / "ledger.jsonl").exists() else None


def open_ledger(folder: Path) -> Ledger:
    """The ledger of the review in *folder*; a missing database file is restored from the export first."""
    where, beside = ledger_place(folder), export_beside(folder)
    if isinstance(where, Path) and not where.exists() and beside is not None:
        exchange.restore(beside, where, if_missing=True)
    return Ledger.open(where)


def lacking(ledger: Ledger, folder: Path) -> Sequence[str]:
    """Ids of events that the export beside the database has and the database lacks."""
    beside = export_beside(folder)
    return exchange.difference(ledger, beside).there if beside is not None else ()


def restore(project: Path, folder: Path) -> int:
    """Restore the database of the review at *project* from an export; returns how many events came. Refused where there is one."""
    done = exchange.restore(folder, ledger_place(find(project)))
    return done.events if done else 0
