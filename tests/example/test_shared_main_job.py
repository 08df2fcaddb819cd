"""The main job on the real captures of ../shared/seeds: imported, decided by two and a third, rendered; nothing is copied from them."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from review import Review
from review.reporting.characteristics import KINDS
from tests.example.build import ROOT
from tests.reporting.pages import write_documents, write_pages
from tests.structure.test_notebooks import REPORTS

SEEDS = ROOT.parent / "shared" / "seeds"
if not SEEDS.is_dir():
    print("tests/example/test_shared_main_job.py: ../shared/seeds is not here, so the real captures are not tried")
    pytest.skip("../shared/seeds is not here", allow_module_level=True)

SOURCES = {
    "000": ("ClinConnect", "other", "website"),
    "001": ("WHO ICTRP", "register", None),
    "002": ("MedDataX", "other", "website"),
    "003": ("BMJ journals", "other", "website"),
    "004": ("ClinicalTrials.Veeva", "other", "website"),
}


@pytest.fixture(scope="module")
def job(tmp_path_factory: pytest.TempPathFactory) -> Review:
    folder = tmp_path_factory.mktemp("job") / "review"
    Review.create(folder).close()
    plan = (ROOT / "review.toml").read_text(encoding="utf-8").replace("teaching_copy = true", "teaching_copy = false")
    (folder / "review.toml").write_text(plan, encoding="utf-8")
    lead, r1, r2 = (Review.open(folder, reviewer=name) for name in ("lead", "r1", "r2"))
    lead.protocol.freeze()
    for page in sorted(SEEDS.glob("*.txt")):
        source, kind, via = SOURCES[page.name[:3]]
        receipt = r1.import_files([page], search=r1.searches.record(source, kind=kind, via=via, searched="2026-03-01"))
        assert receipt.ok and receipt.kept == 1
    for rv in (r1, r2):
        for report in rv.screening.queue("title_abstract"):
            rv.screening.decide(report, stage="title_abstract", decision="include")
    for rv in (r1, r2):
        for report in rv.screening.queue("full_text"):
            number = next((v for r in rv.studies.report_views() if r.id == report for v in r.stands.identifiers("NCT")), "")
            out = number == "NCT06410833" or (number == "NCT00953485" and rv is r2)
            rv.screening.decide(
                report,
                stage="full_text",
                decision="exclude" if out else "include",
                reason="P2" if out else None,
                near_miss=number == "NCT06410833",
            )
    conflict = lead.screening.conflicts().iloc[0]
    lead.screening.resolve(conflict["report"], stage="full_text", decision="include", note="adult data are asked for")
    for study in lead.studies.views():
        statuses = {r.doc["overall_status"] for r in study.records}
        what = "ongoing" if "NOT_YET_RECRUITING" in statuses else "awaiting" if "UNKNOWN" in statuses else "included"
        if "NCT06410833" not in study.registry_numbers:
            for rv in (r1, r2):
                rv.studies.classify(study.id, what, reason="as the page says")
    return lead


def test_the_flow(job: Review) -> None:
    flow = job.flow()
    count = {
        name: flow.boxes[name].n
        for name in ("register_results", "website_results", "other_excluded", "other_ongoing", "other_awaiting", "new_studies")
    }
    assert count == {
        "register_results": 1,
        "website_results": 4,
        "other_excluded": 1,
        "other_ongoing": 1,
        "other_awaiting": 1,
        "new_studies": 2,
    }
    assert all(holds for _, holds, _ in flow.identities())


def test_every_cell_is_traced_to_lines_of_the_real_pages(job: Review) -> None:
    pages = {p.name: p.read_text(encoding="utf-8").split("\n") for p in SEEDS.glob("*.txt")}
    cells = [c for s in job.studies.views() for c in job.extraction.cells(s)]
    records = {r.id: r for r in job.records.views()}
    assert len(cells) > 60
    for cell in cells:
        assert cell.lines and cell.record, cell.item
        page = pages[records[cell.record].file_name or ""]
        quoted = [line.strip() for line in page[cell.lines[0] - 1 : cell.lines[1]] if line.strip()]
        assert cell.quotation == "\n".join(quoted), cell.item
    for of in KINDS:
        table = job.tables.characteristics(of=of)
        traced = [cell for row in table.rows for cell in row if cell.trace]
        assert traced and all(table.traces[cell.trace or ""].entries for cell in traced)


def test_no_value_is_invented(job: Review) -> None:
    """Each number of a cell stands in the lines that it quotes."""
    for study in job.studies.views():
        for cell in job.extraction.cells(study):
            for number in re.findall(r"\d+", cell.value):
                dated = re.fullmatch(r"\d{4}-\d{2}-\d{2}", cell.value)
                assert dated or number in cell.quotation, (cell.item, cell.value)


def test_every_report_is_complete(job: Review, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REVIEW_PROJECT", str(job.folder))
    write_pages(job, tmp_path)
    write_documents(job, tmp_path)
    for kind in ("html", "docx", "pdf"):
        assert {path.stem for path in tmp_path.glob(f"*.{kind}")} - {"review"} == REPORTS
    assert "Demonstration" not in (tmp_path / "30_flow.html").read_text(encoding="utf-8")
    shutil.rmtree(tmp_path)
