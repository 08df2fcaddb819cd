"""The render machine: what it refuses before a kernel starts, what it makes, and what a failure leaves behind."""

from __future__ import annotations

import json
import math
import os
import tempfile
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from review.errors import InputRefused, NotebookFailed, NotFound, ParameterRefused, ReportError
from review.reporting.notebook import assignments
from review.reporting.render import Job, Writer, check, inspect, plan, render, strip, text_to, tidy, write_all

PARAMETERS = "as_of = ''  # a date\nlimit: int = 3\nlevel: float = -0.5\nshort: bool = False"


def write(folder: Path, name: str, *cells: str, parameters: str | None = PARAMETERS) -> Path:
    tagged = [] if parameters is None else [new_code_cell(parameters, metadata={"tags": ["parameters"]})]
    content = new_notebook(cells=[new_markdown_cell("# A page"), *tagged, *(new_code_cell(cell) for cell in cells)])
    path = folder / f"{name}.ipynb"
    nbformat.write(content, path)
    return path


# -- parameters -------------------------------------------------------------------------------------------------


def test_parameters_are_read_with_type_default_line_and_comment(tmp_path: Path) -> None:
    found = inspect(write(tmp_path, "page"))
    assert [(p.name, p.type, p.default, p.line) for p in found.values()] == [
        ("as_of", str, "", 1), ("limit", int, 3, 2), ("level", float, -0.5, 3), ("short", bool, False, 4),
    ]  # fmt: skip
    assert found["as_of"].note == "a date"


def test_a_hash_inside_a_text_is_no_comment(tmp_path: Path) -> None:
    found = inspect(write(tmp_path, "page", parameters="colour = '# 3 = red'"))["colour"]
    assert (found.default, found.note) == ("# 3 = red", "")


def test_a_whole_number_may_stand_for_a_float(tmp_path: Path) -> None:
    path = write(tmp_path, "page", parameters="level: float = 1")
    assert inspect(path)["level"].default == 1.0
    assert isinstance(check(path, {"level": 2})["level"], float)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("when = date(2026, 1, 1)", r"line 1: 'date\(2026, 1, 1\)' is not a literal"),
        ("names = ['a']", "is not a literal"),
        ("x = None", "is not a literal"),
        ("x = b'raw'", "is not a literal"),
        ("x = 1j", "is not a literal"),
        ("x = not True", "is not a literal"),
        ("x = -True", "is not a literal"),
        ("x = 1e999", "declared float and set to inf"),
        ("x = f'{1}'", "is not a literal"),
        ("x: list = 1", "the type 'list' is not one of"),
        ("x: str | None = ''", "the type 'str | None' is not one of"),
        ("x: int = 1.5", "'x' is declared int and set to 1.5"),
        ("x: int = True", "'x' is declared int and set to True"),
        ("x: bool = 1", "'x' is declared bool and set to 1"),
        ("x: int", "does not set one name"),
        ("a = b = 1", "is not one assignment"),
        ("a, b = 1, 2", "does not set one name"),
        ("a.b = 1", "does not set one name"),
        ("a = 1; b = 2", "line 1: a second statement in the line"),
        ("a = 1\na = 2", "line 2: 'a' is set a second time"),
        ("a = 1\nimport os", "line 2: 'import os' is not one assignment"),
        ("a = '''one\ntwo'''", "the value of 'a' is longer than its line"),
        ("a = 1\n%matplotlib inline", "line 2 is not Python"),
    ],
)
def test_whatever_is_not_a_plain_parameter_is_refused_with_its_place(tmp_path: Path, line: str, said: str) -> None:
    path = write(tmp_path, "page", parameters=line)
    with pytest.raises(ParameterRefused, match=rf"page\.ipynb, cell 2: .*{said}"):
        inspect(path)


def test_every_unclear_line_is_named_at_once(tmp_path: Path) -> None:
    with pytest.raises(ParameterRefused, match=r"line 1: .*; line 3: "):
        inspect(write(tmp_path, "page", parameters="a = []\nb = 1\nc = {}"))


def test_a_notebook_has_one_parameters_cell(tmp_path: Path) -> None:
    with pytest.raises(ParameterRefused, match="0 cells are tagged 'parameters'"):
        inspect(write(tmp_path, "none", "1", parameters=None))
    path = write(tmp_path, "two")
    content = nbformat.read(path, as_version=4)
    content.cells.append(new_code_cell("a = 1", metadata={"tags": ["parameters"]}))
    nbformat.write(content, path)
    with pytest.raises(ParameterRefused, match="2 cells are tagged 'parameters'"):
        inspect(path)


def test_a_text_cell_cannot_hold_parameters(tmp_path: Path) -> None:
    content = new_notebook(cells=[new_markdown_cell("a = 1", metadata={"tags": ["parameters"]})])
    nbformat.write(content, tmp_path / "page.ipynb")
    with pytest.raises(ParameterRefused, match="is not a code cell"):
        inspect(tmp_path / "page.ipynb")


def test_a_missing_notebook_is_answered_with_near_names(tmp_path: Path) -> None:
    write(tmp_path, "30_flow")
    with pytest.raises(NotFound, match=r"no notebook '30_flaw'\n.*did you mean '30_flow'"):
        inspect(tmp_path / "30_flaw.ipynb")


@pytest.mark.parametrize("content", ["", "[1]", '{"nbformat": 3, "worksheets": []}', '{"nbformat": 4}'])
def test_a_file_that_is_no_notebook_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "page.ipynb").write_text(content, encoding="utf-8")
    with pytest.raises(InputRefused, match=r"page\.ipynb: is not a notebook"):
        inspect(tmp_path / "page.ipynb")


# -- given values -----------------------------------------------------------------------------------------------


def test_a_misspelt_parameter_is_refused_with_the_near_name(tmp_path: Path) -> None:
    with pytest.raises(ParameterRefused, match="unknown parameter 'limt': did you mean 'limit'"):
        check(write(tmp_path, "page"), {"limt": 4})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("limit", "4"), ("limit", 4.0), ("limit", True), ("short", 1), ("short", "yes"), ("as_of", 2026), ("as_of", None),
        ("as_of", "\ud800"), ("as_of", "a\0b"), ("level", math.nan), ("level", math.inf), ("level", "0.5"), ("as_of", Path("x")),
    ],
)  # fmt: skip
def test_a_value_of_another_type_is_refused(tmp_path: Path, name: str, value: object) -> None:
    with pytest.raises(ParameterRefused, match=rf"{name} = .* is not (a|true)"):
        check(write(tmp_path, "page"), {name: value})  # type: ignore[dict-item]


def test_all_wrong_values_are_named_at_once(tmp_path: Path) -> None:
    with pytest.raises(ParameterRefused, match=r"unknown parameter 'zzz'.*; limit = 'x' is not a whole number"):
        check(write(tmp_path, "page"), {"zzz": 1, "limit": "x"})


def test_a_command_line_text_is_read_by_the_declared_type(tmp_path: Path) -> None:
    given_texts = assignments(["as_of=a=b", "limit=-4", "level=1e-3", "short=Yes"])
    assert check(write(tmp_path, "page"), given_texts, as_text=True) == {"as_of": "a=b", "limit": -4, "level": 0.001, "short": True}


@pytest.mark.parametrize("pair", ["limit=4.5", "limit=", "level=nan", "level=x", "short=maybe", f"limit={'9' * 5000}"])
def test_a_text_that_is_not_of_the_type_is_refused(tmp_path: Path, pair: str) -> None:
    with pytest.raises(ParameterRefused, match=r"is not (a|true)"):
        check(write(tmp_path, "page"), assignments([pair]), as_text=True)


@pytest.mark.parametrize(
    ("pairs", "said"), [(["limit"], "'limit' sets nothing"), (["=3"], "sets nothing"), (["a=1", "a=2"], "'a' is set twice")]
)
def test_a_pair_that_sets_nothing_clear_is_refused(pairs: list[str], said: str) -> None:
    with pytest.raises(ParameterRefused, match=said):
        assignments(pairs)


@given(value=st.one_of(st.text(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.booleans()))
def test_every_written_default_comes_back_as_it_was(value: str | int | float | bool) -> None:
    """A literal as Python writes it is read back with its type, or refused for what cannot be written to a file."""
    with tempfile.TemporaryDirectory() as folder:
        path = write(Path(folder), "page", parameters=f"x = {value!r}")
        if isinstance(value, str) and not (value.isprintable() or "\0" not in value):
            with pytest.raises(ParameterRefused, match="declared str"):
                inspect(path)
        else:
            assert (inspect(path)["x"].default, inspect(path)["x"].type) == (value, type(value))


def test_a_plan_gives_each_notebook_what_it_declares(tmp_path: Path) -> None:
    first, second = write(tmp_path, "a"), write(tmp_path, "b", parameters="as_of = ''")
    jobs = plan([first, second], {"limit": 9, "as_of": "2026-01-01"})
    assert [(job.name, dict(job.values)) for job in jobs] == [("a", {"limit": 9, "as_of": "2026-01-01"}), ("b", {"as_of": "2026-01-01"})]
    with pytest.raises(ParameterRefused, match="a, b: unknown parameter 'limits': did you mean 'limit'"):
        plan([first, second], {"limits": 9})
    with pytest.raises(InputRefused, match="asked for twice: a"):
        plan([first, first])


# -- running ----------------------------------------------------------------------------------------------------

SHOWS = """\
import os
from IPython.display import Markdown
print(as_of, limit, os.environ["REVIEW_AS"], os.getcwd() == os.environ["REVIEW_PROJECT"], "startup" in globals())
print(os.environ["MPLBACKEND"], {name: os.environ.get(name) for name in ("PYTHONWARNINGS", "COLUMNS")})
print(sorted({"screened", "included", "excluded"}), list({"screened", "included", "excluded"}))
Markdown(f"**{as_of}**")"""
HOSTILE = '\'; import os; os._exit(1) #\n\\"""{x}</script>é🧪'


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """One run of good and bad notebooks by threads and one by processes, in a folder with a blank and braces."""
    base = tmp_path_factory.mktemp("a {folder} of reports")
    root, home = base / "my review", base / "home"
    root.mkdir()
    startup = home / "profile_default" / "startup"
    startup.mkdir(parents=True)
    (startup / "00.py").write_text("startup = True", encoding="utf-8")
    (home / "python.py").write_text("startup = True", encoding="utf-8")
    good = write(base, "good", SHOWS)
    bad = write(base, "bad", "print('before')", "1 / 0", "print('never')")
    dead = write(base, "dead", "import ctypes, os\nos.write(2, b'the last word\\n')\nctypes.string_at(0)", "2")
    left = write(base, "left", "import sys\nsys.exit(0)", "2")
    jobs = [Job(good, "good", {"as_of": "2026-11-21", "limit": 7}), *plan([bad, dead, left]), Job(good, "hostile", {"as_of": HOSTILE})]
    seen: list[tuple[int, int, str]] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("IPYTHONDIR", str(home))
        patch.setenv("PYTHONSTARTUP", str(home / "python.py"))
        for name, value in {"REVIEW_AS": "somebody", "MPLBACKEND": "agg", "PYTHONWARNINGS": "error", "COLUMNS": "17"}.items():
            patch.setenv(name, value)
        outcomes = render(jobs, out=base / "one", root=root, reviewer="r1", progress=lambda *step: seen.append(step), to_files=page)
        patch.setenv("TZ", "Asia/Tokyo")
        patch.setenv("PYTHONHASHSEED", "77")
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as processes:
            render(jobs[:1], out=base / "two", root=root, reviewer="r1", executor=processes)
    return {"base": base, "one": base / "one", "two": base / "two", "outcomes": outcomes, "seen": seen}  # type: ignore[dict-item]


def page(job: Job, notebook: nbformat.NotebookNode) -> dict[str, Writer]:
    if "hostile" in str(notebook.cells):
        raise ReportError("no page for this one")
    return {".html": lambda path: text_to(path, f"<p>{len(notebook.cells)} cells of {job.name}</p>") or [f"{job.name}: a remark"]}


def said(path: Path) -> str:
    content = nbformat.read(path, as_version=4)
    return "\n".join(output.get("text", "") for cell in content.cells for output in cell.get("outputs", []))


def test_a_report_is_run_in_the_project_as_the_reviewer_without_anybodys_startup_files(made: dict[str, Path]) -> None:
    shown = said(made["one"] / "good.ipynb")
    assert "2026-11-21 7 r1 True False\n" in shown
    assert "module://matplotlib_inline.backend_inline {'PYTHONWARNINGS': None, 'COLUMNS': None}\n" in shown
    assert (made["one"] / "good.html").read_text(encoding="utf-8") == "<p>4 cells of good</p>"


def test_two_runs_give_the_same_bytes_by_threads_or_processes_in_any_time_zone(made: dict[str, Path]) -> None:
    assert (made["one"] / "good.ipynb").read_bytes() == (made["two"] / "good.ipynb").read_bytes()


def test_a_report_holds_nothing_of_the_run(made: dict[str, Path]) -> None:
    text = (made["one"] / "good.ipynb").read_text(encoding="utf-8")
    content = json.loads(text)
    assert set(content["metadata"]) == {"kernelspec", "language_info"}
    assert content["metadata"]["language_info"] == {"name": "python"}
    assert [cell["id"] for cell in content["cells"]] == ["cell-01", "cell-02", "cell-03", "cell-04"]
    assert "papermill" not in text and str(made["base"]) not in text


def test_a_hostile_text_reaches_the_notebook_as_it_is(made: dict[str, Path]) -> None:
    content = nbformat.read(made["one"] / "hostile.ipynb", as_version=4)
    [shown] = [output.data["text/markdown"] for cell in content.cells for output in cell.get("outputs", []) if "data" in output]
    assert shown == f"**{HOSTILE}**"


def test_a_failure_is_kept_with_its_traceback_and_the_others_finish(made: dict[str, Path]) -> None:
    outcomes = {outcome.name: outcome for outcome in made["outcomes"]}  # type: ignore[attr-defined]
    assert list(outcomes) == ["good", "bad", "dead", "left", "hostile"]
    assert [name for name, outcome in outcomes.items() if outcome.ok] == ["good", "hostile"]
    assert outcomes["bad"].error.startswith("cell 4: ZeroDivisionError: division by zero\n")
    assert "----> 1 1 / 0" in outcomes["bad"].error and "\x1b" not in outcomes["bad"].error
    assert outcomes["bad"].path == made["one"] / "bad.failed.ipynb"
    assert "before" in said(outcomes["bad"].path) and "never" not in said(outcomes["bad"].path)
    with pytest.raises(NotebookFailed, match=r"bad\.ipynb: cell 4: ZeroDivisionError(.|\n)*open bad\.failed\.ipynb"):
        outcomes["bad"].raise_if_failed()
    assert outcomes["good"].raise_if_failed() is outcomes["good"]


def test_a_kernel_that_dies_says_where_and_its_last_words(made: dict[str, Path]) -> None:
    dead = next(outcome for outcome in made["outcomes"] if outcome.name == "dead")  # type: ignore[attr-defined]
    assert dead.error.startswith("cell 3: the kernel stopped: ")
    assert "the last word\n" in dead.error and "Segmentation fault" in dead.error and "in string_at\n" in dead.error


def test_a_notebook_that_leaves_early_is_not_whole(made: dict[str, Path]) -> None:
    left = next(outcome for outcome in made["outcomes"] if outcome.name == "left")  # type: ignore[attr-defined]
    assert left.error.startswith("cell 3: SystemExit")


def test_nothing_half_made_is_left(made: dict[str, Path]) -> None:
    assert sorted(path.name for path in made["one"].iterdir()) == [
        "bad.failed.ipynb", "dead.failed.ipynb", "good.html", "good.ipynb", "hostile.html", "hostile.ipynb", "left.failed.ipynb",
    ]  # fmt: skip


def test_progress_counts_from_nothing_to_all(made: dict[str, Path]) -> None:
    steps: list[tuple[int, int, str]] = made["seen"]  # type: ignore[assignment]
    assert [step[:2] for step in steps] == [(n, 5) for n in range(6)]
    assert {step[2] for step in steps} == {"", "good", "bad", "dead", "left", "hostile"}


def test_no_kernel_starts_for_a_wrong_value(tmp_path: Path) -> None:
    path = write(tmp_path, "page", "open('ran', 'w')")
    with pytest.raises(ParameterRefused, match="unknown parameter 'limits'"):
        render([Job(path, "page", {}), Job(path, "other", {"limits": 1})], out=tmp_path / "out", root=tmp_path)
    assert not (tmp_path / "out").exists() and not (tmp_path / "ran").exists()


@pytest.mark.parametrize("names", [("a", "a"), ("../a", "b"), ("", "b")])
def test_names_that_would_meet_or_leave_the_folder_are_refused(tmp_path: Path, names: tuple[str, str]) -> None:
    path = write(tmp_path, "page")
    with pytest.raises(InputRefused, match="cannot be the names of reports"):
        render([Job(path, name) for name in names], out=tmp_path / "out", root=tmp_path)


def test_a_refused_page_is_a_failure_and_a_later_success_clears_it(tmp_path: Path) -> None:
    path = write(tmp_path, "page", "'hostile'")
    [first] = render(plan([path]), out=tmp_path / "out", root=tmp_path, to_files=page)
    assert first.error == "the page was not made: no page for this one"
    assert first.path == tmp_path / "out" / "page.failed.ipynb"
    [second] = render(plan([path]), out=tmp_path / "out", root=tmp_path)
    assert second.ok and [file.name for file in (tmp_path / "out").iterdir()] == ["page.ipynb"]


def test_a_long_temporary_folder_is_no_obstacle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sockets have short paths; where the temporary folder is deep, another place or transport is taken."""
    deep = tmp_path / ("d" * 60) / ("e" * 60)
    deep.mkdir(parents=True)
    monkeypatch.setattr(tempfile, "tempdir", str(deep))
    for writable in (True, False):
        monkeypatch.setattr(os, "access", lambda *asked, answer=writable: answer)
        [outcome] = render(plan([write(tmp_path, "page", "limit + 1")]), out=tmp_path / "out", root=tmp_path)
        assert outcome.ok, outcome.error


# -- stripping --------------------------------------------------------------------------------------------------


def test_strip_takes_outputs_and_keeps_sources_and_the_tag(made: dict[str, Path]) -> None:
    executed = nbformat.read(made["one"] / "good.ipynb", as_version=4)
    bare = strip(executed)
    assert [cell.source for cell in bare.cells] == [cell.source for cell in executed.cells]
    assert all(not cell.outputs and cell.execution_count is None for cell in bare.cells if cell.cell_type == "code")
    assert bare.cells[1].metadata.tags == ["parameters"] and executed.cells[3].outputs
    nbformat.validate(bare)
    assert strip(bare) == bare and tidy(executed) == executed


# -- files ------------------------------------------------------------------------------------------------------


def test_what_a_writer_remarks_comes_with_the_outcome(made: dict[str, Path]) -> None:
    good = next(outcome for outcome in made["outcomes"] if outcome.name == "good")  # type: ignore[attr-defined]
    assert good.warnings == ("good: a remark",)
    assert str(good) == f"{made['one'] / 'good.html'}\n  good: a remark"
    assert [file.name for file in good.files] == ["good.ipynb", "good.html"]


def test_a_writer_that_stops_leaves_the_old_files_as_they_were(tmp_path: Path) -> None:
    """All files of a report get their names together: an interruption half-way changes none."""

    def interrupted(path: Path) -> tuple[str, ...]:
        path.write_text("half", encoding="utf-8")
        raise KeyboardInterrupt

    (tmp_path / "a.txt").write_text("old", encoding="utf-8")
    with pytest.raises(KeyboardInterrupt, match="^$"):
        write_all({tmp_path / "a.txt": lambda path: text_to(path, "new"), tmp_path / "b.txt": interrupted})
    assert {file.name: file.read_text(encoding="utf-8") for file in tmp_path.iterdir()} == {"a.txt": "old"}


def test_the_folder_of_a_run_is_not_in_what_was_printed(tmp_path: Path) -> None:
    path = write(tmp_path, "page", "import os\nprint(os.getcwd(), os.environ['REVIEW_PROJECT'])", "open('there/is/none')")
    [outcome] = render(plan([path]), out=tmp_path / "out", root=tmp_path)
    assert said(tmp_path / "out" / "page.failed.ipynb") == ". .\n\n"
    assert str(tmp_path) not in outcome.error and str(tmp_path) not in outcome.path.read_text(encoding="utf-8")  # type: ignore[union-attr]
