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
from pathlib import Path
from typing import Any

from review.reporting.notebook import Job, sources_of
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
    """What all reports of one render rest on, apart from their own date: files, package, libraries, who looks."""

    told: Mapping[str, Any]

    def key(self, notebook: bytes, values: Mapping[str, Any], heads: Mapping[str, str], *rests_on: Any) -> str:
        """The hash of one report: the notebook's source, its values, the ledger's heads at its date, and all that it rests on besides."""
        own = {"notebook": digest(notebook), "values": values, "heads": heads, "rests_on": rests_on, **self.told}
        # a file's name may hold bytes that are no UTF-8: these come back as they are on the disk
        return digest(json.dumps(own, sort_keys=True, ensure_ascii=False).encode("utf-8", "surrogateescape"))


def ground(folder: Path, viewer: str) -> Ground:
    """The ground of a render of the review at *folder* for *viewer* ('' for nobody)."""
    told = {path.relative_to(folder).as_posix(): digest(path.read_bytes()) for path in project_files(folder)}
    return Ground({"files": told, "viewer": viewer, "package": sources(), "versions": versions()})


@cache
def sources() -> str:
    """The hash of every file of this package, code and data."""
    package = Path(__file__).parents[1]
    found = sorted(path for path in package.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return digest("\n".join(f"{path.relative_to(package).as_posix()} {digest(path.read_bytes())}" for path in found).encode("utf-8"))


@cache
def versions() -> dict[str, str]:
    """Python, the libraries, and the packages that bring readers or tools, with their versions."""
    every = entry_points()
    plugged = {point.dist.name for group in PLUG_INS for point in every.select(group=group) if point.dist is not None}
    return {"python": sys.version, "platform": sys.platform, **{name: _version(name) for name in sorted({*LIBRARIES, *plugged})}}


def fonts() -> str:
    """The hash of the list of fonts that this machine has; a letter that was missing from a PDF may be in one of them later."""
    from typst import Fonts

    return digest("\n".join(sorted(map(repr, Fonts(include_system_fonts=True).fonts()))).encode("utf-8", "surrogateescape"))


def source_bytes(job: Job) -> bytes:
    """The notebook's cells without outputs: to run a notebook in place changes nothing of what it would report."""
    kept = [[cell.kind, cell.text, cell.tags] for cell in sources_of(job.notebook)]
    return json.dumps(kept, ensure_ascii=False).encode("utf-8")


@dataclass
class Manifest:
    """What was made in an output folder: for every part its key, its date and the hash of each of its files."""

    folder: Path
    parts: dict[str, dict[str, Any]] = field(default_factory=dict)
    links: str = ""  # the hash of the list of pages that the pages of this render link to

    @classmethod
    def read(cls, folder: Path) -> Manifest:
        """The manifest as it stands; one that is missing or damaged says that nothing was made."""
        try:
            parts = json.loads((folder / MANIFEST).read_bytes().decode("utf-8"))["parts"]
            json.dumps(parts, ensure_ascii=False).encode("utf-8")  # half a letter would stop the next writing
            return cls(folder, parts if all(_sound(part, folder) for part in parts.values()) else {})
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return cls(folder)

    def holds(self, name: str, key: str, wanted: Iterable[str]) -> bool:
        """Whether the part stands complete as this key would make it, with at least the *wanted* files, none edited."""
        part, wanted = self.parts.get(name, {}), set(wanted)
        made = part.get("files", {})
        linked = f"{name}.html" not in wanted or part.get("links") == self.links
        return self._same(name, key) and linked and wanted <= set(made) and all(hash_of(self.folder / file) == made[file] for file in made)

    def _same(self, name: str, key: str) -> bool:
        """Whether what was made of the part is of this key; if it was remarked on, also whether the machine has the same fonts."""
        part = self.parts.get(name, {})
        return part.get("key") == key and (not part.get("warnings") or part.get("fonts") == fonts())

    def files(self, name: str) -> list[Path]:
        """The files of a part, as they were made last."""
        return [self.folder / file for file in self.parts.get(name, {}).get("files", {})]

    def note(self, name: str, key: str, as_of: str, made: Iterable[Path], warnings: Sequence[str] = ()) -> None:
        """The part was made: these files. Others that it had stay where they are of the same state and as they were made."""
        kept, told = {path.relative_to(self.folder).as_posix(): hash_of(path) for path in made}, list(warnings)
        before, notebook = self.parts.get(name, {}).get("files", {}), f"{name}.ipynb"
        links = self.links if f"{name}.html" in kept else self.parts.get(name, {}).get("links", "")
        if self._same(name, key) and kept.get(notebook) == before.get(notebook):
            others = {file: before[file] for file in before if file not in kept and hash_of(self.folder / file) == before[file]}
            told = list(dict.fromkeys([*(self.parts[name].get("warnings", ()) if others else ()), *warnings]))
            kept |= others
        self._clear(name, kept)
        self.parts[name] = {"key": key, "as_of": as_of, "files": kept, **({"warnings": told, "fonts": fonts()} if told else {})}
        if f"{name}.html" in kept:
            self.parts[name]["links"] = links

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


def _sound(part: Mapping[str, Any], folder: Path) -> bool:
    """Whether a part of a manifest is as it is written here: a key, a date, and hashes of files below the folder."""
    texts = [part["key"], part["as_of"], part.get("fonts", ""), *part.get("warnings", []), *part["files"], *part["files"].values()]
    return all(isinstance(text, str) for text in texts) and not any(
        file.startswith("/") or "\0" in file or ".." in Path(file).parts or (folder / file).is_dir() for file in part["files"]
    )


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
