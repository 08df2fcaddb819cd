"""A Jupyter server of the tests' own, started by the command that people use, with a home of its own and nothing on the network."""

from __future__ import annotations

import json
import os
import queue
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import IO

from playwright.sync_api import Page, expect

Served = Callable[[str, str], Callable[[], str]]  # command, reviewer -> what waits for the address
STARTS_WITHIN = 300  # seconds; on a busy machine the imports alone take most of a minute
WAITS = 120_000  # milliseconds that a busy machine may take for what a person would wait a second for


def notebook(file: Path, reviewer: str, *, stage: str = "title_abstract", lost_after: float = 4) -> Path:
    """A notebook in *file* that shows the screening card of *reviewer* at *stage*, which gives up waiting sooner."""
    code = [f'from review.desk import ScreeningCard, desk_review\n\ncard = ScreeningCard(desk_review("{reviewer}"), "{stage}")']
    code.append(f"card.lost_after = {lost_after}\ncard")
    cells = [
        {"cell_type": "code", "id": f"c{n}", "metadata": {}, "execution_count": None, "outputs": [], "source": one}
        for n, one in enumerate(code)
    ]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    file.write_text(json.dumps({"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}), encoding="utf-8")
    return file


@contextmanager
def served(command: str, folder: Path, home: Path, reviewer: str) -> Iterator[Callable[[], str]]:
    """Runs ``review lab`` or ``review desk`` on the review in *folder*; gives what waits for the address that it prints, with its token."""
    (home / "config").mkdir(parents=True)
    (home / "config" / "jupyter_server_config.json").write_text(
        json.dumps({"ServerApp": {"allow_root": True, "open_browser": False, "port": _free_port()}})
    )  # root in a container; a port of its own, since the usual one is looked for long before it is taken
    own = {"HOME": home, "JUPYTER_CONFIG_DIR": home / "config", "JUPYTER_DATA_DIR": home / "data", "JUPYTER_RUNTIME_DIR": home / "run"}
    environment = {**os.environ, **{name: str(path) for name, path in own.items()}, "BROWSER": "true", "PYTHONUNBUFFERED": "1"}
    arguments = [sys.executable, "-m", "review", command, "--project", str(folder), "--as", reviewer]
    process = subprocess.Popen(
        arguments, env=environment, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True
    )
    lines: queue.Queue[str] = queue.Queue()
    assert process.stdout is not None
    reading = threading.Thread(target=_read, args=(process.stdout, lines), daemon=True)
    reading.start()
    try:
        yield cache(lambda: _address(lines, process))
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        reading.join(timeout=10)
        process.stdout.close()


def _read(stream: IO[str], lines: queue.Queue[str]) -> None:
    for line in stream:
        lines.put(line)


def _address(lines: queue.Queue[str], process: subprocess.Popen[str]) -> str:
    said, until = "", time.monotonic() + STARTS_WITHIN
    while time.monotonic() < until and (process.poll() is None or not lines.empty()):
        try:
            said += lines.get(timeout=1)
        except queue.Empty:
            continue
        found = re.search(r"http://127\.0\.0\.1:\d+\S*\?token=\w+", said)
        if found and _answers(int(re.search(r":(\d+)", found[0])[1]), until):  # type: ignore[index]
            return found[0]
    raise AssertionError(f"no address was printed:\n{said}")


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _answers(port: int, until: float) -> bool:
    """Whether somebody listens at *port*; the address is printed a moment before."""
    while time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return True
    return False


def open_in_lab(page: Page, address: str, file: str) -> None:
    """Opens a notebook of the server's folder in JupyterLab and runs it."""
    root, _, token = address.partition("/lab?")
    page.goto(f"{root}/lab/tree/{file}?{token}")
    run_all(page)


def run_all(page: Page) -> None:
    """Runs every cell, as the menu does."""
    expect(page.locator(".jp-Notebook .jp-Cell").first).to_be_visible()
    expect(page.locator("#jp-main-statusbar")).to_contain_text("Idle")
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()


def restart_by_request(page: Page) -> None:
    """Restarts every kernel of the server by its interface, as another window would: the page is not asked, and hears of it only later."""
    page.evaluate(
        """async () => {
          const { baseUrl, token } = JSON.parse(document.querySelector("#jupyter-config-data").textContent);
          const headers = { Authorization: `token ${token}` };
          const kernels = await (await fetch(`${baseUrl}api/kernels`, { headers })).json();
          for (const { id } of kernels) await fetch(`${baseUrl}api/kernels/${id}/restart`, { method: "POST", headers });
        }"""
    )


def restart_kernel(page: Page) -> None:
    """Restarts the kernel of the notebook on show, by the button and its question."""
    page.get_by_role("button", name="Restart the kernel", exact=True).click()
    page.locator(".jp-Dialog").get_by_role("button", name="Confirm Kernel Restart").click()
    expect(page.locator(".jp-Dialog")).to_have_count(0)
    expect(page.locator("#jp-main-statusbar")).to_contain_text("Idle")
