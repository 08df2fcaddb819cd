"""The golden ledger of every release: it restores, verifies and reads the same for ever."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from review.ledger.exchange import export, restore
from review.ledger.ledger import Ledger
from review.ledger.verifying import read_heads, verify
from review.model.event import parse
from review.model.facts import Facts
from review.model.kinds import KINDS
from tests.ledger.notes import Where
from tests.ledger.write_golden import GOLDEN

RELEASES = sorted(GOLDEN.iterdir(), key=lambda folder: tuple(map(int, folder.name.split("."))))


@pytest.fixture(params=RELEASES, ids=lambda folder: folder.name)
def release(request: pytest.FixtureRequest) -> Path:
    return request.param


def test_a_released_ledger_restores_verifies_and_exports_the_same(release: Path, places: Callable[[], Where], tmp_path: Path) -> None:
    where = places()
    restore(release / "data", where)
    with Ledger.open(where) as ledger:
        found = verify(ledger, folder=release / "data", heads=release / "heads.json")
        assert [finding.code for finding in found] == ["fork"]
        assert ledger.heads() == read_heads(release / "heads.json")
        assert ledger.unknown() == {}
        export(ledger, tmp_path)
    wanted = {path.relative_to(release / "data"): path.read_bytes() for path in (release / "data").rglob("*") if path.is_file()}
    assert {path: (tmp_path / path).read_bytes() for path in wanted} == wanted


def test_a_released_ledger_reads_the_same(release: Path, tmp_path: Path) -> None:
    restore(release / "data", tmp_path / "ledger.sqlite3")
    lines = (release / "data" / "ledger.jsonl").read_text(encoding="utf-8").split("\n")
    with Ledger.open(tmp_path / "ledger.sqlite3") as ledger:
        events = list(ledger.events())
    facts = Facts()
    for event, line in zip(events, lines, strict=False):
        facts.add(event)
        written = json.loads(line)
        assert (event.id, event.at, event.origin, event.actor) == tuple(written[name] for name in ("id", "at", "origin", "actor"))
        assert parse(event.stored) == written["body"]
        # what is read is in the form of today
        KINDS[event.kind].model_validate(event.body)
        if event.schema == KINDS[event.kind].version:
            assert event.body == written["body"]
    assert [facts.live(event.id) for event in events].count(False) == 2


def test_every_kind_that_is_written_today_is_in_the_newest() -> None:
    """A new kind, or a new version of one, needs a golden ledger: python -m tests.ledger.write_golden VERSION."""
    lines = (RELEASES[-1] / "data" / "ledger.jsonl").read_text(encoding="utf-8").splitlines()
    there = {(event["kind"], event["schema"]) for event in map(json.loads, lines)}
    assert there >= {(kind, form.version) for kind, form in KINDS.items()}


def test_its_files_are_those_that_were_released(release: Path) -> None:
    """Git must not turn the line ends of a stored file."""
    for folder in ("raw", "blobs"):
        for path in (release / "data" / folder).iterdir():
            assert hashlib.sha256(path.read_bytes()).hexdigest() == path.name
