"""What of a file of decisions may stand in this review, and as what; it refuses to overwrite, to guess a record or to invent a reason."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from review.errors import InputRefused, NotAllowed, NotFound, near
from review.model.authority import LEAD
from review.model.blinding import Viewer
from review.model.consensus import Panel
from review.model.decision import DECISIONS, DecisionImported, ReportRetrieved
from review.model.event import Body, Event
from review.model.plan import NOT_A_REASON, Criterion, Reviewer
from review.model.views import ReportView
from review.screening.decision_files import DecisionFile, FileEntry
from review.screening.decision_receipt import DecisionReceipt, Taken
from review.screening.decision_words import Said, same_words
from review.screening.imported import CONSENSUS, REVIEWERS, WAYS, token_of
from review.screening.matching import LOOK, Finder
from review.text import fold_word

_STAGES = {"title abstract": "title_abstract", "title and abstract": "title_abstract", "full text": "full_text"}
_OTHER_WAY = {  # of a row that says what it is: how it is taken in
    True: ("it ended the stage, and is no reviewer's answer", 'take the file in once more with as_="consensus"'),
    False: ("it is one reviewer's answer, and no consensus", 'take it in with as_="reviewers"'),
}
LARGEST = 256_000_000
_PARTS = re.compile(r"[,;|]")


@dataclass(frozen=True, slots=True)
class Asked:
    """How a file was asked to be taken in; ``reviewers`` and ``reasons`` as given, ``criteria`` those of the stage, in order."""

    stage: str
    as_: str
    reviewers: Mapping[str, str]
    reasons: Mapping[str, str]
    tool: str
    retrieved: bool
    criteria: Sequence[Criterion]
    criteria_version: int


@dataclass(frozen=True, slots=True)
class Place:
    """Where a report stands at the stage: its panel, its outcome, why nothing can be decided ('' where it can), whether to retrieve it."""

    panel: Panel
    outcome: str | None
    why_not: str = ""
    next_step: str = ""
    to_retrieve: bool = False


@dataclass(slots=True)
class Intake:
    """One file on its way in. ``drafts``: (subject, body, token) of what is to be written; ``taken``: what became of every answer."""

    file: DecisionFile
    asked: Asked
    finder: Finder
    place: Callable[[ReportView], Place]
    earlier: Mapping[str, Event]  # token -> decision imported before
    withdrawn: Callable[[str], bool]
    drafts: list[tuple[str, Body, str | None]] = field(default_factory=list)
    taken: list[Taken] = field(default_factory=list)
    _lines: dict[tuple[str, str | None], int] = field(default_factory=dict)
    _unknown: Counter[str] = field(default_factory=Counter)

    def take(self) -> None:
        """Look at every answer of the file."""
        for line, words in self.file.problems:
            self.taken.append(Taken("remark", line, "", "", words))
        for entry in self.file.entries:
            if entry.aside or (entry.consensus is not None and entry.consensus != (self.asked.as_ == CONSENSUS)):
                words, next_step = (entry.aside, "") if entry.aside else _OTHER_WAY[entry.consensus is True]
                self.taken.append(Taken("remark", entry.line, entry.title or entry.own_id, "", words, next_step))
                continue
            for answer in entry.answers if self.asked.as_ == REVIEWERS else (_agreed(entry),):
                outcome, message, next_step = self._one(entry, answer)
                self.taken.append(Taken(outcome, entry.line, entry.title or entry.own_id, answer.reviewer or "", message, next_step))
        for words, n in self._unknown.items():
            said = f"no criterion is known for the reason {words!r}" if words else "no reason is given"
            step = f"reasons={{{words!r}: CRITERION}}" if words else "in the flow it is 'reason not recorded'"
            self.taken.append(Taken("remark", None, "", "", f"{said}; exclusions: {n:,}", step))

    @property
    def receipt(self) -> DecisionReceipt:
        """What became of every answer."""
        return DecisionReceipt(self.file.name, self.file.sha256, self.asked.tool, self.asked.stage, self.asked.as_, tuple(self.taken))

    def _one(self, entry: FileEntry, answer: Said) -> tuple[str, str, str]:
        asked = self.asked
        if (wrong := _not_said(answer) or _other_stage(entry, asked.stage)) is not None:
            return ("refused", *wrong)
        if asked.as_ == CONSENSUS and answer.decision == "unsure":
            return "refused", "a consensus is include or exclude, and this is unsure", "settle it, or import the reviewers' own answers"
        reviewer = None
        if asked.as_ == REVIEWERS:
            reviewer = asked.reviewers.get(same_words(answer.reviewer or ""))
            if reviewer is None:
                return "refused", f"nobody of this review is named for {answer.reviewer or ''!r}", "reviewers={NAME IN THE FILE: ID}"
        report, why = self.finder.find(entry)
        if report is None:
            return "unmatched", why, LOOK
        reason = self._reason(answer)
        if reason is None and asked.stage == "full_text" and _is_absence(answer):
            return (
                "refused",
                f"{answer.reason_words!r} is no reason to exclude",
                "include it, and classify the study as ongoing or awaiting",
            )
        token, known = self._token(entry, answer, reviewer, reason)
        if known:
            return "known", "", ""
        place = self.place(report)
        if asked.as_ == CONSENSUS and not entry.consensus and (few := _too_few(entry, place.panel.needed)):
            return "refused", few, 'take it as what it is, the answer of a reviewer: as_="reviewers"'
        if why := place.why_not or self._clash(report, entry, reviewer, place):
            return "refused", why, place.next_step if place.why_not else "nothing was overwritten: undo one of the two"
        self._write(report, entry, answer, reviewer, reason, token, place)
        return "new", "", ""

    def _reason(self, answer: Said) -> str | None:
        """The criterion for the reason of an exclusion; of several, the first in the protocol's order. None where none is known."""
        if answer.decision != "exclude":
            return None
        parts = [answer.reason_words, *_PARTS.split(answer.reason_words)]
        named = [self.asked.reasons.get(same_words(one)) for one in parts if one.strip()]
        whole = named[0] if named else None
        ids = [c.id for c in self.asked.criteria]
        return whole or min((one for one in named if one), key=ids.index, default=None)

    def _token(self, entry: FileEntry, answer: Said, reviewer: str | None, reason: str | None) -> tuple[str, bool]:
        """The token of this answer, and whether it stands already; what was taken back has another one when it comes again."""
        parts = (self.file.sha256, entry.line, answer.reviewer, self.asked.stage, reviewer, answer.decision, reason)
        for attempt in range(len(self.earlier) + 1):
            token = token_of(*parts, attempt)
            if token not in self.earlier:
                return token, False
            if not self.withdrawn(self.earlier[token].id):
                return token, True
        raise InputRefused("this answer was imported and taken back too often", where=f"{self.file.name}:{entry.line}")

    def _clash(self, report: ReportView, entry: FileEntry, reviewer: str | None, place: Place) -> str:
        """What stands in the way: another answer of the same person, or something final; '' where nothing does."""
        if (line := self._lines.get((report.id, reviewer))) is not None:
            return f"line {line} of this file has decided on the same report already"
        if reviewer is None:
            # a resolution that was written out stands also over answers that agree by now
            agreed = place.outcome is not None and not entry.consensus
            settled = "a resolution" if place.panel.resolution is not None else "what the reviewers decided" if agreed else ""
            return f"{settled} stands already" if settled else ""
        own = [a for a in place.panel.answers if a.actor == reviewer]
        return f"an answer of {reviewer} stands already" if own else ""

    def _write(
        self, report: ReportView, entry: FileEntry, answer: Said, reviewer: str | None, reason: str | None, token: str, place: Place
    ) -> None:
        asked = self.asked
        self._lines[(report.id, reviewer)] = entry.line
        if answer.decision == "exclude" and reason is None:
            self._unknown[answer.reason_words] += 1
        if place.to_retrieve and not any(subject == report.id for subject, _, _ in self.drafts):
            note = retrieval_note(self.file.name)
            self.drafts.append((report.id, ReportRetrieved(status="retrieved", file_sha256=None, file_name=None, note=note), None))
        body = DecisionImported(
            stage=asked.stage,
            decision=answer.decision,
            reason=reason,
            reason_words=answer.reason_words,
            note=answer.note,
            reviewer=reviewer,
            tool=asked.tool,
            file_name=self.file.name,
            file_sha256=self.file.sha256,
            line=entry.line,
            criteria_version=asked.criteria_version,
            settles=() if reviewer else tuple(a.id for a in place.panel.answers),
        )  # type: ignore[arg-type]
        self.drafts.append((report.id, body, token))


def retrieval_note(file_name: str) -> str:
    """The note of a retrieval that stands only because a file has a decision on the full text."""
    return f"As {file_name} has a decision on its full text"


def _agreed(entry: FileEntry) -> Said:
    """The one answer of an entry, where its reviewers say the same."""
    given = [a for a in entry.answers if a.decision is not None]
    not_understood = any(a.words for a in entry.answers if a.decision is None)
    if not given or not_understood or len({a.decision for a in given}) > 1:
        words = "; ".join(f"{a.reviewer}: {a.words}" if a.reviewer else a.words for a in entry.answers if a.words)
        return Said(None, words)
    reasons = "; ".join(dict.fromkeys(a.reason_words for a in given if a.reason_words))
    return Said(given[0].decision, given[0].words, reasons, None, "; ".join(dict.fromkeys(a.note for a in given if a.note)))


def _too_few(entry: FileEntry, needed: int) -> str:
    """Why an entry that names who decided is no consensus: fewer than are due; '' where they are enough, or nobody is named."""
    named = {same_words(a.reviewer) for a in entry.answers if a.reviewer and a.decision is not None}
    return (
        f"it has the decision of {len(named):,} of the {needed:,} reviewers due, and is no consensus"
        if named and len(named) < needed
        else ""
    )


def _not_said(answer: Said) -> tuple[str, str] | None:
    if answer.decision is not None:
        return None
    if answer.words:
        return f"{answer.words!r} is not one decision", 'name the column of decisions with columns=, codes with reasons={"5": CRITERION}'
    return "no decision stands in it", "decide on it here; or give decision=, where the file is a list of one kind"


def _other_stage(entry: FileEntry, stage: str) -> tuple[str, str] | None:
    own = _STAGES.get(fold_word(entry.stage), stage)
    return None if own == stage else (f"it is a decision at {fold_word(entry.stage)}", f"import the file for that stage: stage={own!r}")


def _is_absence(answer: Said) -> bool:
    return answer.decision == "exclude" and any(phrase in answer.reason_words.casefold() for phrase in NOT_A_REASON)


# what was asked


def may_import(viewer: Viewer) -> None:
    """Raises NotAllowed unless *viewer* is a lead: an import sets the answers of others."""
    if LEAD not in viewer.roles:
        raise NotAllowed("only a lead imports decisions: they are answers of others", next_step="ask the lead, or decide on them yourself")


def check_asked(as_: str, decision: str | None, reviewers: Mapping[str, str] | None) -> None:
    """Raises InputRefused for a way or a decision that there is not, and for reviewers without or beside need."""
    if as_ not in WAYS:
        raise InputRefused(f"decisions are not imported as {as_!r}", expected=", ".join(WAYS), next_step=near(as_, WAYS))
    if decision is not None and decision not in DECISIONS:
        raise InputRefused(f"{decision!r} is no decision", expected=", ".join(DECISIONS), next_step=near(decision, DECISIONS))
    if reviewers and as_ == CONSENSUS:
        raise InputRefused("a consensus is of no reviewer", next_step='give as_="reviewers", or leave the reviewers out')


def read_whole(file: str | Path) -> tuple[bytes, str]:
    """The bytes and the name of a file. Raises NotFound, and InputRefused for one of more than LARGEST bytes, as all of it is held."""
    path = Path(file)
    if not path.is_file():
        beside = (p.name for p in path.parent.glob("*")) if path.parent.is_dir() else ()
        raise NotFound(f"{path} is {'a folder' if path.is_dir() else 'not there'}", next_step=near(path.name, beside))
    if (size := path.stat().st_size) > LARGEST:
        raise InputRefused(
            f"{path.name} has {-(-size // 1_000_000):,} MB",
            expected=f"at most {LARGEST // 1_000_000:,} MB, which is hundreds of thousands of records",
            next_step="export it in parts, or without the abstracts",
        )
    return path.read_bytes(), path.name


def reviewer_ids(given: Mapping[str, str], known: Sequence[Reviewer]) -> dict[str, str]:
    """Name in the file -> reviewer; an id stands for itself. '' is who decided where the file names nobody."""
    ids = [one.id for one in known]
    for name, reviewer in given.items():
        if reviewer not in ids:
            raise NotFound(f"{reviewer!r} is not a reviewer of this review", where=f"for {name!r}", next_step=near(reviewer, ids))
    return {**{same_words(one): one for one in ids}, **{same_words(name): reviewer for name, reviewer in given.items()}}


def reason_ids(given: Mapping[str, str], criteria: Sequence[Criterion], stage: str) -> dict[str, str]:
    """Words of a file -> criterion of this stage; a criterion's id and its own words stand for themselves."""
    ids = [c.id for c in criteria]
    for words, criterion in given.items():
        if criterion not in ids:
            raise InputRefused(
                f"there is no criterion {criterion!r} at this stage", where=f"{stage}, for {words!r}", expected=", ".join(ids),
                next_step=near(criterion, ids),
            )  # fmt: skip
    own = {same_words(words): c.id for c in reversed(criteria) for words in (c.text, c.as_reason, c.id)}
    return {**own, **{same_words(words): criterion for words, criterion in given.items()}}
