"""The checklists: every item once, and 'done' only for what stands in the rendered reports."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from review import Review
from review.errors import InputRefused, NotFound
from review.reporting.checklist import Checklist, Line, checklist
from review.reporting.checklist_facts import HOMES
from review.reporting.checklist_items import STATES, guidelines, items
from review.reporting.rendered import rendered_texts
from tests.reporting.executed import Cells, change, read_page, rows_of, run, with_words, without
from tests.rooms.graded import NO_CONCERN
from tests.rooms.team import PLAN, Team, make_team
from tests.structure.tree import ROOT

NAMES = ("PRISMA 2020", "PRISMA 2020 abstract", "PRISMA-S")
MAIN = [
    *"1 2 3 4 5 6 7 8 9 10a 10b 11 12 13a 13b 13c 13d 13e 13f 14 15 16a 16b 17 18 19 20a 20b 20c 20d 21 22".split(),
    *"23a 23b 23c 23d 24a 24b 24c 25 26 27".split(),
]
HALF, AUTHOR = "data available, author to write", "author to write"


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Review]:
    """The example review in a folder of its own, with its reports executed in ``made``."""
    folder = tmp_path_factory.mktemp("checklist") / "example"
    folder.mkdir()
    shutil.copy(ROOT / "review.toml", folder)
    shutil.copytree(ROOT / "data", folder / "data", ignore=shutil.ignore_patterns("*.sqlite3*"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("REVIEW_PROJECT", str(folder))
        run(folder / "made")
    with closing(Review.open(folder)) as rv:
        yield rv


@pytest.fixture(scope="module")
def stood(example: Review) -> list[dict[str, str]]:
    """The state of each item of each checklist, by the reports as they were made."""
    return [states(fill(example, example.folder / "made", name)) for name in NAMES]


@pytest.fixture
def made(example: Review, tmp_path: Path) -> Path:
    """A copy of the example's executed reports, to be changed."""
    return Path(shutil.copytree(example.folder / "made", tmp_path / "made"))


def fill(rv: Review, folder: Path | None, name: str = "PRISMA 2020") -> Checklist:
    """The checklist of *rv* by the reports in *folder*; without one, by none."""
    return checklist(rv._rooms, rendered_texts(folder) if folder else {}, name)


def states(made: Checklist) -> dict[str, str]:
    return {line.item.item: line.state for line in made.lines}


def of(state: str, made: Checklist) -> list[str]:
    return [item for item, its in states(made).items() if its == state]


def every_line(rv: Review, folder: Path | None) -> list[Line]:
    return [line for name in NAMES for line in fill(rv, folder, name).lines]


# the items


def test_the_items_are_those_of_the_guidelines() -> None:
    assert [one.name for one in guidelines()] == list(NAMES)
    assert [one.item for one in items("PRISMA 2020")] == MAIN and len(MAIN) == 42
    assert len({re.sub(r"\D", "", number) for number in MAIN}) == 27
    assert [one.item for one in items("PRISMA 2020 abstract")] == [str(n) for n in range(1, 13)]
    assert [one.item for one in items("PRISMA-S")] == [str(n) for n in range(1, 17)]
    kinds = [one.kind for one in items("PRISMA 2020")]
    assert {one.item for one in items("PRISMA 2020") if one.kind == "human"} == {"3", "23a", "23b", "23d"} and len(kinds) == 42


def test_no_two_items_of_a_guideline_are_told_alike() -> None:
    for name in NAMES:
        told = [one.text for one in items(name)]
        assert len(set(told)) == len(told) and all(len(text.split()) > 3 for text in told)


def test_an_unknown_checklist_is_refused_with_the_known_ones(example: Review) -> None:
    with pytest.raises(InputRefused, match="there is no checklist 'PRISMA 2009'"):
        example.tables.checklist("PRISMA 2009")


def test_a_folder_that_is_not_there_is_refused(example: Review) -> None:
    with pytest.raises(NotFound, match="folder of rendered reports is not there"):
        example.tables.checklist(rendered="nowhere")


# the example, as a methodologist reads it


def test_what_the_example_has_done(example: Review, made: Path) -> None:
    found = fill(example, made)
    done = "4 5 6 8 9 11 16a 16b 17 24a 24b 24c 25 26".split()
    assert of("done", found) == done
    assert of("not applicable", found) == "13a 13d 13e 13f 14 20a 20b 20c 20d 21".split()
    assert of(HALF, found) == "1 2 7 10a 10b 15 18 22 23c 27".split()
    assert of(AUTHOR, found) == "3 12 13b 13c 19 23a 23b 23d".split()
    assert all("no synthesis" in line.why for line in found.lines if line.state == "not applicable")


def test_what_its_searches_have_done(example: Review, made: Path) -> None:
    found = fill(example, made, "PRISMA-S")
    assert of("done", found) == "3 4 6 8 13 15 16".split()
    assert of("not applicable", found) == "1 2 7 12".split()
    assert of(HALF, found) == ["5"]
    assert of(AUTHOR, found) == "9 10 11 14".split()


def test_an_abstract_is_never_done_and_has_its_figures(example: Review, made: Path) -> None:
    found = {line.item.item: line for line in fill(example, made, "PRISMA 2020 abstract").lines}
    assert {line.state for line in found.values()} == {HALF, AUTHOR}
    assert found["10"].state == found["8"].state == AUTHOR
    assert "2 studies in 2 reports" in found["7"].why and "NCT05605665: 30 (type not stated)" in found["7"].why
    assert "WHO ICTRP, 16 Feb 2026" in found["4"].why and "not registered" in found["12"].why


def test_without_a_rendered_report_nothing_is_done(example: Review) -> None:
    lines = every_line(example, None)
    assert {line.state for line in lines} <= set(STATES) and "done" not in {line.state for line in lines}


def test_states_are_four_and_their_reasons_are_said(example: Review, made: Path) -> None:
    for line in every_line(example, made):
        assert line.state in STATES
        assert (line.state == "done") == (line.why == "")
        assert line.where if line.state == "done" else True


def test_the_same_twice(example: Review, made: Path) -> None:
    first, second = (example.tables.checklist(name, rendered=str(made)).to_json() for name in ("PRISMA-S", "PRISMA-S"))
    assert first == second


def test_where_a_table_would_stand_is_where_it_stands(example: Review, made: Path) -> None:
    shown: dict[str, tuple[str, str]] = {}
    for report in rendered_texts(made).values():
        for block in report.blocks:
            shown.setdefault(block.key, (report.title, block.title))  # what two pages show is looked for on the first
    assert {key: shown[key] for key in HOMES if key in shown} == {key: home for key, home in HOMES.items() if key in shown}
    assert set(HOMES) <= set(shown)


# what is done stands there, read back by other means


def figures_found(rv: Review, made: Path) -> dict[str, int]:
    """By done line, how many rows of its evidence stand on the pages that it names; it fails where one does not.

    The pages are made from the notebooks and parsed anew; nothing of the checklist's own reading is used.
    """
    pages = {path.stem: read_page(made, path.stem) for path in made.glob("*.ipynb")}
    checked = {}
    for line in every_line(rv, made):
        if line.state != "done":
            continue
        held = []
        for place in line.where:
            name, _, target = place.address.partition("#")
            page = pages[name.removesuffix(".html")]
            blocks = page.xpath(f"//*[@id='{target}']") if target else [page]
            assert len(blocks) == 1, f"{line.item.item}: {place.address}"
            held += rows_of(blocks[0])
        for row in line.evidence:
            words = [" ".join(word.split()) for word in row]
            assert any(all(word in text for word in words) for text in held), f"{line.item.guideline} {line.item.item}: {row}"
        checked[f"{line.item.guideline} {line.item.item}"] = len(line.evidence)
    return checked


def test_every_figure_of_a_done_line_stands_on_its_page(example: Review, made: Path) -> None:
    checked = figures_found(example, made)
    assert set(checked) == {f"{line.item.guideline} {line.item.item}" for line in every_line(example, made) if line.state == "done"}
    assert all(checked.values()) and sum(checked.values()) > 100, "no line is done without a figure or a text"


@pytest.mark.parametrize("word", ["2", "12", "1,2", "a.b"])
def test_a_figure_is_found_for_itself_only(example: Review, made: Path, word: str) -> None:
    from review.reporting.rendered import RenderedBlock

    block = RenderedBlock("k", "t", ("of 112 in 2024, 12.5 and 1,200; xa.bx",))
    assert block.lacks([(word,)]) == [word]
    assert RenderedBlock("k", "t", (f"(n = {word}) there",)).lacks([(word,)]) == []


# a report that changed


@pytest.mark.parametrize(
    ("report", "alter", "falls", "falls_in_s"),
    [
        ("10_protocol", without("criteria"), ["5"], []),
        ("10_protocol", without("question"), ["4"], []),
        ("10_protocol", without("statements"), ["5", "24a", "24b", "24c", "25", "26"], []),
        ("20_records", without("strategies"), [], ["3", "4", "8", "13"]),
        ("20_records", without("duplicates"), [], ["16"]),
        ("20_records", with_words("searches", "18 Feb 2026", "19 Feb 2026"), ["6"], []),
        ("20_records", with_words("searches", "WHO ICTRP", "WHO"), ["6"], []),
        ("30_flow", without("flow-numbers"), ["16a"], ["15"]),
        ("30_flow", without("Flow of records, reports and studies"), ["16a"], []),
        ("40_screening", without("screening-process"), ["8"], []),
        ("50_characteristics", without("data-collection"), ["9"], []),
        ("50_characteristics", without("characteristics-included"), ["17"], []),
        ("50_characteristics", without("excluded-reports"), ["16b"], []),
        ("55_evidence", without("contacts"), [], ["6"]),
        ("60_bias", without("appraisal-process"), ["11"], []),
    ],
)
def test_what_a_report_no_longer_shows_is_no_longer_done(
    example: Review,
    made: Path,
    stood: list[dict[str, str]],
    report: str,
    alter: Callable[[Cells], None],
    falls: list[str],
    falls_in_s: list[str],
) -> None:
    change(made, report, alter)
    after = [fill(example, made, name) for name in NAMES]
    for was, now, expected in zip(stood, after, (falls, [], falls_in_s), strict=True):
        assert [item for item, state in states(now).items() if state != was[item]] == expected
        for line in now.lines:
            if line.item.item in expected:
                assert line.state == HALF and ("not in the rendered reports" in line.why or "does not show" in line.why)


def test_a_number_that_is_not_the_ledgers_is_named(example: Review, made: Path) -> None:
    def alter(cells: Cells) -> None:
        with_words("flow-numbers", "Records screened", "Records seen")(cells)

    change(made, "30_flow", alter)
    line = next(one for one in fill(example, made).lines if one.item.item == "16a")
    assert line.state == HALF and "does not show “Records screened · 2”" in line.why


def test_a_notebook_that_failed_shows_nothing(example: Review, made: Path) -> None:
    (made / "10_protocol.ipynb").rename(made / "10_protocol.failed.ipynb")
    assert {"4", "5", "24a"}.isdisjoint(of("done", fill(example, made)))


# what an author writes


def tagged(tag: str, source: str) -> Callable[[Cells], None]:
    return lambda cells: cells.append({"cell_type": "markdown", "metadata": {"tags": [tag]}, "source": source, "id": "more"})


def test_a_text_that_its_author_tags_answers_its_item(example: Review, made: Path, stood: list[dict[str, str]]) -> None:
    before = stood[0]
    change(made, "90_index", tagged("prisma-2020-23a", "## Discussion\n\nIt agrees with the other reviews."))
    found = fill(example, made)
    changed = [line for line in found.lines if line.state != before[line.item.item]]
    assert [(line.item.item, line.state, line.where[0].title) for line in changed] == [("23a", "done", "Discussion")]
    assert states(fill(example, made, "PRISMA-S"))["11"] == AUTHOR


def test_a_tag_does_not_stand_for_a_table(example: Review, made: Path) -> None:
    change(made, "90_index", tagged("prisma-2020-27", "Everything is public, at the address of the protocol."))
    assert states(fill(example, made))["27"] == "done"
    change(made, "90_index", without("availability"))
    assert states(fill(example, made))["27"] == HALF


def test_a_tagged_heading_alone_is_no_text(example: Review, made: Path) -> None:
    change(made, "90_index", tagged("prisma-2020-23a", "## Discussion"))
    assert states(fill(example, made))["23a"] == AUTHOR


# reviews at other moments


def test_a_new_review_has_nothing_done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(Review.create(tmp_path / "new", title="A systematic review of something")) as rv:
        assert not [line.item.item for line in every_line(rv, rv.folder / "notebooks") if line.state != AUTHOR]
        monkeypatch.setenv("REVIEW_PROJECT", str(rv.folder))
        made = run(tmp_path / "made")
        assert {line.state for line in every_line(rv, made)} == {AUTHOR}


@pytest.fixture
def team(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Team]:
    plan = PLAN.replace('title = "A review for tests"', 'title = "A drug for a disease: a systematic review"')
    plan = plan.replace('registration = "none"', 'registration = "PROSPERO 420261"\nfunding = "A foundation"\nprotocol_link = "none"')
    made = make_team(tmp_path / "review", plan=plan + '\n[synthesis]\ngroups = ["drug against none"]\n')
    monkeypatch.setenv("REVIEW_PROJECT", str(made.folder))
    yield made
    made.ledger.close()


def test_a_frozen_protocol_states_what_it_states_and_no_more(team: Team, tmp_path: Path) -> None:
    found = fill(team.nobody, run(tmp_path / "made"))
    assert of("done", found) == "1 4 5 24a 24b 24c".split()
    assert of("not applicable", found) == []
    half = {line.item.item: line.why for line in found.lines if line.state == HALF}
    assert set(half) == {"2", "8", "10a", "13a", "15", "22", "25", "27"}
    assert "funder" in half["25"] and "nobody has decided" in half["8"]
    assert states(fill(team.nobody, None, "PRISMA-S"))["16"] == AUTHOR


def test_half_way_nothing_of_the_results_is_done(team: Team, tmp_path: Path) -> None:
    search = team.search(hits=3)
    one, _, third = (team.article(search, title) for title in ("One", "Two", "Three"))
    team.include(one, "included")
    team.decide(third, "exclude", "exclude")
    found = fill(team.nobody, run(tmp_path / "made"))
    assert of("done", found) == "1 4 5 6 24a 24b 24c".split()
    why = {line.item.item: line.why for line in found.lines if line.state == HALF}
    assert all("one record or report still waits" in why[item] for item in ("8", "16a", "17"))
    assert why["9"].startswith("nobody has extracted or checked a value of Doe 2020")
    assert why["7"].startswith("no strategy was recorded for Embase")


def finished(team: Team, *titles: str) -> list[str]:
    """Articles that one search found, each carried through and included, with a number of participants; returns the studies' ids."""
    search = team.r1.searches.record(
        "Embase",
        kind="database",
        platform="Ovid",
        strategy="drug AND disease",
        searched="2026-01-05",
        hits=2,
        limits="none",
        filters="none",
    )
    made = [team.include(team.article(search, title), "included") for title in titles]
    for study in made:
        for item, value in (("participants", "40"), ("allocation", "none"), ("intervention", "a drug"), ("outcome", "Activity")):
            extract(team, study, item, value)
    return made


def extract(team: Team, study: str, item: str, value: str, **about: str) -> None:
    """Both extractors record the same value."""
    for rv in team.both:
        rv.extraction.record(study, item=item, value=value, quotation=f"{item} {value}", location="page 3", **about)


@pytest.mark.soak
def test_results_are_done_when_every_included_study_has_its_own(team: Team, tmp_path: Path) -> None:
    one, two = finished(team, "One", "Two")
    extract(team, one, "events", "12", outcome="Activity", arm="drug")
    extract(team, one, "n_analysed", "40", outcome="Activity", arm="drug")
    half = {line.item.item: line for line in fill(team.nobody, run(tmp_path / "half")).lines}
    assert half["19"].state == HALF and half["19"].why.startswith("no result is recorded for Doe 2020")
    assert half["13b"].state == HALF and half["13b"].why == "what was done where statistics were missing is stated nowhere"
    extract(team, two, "effect", "0.81", outcome="Activity")
    extract(team, two, "effect_measure", "RR", outcome="Activity")
    bare = {line.item.item: line for line in fill(team.nobody, tmp_path / "half").lines}
    assert bare["19"].state == HALF and "no confidence interval or standard error of the effect in Doe 2020" in bare["19"].why
    for item, value in (("ci_lower", "0.5"), ("ci_upper", "1.2")):
        extract(team, two, item, value, outcome="Activity")
    full = {line.item.item: line for line in fill(team.nobody, run(tmp_path / "full")).lines}
    assert full["19"].state == "done" and {row[1] for row in full["19"].evidence} == {"12", "40", "0.81", "RR", "0.5", "1.2"}
    assert full["12"].state == HALF and "Measures in the sources: RR" in full["12"].why
    assert full["13c"].state == HALF
    assert figures_found(team.nobody, tmp_path / "full")["PRISMA 2020 19"] == len(full["19"].evidence) > 3
    assert [full[item].state for item in ("7", "8", "9", "16a", "17")] == ["done"] * 5
    change(tmp_path / "full", "55_evidence", with_words("results", "Activity", "Something else"))
    assert states(fill(team.nobody, tmp_path / "full"))["19"] == "done"
    change(tmp_path / "full", "55_evidence", without("results"))
    assert states(fill(team.nobody, tmp_path / "full"))["19"] == HALF


@pytest.mark.soak
def test_judgements_are_done_when_every_included_study_has_one_or_a_reason(team: Team, tmp_path: Path) -> None:
    one, two = finished(team, "One", "Two")
    for rv in team.both:
        rv.bias.not_assessed(one, tool="jbi-case-series", reason="No result is in hand.")
    assert states(fill(team.nobody, run(tmp_path / "none")))["18"] == HALF
    extract(team, two, "design", "case-series")
    for rv in team.both:
        answers = {q.id: "Y" for q in rv.bias.tool("jbi-case-series").questions()}
        rv.bias.judge(two, tool="jbi-case-series", result="Activity", answers=answers, judgements={"overall": "Include"})
    found = {line.item.item: line for line in fill(team.nobody, run(tmp_path / "made")).lines}
    assert found["18"].state == "done" and len(found["18"].where) == 2
    assert found["11"].state == "done"
    assert all(figures_found(team.nobody, tmp_path / "made")[f"PRISMA 2020 {item}"] for item in ("11", "18"))


def test_certainty_is_done_when_all_due_have_graded_every_outcome(team: Team, tmp_path: Path) -> None:
    finished(team, "One")
    half = {line.item.item: line for line in fill(team.nobody, run(tmp_path / "none")).lines}
    assert half["15"].state == half["22"].state == HALF and "states no comparator" in half["22"].why
    call = {"comparison": "a drug versus placebo", "start": "randomised", "ratings": NO_CONCERN}
    team.r1.certainty.grade("Activity", **call)
    assert states(fill(team.nobody, tmp_path / "none"))["22"] == HALF, "what is open is no grading yet"
    team.r2.certainty.grade("Activity", **call)
    made = run(tmp_path / "made")
    found = {line.item.item: line for line in fill(team.nobody, made).lines}
    assert found["15"].state == found["22"].state == "done" and found["22"].evidence == (("Activity", "High"),)
    assert all(figures_found(team.nobody, made)[f"PRISMA 2020 {item}"] for item in ("15", "22"))
    change(made, "65_certainty", with_words("summary-of-findings-a-drug-versus-placebo", "⊕⊕⊕⊕\nHigh", "⊕⊕◯◯\nLow"))
    assert states(fill(team.nobody, made))["22"] == HALF
    team.r1.certainty.grade(
        "Activity", **{**call, "ratings": {**NO_CONCERN, "imprecision": -1}}, explanations={"imprecision": "few events"}
    )
    line = next(one for one in fill(team.nobody, made).lines if one.item.item == "22")
    assert line.state == AUTHOR and "not graded yet, and without a reason: Activity" in line.why, "in conflict nothing stands"


def test_a_planned_source_that_was_not_searched_keeps_the_sources_open(team: Team, tmp_path: Path) -> None:
    team.search("MEDLINE")
    line = next(one for one in fill(team.nobody, run(tmp_path / "made")).lines if one.item.item == "6")
    assert line.state == HALF and line.why == "planned and not recorded as searched: Embase"


def test_an_open_decision_of_another_changes_no_line(team: Team, tmp_path: Path) -> None:
    report = team.article(team.search(), "One")
    made = run(tmp_path / "made")
    before = [line.why for line in every_line(team.r2, made)]
    team.r1.screening.decide(report, stage="title_abstract", decision="exclude", reason="P1")
    assert [line.why for line in every_line(team.r2, made)] == before


# as a table


def test_the_table_links_to_what_it_names(example: Review, made: Path) -> None:
    table = example.tables.checklist(rendered=str(made))
    row = next(row for row in table.rows if row[0].text == "5")
    assert row[3].text == "Done, see Protocol: Eligibility criteria\nProtocol: Title, registration, support and interests"
    assert '<a href="10_protocol.html#table-criteria">Protocol: Eligibility criteria</a>' in table.html()
    assert len(table.rows) == 42 and [len(row) for row in table.rows] == [5] * 42


def test_the_numbers_add_up(example: Review, made: Path) -> None:
    for row in example.tables.checklist_summary(rendered=str(made)).rows:
        *counts, total = (int(cell.text) for cell in row[1:])
        assert sum(counts) == total
    unread = example.tables.checklist_summary()
    assert "No rendered report was found" in unread.notes[0]


def test_words_and_link_are_text(tmp_path: Path) -> None:
    from review.reporting.table import Cell, Column, Table

    cell = Cell('see <b>A & B</b> "there"', links=(("<b>A & B</b>", 'x.html#"><script>'),))
    shown = Table("k", "t", (Column("a", "A"),), ((cell,),)).html()
    assert "<script" not in shown and "<b>" not in shown
    assert '<a href="x.html#&quot;&gt;&lt;script&gt;">&lt;b&gt;A &amp; B&lt;/b&gt;</a>' in shown
