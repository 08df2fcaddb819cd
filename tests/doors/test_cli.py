"""The command line: exit codes, and messages that say where, what was expected and what to do next."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from review.cli import main
from tests.example.build import PAGES, ROOT
from tests.rooms.team import PLAN, Team, make_team


def run(*words: str | Path) -> tuple[int, str, str]:
    """Exit code, output and error output of the command line as a person calls it."""
    import contextlib
    import io

    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            main([str(w) for w in words])
            code = 0
        except SystemExit as stop:
            code = int(stop.code or 0)
    return code, out.getvalue(), err.getvalue()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    team: Team = make_team(tmp_path / "a review é")
    team.ledger.close()
    return team.folder


WRONG = {
    "no reviewer": (["freeze"], "needs to know for whom"),
    "unknown reviewer": (["freeze", "--as", "r9"], "'r9' is not a reviewer"),
    "frozen already": (["freeze", "--as", "lead"], "frozen already"),
    "nothing to amend": (["amend", "--reason", "x", "--results-not-known", "--as", "lead"], "same as the version in force"),
    "no such file": (
        ["import", "none.txt", "--source", "S", "--kind", "register", "--searched", "2026-01-01", "--as", "r1"],
        "none.txt is not there",
    ),
    "no search": (["import", str(PAGES / "README.md"), "--as", "r1"], "an import names its search"),
    "wrong kind": (
        ["search", "--source", "S", "--kind", "registry", "--searched", "2026-01-01", "--as", "r1"],
        "'registry' is no kind of source",
    ),
    "wrong date": (["search", "--source", "S", "--kind", "register", "--searched", "20260101", "--as", "r1"], "is not a date"),
    "via missing": (["search", "--source", "S", "--kind", "other", "--searched", "2026-01-01", "--as", "r1"], "says via what"),
    "unknown report": (["report", "flows"], "did you mean"),
    "unknown parameter": (["report", "-p", "as_off=2026-01-01"], "as_off"),
    "parameter of the door": (["report", "-p", "reviewer=lead", "--as", "r1"], "--as for who looks"),
    "wrong as-of": (["flow", "--as-of", "yesterday"], "is not a date"),
    "no heads": (["verify", "--heads", "none.json"], "No such file or directory\n  expected: "),
    "heads and what to give": (["verify", "--heads", "none.json"], "give the manifest.json of a report"),
    "decisions as nothing": (["decisions", "none.csv", "--as", "lead"], "next: as: --stage title_abstract --as-consensus"),
    "unwritable drawing": (["flow", "--svg", "nowhere/flow.svg"], "cannot be written"),
    "unwritable R file": (["flow", "--r-csv", "nowhere/flow.csv"], "cannot be written"),
    "no choice of reasons": (["flow", "--reasons", "bot"], "did you mean 'both'"),
    "no field to note on": (["flow", "--footnote", "records_exclude=x"], "did you mean 'records_excluded'"),
    "no R file": (["flow", "--from-r", "none.csv"], "none.csv"),
    "typed numbers have no date": (["flow", "--from-r", "none.csv", "--as-of", "2026-01-01"], "leave --as-of out"),
    "no merge source": (["merge", "nothing", "--as", "r1"], "there is nothing at nothing"),
    "what is merged": (["merge", "nothing", "--as", "r1"], "`review export DIR` writes such a folder"),
    "restore over a ledger": (["restore", str(ROOT / "data"), "--as", "lead"], "there is a ledger already"),
    "unwritable out": (["report", "--out", str(ROOT / "README.md")], "README.md"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_is_said(folder: Path, case: str) -> None:
    words, said = WRONG[case]
    shutil.copytree(ROOT / "notebooks", folder / "notebooks")
    code, _, err = run(*words, "--project", folder)
    assert code == 1, err
    assert said in err and "Traceback" not in err


def test_a_mistyped_file_leaves_no_search(folder: Path) -> None:
    run("import", "none.txt", "--source", "S", "--kind", "register", "--searched", "2026-01-01", "--as", "r1", "--project", folder)
    assert "(n = " not in run("flow", "--project", folder)[1].partition("Records removed")[0]


def test_the_flow_goes_to_files_and_comes_back_as_typed_numbers(folder: Path, tmp_path: Path) -> None:
    files = {kind: tmp_path / f"flow.{kind}" for kind in ("svg", "pdf", "png", "csv")}
    words = [word for kind in ("svg", "pdf", "png") for word in (f"--{kind}", files[kind])]
    noted = ["--footnote", "records_screened=By two people.", "--reasons", "both", "--no-total-reports"]
    assert run("flow", *words, *noted, "--r-csv", files["csv"], "--project", folder)[0] == 0
    assert "* By two people." in files["svg"].read_text(encoding="utf-8") and "<a " not in files["svg"].read_text(encoding="utf-8")
    assert files["pdf"].read_bytes().startswith(b"%PDF") and files["png"].read_bytes().startswith(b"\x89PNG")
    code, out, _ = run("flow", "--from-r", files["csv"], "--project", tmp_path)
    assert code == 0 and "Records screened (n = 0)" in out and "Typed numbers" in out
    typed = files["csv"].read_text(encoding="utf-8").replace("Records screened,NA,0", "Records screened,NA,9999")
    files["csv"].write_text(typed, encoding="utf-8")
    code, _, err = run("flow", "--from-r", files["csv"], "--project", tmp_path)
    assert code == 1 and "Records screened (9,999)" in err


@pytest.mark.parametrize("door", ["desk", "lab"])
def test_a_desk_opens_for_nobody_who_is_not_of_the_review(folder: Path, door: str, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[object] = []
    monkeypatch.setattr("os.execve", lambda *given: opened.append(given))
    monkeypatch.setattr("os.chdir", opened.append)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: name)
    code, _, err = run(door, "--project", folder, "--as", "r9")
    assert code == 1 and "'r9' is not a reviewer of this review" in err and "one of: lead, r1, r2" in err and not opened
    assert run(door, "--project", folder, "--as", "r1")[0] == 0 and len(opened) == 2


def test_a_folder_whose_name_is_misspelt_is_said_to_be_missing(folder: Path) -> None:
    code, _, err = run("status", "--project", folder.with_name(folder.name + "x"))
    assert code == 1 and "is not there" in err and f"did you mean {folder.name!r}" in err
    (folder / "deeper").mkdir()
    assert run("status", "--project", folder / "deeper")[0] == 0, "a review is found above a folder that is there"
    assert "is not there" in run("status", "--project", folder / "deeepr")[2]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="/dev/full, a disk without room, is of Linux")
def test_a_full_disk_is_said_with_what_to_do(folder: Path) -> None:
    code, _, err = run("records", "--export", "/dev/full", "--format", "csv", "--project", folder)
    assert code == 1 and "No space left" in err and "make room on that disk" in err


def test_an_entry_without_a_title_is_shown_in_words(tmp_path: Path) -> None:
    file = tmp_path / "a.ris"
    file.write_text("TY  - JOUR\nAU  - Doe, J\nPY  - 2020\nER  - \n", encoding="utf-8")
    assert run("read", file)[1] == "a.ris: article_report: (no title)\n"


def test_usage_is_two(folder: Path) -> None:
    assert run("flow", "--no-such-option")[0] == 2


def test_outside_a_review(tmp_path: Path) -> None:
    code, _, err = run("status", "--project", tmp_path)
    assert code == 1 and "review init DIR" in err


@pytest.mark.parametrize(
    ("data", "said"), [(b"[review]\ntitle = \xff\n", "line 2 is not UTF-8"), (b"[review]\ntitle = 1\nregistratoin = 'x'\n", "registratoin")]
)
def test_a_broken_protocol(tmp_path: Path, data: bytes, said: str) -> None:
    (tmp_path / "review.toml").write_bytes(data)
    code, _, err = run("status", "--project", tmp_path)
    assert code == 1 and said in err and "review.toml" in err


def test_every_mistake_of_the_protocol_is_named_at_once(tmp_path: Path) -> None:
    wrong = (
        PLAN.replace('element = "P"', 'element = "Q"')
        .replace('roles = ["lead"]', 'roles = ["boss"]')
        .replace('kind = "database"', 'knd = "database"')
    )
    (tmp_path / "review.toml").write_text(wrong, encoding="utf-8")
    err = run("status", "--project", tmp_path)[2]
    assert (
        err.count("review.toml:") == 5 and "'Q' is not accepted" in err and "'boss' is not accepted" in err and "did you mean 'kind'" in err
    )


def test_init_import_status_flow_and_verify(tmp_path: Path) -> None:
    folder = tmp_path / "new"
    assert run("init", folder)[0] == 0
    assert run("init", folder)[0] == 1, "nothing is written over"
    (folder / "review.toml").write_text(PLAN, encoding="utf-8")
    assert run("freeze", "--project", folder, "--as", "lead")[0] == 0
    page = PAGES / "ictrp_NCT05605665.txt"
    code, out, _ = run(
        "import",
        page,
        "--source",
        "WHO ICTRP",
        "--kind",
        "register",
        "--searched",
        "2026-03-01",
        "--hits",
        "3",
        "--project",
        folder,
        "--as",
        "r1",
    )
    assert code == 0 and "1 read = 1 kept + 0 refused" in out and "may have been capped" in out
    assert "1 screened" in run("status", "--project", folder)[1]
    assert "WHO ICTRP (n = 1)" in run("flow", "--project", folder)[1]
    assert run("export", tmp_path / "out", "--project", folder, "--as", "lead")[0] == 0
    manifest = tmp_path / "heads.json"
    assert run("verify", "--project", folder)[0] == 0
    manifest.write_text('{"0000000000000000": "nothing"}', encoding="utf-8")
    assert run("verify", "--heads", manifest, "--project", folder)[0] == 1


def test_read_writes_nothing_and_prints_a_record_a_line(tmp_path: Path) -> None:
    code, out, _ = run("read", *sorted(PAGES.glob("*.txt")), "--json")
    assert code == 0 and len(out.splitlines()) == 5
    (tmp_path / "empty.txt").write_bytes(b"")
    code, _, err = run("read", tmp_path / "empty.txt")
    assert code == 1 and "the file is empty" in err


def test_help_of_every_command() -> None:
    from review.cli import app

    for command in app.registered_commands:
        name = command.name or command.callback.__name__  # type: ignore[union-attr]
        done = CliRunner().invoke(app, [name.replace("_", "-"), "--help"])
        assert done.exit_code == 0 and done.output.strip(), name


def test_read_goes_on_behind_a_file_that_no_reader_knows_and_moves_no_cursor(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("title,abstract\nWarm\x1b[2J feet,text\n", encoding="utf-8")
    (tmp_path / "b.txt").write_text("hello", encoding="utf-8")
    (tmp_path / "c.csv").write_text("title,abstract\nCold feet,text\n", encoding="utf-8")
    code, out, err = run("read", tmp_path, tmp_path / "gone.ris", tmp_path / "c.csv")
    assert code == 1
    assert out.splitlines() == [
        "a.csv: article_report: Warm\\x1b[2J feet", "c.csv: article_report: Cold feet", "c.csv: article_report: Cold feet",
    ]  # fmt: skip
    assert "b.txt" in err and "gone.ris is not there" in err
