"""Links and ranks on made-up registrations and articles: precision and recall by rule, the ranker's recall, and cost as n grows.

The pairs are made up, in words of our own (``tests/studies/made_trials.py``): the figures show that nothing is lost or invented where the
truth is known by making, and say nothing of real registers. ``REVIEW_BENCH_LONG`` adds 1,000 registrations among 100,000 articles.
"""

from __future__ import annotations

import os
import resource
import time

from review.studies import find_links, rank_links
from tests.studies.made_trials import Made, made_trials

WITHOUT_NUMBERS = ["registry_ids", "full_text", "references", "pmid", "doi"]


def linked(made: Made) -> None:
    """Precision and recall of the links and of what is left to a person, over all and rule by rule."""
    found = find_links(made.registrations, made.articles)
    pairs = list(zip(found["registration"], found["article"], strict=True))
    for name, chosen in (("link", found["outcome"] == "link"), ("link or review", found["outcome"] != "")):
        own = {pair for pair, kept in zip(pairs, chosen, strict=True) if kept}
        right = own & made.pairs
        print(f"  {name:15} precision {len(right) / max(1, len(own)):.3f}, recall {len(right) / len(made.pairs):.3f}, {len(own):,} pairs")
    found["right"] = [pair in made.pairs for pair in pairs]
    for (outcome, rule), rows in found.groupby(["outcome", "rule"]):
        print(f"    {outcome:6} {rule:24} {len(rows):6,} pairs, {rows['right'].mean():.0%} right")


def ranked(made: Made, said: str, articles: object) -> None:
    """In how many registrations the true article is the first, among five, among ten."""
    found = rank_links(made.registrations, articles, top=10)  # type: ignore[arg-type]
    true = found[[pair in made.pairs for pair in zip(found["registration"], found["article"], strict=True)]]
    shares = ", ".join(f"at {k} {(true['rank'] <= k).sum() / len(made.pairs):.3f}" for k in (1, 5, 10))
    print(f"  ranker, {said}: recall {shares}")


def cost(trials: int, others: int) -> None:
    """Processor time and memory of both."""
    made = made_trials(trials, others)
    start = time.process_time()
    found = find_links(made.registrations, made.articles)
    links = time.process_time() - start
    start = time.process_time()
    rows = rank_links(made.registrations, made.articles)
    took = time.process_time() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{trials:>6,} registrations, {len(made.articles):>7,} articles: links {links:5.1f} s CPU ({len(found):,} rows), "
        f"ranks {took:5.1f} s CPU ({len(rows):,} rows), {peak:,.0f} MB at most",
        flush=True,
    )


def main() -> None:
    """The measures on 1,000 made pairs among 5,000 other articles, then growth."""
    made = made_trials(1_000, 5_000)
    print("1,000 made pairs among 6,000 articles")
    linked(made)
    ranked(made, "with numbers", made.articles)
    nameless = made.articles.drop(columns=[name for name in WITHOUT_NUMBERS if name in made.articles])
    nameless["abstract"] = nameless["abstract"].str.replace(r" ClinicalTrials.gov NCT\d+\.", "", regex=True)
    ranked(made, "without numbers", nameless)
    sizes = [(100, 1_000), (300, 10_000), (1_000, 30_000)]
    for trials, others in (*sizes, *([(1_000, 100_000)] if os.environ.get("REVIEW_BENCH_LONG") else [])):
        cost(trials, others)


if __name__ == "__main__":
    main()
