"""What a rendered report rests on, as one hash, and what stands in the output folder: by these two a report is not made twice.

An output that is missing, was edited or failed is never taken for the report that it was.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import PackageNotFoundError, entry_points, version
from importlib.resources import files
from pathlib import Path
from typing import Any

from review.reporting.notebook import Job
from review.reporting.snapshot import project_files

MANIFEST = "manifest.json"
# whose version may change what a report says or how it looks
LIBRARIES = (
    "ipykernel", "lxml", "markdown-it-py", "matplotlib", "nbformat", "numpy", "pandas", "papermill", "pydantic", "python-docx",
    "scikit-learn", "scipy", "typst",
)  # fmt: skip
PLUG_INS = ("review.formats", "review.tools")


@dataclass(frozen=True)
class Ground:
    """What all reports of one render rest on, apart from their own date: files, package, libraries, who looks, the list of pages."""

    told: Mapping[str, Any]

    def key(self, notebook: bytes, values: Mapping[str, Any], heads: Mapping[str, str], *rests_on: Any) -> str:
        """The hash of one report: the notebook's source, its values, the ledger's heads at its date, and all that it rests on besides."""
        own = {"notebook": digest(notebook), "values": values, "heads": heads, "rests_on": rests_on, **self.told}
        return digest(json.dumps(own, sort_keys=True, ensure_ascii=False).encode("utf-8"))


def ground(folder: Path, viewer: str, nav: Sequence[tuple[str, str]]) -> Ground:
    """The ground of a render of the review at *folder* for *viewer* ('' for nobody), its pages linking to *nav*."""
    told = {path.relative_to(folder).as_posix(): digest(path.read_bytes()) for path in project_files(folder)}
    return Ground({"files": told, "viewer": viewer, "nav": [list(link) for link in nav], "package": sources(), "versions": versions()})


@cache
def sources() -> str:
    """The hash of every file of this package, code and data."""
    package = Path(str(files("review")))
    found = sorted(path for path in package.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return digest("\n".join(f"{path.relative_to(package).as_posix()} {digest(path.read_bytes())}" for path in found).encode("utf-8"))


@cache
def versions() -> dict[str, str]:
    """Python, the libraries, and the packages that bring readers or tools, with their versions."""
    plugged = {point.dist.name for group in PLUG_INS for point in entry_points(group=group) if point.dist is not None}
    return {"python": sys.version, "platform": sys.platform, **{name: _version(name) for name in sorted({*LIBRARIES, *plugged})}}


def source_bytes(job: Job) -> bytes:
    """The notebook's cells without outputs: to run a notebook in place changes nothing of what it would report."""
    cells = json.loads(job.notebook.read_text(encoding="utf-8"))["cells"]
    kept = [[cell["cell_type"], "".join(cell["source"]), cell.get("metadata", {}).get("tags") or []] for cell in cells]
    return json.dumps(kept, ensure_ascii=False).encode("utf-8")


@dataclass
class Manifest:
    """What was made in an output folder: for every part its key, its date and the hash of each of its files."""

    folder: Path
    parts: dict[str, dict[str, Any]] = field(default_factory=dict)

    @classmethod
    def read(cls, folder: Path) -> Manifest:
        """The manifest as it stands; one that is missing or damaged says that nothing was made."""
        try:
            parts = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))["parts"]
            return cls(folder, {str(name): dict(part, files=dict(part["files"])) for name, part in parts.items()})
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return cls(folder)

    def holds(self, name: str, key: str, wanted: Iterable[str]) -> bool:
        """Whether the part stands complete as this key would make it, with at least the *wanted* files, none edited."""
        part = self.parts.get(name, {})
        made = part.get("files", {})
        return part.get("key") == key and set(wanted) <= set(made) and all(hash_of(self.folder / file) == made[file] for file in made)

    def files(self, name: str) -> list[Path]:
        """The files of a part, as they were made last."""
        return [self.folder / file for file in self.parts.get(name, {}).get("files", {})]

    def note(self, name: str, key: str, as_of: str, made: Iterable[Path], warnings: Sequence[str] = ()) -> None:
        """The part was made: these files, and no others that it had before."""
        kept = {path.relative_to(self.folder).as_posix(): hash_of(path) for path in made}
        self._clear(name, kept)
        self.parts[name] = {"key": key, "as_of": as_of, "files": kept, **({"warnings": list(warnings)} if warnings else {})}

    def failed(self, name: str, as_of: str) -> None:
        """The part was not made; what an earlier render left of it is taken away, so that it is not read as this one's."""
        self._clear(name, {})
        self.parts[name] = {"key": "", "as_of": as_of, "files": {}}

    def drop(self, name: str) -> None:
        """The part is no more, and neither are its files."""
        self._clear(name, {})
        self.parts.pop(name, None)

    def _clear(self, name: str, kept: Mapping[str, str]) -> None:
        for path in self.files(name):
            if path.relative_to(self.folder).as_posix() not in kept and path.resolve().is_relative_to(self.folder.resolve()):
                path.unlink(missing_ok=True)


def digest(data: bytes) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def hash_of(path: Path) -> str:
    """The hash of a file, '' where there is none."""
    try:
        return digest(path.read_bytes())
    except OSError:
        return ""


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""
