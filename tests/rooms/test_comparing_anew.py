"""What came in last is compared with what was there, and the answer is that of comparing all anew."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.rooms.team import Team, make_team

TITLE = "Warm socks for cold feet at night: a randomised trial in older people"
REVIEW = "10.5555/14651858.CD000001"
ENTRIES = {
    "same": {"DO": "10.5555/feet.1"},
    "pages cut": {"SP": "101", "EP": "9"},
    "other journal": {"JO": "Annals of Sleep", "VL": "3", "SP": "7"},
    "retitled": {"TI": "Ten years of a clinic for sleep", "DO": "10.5555/feet.1", "SP": "300"},
    "part two": {"TI": f"{TITLE}. Part II"},
    "a version": {"DO": REVIEW},
    "next version": {"DO": f"{REVIEW}.pub2"},
    "erratum": {"TI": f"Erratum: {TITLE}", "DO": "10.5555/feet.1"},
    "no place": {"JO": "", "VL": "", "SP": "", "EP": ""},
}
CHANGES = st.lists(
    st.one_of(
        st.lists(st.tuples(st.sampled_from(sorted(ENTRIES)), st.integers(0, 1)), min_size=1, max_size=3, unique=True),
        st.sampled_from(["undo", "keep apart", "merge", "take back the first import", "add by hand"]),
    ),
    min_size=2,
    max_size=5,
)


def entry(kind: str, n: int) -> str:
    said = {"TI": TITLE, "JO": "Journal of Feet and Ankles", "VL": "14", "SP": "101", "EP": "109", **ENTRIES[kind]}
    lines = ["TY  - JOUR", "AU  - Hale, Rita", "AU  - Moss, Tom", "PY  - 2012", f"N1  - {kind} {n}"]
    return "\n".join([*lines, *(f"{tag}  - {value}" for tag, value in said.items() if value), "ER  - ", "", ""])


@contextmanager
def reviewed() -> Iterator[Team]:
    with tempfile.TemporaryDirectory() as name:
        team = make_team(Path(name))
        yield team
        team.ledger.close()


def take(team: Team, entries: Sequence[tuple[str, int]], search: str, *, whole: bool) -> None:
    path = team.folder / "file.ris"
    path.write_text("".join(entry(*one) for one in entries), encoding="utf-8")
    if whole:
        team.r1.records.import_files([path], search=search)
        team.r1.studies.find()
    else:
        team.r1.import_files([path], search=search)


def act(team: Team, what: str, search: str, *, whole: bool) -> None:
    """What a person does, where there is something to do it on."""
    studies = team.lead.studies
    merges = [e.id for e in studies.decisions() if e.kind == "studies.merged"]
    doubts = studies.unsure()
    if what == "undo" and merges:
        studies.undo(merges[0])
    elif what in ("keep apart", "merge") and doubts:
        two = [doubts[0].first.id, doubts[0].second.id]
        studies.keep_apart(two, reason="so") if what == "keep apart" else studies.merge(two, reason="so")
    elif what == "take back the first import" and team.r1.records.imports():
        team.r1.records.undo(team.r1.records.imports()[0].id)
    elif what == "add by hand":
        team.r1.records.add(search, title=TITLE, authors=["Hale R", "Moss T"], year=2012, journal="J Feet Ankles", volume="14")
        if whole:
            team.r1.studies.find()


def written(team: Team) -> list[tuple[object, ...]]:
    events = (e for e in team.ledger.events() if e.kind.startswith("studies.") or (e.withdraws and e.by_tool))
    return [(e.kind, e.subject, e.actor, {**e.body}) for e in events]


def changed(changes: Sequence[object], *, whole: bool) -> tuple[list[tuple[object, ...]], object]:
    with reviewed() as team:
        search = team.search()
        for change in changes:
            if isinstance(change, str):
                act(team, change, search, whole=whole)
            else:
                take(team, change, search, whole=whole)
        groups = {frozenset(report.members) for report in team.nobody.studies.report_views()}
        return written(team), (groups, {frozenset({d.first.id, d.second.id}) for d in team.nobody.studies.unsure()})


def same(changes: Sequence[object]) -> None:
    assert changed(changes, whole=False) == changed(changes, whole=True)


@settings(max_examples=6, deadline=None)
@given(changes=CHANGES)
def test_what_is_written_is_what_comparing_all_would_write(changes: list[object]) -> None:
    same(changes)


@pytest.mark.soak
@settings(max_examples=60, deadline=None)
@given(changes=CHANGES)
def test_what_is_written_is_what_comparing_all_would_write_of_many(changes: list[object]) -> None:
    same(changes)


@pytest.mark.parametrize(
    "changes",
    [
        [[("same", 0), ("no place", 0)], [("a version", 0)], [("next version", 0)]],
        [[("same", 0)], [("same", 1)], "undo", [("pages cut", 0)]],
        [[("same", 0)], [("retitled", 0)], "keep apart", [("retitled", 1)], [("same", 1)]],
        [[("no place", 0)], [("a version", 0)], [("next version", 0)], "take back the first import", [("erratum", 0)]],
    ],
)
def test_what_one_record_more_turns(changes: list[object]) -> None:
    same(changes)


def one_by_one(found: Sequence[tuple[str, int]]) -> None:
    _, ends = changed([[one] for one in found], whole=False)
    assert ends == changed([list(found)], whole=False)[1]


def test_groups_and_doubts_are_those_of_one_import() -> None:
    one_by_one([("same", 0), ("no place", 0), ("retitled", 0), ("erratum", 0), ("part two", 0), ("next version", 0), ("same", 1)])


def test_an_entry_by_hand_is_compared_without_a_number(team: Team) -> None:
    search = team.search()
    for journal in ("Journal of Feet and Ankles", "J Feet Ankles"):
        team.r1.records.add(search, title=TITLE, authors=["Hale R", "Moss T"], year=2012, journal=journal, volume="14")
    assert len(team.nobody.studies.report_views()) == 1


def test_records_that_share_a_key_with_too_many_are_told_of(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("review.studies.duplicates.blocking.LARGEST_BLOCK", 5)
    entries = "".join(
        f"TY  - JOUR\nTI  - {TITLE}, part {n} of a long series\nAU  - Hale, Rita\nPY  - {1990 + n}\nER  - \n\n" for n in range(8)
    )
    with reviewed() as team:
        search, file = team.search(), team.folder / "many.ris"
        file.write_text(entries, encoding="utf-8")
        said = team.r1.import_files([file], search=search).compared
        assert "8 records share a key" in said and "more than 5 others" in said and "look for further duplicates" in said
        assert team.r1.studies.find()["crowded"] == 8
        (team.folder / "one.ris").write_text(entries.split("\n\n")[0].replace("1990", "1980") + "\n", encoding="utf-8")
        said = team.r1.import_files([team.folder / "one.ris"], search=search).compared
        assert "share" in said, "what came last was compared alone, and stands in the same crowd"
        monkeypatch.setattr("review.studies.duplicates.blocking.LARGEST_BLOCK", 400)
        assert team.r1.studies.find()["crowded"] == 0
