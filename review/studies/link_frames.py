"""Reports of a review as the tables that ``rank_links`` takes: a row a registration, a row an article."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from review.model.best_values import abstract_of
from review.model.views import ReportView
from review.studies.link_reports import article_of, full_text_of, trial_of

if TYPE_CHECKING:
    import pandas as pd


def registrations_frame(reports: Sequence[ReportView]) -> pd.DataFrame:
    """What ranking compares of registrations: numbers, titles, conditions, interventions, people, dates, size."""
    import pandas as pd

    return pd.DataFrame([_registration(report) for report in reports])


def articles_frame(reports: Sequence[ReportView]) -> pd.DataFrame:
    """What ranking compares of articles: title, abstract, authors, year, numbers."""
    import pandas as pd

    return pd.DataFrame([_article(report) for report in reports])


def _registration(report: ReportView) -> dict[str, Any]:
    trial, records = trial_of(report), [r for r in report.records if r.is_registration]
    docs = [record.doc for record in records]
    people = [[*(doc.get("overall_officials") or ()), doc.get("responsible_party") or {}, *(doc.get("contacts") or ())] for doc in docs]
    return {
        "record": report.id,
        "registry_ids": sorted(trial.numbers),
        "secondary_ids": sorted(trial.secondary),
        "references": [{"type": r.kind, r.type.lower(): r.value} for r in trial.references],
        "title": _first(doc.get("brief_title") for doc in docs),
        "official_title": _first(doc.get("official_title") for doc in docs),
        "acronym": _first(doc.get("acronym") for doc in docs),
        "abstract": _first(doc.get("brief_summary") for doc in docs),
        "conditions": _all(doc.get("conditions") or () for doc in docs),
        "interventions": _all([i["name"] for i in doc.get("interventions") or ()] for doc in docs),
        "sponsor": _first((doc.get("lead_sponsor") or {}).get("name") for doc in docs),
        "investigators": _all([p["name"] for p in named if p.get("name")] for named in people),
        "start_date": _date(docs, "start"),
        "completion_date": _date(docs, "primary_completion") or _date(docs, "completion"),
        "enrollment": _first((doc.get("enrollment") or {}).get("count") for doc in docs),
    }


def _article(report: ReportView) -> dict[str, Any]:
    article, records = article_of(report), [r for r in report.records if not r.is_registration]
    stands = next((r for r in (report.stands, *records) if not r.is_registration), report.stands)
    return {
        "record": report.id,
        "title": stands.title,
        "abstract": _first(map(abstract_of, (stands, *records))),
        "full_text": _first(map(full_text_of, records)),
        "authors": list(_first(record.authors for record in (stands, *records)) or ()),
        "year": article.year,
        "pmid": sorted(value for type, value in article.numbers if type == "PMID"),
        "doi": sorted(value for type, value in article.numbers if type == "DOI"),
        "registry_ids": [mention.number for mention in article.fields],
    }


def _first(values: Iterable[Any]) -> Any:
    """The first that says anything; None where none does."""
    return next((value for value in values if value), None)


def _all(values: Iterable[Iterable[str]]) -> list[str]:
    return list(dict.fromkeys(one for several in values for one in several))


def _date(docs: Sequence[Any], name: str) -> str | None:
    stated: str | None = _first(((doc.get("dates") or {}).get(name) or {}).get("date") for doc in docs)
    return stated
