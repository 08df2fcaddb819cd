"""The 16 lines of PRISMA-S and the 12 for abstracts as rules. No abstract is written here: its lines hold what one needs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from review.model.views import SearchView
from review.reporting import tables_methods as methods
from review.reporting.checklist_facts import DRAFT, Facts, author, whole
from review.reporting.checklist_items import Finding, Proof, Row, inapplicable, partly, stated, unwritten
from review.reporting.references import day

Rule = Callable[[Facts], Finding]
NO_SEARCH = "no search has been recorded"


def _rows(facts: Facts, searches: Sequence[SearchView], *, platform: bool = False) -> tuple[Row, ...]:
    """The name, the kind and the date of each, and its platform where that is asked for."""
    day = facts.rooms.labels.day
    return tuple(
        (methods.search_name(s), methods.kind_of(s), day(s.searched), *((s.body["platform"],) if platform and s.body["platform"] else ()))
        for s in searches
    )


def _names(searches: Sequence[SearchView]) -> str:
    return ", ".join(dict.fromkeys(methods.search_name(s) for s in searches))


def databases(facts: Facts) -> Finding:
    """1: each database with its platform."""
    found = facts.kinds("database")
    if not found:
        return inapplicable("no database was searched") if facts.searches else unwritten(NO_SEARCH)
    bare = [s for s in found if not s.body["platform"]]
    proof = Proof("strategies", _rows(facts, found, platform=True))
    return partly(f"no platform was recorded for {_names(bare)}", proof) if bare else stated(proof)


def searched_together(facts: Facts) -> Finding:
    """2: databases on one platform that were searched at once."""
    found = facts.kinds("database")
    told = [s for s in found if s.body["together_with"]]
    if told:
        return stated(Proof("strategies", tuple((methods.search_name(s), ", ".join(s.body["together_with"])) for s in told)))
    on: dict[str, set[str]] = {}
    for search in found:
        on.setdefault(search.body["platform"] or "", set()).add(search.source)
    shared = {platform: names for platform, names in on.items() if platform and len(names) > 1}
    if not shared and "" in on and len({s.source for s in found}) > 1:
        bare = _names([s for s in found if not s.body["platform"]])
        return partly(f"no platform was recorded for {bare}", Proof("strategies", _rows(facts, found)))
    if not shared:
        return inapplicable("no two databases share a platform") if facts.searches else unwritten(NO_SEARCH)
    said = tuple(f"{platform}: {', '.join(sorted(names))}" for platform, names in shared.items())
    rows = _rows(facts, [s for s in found if s.body["platform"] in shared], platform=True)
    return partly("whether they were searched at once is stated nowhere", Proof("strategies", rows), figures=said)


def registers(facts: Facts) -> Finding:
    """3: each register."""
    found = facts.kinds("register")
    if not found:
        return inapplicable("no study register was searched") if facts.searches else unwritten(NO_SEARCH)
    return stated(Proof("strategies", _rows(facts, found)))


def browsed(facts: Facts) -> Finding:
    """4: each website, organisation and printed source, and how it was gone through."""
    found = facts.kinds("website", "organisation", "hand")
    if not found:
        return inapplicable("no website or printed source was searched") if facts.searches else unwritten(NO_SEARCH)
    bare = [s for s in found if not s.body["strategy"]]
    rows = tuple((*row, *((s.body["strategy"],) if s.body["strategy"] else ())) for row, s in zip(_rows(facts, found), found, strict=True))
    return partly(f"how is not recorded for {_names(bare)}", Proof("strategies", rows)) if bare else stated(Proof("strategies", rows))


def citations(facts: Facts) -> Finding:
    """5: that references were followed is recorded; which way, and how, is free text."""
    found = facts.kinds("citation")
    if not found:
        return unwritten("no citation searching is recorded; say that there was none" if facts.searches else NO_SEARCH)
    return partly("say whether references, citing works or both were looked through", Proof("strategies", _rows(facts, found)))


def contacted(facts: Facts) -> Finding:
    """6: whom the team asked."""
    found = facts.kinds("contact")
    asked = [(s, e) for s in facts.studies for e in facts.rooms.extraction.contacts(s)]
    if not found and not asked:
        return unwritten("no contact is recorded; say that there was none" if facts.searches else NO_SEARCH)
    rows = tuple((s.label, e.body["whom"], day(e.body["when"]), e.body["asked"]) for s, e in asked)
    return stated(*([Proof("strategies", _rows(facts, found))] if found else []), *([Proof("contacts", rows)] if asked else []))


def other_methods(facts: Facts) -> Finding:
    """7: every way of finding belongs to an item above, so there is no other on record."""
    return inapplicable("no other source or way of searching is recorded") if facts.searches else unwritten(NO_SEARCH)


def as_run(facts: Facts) -> Finding:
    """8: every strategy as it was run."""
    if not facts.searches:
        return unwritten(NO_SEARCH)
    asked = facts.kinds("database", "register", "website", "organisation")
    if not asked:
        return unwritten("no search of a database, register or website is recorded")
    bare = [s for s in asked if not s.body["strategy"]]
    proof = Proof("strategies", tuple((methods.search_name(s), s.body["strategy"]) for s in asked))
    return partly(f"no strategy was recorded for {_names(bare)}", proof) if bare else stated(proof)


def _recorded(field: str, what: str, facts: Facts) -> Finding:
    """A field of every search of a database, register or website: shown where all have it, left to the author where some lack it."""
    asked = facts.kinds("database", "register", "website")
    if not asked:
        return unwritten(NO_SEARCH)
    told, lacks = [s for s in asked if s.body[field]], facts.unrecorded(field, what)
    if not told:
        return unwritten(lacks)
    proof = Proof("strategies", tuple((methods.search_name(s), s.body[field]) for s in told))
    return partly(lacks, proof) if lacks else stated(proof)


def limits(facts: Facts) -> Finding:
    """9: limits with their reason."""
    found = _recorded("limits", "limits", facts)
    limited = [s for s in facts.kinds("database", "register", "website") if s.body["limits"]]
    if found.lacks or not found.proofs or all(s.body["limits_reason"] for s in limited):
        return found
    return partly("why they were set is for the authors to say", *found.proofs)


def filters(facts: Facts) -> Finding:
    """10: published filters."""
    return _recorded("filters", "search filters", facts)


def prior_work(facts: Facts) -> Finding:
    """11: whose strategies were taken over or adapted."""
    told = [s for s in facts.searches if s.body["prior_work"]]
    if not told:
        return unwritten("no strategy is recorded as taken over from another review; say so if none was")
    return stated(Proof("strategies", tuple((methods.search_name(s), s.body["prior_work"]) for s in told)))


def updates(facts: Facts) -> Finding:
    """12: the runs of a search, which one brings which up to date, and how."""
    if not facts.searches:
        return unwritten(NO_SEARCH)
    again = {(s.source, s.via) for s in facts.searches if s.run > 1 or s.body["update_of"]}
    if not again:
        return inapplicable("every search was run once")
    told = [s for s in facts.searches if s.body["updating"]]
    if {(s.source, s.via) for s in told} >= again:
        return stated(Proof("strategies", tuple((methods.search_name(s), s.body["updating"]) for s in told)))
    runs = [s for s in facts.searches if (s.source, s.via) in again]
    return partly("how the searches were brought up to date is for the authors to say", Proof("strategies", _rows(facts, runs)))


def dates(facts: Facts) -> Finding:
    """13: the date of each search."""
    return stated(Proof("strategies", _rows(facts, facts.searches))) if facts.searches else unwritten(NO_SEARCH)


def peer_review(facts: Facts) -> Finding:
    """14."""
    told = [s for s in facts.searches if s.body["peer_review"]]
    if not told:
        return unwritten("no peer review of a strategy is recorded; say that there was none" if facts.searches else NO_SEARCH)
    proof = Proof("strategies", tuple((methods.search_name(s), s.body["peer_review"]) for s in told))
    bare = [s for s in facts.kinds("database", "register") if not s.body["peer_review"]]
    return partly(f"none is recorded for {_names(bare)}", proof) if bare else stated(proof)


def totals(facts: Facts) -> Finding:
    """15: the records that each source gave; what did not come in is not counted as given."""
    if not facts.rooms.records.views():
        return unwritten("no record has come in yet")
    number = facts.rooms.labels.number
    found = Counter((r.search.source, r.search.kind, r.search.via) for r in facts.rooms.records.views())
    sources = dict.fromkeys((s.source, s.kind, s.via) for s in facts.searches)
    proof = Proof("flow-numbers", tuple((one[0], number(found[one])) for one in sources))
    return partly(facts.short, proof) if facts.short else stated(proof)


def deduplication(facts: Facts) -> Finding:
    """16: the rules, the tool and its version, and how often each merged."""
    if not facts.rooms.records.views():
        return unwritten("no record has come in yet")
    return stated(whole(methods.duplicates(facts.rooms)))


PRISMA_S: Mapping[str, Rule] = {
    "1": databases, "2": searched_together, "3": registers, "4": browsed, "5": citations, "6": contacted, "7": other_methods,
    "8": as_run, "9": limits, "10": filters, "11": prior_work, "12": updates, "13": dates, "14": peer_review, "15": totals,
    "16": deduplication,
}  # fmt: skip


def _needs(*figures: str) -> Finding:
    """What an abstract needs for one line, where there is something."""
    said = tuple(figure.rstrip(".") for figure in figures if figure)
    return partly("", figures=said) if said else unwritten("nothing for it is in the project")


def in_title(facts: Facts) -> Finding:
    """1."""
    return _needs(f"Title: {facts.plan.review.title}") if facts.frozen else unwritten(DRAFT)


def in_objective(facts: Facts) -> Finding:
    """2."""
    asked = facts.plan.question
    return _needs("; ".join(said for said in (asked.population, asked.intervention, asked.comparator, asked.outcomes) if said))


def in_eligibility(facts: Facts) -> Finding:
    """3."""
    return _needs("; ".join(c.text for c in facts.plan.criteria))


def in_sources(facts: Facts) -> Finding:
    """4."""
    last = {s.source: s.searched for s in sorted(facts.searches, key=lambda s: s.searched)}
    return _needs("; ".join(f"{source}, {facts.rooms.labels.day(at)}" for source, at in last.items()))


def in_bias(facts: Facts) -> Finding:
    """5."""
    named = dict.fromkeys([*facts.plan.appraisal.tools, *(a.tool for views in facts.assessments.values() for a in views)])
    return _needs(f"Tools: {', '.join(named)}; assessors due: {facts.rooms.bias.needed:,}" if named else "")


def in_synthesis(facts: Facts) -> Finding:
    """6."""
    if not facts.frozen:
        return unwritten(DRAFT)
    planned = [f"{one.id}: {one.measure}" for one in facts.plan.comparisons] or facts.plan.synthesis.groups
    return _needs("; ".join(planned) or "No groups are planned for synthesis, and nothing is pooled")


def in_studies(facts: Facts) -> Finding:
    """7: studies and reports; numbers of participants by their type, never added up over types or sources."""
    if not facts.included:
        return unwritten("no study is included yet")
    reports = facts.flow.ids("total_reports") or facts.flow.ids("new_reports")
    people = "; ".join(
        f"{s.label}: {c.value} ({c.analysis_set or 'type not stated'})"
        for s in facts.included
        for c in facts.cells[s.id]
        if c.item == "participants"
    )
    designs = ", ".join(sorted({c.value for s in facts.included for c in facts.cells[s.id] if c.item == "design"}))
    words = facts.rooms.labels
    counted = f"Included: {words.count(len(facts.included), 'studies')} in {words.count(len(reports), 'reports')}"
    return _needs(counted, f"participants by study: {people}" if people else "", f"designs: {designs}" if designs else "", facts.unfinished)


def in_results(facts: Facts) -> Finding:
    """8."""
    told = [s for s in facts.included if facts.results(s)]
    return _needs(f"Results are recorded for {', '.join(s.label for s in told)}" if told else "")


def in_limits(facts: Facts) -> Finding:
    """9: tallies of judgements; studies without a judgement are counted apart."""
    views = [a for s in facts.included for a in facts.assessments[s.id]]
    levels: dict[str, int] = {}
    for one in views:
        if one.status != "not assessed" and one.overall:
            levels[one.overall] = levels.get(one.overall, 0) + 1
    silent = sum(one.status == "not assessed" for one in views)
    tallies = "; ".join(f"{level}: {n:,}" for level, n in sorted(levels.items()))
    return _needs(f"Overall judgements: {tallies}" if tallies else "", f"Not assessed, with a reason: {silent:,}" if silent else "")


def in_funding(facts: Facts) -> Finding:
    """11."""
    return _needs(f"Support: {facts.plan.review.funding}" if facts.plan.review.funding else "") if facts.frozen else unwritten(DRAFT)


def in_registration(facts: Facts) -> Finding:
    """12."""
    return _needs(methods.registration(facts.rooms)) if facts.frozen else unwritten(DRAFT)


ABSTRACT: Mapping[str, Rule] = {
    "1": in_title, "2": in_objective, "3": in_eligibility, "4": in_sources, "5": in_bias, "6": in_synthesis, "7": in_studies,
    "8": in_results, "9": in_limits, "10": author, "11": in_funding, "12": in_registration,
}  # fmt: skip
