"""The command about decisions of screening: takes in those of another tool's file, takes them back, or writes out what may be seen."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from review.cli_opening import named, opened
from review.errors import InputRefused, ReviewError

# What a next step asks for in Python, and how it is asked for here.
_OPTIONS = tuple(
    (re.compile(python), option)
    for python, option in (
        (r'columns=\{"decision": "…", "title": "…"\}', "--column decision=… --column title=…"),
        (r"columns=", "--column decision=…"),
        (r"reasons=\{(.+?): CRITERION\}", r"--reason \1=CRITERION"),
        (r"reviewers=\{(.+?): ID\}", r"--reviewer '\1=ID'"),
        (r'as_="reviewers"', "--reviewer NAME=ID"),
        (r'as_="consensus"', "--as-consensus"),
        (r"\bdecision=(?=,)", "--decision"),
        (r"\bstage=", "--stage "),
        (r"retrieved=True", "--retrieved"),
    )
)


def decisions(
    file: Annotated[Path | None, typer.Argument(help="An export of Covidence, Rayyan or ASReview, RIS with codes, or any CSV.")] = None,
    stage: Annotated[str | None, typer.Option(help="title_abstract or full_text.")] = None,
    as_consensus: Annotated[bool, typer.Option("--as-consensus", help="Each decision ends the stage for its report.")] = False,
    reviewer: Annotated[list[str] | None, typer.Option(help="NAME=ID: whose answers those of NAME are; '=ID' where none is named.")] = None,
    reason: Annotated[list[str] | None, typer.Option(help="WORDS=ID: the criterion that words or a code mean.")] = None,
    column: Annotated[list[str] | None, typer.Option(help="PURPOSE=HEAD, as decision=articleLabel; the head of a column or a tag.")] = None,
    decision: Annotated[str | None, typer.Option(help="What every entry is that says nothing itself: include or exclude.")] = None,
    tool: Annotated[str | None, typer.Option(help="The tool's name, where the content does not tell it.")] = None,
    retrieved: Annotated[bool, typer.Option("--retrieved", help="Full texts that were decided on had been retrieved.")] = False,
    undo: Annotated[str | None, typer.Option(help="Take back the import of this file, by its name or sha256.")] = None,
    out: Annotated[Path | None, typer.Option(help="Write every decision that may be seen to this CSV.")] = None,
    spreadsheet: Annotated[bool, typer.Option("--spreadsheet", help="That CSV with printed heads, and formulas guarded.")] = False,
    project: Annotated[Path, typer.Option("--project", help="The review's folder; else REVIEW_PROJECT, else upward.")] = Path("."),
    as_: Annotated[str | None, typer.Option("--as", envvar="REVIEW_AS", help="The reviewer, as in review.toml.")] = None,
) -> None:
    """Take in the decisions that another screening tool exported, or write out those of this review."""
    if file is None and undo is None and out is None:
        raise InputRefused(
            "there is nothing to do", expected="FILE with --stage, --undo NAME, or --out FILE.csv", next_step="review decisions --help"
        )
    if file is not None and (stage is None or as_consensus == bool(reviewer)):
        raise InputRefused(
            "a file is taken in for a stage, and as consensus or as the answers of reviewers", where=str(file),
            expected="--stage, and --as-consensus or --reviewer NAME=ID",
            next_step="as: --stage title_abstract --as-consensus, or --stage full_text --reviewer 'Name in the file=r1'",
        )  # fmt: skip
    if file is not None or undo is not None:
        named(as_)
    refused = False
    with opened(project, as_) as rv:
        if undo is not None:
            typer.echo(f"{rv.screening.undo_import(undo, stage=stage):,} decisions taken back.")
        if file is not None:
            with _asked_here():
                receipt = rv.screening.import_decisions(
                    file,
                    stage=stage or "",
                    as_="consensus" if as_consensus else "reviewers",
                    reviewers=_pairs(reviewer),
                    reasons=_pairs(reason),
                    columns=_pairs(column, first=True),
                    decision=decision,
                    tool=tool,
                    retrieved=retrieved,
                )
            typer.echo("\n".join(receipt.lines(most=None, ask=as_options)))
            refused = receipt.kept < receipt.read
        if out is not None:
            from review.reporting.decision_list import decision_list

            found = decision_list(rv.screening.frame(), rv.studies.report_views())
            found.csv(out, spreadsheet=spreadsheet)
            raw = "" if spreadsheet else ", every text as it is: with --spreadsheet none is taken for a formula in one"
            typer.echo(f"{len(found.rows):,} decisions written to {out}{raw}")
    if refused:
        raise typer.Exit(1)


def _pairs(given: Iterable[str] | None, *, first: bool = False) -> dict[str, str]:
    """``LEFT=RIGHT`` as a mapping, cut at the last sign, since words may hold one and ids do not; at the *first* for columns."""
    found: dict[str, str] = {}
    for pair in given or ():
        left, equals, right = pair.partition("=") if first else pair.rpartition("=")
        if not equals or not right.strip():
            raise InputRefused(f"{pair!r} says nothing", expected="LEFT=RIGHT, as 'Wrong population'=P1")
        found[left.strip()] = right.strip()
    return found


def as_options(step: str) -> str:
    """A next step that names what a caller in Python gives, with this command's options in its place."""
    for python, option in _OPTIONS:
        step = python.sub(option, step)
    return step


@contextmanager
def _asked_here() -> Iterator[None]:
    """A refusal from within says its next step in this command's options."""
    try:
        yield
    except ReviewError as refused:
        refused.next_step = as_options(refused.next_step)
        raise
