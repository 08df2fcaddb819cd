"""Rendering a review: what is made, what is left as it stands, what a change brings anew, and what no kernel may see."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from review import Review
from review.errors import InputRefused, NotFound, ParameterRefused
from review.ledger import exchange
from review.ledger.ledger import Ledger
from review.reporting.grid import grid_jobs, read_grid
from review.reporting.render import Outcome
from review.reporting.snapshot import sweep
from tests.patience import calls
from tests.rooms.team import Team, make_team

COUNTS = """from review import Review
rv = Review.open(reviewer=reviewer or None)
print(len(rv.records.views()), rv.flow(as_of=as_of).boxes['records_screened'].n, rv.protocol.drafted_since)
print(open('data/own.txt').read(), rv.folder, rv.records.views()[0].title)"""
OTHERS = """from pathlib import Path
print(sorted(path.name for path in Path(rendered).iterdir()), rendered)"""


def notebook(folder: Path, name: str, source: str, parameters: str = "") -> Path:
    tagged = new_code_cell(f"as_of: str = ''\nreviewer: str = ''\n{parameters}".strip(), metadata={"tags": ["parameters"]})
    path = folder / "notebooks" / f"{name}.ipynb"
    path.parent.mkdir(exist_ok=True)
    nbformat.write(new_notebook(cells=[new_markdown_cell(f"# Page {name}"), tagged, new_code_cell(source)]), path)
    return path


@pytest.fixture(scope="module")
def team(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Team]:
    """A review with one record, a file of its own, and two reports, of which one reads the other."""
    made = make_team(tmp_path_factory.mktemp("a review") / "it's {here}")
    made.article(made.search(), "The first trial")
    (made.folder / "data" / "own.txt").write_text("own words", encoding="utf-8")
    notebook(made.folder, "10_counts", COUNTS)
    notebook(made.folder, "80_others", OTHERS, "rendered: str = ''")
    yield made
    made.ledger.close()


def shown(outcome: Outcome) -> str:
    assert outcome.path is not None
    cells = nbformat.read(outcome.path, as_version=4).cells
    return "".join(output.get("text", "") for cell in cells for output in cell.get("outputs", []))


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


class Meanwhile(ThreadPoolExecutor):
    """Something happens after the copy was made and before the first kernel starts."""

    def __init__(self, happens: Callable[[], object]) -> None:
        super().__init__(max_workers=1)
        self._happens = happens

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        self._happens()
        self._happens = lambda: None
        return super().submit(fn, *args, **kwargs)


class NoKernel(Executor):
    """Fails the test when anything is run."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        raise AssertionError("a kernel would start")


@pytest.fixture(scope="module")
def first(team: Team, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("first") / "reports"
    outcomes = team.nobody.report(out=out, formats="html")
    assert [(o.name, o.error, o.unchanged) for o in outcomes] == [("10_counts", "", False), ("80_others", "", False)]
    return out


def test_a_report_is_made_from_a_copy_whose_place_is_not_told(first: Path) -> None:
    text = (first / "10_counts.ipynb").read_text(encoding="utf-8")
    assert "1 1 []\\n" in text and "own words . The first trial" in text
    assert all("rv-review-" not in content.decode("utf-8") for content in contents(first).values())


def test_a_report_that_reads_the_others_runs_after_them(first: Path) -> None:
    text = (first / "80_others.ipynb").read_text(encoding="utf-8")
    assert "['10_counts.ipynb'] ./rendered" in text


def test_what_has_not_changed_is_left_as_it_stands(team: Team, first: Path) -> None:
    times = {path: path.stat().st_mtime_ns for path in first.rglob("*")}
    outcomes = team.nobody.report(out=first, formats="html", executor=NoKernel())
    assert [(o.ok, o.unchanged, o.page) for o in outcomes] == [(True, True, first / f"{o.name}.html") for o in outcomes]
    assert {path: path.stat().st_mtime_ns for path in first.rglob("*")} == times
    assert str(outcomes[0]).endswith("10_counts.html (unchanged)")


def test_an_edited_or_a_missing_page_is_made_again_and_is_the_same(team: Team, first: Path) -> None:
    before = contents(first)
    (first / "10_counts.html").write_text("edited", encoding="utf-8")
    (first / "80_others.html").unlink()
    outcomes = team.nobody.report(out=first, formats="html")
    assert [o.unchanged for o in outcomes] == [False, False]
    assert contents(first) == before


def test_one_report_alone_leaves_the_other(team: Team, first: Path) -> None:
    [outcome] = team.nobody.report(["counts"], out=first, formats="html", executor=NoKernel())
    assert outcome.unchanged
    parts = json.loads((first / "manifest.json").read_text(encoding="utf-8"))
    assert parts["reports"] == {"10_counts": "ok", "80_others": "ok"} and (first / "80_others.html").exists()


@pytest.mark.parametrize("file", ["review.toml", "labels.toml", "data/own.txt", "tools/mine.toml", "notebooks/10_counts.ipynb"])
def test_every_file_that_a_report_may_read_makes_it_anew(team: Team, first: Path, file: str) -> None:
    path = team.folder / file
    held = path.read_bytes() if path.exists() else None
    path.parent.mkdir(exist_ok=True)
    if path.suffix == ".ipynb":
        content = nbformat.read(path, as_version=4)
        content.cells[-1].source += "\n# more"
        nbformat.write(content, path)
    else:
        path.write_text((held or b"").decode("utf-8") + "\n# a remark\n", encoding="utf-8")
    try:
        with pytest.raises(AssertionError, match="a kernel would start"):
            team.nobody.report(["10_counts"], out=first, formats="html", executor=NoKernel())
    finally:
        path.unlink() if held is None else path.write_bytes(held)
    assert team.nobody.report(["10_counts"], out=first, formats="html", executor=NoKernel())[0].unchanged


def test_another_viewer_another_date_and_again_are_rendered(team: Team, first: Path) -> None:
    for viewer, more in ((team.r1, {}), (team.nobody, {"as_of": "2026-01-06"}), (team.nobody, {"again": True})):
        with pytest.raises(AssertionError, match="a kernel would start"):
            viewer.report(["10_counts"], out=first, formats="html", executor=NoKernel(), **more)


def test_a_new_library_is_a_new_report(team: Team, first: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("review.reporting.render_key.versions", lambda: {"pandas": "another"})
    with pytest.raises(AssertionError, match="a kernel would start"):
        team.nobody.report(["10_counts"], out=first, formats="html", executor=NoKernel())


@pytest.mark.soak
def test_kernels_see_nothing_that_is_written_while_they_run(team: Team, first: Path, tmp_path: Path) -> None:
    text = (team.folder / "review.toml").read_text(encoding="utf-8")

    def meanwhile() -> None:
        (team.folder / "review.toml").write_text(text.replace("A review for tests", "Another title"), encoding="utf-8")
        (team.folder / "data" / "own.txt").write_text("other words", encoding="utf-8")
        team.article(team.r1.searches.views()[0].id, "A trial that came late")

    try:
        with Meanwhile(meanwhile) as executor:
            outcomes = team.nobody.report(out=tmp_path / "reports", formats="html", executor=executor)
    finally:
        (team.folder / "review.toml").write_text(text, encoding="utf-8")
        (team.folder / "data" / "own.txt").write_text("own words", encoding="utf-8")
    assert all(o.ok for o in outcomes) and len(team.r1.records.views()) == 2
    late = {name: text for name, text in contents(tmp_path / "reports").items() if name != "manifest.json"}
    assert late == {name: text for name, text in contents(first).items() if name != "manifest.json"}


def test_a_failed_report_is_made_again_and_nothing_of_the_last_one_passes_for_it(team: Team, tmp_path: Path) -> None:
    out, path = tmp_path / "reports", team.folder / "notebooks" / "20_turns.ipynb"
    try:
        for source, ok, unchanged in (("1", True, [False, False]), ("1 / 0", False, [True, False]), ("1", True, [True, False])):
            notebook(team.folder, "20_turns", source)
            outcomes = team.nobody.report(["10_counts", "20_turns"], out=out, formats="html")
            assert ([o.ok for o in outcomes], [o.unchanged for o in outcomes]) == ([True, ok], unchanged)
            made = json.loads((out / "manifest.json").read_text(encoding="utf-8"))["reports"]
            assert made == {"10_counts": "ok", "20_turns": "ok" if ok else "failed"}
            assert (out / "20_turns.html").exists() == ok and (out / "20_turns.failed.ipynb").exists() != ok
            if not ok:
                assert str(outcomes[1]).startswith("20_turns: stopped: cell 3: ZeroDivisionError: division by zero (see ")
    finally:
        path.unlink()


def test_another_format_is_put_beside_what_stands_and_only_a_new_state_takes_away(team: Team, tmp_path: Path) -> None:
    out, own = tmp_path / "reports", team.folder / "data" / "own.txt"
    team.nobody.report(out=out, formats="docx")
    [page] = team.nobody.report("counts", out=out, formats="html")
    assert page.ok and not page.unchanged
    assert {path.name for path in out.iterdir()} == {
        "10_counts.docx", "10_counts.html", "10_counts.ipynb", "80_others.docx", "80_others.ipynb", "manifest.json", "review.docx",
    }  # fmt: skip
    assert all(o.unchanged for o in team.nobody.report(out=out, formats="docx", executor=NoKernel()))
    own.write_text("other words", encoding="utf-8")
    try:
        team.nobody.report(["10_counts"], out=out, formats="html")
    finally:
        own.write_text("own words", encoding="utf-8")
    assert {path.name for path in out.iterdir()} == {
        "10_counts.html", "10_counts.ipynb", "80_others.docx", "80_others.ipynb", "manifest.json",
    }, "the whole's document showed an earlier state of the first report"  # fmt: skip


@pytest.mark.soak
def test_a_damaged_manifest_is_made_anew(team: Team, tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_bytes(b'{"parts": "\xff"}')
    [outcome] = team.nobody.report(["10_counts"], out=tmp_path, formats="html")
    assert outcome.ok and json.loads((tmp_path / "manifest.json").read_bytes())["reports"] == {"10_counts": "ok"}


def test_a_file_whose_name_is_no_text_is_copied_with_the_others(team: Team, tmp_path: Path) -> None:
    odd = os.fsencode(team.folder / "data") + b"/odd-\xff.txt"
    try:
        Path(os.fsdecode(odd)).write_text("odd", encoding="utf-8")
    except OSError:
        pytest.skip("this file system takes only names in UTF-8")
    copied: list[bytes] = []

    class Looks(NoKernel):
        def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
            copied.extend(os.listdir(os.fsencode(Path(args[2]) / "data")))
            return super().submit(fn)

    try:
        with pytest.raises(AssertionError, match="a kernel would start"):
            team.nobody.report(["10_counts"], out=tmp_path, formats="html", executor=Looks())
    finally:
        os.unlink(odd)
    assert b"odd-\xff.txt" in copied


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has neither these signals nor these locks")
@pytest.mark.parametrize(
    ("sent", "code"), [(signal.SIGTERM, 143), (getattr(signal, "SIGKILL", 9), -9)], ids=["asked to end", "killed outright"]
)
def test_no_copy_of_the_review_outlives_the_next_render(
    team: Team, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sent: signal.Signals, code: int
) -> None:
    began, passing = tmp_path / "began", tmp_path / "passing"
    (passing / "rv-review-mine").mkdir(parents=True)
    (passing / "rv-review-mine" / "notes.txt").write_text("a person's own folder", encoding="utf-8")
    path = notebook(team.folder, "75_long", f"import time\nopen({str(began)!r}, 'w').close()\ntime.sleep(300)")
    command = [sys.executable, "-m", "review", "report", "long", "--out", str(tmp_path / "out"), "--project", str(team.folder)]
    try:
        with subprocess.Popen(command, env={**os.environ, "TMPDIR": str(passing)}, stderr=subprocess.DEVNULL) as process:
            while not began.exists():
                assert process.poll() is None, "it ended before it began"
                time.sleep(0.05)
            assert len(list(passing.glob("rv-review-*"))) == 2
            monkeypatch.setattr(tempfile, "tempdir", str(passing))
            sweep()
            assert len(list(passing.glob("rv-review-*"))) == 2, "a copy in use is left alone"
            process.send_signal(sent)
            assert process.wait(600) == code
    finally:
        path.unlink()
    assert len(list(passing.glob("rv-review-*"))) == (1 if sent == signal.SIGTERM else 2)
    sweep()
    assert [folder.name for folder in passing.glob("rv-review-*")] == ["rv-review-mine"]


@pytest.mark.parametrize("place", ["a file", "a file/below"])
def test_a_place_that_is_a_file_is_refused(team: Team, tmp_path: Path, place: str) -> None:
    (tmp_path / "a file").write_text("", encoding="utf-8")
    with pytest.raises(InputRefused, match="a file is a file"):
        team.nobody.report(out=tmp_path / place, executor=NoKernel())


def test_no_format_at_all_is_refused(team: Team, tmp_path: Path) -> None:
    with pytest.raises(InputRefused, match="no format is asked for"):
        team.nobody.report(out=tmp_path, formats=[], executor=NoKernel())


# -- grids ------------------------------------------------------------------------------------------------------

OWN = "print(outcome, level, Review.open().flow(as_of=as_of).boxes['records_screened'].n)"
GRID = """
notebooks = ["70_own"]
[parameters]
outcome = ["pain at rest", "fatigue/sleep"]
level = [1]
as_of = [2026-01-04, "2026-01-06"]
"""


@pytest.fixture(scope="module")
def with_own(team: Team) -> Iterator[Team]:
    path = notebook(team.folder, "70_own", f"from review import Review\n{OWN}", "outcome: str = ''\nlevel: float = 0.0")
    yield team
    path.unlink()


@pytest.mark.soak
def test_a_grid_is_every_combination_each_at_its_own_date(with_own: Team, tmp_path: Path) -> None:
    file = tmp_path / "by outcome.toml"
    file.write_text(GRID, encoding="utf-8")
    outcomes = with_own.nobody.report(grid=file, out=tmp_path / "reports", formats=["html"])
    out = tmp_path / "reports" / "by-outcome"
    assert [o.name for o in outcomes][:3] == [
        "70_own_pain-at-rest_1_2026-01-04", "70_own_pain-at-rest_1_2026-01-06", "70_own_fatigue-sleep_1_2026-01-04",
    ]  # fmt: skip
    known = len(with_own.nobody.records.views())
    assert {shown(o) for o in outcomes} == {f"{outcome} 1.0 {n}\n" for outcome in ("pain at rest", "fatigue/sleep") for n in (0, known)}
    assert len(outcomes) == 4
    heads = {json.loads((out / "manifest.json").read_text(encoding="utf-8"))["parts"][o.name]["as_of"] for o in outcomes}
    assert heads == {"2026-01-04", "2026-01-06"}
    index = (out / "index.html").read_text(encoding="utf-8")
    assert all(f'<a href="{o.name}.html">' in index for o in outcomes) and "<td>fatigue/sleep</td>" in index
    again = with_own.nobody.report(grid=file, out=tmp_path / "reports", formats=["html"], executor=NoKernel())
    assert all(o.unchanged for o in again)
    file.write_text(GRID.replace('"pain at rest", ', ""), encoding="utf-8")
    with_own.nobody.report(grid=file, out=tmp_path / "reports", formats=["html"], executor=NoKernel())
    assert not list(out.glob("*pain*")), "what the grid has no more is taken away"


def test_everything_that_is_wrong_in_a_grid_is_said_at_once(with_own: Team, tmp_path: Path) -> None:
    wrong = {"notebook": ["70_own"], "parameters": {"as_of": ["soon"], "level": [], "reviewer": ["r1"], "outcome": ["a", "a"]}}
    with pytest.raises(
        InputRefused, match=r"(?s)unknown key 'notebook'.*notebooks: a list.*'soon' is not a date.*level: .*reviewer: .*twice"
    ):
        read_grid(wrong)
    undeclared = {"notebooks": ["70_own", "80_others"], "parameters": {"outcome": [1, "—"], "population": ["adults"]}}
    with pytest.raises(
        ParameterRefused,
        match=r"(?s)'—': a file cannot be named.*70_own.*outcome = 1 is not.*unknown parameter .population.*80_others.ipynb: a report",
    ):
        with_own.nobody.report(grid=undeclared, out=tmp_path)
    assert not (tmp_path / "grid").exists()


@pytest.mark.parametrize(
    ("grid", "more", "said"),
    [
        ({"notebooks": ["70_own"], "parameters": {"outcome": ["A b", "a/b"]}}, {}, "same name: 70_own_A-b, 70_own_a-b"),
        (
            {"notebooks": ["70_own"], "parameters": {"outcome": ["a"]}},
            {"parameters": {"outcome": "b"}},
            "outcome is an axis, and set by -p too",
        ),
        ({"notebooks": ["70_own"], "parameters": {"outcome": ["a"]}}, {"names": ["own"]}, "a grid names its notebooks itself"),
        ({"notebooks": ["71_own"], "parameters": {"outcome": ["a"]}}, {}, "did you mean '70_own'"),
        ("absent.toml", {}, "there is no grid 'absent.toml'"),
    ],
)
def test_a_grid_that_cannot_be_rendered_is_refused_before_anything_runs(
    with_own: Team, tmp_path: Path, grid: Any, more: dict[str, Any], said: str
) -> None:
    with pytest.raises((ParameterRefused, InputRefused, NotFound), match=said):
        with_own.nobody.report(grid=grid, out=tmp_path, executor=NoKernel(), **more)


def test_a_damaged_grid_and_an_unknown_format_are_refused(with_own: Team, tmp_path: Path) -> None:
    (tmp_path / "grid.toml").write_text("notebooks = [", encoding="utf-8")
    with pytest.raises(InputRefused, match=r"grid\.toml: this is not TOML"):
        read_grid(tmp_path / "grid.toml")
    with pytest.raises(InputRefused, match="there is no format 'odt'"):
        with_own.nobody.report(formats="html,odt", out=tmp_path)


def names_of(team: Team, parameters: str, axes: dict[str, list[Any]]) -> list[str]:
    path = notebook(team.folder, "79_axes", "1", parameters)
    try:
        grid = read_grid({"notebooks": ["79_axes"], "parameters": axes})
        return [job.name for job in grid_jobs(grid, lambda names: [path], {}, {})]
    finally:
        path.unlink()


def test_a_number_keeps_its_minus_in_a_name(team: Team) -> None:
    assert names_of(team, "level: float = 0.0", {"level": [-1, 1, -0.5]}) == ["79_axes_-1", "79_axes_1", "79_axes_-0.5"]
    assert names_of(team, "level: str = ''", {"level": ["- a dash", "-2"]}) == ["79_axes_a-dash", "79_axes_-2"]


def test_a_name_that_is_too_long_ends_in_a_hash_and_is_still_one_name(team: Team) -> None:
    letters = [chr(0x4E00 + n) for n in range(60)]
    axes = {"one": ["".join(letters), "".join(reversed(letters))], "two": ["".join(letters[:59]) + "a", "".join(letters[:59]) + "b"]}
    names = names_of(team, "one: str = ''\ntwo: str = ''", axes)
    assert len(set(names)) == 4 and names == names_of(team, "one: str = ''\ntwo: str = ''", axes)
    assert all(190 <= len(name.encode("utf-8")) <= 200 and name.startswith("79_axes_") for name in names)


def test_a_name_is_not_compared_with_every_other(team: Team) -> None:
    with calls(400_000, "naming 900 reports"):
        assert len(names_of(team, "a: int = 0\nb: int = 0", {"a": list(range(30)), "b": list(range(30))})) == 900


def test_a_folder_is_no_grid(tmp_path: Path) -> None:
    with pytest.raises(InputRefused, match="this cannot be read"):
        read_grid(tmp_path)


@pytest.mark.postgres
def test_a_ledger_on_a_server_is_rendered_from_a_copy_too(
    team: Team, first: Path, tmp_path: Path, postgres: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Kernels read the copy: they would not find the server by this address."""
    import psycopg

    with psycopg.connect(postgres.replace("+psycopg", ""), autocommit=True) as server:
        server.execute("CREATE SCHEMA rendered")
        address = f"{postgres}?options=-csearch_path%3Drendered"
        team.lead.export(tmp_path / "export")
        exchange.restore(tmp_path / "export", address)
        monkeypatch.setenv("REVIEW_DATABASE", "postgresql://nobody@127.0.0.1:1/none")
        with Ledger.open(address) as ledger:
            rv = Review.open(team.folder, ledger=ledger)
            outcomes = rv.report(["10_counts"], out=tmp_path / "reports", formats="html", as_of=rv.records.views()[0].at)
        server.execute("DROP SCHEMA rendered CASCADE")
    assert [outcome.error for outcome in outcomes] == [""]
    assert "own words . The first trial" in shown(outcomes[0])
