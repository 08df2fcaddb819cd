"""Imports go down only: the contracts of pyproject.toml hold, and each kind of wrong import breaks them."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.structure.tree import PACKAGE, ROOT, modules, parsed, place, said

LINT = "from importlinter.cli import lint_imports; raise SystemExit(lint_imports(no_cache=True, no_logo=True))"

INSIDE = "def late() -> None:\n    from review.screening import agreement"
FOR_TYPES = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from review.bias.state import fold"

# what is added to which module, and what the contracts then say
NOT = "is not allowed to import"
WRONG = {
    "a room knows another": ("records/dates.py", "import review.studies.linking", f"review.records {NOT} review.studies"),
    "a room knows reporting": ("bias/state.py", "from review.reporting import table", f"review.bias {NOT} review.reporting"),
    "the ground knows a room": ("model/views.py", "from review.records import dates", f"review.model {NOT} review.records"),
    "the vocabulary knows the store": ("model/event.py", "import review.ledger.chain", f"review.model {NOT} review.ledger"),
    "a stone knows the ground": ("text.py", "from review.model import event", f"review.text {NOT} review.model"),
    "reporting knows a door": ("reporting/table.py", "import review.cli", f"review.reporting {NOT} review.cli"),
    "inside a function": ("bias/state.py", INSIDE, f"review.bias {NOT} review.screening"),
    "for types only": ("extraction/state.py", FOR_TYPES, f"review.extraction {NOT} review.bias"),
    "a view writes facts": ("screening/state.py", "from review.ledger.pen import Pen", "review.screening.state -> review.ledger.pen"),
    "a report writes facts": ("reporting/flow.py", "import review.ledger.pen", "review.reporting.flow -> review.ledger.pen"),
    "SQL outside the ledger": ("studies/groups.py", "import sqlalchemy", f"review.studies {NOT} sqlalchemy"),
    "SQL in the review": ("project.py", "from sqlite3 import connect", f"review.project {NOT} sqlite3"),
    "a room runs a kernel": ("records/lines.py", "import papermill", f"review.records {NOT} papermill"),
    "a second place that runs kernels": ("reporting/table.py", "import nbclient", f"review.reporting {NOT} nbclient"),
    "a room draws a card": ("screening/steps.py", "import anywidget", f"review.screening {NOT} anywidget"),
    "a module without a floor": ("wherever.py", '"""New."""', "wherever"),
}


def lint(root: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(root), "COLUMNS": "300", "NO_COLOR": "1"}
    return subprocess.run([sys.executable, "-c", LINT], cwd=root, env=environment, capture_output=True, text=True, timeout=600)


def test_the_contracts_hold() -> None:
    checked = lint(ROOT)
    assert checked.returncode == 0, checked.stdout + checked.stderr


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("copy")
    shutil.copy(ROOT / "pyproject.toml", root)
    shutil.copytree(PACKAGE, root / "review", ignore=shutil.ignore_patterns("__pycache__", "*.toml", "*.css", "*.js"))
    return root


@pytest.mark.parametrize("kind", WRONG)
def test_a_wrong_import_is_caught(copy: Path, kind: str) -> None:
    name, line, told = WRONG[kind]
    module = copy / "review" / name
    before = module.read_text(encoding="utf-8") if module.exists() else None
    module.write_text(f"{before or ''}\n{line}\n", encoding="utf-8")
    try:
        checked = lint(copy)
    finally:
        module.unlink() if before is None else module.write_text(before, encoding="utf-8")
    assert checked.returncode == 1
    assert told in " ".join(checked.stdout.split()), checked.stdout


DOORS = ("cli.py", "cli_alone.py", "cli_decisions.py", "cli_desk.py", "cli_records.py", "cli_searches.py", "desk", "__init__.py")


def test_nothing_inside_goes_through_the_front_door() -> None:
    """``from review import Review`` below the doors would be a way around every floor."""
    public = [
        place(path, node.lineno)
        for path in modules()
        if path.relative_to(PACKAGE).parts[0] not in DOORS
        for node in ast.walk(parsed(path))
        if (isinstance(node, ast.ImportFrom) and node.module == "review" and not all(below(alias.name) for alias in node.names))
        or (isinstance(node, ast.Import) and any(alias.name == "review" for alias in node.names))
    ]
    assert not public, said(public)


def below(name: str) -> bool:
    return (PACKAGE / name).is_dir() or (PACKAGE / f"{name}.py").is_file()


def test_imports_are_written_so_that_the_contracts_can_see_them() -> None:
    """A module imported by its name as text is unseen; a package may do so for its own modules, to load them when asked for."""
    hidden = []
    for path in modules():
        own = ".".join(path.relative_to(ROOT).parent.parts)
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.ImportFrom) and node.level:
                hidden.append(f"{place(path, node.lineno)}: a relative import")
            if isinstance(node, ast.Call) and ast.unparse(node.func) in ("import_module", "importlib.import_module", "__import__"):
                others = {told for told in dotted(parsed(path)) if not told.startswith(f"{own}.")}
                if path.name != "__init__.py" or others:
                    hidden.append(f"{place(path, node.lineno)}: loads by text {', '.join(sorted(others))}")
    assert not hidden, said(hidden)


def dotted(tree: ast.Module) -> set[str]:
    """The texts in a module that look like names of our modules and are not those of plug-in groups."""
    texts = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    return {text for text in texts if text.startswith("review.") and " " not in text} - {"review.formats", "review.tools"}
