"""`review screening …` and `review extract contact`: removal, pilot rounds, who reads what, the stop, the log of contacts, by command."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from review import Review
from tests.desk.reviews import lay_out
from tests.doors.test_cli import run

Run = Callable[..., tuple[int, str, str]]
TITLES = [f"Trial {n} of a gum" for n in range(6)]


@pytest.fixture(scope="module")
def laid_out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return lay_out(tmp_path_factory.mktemp("door") / "review", TITLES)


@pytest.fixture
def folder(laid_out: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(laid_out, tmp_path / "review"))


@pytest.fixture
def review(folder: Path) -> Run:
    def call(*words: str, as_: str | None = "lead") -> tuple[int, str, str]:
        return run(*words, "--project", folder, *(("--as", as_) if as_ else ()))

    return call


def waits(review: Run, as_: str | None = "r1") -> dict[str, str]:
    """Title -> report of what waits at title and abstract."""
    code, out, err = review("screening", "queue", "--json", as_=as_)
    assert (code, err) == (0, "")
    return {one["title"]: one["report"] for one in json.loads(out)}


def event(out: str) -> str:
    return out.splitlines()[0].partition(": ")[2]


def test_records_are_removed_listed_and_brought_back(review: Run, tmp_path: Path) -> None:
    found = waits(review)
    assert list(found) == TITLES
    ids = tmp_path / "ids.txt"
    ids.write_text("\ufeff" + "\n".join([found[TITLES[1]], "", found[TITLES[2]]]) + "\n", encoding="utf-8")
    code, out, err = review(
        "screening", "remove", found[TITLES[0]], "--ids", str(ids), "--by", "automation", "--tool", "dates 1.2", "--reason", "before 1990"
    )
    assert (code, err) == (0, "") and sum("automation tools: now here:" in line for line in out.splitlines()) == 3, out
    assert list(waits(review)) == TITLES[3:]
    assert "3 records removed before screening (automation, dates 1.2)  before 1990" in review("screening", "list")[1]
    code, out, _ = review("screening", "undo", event(out))
    assert code == 0 and list(waits(review)) == TITLES
    assert review("screening", "list")[1] == "Nothing was removed, piloted, allotted or stopped.\n"


def test_refusals_speak_in_options(review: Run, tmp_path: Path) -> None:
    report = waits(review)[TITLES[0]]
    for words, said in (
        (["remove", report, "--by", "automation", "--reason", "x"], "give --tool TOOL, or --by other"),
        (["remove", report], "give --reason TEXT"),
        (["remove", "--reason", "x"], "review screening queue lists them"),
        (["remove", "rep:none", "--reason", "x"], "there is no record 'rep:none'"),
        (["remove", report, "--ids", "none.txt", "--reason", "x"], "there is no file none.txt"),
        (["pilot", "1"], "review screening pilot ROUND --size 50"),
        (["pilot", "1", "--size", "60"], "60 reports cannot be drawn"),
        (["allocate", "title_abstract", "--scheme", "quotas", "--quota", "r1"], "as --quota r1=0.5"),
        (["allocate", "title_abstract", "--scheme", "pairs", "--pair", "r1,r9"], "'r9' has no role screener"),
        (["allocate", "abstract", "--scheme", "all"], "abstract"),
        (["stop", "--rule", "r", "--recall", "0.95", "--note", " "], "stopping needs a note"),
        (["outlook", "--recall", "2"], "is no recall"),
        (["outlook", "abstract"], "'abstract' is no stage"),
        (["stop", "--rule", " ", "--recall", "0.95", "--note", "n"], "--rule WORDS --recall 0.95"),
        (["stop", "--rule", "r", "--recall", "nan", "--note", "n"], "without its recall"),
    ):
        code, out, err = review("screening", *words)
        assert code == 1 and said in err and "rv." not in err, (words, out, err)
    latin = tmp_path / "latin.txt"
    latin.write_bytes("é".encode("latin-1"))
    code, _, err = review("screening", "remove", "--ids", str(latin), "--reason", "x")
    assert code == 1 and "is no text in UTF-8" in err
    assert "--as" in review("screening", "remove", report, "--reason", "x", as_=None)[2]


def test_a_pilot_round_is_opened_and_every_screener_reads_it(review: Run, folder: Path) -> None:
    code, out, _ = review("screening", "pilot", "one", "--size", "2", "--seed", "4")
    assert code == 0 and "Pilot round one: 2 reports for every screener" in out
    rv = Review.open(folder, reviewer="r2")
    assert len(rv.screening.queue("title_abstract", round="one")) == 2
    rv.close()
    assert "pilot round one  2 reports" in review("screening", "list")[1].splitlines()
    assert review("screening", "undo", event(out))[0] == 0 and "pilot" not in review("screening", "list")[1].split()[0]


def test_the_lead_says_who_reads_what(review: Run) -> None:
    code, out, _ = review(
        "screening", "allocate", "title_abstract", "--scheme", "all", "--double-share", "0", "--seed", "2", "--note", "few"
    )
    assert code == 0
    shares = [len(waits(review, who)) for who in ("r1", "r2")]
    assert sum(shares) == len(TITLES) and all(shares) and f"Due now: r1 {shares[0]}, r2 {shares[1]}" in out
    assert "title_abstract is allotted by the scheme all  few" in review("screening", "list")[1]
    assert review("screening", "allocate", "title_abstract", "--scheme", "all", as_="r1")[0] == 1
    assert review("screening", "allocate", "title_abstract", "--scheme", "pairs", "--pair", "r1, r2")[0] == 0
    assert [len(waits(review, who)) for who in ("r1", "r2")] == [6, 6]


def test_what_may_be_promised_and_the_stop(review: Run) -> None:
    rows = json.loads(review("screening", "outlook", "--json", as_=None)[1])
    assert rows and {"what", "says"} == set(rows[0]) and "In words" in [row["what"] for row in rows]
    code, out, err = review("screening", "stop", "--rule", "none relevant", "--recall", "0.95", "--note", "The budget ended.")
    assert (code, err) == (0, "") and sum("now here:" in line for line in out.splitlines()) >= len(TITLES), out
    assert waits(review) == {} and "screening stopped by none relevant: 6 left unread  The budget ended." in review("screening", "list")[1]
    assert review("screening", "undo", event(out))[0] == 0 and list(waits(review)) == TITLES


def test_who_was_asked_is_logged_and_taken_back(review: Run) -> None:
    study = next(one.split()[0] for one in review("studies", as_="r1")[1].splitlines() if one.startswith("stu:"))
    code, out, err = review("extract", "contact", study, "--whom", "the sponsor", "--when", "2026-03-01", "--asked", "How old?", as_="r1")
    assert (code, err) == (0, "")
    said = review("extract", "contacts")[1]
    assert "2026-03-01  the sponsor  How old?  no answer yet" in said
    assert json.loads(review("extract", "contacts", "--json")[1])[0]["answer"] is None
    assert review("extract", "undo", event(out), as_="r1")[0] == 0 and review("extract", "contacts")[1] == "Nobody was asked.\n"
    code, _, err = review("extract", "contact", study, "--whom", "x", "--when", "soon", "--asked", "y", as_="r1")
    assert code == 1 and "'soon'" in err
