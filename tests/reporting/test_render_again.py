"""A render with nothing to do: it says so, and loads nothing of what makes reports."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_notebook

from review.reporting.publishing import WITH_TABLES
from review.reporting.render_key import sources
from review.reporting.tables import CSV_TABLES
from tests.rooms.team import make_team
from tests.structure.tree import ROOT

MAKERS = {
    "papermill", "nbformat", "nbclient", "jsonschema", "jupyter_client", "pandas", "numpy", "matplotlib", "typst", "docx", "lxml",
    "markdown_it", "rich", "sklearn", "scipy", "review.reporting.tables", "review.reporting.figures", "review.reporting.changes",
    "review.reporting.documents.html", "sqlalchemy.dialects.postgresql",
}  # fmt: skip
AGAIN = """
import json, sys
from review.cli import main
try:
    main(sys.argv[1:])
except SystemExit as end:
    print(json.dumps({"code": end.code or 0, "loaded": sorted(sys.modules)}))
"""


def test_a_render_with_nothing_to_do_loads_nothing_that_makes_reports(tmp_path: Path) -> None:
    team = make_team(tmp_path / "review")
    team.article(team.search(), "The first trial")
    (team.folder / "notebooks").mkdir(exist_ok=True)
    cells = [new_code_cell("as_of: str = ''", metadata={"tags": ["parameters"]}), new_code_cell("print(as_of)")]
    nbformat.write(new_notebook(cells=cells), team.folder / "notebooks" / "10_date.ipynb")
    sources.cache_clear()  # whoever works on the package while the tests run has changed it since it was read
    [first] = team.nobody.report(out=tmp_path / "out", formats="html")
    assert first.ok and not first.unchanged, first.error
    team.ledger.close()
    asked = ["report", "--project", str(team.folder), "--out", str(tmp_path / "out"), "--formats", "html"]
    command = [sys.executable, "-c", AGAIN, *asked]
    said, told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    assert said == f"{first.page} (unchanged)"
    assert json.loads(told)["code"] == 0
    assert MAKERS & set(json.loads(told)["loaded"]) == set()


def test_the_reports_with_tables_are_known_without_loading_them() -> None:
    assert set(WITH_TABLES) == set(CSV_TABLES)
