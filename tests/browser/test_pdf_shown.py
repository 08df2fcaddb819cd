"""What a PDF may do where a card shows it: its script may open a dialog and reaches nobody; a sandbox would switch the viewer off."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Dialog, Page, expect

from review import Review
from review.desk import FullTextDesk
from tests.browser.desk_page import behind
from tests.browser.jupyter import WAITS
from tests.desk.files import small_pdf
from tests.desk.reviews import lay_out


@pytest.fixture
def elsewhere() -> Iterator[tuple[str, list[str]]]:
    """Another machine: its address, and what it was asked for."""
    asked: list[str] = []

    class Noting(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(204)
            self.end_headers()

        do_POST = do_GET

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Noting)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    server.shutdown()
    server.server_close()
    thread.join(10)


def script(address: str) -> str:
    """Every way to the network that a script of a PDF has, and a dialog that shows that it ran."""
    ways = (
        f"app.launchURL('{address}/launch', true)", f"this.getURL('{address}/get')", f"this.submitForm('{address}/submit')",
        f"Net.HTTP.request({{cVerb: 'GET', cURL: '{address}/net'}})", "app.alert('it ran')",
    )  # fmt: skip
    return " ".join(f"try {{ {way}; }} catch (problem) {{}}" for way in ways)


def test_the_script_of_a_pdf_may_say_something_and_asks_nobody(
    opened: Callable[..., Page], tmp_path: Path, elsewhere: tuple[str, list[str]]
) -> None:
    address, asked = elsewhere
    with (
        closing(Review.open(lay_out(tmp_path / "review", ["A trial", "Another trial"]), reviewer="r1")) as rv,
        closing(Review.open(rv.folder, reviewer="r2")) as other,
    ):
        reports = rv.screening.queue("title_abstract")
        for one in (rv, other):
            for report in reports:
                one.screening.decide(report, stage="title_abstract", decision="include")
        rv.screening.retrieve(reports[0], "retrieved", file="paper.pdf", content=small_pdf(script=script(address)))
        page, said = behind(opened, FullTextDesk(rv)), list[str]()

        def heard(dialog: Dialog) -> None:
            said.append(dialog.message)
            dialog.dismiss()

        page.on("dialog", heard)
        page.get_by_role("button", name="Retrieved 1").click()
        page.locator(".results button").click()
        expect(page.get_by_role("button", name="Document")).to_be_visible()  # the card is there: a key before that has nothing to open
        page.keyboard.press("d")
        shown = page.locator("object[type='application/pdf']")
        expect(shown).to_have_count(1)
        for _ in range(WAITS // 100):  # the viewer is a process of its own
            if said:
                break
            page.wait_for_timeout(100)
        page.wait_for_timeout(500)
        assert said == ["it ran"] and asked == []
        assert page.title() == "Desk" and page.evaluate("typeof app") == "undefined"
        page.remove_listener("dialog", heard)


def test_in_a_sandbox_the_viewer_shows_nothing(opened: Callable[..., Page]) -> None:
    """Why the card has no sandboxed frame: Chromium puts a page of its own in place of the PDF."""
    page = opened("<!doctype html><title>Desk</title><body></body>")
    page.evaluate(
        """(bytes) => { const frame = document.createElement("iframe"); frame.sandbox = "allow-scripts allow-same-origin";
        frame.src = URL.createObjectURL(new Blob([new Uint8Array(bytes)], { type: "application/pdf" })); document.body.append(frame); }""",
        list(small_pdf()),
    )
    for _ in range(WAITS // 100):  # the viewer is a process of its own
        if len(page.frames) > 1 and page.frames[1].url.startswith("chrome-error:"):
            break
        page.wait_for_timeout(100)
    assert page.frames[1].url.startswith("chrome-error:")
