"""Sentences and names that a site prints on every page and that are no content: known by digest, so that none is repeated here."""

from __future__ import annotations

import hashlib
import re

from review.text import fold_word

# one short sentence after each section heading of MedDataX, with the section that it opens
_BLURBS = {
    "df169119cf40": "basic", "8473b69eda65": "summary", "faf0df39cce4": "description", "00643e8a4572": "conditions",
    "9ecebaf8bc7c": "", "7f0b4cf52657": "design", "30cb26da2374": "groups", "fe2e2087cedb": "interventions",
    "bd717d175d41": "criteria", "bd661f8153bb": "sponsors", "eb6773f1c271": "responsible", "67d989c89c48": "locations",
    "8de973426b27": "countries", "d6c76f927a89": "central", "d0d50fd91754": "facility", "3c4dab4e92ec": "identifiers",
    "15c196b7f277": "related",
}  # fmt: skip
# the contact that ClinConnect shows on unrelated trials: a name, and a post at an institute
_PLACEHOLDER_CONTACT = frozenset("91b961476aa7 c8d968c5d702 f23779e022a6".split())
_INVITES = re.compile(
    r"(?:get|review|dive into|see|understand|learn|check|meet|identify|explore|reach out|find|discover|view|browse|access|additional)\b"
    r"(?= (?-i:[a-z]))",
    re.I,
)


def digest(text: str) -> str:
    """The digest by which a fixed sentence is known: of its letters and digits, in lower case."""
    return hashlib.sha256(fold_word(text).encode()).hexdigest()[:12]


def is_blurb(text: str, *, running_text: bool) -> bool:
    """True for the sentence that MedDataX prints after a heading.

    In sections of *running_text* only the known sentences count; elsewhere also a sentence that invites the reader to look at
    something, which no name, type or number does.
    """
    if digest(text) in _BLURBS:
        return True
    return not running_text and text.endswith(".") and 40 <= len(text) <= 200 and bool(_INVITES.match(text))


def section_of_blurb(text: str) -> str:
    """The section of MedDataX that the fixed sentence *text* opens; '' for any other text."""
    return _BLURBS.get(digest(text), "") if 40 <= len(text) <= 200 else ""


def is_placeholder_contact(text: str) -> bool:
    """True for a line of the contact that ClinConnect shows where a trial has none."""
    return digest(text) in _PLACEHOLDER_CONTACT
