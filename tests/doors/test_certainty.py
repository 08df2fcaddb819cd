"""`review certainty …`: what waits, the evidence, gradings apart, conflicts, a consensus, undo; texts on their lines and exit codes."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from review import Review
from tests.desk.gradings import COMPARISON, HOSTILE, NO_CONCERN, lay_out_grading
from tests.doors.test_cli import run

RATES = [word for name in NO_CONCERN if name != "imprecision" for word in ("--rate", f"{name}=0")]
FEW = ["--rate", "imprecision=-1", "--why", f"imprecision=few events {HOSTILE}", "--synthesis", "flares-drug"]
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def laid_out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return lay_out_grading(tmp_path_factory.mktemp("door") / "review")


@pytest.fixture
def certainty(laid_out: Path, tmp_path: Path) -> Run:
    folder = Path(shutil.copytree(laid_out, tmp_path / "review"))

    def call(*words: str, as_: str | None = "r1") -> tuple[int, str, str]:
        return run("certainty", *words, "--project", folder, *(("--as", as_) if as_ else ()))

    return call


def event(out: str) -> str:
    """The event that was saved."""
    first, _, rest = out.partition("\n")
    assert first.startswith("Saved: "), rest
    return first.removeprefix("Saved: ")


def test_what_waits_and_what_the_review_holds(certainty: Run) -> None:
    code, out, err = certainty("due")
    assert (code, err) == (0, "") and f"flares  Flare  {COMPARISON}" in out.splitlines()
    code, out, _ = certainty("show", "Flare", as_=None)
    assert code == 0 and "  Events: 27 of 285 with the intervention; 56 of 284 with the comparator." in out.splitlines()
    assert "Share of the weight by overall judgement" in out and "Nothing that you may see has been graded." in out
    code, out, _ = certainty("show", "flares", "--synthesis", "", "--json", as_=None)
    assert json.loads(out)["synthesis"] == "" and json.loads(out)["gradings"] == []
    code, _, err = certainty("show", "flares", "--synthesis", "pain-drug")
    assert code == 1 and "planned for another outcome than Flare" in err
    assert certainty("due", as_="lead")[1] == "Nothing waits for you.\n"
    assert certainty("due", as_=None)[1].startswith("Nobody was named")
    code, _, err = certainty("show", "--synthesis", "flares-drug")
    assert code == 1 and "name the OUTCOME" in err


def test_two_grade_apart_differ_and_settle(certainty: Run) -> None:
    more = ["--risk", "0.192; the trials", "--threshold", "20,,150; protocol", "--better", "lower"]
    code, out, err = certainty("grade", "flares", *RATES, *FEW, *more)
    assert (code, err) == (0, "") and out.splitlines()[1:] == ["Level: Moderate"]
    first = event(out)
    [graded] = json.loads(certainty("show", "flares", "--json")[1])["gradings"]
    assert (graded["level"], graded["status"], graded["events"]) == ("Moderate", "by one", [first])
    for who in ("r2", None):
        assert json.loads(certainty("show", "flares", "--json", as_=who)[1])["gradings"] == [], "another's open grading"
        assert certainty("conflicts", as_=who)[1] == "No conflict waits for a resolution.\n"
    hand = ["--effect", "RR 0.5 0.27 0.92", "--source", "a page", "--start", "randomised", "--participants", "285,284", "--studies", "5"]
    code, out, _ = certainty("grade", "flares", *RATES, "--rate", "imprecision=−2", "--why", "imprecision=very few", *hand, as_="r2")
    assert code == 0 and "Level: Low" in out
    code, out, _ = certainty("conflicts", as_=None)
    assert out.startswith(f"flares  {COMPARISON}  differ in: level, imprecision, effect") and "r1" not in out.split()
    code, _, err = certainty("resolve", "flares", "--settled", " ", *RATES, *FEW, as_="lead")
    assert code == 1 and "a consensus needs a reason" in err
    code, out, _ = certainty("resolve", "flares", "--settled", "talked over", *RATES, *FEW, as_="lead")
    assert code == 0
    settled = event(out)
    code, out, _ = certainty("show", as_=None)
    assert f"Flare  {COMPARISON}  Moderate  consensus" in out.splitlines() and "\u202e" not in out
    assert [line for line in out.splitlines() if "few events" in line and "<img" in line], "as text, on its line"
    assert certainty("undo", settled, as_="lead")[0] == 0
    assert json.loads(certainty("conflicts", "--json")[1])[0]["outcome"] == "flares"
    code, out, _ = certainty("resolve", "flares", "--settled", "no use", "--not-graded", as_="lead")
    assert code == 0 and "not graded  no use" in certainty("show", as_=None)[1]


def test_not_graded_and_taken_back(certainty: Run) -> None:
    code, out, _ = certainty("not-graded", "Pain", "--reason", "one scale of many")
    assert code == 0 and "Pain" not in certainty("due")[1] and "Pain" in certainty("due", as_="r2")[1]
    assert certainty("undo", event(out))[0] == 0 and "Pain" in certainty("due")[1]


WRONG = {
    "nobody": (["not-graded", "Pain", "--reason", "x"], None, "needs to know for whom"),
    "no role": (["not-graded", "Pain", "--reason", "x"], "lead", "has no role assessor"),
    "no outcome": (["not-graded", "Sleep", "--reason", "x"], "r1", "no outcome 'Sleep'"),
    "a domain left out": (["grade", "flares", *RATES, "--start", "randomised"], "r1", "not rated: imprecision"),
    "no explanation": (["grade", "flares", *RATES, "--rate", "imprecision=-1", "--start", "randomised"], "r1", "without an explanation"),
    "no points": (["grade", "flares", "--rate", "imprecision"], "r1", "--rate 'imprecision'"),
    "points twice": (["grade", "flares", *RATES, "--rate", "inconsistency=0"], "r1", "is given twice"),
    "words as points": (["grade", "flares", "--rate", "imprecision=low"], "r1", "'low' is no rating"),
    "two effects": (["grade", "flares", *RATES, *FEW, "--effect", "RR 0.5"], "r1", "both give an effect"),
    "an effect of words": (["grade", "flares", *RATES, "--effect", "RR"], "r1", "--effect 'RR'"),
    "a bare risk": (["grade", "flares", *RATES, *FEW, "--risk", "0.2"], "r1", "--risk '0.2'"),
    "sizes without source": (["grade", "flares", *RATES, *FEW, "--threshold", "5,10"], "r1", "--threshold '5,10'"),
    "people in words": (["grade", "flares", *RATES, *FEW, "--participants", "many"], "r1", "--participants 'many'"),
    "another level": (["grade", "flares", *RATES, *FEW, "--final", "low"], "r1", "give the reason"),
    "no conflict": (["resolve", "flares", "--settled", "x", *RATES, *FEW], "lead", "not everybody due has answered"),
    "both": (["resolve", "flares", "--settled", "x", "--not-graded", *RATES], "lead", "goes with no rating"),
}


def test_what_is_wrong_is_said_with_what_to_do_and_stores_nothing(certainty: Run, tmp_path: Path) -> None:
    for name, (words, who, said) in WRONG.items():
        code, out, err = certainty(*words, as_=who)
        assert (code, out) == (1, "") and said in err, name
    assert certainty("grade", "flares")[0] == 2, "a wrong command line"
    rv = Review.open(tmp_path / "review", reviewer="r1")
    assert rv.certainty.own("flares") is None and rv.certainty.own("pain") is None
    rv.close()
