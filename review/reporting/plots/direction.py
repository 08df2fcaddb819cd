"""The effect direction plot, for results that are not pooled: a study a row, a domain a column, an arrow for the direction of effect.

Thomson and Thomas 2013, Res Synth Methods 4:95; sign test and its interval as Boon and Thomson 2021, Res Synth Methods 12:29. It shows
directions and never whether they were significant.
"""

from __future__ import annotations

from collections.abc import Sequence

from review.errors import InputRefused
from review.model.synthesis import DirectionCell, DirectionRow, SignTest
from review.reporting.bias_pictures_paper import RULE, ink_on
from review.reporting.plots.paper import GREY, INK, LINE, SIZE, SMALL, Paper, breaks, width_of
from review.reporting.plots.plot import Numbers, Plot, finished, points_wide
from review.reporting.plots.wording import count, p_words, told_apart

DIRECTIONS = {"positive": "#1f4e79", "negative": "#a34700", "mixed": "#6a6a6a"}  # beside the shape of the arrow, which says it alone
WORDS = {"positive": "up", "negative": "down", "mixed": "both ways"}
SIZES = ((50, 4.0), (300, 5.4), (None, 6.8))  # up to so many people, half the height of an arrow
ROW, LEAST_CELL = 16.0, 30.0


def draw_direction(
    rows: Sequence[DirectionRow], *, title: str, domains: Sequence[str], tests: Sequence[SignTest | None] = (), width: int = 174
) -> Plot:
    """The effect direction plot of *rows*, *width* 174 or 85 mm; arrows by sample size (to 50, to 300, more).

    tests: for each domain its sign test as it was computed, None where there is none. Raises InputRefused for rows that do not fit.
    """
    _check(rows, title, domains, tests)
    wide, names = points_wide(width), told_apart([row.label for row in rows])
    biased = any(row.bias for row in rows)
    fixed = (34.0 if any(row.n is not None for row in rows) else 0.0) + (30.0 if biased else 0.0)
    label = min(wide * 0.3, max(width_of(name, SIZE) for name in names) / 0.97 + 6)
    cell = (wide - label - fixed) / len(domains)
    if cell < LEAST_CELL:
        raise InputRefused(f"{len(domains)} domains have no room in {width} mm", where=title, next_step="draw it 174 mm wide")
    heads = [breaks(domain, cell - 5, SMALL, bold=True) for domain in domains]
    lines = [breaks(name, label - 4, SIZE) for name in names]
    heights = [max(ROW, LINE * len(one) + 5) for one in lines]
    summaries = [_test_lines(test, cell - 3) for test in tests]
    foot = LINE * max(map(len, summaries), default=0) + (8 if summaries else 0)
    legend = breaks(_legend(), wide, SMALL)
    head = 6 + LINE * max(map(len, heads))
    paper = Paper(wide, head + sum(heights) + foot + LINE * len(legend) + 8)
    _draw_heads(paper, heads, head, label, (cell, fixed, biased))
    y = head
    for row, own, high in zip(rows, lines, heights, strict=True):
        paper.rule(0, y, wide, y, weight=0.35, ink=INK if y == head else RULE)
        _draw_row(paper, row, own, y + high / 2, label, (cell, fixed, biased))
        y += high
    paper.rule(0, y, wide, y, weight=0.6, ink=INK)
    if summaries:
        paper.text(0, y + LINE, "Sign test", size=SMALL, bold=True)
        for at, words in enumerate(summaries):
            for number, line in enumerate(words):
                paper.text(_middle(label, fixed, biased, cell, at), y + LINE * (number + 1), line, size=6.5, align="center")
    for at, words in enumerate(legend):
        paper.text(0, y + foot + LINE * (at + 1), words, size=SMALL, ink=GREY)
    caption = f"{title}. Effect direction plot, {len(rows)} studies; not pooled, and not by significance."
    return finished("direction", title, caption, _alt(rows, domains, tests), _numbers(rows, names, domains, tests), [paper])


def _check(rows: Sequence[DirectionRow], title: str, domains: Sequence[str], tests: Sequence[SignTest | None]) -> None:
    if not rows or not domains:
        raise InputRefused("there is nothing to draw", where=title, expected="one study and one domain at least")
    for row in rows:
        if len(row.cells) != len(domains) or any(cell and cell.direction not in DIRECTIONS for cell in row.cells):
            raise InputRefused(
                f"{row.label} does not fit: {[cell and cell.direction for cell in row.cells]}",
                where=title,
                expected=f"for each of {len(domains)} domains None or one of {', '.join(DIRECTIONS)}",
            )
    if tests and len(tests) != len(domains):
        raise InputRefused(f"there are {len(tests)} sign tests for {len(domains)} domains", where=title, expected="one for each, or None")
    for at, test in enumerate(tests):
        found = [row.cells[at].direction for row in rows if row.cells[at]]  # type: ignore[union-attr]
        if test and (test.positive, test.n) != (found.count("positive"), found.count("positive") + found.count("negative")):
            raise InputRefused(f"the sign test of {domains[at]} is of other results", where=title, expected="the directions that are drawn")


def _middle(label: float, fixed: float, biased: bool, cell: float, at: int) -> float:
    return label + fixed - (30.0 if biased else 0.0) + cell * (at + 0.5)


def _draw_heads(paper: Paper, heads: Sequence[Sequence[str]], head: float, label: float, shape: tuple[float, float, bool]) -> None:
    cell, fixed, biased = shape
    paper.rule(0, 0.5, paper.width, 0.5, weight=0.8, ink=INK)
    paper.text(0, head - 4, "Study", size=SMALL, bold=True)
    if fixed > (30 if biased else 0):
        paper.text(label + 28, head - 4, "n", size=SMALL, bold=True, align="right")
    for at, lines in enumerate(heads):
        for number, words in enumerate(reversed(lines)):
            paper.text(_middle(label, fixed, biased, cell, at), head - 4 - LINE * number, words, size=SMALL, bold=True, align="center")
    if biased:
        paper.text(paper.width - 12, head - 4, "Bias", size=SMALL, bold=True, align="center")


def _draw_row(paper: Paper, row: DirectionRow, lines: Sequence[str], y: float, label: float, shape: tuple[float, float, bool]) -> None:
    cell, fixed, biased = shape
    for at, words in enumerate(lines):
        paper.text(0, y + SIZE * 0.35 + LINE * (at - (len(lines) - 1) / 2), words, link=row.key)
    if row.n is not None:
        paper.text(label + 28, y + SIZE * 0.35, count(row.n), align="right")
    half = next(size for most, size in SIZES if most is None or (row.n or 0) <= most)
    for at, one in enumerate(row.cells):
        if one:
            _draw_arrow(paper, one, _middle(label, fixed, biased, cell, at), y, half, row.key)
    if row.bias:
        paper.dot(paper.width - 12, y, 5.0, row.bias.colour, link=row.key)
        paper.symbol(paper.width - 12, y, 5.7, row.bias.symbol, ink_on(row.bias.colour), link=row.key)


def _draw_arrow(paper: Paper, one: DirectionCell, x: float, y: float, half: float, key: str) -> None:
    link, fill = one.key or key, DIRECTIONS[one.direction]
    if one.direction == "mixed":
        for side in (-1, 1):
            paper.area([(x + side * (half + 1), y), (x + side * 1, y - half * 0.8), (x + side * 1, y + half * 0.8)], fill, link=link)
    else:
        tip = -half if one.direction == "positive" else half
        paper.area([(x, y + tip), (x - half, y - tip), (x + half, y - tip)], fill, link=link)
    if one.results > 1:
        paper.text(x + half + 3, y + half, str(one.results), size=6.5)


def _test_lines(test: SignTest | None, room: float) -> list[str]:
    if test is None:
        return ["–"]
    share = f"{test.positive} of {test.n}"
    between = f"[{100 * test.low:.0f}, {100 * test.high:.0f}]%" if test.low is not None and test.high is not None else ""
    return [line for words in (share, between, p_words(test.p)) if words for line in breaks(words, room, 6.5)]


def _legend() -> str:
    return (
        "Arrow up: positive; down: negative; both ways: mixed. Small to large: up to 50, up to 300, more people. "
        "A small number: results that one arrow sums up. Empty: no result."
    )


def _alt(rows: Sequence[DirectionRow], domains: Sequence[str], tests: Sequence[SignTest | None]) -> str:
    said = []
    for at, domain in enumerate(domains):
        found = [row.cells[at].direction for row in rows if row.cells[at]]  # type: ignore[union-attr]
        words = ", ".join(f"{found.count(name)} {name}" for name in DIRECTIONS if found.count(name)) or "no result"
        test = tests[at] if tests else None
        said.append(f"{domain}: {words}" + (f", sign test {p_words(test.p)}" if test else ""))
    return f"Effect direction plot of {len(rows)} studies. {'. '.join(said)}."


def _numbers(rows: Sequence[DirectionRow], names: Sequence[str], domains: Sequence[str], tests: Sequence[SignTest | None]) -> list[Numbers]:
    found: list[Numbers] = []
    for row, name in zip(rows, names, strict=True):
        for domain, one in zip(domains, row.cells, strict=True):
            found.append(
                {"element": "study", "label": name, "n": row.n, "domain": domain, "direction": one.direction if one else "no result",
                 "results": one.results if one else 0, "bias": row.bias.label if row.bias else None, "key": (one and one.key) or row.key,
                 "events": " ".join((one and one.events) or row.events)}
            )  # fmt: skip
    for domain, test in zip(domains, tests, strict=False):
        if test:
            found.append(
                {"element": "sign test", "label": "Sign test", "domain": domain, "positive": test.positive, "n": test.n, "p": test.p,
                 "low": test.low, "high": test.high}
            )  # fmt: skip
    return found
