"""Two ways to begin side by side: nothing lost, the same each time, and the trap of files that list their relevant records first."""

from __future__ import annotations

import csv
from pathlib import Path

from typer.testing import CliRunner

from review.cli import app
from review.screening.cold_start import CHANCE, DOWN, compare, down_the_file, listed_first, over_all, shuffled
from review.screening.simulation import Labelled
from tests.screening.corpus import corpus

TEXTS, TRUTH = (part[:40] for part in corpus())
DATA = Labelled("corpus", tuple(TEXTS), tuple(TRUTH))
SORTED = Labelled("sorted", *zip(*sorted(zip(TEXTS, TRUTH, strict=True), key=lambda row: -row[1]), strict=True))


def test_reading_down_the_file_loses_nothing() -> None:
    done = down_the_file(DATA)
    assert sorted(done.order) == list(range(len(TEXTS)))
    assert list(done.labels) == [TRUTH[at] for at in done.order]
    both = next(at for at in range(len(TRUTH)) if len(set(TRUTH[: at + 1])) == 2)
    assert done.order[: both + 1] == tuple(range(both + 1))
    assert not any(done.labels[done.last :])


def test_a_file_without_an_irrelevant_record_is_read_as_it_stands() -> None:
    assert down_the_file(Labelled("all", ("a", "b"), (1, 1))).labels == (1, 1)


def test_shuffles_are_the_same_each_time_and_keep_texts_with_their_labels() -> None:
    assert shuffled(DATA, 3) == shuffled(DATA, 3) != shuffled(DATA, 4)
    assert sorted(zip(shuffled(DATA, 3).texts, shuffled(DATA, 3).labels, strict=True)) == sorted(zip(TEXTS, TRUTH, strict=True))


def test_a_file_sorted_by_its_labels_is_named_and_gains_nothing_from_that_when_shuffled() -> None:
    assert f"sorted: {sum(TRUTH)} of the {sum(TRUTH)} relevant" in listed_first(SORTED)
    assert listed_first(DATA) == ""
    assert down_the_file(SORTED).figures()["loss"] == 0
    compared = compare(SORTED, query="dry eye tear film", shuffles=1)
    figures = compared.figures()
    assert figures["by the question"]["loss"] < figures[DOWN]["loss"]
    said = f"{compared}\n{over_all([compared, compared])}"
    for words in ("mean of 1 shuffle", "Mean over 2 sets", "WSS@95 classic", "less 0.05", "of down the file"):
        assert words in said


def test_the_command_takes_several_files(tmp_path: Path) -> None:
    files = [tmp_path / "one.csv", tmp_path / "two.csv"]
    for file, data in zip(files, (DATA, SORTED), strict=True):
        with file.open("w", encoding="utf-8", newline="") as out:
            csv.writer(out).writerows([["title", "included"], *zip(data.texts, data.labels, strict=True)])
    run = CliRunner().invoke
    names = [str(file) for file in files]
    done = run(app, ["simulate", *names, "--shuffles", "1", "--svg", str(tmp_path / "c.svg")])
    assert done.exit_code == 0, done.output
    assert "one: 40 records" in done.output
    assert CHANCE in done.output
    assert "Mean over 2 sets" in done.output
    assert "two: " in done.stderr
    assert "relevant records stand in its first" in done.stderr
    assert "two, by chance" in (tmp_path / "c.svg").read_text(encoding="utf-8")
    for options, message in ((["--query", "a", "--query", "b", "--query", "c"], "3 questions for 2 files"), (["--prior", "1"], "one file")):
        refused = run(app, ["simulate", *names, *options])
        assert refused.exit_code == 1
        assert message in str(refused.exception)
