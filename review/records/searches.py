"""The verbs of searching: each run of a search becomes a fact, whether a file came of it or not, in the words that PRISMA-S asks for."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from review.errors import InputRefused, NotAllowed, NotFound, near
from review.ledger.moments import iso_day
from review.ledger.seat import Seat, at_rest
from review.ledger.undo import take_back
from review.model.event import canonical
from review.model.planning import SearchRecorded
from review.model.views import SearchView
from review.protocol import Protocol
from review.records import state
from review.records.lines import decode, split_lines
from review.text import fold_blanks

if TYPE_CHECKING:
    import pandas as pd

KINDS = ("register", "database", "other")
VIAS = ("website", "organisation", "citation", "contact", "hand")
STRATEGY_LIMIT = 1024 * 1024  # bytes; the longest published strategies have some ten thousand
# what a row of the frame takes from the fact as it was recorded
_AS_RECORDED = (
    "platform", "together_with", "url", "strategy", "strategy_file", "limits", "limits_reason", "filters", "prior_work", "peer_review",
    "update_of", "updating", "note", "by",
)  # fmt: skip
_COLUMNS = ("search", "source", "kind", "via", "run", "searched", "hits", "files", "refused", "read", *_AS_RECORDED, "event")


class Searches:
    """Which searches were run, with or without a file."""

    def __init__(self, seat: Seat, protocol: Protocol) -> None:
        self._seat, self._protocol = seat, protocol

    @property
    def _state(self) -> state.RecordsState:
        return self._seat.state("records", state.RecordsState, state.fold)

    @at_rest
    def views(self) -> list[SearchView]:
        """The live searches, in ledger order."""
        return state.searches(self._state)

    def one(self, search: str) -> SearchView:
        """The live search of that id. Raises NotFound with the near ones."""
        known = {s.id: s for s in self.views()}
        if search not in known:
            raise NotFound(f"there is no search {search!r}", next_step=near(search, known))
        return known[search]

    def record(
        self,
        source: str,
        *,
        kind: str,
        via: str | None = None,
        platform: str | None = None,
        strategy: str = "",
        limits: str = "",
        searched: str,
        hits: int | None = None,
        by: str | None = None,
        filters: str = "",
        peer_review: str = "",
        strategy_file: str | Path | None = None,
        limits_reason: str = "",
        together_with: Sequence[str] = (),
        url: str = "",
        prior_work: str = "",
        update_of: str | None = None,
        updating: str = "",
        note: str = "",
    ) -> str:
        """Record one execution of one search. Returns its id.

        kind register, database or other; other needs via: website, organisation, citation, contact, hand.
        searched: the date, as 2026-03-01. hits: what the source said it found; None where it did not say.
        strategy_file: a text file to read the strategy from. together_with: other databases searched at once on the same platform.
        prior_work: whose strategy was taken over. update_of: the id of the search that this one brings up to date; updating: how.
        Raises InputRefused for what cannot be, each with what is accepted.
        """
        known = self.views()
        body = SearchRecorded(
            source=_source(source, kind, known, [s.source for s in self._protocol.plan.searches]),
            source_kind=_one_of(kind, KINDS, "no kind of source", source),  # type: ignore[arg-type]
            via=_via(kind, via, source),  # type: ignore[arg-type]
            platform=(platform or "").strip() or None,
            strategy=strategy if strategy_file is None else _strategy_in(Path(strategy_file), strategy),
            limits=limits,
            filters=filters,
            peer_review=peer_review,
            searched=iso_day(searched, where=source),
            hits=_hits(hits, source),
            by=(by or "").strip() or self._seat.pen.actor or "",
            run=1 + sum(s.source == source.strip() and s.via == via for s in known),
            strategy_file=Path(strategy_file).name if strategy_file is not None else "",
            limits_reason=limits_reason,
            together_with=_together(together_with, source, kind, platform),
            url=_url(url, source),
            prior_work=prior_work,
            update_of=self._earlier(update_of, source, searched),
            updating=updating,
            note=note,
        )
        # The same search recorded apart by two people is two facts: the writer is part of the name.
        name = hashlib.sha256(canonical({**body.model_dump(), "actor": self._seat.pen.actor}).encode()).hexdigest()[:16]
        self._seat.pen.write(SearchRecorded.kind, f"sea:{name}", body)
        return f"sea:{name}"

    def _earlier(self, search: str | None, source: str, searched: str) -> str | None:
        """The id of the search that another brings up to date: of the same source, and not run after it."""
        if search is None:
            return None
        earlier = self.one(search)
        if earlier.source != source.strip():
            raise InputRefused(
                f"{search} was a search of {earlier.source}", where=source, expected=f"an earlier search of {source.strip()}",
                next_step="name that one, or leave update_of out",
            )  # fmt: skip
        if earlier.searched > searched:
            raise InputRefused(
                f"{search} was run on {earlier.searched}, after {searched}", where=source, expected="the search that was run first",
                next_step="check both dates",
            )  # fmt: skip
        return search

    def undo(self, event: str) -> str:
        """Take back a recorded search (``event`` of its row or view); what it brought in is taken back first. Returns the event id."""
        found = self._state
        subject = self._seat.event(event).subject
        if came := [e for e in (*found.imports, *found.added) if e.subject == subject and found.facts.live(e.id)]:
            raise NotAllowed(
                "records came in with this search", where=subject, expected="a search without any",
                next_step=f"take back its imports first: {', '.join(f'review searches undo {e.id}' for e in came[:3])}"
                + (f" and {len(came) - 3:,} more, which review searches lists" if len(came) > 3 else ""),
            )  # fmt: skip
        return take_back(self._seat, event, of="search.")

    @at_rest
    def frame(self) -> pd.DataFrame:
        """One row a search, as recorded. files: how many came in with it; refused: how many more were offered and have not come in.

        read: the entries in the files that came in, and those entered by hand.

        hits is missing where the source did not say; read under hits is an export that was capped, or of which a file is missing.
        """
        import pandas as pd

        found = self._state
        live = [e for e in found.imports if found.facts.live(e.id)]
        refused = [e.body["search"] for e in state.refusals(found)]
        by_hand = [e.body["search"] for e in found.added if found.facts.live(e.id)]
        rows: list[tuple[Any, ...]] = []
        for s in self.views():
            files = [e for e in live if e.body["search"] == s.id]
            read = sum(e.body["read"] for e in files) + by_hand.count(s.id)
            said = {**s.body, "together_with": "; ".join(s.body["together_with"])}
            counts = (s.hits, len(files), refused.count(s.id), read)
            rows.append((s.id, s.source, s.kind, s.via, s.run, s.searched, *counts, *map(said.get, _AS_RECORDED), s.event))
        return pd.DataFrame(rows, columns=list(_COLUMNS)).astype({"hits": "Int64"})


def _one_of(given: str, accepted: Collection[str], what: str, source: str) -> str:
    if given not in accepted:
        raise InputRefused(f"{given!r} is {what}", where=source, expected=", ".join(accepted), next_step=near(given, accepted))
    return given


def _via(kind: str, via: str | None, source: str) -> str | None:
    if (kind == "other") != (via is not None):
        raise InputRefused(
            "a source of kind 'other' says via what; a register or database does not", where=source, expected="via: " + ", ".join(VIAS)
        )
    return via if via is None else _one_of(via, VIAS, "no way of finding", source)


def _source(source: str, kind: str, known: Sequence[SearchView], planned: Sequence[str]) -> str:
    """The name of what was searched, in one spelling, so that the flow counts one source as one, and as the one that was planned."""
    name = source.strip()
    if not name or "\n" in name:
        raise InputRefused("a search names its source, in one line", expected="as 'WHO ICTRP' or 'Embase'")
    # a source that was recorded otherwise before this was asked keeps its spelling: the flow would count it as two
    if not any(other.source == name for other in known) and name not in planned:
        meant = next((one for one in planned if _same_but_for_spelling(one, name)), None)
        if meant is not None and not any(_same_but_for_spelling(other.source, name) for other in known):
            raise InputRefused(
                f"{name!r} is planned as {meant!r}", where="review.toml [[searches]]", expected="one spelling of one source",
                next_step=f"write {meant!r}, or amend the protocol",
            )  # fmt: skip
    for other in known:
        if other.source != name and _same_but_for_spelling(other.source, name):
            raise InputRefused(
                f"{name!r} is recorded as {other.source!r} already", where=other.id, expected="one spelling of one source",
                next_step=f"write {other.source!r}; the platform has a place of its own",
            )  # fmt: skip
        if other.source == name and {other.kind, kind} == {"register", "database"}:
            raise InputRefused(
                f"{name} was recorded as a {other.kind} before, and now as a {kind}", where=other.id, expected="one kind for one source",
                next_step=f"record it as a {other.kind}, or take the earlier search back",
            )  # fmt: skip
    return name


def _same_but_for_spelling(one: str, other: str) -> bool:
    return fold_blanks(one).casefold() == fold_blanks(other).casefold()


def _hits(hits: int | None, source: str) -> int | None:
    if hits is not None and (isinstance(hits, bool) or not isinstance(hits, int) or hits < 0):
        raise InputRefused(f"{hits!r} is no number of hits", where=source, expected="0, 1, 2 …, or None where the source did not say")
    return hits


def _together(others: Sequence[str], source: str, kind: str, platform: str | None) -> tuple[str, ...]:
    """The databases that were searched at once with this one, on its platform."""
    given = [others] if isinstance(others, str) else others
    names = tuple(dict.fromkeys(name.strip() for name in given if name.strip()))
    if not names:
        return ()
    if kind != "database" or not platform:
        raise InputRefused(
            "only databases are searched together, and on one platform", where=source, expected="kind 'database', and the platform",
            next_step="name the platform, as 'Ovid'",
        )  # fmt: skip
    if source.strip() in names:
        raise InputRefused(f"{source.strip()} cannot be searched together with itself", where=source, expected="the names of the others")
    return names


def _url(url: str, source: str) -> str:
    if url.strip() and not re.fullmatch(r"https?://[^\s/]+\S*", url.strip()):
        raise InputRefused(f"{url!r} is no address", where=source, expected="as https://clinicaltrials.gov")
    return url.strip()


def _strategy_in(file: Path, typed: str) -> str:
    """The text of a strategy file, its lines as they stand. Raises InputRefused for what is no text, or where one was typed as well."""
    if typed.strip():
        raise InputRefused("a strategy was given twice, as text and as a file", where=file.name, next_step="give one of them")
    try:
        data = file.read_bytes()
    except OSError as problem:
        raise NotFound(f"{file} cannot be read: {problem.strerror}", next_step="check the name") from problem
    text = "\n".join(split_lines(decode(data[: STRATEGY_LIMIT + 1])[0])).strip()
    if len(data) > STRATEGY_LIMIT or "\x00" in text or data.startswith((b"%PDF", b"PK\x03\x04", b"{\\rtf")):
        raise InputRefused(
            f"{file.name} is no text file with a strategy", expected=f"plain text of at most {STRATEGY_LIMIT:,} bytes",
            next_step="save it as plain text in UTF-8",
        )  # fmt: skip
    if not text:
        raise InputRefused(f"{file.name} holds no strategy", expected="the lines of the search as they were run")
    return text
