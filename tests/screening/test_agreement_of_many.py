"""Agreement of any number of readers with missing votes, and intervals by drawing again: published values, and what must always hold."""

from __future__ import annotations

import doctest
from collections.abc import Sequence
from importlib import import_module
from itertools import combinations, permutations

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score

from review.errors import InputRefused
from review.model.agreement import METHODS, agreement, agreement_among
from review.model.votes import ac1, alpha, alpha_value, nominal, ordinal

Rows = Sequence[Sequence[str | None]]

TABLE = [[60, 12, 8], [10, 30, 15], [9, 11, 145]]
WORDS = ("include", "unsure", "exclude")


def units(*columns: str) -> list[tuple[str | None, ...]]:
    return [tuple(None if vote == "." else vote for vote in row) for row in zip(*columns, strict=True)]


# Krippendorff 2011, Computing Krippendorff's alpha-reliability, part C: four observers, twelve units; nominal .743, ordinal .815.
# The same table is Gwet's example of missing ratings (2014, Handbook of Inter-Rater Reliability): AC1 .77544, SE .14295.
FOUR_ROWS = units("123321412...", "1233224125.3", ".3332342251.", "12332441251.")
# The three coders and fifteen units by which Krippendorff's alpha is most often shown: nominal .691, ordinal .807.
THREE_ROWS = units(".....34121133.3", "1.213343.......", "..21344.21133.4")


def votes(rows: Rows, names: str) -> dict[tuple[int, ...], int]:
    found: dict[tuple[int, ...], int] = {}
    for row in rows:
        key = tuple(sum(vote == name for vote in row) for name in names)
        found[key] = found.get(key, 0) + 1
    return found


def alpha_by_hand(rows: Rows, names: str, *, ordered: bool) -> float:
    """Alpha by its definition: the mean distance within units over that between any two votes, pair by pair."""
    read = [[names.index(v) for v in row if v is not None] for row in rows]
    read = [row for row in read if len(row) > 1]
    every = [v for row in read for v in row]

    def apart(a: int, b: int) -> float:
        if not ordered:
            return float(a != b)
        low, high = min(a, b), max(a, b)
        return (sum(low <= v <= high for v in every) - (every.count(low) + every.count(high)) / 2) ** 2 if low < high else 0.0

    within = sum(2 * apart(a, b) / (len(row) - 1) for row in read for a, b in combinations(row, 2)) / len(every)
    between = sum(2 * apart(a, b) for a, b in combinations(every, 2)) / (len(every) * (len(every) - 1))
    return 1 - within / between


@pytest.mark.parametrize("name", ["votes", "intervals"])
def test_examples_in_the_docstrings_run(name: str) -> None:
    result = doctest.testmod(import_module(f"review.model.{name}"))
    assert result.attempted and not result.failed


@pytest.mark.parametrize(
    ("rows", "names", "at_nominal", "at_ordinal"), [(FOUR_ROWS, "12345", 0.743, 0.815), (THREE_ROWS, "1234", 0.691, 0.807)]
)
def test_published_alphas(rows: Rows, names: str, at_nominal: float, at_ordinal: float) -> None:
    for distances, published, ordered in ((nominal, at_nominal, False), (ordinal, at_ordinal, True)):
        found = alpha_value(votes(rows, names), distances)
        assert found is not None and round(found, 3) == published
        assert found == pytest.approx(alpha_by_hand(rows, names, ordered=ordered), abs=1e-12)


def test_published_ac1_with_missing_votes() -> None:
    found = ac1(votes(FOUR_ROWS, "12345"))
    assert found is not None
    assert [round(one, 5) for one in found] == [0.77544, 0.46081, 1.0], "value and limits as irrCAC's documentation prints them"


@pytest.mark.parametrize(
    # R 4.2: w <- 1 - (abs(outer(1:3, 1:3, "-"))/2)^power; p <- TABLE/300; r <- rowSums(p); c <- colSums(p)
    # po <- sum(w*p); pe <- sum(w*outer(r, c)); k <- (po - pe)/(1 - pe); e <- outer(as.vector(w %*% c), as.vector(t(w) %*% r), "+")
    # sqrt((sum(p*(w - e*(1 - k))^2) - (k - pe*(1 - k))^2)/(300*(1 - pe)^2))
    ("method", "weights", "value", "error"),
    [
        ("kappa", None, 0.632387595438, 0.038682882335),
        ("kappa_linear", "linear", 0.690643863179, 0.036539898343),
        ("kappa_quadratic", "quadratic", 0.737299011097, 0.037975144524),
    ],
)
def test_weighted_kappa_is_that_of_two_other_programs(method: str, weights: str | None, value: float, error: float) -> None:
    found = agreement(TABLE, categories=WORDS, method=method)
    pairs = [(i, j) for i in range(3) for j in range(3) for _ in range(TABLE[i][j])]
    other = cohen_kappa_score([a for a, _ in pairs], [b for _, b in pairs], weights=weights)
    assert found.value == pytest.approx(value, abs=1e-9) == pytest.approx(other, abs=1e-9)
    assert (found.high - found.low) / (2 * 1.959963984540054) == pytest.approx(error, abs=1e-9)


def test_two_readers_are_the_same_either_way() -> None:
    pairs = [(WORDS[i], WORDS[j]) for i in range(3) for j in range(3) for _ in range(TABLE[i][j])]
    for method in ("ac1", "alpha", "alpha_ordinal"):
        one, other = agreement(TABLE, categories=WORDS, method=method), agreement_among(pairs, categories=WORDS, method=method)
        assert (one.value, one.low, one.high, one.n) == pytest.approx((other.value, other.low, other.high, other.n))
        assert one.prevalence == pytest.approx(other.prevalence)


def test_a_vote_alone_is_no_agreement() -> None:
    rows = [("include", "include", None)] * 20 + [("exclude", "exclude", "include")] * 20
    more = [*rows, *([("include", None, None)] * 50)]
    one, other = (agreement_among(each, categories=WORDS, method="alpha") for each in (rows, more))
    assert (one.value, one.n, one.prevalence) == (other.value, other.n, other.prevalence) == (one.value, 40, one.prevalence)
    alone = agreement_among([("include", None)] * 50, categories=WORDS, method="ac1")
    assert (alone.n, alone.shown, alone.note) == (0, False, "too few: under 30 pairs")
    assert one.table[0][0] == 40 and one.table[2][0] == one.table[0][2] == 40 and one.table[2][2] == 40


def test_what_is_defined_for_two_is_refused_for_more() -> None:
    with pytest.raises(InputRefused, match="'kappa' is defined for two reviewers"):
        agreement_among([("include",) * 3] * 30, categories=WORDS, method="kappa")
    with pytest.raises(InputRefused, match="'maybe' is no category"):
        agreement_among([("include", "maybe")] * 30, categories=WORDS)
    with pytest.raises(InputRefused, match="'jackknife' is no interval"):
        agreement(TABLE, categories=WORDS, interval="jackknife")
    with pytest.raises(InputRefused, match="replicates are too few"):
        agreement(TABLE, categories=WORDS, interval="bootstrap", replicates=10)


@pytest.mark.parametrize("method", list(METHODS))
def test_the_bootstrap_repeats_itself_and_lies_near_the_formula(method: str) -> None:
    table, words = ([[42, 26], [46, 386]], ("include", "exclude"))
    plain = agreement(table, categories=words, method=method)
    drawn, again, other = (agreement(table, categories=words, method=method, interval="bootstrap", seed=seed) for seed in (1, 1, 2))
    assert drawn == again != other and drawn.value == plain.value
    assert drawn.low < drawn.value < drawn.high
    assert (drawn.low, drawn.high) == pytest.approx((plain.low, plain.high), abs=0.03)


def test_the_bootstrap_of_many_readers_draws_reports() -> None:
    rows = [
        ("include", "include", None),
        ("exclude", "exclude", "exclude"),
        ("include", "exclude", None),
        ("exclude", None, "exclude"),
    ] * 25
    for method in ("ac1", "alpha", "alpha_ordinal"):
        plain = agreement_among(rows, categories=WORDS, method=method)
        drawn = agreement_among(rows, categories=WORDS, method=method, interval="bootstrap", seed=4)
        assert drawn == agreement_among(rows[::-1], categories=WORDS, method=method, interval="bootstrap", seed=4)
        assert (drawn.low, drawn.high) == pytest.approx((plain.low, plain.high), abs=0.05)


def test_a_bootstrap_that_is_mostly_undefined_is_not_shown() -> None:
    found = agreement([[1, 0], [0, 60]], categories=("include", "exclude"), interval="bootstrap")
    assert (found.shown, found.value) == (False, None) and found.note.startswith("undefined")


some = st.sampled_from(["a", "b", "c", None])
tables = st.dictionaries(st.tuples(some, some, some), st.integers(5, 30), min_size=2, max_size=6).map(
    lambda found: [row for row, n in found.items() for _ in range(n)]
)


@settings(max_examples=60)
@given(rows=tables, method=st.sampled_from(["ac1", "alpha", "alpha_ordinal"]), data=st.data())
def test_readers_may_stand_in_any_order_and_values_keep_their_bounds(rows: list, method: str, data: st.DataObject) -> None:
    found = agreement_among(rows, categories="abc", method=method)
    order = data.draw(st.permutations(range(3)))
    turned = agreement_among([tuple(row[i] for i in order) for row in rows], categories="abc", method=method)
    assert turned == found
    if found.shown and found.low is None:
        assert "no interval can be estimated" in found.note
    elif found.shown:
        assert -1 <= found.low <= found.value <= found.high <= 1
    else:
        assert found.note and found.value is None


@settings(max_examples=60)
@given(rows=tables, named=st.sampled_from(list(permutations("abc"))))
def test_names_of_categories_do_not_matter_where_they_have_no_order(rows: list, named: tuple[str, ...]) -> None:
    meant = dict(zip("abc", named, strict=True)) | {None: None}
    renamed = [tuple(meant[vote] for vote in row) for row in rows]
    for method in ("ac1", "alpha"):
        one, other = (agreement_among(each, categories="abc", method=method) for each in (rows, renamed))
        assert (one.shown, one.value or 0) == pytest.approx((other.shown, other.value or 0))
    two = [(a, b) for a, b, _ in rows if a and b]
    assume(len(two) >= 30)
    for method in ("kappa", "pabak", "raw", "ac1", "alpha"):
        one = agreement(two, categories="abc", method=method)
        other = agreement([(meant[a], meant[b]) for a, b in two], categories="abc", method=method)
        assert (one.shown, one.value or 0) == pytest.approx((other.shown, other.value or 0))


@settings(max_examples=40)
@given(st.tuples(*[st.integers(0, 30)] * 3))
def test_perfect_agreement_is_one(counts: tuple[int, ...]) -> None:
    said = [name for name, n in zip("abc", counts, strict=True) for _ in range(n)]
    assume(len(set(said)) > 1 and len(said) >= 30)
    for method in METHODS:
        if method not in ("prevalence", "negative", "positive"):
            found = agreement([(one, one) for one in said], categories="abc", method=method)
            if found.shown:  # alpha has no interval where one report alone differs
                assert found.value == pytest.approx(1)
    many = agreement_among([(one, one, None, one) for one in said], categories="abc", method="ac1")
    assert many.value == pytest.approx(1)


def test_alpha_without_expected_disagreement_is_undefined() -> None:
    assert alpha({(2, 0): 40, (0, 0): 3}, nominal) is None and alpha_value({}, nominal) is None and ac1({(1, 0): 40}) is None
