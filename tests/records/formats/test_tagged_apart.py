"""No reader of tagged lines takes a file of another one for its own."""

from __future__ import annotations

import pytest

from review.records.formats import formats
from review.records.source import Source
from tests.records.formats import test_enw, test_medline, test_ovid_tagged, test_refworks, test_ris, test_wos_tagged

FILES = {
    "ris": [test_ris.ONE + test_ris.TWO, test_ris.CENTRAL],
    "medline": [test_medline.ONE + test_medline.TWO],
    "wos_tagged": [test_wos_tagged.ONE, test_wos_tagged.TWO],
    "ovid_tagged": [test_ovid_tagged.LABELLED, test_ovid_tagged.SHORT],
    "refworks": [test_refworks.TEXT],
    "enw": [test_enw.ONE, test_enw.TWO],
}


@pytest.mark.parametrize("name", FILES)
def test_each_format_knows_its_own_files_alone(name: str) -> None:
    for text in FILES[name]:
        sure = {other: one.detect(Source(text.encode())) for other, one in formats().items()}
        assert sure.pop(name) >= 0.6
        assert {other: score for other, score in sure.items() if score >= 0.4} == {}
