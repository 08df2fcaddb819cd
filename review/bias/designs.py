"""Which tool a design calls for: a tool refuses a design that it is not made for, with the reason and the tool to use instead.

A design that does not say how people were allocated is asked about, never guessed.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from review.bias.tool_form import NotFor, ToolForm
from review.errors import InputRefused, near

if TYPE_CHECKING:
    from review.bias.tool import Tool

UNSTATED = frozenset({"", "unknown", "unclear", "not-stated", "not-reported", "trial", "interventional", "clinical-trial"})
ANY = "any"


def design_word(design: str | None) -> str:
    """A design as tool files write it: 'Single arm_Trial' is 'single-arm-trial', 'randomized' is 'randomised'."""
    return "-".join((design or "").casefold().replace("randomized", "randomised").replace("_", " ").replace("-", " ").split())


def made_for(tool: ToolForm, design: str | None) -> bool:
    """Whether the tool names the design, or any, and does not bar it."""
    word = design_word(design)
    barred = any(entry.design == word for entry in tool.not_for)
    return not barred and (word in tool.designs or ANY in tool.designs)


def refuse_design(tool: ToolForm, design: str | None, folder: Path | str | None = None, among: Sequence[Tool] | None = None) -> None:
    """Nothing where the tool is made for the design; else raises InputRefused with the reason and the tool to use.

    folder: the review's own tool files, which may be what is to be used. among: all tools, where they are loaded already.
    """
    if tool.template:
        raise InputRefused(
            f"{tool.label} is a template, nothing is assessed with it",
            where=tool.id,
            expected="a copy with an id, a source and questions of your own",
            next_step="copy the file into the folder tools of your review and take out template = true",
        )
    word = design_word(design)
    barred = next((entry for entry in tool.not_for if entry.design == word), None)
    if barred:
        raise InputRefused(
            f"{tool.label} is not made for a {barred.design}: {barred.why}",
            where=tool.id,
            expected=", ".join(tool.designs),
            next_step=instead_of(barred),
        )
    if made_for(tool, design):
        return
    if word in UNSTATED:
        raise unstated(tool.id, f"{tool.label} cannot be chosen", word, ", ".join(tool.designs))
    raise _not_named(tool, word, folder, among)


def _not_named(tool: ToolForm, word: str, folder: Path | str | None, among: Sequence[Tool] | None) -> InputRefused:
    """A design that the tool neither names nor bars: which tools are made for it, else why there is none; an unknown word: a near one."""
    from review.bias.proposal import every_tool, known_designs, proposed  # which read tools, and tools refuse designs

    tools = every_tool(folder) if among is None else among
    known = known_designs(tools)
    if word not in known:
        found, instead = f"{tool.label} says nothing about the design {word!r}", near(word, known)
    else:
        found = f"{tool.label} is not made for a {word}"
        try:
            instead = "use " + " or ".join(f"{one.id}{' (discouraged)' * bool(one.discouraged)}" for one, _ in proposed(tools, word))
        except InputRefused as none:
            found, instead = f"{found}, and {none.message}", none.next_step or ""
    return InputRefused(found, where=tool.id, expected=", ".join(tool.designs), next_step=instead)


def instead_of(entry: NotFor) -> str:
    """What to do instead of using a tool for a design that it bars."""
    return entry.hint or ("use " + " or ".join(entry.use) if entry.use else "choose another tool")


def unstated(where: str, found: str, word: str, expected: str) -> InputRefused:
    """The question that is asked where a design does not say how people were allocated, or none is in force."""
    return InputRefused(
        f"{found} while the design is {word or 'not stated, or two extractors differ on it'}",
        where=where,
        expected=expected,
        next_step="state the design as the item 'design' of extraction, at its desk or in its sheet; where two differ, a lead settles it"
        " there. Were people allocated, was it at random, one by one or in groups, and was anybody compared?",
    )
