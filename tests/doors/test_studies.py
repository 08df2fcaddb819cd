"""`review studies due …`: classifying by commands alone, blind to each other, conflicts without names, and the look at the register."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from review import cli_studies
from tests.desk.classified import lay_out_classifying
from tests.doors.test_cli import run

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def laid_out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return lay_out_classifying(tmp_path_factory.mktemp("door") / "review")


@pytest.fixture
def studies(laid_out: Path, tmp_path: Path) -> Run:
    folder = Path(shutil.copytree(laid_out, tmp_path / "review"))

    def call(*words: str, as_: str | None = "r1") -> tuple[int, str, str]:
        return run("studies", *words, "--project", folder, *(("--as", as_) if as_ else ()))

    return call


def due(studies: Run, as_: str | None) -> dict[str, str | None]:
    """Label -> what is proposed, of what waits."""
    code, out, err = studies("due", "--json", as_=as_)
    assert (code, err) == (0, "")
    return {one["label"]: one["proposed"] for one in json.loads(out)}


WAITS = {"Doe 2024": "included", "NCT90000002": "ongoing", "NCT90000003": None}


def test_what_waits_is_shown_with_its_reports_statuses_and_what_they_propose(studies: Run) -> None:
    assert due(studies, "r1") == due(studies, "r2") == due(studies, None) == WAITS and due(studies, "lead") == {}
    lines = studies("due")[1].splitlines()
    assert any("proposed: ongoing: Registration alone; ClinicalTrials.gov: RECRUITING (page of 3 Feb 2026)." in line for line in lines), (
        lines
    )
    assert sum("(page of 3 Feb 2026)" in line for line in lines) >= 3, "the source's word stands with the page's own date"
    assert any("nothing is proposed: The status proposes nothing" in line for line in lines)
    assert sum(line == "  primary register entry not checked" for line in lines) == 3 and "\u202e" not in "".join(lines)
    assert studies("due", as_="lead")[1] == "No study waits for your classification.\nDue for others: r1 3, r2 3\n"


def test_two_classify_apart_and_neither_sees_the_other_first(studies: Run) -> None:
    code, out, err = studies("classify", "NCT90000002", "ongoing", "--reason", "It recruits.")
    assert (code, err) == (0, "") and "NCT90000002 waits for the classification of another reviewer." in out
    assert due(studies, "r2") == WAITS and "NCT90000002" not in due(studies, "r1")
    shown = studies("due", as_="r2")[1] + studies("conflicts", as_="r2")[1] + studies("due", as_=None)[1]
    assert "It recruits." not in shown
    code, out, _ = studies("classify", "NCT90000002", "awaiting", "--reason", "No age is stated.", as_="r2")
    assert code == 0 and "NCT90000002 was classified otherwise by another: review studies conflicts" in out
    out = studies("conflicts", as_="lead")[1]
    assert {"  ongoing: It recruits.", "  awaiting: No age is stated."} <= set(out.splitlines()) and "r1" not in out and "r2" not in out
    code, out, _ = studies("resolve", "NCT90000002", "ongoing", "--reason", "Adults, by the page.", as_="lead")
    assert code == 0 and any("now here" in line for line in out.splitlines()), "the flow says what moved"
    assert studies("conflicts")[1] == "No conflict waits.\n"


def test_what_two_say_alike_is_final_and_can_be_taken_back(studies: Run) -> None:
    for who in ("r1", "r2"):
        code, out, _ = studies("classify", "Doe 2024", "included", "--reason", "Reported in full.", as_=who)
        assert code == 0
    assert any("now here:" in line and "Doe 2024" in line for line in out.splitlines()), out
    event = out.splitlines()[0].removeprefix("Saved: ")
    assert studies("undo", event, as_="r1")[0] == 1, "what another wrote stays"
    code, out, _ = studies("undo", event, as_="r2")
    assert code == 0 and "no longer here" in out and "Doe 2024" in due(studies, "r2")


def test_refusals_say_what_to_do(studies: Run) -> None:
    code, _, err = studies("classify", "Do 2024", "included", "--reason", "x")
    assert code == 1 and "there is no study 'Do 2024'" in err and "'Doe 2024'" in err
    code, _, err = studies("classify", "Doe 2024", "include", "--reason", "x")
    assert code == 1 and "'include' is no classification" in err and "'included'" in err
    code, _, err = studies("classify", "Doe 2024", "included", "--reason", " ")
    assert code == 1 and "needs a reason" in err
    code, _, err = studies("classify", "Doe 2024", "included", "--reason", "x", as_="lead")
    assert code == 1 and "lead has no role screener" in err
    code, _, err = studies("resolve", "Doe 2024", "included", "--reason", "x", as_="lead")
    assert code == 1 and "nothing to resolve yet" in err
    code, _, err = studies("classify", "Doe 2024", "included", "--reason", "x", as_=None)
    assert code == 1 and "--as" in err
    assert studies("classify", "Doe 2024")[0] == 2
    code, _, err = studies("register-checked", "Doe 2024", "--date", "March")
    assert code == 1 and "'March'" in err


def test_the_look_at_the_register_is_recorded(studies: Run) -> None:
    code, out, _ = studies("register-checked", "NCT90000003", "--date", "2026-03-04", "--note", "No results.")
    assert code == 0 and out.startswith("Saved: ")
    assert "  primary register entry checked 4 Mar 2026" in studies("due")[1].splitlines()


def test_a_word_of_the_review_is_a_command_of_the_same_name() -> None:
    named = {name: one for group in cli_studies.studies.registered_commands if group.callback for name, one in [(group.name or "", group)]}
    for word, shorter in (("keep-apart", "apart"), ("refuse-link", "refuse")):
        assert named[word].callback is named[shorter].callback and named[shorter].hidden and not named[word].hidden
        assert f"review studies {word}" in run("studies", word, "--help")[1]
