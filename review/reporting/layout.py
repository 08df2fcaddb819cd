"""Lays out a reviewer's own review: review.toml to fill in, the notebooks, and the folders; it never writes over a file."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

import nbformat

from review.errors import InputRefused
from review.model.plan import FILE_NAME
from review.reporting.notebook import strip
from review.reporting.shipped import notebooks_folder

_IGNORED = "data/ledger.sqlite3*\nreports/\n.ipynb_checkpoints/\n"
_ATTRIBUTES = "data/raw/** -text\ndata/blobs/** -text\ndata/ledger.jsonl -text\n"


def lay_out(folder: Path, title: str | None = None) -> Path:
    """Make the review's folder. Raises InputRefused where a review stands already."""
    if (folder / FILE_NAME).exists():
        raise InputRefused(
            "there is a review here already", where=str(folder), next_step=f"open it, or choose another folder than {folder.name}"
        )
    for name in ("notebooks", "data", "reports", "tools", "forms"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    template = resources.files("review.reporting").joinpath("assets", "review.toml").read_text(encoding="utf-8")
    named = template.replace("TITLE", (title or folder.resolve().name).replace("\\", " ").replace('"', "'"))
    _write(folder / FILE_NAME, named)
    _write(folder / ".gitignore", _IGNORED)
    _write(folder / ".gitattributes", _ATTRIBUTES)
    for source in sorted(notebooks_folder().glob("*.ipynb")):
        notebook = strip(nbformat.read(source, as_version=4))
        _write(folder / "notebooks" / source.name, nbformat.writes(notebook) + "\n")
    return folder


def _write(path: Path, text: str) -> None:
    if not path.exists():
        path.write_text(text, encoding="utf-8", newline="\n")
