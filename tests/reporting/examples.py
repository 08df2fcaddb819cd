"""Flows, tables and traces for the tests of what is seen. Counts of invented reviews; no text is anybody's."""

from __future__ import annotations

from collections.abc import Mapping

from review.reporting.flow import Box, Flow
from review.reporting.table import Cell, Column, Quote, Table, Trace, TraceEntry

RECORDS = frozenset(
    """
    database_results register_results duplicates excluded_automatic excluded_other records_screened records_excluded
    records_excluded_human records_excluded_automatic records_waiting records_passed website_results organisation_results
    citations_results contact_results hand_results other_duplicates
    """.split()
)
ALWAYS = tuple(
    """
    duplicates excluded_automatic excluded_other records_screened records_excluded records_excluded_human
    records_excluded_automatic records_waiting records_passed dbr_sought_reports dbr_notretrieved_reports
    dbr_retrieval_waiting dbr_assessed dbr_excluded dbr_ongoing dbr_awaiting dbr_assessed_waiting dbr_included_reports
    new_studies new_reports
    """.split()
)
OTHER = tuple(
    """
    other_duplicates other_sought_reports other_notretrieved_reports other_retrieval_waiting other_assessed other_excluded
    other_ongoing other_awaiting other_assessed_waiting other_included_reports
    """.split()
)


def box(name: str, counted: int | Mapping[str, int]) -> Box:
    """A box of so many invented ids, or of so many for each source or reason."""
    unit = "records" if name in RECORDS else "studies" if name.endswith("_studies") else "reports"
    groups = {"": counted} if isinstance(counted, int) else counted
    by = {key: tuple(f"{name}:{key}:{at}" for at in range(n)) for key, n in groups.items()}
    ids = tuple(one for ids in by.values() for one in ids)
    return Box(name, unit, ids, {} if isinstance(counted, int) else by)


def flow(template: str, counts: Mapping[str, int | Mapping[str, int]], notes: tuple[str, ...] = ()) -> Flow:
    """A flow with the boxes of *counts*, and empty ones for the fields of its template that can never be absent."""
    fields = dict.fromkeys(ALWAYS if template.endswith("v1") else (*ALWAYS, *OTHER), 0) | dict(counts)
    boxes = {name: box(name, counted) for name, counted in fields.items()}
    return Flow(template, "2026-11-21", {"5f0c1a": "9be0" * 16}, boxes, notes)


SMALL = flow(
    "new_v2",
    {
        "register_results": {"WHO ICTRP": 1, "ClinicalTrials.gov": 2},
        "duplicates": 1,
        "records_screened": 2,
        "records_excluded": 1,
        "records_excluded_human": 1,
        "records_passed": 1,
        "dbr_sought_reports": 1,
        "dbr_assessed": 1,
        "dbr_included_reports": 1,
        "website_results": {"ClinConnect": 1, "MedDataX": 1, "ClinicalTrials.Veeva": 1, "Journal page": 1},
        "citations_results": {"Citation": 1},
        "other_sought_reports": 5,
        "other_notretrieved_reports": 1,
        "other_assessed": 4,
        "other_excluded": {"Age: no adults apart": 1},
        "other_ongoing": 1,
        "other_awaiting": 1,
        "other_included_reports": 1,
        "new_studies": 2,
        "new_reports": 2,
    },
)
_LARGE: dict[str, int | Mapping[str, int]] = {
    "database_results": {"MEDLINE": 780, "Embase": 702, "CENTRAL": 360},
    "register_results": {"ClinicalTrials.gov": 121, "WHO ICTRP": 52},
    "duplicates": 512,
    "excluded_automatic": 35,
    "excluded_other": 10,
    "records_screened": 1458,
    "records_excluded": 1320,
    "records_excluded_human": 1320,
    "records_passed": 138,
    "dbr_sought_reports": 138,
    "dbr_notretrieved_reports": 9,
    "dbr_assessed": 129,
    "dbr_excluded": {"Wrong population": 41, "Wrong intervention": 28, "Wrong study design": 15, "Duplicate publication": 7},
    "dbr_included_reports": 38,
    "new_studies": 38,
    "new_reports": 52,
}
_LARGE_OTHER: dict[str, int | Mapping[str, int]] = {
    "website_results": 22,
    "organisation_results": 15,
    "citations_results": 41,
    "other_sought_reports": 78,
    "other_notretrieved_reports": 3,
    "other_assessed": 75,
    "other_excluded": {"Wrong population": 40, "Wrong outcome time": 21},
    "other_included_reports": 14,
}
_PREVIOUS: dict[str, int | Mapping[str, int]] = {"previous_studies": 8, "previous_reports": 11, "total_studies": 46, "total_reports": 63}
LARGE = {
    "new_v1": flow("new_v1", _LARGE),
    "new_v2": flow("new_v2", _LARGE | _LARGE_OTHER),
    "upd_v1": flow("upd_v1", _LARGE | _PREVIOUS),
    "upd_v2": flow("upd_v2", _LARGE | _LARGE_OTHER | _PREVIOUS),
}
HOSTILE_REASONS = {
    "Population: children, adolescents (5–18 years) and mixed ages of which no adult data are reported apart": 41,
    'Intervention isn\'t an immunomodulator, "topical" only': 28,
    "Follow-up < 12 weeks & no later time point": 15,
    "研究对象不符合纳入标准，且未报告成人数据": 7,
    "Nonimmunomodulatorypharmacotherapeuticinterventionalprogramme/combined": 0,
    "<script>alert(1)</script>": 2,
}
LONG = flow(
    "upd_v2",
    _LARGE
    | _LARGE_OTHER
    | _PREVIOUS
    | {
        "database_results": {"MEDLINE (Ovid), 1946 to November 2026": 1780, "Embase": 1702, "中国知网": 360},
        "records_screened": 12458,
        "dbr_excluded": HOSTILE_REASONS,
        "dbr_ongoing": 4,
        "dbr_awaiting": 12,
        "other_excluded": HOSTILE_REASONS,
        "other_ongoing": 2,
        "records_excluded": 11320,
        "records_excluded_human": 9320,
        "records_excluded_automatic": {"not screened after stopping": 2000},
        "contact_results": 3,
        "hand_results": 1,
    },
    ("2,000 records were not screened after a stopping decision; a person had seen 9,460 records before it.", "One report in both lanes."),
)
UNFINISHED = flow(
    "new_v1",
    {
        "database_results": {"MEDLINE": 3100, "Embase": 1212},
        "duplicates": 1022,
        "records_screened": 3290,
        "records_excluded": 1804,
        "records_excluded_human": 1804,
        "records_waiting": 1370,
        "records_passed": 116,
        "dbr_sought_reports": 116,
        "dbr_notretrieved_reports": 2,
        "dbr_retrieval_waiting": 74,
        "dbr_assessed": 40,
        "dbr_excluded": {"Wrong population": 11, "Wrong study design": 6},
        "dbr_awaiting": 1,
        "dbr_assessed_waiting": 13,
        "dbr_included_reports": 9,
        "new_studies": 8,
        "new_reports": 9,
    },
)
FLOWS = {"small": SMALL, **LARGE, "long": LONG, "unfinished": UNFINISHED}


def trace(key: str, label: str, value: str, *, teaching: bool = False, state: str = "checked by one") -> Trace:
    """An origin of two entries, the first with a quotation of three lines."""
    lines = ((41, "Enrolment"), (42, f"{value} participants (anticipated)"), (43, "Masking: none <open label>"))
    quote = Quote("register entry, 12 Oct 2026", teaching, lines, value)
    return Trace(
        key,
        label,
        value,
        state,
        (
            TraceEntry("a3" * 32, "Pre-filled", "tool", "2026-11-20T09:12:44.000001Z", quote=quote),
            TraceEntry("b4" * 32, "Confirmed", "extractor", "2026-11-21T14:05:10.120000Z", reason="The page says 'anticipated' & no more."),
        ),
    )


def table(rows: int = 6) -> Table:
    """A wide evidence table with traced, unreported, empty, noted and flagged cells, and text that must be escaped."""
    columns = (
        Column("study", "Study", width=2),
        Column("design", "Design", width=2),
        Column("participants", "Participants", width=3),
        Column("enrolled", "Enrolled", "participants", align="right"),
        Column("age", "Mean age", "years", align="decimal"),
        Column("arms", "Interventions, one line for each arm", width=4),
        Column("outcomes", "Outcomes with time points", width=4),
        Column("identifiers", "Identifiers", width=2),
    )
    traces, body = {}, []
    for at in range(rows):
        n, age = f"{120 + 1093 * at:,}", ("54.25", "9.5", "48", "61.75 (8.2)")[at % 4]
        for what, value in (("enrolled", n), ("age", age)):
            traces[f"s{at}-{what}"] = trace(f"s{at}-{what}", f"Study {at + 1}: {what}", value, teaching=at % 2 == 0)
        body.append(
            (
                Cell(f"Study {at + 1} {2015 + at}", flag="retracted" if at == 2 else ""),
                Cell("Randomised, parallel groups, double blind" if at % 2 else "Single arm"),
                Cell("Adults with the condition, <12 weeks of prior treatment & no other disease"),
                Cell(n, trace=f"s{at}-enrolled", notes=("Planned, not enrolled.",) if at % 3 == 0 else ()),
                Cell("", missing="not_reported", trace=f"s{at}-age") if at == 3 else Cell(age, trace=f"s{at}-age"),
                Cell("Drug A 15 mg once a day, 24 weeks\nPlacebo"),
                Cell("", missing="empty", why="no report with results is linked yet") if at == 1 else Cell("Disease activity at 24 weeks"),
                Cell(f"REG{at:08d}", notes=("Primary register entry checked: 12 Oct 2026.",)),
            )
        )
    return Table("included", "Characteristics of included studies", columns, tuple(body), ("n: number of participants.",), traces)
