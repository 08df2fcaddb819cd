"""A review's pages made in this process, without a kernel: the same cells, outputs and page maker, in a few seconds."""

from __future__ import annotations

import ast
import json
from pathlib import Path
from typing import Any

from review import Review
from review.reporting.notebook import source_of
from review.reporting.publishing import as_page, title_of
from tests.structure.tree import ROOT

# 41 is for the desk; the checklist reads the executed notebooks of the others
NOTEBOOKS = {p.stem: p for p in sorted((ROOT / "notebooks").glob("*.ipynb")) if p.stem not in ("41_screen", "80_checklist")}


def write_pages(review: Review, folder: Path) -> dict[str, Path]:
    """Name -> page, written to *folder*, of every report as this viewer sees it. ``REVIEW_PROJECT`` names the review's folder."""
    nav = [(f"{name}.html", title_of(path)) for name, path in NOTEBOOKS.items()]
    made = {}
    for name, path in NOTEBOOKS.items():
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        _execute(cells, review.reviewer or "")
        made[name] = folder / f"{name}.html"
        made[name].write_text(as_page(review._at(None), cells, nav), encoding="utf-8")
    return made


def _execute(cells: list[dict[str, Any]], reviewer: str) -> None:
    shown: list[Any] = []
    names: dict[str, Any] = {"display": shown.append}
    for cell in cells:
        if cell["cell_type"] != "code":
            continue
        shown.clear()
        tree = ast.parse(source_of(cell))
        last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
        exec(compile(tree, "cell", "exec"), names)
        names["reviewer"] = reviewer
        value = eval(compile(ast.Expression(last.value), "cell", "eval"), names) if last is not None else None
        shown += [] if value is None else [value]
        bundles = [json.loads(json.dumps(one._repr_mimebundle_())) for one in shown]
        cell["outputs"] = [{"output_type": "display_data", "data": bundle, "metadata": {}} for bundle in bundles]
    names["rv"].close()
