"""Replays a screening whose answers are known, in the order that the ranking would have given, and measures that order.

It reads labelled data and refuses a row without a clear label. What it measures is the order, never a review: nothing is written.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from review.errors import InputRefused, NotFound, near
from review.screening import metrics
from review.screening.ranking import Ranker

LABEL_COLUMNS = ("included", "label_included", "label")
SHARES = (0.05, 0.1, 0.2)
DEFINED = (
    "  loss: 0 best, 1 worst, about 0.5 at random. ATD: mean rank of the relevant, as a share.",
    "  WSS@95 classic: records left when 95 % are found, as a share, less 0.05.",
    "  WSS@95 insights: how much earlier than at random the last step of at most 95 % came, as a share; nothing subtracted.",
)


@dataclass(frozen=True, slots=True)
class Labelled:
    """Records with known answers: ``texts`` (title, blank, abstract) and ``labels`` (1 include, 0 exclude), one for each row."""

    name: str
    texts: tuple[str, ...]
    labels: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Simulation:
    """One replay. ``order``: positions in the order of reading, the priors left out; ``labels``: their answers.

    last: after how many records the last relevant one was found; what follows it stands as it was last ranked. first: the rank of the
    first relevant one.
    """

    name: str
    order: tuple[int, ...]
    labels: tuple[int, ...]
    priors: tuple[int, ...]
    first: int
    last: int

    def figures(self) -> dict[str, float]:
        """Name -> value of every measure of ``metrics.py``, each over the records without the priors; shares, no units."""
        return {
            "loss": metrics.loss(self.labels),
            **{f"recall at {share:.0%}".replace("%", " %"): metrics.recall_at(self.labels, share) for share in SHARES},
            "ATD": metrics.atd(self.labels),
            "WSS@95 classic": metrics.wss(self.labels),
            "WSS@95 insights": metrics.wss(self.labels, definition="insights"),
            "NDCG": metrics.ndcg(self.labels),
        }

    def __str__(self) -> str:
        found = sum(self.labels)
        lines = [
            f"{self.name}: {len(self.labels):,} records ranked, {found:,} relevant"
            + (f", {len(self.priors):,} known before" if self.priors else "")
            + f"; the first was found at {self.first:,}, the last at {self.last:,}",
            *(f"  {name:<16} {value:6.3f}" for name, value in self.figures().items()),
            *DEFINED,
        ]
        return "\n".join(lines)


def read_labelled(path: Path | str, *, label: str | None = None) -> Labelled:
    """Labelled records from a CSV file with the columns title, abstract (either may be missing) and a label of 1 or 0.

    label: the column of labels; else the first of LABEL_COLUMNS that is there. Raises NotFound, and InputRefused with every row whose
    label is neither.
    """
    file = Path(path)
    if not file.is_file():
        raise NotFound(
            f"{file} is {'a folder' if file.is_dir() else 'not there'}",
            next_step="give the path of a CSV file with the columns title, abstract and included",
        )
    try:
        with file.open(encoding="utf-8-sig", newline="") as source:
            reader = csv.DictReader(source)
            columns = reader.fieldnames or []
            rows = [(reader.line_num, row) for row in reader]
    except (UnicodeDecodeError, csv.Error) as problem:
        raise InputRefused(f"this is no CSV in UTF-8: {problem}", where=file.name, next_step="save it as CSV, UTF-8") from problem
    chosen = label or next((name for name in LABEL_COLUMNS if name in columns), None)
    if chosen not in columns or not {"title", "abstract"} & set(columns):
        raise InputRefused(
            f"the columns are {', '.join(columns) or 'none'}",
            where=file.name,
            expected=f"title, abstract, and a label: {label or ' or '.join(LABEL_COLUMNS)}",
            next_step=near(label, columns) if label else "name the column with --label",
        )
    wrong = [f"line {line}: {row[chosen]!r}" for line, row in rows if (row[chosen] or "").strip() not in ("0", "1")]
    if wrong:
        raise InputRefused(
            f"{len(wrong):,} rows have no clear label: {'; '.join(wrong[:5])}{' …' if len(wrong) > 5 else ''}",
            where=f"{file.name}, column {chosen}",
            expected="1 (included) or 0",
            next_step="label them, or take the rows out",
        )
    texts = tuple(f"{row.get('title') or ''} {row.get('abstract') or ''}" for _, row in rows)
    return Labelled(file.stem, texts, tuple(int((row[chosen] or "").strip()) for _, row in rows))


def simulate(
    data: Labelled,
    *,
    query: str | None = None,
    priors: Sequence[int] = (),
    seed: int = 0,
    progress: Callable[[int, int], None] | None = None,
) -> Simulation:
    """Read *data* in the order of ``ranking.py``, one record a turn, the ranking made anew after each, until all relevant ones are found.

    priors: positions whose labels are known from the start; they are in no figure. progress: called with (relevant found, relevant).
    Raises InputRefused where a prior is no position, or nothing relevant is left to find.
    """
    outside = [at for at in priors if not 0 <= at < len(data.labels)]
    if outside or len(set(priors)) < len(priors):
        raise InputRefused(
            f"these cannot be priors: {', '.join(map(str, priors))}",
            where=data.name,
            expected=f"rows from 0 to {len(data.labels) - 1}, each once",
        )
    known: list[int | None] = [None] * len(data.labels)
    for at in priors:
        known[at] = data.labels[at]
    wanted = sum(data.labels) - sum(data.labels[at] for at in priors)
    if not wanted:
        raise InputRefused("no relevant record is left to find", where=data.name, expected="at least one beside the priors")
    from numpy.random import RandomState

    ranker, order, found = Ranker(data.texts, query=query, seed=seed), [], 0
    chance = RandomState(seed)
    while found < wanted:
        at = ranker.order(known, chance=chance)[0]
        known[at] = data.labels[at]
        order.append(at)
        if data.labels[at]:
            found += 1
            if progress is not None:
                progress(found, wanted)
    last = len(order)
    order += ranker.order(known, chance=chance)
    labels = tuple(data.labels[at] for at in order)
    return Simulation(data.name, tuple(order), labels, tuple(priors), labels.index(1) + 1, last)


def curve(simulations: Sequence[Simulation]) -> str:
    """The curves of recall as one SVG for a column of 85 mm: relevant found against records read, random order as a dotted line.

    The same simulations give the same bytes.
    """
    import io

    from matplotlib import style
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    styles, greys = ("-", "--", "-.", ":"), ("#1a1a1a", "#6a6a6a")
    ours = {"svg.hashsalt": "review", "svg.fonttype": "none", "font.size": 8, "font.family": "sans-serif"}
    with style.context(["default", ours]):  # whatever the user's matplotlibrc says
        figure = Figure(figsize=(85 / 25.4, 70 / 25.4), layout="constrained")
        FigureCanvasSVG(figure)
        axes = figure.add_subplot()
        axes.plot([0, 100], [0, 100], color="#8a8a8a", linewidth=0.75, linestyle=(0, (1, 2)), label="random order")
        for at, one in enumerate(simulations):
            read, found = [0.0], [0.0]
            for rank, label in enumerate(one.labels, 1):
                read.append(100 * rank / len(one.labels))
                found.append(found[-1] + 100 * label / sum(one.labels))
            axes.plot(read, found, color=greys[at // 4 % 2], linewidth=1.25, linestyle=styles[at % 4], label=one.name)
        axes.set(xlabel="Records read (%)", ylabel="Relevant records found (%)", xlim=(0, 100), ylim=(0, 101))
        axes.spines[["top", "right"]].set_visible(False)
        axes.legend(frameon=False, loc="lower right")
        drawn = io.StringIO()
        figure.savefig(drawn, format="svg", metadata={"Date": None, "Creator": None})
    return drawn.getvalue()
