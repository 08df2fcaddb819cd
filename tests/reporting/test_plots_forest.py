"""The forest plot: every number drawn was given, every row stands, nothing touches, wide intervals are cut, at any number of studies."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from math import exp

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from review.errors import InputRefused
from review.model.synthesis import Arm, Forest, ForestGroup, ForestRow, PooledRow, Prediction
from review.reporting.bias_pictures_lights import HIGHEST
from review.reporting.bias_pictures_paper import GREY, INK
from review.reporting.plots import Plot, draw_forest
from review.reporting.plots.forest_paint import SUBTOTAL
from review.reporting.plots.scales import Scale
from tests.reporting import forests
from tests.reporting.boxes import Box, beyond, boxes, overlaps
from tests.structure.tree import ROOT

SVG = "{http://www.w3.org/2000/svg}"
LONG = "The collaborative investigators of a multicentre trial with a long name in many countries"
FORESTS: dict[str, Callable[[], Forest]] = {
    "three": lambda: forests.made_up(3),
    "thirteen": forests.bcg,
    "subgroups": forests.bcg_by_allocation,
    "exclusions": forests.with_exclusions,
    "sixty": lambda: forests.made_up(60),
    "long": lambda: replace(
        forests.made_up(13, LONG), favours=(f"Favours {LONG}", "Favours control"), arms=("Treatment with a very long name", "Control")
    ),
    "four groups": lambda: in_groups(forests.made_up(68), 4),
    "large numbers": lambda: replace(forests.made_up(5), groups=(ForestGroup(tuple(map(larger, forests.made_up(5).rows))),), overall=()),
}


def in_groups(forest: Forest, n: int) -> Forest:
    """The same studies under *n* headings."""
    size = len(forest.rows) // n
    groups = tuple(ForestGroup(forest.rows[at * size : (at + 1) * size], f"Group {at + 1}") for at in range(n))
    return replace(forest, groups=groups)


def larger(row: ForestRow) -> ForestRow:
    """A row with effects in tens of thousands."""
    assert row.estimate is not None and row.low is not None and row.high is not None
    return replace(row, estimate=row.estimate * 12345, low=row.low * 12345 - 99999, high=row.high * 12345 + 99999)


@pytest.fixture(scope="module")
def plots() -> dict[tuple[str, int], Plot]:
    return {(name, width): draw_forest(make(), width=width) for name, make in FORESTS.items() for width in (174, 85)}


@pytest.mark.parametrize("name", FORESTS)
def test_no_words_touch_and_none_is_too_small(plots: dict[tuple[str, int], Plot], name: str) -> None:
    for width in (174, 85):
        for page in plots[name, width].pages:
            found = boxes(page)
            assert not overlaps(found)
            assert not beyond(page, found)
            assert min(box.size for box in found) >= 6.5
            assert float(etree.fromstring(page).get("height", "").removesuffix("pt")) <= HIGHEST + 1


def test_touching_words_would_be_seen() -> None:
    assert overlaps([Box(0, 0, 10, 5, "a", 8), Box(9, 4, 20, 9, "b", 8)]) == [("a", "b")]
    svg = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><text x="0" y="9" font-size="8px">too long for it</text></svg>'
    assert beyond(svg, boxes(svg)) == ["too long for it"]


@pytest.mark.parametrize("name", FORESTS)
def test_rows_in_are_rows_drawn(plots: dict[tuple[str, int], Plot], name: str) -> None:
    forest = FORESTS[name]()
    for width in (174, 85):
        plot = plots[name, width]
        rows = [row for row in plot.numbers if row["element"] in ("study", "excluded")]
        assert len(rows) == len(forest.rows) and len({row["label"] for row in rows}) == len(rows)
        assert [row["key"] for row in rows] == [row.key for row in forest.rows]
        drawn = " ".join(box.words for page in plot.pages for box in boxes(page))
        for row in forest.rows:
            assert row.label in drawn or row.label[-8:] in drawn  # a name of many lines keeps how it ends
        linked = [link.get("href") for page in plot.linked for link in etree.fromstring(page).iter("{http://www.w3.org/2000/svg}a")]
        assert {f"#trace-{row.key}" for row in forest.rows if row.key} <= set(linked)


@pytest.mark.parametrize("name", FORESTS)
def test_every_number_in_the_table_is_the_one_given(plots: dict[tuple[str, int], Plot], name: str) -> None:
    forest, rows = FORESTS[name](), [row for row in plots[name, 174].numbers if row["element"] in ("study", "excluded")]
    for told, given_row in zip(rows, forest.rows, strict=True):
        assert [told.get(key) for key in ("estimate", "low", "high", "weight")] == [
            given_row.estimate, given_row.low, given_row.high, given_row.weight,
        ]  # fmt: skip
        assert told.get("events") == " ".join(given_row.events)
        for arm_name, arm in zip(forest.arms, given_row.arms, strict=False):
            for what in ("n", "events", "mean", "sd"):
                assert told.get(f"{arm_name}: {what}") == getattr(arm, what)
    for width in (174, 85):
        lines = plots[name, width].csv().splitlines()
        assert len(lines) == len(plots[name, width].numbers) + 1
    assert plots[name, 174].csv().count(repr(forest.rows[0].estimate)) >= 1


def test_the_pooled_numbers_are_drawn_and_in_the_table(plots: dict[tuple[str, int], Plot]) -> None:
    plot = plots["subgroups", 174]
    pooled = [row for row in plot.numbers if row["element"] == "pooled"]
    assert (pooled[0]["estimate"], pooled[0]["tau2"], pooled[0]["I2"], pooled[0]["k"]) == (
        forests.RANDOM.estimate,
        forests.TAU2,
        92.2213845,
        13,
    )
    assert next(row for row in plot.numbers if row["element"] == "test")["p"] == 0.394
    words = " ".join(box.words for box in boxes(plot.svg())).replace("\u00a0", " ")
    for told in (
        "Random effects (k = 13)", "0.49 [0.33, 0.73]", "[0.14, 1.76]", "Q = 152.23 (df = 12), p < 0.001", "I² = 92.2% [81.9, 97.7]",
        "τ² = 0.313 [0.120, 1.111] (REML)", "t = −3.95 (df = 12), p = 0.002", "Test for subgroup differences: Q = 1.86 (df = 2), p = 0.39",
        "617/112,693", "Subtotal (k = 2)", "Favours no vaccine",
    ):  # fmt: skip
        assert told in words, told
    assert "p = 0.000" not in words and "p = 0," not in words


def test_an_interval_wider_than_the_axis_is_cut_and_ends_in_arrows(plots: dict[tuple[str, int], Plot]) -> None:
    base = forests.bcg_by_allocation()
    one, two, three = base.groups
    assert two.pooled
    wider = replace(base, groups=(one, replace(two, pooled=replace(two.pooled, low=exp(-9), high=exp(8))), three))
    for width in (174, 85):
        plot = draw_forest(wider, width=width)
        cut = {row["label"] for row in plot.numbers if row.get("cut_low") or row.get("cut_high")}
        assert cut == {"Subtotal"}
        (wide,) = [row for row in plot.numbers if row.get("cut_low")]
        assert wide["group"] == "Allocation: alternate" and wide["high"] == exp(8)
        root = etree.fromstring(plot.svg())
        heads = [path.get("d", "") for path in root.iter("{http://www.w3.org/2000/svg}path") if path.get("d", "").count("L") == 2]
        assert len([one for one in heads if one.rstrip().endswith("z")]) == 2  # two arrows, triangles
        assert "An arrow: the interval goes on beyond the axis." in plot.caption and "1 interval cut at the axis" in plot.alt
    assert "arrow" not in plots["thirteen", 174].caption


def test_no_interval_is_cut_by_a_hair() -> None:
    """A cut takes more than a seventh of the axis from an interval; what would end just beyond it is shown whole."""
    rows = tuple(
        ForestRow(f"Trial {at}", middle, middle / times, middle * times)
        for at, (middle, times) in enumerate([(0.8, 1.2), (0.7, 1.5), (1.1, 1.3), (0.95, 1.1), (0.6, 2.0)])
    )
    plot = draw_forest(Forest("Survival", "Hazard ratio", "HR", (ForestGroup(rows),), ratio=True, null=1.0))
    assert not any(row.get("cut_low") or row.get("cut_high") for row in plot.numbers) and "arrow" not in plot.caption
    far = replace(rows[4], low=0.01)
    plot = draw_forest(Forest("Survival", "Hazard ratio", "HR", (ForestGroup((*rows[:4], far)),), ratio=True, null=1.0))
    assert [row["label"] for row in plot.numbers if row.get("cut_low")] == ["Trial 4"]


def test_an_axis_has_as_many_numbers_as_have_room() -> None:
    """From 0.4 to 1.05 on a narrow axis 0.6, 0.8 and 1 have room, and not only the half and the one."""
    scale = Scale(0.4, 1.05, 0, 82, ratio=True, first=1.0)
    assert [words for _, words in scale.labelled(7.0, -8, 90)] == ["0.4", "0.6", "0.8", "1"]


def test_a_head_is_not_broken_within_its_brackets() -> None:
    rows = tuple(ForestRow(f"Cohort {at}", 0.1 * at, 0.1 * at, 0.1 * at + 0.1) for at in range(4))
    for width in (174, 85):
        page = draw_forest(Forest("Shares", "Proportion", "Proportion", (ForestGroup(rows),)), width=width).svg()
        assert {"Proportion", "[95% CI]"} <= {box.words for box in boxes(page)}


def test_a_caption_names_how_was_pooled_once_and_what_the_interval_is() -> None:
    peto = replace(forests.COMMON, label="Peto", method="Peto")
    caption = draw_forest(replace(forests.bcg(), overall=(forests.RANDOM, forests.COMMON, peto))).caption
    assert "Random effects (k = 13): REML; 95% interval: Hartung-Knapp, never below Wald; prediction interval: t" in caption
    assert "Common effect (k = 13): inverse variance; 95% interval: Wald." in caption
    assert "Peto (k = 13): 95% interval: Wald." in caption


def test_one_study_is_no_studies() -> None:
    assert draw_forest(replace(forests.made_up(1), overall=())).alt == (
        "Forest plot of 1 study, 1 with an effect (Mean difference (points)): −3.50."
    )


def test_every_number_of_a_row_leads_to_its_origin(plots: dict[tuple[str, int], Plot]) -> None:
    """Numbers of the arms, weights, effects and the lines of statistics: all but the axis, heads and what explains signs."""
    for name in ("thirteen", "subgroups", "sixty"):
        for width in (174, 85):
            plot = plots[name, width] if name != "sixty" else draw_forest(keyed(forests.made_up(60)), width=width)
            bare = [text for text in etree.fromstring(plot.svg(links=True)).iter(f"{SVG}text") if text.getparent().tag != f"{SVG}a"]
            said = ["".join(text.itertext()) for text in bare]
            numbers = [words for words in said if any(sign.isdigit() for sign in words) and "95% CI" not in words]
            assert all(words.lstrip("−").replace(".", "").isdigit() for words in numbers) and len(numbers) <= 10  # those of the axis


def keyed(forest: Forest) -> Forest:
    """With an origin of its pooled effect."""
    return replace(forest, overall=tuple(replace(one, key="pool") for one in forest.overall))


def test_there_is_one_tab_stop_for_each_origin(plots: dict[tuple[str, int], Plot]) -> None:
    for name in ("thirteen", "long"):
        root = etree.fromstring(plots[name, 174].svg(links=True))
        stops = [link.get("href") for link in root.iter(f"{SVG}a") if link.get("tabindex") != "-1"]
        assert sorted(stops) == sorted({link.get("href") for link in root.iter(f"{SVG}a")})
        assert not [link for link in root.iter(f"{SVG}a") if link.get("aria-hidden") and link.get("tabindex") != "-1"]


def test_the_line_of_no_effect_lies_below_diamonds(plots: dict[tuple[str, int], Plot]) -> None:
    root = etree.fromstring(plots["subgroups", 174].svg())
    paths = list(root.iter(f"{SVG}path"))
    lines = [at for at, path in enumerate(paths) if path.get("stroke") == GREY and "L" in path.get("d", "")]
    diamonds = [at for at, path in enumerate(paths) if path.get("fill") in (INK, SUBTOTAL) and path.get("d", "").count("L") == 3]
    assert lines and len(diamonds) == 5 and max(lines) < min(diamonds)


def test_two_arms_of_one_name_keep_their_numbers() -> None:
    plot = draw_forest(replace(forests.bcg(), arms=("Drug", "Drug")))
    first = plot.numbers[0]
    assert (first["Drug (1): events"], first["Drug (2): events"]) == (4, 11)


def test_nothing_is_drawn_beyond_the_axis(plots: dict[tuple[str, int], Plot]) -> None:
    plot = draw_forest(forests.bcg(), axis=(0.5, 2.0))
    beyond_it = [row["label"] for row in plot.numbers if row.get("point") == "beyond the axis"]
    assert "Hart & Sutherland 1977" in beyond_it and "TPT Madras 1980" not in beyond_it
    wide = float(etree.fromstring(plot.svg()).get("width", "").removesuffix("pt"))
    for path in etree.fromstring(plot.svg()).iter("{http://www.w3.org/2000/svg}path"):
        numbers = [float(one) for one in path.get("d", "").replace("z", " ").split() if one.lstrip("-").replace(".", "").isdigit()]
        assert all(-0.5 <= x <= wide + 0.5 for x in numbers[::2])


def test_excluded_rows_stand_with_their_reason_and_no_point(plots: dict[tuple[str, int], Plot]) -> None:
    for width in (174, 85):
        plot = plots["exclusions", width]
        drawn = " ".join(box.words for box in boxes(plot.svg())).replace("\u00a0", " ")
        assert drawn.count("Not estimable: no events in either arm") == 2 and "NCT00000000" in drawn and "13 of 16" in drawn
        rows = [row for row in plot.numbers if row["element"] == "excluded"]
        assert [row["label"] for row in rows] == ["Invented A 1990", "Invented B 1991", "NCT00000000"]
        assert not any("estimate" in row for row in rows) and all(row["reason"] for row in rows)
        assert plot.caption.startswith("BCG vaccine against tuberculosis, a teaching fixture. 13 of 16 studies have an effect")


def test_a_derived_value_is_lettered_where_it_is_seen_and_behind_its_effect_where_it_is_not(plots: dict[tuple[str, int], Plot]) -> None:
    wide, narrow = ([box.words for box in boxes(plots["exclusions", width].svg())] for width in (174, 85))
    assert {"a", "b", "c"} <= set(wide) and {"events from a percentage", "odds ratio converted", "n taken from the flow diagram"} <= set(
        wide
    )
    assert "a,b" in narrow and {"events from a percentage", "odds ratio converted"} <= set(narrow)
    rows = plots["exclusions", 85].numbers
    assert rows[2]["note"] == "odds ratio converted" and rows[2]["BCG vaccine: derived"] == "events from a percentage"


def test_columns_are_left_out_in_order_and_never_the_effect(plots: dict[tuple[str, int], Plot]) -> None:
    assert "Left out" not in plots["thirteen", 174].caption
    assert "Left out for want of room, and in the table: risk of bias, numbers of the arms, weights." in plots["thirteen", 85].caption
    for name in FORESTS:
        forest = FORESTS[name]()
        words = {box.words for page in plots[name, 85].pages for box in boxes(page)}
        assert any(word.startswith("[") for word in words) and forest.short in " ".join(words)


def test_judgements_are_drawn_with_symbol_colour_and_word() -> None:
    plot = draw_forest(forests.bcg())
    fills = [path.get("fill") for path in etree.fromstring(plot.svg()).iter("{http://www.w3.org/2000/svg}path")]
    given_signs = [sign for row in forests.bcg_rows() for sign in row.bias]
    for sign in (forests.LOW, forests.SOME, forests.HIGH):
        assert fills.count(sign.colour.lower()) == given_signs.count(sign) + 1  # and once in the legend
    words = " ".join(box.words for box in boxes(plot.svg()))
    assert "A Randomisation; B Deviations from intended interventions" in words and "F Overall" in words and "Some concerns" in words
    assert plot.numbers[0]["bias D1"] == given_signs[0].label


def test_the_picture_in_the_docs_says_what_is_drawn_today(plots: dict[tuple[str, int], Plot]) -> None:
    kept = (ROOT / "docs" / "pictures" / "forest.svg").read_text(encoding="utf-8")
    assert [box.words for box in boxes(kept)] == [box.words for box in boxes(plots["thirteen", 174].svg())]


def test_duplicate_names_are_told_apart() -> None:
    rows = tuple(replace(row, label="Comstock et al 1974") for row in forests.bcg_rows())
    plot = draw_forest(replace(forests.bcg(), groups=(ForestGroup(rows),)))
    assert [row["label"] for row in plot.numbers[:13]] == [f"Comstock et al 1974 ({at})" for at in range(1, 14)]


def test_sixty_studies_stand_on_one_page_and_more_on_two(plots: dict[tuple[str, int], Plot]) -> None:
    assert len(plots["sixty", 174].pages) == len(plots["sixty", 85].pages) == 1
    many = plots["four groups", 174]
    assert len(many.pages) == 2 and many.captions[1].endswith("continued (2 of 2).")
    for page in many.pages:
        words = [box.words for box in boxes(page)]
        assert {"Study", "MD [95% CI]", "Favours treatment"} <= set(words)  # each page has its heads and its axis
        assert not words[-1].startswith("Group")
    second = [box.words for box in boxes(many.pages[1])]
    assert "Random effects" in " ".join(second) and "Group 3, continued" in second


def test_the_alt_text_names_the_numbers(plots: dict[tuple[str, int], Plot]) -> None:
    assert plots["thirteen", 85].alt == (
        "Forest plot of 13 studies, 13 with an effect (Risk ratio), from 0.20 to 1.56; Random effects, k = 13: 0.49 (95% interval 0.33 to "
        "0.73), I² 92.2%, p = 0.002, prediction interval 0.14 to 1.76."
    )
    assert "Allocation: alternate, Subtotal, k = 2: 0.58 (95% interval 0.02 to 20.85)" in plots["subgroups", 174].alt


def test_rows_alone_are_a_forest_without_a_diamond() -> None:
    plot = draw_forest(replace(forests.bcg(bias=False), overall=()))
    assert "Random effects" not in plot.svg() and [row["element"] for row in plot.numbers] == ["study"] * 13 + ["axis"]
    single = replace(forests.made_up(1), groups=(ForestGroup((ForestRow("One", 0.4, 0.4, 0.4),)),), overall=(), null=None, arms=())
    assert "1 study." in draw_forest(single).caption


def row(**changed: object) -> Forest:
    base = forests.bcg()
    return replace(base, groups=(ForestGroup((replace(base.rows[0], **changed), *base.rows[1:])),))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("forest", "told"),
    [
        (lambda: row(estimate=3.0), "Aronson 1948 has the effect 3.0"),
        (lambda: row(low=-0.1), "all above 0 for a ratio"),
        (lambda: row(high=float("inf")), "finite numbers"),
        (lambda: row(low=None), "without its interval"),
        (lambda: row(estimate=None), "no effect and no reason"),
        (lambda: row(estimate=None, weight=None, reason="no events"), "k = 13, and 12 of its 13 rows"),
        (lambda: row(weight=120.0), "weighs 120"),
        (lambda: row(arms=(Arm(1),)), "1 arms"),
        (lambda: row(bias=(None,)), "1 judgements for 6"),
        (lambda: replace(forests.bcg(), groups=()), "no rows"),
        (lambda: replace(forests.bcg(), overall=(PooledRow("P", 1, 0.5, 2, 13, prediction=Prediction(2, 1, "t")),)), "prediction"),
        (lambda: replace(forests.bcg(), overall=(), groups=(ForestGroup((ForestRow("A", reason="none"),)),)), "nothing to draw"),
    ],
)
def test_numbers_that_do_not_agree_are_refused(forest: Callable[[], Forest], told: str) -> None:
    with pytest.raises(InputRefused, match=told):
        draw_forest(forest())


def test_an_axis_that_cannot_be_is_refused() -> None:
    with pytest.raises(InputRefused, match="an axis cannot go from 0"):
        draw_forest(forests.bcg(), axis=(0, 2))


@settings(max_examples=8, deadline=None)
@given(
    st.lists(st.tuples(st.floats(0.01, 50), st.floats(1.05, 40), st.text("abc λ-1é", min_size=1, max_size=40)), min_size=1, max_size=6),
    st.sampled_from([174, 85]),
)
def test_any_rows_are_drawn_apart_and_inside(rows: list[tuple[float, float, str]], width: int) -> None:
    made = tuple(ForestRow(label, middle, middle / wide, middle * wide, 10.0) for middle, wide, label in rows)
    plot = draw_forest(Forest("Any", "Odds ratio", "OR", (ForestGroup(made),), ratio=True, null=1.0), width=width)
    found = boxes(plot.svg())
    assert not overlaps(found) and not beyond(plot.svg(), found)
    assert [row["estimate"] for row in plot.numbers[:-1]] == [middle for middle, *_ in rows]
