"""Reviewers at work in processes of their own: what the tests of many hands and of sudden ends share."""

from __future__ import annotations

import json
import multiprocessing
import random
from multiprocessing.connection import Connection
from multiprocessing.context import BaseContext
from pathlib import Path

from review import Review
from review.ledger.ledger import Ledger
from tests.plans import criterion, plan

REVIEWERS = ("r1", "r2", "r3", "r4")
PROTOCOL = plan(
    "A review with many hands",
    criterion("P1", "P", "Adults"),
    people={"lead": ["lead"], **{name: ["screener"] for name in REVIEWERS}},
    population="Adults with a dry mouth",
    intervention="Any medicine",
    outcome=("flow", "Salivary flow"),
)


def lay_out(folder: Path, records: int, address: str | None = None) -> Path:
    """A frozen review in *folder* with four screeners and *records* records; *address* is that of a database, else a file beside it."""
    (folder / "data").mkdir(parents=True)
    (folder / "review.toml").write_text(PROTOCOL, encoding="utf-8")
    with_lead = open_for("lead", folder, address)
    with_lead.protocol.freeze()
    search = with_lead.searches.record("Embase", kind="database", searched="2026-03-01")
    for number in range(records):
        with_lead.records.add(search, title=f"Record {number} of a dry mouth", year=2024)
    with_lead.close()
    return folder


def open_for(reviewer: str, folder: Path, address: str | None) -> Review:
    """The review for *reviewer*, at its database or at the file beside it."""
    return Review.open(folder, reviewer=reviewer, ledger=Ledger.open(address) if address else None)


def processes() -> BaseContext:
    """How other processes are begun here: fresh ones, with what they need loaded once."""
    context = multiprocessing.get_context("forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn")
    context.set_forkserver_preload(["tests.screening.hands"])
    return context


def decide_all(folder: Path, address: str | None, reviewer: str, window: int) -> None:
    """Decides on every record in an order of its own, each decision sent twice, as a browser does that has heard no answer."""
    rv = open_for(reviewer, folder, address)
    reports = sorted(rv.studies.reports()["report"])
    random.Random(f"{reviewer} {window}").shuffle(reports)
    for report in reports:
        decision = "include" if (len(reviewer) + window + hash_of(report)) % 3 else "exclude"
        for _ in range(2):
            rv.screening.decide(report, stage="title_abstract", decision=decision, token=f"{reviewer}-{window}-{report}")
    rv.close()


def hash_of(text: str) -> int:
    """A number that follows from *text* alone."""
    return sum(text.encode())


def press_keys(folder: Path, address: str | None, reviewer: str, out: Connection) -> None:
    """Screens at a card for as long as anything waits, and passes on every answer that the browser would have got."""
    from review.desk import ScreeningCard

    card = ScreeningCard(open_for(reviewer, folder, address))
    shown = next(m for m in card.answers({"kind": "open", "token": "open-the-card"}) if m["kind"] == "card")["card"]
    out.send_bytes(json.dumps({"kind": "ready"}).encode())
    number = 0
    while shown is not None:
        number += 1
        token = f"{reviewer}-{shown['report']}-{number}"
        for message in card.answers({"kind": "decide", "token": token, "report": shown["report"], "decision": "include"}):
            if message["kind"] == "card":
                shown = message["card"]
            else:
                out.send_bytes(json.dumps({"kind": message["kind"], "token": token}).encode())
