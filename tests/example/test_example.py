"""The example: its flow is the one that the method page states, its ledger is what the script makes, its reports are whole."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from review import Review
from review.reporting.characteristics import KINDS
from tests.example.build import ROOT, make
from tests.structure.test_notebooks import REPORTS

EXPECTED = {
    "register_results": 3,
    "duplicates": 1,
    "excluded_automatic": 0,
    "excluded_other": 0,
    "records_screened": 2,
    "records_excluded": 1,
    "records_waiting": 0,
    "records_passed": 1,
    "dbr_sought_reports": 1,
    "dbr_notretrieved_reports": 0,
    "dbr_assessed": 1,
    "dbr_excluded": 0,
    "dbr_included_reports": 1,
    "website_results": 4,
    "citations_results": 1,
    "other_duplicates": 0,
    "other_sought_reports": 5,
    "other_notretrieved_reports": 1,
    "other_assessed": 4,
    "other_excluded": 1,
    "other_ongoing": 1,
    "other_awaiting": 1,
    "other_assessed_waiting": 0,
    "other_included_reports": 1,
    "new_studies": 2,
    "new_reports": 2,
}


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Review]:
    """A copy of the committed example, opened by somebody who only looks: its database is restored from the export."""
    folder = tmp_path_factory.mktemp("example")
    shutil.copy(ROOT / "review.toml", folder)
    shutil.copytree(ROOT / "notebooks", folder / "notebooks")
    shutil.copytree(ROOT / "data", folder / "data", ignore=shutil.ignore_patterns("*.sqlite3*"))
    review = Review.open(folder)
    yield review
    review.close()


def test_the_flow_is_the_one_that_the_method_states(example: Review) -> None:
    flow = example.flow()
    assert flow.template == "new_v2"
    assert {name: flow.boxes[name].n for name in EXPECTED} == EXPECTED
    assert "database_results" not in flow.boxes, "no database was searched: that line is absent, not zero"
    assert {k: len(v) for k, v in flow.boxes["register_results"].by.items()} == {"WHO ICTRP": 1, "ClinicalTrials.gov": 2}


@pytest.mark.soak
def test_every_identity_holds_at_every_event(example: Review) -> None:
    times = [json.loads(line)["at"] for line in (example.folder / "data" / "ledger.jsonl").read_text(encoding="utf-8").splitlines()]
    assert len(times) > 200
    for at in times:
        broken = [one for one in example.flow(as_of=at).identities() if not one[1]]
        assert broken == [], at


def test_the_ledger_is_what_the_script_makes(tmp_path: Path) -> None:
    make(tmp_path / "made")
    made = {p.relative_to(tmp_path / "made"): p.read_bytes() for p in (tmp_path / "made").rglob("*") if p.is_file()}
    kept = {p.relative_to(ROOT / "data"): p.read_bytes() for p in (ROOT / "data").rglob("*") if p.is_file() and "sqlite3" not in p.name}
    assert sorted(made) == sorted(kept), "run: python -m tests.example.build data (into an empty folder)"
    assert made == kept


def test_it_is_sound(example: Review) -> None:
    assert example.verify() == []


def test_studies_and_what_became_of_them(example: Review) -> None:
    frame = example.studies.frame().set_index("label")["classification"].to_dict()
    assert {k: v for k, v in frame.items() if isinstance(v, str)} == {
        "NCT05605665": "included",
        "NCT06862284": "ongoing",
        "Xu 2012": "awaiting",
        "Bai n.d.": "included",
    }
    near_miss = example.tables.characteristics(of="excluded").frame
    assert list(near_miss["number"]) == ["NCT06410833; K3926"]
    assert near_miss["reason"][0] == "Not adults (under 18)"


def test_no_result_is_in_hand_so_none_is_assessed(example: Review) -> None:
    frame = example.bias.frame()
    assert set(frame["status"]) == {"not assessed"} and len(frame) == 5
    assert all(frame["reason"])


@pytest.mark.parametrize("of", KINDS)
def test_every_cell_leads_to_its_facts(example: Review, of: str) -> None:
    table = example.tables.characteristics(of=of)
    assert table.rows
    for row in table.rows:
        for column, cell in zip(table.columns, row, strict=True):
            if cell.missing == "empty":
                assert cell.why, f"{of} {column.key}: an empty cell says why"
            elif column.key not in ("title", "number", "note", "notes"):
                trace = table.traces[cell.trace or ""]
                assert trace.entries and all(e.event and e.at for e in trace.entries), f"{of} {column.key}"


def test_extracted_values_quote_their_lines_and_say_that_they_are_teaching_copies(example: Review) -> None:
    table = example.tables.characteristics(of="included")
    quotes = [
        e.quote for t in table.traces.values() if t.key.endswith(("participants", "methods", "outcomes")) for e in t.entries if e.quote
    ]
    assert len(quotes) > 10
    assert all(q.teaching for q in quotes) and all(q.lines for q in quotes)
    assert sum(bool(q.mark) for q in quotes) > len(quotes) / 2


@pytest.fixture(scope="module")
def rendered(example: Review, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("reports")
    for outcome in example.report(out=out):
        outcome.raise_if_failed()
    return out


def test_every_page_says_that_it_demonstrates(rendered: Path) -> None:
    pages = sorted(rendered.glob("*.html"))
    assert {p.stem for p in pages} == REPORTS
    for page in pages:
        body = page.read_text(encoding="utf-8").partition("<body")[2]
        assert body.index("Demonstration: page texts paraphrased, decisions invented. Do not cite.") < body.index("<h1"), page.name
    assert json.loads((rendered / "manifest.json").read_text(encoding="utf-8"))["demonstration"]


def test_every_link_of_a_page_leads_somewhere_and_none_to_the_network(rendered: Path) -> None:
    for page in rendered.glob("*.html"):
        text = page.read_text(encoding="utf-8")
        ids = set(re.findall(r'\bid="([^"]+)"', text))
        for link in re.findall(r'\bhref="([^"]+)"', text):
            target, _, anchor = link.partition("#")
            assert not target or (rendered / target).is_file(), f"{page.name}: {link}"
            assert target or anchor in ids, f"{page.name}: {link}"
        assert not re.search(r'(?:src|href)="(?:https?:)?//', text), page.name


LATER = """
import time
_time = time.time
time.time = lambda: _time() + 400 * 86400
"""


BY_ONE = """
import sys
from concurrent.futures import ThreadPoolExecutor
from review import Review
with ThreadPoolExecutor(1) as one:
    names = sys.argv[3:] or None
    print([o.error for o in Review.open(sys.argv[1]).report(names, out=sys.argv[2], executor=one, again=True) if not o.ok])
"""
WITHOUT_KERNELS = """
import os, sys
from pathlib import Path
from review import Review
from tests.reporting.pages import write_documents, write_pages
os.environ["REVIEW_PROJECT"] = sys.argv[1]
out = Path(sys.argv[2])
out.mkdir()
rv = Review.open(sys.argv[1])
write_pages(rv, out)
write_documents(rv, out)
"""
ENDINGS = {".csv", ".docx", ".html", ".ipynb", ".json", ".pdf", ".png", ".svg"}


@pytest.fixture
def elsewhere(example: Review, tmp_path: Path) -> Callable[..., str]:
    """Runs a program on a copy of the example in another place, in another year, time zone and language: ``(program, *arguments)``."""
    (tmp_path / "sitecustomize.py").write_text(LATER, encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), str(ROOT)]), "TZ": "Pacific/Auckland", "LC_ALL": "C"}
    there = tmp_path / "some" / "where else"
    shutil.copytree(example.folder, there, ignore=shutil.ignore_patterns("*.sqlite3*", "reports"))

    def run(program: str, *arguments: object) -> str:
        command = [sys.executable, "-c", program, *map(str, arguments)]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    assert int(run("import time; print(time.gmtime(time.time()).tm_year)")) >= 2027
    return lambda program, *arguments: run(program, there, *arguments)


def files(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def the_same(first: Path, second: Path, tmp_path: Path) -> None:
    """Two folders of reports hold the same bytes, all that there is to make, and no word of where they were made."""
    one, other = files(first), files(second)
    assert sorted(one) == sorted(other)
    assert [name for name in one if one[name] != other[name]] == []
    assert {Path(name).suffix for name in one} == ENDINGS
    assert {"review.docx", "review.pdf", "figures/flow.svg", "figures/flow.pdf", "figures/flow.png"} <= set(one)
    assert all(str(tmp_path).encode() not in content and b"rv-review-" not in content for content in other.values())


AGAIN = ("30_flow", "60_bias", "80_checklist")


def test_reports_made_again_are_the_same_bytes_also_much_later_elsewhere_and_by_one_worker(
    elsewhere: Callable[..., str], rendered: Path, tmp_path: Path
) -> None:
    """Three of them, for a kernel takes seconds; the next test has what all are made into, and soak all."""
    again = tmp_path / "again"
    shutil.copytree(rendered, again)
    for name in AGAIN:
        for file in again.glob(f"{name}.*"):
            file.unlink()
    assert elsewhere(BY_ONE, again, *AGAIN) == "[]"
    the_same(rendered, again, tmp_path)


def test_all_pages_documents_figures_and_tables_are_the_same_much_later_and_elsewhere(
    elsewhere: Callable[..., str], rendered: Path, tmp_path: Path
) -> None:
    elsewhere(WITHOUT_KERNELS, tmp_path / "made")
    of_kernels, made = files(rendered), files(tmp_path / "made")
    given = re.compile(rb"\n\n# Parameters\n[^<]*(?=</dd>)")  # a render says which values it gave
    pages = {name: given.sub(b"", content) for name, content in of_kernels.items() if name.endswith(".html")}
    assert {Path(name).stem for name in pages} == REPORTS
    # the drawing of the flow is numbered by its cell, and one more is there where a render gives values
    assert [name for name in pages if made[name] != pages[name] and not name.startswith(AGAIN)] == []
    others = {name: content for name, content in of_kernels.items() if Path(name).suffix not in (".html", ".ipynb", ".json")}
    assert {Path(name).suffix for name in others} == ENDINGS - {".html", ".ipynb", ".json"}
    assert [name for name in others if made[name] != others[name]] == []


@pytest.mark.soak  # every report by a kernel, one after the other
def test_two_renders_are_the_same_bytes_also_much_later_elsewhere_and_by_one_worker(
    elsewhere: Callable[..., str], rendered: Path, tmp_path: Path
) -> None:
    assert elsewhere(BY_ONE, tmp_path / "again") == "[]"
    the_same(rendered, tmp_path / "again", tmp_path)


def test_what_has_not_changed_is_not_made_again(example: Review, rendered: Path) -> None:
    assert all(outcome.unchanged for outcome in example.report(out=rendered))


def test_a_missing_tail_is_named_against_a_reports_heads(example: Review, rendered: Path, tmp_path: Path) -> None:
    folder = tmp_path / "cut"
    shutil.copytree(example.folder / "data", folder / "data", ignore=shutil.ignore_patterns("*.sqlite3*"))
    shutil.copy(example.folder / "review.toml", folder)
    lines = (folder / "data" / "ledger.jsonl").read_bytes().splitlines(keepends=True)
    (folder / "data" / "ledger.jsonl").write_bytes(b"".join(lines[:-3]))
    cut = Review.open(folder)
    assert cut.verify() == [], "without an outside head nothing is claimed"
    assert [f.code for f in cut.verify(rendered / "manifest.json")], "the missing tail is named"
    cut.close()
