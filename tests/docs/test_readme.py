"""The README is true: its code runs, its commands do what they say, its links lead somewhere, its picture is the example's."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from review import Review
from review.cli import app, main
from tests.docs.pages import DOCS, PAGES, blocks, prose, section
from tests.structure.tree import ROOT, text

README = ROOT / "README.md"
PAGE = ROOT / "tests" / "example" / "pages" / "ictrp_NCT05605665.txt"
OWN = "A review of your own"


def test_its_ten_lines_run_on_the_example(example: Path) -> None:
    [code] = blocks(README, "python")
    assert len([line for line in code.splitlines() if line.strip()]) == 10
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], cwd=example, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0].startswith("2 {'Not adults (under 18)"), "included studies, and why one was excluded"
    assert lines[1] == "[]" and lines[-2:] == ["0", "[]"], "every identity holds; nothing was there on that day; all is sound"
    head = (example / "included.csv").read_text(encoding="utf-8").splitlines()[0]
    assert head.startswith("study,methods,participants")


def review(command: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Result:
    """A command as the README writes it, run in *folder*."""
    monkeypatch.chdir(folder)
    return CliRunner().invoke(app, shlex.split(command, comments=True)[1:], catch_exceptions=False)


def test_a_review_of_your_own_goes_as_it_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All but JupyterLab and the report, which have tests of their own."""
    [listed] = re.findall(r"```sh\n(.*?)```", section(README, OWN), re.DOTALL)
    steps = {line.split()[1]: line for line in listed.splitlines()}
    assert list(steps) == ["init", "status", "freeze", "import", "lab", "report", "verify"]
    shutil.copy(PAGE, tmp_path / "page.txt")
    made = review(steps["init"], tmp_path, monkeypatch)
    folder = tmp_path / "sjogren"
    assert made.exit_code == 0 and {"review.toml", "notebooks", "data", "tools"} <= {p.name for p in folder.iterdir()}
    assert (folder / "notebooks" / "41_screen.ipynb").is_file()
    told = review(steps["status"], tmp_path, monkeypatch).output
    assert "still missing in review.toml: [question] population" in told and "Next: complete review.toml" in told
    plan = (ROOT / "review.toml").read_text(encoding="utf-8").replace("teaching_copy = true", "teaching_copy = false")
    (folder / "review.toml").write_text(plan, encoding="utf-8")
    assert "version 1 is in force" in review(steps["freeze"], tmp_path, monkeypatch).output
    imported = review(steps["import"], tmp_path, monkeypatch)
    assert imported.exit_code == 0 and "1 read = 1 kept + 0 refused" in imported.output
    assert "1 screened, 0 excluded, 0 passed, 1 wait" in review(steps["status"], tmp_path, monkeypatch).output
    heads = folder / "reports" / "manifest.json"
    assert heads == tmp_path / shlex.split(steps["verify"])[3], "where the report leaves the heads"
    with_heads = Review.open(folder)
    heads.write_text(f'{{"heads": {{"{next(iter(with_heads.flow().heads))}": "{"0" * 64}"}}}}', encoding="utf-8")
    with_heads.close()
    assert review(steps["verify"], tmp_path, monkeypatch).exit_code == 1, "a head that this ledger does not hold is named"
    assert review("review verify --project sjogren", tmp_path, monkeypatch).output.startswith("Sound.")


def test_freezing_what_is_not_filled_in_says_what_is_missing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made = Review.create(tmp_path / "new")
    made.close()
    with pytest.raises(SystemExit, match="1"):
        main(["freeze", "--project", str(made.folder), "--as", "lead"])
    told = capsys.readouterr().err
    assert "at least one [[criteria]]" in told and "next: add these to review.toml" in told


def test_its_picture_is_the_flow_of_the_example(example: Path) -> None:
    rv = Review.open(example)
    try:
        flow = rv.flow()
    finally:
        rv.close()
    picture = (DOCS / "pictures" / "flow.svg").read_text(encoding="utf-8")
    assert picture == flow.svg(links=False), "write it anew: review flow --svg docs/pictures/flow.svg"
    shown = re.search(r"!\[(PRISMA.+?)\]", text(README))
    found = [sum(flow.boxes[name].n for name in names) for names in (
        ("register_results",), ("website_results", "citations_results"), ("new_studies",))]  # fmt: skip
    assert shown and [int(n) for n in re.findall(r"\b\d\b", shown[1].replace("PRISMA 2020", ""))] == found


def test_targets_of_make_are_in_the_makefile() -> None:
    known = set(re.findall(r"^(\w+):", text(ROOT / "Makefile"), re.MULTILINE))
    for page in PAGES:
        named = re.findall(r"^make (\w+)", "\n".join(blocks(page, "sh")), re.MULTILINE) + re.findall(r"`make (\w+)", prose(page))
        assert set(named) <= known, page.name


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_to_files(page: Path) -> None:
    links = [link.partition("#")[0] for link in re.findall(r"\]\(([^)\s]+)\)", prose(page)) if not re.match(r"[a-z]+:", link)]
    assert [link for link in links if link and not (page.parent / link).exists()] == []


def test_every_page_of_the_documentation_is_linked() -> None:
    linked = set(re.findall(r"\]\((docs/[^)]+\.md)\)", text(README)))
    assert linked == {f"docs/{page.name}" for page in DOCS.glob("*.md")}
