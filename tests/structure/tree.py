"""The files of the repository, read and parsed once for all structure tests."""

from __future__ import annotations

import ast
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "review"


@cache
def tracked() -> tuple[Path, ...]:
    """What git carries or would carry: tracked files and new ones that are not ignored, those that are there."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    if listed.returncode:  # an unpacked archive has no git: everything that is not a hidden folder
        found = (path.relative_to(ROOT) for path in ROOT.rglob("*") if path.is_file())
        names = sorted(str(path) for path in found if not any(part in HIDDEN for part in path.parts))
    else:
        names = sorted(set(filter(None, listed.stdout.split("\0"))))
    return tuple(ROOT / name for name in names if (ROOT / name).is_file())


HIDDEN = {".venv", ".git", ".pytest_cache", ".ruff_cache", ".hypothesis", ".import_linter_cache", "__pycache__", "reports"}


@cache
def modules() -> tuple[Path, ...]:
    """The modules of the package."""
    return tuple(path for path in tracked() if path.suffix == ".py" and PACKAGE in path.parents)


@cache
def test_files() -> tuple[Path, ...]:
    return tuple(path for path in tracked() if path.suffix == ".py" and ROOT / "tests" in path.parents)


test_files.__test__ = False  # type: ignore[attr-defined]


@cache
def text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(text(path), str(path))


@cache
def nodes(path: Path) -> tuple[ast.AST, ...]:
    """Everything that the parsed file holds; many tests go through it."""
    return tuple(ast.walk(parsed(path)))


def place(path: Path, line: int = 0) -> str:
    return f"{path.relative_to(ROOT).as_posix()}:{line}" if line else path.relative_to(ROOT).as_posix()


def said(problems: list[str]) -> str:
    """The message of a failed assertion: one problem a line."""
    return "\n".join(["", *problems])
