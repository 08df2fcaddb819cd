"""Two ways to begin a screening, side by side on labelled data: down the file, and by the question. It measures orders and writes nothing.

Files of published reviews may list their relevant records first, and then reading down the file finds them all at once; shuffles of the
rows take that away from every order, also from one whose ties fall back on the rows.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from review.screening.simulation import DEFINED, Labelled, Simulation, simulate

DOWN, ASKED, CHANCE = "down the file", "by the question", "by chance"


@dataclass(frozen=True, slots=True)
class Comparison:
    """The same data begun in two ways. ``arms``: name -> its replays, one a shuffle; both end as ELAS u4 with what was found."""

    name: str
    records: int
    relevant: int
    arms: dict[str, tuple[Simulation, ...]]

    def figures(self) -> dict[str, dict[str, float]]:
        """Arm -> name of a measure -> its mean over the shuffles."""
        return {arm: _mean([one.figures() for one in replays]) for arm, replays in self.arms.items()}

    def __str__(self) -> str:
        shuffles = len(next(iter(self.arms.values())))
        head = f"{self.name}: {self.records:,} records, {self.relevant:,} relevant; mean of {shuffles:,} shuffle{'s' * (shuffles > 1)}"
        return "\n".join([head, *_lines(self.figures())])


def shuffled(data: Labelled, seed: int) -> Labelled:
    """The rows of *data* in an order that *seed* gives."""
    order = list(range(len(data.texts)))
    random.Random(seed).shuffle(order)
    return replace(data, texts=tuple(data.texts[at] for at in order), labels=tuple(data.labels[at] for at in order))


def down_the_file(data: Labelled, *, seed: int = 0) -> Simulation:
    """A replay that reads the rows as they stand until both answers occurred, then goes on as ELAS u4: how ASReview begins."""
    both = next((at for at in range(len(data.labels)) if len(set(data.labels[: at + 1])) == 2), len(data.labels) - 1)
    start = tuple(range(both + 1))
    rest: tuple[int, ...] = tuple(range(both + 1, len(data.labels)))
    last = both + 1
    if any(data.labels[at] for at in rest):
        after = simulate(data, priors=start, seed=seed)
        rest, last = after.order, both + 1 + after.last
    order = (*start, *rest)
    labels = tuple(data.labels[at] for at in order)
    return Simulation(data.name, order, labels, (), labels.index(1) + 1, last)


def compare(
    data: Labelled, *, query: str | None = None, shuffles: int = 1, seed: int = 0, progress: Callable[[], None] | None = None
) -> Comparison:
    """*data* begun down the file and by *query* (by chance without one), over so many *shuffles* of its rows.

    seed: of the first shuffle, the next ones follow it; and of the machines. progress: called after each replay.
    """
    arms: dict[str, list[Simulation]] = {DOWN: [], ASKED if query else CHANCE: []}
    for number in range(shuffles):
        rows = shuffled(data, seed + number)
        for arm, replays in arms.items():
            done = down_the_file(rows, seed=seed) if arm == DOWN else simulate(rows, query=query, seed=seed)
            replays.append(replace(done, name=f"{data.name}, {arm}"))
            if progress is not None:
                progress()
    return Comparison(data.name, len(data.labels), sum(data.labels), {arm: tuple(replays) for arm, replays in arms.items()})


def over_all(compared: Sequence[Comparison]) -> str:
    """The mean over several sets in words, each set counting once, with what every figure means."""
    found = [one.figures() for one in compared]
    means = {arm: _mean([each[arm] for each in found]) for arm in found[0] if all(arm in each for each in found)}
    return "\n".join([f"Mean over {len(compared):,} sets", *_lines(means), *DEFINED])


def listed_first(data: Labelled) -> str:
    """A warning where the relevant records stand first in the file; '' where they do not."""
    relevant = sum(data.labels)
    ahead = sum(data.labels[:relevant])
    if relevant < 3 or relevant > len(data.labels) / 2 or ahead <= relevant / 2:
        return ""
    return (
        f"{data.name}: {ahead:,} of the {relevant:,} relevant records stand in its first {relevant:,} rows. Reading down this file "
        "finds them at once, whatever the ranking is worth. Next: --shuffles 5"
    )


def _mean(figures: Sequence[dict[str, float]]) -> dict[str, float]:
    return {name: sum(one[name] for one in figures) / len(figures) for name in figures[0]}


def _lines(means: dict[str, dict[str, float]]) -> list[str]:
    first, *others = means
    rows = [f"  {'':<16}" + "".join(f"{arm:>17}" for arm in means)]
    for name in means[first]:
        rows.append(f"  {name:<16}" + "".join(f"{means[arm][name]:17.3f}" for arm in means))
    rows += [f"  loss {other}: {means[other]['loss'] / means[first]['loss']:.2f} of {first}" for other in others if means[first]["loss"]]
    return rows
