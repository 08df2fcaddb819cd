"""The flow of a hundred thousand records with decisions of every sort, cold, unchanged and after two more events; figures as seen."""

from __future__ import annotations

import gc
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path

from review.model.decision import ReportRetrieved, ScreeningDecided, ScreeningResolved, StudyClassified
from review.model.event import Draft
from review.model.planning import ImportedItem, RecordsImported
from review.records.by_hand import record_by_hand
from review.reporting.flow import Flow
from tests.rooms.team import Team, make_team

REASONS = ("P1", "I1", "S1")
PASSED, RETRIEVED, INCLUDED = 20, 21, 6  # one record in so many goes on; one report in so many is not had, is included
WAITS, DIFFERS, BY_TOOL = 11, 13, 17  # one record in so many has one answer, two that differ (half of these settled), tools' alone
BATCH = 5_000
AGAIN = 7  # measurements, of which the median and the extremes are printed


def decided(report: str, actor: str, stage: str, decision: str, reason: str | None) -> Draft:
    body = ScreeningDecided(
        stage=stage, decision=decision, judgements={}, reason=reason, also_failed=(), override=False, note="",
        criteria_version=1, round=None,
    )  # type: ignore[arg-type]  # fmt: skip
    return Draft(ScreeningDecided.kind, report, body, actor)


def imported(search: str, numbers: range) -> tuple[Draft, bytes, list[str]]:
    """The import of one file of so many records, its parsed blob, and the reports that they found."""
    records = [
        record_by_hand(
            source=f"source {search}", title=f"Trial {n} of a drug", identifiers=[f"10.1000/b{n}"], authors=["Doe J"], year=2000 + n % 25,
            journal="A journal", volume=None, pages=None, teaching=False,
        )
        for n in numbers
    ]  # fmt: skip
    parsed = f"[{','.join(record.model_dump_json() for record in records)}]".encode()
    sha, ids = sha256(parsed).hexdigest(), [record.record_id for record in records]
    body = RecordsImported(
        search=search, file_name=f"{numbers.start}.ris", raw_sha256=sha, parsed_sha256=sha, flat_sha256=None, format="ris", parser="ris@1",
        address=None, read=len(ids), kept=len(ids), refused=(), warnings=(),
        records_digest=sha256("\n".join(sorted(ids)).encode()).hexdigest(),
        items=tuple(ImportedItem(record=record, how="new", index=index) for index, record in enumerate(ids)),
    )  # fmt: skip
    return Draft(RecordsImported.kind, search, body, "r1"), parsed, ["rep:" + record.removeprefix("rec:") for record in ids]


def screened(n: int, report: str) -> Iterator[Draft]:
    """What people and a tool said of one report, by its number."""
    passed = n % PASSED == 0
    if n % BY_TOOL == 0:
        yield from (decided(report, f"tool:classifier@{release}", "title_abstract", "exclude", None) for release in (1, 2))
        return
    first, second = ("include", "include") if passed else ("exclude", "include" if n % DIFFERS == 0 else "exclude")
    yield decided(report, "r1", "title_abstract", first, None if first == "include" else REASONS[n % 2])
    if n % WAITS == 0:
        return
    yield decided(report, "r2", "title_abstract", second, None if second == "include" else REASONS[n % 2])
    if first != second and n % 2:
        body = ScreeningResolved(stage="title_abstract", decision="exclude", reason="P1", note="so", settles=())
        yield Draft(ScreeningResolved.kind, report, body, "lead")
    if not passed:
        return
    status = "not_retrieved" if n % RETRIEVED == 0 else "retrieved"
    yield Draft(ReportRetrieved.kind, report, ReportRetrieved(status=status, file_sha256=None, file_name=None, note=""), "r1")  # type: ignore[arg-type]
    if status == "retrieved":
        final = "include" if n % INCLUDED == 0 else "exclude"
        reason = None if final == "include" else REASONS[n % 3]
        yield from (decided(report, who, "full_text", final, reason) for who in ("r1", "r2"))
        if final == "include":
            study, body = "stu:" + report.removeprefix("rep:"), StudyClassified(classification="included", reason="so")
            yield from (Draft(StudyClassified.kind, study, body, who) for who in ("r1", "r2"))


def filled(team: Team, records: int) -> None:
    """Records of three databases, screened by two people, in batches as large as a transaction takes well."""
    searches = [team.search(source) for source in ("MEDLINE", "Embase", "CENTRAL")]
    drafts: list[Draft] = []
    for at, start in enumerate(range(0, records, BATCH)):
        draft, parsed, reports = imported(searches[at % 3], range(start, min(start + BATCH, records)))
        team.ledger.append([draft], blobs=[(parsed, False)])
        drafts += [said for n, report in enumerate(reports, start) for said in screened(n, report)]
    for start in range(0, len(drafts), BATCH):
        team.ledger.append(drafts[start : start + BATCH])


def timed(what: str, act: Callable[[], object], *, before: Callable[[], object] = lambda: None, runs: int = 1) -> None:
    """Print seconds by the wall and of this process; of several runs the median, the least and the most."""
    walls, own = [], []
    for _ in range(runs):
        before()
        gc.collect()
        start, busy = time.perf_counter(), time.process_time()
        act()
        walls.append(time.perf_counter() - start)
        own.append(time.process_time() - busy)
    walls.sort(), own.sort()
    spread = f"  ({walls[0]:.3f} to {walls[-1]:.3f}, {runs} runs)" if runs > 1 else ""
    print(f"{what:<58}{walls[runs // 2]:>9.3f} s, of the processor {own[runs // 2]:>8.3f} s{spread}", flush=True)


def two_events(team: Team, flow: Flow) -> Callable[[], None]:
    """Writes a decision that replaces nothing and takes it back, each time on the next report."""
    reports = iter(dict.fromkeys(flow.report_of.values()))

    def write() -> None:
        event = team.ledger.append([decided(next(reports), "r1", "title_abstract", "include", None)])[0]
        team.r1.screening.undo(event.id)

    return write


def two_decisions(team: Team, flow: Flow) -> Callable[[], None]:
    """Writes a decision on each of two further reports."""
    reports = iter(reversed(dict.fromkeys(flow.report_of.values())))
    return lambda: team.ledger.append([decided(next(reports), "r1", "title_abstract", "include", None) for _ in range(2)]) and None


def main(arguments: list[str]) -> None:
    """Print every figure; argument: how many records."""
    records = int(arguments[0]) if arguments else 100_000
    with tempfile.TemporaryDirectory() as folder:
        team = make_team(Path(folder))
        timed(f"write {records:,} records and their decisions (not measured)", lambda: filled(team, records))
        timed("flow, from a cold ledger", team.nobody.flow)
        timed("flow, from a warm ledger, nothing new", team.nobody.flow, runs=AGAIN)
        flow = team.nobody.flow()
        timed("flow, after two decisions on two reports", team.nobody.flow, before=two_decisions(team, flow), runs=AGAIN)
        timed("flow, after a decision and its withdrawal", team.nobody.flow, before=two_events(team, flow), runs=AGAIN)
        timed("its fourteen identities", flow.identities, runs=AGAIN)
        timed("drawing", lambda: flow.svg(links=False), runs=AGAIN)
        page = lambda: (f := team.nobody.flow(), f.identities(), f.svg())  # noqa: E731
        timed("flow, checked and drawn, after two decisions", page, before=two_decisions(team, flow), runs=AGAIN)
        timed("the figure of a page, with lists and origins", team.nobody.figures.flow)
        print(str(team.nobody.flow()))
        team.ledger.close()


if __name__ == "__main__":
    main(sys.argv[1:])
