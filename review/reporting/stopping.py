"""How far title and abstract screening is: the outlook and the SAFE checklist as tables, and the curve of what was found.

It shows what is finally decided, which is the same for everybody; nothing here stops anything.
"""

from __future__ import annotations

from dataclasses import replace

from review.reporting.escaping import escaped
from review.reporting.figures import Figure
from review.reporting.lettering import FACE
from review.reporting.rooms import Rooms
from review.reporting.table import Cell, Column, Table
from review.reporting.trace import decision_entry, key_of, names
from review.reporting.trace_counts import MOST, counted
from review.reporting.trace_view import Trace, TraceEntry
from review.screening.stopping import Outlook
from review.text import bidi_closed

STAGE = "title_abstract"
WIDE, HIGH = 241.0, 198.0  # points: one column of a journal, 85 mm by 70 mm
LEFT, RIGHT, TOP, BOTTOM = 44.0, 8.0, 10.0, 34.0
INK, GREY, SIZE = "#1a1a1a", "#6a6a6a", 8
_PHASES = {1: "1: a random set", 2: "2: the ranking", 3: "3: another model", 4: "4: the exclusions"}


def outlook(rooms: Rooms) -> Table:
    """What was screened, what is left, and what may be promised."""
    behind = _behind(rooms, "outlook")
    rows = tuple((Cell(what), Cell(said, trace=behind.key)) for what, said in rooms.screening.outlook(STAGE).as_rows())
    columns = (Column("what", "Title and abstract", width=2), Column("said", "How it stands", width=5))
    note = (
        "Final decisions only, in the order in which records were read: of several reviewers, when the last one due had answered, "
        "also where a conflict was resolved later. The promise is recall of what these reviewers would include at this stage."
    )
    title = "What may be promised if screening stopped now"
    return Table("outlook", title, columns, rows, rooms.table_notes(note), {behind.key: behind})


def safe(rooms: Rooms) -> Table:
    """The SAFE checklist: each line done, not yet, or cannot be said."""
    behind = _behind(rooms, "safe")
    rows = tuple(
        (Cell(line.what), *(Cell(text, trace=behind.key) for text in (_PHASES[line.phase], line.state, line.figures)))
        for line in rooms.screening.safe(STAGE)
    )
    columns = (
        Column("what", "What", width=4), Column("phase", "Phase", width=2), Column("state", "State", width=2),
        Column("figures", "Figures", width=4),
    )  # fmt: skip
    note = "Boetje and van de Schoot 2024; the thresholds were not checked against the publication. Only what the ledger can show."
    return Table("safe", "The SAFE checklist of stopping", columns, rows, rooms.table_notes(note), {behind.key: behind})


def _behind(rooms: Rooms, table: str) -> Trace:
    """The origin of every line of *table*: how it came about, then the final decisions."""
    done, known = rooms.screening.progress(STAGE).done, names(rooms)
    decided = []
    for one in done[:MOST]:
        entry = decision_entry(rooms, rooms.seat.event(one.event))
        decided.append(replace(entry, what=f"{bidi_closed(known.get(one.report, one.report))}: {entry.what}", quote=None))
    first = TraceEntry("", "Computed from the final decisions when this page was made", "count", rooms.as_of)
    return counted(rooms, key_of(table, "final"), "Final decisions at title and abstract", decided, len(done), first=(first,))


def curve(rooms: Rooms) -> Figure:
    """Relevant records found against records screened, with the number in words."""
    found = rooms.screening.outlook(STAGE)
    caption = "Relevant records found as title and abstract were screened"
    alt = f"{caption}: {found.relevant:,} after {found.screened:,} screened; {found.left:,} left"
    svg = draw(found, caption, alt)
    html = f'<figure class="picture">{svg}<figcaption>{escaped(caption)}</figcaption></figure>'
    return Figure(html, f"{alt}\n{_steps(found)}", {}, svg=svg, alt=alt, caption=caption)


def _steps(found: Outlook) -> str:
    """The curve in at most ten lines of text."""
    n = found.screened
    stops = sorted({max(1, round(n * tenth / 10)) for tenth in range(1, 11)}) if n else []
    return "\n".join(f"{at:>7,} screened {found.found[at - 1]:>6,} found" for at in stops)


def draw(found: Outlook, title: str, description: str) -> str:
    """The curve as an SVG of one column; beyond what was screened, nothing is drawn."""
    records, most = max(found.screened + found.left, 1), max(found.relevant, 1)
    across, up = (WIDE - LEFT - RIGHT) / records, (HIGH - TOP - BOTTOM) / most

    def place(screened: float, relevant: float) -> str:
        return f"{LEFT + across * screened:.2f},{HIGH - BOTTOM - up * relevant:.2f}"

    steps = [place(0, 0)]
    for at, now in enumerate(found.found, 1):
        before = found.found[at - 2] if at > 1 else 0
        if now != before:
            steps += [place(at, before), place(at, now)]
    steps.append(place(found.screened, found.relevant))
    base = HIGH - BOTTOM
    parts = [
        f'<path d="M{LEFT},{TOP} V{base} H{WIDE - RIGHT}" fill="none" stroke="{INK}" stroke-width="0.75"/>',
        f'<polyline points="{" ".join(steps)}" fill="none" stroke="{INK}" stroke-width="1.25"/>',
        *(_tick(LEFT + across * at, base, f"{at:,}", below=True) for at in _round_numbers(records)),
        *(_tick(LEFT, base - up * at, f"{at:,}", below=False) for at in _round_numbers(most)),
        f'<text x="{(LEFT + WIDE - RIGHT) / 2}" y="{HIGH - 6}" text-anchor="middle">Records screened, of {records:,}</text>',
        f'<text transform="translate(11 {(TOP + base) / 2}) rotate(-90)" text-anchor="middle">Relevant records found</text>',
    ]
    if found.left:
        edge = LEFT + across * found.screened
        parts.append(f'<path d="M{edge:.2f},{TOP} V{base}" stroke="{GREY}" stroke-width="0.75" stroke-dasharray="2 2"/>')
        side = (edge + 4, "start") if found.screened < found.left else (edge - 4, "end")
        parts.append(f'<text x="{side[0]:.2f}" y="{base - 6}" text-anchor="{side[1]}" fill="{GREY}">{found.left:,} left</text>')
    inside = "\n".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="85mm" height="70mm" viewBox="0 0 {WIDE:g} {HIGH:g}" role="img" '
        f'font-family="{escaped(FACE)}" font-size="{SIZE}" fill="{INK}">\n<title>{escaped(title)}</title>\n'
        f'<desc>{escaped(description)}</desc>\n<rect width="{WIDE:g}" height="{HIGH:g}" fill="#fff"/>\n{inside}\n</svg>\n'
    )


def _tick(x: float, y: float, text: str, *, below: bool) -> str:
    mark = f"V{y + 3:.2f}" if below else f"H{x - 3:.2f}"
    at = f'x="{x:.2f}" y="{y + 12:.2f}" text-anchor="middle"' if below else f'x="{x - 5:.2f}" y="{y + 2.8:.2f}" text-anchor="end"'
    return f'<path d="M{x:.2f},{y:.2f} {mark}" stroke="{INK}" stroke-width="0.75" fill="none"/><text {at}>{text}</text>'


def _round_numbers(most: int) -> list[int]:
    """Zero and up to four round numbers up to *most*."""
    step = next(size * 10**power for power in range(12) for size in (1, 2, 5) if most / (size * 10**power) <= 4)
    return list(range(0, most + 1, step))
