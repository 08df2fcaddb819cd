"""What is in hand with its import: a captured page and a registration are the document, an entry of an export only names it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from review.model.views import RecordView
from review.records.formats import formats
from tests.rooms.team import PLAN, Team, make_team

PAGES = Path(__file__).parents[1] / "records" / "pages"
MEDLINE = """PMID- 91000001
TI  - A trial of a drug.
AB  - People were given the drug.
FAU - Doe, Jane
DP  - 2020
PT  - Randomized Controlled Trial
JT  - A journal
"""
RIS = "TY  - JOUR\nT1  - Another trial of the drug\nA1  - Roe, R.\nPY  - 2021\nJF  - A journal\nDO  - 10.5555/a.1\nER  - \n"
TEACHING = PLAN + "\n[settings]\nteaching_copy = true\n"


@pytest.fixture(params=[PLAN, TEACHING], ids=["a review", "a teaching review"])
def team(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Team]:
    made = make_team(tmp_path / "review", plan=request.param)
    yield made
    made.ledger.close()


def imported(team: Team, name: str, text: str, search: str) -> str:
    """The report that a file with one entry founds."""
    file = team.folder / name
    file.write_text(text, encoding="utf-8", newline="\n")
    before = {r.id for r in team.nobody.studies.report_views()}
    assert team.r1.import_files([file], search=search).ok
    (found,) = {r.id for r in team.nobody.studies.report_views()} - before
    return found


@pytest.mark.parametrize(("name", "text"), [("a.nbib", MEDLINE), ("a.ris", RIS)])
def test_an_article_of_an_export_is_sought_until_somebody_says_how_it_was_obtained(team: Team, name: str, text: str) -> None:
    report = imported(team, name, text, team.search())
    team.decide(report, "include", "include")
    assert team.nobody.screening.to_retrieve() == [report]
    boxes = team.nobody.flow().boxes
    assert (boxes["dbr_sought_reports"].n, boxes["dbr_retrieval_waiting"].n, boxes["dbr_assessed"].n) == (1, 1, 0)
    assert not team.r1.screening.queue("full_text") and "sought, and nobody has said" in str(team.r1.status())
    assert team.r1.screening.document(team.r1.studies.report_views()[0]) is None
    team.r1.screening.retrieve(report, "retrieved")
    assert team.r1.screening.queue("full_text") == [report] and team.nobody.flow().boxes["dbr_assessed"].n == 1


def test_a_page_that_was_captured_is_the_document(team: Team) -> None:
    page = imported(team, "page.txt", (PAGES / "veeva_arms.txt").read_text(encoding="utf-8"), team.search("A site", "other", "website"))
    assert team.nobody.screening.to_retrieve() == [] and team.r1.screening.queue("full_text") == [page]


def test_records_that_were_read_before_exports_said_so_are_told_by_their_page(team: Team) -> None:
    imported(team, "a.ris", RIS, team.search())
    imported(team, "page.txt", (PAGES / "veeva_arms.txt").read_text(encoding="utf-8"), team.search("A site", "other", "website"))

    def as_earlier(record: RecordView) -> RecordView:
        return replace(record, doc={**record.doc, "provenance": {**record.doc["provenance"], "kind": "capture"}})

    article, page = map(as_earlier, team.nobody.records.views())
    assert not article.retrieved_on_import and page.retrieved_on_import
    registration = replace(article, doc={**article.doc, "record_type": "trial_registration"})
    assert registration.retrieved_on_import and not replace(registration, file_name=None).retrieved_on_import


def test_the_same_export_again_is_seen_before_although_its_kind_is_said_now(team: Team) -> None:
    search = team.search()
    imported(team, "a.ris", RIS, search)
    again = team.r1.import_files([team.folder / "a.ris"], search=search)
    assert (again.read, again.kept) == (1, 1) and len(team.nobody.records.views()) == 1


def test_every_format_that_is_a_page_says_so() -> None:
    assert {name for name, one in formats().items() if one.kind == "capture"} == {
        "clinconnect", "ictrp_page", "meddatax", "bmj_article", "veeva_ctv",
    }  # fmt: skip
