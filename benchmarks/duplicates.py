"""Duplicates found: wrong merges, misses and the review band on labelled sets, beside bib-dedupe 0.11 in the same run, and cost as n grows.

Labelled sets are read from ../shared/bench/dedupe where that is, shuffled with several seeds. bib-dedupe runs in an environment of its own,
whose Python ``REVIEW_BENCH_PEERS`` names. ``REVIEW_BENCH_LONG`` in the environment adds a million records.
"""

from __future__ import annotations

import json
import os
import random
import resource
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING

from review.studies import find_duplicates
from tests.studies.labelled import flagged, in_band, mixed, read_flags, read_set, removed

if TYPE_CHECKING:
    import pandas as pd

SHARED = Path(__file__).resolve().parents[2] / "shared" / "bench" / "dedupe"
SETS = ("stroke", "cytology_screening", "digital_work", "special_cases")
SEEDS = (1, 2, 3)
PEER = """
import json, resource, sys, time
import pandas as pd
if __name__ == "__main__":
    from bib_dedupe.bib_dedupe import block, cluster, match, prep
    frame = pd.read_csv(sys.argv[1], dtype=str).sample(frac=1, random_state=int(sys.argv[2])).reset_index(drop=True)
    found = cluster(match(block(prep(frame, cpu=1), cpu=1), cpu=1))
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = time.process_time() + children.ru_utime + children.ru_stime
    print(json.dumps({"groups": [list(map(str, one)) for one in found], "used": used}))
"""
SYLLABLES = "ba ce di fo gu ha ke li mo nu pa re si to vu wa xe yi zo qua".split()


def groups_of(frame: pd.DataFrame) -> list[list[str]]:
    return [list(one) for _, one in frame.groupby("group")["record"]]


def labelled(name: str, peer: str) -> None:
    frame, true = read_set(SHARED / name)
    used, results, shares = [], set(), ""
    for seed in SEEDS:
        shuffled = frame.sample(frac=1, random_state=seed)
        start = time.process_time()
        found = find_duplicates(shuffled)
        used.append(time.process_time() - start)
        offered = found.pairs[found.pairs["outcome"] == "review"]
        result = removed(groups_of(found.groups), true)
        band, missing = in_band(
            dict(zip(found.groups["record"], found.groups["group"], strict=True)), zip(offered["a"], offered["b"], strict=True), true
        )
        shares = f"groups of two documents {mixed(groups_of(found.groups), true)}; sensitivity {result.sensitivity:.4f}; "
        shares += f"review band {len(offered)} pairs, {len(offered) / len(frame):.2%} of records, holds {band} of {missing} missing merges"
        results.add((result.false, result.missed))
    print(f"{name:20} review      wrong/missed {sorted(results)} over {len(SEEDS)} seeds, {min(used):6.2f} s CPU; {shares}", flush=True)
    if peer:
        theirs = ask(peer, SHARED / name / "records_pre_merged.csv")
        alone = {record for one in theirs["groups"] for record in one}
        result = removed([*theirs["groups"], *[[r] for r in frame["record"] if r not in alone]], true)
        print(f"{'':20} bib-dedupe  wrong/missed ({result.false}, {result.missed}), {theirs['used']:6.2f} s CPU, "
              f"{theirs['used'] / min(used):.0f} times ours; sensitivity {result.sensitivity:.4f}", flush=True)  # fmt: skip


def ask(peer: str, path: object) -> dict:
    done = subprocess.run([peer, "-c", PEER, str(path), str(SEEDS[0])], capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"bib-dedupe did not run: {done.stderr.strip().splitlines()[-1]}")
    return json.loads(done.stdout.strip().splitlines()[-1])


def copper(peer: str) -> None:
    frame, duplicated = read_flags(SHARED / "sra_copper" / "records_labelled.csv")
    start = time.process_time()
    found = find_duplicates(frame.sample(frac=1, random_state=SEEDS[0]))
    used = time.process_time() - start
    print(f"{'sra_copper':20} review      wrong/missed {flagged(groups_of(found.groups), duplicated)}, {used:6.2f} s CPU; "
          f"review band {sum(found.pairs['outcome'] == 'review')} pairs", flush=True)  # fmt: skip
    if peer:
        theirs = ask(peer, SHARED / "sra_copper" / "records_labelled.csv")
        alone = {record for one in theirs["groups"] for record in one}
        result = flagged([*theirs["groups"], *[[r] for r in frame["record"] if r not in alone]], duplicated)
        print(f"{'':20} bib-dedupe  wrong/missed {result}, {theirs['used']:6.2f} s CPU, {theirs['used'] / used:.0f} times ours", flush=True)


def made(n: int) -> pd.DataFrame:
    """*n* made-up records: a fifth are near copies of others (abbreviated journal and pages, a letter lost), a tenth look like others."""
    import pandas as pd

    draw = random.Random(n)
    words = ["".join(draw.choices(SYLLABLES, k=draw.randint(2, 4))) for _ in range(20_000)]
    weights = [1 / (k + 10) for k in range(len(words))]  # a few words are in many titles, as in print
    heaps = draw.choices(words, weights, k=14 * n)
    journals = [
        (f"Journal of {a.title()} {b.title()}", f"J {a[:3].title()} {b[:4].title()}")
        for a, b in zip(words[:300], words[300:600], strict=True)
    ]
    rows: list[dict[str, object]] = []
    for k in range(n):
        kind = draw.random()
        if rows and kind < 0.2:
            row = dict(draw.choice(rows))
            title, at = str(row["title"]), draw.randrange(len(str(row["title"])))
            row |= {"title": title[:at] + title[at + 1 :], "journal": row["short"], "pages": row["cut"], "doi": ""}
        elif rows and kind < 0.3:
            row = dict(draw.choice(rows))
            row |= {
                "title": " ".join(str(row["title"]).split()[:-4] + heaps[14 * k : 14 * k + 4]),
                "pages": f"{k}-{k + 9}",
                "cut": f"{k}-{str(k + 9)[-2:]}",
                "doi": f"10.5555/{k}",
            }
        else:
            title = " ".join(heaps[14 * k : 14 * k + draw.randint(8, 14)]).capitalize()
            first, journal = draw.randint(2, 2000), draw.choice(journals)
            authors = "; ".join(f"{draw.choice(words[:5000]).title()}, {draw.choice('ABCDEFGH')}." for _ in range(4))
            row = {"title": title, "authors": authors, "year": str(1990 + k % 30), "journal": journal[0], "short": journal[1]}
            row |= {"number": str(k % 12), "volume": str(k % 90 + 1), "doi": f"10.5555/{k}"}
            row |= {"pages": f"{first}-{first + 8}", "cut": f"{first}-{str(first + 8)[-2:]}"}
        rows.append({**row, "record": f"r{k:07}"})
    return pd.DataFrame(rows)


def growth(n: int) -> None:
    frame = made(n)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    start, used = time.perf_counter(), time.process_time()
    found = find_duplicates(frame)
    took, used = time.perf_counter() - start, time.process_time() - used
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    outcomes = found.pairs["outcome"].value_counts().to_dict()
    print(f"{n:>9,} records: {took:6.1f} s, {used:6.1f} s CPU, {peak:,.0f} MB at most ({before:,.0f} before); "
          f"{outcomes}; {found.crowded:,} crowded", flush=True)  # fmt: skip


def main() -> None:
    peer = os.environ.get("REVIEW_BENCH_PEERS", "")
    if SHARED.is_dir():
        for name in SETS:
            labelled(name, peer)
        copper(peer)
        if not peer:
            print("REVIEW_BENCH_PEERS names no Python with bib-dedupe: it was not run")
    else:
        print("no labelled sets beside this checkout: only cost is measured")
    for n in (10_000, 100_000, *((1_000_000,) if os.environ.get("REVIEW_BENCH_LONG") else ())):
        growth(n)


if __name__ == "__main__":
    main()
