"""The commands of extraction: the sheet out and in; registered beside reported, what a person says of each difference; who was asked."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from review.cli_opening import HERE, As, Json, Project, opened
from review.text import on_one_line

extract = typer.Typer(no_args_is_help=True, help="Extraction: sheets to fill in, and what was registered beside what was reported.")


@extract.command()
def sheet(
    file: Annotated[Path, typer.Argument(help="A new file, .xlsx or .csv.")],
    study: Annotated[
        list[str] | None, typer.Option(help="One study, by its label or id; again for more. All in extraction, unless given.")
    ] = None,
    outcome: Annotated[list[str] | None, typer.Option(help="One outcome of the protocol; again for more. All, unless given.")] = None,
    project: Project = HERE,
    as_: As = None,
) -> None:
    """Write the extraction sheet of one reviewer to FILE: a row an arm, outcome, time point and analysis set, a column an item."""
    with opened(project, as_) as rv:
        typer.echo(f"{rv.extraction.write_sheet(file, studies=study or None, outcomes=outcome or None)} is ready to be filled in.")


@extract.command("read")
def read_sheet(
    file: Annotated[Path, typer.Argument(help="The sheet as it came back.")],
    check: Annotated[bool, typer.Option("--check", help="Record nothing: say what is new in it, and what is wrong.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Numbers, problems, notes and new values as JSON.")] = False,
    project: Project = HERE,
    as_: As = None,
) -> None:
    """Record what is new in a returned sheet: all of it or, where a cell has a problem, nothing, and every problem is listed."""
    with opened(project, as_) as rv:
        found = rv.extraction.read_sheet(file, check_only=check)
    if as_json:
        numbers = {name: getattr(found, name) for name in ("read", "kept", "refused", "unchanged")}
        lists = {name: getattr(found, name).to_dict("records") for name in ("problems", "notes", "new")}
        typer.echo(json.dumps(numbers | lists, ensure_ascii=False, indent=1))
    else:
        for line in str(found).splitlines():
            typer.echo(on_one_line(line))
    if not found.ok:
        raise typer.Exit(1)


@extract.command()
def sheets(
    project: Project = HERE,
    as_: As = None,
) -> None:
    """The sheets that were returned, with the EVENT by which `review extract undo` takes all of one back."""
    with opened(project, as_) as rv:
        found = rv.extraction.sheets()
    for row in found.itertuples():
        stands = "taken back" if row.taken_back else f"{row.standing:,} of {row.values:,} values stand"
        typer.echo("  ".join(on_one_line(part) for part in (row.event, row.at[:10], row.name, stands)))
    typer.echo(f"{len(found):,} returned.")


@extract.command()
def remarks(
    project: Project = HERE,
    as_: As = None,
) -> None:
    """Values to look at again: numbers that their words do not print, values of reports that are linked no more, what a formula refused."""
    with opened(project, as_) as rv:
        found = rv.extraction.remarks()
    for row in found.itertuples():
        about = [row.label, row.item, row.arm, row.outcome, row.timepoint, row.analysis_set, row.value, row.remark]
        typer.echo("  ".join(on_one_line(" ".join(str(part).split())) for part in about if isinstance(part, str) and part))
    typer.echo(f"{len(found):,} to look at.")


@extract.command()
def switching(
    study: Annotated[str | None, typer.Argument(help="One study, by its label or id; all studies, unless given.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="The list as JSON.")] = False,
    project: Project = HERE,
    as_: As = None,
) -> None:
    """What was registered beside what was reported, version by version: a line a comparison, with its id and where it stands."""
    with opened(project, as_) as rv:
        frame = rv.extraction.switching(study)
        if as_json:
            typer.echo(frame.to_json(orient="records", force_ascii=False))
            return
        for row in frame.itertuples():
            versions = f"version{'s' * (len(row.versions) > 1)} {', '.join(map(str, row.versions))}"
            said = f"{row.registered or 'nothing'} → {row.other or 'nothing'} ({row.against})"
            found = row.difference or (f"not determined: {row.undetermined}" if row.undetermined else "no difference")
            parts = (row.item, row.label, row.field, versions, said, found, row.judgement or (row.state if row.difference else ""))
            typer.echo("  ".join(on_one_line(" ".join(part.split())) for part in parts if part))
        waits = int(((frame["state"] == "proposed") & (frame["difference"] != "")).sum())
        typer.echo(
            f"{waits:,} of {len(frame):,} comparisons wait for a person's judgement."
            if len(frame)
            else "Nothing is compared: no study has a registration and an extracted report."
        )


Study = Annotated[str, typer.Argument(help="The study, by its label or id.")]
Comparison = Annotated[str, typer.Argument(help="The comparison, by its id in the list of `review extract switching`.")]
Judgement = Annotated[str, typer.Argument(help="confirmed, no_difference or explained.")]
Difference = Annotated[list[str] | None, typer.Option(help="What differs, again for more; as proposed, unless given.")]


@extract.command()
def judge(
    study: Study,
    comparison: Comparison,
    judgement: Judgement,
    difference: Difference = None,
    note: Annotated[str, typer.Option(help="What explains it, and where that stands; needed with explained.")] = "",
    project: Project = HERE,
    as_: As = None,
) -> None:
    """Say of one comparison of registered and reported what it is; nobody else is shown it before everybody due has judged."""
    with opened(project, as_) as rv:
        event = rv.extraction.judge_switching(study, comparison, judgement=judgement, difference=difference or None, note=note)
    typer.echo(f"Judged: {event}")


@extract.command()
def differing(
    project: Project = HERE,
    as_: As = None,
) -> None:
    """Comparisons of registered and reported on which two judgements differ, both of them and no names."""
    with opened(project, as_) as rv:
        found = rv.extraction.switching_conflicts()
    for row in found.itertuples():
        typer.echo("  ".join(on_one_line(part) for part in (row.item, row.label, row.field, row.judgement_first, row.judgement_second)))
    typer.echo(f"{len(found):,} to settle.")


@extract.command()
def settle(
    study: Study,
    comparison: Comparison,
    judgement: Judgement,
    reason: Annotated[str, typer.Option(help="Why; one of the two says how they agreed.")],
    difference: Difference = None,
    project: Project = HERE,
    as_: As = None,
) -> None:
    """The consensus on a comparison on which two judgements differ."""
    with opened(project, as_) as rv:
        event = rv.extraction.resolve_switching(study, comparison, judgement=judgement, difference=difference or None, reason=reason)
    typer.echo(f"Settled: {event}")


@extract.command()
def conflicts(as_json: Json = False, project: Project = HERE, as_: As = None) -> None:
    """Cells that wait for a consensus, both values and no names; `resolve` settles one."""
    with opened(project, as_) as rv:
        found = rv.extraction.conflicts().fillna("").to_dict("records")
    if as_json:
        typer.echo(json.dumps(found, ensure_ascii=False, indent=1))
        return
    for row in found:
        place = ", ".join(str(row[name]) for name in ("arm", "outcome", "timepoint", "analysis_set") if row[name])
        values = " | ".join(str(row[name]) for name in ("value_first", "value_second") if row[name] != "")
        typer.echo("  ".join(on_one_line(part) for part in (row["label"], row["item"], place, values, row["between"]) if part))
    typer.echo(f"{len(found):,} to settle.")


@extract.command()
def resolve(
    study: Study,
    item: Annotated[str, typer.Argument(help="The item of the form, as `review extract conflicts` names it.")],
    value: Annotated[str, typer.Option(help="The consensus value.")],
    reason: Annotated[str, typer.Option(help="Why; one of the two says how they agreed.")],
    unit: Annotated[str | None, typer.Option(help="Its unit, where the item has one.")] = None,
    arm: Annotated[str | None, typer.Option(help="The arm of the cell.")] = None,
    outcome: Annotated[str | None, typer.Option(help="The outcome of the cell.")] = None,
    timepoint: Annotated[str | None, typer.Option(help="The time point of the cell.")] = None,
    analysis_set: Annotated[str | None, typer.Option(help="The analysis set of the cell.")] = None,
    quotation: Annotated[str, typer.Option(help="The words of a value that neither gave.")] = "",
    location: Annotated[str, typer.Option(help="Where these words stand.")] = "",
    project: Project = HERE,
    as_: As = None,
) -> None:
    """The consensus value of a cell on which two extractors differ."""
    with opened(project, as_) as rv:
        event = rv.extraction.resolve(
            study, item=item, value=value, unit=unit, reason=reason, arm=arm, outcome=outcome, timepoint=timepoint,
            analysis_set=analysis_set, quotation=quotation, location=location,
        )  # fmt: skip
    typer.echo(f"Settled: {event}")


@extract.command()
def contact(
    study: Study,
    whom: Annotated[str, typer.Option(help="Who was asked, by the part they have in the study.")],
    when: Annotated[str, typer.Option(help="The day, as 2026-03-01.")],
    asked: Annotated[str, typer.Option(help="What was asked.")],
    answer: Annotated[str | None, typer.Option(help="What they answered; left out while nobody has.")] = None,
    project: Project = HERE,
    as_: As = None,
) -> None:
    """Log that authors or sponsors of STUDY were asked, and what they answered; an answer that comes later is logged again, with it."""
    with opened(project, as_, writes=True) as rv:
        typer.echo(f"Logged: {rv.extraction.contact(study, whom=whom, when=when, asked=asked, answer=answer)}")


@extract.command()
def contacts(as_json: Json = False, project: Project = HERE, as_: As = None) -> None:
    """Who was asked, when and what, and the answer, study by study; each with its event, by which undo takes it back."""
    with opened(project, as_) as rv:
        found = [
            {"study": study.id, "label": study.label, "event": event.id, **{k: event.body[k] for k in ("whom", "when", "asked", "answer")}}
            for study in rv.studies.views()
            for event in rv.extraction.contacts(study)
        ]
    if as_json:
        typer.echo(json.dumps(found, ensure_ascii=False, indent=1))
        return
    for one in found:
        said = (one["label"], one["when"], one["whom"], one["asked"], one["answer"] or "no answer yet", one["event"])
        typer.echo("  ".join(on_one_line(" ".join(part.split())) for part in said))
    if not found:
        typer.echo("Nobody was asked.")


@extract.command()
def undo(
    event: str,
    project: Project = HERE,
    as_: As = None,
) -> None:
    """Take back a value, a confirmation, a judgement, a consensus or a whole returned sheet, by its EVENT; or what was taken back."""
    with opened(project, as_) as rv:
        taken = rv.extraction.undo(event)
    typer.echo(f"Taken back: {taken}")
