"""Which words of a text are the protocol's terms: the text stays as it is, accents and case do not matter, the longest stands."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.desk.tints import ELEMENTS, folded, made_of, tints_of, words_of
from review.errors import ProtocolInvalid
from review.model.plan import read_plan

HEAD = '[review]\ntitle = "A review"\nregistration = "none"\n'
LETTERS = st.text(alphabet="abßİıÖöo\u0308 -*.ǆﬁΣσς\n'", max_size=40)


@given(text=st.text(max_size=60) | LETTERS, terms=st.lists(LETTERS | st.text(min_size=1, max_size=4), max_size=6))
def test_the_runs_put_together_are_the_text(text: str, terms: list[str]) -> None:
    tints = made_of({element: terms[n::3] for n, element in enumerate("PIC")})
    runs = tints.runs(text)
    assert "".join(piece for piece, _ in runs) == text
    assert all(piece for piece, _ in runs) and {element for _, element in runs} <= {"", *"PIC"}


@given(words=st.lists(st.sampled_from(["sjögren", "dry", "mouth", "flow", "of"]), min_size=1, max_size=8))
def test_a_word_that_is_a_term_is_found_wherever_it_stands(words: list[str]) -> None:
    runs = made_of({"P": ["Sjogren"], "O": ["flow"]}).runs(" ".join(words))
    assert [piece for piece, element in runs if element == "P"] == [w for w in words if w == "sjögren"]
    assert [piece for piece, element in runs if element == "O"] == [w for w in words if w == "flow"]


@pytest.mark.parametrize("form", ["NFC", "NFD", "NFKC", "NFKD"])
@pytest.mark.parametrize("written", ["Sjögren", "SJÖGREN", "Sjogren"])
def test_accents_case_and_the_form_of_unicode_do_not_matter(form: str, written: str) -> None:
    text = unicodedata.normalize(form, f"primary {written}’s disease")
    for term in ("Sjögren", "sjogren", "SJÖG*"):
        found = [piece for piece, element in made_of({"P": [term]}).runs(text) if element]
        assert found == [unicodedata.normalize(form, written)]


def test_of_terms_that_overlap_the_longest_stands() -> None:
    tints = made_of({"P": ["dry mouth", "mouth"], "I": ["mouth care programme"]})
    assert tints.runs("dry mouth care programme, mouth") == [("dry ", ""), ("mouth care programme", "I"), (", ", ""), ("mouth", "P")]


def test_a_term_is_whole_words_and_a_star_is_any_ending() -> None:
    def found(term: str) -> list[str]:
        return [p for p, e in made_of({"I": [term]}).runs("The therapy, therapies, chemotherapy; cell-therapy and cell  therapy") if e]

    assert found("therapy") == ["therapy", "therapy", "therapy"]
    assert found("therap*") == ["therapy", "therapies", "therapy", "therapy"]
    assert found("cell therapy") == ["cell-therapy", "cell  therapy"]


def test_the_terms_of_the_plan_else_the_words_of_its_question() -> None:
    question = '[question]\npopulation = "Adults with dry eyes"\nintervention = "Any medicine, or none"\n'
    plain = tints_of(read_plan(HEAD + question))
    assert plain.elements == ["P", "I"]
    assert [p for p, e in plain.runs("An adult with a dry eye took medicines") if e] == ["adult", "dry", "eye", "medicines"]
    stated = tints_of(read_plan(HEAD + question + '[terms]\nT = ["week*"]\n'))
    assert stated.runs("adults, 12 weeks") == [("adults, 12 ", ""), ("weeks", "T")]
    assert words_of("") == () and words_of("None, or any other") == ()
    assert list(ELEMENTS) == ["P", "I", "C", "O", "S", "T"]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('P = ["dry mouth", ""]', r"review.toml:5: terms.P.1: a term is one word or several, and \* stands at its end only"),
        ('P = ["dr*y"]', r"review.toml:5: terms.P.0: a term is one word"),
        ('P = ["**"]', r"review.toml:5: terms.P.0: a term is one word"),
        ('P = ["a*"]', r"review.toml:5: terms.P.0: at least three letters stand before \*"),
        ('X = ["dry"]', r"review.toml:5: terms.X: unknown key"),
        ("P = 3", r"review.toml:5: terms.P"),
    ],
)
def test_a_term_that_finds_nothing_or_everything_is_refused_with_its_line(line: str, said: str) -> None:
    with pytest.raises(ProtocolInvalid, match=said):
        read_plan(f"{HEAD}[terms]\n{line}\n")


@given(text=st.text(max_size=60) | LETTERS)
def test_a_text_is_folded_as_its_letters_are(text: str) -> None:
    assert folded(text) == "".join(folded(letter) for letter in text)
