"""Finds which articles report which registered trials, by numbers that one states of the other, and says by which rule.

Nothing is linked by likeness: that is for a person, whom ``review.studies.link_ranking`` shows the likeliest. The order of rows makes no
difference; the time grows with the number of registrations and of articles, not with their product.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from review.studies.link_rules import LinkBook, LinkRule, link_book
from review.studies.link_values import Article, Mention, Reference, Trial, articles_of, trials_of

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ("registration", "article", "outcome", "rule", "version", "field", "value", "quoted")
_REFERENCE_RULES = {
    "result": "result_reference",
    "derived": "derived_reference",
    "background": "background_reference",
    "unspecified": "listed_reference",
}
_LETTERS = re.compile(r"[A-Za-z]*")  # with which the numbers of a register begin; those of the EU begin with none
_SENTENCE_ENDS = (". ", "; ", "? ", "! ")


@dataclass(frozen=True, slots=True)
class FoundLink:
    """A registration and an article, what names the pair, and what was compared: field, number, and the words in which it stands."""

    trial: str
    article: str
    rule: LinkRule
    field: str
    value: str
    quoted: str


@dataclass(frozen=True, slots=True)
class _Evidence:
    rule: str
    field: str
    value: str
    quoted: str


def find_links(registrations: pd.DataFrame, articles: pd.DataFrame) -> pd.DataFrame:
    """A row for each registration and article that a rule links, or gives to a person; sorted by both.

    Columns used where present: of registrations record, registry_ids (own numbers; without them the id itself), secondary_ids, references
    (PubMed numbers and DOIs, each with its type), start_date; of articles record, title, abstract, registry_ids (numbers in data bank
    fields), references, full_text, pmid, doi, year. Cells hold texts parted by ';', or lists. Columns given: registration, article,
    outcome (link or review), rule, version, field, value, quoted. Raises InputRefused where an id stands in two rows.
    """
    import pandas as pd

    found = links_between(trials_of(registrations), articles_of(articles))
    rows = [(f.trial, f.article, f.rule.outcome, f.rule.id, f.rule.version, f.field, f.value, f.quoted) for f in found]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def links_between(trials: Sequence[Trial], articles: Iterable[Article]) -> list[FoundLink]:
    """The pairs that a rule or doubt names, in the order of their ids; each once, by the first rule of the book that holds."""
    book, index = link_book(), _Index(trials)
    found = [one for article in articles for one in _of_article(article, index, book)]
    return sorted(found, key=lambda one: (one.trial, one.article))


class _Index:
    """Which trials have a number as their own or as a secondary one, and which list a publication."""

    def __init__(self, trials: Sequence[Trial]) -> None:
        self.trials = {trial.id: trial for trial in trials}
        self.own: defaultdict[str, list[str]] = defaultdict(list)
        self.secondary: defaultdict[str, list[str]] = defaultdict(list)
        self.listed: defaultdict[tuple[str, str], list[tuple[str, Reference]]] = defaultdict(list)
        for trial in sorted(trials, key=lambda one: one.id):
            for number in trial.numbers:
                self.own[number].append(trial.id)
            for number in trial.secondary:
                self.secondary[number].append(trial.id)
            for reference in trial.references:
                self.listed[reference.type, reference.value].append((trial.id, reference))


def _of_article(article: Article, index: _Index, book: LinkBook) -> Iterator[FoundLink]:
    evidence: defaultdict[str, list[_Evidence]] = defaultdict(list)
    for rule, field, stated in (
        ("states_number", "registry_ids", article.fields),
        ("number_in_title", "title", article.in_title),
        ("number_in_abstract", "abstract", article.in_abstract),
        ("number_in_full_text", "full_text", article.in_full_text),
        ("number_in_references", "references", article.in_references),
    ):
        told = rule not in ("number_in_full_text", "number_in_references")
        for mention in stated:
            for trial in index.own.get(mention.number, ()):
                evidence[trial].append(_Evidence(rule, field, mention.number, mention.quoted))
            for trial in index.secondary.get(mention.number, ()):
                by = "states_secondary_number" if told else rule
                evidence[trial].append(_Evidence(by, field, mention.number, mention.quoted))
    for own in sorted(article.numbers):
        for trial, reference in index.listed.get(own, ()):
            evidence[trial].append(_Evidence(_REFERENCE_RULES[reference.kind], "references", " ".join(own), reference.quoted))
    order = {rule: place for place, rule in enumerate(book.rules)}
    for trial, said in evidence.items():
        first = min(said, key=lambda one: (order[one.rule], one.value, one.quoted))
        doubt = _doubted(index.trials[trial], article, first.rule, book)
        yield FoundLink(trial, article.id, doubt or book.rules[first.rule], first.field, first.value, first.quoted)


def _doubted(trial: Trial, article: Article, rule: str, book: LinkBook) -> LinkRule | None:
    """The first doubt that holds against what *rule* found; None where it stands."""
    holds = {
        "review_of_trials": lambda: bool(book.reviews_of_trials.search(article.title)),
        "many_trials": lambda: _most_trials(article) > book.trials_in_one_article,
        "cited_as_other": lambda: _cited_as_other(trial, article, book),
        "another_number": lambda: _another_number(trial, article),
        "before_start": lambda: bool(trial.start_year and article.year and article.year < trial.start_year),
    }
    return next((doubt for doubt in book.doubts.values() if rule in doubt.against and holds[doubt.id]()), None)


def _most_trials(article: Article) -> int:
    """How many numbers of one register the article states: one trial may have a number in each of several registers."""
    counted = Counter(register for _, register in {(mention.number, mention.register) for mention in article.told})
    return max(counted.values(), default=0)


def _cited_as_other(trial: Trial, article: Article, book: LinkBook) -> bool:
    known = trial.numbers | trial.secondary
    running = [mention for mention in (*article.in_title, *article.in_abstract) if mention.number in known]
    return bool(running) and all(_as_other(mention, book) for mention in running)


def _as_other(mention: Mention, book: LinkBook) -> bool:
    """Whether the words of the sentence that lead up to the number make it that of another trial; 'registered as' makes it the own one."""
    start = max(mention.before.rfind(end) for end in _SENTENCE_ENDS)
    lead = mention.before[start + 1 :]
    cited = [found.end() for found in book.cited_as_other.finditer(lead)]
    return bool(cited) and "regist" not in lead[cited[-1] :].casefold()


def _another_number(trial: Trial, article: Article) -> bool:
    """Whether the article states numbers of the trial's register, and none that is this trial's."""
    known = trial.numbers | trial.secondary
    told = {mention.number for mention in article.told}
    return bool(told) and not told & known and any(_same_register(one, own) for one in told for own in trial.numbers)


def _same_register(one: str, other: str) -> bool:
    return _LETTERS.match(one)[0] == _LETTERS.match(other)[0]  # type: ignore[index]
