"""The kernel's side of the desk of full texts: files in parts, one press one word, the document in parts and in no trait."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from review import Review
from review.desk import FullTextDesk
from review.desk.card import Card
from review.desk.full_text import LIMIT
from review.desk.upload import Upload
from review.errors import InputRefused
from review.ledger.home import restore
from tests.desk.files import HOSTILE_PAGE, small_pdf
from tests.desk.reviews import TITLES, lay_out

PDF = small_pdf()


class Desk:
    """What the browser does at this desk, without one: messages go in and come out with their bytes."""

    def __init__(self, card: Card) -> None:
        self.card, self.number, self.told = card, 0, list[dict[str, Any]]()
        card.send = lambda content, buffers=None: self.told.append({**json.loads(json.dumps(content)), "bytes": b"".join(buffers or ())})  # type: ignore[method-assign]
        self.ask("open")

    def ask(self, kind: str, data: bytes | None = None, **more: Any) -> list[dict[str, Any]]:
        self.number += 1
        before = len(self.told)
        content = {"kind": kind, "token": f"token-{id(self)}-{self.number}", **more}
        self.card.receive(self.card, content, [] if data is None else [memoryview(data)])
        return self.told[before:]

    def bring(self, data: bytes, upload: str = "one", size: int = 400) -> None:
        for number, start in enumerate(range(0, len(data), size)):
            [said] = self.ask("part", data[start : start + size], upload=upload, part=number)
            assert said["kind"] == "taken"

    def say(self, status: str, data: bytes = b"", file: str = "", **more: Any) -> list[dict[str, Any]]:
        if data:
            self.bring(data)
        return self.ask(
            "retrieve", **{"report": self.shown["report"], "status": status, "file": file, "upload": "one", "size": len(data), **more}
        )

    @property
    def shown(self) -> dict[str, Any]:
        return next(m["card"] for m in reversed(self.told) if m["kind"] == "card") or {}

    @property
    def progress(self) -> str:
        return next(m["progress"] for m in reversed(self.told) if m["kind"] == "card")


@pytest.fixture(scope="module")
def sought(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two of three records have passed."""
    folder = lay_out(tmp_path_factory.mktemp("sought"))
    for name in ("r1", "r2"):
        rv = Review.open(folder, reviewer=name)
        for report, decision in zip(rv.screening.queue("title_abstract"), ("include", "include", "exclude"), strict=True):
            rv.screening.decide(report, stage="title_abstract", decision=decision)
        rv.close()
    return folder


@pytest.fixture
def rv(sought: Path, tmp_path: Path) -> Iterator[Review]:
    lead = Review.open(sought)
    lead.export(tmp_path / "export")
    lead.close()
    (tmp_path / "review.toml").write_text((sought / "review.toml").read_text(encoding="utf-8"), encoding="utf-8")
    restore(tmp_path, tmp_path / "export")
    found = Review.open(tmp_path, reviewer="r1")
    yield found
    found.close()


@pytest.fixture
def desk(rv: Review) -> Desk:
    return Desk(FullTextDesk(rv))


def test_it_lists_what_is_sought_and_shows_the_first(desk: Desk) -> None:
    assert [(row["title"], row["status"]) for row in desk.told[0]["rows"]] == [(TITLES[0], ""), (TITLES[1], "")]
    assert desk.shown["title"] == TITLES[0] and desk.shown["status"] == "To find" and desk.progress == "2 to find"


def test_a_file_comes_in_parts_and_is_stored_with_the_word(desk: Desk, rv: Review) -> None:
    report = desk.shown["report"]
    saved, card = desk.say("retrieved", PDF, "C:\\papers\\paper.pdf", note="From the publisher.")
    assert saved["kind"] == "saved" and saved["row"]["status"] == "retrieved" and saved["row"]["file"]
    assert card["card"]["title"] == TITLES[1] and card["progress"] == "1 to find"
    view = next(r for r in rv.studies.report_views() if r.id == report)
    found = rv.screening.document(view)
    assert found is not None and (found.name, found.sha256, found.read()) == ("paper.pdf", hashlib.sha256(PDF).hexdigest(), PDF)
    desk.ask("go", report=report)
    assert desk.shown["status"] == "Retrieved, paper.pdf" and desk.shown["note"] == "From the publisher."
    assert desk.shown["document"] == {"name": "paper.pdf", "media_type": "application/pdf"}


def test_sent_again_it_is_the_same_event_and_another_word_with_its_token_is_none(desk: Desk, rv: Review) -> None:
    report = desk.shown["report"]
    first = desk.say("retrieved", PDF, "paper.pdf", token="a-key-press")
    again = desk.ask("retrieve", report=report, status="retrieved", file="paper.pdf", upload="one", size=len(PDF), token="a-key-press")
    assert again[0] == first[0] and again[1]["card"]["title"] == TITLES[1]
    assert len(rv.screening.to_retrieve()) == 1


def test_a_file_that_did_not_arrive_whole_is_refused_and_nothing_is_stored(desk: Desk, rv: Review) -> None:
    desk.ask("part", PDF[:400], upload="one", part=0)
    desk.ask("part", PDF[800:], upload="one", part=2)
    for more in ({"size": len(PDF)}, {"size": len(PDF[:400]) + len(PDF[800:])}, {"size": 400, "upload": "another"}):
        [refused] = desk.ask(
            "retrieve", **{"report": desk.shown["report"], "status": "retrieved", "file": "paper.pdf", "upload": "one", **more}
        )
        assert refused["message"] == "paper.pdf did not arrive whole. Next: choose the file again."
    desk.ask("part", PDF[400:800], upload="one", part=1)
    desk.ask("part", PDF[400:800], upload="one", part=1)
    assert (
        desk.ask("retrieve", report=desk.shown["report"], status="retrieved", file="paper.pdf", upload="one", size=len(PDF))[0]["kind"]
        == "saved"
    )
    assert len(rv.screening.to_retrieve()) == 1


def test_what_is_neither_pdf_nor_html_nor_text_is_refused_in_words(desk: Desk) -> None:
    [refused] = desk.say("retrieved", b"PK\x03\x04\0\0" + b"x" * 50, "paper.docx")
    assert refused["message"] == "paper.docx is neither PDF, HTML nor text. Next: save it as PDF, and choose that file."


def test_no_more_than_the_limit_is_ever_held() -> None:
    upload = Upload(LIMIT)
    upload.take("one", 0, [bytes(LIMIT)])
    with pytest.raises(InputRefused, match="larger than 50 MB"):
        upload.take("one", 1, [b"x"])
    with pytest.raises(InputRefused, match="did not arrive whole"):
        upload.whole("one", LIMIT, "large.pdf")
    upload.take("two", 0, [b"small"])
    assert upload.whole("two", 5, "small.txt") == b"small"


def test_not_retrieved_says_what_was_tried(desk: Desk, rv: Review) -> None:
    [refused] = desk.say("not_retrieved", note=" ")
    assert refused["message"] == "a document that was not retrieved needs a note. Next: say in the note what was tried."
    report = desk.shown["report"]
    assert desk.say("not_retrieved", note="Asked the authors twice.")[0]["kind"] == "saved"
    desk.ask("go", report=report)
    assert desk.shown["status"] == "Not retrieved" and desk.shown["note"] == "Asked the authors twice."
    assert desk.say("extract_only")[0]["row"]["status"] == "extract_only", "what was not found may come later"


def test_skip_and_undo(desk: Desk, rv: Review) -> None:
    first = desk.shown["report"]
    desk.ask("skip", report=first)
    assert desk.shown["title"] == TITLES[1]
    desk.say("retrieved")
    desk.say("extract_only")
    assert desk.shown == {} and desk.progress == "0 to find"
    once = desk.ask("undo", token="undo-once")
    assert desk.ask("undo", token="undo-once")[0] == once[0] and desk.shown["report"] == first and desk.progress == "1 to find"
    later = Desk(FullTextDesk(rv))
    later.ask("undo")
    assert later.progress == "2 to find"
    assert later.ask("undo")[0]["message"] == "there is nothing of yours to undo here."


def test_what_was_decided_on_keeps_its_document_and_undo_skips_nothing(desk: Desk, rv: Review) -> None:
    first = desk.shown["report"]
    desk.say("retrieved")
    desk.say("not_retrieved", note="Asked the authors twice.")
    desk.ask("undo")
    own = rv.screening.decide(first, stage="full_text", decision="include")
    for _ in range(2):
        assert "so it was retrieved. Next: let them be undone first" in desk.ask("undo")[0]["message"]
    desk.ask("go", report=first)
    assert "so it was retrieved" in desk.say("not_retrieved", note="Gone.")[0]["message"]
    rv.screening.undo(own)
    assert desk.ask("undo")[0]["kind"] == "saved" and len(rv.screening.to_retrieve()) == 2


def test_what_is_not_on_show_or_not_sought_is_refused(desk: Desk, rv: Review) -> None:
    unseen, unsought = rv.screening.to_retrieve()[1], rv.studies.report_views()[2].id
    refused, card = desk.ask("retrieve", report=unseen, status="retrieved")
    assert "shows another record" in refused["message"] and card["card"]["title"] == TITLES[0]
    for kind in ("go", "document"):
        [refused] = desk.ask(kind, report=unsought)
        assert refused["message"].startswith("the full text of this record is not sought.")


def test_a_pdf_is_handed_out_in_parts(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("review.desk.document.PART", 500)
    report = desk.shown["report"]
    assert desk.ask("document", report=report)[0]["message"].startswith("no document of this record is in hand.")
    desk.say("retrieved", PDF, "paper.pdf")
    parts = [desk.ask("document", report=report, part=number)[0] for number in range(-(-len(PDF) // 500))]
    assert b"".join(part["bytes"] for part in parts) == PDF and {part["parts"] for part in parts} == {len(parts)}
    assert parts[0]["media_type"] == "application/pdf" and parts[0]["name"] == "paper.pdf" and parts[0]["size"] == len(PDF)


def test_a_page_is_handed_out_as_lines_without_markup(desk: Desk) -> None:
    report = desk.shown["report"]
    desk.say("retrieved", HOSTILE_PAGE, "page.html")
    [page] = desk.ask("document", report=report)
    assert page["media_type"] == "text/html" and page["bytes"] == b""
    assert [line for line in page["lines"] if line[1]] == [[1, "A trial of spit"], [0, "Adults <b>only</b>."]]


@pytest.mark.parametrize(
    ("text", "remark", "letters"),
    [
        ("a" * 5000, "The first 1,000 letters.", [1000]),
        ("\n".join(["b" * 600] * 3), "The first 2 of 3 lines.", [600, 400]),
        ("\n".join(["c"] * 9), "", [1] * 9),
        ("\n".join(["d"] * 30), "The first 20 of 30 lines.", [1] * 20),
    ],
)
def test_a_long_text_is_shown_as_far_as_one_message_goes(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, text: str, remark: str, letters: list[int]
) -> None:
    monkeypatch.setattr("review.desk.document.LETTERS", 1000)
    monkeypatch.setattr("review.desk.document.MOST", 20)
    report = desk.shown["report"]
    desk.say("retrieved", text.encode(), "text.txt")
    [page] = desk.ask("document", report=report)
    assert page["remark"] == remark and [len(line) for _, line in page["lines"]] == letters


def test_nothing_of_a_document_is_in_the_saved_state(desk: Desk) -> None:
    report = desk.shown["report"]
    before = desk.card.get_state()
    desk.say("retrieved", PDF, "secret-paper.pdf", note="secret-note")
    desk.ask("document", report=report)
    assert desk.card.get_state() == before
    assert "secret" not in json.dumps({k: v for k, v in before.items() if k not in ("_esm", "_css")}, default=str)


def test_somebody_without_a_name_is_told_how(rv: Review) -> None:
    desk = Desk(FullTextDesk(Review.open(rv.folder)))
    assert desk.told[0]["kind"] == "closed" and 'Set reviewer to "r1" or "r2" or "lead"' in desk.told[0]["message"]
