"""Made-up records in families that are nearly one, with the truth of each: what databases do to one record, and what only looks like it."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

Record = dict[str, Any]
DRUGS = "Wool Felt Linen Cork Amber Sage Mint Clover Barley Juniper Walnut Fennel Thyme Nettle Willow Poppy".split()
FORMS = ["socks", "baths", "tea", "massage", "exercise", "ointment", "lamps", "insoles", "stretching", "diaries", "songs", "gloves"]
ILLNESS = [
    "cold feet", "stiff necks", "hay fever", "tennis elbow", "chronic cough", "plantar warts", "night cramps", "restless legs", "dry eyes",
    "mild asthma", "insomnia", "bunions", "hiccups", "nail fungus", "low back pain", "travel sickness",
]  # fmt: skip
PEOPLE = ["older people", "nurses", "farmers", "pregnant women", "school children", "night workers", "runners", "prisoners", "sailors"]
DESIGNS = ["a randomised trial", "a cohort study", "a pilot study", "a cluster trial", "a qualitative study", "a cost analysis"]
PLACES = ["Oslo", "Malta", "Ghana", "Peru", "Nepal", "Wales", "Quebec", "Java", "Samoa", "Cyprus", "Utah", "Fiji"]
# words that look like another
LIKE = (
    "maternal/paternal prednisone/prednisolone cisplatin/carboplatin renal/adrenal abduction/adduction ureteral/urethral early/late "
    "CD4/CD8 omeprazole/esomeprazole microalbuminuria/macroalbuminuria bilateral/unilateral agonist/antagonist TNF-\u03b1/TNF-\u03b2 "
    "effective/cost-effective"
).split()
FAMILIES = (
    "Hale Ito Okoro Lund Varga Silva Novak Khan Meyer Rossi Dubois Haddad Nguyen Costa Berg Tanaka Osei Mora Quist Zeller Abbot Finch Grau"
).split()
GIVEN = "Rita Tom Oda Kim Ana Jo Per Lea Max Uma Ivo Eva Ben Noa Gus Pia".split()
JOURNALS = [
    ("Journal of Feet and Ankles", "J. Feet Ankles", "The journal of feet and ankles"),
    ("Annals of Cold Medicine", "Ann Cold Med", "Annals of cold medicine."),
    ("British Journal of Warmth", "Br J Warmth", "The British Journal of Warmth"),
    ("Archives of Household Remedies", "Arch. Househ. Remedies", "Archives of Household Remedies (Oslo, Norway)"),
    ("Scandinavian Journal of Sleep", "Scand J Sleep", "Scandinavian journal of sleep : official publication of the Sleep Society"),
]


@dataclass(frozen=True)
class Family:
    """Some records of one kind. ``same``: whether those of one group are one document; else they are as many documents."""

    name: str
    same: bool
    records: list[Record]


def base(draw: random.Random) -> Record:
    """One article as its publisher prints it."""
    title = f"{draw.choice(DRUGS)} {draw.choice(FORMS)} for {draw.choice(ILLNESS)} among {draw.choice(PEOPLE)} in {draw.choice(PLACES)}"
    people = [f"{family}, {draw.choice(GIVEN)} {draw.choice('ABCDEFGH')}." for family in draw.sample(FAMILIES, draw.randint(3, 6))]
    first, number = draw.randint(101, 900), draw.randint(1, 10**8)
    return {
        "title": f"{title}: {draw.choice(DESIGNS)}", "authors": "; ".join(people), "year": draw.randint(1990, 2023),
        "journal": draw.choice(JOURNALS)[0], "volume": str(draw.randint(2, 90)), "number": str(draw.randint(1, 12)),
        "pages": f"{first}-{first + draw.randint(4, 12)}", "doi": f"10.5555/made.{number}", "record_type": "article",
    }  # fmt: skip


def without(record: Record, *names: str) -> Record:
    return {name: value for name, value in record.items() if name not in names}


def initials(authors: str, *, first: int | None = None) -> str:
    """'Hale, Rita A.' as 'Hale RA'; the *first* so many."""
    people = [one.split(", ") for one in authors.split("; ")][:first]
    return "; ".join(f"{family} {''.join(part[0] for part in given.split())}" for family, given in people)


def short_pages(pages: str) -> str:
    first, last = pages.split("-")
    shared = next((k for k in range(len(last)) if first[: k + 1] != last[: k + 1]), len(last) - 1) if len(first) == len(last) else 0
    return f"{first}-{last[shared:]}"


def cut(title: str) -> str:
    return title[: int(len(title) * 0.8)].rstrip() + "..."


LONG = (
    " and how it was told to those who asked for it in the winter months of that year, with what they said of it when they were asked again"
)


def longer(record: Record) -> Record:
    return {**record, "title": record["title"] + LONG + LONG}


def other_pages(record: Record) -> str:
    first = int(record["pages"].split("-")[0]) + 40
    return f"{first}-{first + 3}"


def journal_as(k: int) -> Callable[[Record], Record]:
    return lambda r: {**r, "journal": next(names[k] for names in JOURNALS if names[0] == r["journal"])}


def latex(title: str) -> str:
    return title.replace(" for ", r" \emph{for} ").replace("feet", r"f{\'e}et").replace("in", r"{in}", 1)


# what databases do to one record: each makes another record of the same document
_SAME: Mapping[str, Callable[[Record], Record]] = {
    "title in capitals": lambda r: {**without(r, "doi"), "title": r["title"].upper(), "authors": r["authors"].upper()},
    "title cut with dots": lambda r: {**r, "title": cut(r["title"])},
    "title cut with dots, no DOI": lambda r: {**without(r, "doi"), "title": cut(r["title"])},
    "HTML in the title": lambda r: {
        **without(r, "doi"),
        "title": r["title"].replace(" for ", " <i>for</i> ").replace(" in ", " in&nbsp;<sub>"),
    },
    "LaTeX in the title": lambda r: {**without(r, "doi"), "title": latex(r["title"])},
    "no DOI": lambda r: without(r, "doi"),
    "DOI as an address": lambda r: {**without(r, "volume", "pages"), "doi": "http://dx.doi.org/" + r["doi"].upper() + "."},
    "DOI with its word": lambda r: {**without(r, "volume", "pages"), "doi": f"doi: {r['doi']} [doi]"},
    "DOI as an address is written": lambda r: {**without(r, "volume", "pages"), "doi": "https://doi.org/" + r["doi"].replace("/", "%2F")},
    "names with initials": lambda r: {**without(r, "doi"), "authors": initials(r["authors"])},
    "names with initials and commas": lambda r: {**without(r, "doi"), "authors": initials(r["authors"]).replace(";", ",")},
    "first author alone": lambda r: {**without(r, "doi"), "authors": initials(r["authors"], first=1)},
    "first author et al": lambda r: {**without(r, "doi", "pages"), "authors": initials(r["authors"], first=1) + " et al."},
    "a group for an author": lambda r: {**without(r, "doi"), "authors": "Warm Feet Collaborative Group"},
    "no authors": lambda r: without(r, "doi", "authors"),
    "printed a year later": lambda r: {**without(r, "doi"), "year": r["year"] + 1},
    "online first": lambda r: {**without(r, "volume", "number", "pages"), "year": r["year"] - 1},
    "online first, no DOI": lambda r: {**without(r, "doi", "volume", "number", "pages"), "year": r["year"] - 1},
    "short pages": lambda r: {**without(r, "doi"), "pages": short_pages(r["pages"])},
    "first page": lambda r: {**without(r, "doi"), "pages": "pp. " + r["pages"].split("-")[0]},
    "electronic page": lambda r: {**without(r, "doi"), "pages": "e" + r["pages"].split("-")[0]},
    "pages from one": lambda r: {**without(r, "doi"), "pages": "1-9"},
    "no pages": lambda r: without(r, "doi", "pages"),
    "journal with dots": lambda r: journal_as(1)(without(r, "doi", "pages")),
    "journal with more": lambda r: journal_as(2)(without(r, "doi", "pages")),
    "no journal": lambda r: without(r, "doi", "journal"),
    "volume and issue in one": lambda r: {**without(r, "doi", "number"), "volume": f"{r['volume']}({r['number']})"},
    "title in brackets": lambda r: {**without(r, "doi"), "title": f"[{r['title']}]."},
    "title in brackets with its language": lambda r: {**without(r, "doi"), "title": f"[{r['title']}]. [Norwegian]"},
    "no subtitle": lambda r: {**without(r, "doi"), "title": r["title"].partition(":")[0]},
    "no year": lambda r: without(r, "doi", "year"),
    "another language": lambda r: {**without(r, "doi"), "title": "Über die warmen Socken und die kalten Zehen bei Nacht in der Stadt"},
    "another language, DOI in both": lambda r: {**r, "title": "Über die warmen Socken und die kalten Zehen bei Nacht in der Stadt"},
    "kind not stated": lambda r: without(r, "doi", "record_type"),
    "a mark of retraction": lambda r: {**without(r, "doi"), "title": "RETRACTED: " + r["title"]},
    "bytes read as letters": lambda r: {
        **without(r, "doi"),
        "title": f"\u00e2\u20ac\u0153{r['title']}\u00e2\u20ac\u009d".replace("for", "f\u00c3\u00b6r"),
    },
    "quotation marks and dashes": lambda r: {**without(r, "doi"), "title": "\u201c" + r["title"].replace(": ", "\u201d \u2013 ")},
}


def _several(draw: random.Random, form: str, values: list[str], **changed: Any) -> list[Record]:
    """Articles of one series, that differ by *values* in *form*; the same authors, on pages of their own."""
    one = base(draw)
    at = int(one["pages"].split("-")[0])
    title = one["title"].partition(":")[0]
    return [
        {**without(one, "doi"), "title": form.format(title=title, value=value), "pages": f"{at + 10 * k}-{at + 10 * k + 9}", **changed}
        for k, value in enumerate(values)
    ]


def _twice(draw: random.Random, change: Callable[[Record], Record]) -> list[Record]:
    one = base(draw)
    return [one, change(one)]


def _nowhere(records: list[Record]) -> list[Record]:
    """Without what would say where each is printed."""
    return [without(one, "pages", "doi", "number") for one in records]


def _bare(title: str, **more: Any) -> Callable[[random.Random], list[Record]]:
    return lambda draw: [{"title": title, **more}, {"title": title, **more}]


# what is nearly one record and is two documents, or more
_TWO: Mapping[str, Callable[[random.Random], list[Record]]] = {
    "parts": lambda d: _several(d, "{title}. Part {value}", ["1", "2", "3"]),
    "parts in Roman, nowhere": lambda d: _nowhere(_several(d, "{title}: part {value}", ["I", "II", "III"])),
    "parts by words": lambda d: _several(d, "{title}: the {value} report", ["first", "second", "third"]),
    "years in the title, nowhere": lambda d: _nowhere(_several(d, "{title}: {value} update", ["2018", "2019"])),
    "an update": lambda d: _several(d, "{title}{value}", ["", ": an update"]),
    "an update, nowhere": lambda d: _nowhere(_several(d, "{title}{value}", ["", " - updated recommendations"])),
    "months of follow-up, nowhere": lambda d: _nowhere(_several(d, "{title}: {value}-month results", ["6", "12", "24"])),
    "long-term results, nowhere": lambda d: _nowhere(_several(d, "{title}: {value}", ["short-term results", "long-term results"])),
    "severity, nowhere": lambda d: _nowhere(_several(d, "{value} {title}", ["Mild", "Severe"])),
    "sides, nowhere": lambda d: _nowhere(_several(d, "{title} of the {value} side", ["left", "right"])),
    "acute and chronic, nowhere": lambda d: _nowhere(_several(d, "{value} {title}", ["Acute", "Chronic"])),
    "drugs, one page": lambda d: _several(d, "{value} and {title}", DRUGS[:3], pages="S12", record_type="conference_abstract"),
    "drugs, nowhere": lambda d: _nowhere(_several(d, "{value} and {title}", DRUGS[3:6])),
    "doses, one page": lambda d: _several(d, "{title} at {value} mg", ["10", "20"], pages="S12"),
    "towns, nowhere": lambda d: _nowhere(_several(d, "{title}, {value}", PLACES[:3])),
    "protocol and results, nowhere": lambda d: _nowhere(_several(d, "{title}: {value}", ["study protocol", "results"])),
    "protocol and results of one title": lambda d: _several(d, "{title}{value}", ["", ": protocol for a trial"]),
    **{
        f"{pair}, {where}": lambda d, pair=pair, pages=pages: [
            {**without(one, "pages", "doi", "number"), **pages} for one in _several(d, "{value} illness and {title}", pair.split("/"))
        ]
        for pair in LIKE
        for where, pages in (("nowhere", {}), ("one page", {"pages": "S12"}))
    },
    "a letter behind": lambda d: _several(d, "{title} {value}", ["A", "B"]),
    "two journals, one title": lambda d: _twice(
        d, lambda r: {**without(r, "doi"), "journal": "Feet and Sleep", "volume": "3", "number": "9", "pages": "7-16"}
    ),
    "abstracts of two years": lambda d: _twice(
        d, lambda r: {**without(r, "doi"), "year": r["year"] + 1, "volume": str(int(r["volume"]) + 1), "pages": other_pages(r)}
    ),
    "abstracts of two years, nowhere": lambda d: _nowhere(
        _twice(d, lambda r: {**r, "year": r["year"] + 1, "volume": str(int(r["volume"]) + 1)})
    ),
    "preprint and article": lambda d: _twice(
        d, lambda r: {**without(r, "volume", "number", "pages"), "journal": "footRxiv", "doi": r["doi"] + "9", "record_type": "preprint"}
    ),
    "preprint and article, no DOI": lambda d: [
        without(one, "doi")
        for one in _twice(d, lambda r: {**without(r, "volume", "number", "pages"), "journal": "footRxiv", "record_type": "preprint"})
    ],
    "preprint of unstated kind": lambda d: _twice(
        d, lambda r: {**without(r, "volume", "number", "pages", "record_type"), "journal": "medRxiv", "doi": "10.1101/" + r["doi"][8:]}
    ),
    "versions of a review": lambda d: [
        {**one, "doi": f"10.1002/14651858.CD{k:06}{v}", "year": 2010 + n, "number": str(n + 1), "pages": "CD000001"}
        for k, one in [(d.randint(1, 10**5), base(d))]
        for n, v in enumerate(("", ".pub2", ".pub3"))
    ],
    "versions of a review without DOI": lambda d: [
        {
            **without(one, "doi", "volume"),
            "journal": "Cochrane Database of Systematic Reviews",
            "year": 2010 + 2 * n,
            "number": str(n + 1),
            "pages": "CD000001",
        }
        for one in [base(d)]
        for n in range(3)
    ],
    "corrigendum": lambda d: _twice(d, lambda r: {**r, "title": "Corrigendum to \u201c" + r["title"] + "\u201d", "pages": other_pages(r)}),
    "corrigendum behind": lambda d: _twice(
        d, lambda r: {**without(r, "doi"), "title": r["title"] + " (Corrigendum)", "pages": other_pages(r)}
    ),
    "correction of Web of Science": lambda d: _twice(
        d,
        lambda r: {
            **without(r, "doi"),
            "title": f"{r['title']} (vol {r['volume']}, pg {r['pages'].split('-')[0]}, {r['year']})",
            "pages": other_pages(r),
        },
    ),
    "erratum behind a dash, nowhere": lambda d: _nowhere(_twice(d, lambda r: {**r, "title": r["title"] + " - Erratum"})),
    "re: the article": lambda d: _twice(d, lambda r: {**without(r, "doi"), "title": "Re: " + r["title"], "pages": other_pages(r)}),
    "replies to the article": lambda d: [
        {**without(one, "doi"), "title": f"{before}{one['title']}{behind}", "authors": who, "pages": pages}
        for one in [base(d)]
        for before, behind, who, pages in (
            ("", "", one["authors"], one["pages"]),
            ("Re: ", "", "Grau, Ida", other_pages(one)),
            ("Re: ", "", "Mora, Leo", other_pages(one)),
            ("Re: ", ": authors' reply", one["authors"], other_pages(one)),
        )
    ],
    "replies of one author, nowhere": lambda d: _nowhere(
        [
            {**one, "title": f"{before}{one['title']}{behind}"}
            for one in [base(d)]
            for before, behind in (("", ""), ("Re: ", ""), ("", ": reply"), ("Authors' response: ", ""), ("", " - a comment"))
        ]
    ),
    "summary for patients": lambda d: _nowhere(_twice(d, lambda r: {**r, "title": r["title"] + " (summary for patients)"})),
    "registrations of one trial": lambda d: [
        {"title": one["title"], "year": one["year"], "registry_ids": number, "record_type": "trial_registration"}
        for one in [base(d)]
        for number in (f"NCT{d.randint(10**7, 10**8 - 1)}", f"ISRCTN{d.randint(10**7, 10**8 - 1)}", "EUCTR2012-000001-91-NO")
    ],
    "registrations without numbers": lambda d: [
        {"title": one["title"], "year": one["year"], "journal": journal, "record_type": "trial_registration"}
        for one in [base(d)]
        for journal in ("ClinicalTrials.gov", "ISRCTN")
    ],
    "supplement under one DOI": lambda d: [
        {**one, "doi": "10.5555/supplement", "pages": "S1"} for one in _several(d, "{title} and {value}", ["warmth", "wages"])
    ],
    "chapters under the DOI of a book": lambda d: [
        {**base(d), "doi": "10.5555/book", "record_type": "chapter", "journal": "A Book of Feet", "volume": ""} for _ in range(3)
    ],
    "book and its review": lambda d: [
        {"title": "The Book of Warm Feet", "authors": "Hale, Rita", "year": 2010, "record_type": "book"},
        {"title": "The Book of Warm Feet", "authors": "Grau, Ida", "year": 2010, "journal": "British Journal of Warmth", "pages": "9-11"},
    ],
    "thesis and article": lambda d: _twice(
        d, lambda r: {**without(r, "doi", "journal", "volume", "number", "pages"), "record_type": "thesis"}
    ),
    "conference paper and article": lambda d: _twice(
        d,
        lambda r: {
            **without(r, "doi", "volume", "number"),
            "journal": "Conference on Warm Feet",
            "pages": "12-19",
            "record_type": "inproceedings",
        },
    ),
    "abstract in a supplement and article": lambda d: _twice(
        d,
        lambda r: {
            **without(r, "doi"),
            "pages": "S" + r["pages"].split("-")[0],
            "number": "S1",
            "year": r["year"] - 1,
            "volume": str(int(r["volume"]) - 1),
            "record_type": "conference_abstract",
        },
    ),
    "abstract of unstated kind and article": lambda d: _twice(
        d, lambda r: {**without(r, "doi", "record_type"), "pages": "A77", "number": "Suppl 1", "year": r["year"] - 1, "volume": "1"}
    ),
    "bare editorial": _bare("Editorial"),
    "bare introduction": _bare("Introduction."),
    "bare reply": _bare("Reply"),
    "bare letter": _bare("Letter to the Editor"),
    "bare abstracts": _bare("ABSTRACTS"),
    "bare posters": _bare("Poster presentations"),
    "editorial and year": _bare("Editorial", year=2012),
    "editorial, journal, year": _bare("Editorial", year=2012, journal="Journal of Feet and Ankles"),
    "editorial of one editor and volume": _bare(
        "Editorial", year=2012, journal="Journal of Feet and Ankles", volume="4", authors="Hale, R."
    ),
    "letter of one author": _bare("Letter to the editor", authors="Hale, R."),
    "short title": _bare("Cold feet"),
    "short title and year": _bare("Cold feet", year=2012),
    "short title, journal, year": _bare("Cold feet", year=2012, journal="Journal of Feet and Ankles"),
    "posters of two years": lambda d: [
        {"title": "Poster presentations", "journal": "Journal of Feet and Ankles", "year": 2012 + k, "pages": "S1-S90"} for k in range(2)
    ],
    "editorials of a volume": lambda d: [
        {
            "title": "From the chair: a word to our members and friends",
            "authors": "Hale, Rita",
            "journal": "Journal of Feet and Ankles",
            "year": 2012,
            "volume": "4",
            "number": str(k),
            "pages": "1",
        }
        for k in range(1, 4)
    ],
    "columns of a volume, no issue": lambda d: [
        {
            "title": "Notes from the wards and the waiting rooms",
            "authors": "Hale, Rita",
            "journal": "Journal of Feet and Ankles",
            "year": 2012,
            "volume": "4",
            "pages": pages,
        }
        for pages in ("17", "89", "201")
    ],
    "yearly reports": lambda d: [
        {
            "title": "Annual statistics of the Registry of Cold Feet",
            "authors": "Hale, Rita; Moss, Tom",
            "journal": "Annals of Cold Medicine",
            "year": year,
            "volume": str(year - 2000),
        }
        for year in (2011, 2012, 2013)
    ],
    "case reports of one title": lambda d: [
        {"title": "Frostbite of the great toe: a case report", "authors": who, "journal": "Annals of Cold Medicine", "year": 2012}
        for who in ("Hale, Rita; Moss, Tom", "Grau, Ida; Mora, Leo")
    ],
    "one short title, two authors, one year": lambda d: [
        {"title": "Treatment of cold feet", "authors": who, "journal": "Annals of Cold Medicine", "year": 2012}
        for who in ("Hale, R.", "Grau, I.")
    ],
    "letters on one page": lambda d: [
        {"title": title, "authors": who, "journal": "Annals of Cold Medicine", "year": 2012, "volume": "7", "number": "2", "pages": "77"}
        for title, who in (("Warm feet and sleep", "Hale, R."), ("Warm feet and sleep", "Grau, I."), ("Warm feet and falls", "Hale, R."))
    ],
}


def families(seed: int = 1) -> list[Family]:
    """One family of each kind."""
    draw = random.Random(seed)
    made = []
    for name, change in _SAME.items():
        one = longer(base(draw)) if name.startswith("title cut") else base(draw)
        made.append(Family(name, True, [one, change(one)]))
    return [*made, *(Family(name, False, make(draw)) for name, make in _TWO.items())]


def frame_of(made: list[Family]) -> pd.DataFrame:
    """All records in one table, named by family and place."""
    import pandas as pd

    return pd.DataFrame([{"record": f"{n:04}-{k}", **record} for n, one in enumerate(made) for k, record in enumerate(one.records)])
