"""The wheel, built here and installed elsewhere, opens a review of its own and makes its reports."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import nbformat
import pytest

from review import Review
from tests.reporting.pages import write_documents, write_pages
from tests.structure.tree import PACKAGE, ROOT, tracked


def run(*command: object, cwd: Path, **environment: str) -> str:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("REVIEW_", "PYTHONPATH"))}
    done = subprocess.run(list(map(str, command)), cwd=cwd, env={**clean, **environment}, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built with the backend of this environment, so that nothing is fetched."""
    out = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", out, ROOT, cwd=out)
    [made] = out.glob("*.whl")
    return made


@pytest.fixture(scope="module")
def elsewhere(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The python of a fresh environment that has the wheel, and sees the dependencies of this one."""
    folder = tmp_path_factory.mktemp("another place") / "venv"
    run(sys.executable, "-m", "venv", "--without-pip", folder, cwd=wheel.parent)
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    site = Path(run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=folder).strip())
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    # after the wheel's own folder, and without reading .pth files there: the checkout's editable install stays unseen
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return python


def test_the_wheel_carries_every_file_of_the_package_and_the_notebooks(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if not name.endswith("/")}
    package = {path.relative_to(ROOT).as_posix() for path in tracked() if PACKAGE in path.parents}
    notebooks = {f"review/_notebooks/{path.name}" for path in tracked() if path.parent == ROOT / "notebooks" and path.suffix == ".ipynb"}
    assert notebooks
    assert package | notebooks <= names
    assert {name.split("/")[0] for name in names} == {"review", next(name for name in names if ".dist-info" in name).split("/")[0]}


def test_the_installed_package_is_not_the_checkout(elsewhere: Path) -> None:
    told = run(elsewhere, "-c", "import review; print(review.__file__)", cwd=elsewhere.parent).strip()
    assert Path(told).is_relative_to(elsewhere.parents[1])


def test_the_notebooks_are_found_there(elsewhere: Path) -> None:
    code = "from review.reporting.shipped import notebooks_folder as f; print(*sorted(p.name for p in f().glob('*.ipynb')))"
    told = run(elsewhere, "-c", code, cwd=elsewhere.parent).split()
    assert told == sorted(path.name for path in (ROOT / "notebooks").glob("*.ipynb"))


def test_every_report_of_an_empty_review_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    review = Review.create(tmp_path / "a new review")
    monkeypatch.setenv("REVIEW_PROJECT", str(review.folder))
    pages = write_pages(review, tmp_path)
    assert {"10_protocol", "30_flow", "90_index"} <= pages.keys() and all(path.stat().st_size for path in pages.values())
    write_documents(review, tmp_path)
    review.close()


def test_a_review_is_begun_and_reported_there(elsewhere: Path, tmp_path: Path) -> None:
    """`review init` and `review report` as a reviewer types them, outside the checkout."""
    folder = tmp_path / "a new review"
    run(elsewhere, "-m", "review", "init", folder, cwd=tmp_path)
    assert (folder / "review.toml").is_file()
    for path in sorted((folder / "notebooks").glob("*.ipynb")):
        cells = nbformat.read(path, as_version=4).cells
        assert not any(cell.get("outputs") or cell.get("execution_count") for cell in cells), f"{path.name} is not stripped"
    run(elsewhere, "-m", "review", "report", "flow", "checklist", cwd=folder)
    made = {path.name for path in (folder / "reports").iterdir()}
    assert made >= {f"{name}.{kind}" for name in ("30_flow", "80_checklist") for kind in ("html", "docx", "pdf", "ipynb")}
    assert not list((folder / "reports").glob("*.failed.ipynb"))
