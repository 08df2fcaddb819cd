"""A review's pages made in this process, without a kernel: the same cells, outputs and page maker, in a few seconds."""

from __future__ import annotations

import json
from pathlib import Path

from review import Review
from review.reporting.publishing import as_page, title_of
from tests.reporting.executed import execute
from tests.structure.tree import ROOT

# 41 is for the desk; the checklist reads the executed notebooks of the others
NOTEBOOKS = {p.stem: p for p in sorted((ROOT / "notebooks").glob("*.ipynb")) if p.stem not in ("41_screen", "80_checklist")}


def write_pages(review: Review, folder: Path) -> dict[str, Path]:
    """Name -> page, written to *folder*, of every report as this viewer sees it. ``REVIEW_PROJECT`` names the review's folder."""
    nav = [(f"{name}.html", title_of(path)) for name, path in NOTEBOOKS.items()]
    made = {}
    for name, path in NOTEBOOKS.items():
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        execute(cells, review.reviewer or "")
        made[name] = folder / f"{name}.html"
        made[name].write_text(as_page(review._at(None), cells, nav), encoding="utf-8")
    return made
