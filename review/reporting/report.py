"""Renders the report notebooks of a review to pages that open offline, with the tables as CSV and a manifest of heads."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from review.errors import NotFound, ParameterRefused, near
from review.reporting import render
from review.reporting.characteristics import KINDS, characteristics
from review.reporting.documents.html import page
from review.reporting.documents.notebook_body import document_body
from review.reporting.notebook import inspect, plan
from review.reporting.rooms import Rooms

Progress = Callable[[int, int, str], None]


def report_notebooks(folder: Path) -> dict[str, Path]:
    """Name -> file of the notebooks that are reports (they have the parameter ``as_of``), in their order."""
    found = sorted((folder / "notebooks").glob("[0-9]*.ipynb"))
    return {path.stem: path for path in found if "as_of" in inspect(path)}


def chosen(folder: Path, names: Sequence[str] | None) -> list[Path]:
    """The notebooks of these names ('30_flow' or 'flow'), all when none is named."""
    known = report_notebooks(folder)
    if not known:
        raise NotFound(
            "there are no report notebooks",
            where="notebooks/",
            next_step="`review init` writes them into a new review; copy them from there",
        )
    if not names:
        return list(known.values())
    short = {name.partition("_")[2]: name for name in known}
    for name in names:
        if name not in known and name not in short:
            raise NotFound(f"there is no report {name!r}", next_step=near(name, [*known, *short]))
    return [known[short.get(name, name)] for name in names]


def render_reports(
    rooms: Rooms,
    folder: Path,
    names: Sequence[str] | None,
    *,
    out: str | Path,
    parameters: Mapping[str, Any],
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> list[render.Outcome]:
    """Run the notebooks and write pages, tables and manifest to *out* (below the review's folder unless absolute)."""
    taken = sorted({"as_of", "reviewer"} & set(parameters))
    if taken:
        raise ParameterRefused(f"{' and '.join(taken)} cannot be set as a parameter", expected="--as-of for the date, --as for who looks")
    target = folder / out
    notebooks = chosen(folder, names)
    pinned = {"as_of": rooms.as_of, "reviewer": rooms.seat.viewer.name or ""}  # every page shows the same moment and viewer
    known = {name for path in notebooks for name in inspect(path)}
    shared = {**{name: value for name, value in pinned.items() if name in known}, **parameters}
    jobs = plan(notebooks, shared, as_text=all(isinstance(v, str) for v in parameters.values()))
    nav = [(f"{path.stem}.html", _title_of(path)) for path in report_notebooks(folder).values() if names is None or path in notebooks]
    outcomes = render.render(
        jobs,
        out=target,
        root=folder,
        reviewer=rooms.seat.viewer.name,
        executor=executor,
        progress=progress,
        to_html=lambda notebook: as_page(rooms, notebook, nav),
    )
    if any(job.name == "50_characteristics" for job in jobs):
        _write_tables(rooms, target / "tables")
    _write_manifest(rooms, target, outcomes)
    return outcomes


def as_page(rooms: Rooms, notebook: NotebookNode, nav: Sequence[tuple[str, str]]) -> str:
    """One executed notebook as an offline page."""
    body = document_body(notebook.cells)
    made = [("Parameters", body.parameters)] if body.parameters else []
    own = [("" if label == body.title else address, label) for address, label in nav]
    return page(
        body.title or "Report",
        rooms.protocol.plan.review.title,
        body.parts,
        as_of=rooms.as_of,
        heads=rooms.heads,
        traces=body.traces,
        demonstration=rooms.demonstration,
        made=made,
        nav=own,
    )


def _title_of(path: Path) -> str:
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    for cell in cells:
        if cell["cell_type"] == "markdown":
            source = "".join(cell["source"])
            for line in source.splitlines():
                if line.startswith("# "):
                    return line[2:].strip()
    return path.stem


def _write_tables(rooms: Rooms, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for of in KINDS:
        table = characteristics(rooms, of)
        table.csv(folder / f"characteristics_{of}.csv")
        table.csv(folder / f"characteristics_{of}_spreadsheet.csv", spreadsheet=True)


def _write_manifest(rooms: Rooms, target: Path, outcomes: Sequence[render.Outcome]) -> None:
    made = {
        "title": rooms.protocol.plan.review.title,
        "as_of": rooms.as_of,
        "heads": rooms.heads,
        "reports": {o.name: "ok" if o.ok else "failed" for o in outcomes},
    }
    if rooms.demonstration:
        made["demonstration"] = rooms.demonstration
    (target / "manifest.json").write_text(json.dumps(made, ensure_ascii=False, indent=1) + "\n", encoding="utf-8", newline="\n")
