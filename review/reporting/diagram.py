"""The PRISMA 2020 flow diagram as SVG, for all four templates: new or updated, with or without other methods.

It draws sets that it is handed (``flow_text.py`` says what each box reads) and refuses to invent: an absent box is not drawn.
Made for 174 mm at 8 pt, with one lane for 85 mm too. Everything in it is text: it can be selected, read aloud, and reached by the keyboard.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from review.errors import InputRefused
from review.reporting.drawing import WIDTHS, Drawing
from review.reporting.escaping import escaped
from review.reporting.flow_text import ROWS, STAGES, CountedFlow, FlowBox, Part, as_text, box_lists, flow_boxes, flow_notes, lanes, wording
from review.reporting.labels import Labels
from review.reporting.lettering import FACE, SOFT, balanced, width, wrap

__all__ = ["as_text", "draw", "figure"]

MILLIMETRE = 72 / 25.4  # points
SIZE, LEADING, APART = 8.0, 9.75, 1.75  # points; APART is the extra space between two entries of a box
BASE = 7.4  # from the top of a line to its letters' foot
PAD_X, PAD_Y, INDENT = 5.5, 5.5, 6.0
STRIP, GAP, LANE_GAP, ROW_GAP = 15.0, 13.0, 12.0, 14.0
RULE, TIP = 0.75, 4.0  # the weight of the table rules; the length of an arrow's tip
WIDEST = 176.0  # of a column: longer lines do not read better
INK, LANE, STAGE = "#1a1a1a", "#ececea", "#d6e6f2"
PREVIOUS_SHARE = 0.8  # of a column: it has one box


@dataclass(frozen=True)
class _Set:
    """A wrapped line: its text, how far in it stands, and how far below the top of its part."""

    text: str
    indent: float
    down: float = 0.0


@dataclass(frozen=True)
class _Placed:
    """A box where it is drawn, in points from the top left."""

    box: FlowBox
    x: float
    y: float
    w: float
    h: float

    @property
    def middle(self) -> float:
        return self.y + self.h / 2

    @property
    def centre(self) -> float:
        return self.x + self.w / 2

    @property
    def bottom(self) -> float:
        return self.y + self.h

    @property
    def right(self) -> float:
        return self.x + self.w


@dataclass(frozen=True)
class _Grid:
    """Where the columns are: by lane, the left edge and width of the main column and of the side column."""

    main: Mapping[str, tuple[float, float]]
    side: Mapping[str, tuple[float, float]]
    width: float


def to_list(field: str) -> str:
    """The address of a field's list on the same page."""
    return f"#box-{field}"


def draw(
    flow: CountedFlow,
    *,
    labels: Labels | None = None,
    link: Callable[[str], str] | None = to_list,
    key: str = "flow",
    drawing: Drawing | None = None,
) -> str:
    """The diagram as one SVG element.

    link: a field's name to the address of its list; None draws no links (a picture for a journal).
    key: begins the ids inside, for a page with two diagrams. drawing: what a review may choose. The same flow gives the same bytes.
    """
    words = wording(flow, labels)
    boxes, grid = flow_boxes(flow, words, drawing), _grid(lanes(flow), (drawing or Drawing()).width)
    heads = {lane: balanced(words.say(f"flow.lane.{lane}"), _span(grid, lane)[1] - 2 * PAD_X, bold=True) for lane in lanes(flow)}
    top = max(map(len, heads.values())) * LEADING + 2 * PAD_Y + 8
    placed, rows = _placed(boxes, grid, top, words)
    bottom = max(item.bottom for item in placed)
    notes = [line for note in flow_notes(flow, words, drawing) for line in wrap(note, grid.width)]
    height = bottom + (8 + LEADING * len(notes) if notes else 0) + 2
    parts = [
        *_lane_heads(heads, grid, top - 8),
        *_stages(rows, words),
        *(f'<path class="arrow" d="{path}" fill="none" stroke="{INK}" stroke-width="{RULE}"/>' for path in _paths(placed)),
        *(f'<path class="tip" d="{tip}" fill="{INK}"/>' for tip in _tips(placed)),
        *(_box(item, words, link) for item in sorted(placed, key=lambda item: boxes.index(item.box))),  # lane by lane, as one reads
        *(_text([line], STRIP + 8, bottom + 8 + LEADING * at + BASE) for at, line in enumerate(notes)),
    ]
    return _svg(parts, grid.width + RULE, height, as_text(flow, words, drawing), words, key)


def figure(flow: CountedFlow, *, labels: Labels | None = None, name: Callable[[str, str], str] | None = None) -> str:
    """The diagram for a page or a notebook's output, with the lists that its links lead to. ``name``: see ``box_lists``."""
    return f'<figure class="flow">\n{draw(flow, labels=labels)}</figure>\n{box_lists(flow, labels, name=name)}'


def _svg(parts: Sequence[str], wide: float, high: float, text: str, words: Labels, key: str) -> str:
    title = words.say("flow.title")
    summary = "; ".join(line.strip() for line in text.splitlines()[1:] if line.strip())
    desc, inside = words.say("flow.desc", summary=summary), "\n".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="flow-diagram" id="{key}" width="{_n(wide / MILLIMETRE)}mm" '
        f'height="{_n(high / MILLIMETRE)}mm" viewBox="0 0 {_n(wide)} {_n(high)}" preserveAspectRatio="xMinYMin" role="group" '
        f'aria-labelledby="{key}-title" aria-describedby="{key}-desc" '
        f'lang="{escaped(words.lang)}" font-family="{escaped(FACE)}" font-size="{_n(SIZE)}">\n'
        f'<title id="{key}-title">{escaped(title)}</title>\n<desc id="{key}-desc">{escaped(desc)}</desc>\n'
        f'<rect class="paper" width="{_n(wide)}" height="{_n(high)}" fill="#fff"/>\n{inside}\n</svg>\n'
    )


def _grid(shown: Sequence[str], wide: int) -> _Grid:
    """Columns of equal width: two for each lane, one for previous studies."""
    if len(shown) > 1 and wide < WIDTHS[0]:
        said = f"this flow has {len(shown)} lanes: at {wide} mm its boxes would be too narrow for their words"
        raise InputRefused(said, expected=f"width {WIDTHS[0]}")
    full, left = wide * MILLIMETRE, STRIP + 8
    shares = sum(PREVIOUS_SHARE if lane == "previous" else 2 for lane in shown)
    gaps = LANE_GAP * (len(shown) - 1) + GAP * sum(lane != "previous" for lane in shown)
    column = min(WIDEST, (full - RULE - left - gaps) / shares)
    main, side, x = {}, {}, left
    for lane in shown:
        own = column * (PREVIOUS_SHARE if lane == "previous" else 1)
        main[lane] = (x, own)
        if lane != "previous":
            side[lane] = (x + own + GAP, own)
            x += GAP + own
        x += own + LANE_GAP
    main_lane = next(lane for lane in shown if lane != "previous")
    return _Grid(main | {"included": main[main_lane]}, side, x - LANE_GAP)


def _span(grid: _Grid, lane: str) -> tuple[float, float]:
    x, wide = grid.main[lane]
    return (x, grid.side[lane][0] + grid.side[lane][1] - x) if lane in grid.side else (x, wide)


def _lines(part: Part, wide: float) -> list[_Set]:
    room, lines, down = wide - 2 * PAD_X, [], 0.0
    for at, entry in enumerate((part.text, *part.under)):
        inner = INDENT * (part.indent + bool(at))
        down += APART if at else 0
        for text in wrap(entry, room - inner, hyphen="-"):
            lines.append(_Set(text, inner, down))
            down += LEADING
    return lines


def _height(lines: Sequence[_Set]) -> float:
    return lines[-1].down + LEADING


def _inner(box: FlowBox, wide: float) -> float:
    """The height of all lines of *box* at that width."""
    return sum(_height(_lines(part, wide)) for part in box.parts) + APART * (len(box.parts) - 1)


def _placed(boxes: Sequence[FlowBox], grid: _Grid, top: float, words: Labels) -> tuple[list[_Placed], dict[str, tuple[float, float]]]:
    """Every box in its place, and each row's top and bottom. A row's boxes begin at one height; a side box may reach further down."""
    placed: list[_Placed] = []
    rows: dict[str, tuple[float, float]] = {}
    y = top
    for row in ROWS:
        here = [box for box in boxes if box.row == row]
        if not here:
            continue
        wide = {box.key: (grid.side if box.side else grid.main)[box.lane] for box in here}
        high = {box.key: _inner(box, wide[box.key][1]) + 2 * PAD_Y for box in here}
        least = max([_stage_room(row, words), *(high[box.key] for box in here if not box.side or row == "identified")])
        columns: dict[tuple[str, bool], float] = {}
        for box in here:
            x, w = wide[box.key]
            start = columns.get((box.lane, box.side), y)
            item = _Placed(box, x, start, w, max(high[box.key], least) if start == y else high[box.key])
            placed.append(item)
            columns[box.lane, box.side] = item.bottom + ROW_GAP * 0.6
        end = max(item.bottom for item in placed if item.box.row == row)
        rows[row] = (y, end)
        y = end + ROW_GAP
    return placed, rows


def _stage_room(row: str, words: Labels) -> float:
    """A stage of one row must be as high as its name is long."""
    alone = {"identified": "identification", "new": "included"}
    return width(words.say(f"flow.stage.{alone[row]}"), SIZE, bold=True) / 0.9 + 8 if row in alone else 0.0


def _lane_heads(lines: Mapping[str, Sequence[str]], grid: _Grid, bottom: float) -> Iterator[str]:
    for lane, texts in lines.items():
        x, wide = _span(grid, lane)
        yield f'<rect class="lane" x="{_n(x)}" y="0" width="{_n(wide)}" height="{_n(bottom)}" fill="{LANE}"/>'
        first = bottom / 2 - LEADING * (len(texts) - 1) / 2 + SIZE * 0.36
        yield _text(texts, x + wide / 2, first, anchor="middle", bold=True)


def _stages(rows: Mapping[str, tuple[float, float]], words: Labels) -> Iterator[str]:
    for stage, of in STAGES.items():
        there = [rows[row] for row in of if row in rows]
        if not there:
            continue
        y, end = there[0][0], there[-1][1]
        middle = (y + end) / 2
        yield f'<rect class="stage" x="0" y="{_n(y)}" width="{_n(STRIP)}" height="{_n(end - y)}" fill="{STAGE}"/>'
        at = STRIP / 2 + SIZE * 0.36
        yield (
            f'<text transform="rotate(-90 {_n(at)} {_n(middle)})" x="{_n(at)}" y="{_n(middle)}" text-anchor="middle" font-weight="bold" '
            f'fill="{INK}">{escaped(words.say(f"flow.stage.{stage}"))}</text>'
        )


def _box(item: _Placed, words: Labels, link: Callable[[str], str] | None) -> str:
    box, lines = item.box, [(part, _lines(part, item.w)) for part in item.box.parts]
    y = item.middle - _inner(box, item.w) / 2
    inside = []
    for part, texts in lines:
        inside.append(_part(part, texts, item, y, words, link))
        y += _height(texts) + APART
    return (
        f'<g class="flow-box {box.key}">\n<rect class="box" x="{_n(item.x)}" y="{_n(item.y)}" width="{_n(item.w)}" height="{_n(item.h)}" '
        f'fill="#fff" stroke="{INK}" stroke-width="{RULE}"/>\n' + "\n".join(inside) + "\n</g>"
    )


def _part(part: Part, lines: Sequence[_Set], item: _Placed, y: float, words: Labels, link: Callable[[str], str] | None) -> str:
    """One field's lines; as a link they are one stop for the keyboard, with a name that begins with what is seen."""
    text = "".join(_tspan(line, item.x + PAD_X, y + line.down + BASE) for line in lines)
    if not part.field or link is None:
        title = f"<title>{escaped(part.tip)}</title>" if part.tip else ""
        return f'<text fill="{INK}">{title}{text}</text>'
    shown = f'<text fill="{INK}">{text}</text>'
    name = words.say("flow.link", label=part.text.replace("\u00a0", " "))
    hit = (
        f'<rect class="hit" x="{_n(item.x + 2)}" y="{_n(y)}" width="{_n(item.w - 4)}" height="{_n(_height(lines))}" '
        'fill="none" pointer-events="all"/>'
    )
    start = f'<a href="{escaped(link(part.field))}" id="from-box-{part.field}"><title>{escaped(name)}</title>'
    return f"{start}{hit}\n{shown}</a>"


def _text(lines: Sequence[str], x: float, y: float, *, anchor: str = "start", bold: bool = False) -> str:
    inside = "".join(_tspan(_Set(line, 0), x, y + LEADING * at, apart=anchor == "start") for at, line in enumerate(lines))
    weight = ' font-weight="bold"' if bold else ""
    return f'<text text-anchor="{anchor}"{weight} fill="{INK}">{inside}</text>'


def _tspan(line: _Set, x: float, y: float, *, apart: bool = True) -> str:
    blank = " " if apart else ""  # keeps copied words apart; a centred line would be pushed aside by it
    return f'<tspan x="{_n(x + line.indent)}" y="{_n(y)}">{escaped(line.text.replace(SOFT, ""))}{blank}</tspan>'


def _joins(placed: Sequence[_Placed]) -> Iterator[list[tuple[float, float]]]:
    """Every arrow as its corners, the last one where the tip is."""
    for lane in dict.fromkeys(item.box.lane for item in placed):
        main = [item for item in placed if item.box.lane == lane and not item.box.side]
        for before, after in pairwise(main):
            yield [(before.centre, before.bottom), (after.centre, after.y)]
        for item in main:
            beside = [one for one in placed if one.box.lane == lane and one.box.side and one.box.row == item.box.row]
            yield from _to_side(item, beside)
    yield from _to_included({item.box.key: item for item in placed}, placed)


def _to_side(item: _Placed, beside: Sequence[_Placed]) -> Iterator[list[tuple[float, float]]]:
    for at, one in enumerate(beside):
        if at == 0:
            y = min(item.middle, one.middle)
            yield [(item.right, y), (one.x, y)]
            start = y
        else:  # branches off where the arrow before it did
            turn = (item.right + one.x) / 2
            yield [(turn, start), (turn, one.middle), (one.x, one.middle)]
            start = one.middle


def _to_included(by_key: Mapping[str, _Placed], placed: Sequence[_Placed]) -> Iterator[list[tuple[float, float]]]:
    """The last box of each lane to the new studies, and the previous studies to the totals."""
    new, total = by_key.get("box10"), by_key.get("box16")
    for lane in ("dbr", "other"):
        main = [item for item in placed if item.box.lane == lane and not item.box.side]
        if new is None or not main:
            continue
        last = main[-1]
        if last.x == new.x:
            yield [(last.centre, last.bottom), (new.centre, new.y)]
        else:
            yield [(last.centre, last.bottom), (last.centre, new.middle), (new.right, new.middle)]
    if "box1" in by_key and total is not None:
        first = by_key["box1"]
        yield [(first.centre, first.bottom), (first.centre, total.middle), (total.x, total.middle)]


def _paths(placed: Sequence[_Placed]) -> Iterator[str]:
    for corners in _joins(placed):
        (x, y), before = corners[-1], corners[-2]
        short = TIP - 0.5  # the line ends inside its tip
        x -= short * ((x > before[0]) - (x < before[0]))
        y -= short * ((y > before[1]) - (y < before[1]))
        yield "M" + "L".join(f"{_n(a)} {_n(b)}" for a, b in [*corners[:-1], (x, y)])


def _tips(placed: Sequence[_Placed]) -> Iterator[str]:
    for corners in _joins(placed):
        (x, y), (a, b) = corners[-1], corners[-2]
        dx, dy = (x > a) - (x < a), (y > b) - (y < b)
        back_x, back_y, half = x - TIP * dx, y - TIP * dy, TIP * 0.5
        yield f"M{_n(x)} {_n(y)}L{_n(back_x + half * dy)} {_n(back_y + half * dx)}L{_n(back_x - half * dy)} {_n(back_y - half * dx)}Z"


def _n(value: float) -> str:
    """A coordinate with at most two decimals and without needless zeros."""
    return f"{value:.2f}".rstrip("0").rstrip(".")
