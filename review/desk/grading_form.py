"""The form of a grading between browser and review: what was typed becomes a grading, or says what is wrong; a stored one fills it again.

Risks with the comparator are typed per 1,000, as they are printed. The level is drawn as far as it goes; nothing unrated counts as 0.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from review.certainty.absolute import MEASURES, NAMES, OF_RISKS, PER, Baseline, Effect, Risk, absolute, number
from review.certainty.given import synthesis_of
from review.certainty.grading import DOMAINS, DOWN, IMPORTANCE, LEVELS, STARTS, UP, Start, after, open_in, problems_of, remarks_on, start_of
from review.certainty.information import needed_to_find
from review.certainty.statements import Threshold, suggest_imprecision
from review.errors import InputRefused, ReviewError
from review.model.certainty import EffectStated, Evidence
from review.reporting import certainty_words as words

Made = TypeVar("Made")


class Sent(BaseModel):
    """A part of the form as it stands in the browser: text as it was typed."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class BaselineSent(Sent):
    """What is expected with the comparator: a risk per 1,000, else a rate or a mean."""

    risk: str = ""
    label: str = ""
    source: str = ""
    per: str = ""


class ThresholdSent(Sent):
    """From which difference on an effect matters."""

    small: str = ""
    moderate: str = ""
    large: str = ""
    source: str = ""
    better: Literal["", "lower", "higher"] = ""


class EffectSent(Sent):
    """An effect that is entered by hand."""

    measure: str = "RR"
    value: str = ""
    low: str = ""
    high: str = ""
    unit: str = ""
    source: str = ""


class GradingSent(Sent):
    """A grading. synthesis: the planned comparison that gives the effect, '' where it is entered. final: 0 where it is as proposed."""

    synthesis: str = ""
    effect: EffectSent = EffectSent()
    start: Literal["", "randomised", "non-randomised", "single-arm"] = ""
    studies: str = ""
    people: tuple[str, str] = ("", "")
    ratings: dict[str, int] = Field(default_factory=dict)
    explanations: dict[str, str] = Field(default_factory=dict)
    baselines: tuple[BaselineSent, ...] = ()
    threshold: ThresholdSent = ThresholdSent()
    importance: str = IMPORTANCE[0]
    final: Literal[0, 1, 2, 3, 4] = 0
    reason: str = ""
    comment: str = ""


@dataclass
class Taken:
    """A form as it was read: the parts that could be made of it, and in words what is wrong with the others."""

    form: GradingSent
    evidence: Evidence
    start: Start | None = None
    effect: Effect | None = None
    baselines: list[Baseline] = field(default_factory=list)
    threshold: Threshold | None = None
    typed_people: tuple[int, ...] = ()
    studies: int | None = None
    wrong: list[str] = field(default_factory=list)

    @contextmanager
    def part(self) -> Iterator[None]:
        """Keeps what is wrong with one part, so that the others are read all the same."""
        try:
            yield
        except ReviewError as problem:
            self.wrong.append(f"{problem.message} ({problem.expected})" if problem.expected else problem.message)

    @property
    def people(self) -> tuple[int, ...]:
        """The participants that were typed, else those of the synthesis."""
        return self.typed_people or self.evidence.participants

    @property
    def ratings(self) -> dict[str, int]:
        """The ratings that were given."""
        return dict(self.form.ratings)

    @property
    def proposed(self) -> int | None:
        """The level that follows; None while a domain is not rated or the start is not known."""
        return after(self.start, self.ratings) if self.start and not open_in(self.ratings) else None

    def given(self) -> dict[str, Any]:
        """What ``rv.certainty.grade`` takes. Raises InputRefused with what is wrong."""
        if self.wrong:
            raise InputRefused("; ".join(self.wrong))
        final = self.form.final or None
        return {
            "start": self.start.design if self.start else None,
            "ratings": self.ratings,
            "explanations": {name: said for name, said in self.form.explanations.items() if said.strip()},
            "effect": self.form.synthesis or self.effect,
            "baseline": self.baselines,
            "participants": self.typed_people or None,
            "studies": self.studies,
            "importance": self.form.importance,
            "final": None if final == self.proposed else final,
            "reason": self.form.reason if final not in (None, self.proposed) else "",
            "threshold": self.threshold,
            "comment": self.form.comment,
        }


def taken(form: GradingSent, evidence: Evidence, design: str | None, rule: Literal["low", "robins-i"]) -> Taken:
    """What *form* says. design: that of the studies, for a form that states none. rule: the setting grade_start_nrs."""
    found = Taken(form, evidence)
    if form.start or design:
        found.start = start_of(form.start or design or "", rule)
    with found.part():
        found.effect = _effect(form, evidence)
    for one in form.baselines:
        with found.part():
            found.baselines += [_baseline(one, found.effect)] if one.risk.strip() or one.source.strip() else []
    with found.part():
        found.threshold = _threshold(form.threshold)
    with found.part():
        found.typed_people = _people(form.people)
    with found.part():
        found.studies = None if form.synthesis else _whole(form.studies, "the number of studies")
    return found


def _effect(form: GradingSent, evidence: Evidence) -> Effect | None:
    if form.synthesis:
        if evidence.effect is None:
            raise InputRefused(evidence.refused or "this synthesis gives no effect", expected="another synthesis, or an effect by hand")
        return effect_of(evidence.effect)
    typed = form.effect
    if not any(text.strip() for text in (typed.value, typed.low, typed.high)):
        return None
    if not typed.source.strip():
        raise InputRefused("the effect has no source", expected="where it was read, or how it was computed")
    low, high = (text.strip() or None for text in (typed.low, typed.high))
    return Effect(typed.measure, typed.value, low, high, typed.source.strip(), unit=typed.unit.strip())


def effect_of(stated: EffectStated) -> Effect:
    """A stated effect, to be reckoned with."""
    return Effect(stated.measure, stated.value, stated.low, stated.high, stated.source, stated.level, stated.unit)


def _baseline(typed: BaselineSent, effect: Effect | None) -> Baseline:
    risk = number(typed.risk, "the risk with the comparator")
    scaled = risk / PER if effect is None or effect.measure in OF_RISKS else risk
    return Baseline(scaled, typed.label.strip(), typed.source.strip(), typed.per.strip())


def _threshold(typed: ThresholdSent) -> Threshold | None:
    if not any(text.strip() for text in (typed.small, typed.moderate, typed.large)):
        return None
    moderate, large = (text.strip() or None for text in (typed.moderate, typed.large))
    return Threshold(typed.small, moderate, large, typed.source.strip(), typed.better)


def _people(typed: tuple[str, str]) -> tuple[int, ...]:
    found = [_whole(text, "the number of participants") for text in typed]
    if found[0] is None and found[1] is not None:
        raise InputRefused(
            "participants are stated for the comparator alone", expected="both arms, or the number of all in the first field"
        )
    return tuple(n for n in found if n is not None)


def _whole(text: str, what: str) -> int | None:
    """A whole number; None where nothing was typed."""
    bare = text.replace(",", "").strip()
    if not bare:
        return None
    if not bare.isascii() or not bare.isdigit() or len(bare) > 12:
        raise InputRefused(f"{what}: {text!r}", expected="a whole number")
    return int(bare)


# what is drawn while one grades


def judged(found: Taken, intervention: str, outcome: str) -> dict[str, Any]:
    """The start, the path to the level as far as it goes, what it still needs, absolute effects, and what stands beside the domains."""
    start, ratings = found.start, found.ratings
    problems = problems_of(start, ratings, found.form.explanations, effect=found.effect) if start else []
    risks = list(_risks(found))
    given = found.form.final if found.form.final != found.proposed else 0
    final = given or found.proposed
    return {
        "start": {**_level(start.level), "design": start.design, "why": start.why} if start else None,
        "path": [{"name": words.DOMAIN_NAMES[d], "words": words.rating(d, ratings[d])} for d in DOMAINS if ratings.get(d)],
        "open": [words.DOMAIN_NAMES[domain] for domain in open_in(ratings)],
        "so_far": _level(after(start, ratings)) if start else None,
        "proposed": _level(found.proposed) if found.proposed else None,
        "final": _level(given) if given else None,
        "problems": [*found.wrong, *(one for one in problems if not one.startswith("not rated:")), *_lacks(found)],
        "remarks": remarks_on(ratings, start, found.effect) if start else [],
        "options": _options(start),
        "effect": _printed(found.effect, pooled=bool(found.form.synthesis)),
        "measure": found.effect.measure if found.effect else "",
        "people": [f"{n:,}" for n in found.people],
        "risks": [_risk(found, risk, intervention, outcome, final) for risk in risks],
        "beside": {"imprecision": list(_beside(found, risks))},
    }


def _lacks(found: Taken) -> list[str]:
    """What a final level or a start still needs."""
    lacks = [] if found.start else ["State the design that this evidence starts from"]
    if found.form.final and found.proposed and found.form.final != found.proposed and not found.form.reason.strip():
        lacks.append("Another level than the one that follows needs its reason")
    return lacks


def _level(at: int) -> dict[str, Any]:
    level = LEVELS[at]
    return {"number": level.number, "word": level.word, "symbols": level.symbols, "meaning": level.meaning}


def _options(start: Start | None) -> dict[str, dict[str, Any]]:
    """Of each domain the ratings that may be given from this start, and why none may."""
    robins = start is not None and start.design == "non-randomised" and start.rule == "robins-i"
    found: dict[str, dict[str, Any]] = {}
    for domain, points in DOMAINS.items():
        why = ""
        if start is not None and start.design == "single-arm" and domain in UP:
            why = "Evidence without a comparison group is never rated up."
        elif robins and domain == "plausible_confounding":
            why = "With ROBINS-I it is a part of risk of bias."
        kept = [] if why else [n for n in points if domain != "risk_of_bias" or n > -3 or robins]
        found[domain] = {"ratings": [{"points": n, "words": points[n]} for n in kept], "why": why}
    return found


def _risks(found: Taken) -> Iterator[Risk]:
    if found.effect is None:
        return
    for one in found.baselines or [None]:
        with found.part():
            risk = absolute(found.effect, one)
            if risk is not None:
                yield risk


def _risk(found: Taken, risk: Risk, intervention: str, outcome: str, level: int | None) -> dict[str, Any]:
    sentence = ""
    if level and found.effect:
        sentence = words.sentence_of(found.effect.measure, found.threshold, level, risk, intervention, outcome)
    return {
        "label": risk.label,
        "source": risk.source,
        "comparator": words.with_comparator(risk) or "not stated",
        "intervention": words.with_intervention(risk, pooled=bool(found.form.synthesis)).replace("\n", " "),
        "difference": words.difference(risk, pooled=bool(found.form.synthesis)).replace("\n", " "),
        "held": list(words.held(risk, intervention)),
        "sentence": sentence,
    }


def _beside(found: Taken, risks: Sequence[Risk]) -> Iterator[str]:
    """The interval against the declared threshold, and the people that are there against those that a trial would need."""
    for at, risk in enumerate(risks):
        said, label = suggest_imprecision(risk.difference, found.threshold), f" ({risk.label})" if risk.label else ""
        if said is not None:
            yield f"Against the threshold{label}: {said[1]}."
        with found.part():
            base = found.baselines[at] if at < len(found.baselines) and risk.counted else None
            needed = needed_to_find(found.threshold, base, risk.difference) if base else None
            if needed is not None:
                there = f"{sum(found.people):,} are in the evidence" if found.people else "how many are in the evidence is not stated"
                yield f"Optimal information size{label}, to find the smallest difference that matters: {needed:,} in all; {there}."
    if found.threshold is None:
        yield "No threshold is declared: from which difference on an effect matters is not known."


def _printed(effect: Effect | None, *, pooled: bool) -> str:
    """The effect in a line with its interval."""
    if effect is None:
        return ""
    said, apart = words.relative(effect, pooled=pooled), absolute(effect) if effect.measure in ("MD", "SMD") else None
    if said is None and apart is not None:
        said = f"{NAMES[effect.measure].capitalize()} {words.difference(apart, pooled=pooled)}"
    return (said or "").replace("\n", " ")


# a stored grading as a form


def form_of(body: Mapping[str, Any]) -> dict[str, Any]:
    """A stored grading as the browser fills it in."""
    synthesis, effect = synthesis_of(body), body["effect"] or {}
    risks = effect.get("measure", "RR") in OF_RISKS
    threshold = body["threshold"] or {}
    people = [str(n) for n in body["participants"]]
    form = {
        "synthesis": synthesis,
        "effect": {} if synthesis else {name: effect.get(name) or "" for name in EffectSent.model_fields if name in effect},
        "start": body["design"],
        "studies": "" if synthesis or body["n_studies"] is None else str(body["n_studies"]),
        "people": [*people, "", ""][:2],
        "ratings": body["ratings"],
        "explanations": body["explanations"],
        "baselines": [{**one, "risk": _plain(Decimal(one["risk"]) * PER) if risks else one["risk"]} for one in body["baselines"]],
        "threshold": {name: threshold.get(name) or "" for name in ThresholdSent.model_fields},
        "importance": body["importance"],
        "final": 0 if body["final"] == body["proposed"] else body["final"],
        "reason": body["reason"],
        "comment": body["comment"],
    }
    return GradingSent.model_validate(form).model_dump(mode="json")


def _plain(value: Decimal) -> str:
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def alike(sides: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """What a consensus begins with: what both have said alike; a rating and its explanation only where the ratings are one."""
    forms = [form_of(side) for side in sides]
    first, blank = forms[0], GradingSent().model_dump(mode="json")
    form = {name: first[name] if all(other[name] == first[name] for other in forms) else blank[name] for name in blank}
    same = {d: n for d, n in first["ratings"].items() if all(other["ratings"].get(d) == n for other in forms)}
    said = {d: first["explanations"][d] for d in same if first["explanations"].get(d)}
    return {**form, "ratings": same, "explanations": said}


def constants() -> dict[str, Any]:
    """What the form offers, in words: domains, measures, designs, importance, levels."""
    return {
        "domains": [{"id": d, "name": words.DOMAIN_NAMES[d], "down": d in DOWN} for d in DOMAINS],
        "measures": [[name, NAMES[name]] for name in MEASURES],
        "of_risks": list(OF_RISKS),
        "designs": list(STARTS),
        "importance": list(IMPORTANCE),
        "levels": [_level(at) for at in LEVELS],
    }
