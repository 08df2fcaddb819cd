"""One small file of our own for every format that is read: what tests cut, flip and double."""

from __future__ import annotations

import csv
import io
import json
from functools import cache
from pathlib import Path

from tests.records.formats import (
    test_bibtex,
    test_csl_json,
    test_endnote_xml,
    test_enw,
    test_europe_pmc,
    test_medline,
    test_ovid_tagged,
    test_pubmed_xml,
    test_refworks,
    test_registers,
    test_ris,
    test_table,
    test_wos_tagged,
)  # fmt: skip

PAGES = Path(__file__).parent / "pages"
_STUDY = {
    "protocolSection": {
        "identificationModule": {"nctId": "NCT01234567", "briefTitle": "Warm baths"},
        "statusModule": {"overallStatus": "COMPLETED", "startDateStruct": {"date": "2020-03"}},
        "designModule": {"studyType": "INTERVENTIONAL", "phases": ["PHASE2"], "enrollmentInfo": {"count": 30, "type": "ACTUAL"}},
        "eligibilityModule": {
            "eligibilityCriteria": "Inclusion Criteria:\n\n* Cold feet\n\nExclusion Criteria:\n\n* Warm feet",
            "sex": "ALL",
        },
    }
}


@cache
def files() -> dict[str, bytes]:
    """Name -> bytes: one file at least for every format that ships."""
    found = {path.name: path.read_bytes() for path in sorted(PAGES.iterdir())}
    texts = {
        "ris": test_ris.ONE + test_ris.TWO,
        "central.ris": test_ris.CENTRAL,
        "medline": test_medline.ONE + test_medline.TWO,
        "wos_tagged": test_wos_tagged.ONE,
        "ovid_labelled": test_ovid_tagged.LABELLED,
        "ovid_short": test_ovid_tagged.SHORT,
        "refworks": test_refworks.TEXT,
        "enw": test_enw.ONE + "\n" + test_enw.TWO,
        "bibtex": test_bibtex.LAMPS + test_bibtex.SCOPUS,
        "pubmed_xml": test_pubmed_xml.WHOLE,
        "endnote_xml": test_endnote_xml.WHOLE,
        "csl_json": test_csl_json.WHOLE,
        "europe_pmc": test_europe_pmc.WHOLE,
        "ictrp_xml": test_registers.ICTRP,
        "ctgov_xml": test_registers.STUDY,
        "isrctn_xml": test_registers.TRIAL,
        "eudract_text": test_registers.EUDRACT,
        "ctis_json": json.dumps(test_registers.CTIS, indent=1),
        "ctgov_v2": json.dumps([_STUDY, _STUDY], indent=1),
        "ctgov_v2.ndjson": "\n".join(json.dumps(_STUDY) for _ in range(3)),
        "rayyan_csv": test_table.RAYYAN,
        "ictrp_csv": _table(["TrialID", "Public title", "Scientific title", "Source Register"], ["NCT01234567", "Warm", "Baths", "NCT"]),
        "ctgov_csv": _table(["NCT Number", "Study Title", "Study Status"], ["NCT01234567", "Warm; baths", "COMPLETED"]),
        "table": _table(["Title", "Abstract", "Year"], ["Warm feet", "Feet,\nwarm", "2020"], ["Cold feet", "", "2021"]),
    }
    return found | {name: text.encode() for name, text in texts.items()}


def _table(*rows: list[str]) -> str:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue()
