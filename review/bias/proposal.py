"""The tools that fit a design, best first, each with its reason; refuses a design that no tool is made for, or that says too little."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from review.bias.designs import ANY, UNSTATED, design_word, instead_of, unstated
from review.bias.tool_check import CLAIMS, UNITS
from review.bias.tools import Tool, load_tool, tool_names
from review.errors import InputRefused, near

LAST = 99


def unknown_settings(critical_items: Sequence[str], gradings: Sequence[str], folder: Path | str | None = None) -> list[str]:
    """What under [appraisal] of review.toml no tool knows, in words that follow 'needs'; empty where all is known."""
    if not critical_items and not gradings:
        return []
    tools = [load_tool(name, folder) for name in tool_names(folder)]
    items = {item: None for tool in tools if tool.overall_form.rule == "amstar2" for item in tool.columns()}
    graded = {grading.id: None for tool in tools for grading in tool.gradings}
    found = [f"an item {name!r} in critical_items that exists ({near(name, items)})" for name in critical_items if name not in items]
    return found + [f"a grading {name!r} that exists ({near(name, graded)})" for name in gradings if name not in graded]


def propose_tools(design: str | None, unit_or_claim: str | None = None, folder: Path | str | None = None) -> list[tuple[Tool, str]]:
    """The tools made for a design, best first, each with the reason; discouraged ones come last and say so.

    design         a word such as 'randomised-trial', 'single-arm-trial', 'cohort'
    unit_or_claim  what is appraised ('study', 'result', 'synthesis', 'review') or what is claimed ('proportion', 'change', 'comparison',
                   'accuracy'); None proposes for all
    Raises InputRefused where the design does not say how people were allocated, and where no tool is made for it (with what to do).

    >>> [tool.id for tool, _ in propose_tools("randomised-trial")]
    ['rob2-parallel']
    """
    if unit_or_claim is not None and unit_or_claim not in (*UNITS, *CLAIMS):
        raise InputRefused(
            f"{unit_or_claim!r} is neither a unit nor a claim",
            where="tools",
            expected=", ".join((*UNITS, *CLAIMS)),
            next_step=near(unit_or_claim, (*UNITS, *CLAIMS)),
        )
    return proposed(every_tool(folder), design, unit_or_claim)


def proposed(tools: Sequence[Tool], design: str | None, unit_or_claim: str | None = None) -> list[tuple[Tool, str]]:
    """``propose_tools`` of *tools* that are loaded already."""
    word = design_word(design)
    if word in UNSTATED:
        raise unstated("tools", "no tool can be proposed", word, ", ".join(_designs(tools)))
    fitting = [found for tool in tools if tool.for_design(word) for found in _offers(tool, word, unit_or_claim)]
    if not fitting:
        raise _nothing(tools, word, unit_or_claim)
    return [(tool, reason) for _, tool, reason in sorted(fitting, key=lambda found: (found[0], found[1].id))]


def every_tool(folder: Path | str | None = None) -> list[Tool]:
    """All tools: those that ship, of plug-ins, and of the review's own *folder*."""
    return [load_tool(name, folder) for name in tool_names(folder)]


def known_designs(tools: Sequence[Tool]) -> list[str]:
    """The designs that some of *tools* is made for or bars, in alphabetical order."""
    return sorted({*_designs(tools), *(entry.design for tool in tools for entry in tool.not_for)})


def _offers(tool: Tool, design: str, wanted: str | None) -> list[tuple[int, Tool, str]]:
    """(order, tool, reason) where the tool fits what is wanted of the design; nothing where its offers are for other claims."""
    offers = [offer for offer in tool.proposed if offer.design == design]
    if wanted in UNITS and tool.unit != wanted:
        return []
    if wanted in CLAIMS:
        if offers and all(offer.claim not in ("", wanted) for offer in offers):
            return []
        offers = [offer for offer in offers if offer.claim in ("", wanted)]
    order = min((offer.order for offer in offers), default=LAST - 1)
    reason = "; ".join(offer.why for offer in offers) or f"made for a {design}"
    if tool.discouraged:
        return [(LAST, tool, f"{reason}; discouraged: {tool.discouraged}")]
    return [(order, tool, reason)]


def _designs(tools: Sequence[Tool]) -> list[str]:
    return sorted({design for tool in tools for design in tool.designs} - {ANY})


def _nothing(tools: Sequence[Tool], design: str, wanted: str | None) -> InputRefused:
    nearest = sorted(tools, key=lambda tool: tool.judgement != "rules")  # the tool with rules says most exactly what is missing
    barred = [entry for tool in nearest for entry in tool.not_for if entry.design == design]
    known = _designs(tools)
    if design in known:
        return InputRefused(
            f"no tool for the design {design!r} has {wanted!r} as its unit or claim",
            where="tools",
            next_step="leave out the unit or claim to see what there is",
        )
    if barred:
        best = next((entry for entry in barred if entry.hint), barred[0])
        return InputRefused(
            f"no tool is made for the design {design!r}: {best.why}", where="tools", expected=", ".join(known), next_step=instead_of(best)
        )
    return InputRefused(
        f"no tool is made for the design {design!r}", where="tools", expected=", ".join(known), next_step=near(design, known)
    )
