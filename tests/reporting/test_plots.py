"""Pictures of results as files: the same bytes each time, selectable text on its page, hostile names as text, links to origins, words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from math import hypot
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from review.errors import InputRefused, NotFound
from review.model.synthesis import (
    AlbatrossPoint,
    Arm,
    BaujatPoint,
    BubbleLine,
    BubblePoint,
    EffectPoint,
    EffectPoints,
    ForestRow,
    HarvestBar,
    RiskPoint,
)
from review.reporting.analysis_forest import short_name, totals
from review.reporting.analysis_lines import Line
from review.reporting.bias_pictures_lights import HIGHEST
from review.reporting.documents.markup import clean_html
from review.reporting.documents.model import Picture, document_of
from review.reporting.plots import (
    Plot,
    draw_albatross,
    draw_baujat,
    draw_bubble,
    draw_direction,
    draw_drapery,
    draw_forest,
    draw_funnel,
    draw_harvest,
    draw_labbe,
)
from review.reporting.plots.paper import labels_beside, width_of
from review.reporting.plots.scales import Scale, round_ratios, round_values
from review.reporting.plots.wording import p_words, shown, told_apart
from review.reporting.trace_view import Trace
from review.synthesis.measures import measure_of
from tests.reporting import forests
from tests.reporting.boxes import beyond, boxes, overlaps
from tests.reporting.small_synthesis import arms, planned, reviewed

COLUMNS = ("Favours control", "No clear direction", "Favours treatment")
SUITS = ("uncontrolled", "controlled", "randomised")
MAKERS: dict[str, Callable[[int], Plot]] = {
    "forest": lambda width: draw_forest(forests.bcg(), width=width),
    "funnel": lambda width: draw_funnel(forests.bcg_points(), width=width),
    "drapery": lambda width: draw_drapery(forests.bcg_points(), width=width),
    "baujat": lambda width: draw_baujat(forests.influences(), title="BCG", width=width),
    "labbe": lambda width: draw_labbe(forests.risks(), title="BCG", effect=0.49, arms=("BCG vaccine", "Control"), width=width),
    "harvest": lambda width: draw_harvest(
        forests.harvest(), title="Made-up", columns=COLUMNS, levels=SUITS, shades=("low risk", "high risk"), width=width
    ),
    "albatross": lambda width: draw_albatross(forests.albatross(), title="Made-up", contours=(0.1, 0.25, 0.5), width=width),
    "direction": lambda width: _directions(width),
}
DOMAINS = ("Pain", "Function", "Quality of life")


def _directions(width: int) -> Plot:
    rows, tests = forests.directions()
    return draw_direction(rows, title="Made-up", domains=DOMAINS, tests=tests, width=width)


@pytest.fixture(scope="module")
def plots() -> dict[tuple[str, int], Plot]:
    return {(kind, width): make(width) for kind, make in MAKERS.items() for width in (174, 85)}


@pytest.mark.parametrize("kind", MAKERS)
def test_words_stand_apart_on_their_page_and_are_large_enough(plots: dict[tuple[str, int], Plot], kind: str) -> None:
    for width in (174, 85):
        for page in plots[kind, width].pages:
            found = boxes(page)
            assert not overlaps(found)
            assert not beyond(page, found)
            assert min(box.size for box in found) >= 6.5
            assert float(etree.fromstring(page).get("width", "").removesuffix("pt")) <= width * 72 / 25.4 + 0.01


@pytest.mark.parametrize("kind", MAKERS)
def test_the_same_rows_give_the_same_bytes(plots: dict[tuple[str, int], Plot], kind: str) -> None:
    again = MAKERS[kind](85)
    assert (again.pages, again.linked, again.csv(), again.alt) == (
        plots[kind, 85].pages, plots[kind, 85].linked, plots[kind, 85].csv(), plots[kind, 85].alt,
    )  # fmt: skip


@pytest.mark.parametrize("kind", MAKERS)
def test_every_row_keeps_its_key_and_the_ids_of_its_facts(plots: dict[tuple[str, int], Plot], kind: str) -> None:
    plot = plots[kind, 174]
    keys = {str(row["key"]) for row in plot.numbers if row.get("key")}
    links = {link.get("href") for link in etree.fromstring(plot.svg(links=True)).iter("{http://www.w3.org/2000/svg}a")}
    assert links == {f"#trace-{key}" for key in keys} and len(keys) >= 8
    assert all(row["events"] for row in plot.numbers if row.get("element") in ("study", "result") and row.get("key"))
    assert "<a" not in plot.svg()


@pytest.mark.parametrize("kind", MAKERS)
def test_every_origin_is_reached_by_keyboard_and_by_name(plots: dict[tuple[str, int], Plot], kind: str) -> None:
    """One stop for each origin, at its first words; a point without words beside it is called by its row of the table."""
    plot = plots[kind, 85]
    names = {f"#trace-{row['key']}": str(row["label"]) for row in reversed(plot.numbers) if row.get("key")}
    links = list(etree.fromstring(plot.svg(links=True)).iter("{*}a"))
    stops = [link for link in links if link.get("tabindex") != "-1"]
    assert sorted(link.get("href") for link in stops) == sorted(names)
    for link in stops:
        assert link.get("aria-hidden") is None
        said = link.get("aria-label") or "".join(text for one in link.iter("{*}text") for text in one.itertext())
        assert said and (link.get("aria-label") is None or said == names[link.get("href")])
    if kind in ("funnel", "drapery", "labbe"):
        assert [link.findtext("{*}title") for link in stops] == [names[link.get("href")] for link in stops]


def test_a_label_is_nearest_to_its_own_point() -> None:
    """No room on the right, and on the left it would be read as the name of the other point: it goes above."""
    marks = [(50.0, 50.0, 2.6), (30.0, 58.0, 2.6)]
    place, other = labels_beside(marks, ["Doe 2001", "B"], 7.0, (0, 0, 60, 100))
    assert place and other and place[1] < 48
    for (x, base), label, own in ((place, "Doe 2001", 0), (other, "B", 1)):
        box = (x, base - 5.3, x + width_of(label, 7.0), base + 1.6)
        away = [hypot(max(box[0] - mx, 0, mx - box[2]), max(box[1] - my, 0, my - box[3])) for mx, my, _ in marks]
        assert away.index(min(away)) == own
    crowded = labels_beside([(50.0, 50.0, 2.6), (56.0, 50.0, 2.6)], ["A longer name than that", "B"], 7.0, (0, 44, 100, 56))
    assert crowded[0] is None or crowded[1] is None


def _line(study: str, estimate: float | None = 0.5) -> Line:
    return Line(study, study, f"key-{study}", "", "" if estimate else "no events", None, (), (), estimate, estimate, estimate)


def _counts(*arms: Arm, estimate: float | None = 0.5) -> ForestRow:
    return ForestRow("A", estimate, estimate, estimate, 50.0 if estimate else None, arms, reason="" if estimate else "no events")


def test_totals_are_of_what_counts_and_of_nobody_twice() -> None:
    one, two = _counts(Arm(40, 4), Arm(41, 11)), _counts(Arm(25, 0.5), Arm(26, 9))
    out = _counts(Arm(18, 0), Arm(17, 0), estimate=None)
    lines = [_line("a"), _line("b"), _line("c", None)]
    assert totals(lines, [one, two, out]) == (Arm(65, 4.5), Arm(67, 20))
    silent = _counts(Arm(25, None), Arm(None, 9))
    assert totals(lines[:2], [one, silent]) == (Arm(65, None), Arm(None, 20))  # missing is not zero
    assert totals([_line("a"), _line("a")], [one, two]) == ()  # two comparisons of one study
    assert totals(lines[:2], [one, _counts()]) == () == totals([], [])


def test_a_baujat_plot_of_random_effects_does_not_speak_of_q() -> None:
    common, random = (draw_baujat(forests.influences(), title="BCG", common=common) for common in (True, False))
    assert "Contribution to Cochran's Q" in common.svg() and "a share of Q" in common.caption
    assert "Cochran" not in random.svg() and "variances with τ²" in random.caption and " Q" not in random.caption


def test_a_picture_leads_to_its_origins_once_these_are_given(plots: dict[tuple[str, int], Plot]) -> None:
    plot = plots["forest", 174]
    assert "#trace-" not in plot.html()
    with pytest.raises(NotFound, match="no origin is given for ext:0"):
        plot.traced({"pool": Trace("pool", "Pooled effect", "0.49", "", ())})
    keys = {str(row["key"]) for row in plot.numbers if row.get("key")}
    page = plot.traced({key: Trace(key, key, "", "", ()) for key in keys}).html()
    assert all(f'href="#trace-{key}"' in page for key in keys)
    assert 'id="from-trace-ext:0"' in page


def test_files_are_vector_with_fonts_and_of_the_printed_size(plots: dict[tuple[str, int], Plot], tmp_path: Path) -> None:
    from pypdf import PdfReader

    plot = plots["forest", 85]
    (tmp_path / "made.pdf").write_bytes(plot.pdf())
    page = PdfReader(tmp_path / "made.pdf").pages[0]
    assert float(page.mediabox.width) == pytest.approx(85 * 72 / 25.4, abs=0.1)
    assert "Hart & Sutherland 1977" in page.extract_text() and "0.49" in page.extract_text()
    png = plot.png()
    assert int.from_bytes(png[16:20], "big") == pytest.approx(85 / 25.4 * 300, abs=2)
    assert plot.pdf() == plot.pdf() and png == plot.png()


def test_a_picture_is_a_picture_in_documents(plots: dict[tuple[str, int], Plot]) -> None:
    plot = plots["funnel", 85]
    output = {"output_type": "display_data", "data": plot._repr_mimebundle_(), "metadata": {}}
    (block,) = document_of([{"cell_type": "code", "source": "", "outputs": [output], "metadata": {}}], review="", as_of="", heads={}).blocks
    assert isinstance(block, Picture) and block.alt == plot.alt and block.caption == plot.caption


def test_hostile_names_stay_text() -> None:
    base = forests.bcg()
    first = replace(base.groups[0].rows[0], label=forests.HOSTILE)
    plot = draw_forest(replace(base, groups=(replace(base.groups[0], rows=(first, *base.groups[0].rows[1:])),), title=forests.HOSTILE))
    root = etree.fromstring(plot.svg(links=True))
    assert "<script>alert(1)</script> $\\alpha$ &" in " ".join("".join(text.itertext()) for text in root.iter("{*}text"))
    assert not list(root.iter("{*}script"))
    page = etree.fromstring(f"<div>{clean_html(plot.html())}</div>", etree.HTMLParser())
    assert not page.xpath("//script") and "alert(1)" in "".join(page.itertext())
    named = replace(first, label="=1+1")
    formula = draw_forest(replace(base, groups=(replace(base.groups[0], rows=(named, *base.groups[0].rows[1:])),)))
    assert "'=1+1" in formula.csv(spreadsheet=True) and "'=1+1" not in formula.csv()


@pytest.mark.parametrize("draw", [draw_funnel, draw_drapery])
def test_what_cannot_be_drawn_is_refused(draw: Callable[..., Plot]) -> None:
    with pytest.raises(InputRefused, match="no effect to draw"):
        draw(EffectPoints("Nothing", "Risk ratio", ()))
    with pytest.raises(InputRefused, match="standard error 0"):
        draw(EffectPoints("Nothing", "Risk ratio", (EffectPoint("A", 0.1, 0.0),)))


@pytest.mark.parametrize(
    ("draw", "told"),
    [
        (lambda: draw_baujat([BaujatPoint("A", -1, 0)], title="T"), "Baujat"),
        (lambda: draw_labbe([RiskPoint("A", 1.2, 0.1)], title="T"), "L'Abbé"),
        (lambda: draw_labbe([RiskPoint("A", 0.2, 0.1)], title="T", measure="HR"), "no line for 'HR'"),
        (lambda: draw_albatross([AlbatrossPoint("A", 0.0, True, 10)], title="T"), "p = 0"),
        (lambda: draw_albatross([AlbatrossPoint("A", 0.2, True, 10)], title="T", measure="RR", contours=(2.0,)), "need the risk"),
        (lambda: draw_harvest([HarvestBar("A", "Pain", "Up", 4)], title="T", columns=["Up"], levels=["any"]), "height 4"),
        (lambda: draw_direction(forests.directions()[0], title="T", domains=["Pain"]), "does not fit"),
        (lambda: draw_forest(forests.bcg(), width=100), "100 mm"),
        (lambda: draw_forest(forests.bcg()).svg(2), "no page 2"),
    ],
)
def test_a_picture_that_there_is_not(draw: Callable[[], Plot], told: str) -> None:
    with pytest.raises(InputRefused, match=told):
        draw()


def test_a_sign_test_of_other_results_is_refused() -> None:
    rows, tests = forests.directions()
    with pytest.raises(InputRefused, match="sign test of Pain is of other results"):
        draw_direction(rows, title="T", domains=DOMAINS, tests=(replace(tests[0], positive=0), *tests[1:]))


@pytest.mark.parametrize("width", [174, 85])
def test_directions_of_many_studies_stand_on_pages_with_a_head_each(width: int) -> None:
    rows, tests = forests.directions(60)
    plot = draw_direction(rows, title="Made-up", domains=DOMAINS, tests=tests, width=width)
    found = [boxes(page) for page in plot.pages]
    assert len(found) == 2 and all({"Study", "Pain", "Bias"} <= {box.words for box in page} for page in found)
    rows_on = [sum(box.words.startswith("Made-up study") for box in page) for page in found]
    assert sum(rows_on) == 60 and min(rows_on) > 25  # about equally full
    assert ["Sign test" in {box.words for box in page} for page in found] == [False, True]
    for page, words in zip(plot.pages, found, strict=True):
        assert float(etree.fromstring(page).get("height", "").removesuffix("pt")) <= HIGHEST + 2
        assert not overlaps(words) and not beyond(page, words)


def test_an_unknown_number_of_people_is_not_drawn_as_few() -> None:
    rows, tests = forests.directions()
    known = draw_direction(rows, title="Made-up", domains=DOMAINS, tests=tests)
    unknown = draw_direction((*rows[:-1], replace(rows[-1], n=None, bias=None)), title="Made-up", domains=DOMAINS, tests=tests)
    arrows = [plot.svg().count('stroke-width="0.9"') for plot in (known, unknown)]  # open ones have an edge
    assert arrows[0] == 0 < arrows[1] and "not known" in unknown.svg() and "not known" not in known.svg()
    assert {"Low", "Some concerns", "High"} <= {box.words for box in boxes(known.svg())} and "No judgement" not in known.svg()
    assert "No judgement" in unknown.svg()


def test_few_studies_are_said_to_be_too_few_for_asymmetry() -> None:
    whole = forests.bcg_points()
    few = replace(whole, points=whole.points[:9])
    assert "Fewer than 10 studies" in draw_funnel(few).caption and "Fewer than 10" not in draw_funnel(whole).caption
    imputed = replace(whole, points=(*whole.points[:9], EffectPoint("Imputed", 0.3, 0.6, imputed=True)))
    assert "9 studies" in draw_funnel(imputed).caption and "Fewer than 10 studies" in draw_funnel(imputed).caption
    assert "no proof of publication bias" in draw_funnel(whole).caption


def test_the_numbers_drawn_are_those_given(plots: dict[tuple[str, int], Plot]) -> None:
    funnel = plots["funnel", 174].frame
    given_points = forests.bcg_points().points
    assert list(funnel.estimate[:13]) == [point.estimate for point in given_points] and list(funnel.se[:13]) == [p.se for p in given_points]
    assert list(plots["labbe", 174].frame.control[:13]) == [point.control for point in forests.risks()]
    assert list(plots["baujat", 174].frame.influence) == [point.influence for point in forests.influences()]
    assert list(plots["albatross", 85].frame.p[:15]) == [point.p for point in forests.albatross()]
    assert Counter(plots["harvest", 85].frame.column) == Counter(bar.column for bar in forests.harvest())
    assert [row["p"] for row in plots["direction", 85].numbers if row["element"] == "sign test"] == [t.p for t in forests.directions()[1]]


def test_one_result_is_no_results() -> None:
    bar, point = forests.harvest()[0], forests.albatross()[0]
    one = draw_harvest([bar], title="T", columns=[bar.column], levels=SUITS)
    assert "1 result:" in one.caption and "of 1 result." in one.alt
    alone = draw_albatross([point], title="T")
    assert "1 result:" in alone.caption and f"; {point.n} people;" in alone.alt


def test_effects_are_headed_by_what_readers_know() -> None:
    named = {one: short_name(measure_of(one)) for one in ("RR", "SMD", "PETO", "PLO", "PFT", "IRLN", "MN", "GEN")}
    assert named == {
        "RR": "RR", "SMD": "SMD", "PETO": "Peto OR", "PLO": "Proportion", "PFT": "Proportion", "IRLN": "Incidence rate", "MN": "Mean",
        "GEN": "Effect",
    }  # fmt: skip


def test_equal_names_are_told_apart_in_every_picture() -> None:
    whole = forests.bcg_points()
    twice = replace(whole, points=tuple(replace(point, label="Doe 2000") for point in whole.points[:3]))
    bubbles = [BubblePoint("Doe 2000", at, -0.1 * at, 10.0, key=f"b{at}") for at in range(3)]
    line = BubbleLine(0.0, -0.1)
    for plot in (draw_funnel(twice), draw_drapery(twice), draw_bubble(bubbles, line, title="T", measure="Risk ratio", covariate="Age")):
        named = [row["label"] for row in plot.numbers if row["element"] == "study"]
        assert named == ["Doe 2000 (1)", "Doe 2000 (2)", "Doe 2000 (3)"], plot.name


def test_equal_effects_stop_no_other_picture(tmp_path: Path) -> None:
    """Hartung and Knapp's standard error is 0 then, and a drapery has no curve of it."""
    groups = [(arm, role, {"n_analysed": 40, "mean": 5, "sd": 1}) for arm, role in (("Drug", "experimental"), ("Placebo", "control"))]
    team = reviewed(tmp_path, planned("MD", "pain", 'interval = "hksj"'), {f"S{at}": arms("Pain", groups) for at in range(6)})
    assert {"forest-c", "funnel-c"} <= {plot.name for plot in team.nobody.figures.pooled()}
    with pytest.raises(InputRefused, match="standard error 0, and so no curve") as refused:
        team.nobody.figures.drapery()
    assert "hksj_floor" in refused.value.next_step
    team.ledger.close()


def test_bubbles_that_all_lie_at_no_effect_are_drawn() -> None:
    points = [BubblePoint(f"Doe {at}", at, 0.0, 10.0, key=f"b{at}") for at in range(3)]
    plot = draw_bubble(points, BubbleLine(0.0, 0.0), title="T", measure="Risk ratio", covariate="Age", ratio=True)
    assert [row["read_as"] for row in plot.numbers if row["element"] == "study"] == [1.0, 1.0, 1.0]


def test_the_contours_of_an_albatross_are_among_its_numbers(plots: dict[tuple[str, int], Plot]) -> None:
    rows = [row for row in plots["albatross", 85].numbers if row["element"] == "contour"]
    assert [(row["label"], row["effect"]) for row in rows] == [("SMD", 0.1), ("SMD", 0.25), ("SMD", 0.5)]


def test_words_for_ears_have_the_main_numbers(plots: dict[tuple[str, int], Plot]) -> None:
    assert "13 studies" in plots["funnel", 85].alt and "pooled effect 0.49" in plots["funnel", 85].alt
    assert "Hart & Sutherland 1977 moves the pooled effect most (0.238)" in plots["baujat", 85].alt
    assert "is 0.002 at no effect" in plots["drapery", 85].alt
    assert "in 11 the risk is lower" in plots["labbe", 85].alt
    assert "20 results" in plots["harvest", 85].alt and "3 Negative, 12 Positive" in plots["albatross", 85].alt
    assert "Pain: 3 positive, 2 negative, 2 mixed" in plots["direction", 85].alt


@given(st.floats(0, 1))
def test_p_is_never_written_as_zero_or_one(p: float) -> None:
    assert p_words(p).split()[-1] not in {"0", "0.0", "0.00", "0.000", "1", "1.0", "1.00"}


@given(st.floats(-1e6, 1e6), st.integers(0, 4))
def test_what_is_not_zero_is_not_written_as_zero(value: float, digits: int) -> None:
    text = shown(value, digits)
    assert (value != 0) == bool(set(text) & set("123456789")) and (text.startswith("−") == (value < 0))


@given(st.lists(st.sampled_from(["A", "B", "A (1)", "A (2)", "B (1) (1)"]), max_size=12))
def test_no_two_labels_are_the_same(labels: list[str]) -> None:
    found = told_apart(labels)
    assert len(set(found)) == len(labels) and all(new.startswith(old) for new, old in zip(found, labels, strict=True))


@given(st.floats(-1e4, 1e4), st.floats(1e-3, 1e4))
def test_marks_are_round_and_on_the_axis(low: float, span: float) -> None:
    found = round_values(low, low + span)
    assert 1 <= len(found) <= 10 and list(found) == sorted(set(found))
    assert all(low - span * 1e-6 <= value <= low + span * (1 + 1e-6) for value in found)


@given(st.floats(1e-4, 1e3), st.floats(1.3, 1e5))
def test_marks_of_ratios_are_on_the_axis_and_few(low: float, times: float) -> None:
    found = round_ratios(low, low * times)
    assert 1 <= len(found) <= 12
    assert all(low * (1 - 1e-6) <= value <= low * times * (1 + 1e-6) for value in found)
    scale = Scale(low, low * times, 0, 300, ratio=True)
    assert scale.at(low) == pytest.approx(0) and scale.at(low * times) == pytest.approx(300)
