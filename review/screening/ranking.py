"""Which record to read next: an order that learns from decisions, and before there are any from the protocol's own words.

The ranking never decides. Its recipe is ASReview's ELAS u4 (words and word pairs, a linear support vector machine, irrelevant records
weighted down); until one include and one exclude are known it orders by likeness to the question. The same input gives the same order.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from math import sqrt
from numbers import Integral
from typing import TYPE_CHECKING, Any

from review.errors import InputRefused, near

if TYPE_CHECKING:
    import numpy as np

COST, RATIO = 0.11, 9.8  # the machine's C, and how much a relevant record outweighs an irrelevant one: as ASReview's authors tuned them
LEAST_SHARE = 0.95  # a word in more than this share of the texts tells nothing apart
TITLE_WORDS, TITLE_SHARE = 14, 0.5  # about a title's length; what likeness of the title adds to that of the whole text
TOPICS, TOPIC_SHARE = 100, 0.3  # dimensions of the topic space; what likeness there adds
MODELS = ("elas-u4", "nb")
SMOOTHING, NB_RATIO = 3.822, 1.2  # of the other model, naive Bayes on single words: ASReview's ELAS u3
NEAREST, STRONGEST = 20, 50  # texts most like the question whose words are added to it, and how many words
QUESTION_SHARE = 1.0  # of the question beside one known include; falls with the square root of their number


def rank(
    texts: Sequence[str], labels: Sequence[int | None], *, query: str | None = None, seed: int = 0, model: str = "elas-u4"
) -> list[int]:
    """Positions in *texts* of the records whose label is None, the one to read next first.

    texts: title, blank, abstract of each record; '' where there is none. labels: 1 (include), 0 (exclude) or None, one for each text.
    query: the question in words, such as the protocol's population and intervention. It leads until both labels occur, and weighs less
    with every include after; without one the order is ELAS u4's own. seed: of the machine, and of the order where nothing is known.
    model: 'elas-u4', or 'nb' (naive Bayes on single words, ASReview's ELAS u3), to look for what the first does not find.
    Raises InputRefused where the lengths differ, a label is none of the three, or there is no such model.

    >>> rank(["knee pain", "dry eyes", "eye drops"], [None, None, None], query="dry eyes")[0]
    1
    """
    return list(Ranker(texts, query=query, seed=seed).ranked(labels, model=model).order)


@dataclass(frozen=True, slots=True)
class Ranked:
    """An order and what made it. ``order``: positions, best first. ``model``: 'elas-u4', 'nb', 'question', 'includes' or 'random'.

    ``lift``: what one unit of each word or pair adds to a score, by its column; None where chance ordered. ``single``: columns are of
    single words.
    """

    order: tuple[int, ...]
    model: str
    lift: np.ndarray | None = None
    single: bool = False


class Ranker:
    """The texts of a review, made ready once; ``order`` is asked again after every few decisions."""

    def __init__(self, texts: Sequence[str], *, query: str | None = None, seed: int = 0) -> None:
        wrong = next((at for at, text in enumerate(texts) if not (text is None or isinstance(text, str))), None)
        if wrong is not None or not (query is None or isinstance(query, str)):
            found = f"the query is {query!r}" if wrong is None else f"the text at position {wrong} is {texts[wrong]!r}"
            raise InputRefused(found, where="rank", expected="text; '' where there is none")
        self._texts, self._query, self._seed = [text or "" for text in texts], (query or "").strip(), seed

    def order(self, labels: Sequence[int | None], *, chance: np.random.RandomState | None = None) -> list[int]:
        """Positions of the records whose label is None, best first; equal scores keep the lower position first.

        chance: a replay's one stream of chance, as ASReview has it; without it the same labels give the same order at any time.
        """
        return list(self.ranked(labels, chance=chance).order)

    def ranked(self, labels: Sequence[int | None], *, chance: np.random.RandomState | None = None, model: str = "elas-u4") -> Ranked:
        """The order, what made it, and by which words."""
        import numpy as np

        _check(labels, len(self._texts), model)
        unread = np.array([at for at, label in enumerate(labels) if label is None], dtype=int)
        known = np.array([at for at, label in enumerate(labels) if label is not None], dtype=int)
        truth = np.array([label for label in labels if label is not None], dtype=int)
        if not len(unread):
            return Ranked((), model)
        if not (self._features is not None and 0 < truth.sum() < len(truth)):
            score, made, lift = self._unlearned(known[truth == 1], unread)
            single = False
        elif model == "nb" and self._single[1] is not None:
            (score, lift), made, single = self._bayes(known, truth, unread), model, True
        else:
            (score, lift), made, single = self._learned(known, truth, unread, chance), "elas-u4", False
        return Ranked(tuple(unread[np.argsort(-score, kind="stable")].tolist()), made, lift, single)

    def terms(self, at: int, ranked: Ranked, *, most: int = 8) -> tuple[str, ...]:
        """The words and pairs of the text at position *at* that lift it most in *ranked*: what one unit adds, times how much it has.

        None that are stop words alone, and none that press it down.
        """
        words, features = self._single if ranked.single else self._fitted
        if ranked.lift is None or features is None:
            return ()
        from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

        columns = {term: words.vocabulary_[term] for term in words.build_analyzer()(self._texts[at]) if term in words.vocabulary_}
        row = features[at].tocsr()
        has = dict(zip(row.indices.tolist(), row.data.tolist(), strict=True))
        lifts = {term: float(ranked.lift[column] * has.get(column, 0.0)) for term, column in columns.items()}
        telling = [term for term, lift in lifts.items() if lift > 0 and not set(term.split()) <= ENGLISH_STOP_WORDS]
        return tuple(sorted(telling, key=lambda term: (-lifts[term], term))[:most])

    def _learned(
        self, known: np.ndarray, truth: np.ndarray, unread: np.ndarray, chance: np.random.RandomState | None
    ) -> tuple[np.ndarray, np.ndarray]:
        """Decision values of a machine trained on what is known, with the question's likeness while few includes are; its coefficients."""
        from sklearn.svm import LinearSVC

        machine = LinearSVC(C=COST, loss="squared_hinge", random_state=self._seed if chance is None else chance)
        machine.fit(self._features[known], truth, sample_weight=_balanced(truth, RATIO))
        score = machine.decision_function(self._features[unread])
        if self._query:
            score = _scaled(score) + QUESTION_SHARE / sqrt(int(truth.sum())) * _scaled(self._likeness[unread])
        return score, machine.coef_.ravel()

    def _bayes(self, known: np.ndarray, truth: np.ndarray, unread: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Chances by naive Bayes, and how much likelier each word is among the relevant (in logarithms)."""
        from sklearn.naive_bayes import MultinomialNB

        features = self._single[1]
        machine = MultinomialNB(alpha=SMOOTHING).fit(features[known], truth, sample_weight=_balanced(truth, NB_RATIO))
        return machine.predict_proba(features[unread])[:, 1], machine.feature_log_prob_[1] - machine.feature_log_prob_[0]

    def _unlearned(self, includes: np.ndarray, unread: np.ndarray) -> tuple[np.ndarray, str, np.ndarray | None]:
        """Likeness to the question, else to the includes; where there is neither, chance: the order of a file may give answers away."""
        import numpy as np

        if self._features is not None and self._query:
            return self._likeness[unread], "question", _dense(self._asked.T)
        if self._features is not None and len(includes):
            like = self._features[includes].sum(axis=0)
            return _dense(self._features[unread] @ like.T), "includes", _dense(like)
        return np.random.default_rng(self._seed).random(len(self._texts))[unread], "random", None

    @property
    def _features(self) -> Any:
        return self._fitted[1]

    @cached_property
    def _fitted(self) -> tuple[Any, Any]:
        """The vectoriser, and TF-IDF of words and word pairs of every text, labels not used; (None, None) where no text has a word."""
        return self._fit(ngram_range=(1, 2), sublinear_tf=True, min_df=1, max_df=LEAST_SHARE if len(self._texts) > 1 else 1.0)

    @cached_property
    def _single(self) -> tuple[Any, Any]:
        """The same of single words but English stop words, for naive Bayes."""
        return self._fit(stop_words="english")

    def _fit(self, **settings: Any) -> tuple[Any, Any]:
        from sklearn.feature_extraction.text import TfidfVectorizer

        words = TfidfVectorizer(**settings)
        analyse = words.build_analyzer()
        if not any(analyse(text) for text in self._texts):
            return None, None
        try:
            return words, words.fit_transform(self._texts)
        except ValueError:  # every word stands in nearly every text: nothing tells them apart
            return None, None

    @property
    def _asked(self) -> Any:
        """The question as a row of TF-IDF."""
        return self._fitted[0].transform([self._query])

    @cached_property
    def _likeness(self) -> np.ndarray:
        """Of each text to the question, and to the question in the words of the texts most like it."""
        asked = self._asked
        like = self._like(asked)
        return _scaled(like) + _scaled(self._like(self._widened(asked, like)))

    def _like(self, asked: Any) -> np.ndarray:
        """Cosine of each text with *asked*: of the whole, of its first words, and in the space of topics."""
        import numpy as np

        titles, space, placed = self._spaces
        likeness = _dense(self._fitted[1] @ asked.T) + TITLE_SHARE * _dense(titles @ asked.T)
        if space is None:
            return likeness
        question = space.transform(asked)[0]
        length = np.linalg.norm(placed, axis=1) * np.linalg.norm(question)
        return likeness + TOPIC_SHARE * np.divide(placed @ question, length, out=np.zeros(len(length)), where=length > 1e-12)

    def _widened(self, asked: Any, like: np.ndarray) -> Any:
        """*asked* and, as heavy, the strongest words of the texts most like it (pseudo-relevance feedback, Rocchio 1971)."""
        import numpy as np
        from scipy.sparse import csr_matrix
        from sklearn.preprocessing import normalize

        nearest = np.argsort(-like, kind="stable")[:NEAREST]
        words = np.asarray(np.clip(like[nearest], 0, None) @ self._fitted[1][nearest]).ravel()
        strongest = np.argsort(-words, kind="stable")[:STRONGEST]
        row = csr_matrix((words[strongest], (np.zeros(len(strongest), dtype=int), strongest)), shape=asked.shape)
        return normalize(asked + normalize(row))

    @cached_property
    def _spaces(self) -> tuple[Any, Any, np.ndarray]:
        """The first words of each text as TF-IDF; the space of topics and the place of each text in it, None where there are too few."""
        import numpy as np
        from sklearn.decomposition import TruncatedSVD

        words, features = self._fitted
        titles = words.transform([" ".join(text.split()[:TITLE_WORDS]) for text in self._texts])
        topics = min(TOPICS, min(features.shape) - 1)
        if topics < 2:
            return titles, None, np.zeros((len(self._texts), 0))
        space = TruncatedSVD(topics, random_state=self._seed)
        return titles, space, space.fit_transform(features)


def _check(labels: Sequence[int | None], texts: int, model: str) -> None:
    """Raises InputRefused for labels that do not fit, and for a model that is not there."""
    if len(labels) != texts:
        raise InputRefused(f"{len(labels):,} labels for {texts:,} texts", where="rank", expected="one label for each text")
    for at, label in enumerate(labels):
        if not (label is None or (isinstance(label, Integral) and label in (0, 1))):
            raise InputRefused(f"the label at position {at} is {label!r}", where="rank", expected="1, 0 or None")
    if model not in MODELS:
        raise InputRefused(f"there is no model {model!r}", where="rank", expected=", ".join(MODELS), next_step=near(model, MODELS))


def _balanced(truth: np.ndarray, ratio: float) -> np.ndarray:
    """Weights of mean 1 by which relevant records together weigh *ratio* times as much as the irrelevant ones."""
    import numpy as np

    relevant = int(truth.sum())
    weight = np.where(truth == 1, 1.0, relevant / (ratio * (len(truth) - relevant)))
    return weight / weight.mean()


def _dense(column: Any) -> np.ndarray:
    """A column, sparse or not, as an array of one dimension."""
    import numpy as np

    return np.asarray(column.todense() if hasattr(column, "todense") else column).ravel()


def _scaled(score: np.ndarray) -> np.ndarray:
    """Mean 0 and standard deviation 1; all 0 where the scores do not differ."""
    spread = score.std()
    return (score - score.mean()) / spread if spread > 1e-12 else score * 0.0
