"""What was registered beside what was reported, version by version: proposes differences, and decides none.

Pure: frozen values in and out, the same whatever the order of what is given. What one side does not say is not determined, and no
difference. A comparison is of exactly these words: where a text changes, it is another comparison, with another id.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from review.extraction.outcome_words import ALIKE, likeness, same_measure, same_time, times_in, with_words_of, words
from review.extraction.registered import ROLES, Outcome, Said, Value, Version
from review.model.extraction import NOT_REPORTED

DIFFERENCES = ("added", "dropped", "promoted", "demoted", "time changed", "changed in measure", "value changed")
FIELDS = (
    *(f"{role} outcome" for role in ROLES),
    "outcome",
    "planned enrolment",
    "actual enrolment",
    "enrolment, type not stated",
    "minimum age",
    "maximum age",
    "sex",
    "inclusion criteria",
    "exclusion criteria",
)
REPORT, LATER = "report", "later version"
_SEX = {
    "all": "all", "both": "all", "female and male": "all", "male and female": "all", "women and men": "all", "men and women": "all",
    "female": "female", "females": "female", "women": "female", "male": "male", "males": "male", "men": "male",
}  # fmt: skip
_NO_LIST = "the report's own outcomes (item reported_outcome) have not been extracted"


@dataclass(frozen=True, slots=True)
class Comparison:
    """One registered item beside the same item of the report (``against`` 'report') or of the next version ('later version').

    ``versions``: the numbers of the versions that read so; of two versions both numbers. ``other`` is the report's or the later version's
    side. None on one side: nothing there. ``differences``: of DIFFERENCES. ``undetermined``: why something cannot be said, in words.
    ``says``: what was compared, in a sentence.
    """

    item: str
    field: str
    against: str
    record: str
    versions: tuple[int, ...]
    registered: Said | None
    other: Said | None
    differences: tuple[str, ...]
    undetermined: tuple[str, ...]
    says: str


def compare(known: Sequence[Version], outcomes: Iterable[Outcome], values: Iterable[Value]) -> list[Comparison]:
    """Every registered item of every version beside the report, then what differs between one version and the next.

    known: the versions of one registration in their order. outcomes, values: what reports of the study say, of extracted cells.
    Versions that read the same are one row; a value of the report that some version states is not set beside those that do not.
    """
    reported, extracted = _once(outcomes), sorted(values, key=lambda v: (v.field, v.value))
    found: dict[str, Comparison] = {}
    for version in known:
        for one in (*_outcomes(version, reported, REPORT), *_values(version, extracted, REPORT)):
            before = found.get(one.item)
            found[one.item] = one if before is None else replace(before, versions=(*before.versions, version.number))
    between = [
        replace(one, versions=(earlier.number, later.number), item=_id(one, earlier.number, later.number))
        for earlier, later in pairwise(known)
        for one in (*_outcomes(earlier, _once(later.outcomes), LATER), *_values(earlier, later.values, LATER))
        if one.differences
    ]
    stated = {one.field for one in found.values() if one.registered and one.other}
    shown = [one for one in found.values() if one.registered or one.differences or one.field not in stated]
    return [*sorted(shown, key=_order), *sorted(between, key=lambda one: (one.versions, _order(one)))]


def _outcomes(version: Version, others: Sequence[Outcome], against: str) -> Iterator[Comparison]:
    own = _once(version.outcomes)
    pairs = _pairs(own, others)
    matched = {other for _, other in pairs}
    by = dict(pairs)
    for n, one in enumerate(own):
        yield _of_outcomes(version, one, others[by[n]] if n in by else None, others, against)
    for m, other in enumerate(others):
        if m not in matched:
            yield _of_outcomes(version, None, other, own, against)


def _of_outcomes(version: Version, one: Outcome | None, other: Outcome | None, rest: Sequence[Outcome], against: str) -> Comparison:
    """The comparison of a pair, or of what has none; *rest* is what the other side has, which must be something before it lacks one."""
    differences, open_, says = [], [], []
    if one is not None and other is not None:
        differences, open_, says = _pair(one, other, against)
    elif one is not None:
        said = rest if against == LATER else [o for o in rest if o.listed]
        if said:
            differences, says = ["dropped"], [f"none of {len(rest)} outcomes of the {against} is alike"]
        else:
            open_ = ["the later version states no outcomes" if against == LATER else _NO_LIST]
    elif rest:
        differences, says = ["added"], [f"none of the {len(rest)} registered outcomes is alike"]
    else:
        open_ = ["this version of the registration states no outcomes"]
    role = (one or other).role  # type: ignore[union-attr]
    field = f"{role} outcome" if role else "outcome"
    sides, keys = (one and one.said, other and other.said), (_key(one), _key(other))
    return _made(version, field, sides, keys, differences, open_, "; ".join(says), against)


def _pair(one: Outcome, other: Outcome, against: str) -> tuple[list[str], list[str], list[str]]:
    """Differences, what is not determined, and what was compared, of two outcomes that are the same or alike."""
    differences, open_ = [], []
    score = likeness(one.measure, other.measure)
    says = [_likeness_in_words(one.measure, other.measure, score)]
    if one.role is None or other.role is None:
        open_.append(f"the {against} does not say which role the outcome has")
    elif one.role != other.role:
        differences.append("promoted" if ROLES.index(other.role) < ROLES.index(one.role) else "demoted")
        says.append(f"registered as {one.role}, {_then(against)} as {other.role}")
    mine, theirs = _times(one), _times(other)
    if not mine or not theirs:
        open_.append(f"no time frame in the {'registration' if not mine else against}")
    elif not (same_time if other.listed else _among)(mine, theirs):
        differences.append("time changed")
        says.append(f"time frame {'; '.join(mine)}, {_then(against)} {'; '.join(theirs)}")
    if not same_measure(one.measure, other.measure):
        differences.append("changed in measure")
    return differences, open_, says


def _likeness_in_words(one: str, other: str, score: int) -> str:
    if score < 100:
        return f"{score} % of the words that say what is measured are shared"
    return "the same words" + ("" if set(words(one)) == set(words(other)) else " but for a register's own and abbreviations")


def _pairs(left: Sequence[Outcome], right: Sequence[Outcome]) -> list[tuple[int, int]]:
    """Which outcome of *left* is which of *right*: the most alike first, each once; ties by time frame, role, and then the words."""
    possible = sorted(
        (-score, not same_time(_times(one), _times(other)), one.role != other.role, n, m)
        for n, one in enumerate(left)
        for m, other in enumerate(right)
        if (score := likeness(one.measure, other.measure)) >= ALIKE
    )
    taken: list[tuple[int, int]] = []
    for *_, n, m in possible:
        if all(n != a and m != b for a, b in taken):
            taken.append((n, m))
    return taken


def _values(version: Version, others: Iterable[Value], against: str) -> Iterator[Comparison]:
    mine, theirs = ({value.field: value for value in side} for side in (version.values, others))
    for field in FIELDS:
        one, other = mine.get(field), theirs.get(field)
        if (one is None and other is None) or (against == LATER and (one is None or other is None)):
            continue
        differences, open_, says = [], [], ""
        if one is None:
            open_ = ["this version of the registration does not state it"]
        elif other is None:
            open_ = ["nothing of it has been extracted from a report"]
        elif other.several:
            open_ = ["several values have been extracted from reports"]
        elif other.value == NOT_REPORTED:
            open_ = ["the report does not state it"]
        else:
            same = _plain(field, one.value) == _plain(field, other.value)
            differences = [] if same else ["value changed"]
            says = "the same" if same else _how_far(field, one.value, other.value, against)
        keys = (_plain(field, one.value) if one else "", _plain(field, other.value) if other else "")
        sides = (one and one.said, other and other.said)
        yield _made(version, field, sides, keys, differences, open_, says, against)


def _then(against: str) -> str:
    return "reported" if against == REPORT else "then registered"


def _how_far(field: str, one: str, other: str, against: str) -> str:
    if not field.endswith("criteria"):
        return f"registered {' '.join(one.split())}, {_then(against)} {' '.join(other.split())}"
    there, every = with_words_of(iter(one.splitlines()), other)
    return f"{there} of {every} registered criteria have at least 80 % of their words there"


def _plain(field: str, value: str) -> str:
    """A value as it is compared."""
    flat = " ".join(value.casefold().split())
    if field == "sex":
        return _SEX.get(flat, flat)
    if field.endswith("criteria"):
        return " ".join(sorted(set(words(value))))  # the order of criteria tells nothing
    if field.endswith("age"):
        return " ".join(map(str, sorted(times_in(flat)))) or flat
    return flat.replace(",", "")


def _made(
    version: Version, field: str, sides: tuple[Said | None, Said | None], keys: tuple[str, str], differences: Sequence[str],
    open_: Sequence[str], says: str, against: str,
) -> Comparison:  # fmt: skip
    listed = tuple(d for d in DIFFERENCES if d in differences)
    one = Comparison("", field, against, version.record, (version.number,), *sides, listed, tuple(open_), says)
    return replace(one, item=_id(one, *keys))


def _id(one: Comparison, *keys: object) -> str:
    """Twelve hexadecimal digits of what is compared and what is proposed of it."""
    told = json.dumps([one.record, one.against, one.field, one.item, *keys, *one.differences, *one.undetermined], ensure_ascii=False)
    return hashlib.sha256(told.encode("utf-8")).hexdigest()[:12]


def _once(outcomes: Iterable[Outcome]) -> list[Outcome]:
    """Each outcome once, in an order of its own: by what it says."""
    return [found for _, found in sorted({_key(one): one for one in outcomes}.items())]


def _key(one: Outcome | None) -> str:
    if one is None:
        return ""
    times = sorted(" ".join(map(str, sorted(times_in(text)))) or " ".join(words(text)) for text in _times(one))
    return json.dumps([one.role, sorted(set(words(one.measure))), times, one.listed], ensure_ascii=False)


def _times(one: Outcome) -> tuple[str, ...]:
    """The time frames that an outcome states, else what its name says of time."""
    return tuple(text for text in one.times if text.strip()) or ((one.measure,) if times_in(one.measure) else ())


def _among(mine: Sequence[str], theirs: Sequence[str]) -> bool:
    """Whether results are there for every registered point in time; more of them change nothing."""
    wanted = {t for text in mine for t in times_in(text)}
    return wanted <= {t for text in theirs for t in times_in(text)} if wanted else same_time(mine, theirs)


def _order(one: Comparison) -> tuple[int, int, str, str, str]:
    texts = (one.registered.text if one.registered else "", one.other.text if one.other else "")
    return (FIELDS.index(one.field), one.versions[0], *texts, one.item)
