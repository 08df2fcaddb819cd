"""A review whose every free-text field holds hostile texts, made through public names only; for pages, documents and drawings."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from review import Review
from review.certainty import DOWN, Baseline, Effect, Threshold
from review.extraction.forms import items
from tests.example.build import PAGES
from tests.hostile import HOSTILE, hostile
from tests.rooms.team import Team, make_team

ALL = "\n".join(HOSTILE)
FILE_NAMES = ("<img src=x onerror=alert(1)>.json", "=cmd|' C calc'!A0 \u202e{{7*7}}.json")
SIGNALLED = {  # what of a page of ClinicalTrials.gov is somebody's words, by the name of its field
    "briefTitle", "officialTitle", "fullName", "name", "briefSummary", "detailedDescription", "label", "description", "measure",
    "timeFrame", "eligibilityCriteria", "facility", "city", "state", "country", "conditions", "keywords", "interventionNames",
    "otherNames", "armGroupLabels", "id",
}  # fmt: skip


@dataclass
class Hostile:
    """The review, its people, and every text by the field that it was written into."""

    team: Team
    texts: Iterator[str] = field(default_factory=hostile)
    written: dict[str, list[str]] = field(default_factory=dict)

    def next(self, name: str) -> str:
        """The next text, remembered under the field's name."""
        text = next(self.texts)
        self.written.setdefault(name, []).append(text)
        return text

    def several(self, name: str, n: int) -> list[str]:
        """The next *n* texts."""
        return [self.next(name) for _ in range(n)]


def hostile_review(folder: Path) -> Hostile:
    """The whole review in *folder*: protocol and amendment, searches, imports, every verb of every room."""
    made = Hostile(make_team(folder, plan=plan_text(), frozen=False))
    lead = made.team.lead
    lead.protocol.freeze()
    (folder / "review.toml").write_text(plan_text(time="other words " + ALL), encoding="utf-8")
    lead.protocol.amend(reason=made.next("amendment") + ALL, results_known=False)
    search, reports = take_in(made, folder)
    screen(made, reports)
    full_text(made, reports)
    certainty(made)
    imported(made, folder, search)
    return made


def plan_text(time: str = ALL) -> str:
    """A protocol with every text of the list in every field that holds one."""
    said = _toml(ALL)
    criteria = "".join(
        f'[[criteria]]\nid = "{id}"\nelement = "P"\nstage = ["title_abstract", "full_text"]\n'
        f"text = {_toml(text)}\nnot_met = {_toml('not: ' + text[:300])}\nbecause = {_toml(text)}\n"
        for id, text in (("P1", ALL), *((f"C{n}", text) for n, text in enumerate(HOSTILE[::12])))
    )
    outcomes = "".join(
        f"[[outcomes]]\nid = {_toml(f'{text}{n}')}\nname = {_toml(text)}\ntime_frame = {_toml(text)}\n"
        for n, text in enumerate(HOSTILE[3::11])
    )
    people = "".join(
        f'[[reviewers]]\nid = "{id}"\nroles = {roles}\n'
        for id, roles in (
            ("r1", '["screener", "extractor", "assessor"]'),
            ("r2", '["screener", "extractor", "assessor"]'),
            ("lead", '["lead"]'),
        )
    )
    names = ", ".join(_toml(f"{text} {n}") for n, text in enumerate(HOSTILE))
    return (
        f"[review]\ntitle = {_toml(HOSTILE[0] + HOSTILE[54] + HOSTILE[-5])}\nregistration = {said}\nprotocol_link = {said}\n"
        f"funding = {said}\ncompeting_interests = {said}\n"
        f"[question]\npopulation = {said}\nintervention = {said}\ncomparator = {said}\noutcomes = {said}\nstudy_design = {said}\n"
        f"time = {_toml(time)}\n{criteria}{outcomes}{people}"
        f'[[searches]]\nsource = {said}\nkind = "database"\n[synthesis]\ngroups = [{names}]\n[appraisal]\ntools = ["jbi-case-series"]\n'
        f"[previous]\nstudies = [{names}]\nreports = [{names}]\n"
    )


def _toml(text: str) -> str:
    """*text* as a basic string of TOML."""
    return '"' + "".join(c if c.isascii() and c.isprintable() and c not in '"\\' else f"\\U{ord(c):08x}" for c in text) + '"'


def take_in(made: Hostile, folder: Path) -> tuple[str, list[str]]:
    """Searches of every kind with hostile sources, and one article for each text of the list; returns a search and the reports."""
    rv, says = made.team.r1, made.next
    vias = cycle((None, None, None, "website", "citation", "contact"))
    searches = [
        rv.searches.record(
            says("source"),
            kind="database" if via is None else "other",
            via=via,
            platform=says("platform"),
            strategy=says("strategy") + ALL,
            limits=says("limits"),
            filters=says("filters"),
            peer_review=says("peer_review"),
            by=says("searched by"),
            searched="2026-01-05",
            hits=7,
        )
        for via in islice(vias, 12)
    ]
    reports = []
    for at, _ in enumerate(HOSTILE):
        record = rv.records.add(
            searches[at % len(searches)],
            title=says("title"),
            authors=made.several("author", 2),
            year=2020,
            journal=says("journal"),
            volume=says("volume"),
            pages=says("pages"),
            note=says("note of a record"),
        )
        reports.append("rep:" + record.removeprefix("rec:"))
    rv.studies.merge(reports[:2], reason=says("merge"))
    rv.studies.keep_apart(reports[2:4], reason=says("kept apart"))
    made.team.lead.screening.remove(reports[6:8], by="automation", tool=says("tool"), reason=says("removal"), note=says("removal note"))
    return searches[0], reports


def screen(made: Hostile, reports: list[str]) -> None:
    """Title and abstract, each with a note; conflicts are left open, one is resolved, one decision is replaced and one withdrawn."""
    r1, r2, says = made.team.r1, made.team.r2, made.next
    waiting = set(r1.screening.queue("title_abstract"))
    for at, report in enumerate(r for r in reports if r in waiting):
        answers = ("include", "exclude") if at % 9 == 0 else ("include", "include")
        for rv, answer in zip((r1, r2), answers, strict=True):
            reason = "P1" if answer == "exclude" else None
            rv.screening.decide(report, stage="title_abstract", decision=answer, reason=reason, note=says("decision"))
    first, second = list(r1.screening.conflicts()["report"])[:2]
    made.team.lead.screening.resolve(first, stage="title_abstract", decision="include", note=says("resolution"))
    again = r1.screening.decide(second, stage="title_abstract", decision="exclude", reason="P1", note=says("decision"))
    r1.screening.undo(again)


def full_text(made: Hostile, reports: list[str]) -> None:
    """Retrieval, decisions, classification, cells, contacts and appraisals with hostile words, on what passed."""
    r1, r2, lead, says = made.team.r1, made.team.r2, made.team.lead, made.next
    sought = [r.id for r in lead.studies.report_views() if lead.screening.sought(r)][:24]
    for at, report in enumerate(sought):
        r1.screening.retrieve(report, "not_retrieved" if at % 8 == 7 else "retrieved", note=says("retrieval"))
    assessed = [r for at, r in enumerate(sought) if at % 8 != 7]
    for at, report in enumerate(assessed):
        for rv in (r1, r2):
            out = at % 3 == 2
            rv.screening.decide(
                report, stage="full_text", decision="exclude" if out else "include", reason="P1" if out else None, note=says("decision")
            )
    studies = [made.team.study(r) for at, r in enumerate(assessed) if at % 3 != 2]
    for study, what in zip(studies, cycle(("included", "ongoing", "awaiting")), strict=False):
        for rv in (r1, r2):
            rv.studies.classify(study, what, reason=says("classification"))
    r1.studies.link(assessed[1], studies[0], reason=says("link"))
    lead.studies.register_checked(studies[0], date="2026-02-02", note=says("register"))
    for text in islice(hostile(), 12):
        lead.extraction.contact(studies[0], whom=text, when="2026-02-02", asked=text + ALL, answer=text)
    cells(made, lead, [s.id for s in lead.studies.views() if s.id in studies])


def cells(made: Hostile, lead: Review, studies: list[str]) -> None:
    """Every item of extraction with hostile values and labels; one corrected, one withdrawn, one settled. Then appraisals."""
    r1, r2, says = made.team.r1, made.team.r2, made.next
    for study in studies[:4]:
        for item in (
            "condition",
            "intervention",
            "arm",
            "outcome",
            "sponsor",
            "setting",
            "design",
            "countries",
            "an item of the team's own",
        ):
            for _ in range(3):
                written = _written(made, r1, study, item)
            r1.extraction.correct(written, value=says("value"), quotation=says("quotation"), location=says("location"))
        r1.extraction.undo(_written(made, r1, study, "condition"))
        about: dict[str, Any] = {"item": "intervention", "arm": says("arm")}
        for rv in (r1, r2):
            rv.extraction.record(study, value=says("value"), quotation=says("quotation"), location=says("location"), **about)
        lead.extraction.resolve(study, value=says("value"), reason=says("consensus"), **about)
    for rv in (r1, r2):
        rv.extraction.record(studies[-1], item="design", value="case-series", quotation=says("quotation"), location=says("location"))
    answers = {str(question): "Y" for question in range(1, 11)}
    for study in studies:
        r1.bias.not_assessed(study, tool="rob2-parallel", reason=says("not assessed"), result=says("result"))
    for rv in (r1, r2):
        support = {q: {"text": says("support"), "quotation": says("quotation"), "location": says("location")} for q in answers}
        given = {"answers": answers, "judgements": {"overall": "Include"}, "support": support}
        sources = [text for text in made.several("source consulted", 3) if text.strip()]
        rv.bias.judge(studies[-1], tool="jbi-case-series", result="", sources=sources, **given)
    lead.bias.calibrate(studies, tool="jbi-case-series", round="1 " + says("round"), note=says("note of a round") + ALL)
    lead.bias.weigh(studies[-1], tool="jbi-case-series", result="", weight="12.5", source="from " + says("source of a weight"))


def certainty(made: Hostile) -> None:
    """One outcome graded by both in a hostile comparison, every word of it hostile; another said not to be graded."""
    says, (first, second, *_) = made.next, made.team.nobody.protocol.outcomes
    comparison = says("comparison") + ALL + " versus " + says("comparator") + ALL
    given: dict[str, Any] = {
        "comparison": comparison,
        "start": "randomised",
        "ratings": {**dict.fromkeys(DOWN, 0), "imprecision": -1},
        "explanations": {"imprecision": "why: " + says("explanation") + ALL},
        "effect": Effect("MD", -1, -9, 2, "in " + says("source of an effect") + ALL, unit=says("unit of an effect")),
        "baseline": [Baseline(n, f"{n} " + says("label of a risk"), "from " + says("source of a risk")) for n in (5, 7)],
        "threshold": Threshold(1, source="from " + ALL),
        "final": "Low",
        "reason": "so: " + says("reason for a level"),
        "comment": says("comment") + ALL,
    }
    reason = "so: " + says("reason for none")
    for rv in made.team.both:
        rv.certainty.grade(first.id, **given)
        rv.certainty.not_graded(second.id, comparison=comparison, reason=reason)


def _written(made: Hostile, rv: Review, study: str, item: str) -> str:
    """A value of *item* in hostile words, with every label that the form lets it have; an item on no form has them all."""
    says = made.next
    labels = next((one.repeat for one in items() if one.id == item), ("arm", "outcome", "timepoint", "analysis_set"))
    words = {name: says(name) for name in ("unit", *labels, "value", "quotation", "location")}
    return rv.extraction.record(study, item=item, **words)


def imported(made: Hostile, folder: Path, search: str) -> None:
    """Files with hostile names and addresses, whose every text is hostile; carried to characteristics, where their lines are quoted."""
    page = json.loads((PAGES / "ctgov_search.json").read_text(encoding="utf-8"))
    rv = made.team.r1
    run = rv.searches.record(made.next("source"), kind="register", searched="2026-01-06")
    for at, name in enumerate(FILE_NAMES):
        for number, study in enumerate(page["studies"]):
            study["protocolSection"]["identificationModule"]["nctId"] = f"NCT0000{at}{number}00"
        file = folder / name
        file.write_text(json.dumps(_spoilt(made, page), ensure_ascii=False, indent=1), encoding="utf-8")
        rv.import_files([file], search=run, addresses={name: f"javascript:window.RAN={at}//{made.next('address')}"})
    for report in [r for r in made.team.lead.studies.report_views() if r.stands.file_name]:
        made.team.decide(report.id, "include", "include")
        made.team.decide(report.id, "include", "include", stage="full_text")
        study = made.team.study(report.id)
        for each in made.team.both:
            each.studies.classify(study, "included", reason=made.next("classification"))


def _spoilt(made: Hostile, value: Any, name: str = "") -> Any:
    """The page with a hostile text wherever somebody's words stand."""
    if isinstance(value, dict):
        return {key: _spoilt(made, inside, key) for key, inside in value.items()}
    if isinstance(value, list):
        return [_spoilt(made, inside, name) for inside in value]
    if name not in SIGNALLED or not isinstance(value, str):
        return value
    text = made.next(f"page: {name}")
    return f"Inclusion Criteria:\n\n1. {text}\n2. {ALL}\n\nExclusion Criteria:\n\n* {text}" if name == "eligibilityCriteria" else text
