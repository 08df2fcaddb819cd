"""The commands about searches: record one, with or without a file, take in the files that it gave, list them all, take one back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from review.cli_opening import HERE, As, Json, Project, opened
from review.errors import InputRefused, NotFound
from review.text import on_one_line

if TYPE_CHECKING:
    from review.project import Review

searches = typer.Typer(invoke_without_command=True, help="The searches and what came in with each; take one back.")


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
        _not_yet(searched)


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
                raise InputRefused(
                    "an import names its search", expected="--search ID, or --source NAME --kind KIND --searched DATE",
                    next_step="review searches lists those that are recorded",
                )  # fmt: skip
            search = rv.searches.record(source, kind=kind, via=via, searched=searched, hits=hits)
            _not_yet(searched)
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


def _not_yet(searched: str) -> None:
    """Says that a search is dated after today, which is a slip as a rule; somewhere it may be tomorrow already."""
    from review.ledger.moments import DAY, utc_now

    if searched > (utc_now() + DAY).date().isoformat():
        typer.echo(f"warning: {searched} is not yet; was the date meant? review searches undo takes the search back", err=True)


@searches.callback()
def listed(context: typer.Context, as_json: Json = False, project: Project = HERE, as_: As = None) -> None:
    """The searches as recorded, each with its files and what was entered by hand, with the EVENT by which undo takes one back."""
    if command := context.invoked_subcommand:
        if any((source := context.get_parameter_source(name)) and source.name == "COMMANDLINE" for name in ("project", "as_", "as_json")):
            raise InputRefused(
                "options stand behind the command", next_step=f"write them at the end: review searches {command} … --project DIR --as R"
            )
        return
    with opened(project, as_) as rv:
        found = _searches(rv)
    if as_json:
        typer.echo(json.dumps(found, ensure_ascii=False, indent=1))
        return
    for one in found:
        hits = "hits not stated" if one["hits"] is None else f"{one['hits']:,} hit{'' if one['hits'] == 1 else 's'}"
        via = f" ({one['via']})" if one["via"] else ""
        said = f"{one['kind']}{via}, searched {one['searched']}, {hits}, {one['read']:,} read"
        typer.echo(on_one_line(f"{one['search']}  {one['source']}  {said}"))
        for brought in one["brought"]:
            typer.echo(on_one_line(f"  {brought['event']}  {brought['what']}"))
    if not found:
        typer.echo("No search is recorded. Next: review search, or review import FILE with its search")


def _searches(rv: Review) -> list[dict[str, Any]]:
    """The searches with what each brought: files by their imports, and entries made by hand."""
    brought: dict[str, list[dict[str, str]]] = {}
    for event in rv.records.imports():
        what = f"{event.body['file_name']}, {event.body['read']:,} read"
        brought.setdefault(event.body["search"], []).append({"event": event.id, "what": what})
    for event in rv.records.refusals():
        what = f"{event.body['file_name']}, refused: {event.body['reason']}"
        brought.setdefault(event.body["search"], []).append({"event": event.id, "what": what})
    for record in rv.records.views():
        if record.file_name is None:
            brought.setdefault(record.search.id, []).append({"event": record.event, "what": f"by hand: {record.title}"})
    return [
        {"search": s.id, "source": s.source, "kind": s.kind, "via": s.via, "searched": s.searched, "hits": s.hits, "read": int(row.read),
         "event": s.event, "brought": brought.get(s.id, [])}
        for s, row in zip(rv.searches.views(), rv.searches.frame().itertuples(), strict=True)
    ]  # fmt: skip


@searches.command()
def undo(what: str, project: Project = HERE, as_: As = None) -> None:
    """Take back a search by its id, or a file or an entry by hand by its EVENT, as `review searches` lists them; nothing is deleted."""
    with opened(project, as_, writes=True) as rv:
        before = len(rv.records.views())
        if what.startswith("sea:"):
            saved = rv.searches.undo(rv.searches.one(what).event)
        else:
            try:
                saved = rv.records.undo(what)
            except InputRefused:  # it is the fact of a search, or of what is no search at all, which the other says
                saved = rv.searches.undo(what)
        typer.echo(f"Saved: {saved}")
        after = len(rv.records.views())
        typer.echo(f"{after:,} records (before: {before:,}). Taken back by mistake: review searches undo {saved}")
