"""Levels of certainty by GRADE: where evidence starts, what rates it, and the level that follows; refuses what is unrated or unexplained.

Rules: GRADE guidelines 18 (randomised evidence starts high; non-randomised by the project's choice), Core GRADE, GRADE guidance 35
(imprecision by three). The domains and their options are those of GRADE; a person rates, nothing here reads a study.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from review.certainty.absolute import RATIOS, Effect, wording
from review.errors import InputRefused, near
from review.text import fold_blanks

HIGH, MODERATE, LOW, VERY_LOW = 4, 3, 2, 1
Design = Literal["randomised", "non-randomised", "single-arm"]
StartRule = Literal["low", "robins-i"]


@dataclass(frozen=True)
class Level:
    """A level of certainty: its number, its word, its symbols with plain letters for where these cannot be shown, and what it means."""

    number: int
    word: str
    symbols: str
    ascii: str
    meaning: str


def _level(number: int, word: str, meaning: str) -> Level:
    return Level(number, word, "⊕" * number + "◯" * (4 - number), "+" * number + "o" * (4 - number), meaning)


LEVELS: Mapping[int, Level] = {
    HIGH: _level(HIGH, "High", "we are very sure that the true effect is near the estimate"),
    MODERATE: _level(MODERATE, "Moderate", "the true effect is probably near the estimate, and may differ from it by much"),
    LOW: _level(LOW, "Low", "the true effect may differ from the estimate by much"),
    VERY_LOW: _level(VERY_LOW, "Very low", "the true effect is likely to differ from the estimate by much"),
}

DOWN: Mapping[str, Mapping[int, str]] = {
    "risk_of_bias": {0: "not serious", -1: "serious", -2: "very serious", -3: "extremely serious"},
    "inconsistency": {0: "not serious", -1: "serious", -2: "very serious"},
    "indirectness": {0: "not serious", -1: "serious", -2: "very serious"},
    "imprecision": {0: "not serious", -1: "serious", -2: "very serious", -3: "extremely serious"},
    "publication_bias": {0: "undetected", -1: "strongly suspected", -2: "very likely"},
}
UP: Mapping[str, Mapping[int, str]] = {
    "large_effect": {0: "no", 1: "large", 2: "very large"},
    "dose_response": {0: "no", 1: "yes"},
    "plausible_confounding": {0: "no", 1: "would reduce an effect that was seen, or suggest one that was not"},
}
DOMAINS: Mapping[str, Mapping[int, str]] = {**DOWN, **UP}

# words of the extracted item 'design' -> where such evidence starts
DESIGNS: Mapping[str, Design] = {
    "randomised-trial": "randomised",
    "cluster-randomised-trial": "randomised",
    "crossover-trial": "randomised",
    "crossover-first-period": "randomised",
    "non-randomised-trial": "non-randomised",
    "controlled-before-after": "non-randomised",
    "cohort": "non-randomised",
    "case-control": "non-randomised",
    "interrupted-time-series": "non-randomised",
    "single-arm-trial": "single-arm",
    "before-after": "single-arm",
    "case-series": "single-arm",
}
STARTS: tuple[Design, ...] = ("randomised", "non-randomised", "single-arm")
BOUNDS = {1: (Decimal("0.5"), Decimal(2)), 2: (Decimal("0.2"), Decimal(5))}  # beyond which a risk ratio is large, and very large
IMPORTANCE = ("critical", "important", "of limited importance")
VERSUS = re.compile(r"\s(?:versus|vs\.?|compared (?:with|to))\s", re.IGNORECASE)
_NOBODY = re.compile(
    r"^(?:none|no(?: comparator| comparison| control(?: group)?)?|any,? (?:or )?none|not applicable|n/?a|nothing|nil|[-–—]+)?$"
)
_BASELINE = re.compile(r"^(?:(?:the|at|from|own|values?) )*(?:baseline|before|pre-?treatment)\b")


@dataclass(frozen=True)
class Start:
    """Where evidence starts: of which design, by which rule, at which level (1 to 4)."""

    design: Design
    rule: StartRule
    level: int

    @property
    def why(self) -> str:
        """In words."""
        if self.design == "randomised":
            return "randomised evidence starts at high"
        if self.design == "single-arm":
            return "evidence without a comparison group starts at low and is never rated up"
        if self.rule == "robins-i":
            return "non-randomised evidence assessed with ROBINS-I starts at high (setting grade_start_nrs)"
        return "non-randomised evidence starts at low (setting grade_start_nrs)"


@dataclass(frozen=True)
class Rated:
    """What the rules propose: the level (1 to 4), and remarks on ratings that are out of the usual."""

    proposed: int
    remarks: tuple[str, ...] = ()


def start_of(design: str, rule: StartRule = "low") -> Start:
    """The start of evidence of this *design*: 'randomised', 'non-randomised' or 'single-arm'. rule: the setting grade_start_nrs."""
    if wording(design, "the start of the evidence") not in STARTS:
        raise InputRefused(
            f"{design!r} is no design that a grading starts from", expected=", ".join(STARTS), next_step=near(design, STARTS)
        )
    high = design == "randomised" or (design == "non-randomised" and rule == "robins-i")
    return Start(design, rule, HIGH if high else LOW)  # type: ignore[arg-type]


def design_from(words: Collection[str | None]) -> Design | None:
    """The one design of studies whose extracted designs are *words*; None where one is not known or they differ."""
    found = {DESIGNS.get(word or "") for word in words}
    return found.pop() if len(found) == 1 else None


def on_designs(start: Start, designs: Mapping[str, str | None]) -> tuple[str, ...]:
    """A remark on the studies whose extracted design is not the one that was stated. designs: {label: extracted design}.

    Raises InputRefused where every study is known to be of a design that starts lower: nothing then bears the stated one.
    """
    known = {label: DESIGNS[word] for label, word in designs.items() if word in DESIGNS}
    other = [label for label, design in known.items() if design != start.design]
    said = "; ".join(f"{label}: {designs[label]}" for label in other)
    if designs and all(label in known and STARTS.index(known[label]) > STARTS.index(start.design) for label in designs):
        raise InputRefused(
            f"{start.design!r} is not what was extracted of the named studies: {said}",
            expected=" or ".join(repr(design) for design in STARTS if design in known.values()),
            next_step="state the design that they have, or correct the extracted one",
        )
    return (f"stated to be {start.design}, and extracted otherwise: {said}",) if other else ()


def rate(start: Start, ratings: Mapping[str, int], explanations: Mapping[str, str] | None = None, *, effect: Effect | None = None) -> Rated:
    """The level that follows: start plus all ratings, never below 1 nor above 4.

    ratings       {domain: points}; each domain that may rate down is named, 0 where there is no concern: nothing is taken for rated
    explanations  {domain: why}, one for every rating that is not 0
    effect        the relative effect, by which 'large effect' is checked where it is a risk ratio
    Raises InputRefused with everything that is wrong at once.
    """
    given, why = by_domain(ratings, "ratings"), by_domain(explanations or {}, "explanations")
    for name, words in why.items():
        wording(words, f"the explanation of {name}")
    problems = problems_of(start, given, why, effect=effect)
    if problems:
        raise InputRefused("\n  ".join(["this grading cannot stand:", *problems]), expected="ratings of GRADE, each one explained")
    return Rated(after(start, given), tuple(remarks_on(given, start, effect)))


def problems_of(start: Start, ratings: Mapping[str, int], explanations: Mapping[str, str], *, effect: Effect | None = None) -> list[str]:
    """Everything for which these ratings cannot stand, in words; empty where they can."""
    return [
        *_unknown([*ratings, *explanations]),
        *_unrated(ratings),
        *_points(ratings, start),
        *_unexplained(ratings, explanations),
        *_raised(ratings, start, effect),
    ]


def after(start: Start, ratings: Mapping[str, int]) -> int:
    """The level after *ratings*: start plus all of them, never below 1 nor above 4."""
    return max(VERY_LOW, min(HIGH, start.level + sum(ratings.values())))


def open_in(ratings: Mapping[str, int]) -> list[str]:
    """The domains that may rate down and are not rated; while there are any, no level follows."""
    return [name for name in DOWN if name not in ratings]


def by_domain(given: object, what: str) -> dict[Any, Any]:
    """*given*, which must name domains. Raises InputRefused."""
    if not isinstance(given, Mapping):
        raise InputRefused(f"{what}: {given!r}", expected="by domain, as {'imprecision': …}")
    return dict(given)


def level_number(given: str | int) -> int:
    """The number of a level that is named by its word or its number."""
    words = {level.word.casefold(): number for number, level in LEVELS.items()}
    found = (
        words.get(fold_blanks(given).casefold())
        if isinstance(given, str)
        else given
        if isinstance(given, int) and given in LEVELS
        else None
    )
    if found is None or isinstance(given, bool):
        raise InputRefused(f"{given!r} is no level of certainty", expected=", ".join(level.word for level in LEVELS.values()))
    return found


def compared(comparison: str) -> tuple[str, str]:
    """The intervention and the comparator of a comparison written as 'A versus B'. Raises InputRefused where nothing is compared."""
    parts = VERSUS.split(fold_blanks(wording(comparison, "the comparison")), maxsplit=1)
    if len(parts) != 2 or not parts[0] or not states_comparator(parts[1]):
        raise InputRefused(
            f"{comparison!r} states no comparison, and certainty is graded of a comparison only",
            expected="INTERVENTION versus COMPARATOR",
            next_step="name both, or show evidence without a comparison by rv.tables.narrative_findings()",
        )
    if are_one(*parts):
        raise InputRefused(f"{comparison!r} compares something with itself", expected="INTERVENTION versus COMPARATOR")
    return parts[0].strip(), parts[1].strip()


def are_one(intervention: str, comparator: str) -> bool:
    """Whether both words name the same."""
    return fold_blanks(intervention).casefold() == fold_blanks(comparator).casefold()


def on_comparator(comparison: str) -> tuple[str, ...]:
    """A remark on a comparison with the same people before: that has no comparison group, whatever its level."""
    comparator = compared(comparison)[1]
    found = _BASELINE.match(comparator.casefold())
    return (f"compared with {comparator}: a change over time in one group is no effect against a comparator",) if found else ()


def states_comparator(words: str) -> bool:
    """Whether these words name something to compare with: not 'none', 'nothing' or 'any, or none'."""
    return _NOBODY.match(fold_blanks(words).casefold().rstrip(".")) is None


def _unknown(names: list[str]) -> list[str]:
    return [f"there is no domain {name!r}; {near(str(name), DOMAINS)}" for name in dict.fromkeys(names) if name not in DOMAINS]


def _unrated(given: Mapping[str, int]) -> list[str]:
    missing = open_in(given)
    return [f"not rated: {', '.join(missing)}; 0 says that there is no concern"] if missing else []


def _points(given: Mapping[str, int], start: Start) -> list[str]:
    problems = []
    for name, points in given.items():
        options = DOMAINS.get(name)
        if options is None:
            continue
        if isinstance(points, bool) or not isinstance(points, int) or points not in options:
            problems.append(f"{name}: {points!r} is not among " + ", ".join(f"{n} ({word})" for n, word in options.items()))
        elif name == "risk_of_bias" and points == -3 and not (start.design == "non-randomised" and start.rule == "robins-i"):
            problems.append(
                "risk_of_bias: -3 is for non-randomised evidence at critical risk by ROBINS-I, with grade_start_nrs = 'robins-i'"
            )
    return problems


def _unexplained(given: Mapping[str, int], why: Mapping[str, str]) -> list[str]:
    return [
        f"{name}: rated {points:+d} without an explanation"
        for name, points in given.items()
        if isinstance(points, int) and points and not why.get(name, "").strip()
    ]


def _raised(given: Mapping[str, int], start: Start, effect: Effect | None) -> list[str]:
    """What forbids rating up."""
    up = [name for name in UP if given.get(name, 0)]
    problems = []
    if up and start.design == "single-arm":
        problems.append(f"{', '.join(up)}: evidence without a comparison group is never rated up")
    if "plausible_confounding" in up and start.design == "non-randomised" and start.rule == "robins-i":
        problems.append("plausible_confounding: with ROBINS-I it is a part of risk_of_bias; rate it there")
    points = given.get("large_effect", 0)
    if points in (1, 2) and effect is not None and effect.measure == "RR" and size_of_ratio(effect) < points:
        needed = "above 2 or below 0.5" if points == 1 else "above 5 or below 0.2"
        problems.append(f"large_effect: {points:+d} is for a risk ratio {needed}, not {effect.value}")
    return problems


def size_of_ratio(effect: Effect) -> int:
    """2 for a ratio above 5 or below 0.2, 1 above 2 or below 0.5, else 0."""
    value = Decimal(effect.value)
    return max((points for points, (below, above) in BOUNDS.items() if value > above or value < below), default=0)


def remarks_on(given: Mapping[str, int], start: Start, effect: Effect | None) -> list[str]:
    """What a reader should know of ratings that GRADE calls rare or unusual."""
    up = [name for name in UP if given.get(name, 0)]
    if not up:
        return []
    said = []
    down = [name.replace("_", " ") for name in DOWN if given.get(name, 0)]
    if down:
        said.append(f"rated up although rated down for {', '.join(down)}; GRADE advises against it as a rule")
    if start.design == "randomised":
        said.append("randomised evidence was rated up, which is rare")
    if "large_effect" in up and effect is None:
        said.append("rated up for a large effect, and no effect stands beside it")
    elif "large_effect" in up and effect is not None and effect.measure != "RR":
        said.append(f"the bounds of a large effect are those of a risk ratio; this is {effect.measure}")
    if "large_effect" in up and effect is not None and effect.measure in RATIOS:
        said += _imprecise(effect, given["large_effect"])
    return said


def _imprecise(effect: Effect, points: int) -> list[str]:
    """What the interval says against a large effect."""
    if effect.limits is None:
        return []
    low, high = effect.limits
    below, above = BOUNDS[points]
    if low <= 1 <= high:
        return [f"rated up for a large effect whose interval, {low} to {high}, includes 1"]
    if below <= high and low <= above:
        return [f"rated up for a large effect whose interval, {low} to {high}, does not exclude {above if low > 1 else below}"]
    return []
