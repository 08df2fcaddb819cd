"""`review simulate`: figures with definitions, a curve, and a file that says what is wrong with it."""

from __future__ import annotations

import csv
from pathlib import Path

from typer.testing import CliRunner

from review.cli import app, main
from tests.screening.corpus import corpus


def labelled(path: Path) -> Path:
    texts, labels = corpus()
    with path.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows(
            [("title", "abstract", "included"), *((text, "", label) for text, label in zip(texts, labels, strict=True))]
        )
    return path


def test_a_replay_prints_its_figures_and_draws_its_curve(tmp_path: Path) -> None:
    file, drawn = labelled(tmp_path / "trials.csv"), tmp_path / "curve.svg"
    shown = CliRunner().invoke(app, ["simulate", str(file), "--query", "dry eye", "--svg", str(drawn)])
    assert shown.exit_code == 0, shown.output
    assert "trials: 80 records ranked, 20 relevant" in shown.stdout
    assert "WSS@95 classic" in shown.stdout
    assert drawn.read_text(encoding="utf-8").startswith("<?xml")


def test_a_file_without_labels_is_refused_with_the_next_step(tmp_path: Path, capsys) -> None:
    file = tmp_path / "plain.csv"
    file.write_text("title,abstract\na,b\n", encoding="utf-8")
    try:
        main(["simulate", str(file)])
    except SystemExit as stopped:
        assert stopped.code == 1
    assert "name the column with --label" in capsys.readouterr().err


def test_a_folder_that_is_not_there_is_named_before_the_replay(tmp_path: Path, capsys) -> None:
    try:
        main(["simulate", str(labelled(tmp_path / "trials.csv")), "--svg", str(tmp_path / "none" / "curve.svg")])
    except SystemExit as stopped:
        assert stopped.code == 1
    shown = capsys.readouterr()
    assert "is not there" in shown.err
    assert not shown.out
