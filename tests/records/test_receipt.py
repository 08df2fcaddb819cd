"""The receipt: sums that hold, lines that are quoted, words for the terminal and a page for JupyterLab, hits against what was read."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review import Review
from review.ledger.ledger import Ledger
from review.records import importing
from review.records.receipt import FileReceipt, Receipt, Remark
from review.records.receipt_page import ROWS_SHOWN
from tests.example.build import PAGES
from tests.rooms.team import Team, make_team

HOSTILE = "<script>alert(1)</script>\x1b[2J"


@pytest.fixture
def team(tmp_path: Path) -> Iterator[Team]:
    made = make_team(tmp_path / "review")
    yield made
    made.ledger.close()


def entry(number: int, title: str = "A trial", age: str = "18 Years") -> dict[str, Any]:
    own = {"nctId": f"NCT{number:08d}", "briefTitle": title}
    return {"protocolSection": {"identificationModule": own, "eligibilityModule": {"minimumAge": age}}}


def written(folder: Path, name: str, *entries: dict[str, Any]) -> Path:
    file = folder / name
    file.write_text(json.dumps({"totalCount": len(entries), "studies": list(entries)}, indent=1), encoding="utf-8")
    return file


class Reader(HTMLParser):
    """Tags in order, and the text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.text = ""
        self.attributes: list[tuple[str, str | None]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.text += data


def receipt(*remarks: Remark, title: str = "A trial", refused: int = 0) -> Receipt:
    file = FileReceipt(
        f"a{title}.ris", "ris", 3 + refused, 1, 1, 1, ((7, title),) * refused, remarks, (title,), ((title, "enrolment 1 → 2"),)
    )
    return Receipt("sea:x", (file,))


def test_a_remark_quotes_its_line(team: Team, tmp_path: Path) -> None:
    file = written(tmp_path, "a.json", entry(1), entry(2, "Another trial", "banana"))
    problems = team.r1.import_files([file], search=team.search("ClinicalTrials.gov", "register")).problems
    assert list(problems.columns) == ["file", "line", "quoted", "record", "field", "code", "message"]
    [row] = [row for row in problems.itertuples() if row.field == "minimum_age"]
    assert (row.file, row.record, row.quoted) == ("a.json", "Another trial", '"minimumAge": "banana"')
    assert file.read_text(encoding="utf-8").split("\n")[row.line - 1].strip() == row.quoted


def test_entries_without_a_title_are_warned_of_with_their_lines(team: Team, tmp_path: Path) -> None:
    whole, bare = "TY  - JOUR\nTI  - A trial {n}\nAN  - {n}\nER  - \n", "TY  - JOUR\nAN  - {n}\nER  - \n"
    for name, forms, said in (
        ("whole.ris", [whole, whole], ""),
        ("one.ris", [whole, bare], "1 entry came in without a title (line 5): see in the file whether the export lost it"),
        ("many.ris", [bare] * 5, "5 entries came in without a title (line 1, 4, 7, …): see"),
    ):
        file = tmp_path / name
        file.write_text("".join(form.format(n=f"{name}{n}") for n, form in enumerate(forms)), encoding="utf-8", newline="\n")
        lines = "\n".join(team.r1.import_files([file], search=team.search(f"Source of {name}")).lines())
        assert (said in lines) if said else "without a title" not in lines, lines


def test_hits_are_held_against_the_files_also_where_the_last_is_refused(team: Team, tmp_path: Path) -> None:
    search = team.search("ClinicalTrials.gov", "register", hits=3)
    (folder := tmp_path / "files").mkdir()
    written(folder, "a.json", entry(1), entry(2))
    (folder / "z.txt").write_text("nothing that a reader knows", encoding="utf-8")
    found = team.r1.import_files([folder], search=search)
    assert not found.ok and any("the search found 3, its files hold 2" in line for line in found.lines())
    assert found.problems.code.tolist().count("refused") == 1
    last = team.r1.import_files([written(tmp_path, "b.json", entry(3))], search=search)
    assert last.ok and last.files[0].warnings == ()
    again = team.r1.import_files([written(tmp_path, "c.json", entry(3), entry(1))], search=search)
    assert any("its files hold 5: a file may be of another search, or have come twice" in line for line in again.lines())


def test_a_file_that_no_database_can_keep_is_refused_before_it_is_read(team: Team, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file, search = written(tmp_path, "a.json", entry(1)), team.search("ClinicalTrials.gov", "register")
    size = file.stat().st_size
    monkeypatch.setattr("review.records.steps.MAX_BLOB", size - 1)
    [told] = team.r1.import_files([file], search=search).files
    assert told.refusal.startswith(f"it holds {size:,} bytes, and at most") and told.refusal.endswith("export the search in parts")
    monkeypatch.undo()
    monkeypatch.setattr(importing, "MAX_BLOB", size)
    [told] = team.r1.import_files([file], search=search).files
    assert told.refusal.startswith("what was read of it takes")
    monkeypatch.undo()
    assert team.r1.import_files([file], search=search).files[0].new == 1, "what was refused left nothing behind"


def test_progress_counts_files_and_names_what_is_read(team: Team, tmp_path: Path) -> None:
    files = [written(tmp_path, f"{n}.json", entry(n)) for n in (1, 2)]
    told: list[tuple[int, int, str]] = []
    team.r1.import_files(files, search=team.search("A register", "register"), progress=lambda *said: told.append(said))
    assert told == [(0, 2, "1.json"), (1, 2, "2.json"), (2, 2, "")]


def test_a_count_that_differs_is_no_sound_receipt() -> None:
    found = receipt(Remark(None, "", "", "", "receipt_mismatch", "the file holds 4 beginnings of entries, but 3 were read"))
    assert receipt().ok and not found.ok and ">no</td>" in found._repr_html_()


def test_the_page_shows_everything_as_text() -> None:
    found = receipt(Remark(12, HOSTILE, HOSTILE, HOSTILE, "repaired", HOSTILE), title=HOSTILE, refused=1)
    page = Reader(found._repr_html_())
    assert "script" not in page.tags and page.text.count("<script>alert(1)</script>") >= 6
    assert {"caption", "th", "output", "label"} <= set(page.tags) and ("scope", "row") in page.attributes
    assert "http" not in found._repr_html_()
    assert "\x1b" not in str(found) and "\ufffd[2J" in str(found)


def test_a_page_of_very_many_remarks_says_where_the_rest_is() -> None:
    found = receipt(*[Remark(n, "x", "", "", "repaired", "y") for n in range(ROWS_SHOWN + 5)])
    page = Reader(found._repr_html_())
    assert "And 5 more: receipt.problems holds them all." in page.text and len(found.problems) == ROWS_SHOWN + 5
    assert page.tags.count("tr") == ROWS_SHOWN + 5, "three heads, a file, a change"


@given(st.text(), st.text())
def test_no_text_breaks_the_page_or_the_lines(one: str, other: str) -> None:
    found = receipt(Remark(1, one, other, one, "repaired", other), title=one)
    assert not {"script", "img", "a", "iframe"} & set(Reader(found._repr_html_()).tags)
    assert all(line.isprintable() or "\u200c" in line or "\u200d" in line for line in found.lines())


def test_a_folder_with_archives_and_a_table_of_the_reviews_own(tmp_path: Path) -> None:
    rv = Review.open(Review.create(tmp_path / "review").folder, reviewer="r1")
    (rv.folder / "mappings").mkdir()
    columns = '[columns]\n"Study name" = "title"\n"No." = "numbers"\n'
    text = f'name = "ward_list"\nlabel = "List of the ward"\nheader = ["Study name", "No."]\n\n{columns}'
    (rv.folder / "mappings" / "ward.toml").write_text(text, encoding="utf-8")
    with zipfile.ZipFile(tmp_path / "found.zip", "w") as archive:
        archive.writestr("ward.csv", "Study name,No.,Bed\nWarm feet,NCT01234567,4\n")
        archive.writestr("../evil.csv", "title,abstract\nx,y\n")
    search = rv.searches.record("Ward", kind="other", via="organisation", searched="2026-03-01")
    receipt = rv.import_files([tmp_path / "found.zip"], search=search)
    assert (receipt.read, receipt.kept, receipt.refused, receipt.ok) == (2, 1, 1, False)
    (record,) = rv.records.views()
    assert (record.title, record.file_name) == ("Warm feet", "found.zip/ward.csv")
    assert record.doc["provenance"]["parser"].endswith("ward_list") and len(record.doc["provenance"]["parser_version"]) == 12
    (event,) = rv.records.imports()
    with Ledger.open(rv.folder / "data" / "ledger.sqlite3") as ledger:
        assert ledger.blob(event.body["mapping_sha256"]).decode() == text
    assert rv.verify() == []
    rv.close()


AGGREGATED = ("clinconnect_upadacitinib.txt", "meddatax_NCT06410833.txt", "veeva_NCT00953485.txt")


@pytest.mark.parametrize("kind", ["register", "database"])
def test_a_page_that_repeats_registers_is_taken_for_a_website_alone(team: Team, kind: str) -> None:
    files = [PAGES / name for name in AGGREGATED]
    refused = team.r1.import_files([*files, PAGES / "ictrp_NCT05605665.txt"], search=team.search("Some site", kind))
    assert [(file.file, file.new, len(file.refused)) for file in refused.files[:3]] == [(name, 0, 1) for name in AGGREGATED]
    assert all("as kind other, via website" in file.refusal for file in refused.files[:3])
    assert refused.files[3].new == 1 and len(team.nobody.records.views()) == 1
    taken = team.r1.import_files(files, search=team.search("A site", "other", "website"))
    assert [(file.new, file.refused) for file in taken.files] == [(1, ())] * 3


def test_a_file_that_is_refused_whole_is_a_fact_until_it_comes_in_or_is_taken_back(team: Team, tmp_path: Path) -> None:
    search = team.search("ClinicalTrials.gov", "register")
    (tmp_path / "a.json").write_bytes(b"nothing that any reader knows")
    zipped = tmp_path / "b.zip"
    with zipfile.ZipFile(zipped, "w") as archive:
        archive.writestr("../out.json", "{}")
    receipt = team.r1.import_files([tmp_path / "a.json", zipped], search=search)
    again = team.r2.import_files([tmp_path / "a.json"], search=search)
    assert (receipt.read, receipt.kept, receipt.refused, again.refused) == (2, 0, 2, 1)
    unknown, outside = team.nobody.records.refusals()
    assert unknown.body["file_name"] == "a.json" and "no reader" in unknown.body["reason"] and len(unknown.body["digest"]) == 64
    assert outside.body["file_name"] == "b.zip/out.json" and outside.body["digest"] is None
    row = team.r1.searches.frame().iloc[0]
    assert (row["files"], row["refused"], row["read"]) == (0, 2, 0)
    status = str(team.r1.status())
    assert f"The search of ClinicalTrials.gov is not complete: a.json was refused: {unknown.body['reason']}" in status
    assert "Next: import the refused file again" in status
    shown = team.r1.tables.receipts()
    assert [(row[0].text, row[6].text) for row in shown.rows] == [("a.json", "1"), ("b.zip/out.json", "1")]
    assert "Files that were refused and have not come in since: 2" in " ".join(team.r1.tables.searches().notes)

    written(tmp_path, "a.json", entry(1))  # exported again
    assert team.r1.import_files([tmp_path / "a.json"], search=search).ok
    assert [e.id for e in team.r1.records.refusals()] == [outside.id]
    team.r1.records.undo(outside.id)
    assert team.r1.records.refusals() == [] and "is not complete" not in str(team.r1.status())


def test_a_page_that_was_offered_for_the_wrong_search_is_in_once_another_search_brings_it(team: Team, tmp_path: Path) -> None:
    page = PAGES / "clinconnect_upadacitinib.txt"
    assert not team.r1.import_files([page], search=team.search("ClinConnect", "register"), format="clinconnect").ok
    assert [e.body["file_name"] for e in team.r1.records.refusals()] == [page.name]
    assert team.r1.import_files([page], search=team.search("ClinConnect web", "other", "website"), format="clinconnect").kept
    assert team.r1.records.refusals() == []


def test_many_refused_files_do_not_bury_the_status(team: Team, tmp_path: Path) -> None:
    (tmp_path / "many").mkdir()
    for n in range(9):
        (tmp_path / "many" / f"{n}\x1b[2J.txt").write_text(f"nothing {n}", encoding="utf-8")
    team.r1.import_files([tmp_path / "many"], search=team.search())
    told = [line for line in team.r1.status().lines if "refused" in line]
    assert len(told) == 6 and told[-1] == "4 more files were refused: rv.records.refusals()" and "\x1b" not in "".join(told)
