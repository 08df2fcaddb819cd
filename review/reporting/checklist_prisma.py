"""The 42 lines of PRISMA 2020 as rules: what each needs of the ledger and of the rendered reports. A rule decides no state by itself."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from review.reporting import tables_collection as collecting
from review.reporting import tables_methods as methods
from review.reporting import tables_process as process
from review.reporting.checklist_certainty import certainty_methods, certainty_of_outcomes
from review.reporting.checklist_facts import DRAFT, Facts, author, whole
from review.reporting.checklist_items import Finding, Proof, Row, inapplicable, partly, stated, unwritten
from review.reporting.checklist_results import included_studies, individual_results, judgements
from review.reporting.checklist_synthesis import RULES as OF_SYNTHESIS
from review.reporting.flow_text import flow_table

Rule = Callable[[Facts], Finding]
OPEN = "the protocol leaves it open"


def title(facts: Facts) -> Finding:
    """1: the title itself says what the work is."""
    said = facts.plan.review.title
    proof = Proof("statements", (("Title", said),))
    if not facts.frozen:
        return unwritten(DRAFT)
    return stated(proof) if names_the_design(said) else partly("the title does not say ‘systematic review’", proof)


def names_the_design(words: str) -> bool:
    """Whether a title says, in English, that the work is a systematic review."""
    return "systematic review" in " ".join(words.casefold().split())


def abstract(facts: Facts) -> Finding:
    """2: no abstract is written here."""
    if not facts.frozen:
        return unwritten("no abstract is written here")
    return partly("no abstract is written here", figures=("The checklist for abstracts lists what one needs",))


def question(facts: Facts) -> Finding:
    """4: the question by its elements."""
    asked = facts.plan.question
    elements = ("population", "intervention", "comparator", "outcomes", "study_design", "time")
    rows: tuple[Row, ...] = tuple((said,) for name in elements if (said := getattr(asked, name)))
    if not (asked.population and asked.intervention):
        return unwritten(f"{OPEN}: population or intervention")
    return stated(Proof("question", rows)) if facts.frozen else partly(DRAFT, Proof("question", rows))


def eligibility(facts: Facts) -> Finding:
    """5: the criteria, and the groups of the synthesis."""
    criteria = facts.plan.criteria
    if not criteria:
        return unwritten("the protocol has no criteria yet")
    groups = tuple(("Synthesis", group) for group in facts.plan.synthesis.groups) or (("Synthesis", methods.NO_SYNTHESIS),)
    proofs = Proof("criteria", tuple((c.id, c.text) for c in criteria)), Proof("statements", groups)
    return stated(*proofs) if facts.frozen else partly(DRAFT, *proofs)


def sources(facts: Facts) -> Finding:
    """6: each source with the date of its last search; a planned one that was not searched is missing."""
    if not facts.searches:
        return unwritten("no search has been recorded")
    last = {(s.source, s.via): s.searched for s in sorted(facts.searches, key=lambda s: s.searched)}
    proof = Proof("searches", tuple((source, facts.rooms.labels.day(day)) for (source, _), day in last.items()))
    never = [p.source for p in facts.plan.searches if (p.source, p.via) not in last]
    return partly(f"planned and not recorded as searched: {', '.join(never)}", proof) if never else stated(proof)


def strategies(facts: Facts) -> Finding:
    """7: the strategy of every database, register and website in full, with its limits and filters, or that there were none."""
    asked = facts.kinds("database", "register", "website")
    if not asked:
        return unwritten("no search of a database, register or website has been recorded")
    rows = tuple((methods.search_name(s), *(t for t in (s.body["strategy"], s.body["limits"], s.body["filters"]) if t)) for s in asked)
    silent = [methods.search_name(s) for s in asked if not s.body["strategy"]]
    proof = Proof("strategies", rows)
    lacks = f"no strategy was recorded for {', '.join(silent)}" if silent else ""
    lacks = lacks or "; ".join(w for w in (facts.unrecorded("limits", "limits"), facts.unrecorded("filters", "search filters")) if w)
    return partly(lacks, proof) if lacks else stated(proof)


def selection(facts: Facts) -> Finding:
    """8: how many people decided, whether apart, and which tools helped."""
    if not facts.frozen:
        return unwritten(DRAFT)
    proof = whole(process.screening_process(facts.rooms))
    if not any(stage.answers for stage in process.asked(facts.rooms).values()):
        return partly("nobody has decided on a record or report yet", proof)
    return partly(facts.unfinished, proof) if facts.unfinished else stated(proof)


def collection(facts: Facts) -> Finding:
    """9: how many people extracted, whether apart, what was asked of investigators, and which tools helped."""
    if not any(facts.cells.values()):
        return unwritten("no value has been extracted")
    proof = whole(collecting.data_collection(facts.rooms))
    bare = [s.label for s in facts.included if all(c.state == "pre-filled" for c in facts.cells[s.id])]
    lacks = f"nobody has extracted or checked a value of {', '.join(bare)}" if bare else facts.unfinished
    return partly(lacks, proof) if lacks else stated(proof)


def outcomes(facts: Facts) -> Finding:
    """10a: the outcomes; which of several results is taken is in no field."""
    sought = facts.plan.outcomes
    if not sought:
        return unwritten("the protocol names no outcomes yet")
    proof = Proof("outcomes", tuple(tuple(w for w in (o.name, o.time_frame) if w) for o in sought))
    return partly("which result is taken where a study has several is stated nowhere", proof)


def other_variables(facts: Facts) -> Finding:
    """10b: the items of the form; what is supposed where information is missing is in no field."""
    if not any(facts.cells.values()):
        return unwritten("no value has been extracted")
    lacks = "what was supposed where information was missing or unclear is stated nowhere"
    return partly(lacks, whole(methods.items_sought(facts.rooms)))


def appraisal_methods(facts: Facts) -> Finding:
    """11: the tools, how many people, and whether apart."""
    table = collecting.appraisal_process(facts.rooms)
    if not table.rows:
        return unwritten("no tool was chosen")
    hidden = facts.rooms.bias.open_of_others()  # what others have not finished is not shown, so nothing is denied
    if not any(facts.assessments.values()):
        return partly("nothing is assessed yet, or not finished" if hidden else "nobody has assessed anything yet", whole(table))
    bare = ", ".join(s.label for s in facts.included if not facts.assessments[s.id])
    nothing = f"not assessed yet, or not finished: {bare}" if hidden else f"nobody has assessed {bare}, or said why not"
    lacks = nothing if bare else facts.unfinished
    return partly(lacks, whole(table)) if lacks else stated(whole(table))


def flow(facts: Facts) -> Finding:
    """16a: the diagram, and every number of it."""
    if not facts.rooms.records.views():
        return unwritten("no record has come in yet")
    table = flow_table(facts.flow, facts.rooms.labels)
    at = [c.key for c in table.columns].index("n")
    numbers = tuple((row[0].text, row[at].text) for row in table.rows)
    proofs = Proof(facts.rooms.labels.say("flow.title")), Proof(table.key, numbers)
    lacks = facts.unfinished or facts.short
    return partly(lacks, *proofs) if lacks else stated(*proofs)


def near_misses(facts: Facts) -> Finding:
    """16b: every report excluded at full text with its reason, and the studies marked as near misses apart; somebody has marked one."""
    out = facts.flow.ids("dbr_excluded") | facts.flow.ids("other_excluded")
    reports = [r for r in facts.rooms.studies.report_views() if r.id in out]
    if not reports:
        nothing = facts.assessed and not facts.unfinished
        return inapplicable("no report was excluded at full text") if nothing else unwritten("no report has been excluded at full text")
    reason = facts.rooms.reason_at
    stands = {r.id: facts.rooms.screening.standing(r, "full_text") for r in reports}
    rows = tuple((r.title, reason(stands[r.id])) for r in reports)
    near = {r.id for r in reports if stands[r.id].near_miss}
    out_of = facts.rooms.became
    marked = tuple(
        (s.label,) for s in facts.studies if any(r.id in near for r in s.reports) and out_of(s, facts.flow) == "excluded at full text"
    )
    proofs = (Proof("excluded-reports", rows), *((Proof("characteristics-excluded", marked),) if marked else ()))
    silent = sum(not why for _, why in rows)
    lacks = f"no reason is recorded for {silent:,} of them" if silent else facts.unfinished
    lacks = lacks or ("" if near else "no report is marked as a near miss; say so where none seems to fit")
    return partly(lacks, *proofs) if lacks else stated(*proofs)


def limits_of_the_review(facts: Facts) -> Finding:
    """23c: figures that an author weighs; the weighing is theirs."""
    missed = facts.flow.ids("dbr_notretrieved_reports") | facts.flow.ids("other_notretrieved_reports")
    cells = [c for s in facts.included for c in facts.cells[s.id]]
    unchecked = sum(c.state == "pre-filled" for c in cells)
    late = sum(bool(e.body.get("results_known")) for e in facts.rooms.protocol.history)
    alone = [words for name, words in (("title_abstract", "title and abstract"), ("full_text", "full text")) if _alone(facts, name)]
    figures = (
        *((f"Reports not retrieved: {len(missed):,}",) if missed else ()),
        *((f"pre-filled values of included studies that nobody checked: {unchecked:,} of {len(cells):,}",) if unchecked else ()),
        *((f"one reviewer alone at {' and '.join(alone)}",) if alone else ()),
        *((f"amendments made when results were known: {late:,}",) if late else ()),
    )
    if not facts.rooms.records.views() or not figures:
        return author(facts)
    return partly("what they mean for the review is for the authors to say", figures=figures)


def _alone(facts: Facts, stage: str) -> bool:
    return bool(facts.rooms.screening.alone(stage)) or getattr(facts.plan.settings.reviewers_per_stage, stage) < 2


def registration(facts: Facts) -> Finding:
    """24a: the register and the number, or that there is none."""
    if not facts.frozen:
        return unwritten(DRAFT)
    said = methods.registration(facts.rooms)
    proof = Proof("statements", (("Registration", said),))
    whole_ = said == methods.NOT_REGISTERED or (names_a_register(said) and any(c.isdigit() for c in said))
    return stated(proof) if whole_ else partly("the register and the number are not both stated", proof)


def names_a_register(words: str) -> bool:
    """Whether a registration has a word beside its number or address."""
    return any(re.fullmatch(r"[^\W\d_]{3,}\.?,?:?", word) for word in words.split())


def protocol_access(facts: Facts) -> Finding:
    """24b: where the protocol can be read."""
    if not facts.frozen:
        return unwritten(DRAFT)
    said = facts.plan.review.protocol_link
    if not said:
        return partly("where readers can find it is stated nowhere", Proof("versions", (("1",),)))
    return stated(Proof("statements", (("Protocol", methods.NO_PROTOCOL if methods.said_none(said) else said),)))


def amendments(facts: Facts) -> Finding:
    """24c: every amendment with its reason, or that there is none; a source searched against the protocol is a change too."""
    if not facts.frozen:
        return unwritten(DRAFT)
    later = facts.rooms.protocol.history[1:]
    rows = tuple((f"{e.body['number']}", facts.rooms.labels.day(e.at), e.body.get("reason", "")) for e in later)
    proofs = (Proof("statements", (("Amendments", methods.amendments(facts.rooms)),)), *((Proof("versions", rows),) if rows else ()))
    planned, searched = {(p.source, p.via) for p in facts.plan.searches}, {(s.source, s.via): s for s in facts.searches}
    other = [source for source, via in searched if planned and (source, via) not in planned]
    never = [p.source for p in facts.plan.searches if (p.source, p.via) not in searched] if searched and not facts.unfinished else []
    told = (("searched and not in the protocol", other), ("planned and not recorded as searched", never))
    lacks = "; ".join(f"{words}: {', '.join(names)}" for words, names in told if names)
    return partly(f"{lacks}; say why", *proofs) if lacks else stated(*proofs)


def support(facts: Facts) -> Finding:
    """25: 'none' is the whole answer; who supports it may have had a part, which is in no field."""
    said = facts.plan.review.funding
    if not said:
        return unwritten(OPEN)
    proof = Proof("statements", (("Support", said),))
    if not facts.frozen:
        return partly(DRAFT, proof)
    return stated(proof) if methods.said_none(said) else partly("what part the funder had in the review is for the authors to state", proof)


def interests(facts: Facts) -> Finding:
    """26."""
    said = facts.plan.review.competing_interests
    if not said:
        return unwritten(OPEN)
    proof = Proof("statements", (("Competing interests", said),))
    return stated(proof) if facts.frozen else partly(DRAFT, proof)


def availability(facts: Facts) -> Finding:
    """27: what can be shared is known, where it is shared is not."""
    if not facts.frozen:
        return unwritten(DRAFT)
    return partly("which of it is public, and where, is stated nowhere", whole(methods.availability(facts.rooms)))


RULES: Mapping[str, Rule] = {
    "1": title, "2": abstract, "3": author, "4": question, "5": eligibility, "6": sources, "7": strategies, "8": selection,
    "9": collection, "10a": outcomes, "10b": other_variables, "11": appraisal_methods, **OF_SYNTHESIS, "15": certainty_methods, "16a": flow,
    "16b": near_misses, "17": included_studies, "18": judgements, "19": individual_results, "22": certainty_of_outcomes, "23a": author,
    "23b": author, "23c": limits_of_the_review, "23d": author, "24a": registration, "24b": protocol_access, "24c": amendments,
    "25": support, "26": interests, "27": availability,
}  # fmt: skip
