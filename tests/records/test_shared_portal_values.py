"""Real values of the WHO export beside the project, printed as record pages: read back, and no word of the criteria lost."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest
from lxml import etree

from review.model.record import ProblemCode, Record
from review.records import read_bytes

FOLDER = Path(__file__).parents[3] / "shared" / "samples" / "ictrp_xml"
if not FOLDER.is_dir():
    pytest.skip("the samples are not beside this checkout", allow_module_level=True)

HEAD = {
    "Register": "Source_Register",
    "Last refreshed on": "Last_Refreshed_on",
    "Main ID": "TrialID",
    "Date of registration": "Date_registration",
    "Prospective Registration": "Prospective_registration",
    "Primary sponsor": "Primary_sponsor",
    "Public title": "Public_title",
    "Scientific title": "Scientific_title",
    "Date of first enrolment": "Date_enrollement",
    "Target sample size": "Target_size",
    "Recruitment status": "Recruitment_Status",
    "URL": "web_address",
    "Study type": "Study_type",
    "Study design": "Study_design",
    "Phase": "Phase",
}
LISTS = {
    "Health Condition(s) or Problem(s) studied": "Condition",
    "Intervention(s)": "Intervention",
    "Primary Outcome(s)": "Primary_outcome",
    "Secondary Outcome(s)": "Secondary_outcome",
    "Secondary ID(s)": "Secondary_ID",
    "Source(s) of Monetary Support": "Source_Support",
    "Secondary Sponsor(s)": "Secondary_Sponsor",
}
HEADING_WORDS = frozenset("inclusion exclusion criteria main general patients subjects patient other participants part".split())


def text(trial: etree._Element, name: str) -> str:
    return re.sub(r"(?i)<br\s*/?>", "\n", trial.findtext(name) or "").replace("\r", "\n").strip()


def page(trial: etree._Element) -> str:
    """The trial as the portal shows it."""
    ours = text(trial, "Source_Register") == "ClinicalTrials.gov"
    out = [f"{label}: {text(trial, name)}" for label, name in HEAD.items()]
    out += ["Countries of recruitment", *dict.fromkeys(text(trial, "Countries").split(";"))]
    out += ["Contacts", f"Name: {text(trial, 'Contact_Firstname')} {text(trial, 'Contact_Lastname')}", "Affiliation:"]
    out += ["Key inclusion & exclusion criteria", text(trial, "Inclusion_Criteria"), text(trial, "Exclusion_Criteria")]
    out += [f"Age minimum: {text(trial, 'Inclusion_agemin')}", f"Age maximum: {text(trial, 'Inclusion_agemax')}"]
    out.append(f"Gender: {text(trial, 'Inclusion_gender')}")
    for heading, name in LISTS.items():
        out += [heading, *(text(trial, name).split(";") if ours else [text(trial, name)])]
    return "\n".join([*out, "Ethics review", "Results", "Results available:", "Date Posted:", "Date Completed:", "URL:"])


def said(record: Record) -> Counter[str]:
    held = record.eligibility
    items = [*held.inclusion, *held.exclusion, *held.unclassified]
    bits = [held.preamble_inclusion or "", held.preamble_exclusion or "", *record.extra.get("age_groups", ())]
    bits += [*(item.text for item in items), *(sub.text for item in items for sub in item.subitems)]
    return Counter(re.findall(r"[a-z]{4,}", " ".join(bits).lower()))


@pytest.mark.parametrize("name", ["ICTRP-Results_18Mar2020.xml", "who-export-sample.xml"])
def test_real_values_are_read_from_pages(name: str) -> None:
    trials = etree.parse(FOLDER / name).getroot().findall("Trial")
    unread: Counter[str] = Counter()
    for trial in trials[::6]:
        record = read_bytes(page(trial).encode(), "page").records[0]
        number, day = text(trial, "TrialID"), text(trial, "Date_registration3")
        assert record.identifiers[0].value in number
        assert record.identifiers[0].type != "OTHER"
        assert record.dates.registration is not None
        assert record.dates.registration.date == f"{day[:4]}-{day[4:6]}-{day[6:]}"
        assert record.brief_title == " ".join(text(trial, "Public_title").split())
        assert ProblemCode.LOSSY_CAPTURE not in {p.code for p in record.problems}
        printed = Counter(re.findall(r"[a-z]{4,}", f"{text(trial, 'Inclusion_Criteria')} {text(trial, 'Exclusion_Criteria')}".lower()))
        assert not set(printed - said(record)) - HEADING_WORDS, number
        unread += Counter(field for field in ("overall_status", "study_type", "sex", "enrollment") if getattr(record, field) is None)
    assert sum(unread.values()) <= 0.02 * 4 * len(trials[::6]), "words of registers that no table has"
