"""Every kind of fact that this release writes, and the form of its body."""

from __future__ import annotations

from review.model import appraisal, certainty, decision, extraction, planning
from review.model.event import Body
from review.model.ledger_facts import LedgerForked, LedgerWithdrawn

KINDS: dict[str, type[Body]] = {
    body.kind: body
    for body in (
        LedgerForked,
        LedgerWithdrawn,
        planning.ProtocolFrozen,
        planning.ProtocolAmended,
        planning.SearchRecorded,
        planning.RecordsImported,
        planning.FileRefused,
        planning.RecordAdded,
        planning.RecordReparsed,
        decision.ScreeningDecided,
        decision.ScreeningResolved,
        decision.DecisionImported,
        decision.ReportRetrieved,
        decision.ScreeningPiloted,
        decision.ScreeningAllocated,
        decision.ScreeningStopped,
        decision.RecordsRemoved,
        decision.ReportsMerged,
        decision.ReportsDoubted,
        decision.ReportsDistinct,
        decision.ReportLinked,
        decision.LinkRefused,
        decision.StudyClassified,
        decision.ClassificationResolved,
        decision.RegisterChecked,
        extraction.CellRecorded,
        extraction.CellDrafted,
        extraction.CellConfirmed,
        extraction.CellResolved,
        extraction.SheetReturned,
        extraction.ContactLogged,
        extraction.SwitchingJudged,
        extraction.SwitchingResolved,
        appraisal.AppraisalJudged,
        appraisal.AppraisalNotAssessed,
        appraisal.AppraisalResolved,
        appraisal.AppraisalDrafted,
        appraisal.AppraisalWeighed,
        appraisal.AppraisalCalibrated,
        certainty.CertaintyGraded,
        certainty.CertaintyNotGraded,
        certainty.CertaintyResolved,
        certainty.CertaintyDrafted,
    )
}
