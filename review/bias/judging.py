"""From what an assessor gives to the fact that is stored: the rules propose, a person settles, and a reason stands where the two differ.

It writes nothing, and refuses an override without a reason and a reason without a difference.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from review.bias import algorithm
from review.bias.algorithm import NA
from review.bias.state import OF_ITEMS
from review.bias.tools import Tool
from review.errors import AnswerRefused, InputRefused, near
from review.model.appraisal import DomainJudged, Support
from review.model.plan import Outcome
from review.text import fold_blanks


@dataclass(frozen=True, slots=True)
class Given:
    """What an assessor gave for one result, by the names of the tool."""

    answers: Mapping[str, str] = field(default_factory=dict)
    judgements: Mapping[str, str] = field(default_factory=dict)
    support: Mapping[str, Support] = field(default_factory=dict)
    override: Mapping[str, str] = field(default_factory=dict)
    directions: Mapping[str, str] = field(default_factory=dict)
    preliminary: Mapping[str, str] = field(default_factory=dict)
    sources: tuple[str, ...] = ()
    deviations: tuple[str, ...] = ()
    aside: Mapping[str, str] = field(default_factory=dict)
    copied: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, support: Mapping[str, Support], **said: object) -> Given:
        """What was said beside its support, each by the name of its field; None is nothing. Raises InputRefused, for answers AnswerRefused,
        where it is no mapping of text (no list of text, for sources and deviations)."""
        kept = {name: _texts(name, one) if name in ("sources", "deviations") else _mapped(name, one) for name, one in said.items()}
        return cls(support=support, **kept)  # type: ignore[arg-type]

    @property
    def stored(self) -> dict[str, Any]:
        """The fields that are stored as they were given, in a judgement and in a draft alike."""
        names = ("support", "directions", "preliminary", "aside", "copied")
        return {name: dict(getattr(self, name)) for name in names} | {"sources": self.sources, "deviations": self.deviations}


def worded(value: object, what: str, expected: str) -> str:
    """*value* where it is text. Raises InputRefused with what was expected."""
    if not isinstance(value, str):
        raise InputRefused(f"{value!r} is no {what}", where=what, expected=expected)
    return value


def result_named(result: object) -> str:
    """The words that name a result, '' for the study as a whole. Raises InputRefused for what is no text."""
    return fold_blanks(worded(result, "result", "the result in words, or '' for the study as a whole"))


def _mapped(name: str, given: object) -> dict[str, str]:
    """A mapping of text to text; what is None in it was not given."""
    refused = AnswerRefused if name == "answers" else InputRefused
    if given is None:
        return {}
    if not isinstance(given, Mapping):
        raise refused(f"a {type(given).__name__} was given", where=name, expected=_WANTED.get(name, _MAPPING))
    for key, value in given.items():
        if not isinstance(key, str) or not isinstance(value, str | None):
            raise refused(f"{key!r}: {value!r} was given", where=name, expected=_WANTED.get(name, _MAPPING))
    return {key: value for key, value in given.items() if value is not None}


def _texts(name: str, given: object) -> tuple[str, ...]:
    if given is None:
        return ()
    if not isinstance(given, Sequence) or isinstance(given, str) or not all(isinstance(one, str) for one in given):
        raise InputRefused(f"{given!r} was given", where=name, expected="a list of texts, as ['article', 'protocol']")
    return tuple(given)


_MAPPING = "a mapping of text to text, by the id of a domain or question"
_WANTED = {
    "answers": "{question id: answer code}, both as text, as {'1.1': 'PY'}",
    "judgements": "{domain id or 'overall': level}, both as text, as {'D1': 'Low'}",
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What follows: each domain, and over all of them what was proposed, what was settled and why, and the flag."""

    domains: Mapping[str, DomainJudged]
    overall: str | None
    proposed: str | None
    override: str | None
    flag: str


def check_names(form: Tool, effect: str | None, given: Given) -> None:
    """Raises AnswerRefused for a question or a domain that the tool does not have, InputRefused for another word that it does not know."""
    domains = {d.id: d.directions or form.directions for d in form.domains(effect)} | {"overall": form.directions}
    asked, judged = [q.id for q in form.questions(effect)], [*form.judged(effect), "overall"]
    _known([*given.answers, *given.aside], asked, "question", form)
    _known(given.support, [*asked, *judged], "question or domain", form)
    _known([*given.judgements, *given.override], judged, "domain", form)
    _known([*given.directions, *given.copied], domains, "domain", form)
    for domain, word in given.directions.items():
        known = domains[domain]
        if word not in known:
            raise InputRefused(
                f"{word!r} is no direction", where=f"{form.id} {domain}", expected=", ".join(known) or "none: leave it out",
                next_step=near(word, known),
            )  # fmt: skip
    if any(not source.strip() for source in given.sources):
        raise InputRefused("a source that was consulted has no name", where=form.id)


def _known(names: Iterable[str], known: Iterable[str], what: str, form: Tool) -> None:
    listed = list(known)
    for name in names:
        if name not in listed:
            raise AnswerRefused(f"there is no {what} {name!r}", where=form.id, next_step=near(name, listed))


def parted(form: Tool, effect: str | None, given: Given, earlier: Iterable[Mapping[str, str]], *, draft: bool) -> Given:
    """What was given, with the answers to questions that are asked no longer aside: they stay readable, and are no NA.

    earlier: answers that this person gave before, the later ones last. Of answers that are sent off, one to a question that is not asked
    goes aside only where it was given before, while the question was asked; else it stays, to be refused by name.
    """
    reached = {q.id for d in form.domains(effect) for q in form.reached(d.id, given.answers, effect, preliminary=given.preliminary)}
    before = {name: said for one in earlier for name, said in one.items()} | dict(given.aside)
    moved = {q: a for q, a in given.answers.items() if q not in reached and a not in ("", NA) and (draft or before.get(q) == a)}
    aside = {q: a for q, a in (before | moved).items() if q not in reached and a not in ("", NA)}
    return replace(given, answers={q: a for q, a in given.answers.items() if q not in moved}, aside=aside)


def check_draft(form: Tool, effect: str | None, given: Given) -> None:
    """Raises AnswerRefused or InputRefused for what no form could hold; what is missing is no fault of a draft."""
    facts = form.accept_preliminary(given.preliminary)
    for domain in form.domains(effect):
        asked = {q.id for q in domain.questions}
        own = {q: a for q, a in given.answers.items() if q in asked}
        algorithm.accept(domain, own, where=f"{form.id} {domain.id}", complete=False, given=facts)
    for name, level in given.judgements.items():
        if name != "overall":
            form.level(level)


def verdict(form: Tool, effect: str | None, given: Given) -> Verdict:
    """The judgements that follow from what was given. Raises AnswerRefused and InputRefused with what to do."""
    form.accept_preliminary(given.preliminary, complete=True)
    domains = {d.id: _domain(form, d.id, effect, given) for d in form.domains(effect)}
    beside = {name: _beside(form, name, given) for name in form.judged(effect) if name not in domains}
    return over_all(form, effect, domains | beside, given)


def over_all(form: Tool, effect: str | None, domains: Mapping[str, DomainJudged], given: Given, *, by_level: bool = False) -> Verdict:
    """The verdict over *domains* that are judged already; *by_level*: of a consensus that gives levels and no answers.

    Raises InputRefused for another word, for an override without its reason, and for a rating while an answer is missing.
    """
    finals = {name: d.final for name, d in domains.items()}
    overall = form.overall(finals, effect=effect, answers=given.answers, preliminary=given.preliminary)
    settled = given.judgements.get("overall")
    choices = tuple(level.label for level in form.overall_levels) if by_level and form.overall_form.rule == "amstar2" else overall.choices
    if settled is not None and overall.missing and not choices:
        raise InputRefused(
            f"there is no overall judgement while no answer stands to {', '.join(overall.missing)}", where=form.id,
            expected="an answer to every question that is asked", next_step="answer them, or keep it as a draft with draft=True",
        )  # fmt: skip
    if settled is not None and settled not in choices:
        below = f"a domain is at {overall.floor}: overall may be worse, never better" if overall.floor else ""
        raise InputRefused(
            f"{settled!r} is no overall judgement" + (" here" if below else ""), where=form.id,
            expected=", ".join(choices) or "none: leave it out", next_step=below or near(settled, choices),
        )  # fmt: skip
    final = settled if settled is not None else overall.judgement
    why = _reason(form, "overall", overall.judgement, final, given.override.get("overall"))
    open_ = () if by_level or settled is None else _unanswered(form, effect, given)
    flag = "; ".join(filter(None, (overall.flag, f"judged with {_items(open_)} unanswered" if open_ else "")))
    return Verdict(domains, final, overall.judgement, why, flag)


def _unanswered(form: Tool, effect: str | None, given: Given) -> list[str]:
    """The items of a checklist that are asked and have no answer."""
    if form.layout != "items":
        return []
    reached = [q for d in form.domains(effect) for q in form.reached(d.id, given.answers, effect, preliminary=given.preliminary)]
    return [q.id for q in reached if not given.answers.get(q.id)]


def _items(names: Sequence[str]) -> str:
    return f"item {names[0]}" if len(names) == 1 else f"items {', '.join(names)}"


def _domain(form: Tool, name: str, effect: str | None, given: Given) -> DomainJudged:
    asked = {q.id for q in form.domain(name, effect).questions}
    own = {q: a for q, a in given.answers.items() if q in asked}
    judged = form.judge(name, own, effect=effect, preliminary=given.preliminary)
    proposed, settled = judged.judgement, given.judgements.get(name)
    final = form.level(settled).label if settled else proposed
    if final is None and judged.cells is not None:  # a checklist of items: its answers are what is shown, people judge overall
        final = OF_ITEMS[1] if judged.missing else OF_ITEMS[0]
    if final is None:
        raise _unjudged(form, name)
    why = _reason(form, name, proposed, final, given.override.get(name))
    return DomainJudged(proposed=proposed, final=final, path=tuple(map(str, judged.path)), override=why)


def _beside(form: Tool, name: str, given: Given) -> DomainJudged:
    """What is judged beside bias, by people alone: whether a domain applies to the question of the review."""
    settled = given.judgements.get(name)
    if not settled:
        raise _unjudged(form, name)
    final = form.level(settled).label
    return DomainJudged(proposed=None, final=final, path=(), override=_reason(form, name, None, final, given.override.get(name)))


def _unjudged(form: Tool, name: str) -> InputRefused:
    return InputRefused(
        "this tool proposes nothing here; a person judges", where=f"{form.id} {name}", next_step=f"give judgements={{{name!r}: …}}"
    )


def _reason(form: Tool, name: str, proposed: str | None, final: str | None, why: str | None) -> str | None:
    """Why a person settled on another level than the rules propose; None where they did not."""
    said, where = (why or "").strip(), f"{form.id} {name}"
    differs = proposed is not None and final != proposed
    if differs and not said:
        raise InputRefused(
            f"the rules propose {proposed!r}, not {final!r}", where=where,
            next_step=f"give the reason in override[{name!r}], or take the proposal",
        )  # fmt: skip
    if said and not differs:
        stands = f"the judgement is what the rules propose, {proposed!r}" if proposed else "the rules propose nothing here"
        raise InputRefused(
            f"a reason for another judgement was given, but {stands}", where=where,
            next_step=f"leave {name!r} out of override, or give the other level in judgements",
        )  # fmt: skip
    return said or None


def check_deviations(form: Tool, effect: str | None, deviations: Iterable[str], *, finished: bool) -> None:
    """Raises InputRefused unless the deviations of interest are those that the tool knows for the effect, at least one where it has any."""
    known = form.deviations_by_effect.get(effect or "", ())
    named = list(deviations)
    for one in named:
        if one not in known:
            raise InputRefused(
                f"{one!r} is no deviation here", where=form.id, expected=", ".join(known) or "none", next_step=near(one, known)
            )
    if finished and known and not named:
        raise InputRefused(
            f"the effect of {effect} is about certain deviations", where=form.id, expected=", ".join(known), next_step="give deviations=[…]"
        )


def outcome_named(name: str | None, result: str, outcomes: Iterable[Outcome]) -> str | None:
    """The id of the protocol's outcome of that id or name; without a name, of the one whose id or name the result is. Else None.

    Raises InputRefused for a name that the protocol does not have.
    """
    listed = list(outcomes)
    for one in listed:
        if one.called(name if name is not None else result):
            return one.id
    if name is not None:
        known = [word for one in listed for word in (one.id, one.name)]
        raise InputRefused(
            f"the protocol has no outcome {name!r}", where="outcome", expected=", ".join(one.id for one in listed),
            next_step=near(name, known) or "leave it out: the result's own words group it",
        )  # fmt: skip
    return None


def says(body: Mapping[str, Any], given: Given, form: Tool, outcome: str | None) -> bool:
    """Whether a stored judgement or draft holds what is given now: what stands is not judged by the rules of today."""
    if dict(given.answers) != body["answers"] or outcome != body.get("outcome"):
        return False
    kept = given.stored
    del kept["aside"]
    kept["support"] = {name: one.model_dump(mode="json") for name, one in given.support.items()}
    if any(_plain(kept[name]) != _plain(body[name]) for name in kept):
        return False
    if "judgements" in body:
        return body["judgements"] == dict(given.judgements) and body["override"] == dict(given.override)
    final = {name: one["final"] for name, one in body["domains"].items()} | {"overall": body["overall"]}
    why = {name: one["override"] for name, one in body["domains"].items()} | {"overall": body["overall_override"]}
    reasons = {name: reason for name, reason in why.items() if reason}
    same = all(final.get(name) == (level if name == "overall" else form.level(level).label) for name, level in given.judgements.items())
    return same and reasons == {name: reason.strip() for name, reason in given.override.items() if reason.strip()}


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value
