"""The commands of certainty: what waits, what the review holds, grade an outcome or say why not, settle what two graded apart, undo."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from review.cli_opening import HERE, As, Json, Project, opened
from review.errors import InputRefused
from review.text import on_one_line

if TYPE_CHECKING:
    from review.model.certainty import CertaintyView
    from review.project import Review

certainty = typer.Typer(no_args_is_help=True, help="Certainty of the evidence by GRADE: what waits, the evidence, gradings, conflicts.")

Comparison = Annotated[str | None, typer.Option(help="'INTERVENTION versus COMPARATOR'; the protocol's own, unless given.")]
Synthesis = Annotated[str | None, typer.Option(help="The planned comparison that gives the effect, by its id.")]
Rates = Annotated[list[str], typer.Option("--rate", help="DOMAIN=POINTS, as imprecision=-1; each that may rate down, 0 for no concern.")]
Whys = Annotated[list[str] | None, typer.Option("--why", help="DOMAIN=WORDS, the explanation of a rating that is not 0.")]
Start = Annotated[
    str | None, typer.Option(help="randomised, non-randomised or single-arm; else from the extracted designs of the synthesis.")
]
EffectGiven = Annotated[
    str | None, typer.Option("--effect", help="'MEASURE VALUE LOW HIGH', as 'RR 0.45 0.18 1.13'; limits may be left out.")
]
Source = Annotated[str, typer.Option(help="Of an effect that is given here: where it was read.")]
Unit = Annotated[str, typer.Option(help="Of a mean difference.")]
Risks = Annotated[
    list[str], typer.Option("--risk", help="'RISK; SOURCE' or 'RISK; LABEL; SOURCE': with the comparator, a proportion, as 0.13.")
]
Per = Annotated[str, typer.Option(help="Of a rate: the person-time, as '100 person-years'.")]
People = Annotated[str | None, typer.Option("--participants", help="'N', or 'N,N': with the intervention, with the comparator.")]
Studies = Annotated[int | None, typer.Option("--studies", help="How many; those of the synthesis, unless given.")]
Sizes = Annotated[
    str | None, typer.Option("--threshold", help="'SMALL; SOURCE' or 'SMALL,MODERATE,LARGE; SOURCE': from where on it matters.")
]
Better = Annotated[str, typer.Option(help="lower or higher, where one of them is good for people.")]
Importance = Annotated[str, typer.Option(help="critical, important or 'of limited importance'.")]
Final = Annotated[str | None, typer.Option(help="Another level than the one that follows; needs --reason.")]
Comment = Annotated[str, typer.Option(help="For the summary of findings.")]


@certainty.command()
def due(as_json: Json = False, project: Project = HERE, as_: As = None) -> None:
    """Outcomes that wait for your grading, each with its comparison; another's open grading tells nothing."""
    with opened(project, as_) as rv:
        names = {o.id: o.name for o in rv.protocol.plan.outcomes}
        found = [{"outcome": outcome, "name": names[outcome], "comparison": comparison} for outcome, comparison in rv.certainty.due()]
        if as_json:
            typer.echo(json.dumps(found, ensure_ascii=False, indent=1))
            return
        for one in found:
            _line(*one.values())
        if not found:
            typer.echo("Nothing waits for you." if as_ else "Nobody was named: give --as R to see what waits for R.")


@certainty.command()
def show(
    outcome: Annotated[str | None, typer.Argument(help="Its id or name: what the review holds on it, domain by domain.")] = None,
    synthesis: Synthesis = None,
    comparison: Comparison = None,
    as_json: Json = False,
    project: Project = HERE,
    as_: As = None,
) -> None:
    """Every grading that you may see, with its event and what changed since; of one OUTCOME the evidence too, and no rating is proposed."""
    if synthesis is not None and outcome is None:
        raise InputRefused("--synthesis says of which comparison the evidence is, and no outcome was named", next_step="name the OUTCOME")
    with opened(project, as_) as rv:
        evidence = rv.certainty.evidence(outcome, synthesis=synthesis) if outcome else None
        views = [view for view in rv.certainty.gradings(comparison) if evidence is None or view.outcome == evidence.outcome]
        if as_json:
            told = _evidence(evidence) if evidence else {}
            typer.echo(json.dumps({**told, "gradings": [_told(view) for view in views]}, ensure_ascii=False, indent=1))
            return
        if evidence is not None:
            for name, words in _evidence(evidence).items():
                if isinstance(words, Mapping):
                    for domain, said in words.items():
                        _line(domain)
                        for sentence in said:
                            _line(f"  {sentence}")
                elif words:
                    _line(f"{name}:", words if isinstance(words, str) else "; ".join(map(str, words)))
        for view in views:
            _grading(rv, view)
        if not views:
            typer.echo("Nothing that you may see has been graded.")


@certainty.command()
def grade(
    outcome: str,
    rates: Rates,
    whys: Whys = None,
    synthesis: Synthesis = None,
    effect: EffectGiven = None,
    source: Source = "",
    unit: Unit = "",
    risks: Risks = None,
    per: Per = "",
    participants: People = None,
    studies: Studies = None,
    start: Start = None,
    threshold: Sizes = None,
    better: Better = "",
    importance: Importance = "critical",
    final: Final = None,
    reason: Annotated[str, typer.Option(help="Why the level is another than follows.")] = "",
    comment: Comment = "",
    comparison: Comparison = None,
    project: Project = HERE,
    as_: As = None,
) -> None:
    """Store your grading of OUTCOME: every domain that may rate down is rated, and what counts is explained."""
    with opened(project, as_, writes=True) as rv:
        given = _given(
            rates=rates, whys=whys, synthesis=synthesis, effect=effect, source=source, unit=unit, risks=risks, per=per,
            participants=participants, studies=studies, start=start, threshold=threshold, better=better,
        )  # fmt: skip
        more = {"importance": importance, "final": final, "reason": reason, "comment": comment}
        _saved(rv, outcome, comparison, rv.certainty.grade(outcome, comparison=comparison, **given, **more))


@certainty.command("not-graded")
def not_graded(
    outcome: str,
    reason: Annotated[str, typer.Option(help="Why it is not graded.")],
    comparison: Comparison = None,
    project: Project = HERE,
    as_: As = None,
) -> None:
    """Say why the evidence on OUTCOME is not graded; this is no level."""
    with opened(project, as_, writes=True) as rv:
        typer.echo(f"Saved: {rv.certainty.not_graded(outcome, comparison=comparison, reason=reason)}")


@certainty.command()
def conflicts(as_json: Json = False, project: Project = HERE, as_: As = None) -> None:
    """Outcomes that two graded differently: in what, and both gradings without names."""
    with opened(project, as_) as rv:
        found = rv.certainty.conflicts().to_dict("records")
        if as_json:
            typer.echo(json.dumps(found, ensure_ascii=False, indent=1))
            return
        for one in found:
            _line(one["outcome"], one["comparison"], f"differ in: {one['differs'] or 'whether it is graded at all'}")
            _line(f"  one: {one['first'] or 'taken back'}")
            _line(f"  the other: {one['second'] or 'taken back'}")
        if not found:
            typer.echo("No conflict waits for a resolution.")


@certainty.command()
def resolve(
    outcome: str,
    how: Annotated[str, typer.Option("--settled", help="How it was settled, in a sentence.")],
    rates: Annotated[list[str] | None, typer.Option("--rate", help="DOMAIN=POINTS; none with --not-graded.")] = None,
    whys: Whys = None,
    agreed_not: Annotated[bool, typer.Option("--not-graded", help="The evidence is not graded; --settled says why.")] = False,
    synthesis: Synthesis = None,
    effect: EffectGiven = None,
    source: Source = "",
    unit: Unit = "",
    risks: Risks = None,
    per: Per = "",
    participants: People = None,
    studies: Studies = None,
    start: Start = None,
    threshold: Sizes = None,
    better: Better = "",
    importance: Importance = "critical",
    final: Final = None,
    reason: Annotated[str, typer.Option(help="Why the level is another than follows.")] = "",
    comment: Comment = "",
    comparison: Comparison = None,
    project: Project = HERE,
    as_: As = None,
) -> None:
    """Settle what two graded differently on OUTCOME, as a third record beside theirs: the whole grading is given."""
    with opened(project, as_, writes=True) as rv:
        if agreed_not:
            if rates or whys:
                raise InputRefused("--not-graded goes with no rating", next_step="leave one of them out")
            typer.echo(f"Saved: {rv.certainty.resolve(outcome, comparison=comparison, why=how, not_graded=True)}")
            return
        given = _given(
            rates=rates, whys=whys, synthesis=synthesis, effect=effect, source=source, unit=unit, risks=risks, per=per,
            participants=participants, studies=studies, start=start, threshold=threshold, better=better,
        )  # fmt: skip
        more = {"importance": importance, "final": final, "reason": reason, "comment": comment}
        _saved(rv, outcome, comparison, rv.certainty.resolve(outcome, comparison=comparison, why=how, **given, **more))


@certainty.command()
def undo(event: str, project: Project = HERE, as_: As = None) -> None:
    """Take back a grading, a reason for none, or a consensus, by its EVENT."""
    with opened(project, as_, writes=True) as rv:
        typer.echo(f"Saved: {rv.certainty.undo(event)}")


# what the options say


def _given(
    *, rates: Sequence[str] | None, whys: Sequence[str] | None, synthesis: str | None, effect: str | None,
    source: str, unit: str, risks: Sequence[str] | None, per: str, participants: str | None, studies: int | None, start: str | None,
    threshold: str | None, better: str,
) -> dict[str, Any]:  # fmt: skip
    """What ``rv.certainty.grade`` takes."""
    from review.certainty.absolute import Effect

    if synthesis and effect:
        raise InputRefused("--synthesis and --effect both give an effect", next_step="leave one of them out")
    stated = Effect(*_effect(effect), source=source, unit=unit) if effect else None
    return {
        "start": start,
        "ratings": {name: _points(name, said) for name, said in _pairs(rates or (), "--rate", "imprecision=-1")},
        "explanations": dict(_pairs(whys or (), "--why", "'imprecision=few events'")),
        "effect": synthesis or stated,
        "baseline": [_baseline(one, per) for one in risks or ()],
        "participants": _people(participants),
        "studies": studies,
        "threshold": _threshold(threshold, better) if threshold else None,
    }


def _pairs(given: Iterable[str], option: str, example: str) -> list[tuple[str, str]]:
    found: dict[str, str] = {}
    for one in given:
        name, sign, words = one.partition("=")
        if not sign or name.strip() in found:
            raise InputRefused(f"{option} {one!r}" + (" is given twice" if sign else ""), expected=f"as {option} {example}, once each")
        found[name.strip()] = words.strip()
    return list(found.items())


def _points(name: str, said: str) -> int:
    try:
        return int(said.replace("−", "-"))
    except ValueError:
        raise InputRefused(f"{name}: {said!r} is no rating", expected="a whole number, as -1") from None


def _effect(text: str) -> tuple[str, ...]:
    """Measure, value and limits; the measure may be of two words."""
    words = text.replace(",", " ").split()
    named = 2 if len(words) > 1 and words[1].isalpha() else 1
    if len(words) - named not in (1, 3):
        raise InputRefused(f"--effect {text!r}", expected="MEASURE VALUE LOW HIGH, as 'RR 0.45 0.18 1.13', or without the limits")
    return " ".join(words[:named]), *words[named:]


def _baseline(text: str, per: str) -> Any:
    from review.certainty.absolute import Baseline

    risk, *said = [part.strip() for part in text.split(";")]
    if len(said) not in (1, 2):
        raise InputRefused(f"--risk {text!r}", expected="'RISK; SOURCE', or 'RISK; LABEL; SOURCE'")
    return Baseline(risk, said[0] if len(said) == 2 else "", said[-1], per)


def _threshold(text: str, better: str) -> Any:
    from review.certainty.statements import Threshold

    sizes, sign, source = text.partition(";")
    small, *further = [size.strip() for size in sizes.split(",")]
    if not sign or len(further) > 2:
        raise InputRefused(f"--threshold {text!r}", expected="'SMALL; SOURCE', or 'SMALL,MODERATE,LARGE; SOURCE'")
    moderate, large = ([one or None for one in further] + [None, None])[:2]
    way: Literal["lower", "higher", ""] = better  # type: ignore[assignment]
    return Threshold(small, moderate, large, source.strip(), way)


def _people(text: str | None) -> int | tuple[int, int] | None:
    if text is None:
        return None
    parts = [part.strip() for part in text.split(",")]
    if len(parts) > 2 or not all(part.isascii() and part.isdigit() for part in parts):
        raise InputRefused(f"--participants {text!r}", expected="as 240, or 120,118")
    found = [int(part) for part in parts]
    return found[0] if len(found) == 1 else (found[0], found[1])


# what is printed


def _evidence(evidence: Any) -> dict[str, Any]:
    effect = evidence.effect
    limits = f" ({effect.low} to {effect.high})" if effect and effect.low else ""
    return {
        "outcome": evidence.outcome,
        "synthesis": evidence.synthesis,
        "title": evidence.title,
        "effect": f"{effect.measure} {effect.value}{limits}" if effect else evidence.refused or "none is pooled",
        "studies": [label for _, label in evidence.studies],
        "designs": sorted({word or "not extracted" for word in evidence.designs}),
        "participants": list(evidence.participants),
        "comparator": " ".join(reversed(evidence.comparator)) if evidence.comparator else "",
        "domains": {domain: list(said) for domain, said in evidence.told.items()},
    }


def _told(view: CertaintyView) -> dict[str, Any]:
    level = _level(view)
    return {
        "outcome": view.outcome, "comparison": view.comparison, "status": view.status, "level": level, "reason": view.reason,
        "ratings": dict(view.grading["ratings"]) if view.grading else {}, "events": list(view.events), "stale": list(view.stale),
    }  # fmt: skip


def _level(view: CertaintyView) -> str:
    from review.certainty.grading import LEVELS

    return LEVELS[view.grading["final"]].word if view.grading else ""


def _grading(rv: Review, view: CertaintyView) -> None:
    name = next((o.name for o in rv.protocol.plan.outcomes if o.id == view.outcome), view.outcome)
    _line(name, view.comparison, _level(view), view.status, view.reason)
    for domain, points in (view.grading["ratings"] if view.grading else {}).items():
        if points:
            _line(f"  {domain} {points:+d}: {view.grading['explanations'].get(domain, '')}")  # type: ignore[index]
    for words in view.stale:
        _line(f"  since it was graded: {words}")
    _line(f"  events: {', '.join(view.events)}")


def _saved(rv: Review, outcome: str, comparison: str | None, event: str) -> None:
    """The event, and the level that was stored with what is remarkable about it."""
    own = rv.certainty.own(outcome, comparison=comparison)
    typer.echo(f"Saved: {event}")
    if own is not None and own.events == (event,):
        _line(f"Level: {_level(own)}")
        for remark in own.grading["remarks"] if own.grading else ():
            _line(f"  {remark}")


def _line(*parts: str) -> None:
    """One line; what a record or a reviewer says stays on it."""
    indent = parts[0][: len(parts[0]) - len(parts[0].lstrip())]
    typer.echo(indent + "  ".join(on_one_line(" ".join(part.split())) for part in parts if part))
