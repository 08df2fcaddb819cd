"""A newer export of the same registration is a version of the same record, and what reads otherwise is shown wherever it counts."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.errors import NotFound
from review.extraction.prefill import cells_of, source_word
from review.model.record import Identifier, Provenance, Record
from review.records.build import record_id
from review.records.known import Held, Known, Placed, held
from review.records.receipt import Receipt
from review.records.versions import KEY_FIELDS, differences, in_words
from review.records.vocabulary import SHOWN, words_for
from tests.reporting.evidence import column, texts
from tests.rooms.team import Team, make_team


@pytest.fixture
def team(tmp_path: Path) -> Iterator[Team]:
    made = make_team(tmp_path / "review")
    yield made
    made.ledger.close()


def registration(**changed: Any) -> dict[str, Any]:
    """One invented registration; changed: status, count, outcome, completion, updated."""
    said = {"status": "RECRUITING", "count": 40, "outcome": "Activity", "completion": "2026-01", "updated": "2025-03-01"} | changed
    protocol = {
        "identificationModule": {"nctId": "NCT01234567", "briefTitle": "A registered trial"},
        "statusModule": {
            "overallStatus": said["status"],
            "completionDateStruct": {"date": said["completion"]},
            "lastUpdatePostDateStruct": {"date": said["updated"]},
        },
        "designModule": {"studyType": "INTERVENTIONAL", "enrollmentInfo": {"count": said["count"], "type": "ESTIMATED"}},
        "conditionsModule": {"conditions": ["A disease"]},
        "outcomesModule": {"primaryOutcomes": [{"measure": said["outcome"], "timeFrame": "1 year"}]},
    }
    return {"protocolSection": protocol}


def taken(team: Team, search: str, name: str, *entries: dict[str, Any]) -> Receipt:
    file = team.folder / name
    file.write_text(json.dumps({"totalCount": len(entries), "studies": list(entries)}), encoding="utf-8")
    return team.r1.import_files([file], search=search)


def register(team: Team) -> str:
    return team.search("ClinicalTrials.gov", "register")


def test_a_changed_registration_is_told_in_the_receipt_the_frame_and_the_table(team: Team) -> None:
    search = register(team)
    taken(team, search, "old.json", registration())
    later = registration(status="COMPLETED", count=38, outcome="Survival", completion="2026-02", updated="2026-02-10")
    receipt = taken(team, search, "new.json", later)
    [file] = receipt.files
    assert receipt.ok and (file.new, file.versions) == (0, 1)
    [(title, said)] = file.changes
    assert title == "A registered trial"
    assert "primary outcome changed" in said and "enrolment 40 → 38" in said and "status RECRUITING → COMPLETED" in said
    assert "completion date 2026-01 → 2026-02" in said
    assert any(line.startswith("  version of a known record: A registered trial: primary outcome changed") for line in receipt.lines())
    [record] = team.nobody.records.views()
    changes = team.nobody.records.changes(record.id)
    by_field = {row.field: row for row in changes.itertuples()}
    outcome = by_field["primary_outcomes 1.measure"]
    assert (outcome.before, outcome.after, outcome.key) == ("Activity", "Survival", "primary outcome")
    assert (by_field["enrollment.count"].before, by_field["enrollment.count"].after) == (40, 38)
    assert [outcome.from_event, outcome.to_event] == team.nobody.records.readings_of(record)
    text = team.nobody.records.text_of(record)
    assert "Survival" in "\n".join(text[outcome.lines[0] - 1 : outcome.lines[1]])
    assert changes.key.notna().tolist() == sorted(changes.key.notna(), reverse=True), "what a review must see comes first"
    table = team.nobody.tables.record_changes()
    assert {"primary outcome", "enrolment", "status", "completion date"} <= set(texts(table, "what"))
    assert "NCT01234567" in texts(table, "record")[0]
    assert any(quote.lines for trace in table.traces.values() for entry in trace.entries if (quote := entry.quote))


def test_nothing_changed_is_no_row(team: Team) -> None:
    search = register(team)
    taken(team, search, "old.json", registration())
    [record] = team.nobody.records.views()
    assert team.nobody.records.changes(record.id).empty and team.nobody.tables.record_changes().rows == ()
    with pytest.raises(NotFound, match="there is no record 'rec:none'"):
        team.nobody.records.changes("rec:none")


def test_an_older_export_is_warned_of_and_can_be_taken_back(team: Team) -> None:
    search = register(team)
    taken(team, search, "new.json", registration(status="COMPLETED", updated="2026-02-10"))
    receipt = taken(team, search, "old.json", registration())
    assert any("older states" in words and "A registered trial" in words for words in receipt.files[0].warnings)
    team.r1.records.undo(team.r1.records.imports()[-1].id)
    assert team.nobody.records.views()[0].doc["overall_status"] == "COMPLETED"


def test_a_version_taken_back_and_imported_again_is_the_newest_again(team: Team) -> None:
    search = register(team)
    taken(team, search, "old.json", registration())
    later = registration(status="COMPLETED", updated="2026-02-10")
    taken(team, search, "new.json", later)
    team.r1.records.undo(team.r1.records.imports()[-1].id)
    assert team.nobody.records.views()[0].doc["overall_status"] == "RECRUITING"
    receipt = taken(team, search, "new.json", later)
    assert receipt.files[0].versions == 1
    [record] = team.nobody.records.views()
    assert record.doc["overall_status"] == "COMPLETED" and len(record.versions) == 2


def test_a_record_taken_back_comes_in_again(team: Team) -> None:
    search = register(team)
    taken(team, search, "a.json", registration())
    team.r1.records.undo(team.r1.records.imports()[-1].id)
    assert team.nobody.records.views() == []
    assert taken(team, search, "a.json", registration()).files[0].new == 1
    assert len(team.nobody.records.views()) == 1
    title = "A citation without a file"
    own = team.r1.records.add(search, title=title)
    team.r1.records.undo(next(r.event for r in team.r1.records.views() if r.id == own))
    assert team.r1.records.add(search, title=title) == own and own in {r.id for r in team.nobody.records.views()}


def test_two_entries_of_one_file_are_two_records(team: Team) -> None:
    receipt = taken(team, register(team), "both.json", registration(), registration(count=41))
    assert (receipt.files[0].new, receipt.files[0].versions) == (2, 0)
    assert [len(r.records) for r in team.nobody.studies.report_views()] == [2], "they are duplicates of each other"


def known(title: str, kind: str, value: str) -> Known:
    number = f"{kind}:{value}"
    return Known({}, {number: {"rec:old": Held("rec:old", number, "", title)}})


def entry(title: str, kind: str, value: str) -> Record:
    own = Identifier.model_validate({"type": kind, "value": value, "role": "primary"})
    return Record(
        record_id=record_id("s", title, 1), record_type="article_report", identifiers=(own,), brief_title=title,
        provenance=Provenance(source_format="x"),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "value", "old", "new", "same"),
    [
        ("PMID", "12345678", "A trial", "A quite different title", True),
        ("NCT", "NCT01234567", "A trial", "A quite different title", True),
        ("DOI", "10.1000/s1", "A trial", "a trial.", True),
        ("DOI", "10.1000/s1", "A trial", "RETRACTED: A trial", True),
        ("DOI", "10.1000/s1", "Abstract 1 of a supplement", "Abstract 2 of a supplement", False),
        ("OTHER", "12", "The twelfth line of one export", "The twelfth line of another", False),
        ("OTHER", "12", "A trial", "A trial", True),
    ],
)
def test_a_number_that_several_entries_may_share_counts_with_its_title(kind: str, value: str, old: str, new: str, same: bool) -> None:
    one = held(entry(new, kind, value))
    assert one is not None
    placed = known(old, kind, value).place([one], set())
    assert (placed.versions, placed.unclear) == ({one.record: "rec:old"} if same else {}, {})


def test_what_was_only_moved_is_no_difference() -> None:
    was = {"interventions": [{"name": "A"}, {"name": "B"}], "locations": [{"city": "X", "raw": "X, Y"}]}
    now = {"interventions": [{"name": "C"}, {"name": "B"}, {"name": "A"}], "locations": [{"city": "X", "raw": "X (Y)"}]}
    [one] = differences(was, now)
    assert (one.field, one.before, one.after) == ("interventions 1", None, {"name": "C"})
    assert in_words([one]) == "interventions changed"


def eu_entry(state: str, code: str, status: str, title: str = "A trial in two states") -> str:
    """One entry of the EU Clinical Trials Register in its text: a number has one for each member state."""
    return (
        f"Summary\nEudraCT Number: 2020-001234-56\nNational Competent Authority: {state} - Body\nTrial Status: {status}\n"
        f"Link: https://www.example.org/ctr-search/trial/2020-001234-56/{code}/\n\nA. Protocol Information\n"
        f"A.1 Member State Concerned: {state} - Body\nA.2 EudraCT number: 2020-001234-56\nA.3 Full title of the trial: {title}\n"
    )


def eu_file(team: Team, search: str, name: str, *entries: str) -> Receipt:
    file = team.folder / name
    file.write_text("\n".join(entries), encoding="utf-8")
    return team.r1.import_files([file], search=search)


def test_each_member_state_has_a_record_and_its_own_versions(team: Team) -> None:
    search = team.search("EU Clinical Trials Register", "register")
    spain, sweden = ("Spain", "ES"), ("Sweden", "SE")
    assert eu_file(team, search, "es.txt", eu_entry(*spain, "Ongoing")).files[0].new == 1
    assert eu_file(team, search, "se.txt", eu_entry(*sweden, "Ongoing")).files[0].new == 1, "another state is no newer state"
    newer = eu_file(team, search, "both.txt", eu_entry(*spain, "Completed"), eu_entry(*sweden, "Completed", "A new title")).files[0]
    assert (newer.new, newer.versions, newer.warnings) == (0, 2, ())
    assert [(r.doc["countries"], r.doc["overall_status"], len(r.versions)) for r in team.nobody.records.views()] == [
        (["Spain"], "COMPLETED", 2),
        (["Sweden"], "COMPLETED", 2),
    ]


def test_a_status_that_has_no_term_is_told_and_shown_in_the_words_of_the_source(team: Team) -> None:
    search = team.search("EU Clinical Trials Register", "register")
    eu_file(team, search, "first.txt", eu_entry("Spain", "ES", "Ongoing"))
    [record] = team.nobody.records.views()
    [status] = [cell for cell in cells_of(record.doc, team.nobody.records.text_of(record)) if cell.key.item == "status"]
    assert (status.value, status.note) == ("Ongoing", "")
    assert status.span is not None and "Ongoing" in team.nobody.records.text_of(record)[status.span[0] - 1]
    restarted = eu_file(team, search, "second.txt", eu_entry("Spain", "ES", "Restarted")).files[0]
    over = eu_file(team, search, "third.txt", eu_entry("Spain", "ES", "Completed")).files[0]
    assert [said for file in (restarted, over) for _, said in file.changes] == [
        "status Ongoing → Restarted",
        "status Restarted → COMPLETED",
    ]
    assert list(team.nobody.records.changes(record.id).key) == ["status", "status"]


def test_a_status_of_other_letters_than_its_term_is_shown_as_the_source_words_it_with_the_term(team: Team) -> None:
    eu_file(team, team.search("EU Clinical Trials Register", "register"), "first.txt", eu_entry("Spain", "ES", "Prematurely Ended"))
    [record] = team.nobody.records.views()
    text = team.nobody.records.text_of(record)
    assert record.doc["overall_status"] == "TERMINATED"
    [status] = [cell for cell in cells_of(record.doc, text, words_for) if cell.key.item == "status"]
    assert status.value == "Prematurely Ended (terminated)"
    [unworded] = [cell for cell in cells_of(record.doc, text) if cell.key.item == "status"]
    assert unworded.value == "terminated (standard term)"


@pytest.mark.parametrize(
    ("field", "term", "quoted", "shown"),
    [
        ("overall_status", "TERMINATED", '"overallStatus": "TERMINATED",', ("TERMINATED", "TERMINATED")),
        (
            "overall_status",
            "COMPLETED",
            "<Status>Recruiting complete</Status>",
            ("Recruiting complete (completed)", "Recruiting complete"),
        ),
        ("masking", "NONE", "Masking: Open Label. Patients know.", ("Open Label (none)", "Open Label")),
        ("sex", "ALL", "Gender:\nBoth", ("Both (all)", "Both")),
        ("phases", "PHASE2", "Phase: Phase II", ("Phase II (phase 2)", "Phase II")),
        ("overall_status", "RECRUITING", "NCT1,An open question of open eyes,2020", ("recruiting (standard term)", "")),
        ("arm_groups.type", "EXPERIMENTAL", "", ("experimental (standard term)", "")),
    ],
)
def test_the_word_of_a_source_is_quoted_only_where_it_stands_as_a_value(field: str, term: str, quoted: str, shown: tuple[str, str]) -> None:
    assert source_word(term, quoted, words_for(field, term)) == shown


@given(st.sampled_from(sorted(SHOWN)), st.data())
def test_no_word_of_a_source_gives_way_to_ours(field: str, data: st.DataObject) -> None:
    term = data.draw(st.sampled_from(sorted(set(SHOWN[field].values()))))
    word = data.draw(st.sampled_from(words_for(field, term)))
    shown, printed = source_word(term, f"Label: {word.title()}", words_for(field, term))
    assert printed and printed in word.title() and shown.startswith(printed)


def test_a_date_that_cannot_be_read_is_told_as_printed() -> None:
    was = {"dates": {"start": {"date": "2020-01"}, "completion": None}, "extra": {}}
    now = {"dates": {"start": {"date": "2020-01"}, "completion": None}, "extra": {"dates.completion": ["when all is done"]}}
    assert in_words(differences(was, now)) == "completion date nothing → when all is done"


def test_what_may_be_a_newer_state_of_several_is_new_and_named(team: Team) -> None:
    search = register(team)
    taken(team, search, "both.json", registration(), registration(count=41))
    file = taken(team, search, "later.json", registration(count=42)).files[0]
    assert (file.new, file.versions) == (1, 0)
    first, second, _ = team.nobody.records.views()
    [words] = [words for words in file.warnings if "not certain" in words]
    assert first.id in words and second.id in words and "A registered trial" in words


parts = st.lists(st.sampled_from(["ES", "SE", "IT", "FR"]), min_size=1, max_size=4, unique=True)


@given(st.data(), parts)
def test_no_entry_of_a_shared_number_is_lost_and_each_newer_state_finds_its_own(data: st.DataObject, countries: list[str]) -> None:
    number, known_here = "EUDRACT:2020-001234-56", Known({})
    for day in ("old", "new"):
        left = data.draw(st.permutations(countries))
        while left:  # any number of them in one file
            cut = data.draw(st.integers(1, len(left)))
            file, left = [Held(f"{day} {c}", number, c, "One title") for c in left[:cut]], left[cut:]
            placed = known_here.place(file, set())
            assert placed.unclear == {}
            assert placed.versions == ({} if day == "old" else {one.record: f"old {one.part}" for one in file})
            for one in file:
                known_here.hold(replace(one, record=placed.versions.get(one.record, one.record)), {})
    assert sorted(known_here.numbers[number]) == sorted(f"old {c}" for c in countries)


few = st.lists(st.tuples(st.sampled_from(["", "ES", "SE"]), st.sampled_from(["", "One", "Two"])), min_size=1, max_size=4)


@given(few, few)
def test_two_entries_are_never_the_same_record_and_order_settles_nothing(old: list[tuple[str, str]], new: list[tuple[str, str]]) -> None:
    def placed(known_ones: list[Held], entries: list[Held]) -> Placed:
        return Known({}, {"NCT:1": {one.record: one for one in known_ones}}).place(entries, set())

    was = [Held(f"rec {n}", "NCT:1", *said) for n, said in enumerate(old)]
    now = [Held(f"entry {n}", "NCT:1", *said) for n, said in enumerate(new)]
    found = placed(was, now)
    assert len(set(found.versions.values())) == len(found.versions) and not set(found.versions) & set(found.unclear)
    assert found.versions == placed(was[::-1], now[::-1]).versions
    if len(was) > 1 and len({one.part for one in was + now}) == 1:  # the number alone is then not enough: a title decides
        assert all(
            dict(zip((w.record for w in was), was, strict=True))[r].title == now[int(e[6:])].title for e, r in found.versions.items()
        )


values = st.recursive(
    st.none() | st.integers(0, 3) | st.sampled_from(["", "a", "b"]),
    lambda part: st.lists(part, max_size=3) | st.dictionaries(st.sampled_from(["name", "text", "raw", "x"]), part, max_size=3),
    max_leaves=8,
)
docs = st.dictionaries(st.sampled_from(["brief_title", "enrollment", "primary_outcomes", "schema_version"]), values, max_size=4)


@given(docs, docs)
def test_a_difference_never_shows_the_same_twice_and_no_text_stops_it(old: dict[str, Any], new: dict[str, Any]) -> None:
    assert differences(old, old) == []
    found = differences(old, new)
    assert all(one.before != one.after and not one.field.startswith("schema_version") for one in found)
    assert isinstance(in_words(found), str) and {one.key for one in found} <= {None, *KEY_FIELDS.values()}


def test_columns_of_the_table_name_the_record_first(team: Team) -> None:
    search = register(team)
    taken(team, search, "old.json", registration())
    taken(team, search, "new.json", registration(status="COMPLETED") | {"hasResults": True})
    table = team.nobody.tables.record_changes()
    assert [cell.text for cell in column(table, "before")][:1] == ["RECRUITING"]
    assert "A registered trial" in table.html()


ARTICLE = """PMID- 91000001
TI  - A trial of a drug.
AB  - People were given the drug.
FAU - Doe, Jane
DP  - 2020
PT  - {types}
JT  - A journal
{link}"""


@pytest.mark.parametrize(
    ("types", "link", "said"),
    [
        ("Retracted Publication", "RIN - A journal. 2026 Aug;23(8):1. PMID: 91000099\n", "notice nothing → retracted"),
        ("Journal Article", "EIN - A journal. 2026 Aug;23(8):1. PMID: 91000099\n", "notice nothing → corrected"),
        ("Randomized Controlled Trial", "", None),
    ],
)
def test_a_retraction_that_came_with_an_update_is_said_first(team: Team, types: str, link: str, said: str | None) -> None:
    file, search = team.folder / "a.nbib", team.search("MEDLINE")
    receipts = []
    for one, more in (("Journal Article", ""), (types, link)):
        file.write_text(ARTICLE.format(types=one, link=more), encoding="utf-8", newline="\n")
        receipts.append(team.r1.import_files([file], search=search))
    [(title, changed)] = receipts[1].files[0].changes
    [record] = team.nobody.records.views()
    first = team.nobody.records.changes(record.id).iloc[0]
    if said is None:
        assert "notice" not in changed and first.field != "notices"
        return
    assert title == "A trial of a drug." and changed.startswith(said)
    assert (first.field, first.before, first.after, first.key) == ("notices", None, said.rpartition(" ")[2], "notice")
    assert texts(team.nobody.tables.record_changes(), "what")[0] == "notice"
    assert [*team.nobody.studies.frame().notices] == [said.rpartition(" ")[2]]
