"""What became of every answer in a file of decisions: read = kept + unmatched + refused, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

_SHOWN = 20  # lines of a receipt in words


@dataclass(frozen=True, slots=True)
class Taken:
    """One answer of a file, or a remark on the file. ``outcome``: new, known, unmatched, refused or remark; ``line`` None: no one line."""

    outcome: str
    line: int | None
    entry: str
    reviewer: str
    message: str = ""
    next_step: str = ""


@dataclass(frozen=True, slots=True)
class DecisionReceipt:
    """What became of a file of decisions. ``sha256`` names the file, which is kept; ``new`` of the ``kept`` were not here before."""

    file: str
    sha256: str
    tool: str
    stage: str
    as_: str
    answers: tuple[Taken, ...]

    def _count(self, *outcomes: str) -> int:
        found = Counter(one.outcome for one in self.answers)
        return sum(found[outcome] for outcome in outcomes)

    @property
    def read(self) -> int:
        """Answers in the file: one an entry for a consensus, else one for each reviewer of an entry; one where there is none."""
        return self._count("new", "known", "unmatched", "refused")

    @property
    def kept(self) -> int:
        """Answers that stand in the review, those of an earlier import of this file among them."""
        return self._count("new", "known")

    @property
    def new(self) -> int:
        """Answers that this import wrote."""
        return self._count("new")

    @property
    def unmatched(self) -> int:
        """Answers on what is no report of this review, or not one."""
        return self._count("unmatched")

    @property
    def refused(self) -> int:
        """Answers that were not understood, or that may not stand here."""
        return self._count("refused")

    @property
    def problems(self) -> pd.DataFrame:
        """One row for each answer that was not kept, and for each remark: line, entry, reviewer, outcome, message, next_step."""
        import pandas as pd

        rows = [(a.line, a.entry, a.reviewer, a.outcome, a.message, a.next_step) for a in self._told()]
        frame = pd.DataFrame(rows, columns=["line", "entry", "reviewer", "outcome", "message", "next_step"])
        return frame.astype({"line": "Int64"})

    def _told(self) -> list[Taken]:
        return [one for one in self.answers if one.outcome not in ("new", "known")]

    def lines(self, *, most: int | None = _SHOWN, ask: Callable[[str], str] = str) -> Sequence[str]:
        """The receipt in words, its problems below: the first *most*, or all. *ask*: the next step in the words of another door."""
        here = f" ({self.kept - self.new:,} here before)" if self.kept > self.new else ""
        head = f"{self.file} ({self.tool}): {self.read:,} read = {self.kept:,} kept{here} + {self.unmatched:,} unmatched"
        told = self._told()
        below = []
        for one in told[:most]:
            where = f"{self.file}:{one.line}" if one.line else self.file
            what = f"{one.entry[:60]!r}: " if one.entry else ""
            below.append(f"  {where}: {one.outcome}: {what}{one.message}" + (f"; next: {ask(one.next_step)}" if one.next_step else ""))
        more = [f"  and {len(told) - len(below):,} more; the frame .problems has all"] if len(told) > len(below) else []
        return [f"{head} + {self.refused:,} refused", *below, *more]

    def __str__(self) -> str:
        return "\n".join(self.lines())

    __repr__ = __str__
