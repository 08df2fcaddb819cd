"""Who reads which report: a lead's rule, and the readers that follow from it for any record. It keeps no list and looks at no answer.

Readers follow from a hash of the standing record's id, the seed and the names in the rule, so that they are the same on every machine,
before and after a merge, and for records that are imported later.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal

from review.errors import InputRefused, near
from review.model.decision import SCHEMES, ScreeningAllocated

_STEPS = 2**64


def rule_of(
    stage: str,
    *,
    scheme: str,
    reviewers: Sequence[str],
    pairs: Sequence[Sequence[str]],
    quotas: Mapping[str, float | str] | None,
    double_share: float | str | None,
    seed: int,
    note: str,
    screeners: Sequence[str],
    needed: int,
) -> ScreeningAllocated:
    """The rule to store. Raises InputRefused for one that cannot be kept.

    screeners: who may be named; needed: reviewers that a report needs at this stage by the protocol.
    """
    if scheme not in SCHEMES:
        raise InputRefused(f"{scheme!r} is no scheme", expected=", ".join(SCHEMES), next_step=near(scheme, SCHEMES))
    given = {"reviewers": bool(reviewers), "pairs": bool(pairs), "quotas": bool(quotas)}
    if misplaced := [name for name, there in given.items() if there and name != _TAKES[scheme]]:
        raise InputRefused(f"the scheme {scheme!r} takes {_TAKES[scheme]}, not {' and '.join(misplaced)}")
    if scheme != "all" and not given[scheme]:
        raise InputRefused(f"the scheme {scheme!r} needs {scheme}")
    share = None if double_share is None else _share(double_share, "double_share")
    if share is not None and needed < 2:
        raise InputRefused("this stage is read by one in any case", where="double_share", next_step="leave double_share out")
    most = 1 if share == 0 else needed
    together = [tuple(pair) for pair in pairs]
    shares = {name: _share(part, f"quota of {name}") for name, part in (quotas or {}).items()}
    _check_pairs(together)
    _check_quotas(shares, most)
    named = [reviewers] if isinstance(reviewers, str) else [*reviewers, *shares]
    _check_names(named, [name for pair in together for name in pair], screeners)
    if scheme == "all" and len(named or screeners) < most:
        raise InputRefused(f"a report needs {most} reviewers at this stage, and {len(named or screeners)} would read")
    return ScreeningAllocated(
        stage=stage,
        scheme=scheme,
        reviewers=tuple(named) if scheme == "all" else (),
        pairs=tuple(together),
        quotas={name: str(part) for name, part in shares.items()},
        double_share=None if share is None else str(share),
        seed=seed,
        note=note.strip(),
    )  # type: ignore[arg-type]


_TAKES = {"all": "reviewers", "pairs": "pairs", "quotas": "quotas"}


def _share(given: float | str, where: str) -> Decimal:
    """A share from 0 to 1 as written, so that 0.2 is 0.2."""
    try:
        share = Decimal(str(given))
    except ArithmeticError as problem:
        raise InputRefused(f"{given!r} is no share", where=where, expected="a number from 0 to 1") from problem
    if not (share.is_finite() and 0 <= share <= 1):
        raise InputRefused(f"{given!r} is no share", where=where, expected="a number from 0 to 1")
    return share


def _check_pairs(pairs: Sequence[Sequence[str]]) -> None:
    if wrong := [pair for pair in pairs if len(pair) != 2 or pair[0] == pair[1]]:
        raise InputRefused(f"{wrong[0]!r} is no pair", expected="two different reviewers")
    if len({frozenset(pair) for pair in pairs}) < len(pairs):
        raise InputRefused("a pair stands twice", next_step="name each pair once; each gets an equal part")


def _check_quotas(shares: Mapping[str, Decimal], most: int) -> None:
    if not shares:
        return
    if abs(sum(shares.values()) - 1) > Decimal("1e-6"):
        raise InputRefused(f"the quotas sum to {sum(shares.values())}, not 1", expected="each reviewer's share of the work, together 1")
    if most > 1 and (greedy := [name for name, part in shares.items() if part * most > 1 + Decimal("1e-6")]):
        raise InputRefused(
            f"{greedy[0]} cannot have more than 1/{most} of the work", expected=f"each report has {most} different readers at this stage"
        )


def _check_names(named: Sequence[str], paired: Sequence[str], screeners: Sequence[str]) -> None:
    if len(set(named)) < len(named):
        raise InputRefused("a reviewer is named twice")
    for name in (*named, *paired):
        if name not in screeners:
            raise InputRefused(
                f"{name!r} has no role screener in the protocol", expected=", ".join(screeners), next_step=near(name, screeners)
            )


def chance(*parts: object) -> float:
    """A number in [0, 1) that follows from *parts* alone and is spread evenly over different ones.

    >>> round(chance("rec:1", 0, "r1"), 6)
    0.024079
    """
    digest = hashlib.sha256("\x1f".join(map(str, parts)).encode("utf-8")).digest()
    return int.from_bytes(digest[:8], "big") / _STEPS


def needed_by(rule: Mapping[str, object], record: str, needed: int) -> int:
    """How many readers *record* has under *rule*, where the protocol asks for *needed*: one where the share drawn for two passes it by."""
    if rule["double_share"] is None or needed < 2:
        return needed
    return needed if chance(record, rule["seed"], "read by two") < float(str(rule["double_share"])) else 1


def readers(rule: Mapping[str, object], record: str, screeners: Sequence[str], needed: int) -> list[str]:
    """Every screener, in the order in which *record* falls to them: as many as it needs by *rule*, then those who stand in for them.

    Who is named but screens no more is passed over; who is not named comes last, so that nothing is left to nobody.
    """
    seed = rule["seed"]
    by_chance = sorted(screeners, key=lambda name: (chance(record, seed, name), name))
    quotas: dict[str, str] = dict(rule["quotas"])  # type: ignore[call-overload]
    pairs: list[list[str]] = list(rule["pairs"])  # type: ignore[call-overload]
    named = {*quotas, *(name for pair in pairs for name in pair), *rule["reviewers"]} or set(screeners)  # type: ignore[misc]
    first: Sequence[str] = ()
    if pairs:
        first = min(pairs, key=lambda pair: (chance(record, seed, *sorted(pair)), sorted(pair)))
    elif quotas:
        first = _drawn(record, seed, {name: float(part) for name, part in quotas.items()}, needed)
    return sorted(by_chance, key=lambda name: (name not in first, name not in named))  # stable: by chance within each


def _drawn(record: str, seed: object, quotas: Mapping[str, float], needed: int) -> list[str]:
    """As many reviewers as needed, each with the chance of its quota times *needed* (systematic sampling in an order by chance).

    Source: Madow 1949, Ann Math Stat 20:333.
    """
    point = chance(record, seed, "drawn by quota")
    found, reached = [], 0.0
    for name in sorted(quotas, key=lambda name: (chance(record, seed, name), name)):
        before, reached = reached, reached + needed * quotas[name]
        if int(reached - point + 1) > int(before - point + 1):  # a point, point + 1 … lies in this reviewer's part
            found.append(name)
    return found


def due(order: Sequence[str], answered: Collection[str], needed: int, *, undecided: bool = False) -> list[str]:
    """Who is asked now. What somebody else has answered counts; *undecided*: all have answered, and nothing follows from it.

    Then those who answered are asked again, or, where none of them screens any more, the next one.
    """
    if undecided:
        return [name for name in order if name in answered] or list(order[:1])
    return [name for name in order if name not in answered][: max(0, needed - len(answered))]


def in_words(rule: Mapping[str, object] | None, needed: int) -> str:
    """The rule as a report states it, where the protocol asks for *needed* readers; it names nobody."""
    if rule is None:
        return f"anybody who screens takes any report, until {'one has' if needed == 1 else 'two have'} answered"
    share = rule["double_share"]
    each = f"{'one reader' if needed == 1 else 'two readers'} for each report"
    if share is not None and needed > 1:
        each = f"two readers for {_percent(share)} % of the records, drawn by chance, and one for the rest"
    quotas: dict[str, str] = dict(rule["quotas"])  # type: ignore[call-overload]
    pairs: list[list[str]] = list(rule["pairs"])  # type: ignore[call-overload]
    named: list[str] = list(rule["reviewers"])  # type: ignore[call-overload]
    if pairs:
        how = f"taken by chance from one of {len(pairs)} pairs of reviewers" if len(pairs) > 1 else "from one pair of reviewers"
    elif quotas:
        *most, last = map(_percent, quotas.values())
        parts = f"shares of {', '.join(most)} and {last} %" if most else "all"
        how = f"taken by chance from {len(quotas)} reviewers with {parts} of the work"
    else:
        how = f"taken by chance in equal shares from {f'{len(named)} reviewers' if named else 'all who screen'}"
    return f"{each}, {how} (seed {rule['seed']})"


def _percent(share: object) -> str:
    return f"{float(str(share)) * 100:.4g}"
