"""The effect direction plot, for results that are not pooled: a study a row, a domain a column, an arrow for the direction of effect.

Thomson and Thomas 2013, Res Synth Methods 4:95; sign test and its interval as Boon and Thomson 2021, Res Synth Methods 12:29. It shows
directions and never whether they were significant.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from review.errors import InputRefused
from review.model.synthesis import BiasSign, DirectionCell, DirectionRow, SignTest
from review.reporting.bias_pictures_lights import HIGHEST
from review.reporting.bias_pictures_paper import RULE, ink_on
from review.reporting.plots.paper import GREY, INK, LINE, SIZE, SMALL, Paper, breaks, width_of
from review.reporting.plots.plot import Numbers, Plot, finished, points_wide
from review.reporting.plots.wording import count, p_words, rows_of, told_apart

DIRECTIONS = {"positive": "#1f4e79", "negative": "#a34700", "mixed": "#6a6a6a"}  # beside the shape of the arrow, which says it alone
WORDS = {"positive": "up", "negative": "down", "mixed": "both ways"}
SIZES = ((50, 4.0), (300, 5.4), (None, 6.8))  # up to so many people, half the height of an arrow
UNKNOWN = 5.4  # half the height of an open arrow, of a study whose number of people is unknown
ROW, LEAST_CELL = 16.0, 30.0
NO_JUDGEMENT = "No judgement"


def draw_direction(
    rows: Sequence[DirectionRow], *, title: str, domains: Sequence[str], tests: Sequence[SignTest | None] = (), width: int = 174
) -> Plot:
    """The effect direction plot of *rows*, *width* 174 or 85 mm; arrows by sample size (to 50, to 300, more; open where it is unknown).

    tests: for each domain its sign test as it was computed, None where there is none. Rows that have no room on a page stand on further
    pages. Raises InputRefused for rows that do not fit.
    """
    _check(rows, title, domains, tests)
    wide, names = points_wide(width), told_apart([row.label for row in rows])
    biased = any(row.bias for row in rows)
    fixed = (34.0 if any(row.n is not None for row in rows) else 0.0) + (30.0 if biased else 0.0)
    label = min(wide * 0.3, max(width_of(name, SIZE) for name in names) / 0.97 + 6)
    cell = (wide - label - fixed) / len(domains)
    if cell < LEAST_CELL:
        raise InputRefused(f"{len(domains)} domains have no room in {width} mm", where=title, next_step="draw it 174 mm wide")
    shape = (label, (cell, fixed, biased))
    heads = [breaks(domain, cell - 5, SMALL, bold=True) for domain in domains]
    lines = [breaks(name, label - 4, SIZE) for name in names]
    heights = [max(ROW, LINE * len(one) + 5) for one in lines]
    summaries = [_test_lines(test, cell - 3) for test in tests]
    legend = breaks(_legend(rows), wide, SMALL)
    signs: dict[str, BiasSign | None] = {row.bias.label: row.bias for row in rows if row.bias}
    signs |= {NO_JUDGEMENT: None} if biased and not all(row.bias for row in rows) else {}
    head = 6 + LINE * max(map(len, heads))
    foot = (LINE * max(map(len, summaries)) + 8 if summaries else 0) + LINE * len(legend) + 8 + (LINE + 4 if signs else 0)
    papers, start = [], 0
    for end in _pages(heights, HIGHEST - head, foot):
        last = end == len(rows)
        paper = Paper(wide, head + sum(heights[start:end]) + (foot if last else 2))
        _draw_heads(paper, heads, head, *shape)
        y = head
        for at in range(start, end):
            paper.rule(0, y, wide, y, weight=0.35, ink=INK if y == head else RULE)
            _draw_row(paper, rows[at], lines[at], y + heights[at] / 2, *shape)
            y += heights[at]
        paper.rule(0, y, wide, y, weight=0.6, ink=INK)
        if last:
            y = _draw_tests(paper, summaries, y, *shape)
            for at, words in enumerate(legend):
                paper.text(0, y + LINE * (at + 1), words, size=SMALL, ink=GREY)
            _draw_signs(paper, signs, y + LINE * (len(legend) + 1))
        papers.append(paper)
        start = end
    caption = f"{title}. Effect direction plot, {rows_of(len(rows))}; not pooled, and not by significance."
    return finished("direction", title, caption, _alt(rows, domains, tests), _numbers(rows, names, domains, tests), papers)


def _pages(heights: Sequence[float], room: float, foot: float) -> list[int]:
    """Where each page ends: as few as hold the rows and, the last one, what stands below them; about equally full."""
    fewest = len(_filled(heights, room, foot))
    most = (sum(heights) + foot) / fewest
    while len(_filled(heights, most, foot)) > fewest and most < room:
        most += ROW / 4
    return _filled(heights, min(most, room), foot)


def _filled(heights: Sequence[float], room: float, foot: float) -> list[int]:
    ends, used = [], 0.0
    for at, high in enumerate(heights):
        if used and used + high + (foot if at == len(heights) - 1 else 0.0) > room:
            ends.append(at)
            used = 0.0
        used += high
    return [*ends, len(heights)]


def _draw_tests(paper: Paper, summaries: Sequence[Sequence[str]], y: float, label: float, shape: tuple[float, float, bool]) -> float:
    """The sign tests below their columns; returns where they end."""
    if not summaries:
        return y
    cell, fixed, biased = shape
    paper.text(0, y + LINE, "Sign test", size=SMALL, bold=True)
    for at, words in enumerate(summaries):
        for number, line in enumerate(words):
            paper.text(_middle(label, fixed, biased, cell, at), y + LINE * (number + 1), line, size=6.5, align="center")
    return y + LINE * max(map(len, summaries)) + 8


def _draw_signs(paper: Paper, signs: Mapping[str, BiasSign | None], y: float) -> None:
    """What each sign of bias says, in one line."""
    x = 0.0
    for words, sign in signs.items():
        _draw_bias(paper, sign, x + 5, y, "")
        paper.text(x + 13, y + SMALL * 0.35, words, size=SMALL, ink=GREY)
        x += 24 + width_of(words, SMALL)


def _draw_bias(paper: Paper, sign: BiasSign | None, x: float, y: float, link: str) -> None:
    if sign is None:
        paper.blank(x, y, 4.4, filled=False, link=link)
    else:
        paper.dot(x, y, 5.0, sign.colour, link=link)
        paper.symbol(x, y, 5.7, sign.symbol, ink_on(sign.colour), link=link)


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
    if fixed > (30 if biased else 0):
        paper.text(label + 28, y + SIZE * 0.35, count(row.n), align="right", link=row.key)
    half = UNKNOWN if row.n is None else next(size for most, size in SIZES if most is None or row.n <= most)
    for at, one in enumerate(row.cells):
        if one:
            _draw_arrow(paper, one, _middle(label, fixed, biased, cell, at), y, half, row)
    if biased:
        _draw_bias(paper, row.bias, paper.width - 12, y, row.key)


def _draw_arrow(paper: Paper, one: DirectionCell, x: float, y: float, half: float, row: DirectionRow) -> None:
    link, colour = one.key or row.key, DIRECTIONS[one.direction]
    fill, edge = ("#ffffff", colour) if row.n is None else (colour, "")
    if one.direction == "mixed":
        for side in (-1, 1):
            corners = [(x + side * (half + 1), y), (x + side * 1, y - half * 0.8), (x + side * 1, y + half * 0.8)]
            paper.area(corners, fill, edge=edge, weight=0.9, link=link)
    else:
        tip = -half if one.direction == "positive" else half
        paper.area([(x, y + tip), (x - half, y - tip), (x + half, y - tip)], fill, edge=edge, weight=0.9, link=link)
    if one.results > 1:
        paper.text(x + half + 3, y + half, str(one.results), size=6.5, link=link)


def _test_lines(test: SignTest | None, room: float) -> list[str]:
    if test is None:
        return ["–"]
    share = f"{test.positive} of {test.n}"
    between = f"[{100 * test.low:.0f}, {100 * test.high:.0f}]%" if test.low is not None and test.high is not None else ""
    return [line for words in (share, between, p_words(test.p)) if words for line in breaks(words, room, 6.5)]


def _legend(rows: Sequence[DirectionRow]) -> str:
    unknown = " Open: their number is not known." if any(row.n is None for row in rows) else ""
    return (
        f"Arrow up: positive; down: negative; both ways: mixed. Small to large: up to 50, up to 300, more people.{unknown} "
        "A small number: results that one arrow sums up. Empty: no result."
    )


def _alt(rows: Sequence[DirectionRow], domains: Sequence[str], tests: Sequence[SignTest | None]) -> str:
    said = []
    for at, domain in enumerate(domains):
        found = [row.cells[at].direction for row in rows if row.cells[at]]  # type: ignore[union-attr]
        words = ", ".join(f"{found.count(name)} {name}" for name in DIRECTIONS if found.count(name)) or "no result"
        test = tests[at] if tests else None
        said.append(f"{domain}: {words}" + (f", sign test {p_words(test.p)}" if test else ""))
    return f"Effect direction plot of {rows_of(len(rows))}. {'. '.join(said)}."


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
