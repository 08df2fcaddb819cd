"""A review's own labels.toml: every word of the flow in another language, on pages, in pictures and tables; a mistake is named."""

from __future__ import annotations

from pathlib import Path

import pytest
from lxml import etree

from review.errors import InputRefused
from review.reporting.diagram import MILLIMETRE, draw
from review.reporting.labels import load_labels
from tests.reporting.examples import FLOWS
from tests.rooms.team import Team, make_team

GERMAN = Path(__file__).with_name("german.toml")
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def german(tmp_path: Path) -> Team:
    team = make_team(tmp_path / "review")
    (team.folder / "labels.toml").write_text(GERMAN.read_text(encoding="utf-8"), encoding="utf-8")
    search = team.search()
    team.decide(team.article(search, "Trial 1"), "include", "include")
    team.article(search, "Trial 2")
    team.lead.screening.stop(rule="by hand", target_recall="0.95", note="enough")
    return team


def test_the_flow_speaks_the_language_of_the_review(german: Team) -> None:
    flow = german.nobody.flow()
    for said in (str(flow), flow.svg(links=False), german.nobody.figures.flow().html, german.nobody.figures.flow().text):
        assert "Mehrfachtreffer" in said and "Duplicate" not in said and "Identification" not in said
    assert "nach dem Abbruch nicht mehr gesichtet" in str(flow), "a line that no source and no reviewer named"
    assert 'lang="de"' in flow.svg()
    assert "Mehrfachtreffer" in german.nobody.figures.flow_numbers().html()
    german.ledger.close()


def test_tables_write_numbers_dates_and_absence_so(german: Team) -> None:
    html = german.nobody.tables.searches().html()
    assert "5. Jan. 2026" in html and "nicht berichtet" in html and "not reported" not in html
    german.ledger.close()


def test_a_change_of_the_file_is_seen_and_a_mistake_is_named(german: Team) -> None:
    own = german.folder / "labels.toml"
    own.write_text('[flow.field]\nduplicate = "Dubletten"\n', encoding="utf-8")
    with pytest.raises(InputRefused, match="flow.field.duplicate: there is no such key; did you mean 'flow.field.duplicates'") as refused:
        german.nobody.flow()
    assert "labels.toml" in str(refused.value)
    own.write_bytes("lang = 'größer'".encode("latin-1"))
    with pytest.raises(InputRefused, match="cannot be read"):
        german.nobody.flow()
    own.unlink()
    assert "Duplicate records" in str(german.nobody.flow())
    german.ledger.close()


@pytest.mark.parametrize("name", FLOWS)
def test_long_words_stay_within_their_boxes(name: str) -> None:
    """By the widths of the usual faces every line ends before the border, with the margin that another face needs."""
    from review.reporting.lettering import width

    root = etree.fromstring(draw(FLOWS[name], labels=load_labels(GERMAN), link=None).encode())
    assert float(root.get("width").removesuffix("mm")) * MILLIMETRE <= 174 * MILLIMETRE + 0.1
    for group in root.iter(f"{SVG}g"):
        box = group.find(f"{SVG}rect")
        right = float(box.get("x")) + float(box.get("width"))
        for line in group.iter(f"{SVG}tspan"):
            assert float(line.get("x")) + width(line.text.strip()) * 1.08 < right, line.text
            assert "\u00ad" not in line.text
