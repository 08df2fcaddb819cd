"""How long a table takes as Word file, PDF and CSV: ``python -m benchmarks.documents [ROWS…]``; the aim is 0.6 s for both at 100 rows."""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tests.reporting.papers import COVERED, CRITERIA, long_table


def seconds(make: Callable[[], object]) -> float:
    began = time.perf_counter()
    make()
    return time.perf_counter() - began


def main() -> None:
    print(f"{'rows':>6} {'docx':>8} {'pdf':>8} {'both':>8} {'csv':>8}   seconds; the first line holds the imports and the fonts")
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder)
        for rows in [int(one) for one in sys.argv[1:]] or [3, 100, 2000]:
            table = long_table(rows, (*COVERED, CRITERIA[:600]))
            word = seconds(lambda table=table: table.docx(target / "t.docx"))
            pdf = seconds(lambda table=table: table.pdf(target / "t.pdf"))
            plain = seconds(lambda table=table: table.csv(target / "t.csv"))
            print(f"{rows:>6,} {word:>8.2f} {pdf:>8.2f} {word + pdf:>8.2f} {plain:>8.3f}")


if __name__ == "__main__":
    main()
