"""The import from a notebook: words where nothing was given, a search recorded once, progress that is shown as text and as a page."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from review.desk import import_progress, take_in
from review.errors import NotFound
from review.records.receipt import Receipt
from tests.rooms.team import Team, make_team


@pytest.fixture
def team(tmp_path: Path) -> Iterator[Team]:
    made = make_team(tmp_path / "review")
    yield made
    made.ledger.close()


class Shown:
    """What a notebook would show below its cell."""

    def __init__(self) -> None:
        self.said: list[Any] = []

    def update(self, said: Any) -> None:
        self.said.append(said)


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> Shown:
    found = Shown()
    monkeypatch.setattr("review.desk.importing.display", lambda first, display_id: found.update(first) or found)
    return found


def test_without_files_nothing_is_written(team: Team) -> None:
    before = team.ledger.heads()
    said = take_in(team.r1, " ", source="A register", kind="register", searched="2026-01-05")
    assert isinstance(said, str) and "Nothing was imported" in said and team.ledger.heads() == before


def test_a_folder_is_taken_in_with_its_search_and_the_progress_ends(team: Team, tmp_path: Path, shown: Shown) -> None:
    (folder := tmp_path / "files").mkdir()
    content = {"studies": [{"protocolSection": {"identificationModule": {"nctId": "NCT01234567", "briefTitle": "A trial"}}}]}
    (folder / "<b>.json").write_text(json.dumps(content), encoding="utf-8")
    receipt = take_in(team.r1, str(folder), source="A register", kind="register", searched="2026-01-05", hits=1)
    assert isinstance(receipt, Receipt) and receipt.ok and receipt.kept == 1
    [search] = team.nobody.searches.views()
    assert (search.id, search.hits) == (receipt.search, 1)
    assert repr(shown.said[-1]) == "1 of 1 files" and "&lt;b&gt;.json" in shown.said[1]._repr_html_()
    again = take_in(team.r1, str(folder), search=search.id)
    assert isinstance(again, Receipt) and again.files[0].sightings == 1 and len(team.nobody.searches.views()) == 1


def test_the_progress_is_a_bar_with_words(shown: Shown) -> None:
    import_progress()(1, 3, "a.ris: 500 entries")
    page = shown.said[-1]._repr_html_()
    assert '<progress max="3" value="1"' in page and "1 of 3 files, reading a.ris: 500 entries" in page and 'role="status"' in page


def test_a_file_that_is_not_there_leaves_no_search_behind(team: Team, tmp_path: Path) -> None:
    before = team.ledger.heads()
    with pytest.raises(NotFound, match="gone.ris is not there"):
        take_in(team.r1, str(tmp_path / "gone.ris"), source="A register", kind="register", searched="2026-01-05")
    assert team.ledger.heads() == before
