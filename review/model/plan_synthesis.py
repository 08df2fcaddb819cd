"""What review.toml plans of a synthesis: its policies and its comparisons; what a policy means is said by the synthesis itself."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

MeasureId = Literal[
    "RR", "OR", "RD", "AS", "PETO", "MD", "SMD", "SMDH", "ROM", "IRR", "HR", "GEN", "PR", "PLN", "PLO", "PAS", "PFT", "IR", "IRLN", "MN",
]  # fmt: skip
Direction = Literal["", "lower is better", "higher is better"]
ON_A_SCALE = ("MD", "SMD", "SMDH", "ROM", "GEN")  # effects on a scale of the study, which may run either way: signs can be turned


class Part(BaseModel):
    """A part of review.toml: frozen, and a key that it does not know is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def _one_or_several(given: Any) -> Any:
    """A single text as a list of one."""
    return (given,) if isinstance(given, str) else given


def _why(given: str) -> str:
    """A reason; raises where it says nothing."""
    if not given.strip():
        raise PydanticCustomError("no_reason", 'a study is left out with its reason: leave_out = { "STUDY" = "reason" }')
    return given


Names = Annotated[tuple[Annotated[str, Field(min_length=1)], ...], BeforeValidator(_one_or_several), Field(min_length=1)]


def _models(given: Any) -> Any:
    """Covariates as they are planned: an item for a model of its own, a list of items for one model of all of them; each model once."""
    wrong = PydanticCustomError(
        "covariates", 'an item, or a list of items for one model of them all: moderators = ["age_mean", ["age_mean", "masking"]]'
    )
    planned = [given] if isinstance(given, str) else given
    if not isinstance(planned, list | tuple):
        raise wrong
    made: list[str | tuple[str, ...]] = []
    for one in planned:
        items = [one] if isinstance(one, str) else one
        if not isinstance(items, list | tuple) or not items or not all(isinstance(item, str) and item.strip() for item in items):
            raise wrong
        items = tuple(dict.fromkeys(items))
        made.append(items[0] if len(items) == 1 else items)
    return tuple(dict.fromkeys(made))


Covariates = Annotated[tuple[str | tuple[str, ...], ...], BeforeValidator(_models)]


class Synthesis(Part):
    """[synthesis]: the groups planned, none for a descriptive review; and the policies of ``SynthesisSettings``, or their defaults.

    Policies are in force from the freeze on and change by an amendment with its reason.
    """

    groups: tuple[str, ...] = ()
    zero_cells: Literal["measure", "none", "only0", "all", "if0all"] = "measure"
    correction: Annotated[float, Field(gt=0, lt=10)] = 0.5
    double_zero: Literal["drop", "keep"] = "drop"
    multi_arm: Literal["refuse", "combine", "split", "choose"] = "refuse"
    choose: dict[str, str] = {}
    prefer: Literal["arms", "given"] = "arms"
    direction: Literal["", "higher", "lower"] = ""
    change_r: Annotated[float, Field(ge=-1, le=1)] | None = None
    cluster_icc: Annotated[float, Field(ge=0, le=1)] | None = None
    crossover_r: Annotated[float, Field(ge=-1, le=1)] | None = None
    common_effect: Literal["mantel_haenszel", "peto", "inverse_variance"] = "mantel_haenszel"
    method: Literal["EE", "DL", "HE", "HS", "SJ", "ML", "REML", "PM", "EB"] = "REML"
    interval: Literal["wald", "hksj", "hksj_floor"] = "hksj_floor"
    prediction: Literal["normal", "t_k1", "t_k2"] = "t_k1"
    level: Annotated[float, Field(gt=1, lt=100)] = 95
    smd_variance: Literal["LS", "UB"] = "LS"
    md_variance: Literal["unequal", "pooled"] = "unequal"

    def policies(self) -> dict[str, Any]:
        """The policies by the names of the settings, as plain values."""
        return {name: value for name, value in self.model_dump().items() if name != "groups"}


class PlannedComparison(Part):
    """[[comparisons]]: which arms are compared on which outcome, and by which measure.

    id: small letters and digits, with dashes between. experimental, control: words of the item ``arm_role``, or names of arms; a text or a
    list. timepoint, analysis_set: '' takes any.
    subgroup_by: the item whose value makes the subgroups, '' for none. moderators: items whose values, numbers or words, are covariates of
    meta-regressions, each in one of its own, or those of a list in one together. leave_out: label (or id) of a study -> why a person leaves
    its results out of this comparison.
    """

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$")]
    title: str = ""
    outcome: Annotated[str, Field(min_length=1)]
    measure: MeasureId
    timepoint: str = ""
    analysis_set: str = ""
    experimental: Names = ("experimental",)
    control: Names = ("control",)
    subgroup_by: str = ""
    moderators: Covariates = ()
    leave_out: dict[str, Annotated[str, AfterValidator(_why)]] = {}
    direction: Direction = ""

    @property
    def covariates(self) -> tuple[str, ...]:
        """The items that are each the covariate of a model of its own."""
        return tuple(one for one in self.moderators if isinstance(one, str))

    @property
    def together(self) -> tuple[tuple[str, ...], ...]:
        """The items of each model of several covariates."""
        return tuple(one for one in self.moderators if not isinstance(one, str))

    @property
    def models(self) -> tuple[str, ...]:
        """The meta-regressions in words: 'age_mean', 'age_mean with masking'."""
        return tuple(one if isinstance(one, str) else " with ".join(one) for one in self.moderators)

    def turned_to(self, planned: str) -> str:
        """To which values signs are turned here, 'higher', 'lower' or '': where any are, its own direction stands before *planned*.

        planned: ``direction`` of [synthesis].
        """
        return self.direction.partition(" ")[0] or planned if planned and self.measure in ON_A_SCALE else planned

    def better(self, turned_to: str) -> Direction:
        """Which direction is better in the effects as they are pooled: its own, else on a scale that to which signs are turned.

        turned_to: ``direction`` of [synthesis], 'higher', 'lower' or ''.
        """
        if self.direction or self.measure not in ON_A_SCALE or not turned_to:
            return self.direction
        return "higher is better" if turned_to == "higher" else "lower is better"
