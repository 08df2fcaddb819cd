"""A Chromium for the tests that look at pages as a reader does; it reaches no network and reports what a page asks for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, expect, sync_playwright

from review import Review
from tests.browser.jupyter import WAITS, Served, served
from tests.needs import BROWSER_ARGS, need_browser, required

# what a card says comes by way of this process: two cores that others use too may be late by more than the five seconds that are usual
expect.set_options(timeout=WAITS)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The installed Chromium, one for all tests of a process."""
    program = need_browser()
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program, args=list(BROWSER_ARGS))
        yield chromium
        chromium.close()


def _context(browser: Browser, **options: Any) -> BrowserContext:
    """A context whose pages wait as long for a button or a file as for what a card says."""
    context = browser.new_context(**options)
    context.set_default_timeout(WAITS)
    return context


@dataclass
class Seen:
    """What a page asked for and what went wrong in it, since it was opened."""

    asked: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    def watch(self, page: Page) -> None:
        page.on("request", lambda request: self.asked.append(request.url))
        page.on("console", lambda message: self.said.append(message.text) if message.type in {"error", "warning"} else None)
        page.on("pageerror", lambda error: self.said.append(str(error)))
        page.on("popup", lambda popup: self.said.append(f"popup: {popup.url}"))


@pytest.fixture(scope="session")
def idle(browser: Browser) -> dict[bool, list[tuple[Page, Seen]]]:
    """Pages that no test uses now, with and without a script: a new page costs a browser more than what most tests do with it."""
    return {True: [], False: []}


@pytest.fixture
def tab(browser: Browser, idle: dict[bool, list[tuple[Page, Seen]]]) -> Iterator[Callable[..., tuple[Page, Seen]]]:
    """Opens an empty page with nothing stored for files. A page whose clock is moved has a browser of its own, for it keeps that clock."""
    used: list[tuple[bool, Page, Seen]] = []
    apart: list[BrowserContext] = []

    def new(
        *, wide: int, high: int, script: bool = True, scheme: str = "light", motion: str = "no-preference", clock: bool = False
    ) -> tuple[Page, Seen]:
        if clock:
            apart.append(_context(browser))
            page, seen = apart[-1].new_page(), Seen()
            seen.watch(page)
            page.clock.install()
        elif idle[script]:
            page, seen = idle[script].pop()
        else:
            others = [one.context for one, _ in idle[script]] + [one.context for has, one, _ in used if has == script]
            page, seen = (others[0] if others else _context(browser, java_script_enabled=script)).new_page(), Seen()
            seen.watch(page)
        if not clock:
            if not any(has == script for has, _, _ in used):
                session = page.context.new_cdp_session(page)
                session.send("Storage.clearDataForOrigin", {"origin": "file://", "storageTypes": "all"})
                session.detach()
            used.append((script, page, seen))
        page.set_viewport_size({"width": wide, "height": high})
        page.emulate_media(media="null", color_scheme=scheme, reduced_motion=motion)  # type: ignore[arg-type]
        return page, seen

    yield new
    for context in apart:
        context.close()
    for script, page, seen in used:
        if page.is_closed():
            continue
        page.unroute_all(behavior="wait")
        page.mouse.move(-1, -1)
        page.goto("about:blank")
        seen.asked.clear()
        seen.said.clear()
        idle[script].append((page, seen))


@pytest.fixture
def opened(tab: Callable[..., tuple[Page, Seen]], tmp_path: Path) -> Iterator[Callable[..., Page]]:
    """Opens an HTML text as a file; at the end nothing may have been asked of a network, and no error stands in the console."""
    pages: list[tuple[str, Seen]] = []

    def open_page(html: str, **view: Any) -> Page:
        file = tmp_path / f"page{len(pages)}.html"
        file.write_text(html, encoding="utf-8")
        page, seen = tab(**{"wide": 1280, "high": 900} | view)
        pages.append((file.as_uri(), seen))
        page.goto(file.as_uri())
        return page

    yield open_page
    inside = ("data:", "about:", "blob:", "chrome:", "chrome-extension:")  # chrome: the browser's own viewer of PDF
    for own, seen in pages:
        assert not [url for url in seen.asked if url != own and not url.startswith(inside)]
        assert not seen.said


@pytest.fixture(scope="session")
def axe() -> str:
    """The source of axe-core, which the development package axe-playwright-python carries."""
    found = find_spec("axe_playwright_python")
    if found is None or not found.submodule_search_locations:
        why = "no axe-playwright-python in this environment (pip install axe-playwright-python)"
        if "browser" in required():
            pytest.fail(f"browser is required by REVIEW_TEST_REQUIRE: {why}", pytrace=False)
        pytest.skip(f"browser: {why}")
    return (Path(found.submodule_search_locations[0]) / "axe.min.js").read_text(encoding="utf-8")


HERE = ("http://127.0.0.1:", "data:", "blob:", "about:", "chrome:", "chrome-extension:")  # chrome: the browser's own viewer of PDF


@pytest.fixture
def serve(folder: Path, tmp_path: Path) -> Iterator[Served]:
    """Starts servers on the review in *folder*, each for one reviewer and with a home of its own; they come up beside each other."""
    with ExitStack() as stack:
        yield lambda command, reviewer: stack.enter_context(served(command, folder, tmp_path / f"{command} {reviewer}", reviewer))


@pytest.fixture
def person(browser: Browser) -> Iterator[Callable[[], Page]]:
    """A browser of one's own for each person. Nothing may go out to another machine; that a page was kept from asking is all right."""
    contexts: list[BrowserContext] = []
    sent: list[str] = []

    def failed(request: Request) -> None:
        if not request.url.startswith(HERE) and request.failure != "csp":
            sent.append(f"{request.url} {request.failure}")

    def come() -> Page:
        context = _context(browser, viewport={"width": 1280, "height": 900})
        contexts.append(context)
        # what the page's own rules forbid never comes to this place, where a request stands on the threshold of the network
        context.route(lambda url: not url.startswith(HERE), lambda route: (sent.append(route.request.url), route.abort()))
        page = context.new_page()
        page.on("requestfailed", failed)
        page.on("response", lambda response: None if response.url.startswith(HERE) else sent.append(response.url))
        page.on("websocket", lambda socket: None if socket.url.startswith("ws://127.0.0.1:") else sent.append(socket.url))
        page.on("dialog", lambda dialog: dialog.accept() if dialog.type == "beforeunload" else sent.append(f"dialog {dialog.message}"))
        return page

    yield come
    for context in contexts:
        context.close()
    assert sent == []


@pytest.fixture
def seat(folder: Path) -> Iterator[Callable[[str], Review]]:
    """The review in the *folder* of the test's module, opened for a reviewer; closed at the end."""
    reviews: list[Review] = []

    def sit(reviewer: str) -> Review:
        reviews.append(Review.open(folder, reviewer=reviewer))
        return reviews[-1]

    yield sit
    for rv in reviews:
        rv.close()
