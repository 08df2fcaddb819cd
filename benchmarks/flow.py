"""The flow of a hundred thousand records from a warm ledger: derived, checked and drawn; figures as seen, no verdict."""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

from review.model.decision import ReportRetrieved, ScreeningDecided, StudyClassified
from review.model.event import Draft
from review.model.planning import RecordAdded
from review.records.by_hand import record_by_hand
from tests.rooms.team import Team, make_team

REASONS = ("P1", "I1", "S1")
PASSED, RETRIEVED, INCLUDED = 20, 21, 6  # one record in so many goes on; one report in so many is not had, is included


def decided(report: str, actor: str, stage: str, decision: str, reason: str | None) -> Draft:
    body = ScreeningDecided(
        stage=stage, decision=decision, judgements={}, reason=reason, also_failed=(), override=False, note="",
        criteria_version=1, round=None,
    )  # type: ignore[arg-type]  # fmt: skip
    return Draft(ScreeningDecided.kind, report, body, actor)


def entered(search: str, n: int) -> tuple[Draft, bytes, str]:
    """One record from outside, its blob, and the report that it founds."""
    record = record_by_hand(
        source=f"source {search}", title=f"Trial {n} of a drug", identifiers=[f"10.1000/b{n}"], authors=["Doe J"], year=2000 + n % 25,
        journal="A journal", volume=None, pages=None, teaching=False,
    )  # fmt: skip
    parsed = f"[{record.model_dump_json()}]".encode()
    body = RecordAdded(search=search, record=record.record_id, parsed_sha256=sha256(parsed).hexdigest(), note="")
    return Draft(RecordAdded.kind, search, body, "r1"), parsed, "rep:" + record.record_id.removeprefix("rec:")


def filled(team: Team, records: int) -> None:
    """Records of three databases, screened by two people to their end, in batches."""
    searches = [team.search(source) for source in ("MEDLINE", "Embase", "CENTRAL")]
    reports: list[str] = []
    for start in range(0, records, 10_000):
        new = [entered(searches[n % 3], n) for n in range(start, min(start + 10_000, records))]
        team.ledger.append([draft for draft, _, _ in new], blobs=[(parsed, False) for _, parsed, _ in new])
        reports += [report for _, _, report in new]
    drafts: list[Draft] = []
    for n, report in enumerate(reports):
        passed = n % PASSED == 0
        reason = None if passed else REASONS[n % 2]
        drafts += [decided(report, who, "title_abstract", "include" if passed else "exclude", reason) for who in ("r1", "r2")]
        if not passed:
            continue
        status = "not_retrieved" if n % RETRIEVED == 0 else "retrieved"
        drafts.append(Draft(ReportRetrieved.kind, report, ReportRetrieved(status=status, file_sha256=None, file_name=None, note=""), "r1"))
        if status == "retrieved":
            final = "include" if n % INCLUDED == 0 else "exclude"
            reason = None if final == "include" else REASONS[n % 3]
            drafts += [decided(report, who, "full_text", final, reason) for who in ("r1", "r2")]
            study = "stu:" + report.removeprefix("rep:")
            if final == "include":
                body = StudyClassified(classification="included", reason="so")
                drafts += [Draft(StudyClassified.kind, study, body, who) for who in ("r1", "r2")]
    for start in range(0, len(drafts), 20_000):
        team.ledger.append(drafts[start : start + 20_000])


def timed(what: str, act: Callable[[], object]) -> float:
    start = time.perf_counter()
    act()
    took = time.perf_counter() - start
    print(f"{what:<60}{took:>10.3f} s", flush=True)
    return took


def main(arguments: list[str]) -> None:
    """Print every figure; argument: how many records."""
    records = int(arguments[0]) if arguments else 100_000
    with tempfile.TemporaryDirectory() as folder:
        team = make_team(Path(folder))
        timed(f"write {records:,} records and their decisions (not measured)", lambda: filled(team, records))
        timed("flow, from a cold ledger", team.nobody.flow)
        timed("flow, from a warm ledger", team.nobody.flow)
        flow = team.nobody.flow()
        timed("its fourteen identities", flow.identities)
        timed("drawing", lambda: flow.svg(links=False))
        timed("from a warm ledger to a drawing that was checked", lambda: (f := team.nobody.flow(), f.identities(), f.svg()))
        team.r1.screening.undo(
            team.ledger.append([decided(next(iter(flow.report_of.values())), "r1", "title_abstract", "include", None)])[0].id
        )
        timed("the same after two more events", lambda: (f := team.nobody.flow(), f.identities(), f.svg()))
        timed("the figure of a page, with lists and origins", team.nobody.figures.flow)
        print(str(flow))
        team.ledger.close()


if __name__ == "__main__":
    main(sys.argv[1:])
