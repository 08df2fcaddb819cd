"""The lines of PRISMA 2020 on synthesis (12, 13a-f, 14, 20a-d, 21) as rules: what each needs of the planned comparisons."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from review.reporting.analyses import Synthesis, synthesis
from review.reporting.checklist_facts import DRAFT, Facts, author, no_synthesis, whole
from review.reporting.checklist_items import Finding, Proof, inapplicable, partly, stated, unwritten
from review.reporting.tables_around import meta_regression
from review.reporting.tables_pooled import pooled, sensitivity, subgroups
from review.reporting.tables_results import results
from review.reporting.tables_synthesis import methods_said, not_pooled
from review.reporting.trace import key_of

NOTHING_POOLED = "nothing is pooled in any planned comparison"


def effect_measures(facts: Facts) -> Finding:
    """12: the measure of each planned comparison; else the measures that were extracted with results."""
    if facts.plan.comparisons:
        return _method(facts, "Measures")
    used = sorted({c.value for s in facts.included for c in facts.results(s) if c.item == "effect_measure"})
    if not used:
        return unwritten("no measure of effect is recorded")
    return partly("which measure is used for each outcome is stated nowhere", figures=(f"Measures in the sources: {', '.join(used)}",))


def allotted(facts: Facts) -> Finding:
    """13a: which studies belong to a comparison; of a group that is only named nothing says who belongs to it."""
    if facts.plan.comparisons:
        return _method(facts, "Studies of each synthesis")
    groups = tuple(("Synthesis", group) for group in facts.plan.synthesis.groups)
    return no_synthesis(facts) or (
        partly("how a study comes into a group is stated nowhere", Proof("statements", groups)) if groups else unwritten(DRAFT)
    )


def data_preparation(facts: Facts) -> Finding:
    """13b: the policies of a synthesis; else what was computed from extracted values, and what else was done is free text."""
    if facts.plan.comparisons:
        return _method(facts, "Preparation")
    formulas = tuple((formula,) for formula in results(facts.rooms).letters)
    if not formulas:
        return unwritten("no conversion is recorded, nor what was done where statistics were missing")
    return partly("what was done where statistics were missing is stated nowhere", Proof("results", formulas))


def presentation(facts: Facts) -> Finding:
    """13c: how results are set out; without a synthesis, why they were set so is in no field."""
    if facts.plan.comparisons:
        return _method(facts, "Presentation")
    shown = tuple((s.label,) for s in facts.included if facts.results(s))
    if not shown:
        return unwritten("no result of an included study is recorded")
    return partly("why results were set out so is stated nowhere", Proof("results", shown))


def model(facts: Facts) -> Finding:
    """13d: the model with its policies and the software; why it was chosen is the author's to say."""
    return _method(facts, "Model", "Software", lacks="why results were synthesised so is stated nowhere")


def heterogeneity_methods(facts: Facts) -> Finding:
    """13e."""
    return _method(facts, "Heterogeneity")


def sensitivity_methods(facts: Facts) -> Finding:
    """13f."""
    return _method(facts, "Sensitivity")


def missing_results_methods(facts: Facts) -> Finding:
    """14."""
    return _method(facts, "Missing results")


def _method(facts: Facts, *parts: str, lacks: str = "") -> Finding:
    """These parts of the methods of the planned syntheses, word by word in a rendered report."""
    if not facts.plan.comparisons:
        return no_synthesis(facts) or (author(facts) if facts.frozen else unwritten(DRAFT))
    proof = Proof("synthesis-methods", tuple(row for row in methods_said(facts.plan) if row[0] in parts))
    lacks = lacks if facts.frozen else DRAFT
    return partly(lacks, proof) if lacks else stated(proof)


def _each(facts: Facts) -> list[Synthesis]:
    return [synthesis(facts.rooms, one.id) for one in facts.plan.comparisons]


def contributing(facts: Facts) -> Finding:
    """20a: the studies of every synthesis, characterised and assessed."""
    if not facts.plan.comparisons:
        return _method(facts)
    proofs, used = [], dict[str, str]()
    for one in _each(facts):
        own = {effect.comparison.first.study: effect.comparison.first.label for effect in one.done.used}
        used |= own
        proofs += [Proof(key_of("effects", one.asked.id), tuple((label, "used") for label in own.values()))] if own else []
    if not used:
        return unwritten("no study has an effect in a planned comparison yet")
    proofs.append(Proof("characteristics-included", tuple((label,) for label in used.values())))
    bare = [label for study, label in used.items() if not facts.assessments.get(study)]
    lacks = f"not assessed, or not finished: {', '.join(bare)}" if bare else facts.unfinished
    return partly(lacks, *proofs) if lacks else stated(*proofs)


def synthesised(facts: Facts) -> Finding:
    """20b: every pooled estimate with its interval and heterogeneity, and which side is better; or why nothing is pooled."""
    if not facts.plan.comparisons:
        return _method(facts)
    proofs = [whole((pooled if one.done.pooled else not_pooled)(facts.rooms, one.asked.id)) for one in _each(facts)]
    blind = [one for one in _each(facts) if one.done.found.measure.arms != 1 and not one.better]
    below = ", ".join(one.asked.id for one in blind if one.done.found.of_distances)
    open_ = ", ".join(one.asked.id for one in blind if not one.done.found.of_distances)
    told = [f"which direction is better is not planned for {open_}"] if open_ else []
    told += [f"no side can be named in {below}, whose ratios are of means below 0"] if below else []
    lacks = "; ".join(told) or facts.unfinished
    return partly(lacks, *proofs) if lacks else stated(*proofs)


def heterogeneity_found(facts: Facts) -> Finding:
    """20c: every planned subgroup analysis and meta-regression, or why a covariate has none."""
    if not facts.plan.comparisons:
        return _method(facts)
    planned = [one for one in _each(facts) if one.asked.subgroup_by or one.asked.moderators]
    if not planned:
        return inapplicable("no subgroup and no covariate is planned")
    divided = [one for one in planned if one.asked.subgroup_by]
    bare = [one.asked.id for one in divided if not one.done.groups]
    lacks = f"no subgroup was pooled in {', '.join(bare)}" if bare else facts.unfinished
    proofs = [whole(subgroups(facts.rooms, one.asked.id)) for one in divided if one.done.groups]
    proofs += [whole(meta_regression(facts.rooms, one.asked.id)) for one in planned if one.asked.moderators]
    return partly(lacks, *proofs) if lacks else stated(*proofs)


def sensitivity_found(facts: Facts) -> Finding:
    """20d: the sensitivity analyses of every pooled estimate."""
    if not facts.plan.comparisons:
        return _method(facts)
    made = [one for one in _each(facts) if one.done.pooled]
    if not made:
        return inapplicable(NOTHING_POOLED) if facts.frozen and not facts.unfinished else unwritten(NOTHING_POOLED)
    proofs = [whole(sensitivity(facts.rooms, one.asked.id)) for one in made]
    return partly(facts.unfinished, *proofs) if facts.unfinished else stated(*proofs)


def missing_results(facts: Facts) -> Finding:
    """21: which studies gave no result to each synthesis; what that means is the author's judgement."""
    if not facts.plan.comparisons:
        return _method(facts)
    proofs = [whole(not_pooled(facts.rooms, one.asked.id)) for one in _each(facts)]
    return partly("the judgement of bias from missing results of each synthesis is for the authors to say", *proofs)


RULES: Mapping[str, Callable[[Facts], Finding]] = {
    "12": effect_measures, "13a": allotted, "13b": data_preparation, "13c": presentation, "13d": model, "13e": heterogeneity_methods,
    "13f": sensitivity_methods, "14": missing_results_methods, "20a": contributing, "20b": synthesised, "20c": heterogeneity_found,
    "20d": sensitivity_found, "21": missing_results,
}  # fmt: skip
