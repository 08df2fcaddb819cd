"""Makes journal articles out of chance and prints them as pages of two layouts in each style of capture, with what they state."""

from __future__ import annotations

import html
import random
import re
from dataclasses import dataclass, field
from typing import Any

from review.model.record import Record

LAYOUTS = ("specialty", "main")
STYLES = ("indented", "dash", "numbered_dash", "stars", "html", "meta_html")
FIRST = ("Ada", "Bert", "Cleo", "Jean-Luc", "María José", "XiaoMei", "O\u2019Neil", "J P", "Åsa")
LAST = ("First", "Second", "van der Third", "Fourth-Fifth", "Sixth", "García", "Li", "Özdemir", "Mc Seventh")
PLACES = (
    "Department of Tests, First Test University, Testville, UK",
    "Second Test Hospital, Testburg, Netherlands",
    "School of Dry Mouths; Institute of Eyes, Third Test College, Testown, France",
    "Testgen Inc, Testopolis, California, USA",
    "Unit 12, 4th Clinic of Tests, Peking, China",
)
TITLES = (
    "Green tea against dryness of the mouth: a randomised controlled trial",
    "Testolol in dry eyes",
    "Is a dry mouth a sign of dry eyes?",
    "Sjögren\u2019s syndrome and 3 kinds of tea (TEA-3)",
    "Response to: \u2018Tea and time\u2019 by Sixth et al",
    "EULAR points on the drinking of tea: 2019 update",
)
TYPES = ("Letter", "Original research", "Clinical and epidemiological research", "Review", "Protocol", "Editorial", "Correspondence")
WORDS = ("oral medicine", "clinical trials", "sjögren\u2019s syndrome", "tea", "dry eye disease", "quality of life", "B cells")
TEXTS = (
    "Dryness of the mouth is common and has many causes, which nobody has counted so far in this town.",
    "We recruited in two clinics between 2015 and 2018 and asked everyone about tea, coffee and water.",
    "Saliva rose by 0.1 mL/min (95% CI 0.02 to 0.18; p=0.03) with tea, and dryness fell in both groups.",
    "Of 120 people, 17 (14%) stopped early, mostly because of the taste; see table 2 for the numbers.",
    "Tea may help a little, but our trial was small and short, and the tasters were not blinded.",
)
LABELS = (
    ("Background", "Methods", "Results", "Conclusions"),
    ("Objectives", "Methods", "Results", "Conclusion", "Trial registration number"),
    ("Introduction", "Methods and analysis", "Ethics and dissemination"),
    ("Objective", "Design", "Setting", "Participants", "Results"),
)
FOOTNOTES = (
    ("Handling editor", "Erna Editor", "handling_editor"),
    ("Twitter", "@example", None),
    ("Contributors", "AF and BS planned the trial.", "contributors"),
    ("Funding", "Test Council (grant number TC-2018-114) and Test Fund (TF/77/2019).", "funding"),
    ("Competing interests", "None declared.", "competing_interests"),
    ("Patient consent for publication", "Not required.", None),
    ("Ethics approval", "The board of Testville agreed.", None),
    ("Provenance and peer review", "Not commissioned; externally peer reviewed.", "peer_review"),
    ("Data availability statement", "Data are available upon reasonable request.", None),
    ("Supplemental material", "This content has been supplied by the author(s). It has not been vetted by anyone.", None),
)


@dataclass
class Article:
    """An article before it is printed: what the page shows, in its order, and the truth about it."""

    title: str
    kind: str
    authors: list[tuple[str, tuple[int, ...]]]
    places: list[str]
    numbered: bool
    writers: list[tuple[str, str, str, str]]  # honorific, name, address, mail
    abstract: list[tuple[str, str]]
    keywords: list[str]
    body: list[tuple[str, str]]  # heading or '', paragraph
    notes: list[tuple[str, str]]
    cut: bool
    doi: str
    journal: str
    year: int
    volume: str
    pages: str
    truth: dict[str, Any] = field(default_factory=dict)


def make(seed: int) -> Article:
    """One article."""
    chance = random.Random(seed)
    pick = chance.choice
    places = chance.sample(PLACES, chance.randint(1, 4))
    count = pick((0, 1, 2, 4, 7))
    names = [f"{first} {last}" for first, last in zip(chance.sample(FIRST, count), chance.sample(LAST, count), strict=True)]
    numbered = len(places) > 1 or chance.random() < 0.6
    authors = [
        (name, tuple(sorted(chance.sample(range(1, len(places) + 1), chance.randint(1, min(3, len(places)))))) if numbered else ())
        for name in names
    ]
    writers = []
    for name in chance.sample(names, min(len(names), pick((0, 1, 1, 2)))):
        writers.append((pick(("Dr ", "Professor ", "")), name, pick(("", places[0].replace(";", ","))), f"{fold(name)}@example.org"))
    if not names and pick((True, False)):
        authors = [("Test Mouth Group", ())]
    group = bool(names) and chance.random() < 0.2
    if group:
        authors = [*authors, ("Test Mouth Group", ())]
    if not names:
        places, writers = [], []
    kind = pick(TYPES)
    labels = pick((*LABELS, (), ()))
    abstract = [(label, pick(TEXTS) if "registration" not in label.lower() else "NCT04000001.") for label in labels]
    if not labels and chance.random() < 0.4:
        abstract = [("", pick(TEXTS))]
    body = [(pick(("", "Introduction", "Discussion")) if abstract else "", text) for text in chance.sample(TEXTS, chance.randint(1, 3))]
    cut = chance.random() < 0.5
    if cut:
        body[-1] = (body[-1][0], body[-1][1][:-1] + " and then …")
    made = Article(
        pick(TITLES),
        kind,
        authors,
        places,
        numbered,
        writers,
        abstract,
        chance.sample(WORDS, pick((0, 2, 4))) if abstract else [],
        body,
        [note[:2] for note in FOOTNOTES if chance.random() < 0.6],
        cut,
        f"10.1136/test-{chance.randint(2015, 2022)}-{chance.randint(1, 999999):06d}",
        pick(("Annals of Tests", "Test Open")),
        chance.randint(2005, 2025),
        str(chance.randint(1, 90)),
        f"e{chance.randint(1000, 99999):06d}",
    )
    made.truth = _truth(made)
    return made


def fold(name: str) -> str:
    """A mail name of letters."""
    return re.sub(r"[^a-z]", "", name.lower()) or "x"


def _truth(made: Article) -> dict[str, Any]:
    notes = dict(made.notes)
    named = {field_: notes[label] for label, _, field_ in FOOTNOTES if field_ and label in notes}
    writers = {name for _, name, _, _ in made.writers}
    return {
        "brief_title": made.title,
        "authors": [(name, list(refs), name in writers) for name, refs in made.authors],
        "affiliations": [(n, text) for n, text in enumerate(made.places, 1)],
        "corresponding": [(name, title.strip(), address, mail) for title, name, address, mail in made.writers],
        "publication_types": [made.kind],
        "abstract": "\n\n".join(f"{label} {text}".strip() for label, text in made.abstract),
        "keywords": made.keywords,
        "body": [text for _, text in made.body],
        "body_truncated": made.cut,
        **{name: named.get(name, "") for name in ("handling_editor", "contributors", "funding", "competing_interests", "peer_review")},
        "grant_numbers": ["TC-2018-114", "TF/77/2019"] if "funding" in named else [],
        "identifiers": ["NCT04000001"] if any("NCT" in text for _, text in made.abstract) else [],
        "journal": "",
        "year": "",
        "volume": "",
        "issue": "",
        "pages": "",
        "doi": "",
        "pmid": "",
    }


def printed(made: Article, layout: str, style: str, chance: random.Random) -> tuple[bytes, dict[str, Any]]:
    """The page, and what it states in this layout and style."""
    truth = dict(made.truth)
    blocks = _main(made, chance, truth) if layout == "main" else _specialty(made, chance, truth)
    if style in ("html", "meta_html"):
        return _html(made, blocks, style == "meta_html", truth).encode(), truth
    out: list[str] = []
    for kind, text in blocks:
        if kind in ("ol", "ul"):
            for n, item in enumerate(text, 1):
                mark = f"{n}." if kind == "ol" else "•"
                lead = {"indented": f"  {mark}", "dash": "-", "numbered_dash": f"- {mark}", "stars": "*"}[style]
                out.append(f"{lead} {item}")
            out.append("")
        else:
            out += [text, ""]
    if style != "indented":
        out = [line for line in out if line]
    return "\n".join(out).encode(), truth


def _by_line(made: Article, chance: random.Random, mark: str) -> list[tuple[str, Any]]:
    shown = [name + mark.join(str(n) for n in refs) for name, refs in made.authors]
    shown = [text + ("," if n < len(shown) - 1 and chance.random() < 0.9 else "") for n, text in enumerate(shown)]
    if shown and chance.random() < 0.3:
        shown[0] = "http://orcid.org/0000-0001-0000-1234" + shown[0]
    if shown and made.authors[-1][0] == "Test Mouth Group":
        shown[-1] = chance.choice(("on behalf of the Test Mouth Group", "Test Mouth Group")) if len(shown) > 1 else shown[-1]
    glue = chance.choice(("", " "))
    places = [f"{n}{glue}{text}" if made.numbered else text for n, text in enumerate(made.places, 1)]
    to = "; ".join(
        f"{title}{name}{', ' + address if address else ''}; {mail.replace('@', chance.choice(('{at}', '@')))}"
        for title, name, address, mail in made.writers
    )
    return [("ol", items) for items in (shown, places, [f"Correspondence to {to}"] if to else []) if items]


def _specialty(made: Article, chance: random.Random, truth: dict[str, Any]) -> list[tuple[str, Any]]:
    out: list[tuple[str, Any]] = [("p", "Article Text")]
    if chance.random() < 0.2:
        out += [("p", "This article has a correction. Please see:"), ("ul", [f"Correction: {made.title} - June 01, 2020"])]
    out += [("p", "Download PDFPDF"), ("p", made.kind), ("h1", made.title), *_by_line(made, chance, ",")]
    out += _abstract(made, chance)
    if made.keywords:
        out.append(("ul", made.keywords))
    if chance.random() < 0.4:
        out += [
            ("p", "http://creativecommons.org/licenses/by-nc/4.0/"),
            ("p", "This is an open access article, in accordance with a licence."),
            ("p", f"https://doi.org/{made.doi}"),
        ]
        truth["doi"] = made.doi
    out += [("p", "Statistics from Altmetric.com"), ("h3", "Request Permissions")]
    out.append(("p", "If you wish to reuse any or all of this article please use the link below. You can get permission there."))
    if not made.abstract and chance.random() < 0.4:
        truth["keywords"] = chance.sample(WORDS, 3)
        out.append(("ul", truth["keywords"]))
    return out + _rest(made)


def _abstract(made: Article, chance: random.Random) -> list[tuple[str, Any]]:
    """Labels before the words, or as headings of their own."""
    if not made.abstract:
        return []
    apart = chance.random() < 0.4 and made.abstract[0][0]
    pieces = [
        bit for label, text in made.abstract for bit in ((("h3", label), ("p", text)) if apart else (("p", f"{label} {text}".strip()),))
    ]
    return [("h2", "Abstract"), *pieces]


def _rest(made: Article) -> list[tuple[str, Any]]:
    out: list[tuple[str, Any]] = []
    for heading, text in made.body:
        out += [("h2", heading)] * bool(heading) + [("p", text)]
    out += [("p", "View Full Text")] if made.cut else []
    return out + ([("h2", "Footnotes"), ("ul", [f"{label} {text}" for label, text in made.notes])] if made.notes else [])


def _main(made: Article, chance: random.Random, truth: dict[str, Any]) -> list[tuple[str, Any]]:
    cited = f"(Published 13 August {made.year}) Cite this as: BMJ {made.year};{made.volume}:{made.pages}"
    first = f"BMJ {made.year}; {made.volume} doi: https://doi.org/{made.doi} {cited}"
    truth |= {"journal": "BMJ", "year": made.year, "volume": made.volume, "pages": made.pages, "doi": made.doi}
    out: list[tuple[str, Any]] = [("p", made.kind), ("h1", made.title), ("p", first)]
    out.append(("ul", ["Article", "Related content", "Metrics", "Responses", "Peer review"]))
    out += _by_line(made, chance, " ")
    out += _abstract(made, chance)
    if made.keywords:
        truth["keywords"] = []
    return [*out, ("h2", "Introduction"), *_rest(made)] if made.abstract and not made.body[0][0] else out + _rest(made)


def _html(made: Article, blocks: list[tuple[str, Any]], meta: bool, truth: dict[str, Any]) -> str:
    tags = ""
    if meta:
        stated = {
            "citation_title": made.title,
            "citation_journal_title": made.journal,
            "citation_doi": made.doi,
            "citation_volume": made.volume,
            "citation_publication_date": f"{made.year}/03/01",
            "citation_firstpage": made.pages,
            "citation_pmid": "32000001",
            "citation_issue": "3",
            "citation_publisher": "BMJ Publishing Group Ltd",
            "citation_article_type": made.kind,
        }
        tags = "".join(f'<meta name="{name}" content="{html.escape(value)}">' for name, value in stated.items())
        tags += "".join(f'<meta name="citation_author" content="{html.escape(name)}">' for name, _ in made.authors)
        truth |= {
            "journal": made.journal,
            "year": made.year,
            "volume": made.volume,
            "pages": made.pages,
            "doi": made.doi,
            "issue": "3",
            "pmid": "32000001",
        }
    out = [f"<!doctype html><html><head><title>x</title>{tags}</head><body>"]
    for kind, text in blocks:
        if kind in ("ol", "ul"):
            items = [
                re.sub(r"(?<=\w)(\d(?:[, ]\d)*)(,?)$", r"<sup>\1</sup>\2", html.escape(item)) if kind == "ol" else html.escape(item)
                for item in text
            ]
            out.append(f"<{kind}>" + "".join(f"<li>{item}</li>" for item in items) + f"</{kind}>")
        else:
            out.append(f"<{kind}>{html.escape(text)}</{kind}>")
    return "".join([*out, "</body></html>"])


def stated(record: Record) -> dict[str, Any]:
    """What *record* says, in the terms of ``Article.truth``."""
    paper = record.publication
    assert paper is not None
    return {
        "brief_title": record.brief_title or "",
        "authors": [(a.name, list(a.affiliation_refs), a.corresponding) for a in paper.authors],
        "affiliations": [(a.ref, a.text) for a in paper.affiliations],
        "corresponding": [(c.name or "", c.honorific or "", c.address or "", c.email or "") for c in paper.corresponding],
        "publication_types": list(paper.publication_types),
        "abstract": record.abstract or "",
        "keywords": list(record.keywords),
        "body": list(paper.body_excerpt),
        "body_truncated": bool(paper.body_truncated),
        **{
            name: getattr(paper, name) or ""
            for name in ("handling_editor", "contributors", "funding", "competing_interests", "peer_review")
        },
        "grant_numbers": list(paper.grant_numbers),
        "identifiers": [i.value for i in record.identifiers if i.type not in ("DOI", "PMID")],
        **{name: getattr(paper, name) or "" for name in ("journal", "year", "volume", "issue", "pages", "doi", "pmid")},
    }
