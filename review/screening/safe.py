"""The SAFE checklist of stopping (Boetje, van de Schoot 2024) as far as the ledger can tell; it stops nothing and guesses nothing.

Four phases: a random set, active learning, another model, the quality of the exclusions. The thresholds are as they are passed on; we have
not verified them, and a review may have better ones.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from itertools import takewhile
from math import ceil
from typing import Literal

from review.model.views import ReportView
from review.screening.progress import Progress
from review.screening.stopping import IRRELEVANT_IN_A_ROW, NOT_KNOWN, Estimate, estimate

RANDOM_SHARE, READ_SHARE, TIMES_EXPECTED = 0.01, 0.10, 2
OTHER_MODEL = "nb"

State = Literal["done", "not yet", "cannot be said"]


@dataclass(frozen=True, slots=True)
class SafeLine:
    """One line of the checklist. ``figures`` say what its state rests on, or why it cannot be said."""

    phase: int
    what: str
    state: State
    figures: str


def safe(progress: Progress, key_papers: Mapping[str, Collection[str]], *, reviewers: int) -> tuple[SafeLine, ...]:
    """The seven lines. key_papers: as the protocol names each -> the reports here that are it, none where no search found it.

    reviewers: how many decide on each report at this stage.
    """
    known = None if progress.waiting else estimate(progress.drawn, progress.labels, len(progress.reports))
    return (
        _random(progress),
        _key_papers(progress, key_papers),
        _read(progress),
        _twice(progress, known),
        _in_a_row(progress),
        _other_model(progress),
        _checked(progress, reviewers),
    )


def is_known_as(report: ReportView, name: str) -> bool:
    """Whether *name* is the report's id here, or an identifier (DOI, PubMed or registry number) of a record of it; case is no matter."""
    known = {value.casefold() for record in report.records for value in record.identifiers()} | set(report.members)
    return name.strip().casefold() in known


def _state(done: bool) -> State:
    return "done" if done else "not yet"


def _random(progress: Progress) -> SafeLine:
    what = f"A random set of at least {RANDOM_SHARE:.0%} of the records was screened".replace("%", " %")
    if not progress.share:
        return SafeLine(1, what, "cannot be said", "the protocol draws none at random (random_share = 0)")
    drawn, wanted = progress.drawn, max(1, ceil(RANDOM_SHARE * len(progress.reports)))
    waits = f", {progress.waiting:,} more without a final decision" if progress.waiting else ""
    figures = f"{len(drawn):,} of {wanted:,} drawn, {sum(drawn):,} relevant{waits}; spread over the ranking, not screened before it"
    return SafeLine(1, what, _state(len(drawn) >= wanted), figures)


def _key_papers(progress: Progress, key_papers: Mapping[str, Collection[str]]) -> SafeLine:
    what = "All key papers were found"
    if not key_papers:
        return SafeLine(2, what, "cannot be said", "the protocol names none (key_papers)")
    included = {one.report for one in progress.done if one.label}
    missing = [name for name, reports in key_papers.items() if not included & set(reports)]
    figures = f"{len(key_papers) - len(missing):,} of {len(key_papers):,}"
    if missing:
        figures += "; not included so far: " + ", ".join(name + ("" if key_papers[name] else " (in no search)") for name in missing)
    return SafeLine(2, what, _state(not missing), figures)


def _read(progress: Progress) -> SafeLine:
    what = f"At least {READ_SHARE:.0%} of the records were screened".replace("%", " %")
    wanted = ceil(READ_SHARE * len(progress.reports))
    done = bool(progress.done) and len(progress.done) >= wanted
    return SafeLine(2, what, _state(done), f"{len(progress.done):,} screened, {wanted:,} wanted of {len(progress.reports):,}")


def _twice(progress: Progress, known: Estimate | None) -> SafeLine:
    what = "At least twice as many records were screened as there are relevant ones by the estimate"
    if progress.waiting:
        return SafeLine(2, what, "cannot be said", f"{progress.waiting:,} of those drawn at random have no final decision yet")
    if known is None or not known.relevant:
        return SafeLine(2, what, "cannot be said", "no relevant record has been drawn at random yet")
    wanted = ceil(TIMES_EXPECTED * known.total)
    figures = f"{len(progress.done):,} screened, {wanted:,} wanted; estimate {known.total:,.0f} ({known.fewest:,} to {known.most:,})"
    return SafeLine(2, what, _state(len(progress.done) >= wanted), figures)


def _in_a_row(progress: Progress) -> SafeLine:
    what, known = f"The last {IRRELEVANT_IN_A_ROW} records were irrelevant", progress.in_order
    if progress.done and not known:
        return SafeLine(2, what, "cannot be said", NOT_KNOWN)
    row = sum(1 for _ in takewhile(lambda label: not label, reversed(progress.labels[len(progress.done) - known :])))
    since = "" if known == len(progress.done) else ", since decisions were imported"
    return SafeLine(2, what, _state(row >= IRRELEVANT_IN_A_ROW), f"{row:,} in a row{since}")


def _other_model(progress: Progress) -> SafeLine:
    what = f"Another model ordered the rest, and its last {IRRELEVANT_IN_A_ROW} records were irrelevant"
    if progress.done and not any(one.models for one in progress.done):
        return SafeLine(3, what, "cannot be said", "no decision names the model that presented its record")
    by_other = [one.label for one in progress.done if OTHER_MODEL in one.models]
    row = sum(1 for _ in takewhile(lambda label: not label, reversed(by_other)))
    return SafeLine(3, what, _state(row >= IRRELEVANT_IN_A_ROW), f"{len(by_other):,} screened in its order, the last {row:,} irrelevant")


def _checked(progress: Progress, reviewers: int) -> SafeLine:
    what = "The exclusions were checked by a second person"
    if reviewers < 2:
        return SafeLine(4, what, "cannot be said", "one person decides at this stage, and a second look leaves no fact of its own")
    excluded = [one for one in progress.done if not one.label]
    by_two = sum(one.people > 1 for one in excluded)
    unknown = sum(not one.people for one in excluded)
    figures = f"{by_two:,} of {len(excluded):,} exclusions are by two people, who each screened; not by a second look at the end"
    if unknown:
        figures += f"; {unknown:,} by an imported consensus, whose readers are not known"
    if unknown and by_two + unknown == len(excluded):
        return SafeLine(4, what, "cannot be said", figures)
    return SafeLine(4, what, _state(bool(excluded) and by_two == len(excluded)), figures)
