"""What no file of the repository holds, and what every test does."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys

from tests.structure.tree import ROOT, nodes, place, said, test_files, text, tracked

TEXT = {
    ".py",
    ".md",
    ".toml",
    ".txt",
    ".yml",
    ".yaml",
    ".cfg",
    ".cff",
    ".js",
    ".css",
    ".ipynb",
    ".json",
    ".jsonl",
    ".html",
    ".svg",
    ".csv",
    "",
}
# written so that this file does not hold what it looks for
MACHINE = re.compile(r"/(?:wor[k]/|roo[t]/|hom[e]/\w|User[s]/\w)|[A-Z]:\\{1,2}User[s]")
REGISTRY = re.compile(r"pyp[i]\.org|pythonhoste[d]\.org|npmj[s]\.org|deb\.debia[n]\.org|/simpl[e]/\w|https?://\S+\.wh[l]", re.IGNORECASE)
UNFINISHED = re.compile(r"NotImplemente[d]Error|\bTOD[O]\b|\bFIXM[E]\b|\bXX[X]\b")


def held(pattern: re.Pattern[str], *, only: str = "") -> list[str]:
    return [
        f"{place(path, number)}: {match.group()}"
        for path in tracked()
        if path.suffix in TEXT and place(path).startswith(only)
        for number, line in enumerate(text(path).splitlines(), start=1)
        if (match := pattern.search(line))
    ]


def test_no_file_names_a_place_on_somebodys_machine() -> None:
    assert not held(MACHINE), said(held(MACHINE))


def test_no_file_names_a_package_registry() -> None:
    assert not held(REGISTRY), said(held(REGISTRY))


def test_nothing_is_left_unfinished() -> None:
    assert not held(UNFINISHED, only="review"), said(held(UNFINISHED, only="review"))


def test_ruff_finds_nothing() -> None:
    found = subprocess.run(
        [sys.executable, "-m", "ruff", "check", "--no-cache", "--output-format", "concise", "."], cwd=ROOT, capture_output=True, text=True
    )
    assert found.returncode == 0, found.stdout + found.stderr


def calls(name: str) -> list[tuple[str, ast.Call]]:
    """Every call of ``pytest.NAME`` or ``pytest.mark.NAME`` in the tests, with its place."""
    return [
        (place(path, node.lineno), node)
        for path in test_files()
        for node in nodes(path)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == name
        and "pytest" in ast.unparse(node.func)
    ]


def test_every_expected_error_is_told_by_its_message() -> None:
    loose = [where for where, call in [*calls("raises"), *calls("warns")] if not any(keyword.arg == "match" for keyword in call.keywords)]
    assert not loose, said(loose)


def test_every_skip_gives_its_reason() -> None:
    silent = [where for name in ("skip", "skipif", "xfail") for where, call in calls(name) if not reasons(name, call)]
    assert not silent, said(silent)


def reasons(name: str, call: ast.Call) -> bool:
    given = any(keyword.arg in ("reason", "msg") for keyword in call.keywords)
    return given or (name == "skip" and bool(call.args) and "mark" not in ast.unparse(call.func))


def test_what_reads_reference_material_is_named_so() -> None:
    """Such a test does nothing where the material is absent, which must be visible in its name."""
    outside = re.compile(r"""\.\./share[d]|/ ?["']share[d]["']""")
    other = [place(path) for path in test_files() if not path.name.startswith("test_shared_") and outside.search(text(path))]
    assert not other, said(other)


def test_scripts_are_executable_and_are_shell_that_parses() -> None:
    for script, shell in ((".ci/run", "bash"), (".ci/python", "sh")):
        assert os.access(ROOT / script, os.X_OK), script
        checked = subprocess.run([shell, "-n", str(ROOT / script)], capture_output=True, text=True)
        assert checked.returncode == 0, checked.stderr
