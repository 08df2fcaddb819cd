"""The Makefile and the CI script: what a newcomer types, tried without installing anything."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.structure.tree import ROOT

TARGETS = ["report", "test", "lab", "bench", "soak", "lint"]

pytestmark = pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed here")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """The files that make reads, in a folder with a blank in its name."""
    folder = tmp_path / "my review"
    (folder / ".ci").mkdir(parents=True)
    for name in ("Makefile", "pyproject.toml", "constraints.txt", ".ci/python", ".ci/run"):
        shutil.copy(ROOT / name, folder / name)
    return folder


def make(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS", "PYTHON"))}
    return subprocess.run(["make", *arguments], cwd=folder, env={**clean, **environment}, capture_output=True, text=True, timeout=600)


@pytest.mark.parametrize("target", TARGETS)
def test_each_target_sets_itself_up_and_is_one_python_command(checkout: Path, target: str) -> None:
    shown = make(checkout, "--dry-run", target).stdout
    assert "constraint constraints.txt --editable" in shown and shown.count("--editable") == 1
    commands = [line for line in shown.splitlines() if re.match(r"\.venv/bin/python -m (?!pip)", line)]
    assert len(commands) == 1
    told = make(checkout, "help").stdout
    assert commands[0].removeprefix(".venv/bin/") in told


def test_a_report_needs_neither_a_test_tool_nor_jupyterlab(checkout: Path) -> None:
    shown = make(checkout, "--dry-run", "report").stdout
    assert "[dev]" not in shown and "[lab]" not in shown


def test_a_second_run_installs_nothing(checkout: Path) -> None:
    (checkout / ".venv").mkdir()
    for stamp in (".core", ".dev", ".lab"):
        (checkout / ".venv" / stamp).touch()
    for target in TARGETS:
        assert "pip" not in make(checkout, "--dry-run", target).stdout


def test_what_was_set_up_for_tests_makes_reports_without_another_pip(checkout: Path) -> None:
    programs = checkout / ".venv" / "bin"
    programs.mkdir(parents=True)
    (programs / "python").write_text('#!/bin/sh\necho "$*" >> calls\n', encoding="utf-8")
    (programs / "python").chmod(0o755)
    for target in ("test", "report"):
        assert make(checkout, target).returncode == 0
    calls = (checkout / "calls").read_text(encoding="utf-8").splitlines()
    assert [" install " in call for call in calls].count(True) == 1
    assert [call.split()[1] for call in calls] == ["pip", "pip", "compileall", "pytest", "review"]


def test_what_is_compiled_is_kept_and_one_thing_is_done_at_a_time_whatever_the_shell_asks(checkout: Path) -> None:
    programs = checkout / ".venv" / "bin"
    programs.mkdir(parents=True)
    told = 'echo "begun $PYTHONDONTWRITEBYTECODE" >> calls; sleep 0.05; echo "ended" >> calls'
    (programs / "python").write_text(f"#!/bin/sh\n{told}\n", encoding="utf-8")
    (programs / "python").chmod(0o755)
    assert make(checkout, "-j4", "test", "report", PYTHONDONTWRITEBYTECODE="1").returncode == 0
    calls = [line.strip() for line in (checkout / "calls").read_text(encoding="utf-8").splitlines()]
    assert calls == ["begun", "ended"] * 5


def test_an_unfit_python_is_answered_with_what_to_do(checkout: Path) -> None:
    refused = make(checkout, "report", PYTHON=str(checkout / "no python"))
    assert refused.returncode != 0
    assert "No Python 3.11, 3.12 or 3.13" in refused.stderr and "next: install one" in refused.stderr
    assert not (checkout / ".venv").exists()


def test_the_python_that_is_named_is_taken(checkout: Path) -> None:
    found = subprocess.run([checkout / ".ci" / "python", sys.executable], capture_output=True, text=True)
    assert found.stdout.strip() == sys.executable


def test_ci_runs_the_readmes_test_command_and_requires_what_it_installs() -> None:
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert script.rstrip().endswith("exec make test")
    assert "REVIEW_TEST_REQUIRE=browser,postgres,libreoffice" in script


@pytest.fixture
def bare_machine(checkout: Path, tmp_path: Path) -> dict[str, str]:
    """A PATH with a shell and an apt-get that fails the first time, and nothing that CI needs to find."""
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in ("bash", "sh", "env", "dirname"):
        (programs / name).symlink_to(shutil.which(name) or name)
    for name, body in {
        "apt-get": f'echo "apt-get $*" >> "{tmp_path}/calls"; [ -e "{tmp_path}/tried" ] || {{ : > "{tmp_path}/tried"; exit 100; }}',
        "make": f'echo "make $* for $REVIEW_TEST_REQUIRE" >> "{tmp_path}/calls"',
        "sleep": ":",
        "id": "echo ${WHO:-0}",
    }.items():
        (programs / name).write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
        (programs / name).chmod(0o755)
    return {"PATH": str(programs), "calls": str(tmp_path / "calls")}


def test_ci_installs_what_is_missing_tries_again_and_runs_the_tests(checkout: Path, bare_machine: dict[str, str]) -> None:
    path = {"PATH": bare_machine["PATH"]}
    done = subprocess.run(["bash", ".ci/run"], cwd=checkout, env=path, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr
    calls = Path(bare_machine["calls"]).read_text(encoding="utf-8").splitlines()
    assert [call.split()[-1] for call in calls[:2]] == ["update", "update"], "the first update failed and was tried again"
    assert "install --no-install-recommends" in calls[2]
    assert {"chromium", "libreoffice-writer", "poppler-utils", "python3-venv"} <= set(calls[2].split())
    assert calls[-1] == "make test for browser,postgres,libreoffice"


def test_ci_says_what_it_lacks_where_it_may_not_install(checkout: Path, bare_machine: dict[str, str]) -> None:
    environment = {"PATH": bare_machine["PATH"], "WHO": "1000"}
    done = subprocess.run(["bash", ".ci/run"], cwd=checkout, env=environment, capture_output=True, text=True, timeout=600)
    assert done.returncode == 1
    assert "CI needs" in done.stderr and "neither root nor sudo" in done.stderr
    assert not Path(bare_machine["calls"]).exists()
