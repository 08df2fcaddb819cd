"""The command about the records of a review: writes them for another program."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from review.cli_opening import opened


def records(
    export: Annotated[Path, typer.Option("--export", help="Write the records to this file; one that is there is replaced.")],
    format: Annotated[str, typer.Option(help="ris, bibtex, csl-json, csv (for spreadsheets), csv-raw or asreview.")],
    unique: Annotated[bool, typer.Option("--unique", help="One record for each report: without its duplicates.")] = False,
    project: Annotated[Path, typer.Option("--project", help="The review's folder; else REVIEW_PROJECT, else upward.")] = Path("."),
    as_: Annotated[str | None, typer.Option("--as", envvar="REVIEW_AS", help="The reviewer, as in review.toml.")] = None,
) -> None:
    """Write the records for Zotero, Rayyan, ASReview, LaTeX or a spreadsheet; what the format cannot hold is counted."""
    with opened(project, as_) as rv:
        chosen = [report.stands.id for report in rv.studies.report_views()] if unique else None
        typer.echo(str(rv.records.export(export, format=format, records=chosen)))
