"""The order of reading, made anew beside the work: a thread learns from the decisions while the card goes on answering.

What is read of the review is read at the desk, the training touches none of it. The card takes the newest order that is finished.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import wait as wait_for
from logging import getLogger

from review.screening.order import Learning, Order

LOG = getLogger("review")


class Ordering:
    """The newest order of what waits for one person, and the making of the next."""

    def __init__(self, learning: Callable[[], Learning], *, model: str = "elas-u4") -> None:
        self._learning, self._model = learning, model
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="order")
        self._making: Future[Order] | None = None
        self._last: Learning | None = None
        self._newest: Order | None = None
        self._stale = True
        self.failed = ""  # why the newest order could not be made; '' where it could

    def changed(self) -> None:
        """Something was decided or undone: the order is to be made anew when the thread is free."""
        self._stale = True

    def newest(self) -> Order | None:
        """The newest order that is finished; None before the first. One that failed leaves the one before, and is tried again."""
        if self._making is not None and self._making.done():
            problem = self._making.exception()
            if problem is None:
                self._newest, self.failed = self._making.result(), ""
            else:
                self._stale, self.failed = True, str(problem) or type(problem).__name__
                LOG.warning("no new order of reading could be made", exc_info=problem)
            self._making = None
        return self._newest

    def renew(self, *, patience: float = 0.0) -> None:
        """Sets the thread to work where something has changed and it is free; waits no longer than *patience* seconds."""
        self.newest()
        if self._stale and self._making is None:
            self._last = self._learning().after(self._last)
            self._making = self._thread.submit(self._last.order, self._model)
            self._stale = False
        if patience and self._making is not None:
            wait_for([self._making], timeout=patience)
