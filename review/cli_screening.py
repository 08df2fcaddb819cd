"""The commands about how screening is done: removal before it, pilot rounds, who reads what, what may be promised, the stop, undo."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from review.cli_opening import HERE, As, Json, Project, opened
from review.cli_studies import line, saved
from review.errors import InputRefused, NotFound, ReviewError
from review.model.decision import STAGES
from review.model.event import Event

screening = typer.Typer(no_args_is_help=True, help="How screening is done: removal before it, pilot rounds, who reads what, the stop.")

# What a message asks for in Python, and how it is asked for here.
_OPTIONS = tuple(
    (re.compile(python), option)
    for python, option in (
        (r'rv\.screening\.pilot\(size=50, round="1"\)', "review screening pilot ROUND --size 50"),
        (r'tool="…"', "--tool TOOL"),
        (r'rule="…", target_recall=0\.95', "--rule WORDS --recall 0.95"),
        (r'by="(\w+)"', r"--by \1"),
        (r'reason="…"', "--reason TEXT"),
        (r"rv\.records\.frame\(\) has them", "review screening queue lists them"),
        (r"\bdouble_share\b", "--double-share"),
    )
)

Stage = Annotated[str, typer.Argument(metavar="STAGE", help="title_abstract or full_text.")]
Reports = Annotated[list[str] | None, typer.Argument(metavar="[REPORT]...", help="Ids of reports or of records.")]
Ids = Annotated[Path | None, typer.Option("--ids", help="A text file with one id a line, in place of or beside those named.")]
Note = Annotated[str, typer.Option(help="What is worth knowing of it.")]
Seed = Annotated[int, typer.Option(help="Repeats or changes what is drawn by chance.")]
Why = Annotated[str, typer.Option("--reason", help="Why, in words; the flow counts by it.")]


@screening.command()
def queue(stage: Stage = "title_abstract", as_json: Json = False, project: Project = HERE, as_: As = None) -> None:
    """What waits for you at STAGE (for anybody, without --as): the id, title and source of each report."""
    with opened(project, as_) as rv, _in_options():
        views = {report.id: report for report in rv.studies.report_views()}
        found = [
            {"report": name, "title": views[name].title, "sources": sorted({r.search.source for r in views[name].records})}
            for name in rv.screening.queue(stage)
        ]
        if as_json:
            typer.echo(json.dumps(found, ensure_ascii=False, indent=1))
            return
        for one in found:
            line(one["report"], one["title"], "; ".join(one["sources"]))
        typer.echo(f"{len(found):,} wait.")


@screening.command("list")
def listed(as_json: Json = False, project: Project = HERE, as_: As = None) -> None:
    """Removals, rules of who reads what, and stops that count, each with its event, by which undo takes it back; and the pilot rounds."""
    with opened(project, as_) as rv:
        rules = [event for stage in STAGES if (event := rv.screening.allocation(stage)) is not None]
        found = [_told(event) for event in [*rv.screening.removals(), *rules, *rv.screening.stops()]]
        rounds = [{"round": name, "reports": len(reports)} for name, reports in rv.screening.pilots().items()]
        if as_json:
            typer.echo(json.dumps({"events": found, "pilots": rounds}, ensure_ascii=False, indent=1))
            return
        for one in found:
            line(one["event"], one["what"], one["why"])
        for one in rounds:
            line(f"pilot round {one['round']}", f"{one['reports']:,} reports")
        if not found and not rounds:
            typer.echo("Nothing was removed, piloted, allotted or stopped.")


def _told(event: Event) -> dict[str, Any]:
    """What an event did, and why, in words."""
    body = event.body
    if event.kind == "screening.removed":
        by = f"{body['by']}, {body['tool']}" if body["tool"] else body["by"]
        what = f"{len(body['records']):,} records removed before screening ({by})"
        return {"event": event.id, "what": what, "why": "; ".join(filter(None, (body["reason"], body["note"])))}
    if event.kind == "screening.stopped":
        what = f"screening stopped by {body['rule']}: {len(body['left']):,} left unread"
        return {"event": event.id, "what": what, "why": body["note"]}
    return {"event": event.id, "what": f"{body['stage']} is allotted by the scheme {body['scheme']}", "why": body.get("note", "")}


@screening.command()
def remove(
    records: Reports = None,
    by: Annotated[str, typer.Option(help="automation, or other where a person chose them.")] = "other",
    reason: Why = "",
    tool: Annotated[str | None, typer.Option(help="Of automation: the tool or rule that marked them.")] = None,
    ids: Ids = None,
    note: Note = "",
    project: Project = HERE,
    as_: As = None,
) -> None:
    """Take records out before anybody screens them; undo brings all of them back."""
    with opened(project, as_, writes=True) as rv, _in_options():
        before = rv.flow()
        saved(rv, before, rv.screening.remove(_named(records, ids), by=by, reason=reason, tool=tool, note=note))


@screening.command()
def pilot(
    name: Annotated[str, typer.Argument(metavar="ROUND", help="The name of the new round, as 1.")],
    reports: Reports = None,
    size: Annotated[int | None, typer.Option(help="Draw so many by chance, where none are named.")] = None,
    seed: Seed = 0,
    ids: Ids = None,
    project: Project = HERE,
    as_: As = None,
) -> None:
    """Open a pilot round, which every screener reads; its decisions have their own agreement and count in no box."""
    with opened(project, as_, writes=True) as rv, _in_options():
        event = rv.screening.pilot(_named(reports, ids) or None, round=name, size=size, seed=seed)
        typer.echo(f"Saved: {event}")
        typer.echo(f"Pilot round {name}: {len(rv.screening.pilots()[name]):,} reports for every screener: review desk --as R")


@screening.command()
def allocate(
    stage: Stage,
    scheme: Annotated[str, typer.Option(help="all, pairs or quotas.")],
    reviewer: Annotated[list[str] | None, typer.Option(help="Of all: who reads, again for more; else everybody who screens.")] = None,
    pair: Annotated[list[str] | None, typer.Option(help="Of pairs: R,R; again for more.")] = None,
    quota: Annotated[list[str] | None, typer.Option(help="Of quotas: R=SHARE, as r1=0.5; together 1.")] = None,
    double_share: Annotated[str | None, typer.Option(help="From 0 to 1: the share that two read, the rest being read by one.")] = None,
    seed: Seed = 0,
    note: Note = "",
    project: Project = HERE,
    as_: As = None,
) -> None:
    """The lead's rule of who reads what at STAGE, in force until the next one or its undo; what was answered stays and counts."""
    pairs = [[name.strip() for name in one.split(",")] for one in pair or ()]
    with opened(project, as_, writes=True) as rv, _in_options():
        event = rv.screening.allocate(
            stage,
            scheme=scheme,
            reviewers=reviewer or (),
            pairs=pairs,
            quotas=_quotas(quota),
            double_share=double_share,
            seed=seed,
            note=note,
        )
        typer.echo(f"Saved: {event}")
        typer.echo("Due now: " + ", ".join(f"{name} {n:,}" for name, n in rv.screening.due(stage).items()))


@screening.command()
def outlook(
    stage: Stage = "title_abstract",
    recall: Annotated[float, typer.Option(help="The recall that is aimed at.")] = 0.95,
    as_json: Json = False,
    project: Project = HERE,
    as_: As = None,
) -> None:
    """How far STAGE is, and what may be promised if one stops now; from what is finally decided, the same for everybody."""
    with opened(project, as_) as rv, _in_options():
        found = rv.screening.outlook(stage, recall_target=recall).as_rows()
        if as_json:
            typer.echo(json.dumps([{"what": what, "says": says} for what, says in found], ensure_ascii=False, indent=1, default=str))
            return
        for what, says in found:
            line(f"{what}:", str(says))


@screening.command()
def stop(
    rule: Annotated[str, typer.Option(help="The rule by which you stop.")],
    recall: Annotated[str, typer.Option(help="The recall aimed at, as 0.95; the test's p is computed for a share.")],
    note: Annotated[str, typer.Option(help="Why it is safe to stop.")],
    p: Annotated[str | None, typer.Option("--p", help="Another p than the test's, printed as stated by you.")] = None,
    project: Project = HERE,
    as_: As = None,
) -> None:
    """Stop title and abstract screening: what nobody has looked at is excluded by automation from here on; undo takes it back."""
    with opened(project, as_, writes=True) as rv, _in_options():
        before = rv.flow()
        saved(rv, before, rv.screening.stop(rule=rule, target_recall=recall, note=note, p=p))


@screening.command()
def undo(event: str, project: Project = HERE, as_: As = None) -> None:
    """Take back a removal, a pilot round, a rule, a stop, a decision or a retrieval, by its EVENT."""
    with opened(project, as_, writes=True) as rv, _in_options():
        before = rv.flow()
        saved(rv, before, rv.screening.undo(event))


def _named(given: Iterable[str] | None, ids: Path | None) -> list[str]:
    """The ids that were named, and those of the file, each once."""
    found = list(given or ())
    if ids is not None:
        if not ids.is_file():
            raise NotFound(f"there is no file {ids}", expected="a text file with one id a line", next_step="check the name")
        try:
            found += [one.strip() for one in ids.read_text(encoding="utf-8-sig").splitlines() if one.strip()]
        except UnicodeDecodeError as problem:
            raise InputRefused(f"{ids} is no text in UTF-8", expected="one id a line", next_step="save it as UTF-8") from problem
    return list(dict.fromkeys(found))


def _quotas(given: Sequence[str] | None) -> dict[str, float | str] | None:
    found: dict[str, float | str] = {}
    for one in given or ():
        name, sign, share = one.partition("=")
        if not sign or name.strip() in found:
            raise InputRefused(
                f"--quota {one!r}" + (" is given twice" if sign else ""), expected="as --quota r1=0.5, once for each reviewer"
            )
        found[name.strip()] = share.strip()
    return found or None


@contextmanager
def _in_options() -> Iterator[None]:
    """A refusal from within says in these commands' options what it asks for."""
    try:
        yield
    except ReviewError as refused:
        for python, option in _OPTIONS:
            refused.next_step = python.sub(option, refused.next_step)
            refused.expected = python.sub(option, refused.expected)
        raise
