"""The exports of other screening tools as they are read: each layout, each code, each thing that is wrong in one, with its line."""

from __future__ import annotations

import csv

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.errors import FormatUnknown, InputRefused
from review.records import read_bytes
from review.screening.decision_files import COLUMNS, DecisionFile, read_decisions
from tests.patience import SIGNS, ends
from tests.screening.exports import Paper, asreview, covidence, rayyan, ris, table, votes

ONE, TWO = Paper("Dry mouth, one: a trial", 2019, "10.1000/one", "11"), Paper("Dry mouth, two", 2021)


def said(found: DecisionFile) -> list[list[tuple[str | None, str, str | None]]]:
    """Of each entry: decision, words of the reason, reviewer."""
    return [[(a.decision, a.reason_words, a.reviewer) for a in entry.answers] for entry in found.entries]


def test_covidence_excludes_with_the_reason_in_its_notes() -> None:
    notes = "r1 (2024-01-02): see methods; Exclusion reason: Wrong study design; "
    found = read_decisions(covidence([(ONE, notes), (TWO, "")]), "excluded.csv")
    assert found.tool == "Covidence"
    assert said(found) == [[("exclude", "Wrong study design", None)], [(None, "", None)]]
    first = found.entries[0]
    assert (first.line, first.title, first.year, first.dois) == (2, ONE.title, 2019, ("10.1000/one",))


def test_a_list_of_one_kind_is_what_the_caller_says() -> None:
    found = read_decisions(covidence([(ONE, "Exclusion reason: Animals;"), (TWO, "")]), "irrelevant.csv", decision="exclude")
    assert said(found) == [[("exclude", "Animals", None)], [("exclude", "", None)]]
    reasons = table(["Title", "Reason"], [{"Title": "A", "Reason": "Animals"}])
    assert said(read_decisions(reasons, "list.csv", decision="exclude")) == [[("exclude", "Animals", None)]]


def test_rayyan_has_an_answer_for_each_reviewer() -> None:
    notes = votes(("R 1", "Included"), ("r2", "Excluded"), ("r3", "Maybe"), reasons="wrong population,wrong outcome", note="page 3")
    found = read_decisions(rayyan([(ONE, notes), (TWO, "")]), "articles.csv")
    assert found.tool == "Rayyan"
    assert said(found) == [
        [("include", "", "R 1"), ("exclude", "wrong population, wrong outcome", "r2"), ("unsure", "", "r3")],
        [(None, "", None)],
    ]
    assert found.entries[0].answers[0].note == "page 3"
    assert found.entries[0].pmids == ("11",)


def test_rayyan_as_ris_has_the_same() -> None:
    notes = votes(("r1", "Excluded"), reasons="wrong age").replace(">", "&gt;")
    found = read_decisions(ris([(ONE, [("N1", notes)]), (TWO, [("N1", "RAYYAN-LABELS: later")])]), "articles.txt")
    assert (found.tool, said(found)) == ("Rayyan", [[("exclude", "wrong age", "r1")], [(None, "", None)]])


def test_asreview_has_labels_and_notes() -> None:
    found = read_decisions(asreview([(ONE, "1", "good"), (TWO, "0", ""), (Paper("Three"), "", ""), (Paper("Four"), "-1", "")]), "x.csv")
    assert found.tool == "ASReview"
    assert [a.decision for e in found.entries for a in e.answers] == ["include", "exclude", None, None]
    assert found.entries[0].answers[0].note == "good"
    labelled = ris([(ONE, [("N1", "ASReview_relevant")]), (TWO, [("N1", "ASReview_irrelevant")]), (TWO, [("N1", "ASReview_not_seen")])])
    again = read_decisions(labelled, "x.ris")
    assert (again.tool, [e.answers[0].decision for e in again.entries]) == ("ASReview", ["include", "exclude", None])


@pytest.mark.parametrize("tag", ["C1", "N1", "LB", "KW", "M1", "C7"])
def test_a_word_in_a_tag_of_ris_is_a_decision(tag: str) -> None:
    entries = [(ONE, [("KW", "xerostomia"), (tag, "Included")]), (TWO, [(tag, "excluded: not randomised")])]
    assert said(read_decisions(ris(entries), "a")) == [[("include", "", None)], [("exclude", "not randomised", None)]]


def test_short_codes_are_read_in_the_tag_that_is_named() -> None:
    entries = [(ONE, [("LB", "I"), ("KW", "E")]), (TWO, [("LB", "5")])]
    assert said(read_decisions(ris(entries), "a")) == [[(None, "", None)], [(None, "", None)]]
    named = read_decisions(ris(entries), "a", columns={"decision": "lb"})
    assert said(named) == [[("include", "", None)], [("exclude", "5", None)]]


def test_two_decisions_in_the_tags_of_one_entry_are_none() -> None:
    found = read_decisions(ris([(ONE, [("C1", "include"), ("C2", "exclude")])]), "a")
    assert found.entries[0].answers[0].decision is None and "include" in found.entries[0].answers[0].words


def coded(*values: str, reasons: tuple[str, ...] = ()) -> list[str | None]:
    """What the values of one column say."""
    data = table(["pubmedID", "articleLabel"], [{"pubmedID": str(n), "articleLabel": v} for n, v in enumerate(values, 1)])
    found = read_decisions(data, "codes.csv", columns={"decision": "articleLabel", "pmid": "pubmedID"}, reasons=reasons)
    return [entry.answers[0].decision for entry in found.entries]


def test_a_number_is_a_label_or_a_reason_as_its_column_tells() -> None:
    assert coded("1", "0", "1") == ["include", "exclude", "include"]
    assert coded("I", "E", "1", "5") == ["include", "exclude", "exclude", "exclude"]
    assert coded("1", "0", reasons=("1",)) == ["exclude", "exclude"]
    assert coded("R", "I") == [None, None], "beside R, I may mean irrelevant"
    assert coded("perhaps", "yes", "-1", "n/a") == [None, "include", None, None]


def test_heads_may_stand_below_other_lines_and_between_any_signs() -> None:
    for sign in ",;\t|":
        body = table(["Title", "Year", "Decision"], [{"Title": "A", "Year": "2020", "Decision": "include"}], sign)
        found = read_decisions(b"Exported for a review\r\n\r\n" + body, "x")
        assert [(e.line, e.title, e.answers[0].decision) for e in found.entries] == [(4, "A", "include")]


def test_bytes_of_another_alphabet_are_read_with_a_remark() -> None:
    body = 'Title,Decision\n"Sjögren – a trial",include\n'
    assert read_decisions(body.encode("utf-8-sig"), "x").problems == ()
    found = read_decisions(body.encode("cp1252"), "x")
    assert found.entries[0].title == "Sjögren – a trial" and found.problems[0][0] == 2 and "Windows-1252" in found.problems[0][1]
    assert read_decisions(body.encode("utf-16"), "x").entries[0].title == "Sjögren – a trial"
    nul = read_decisions(b"Title,Decision\nA\x00B,include\n", "x")
    assert nul.entries[0].title == "AB" and nul.problems[0][0] == 2


def test_a_file_of_two_encodings_is_read_line_by_line_as_records_are() -> None:
    lines = ["Title,Decision", "Sjögren – one,include", "Sjögren – two,exclude", "Sjögren – three,include"]
    data = b"\n".join(line.encode("cp1252" if n == 2 else "utf-8") for n, line in enumerate(lines))
    found = read_decisions(data, "x")
    assert [e.title for e in found.entries] == ["Sjögren – one", "Sjögren – two", "Sjögren – three"]
    assert [line for line, _ in found.problems] == [3]
    records = read_bytes(data, "x.csv").records
    assert [r.brief_title for r in records] == [e.title for e in found.entries]
    more = read_decisions("\r\n".join(lines).encode("cp1252"), "x").problems
    assert [(line, "so were 2 lines below" in words) for line, words in more] == [(2, True)]


def test_only_ends_of_lines_end_lines() -> None:
    body = 'Title,Decision\r"A\u2028B\u0085C, said ""x""",include\r"D\nE",exclude\r'
    found = read_decisions(body.encode(), "x")
    assert [(e.line, e.title) for e in found.entries] == [(2, 'A B C, said "x"'), (3, "D E")]


def test_a_head_in_any_script_can_be_named() -> None:
    body = "题目,判定,备注\nA,include,x\n".encode()
    found = read_decisions(body, "x", columns={"title": "题目", "decision": "判定"})
    assert (found.entries[0].title, found.entries[0].answers[0].decision) == ("A", "include")


def test_ris_that_is_cut_or_untidy_loses_nothing() -> None:
    body = "junk\nTY - JOUR\nTI - One\n  goes on\nTY  - JOUR\nT1  - Two\nc1  - include\nER\nTY  -JOUR\nTI  - Three"
    found = read_decisions(body.encode(), "x")
    assert [e.title for e in found.entries] == ["One goes on", "Two", "Three"]
    assert [line for line, _ in found.problems] == [5, 9, None]
    assert found.entries[1].answers[0].decision == "include"


def test_what_is_no_table_and_a_column_that_is_not_there_are_refused() -> None:
    with pytest.raises(FormatUnknown, match="neither RIS nor a table"):
        read_decisions(b"PMID- 123\nTI  - no\n", "x.ris")
    with pytest.raises(FormatUnknown, match="neither RIS nor a table"):
        read_decisions(b"", "empty.csv")
    with pytest.raises(InputRefused, match="no column 'Decison'") as problem:
        read_decisions(b"Title,Decision\nA,include\n", "x.csv", columns={"decision": "Decison"})
    assert "Decision" in problem.value.next_step
    with pytest.raises(InputRefused, match="cannot be for 'verdict'"):
        read_decisions(b"Title\nA\n", "x.csv", columns={"verdict": "Title"})
    with pytest.raises(InputRefused, match="cannot be read from line"):
        read_decisions(b'Title,Decision\n"' + b"a," * 90_000, "x.csv")


def test_quotation_marks_that_do_not_match_are_a_remark() -> None:
    found = read_decisions(b'Title,Decision\n"A,include\nB,exclude\n', "x.csv")
    assert any("quotation marks" in words for _, words in found.problems)


@given(st.binary(max_size=400) | st.text(max_size=400).map(str.encode))
def test_no_bytes_stop_the_reader_but_by_saying_so(data: bytes) -> None:
    for start in (b"Title,Notes,Decision\n", b"TY  - JOUR\nN1  - RAYYAN-INCLUSION: {", b""):
        try:
            found = read_decisions(start + data, "any")
        except InputRefused:
            continue
        assert all(entry.answers and entry.line > 0 for entry in found.entries)


@given(st.text(alphabet='"\\=>{}[]| RAYYAN-INCLUSION:,', max_size=300))
def test_hostile_notes_are_only_text(notes: str) -> None:
    found = read_decisions(rayyan([(ONE, "RAYYAN-INCLUSION: " + notes)]), "x")
    assert found.entries[0].title == ONE.title


@pytest.mark.parametrize("unit", ['"\\"', "RAYYAN-INCLUSION: ", '{"a"=>', " ", "Exclusion reason: ", '"a"=>["b" , '])
def test_long_notes_take_no_long_time(unit: str) -> None:
    notes = "RAYYAN-INCLUSION: " + unit * (SIGNS // len(unit))
    with ends(f"notes of {unit!r} over and over"):
        assert len(read_decisions(ris([(ONE, [("N1", notes)])]), "x").entries) == 1


def test_every_purpose_of_a_column_has_heads() -> None:
    assert all(COLUMNS.values())


def test_a_long_cell_is_read_where_the_quotation_marks_are_closed() -> None:
    before = csv.field_size_limit()
    long = "x" * (before + 10)
    data = f'doi,decision,note\n10.1000/x1,include,"{long}"\n10.1000/x2,exclude,\n'.encode()
    found = read_decisions(data, "a.csv")
    assert [len(one.answers[0].note) for one in found.entries] == [len(long), 0] and found.problems == ()
    assert csv.field_size_limit() == before
    with pytest.raises(InputRefused, match="cannot be read from line 2 on"):
        read_decisions(data.replace(b'"\n', b"\n"), "a.csv")
    assert csv.field_size_limit() == before


def test_a_value_of_many_untagged_lines_is_joined_once() -> None:
    lines = 80_000
    data = ("TY  - JOUR\nTI  - A trial\nN1  - begin\n" + ("word " * 8 + "\n") * lines + "ER  - \n").encode()
    with ends("joining untagged lines"):
        found = read_decisions(data, "a.ris", columns={"decision": "N1"})
    assert len(found.entries) == 1 and found.entries[0].answers[0].words.count("word") == 8 * lines
