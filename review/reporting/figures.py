"""Figures for reports: the flow diagram with, below it, what each number holds and where each id came from."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from review.errors import IdentityBroken
from review.model.notice_titles import Notice
from review.model.views import RecordView
from review.reporting.diagram import draw
from review.reporting.drawing import Drawing
from review.reporting.flow import Flow
from review.reporting.flow_text import alone, as_text, box_lists, flow_table, wording
from review.reporting.notices import flag_of
from review.reporting.rooms import Rooms
from review.reporting.table import BLOCK_MIME, Cell, Column, Table
from review.reporting.trace import by_row, key_of, report_trace, study_trace
from review.reporting.trace_counts import Behind
from review.reporting.trace_view import MIME, Trace, TraceEntry, traces_to_json

if TYPE_CHECKING:
    from review.reporting.bias_pictures import BiasFigure
    from review.reporting.plots import Plot

MOST = 500


@dataclass(frozen=True)
class Figure:
    """A drawing with its text twin, its lists and its origins; ``svg``, ``alt`` and ``caption`` are what a document takes of it."""

    html: str
    text: str
    traces: Mapping[str, Trace]
    svg: str
    alt: str
    caption: str

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        picture = {"block": "picture", "svg": self.svg, "alt": self.alt, "caption": self.caption}
        bundle: dict[str, Any] = {"text/html": self.html, "text/plain": self.text, BLOCK_MIME: picture}
        if self.traces:
            bundle[MIME] = traces_to_json(self.traces)
        return bundle


class Figures:
    """The figures of a review, as of a date."""

    def __init__(self, rooms: Callable[[str | None], Rooms]) -> None:
        self._rooms = rooms

    def flow(self, *, as_of: str | None = None, **drawing: Any) -> Figure:
        """The PRISMA 2020 flow diagram; *drawing*: the choices of ``Drawing``.

        Raises IdentityBroken, naming the ids, when a rule of the flow does not hold.
        """
        rooms = self._rooms(as_of)
        with rooms.seat.still():
            return flow_figure(rooms, require(rooms.flow()), Drawing.of(drawing))

    def found(self, *, as_of: str | None = None) -> Figure:
        """Relevant records found against records screened by title and abstract."""
        from review.reporting.stopping import curve

        rooms = self._rooms(as_of)
        with rooms.seat.still():
            return curve(rooms)

    def bias(self, *, palette: str = "safe", width: int = 174, as_of: str | None = None) -> list[BiasFigure]:
        """Every picture of bias: traffic light and summary bars for each tool, effect of interest and outcome with a judgement."""
        from review.reporting import bias_pictures as pictures

        rooms = self._rooms(as_of)
        with rooms.seat.still():
            makers = (pictures.traffic_light, pictures.bias_summary)
            return [make(rooms, one, palette=palette, width=width) for one in pictures.boards(rooms) for make in makers]

    def traffic_light(
        self,
        tool: str,
        *,
        outcome: str | None = None,
        effect: str | None = None,
        palette: str = "safe",
        width: int = 174,
        as_of: str | None = None,
    ) -> BiasFigure:
        """The judgements of one outcome: a row a result, a column a domain, in a colour and a symbol each.

        outcome: id or name of the protocol's, or the result's own words; needed, as *effect*, where there are several.
        palette: 'safe' or 'cochrane'. width: 174 or 85 mm. Raises InputRefused, NotFound.
        """
        from review.reporting import bias_pictures as pictures

        rooms = self._rooms(as_of)
        with rooms.seat.still():
            return pictures.traffic_light(rooms, pictures.board(rooms, tool, outcome, effect), palette=palette, width=width)

    def bias_summary(
        self,
        tool: str,
        *,
        outcome: str | None = None,
        effect: str | None = None,
        weighted: bool = False,
        palette: str = "safe",
        width: int = 174,
        as_of: str | None = None,
    ) -> BiasFigure:
        """Per domain the share of one outcome's results at each level, as bars; as ``traffic_light``.

        weighted: by recorded weights. Raises InputRefused naming the results where one is missing.
        """
        from review.reporting import bias_pictures as pictures

        rooms = self._rooms(as_of)
        with rooms.seat.still():
            one = pictures.board(rooms, tool, outcome, effect)
            return pictures.bias_summary(rooms, one, palette=palette, width=width, weighted=weighted)

    def _drawn(self, name: str, comparison: str, width: int, as_of: str | None, **more: Any) -> Any:
        from review.reporting import analysis_around, analysis_directions, analysis_pictures

        rooms = self._rooms(as_of)
        with rooms.seat.still():
            make = next(vars(home)[name] for home in (analysis_pictures, analysis_directions, analysis_around) if name in vars(home))
            return make(rooms, comparison, width=width, **more)

    def forest(self, comparison: str = "", *, width: int = 174, as_of: str | None = None) -> Plot:
        """The forest plot of a planned *comparison* (its id; '' where one is planned), *width* 174 or 85 mm. Raises NotFound, InputRefused.

        Where a guard refuses to pool, the effects stand alone and the caption says why.
        """
        return self._drawn("forest", comparison, width, as_of)

    def funnel(self, comparison: str = "", *, width: int = 174, as_of: str | None = None) -> Plot:
        """The contour-enhanced funnel of a planned comparison, from three pooled effects on; as ``forest``."""
        return self._drawn("funnel", comparison, width, as_of)

    def baujat(self, comparison: str = "", *, width: int = 174, as_of: str | None = None) -> Plot:
        """What each study adds to heterogeneity, and how far the estimate moves without it; as ``forest``."""
        return self._drawn("baujat", comparison, width, as_of)

    def labbe(self, comparison: str = "", *, width: int = 174, as_of: str | None = None) -> Plot:
        """The risk with the experimental arm against that with the control, of RR, OR and RD; as ``forest``."""
        return self._drawn("labbe", comparison, width, as_of)

    def drapery(self, comparison: str = "", *, width: int = 174, as_of: str | None = None) -> Plot:
        """The p of every effect against every value that it may have; as ``forest``."""
        return self._drawn("drapery", comparison, width, as_of)

    def harvest(self, comparison: str = "", *, width: int = 174, as_of: str | None = None) -> Plot:
        """Directions of effect as bars, a row a comparison ('' for all planned); the plan must say which direction is better."""
        return self._drawn("harvest", comparison, width, as_of)

    def albatross(self, comparison: str = "", *, width: int = 174, as_of: str | None = None) -> Plot:
        """Numbers of participants against the p of each effect; as ``harvest``, of one comparison."""
        return self._drawn("albatross", comparison, width, as_of)

    def effect_direction(self, comparison: str = "", *, width: int = 174, as_of: str | None = None) -> Plot:
        """Directions of effect by study, with a sign test for each comparison; as ``harvest``."""
        return self._drawn("effect_direction", comparison, width, as_of)

    def leave_one_out(self, comparison: str = "", *, width: int = 174, as_of: str | None = None) -> Plot:
        """The estimate without each study in turn, of three studies or more; as ``forest``."""
        return self._drawn("leave_one_out", comparison, width, as_of)

    def cumulative(self, comparison: str = "", *, width: int = 174, as_of: str | None = None) -> Plot:
        """The estimate as it grew by year, of three studies or more; as ``forest``."""
        return self._drawn("cumulative", comparison, width, as_of)

    def trim_and_fill(self, comparison: str = "", *, width: int = 174, as_of: str | None = None) -> Plot:
        """The funnel with what trim and fill adds, of ten studies or more; as ``forest``."""
        return self._drawn("trim_and_fill", comparison, width, as_of)

    def bubble(self, comparison: str = "", *, moderator: str = "", width: int = 174, as_of: str | None = None) -> Plot:
        """The effects against a planned covariate (*moderator*, an item) that is a number, of ten studies or more; as ``forest``."""
        return self._drawn("bubble", comparison, width, as_of, moderator=moderator)

    def around(self, comparison: str = "", *, about: str = "", width: int = 174, as_of: str | None = None) -> list[Plot]:
        """Every picture beside the estimate that there is: without each study, by year, trim and fill, covariates.

        about: 'studies', 'asymmetry' or 'covariates' alone.
        """
        return self._drawn("around_pictures", comparison, width, as_of, about=about)

    def pooled(self, comparison: str = "", *, width: int = 174, as_of: str | None = None) -> list[Plot]:
        """Every picture that a planned comparison has: forest, funnel, L'Abbé, Baujat, drapery."""
        return self._drawn("pooled_pictures", comparison, width, as_of)

    def unpooled(self, comparison: str = "", *, width: int = 174, as_of: str | None = None) -> list[Plot]:
        """Every picture without pooling that there is: direction of effect, harvest, albatross."""
        return self._drawn("unpooled_pictures", comparison, width, as_of)

    def flow_numbers(self, *, as_of: str | None = None) -> Table:
        """Every number of the flow as a table, each with the facts behind it."""
        rooms = self._rooms(as_of)
        with rooms.seat.still():
            return flow_numbers(rooms, rooms.flow())

    def identities(self, *, as_of: str | None = None) -> Table:
        """The rules of the flow, each in words, and whether it holds."""
        rooms = self._rooms(as_of)
        flow = rooms.flow()
        words = wording(flow, flow.labels)
        boxes = ", ".join(f"{alone(name, words)} {words.number(box.n)}" for name, box in flow.boxes.items())
        entry = TraceEntry("", "The ids in the boxes were compared as sets, when this page was made", "check", rooms.as_of, boxes)
        found, rows = {}, []
        for name, holds, message in flow.identities():
            key = key_of("rule", name)
            found[key] = Trace(key, f"Rule {name} of the flow", "holds" if holds else message, "", (entry,))
            state = Cell("holds" if holds else "broken", flag="" if holds else "error")
            rows.append((Cell(name, trace=key), Cell(words.say(f"flow.rule.{name}")), state, Cell(message or "–")))
        columns = (
            Column("id", "Rule"),
            Column("rule", "What it says", width=6),
            Column("holds", "Holds"),
            Column("message", "What is wrong", width=2),
        )
        return by_row(Table("identities", "Rules of the flow", columns, tuple(rows), (), found))


def flow_numbers(rooms: Rooms, flow: Flow) -> Table:
    """Every number of *flow* as a table; the origin of each is the facts that put its records, reports or studies there."""
    behind, found, words = Behind(rooms), dict[str, Trace](), wording(flow, flow.labels)

    def trace(field: str, group: str) -> str:
        box = flow.boxes[field]
        label = alone(field, words) + (f": {group}" if group else "")
        place = str(list(box.by).index(group)) if group else "all"
        made = behind.trace(key_of("n", field, place), label, box.by[group] if group else box.ids, field)
        found[made.key] = made
        return made.key

    return by_row(flow_table(flow, flow.labels, trace=trace, traces=found))


def require(flow: Flow) -> Flow:
    """The flow, if all its identities hold; else IdentityBroken."""
    broken = [f"{name}: {message}" for name, holds, message in flow.identities() if not holds]
    if broken:
        raise IdentityBroken(
            "the numbers of the flow do not add up:\n" + "\n".join(broken),
            next_step="please report this: it is a fault of the program, not of the review",
        )
    return flow


def flow_figure(rooms: Rooms, flow: Flow, drawing: Drawing | None = None) -> Figure:
    """The diagram, the lists behind its boxes, and the origin of every id that is listed."""
    reports = {r.id: r for r in rooms.studies.report_views()}
    studies = {s.id: s for s in rooms.studies.views()}
    records = {r.id: r for r in rooms.records.views()}
    traces: dict[str, Trace] = {}

    def name(unit: str, one: str) -> str:
        if unit == "records":
            return _flagged(f"{records[one].title} ({records[one].search.source})", [records[one]])
        if one in studies:
            return _flagged(studies[one].label, studies[one].records)
        return _flagged(reports[one].title, reports[one].records, reports[one].told) if one in reports else one

    def trace(unit: str, one: str) -> str | None:
        if key_of(one) in traces:
            return traces[key_of(one)].key
        report = reports.get(flow.report_of.get(one, "")) if unit == "records" else reports.get(one)
        made = study_trace(rooms, studies[one], flow) if one in studies else report_trace(rooms, report) if report else None
        if made is None:
            return None
        traces[key_of(one)] = made
        return made.key

    words = flow.labels
    lists = box_lists(flow, words, name=name, trace=trace, most=MOST)
    html = f'<figure class="flow">{draw(flow, labels=words, drawing=drawing)}</figure>\n{lists}'
    text = as_text(flow, words, drawing)
    title, _, lines = text.partition("\n")
    alt = "; ".join(line.strip() for line in [title, *lines.splitlines()] if line.strip())
    return Figure(
        html, text, {t.key: t for t in traces.values()}, svg=draw(flow, labels=words, link=None, drawing=drawing), alt=alt, caption=title
    )


def _flagged(name: str, records: Sequence[RecordView], told: Sequence[Notice] = ()) -> str:
    """The name, and behind it in brackets what was said of it after it came out."""
    flag = flag_of(records, told)
    return f"{name} [{flag}]" if flag else name
