"""The commands of appraisal: what waits, what was assessed, where two differ, how far they agree; and why a result was not assessed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Annotated

import typer

from review.cli_opening import HERE, As, Project, opened
from review.text import on_one_line

appraise = typer.Typer(no_args_is_help=True, help="Risk of bias: what waits, what was assessed, conflicts, agreement.")

ToolName = Annotated[str, typer.Option("--tool", help="The appraisal tool, as rob2-parallel.")]


@appraise.command()
def status(project: Project = HERE, as_: As = None) -> None:
    """What waits for you (for everybody, where you see open answers), and how many results stand in which way."""
    with opened(project, as_) as rv:
        frame = rv.bias.frame()
        for name in frame["status"].drop_duplicates():
            typer.echo(f"{name}: {int((frame['status'] == name).sum()):,}")
        own = [as_] if as_ in rv.bias.assessors else []
        for name in rv.bias.assessors if rv.bias.sees_open else own:
            due = rv.bias.due(name)
            typer.echo(f"{len(due):,} wait for {name}")
            _lines((row.label, row.tool, f"calibration {row.round}" if row.round else "") for row in due.itertuples())
        if as_ and not own and not rv.bias.sees_open:
            typer.echo(f"Nothing waits for {as_}, who has no role assessor.")
        if frame.empty:
            typer.echo("Nothing that you may see has been assessed.")


@appraise.command("list")
def list_(project: Project = HERE, as_: As = None) -> None:
    """Every assessment that you may see, your drafts too: study, result, tool, standing, judgement."""
    with opened(project, as_) as rv:
        rows = rv.bias.frame().itertuples()
        _lines(
            (row.label, row.result or "the study", row.tool, row.effect or "", row.status, row.overall or row.reason or "") for row in rows
        )


@appraise.command("not-assessed")
def not_assessed(
    study: str,
    tool: ToolName,
    reason: Annotated[str, typer.Option(help="Why it was not assessed.")],
    result: Annotated[str | None, typer.Option(help="Which result; the whole study, unless given.")] = None,
    project: Project = HERE,
    as_: As = None,
) -> None:
    """Say why STUDY, or one result of it, was not assessed; this is no judgement."""
    with opened(project, as_, writes=True) as rv:
        rv.bias.not_assessed(study, tool=tool, reason=reason, result=result)
        typer.echo(f"Saved: {study}, {result or 'the study'}, not assessed.")


@appraise.command()
def conflicts(project: Project = HERE, as_: As = None) -> None:
    """Results on which two assessors differ, with the domains that differ and no names."""
    with opened(project, as_) as rv:
        rows = rv.bias.conflicts().itertuples()
        _lines((row.label, row.result or "the study", row.tool, _difference(row.reopened, row.differ)) for row in rows)


def _difference(reopened: bool, differ: Sequence[str]) -> str:
    if reopened:
        return "changed after the consensus"
    return "differ: " + (", ".join(differ) or "whether it is assessed")


@appraise.command()
def agreement(
    tool: ToolName,
    round: Annotated[str | None, typer.Option(help="Of this calibration round alone.")] = None,
    project: Project = HERE,
    as_: As = None,
) -> None:
    """How far assessors agreed before they knew each other's answers, by domain and by question."""
    with opened(project, as_) as rv:
        typer.echo(rv.tables.appraisal_agreement(tool, round=round).text())


def _lines(rows: Iterable[Iterable[str]]) -> None:
    """One line a row; what a reviewer typed stays on its line."""
    for row in rows:
        typer.echo("  ".join(on_one_line(" ".join(part.split())) for part in row if part))
