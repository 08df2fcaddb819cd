"""Every choice of a synthesis in one frozen object, checked, as plain values for the ledger, and as the sentences of a methods section."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any

from review.errors import InputRefused, near

if TYPE_CHECKING:
    from review.synthesis.effects import Effects

# the words that each choice may take, and what a journal calls them
ZERO_CELLS = {
    "measure": "",
    "none": "nothing was added to zero cells",
    "only0": "a correction of {c} was added to every cell of tables with a zero cell",
    "all": "a correction of {c} was added to every cell of all tables",
    "if0all": "a correction of {c} was added to every cell of all tables where any of them had a zero cell",
}
DOUBLE_ZERO = {
    "drop": "studies without events, or without non-events, in both arms say nothing about a ratio; they are shown and not pooled, but "
    "count for differences",
    "keep": "studies without events, or without non-events, in both arms were kept",
}
MULTI_ARM = {
    "refuse": "",
    "combine": "where a study had several eligible arms, these were combined into one",
    "split": "where several arms shared a control, its participants were divided evenly among the comparisons",
    "choose": "of studies with several eligible arms one was chosen",
}
COMMON_EFFECT = {
    "mantel_haenszel": "the Mantel–Haenszel method without correction for zero cells",
    "peto": "Peto's method",
    "inverse_variance": "the inverse-variance method",
}
METHODS = {
    "EE": "a common (equal) effect", "DL": "DerSimonian–Laird", "HE": "Hedges", "HS": "Hunter–Schmidt", "SJ": "Sidik–Jonkman",
    "ML": "maximum likelihood", "REML": "restricted maximum likelihood", "PM": "Paule–Mandel", "EB": "empirical Bayes",
}  # fmt: skip
INTERVALS = {
    "wald": "Wald-type confidence intervals",
    "hksj": "Hartung–Knapp–Sidik–Jonkman confidence intervals",
    "hksj_floor": "Hartung–Knapp–Sidik–Jonkman confidence intervals whose standard error is never below that of the Wald-type interval",
}
INTERVAL_NAMES = {"wald": "Wald", "hksj": "Hartung–Knapp", "hksj_floor": "Hartung–Knapp, not below Wald"}  # in a table
PREDICTIONS = {
    "normal": "the normal distribution",
    "t_k1": "Student's t with k − 1 degrees of freedom",
    "t_k2": "Student's t with k − 2 degrees of freedom (Higgins, Thompson, Spiegelhalter)",
}
SMD_VARIANCES = {
    "LS": "their large-sample variance",
    "UB": "the unbiased estimate of their variance",
}
MD_VARIANCES = {
    "unequal": "variances that may differ between arms",
    "pooled": "one variance for both arms",
}
DIRECTIONS = {"": "", "higher": "higher values", "lower": "lower values"}
_WORDS: dict[str, Mapping[str, str]] = {
    "zero_cells": ZERO_CELLS, "double_zero": DOUBLE_ZERO, "multi_arm": MULTI_ARM, "common_effect": COMMON_EFFECT, "method": METHODS,
    "interval": INTERVALS, "prediction": PREDICTIONS, "smd_variance": SMD_VARIANCES, "md_variance": MD_VARIANCES,
    "direction": DIRECTIONS,
}  # fmt: skip
_CORRECTED = ("RR", "OR", "RD", "IRR", "PR", "PLN", "PLO", "IRLN", "PETO")  # where something may be added to a zero
UNCORRECTED = ("AS", "PETO", "PAS", "PFT", "IR")  # measures that need nothing added: 'measure' adds nothing


@dataclass(frozen=True, slots=True)
class SynthesisSettings:
    """The policies of a synthesis; defaults are those of docs/method.md. Raises InputRefused for a word or number that none can be.

    zero_cells: to which tables ``correction`` is added: 'measure' as the measure needs it (tables with a zero cell; none for AS, PETO, PAS,
    PFT), 'none', 'only0', 'all', 'if0all'. double_zero: what becomes of studies without events in both arms (ratios alone). multi_arm:
    what becomes of several arms against one control; ``choose``: for 'choose', {label or id of a study: arm}. prefer: where a study has
    arms and a reported effect, 'arms' or 'given'. direction: which values are better, where scales run in both directions. change_r: None
    leaves final values; a number makes changes of means before and after, with this correlation where a study states none. cluster_icc,
    crossover_r: what to take where a trial states none.
    """

    zero_cells: str = "measure"
    correction: float = 0.5
    double_zero: str = "drop"
    multi_arm: str = "refuse"
    choose: tuple[tuple[str, str], ...] = ()
    prefer: str = "arms"
    direction: str = ""
    change_r: float | None = None
    cluster_icc: float | None = None
    crossover_r: float | None = None
    common_effect: str = "mantel_haenszel"
    method: str = "REML"
    interval: str = "hksj_floor"
    prediction: str = "t_k1"
    level: float = 95
    smd_variance: str = "LS"
    md_variance: str = "unequal"

    def __post_init__(self) -> None:
        pairs = self.choose.items() if isinstance(self.choose, Mapping) else self.choose
        object.__setattr__(self, "choose", tuple(sorted((str(study), str(arm)) for study, arm in pairs)))
        for name, words in _WORDS.items():
            _one_of(name, getattr(self, name), tuple(words))
        _one_of("prefer", self.prefer, ("arms", "given"))
        _within("correction", self.correction, 0, 10, open_ends=True)
        _within("level", self.level, 1, 100, open_ends=True)
        for name in ("change_r", "crossover_r"):
            _within(name, getattr(self, name), -1, 1)
        _within("cluster_icc", self.cluster_icc, 0, 1)
        if bool(self.choose) != (self.multi_arm == "choose"):
            raise InputRefused("choose and multi_arm do not fit", expected="multi_arm='choose' with choose={study: arm}, or neither")

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> SynthesisSettings:
        """Settings from what ``plain`` gave. Raises InputRefused for a name that is none."""
        known = [one.name for one in fields(cls)]
        for name in plain:
            if name not in known:
                raise InputRefused(f"{name!r} is no setting of a synthesis", next_step=near(str(name), known))
        return cls(**plain)

    def plain(self) -> dict[str, Any]:
        """Every setting as a plain value; what is the default is there too, since a later release may have another."""
        return {**asdict(self), "choose": dict(self.choose)}

    def adds(self, measure: str) -> str:
        """The policy for zero cells that is in force for *measure*: none, only0, all or if0all."""
        if measure not in _CORRECTED or self.zero_cells == "none":
            return "none"
        if self.zero_cells == "measure":
            return "none" if measure in UNCORRECTED else "only0"
        return self.zero_cells

    def by_counts(self, measure: str) -> str:
        """How a common effect of *measure* is taken from counts: 'mantel_haenszel', 'peto', or '' where it is by inverse variance."""
        if self.common_effect == "mantel_haenszel" and measure in ("RR", "OR", "RD"):
            return "mantel_haenszel"
        return "peto" if measure == "PETO" or (self.common_effect == "peto" and measure == "OR") else ""

    def sentences(self, found: Effects | None = None, pooled: Any = None) -> tuple[str, ...]:
        """The methods paragraph, a sentence each, of *found*'s measure where given, with the numbers that were used.

        *pooled*: what ``pool`` returned; its method, interval, prediction, k are printed, for they are what was done.
        """
        from review.synthesis.wording import sentences

        return sentences(self, found, pooled)


def _one_of(name: str, value: Any, words: tuple[str, ...]) -> None:
    if value not in words:
        raise InputRefused(
            f"{name} cannot be {value!r}", where="settings of the synthesis", next_step=near(str(value), [w for w in words if w])
        )


def _within(name: str, value: Any, low: float, high: float, *, open_ends: bool = False) -> None:
    if value is None:
        return
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if not number or not (low < value < high if open_ends else low <= value <= high):
        between = f"a number {'between' if open_ends else 'from'} {low} {'and' if open_ends else 'to'} {high}"
        raise InputRefused(f"{name} cannot be {value!r}", where="settings of the synthesis", expected=between)
