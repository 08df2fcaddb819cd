"""Made-up registrations and articles of which it is known who belongs to whom: in words of our own, near misses among them."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

SYLLABLES = "ba ce di fo gu ha ke li mo nu pa re si to vu wa xe yi zo qua bri clo dra fle".split()
PEOPLE = ["adults", "children", "older people", "women", "veterans", "adolescents", "people in prison", "pregnant women"]
ILLNESS = [
    "seasonal low mood", "stiff necks", "dry eye", "hay fever", "tennis elbow", "migraine", "chronic cough", "plantar warts", "gout",
    "night cramps", "restless legs", "acne", "cold sores", "mild asthma", "type 2 diabetes", "early rheumatoid arthritis", "insomnia",
]  # fmt: skip
AIMS = ["efficacy and safety", "effectiveness", "safety and tolerability", "acceptability and effect", "long-term effect"]
DESIGNS = ["randomised, double-blind, placebo-controlled", "open-label, randomised", "cluster-randomised", "pragmatic, randomised"]
FAMILIES = "Hale Ito Okoro Lund Varga Silva Novak Khan Meyer Rossi Dubois Haddad Nguyen Costa Berg Tanaka Osei Mora".split()


@dataclass(frozen=True)
class Made:
    """Registrations, articles, and the pairs (registration, article) that belong together."""

    registrations: pd.DataFrame
    articles: pd.DataFrame
    pairs: frozenset[tuple[str, str]]


def made_trials(trials: int, others: int = 0, seed: int = 1) -> Made:
    """*trials* registrations with an article of results each, *others* further articles: protocols, reviews, and of other trials.

    About half of the results state the number in a field, two fifths in the abstract, half are listed by the register; some state it in
    the text alone, and a fifth nowhere.
    """
    import pandas as pd

    draw = random.Random(seed)
    drugs = ["".join(draw.choices(SYLLABLES, k=draw.randint(2, 4))) for _ in range(max(20, trials // 3))]
    told = [_trial(draw, n, draw.choice(drugs)) for n in range(trials)]
    registrations, articles, pairs = [], [], []
    for n, trial in enumerate(told):
        article = _results(draw, trial, f"a{n:06}", f"{80_000_000 + n}")
        listed = []
        if draw.random() < 0.5:
            listed.append({"type": draw.choice(["RESULT", "DERIVED"]), "pmid": article["pmid"], "citation": "Results."})
        if draw.random() < 0.1 and n:
            listed.append({"type": "BACKGROUND", "pmid": f"{80_000_000 + draw.randrange(n)}", "citation": "What was known."})
        registrations.append({**trial, "references": listed})
        articles.append(article)
        pairs.append((trial["record"], article["record"]))
    for n in range(others):
        articles.append(_other(draw, told, drugs, f"b{n:06}", f"{70_000_000 + n}"))
    return Made(pd.DataFrame(registrations), pd.DataFrame(articles), frozenset(pairs))


def _trial(draw: random.Random, n: int, drug: str) -> dict[str, object]:
    who, illness, aim, design = draw.choice(PEOPLE), draw.choice(ILLNESS), draw.choice(AIMS), draw.choice(DESIGNS)
    start = draw.randint(2005, 2020)
    return {
        "record": f"t{n:06}",
        "registry_ids": f"NCT9{n:07}",
        "title": f"{drug.capitalize()} in {who} with {illness}",
        "official_title": f"A {design} study to evaluate the {aim} of {drug} compared with usual care in {who} with {illness}",
        "acronym": "".join(draw.choices("ABCDEFGHIKLMNOPRSTUV", k=6)) if draw.random() < 0.3 else "",
        "conditions": illness,
        "interventions": f"{drug}; usual care",
        "sponsor": f"{draw.choice(FAMILIES)} University",
        "investigators": f"{draw.choice('ABCDEFGH')}nna {draw.choice(FAMILIES)}{draw.choice(SYLLABLES)}",
        "start_date": f"{start}-03",
        "completion_date": f"{start + draw.randint(1, 4)}-06",
        "enrollment": draw.randint(30, 2000),
    }


def _results(draw: random.Random, trial: dict[str, object], record: str, pmid: str) -> dict[str, object]:
    drug, illness = str(trial["interventions"]).split(";")[0], str(trial["conditions"])
    number, size = str(trial["registry_ids"]), int(str(trial["enrollment"]))
    who = str(trial["title"]).split(" in ", 1)[1].split(" with ")[0]
    title = draw.choice(
        [
            f"Effect of {drug} on {illness} among {who}: a randomized clinical trial",
            f"{drug.capitalize()} versus usual care for {illness}",
            f"Treating {illness} with {drug}: results of a trial in {who}",
        ]
    )
    acronym = f" ({trial['acronym']})" if trial["acronym"] and draw.random() < 0.7 else ""
    stated = f" ClinicalTrials.gov {number}." if draw.random() < 0.4 else ""
    first, family = str(trial["investigators"]).split()
    return {
        "record": record,
        "title": title + acronym,
        "abstract": f"{size if draw.random() < 0.6 else size - 3} {who} with {illness} had {drug} or usual care.{stated}",
        "authors": f"{draw.choice(FAMILIES)}, K; {family}, {first[0]}" if draw.random() < 0.6 else f"{draw.choice(FAMILIES)}, K",
        "year": int(str(trial["completion_date"])[:4]) + draw.randint(0, 3),
        "pmid": pmid,
        "registry_ids": f"ClinicalTrials.gov/{number}" if draw.random() < 0.48 else "",
        "full_text": f"The trial was registered ({number})." if draw.random() < 0.6 else "",
    }


def _other(draw: random.Random, told: list[dict[str, object]], drugs: list[str], record: str, pmid: str) -> dict[str, object]:
    """An article of another kind or of another trial; one in six cites the number of a trial that it does not report."""
    kind, near = draw.random(), draw.choice(told)
    drug, illness = str(near["interventions"]).split(";")[0], str(near["conditions"])
    row: dict[str, object] = {"record": record, "pmid": pmid, "year": draw.randint(2004, 2024), "authors": f"{draw.choice(FAMILIES)}, P"}
    if kind < 0.05:
        numbers = "; ".join(str(one["registry_ids"]) for one in draw.sample(told, min(5, len(told))))
        return row | {"title": f"{drug.capitalize()} for {illness}: a systematic review", "registry_ids": numbers}
    if kind < 0.08:
        return row | {"title": f"{drug.capitalize()} in {illness}: protocol of another trial", "abstract": "A protocol."}
    if kind < 0.12:
        cited = f"All had completed the parent study ({near['registry_ids']})."
        return row | {"title": f"Two more years of {drug} for {illness}", "abstract": cited}
    if kind < 0.2:
        return row | {"title": f"What {illness} costs", "full_text": f"As in a trial of {drug} ({near['registry_ids']})."}
    words = " ".join("".join(draw.choices(SYLLABLES, k=3)) for _ in range(4))
    return row | {"title": f"{draw.choice(drugs).capitalize()} and {words} in {draw.choice(ILLNESS)}", "abstract": words}
