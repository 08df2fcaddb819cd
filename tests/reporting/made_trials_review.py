"""A made review with made trials, for tests: every name and number is invented, and every value has its line in a made abstract.

Two outcomes: flares (counts; one trial with a zero cell, one without any event) and pain (means; one trial states standard errors). A study
of a single arm, one on which the extractors differ, one without results and one known from its registration alone are there too.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.reporting.evidence import entry, register
from tests.rooms.team import PLAN, Team, make_team

COMPARISONS = """
[[outcomes]]
id = "flares"
name = "Flare"
time_frame = "26 weeks"

[[outcomes]]
id = "pain"
name = "Pain"
time_frame = "26 weeks"

[[comparisons]]
id = "flares-drug"
title = "Drug A versus placebo (made trials)"
outcome = "flares"
timepoint = "26 weeks"
measure = "RR"
subgroup_by = "masking"
direction = "lower is better"

[[comparisons]]
id = "pain-drug"
outcome = "pain"
measure = "MD"
experimental = "Drug A"
control = ["Placebo"]
direction = "lower is better"
"""
SYNTHESIS = """
[synthesis]
method = "REML"
common_effect = "mantel_haenszel"
"""


@dataclass(frozen=True)
class Made:
    """One made trial: events and people with the drug and with placebo; mean, its spread and how it is called, by arm; masking."""

    name: str
    year: int
    flares: tuple[tuple[int, int], ...] = ()
    pain: tuple[tuple[float, float], ...] = ()
    spread: str = "SD"
    masking: str = "double-blind"
    design: str = "randomised-trial"


ARMS = ("Drug A", "Placebo")
PUBLICATION_TYPES: dict[str, str] = {}  # of trials that are no journal article
TRIALS = (
    Made("Alder", 2011, ((4, 40), (11, 41)), ((32.1, 12.0), (38.5, 13.1))),
    Made("Birch", 2013, ((0, 25), (3, 26)), ((30.5, 2.4), (37.9, 2.6)), spread="SE"),
    Made("Cedar", 2014, ((9, 80), (15, 78)), masking="open label"),
    Made("Elm", 2016, ((2, 30), (7, 31)), ((35.2, 14.2), (36.9, 13.0)), masking="open label"),
    Made("Fir", 2018, ((12, 110), (20, 108)), ((33.3, 12.8), (38.0, 12.2))),
    Made("Hazel", 2020, ((0, 18), (0, 17)), masking="open label"),
    Made("Larch", 2021, ((3, 22),), design="single-arm-trial"),
    Made("Maple", 2022, ((5, 50), (9, 51))),
    Made("Oak", 2023),
)


def abstract(one: Made) -> list[str]:
    """The sentences of a made abstract, each value in one of them."""
    said = [f"A made {one.masking} trial for tests; the numbers are invented."]
    for arm, (events, n) in zip(ARMS, one.flares, strict=False):
        said.append(f"At 26 weeks {events} of {n} people with {arm} had a flare.")
    for arm, (mean, spread) in zip(ARMS, one.pain, strict=False):
        said.append(f"Mean pain with {arm} was {mean} ({one.spread} {spread}).")
    return said


def made_review(folder: Path, *, more: str = SYNTHESIS + COMPARISONS) -> Team:
    """The whole review, screened, extracted by two people, its studies classified as included."""
    team = make_team(folder, plan=PLAN + more)
    file = folder / "made.nbib"
    entries = "\n".join(
        f"PMID- {90000001 + at}\nOWN - NLM\nTI  - {one.name}: a made trial of drug A\nFAU - {one.name}, Made\nAU  - {one.name} M\n"
        f"DP  - {one.year}\nTA  - Made J\nPT  - {PUBLICATION_TYPES.get(one.name, 'Journal Article')}\nAB  - {' '.join(abstract(one))}\n"
        for at, one in enumerate(TRIALS)
    )
    file.write_text(entries, encoding="utf-8")
    team.r1.import_files([file], search=team.search("PubMed", "database"))
    reports = {report.title.split(":")[0]: report.id for report in team.r1.studies.report_views()}
    for one in TRIALS:
        study = team.include(reports[one.name], "included")
        for at, rv in enumerate(team.both):
            for item, value in _values(one, second=at == 1):
                rv.extraction.record(study, **item, value=value, location="abstract")
    register(team, folder, entry("NCT99999991"))
    return team


def _values(one: Made, *, second: bool) -> Iterator[tuple[dict[str, str], str]]:
    """What each extractor records; on the flares of Maple the second reads another number."""
    said = abstract(one)
    yield {"item": "design", "quotation": said[0]}, one.design
    yield {"item": "masking", "quotation": said[0]}, one.masking
    lines = iter(said[1:])
    for arm, (events, n) in zip(ARMS, one.flares, strict=False):
        about = {"arm": arm, "outcome": "Flare", "timepoint": "26 weeks", "quotation": next(lines)}
        yield {"item": "n_analysed", **about}, str(n)
        yield {"item": "events", **about}, str(events + (second and one.name == "Maple" and arm == "Drug A"))
        yield {"item": "arm_role", "arm": arm, "quotation": about["quotation"]}, "experimental" if arm == ARMS[0] else "control"
    for at, (arm, (mean, spread)) in enumerate(zip(ARMS, one.pain, strict=False)):
        about = {"arm": arm, "outcome": "Pain", "timepoint": "26 weeks", "quotation": next(lines)}
        counted = f"{one.flares[at][0]} of {one.flares[at][1]} people with {arm}"
        yield {"item": "n_analysed", **about, "quotation": counted}, str(one.flares[at][1])
        yield {"item": "mean", **about}, str(mean)
        yield {"item": one.spread.lower(), **about}, str(spread)
