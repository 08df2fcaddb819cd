"""Search and filter over the reports of a stage that are this person's own: those that wait for them, and those that they decided."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from review.desk.reading import words_shown
from review.desk.tints import folded
from review.errors import InputRefused, near
from review.model.event import Event
from review.model.views import ReportView

FILTERS = ("all", "waiting", "decided", "noted", "unsure")
AT_A_TIME, REST = 40, 0.005  # texts that are made ready before the thread rests, and for how many seconds: answers come first
MOST = 40  # rows that are listed; who wants another types more words


class Finder:
    """Looks for words in what the card shows of a report; each report's text is made ready once, beside the work where ``prepare`` asks."""

    def __init__(self) -> None:
        self._texts: dict[str, tuple[ReportView, str]] = {}
        self._making: threading.Thread | None = None

    def prepare(self, reports: Sequence[ReportView]) -> None:
        """Makes the texts of *reports* ready in a thread, a few at a time, so that the first search need not wait for all of them."""
        if self._making is None or not self._making.is_alive():
            self._making = threading.Thread(target=self._prepare, args=(tuple(reports),), name="search", daemon=True)
            self._making.start()

    def _prepare(self, reports: Sequence[ReportView]) -> None:
        for at, report in enumerate(reports):
            self._text(report)
            if at % AT_A_TIME == 0:
                time.sleep(REST)

    def found(self, words: str, only: str, reports: Iterable[ReportView], own: Mapping[str, Event]) -> dict[str, Any]:
        """The rows for *words*, every one of which a report holds, and how many more there are.

        only: one of FILTERS. own: this person's live decision on each report that they decided.
        """
        if only not in FILTERS:
            raise InputRefused(f"{only!r} is no filter", expected=", ".join(FILTERS), next_step=near(only, FILTERS))
        wanted = folded(words).split()
        there = [r for r in reports if _passes(own.get(r.id), only) and (not wanted or all(word in self._text(r) for word in wanted))]
        return {"rows": [_row(report, own.get(report.id)) for report in there[:MOST]], "more": max(0, len(there) - MOST)}

    def _text(self, report: ReportView) -> str:
        known = self._texts.get(report.id)
        if known is None or known[0] is not report:
            known = self._texts[report.id] = (report, folded("\n".join((report.id, *words_shown(report)))))
        return known[1]


def _passes(own: Event | None, only: str) -> bool:
    if only == "waiting":
        return own is None
    if own is None or only == "all":
        return only == "all"
    return {"decided": True, "noted": bool(own.body.get("note")), "unsure": own.body["decision"] == "unsure"}[only]


def _row(report: ReportView, own: Event | None) -> dict[str, Any]:
    year = report.stands.year
    return {
        "report": report.id,
        "title": report.title,
        "year": str(year) if year else "",
        "own": own.body["decision"] if own else "",
        "noted": bool(own and own.body.get("note")),
    }
