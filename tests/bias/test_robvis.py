"""The CSV for robvis: what it reads as we mean it, the words that it would misread, and the way back."""

from __future__ import annotations

import codecs
import csv
import re
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.bias import load_tool, read_robvis
from review.bias.robvis import TEMPLATES, RobvisRow, write_robvis
from review.errors import InputRefused, NotFound
from tests.patience import Counted, calls

ROB2 = load_tool("rob2-parallel")
FIVE = ("D1", "D2", "D3", "D4", "D5")
LEVELS = ("Low", "Some concerns", "High")
HEAD = "Study,D1,D2,D3,D4,D5,Overall"


def row(study: str = "Fixture trial 01", level: str = "Low", weight: str | None = None, **domains: str) -> RobvisRow:
    return RobvisRow(study, dict.fromkeys(FIVE, level) | domains, level, Decimal(weight) if weight else None)


def read(text: str | bytes, tmp_path: Path, template: str = "ROB2") -> list[RobvisRow]:
    path = tmp_path / "judged.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_robvis(path, template)


def test_the_file_has_the_columns_that_robvis_counts() -> None:
    assert write_robvis([row(D2="High")], ROB2) == f"{HEAD}\nFixture trial 01,Low,High,Low,Low,Low,Low\n"


def test_weights_are_written_only_where_every_row_has_one() -> None:
    assert write_robvis([row(weight="12.5")], ROB2).splitlines()[0] == f"{HEAD},Weight"
    assert write_robvis([row(weight="12.5"), row("Fixture trial 02")], ROB2).splitlines()[0] == HEAD


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([row(D3="NI")], "Fixture trial 01, D3: 'NI' is no judgement; robvis reads it as 'not applicable'"),
        ([row(D3="")], "Fixture trial 01, D3: there is no judgement; robvis leaves a blank out"),
        ([row(D3="Unclear")], "Fixture trial 01, D3: 'Unclear' is no judgement"),
        ([row(D6="Low")], "'D6' is no domain of the template"),
        ([row(), row()], "'Fixture trial 01' is no name of one row alone"),
        ([row("  ")], "'  ' is no name of one row alone"),
    ],
)
def test_what_robvis_would_misread_is_not_written(rows: list[RobvisRow], said: str) -> None:
    with pytest.raises(InputRefused, match=re.escape(said)):
        write_robvis(rows, ROB2)


def test_a_tool_without_a_template_is_refused() -> None:
    with pytest.raises(InputRefused, match="robvis has no template for this tool"):
        write_robvis([], load_tool("jbi-case-series"))


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("NI", "line 3, column 'D2': 'NI' is no judgement; robvis reads it as 'not applicable' and paints it grey"),
        ("n", "line 3, column 'D2': 'n' is no judgement; robvis reads it as 'not applicable' and paints it grey"),
        ("NA", "line 3, column 'D2': 'NA' is no judgement; robvis reads it as 'not applicable'"),
        ("Not assessed", "put what was not assessed into another file"),
        ("", "line 3, column 'D2': there is no judgement; robvis leaves a blank out"),
        ("n/a", "robvis makes an empty code of it"),
        ("Lots of concerns", "line 3, column 'D2': 'Lots of concerns' is no judgement"),
        ("low", "line 3, column 'D2': 'low' is no judgement"),
        ("Low ", "line 3, column 'D2': 'Low ' is no judgement"),
        ("Unclear", "line 3, column 'D2': 'Unclear' is no judgement"),
    ],
)
def test_only_whole_words_are_read(cell: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(InputRefused, match=re.escape(said)) as refused:
        read(f"{HEAD}\nA,Low,Low,Low,Low,Low,Low\nB,Low,{cell},Low,Low,Low,Low\n", tmp_path)
    assert refused.value.expected == "Low, Some concerns, High, No information"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "the file is empty"),
        ("A,Low,Low,Low,Low,Low,Low\n", "line 1: this line holds judgements; a head"),
        ("Study,D1,D2,Overall\nA,Low,Low,Low\n", "3 columns of judgements; ROB2 has 5 domains"),
        (
            "Study,D2,D1,D3,D4,D5,Overall\n",
            "line 1: the columns stand in another order: column 2 is headed 'D2', and D1 stands there; column 3",
        ),
        ("Study,Overall,D1,D2,D3,D4,D5\n", "accepted: Study, D1, D2, D3, D4, D5, Overall"),
        (f"{HEAD}\nA,Low,Low\n", "line 2 has 3 cells and the head 7"),
        (f"{HEAD},Weight\nA,Low,Low,Low,Low,Low,Low,1e3\n", "line 2, column 'Weight': '1e3' is no weight"),
        (f"{HEAD}\nA{',Low' * 6}\nA{',Low' * 6}\n", "line 3, column 'Study': 'A' is no name of one row alone"),
        (b"Study,D1\xff\n", "byte 8 is not UTF-8"),
        ("S" * 140_000 + "\n", "judged.csv: line 1 is no CSV: field larger than field limit"),
        (f'"{HEAD}\nA{",Low" * 6}\n', "line 1 is no CSV: unexpected end of data"),
        (f'{HEAD}\nA{",Low" * 6}\n"B{",Low" * 6}\nC{",Low" * 6}\n', "line 3 is no CSV: unexpected end of data"),
    ],
)
def test_a_file_of_another_shape_is_refused(text: str | bytes, said: str, tmp_path: Path) -> None:
    with pytest.raises(InputRefused, match=re.escape(said)) as refused:
        read(text, tmp_path)
    assert "whole word" not in str(refused.value)


def test_heads_of_ones_own_are_read_by_their_order(tmp_path: Path) -> None:
    assert read(f"Study,Randomisation,Deviations,Missing,Measurement,Reporting,All\nA{',Low' * 6}\n", tmp_path) == [row("A")]


def test_a_file_that_is_not_there_is_named_with_what_is(tmp_path: Path) -> None:
    (tmp_path / "judged.csv").write_text(HEAD)
    with pytest.raises(NotFound, match=r"judgde\.csv is not there(?s:.*)did you mean 'judged\.csv'"):
        read_robvis(tmp_path / "judgde.csv", "ROB2")
    with pytest.raises(InputRefused, match="the file cannot be read"):
        read_robvis(tmp_path, "ROB2")


def test_each_kind_of_problem_has_its_next_step(tmp_path: Path) -> None:
    with pytest.raises(InputRefused, match="'NI' is no judgement") as refused:
        read(f"{HEAD},Weight\nA,NI{',Low' * 5},1e3\n", tmp_path)
    assert refused.value.next_step == "write each as a whole word; write each weight as a positive number with a point"


def test_an_empty_line_before_the_head_changes_nothing(tmp_path: Path) -> None:
    text = f"{HEAD}\nA{',Low' * 6}\n".replace(",", ";")
    assert read(f"\n;;\n{text}", tmp_path) == read(text, tmp_path) == [row("A")]
    with pytest.raises(InputRefused, match="line 2: this line holds judgements"):
        read(f"\nA{',Low' * 6}\n", tmp_path)


def test_the_name_of_a_row_is_not_compared_with_every_other(tmp_path: Path) -> None:
    rows = [row(Counted(f"Fixture trial {n}")) for n in range(1_000)]
    with calls(200_000, "writing and reading a thousand rows"):
        back = read(write_robvis(rows, ROB2), tmp_path)
    assert back == rows


def test_an_unknown_template_is_refused_with_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(InputRefused, match="no template 'ROB1'"):
        read(HEAD, tmp_path, "ROB1")


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", [b"", codecs.BOM_UTF8])
def test_what_spreadsheets_write_is_read(delimiter: str, end: str, mark: bytes, tmp_path: Path) -> None:
    lines = [HEAD.split(","), ['"Doe; J, 2020"', *["Some concerns"] * 6]]
    text = end.join(delimiter.join(line) for line in lines) + end
    assert read(mark + text.encode(), tmp_path) == [row("Doe; J, 2020", "Some concerns")]


def test_a_name_with_a_line_end_keeps_the_numbers_of_the_lines_right(tmp_path: Path) -> None:
    with pytest.raises(InputRefused, match="line 4, column 'D1': 'NI'"):
        read(f'{HEAD}\n"A\nB"{",Low" * 6}\nC,NI{",Low" * 5}\n', tmp_path)


def test_quadas_keeps_unclear_although_robvis_has_no_such_word(tmp_path: Path) -> None:
    """robvis draws it as some concerns; read back it is Unclear again."""
    assert read("Study,D1,D2,D3,D4\nA,Low,Some concerns,High,Low\n", tmp_path, "QUADAS-2")[0].domains["D2"] == "Unclear"
    assert TEMPLATES["QUADAS-2"].written("Unclear") == "Some concerns"


def test_generic_domains_are_named_by_their_heads(tmp_path: Path) -> None:
    found = read("Study;Allocation;Blinding;Overall;Weight\nA;Low;Unclear;High;3\n", tmp_path, "Generic")
    assert found == [RobvisRow("A", {"Allocation": "Low", "Blinding": "Unclear"}, "High", Decimal(3))]


NAMES = st.text(st.characters(exclude_categories=("Cs", "Cc"), include_characters="\n\t"), min_size=1, max_size=30).filter(
    lambda name: name.strip() not in ("", "NA")
)
WEIGHTS = st.decimals(Decimal("0.001"), 1000, places=3, allow_nan=False)
ROWS = st.lists(st.tuples(NAMES, st.lists(st.sampled_from(LEVELS), min_size=6, max_size=6), WEIGHTS), unique_by=lambda one: one[0])


@given(rows=ROWS, weighted=st.booleans())
def test_what_is_written_is_read_back(rows: list[tuple[str, list[str], Decimal]], weighted: bool) -> None:
    wanted = [
        RobvisRow(name, dict(zip(FIVE, levels, strict=False)), levels[5], weight if weighted else None) for name, levels, weight in rows
    ]
    with TemporaryDirectory() as folder:
        path = Path(folder) / "judged.csv"
        path.write_bytes(write_robvis(wanted, ROB2).encode())
        assert read_robvis(path, "ROB2") == wanted


@given(cell=st.text(max_size=20).filter(lambda text: "\x00" not in text and "\r" not in text))
def test_no_other_word_is_ever_read(cell: str) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "judged.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows([HEAD.split(","), ["A", cell, *["Low"] * 5]])
        if cell in TEMPLATES["ROB2"].words:
            assert read_robvis(path, "ROB2")[0].domains["D1"] == cell
        else:
            with pytest.raises(InputRefused, match="column 'D1'"):
                read_robvis(path, "ROB2")
