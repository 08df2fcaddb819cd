"""Lists of authors: commas part them only where each part is a name with initials, and 'et al.' is nobody."""

from __future__ import annotations

import json

import pytest

from review.model.record import ProblemCode
from review.records import read_bytes
from review.records.author_lists import persons_in, without_et_al

TABLE = "title,authors,year\n"


@pytest.mark.parametrize(
    ("text", "persons"),
    [
        ("Smith J, Lee K", ["Smith J", "Lee K"]),
        ("Van der Berg AB, O'Neil C.-D., \u00c9lan \u00c9 Jr", ["Van der Berg AB", "O'Neil C.-D.", "\u00c9lan \u00c9 Jr"]),
        ("Smith J, Lee K, et al.", ["Smith J", "Lee K", "et al."]),
        ("Smith, J.", None),
        ("Smith, J. A.", None),
        ("Smith, John", None),
        ("Smith J", None),
        ("John Smith, Kim Lee", None),
        ("Cold Feet Group, The", None),
    ],
)
def test_commas_part_names_with_initials_alone(text: str, persons: list[str] | None) -> None:
    assert persons_in(text) == persons


def test_a_table_s_cell_is_parted_at_commas_or_remarked_on() -> None:
    rows = ['"Smith J, Lee K"', '"Smith, John; Lee, Kim"', '"Smith, John"', '"John Smith, Kim Lee, Ada Moss"', '"John Smith, Kim Lee"']
    records = read_bytes((TABLE + "".join(f"Feet {n},{row},2020\n" for n, row in enumerate(rows))).encode()).records
    assert [[a.name for a in r.publication.authors] for r in records if r.publication] == [
        ["Smith J", "Lee K"], ["Smith, John", "Lee, Kim"], ["Smith, John"], ["John Smith, Kim Lee, Ada Moss"], ["John Smith, Kim Lee"],
    ]  # fmt: skip
    assert [[p.code for p in r.problems] for r in records] == [[], [], [], [ProblemCode.AUTHORS_UNSPLIT], [ProblemCode.AUTHORS_UNSPLIT]]


@pytest.mark.parametrize("end", ["et al.", "et al", "Et al.", "others"])
def test_et_al_is_no_author_and_the_cut_is_told(end: str) -> None:
    europe = {"resultList": {"result": [{"id": "1", "source": "MED", "title": "Feet", "authorString": f"Hale R, {end}"}]}}
    texts = [
        f"TY  - JOUR\nTI  - Feet\nAU  - Hale R\nAU  - {end}\nER  - \n",
        f"PMID- 30000009\nOWN - NLM\nTI  - Feet\nAU  - Hale R\nAU  - {end}\n",
        f"@article{{a,\n  title = {{Feet}},\n  author = {{Hale R and {end}}}\n}}\n",
        TABLE + f"Feet,Hale R; {end},2020\n",
        json.dumps(europe),
    ]
    for text in texts:
        (one,) = read_bytes(text.encode(), source="made").records
        assert one.publication is not None and [a.name for a in one.publication.authors] == ["Hale R"], text
        assert [p.field for p in one.problems if p.code == ProblemCode.UNPLACED_TEXT] == ["publication.authors"], text


def test_a_name_that_ends_alike_stays() -> None:
    assert [without_et_al(name) for name in ("Bethal", "Salal, A", "Smith J et al", "et al.", "Feet and others Group", "Brothers")] == [
        None, None, "Smith J", "", None, None,
    ]  # fmt: skip
