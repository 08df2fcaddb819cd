"""Ranks articles for a registration whose report no number gives: by likeness of words, people, dates and size; it links nothing.

The signals and their weights are fixed and stand in ``WEIGHTS``; nothing is learnt. A shortlist by words is compared in full, so that the
time grows with the number of articles times that of registrations only in one sparse product.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from review.studies.link_rules import link_book
from review.studies.link_signals import TrialFacts, dated, kind_of, letters_of, numbers_in, people, same_person, shouted, trial_facts
from review.studies.link_values import articles_of, rows_of, text_of, texts, trials_of, year_of
from review.studies.linking import links_between

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from scipy.sparse import csr_matrix

COLUMNS = ("registration", "article", "rank", "score", "signals")
# what each signal (0 to 1) adds to the score; those of words, people, dates and size make 1 together
WEIGHTS: Mapping[str, float] = {
    "number": 0.6,  # a rule links the two (1), or leaves them to a person (0.5)
    "title": 0.28,  # words and pairs of words of the titles, the rare ones counting more (cosine); the better of brief and official title
    "letters": 0.10,  # the same of four letters in a row: spellings, hyphens, endings
    "told": 0.12,  # the share of the article's title, by rarity, that the registration's text has
    "text": 0.16,  # words of all the registration says and of title with abstract (cosine)
    "interventions": 0.05,  # the share of its interventions' words, by rarity, that title and abstract have
    "conditions": 0.01,
    "sponsor": 0.01,
    "acronym": 0.09,  # in the title (1) or the abstract (0.7)
    "people": 0.09,  # an investigator is an author: a rare name (1), a common one (0.5)
    "dates": 0.05,  # the year of publication, as completion goes
    "size": 0.04,  # the number of participants stands in the abstract
}
FACTORS: Mapping[str, float] = {
    "protocol": 0.75,  # results are looked for first
    "review": 0.6,
    "before start": 0.5,
}
_SHORTLIST = 100  # articles that are compared in full, at least, for each registration
_BLOCK = 64  # registrations that are compared at once
_RARE = 0.002  # the share of articles up to which an author's name is rare


def rank_links(registrations: pd.DataFrame, articles: pd.DataFrame, *, top: int = 10) -> pd.DataFrame:
    """The *top* likeliest articles for each registration: registration, article, rank (from 1), score (0 to 1), signals (those above 0).

    Columns used where present: those of ``find_links``, and of registrations title, official_title, acronym, abstract (its summary),
    conditions, interventions, sponsor, investigators, completion_date, enrollment; of articles authors. An article that nothing speaks for
    is not listed. The order of rows makes no difference. Raises InputRefused where an id stands in two rows.
    """
    import pandas as pd

    trials, papers = (sorted(rows_of(frame), key=lambda row: row[0]) for frame in (registrations, articles))
    if not trials or not papers:
        return pd.DataFrame([], columns=list(COLUMNS))
    by_number = _by_number(registrations, articles)
    compared = _Compared([row for _, row in trials], [row for _, row in papers])
    place = {id: n for n, (id, _) in enumerate(papers)}
    found: list[tuple[object, ...]] = []
    for start in range(0, len(trials), _BLOCK):
        block = range(start, min(start + _BLOCK, len(trials)))
        named = {n: {place[article]: value for article, value in by_number.get(trials[n][0], {}).items()} for n in block}
        for n, scored in compared.block(block, named, max(_SHORTLIST, 2 * top)):
            best = sorted(scored, key=lambda one: (-one[1], one[0]))[:top]
            found += [(trials[n][0], papers[k][0], rank, score, said) for rank, (k, score, said) in enumerate(best, start=1)]
    return pd.DataFrame(found, columns=list(COLUMNS))


def _by_number(registrations: pd.DataFrame, articles: pd.DataFrame) -> dict[str, dict[str, float]]:
    found: dict[str, dict[str, float]] = {}
    for link in links_between(trials_of(registrations), articles_of(articles)):
        found.setdefault(link.trial, {})[link.article] = 1.0 if link.rule.outcome == "link" else 0.5
    return found


class _Compared:
    """Registrations and articles in the form in which they are compared; rows are known by their place."""

    def __init__(self, trials: Sequence[Mapping[str, Any]], papers: Sequence[Mapping[str, Any]]) -> None:
        self._trials, self._facts = trials, [trial_facts(row) for row in trials]
        self._titles = [text_of(row.get("title")) for row in papers]
        self._abstracts = [text_of(row.get("abstract")) for row in papers]
        self._years = [year_of(row, "year") for row in papers]
        self._authors = [people(row, "authors") for row in papers]
        self._kinds = [kind_of(title, link_book().reviews_of_trials) for title in self._titles]
        self._known: dict[int, frozenset[int]] = {}
        self._names: dict[str, int] = {}
        for authors in self._authors:
            for family in {person.family for person in authors}:
                self._names[family] = self._names.get(family, 0) + 1
        self._shouted: dict[str, list[int]] = {}
        for k, title in enumerate(self._titles):
            for word in shouted(title):
                self._shouted.setdefault(word, []).append(k)
        self._weigh()

    def _weigh(self) -> None:
        brief, official = ([text_of(row.get(name)) for row in self._trials] for name in ("title", "official_title"))
        said = [_everything(row) for row in self._trials]
        own = [f"{title}\n{abstract}" for title, abstract in zip(self._titles, self._abstracts, strict=True)]
        words, idf = _matrices((self._titles, brief, official), (1, 2))
        self._title, self._asked = words[0], words[1:]
        letters, _ = _matrices((self._titles, brief, official), None)
        self._letters, self._asked_letters = letters[0], letters[1:]
        fields = [[" ".join(texts(row, name)) for row in self._trials] for name in ("interventions", "conditions", "sponsor")]
        text, idf = _matrices((own, said, *fields, self._titles), (1, 1))
        self._text, self._said = text[0], text[1]
        self._fields = dict(zip(("interventions", "conditions", "sponsor"), (_shares(one, idf) for one in text[2:5]), strict=True))
        self._has, self._told, self._title_shares = _present(text[0]), _present(text[1]), _shares(text[5], idf)

    def block(
        self, block: range, named: Mapping[int, Mapping[int, float]], size: int
    ) -> Iterator[tuple[int, list[tuple[int, float, str]]]]:
        """For each registration of *block* the articles of its shortlist: place, score, signals in words."""
        import numpy as np

        rows = slice(block.start, block.stop)
        likeness = (self._said[rows] @ self._text.T).toarray()
        for asked in self._asked:
            likeness = np.maximum(likeness, (asked[rows] @ self._title.T).toarray())
        trial_at, paper_at = [], []
        for n in block:
            score = likeness[n - block.start]
            chosen = np.argpartition(-score, size)[:size] if size < len(score) else np.arange(len(score))
            short = sorted({*chosen[score[chosen] > 0].tolist(), *named[n], *self._by_acronym(n)})
            trial_at += [n] * len(short)
            paper_at += short
        signals = self._by_words(np.array(trial_at, dtype=int), np.array(paper_at, dtype=int))
        by_trial: dict[int, list[tuple[int, float, str]]] = {n: [] for n in block}
        for k, (n, paper) in enumerate(zip(trial_at, paper_at, strict=True)):
            own = {name: float(values[k]) for name, values in signals.items()} | self._by_facts(self._facts[n], paper)
            own["number"] = named[n].get(paper, 0.0)
            score, said = _score(own, self._factors(self._facts[n], paper))
            if score > 0:
                by_trial[n].append((paper, score, said))
        yield from by_trial.items()

    def _by_words(self, trial: np.ndarray, paper: np.ndarray) -> dict[str, np.ndarray]:
        import numpy as np

        def along(a: csr_matrix, b: csr_matrix) -> np.ndarray:
            return np.asarray(a[trial].multiply(b[paper]).sum(axis=1)).ravel()

        return {
            "title": np.maximum(*(along(asked, self._title) for asked in self._asked)),
            "letters": np.maximum(*(along(asked, self._letters) for asked in self._asked_letters)),
            "told": along(self._told, self._title_shares),
            "text": along(self._said, self._text),
            **{name: along(shares, self._has) for name, shares in self._fields.items()},
        }

    def _by_facts(self, trial: TrialFacts, paper: int) -> dict[str, float]:
        """What people, dates, size and the acronym say."""
        acronym = person = size = 0.0
        for sign in trial.acronyms:
            acronym = max(acronym, 1.0 if sign.within(self._titles[paper]) else 0.7 if sign.within(self._abstracts[paper]) else 0.0)
        for one in trial.people:
            if one.family in self._names and any(same_person(one, other) for other in self._authors[paper]):
                person = max(person, 1.0 if self._names[one.family] <= max(3, _RARE * len(self._authors)) else 0.5)
        if trial.size is not None:
            if paper not in self._known:
                self._known[paper] = numbers_in(self._abstracts[paper])
            size = float(trial.size in self._known[paper])
        return {"acronym": acronym, "people": person, "dates": dated(trial.start, trial.end, self._years[paper]), "size": size}

    def _factors(self, trial: TrialFacts, paper: int) -> list[str]:
        year = self._years[paper]
        early = ["before start"] if trial.start and year and year < trial.start else []
        return [self._kinds[paper], *early] if self._kinds[paper] else early

    def _by_acronym(self, n: int) -> list[int]:
        """Articles whose title has the acronym as a word: too rare a word to be left to the shortlist."""
        found = {k for sign in self._facts[n].acronyms for k in self._shouted.get(letters_of(sign.text), ())}
        return sorted(found) if len(found) <= _SHORTLIST else []


def _score(signals: Mapping[str, float], factors: Sequence[str]) -> tuple[float, str]:
    """The score, and the signals that made it in words, the strongest first."""
    parts = {name: WEIGHTS[name] * signals[name] for name in WEIGHTS if signals[name] > 0.005}
    score = min(1.0, sum(parts.values()))
    for name in factors:
        score *= FACTORS[name]
    said = [f"{name} {signals[name]:.2f}" for name in sorted(parts, key=lambda name: (-parts[name], name))]
    return round(score, 4), "; ".join([*said, *(f"{name} ×{FACTORS[name]}" for name in factors)])


def _everything(row: Mapping[str, Any]) -> str:
    names = ("title", "official_title", "acronym", "abstract", "conditions", "interventions")
    return "\n".join(" ".join(texts(row, name)) for name in names)


def _matrices(columns: Sequence[Sequence[str]], words: tuple[int, int] | None) -> tuple[list[csr_matrix], np.ndarray]:
    """TF-IDF rows of unit length for each text of each column (*words*: how many in a row; None: four letters), and the idf of each term.

    How rare a term is, is counted in the first column, the articles.
    """
    import numpy as np
    from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS, TfidfVectorizer

    how: dict[str, Any] = {"analyzer": "char_wb", "ngram_range": (4, 4)}
    if words is not None:
        how = {"ngram_range": words, "stop_words": list(ENGLISH_STOP_WORDS), "token_pattern": r"(?u)\b\w[\w']+\b"}
    weigh = TfidfVectorizer(sublinear_tf=True, strip_accents="unicode", dtype=np.float32, **how)
    weigh.fit([*columns[0], "wordless"])  # a text more, for there must be a word to count
    return [weigh.transform(column) for column in columns], weigh.idf_


def _present(weighed: csr_matrix) -> csr_matrix:
    """1 where a term is in the text."""
    found = weighed.copy()
    found.data[:] = 1
    return found


def _shares(weighed: csr_matrix, idf: np.ndarray) -> csr_matrix:
    """For each term of a text its share, by rarity, of the whole."""
    from sklearn.preprocessing import normalize

    found = _present(weighed)
    found.data *= idf[found.indices].astype(found.dtype)
    return normalize(found, norm="l1")
