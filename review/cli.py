"""The command line: parses, asks the review, prints. Exit 0, 1 (data or user) or 2 (usage); `--debug` adds the traceback of an error."""

from __future__ import annotations

import errno
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from review import cli_alone as alone
from review import cli_bias, cli_certainty, cli_decisions, cli_desk, cli_extract, cli_records, cli_screening, cli_searches, cli_studies
from review.cli_opening import HERE, As, Project, named, opened
from review.errors import ReviewError

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Systematic reviews in which every number can be traced.",
)

AsOf = Annotated[str | None, typer.Option("--as-of", help="Views as of this date: 2026-03-01 means its end, in UTC.")]


@app.command()
def init(folder: Path, title: Annotated[str | None, typer.Option(help="The review's title.")] = None) -> None:
    """Start a review in FOLDER: review.toml to fill in, notebooks, folders."""
    from review.reporting.layout import lay_out

    made = lay_out(folder, title)
    typer.echo(f"{made} is ready. Next: fill in {made / 'review.toml'}, then: review freeze --project {made} --as lead")


@app.command()
def freeze(project: Project = HERE, as_: As = None) -> None:
    """Freeze the protocol; screening begins after this."""
    with opened(project, as_, writes=True) as rv:
        rv.protocol.freeze()
        typer.echo(f"Protocol version {rv.protocol.version} is in force.")


@app.command()
def amend(
    reason: Annotated[str, typer.Option(help="Why the protocol changes.")],
    results_known: Annotated[bool, typer.Option("--results-known/--results-not-known", help="Whether results of studies were known.")],
    project: Project = HERE,
    as_: As = None,
) -> None:
    """Put the changed review.toml in force as the next version, with the reason."""
    with opened(project, as_, writes=True) as rv:
        rv.protocol.amend(reason=reason, results_known=results_known)
        last = rv.protocol.history[-1].body
        typer.echo(
            f"Protocol version {last['number']} is in force; changed: {', '.join(last['changed'])}; "
            f"{len(last['check_again']):,} decisions to check again."
        )


app.command()(cli_searches.search)
app.command("import")(cli_searches.import_)
app.add_typer(cli_searches.searches, name="searches")
app.command()(alone.read)
app.add_typer(cli_studies.studies, name="studies")


@app.command()
def status(project: Project = HERE, as_: As = None) -> None:
    """Where the review stands, and what comes next."""
    with opened(project, as_) as rv:
        typer.echo(str(rv.status()))


@app.command()
def flow(
    as_json: Annotated[bool, typer.Option("--json", help="The flow as JSON.")] = False,
    svg: Annotated[Path | None, typer.Option(help="Write the diagram to this file.")] = None,
    pdf: Annotated[Path | None, typer.Option(help="The same as PDF.")] = None,
    png: Annotated[Path | None, typer.Option(help="The same as PNG, 300 pixels an inch.")] = None,
    reasons: Annotated[str, typer.Option(help="full_text, or both: reasons at title and abstract too.")] = "full_text",
    total_reports: Annotated[bool, typer.Option(help="Whether totals name their reports.")] = True,
    width: Annotated[int, typer.Option(help="Millimetres: 174, or 85 for one column.")] = 174,
    footnote: Annotated[list[str] | None, typer.Option(help="FIELD=TEXT: a mark on that number, the text below.")] = None,
    r_csv: Annotated[Path | None, typer.Option("--r-csv", help="Write the CSV of the R package PRISMA2020.")] = None,
    from_r: Annotated[Path | None, typer.Option("--from-r", help="Draw the numbers typed into such a CSV instead.")] = None,
    as_of: AsOf = None,
    project: Project = HERE,
    as_: As = None,
) -> None:
    """The PRISMA 2020 flow: in words, as JSON, as a drawing, or to and from the R package."""
    from review.reporting.flow_files import typed_in, write_flow
    from review.reporting.notebook import assignments

    if from_r is None:
        with opened(project, as_) as rv:
            found = rv.flow(as_of=as_of)
    else:
        found = typed_in(from_r, project, as_of)
    drawing = {"reasons": reasons, "total_reports": total_reports, "footnotes": assignments(footnote or []), "width": width}
    for remark in write_flow(found, {"svg": svg, "pdf": pdf, "png": png, "r_csv": r_csv}, drawing):
        typer.echo(remark, err=True)
    typer.echo(found.to_json() if as_json else str(found))
    broken = [f"{name}: {message}" for name, holds, message in found.identities() if not holds]
    if broken:
        typer.echo("An identity of the flow does not hold:\n" + "\n".join(broken), err=True)
        raise typer.Exit(1)


@app.command()
def report(
    names: Annotated[list[str] | None, typer.Argument(help="Which reports, as 30_flow; all when none is named.")] = None,
    parameter: Annotated[list[str] | None, typer.Option("-p", help="key=value for a notebook's parameter.")] = None,
    out: Annotated[Path, typer.Option(help="Where the pages go.")] = Path("reports"),
    grid: Annotated[Path | None, typer.Option(help="A TOML file: notebooks, and the values of their parameters.")] = None,
    formats: Annotated[str, typer.Option(help="Which of html, docx, pdf.")] = "html,docx,pdf",
    again: Annotated[bool, typer.Option("--again", help="Render also what has not changed.")] = False,
    as_of: AsOf = None,
    project: Project = HERE,
    as_: As = None,
) -> None:
    """Render the report notebooks to pages that open offline, and to documents."""
    from review.reporting.notebook import assignments

    # typer's own bar: rich would cost a render with nothing to do as much time as the rest of its work
    bar = typer.progressbar(length=1, label="reports", show_pos=True, show_eta=False, file=sys.stderr)

    def moved(done: int, total: int, _name: str) -> None:
        bar.length = total
        bar.update(done - bar.pos)

    with _ended_in_order(), opened(project, as_) as rv, bar:
        outcomes = rv.report(
            names or None,
            out=out.absolute() if out != Path("reports") else out,
            parameters=assignments(parameter or []),
            as_of=as_of,
            grid=grid,
            formats=formats,
            again=again,
            progress=moved,
        )
    for outcome in outcomes:
        typer.echo(str(outcome), err=not outcome.ok)
    if not all(outcome.ok for outcome in outcomes):
        raise typer.Exit(1)


@app.command()
def diff(
    date1: str,
    date2: str,
    svg: Annotated[Path | None, typer.Option(help="Draw the flow of the update to this file.")] = None,
    project: Project = HERE,
    as_: As = None,
) -> None:
    """What changed between two dates: protocol, records, decisions, values, judgements, and the flow of the update."""
    from review.reporting.flow_files import write_flow

    with opened(project, as_) as rv:
        found = rv.diff(date1, date2)
    write_flow(found.flow, {"svg": svg}, {})
    typer.echo(str(found))


@app.command()
def verify(
    heads: Annotated[Path | None, typer.Option(help="A report's manifest.json, to compare the heads with.")] = None,
    project: Project = HERE,
    as_: As = None,
) -> None:
    """Check every event, blob and raw file; with --heads also for a missing tail."""
    with opened(project, as_) as rv:
        findings = rv.verify(heads)
    for finding in findings:
        typer.echo(f"{finding.code}: {finding.where}: {finding.message}", err=True)
    if findings:
        raise typer.Exit(1)
    typer.echo("Sound." if heads else "Sound. (Give --heads with a report's manifest.json to compare with heads recorded elsewhere.)")


@app.command()
def export(folder: Path, project: Project = HERE, as_: As = None) -> None:
    """Write the whole ledger to a folder or .zip."""
    with opened(project, as_, writes=True) as rv:
        made = rv.export(folder)
        typer.echo(f"{made.events:,} events and {made.blobs:,} files written to {folder}")


@app.command()
def restore(folder: Path, project: Project = HERE, as_: As = None) -> None:
    """Restore the review's database from an export; refused where there is one."""
    from review.ledger.home import restore as restore_into

    named(as_)

    typer.echo(f"{restore_into(project, folder):,} events restored.")


@app.command()
def merge(source: Path, project: Project = HERE, as_: As = None) -> None:
    """Take in what another's export, zip or database holds and this one lacks."""
    with opened(project, as_, writes=True) as rv:
        done = rv.merge(source)
        typer.echo(f"{done.events:,} events and {done.blobs:,} files taken in; {done.held:,} events were here already.")
        for what, found in (
            ("forked origins", done.forks),
            ("tokens used twice", done.reused_tokens),
            ("missing files", done.missing_blobs),
        ):
            if found:
                typer.echo(f"{what}: {', '.join(found)}", err=True)
        for finding in done.unauthorised:
            typer.echo(f"{finding.code}: {finding.where}: {finding.message}", err=True)


@app.command()
def backup(file: Path, project: Project = HERE, as_: As = None) -> None:
    """Copy the database to FILE, also while it is in use."""
    with opened(project, as_, writes=True) as rv:
        typer.echo(f"Backed up to {rv.backup(file)}")


app.command()(alone.simulate)
app.add_typer(cli_screening.screening, name="screening")
app.command()(cli_decisions.decisions)
app.command()(cli_records.records)
app.add_typer(cli_extract.extract, name="extract")
app.add_typer(cli_bias.appraise, name="appraise")
app.add_typer(cli_certainty.certainty, name="certainty")
app.command()(cli_desk.lab)
app.command()(cli_desk.desk)


@contextmanager
def _ended_in_order() -> Iterator[None]:
    """A signal to end becomes SystemExit, so that what was begun is tidied away; a second one does not disturb that."""
    ends = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    taken = [end for end in ends if signal.getsignal(end) == signal.SIG_DFL]  # what nohup ignores stays ignored

    def leave(number: int, _frame: Any) -> None:
        for end in taken:
            signal.signal(end, signal.SIG_IGN)
        sys.exit(128 + number)

    for end in taken:
        signal.signal(end, leave)
    try:
        yield
    finally:
        for end in taken:
            signal.signal(end, signal.SIG_DFL)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line; ``--debug`` anywhere shows the traceback of an error."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    debug = "--debug" in given
    try:
        app(args=[a for a in given if a != "--debug"], prog_name="review")
    except ReviewError as problem:
        if debug:
            raise
        typer.echo(str(problem), err=True)
        sys.exit(1)
    except OSError as problem:  # a folder that may not be written, a disk that is full: said as it is, at the door
        if debug:
            raise
        typer.echo(f"{problem.filename or 'the disk'}: {problem.strerror}", err=True)
        full = problem.errno in (errno.ENOSPC, errno.EDQUOT)
        what_next = (
            "make room on that disk, remove the file that was begun, and try again"
            if full
            else "check the name, and whether you may write there"
        )
        typer.echo(f"  next: {what_next}", err=True)
        sys.exit(1)
