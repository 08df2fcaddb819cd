"""Resolving a conflict and obtaining a document: what may be seen of the two answers, one press stored once, the document in hand."""

from __future__ import annotations

import dataclasses
import hashlib
import shutil
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review import Review
from review.errors import InputRefused, NotAllowed, TokenReused
from review.ledger.ledger import Ledger
from review.screening.retrieving import media_type
from tests.rooms.team import Team
from tests.structure.tree import ROOT

PDF = b"%PDF-1.7\n% nothing to see\n"


@pytest.fixture
def report(team: Team) -> str:
    return team.article(team.search(), "A trial")


def resolved(team: Team) -> int:
    return len([e for e in team.nobody.screening.visible_events() if e.kind == "screening.resolved"])


# the two answers


def test_a_conflict_shows_both_answers_and_no_name(team: Team, report: str) -> None:
    team.r1.screening.decide(report, stage="title_abstract", decision="include", note="Adults.", judgements={"P1": "met", "I1": "met"})
    team.r2.screening.decide(report, stage="title_abstract", decision="exclude", judgements={"P1": "not_met"}, note="Children.")
    conflict = team.lead.screening.conflict(report, "title_abstract")
    assert conflict is not None and not conflict.about_reasons and not conflict.by_agreement
    said = {side.decision: (side.reason, side.note, dict(side.judgements)) for side in conflict.sides}
    assert said == {"include": (None, "Adults.", {"P1": "met", "I1": "met"}), "exclude": ("P1", "Children.", {"P1": "not_met"})}
    assert not {"r1", "r2"} & set(str(dataclasses.asdict(conflict)).replace("'", " ").split())
    assert team.lead.screening.unresolved() == [(report, "title_abstract")] == team.nobody.screening.unresolved("title_abstract")
    assert team.r1.screening.conflict(report, "title_abstract") == dataclasses.replace(conflict, by_agreement=True)


def test_the_order_of_the_answers_tells_nothing(team: Team) -> None:
    search = team.search()
    reports = [team.article(search, f"Trial {number}") for number in range(24)]
    for report in reports:
        team.decide(report, "include", "exclude")
    conflicts = [team.lead.screening.conflict(report, "title_abstract") for report in reports]
    first = [conflict.sides[0].decision for conflict in conflicts if conflict is not None]
    assert len(first) == 24 and set(first) == {"include", "exclude"}


def test_what_is_not_closed_or_no_conflict_shows_nothing(team: Team, report: str) -> None:
    team.r1.screening.decide(report, stage="title_abstract", decision="include")
    assert team.lead.screening.conflict(report, "title_abstract") is None and team.r2.screening.unresolved() == []
    team.r2.screening.decide(report, stage="title_abstract", decision="include")
    assert team.r2.screening.conflict(report, "title_abstract") is None
    with pytest.raises(InputRefused, match="no stage"):
        team.r2.screening.conflict(report, "abstract")


def test_both_exclude_for_different_reasons_and_one_has_moved_since(team: Team, report: str) -> None:
    team.decide(report, "include", "include")
    team.r1.screening.retrieve(report, "retrieved")
    team.decide(report, "exclude", "exclude", stage="full_text", reasons=("P1", "S1"))
    conflict = team.lead.screening.conflict(report, "full_text")
    assert conflict is not None and conflict.about_reasons and {side.reason for side in conflict.sides} == {"P1", "S1"}
    team.r2.screening.decide(report, stage="full_text", decision="include")
    moved = team.lead.screening.conflict(report, "full_text")
    assert moved is not None and {(s.reason, s.changed_to) for s in moved.sides} == {("P1", ""), ("S1", "include")}


# one press, one resolution


def test_a_resolution_sent_again_is_the_same_event_and_another_with_its_token_is_refused(team: Team, report: str) -> None:
    team.decide(report, "include", "exclude")
    first = team.lead.screening.resolve(report, stage="title_abstract", decision="include", token="one-key-press")
    again = team.lead.screening.resolve(report, stage="title_abstract", decision="include", token="one-key-press")
    assert again == first and resolved(team) == 1
    with pytest.raises(TokenReused, match="token"):
        team.lead.screening.resolve(report, stage="title_abstract", decision="exclude", token="one-key-press")
    other = team.article(team.search(), "Another trial")
    team.decide(other, "include", "exclude")
    for call in (
        lambda: team.lead.screening.resolve(other, stage="title_abstract", decision="include", token="one-key-press"),
        lambda: team.r1.screening.resolve(report, stage="title_abstract", decision="include", note="agreed", token="one-key-press"),
    ):
        with pytest.raises(TokenReused, match="token"):
            call()
    team.lead.screening.undo(first)
    assert team.lead.screening.resolve(report, stage="title_abstract", decision="include", token="one-key-press") == first
    assert team.lead.screening.conflict(report, "title_abstract") is not None, "sent again after the undo it says what was stored"


# the document


def test_what_is_sought_and_not_answered_waits_for_its_document(team: Team) -> None:
    search, page = team.search(), team.search("A journal", kind="other", via="website")
    one, two, elsewhere = team.article(search, "One"), team.article(search, "Two"), team.article(page, "Three")
    assert team.r1.screening.to_retrieve() == [elsewhere]
    team.r1.screening.decide(one, stage="title_abstract", decision="include")
    assert team.r2.screening.to_retrieve() == [elsewhere], "one of two says nothing yet"
    team.r2.screening.decide(one, stage="title_abstract", decision="include")
    team.decide(two, "exclude", "exclude")
    assert team.nobody.screening.to_retrieve() == [one, elsewhere]
    team.r1.screening.retrieve(one, "retrieved")
    team.r1.screening.retrieve(elsewhere, "not_retrieved", note="asked the authors")
    assert team.r2.screening.to_retrieve() == []


def test_an_attached_file_is_the_document_and_survives_a_later_word(team: Team, report: str) -> None:
    team.decide(report, "include", "include")
    view = team.r1.studies.report_views()[0]
    assert team.r1.screening.document(view) is None
    event = team.r1.screening.retrieve(report, "retrieved", file="paper.pdf", content=PDF, token="one-key-press")
    assert team.r1.screening.retrieve(report, "retrieved", file="paper.pdf", content=PDF, token="one-key-press") == event
    found = team.r2.screening.document(view)
    assert found is not None and (found.name, found.media_type, found.read()) == ("paper.pdf", "application/pdf", PDF)
    assert found.sha256 == hashlib.sha256(PDF).hexdigest() and "PDF-1.7" not in repr(found)
    with pytest.raises(TokenReused, match="token"):
        team.r1.screening.retrieve(report, "extract_only", file="paper.pdf", content=PDF, token="one-key-press")
    later = team.r1.screening.retrieve(report, "extract_only", note="the tables are missing")
    assert team.r2.screening.document(view) == found
    team.r1.screening.undo(later)
    team.r1.screening.undo(event)
    assert team.r2.screening.document(view) is None and team.r2.screening.to_retrieve() == [report]


def test_what_somebody_has_decided_on_stays_retrieved(team: Team, report: str) -> None:
    team.decide(report, "include", "include")
    had = team.r1.screening.retrieve(report, "retrieved")
    own = team.r1.screening.decide(report, stage="full_text", decision="include", note="only mine")
    for call in (lambda: team.r2.screening.retrieve(report, "not_retrieved"), lambda: team.r2.screening.undo(had)):
        with pytest.raises(NotAllowed, match=r"A trial: somebody has decided on its full text, so it was retrieved\n  next: ask the lead$"):
            call()
    for rv, call in ((team.lead, team.lead.screening.retrieve), (team.r1, team.r1.screening.retrieve)):
        with pytest.raises(NotAllowed, match=rf"(?s)decisions on its full text stand \(r1\).*let them be undone first: .*undo\('{own}'\)"):
            call(report, "not_retrieved")
        with pytest.raises(NotAllowed, match=r"decisions on its full text stand \(r1\)"):
            rv.screening.undo(had)
    part = team.r1.screening.retrieve(report, "extract_only")
    team.r1.screening.undo(had)
    with pytest.raises(NotAllowed, match="so it was retrieved"):
        team.r1.screening.undo(part)
    team.r2.screening.decide(report, stage="full_text", decision="exclude", reason="P1")
    with pytest.raises(NotAllowed, match=r"\(r1, r2\)"):
        team.r2.screening.retrieve(report, "not_retrieved")
    team.lead.screening.resolve(report, stage="full_text", decision="include")
    with pytest.raises(NotAllowed, match=r"\(r1, r2, lead\)"):
        team.r2.screening.retrieve(report, "not_retrieved")
    assert team.nobody.flow().boxes["dbr_assessed"].n == 1


def test_what_was_decided_is_undone_before_a_document_is_given_up(team: Team, report: str) -> None:
    team.decide(report, "include", "include")
    had = team.r1.screening.retrieve(report, "retrieved")
    gone = team.r1.screening.retrieve(report, "not_retrieved", token="one-key-press")
    back = team.r1.screening.undo(gone)
    own = team.r1.screening.decide(report, stage="full_text", decision="include")
    with pytest.raises(NotAllowed, match="so it was retrieved"):
        team.r1.screening.undo(back)
    assert team.r1.screening.retrieve(report, "not_retrieved", token="one-key-press") == gone, "sent again it says what was stored"
    team.r1.screening.undo(own)
    team.r1.screening.undo(had)
    assert team.r2.screening.to_retrieve() == [report]
    team.r1.screening.undo(back)
    assert team.nobody.flow().boxes["dbr_notretrieved_reports"].n == 1


def test_a_file_that_is_none_is_refused(team: Team, report: str, tmp_path: Path) -> None:
    team.decide(report, "include", "include")
    (tmp_path / "empty.pdf").write_bytes(b"")
    with pytest.raises(InputRefused, match=r"empty\.pdf is empty"):
        team.r1.screening.retrieve(report, "retrieved", file=tmp_path / "empty.pdf")
    with pytest.raises(InputRefused, match="without its name"):
        team.r1.screening.retrieve(report, "retrieved", content=PDF)
    with pytest.raises(InputRefused, match="not retrieved has no file"):
        team.r1.screening.retrieve(report, "not_retrieved", file="paper.pdf", content=PDF)
    with pytest.raises(NotAllowed, match="not sought"):
        team.r1.screening.retrieve(team.article(team.search(), "Unread"), "retrieved")


def test_a_captured_page_is_the_document_and_one_entry_of_many_has_its_lines(tmp_path: Path) -> None:
    shutil.copy(ROOT / "review.toml", tmp_path)
    shutil.copytree(ROOT / "data", tmp_path / "data", ignore=shutil.ignore_patterns("*.sqlite3*"))
    with closing(Review.open(tmp_path)) as example:
        found = {
            report.title[:20]: document
            for report in example.studies.report_views()
            if (document := example.screening.document(report)) is not None
        }
        assert {document.name for document in found.values()} >= {"clinconnect_upadacitinib.txt", "ctgov_search.json"}
        for title, document in found.items():
            first, last = document.lines or (0, 0)
            lines = document.read().decode("utf-8").split("\n")[first - 1 : last]
            assert document.media_type == "text/plain" and title in " ".join(lines)
        of_many = [d for d in found.values() if d.name == "ctgov_search.json"]
        assert all(document.lines and document.lines[0] > 1 for document in of_many)


@pytest.mark.parametrize(
    ("data", "known"),
    [
        (PDF, "application/pdf"),
        (b"\xef\xbb\xbf" + PDF, "application/pdf"),
        (b"<!DOCTYPE html><p>x", "text/html"),
        (b"<?xml version='1.0'?><html xmlns='x'>", "text/html"),
        ("<html><body>x".encode("utf-16"), "text/html"),
        ("A text: σ".encode("utf-16"), "text/plain"),
        ("A text: σ".encode(), "text/plain"),
        (b"PK\x03\x04\0\0word/document.xml", "application/octet-stream"),
    ],
)
def test_a_file_is_what_it_holds_and_not_what_it_is_called(data: bytes, known: str) -> None:
    assert media_type(data) == known


@given(st.binary(max_size=200))
def test_any_bytes_are_of_some_kind(data: bytes) -> None:
    assert media_type(data) in ("application/pdf", "text/html", "text/plain", "application/octet-stream")


def test_what_stands_is_known_again_by_its_token_whatever_the_rules_of_today_say(team: Team, report: str) -> None:
    def resolve() -> str:
        return team.lead.screening.resolve(report, stage="title_abstract", decision="exclude", reason="I1", note=" no ", token="resolve")

    def decide(reason: str = "I1") -> str:
        return team.r2.screening.decide(report, stage="title_abstract", decision="exclude", reason=reason, token="decide")

    def judge() -> str:
        return team.r1.screening.decide(other, stage="title_abstract", judgements={"P1": "met", "I1": "not_met"}, token="judge")

    def retrieve(note: str = "by post") -> str:
        return team.r1.screening.retrieve(other, "retrieved", file="paper.pdf", content=PDF, note=note, token="retrieve")

    other = team.article(team.search("Scopus"), "Another trial")
    team.decide(other, "include", "include")
    sent = [retrieve()]
    sent += [judge(), decide()]  # r1 now excludes the other one
    team.r1.screening.decide(report, stage="title_abstract", decision="include")
    sent += [resolve()]
    plan = team.folder / "review.toml"
    plan.write_text(plan.read_text(encoding="utf-8").replace('id = "I1"', 'id = "I2"'), encoding="utf-8")
    team.lead.protocol.amend(reason="a clearer criterion", results_known=False)
    view = next(r for r in team.lead.studies.report_views() if r.id == other)
    assert not team.lead.screening.sought(view)
    stored = team.ledger.count()
    assert [retrieve(), judge(), decide(), resolve()] == sent and team.ledger.count() == stored
    with pytest.raises(NotAllowed, match="its full text is not sought"):
        retrieve("by mail")
    with pytest.raises(TokenReused, match="token"):
        decide("P1")


def test_a_document_is_fetched_once_to_know_what_it_is(team: Team, report: str, monkeypatch: pytest.MonkeyPatch) -> None:
    team.decide(report, "include", "include")
    team.r1.screening.retrieve(report, "retrieved", file="paper.pdf", content=PDF)
    view, fetched, blob = team.r1.studies.report_views()[0], list[str](), Ledger.blob
    monkeypatch.setattr(Ledger, "blob", lambda ledger, sha256: fetched.append(sha256) or blob(ledger, sha256))
    kinds = {found.media_type for _ in range(20) if (found := team.r1.screening.document(view)) is not None}
    assert kinds == {"application/pdf"} and len(fetched) == 1
