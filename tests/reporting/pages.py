"""A review's reports made in this process, without a kernel: the same cells, outputs and makers, in a few seconds."""

from __future__ import annotations

import json
from pathlib import Path

from review import Review
from review.reporting import publishing
from review.reporting.publishing import as_page, title_of
from review.reporting.report import report_notebooks
from tests.reporting.executed import execute
from tests.structure.tree import ROOT

CHECKLIST = "80_checklist"  # reads the executed notebooks of the others
NOTEBOOKS = report_notebooks(ROOT)


def write_pages(review: Review, folder: Path) -> dict[str, Path]:
    """Name -> page, written to *folder*, of every report as this viewer sees it. ``REVIEW_PROJECT`` names the review's folder."""
    nav = [(f"{name}.html", title_of(path)) for name, path in NOTEBOOKS.items()]
    made = {}
    ran = folder / "ran"
    ran.mkdir()
    for name in sorted(NOTEBOOKS, key=lambda name: name == CHECKLIST):
        notebook = json.loads(NOTEBOOKS[name].read_text(encoding="utf-8"))
        cells = notebook["cells"]
        execute(cells, review.reviewer or "", str(ran))
        (ran / f"{name}.ipynb").write_text(json.dumps(notebook, ensure_ascii=False), encoding="utf-8")
        made[name] = folder / f"{name}.html"
        made[name].write_text(as_page(review._at(None), cells, nav), encoding="utf-8")
    return made


def write_documents(review: Review, folder: Path) -> None:
    """What a render puts beside the pages that ``write_pages`` wrote to *folder*: documents, tables, figures and checklists."""
    rooms, ran = review._at(None), {name: folder / "ran" / f"{name}.ipynb" for name in NOTEBOOKS}
    files = {"": publishing.figure_files(rooms) | publishing.checklist_files(ran[CHECKLIST])}
    files[""] |= publishing.combined_files(rooms, list(ran.values()), ("docx", "pdf"))
    for report in publishing.WITH_TABLES:
        files[""] |= publishing.table_files(rooms, report)
    for name, notebook in ran.items():
        cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
        files[name] = publishing.report_files(rooms, cells, [], ("docx", "pdf"))
    for name, ending, write in ((name, ending, write) for name, made in files.items() for ending, write in made.items()):
        file = folder / f"{name}{ending}"
        file.parent.mkdir(exist_ok=True)
        write(file)
