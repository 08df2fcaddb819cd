"""What each box of the flow says, in words: the one source of the drawn diagram, its text twin, its table and its lists.

It reads the sets that it is handed and counts nothing else. An absent field says nothing; a zero is printed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from review.errors import InputRefused, near
from review.reporting.drawing import Drawing, mark
from review.reporting.escaping import anchor, escaped
from review.reporting.labels import Labels, load_labels
from review.reporting.lettering import SOFT, held
from review.reporting.table import Cell, Column, Table, Trace


class CountedBox(Protocol):
    """A box of the flow: how many, by source or reason too, and the ids behind it; a typed number has none."""

    @property
    def unit(self) -> str: ...
    @property
    def n(self) -> int: ...
    @property
    def counts(self) -> Mapping[str, int]: ...
    @property
    def ids(self) -> tuple[str, ...]: ...
    @property
    def by(self) -> Mapping[str, tuple[str, ...]]: ...


class CountedFlow(Protocol):
    """A flow: template, date, heads, boxes by field name (an absent field is not there), notes."""

    @property
    def template(self) -> str: ...
    @property
    def as_of(self) -> str: ...
    @property
    def boxes(self) -> Mapping[str, CountedBox]: ...
    @property
    def notes(self) -> tuple[str, ...]: ...


@dataclass(frozen=True)
class Part:
    """A field's lines within a box: what it says, and under it its sources or reasons. ``field`` is '' for a heading.

    ``tip``: the same number with its name and unit in full, for whoever points at it.
    """

    field: str
    text: str
    indent: int = 0
    under: tuple[str, ...] = ()
    tip: str = ""


@dataclass(frozen=True)
class FlowBox:
    """A drawn box: its lane (previous, dbr, other, included), its row, whether it stands at the side, and its parts."""

    key: str
    lane: str
    row: str
    side: bool
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class _Plan:
    """How a box is filled. ``lead`` has its number in the first line; of ``fields``, those in ``if_any`` speak only when not empty."""

    key: str
    lane: str
    row: str
    side: bool = False
    head: str = ""
    lead: str = ""
    fields: tuple[str, ...] = ()
    if_any: tuple[str, ...] = ()
    listed: tuple[str, ...] = ()


ROWS = ("identified", "screened", "sought", "assessed", "new", "total", "analysed")
STAGES = {"identification": ("identified",), "screening": ("screened", "sought", "assessed"), "included": ("new", "total", "analysed")}
LANES = {"new_v1": ("dbr",), "new_v2": ("dbr", "other"), "upd_v1": ("previous", "dbr"), "upd_v2": ("previous", "dbr", "other")}
_BY_PEOPLE, _BY_TOOL = "records_excluded_human", "records_excluded_automatic"


def _lane_plans(lane: str, boxes: tuple[str, str, str, str]) -> tuple[_Plan, ...]:
    """Sought, not retrieved, assessed, excluded and the side boxes, which the two lanes share."""
    sought, missed, assessed, excluded = boxes
    return (
        _Plan(sought, lane, "sought", lead=f"{lane}_sought_reports", if_any=(f"{lane}_retrieval_waiting",)),
        _Plan(missed, lane, "sought", True, lead=f"{lane}_notretrieved_reports"),
        _Plan(assessed, lane, "assessed", lead=f"{lane}_assessed", if_any=(f"{lane}_assessed_waiting",)),
        _Plan(excluded, lane, "assessed", True, lead=f"{lane}_excluded", listed=(f"{lane}_excluded",)),
        _Plan(f"{lane}-ongoing", lane, "assessed", True, if_any=(f"{lane}_ongoing",)),
        _Plan(f"{lane}-awaiting", lane, "assessed", True, if_any=(f"{lane}_awaiting",)),
    )


_SOURCES = ("database_results", "register_results")
_REMOVED = ("duplicates", "excluded_automatic", "excluded_other")
_ANALYSED = ("total_studies_ma", "total_reports_ma")  # in no template of PRISMA: only ever typed
_ELSEWHERE = ("website_results", "organisation_results", "citations_results")
_PLANS = (
    _Plan("box1", "previous", "identified", fields=("previous_studies", "previous_reports")),
    _Plan("box2", "dbr", "identified", head="identified", fields=_SOURCES, listed=_SOURCES),
    _Plan("box3", "dbr", "identified", True, head="removed", fields=_REMOVED, listed=("excluded_automatic", "excluded_other")),
    _Plan("box4", "dbr", "screened", lead="records_screened", if_any=("records_waiting",)),
    _Plan("box5", "dbr", "screened", True, lead="records_excluded", fields=(_BY_PEOPLE, _BY_TOOL), listed=(_BY_TOOL,)),
    *_lane_plans("dbr", ("box6", "box7", "box8", "box9")),
    _Plan("box11", "other", "identified", head="identified", fields=_ELSEWHERE, if_any=("contact_results", "hand_results")),
    *_lane_plans("other", ("box12", "box13", "box14", "box15")),
    _Plan("box10", "included", "new", fields=("new_studies", "new_reports")),
    _Plan("box16", "included", "total", fields=("total_studies", "total_reports")),
    _Plan("box17", "included", "analysed", fields=_ANALYSED),
)
# in the order in which the lists and the table name them; the last of each lane are counted and not drawn
FIELDS: Mapping[str, tuple[str, ...]] = {
    "previous": ("previous_studies", "previous_reports"),
    "dbr": (
        *_SOURCES, *_REMOVED, "records_screened", "records_excluded", _BY_PEOPLE, _BY_TOOL, "records_waiting",
        "records_passed", "dbr_sought_reports", "dbr_notretrieved_reports", "dbr_retrieval_waiting", "dbr_assessed", "dbr_excluded",
        "dbr_ongoing", "dbr_awaiting", "dbr_assessed_waiting", "dbr_included_reports",
    ),
    "other": (
        *_ELSEWHERE, "contact_results", "hand_results", "other_duplicates", "other_sought_reports", "other_notretrieved_reports",
        "other_retrieval_waiting", "other_assessed", "other_excluded", "other_ongoing", "other_awaiting", "other_assessed_waiting",
        "other_included_reports",
    ),
    "included": ("new_studies", "new_reports", "total_studies", "total_reports", *_ANALYSED),
}  # fmt: skip


def wording(flow: CountedFlow, labels: Labels | None = None) -> Labels:
    """The words for this flow: an update speaks of new studies, a first version of studies (``flow.first`` of the labels)."""
    words, first = labels or load_labels(), "flow.first."
    if flow.template.startswith("upd"):
        return words
    own = {f"flow.{key.removeprefix(first)}": text for key, text in words.words.items() if key.startswith(first)}
    return Labels({**words.words, **own})


def lanes(flow: CountedFlow) -> tuple[str, ...]:
    """The lanes that are drawn: those of the template, less one in which nothing was searched and nothing stands."""
    there = tuple(lane for lane in LANES.get(flow.template, LANES["new_v2"]) if _stands(flow, lane))
    return there if "dbr" in there or "other" in there else (*there, "dbr")


def _stands(flow: CountedFlow, lane: str) -> bool:
    sources = {"previous": FIELDS["previous"], "dbr": _SOURCES, "other": (*_ELSEWHERE, "contact_results", "hand_results")}[lane]
    return any(field in flow.boxes for field in sources) or any(_any(flow, field) for field in FIELDS[lane])


def flow_boxes(flow: CountedFlow, labels: Labels | None = None, drawing: Drawing | None = None) -> tuple[FlowBox, ...]:
    """The boxes that are drawn, lane by lane and downwards. A box whose fields are all absent is left out."""
    words, chosen, shown = wording(flow, labels), drawing or Drawing(), (*lanes(flow), "included")
    filled = ((plan, tuple(_parts(_chosen(plan, flow, chosen), flow, words))) for plan in _PLANS if plan.lane in shown)
    boxes = [FlowBox(plan.key, plan.lane, plan.row, plan.side, parts) for plan, parts in filled if any(part.field for part in parts)]
    return tuple(_marked(boxes, chosen.footnotes))


def _chosen(plan: _Plan, flow: CountedFlow, drawing: Drawing) -> _Plan:
    """The plan as this review wants it: people and tools apart only where a tool excluded something, reasons where they are wished."""
    if plan.key == "box5":
        whole = not _any(flow, _BY_TOOL)
        reasons = (plan.lead if whole else _BY_PEOPLE,) if drawing.reasons == "both" else ()
        return replace(plan, fields=() if whole else plan.fields, listed=(*plan.listed, *reasons))
    if plan.key == "box16" and not drawing.total_reports:
        return replace(plan, fields=plan.fields[:1])
    return plan


def _parts(plan: _Plan, flow: CountedFlow, words: Labels) -> Iterator[Part]:
    if plan.head:
        yield Part("", words.say(f"flow.head.{plan.head}"))
    if plan.lead:
        yield from _part(plan, plan.lead, 0, flow, words)
    for field in (*plan.fields, *(field for field in plan.if_any if _any(flow, field))):
        yield from _part(plan, field, 1 if plan.head or plan.lead else 0, flow, words)


def _part(plan: _Plan, field: str, indent: int, flow: CountedFlow, words: Labels) -> Iterator[Part]:
    if field in flow.boxes:
        box = flow.boxes[field]
        lines = flow.boxes.get(_BY_PEOPLE, box) if field == "records_excluded" else box  # of both, where only people excluded
        under = tuple(_with_n(name, n, words) for name, n in lines.counts.items()) if field in plan.listed else ()
        tip = words.say("flow.tip", name=alone(field, words), n=words.count(box.n, box.unit))
        yield Part(field, said(field, box.n, words), indent, under, tip)


def _marked(boxes: Sequence[FlowBox], footnotes: Mapping[str, str]) -> Iterator[FlowBox]:
    """The boxes with a mark behind each line that has a footnote, in the order in which they are drawn."""
    known = [field for fields in FIELDS.values() for field in fields]
    for field in footnotes:
        if field not in known:
            raise InputRefused(f"there is no field {field!r} to note something on", next_step=near(field, known))
    marks = _marks(boxes, footnotes)
    for box in boxes:
        yield replace(box, parts=tuple(replace(p, text=p.text + marks[p.field]) if p.field in marks else p for p in box.parts))


def _marks(boxes: Sequence[FlowBox], footnotes: Mapping[str, str]) -> dict[str, str]:
    noted = [part.field for box in boxes for part in box.parts if part.field in footnotes]
    return {field: mark(at) for at, field in enumerate(noted)}


def flow_notes(flow: CountedFlow, labels: Labels | None = None, drawing: Drawing | None = None) -> list[str]:
    """What stands below the boxes: the footnotes of what is drawn, with their marks, then the notes of the flow."""
    chosen = drawing or Drawing()
    marks = _marks(flow_boxes(flow, labels, chosen), chosen.footnotes)
    return [*(f"{sign} {chosen.footnotes[field]}" for field, sign in marks.items()), *flow.notes]


def _any(flow: CountedFlow, field: str) -> bool:
    return field in flow.boxes and flow.boxes[field].n > 0


def said(field: str, n: int, words: Labels) -> str:
    """A field's line in the diagram: its name and its number."""
    label = words.words[f"flow.field.{field}"]
    return label.format(n=words.number(n)) if "{n}" in label else _with_n(label, n, words)


def _with_n(name: str, n: int, words: Labels) -> str:
    return f"{name} {held(words.say('flow.n', n=words.number(n)))}"


def alone(field: str, words: Labels) -> str:
    """A field's name where it stands by itself, outside its box."""
    return words.say(f"flow.alone.{field}" if words.has(f"flow.alone.{field}") else f"flow.field.{field}")


def as_text(flow: CountedFlow, labels: Labels | None = None, drawing: Drawing | None = None) -> str:
    """The diagram in plain text: every line that is drawn, lane by lane, and the notes."""
    words = wording(flow, labels)
    lines = [words.say("flow.title"), *([words.say("page.as_of", date=words.moment(flow.as_of))] if flow.as_of else [])]
    boxes = flow_boxes(flow, words, drawing)
    for lane in dict.fromkeys(box.lane for box in boxes):
        lines += ["", words.say(f"flow.lane.{lane}")]
        for box in (box for box in boxes if box.lane == lane):
            arrow = "→ " if box.side else ""
            for at, part in enumerate(box.parts):
                margin = "  " + ("  " if box.side else "") + "  " * part.indent
                lines.append(margin + (arrow if at == 0 else "  " * bool(arrow)) + part.text)
                lines += [f"{margin}    {one}" for one in part.under]
    if notes := flow_notes(flow, words, drawing):
        lines += ["", *notes]
    return "\n".join(lines).replace("\u00a0", " ").replace(SOFT, "") + "\n"


def flow_table(
    flow: CountedFlow,
    labels: Labels | None = None,
    *,
    trace: Callable[[str, str], str | None] | None = None,
    traces: Mapping[str, Trace] | None = None,
) -> Table:
    """Every number of the flow as a table, those that are not drawn included; sources and reasons stand under their box.

    trace: (field, source or reason, '' for the whole) to the key of the number's origin in *traces*.
    """
    words, rows, origin = wording(flow, labels), [], trace or (lambda field, group: None)
    for lane, field in _present(flow):
        box, name = flow.boxes[field], words.say(f"flow.way.{lane}")
        rows.append(_row(alone(field, words), name, box.n, box.unit, words, origin(field, "")))
        rows += [_row(f"– {one}", name, n, box.unit, words, origin(field, one)) for one, n in box.counts.items()]
    columns = (
        Column("box", words.say("flow.box_head"), width=4),
        Column("found_by", words.say("flow.lane_head"), width=3),
        Column("n", words.say("flow.n_head"), align="right"),
        Column("unit", words.say("flow.unit_head")),
    )
    return Table("flow-numbers", words.say("flow.table"), columns, tuple(rows), tuple(flow.notes), traces or {}, labels=words)


def _row(label: str, lane: str, n: int, unit: str, words: Labels, trace: str | None) -> tuple[Cell, ...]:
    return Cell(label), Cell(lane), Cell(words.number(n), trace=trace), Cell(words.say(f"unit.{unit}"))


def box_lists(
    flow: CountedFlow,
    labels: Labels | None = None,
    *,
    name: Callable[[str, str], str] | None = None,
    trace: Callable[[str, str], str | None] | None = None,
    most: int = 500,
) -> str:
    """What each number holds, as HTML: a folded section with ``<article id="box-FIELD">`` for each field, where the diagram's links lead.

    name: (unit, id) to the words for one record, report or study, plain text; the id itself without it.
    trace: (unit, id) to the key of its origin, which the name then opens; None for one without.
    most: how many ids a box lists; it says how many more there are.
    """
    words = wording(flow, labels)
    shown = _shown(name or (lambda unit, one: one), trace or (lambda unit, one: None))
    fields = [field for _, field in _present(flow)]
    drawn = {part.field for box in flow_boxes(flow, words) for part in box.parts}
    articles = "".join(_list(field, flow.boxes[field], words, shown, most, field in drawn) for field in fields)
    fold = escaped(words.say("flow.lists_fold", n=words.number(len(fields))))
    return f'<details class="origins lists" id="flow-lists"><summary>{fold}</summary>\n{articles}</details>\n'


def _shown(name: Callable[[str, str], str], trace: Callable[[str, str], str | None]) -> Callable[[str, str], str]:
    def item(unit: str, one: str) -> str:
        key, said = trace(unit, one), escaped(name(unit, one))
        return said if key is None else f'<a class="trace" href="#trace-{anchor(key)}">{said}</a>'

    return item


def _list(field: str, box: CountedBox, words: Labels, shown: Callable[[str, str], str], most: int, drawn: bool) -> str:
    back = (f"from-box-{field}", "trace.back") if drawn else ("top", "trace.back_top")
    groups = []
    listed = {one for ids in box.by.values() for one in ids}
    rest = tuple(one for one in box.ids if one not in listed)
    for head, ids in [*box.by.items(), ("", rest)]:
        if not ids:
            continue
        title = f'<h4 aria-level="3">{escaped(f"{head}: {words.count(len(ids), box.unit)}")}</h4>' if head else ""
        items = "".join(f"<li>{shown(box.unit, one)}</li>" for one in ids[:most])
        more = f"<li>{escaped(words.say('flow.more', n=words.number(len(ids) - most)))}</li>" if len(ids) > most else ""
        groups.append(f'{title}<ul class="ids">{items}{more}</ul>')
    inside = "".join(groups) or f"<p>{escaped(words.say('flow.nothing'))}</p>"
    return (
        f'<article class="origin" id="box-{field}" aria-labelledby="box-{field}-label">\n<h3 aria-level="2" id="box-{field}-label">'
        f'{escaped(alone(field, words))}</h3>\n<p class="value">{words.count(len(box.ids), box.unit)}</p>\n{inside}\n'
        f'<p class="back"><a href="#{back[0]}">{escaped(words.say(back[1]))}</a></p>\n</article>\n'
    )


def _present(flow: CountedFlow) -> list[tuple[str, str]]:
    return [(lane, field) for lane, fields in FIELDS.items() for field in fields if field in flow.boxes]
