"""A flow to files: the drawing as SVG, PDF and PNG, and the CSV of the R package; and a typed flow from that CSV, in a review's words."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from review.errors import InputRefused
from review.reporting.flow import Drawn
from review.reporting.labels import project_labels
from review.reporting.r_package import read_r_csv
from review.reporting.typed_flow import TypedFlow


def write_flow(flow: Drawn, files: Mapping[str, Path | None], drawing: Mapping[str, Any]) -> list[str]:
    """Write *flow* to these files by their kind (svg, pdf, png, r_csv); returns what was remarked."""
    remarks: list[str] = []
    text = flow.svg(links=False, **drawing)  # refuses a wrong choice, also where nothing is drawn
    for kind, path in files.items():
        if path is None:
            continue
        try:
            if kind == "svg":
                path.write_text(text, encoding="utf-8", newline="\n")
            elif kind == "r_csv":
                remarks += flow.r_csv(path)
            else:
                getattr(flow, kind)(path, **drawing)
        except OSError as problem:
            raise InputRefused(
                f"{path} cannot be written: {problem.strerror}", next_step="choose a folder that is there and may be written"
            ) from problem
    return remarks


def typed_in(file: Path, folder: Path, as_of: str | None) -> TypedFlow:
    """The flow typed into *file*, in the words of the review in *folder* where there is one. Typed numbers have no date."""
    if as_of:
        raise InputRefused("typed numbers stand for no date", where=str(file), next_step="leave --as-of out")
    return read_r_csv(file, project_labels(folder))
