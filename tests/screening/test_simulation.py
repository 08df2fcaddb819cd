"""Replaying labelled data: nothing lost, priors in no figure, the same each time; files that cannot be read say why."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from review.errors import InputRefused, NotFound
from review.screening.simulation import Labelled, curve, read_labelled, simulate
from tests.screening.corpus import corpus

TEXTS, TRUTH = corpus()
DATA = Labelled("corpus", tuple(TEXTS), tuple(TRUTH))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "corpus.csv"
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(["title", "abstract", "included"])
        writer.writerows((text, "", label) for text, label in zip(TEXTS, TRUTH, strict=True))
    return path


def test_every_record_is_read_once_and_priors_are_in_no_figure() -> None:
    priors = (TRUTH.index(1), TRUTH.index(0))
    done = simulate(DATA, priors=priors)
    assert sorted([*done.order, *priors]) == list(range(len(TEXTS)))
    assert sum(done.labels) == sum(TRUTH) - 1
    assert done.last <= len(done.labels)
    assert done.labels[done.first - 1] == done.labels[done.last - 1] == 1
    assert not any(done.labels[done.last :])
    assert done.figures()["loss"] < 0.1
    assert done == simulate(DATA, priors=priors)


def test_a_file_gives_the_same_replay_as_its_rows(file: Path) -> None:
    assert simulate(read_labelled(file), query="dry eye").labels == simulate(DATA, query="dry eye").labels


def test_the_words_define_every_figure() -> None:
    said = str(simulate(DATA, query="dry eye"))
    for word in ("loss", "recall at 10 %", "ATD", "WSS@95 classic", "WSS@95 insights", "less 0.05", "nothing subtracted"):
        assert word in said


def test_the_curve_is_text_and_the_same_each_time() -> None:
    done = simulate(DATA, query="dry eye")
    drawn = curve([done])
    assert drawn == curve([done])
    assert "Relevant records found" in drawn
    assert "corpus" in drawn


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("title,abstract\na,b\n", "the columns are title, abstract"),
        ("title,included\na,1\nb,maybe\nc,\n", r"2 rows have no clear label: line 3: 'maybe'; line 4: ''"),
        ("", "the columns are none"),
    ],
)
def test_files_that_cannot_be_replayed_say_why(tmp_path: Path, content: str, message: str) -> None:
    path = tmp_path / "bad.csv"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(InputRefused, match=message):
        read_labelled(path)


def test_what_is_not_there_is_named(file: Path, tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="is not there"):
        read_labelled(tmp_path / "none.csv")
    with pytest.raises(InputRefused, match="the columns are title, abstract, included"):
        read_labelled(file, label="include")
    with pytest.raises(InputRefused, match="no relevant record is left to find"):
        simulate(Labelled("empty", ("a", "b"), (0, 0)))
    with pytest.raises(InputRefused, match="cannot be priors: 99"):
        simulate(DATA, priors=(99,))
