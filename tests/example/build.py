"""Makes the example's ledger from its teaching pages: the same events, to the byte, each time that it is run.

``python -m tests.example.build FOLDER`` writes ledger.jsonl, raw/ and blobs/ into FOLDER (data/ of this repository holds the result).
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from review import Review
from review.ledger.exchange import export
from review.ledger.ledger import Ledger

ROOT = Path(__file__).resolve().parents[2]
PAGES = Path(__file__).parent / "pages"
ORIGIN = "00000000e8a3e1e0"
WEBSITES = (
    ("ClinConnect", "clinconnect_upadacitinib.txt", "https://clinconnect.io/trials/NCT06862284"),
    ("MedDataX", "meddatax_NCT06410833.txt", None),
    ("ClinicalTrials.Veeva", "veeva_NCT00953485.txt", None),
    ("BMJ journals", "bmj_baricitinib_letter.txt", None),
)


class Clock:
    """A clock that moves seven minutes with every look at it, from the morning of 2 March 2026."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.now += timedelta(minutes=7)
        return self.now


class Team:
    """The three reviewers at one ledger."""

    def __init__(self, folder: Path) -> None:
        ledger = Ledger.open(folder / "data" / "ledger.sqlite3", clock=Clock(), mint=lambda: ORIGIN)
        self.ledger = ledger
        self.r1, self.r2, self.lead = (Review.open(folder, reviewer=name, ledger=ledger) for name in ("r1", "r2", "lead"))

    @property
    def screeners(self) -> Iterator[Review]:
        """Both screeners, one after the other."""
        yield from (self.r1, self.r2)

    def report(self, identifier_or_title: str) -> str:
        """The id of the report with this identifier, or with this word in its title."""
        for one in self.lead.studies.report_views():
            if identifier_or_title in one.title or any(identifier_or_title in r.identifiers() for r in one.records):
                return one.id
        raise LookupError(identifier_or_title)

    def study(self, identifier_or_title: str) -> str:
        """The id of the study of that report."""
        report = self.report(identifier_or_title)
        return next(s.id for s in self.lead.studies.views() if any(r.id == report for r in s.reports))

    def event(self, study: str, item: str, **about: str) -> str:
        """The event of a cell of *study* as the lead sees it."""
        frame = self.lead.extraction.frame()
        rows = frame[(frame["study"] == study) & (frame["item"] == item)]
        for key, value in about.items():
            rows = rows[rows[key] == value]
        return str(rows["event"].iloc[0])


def build(folder: Path) -> Team:
    """Run the whole example in *folder*, which holds the protocol; returns the team, its ledger open."""
    (folder / "data").mkdir(parents=True, exist_ok=True)
    team = Team(folder)
    team.lead.protocol.freeze()
    take_in(team)
    screen(team)
    classify(team)
    extract(team)
    appraise(team)
    return team


def take_in(team: Team) -> None:
    """Searches and imports: two registers, four websites, one citation."""
    rv = team.r1
    ictrp = rv.searches.record(
        "WHO ICTRP",
        kind="register",
        platform="ICTRP search portal",
        strategy="sjogren* AND (interleukin-2 OR rapamycin)",
        searched="2026-02-16",
        hits=1,
    )
    rv.import_files([PAGES / "ictrp_NCT05605665.txt"], search=ictrp)
    ctgov = rv.searches.record(
        "ClinicalTrials.gov",
        kind="register",
        platform="API, version 2",
        strategy="Sjogren AND low-dose interleukin-2",
        searched="2026-02-16",
        hits=2,
    )
    rv.import_files([PAGES / "ctgov_search.json"], search=ctgov)
    for source, page, address in WEBSITES:
        search = rv.searches.record(
            source, kind="other", via="website", strategy="pages on trials in Sjögren's disease", searched="2026-02-17"
        )
        rv.import_files([PAGES / page], search=search, addresses={page: address} if address else None)
    citation = rv.searches.record(
        "Reference lists", kind="other", via="citation", strategy="references of the pages found", searched="2026-02-18"
    )
    rv.records.add(
        citation,
        title="Allogeneic mesenchymal stem cell treatment alleviates experimental and clinical Sjögren syndrome",
        authors=["Xu J"],
        year=2012,
        journal="Blood",
        volume="120",
        pages="3142-3151",
        identifiers=["NCT00953485"],
        note="Named as a report of NCT00953485.",
    )
    rv.studies.find()


ALL_MET = {"P1": "met", "P2": "met", "I1": "met", "S1": "met"}


def screen(team: Team) -> None:
    """Both stages; the age of NCT00953485 is disputed and the lead resolves."""
    trial, off_topic = team.report("NCT05605665"), off_topic_report(team)
    for rv in team.screeners:
        rv.screening.decide(trial, stage="title_abstract", judgements=ALL_MET)
        rv.screening.decide(off_topic, stage="title_abstract", judgements={"P1": "not_met"}, note="Another disease.")
    letter, blood = team.report("baricitinib"), team.report("Allogeneic mesenchymal stem cell treatment")
    team.r1.screening.retrieve(letter, "extract_only", note="The page ends after two paragraphs; the rest is behind a payment.")
    team.r1.screening.retrieve(blood, "not_retrieved", note="Not available through the libraries at hand.")
    full_text(team, trial, letter)


def full_text(team: Team, trial: str, letter: str) -> None:
    """Full-text decisions of both, and the resolution of the one conflict."""
    upadacitinib, belimumab, cells = team.report("Upadacitinib"), team.report("NCT06410833"), stem_cells(team)
    for rv in team.screeners:
        rv.screening.decide(trial, stage="full_text", judgements=ALL_MET)
        rv.screening.decide(
            letter,
            stage="full_text",
            judgements={**ALL_MET, "P2": "unclear"},
            decision="include",
            note="Ages are not in the extract; the patients meet criteria for adults.",
        )
        rv.screening.decide(upadacitinib, stage="full_text", judgements=ALL_MET, note="Eligible as far as the page shows.")
        rv.screening.decide(
            belimumab,
            stage="full_text",
            judgements={"P1": "met", "P2": "not_met", "I1": "met", "S1": "met"},
            note="Ages 5 to 18 years: a trial in children.",
            near_miss=True,
        )
    team.r1.screening.decide(
        cells, stage="full_text", judgements={**ALL_MET, "P2": "unclear"}, decision="include", note="From 15 years on; most will be adults."
    )
    team.r2.screening.decide(
        cells, stage="full_text", judgements={**ALL_MET, "P2": "not_met"}, note="People from 15 years on are admitted."
    )
    team.lead.screening.resolve(
        cells,
        stage="full_text",
        decision="include",
        note="Mixed ages, 15 to 70 years: eligible if adult data can be had; the study waits for them.",
    )


def off_topic_report(team: Team) -> str:
    """The register's record that is about something else."""
    return next(r.id for r in team.lead.studies.report_views() if r.lane == "dbr" and "NCT05605665" not in r.stands.identifiers())


def stem_cells(team: Team) -> str:
    """The registration of the trial of stem cells (its article states the same number)."""
    return next(r.id for r in team.lead.studies.report_views() if r.stands.is_registration and "NCT00953485" in r.stands.identifiers())


def classify(team: Team) -> None:
    """Both classify each study with a reason."""
    classes = (
        ("NCT05605665", "included", "Completed; registration only, no results posted or linked."),
        ("baricitinib", "included", "A single-arm pilot study with results in the article."),
        ("Upadacitinib", "ongoing", "The page says that recruitment has not begun."),
        ("NCT00953485", "awaiting", "Ages 15 to 70 years: waits for data on adults apart, or their share."),
    )
    for name, classification, reason in classes:
        study = team.study(name)
        for rv in team.screeners:
            rv.studies.classify(study, classification, reason=reason)
    cells = team.study("NCT00953485")
    team.lead.extraction.contact(
        cells,
        whom="the sponsor's trial office",
        when="2026-02-23",
        asked="How many participants were under 18, and are adult data available apart?",
    )


def extract(team: Team) -> None:
    """Two extractors confirm or record the cells that the tables rest on; one disagreement is settled by the lead."""
    trial, letter = team.study("NCT05605665"), team.study("baricitinib")
    confirmed = (
        "title",
        "registry_number",
        "allocation",
        "intervention_model",
        "masking",
        "phase",
        "status",
        "start",
        "minimum_age",
        "sex",
        "design",
        "condition",
        "sponsor",
    )
    events = [team.event(trial, item) for item in confirmed]
    people = team.event(trial, "participants")
    for rv in team.screeners:
        for event in events:
            rv.extraction.confirm(event)
    team.r1.extraction.confirm(people)
    for rv in team.screeners:
        for item, value, unit, about, quotation in letter_cells():
            rv.extraction.record(letter, item=item, value=value, unit=unit, **about, quotation=quotation, location="BMJ journals, letter")
    disputed(team, letter)


def letter_cells() -> list[tuple[str, str, str | None, dict[str, str], str]]:
    """What both extractors read in the letter: item, value, unit, what it is about, quotation."""
    text = (PAGES / "bmj_baricitinib_letter.txt").read_text(encoding="utf-8")
    return [
        ("participants", "11", "participants", {"analysis_set": "enrolled"}, sentence(text, "11 patients")),
        ("design", "single-arm-trial", None, {}, sentence(text, "pilot")),
        ("intervention", "baricitinib", None, {}, sentence(text, "aricitinib")),
        ("outcome", "ESSDAI", None, {"outcome": "ESSDAI"}, sentence(text, "ESSPRI")),
        ("outcome", "ESSPRI", None, {"outcome": "ESSPRI"}, sentence(text, "ESSPRI")),
    ]


def disputed(team: Team, letter: str) -> None:
    """The threshold of disease activity: a citation number stuck to it misled one extractor."""
    text = (PAGES / "bmj_baricitinib_letter.txt").read_text(encoding="utf-8")
    said = sentence(text, "≥5.6")
    team.r1.extraction.record(letter, item="activity_threshold", value="ESSDAI ≥ 5", quotation=said, location="BMJ journals, letter")
    team.r2.extraction.record(letter, item="activity_threshold", value="ESSDAI ≥ 5.6", quotation=said, location="BMJ journals, letter")
    team.lead.extraction.resolve(
        letter,
        item="activity_threshold",
        value="ESSDAI ≥ 5",
        reason="The 6 is the number of a reference that the capture joined to the threshold.",
    )


def sentence(text: str, words: str) -> str:
    """The first sentence of *text* that holds *words*."""
    line = next(line for line in text.splitlines() if words in line)
    at = line.index(words)
    start = max(line.rfind(". ", 0, at) + 2, 0) if ". " in line[:at] else 0
    end = line.find(". ", at + len(words))
    return line[start : end + 1 if end >= 0 else len(line)].strip()


def appraise(team: Team) -> None:
    """No result is in hand, so nothing is assessed; each study says why."""
    reasons = (
        ("NCT05605665", "rob2-parallel", "Registration only: no result is posted or linked, so there is nothing to assess."),
        ("baricitinib", "jbi-case-series", "Only an extract of the letter is in hand; no result stands in it."),
        ("Upadacitinib", "jbi-case-series", "The trial has not begun; the page does not show its design."),
        ("NCT00953485", "jbi-case-series", "The article was not retrieved; no result is in hand."),
        ("NCT06410833", "jbi-quasi-experimental", "Excluded at full text on age; no result is in hand."),
    )
    for name, tool, reason in reasons:
        for rv in team.screeners:
            rv.bias.not_assessed(team.study(name), tool=tool, reason=reason)


def make(target: Path) -> None:
    """Build in a scratch folder and export to *target*."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        shutil.copy(ROOT / "review.toml", folder / "review.toml")
        with closing(build(folder).ledger) as ledger:
            export(ledger, target)


if __name__ == "__main__":
    make(Path(sys.argv[1]))
