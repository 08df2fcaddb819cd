"""The commands about reports and studies: find duplicates and links, decide what rules leave to a person, classify studies, undo."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from review.cli_opening import HERE, As, Json, Project, opened
from review.errors import InputRefused
from review.text import on_one_line

if TYPE_CHECKING:
    import pandas as pd

    from review.project import Review
    from review.reporting.flow import Flow
    from review.reporting.to_classify import ToClassify

studies = typer.Typer(invoke_without_command=True, help="Duplicates, links, and what becomes of each study: by rule, or decided by people.")

Reason = Annotated[str, typer.Option(help="Why, in a sentence.")]


@studies.callback()
def find(context: typer.Context, project: Project = HERE, as_: As = None) -> None:
    """Find duplicates and links by named rules, and list the studies; or one of the commands below."""
    if command := context.invoked_subcommand:
        if any((source := context.get_parameter_source(name)) and source.name == "COMMANDLINE" for name in ("project", "as_")):
            raise InputRefused(
                "--project and --as stand behind the command",
                next_step=f"write them at the end: review studies {command} … --project DIR --as R",
            )
        return
    from review.studies.rule_words import of_a_crowd

    with opened(project, as_, writes=True) as rv:
        before = rv.flow()
        found = rv.studies.find()
        typer.echo(f"{found['merged']:,} merged, {found['linked']:,} linked by rule; {found['doubted']:,} new doubts.")
        if crowd := of_a_crowd(found["crowded"]):
            typer.echo(crowd)
        for study in rv.studies.views():
            line(study.id, study.label, f"({len(study.reports)} report{'s' if len(study.reports) != 1 else ''})")
        for waits, what, command in (
            (len(rv.studies.unsure()), "pair", "unsure"),
            (len(rv.studies.suggested()), "link", "suggested"),
        ):
            if waits:
                typer.echo(f"{waits:,} {what}{'s wait' if waits > 1 else ' waits'} for a person: review studies {command}")
        _moved(rv, before)


@studies.command()
def unsure(as_json: Json = False, project: Project = HERE, as_: As = None) -> None:
    """Two reports each that may be one document: both, the rule, and where they differ."""
    with opened(project, as_) as rv:
        found = [
            {"first": d.first.id, "second": d.second.id, "rule": d.rule, "says": d.says, "compared": dict(d.compared),
             "scores": dict(d.scores), "event": d.event}
            for d in rv.studies.unsure()
        ]  # fmt: skip
        if as_json:
            typer.echo(json.dumps(found, ensure_ascii=False, indent=1))
            return
        for one, doubt in zip(found, rv.studies.unsure(), strict=True):
            line(one["first"], doubt.first.title)
            line(one["second"], doubt.second.title)
            line(f"  {one['rule']}: {one['says']}")
            for field, value in doubt.compared.items():
                line(f"  {field}: {value}" + (f" ({doubt.scores[field]} %)" if field in doubt.scores else ""))


@studies.command()
def suggested(as_json: Json = False, project: Project = HERE, as_: As = None) -> None:
    """Links that a rule leaves to a person: the study, the report, the rule, and what states it."""
    with opened(project, as_) as rv:
        found = [
            {"study": s.study, "registration": s.registration.id, "report": s.report.id, "title": s.report.title, "rule": s.rule,
             "says": s.says, "compared": dict(s.compared)}
            for s in rv.studies.suggested()
        ]  # fmt: skip
        if as_json:
            typer.echo(json.dumps(found, ensure_ascii=False, indent=1))
            return
        for one in found:
            line(one["study"], one["report"], one["title"])
            line(f"  {one['rule']}: {one['says']}")
            for field, value in one["compared"].items():
                line(f"  {field}: {value}")


@studies.command()
def decisions(as_json: Json = False, project: Project = HERE, as_: As = None) -> None:
    """Merges, links, what was kept apart and links refused, as far as they count: each with its event, by which undo takes it back."""
    with opened(project, as_) as rv:
        titles = {member: r.title for report in rv.studies.report_views() for member, r in zip(report.members, report.records, strict=True)}
        found = []
        for event in rv.studies.decisions():
            body = event.body
            named = list(body["reports"]) if "reports" in body else [body["report"], body["study"]]
            found.append({"event": event.id, "decided": event.kind.removeprefix("studies."), "rule": body.get("rule", "person"),
                          "of": named, "reason": body["reason"]})  # fmt: skip
        if as_json:
            typer.echo(json.dumps(found, ensure_ascii=False, indent=1))
            return
        for one in found:
            line(one["event"], f"{one['decided']} by {one['rule']}", one["reason"])
            for name in one["of"]:
                line(f"  {name}", titles.get(name, ""))


@studies.command()
def candidates(
    study: Annotated[str | None, typer.Argument(help="Of this study; of all with registrations alone, where none is named.")] = None,
    top: Annotated[int, typer.Option(help="So many of each study.")] = 10,
    as_json: Json = False,
    project: Project = HERE,
    as_: As = None,
) -> None:
    """The reports that most likely belong to a study, the likeliest first; a person links them or refuses."""
    with opened(project, as_) as rv:
        _frame(rv.studies.candidates(study, top=top), as_json)


@studies.command()
def best(report: str, as_json: Json = False, project: Project = HERE, as_: As = None) -> None:
    """Of each field of REPORT the best value among its records, the record that it came from, and what the others say."""
    with opened(project, as_) as rv:
        _frame(rv.studies.best(report), as_json)


@studies.command()
def merge(reports: list[str], reason: Reason, project: Project = HERE, as_: As = None) -> None:
    """Say that these REPORTS are one document."""
    with opened(project, as_, writes=True) as rv:
        before = rv.flow()
        saved(rv, before, rv.studies.merge(reports, reason=reason))


@studies.command("apart", hidden=True)  # the shorter words stay taken, as `rv.studies` has the longer ones
@studies.command("keep-apart")
def apart(reports: list[str], reason: Reason, project: Project = HERE, as_: As = None) -> None:
    """Say that these REPORTS are different documents, against any rule."""
    with opened(project, as_, writes=True) as rv:
        before = rv.flow()
        saved(rv, before, rv.studies.keep_apart(reports, reason=reason))


@studies.command()
def link(report: str, study: str, reason: Reason, project: Project = HERE, as_: As = None) -> None:
    """Say that REPORT is a report of STUDY."""
    with opened(project, as_, writes=True) as rv:
        before = rv.flow()
        saved(rv, before, rv.studies.link(report, study, reason=reason))


@studies.command()
def unlink(report: str, study: str, reason: Reason, project: Project = HERE, as_: As = None) -> None:
    """Take back the link of REPORT to STUDY."""
    with opened(project, as_, writes=True) as rv:
        before = rv.flow()
        saved(rv, before, rv.studies.unlink(report, study, reason=reason))


@studies.command("refuse", hidden=True)
@studies.command("refuse-link")
def refuse(report: str, study: str, reason: Reason, project: Project = HERE, as_: As = None) -> None:
    """Say that REPORT is no report of STUDY; no rule links or proposes it again."""
    with opened(project, as_, writes=True) as rv:
        before = rv.flow()
        saved(rv, before, rv.studies.refuse_link(report, study, reason=reason))


Study = Annotated[str, typer.Argument(help="The study, by its label or id, a registration number, or a report of it.")]
Class = Annotated[str, typer.Argument(metavar="CLASS", help="included, ongoing, awaiting or excluded.")]


@studies.command()
def due(as_json: Json = False, project: Project = HERE, as_: As = None) -> None:
    """Studies that wait for your classification, with their reports, statuses, and what these propose; of other people's, how many."""
    from review.reporting.to_classify import to_classify

    with opened(project, as_) as rv:
        flow = rv.flow()
        found = [to_classify(study, rv.studies, rv.records, flow) for study in rv.studies.queue()]
        if as_json:
            typer.echo(json.dumps([_told(one) for one in found], ensure_ascii=False, indent=1))
            return
        for one in found:
            line(one.study.label, one.study.id, *one.study.notices)
            line(f"  {f'proposed: {one.proposed}' if one.proposed else 'nothing is proposed'}: {one.because}")
            for report in one.reports:
                line(f"  {report.view.id}", report.reference, report.stands)
                for source, words in report.statuses:
                    line(f"    status, {source}: {words}")
            if one.checked:
                line(f"  {one.checked}")
        others = ", ".join(f"{name} {n:,}" for name, n in rv.studies.due().items() if n and name != rv.reviewer)
        if not found:
            typer.echo("No study waits for your classification." if as_ else "No study waits for a classification.")
        if others:
            typer.echo(f"Due for others: {others}")


def _told(one: ToClassify) -> dict[str, Any]:
    reports = [{"report": r.view.id, "reference": r.reference, "stands": r.stands, "statuses": dict(r.statuses)} for r in one.reports]
    return {
        "study": one.study.id, "label": one.study.label, "registry_numbers": list(one.study.registry_numbers),
        "notices": list(one.study.notices), "proposed": one.proposed, "because": one.because, "register": one.checked, "reports": reports,
    }  # fmt: skip


@studies.command()
def classify(study: Study, classification: Class, reason: Reason, project: Project = HERE, as_: As = None) -> None:
    """Say what becomes of STUDY; the other reviewer sees it once both have."""
    with opened(project, as_, writes=True) as rv:
        before = rv.flow()
        event = rv.studies.classify(study, classification, reason=reason)
        saved(rv, before, event)
        panels = ((view, rv.studies.panel(view)) for view in rv.studies.views())
        view, panel = next(one for one in panels if event in {answer.id for answer in one[1].answers})
        if panel.conflict:
            typer.echo(f"{view.label} was classified otherwise by another: review studies conflicts")
        elif not panel.closed:
            typer.echo(f"{view.label} waits for the classification of another reviewer.")


@studies.command()
def conflicts(as_json: Json = False, project: Project = HERE, as_: As = None) -> None:
    """Studies that two classified differently: both, with their reasons and no names."""
    with opened(project, as_) as rv:
        found = rv.studies.conflicts().to_dict("records")
        if as_json:
            typer.echo(json.dumps(found, ensure_ascii=False, indent=1))
            return
        for one in found:
            line(one["label"], one["study"])
            for side in ("first", "second"):
                line(f"  {one[side]}: {one[f'reason_{side}']}" if one[side] else "  (an answer was taken back)")
        typer.echo(f"{len(found):,} to settle: review studies resolve STUDY CLASS --reason …" if found else "No conflict waits.")


@studies.command()
def resolve(study: Study, classification: Class, reason: Reason, project: Project = HERE, as_: As = None) -> None:
    """End the conflict on STUDY, as a third person; one of the two says in the reason how they agreed."""
    with opened(project, as_, writes=True) as rv:
        before = rv.flow()
        saved(rv, before, rv.studies.resolve(study, classification, reason=reason))


@studies.command("register-checked")
def register_checked(
    study: Study,
    date: Annotated[str, typer.Option(help="The day on which it was looked at, as 2026-03-01.")],
    note: Annotated[str, typer.Option(help="What was seen there.")] = "",
    project: Project = HERE,
    as_: As = None,
) -> None:
    """Say that the entry of STUDY in the primary register was looked at."""
    with opened(project, as_, writes=True) as rv:
        typer.echo(f"Saved: {rv.studies.register_checked(study, date=date, note=note)}")


@studies.command()
def undo(event: str, project: Project = HERE, as_: As = None) -> None:
    """Take back a merge, a link, a classification or another word about studies, by its EVENT."""
    with opened(project, as_, writes=True) as rv:
        before = rv.flow()
        saved(rv, before, rv.studies.undo(event))


def saved(rv: Review, before: Flow, event: str) -> None:
    """The event that was stored, and what moved in the flow."""
    typer.echo(f"Saved: {event}")
    _moved(rv, before)


def _moved(rv: Review, before: Flow) -> None:
    """What is elsewhere in the flow than before, box by box."""
    from review.reporting.flow_text import alone

    now = rv.flow()
    moved = now.moved_from(before)
    titles = {i: r.title for r in rv.studies.report_views() for i in (r.id, *(x.id for x in r.records))}
    titles |= {study.id: study.label for study in rv.studies.views()}
    if len(moved):
        typer.echo("Moved in the flow:")
    for row in moved.itertuples():
        line(f"  {alone(row.box, now.labels)}: {'now here' if row.change == 'in' else 'no longer here'}:", row.id, titles.get(row.id, ""))


def _frame(found: pd.DataFrame, as_json: bool) -> None:
    rows: Sequence[dict[str, Any]] = found.to_dict("records")
    if as_json:
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=1, default=str))
        return
    for row in rows:
        line(*(_text(value) for value in row.values()))


def _text(value: Any) -> str:
    if isinstance(value, str) or not isinstance(value, Iterable):
        return str(value)
    return "; ".join(map(str, value))


def line(*parts: str) -> None:
    """One line; what a record or a reviewer says stays on it."""
    indent = parts[0][: len(parts[0]) - len(parts[0].lstrip())]
    typer.echo(indent + "  ".join(on_one_line(" ".join(part.split())) for part in parts if part))
