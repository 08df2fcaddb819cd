"""Eight windows decide at once, and machines stop without a warning: what was said to be saved is there, and nothing is twice."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from review.ledger.ledger import Ledger
from tests.ledger.notes import Where
from tests.screening.hands import REVIEWERS, decide_all, lay_out, open_for, press_keys, processes

WINDOWS = [(reviewer, window) for reviewer in REVIEWERS for window in (1, 2)]


def test_eight_windows_of_four_reviewers_lose_nothing(places: Callable[[], Where], store: str, tmp_path: Path) -> None:
    decide_at_once(tmp_path / "review", str(places()) if store == "postgres" else None, records=6)


@pytest.mark.soak
def test_eight_windows_of_four_reviewers_lose_nothing_at_length(places: Callable[[], Where], store: str, tmp_path: Path) -> None:
    decide_at_once(tmp_path / "review", str(places()) if store == "postgres" else None, records=60)


def decide_at_once(folder: Path, address: str | None, *, records: int) -> None:
    lay_out(folder, records, address)
    hands = [processes().Process(target=decide_all, args=(folder, address, *window)) for window in WINDOWS]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join(300)
    assert [hand.exitcode for hand in hands] == [0] * len(hands)
    rv = open_for("lead", folder, address)
    frame = rv.screening.frame()
    assert len(frame) == len(WINDOWS) * records  # every key press once, though each was sent twice
    live = frame[frame["live"]]
    assert sorted(zip(live["report"], live["reviewer"], strict=True)) == sorted(
        (report, reviewer) for report in rv.studies.reports()["report"] for reviewer in REVIEWERS
    )
    assert rv.verify() == []
    rv.close()


def test_no_saved_decision_is_lost_when_the_kernel_is_killed(tmp_path: Path) -> None:
    kill_at_random_moments(tmp_path / "review", None, times=6)


@pytest.mark.soak
def test_no_saved_decision_is_lost_when_the_kernel_is_killed_two_hundred_times(
    places: Callable[[], Where], store: str, tmp_path: Path
) -> None:
    kill_at_random_moments(tmp_path / "review", str(places()) if store == "postgres" else None, times=200)


def token_of(said: bytes) -> str:
    """The token of a decision that a kernel said it had saved."""
    message = json.loads(said)
    assert message["kind"] == "saved", message
    return str(message["token"])


def kill_at_random_moments(folder: Path, address: str | None, *, times: int) -> None:
    lay_out(folder, 20 + 2 * times, address)  # enough that hardly any kernel runs out of records before its end
    chance, saved, ended_early = random.Random(7), set[str](), 0
    for turn in range(times):
        reviewer = REVIEWERS[turn % len(REVIEWERS)]
        heard, says = processes().Pipe(duplex=False)
        kernel = processes().Process(target=press_keys, args=(folder, address, reviewer, says))
        kernel.start()
        says.close()
        assert json.loads(heard.recv_bytes())["kind"] == "ready"
        for _ in range(chance.randint(0, 6)):  # by what it has done, since how long that takes differs between machines
            saved.add(token_of(heard.recv_bytes()))
        kernel.join(chance.uniform(0, 0.02))  # somewhere within the next ones
        ended_early += kernel.exitcode is None
        kernel.kill()
        kernel.join(60)
        while heard.poll():
            try:
                saved.add(token_of(heard.recv_bytes()))
            except EOFError:
                break
        heard.close()
    rv = open_for("lead", folder, address)
    frame = rv.screening.frame()
    with Ledger.open(address or folder / "data" / "ledger.sqlite3") as ledger:
        assert {token for token in saved if ledger.by_token(token) is None} == set()
    assert len(saved) <= len(frame) <= len(saved) + times  # at most the one that was on its way when the kernel was killed
    assert not frame.duplicated(["report", "reviewer", "stage"]).any()
    assert ended_early > times // 2, "nearly every kernel had nothing left to do: the moments are badly chosen"
    assert rv.verify() == []
    rv.close()
