"""Pictures of bias: they show what was judged, a blank becomes no judgement, and print, all eyes and screen readers can read them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from lxml import etree

from review.bias import load_tool, read_robvis, tool_names
from review.bias.algorithm import Level
from review.errors import InputRefused, NotFound
from review.reporting import bias_pictures as pictures
from review.reporting.bias_pictures_lights import HIGHEST
from review.reporting.bias_pictures_paper import contrast, ink_on
from review.reporting.bias_pictures_rows import Board, slots
from review.reporting.documents.markup import clean_html
from review.reporting.documents.model import Picture, document_of
from review.reporting.lettering import width
from review.reporting.publishing import bias_files
from tests.reporting.colours import DEFICIENCIES, ciede2000, smallest
from tests.rooms.appraised import EFFECT, OUTCOMES, TOOL, answers_of, include_trials, level_of, make_appraised
from tests.rooms.team import Team, make_team

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = '<script>alert(1)</script> $\\alpha$ & "quoted" ]]> \u202eevil'


@pytest.fixture(scope="module")
def appraised(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Team]:
    team = make_appraised(tmp_path_factory.mktemp("appraised"), 6, names={2: HOSTILE})
    yield team
    team.ledger.close()


@pytest.fixture(scope="module")
def board(appraised: Team) -> Board:
    return pictures.boards(appraised.nobody._rooms)[0]


def many(board: Board, n: int, label: str = "Fixture trial") -> Board:
    """The board with as many judged rows."""
    return replace(board, rows=tuple(replace(board.rows[at % 5], label=f"{label} {at + 1:02}") for at in range(n)))


def texts(svg: str) -> list[etree._Element]:
    return list(etree.fromstring(svg).iter(f"{SVG}text"))


def colours(svg: str) -> Counter[str]:
    return Counter(element.get("fill", "") for element in etree.fromstring(svg).iter(f"{SVG}path"))


def expected(domain: int, trials: range, outcome: int = 0) -> Counter[str]:
    return Counter(level_of(trial, domain, outcome) for trial in trials)


def test_every_level_is_drawn_as_often_as_it_was_judged(appraised: Team) -> None:
    figure = appraised.nobody.figures.traffic_light(TOOL, outcome="Activity")
    judged = Counter(level_of(trial, domain) for trial in range(1, 6) for domain in range(1, 6))
    overall = Counter("High" if "High" in of else "Some concerns" if "Some concerns" in of else "Low" for of in by_trial())
    for level in load_tool(TOOL).levels:
        in_legend = 1
        assert colours(figure.svg)[level.colour["safe"].lower()] == judged[level.label] + overall[level.label] + in_legend


def by_trial() -> list[set[str]]:
    return [{level_of(trial, domain) for domain in range(1, 6)} for trial in range(1, 6)]


def test_alt_text_and_table_have_the_counts(appraised: Team) -> None:
    figure = appraised.nobody.figures.bias_summary(TOOL, outcome="o1")
    for domain, row in enumerate(figure.table.rows[:5], 1):
        wanted = expected(domain, range(1, 6))
        said = ", ".join(f"{wanted[level]} {level}" for level in ("Low", "Some concerns", "High") if wanted[level])
        assert f"D{domain} {load_tool(TOOL).domain(f'D{domain}', EFFECT).label}: {said}." in figure.alt
        assert [cell.text.split()[0] for cell in row[1:4]] == [str(wanted[level]) for level in ("Low", "Some concerns", "High")]
    assert "5 results of 5 studies" in figure.caption
    assert "each result counts alike, not weighted" in figure.caption


def test_results_of_different_outcomes_never_share_a_picture(appraised: Team) -> None:
    with pytest.raises(InputRefused, match="never share a picture") as refused:
        appraised.nobody.figures.traffic_light(TOOL)
    assert "outcome='Activity'" in str(refused.value) and "outcome='Adverse events'" in str(refused.value)
    every = appraised.nobody.figures.bias()
    assert len({figure.name for figure in every}) == 2 * len(OUTCOMES)
    assert f"D1 Randomisation: {expected(1, range(1, 6), 1)['Low']} Low" in every[-1].alt


@pytest.mark.parametrize("asked", [{"outcome": "Pain"}, {"effect": "adhering"}])
def test_a_picture_that_there_is_not(appraised: Team, asked: dict[str, str]) -> None:
    with pytest.raises((NotFound, InputRefused), match="no result"):
        appraised.nobody.figures.traffic_light(TOOL, **asked)  # type: ignore[arg-type]
    with pytest.raises(NotFound, match="no result has been judged with robins-i-2016"):
        appraised.nobody.figures.traffic_light("robins-i-2016")


def test_not_assessed_has_no_colour_and_is_counted(board: Board, appraised: Team) -> None:
    with_, without = (pictures.traffic_light(appraised.nobody._rooms, one) for one in (board, replace(board, apart=())))
    safe = {level.colour["safe"].lower() for level in board.tool.levels}
    assert {c: n for c, n in colours(with_.svg).items() if c in safe} == {c: n for c, n in colours(without.svg).items() if c in safe}
    assert "1 result not assessed: no judgement, shown grey and apart." in with_.caption
    assert "not assessed" not in without.caption
    bars = pictures.bias_summary(appraised.nobody._rooms, board)
    assert all(sum(int(cell.text.split()[0]) for cell in row[1:]) == 5 for row in bars.table.rows)
    assert with_.table.rows[-1][1].why == "not assessed: No result in hand."


def test_a_conflict_and_an_open_answer_are_blank_and_never_low(tmp_path: Path) -> None:
    team = make_team(tmp_path)
    studies = include_trials(team, 3)
    call = {"tool": TOOL, "result": "Activity", "effect": EFFECT}
    for study, trials in zip(studies, ((1, 1), (2, 3), (4, None)), strict=True):
        for rv, trial in zip(team.both, trials, strict=True):
            if trial:
                rv.bias.judge(study, **call, answers=answers_of(trial))  # type: ignore[arg-type]
    figure = team.nobody.figures.traffic_light(TOOL)
    assert "1 result of 1 study. 1 result on which the assessors do not agree yet: shown blank." in figure.caption
    assert [row[0].text for row in figure.table.rows] == ["Fixture trial 01", "Fixture trial 02"]
    assert all(cell.missing == "empty" for cell in figure.table.rows[1][1:-1])
    assert "judged by one of 2 assessors so far" in team.r1.figures.traffic_light(TOOL).caption
    assert "Fixture trial 03" not in figure.html + str(figure.traces)
    team.ledger.close()


def test_each_cell_leads_to_its_assessment(appraised: Team) -> None:
    figure = appraised.nobody.figures.traffic_light(TOOL, outcome="Activity")
    page = etree.fromstring(f"<div>{clean_html(figure.html)}</div>", etree.HTMLParser())
    leads = Counter(link.get("href") for link in page.xpath("//svg//a") if link.find("text") is None)
    rows = [row[0].trace for row in figure.table.rows]
    # a judgement is drawn as a circle and a symbol; where there is none, as a square
    assert leads == {f"#trace-{key}": 12 for key in rows[:5]} | {f"#trace-{rows[5]}": 6}
    entries = figure.traces[str(rows[0])].entries
    assert len(entries) == 2 and all("Assessed" in entry.what for entry in entries)
    assert "<a" not in figure.svg and "#trace" not in figure.svg


def test_weighted_bars_need_every_weight(tmp_path: Path) -> None:
    team = make_appraised(tmp_path, 3, outcomes=1, unassessed=0)
    with pytest.raises(InputRefused, match="no weight is recorded for Fixture trial 01, Fixture trial 02, Fixture trial 03"):
        team.nobody.figures.bias_summary(TOOL, weighted=True)
    for trial, weight in enumerate(("60", "30", "10"), 1):
        study = team.nobody.studies.views()[trial - 1].id
        team.r1.bias.weigh(study, tool=TOOL, result="Activity", effect=EFFECT, weight=weight, source="forest plot")
    figure = team.nobody.figures.bias_summary(TOOL, weighted=True)
    wanted = Counter({level: 0 for level in ("Low", "Some concerns", "High")})
    for trial, weight in enumerate((60, 30, 10), 1):
        wanted[level_of(trial, 1)] += weight
    shares = [re.search(r"\((\d+) %\)", cell.text) for cell in figure.table.rows[0][1:]]
    assert [int(share[1]) if share else 0 for share in shares] == [wanted[level] for level in ("Low", "Some concerns", "High")]
    assert "each result by its recorded weight" in figure.caption
    assert next(iter(bias_robvis(team).splitlines())) == "Study,D1,D2,D3,D4,D5,Overall,Weight"
    team.ledger.close()


def bias_robvis(team: Team) -> str:
    from review.reporting.bias_pictures_files import robvis_texts

    return next(iter(robvis_texts(pictures.boards(team.nobody._rooms)[0]).values()))


@pytest.mark.parametrize(("wide", "n", "pages"), [(174, 6, 1), (85, 6, 1), (85, 20, 1), (174, 60, 2)])
def test_no_text_is_below_seven_points_or_outside_its_page(board: Board, appraised: Team, wide: int, n: int, pages: int) -> None:
    rooms, one = appraised.nobody._rooms, many(board, n, "A multicentre trial with a long name" if n == 6 else "Fixture trial")
    drawn = [*pictures.traffic_light(rooms, one, width=wide).pages, pictures.bias_summary(rooms, one, width=wide).svg]
    assert len(drawn) == pages + 1
    for svg in drawn:
        root = etree.fromstring(svg)
        across, down = (float(number) for number in root.get("viewBox", "").split()[2:])
        assert across == pytest.approx(wide * 72 / 25.4, abs=0.01) and down <= HIGHEST + 1
        for text in root.iter(f"{SVG}text"):
            size, x = float(text.get("font-size", "0").removesuffix("px")), float(text.get("x", "0"))
            taken = width(text.text or "", size, bold=text.get("font-weight") == "700")
            left = {"middle": x - taken / 2, "end": x - taken}.get(text.get("text-anchor", ""), x)
            assert size >= 7 and left >= -0.5 and left + taken <= across + 1, text.text
            assert 0 <= float(text.get("y", "0")) <= down


def test_the_pages_of_sixty_hold_every_row_once(board: Board, appraised: Team) -> None:
    figure = pictures.traffic_light(appraised.nobody._rooms, many(board, 60))
    named = [text.text for svg in figure.pages for text in texts(svg) if (text.text or "").startswith("Fixture trial")]
    assert named == [f"Fixture trial {at:02}" for at in range(1, 61)] + ["Fixture trial 06"]
    assert all("Low" in [text.text for text in texts(svg)] for svg in figure.pages)  # each page has its legend
    assert figure.captions[1].endswith("continued (2 of 2).")
    output = {"output_type": "display_data", "data": figure._repr_mimebundle_(), "metadata": {}}
    cell = {"cell_type": "code", "source": "", "outputs": [output], "metadata": {}}
    blocks = document_of([cell], review="", as_of="", heads={}).blocks
    assert [type(block) for block in blocks] == [Picture, Picture]
    assert [block.caption for block in blocks] == list(figure.captions)  # type: ignore[union-attr]


def test_a_long_name_is_wrapped_and_whole(board: Board, appraised: Team) -> None:
    name = "The collaborative investigators of a multicentre trial with a long name in many countries"
    svg = pictures.traffic_light(appraised.nobody._rooms, many(board, 1, name), width=85).svg
    assert f"{name} 01" in " ".join(text.text or "" for text in texts(svg))


def test_hostile_names_stay_text(appraised: Team, tmp_path: Path) -> None:
    figure = appraised.nobody.figures.traffic_light(TOOL, outcome="Activity")
    shown = " ".join(text.text or "" for text in texts(figure.svg))
    assert "<script>alert(1)</script> $\\alpha$ &" in shown
    assert not list(etree.fromstring(figure.svg).iter(f"{SVG}script"))
    page = etree.fromstring(f"<div>{clean_html(figure.html)}</div>", etree.HTMLParser())
    assert not page.xpath("//script") and "alert(1)" in "".join(page.itertext())
    from pypdf import PdfReader

    (made,) = figure.pdf(tmp_path / "light.pdf")
    reader = PdfReader(made)
    assert "alert(1)" in reader.pages[0].extract_text()
    assert reader.metadata is None or "/CreationDate" not in reader.metadata
    fonts = [font.get_object() for font in reader.pages[0]["/Resources"]["/Font"].values()]  # type: ignore[index,union-attr]
    assert fonts and all("Liberation" in font["/BaseFont"] for font in fonts)


def test_a_name_that_no_font_of_matplotlib_has(board: Board, appraised: Team) -> None:
    figure = pictures.traffic_light(appraised.nobody._rooms, many(board, 1, "试验 \ue000 भारत"))
    assert any("试验" in (text.text or "") for text in texts(figure.svg))


def test_the_same_review_gives_the_same_bytes(appraised: Team, tmp_path: Path) -> None:
    board = pictures.boards(appraised.nobody._rooms)[1]
    makers = (pictures.traffic_light, pictures.bias_summary)
    first, second = ([make(appraised.nobody._rooms, board, palette="cochrane", width=85) for make in makers] for _ in range(2))
    assert [(one.html, one.pages, one.text) for one in first] == [(one.html, one.pages, one.text) for one in second]
    for ending in ("pdf", "png"):
        paths = [getattr(one[0], ending)(tmp_path / f"{at}.{ending}")[0] for at, one in enumerate((first, second))]
        assert paths[0].read_bytes() == paths[1].read_bytes()
    png = (tmp_path / "0.png").read_bytes()
    assert int.from_bytes(png[16:20], "big") == pytest.approx(85 / 25.4 * 300, abs=2)


def test_a_checklist_of_items_has_a_column_each_and_its_own_overall(tmp_path: Path) -> None:
    team = make_team(tmp_path)
    (study,) = include_trials(team, 1, design="single-arm-trial")
    answers = {str(n): "YNU"[n % 3] for n in range(1, 10)} | {"10": "NA"}
    for rv in team.both:
        rv.bias.judge(study, tool="jbi-case-series", result="", answers=answers, judgements={"overall": "Include"})
    figure = team.nobody.figures.traffic_light("jbi-case-series")
    assert [column.head for column in figure.table.columns[1:12]] == [*map(str, range(1, 11)), "Overall"]
    assert [cell.text for cell in figure.table.rows[0][1:12]][-2:] == ["/ Not applicable", "+ Include"]
    assert "the study as a whole" in figure.caption
    shown = [text.text for text in texts(figure.svg)]
    assert {"Yes", "Unclear", "No", "Not applicable", "Include", "Seek further information", "Exclude"} <= set(shown)
    bars = team.nobody.figures.bias_summary("jbi-case-series", width=85)
    assert "Overall: 1 Include." in bars.alt
    assert not [name for name in bias_files(team.nobody._rooms) if "robvis" in name]
    team.ledger.close()


def test_applicability_stands_beside_bias() -> None:
    found = slots(load_tool("quadas-2"), None)
    assert [(slot.part, slot.head) for slot in found] == [
        *(("bias", f"D{n}") for n in (1, 2, 3, 4)),
        *(("applicability", f"D{n}") for n in (1, 2, 3)),
    ]


def test_what_is_left_blank_in_a_domain_is_no_level(board: Board, appraised: Team) -> None:
    first = board.rows[0]
    gap = replace(board, rows=(replace(first, cells=(None, *first.cells[1:])), *board.rows[1:]))
    bars = pictures.bias_summary(appraised.nobody._rooms, gap)
    assert [cell.text.split()[0] for cell in bars.table.rows[0][1:]][-1] == "1"
    assert "D1 Randomisation: " in bars.alt and "1 without a judgement" in bars.alt
    assert "1 cell without a judgement: shown blank." in bars.caption


def test_what_is_not_asked_of_a_study_is_no_missing_judgement(board: Board, appraised: Team) -> None:
    first = board.rows[0]
    partly = replace(board, rows=(replace(first, cells=(None, *first.cells[1:]), unasked=frozenset({0})), *board.rows[1:]))
    light, bars = (make(appraised.nobody._rooms, partly) for make in (pictures.traffic_light, pictures.bias_summary))
    assert "1 cell empty: not asked of that study." in light.caption and "without a judgement" not in light.caption
    assert light.table.rows[0][1].why == "not asked of this study"
    assert [column.head for column in bars.table.columns][1:] == ["Low", "Some concerns", "High"]
    assert sum(int(cell.text.split()[0]) for cell in bars.table.rows[0][1:]) == 4


def test_the_report_folder_gets_every_picture_and_the_file_for_robvis(appraised: Team, tmp_path: Path) -> None:
    files = bias_files(appraised.nobody._rooms)
    stem = "traffic_light_rob2-parallel_assignment_activity"
    assert {f"figures/{stem}.{ending}" for ending in ("svg", "pdf", "png")} <= set(files)
    name = "tables/robvis_rob2-parallel_assignment_activity.csv"
    assert {name, name.replace(".csv", "_not_assessed.csv"), f"tables/{stem}.csv"} <= set(files)
    for at, (_, write) in enumerate(files.items()):
        write(tmp_path / str(at))
        assert (tmp_path / str(at)).stat().st_size > 0
    rows = read_robvis(tmp_path / str(list(files).index(name)), "ROB2")
    assert rows[0].study == "Fixture trial 01" and len(rows) == 5
    assert [dict(row.domains) for row in rows] == [{f"D{d}": level_of(trial, d) for d in range(1, 6)} for trial in range(1, 6)]
    apart = (tmp_path / str(list(files).index(name.replace(".csv", "_not_assessed.csv")))).read_text(encoding="utf-8")
    assert apart.splitlines()[1].startswith("Fixture trial 06,not assessed,") and "No result in hand." in apart


@pytest.mark.parametrize("asked", [{"palette": "grey"}, {"width": 100}])
def test_a_palette_or_a_width_that_there_is_not(appraised: Team, asked: dict[str, object]) -> None:
    with pytest.raises(InputRefused, match="palette 'grey'|100 mm"):
        appraised.nobody.figures.bias(**asked)  # type: ignore[arg-type]


def levels() -> list[tuple[str, Level]]:
    return [(name, level) for name in tool_names() for level in (*load_tool(name).levels, *load_tool(name).overall_levels)]


@pytest.mark.parametrize("palette", pictures.PALETTES)
def test_symbols_stand_out_from_their_colour(palette: str) -> None:
    weak = [(name, level.id) for name, level in levels() if contrast(level.colour[palette], ink_on(level.colour[palette])) < 4.5]
    assert not weak


def test_three_levels_can_be_told_apart_by_everybody() -> None:
    """The aim: 19 under each simulated deficiency, 11 in grey. What four levels give is printed by benchmarks/colours.py."""
    for name in tool_names():
        for scale in (load_tool(name).levels, load_tool(name).overall_levels):
            ranked = [level.colour["safe"] for level in scale if level.rank is not None]
            if len(ranked) == 3:
                assert all(smallest(ranked, by) >= 19 for by in ("normal", *DEFICIENCIES)), name
                assert smallest(ranked, "grey") >= 11, name


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [
        ((50, 2.6772, -79.7751), (50, 0, -82.7485), 2.0425),
        ((50, 2.5, 0), (61, -5, 29), 22.8977),
        ((50, 2.49, -0.001), (50, -2.49, 0.0011), 7.2195),
        ((2.0776, 0.0795, -1.135), (0.9033, -0.0636, -0.5514), 0.9082),
    ],
)
def test_the_measure_of_colours_is_that_of_its_authors(
    one: tuple[float, float, float], other: tuple[float, float, float], apart: float
) -> None:
    assert ciede2000(one, other) == pytest.approx(apart, abs=5e-5)
