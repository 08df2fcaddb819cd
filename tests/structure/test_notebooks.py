"""The notebooks: their names, their one cell of parameters, what they may hold, and that they are committed executed."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path

import nbformat
import pytest

from review.reporting.notebook import inspect, source_of, tidy
from tests.structure.test_repository import MACHINE
from tests.structure.tree import ROOT

REPORTS = {
    "10_protocol",
    "20_records",
    "30_flow",
    "40_screening",
    "50_characteristics",
    "55_evidence",
    "60_bias",
    "65_certainty",
    "70_effects",
    "71_synthesis",
    "72_without_pooling",
    "80_checklist",
    "90_index",
}
DESKS = {
    "01_desk", "21_import", "22_studies", "41_screen", "42_resolve", "43_full_text", "44_classify", "51_extract", "61_appraise", "66_grade",
}  # fmt: skip
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
ADDRESS = re.compile(r"\bat 0x[0-9a-f]{6,}|<[\w.]+ object at ")
WIDGET = "application/vnd.jupyter.widget"

each = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
each_report = pytest.mark.parametrize("path", [path for path in NOTEBOOKS if path.stem in REPORTS], ids=lambda path: path.stem)


def code(path: Path) -> list[tuple[int, nbformat.NotebookNode]]:
    cells = nbformat.read(path, as_version=4).cells
    return [(number, cell) for number, cell in enumerate(cells, start=1) if cell.cell_type == "code" and source_of(cell).strip()]


def test_they_are_numbered_along_the_corridor() -> None:
    names = {path.stem for path in NOTEBOOKS}
    assert REPORTS | DESKS - {"21_import", "51_extract"} <= names <= REPORTS | DESKS


@each
def test_parameters_are_one_cell_of_plain_values_near_the_top(path: Path) -> None:
    inspect(path)
    tagged = [number for number, cell in code(path) if "parameters" in cell.metadata.get("tags", [])]
    assert tagged == [code(path)[0][0]], "the parameters are the first code"
    assert nbformat.read(path, as_version=4).cells[0].cell_type == "markdown", "the page has a title"


@each
def test_a_notebook_reads_and_shows_and_the_package_does(path: Path) -> None:
    for number, cell in code(path):
        tree = ast.parse(source_of(cell), f"{path.name}, cell {number}")
        made = [
            type(node).__name__
            for node in ast.walk(tree)
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda)
        ]
        assert not made, f"cell {number} defines: {made}"
        written = [
            ast.unparse(node.func)
            for node in ast.walk(tree)
            if isinstance(node, ast.Call) and ast.unparse(node.func) in ("open", "exec", "eval")
        ]
        assert not written, f"cell {number} calls {written}"


@each
def test_nothing_of_a_run_or_a_machine_is_kept(path: Path) -> None:
    content = nbformat.read(path, as_version=4)
    nbformat.validate(content)
    assert tidy(content) == content, "write it with `python -m tests.refresh`"
    text = path.read_text(encoding="utf-8")
    assert not MACHINE.search(text) and not ADDRESS.search(text) and str(ROOT) not in text
    assert WIDGET not in text, "widget state is not committed"


@each_report
def test_a_report_is_committed_executed_from_top_to_bottom(path: Path) -> None:
    """nbval compares nothing for a cell without a count, in silence; so each must have one."""
    cells = code(path)
    assert [cell.execution_count for _, cell in cells] == list(range(1, len(cells) + 1))
    kinds = {output.output_type for _, cell in cells for output in cell.outputs}
    assert "error" not in kinds
    assert not [number for number, cell in cells for output in cell.outputs if output.get("name") == "stderr"]


@each_report
def test_a_picture_stands_beside_its_text(path: Path) -> None:
    """What a picture shows can be read, compared and heard: an output in an image format never stands alone."""
    for number, cell in code(path):
        for output in cell.outputs:
            shown = set(output.get("data", {}))
            if any(kind.startswith("image/") for kind in shown):
                plain = "".join(output.data.get("text/plain", ""))
                assert plain and not plain.startswith("<Figure"), f"cell {number} shows a picture without words"


@pytest.mark.parametrize("path", [path for path in NOTEBOOKS if path.stem in DESKS], ids=lambda path: path.stem)
def test_a_desk_asks_who_sits_at_it(path: Path) -> None:
    assert inspect(path)["reviewer"].default == ""


def test_the_files_end_as_the_tools_write_them() -> None:
    for path in NOTEBOOKS:
        text = path.read_text(encoding="utf-8")
        assert text == nbformat.writes(nbformat.from_dict(json.loads(text))) + "\n", path.name
