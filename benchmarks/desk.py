"""How long a decision takes at the card in JupyterLab, from the key to 'Saved' and to the next record, with an idle and with a busy kernel.

Aim: 80 ms at the 95th percentile over 200 decisions. ``python -m benchmarks.desk [RECORDS]`` (450 records unless told).
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import expect, sync_playwright

from tests.browser.jupyter import notebook, open_in_lab, served
from tests.desk.reviews import import_trials, lay_out, trial
from tests.needs import BROWSER_ARGS, need_browser

DECISIONS = 200
# run a second time it keeps the kernel busy: the card is open by then
BUSY = """import time
until = time.time() + 900 * globals().get("run", 0)
run = 1
while time.time() < until:
    sum(range(1000))"""
# One decision: the key is sent once the record has been on show long enough; resolves to [ms to 'Saved', ms to the next record].
PRESS = """(wait) => new Promise((done) => setTimeout(() => {
  const card = document.querySelector(".review-desk"), status = card.querySelector("[role=status]");
  const title = card.querySelector("h2").textContent;
  let saved = null;
  const look = () => {
    if (saved === null && status.textContent.startsWith("Saved")) saved = performance.now() - start;
    const now = card.querySelector("h2")?.textContent;
    if (saved !== null && now !== title) { seen.disconnect(); done([saved, performance.now() - start]); }
  };
  const seen = new MutationObserver(look);
  seen.observe(card, { childList: true, subtree: true, characterData: true });
  const start = performance.now();
  card.dispatchEvent(new KeyboardEvent("keydown", { key: "i", bubbles: true }));
}, wait))"""


def main(records: int) -> None:
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        folder = lay_out(Path(name) / "review", [])
        import_trials(folder, [trial(n, f"Trial {n} of a dry mouth", "Adults were given a medicine. " * 40) for n in range(records)])
        cells = json.loads(notebook(folder / "card.ipynb", "r1").read_text(encoding="utf-8"))
        cells["cells"].append({**cells["cells"][0], "id": "busy", "source": BUSY})
        (folder / "card.ipynb").write_text(json.dumps(cells), encoding="utf-8")
        chromium = playwright.chromium.launch(executable_path=need_browser(), args=list(BROWSER_ARGS))
        with served("lab", folder, Path(name) / "home", "r1") as address_of:
            page = chromium.new_page(viewport={"width": 1280, "height": 900})
            open_in_lab(page, address_of(), "card.ipynb")
            expect(page.locator(".review-desk")).to_contain_text("left", timeout=120_000)
            report("idle", [page.evaluate(PRESS, 300) for _ in range(DECISIONS)])
            page.locator(".jp-Notebook .jp-Cell").last.locator(".jp-InputArea").click()
            page.keyboard.press("Shift+Enter")
            page.wait_for_timeout(1000)
            report("busy", [page.evaluate(PRESS, 300) for _ in range(DECISIONS)])
        chromium.close()


def report(kernel: str, times: list[list[float]]) -> None:
    for what, values in zip(("saved", "next record"), zip(*times, strict=True), strict=True):
        ordered = sorted(values)
        middle, high = ordered[len(ordered) // 2], ordered[int(len(ordered) * 0.95)]
        found = f"median {middle:.0f} ms, 95th percentile {high:.0f} ms, longest {ordered[-1]:.0f} ms, n {len(ordered)}"
        print(f"{kernel} kernel, {what}: {found}", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 450)
