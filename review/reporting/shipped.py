"""Where the notebooks lie: in ``notebooks/`` of a checkout, in ``review/_notebooks`` of an installed wheel."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from review.errors import NotFound


def notebooks_folder() -> Path:
    """The folder of the notebooks that ship with the package. Raises NotFound where an installation lacks them."""
    package = Path(str(files("review")))
    for folder in (package / "_notebooks", package.parent / "notebooks"):
        if folder.is_dir():
            return folder
    raise NotFound("the shipped notebooks are missing", where=package.name, next_step="install the package again")
