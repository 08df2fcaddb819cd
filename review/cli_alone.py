"""The commands that need no review: `read` shows what a reader makes of files, `simulate` replays labelled data. They write no fact."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from review.errors import InputRefused, NotFound, ReviewError

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

    from review.model.record import Problem
    from review.records.formats import Refusal
    from review.records.reading import Entries
    from review.records.source import Source


def read(
    files: list[Path],
    as_json: Annotated[bool, typer.Option("--json", help="One record a line, as JSON.")] = False,
    format: Annotated[str | None, typer.Option(help="The format, where content does not tell it.")] = None,
    address: Annotated[str | None, typer.Option(help="The page's address, for one captured page.")] = None,
    mapping: Annotated[list[Path] | None, typer.Option(help="A table's mapping (TOML); may be given again.")] = None,
) -> None:
    """Read files, folders and archives and show the records, one after the other; nothing is written."""
    from review.records.formats import Refusal
    from review.records.formats.table import mapping_at
    from review.records.reading import entries

    also, failed = [mapping_at(file) for file in mapping or ()], False
    for source in _each(files):
        try:
            if isinstance(source, ReviewError):
                raise source
            if isinstance(source, Refusal):
                typer.echo(_visible(f"{source.file}: refused: {source.reason}"), err=True)
                failed = True
            else:
                failed |= _shown(entries(source, format, address, also=also), as_json)
        except ReviewError as problem:  # this file cannot be read; the others are
            typer.echo(_visible(str(problem)), err=True)
            failed = True
    if failed:
        raise typer.Exit(1)


def _each(files: list[Path]) -> Iterator[Source | Refusal | ReviewError]:
    """Every file of the files, folders and archives; the error of one that is not there."""
    from review.records.containers import sources

    for path in files:
        try:
            yield from sources(path)
        except ReviewError as problem:
            yield problem


def _visible(text: str) -> str:
    """*text* with its control characters written out: a file cannot move the cursor of a terminal."""
    return "".join(c if c.isprintable() or c in "\n\t" else f"\\x{ord(c):02x}" for c in text)


def _shown(found: Entries, as_json: bool) -> bool:
    """Shows every entry of a file as it is read, remarks on stderr; True where one was refused."""
    from review.records.formats import Refusal

    name = found.source.name

    def remark(problem: Problem) -> None:
        where = f":{problem.lines[0]}" if problem.lines else ""
        typer.echo(_visible(f"{name}{where}: {problem.code}: {problem.message}"), err=True)

    for entry in found:
        if isinstance(entry, Refusal):
            typer.echo(_visible(f"{name}:{entry.line or 0}: refused: {entry.reason}"), err=True)
            continue
        if as_json:
            typer.echo(json.dumps(entry.model_dump(mode="json"), ensure_ascii=False))
        else:
            typer.echo(_visible(f"{name}: {entry.record_type}: {entry.brief_title or entry.official_title or '(no title)'}"))
        for problem in entry.problems:
            remark(problem)
    for problem in found.problems:
        remark(problem)
    return bool(found.refused)


def simulate(
    files: list[Path],
    label: Annotated[str | None, typer.Option(help="The column of labels, 1 or 0; else included, label_included or label.")] = None,
    query: Annotated[
        list[str] | None, typer.Option(help="The question in words, which leads until both labels occur; once, or once for each file.")
    ] = None,
    prior: Annotated[list[int] | None, typer.Option(help="A row known from the start, counted from 0; may be given again.")] = None,
    shuffles: Annotated[int, typer.Option(min=0, help="Shuffle the rows so often, and begin down the file as well, side by side.")] = 0,
    seed: Annotated[int, typer.Option(help="Of the machine, of the shuffles, and of the order where nothing is known.")] = 0,
    svg: Annotated[Path | None, typer.Option(help="Draw the curves of recall to this file.")] = None,
) -> None:
    """Replay labelled data in the order of the ranking, and measure that order."""
    from rich.console import Console
    from rich.progress import Progress

    from review.screening import cold_start, simulation

    if svg is not None and not svg.absolute().parent.is_dir():
        raise NotFound(f"the folder of {svg} is not there", next_step="choose a folder that is there, before hours of replay")
    if query and len(query) not in (1, len(files)):
        raise InputRefused(f"{len(query):,} questions for {len(files):,} files", where="--query", expected="one, or one for each file")
    if prior and (shuffles or len(files) > 1):
        raise InputRefused("a row known from the start belongs to one file as it stands", where="--prior", expected="one file, no shuffles")
    data = [simulation.read_labelled(file, label=label) for file in files]
    asked: list[str | None] = [*(query or [None])] * (len(files) if len(query or [None]) == 1 else 1)
    drawn: list[simulation.Simulation] = []
    with Progress(console=Console(stderr=True)) as bar:
        if shuffles:
            task = bar.add_task("replays", total=2 * shuffles * len(data))
            pairs = zip(data, asked, strict=True)
            done = [cold_start.compare(d, query=q, shuffles=shuffles, seed=seed, progress=lambda: bar.advance(task)) for d, q in pairs]
            drawn = [replays[0] for one in done for replays in one.arms.values()]
        else:
            for one, question in zip(data, asked, strict=True):
                task = bar.add_task(f"{one.name}: relevant found", total=sum(one.labels))
                drawn.append(simulation.simulate(one, query=question, priors=prior or (), seed=seed, progress=_moves(bar, task)))
    for one in data:
        if warning := cold_start.listed_first(one):
            typer.echo(warning, err=True)
    typer.echo("\n\n".join([*map(str, done), cold_start.over_all(done)] if shuffles else map(str, drawn)))
    if svg is not None:
        svg.write_text(simulation.curve(drawn), encoding="utf-8", newline="\n")


def _moves(bar: Progress, task: TaskID) -> Callable[[int, int], None]:
    return lambda found, total: bar.update(task, completed=found, total=total)
