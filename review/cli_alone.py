"""The commands that need no review: `read` shows what a reader makes of files, `simulate` replays labelled data. They write no fact."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from review.errors import NotFound, ReviewError


def read(
    files: list[Path],
    as_json: Annotated[bool, typer.Option("--json", help="One record a line, as JSON.")] = False,
    format: Annotated[str | None, typer.Option(help="The format, where content does not tell it.")] = None,
    address: Annotated[str | None, typer.Option(help="The page's address, for one captured page.")] = None,
) -> None:
    """Read files and show the records; nothing is written."""
    from review.records.reading import read as read_file

    failed = False
    for file in files:
        try:
            reading = read_file(file, format, address)
        except ReviewError as problem:
            typer.echo(str(problem), err=True)
            failed = True
            continue
        for record in reading.records:
            line = (
                json.dumps(record.model_dump(mode="json"), ensure_ascii=False)
                if as_json
                else f"{file.name}: {record.record_type}: {record.brief_title}"
            )
            typer.echo(line)
        for problem in reading.problems:
            where = f":{problem.lines[0]}" if problem.lines else ""
            typer.echo(f"{file.name}{where}: {problem.code}: {problem.message}", err=True)
        for refusal in reading.refused:
            typer.echo(f"{file.name}:{refusal.line or 0}: refused: {refusal.reason}", err=True)
            failed = True
    if failed:
        raise typer.Exit(1)


def simulate(
    file: Path,
    label: Annotated[str | None, typer.Option(help="The column of labels, 1 or 0; else included, label_included or label.")] = None,
    query: Annotated[str | None, typer.Option(help="The question in words, which leads until both labels occur.")] = None,
    prior: Annotated[list[int] | None, typer.Option(help="A row known from the start, counted from 0; may be given again.")] = None,
    seed: Annotated[int, typer.Option(help="Of the machine, and of the order where nothing is known.")] = 0,
    svg: Annotated[Path | None, typer.Option(help="Draw the curve of recall to this file.")] = None,
) -> None:
    """Replay labelled data in the order of the ranking, and measure that order."""
    from rich.console import Console
    from rich.progress import Progress

    from review.screening import simulation

    if svg is not None and not svg.absolute().parent.is_dir():
        raise NotFound(f"the folder of {svg} is not there", next_step="choose a folder that is there, before hours of replay")
    data = simulation.read_labelled(file, label=label)
    with Progress(console=Console(stderr=True)) as bar:
        task = bar.add_task("relevant found", total=None)
        done = simulation.simulate(
            data, query=query, priors=prior or (), seed=seed, progress=lambda found, total: bar.update(task, completed=found, total=total)
        )
    typer.echo(str(done))
    if svg is not None:
        svg.write_text(simulation.curve([done]), encoding="utf-8", newline="\n")
