"""The CSV of the R package: written so that it is read whole, read strictly, and the same numbers both ways."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from review.errors import InputRefused
from review.reporting.flow_text import FIELDS
from review.reporting.labels import load_labels
from review.reporting.r_package import COLUMNS, ROWS, read_r_csv, write_r_csv
from review.reporting.typed_flow import TypedFlow
from tests.reporting.examples import FLOWS, HOSTILE_REASONS, LARGE, Flow, flow

WORDS = load_labels()
NUMBERS = [name for name, _, _ in ROWS if name in {field for fields in FIELDS.values() for field in fields}]
LISTED = ("database_results", "register_results", "dbr_excluded", "other_excluded")


def written(folder: Path, numbers: Mapping[str, str], *, head: str = "data,n") -> Path:
    """A file with these texts in its column n."""
    file = folder / "typed.csv"
    with file.open("w", encoding="utf-8", newline="") as out:
        out.write(head + "\n")
        csv.writer(out).writerows(numbers.items())
    return file


def there_and_back(one: Flow, folder: Path) -> tuple[TypedFlow, list[str]]:
    remarks = write_r_csv(one, WORDS, folder / "flow.csv")
    return read_r_csv(folder / "flow.csv"), remarks


def held(one: Flow) -> dict[str, int]:
    return {name: one.boxes[name].n for name in NUMBERS if name in one.boxes}


@pytest.mark.parametrize("name", FLOWS)
def test_the_same_numbers_come_back(name: str, tmp_path: Path) -> None:
    typed, _ = there_and_back(FLOWS[name], tmp_path)
    assert {field: box.n for field, box in typed.boxes.items()} == held(FLOWS[name])
    assert typed.template == FLOWS[name].template
    for field in LISTED:
        if field in typed.boxes:
            assert list(typed.boxes[field].counts.values()) == list(FLOWS[name].boxes[field].counts.values())


counts = st.integers(0, 9)
names = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=30)
numbers = st.fixed_dictionaries(
    {},
    optional={name: st.dictionaries(names, counts, max_size=4) if name in LISTED else counts for name in NUMBERS if "_ma" not in name},
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(numbers)
def test_any_flow_comes_back_with_its_numbers(tmp_path: Path, chosen: dict[str, int | dict[str, int]]) -> None:
    one = flow("upd_v2", chosen)
    typed, remarks = there_and_back(one, tmp_path)
    assert {field: box.n for field, box in typed.boxes.items()} == held(one)
    for field in LISTED:
        if field in one.boxes:
            came, was = typed.boxes[field].counts, one.boxes[field].counts
            assert list(came.values()) == list(was.values())
            changed = sum(name != " ".join(name.split()) or name not in came for name in was)
            assert changed <= sum("is written as" in remark for remark in remarks), "a name was changed without a word"


def test_the_form_is_that_of_the_package(tmp_path: Path) -> None:
    write_r_csv(LARGE["upd_v2"], WORDS, tmp_path / "flow.csv")
    with (tmp_path / "flow.csv").open(encoding="utf-8", newline="") as file:
        head, *rows = csv.reader(file)
    assert tuple(head) == COLUMNS and len(rows) == 34 and all(len(row) == 8 for row in rows)
    by_name = {row[0]: row for row in rows}
    assert by_name["database_specific_results"][7] == "MEDLINE, 780; Embase, 702; CENTRAL, 360"
    assert by_name["dbr_excluded"][1:3] == ["node14", "box9"] and by_name["total_studies_ma"][7] == "NA"
    assert by_name["records_screened"][4:] == ["Records screened", "Records screened", "NA", "1458"]


def test_what_the_package_would_not_read_whole_is_written_otherwise_and_said(tmp_path: Path) -> None:
    reasons = {"a, b": 1, "a – b": 2, "it's; so": 3, "=1+1": 4, "": 5, "< 12 weeks": 6}
    typed, remarks = there_and_back(flow("new_v1", {"dbr_excluded": reasons}), tmp_path)
    assert dict(typed.boxes["dbr_excluded"].counts) == {
        "a – b": 1, "a – b (another)": 2, "it’s – so": 3, "– =1+1": 4, "–": 5, "< 12 weeks": 6,
    }  # fmt: skip
    assert len(remarks) == 5 and "“a, b” is written as “a – b”" in remarks[0]


def test_what_has_no_place_in_that_form_is_said(tmp_path: Path) -> None:
    said = "\n".join(write_r_csv(FLOWS["long"], WORDS, tmp_path / "flow.csv"))
    for part in ("Reports of ongoing studies: 4 reports", "Records found by hand: 1 record", "automation tools: 2,000 records"):
        assert part in said
    assert "Records screened that still wait: 1,370" in "\n".join(write_r_csv(FLOWS["unfinished"], WORDS, tmp_path / "flow.csv"))
    assert write_r_csv(LARGE["upd_v2"], WORDS, tmp_path / "flow.csv") == []


def test_hostile_reasons_are_read_right(tmp_path: Path) -> None:
    listed = "; ".join(f"{name}, {n}" for name, n in HOSTILE_REASONS.items() if ";" not in name)
    typed = read_r_csv(written(tmp_path, {"dbr_excluded": listed}))
    assert dict(typed.boxes["dbr_excluded"].counts) == HOSTILE_REASONS
    drawn = etree.fromstring(typed.svg(links=False).encode())
    assert "<script>alert(1)</script>" in "".join(drawn.itertext()) and "<script" not in typed.svg()


@pytest.mark.parametrize("number", ["12-15", "-5", "1e3", "1,234", "1.234", "12.0", "xxx", "٣", "²", "12 345", "n = 12"])
def test_what_is_no_whole_number_is_refused_by_line_and_column(number: str, tmp_path: Path) -> None:
    file = written(tmp_path, {"duplicates": "4", "records_screened": number, "dbr_excluded": f"Population, {number}"})
    with pytest.raises(InputRefused, match=r"line 3, column n \(records_screened\)") as refused:
        read_r_csv(file)
    message = str(refused.value)
    assert "line 4, column n (dbr_excluded)" in message and "digits 0 to 9" in message and "typed.csv" in message


@pytest.mark.parametrize("entry", ["Embase, 1,234", "Embase 1,234", "Published before 1990, 1995, 3"])
def test_an_entry_with_two_readings_is_refused(entry: str, tmp_path: Path) -> None:
    with pytest.raises(InputRefused, match="can be read in two ways"):
        read_r_csv(written(tmp_path, {"database_results": "1234", "database_specific_results": entry}))


@pytest.mark.parametrize(
    ("listed", "says"),
    [
        ("children; adults, 5", "'children' has no name with a number"),
        ("Population, 5;", "'' has no name"),
        (", 5", "has no name"),
        ("Population, 5; Population, 2", "'Population' stands twice"),
    ],
)
def test_a_list_that_is_none_is_refused(listed: str, says: str, tmp_path: Path) -> None:
    with pytest.raises(InputRefused, match=says):
        read_r_csv(written(tmp_path, {"dbr_excluded": listed}))


def test_absent_stays_absent_and_zero_is_zero(tmp_path: Path) -> None:
    typed = read_r_csv(written(tmp_path, {"register_results": "0", "database_results": "NA", "dbr_excluded": "", "new_studies": "0"}))
    assert set(typed.boxes) == {"register_results", "new_studies"} and typed.template == "new_v1"
    assert "Registers (n = 0)" in str(typed) and "Databases" not in str(typed) and "excluded" not in str(typed)


def test_total_numbers_stand_where_no_reason_is_typed(tmp_path: Path) -> None:
    typed = read_r_csv(written(tmp_path, {"dbr_excluded": "91"}))
    assert typed.boxes["dbr_excluded"].n == 91 and not typed.boxes["dbr_excluded"].counts


def test_lists_without_their_number_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputRefused, match="its sources have numbers"):
        read_r_csv(written(tmp_path, {"database_specific_results": "Embase, 5"}))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (b"data;n\nduplicates;4\n", "its head is"),
        (b"data,n\nduplicate,4\n", "did you mean 'duplicates'"),
        (b"data,n\nduplicates,4\nduplicates,5\n", "line 3, column data: 'duplicates' stands twice"),
        (b"data,n\nduplicates\n", "line 2: 1 values"),
        (b'data,n\nduplicates,"4\n', "this is no CSV"),
        ("data,n\nduplicates,é\n".encode("latin-1"), "UTF-8"),
        (b"", "its head is"),
    ],
)
def test_a_file_that_is_another_is_refused(text: bytes, says: str, tmp_path: Path) -> None:
    (tmp_path / "typed.csv").write_bytes(text)
    with pytest.raises(InputRefused, match=says):
        read_r_csv(tmp_path / "typed.csv")
    with pytest.raises(InputRefused, match="cannot be read"):
        read_r_csv(tmp_path / "absent.csv")


def test_typed_numbers_say_so_and_have_no_lists(tmp_path: Path) -> None:
    typed, _ = there_and_back(LARGE["upd_v2"], tmp_path)
    assert "Typed numbers, read from flow.csv" in typed.svg(links=False) and "Typed numbers" in str(typed)
    assert all(box.ids == () and box.by == {} for box in typed.boxes.values())
    assert '"typed": true' in typed.to_json() and [i for i, holds, _ in typed.identities() if not holds] == []
    again, _ = there_and_back(typed, tmp_path)  # type: ignore[arg-type]
    assert again.boxes == typed.boxes


def test_sums_that_do_not_add_up_are_named_on_the_picture(tmp_path: Path) -> None:
    write_r_csv(LARGE["upd_v2"], WORDS, tmp_path / "flow.csv")
    text = (tmp_path / "flow.csv").read_text(encoding="utf-8").replace("NA,1458", "NA,9999").replace("Embase, 702", "Embase, 701")
    (tmp_path / "flow.csv").write_text(text, encoding="utf-8")
    typed = read_r_csv(tmp_path / "flow.csv")
    broken = {name: message for name, holds, message in typed.identities() if not holds}
    assert set(broken) == {"I1", "I9"}
    assert "Records screened (9,999)" in broken["I1"] and "≠" in broken["I1"] and "Embase (701)" in broken["I9"]
    assert [note for note in typed.notes if note.startswith("Records screened (9,999): 8,541 in no box below; still waiting, or missing")]
    assert "9,999" in "".join(note for note in typed.notes if "do not add up" in note) and "do not add up" in typed.svg()


def test_an_unfinished_review_comes_back_without_a_false_alarm(tmp_path: Path) -> None:
    """What waits has no place in that file: its sums may fall short, and the picture says by how many."""
    typed, _ = there_and_back(FLOWS["unfinished"], tmp_path)
    assert [one for one in typed.identities() if not one[1]] == [] and not any("do not add up" in note for note in typed.notes)
    boxes = FLOWS["unfinished"].boxes
    said = [note for note in typed.notes if "in no box below; still waiting, or missing" in note]
    waiting = [f"{boxes[name].n:,} in no box" for name in ("records_waiting", "dbr_retrieval_waiting", "other_retrieval_waiting")
               if name in boxes and boxes[name].n]  # fmt: skip
    assert waiting and [any(one in note for note in said) for one in waiting] == [True] * len(said)


@pytest.mark.parametrize(
    ("numbers", "rule"),
    [
        ({"database_results": "9", "records_screened": "9", "records_excluded": "4", "dbr_sought_reports": "6"}, "I2"),
        ({"dbr_sought_reports": "5", "dbr_notretrieved_reports": "2", "dbr_assessed": "4"}, "I5"),
        ({"other_sought_reports": "5", "citations_results": "5", "other_assessed": "6"}, "I5"),
        ({"dbr_assessed": "5", "dbr_excluded": "6"}, "I6"),
        ({"database_results": "9", "duplicates": "1", "records_screened": "7"}, "I1"),
    ],
)
def test_more_below_than_above_is_always_wrong(numbers: dict[str, str], rule: str, tmp_path: Path) -> None:
    typed = read_r_csv(written(tmp_path, numbers))
    assert [name for name, holds, _ in typed.identities() if not holds] == [rule]
    assert any("do not add up" in note for note in typed.notes)


def test_a_complete_review_has_no_remark(tmp_path: Path) -> None:
    assert len(there_and_back(LARGE["upd_v2"], tmp_path)[0].notes) == 1


def test_studies_in_a_meta_analysis_are_drawn_where_they_were_typed(tmp_path: Path) -> None:
    typed = read_r_csv(written(tmp_path, {"new_studies": "12", "total_studies_ma": "9", "total_reports_ma": "11"}))
    assert "flow-box box17" in typed.svg() and "Studies included in the meta-analysis (n = 9)" in str(typed)
