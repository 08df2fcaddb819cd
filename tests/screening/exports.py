"""Exports of other screening tools, made up for tests: the layouts are theirs, the titles and decisions are nobody's."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

COVIDENCE_HEAD = (
    "Title", "Authors", "Abstract", "Published Year", "Published Month", "Journal", "Volume", "Issue", "Pages", "Accession Number",
    "DOI", "Ref", "Covidence #", "Study", "Notes", "Tags",
)  # fmt: skip
RAYYAN_HEAD = (
    "key", "title", "year", "month", "day", "journal", "issn", "volume", "issue", "pages", "authors", "url", "language", "publisher",
    "location", "abstract", "notes", "doi", "keywords", "pubmed_id", "pmc_id",
)  # fmt: skip


@dataclass(frozen=True)
class Paper:
    """What an export says of one article."""

    title: str
    year: int = 2020
    doi: str = ""
    pmid: str = ""


def table(head: Sequence[str], rows: Sequence[dict[str, str]], delimiter: str = ",") -> bytes:
    """A table with these heads; what a row does not name is empty."""
    made = io.StringIO()
    writer = csv.writer(made, delimiter=delimiter, lineterminator="\r\n")
    writer.writerow(head)
    writer.writerows([row.get(one, "") for one in head] for row in rows)
    return made.getvalue().encode()


def covidence(papers: Sequence[tuple[Paper, str]]) -> bytes:
    """Covidence's list of excluded studies: (article, notes)."""
    return table(
        COVIDENCE_HEAD,
        [
            {"Title": p.title, "Published Year": str(p.year), "DOI": p.doi, "Covidence #": f"#{n}", "Notes": notes}
            for n, (p, notes) in enumerate(papers, 1)
        ],
    )


def rayyan(papers: Sequence[tuple[Paper, str]]) -> bytes:
    """Rayyan's articles.csv: (article, notes)."""
    return table(
        RAYYAN_HEAD,
        [
            {"key": f"rayyan-{n}", "title": p.title, "year": str(p.year), "doi": p.doi, "pubmed_id": p.pmid, "notes": notes}
            for n, (p, notes) in enumerate(papers, 1)
        ],
    )


def votes(*given: tuple[str, str], reasons: str = "", labels: str = "", note: str = "") -> str:
    """Rayyan's notes for (name, Included, Excluded or Maybe)."""
    parts = ["RAYYAN-INCLUSION: {" + ", ".join(f'"{name}"=>"{vote}"' for name, vote in given) + "}"]
    parts += [f"RAYYAN-LABELS: {labels}"] if labels else []
    parts += [f"RAYYAN-EXCLUSION-REASONS: {reasons}"] if reasons else []
    parts += [f'USER-NOTES: {{"{given[0][0]}"=>["{note}"]}}'] if note else []
    return " | ".join(parts)


def asreview(papers: Sequence[tuple[Paper, str, str]]) -> bytes:
    """ASReview's export: (article, label 1, 0 or empty, note)."""
    head = ("record_id", "title", "abstract", "year", "doi", "asreview_label", "asreview_time", "asreview_note")
    return table(
        head,
        [
            {"record_id": str(n), "title": p.title, "year": str(p.year), "doi": p.doi, "asreview_label": label, "asreview_note": note}
            for n, (p, label, note) in enumerate(papers)
        ],
    )


def ris(papers: Sequence[tuple[Paper, Sequence[tuple[str, str]]]]) -> bytes:
    """RIS: (article, further tags)."""
    entries = []
    for paper, tags in papers:
        lines = [("TY", "JOUR"), ("TI", paper.title), ("PY", str(paper.year)), *([("DO", paper.doi)] if paper.doi else []), *tags]
        entries.append("".join(f"{tag}  - {value}\r\n" for tag, value in lines) + "ER  - \r\n")
    return "\r\n".join(entries).encode()
