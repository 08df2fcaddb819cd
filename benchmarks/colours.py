"""How far apart the colours of judgements are for all eyes: ``python -m benchmarks.colours``; three levels aim at 19 and in grey at 11."""

from __future__ import annotations

from review.bias import load_tool, tool_names
from review.bias.algorithm import Level
from review.reporting.bias_pictures import PALETTES
from review.reporting.bias_pictures_paper import contrast, ink_on
from tests.reporting.colours import SEEN, smallest


def scales() -> dict[tuple[str, ...], tuple[str, tuple[Level, ...]]]:
    """Each set of colours once, with the first tool that has it: the ordered levels, and these with the one outside the order."""
    found: dict[tuple[str, ...], tuple[str, tuple[Level, ...]]] = {}
    for name in tool_names():
        tool = load_tool(name)
        for scale in (tool.levels, tool.overall_levels):
            for levels in (tuple(level for level in scale if level.rank is not None), scale):
                if len(levels) > 1:
                    found.setdefault(tuple(level.colour["safe"] for level in levels), (name, levels))
    return found


def main() -> None:
    print("smallest CIEDE2000 between two levels; deficiencies after Machado 2009; symbol: smallest contrast of a symbol on its colour")
    print(f"{'palette':9} {'levels':52}" + "".join(f"{by:>8}" for by in SEEN) + "  symbol")
    for _, levels in scales().values():
        for palette in PALETTES:
            colours = [level.colour[palette] for level in levels]
            words = ", ".join(level.label for level in levels)
            symbol = min(contrast(colour, ink_on(colour)) for colour in colours)
            print(f"{palette:9} {words:52}" + "".join(f"{smallest(colours, by):8.1f}" for by in SEEN) + f"{symbol:8.1f}")


if __name__ == "__main__":
    main()
