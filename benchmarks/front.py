"""What a newcomer waits for: importing the package, reading five pages, deciding, rendering the reports; figures as seen, no verdict."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGES = sorted((ROOT / "tests" / "example" / "pages").glob("*.txt"))
DECISIONS = 2_000


def seconds(act: Callable[[], object], runs: int = 5) -> float:
    """The median of *runs*, in seconds."""
    found = []
    for _ in range(runs):
        start = time.perf_counter()
        act()
        found.append(time.perf_counter() - start)
    return statistics.median(found)


def cpu_seconds(act: Callable[[], object], runs: int = 5) -> float:
    """The median of what *runs* cost this process and those that it waited for, user and system; a busy machine changes it less."""
    found = []
    for _ in range(runs):
        start = sum(os.times()[:4])
        act()
        found.append(sum(os.times()[:4]) - start)
    return statistics.median(found)


def import_time() -> float:
    """`import review` in a fresh process, less a process that imports nothing."""
    return started("import review") - started("pass")


def started(code: str) -> float:
    """A fresh interpreter that runs *code*, in seconds."""
    return seconds(lambda: subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT))


def reading_time() -> float:
    """The five teaching pages, read in one process that has its imports."""
    from review.records import read

    return seconds(lambda: [read(page) for page in PAGES])


def decisions_per_second() -> float:
    """Decisions through the public name, one by one, in a review of as many records, with synchronous=FULL."""
    from tests.rooms.team import make_team

    with tempfile.TemporaryDirectory() as folder:
        team = make_team(Path(folder))
        search = team.search()
        reports = [team.article(search, f"Trial {n}") for n in range(200)]
        start = time.perf_counter()
        for n in range(DECISIONS):
            team.r1.screening.decide(
                reports[n % len(reports)], stage="title_abstract", decision=("include", "unsure")[n // len(reports) % 2]
            )
        took = time.perf_counter() - start
        team.ledger.close()
    return DECISIONS / took


def report_times() -> tuple[float, float, float, float]:
    """Seconds for all reports in every format, for the sum of bare papermill runs of the same notebooks, and with nothing to do.

    The last also as seconds of CPU. It is run as an installed package is, with the bytecode that Python keeps.
    """
    import papermill

    from review import Review
    from review.reporting.report import report_notebooks

    rv = Review.open(ROOT)
    with tempfile.TemporaryDirectory() as out:
        ours = seconds(lambda: rv.report(out=out, again=True), runs=3)
        command = [sys.executable, "-m", "review", "report", "--out", out]
        kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}

        def again() -> None:
            subprocess.run(command, check=True, cwd=ROOT, capture_output=True, env=kept)

        again()
        nothing, cpu = seconds(again), cpu_seconds(again)

        def bare() -> None:
            for path in report_notebooks(ROOT).values():
                papermill.execute_notebook(path, Path(out) / f"bare_{path.name}", cwd=ROOT, progress_bar=False, log_output=False)

        theirs = seconds(bare, runs=3)
    rv.close()
    return ours, theirs, nothing, cpu


def main() -> None:
    """Print every figure with what was aimed at."""
    print(f"import review: {import_time():.3f} s (aim: under 0.3)")
    print(f"five pages read: {reading_time() * 1000:.0f} ms (aim: under 50)")
    print(f"decisions through the public name: {decisions_per_second():.0f} per second (aim for bare appends: 300; see ledger)")
    ours, theirs, nothing, cpu = report_times()
    print(f"reports: {ours:.1f} s; bare papermill runs one after another: {theirs:.1f} s; ratio {ours / theirs:.2f} (aim: at most 0.6)")
    print(f"reports again with nothing changed, the whole process: {nothing:.2f} s, of CPU {cpu:.2f} s (aim: under 2)")


if __name__ == "__main__":
    main()
