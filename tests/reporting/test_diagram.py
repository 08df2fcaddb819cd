"""The flow diagram: every number of its template is in it, nothing that is absent is, and any reason is only text."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from review.errors import InputRefused
from review.reporting.diagram import as_text, draw, figure
from review.reporting.documents.picture import svg_to_pdf, svg_to_png
from review.reporting.drawing import Drawing, mark
from review.reporting.flow_text import FIELDS, box_lists, flow_boxes, flow_table
from review.reporting.labels import Labels, load_labels
from review.reporting.lettering import RESERVE, balanced, width, wrap
from tests.reporting.examples import FLOWS, HOSTILE_REASONS, LARGE, LONG, SMALL, UNFINISHED, Flow, box, flow

SVG = "{http://www.w3.org/2000/svg}"


def drawn(one: Flow) -> etree._Element:
    return etree.fromstring(draw(one).encode())


def texts(one: Flow) -> list[str]:
    """The text of every box, in reading order."""
    return texts_of(draw(one))


def texts_of(svg: str) -> list[str]:
    groups = etree.fromstring(svg.encode()).iterfind(f".//{SVG}g")
    return [" ".join("".join(t.itertext()).strip() for t in group.iter(f"{SVG}tspan")).replace("\u00a0", " ") for group in groups]


def links(one: Flow) -> list[str]:
    return [link.get("href") for link in drawn(one).iter(f"{SVG}a")]


def without(one: Flow, *fields: str) -> Flow:
    return replace(one, boxes={name: found for name, found in one.boxes.items() if name not in fields})


@pytest.mark.parametrize(
    ("template", "boxes"),
    [
        ("new_v1", {*range(2, 11)}),
        ("new_v2", {*range(2, 16)}),
        ("upd_v1", {*range(1, 11), 16}),
        ("upd_v2", {*range(1, 17)}),
    ],
)
def test_each_template_has_its_boxes(template: str, boxes: set[int]) -> None:
    found = {one.get("class") for one in drawn(LARGE[template]).iter(f"{SVG}g")}
    assert found == {f"flow-box box{number}" for number in boxes}


@pytest.mark.parametrize("name", FLOWS)
def test_every_field_that_is_drawn_is_one_link_with_a_name(name: str) -> None:
    one = FLOWS[name]
    fields = [part.field for found in flow_boxes(one) for part in found.parts if part.field]
    assert links(one) == [f"#box-{field}" for field in fields] and len(set(fields)) == len(fields)
    for link in drawn(one).iter(f"{SVG}a"):
        title, seen = link.findtext(f"{SVG}title"), " ".join(t.text.strip() for t in link.iter(f"{SVG}tspan")).replace("\u00a0", " ")
        assert title.endswith(". Shows the list.") and seen.startswith(title.removesuffix(". Shows the list."))


def test_the_large_flow_prints_its_numbers() -> None:
    found = " | ".join(texts(LARGE["upd_v2"]))
    for said in (
        "Databases (n = 1,842) MEDLINE (n = 780) Embase (n = 702) CENTRAL (n = 360) Registers (n = 173)",
        "Duplicate records removed (n = 512) Records marked as ineligible by automation tools (n = 35) "
        "Records removed for other reasons (n = 10)",
        "Records screened (n = 1,458)",
        "Records excluded (n = 1,320) |",
        "Reports excluded (n = 91) Wrong population (n = 41) Wrong intervention (n = 28)",
        "Websites (n = 22) Organisations (n = 15) Citation searching (n = 41) |",
        "New studies included in review (n = 38) Reports of new included studies (n = 52)",
        "Total studies included in review (n = 46) Reports of total included studies (n = 63)",
    ):
        assert said in found


def test_absent_is_hidden_and_zero_is_printed() -> None:
    found = " | ".join(texts(SMALL))
    assert "Databases" not in found and "Organisations" not in found
    assert "WHO ICTRP (n = 1)" in found and "Records removed for other reasons (n = 0)" in found
    assert "Reports not retrieved (n = 0)" in found


def test_a_box_without_any_field_is_left_out() -> None:
    found = drawn(without(SMALL, "register_results"))
    assert "flow-box box2" not in {group.get("class") for group in found.iter(f"{SVG}g")}
    assert "Records identified from:" in " ".join(texts(without(SMALL, "register_results")))  # of the other lane


def test_a_lane_in_which_nothing_was_searched_is_hidden() -> None:
    searched = ("website_results", "organisation_results", "citations_results")
    one = without(flow("new_v2", {"register_results": 3, "records_screened": 3, "records_waiting": 3}), *searched)
    assert "other methods" not in draw(one) and "other methods" not in as_text(one)
    assert "other methods" in draw(flow("new_v2", {"register_results": 3, "website_results": 0}))


def test_a_review_of_other_methods_alone_has_their_lane_alone() -> None:
    one = flow(
        "new_v2", {"website_results": 2, "other_sought_reports": 2, "other_assessed": 2, "other_included_reports": 2, "new_reports": 2}
    )
    assert "databases and registers" not in draw(one) and "flow-box box10" in draw(one)


def test_what_waits_and_the_side_boxes_are_drawn_only_when_not_empty() -> None:
    found = " | ".join(texts(UNFINISHED))
    for said in (
        "(n = 3,290) of which 1,370 wait",
        "(n = 116) of which 74 wait",
        "(n = 40) of which 13 wait",
        "Reports awaiting classification (n = 1)",
    ):
        assert said in found
    assert "ongoing" not in found
    full = " | ".join(texts(LARGE["new_v2"]))
    assert "wait" not in full and "classification" not in full
    assert "Reports of ongoing studies (n = 1)" in " | ".join(texts(SMALL))


def test_people_and_tools_are_told_apart_where_a_tool_excluded() -> None:
    found = " | ".join(texts(LONG))
    assert (
        "Records excluded (n = 11,320) by people (n = 9,320) by automation tools (n = 2,000) not screened after stopping (n = 2,000)"
        in found
    )
    assert "by people" not in " | ".join(texts(LARGE["new_v1"]))


def test_contact_and_hand_searching_are_drawn_only_when_not_empty() -> None:
    one = flow("new_v2", {"website_results": 1, "contact_results": 0, "hand_results": 2})
    assert "Contact" not in " ".join(texts(one)) and "Searching by hand (n = 2)" in " ".join(texts(one))


def test_studies_in_a_meta_analysis_have_a_box_only_where_they_were_typed() -> None:
    assert "flow-box box17" not in draw(LARGE["upd_v2"])
    one = flow("new_v1", {"new_studies": 12, "total_studies_ma": 9})
    assert "Studies included in the meta-analysis (n = 9)" in texts(one)[-1]


def test_any_reason_is_text() -> None:
    svg = draw(LONG)
    assert "<script" not in svg
    words = "".join("".join(drawn(LONG).itertext()).split()).replace("-", "")  # long words are divided
    for reason in HOSTILE_REASONS:
        assert "".join(reason.split()).replace("-", "") in words


@given(st.dictionaries(st.text(min_size=1, max_size=60), st.integers(0, 3), max_size=5))
def test_any_reason_gives_a_drawing(reasons: dict[str, int]) -> None:
    one = flow("new_v1", {"database_results": 5, "dbr_excluded": reasons})
    found = drawn(one)
    assert {element.tag.removeprefix(SVG) for element in found.iter()} == set("svg title desc rect text path tspan g a".split())
    assert len([group for group in found.iter(f"{SVG}g")]) == 9


def test_it_has_a_title_a_description_and_only_its_own_parts() -> None:
    root = drawn(LARGE["new_v2"])
    ids = {one.get("id") for one in root.iter() if one.get("id")}
    assert root.get("aria-labelledby") in ids and root.get("aria-describedby") in ids
    assert root.findtext(f"{SVG}title") == "Flow of records, reports and studies"
    assert "Records screened (n = 1,458)" in root.findtext(f"{SVG}desc")
    assert not re.search(r"<(style|script|image|use|foreignObject)|url\(|\son|style=", draw(LARGE["new_v2"]))


def test_it_is_as_wide_as_two_columns_of_a_journal() -> None:
    assert drawn(LARGE["upd_v2"]).get("width") == "174mm"
    assert all(float(drawn(one).get("width").removesuffix("mm")) <= 174 for one in FLOWS.values())


def test_without_links_it_is_a_picture() -> None:
    svg = draw(SMALL, link=None)
    assert "<a " not in svg and "Records screened" in svg
    assert 'href="30_flow.html#n-duplicates"' in draw(SMALL, link=lambda field: f"30_flow.html#n-{field}")


def test_two_on_one_page_have_their_own_ids() -> None:
    assert 'id="then-title"' in draw(SMALL, key="then") and 'id="flow-title"' not in draw(SMALL, key="then")


def test_the_words_are_data() -> None:
    words = load_labels()
    own = Labels({**words.words, "lang": "de", "flow.field.duplicates": "Dubletten", "flow.stage.included": "Eingeschlossen"})
    svg = draw(SMALL, labels=own)
    assert 'lang="de"' in svg and "Dubletten" in svg and "Eingeschlossen" in svg and "Duplicate records removed" not in svg


def test_notes_stand_below() -> None:
    lines = [text for text in drawn(LONG).findall(f"{SVG}text") if "stopping decision" in "".join(text.itertext())]
    assert len(lines) == 1 and LONG.notes[0] in as_text(LONG)


def test_the_text_says_every_drawn_line() -> None:
    for one in FLOWS.values():
        said = as_text(one)
        for found in flow_boxes(one):
            for part in found.parts:
                assert all(line.replace("\u00a0", " ") in said for line in (part.text, *part.under))


def test_the_table_has_every_number() -> None:
    one = flow_table(SMALL)
    rows = {row[0].text: row[2].text for row in one.rows if row[1].text in {"Databases and registers", "All methods"}}
    assert rows["Records from registers"] == "3" and rows["– WHO ICTRP"] == "1" and rows["Records that went on to retrieval"] == "1"
    counted = sum(field in SMALL.boxes for fields in FIELDS.values() for field in fields)
    assert len([row for row in one.rows if not row[0].text.startswith("– ")]) == counted


def test_each_link_leads_to_its_list() -> None:
    lists = box_lists(LARGE["new_v2"], most=20)
    for address in links(LARGE["new_v2"]):
        assert f'id="{address[1:]}"' in lists
    assert "MEDLINE: 780 records" in lists and "and 760 more" in lists
    assert 'href="#from-box-records_screened"' in lists and 'href="#from-box-records_passed"' not in lists


def test_a_list_names_what_it_holds_and_escapes_it() -> None:
    one = replace(SMALL, boxes={"duplicates": box("duplicates", {"same <DOI>": 1})})
    lists = box_lists(one, name=lambda unit, id: f"{unit} & <b>{id}</b>")
    assert "same &lt;DOI&gt;: 1 record" in lists and "<li>records &amp; &lt;b&gt;duplicates" in lists


def test_the_figure_carries_its_lists() -> None:
    assert figure(SMALL).index("<svg") < figure(SMALL).index('id="box-duplicates"')


# what a review may choose


def test_reasons_at_title_and_abstract_are_given_where_they_are_wished() -> None:
    people = {"Wrong population": 900, "reason not recorded": 420}
    one = flow("new_v1", {"records_screened": 1458, "records_excluded": 1320, "records_excluded_human": people})
    assert "Wrong population" not in as_text(one)
    both = " ".join(texts_of(draw(one, drawing=Drawing(reasons="both"))))
    assert "Records excluded (n = 1,320) Wrong population (n = 900) reason not recorded (n = 420)" in both
    tools = replace(one, boxes={**one.boxes, "records_excluded_automatic": box("records_excluded_automatic", {"classifier 1": 7})})
    both = " ".join(texts_of(draw(tools, drawing=Drawing(reasons="both"))))
    assert "by people (n = 1,320) Wrong population (n = 900)" in both and "by automation tools (n = 7) classifier 1 (n = 7)" in both


def test_a_first_version_speaks_of_studies_and_an_update_of_new_ones() -> None:
    for template, one in LARGE.items():
        said, update = as_text(one), template.startswith("upd")
        assert ("Identification of new studies via databases and registers" in said) is update
        assert ("New studies included in review (n = 38)\n  Reports of new included studies (n = 52)" in said) is update
        assert ("  Studies included in review (n = 38)\n  Reports of included studies (n = 52)" in said) is not update
        rows = {row[0].text for row in flow_table(one).rows}
        assert ("New studies included in review" in rows) is update and ("Studies included in review" in rows) is not update


def test_what_a_project_says_holds_for_a_first_version_too(tmp_path: Path) -> None:
    own = tmp_path / "labels.toml"
    own.write_text('[flow.lane]\ndbr = "Datenbanken"\nother = "Sonst"\n[flow.first.lane]\nother = "Zuerst"\n', encoding="utf-8")
    first, update = as_text(LARGE["new_v2"], load_labels(own)), as_text(LARGE["upd_v2"], load_labels(own))
    assert "Datenbanken" in first and "Zuerst" in first and "Datenbanken" in update and "Sonst" in update


def test_a_diagram_of_one_lane_is_drawn_for_one_column_of_a_journal() -> None:
    for one in (LARGE["new_v1"], UNFINISHED):
        root = etree.fromstring(draw(one, drawing=Drawing(width=85)).encode())
        assert float(root.get("width").removesuffix("mm")) <= 85.05
        (_, _, wide, _), numbers = (float(n) for n in root.get("viewBox").split()), as_text(one)
        assert abs(wide / (85 * 72 / 25.4) - 1) < 0.01, "8 pt stay 8 pt"
        drawn_text = " ".join(" ".join(text.itertext()) for text in root.iter(f"{SVG}text"))
        assert all(n in drawn_text.replace("\u00a0", " ") for n in re.findall(r"\(n = [0-9,]+\)", numbers))
    with pytest.raises(InputRefused, match="3 lanes: at 85 mm"):
        draw(LARGE["upd_v2"], drawing=Drawing(width=85))
    with pytest.raises(InputRefused, match="not drawn 90 mm wide"):
        Drawing(width=90)


def test_totals_may_leave_their_reports_out() -> None:
    svg = draw(LARGE["upd_v2"], drawing=Drawing(total_reports=False))
    assert "Total studies" in svg and "Reports of total" not in svg and "Reports of new" in svg


def test_a_footnote_has_its_mark_on_the_line_and_its_text_below() -> None:
    noted = Drawing(footnotes={"new_studies": "One of them in two arms.", "records_excluded": "By <two> people.", "dbr_ongoing": "Unseen."})
    lines = texts_of(draw(LARGE["new_v1"], drawing=noted))
    assert "Records excluded (n = 1,320)*" in " | ".join(lines) and "Studies included in review (n = 38)†" in " | ".join(lines)
    below = as_text(LARGE["new_v1"], drawing=noted).splitlines()[-2:]
    assert below == ["* By <two> people.", "† One of them in two arms."], "in the order of the drawing; what is not drawn has none"
    assert "By &lt;two&gt; people." in draw(LARGE["new_v1"], drawing=noted)
    assert [mark(at) for at in (0, 5, 6)] == ["*", "¶", "**"]


def test_a_choice_that_there_is_not_is_refused() -> None:
    with pytest.raises(InputRefused, match="did you mean 'reasons'"):
        Drawing.of({"reason": "both"})
    with pytest.raises(InputRefused, match="is no choice of reasons"):
        Drawing(reasons="neither")  # type: ignore[arg-type]
    with pytest.raises(InputRefused, match="did you mean 'records_excluded'"):
        draw(SMALL, drawing=Drawing(footnotes={"records_exclude": "x"}))


def test_a_picture_without_links_has_tips() -> None:
    root = etree.fromstring(draw(SMALL, link=None).encode())
    fields = [part for found in flow_boxes(SMALL) for part in found.parts if part.field]
    tips = [text.findtext(f"{SVG}title") for text in root.iter(f"{SVG}text") if text.find(f"{SVG}title") is not None]
    assert tips == [part.tip for part in fields] and "Records screened: 2 records" in tips


@pytest.mark.parametrize("name", ["new_v1", "new_v2", "upd_v1", "upd_v2", "long"])
def test_it_becomes_a_picture_for_print_of_its_own_size(name: str) -> None:
    svg = draw(FLOWS[name], link=None)
    png = svg_to_png(svg, 300)
    wide = float(etree.fromstring(svg.encode()).get("width").removesuffix("mm")) / 25.4 * 300
    assert abs(int.from_bytes(png[16:20], "big") - wide) <= 2 and png == svg_to_png(svg, 300)
    assert svg_to_pdf(svg).startswith(b"%PDF") and svg_to_pdf(svg) == svg_to_pdf(svg)


@pytest.mark.parametrize("name", FLOWS)
def test_the_same_flow_gives_the_same_bytes(name: str) -> None:
    assert draw(FLOWS[name]) == draw(FLOWS[name])


@given(st.text(max_size=80), st.integers(40, 200))
def test_lines_fit_and_lose_nothing(text: str, room: int) -> None:
    lines = wrap(text, room, hyphen="-")
    assert "".join("".join(lines).split()).replace("-", "") == "".join(text.split()).replace("-", "").replace("\u00ad", "")
    assert "".join("".join(wrap(text, room)).split()) == "".join(text.split())
    assert all(width(line) <= room * RESERVE or len(line) == 1 for line in lines)


def test_a_long_word_is_divided_with_a_hyphen() -> None:
    assert wrap("Immunmodulationstherapiestudie", 60, hyphen="-") == ["Immunmodul-", "ationstherapi-", "estudie"]
    assert wrap("Immunmodulationstherapiestudie", 60) == ["Immunmodula", "tionstherapies", "tudie"]
    soft = "Immun\u00admodulations\u00adtherapie\u00adstudie"
    assert wrap(soft, 60, hyphen="-") == ["Immun-", "modulations-", "therapiestudie"]
    assert wrap(soft, 200, hyphen="-") == [soft.replace("\u00ad", "")]
    assert wrap("10.1000/abcdefghijklmnop", 60, hyphen="-") == ["10.1000/", "abcdefghijklm-", "nop"]
    assert not any("-" in line for line in wrap("กขคงจฉชซฌญฎฏฐฑฒณดตถทธน", 40, hyphen="-")), "not in a script without hyphens"


def test_headings_are_balanced() -> None:
    lines = balanced("Identification of new studies via databases and registers", 200, bold=True)
    assert len(lines) == 2 and abs(width(lines[0]) - width(lines[1])) < 40


@pytest.mark.parametrize("room", range(30, 120, 3))
def test_no_line_ends_with_an_opening_bracket_or_begins_with_a_closing_one(room: int) -> None:
    lines = wrap("平原由美子ほか2018（多施設共同研究）、中間報告「第二報」。追跡調査（五年）", room)
    assert not [line for line in lines if line.endswith(("（", "「")) or line.startswith(("）", "」", "、", "。"))]
    assert len(lines) > 3


def test_chinese_breaks_anywhere_but_before_a_comma() -> None:
    assert not [line for line in wrap("研究对象不符合纳入标准，且未报告成人数据" * 3, 60) if line.startswith("，")]
