"""The commands about searches: record one, with or without a file, and take in the files that it gave."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from review.cli_opening import HERE, As, Project, opened
from review.errors import InputRefused, NotFound


def search(
    source: Annotated[str, typer.Option(help="What was searched, as 'Embase'.")],
    kind: Annotated[str, typer.Option(help="register, database or other.")],
    searched: Annotated[str, typer.Option(help="The date, as 2026-03-01.")],
    via: Annotated[str | None, typer.Option(help="For other: website, organisation, citation, contact, hand.")] = None,
    platform: Annotated[str | None, typer.Option(help="Platform, as 'Ovid'.")] = None,
    together_with: Annotated[list[str] | None, typer.Option(help="A database searched at once there; may be given again.")] = None,
    url: Annotated[str, typer.Option(help="The source's address.")] = "",
    strategy: Annotated[str, typer.Option(help="The strategy, or @FILE to read it.")] = "",
    limits: Annotated[str, typer.Option(help="Limits, as of language or date.")] = "",
    limits_reason: Annotated[str, typer.Option(help="Why they were set.")] = "",
    filters: Annotated[str, typer.Option(help="Published filters that were used.")] = "",
    prior_work: Annotated[str, typer.Option(help="Whose strategy was taken over or adapted.")] = "",
    peer_review: Annotated[str, typer.Option(help="Who reviewed the strategy, and how.")] = "",
    update_of: Annotated[str | None, typer.Option(help="The search that this one brings up to date, as sea:….")] = None,
    updating: Annotated[str, typer.Option(help="How it was brought up to date.")] = "",
    by: Annotated[str | None, typer.Option(help="Who ran it; the reviewer, unless given.")] = None,
    hits: Annotated[int | None, typer.Option(help="What the source said it found.")] = None,
    note: Annotated[str, typer.Option(help="What else readers should know.")] = "",
    project: Project = HERE,
    as_: As = None,
) -> None:
    """Record a search, also one that gave no file."""
    file = Path(strategy[1:]) if strategy.startswith("@") else None
    with opened(project, as_, writes=True) as rv:
        typer.echo(
            rv.searches.record(
                source,
                kind=kind,
                via=via,
                platform=platform,
                strategy="" if file else strategy,
                limits=limits,
                searched=searched,
                hits=hits,
                by=by,
                filters=filters,
                peer_review=peer_review,
                strategy_file=file,
                limits_reason=limits_reason,
                together_with=together_with or (),
                url=url,
                prior_work=prior_work,
                update_of=update_of,
                updating=updating,
                note=note,
            )
        )


def import_(
    files: list[Path],
    source: Annotated[str | None, typer.Option(help="What was searched.")] = None,
    kind: Annotated[str | None, typer.Option(help="register, database or other.")] = None,
    via: Annotated[str | None, typer.Option(help="For other: website, organisation, citation, contact, hand.")] = None,
    address: Annotated[str | None, typer.Option(help="The page's address, for one captured page.")] = None,
    format: Annotated[str | None, typer.Option(help="The format, where content does not tell it.")] = None,
    search: Annotated[str | None, typer.Option(help="A recorded search, as sea:…")] = None,
    searched: Annotated[str | None, typer.Option(help="The date of the search, as 2026-03-01.")] = None,
    hits: Annotated[int | None, typer.Option(help="What the source said it found.")] = None,
    project: Project = HERE,
    as_: As = None,
) -> None:
    """Import files found by one search; the receipt says where every entry went."""
    if address is not None and len(files) != 1:
        raise InputRefused("an address belongs to one page", next_step="import that page alone")
    from rich.console import Console
    from rich.markup import escape
    from rich.progress import Progress

    absent = [str(file) for file in files if not file.exists()]
    if absent:
        raise NotFound(f"{', '.join(absent)} is not there", next_step="check the name; nothing was recorded")
    with opened(project, as_, writes=True) as rv:
        if search is None:
            if not (source and kind and searched):
                raise InputRefused("an import names its search", expected="--search ID, or --source NAME --kind KIND --searched DATE")
            search = rv.searches.record(source, kind=kind, via=via, searched=searched, hits=hits)
        with Progress(console=Console(stderr=True), transient=True) as bar:
            task = bar.add_task("files", total=len(files))
            receipt = rv.import_files(
                files,
                search=search,
                addresses={files[0].name: address} if address else None,
                format=format,
                progress=lambda done, total, reading: bar.update(task, total=total, completed=done, description=escape(reading or "files")),
            )
        typer.echo("\n".join(receipt.lines()))
        typer.echo(f"{receipt.read:,} read = {receipt.kept:,} kept + {receipt.refused:,} refused ({search})")
    if not receipt.ok:
        raise typer.Exit(1)
