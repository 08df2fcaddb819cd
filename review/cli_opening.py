"""What the commands share: the options that most of them take, and a review that is opened for one command and closed behind it."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from review.errors import NotAllowed

if TYPE_CHECKING:
    from review.project import Review

Project = Annotated[Path, typer.Option("--project", help="The review's folder; else REVIEW_PROJECT, else upward from here.")]
As = Annotated[str | None, typer.Option("--as", envvar="REVIEW_AS", help="The reviewer, as in review.toml; needed to write.")]
Json = Annotated[bool, typer.Option("--json", help="The list as JSON.")]
HERE = Path(".")


def opened(project: Path, reviewer: str | None, *, writes: bool = False) -> closing[Review]:
    """The review in *project* for that reviewer, to be closed behind the command. Raises NotAllowed where nobody is to write."""
    from review.project import Review

    if writes:
        named(reviewer)
    return closing(Review.open(project, reviewer=reviewer))


def named(reviewer: str | None) -> None:
    """Raises NotAllowed where a command that writes does not know for whom."""
    if not reviewer:
        raise NotAllowed(
            "this command writes, and needs to know for whom",
            expected="--as R, with R as in review.toml",
            next_step="give --as R, or set REVIEW_AS",
        )
