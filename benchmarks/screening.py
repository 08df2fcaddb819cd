"""The ranking rank for rank beside ASReview 3, the stopping test p for p beside buscarpy, both ways to begin, and how long it takes.

ASReview pins pandas below 3 and buscarpy draws as it is imported, so each runs in an environment of its own: the interpreter named by
REVIEW_BENCH_ASREVIEW or REVIEW_BENCH_BUSCARPY, else one made under build/ with pip. Labelled data are read from ../shared/bench/screening
where that is; the made-up corpus of the tests stands in.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from review.screening import probability_recall_missed
from review.screening.cold_start import Comparison, compare, over_all
from review.screening.ranking import Ranker
from review.screening.simulation import Labelled, read_labelled, simulate
from tests.screening.corpus import corpus

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT.parent / "shared" / "bench" / "screening"
PRIORS = {"Donners_2021": (208, 135), "ADHD": (81, 364), "Antihistamines": (119, 110)}  # rows: one relevant, one not
SETS = (*PRIORS, "Menon_2022")
SHUFFLES, SEED = 3, 42
RANDOM_INPUTS = 3_000  # labels, totals and targets for which the p of the stopping test is compared

# run by ASReview's interpreter: texts, labels and priors in, the order of reading out
ASREVIEW = """
import json, random, sys
import numpy as np
import pandas as pd
from asreview.learner import ActiveLearningCycle
from asreview.models.models import AI_MODEL_CONFIGURATIONS
given = json.load(sys.stdin)
np.random.seed(given["seed"]); random.seed(given["seed"])
cycle = ActiveLearningCycle.from_meta(next(c["value"] for c in AI_MODEL_CONFIGURATIONS if c["name"] == "elas_u4"))
frame = pd.DataFrame({"title": given["titles"], "abstract": given["abstracts"]})
truth, known, order = np.array(given["labels"]), list(given["priors"]), []
features = cycle.transform(frame)
while truth[known].sum() < truth.sum():
    cycle.fit(features[known], truth[known])
    left = np.setdiff1d(np.arange(len(truth)), known)
    at = int(left[cycle.rank(features[left])[0]])
    known.append(at); order.append(at)
json.dump(order, sys.stdout)
"""

# run by buscarpy's interpreter: labels, totals and targets in, one p each out
BUSCARPY = """
import json, os, sys
os.environ["MPLBACKEND"] = "Agg"
from buscarpy import calculate_h0
json.dump([None if p is None else float(p) for p in (calculate_h0(*one) for one in json.load(sys.stdin))], sys.stdout)
"""


def interpreter(package: str, pinned: str) -> str | None:
    """A Python that has *package*, or None where there is none and none can be made; why is printed."""
    named = os.environ.get(f"REVIEW_BENCH_{package.upper()}")
    if named:
        return named
    home = ROOT / "build" / package
    python = home / "bin" / "python"
    if python.exists():
        return str(python)
    print(f"making an environment for {package} in build/{package} …", flush=True)
    for command in ([sys.executable, "-m", "venv", str(home)], [str(python), "-m", "pip", "install", "-q", pinned]):
        made = subprocess.run(command, capture_output=True, text=True)
        if made.returncode:
            print(f"{package} is not compared: its environment could not be made:", made.stderr.strip().splitlines()[-1:])
            return None
    return str(python)


def beside_buscarpy(python: str) -> None:
    """Print the largest difference between the p's of both programs."""
    draw = random.Random(SEED)
    asked = []
    for _ in range(RANDOM_INPUTS):
        share = draw.choice([0.02, 0.1, 0.3])
        labels = [int(draw.random() < share) for _ in range(draw.randrange(1, 300))]
        if any(labels):
            asked.append((labels, len(labels) + draw.randrange(0, 2_000), draw.choice([0.8, 0.9, 0.95, 0.99])))
    done = subprocess.run([python, "-c", BUSCARPY], input=json.dumps(asked), capture_output=True, text=True, cwd=tempfile.gettempdir())
    if done.returncode:
        print(f"buscarpy stopped: {done.stderr.strip().splitlines()[-1]}")
        return
    pairs = [(probability_recall_missed(*one), p) for one, p in zip(asked, json.loads(done.stdout), strict=True)]
    silent = sum(p is None or p != p for _, p in pairs)
    apart = max(abs(own - p) for own, p in pairs if p is not None and p == p)
    print(f"stopping test: {len(pairs):,} random inputs, largest difference from buscarpy {apart:.1e}; {silent:,} to which it gives no p")


def beside_asreview(python: str, data: Labelled, priors: tuple[int, int]) -> None:
    """Print how many ranks agree until the last relevant record is found."""
    start = time.perf_counter()
    own = simulate(data, priors=priors, seed=SEED)
    took = time.perf_counter() - start
    asked = {"titles": list(data.texts), "abstracts": [""] * len(data.texts), "labels": list(data.labels), "priors": priors, "seed": SEED}
    done = subprocess.run([python, "-c", ASREVIEW], input=json.dumps(asked), capture_output=True, text=True, cwd=tempfile.gettempdir())
    if done.returncode:
        print(f"{data.name}: ASReview stopped: {done.stderr.strip().splitlines()[-1]}")
        return
    other = json.loads(done.stdout)
    same = sum(a == b for a, b in zip(own.order[: own.last], other, strict=False))
    print(f"{data.name}: {same} of {max(own.last, len(other))} ranks as ASReview's; loss {own.figures()['loss']:.4f}; {took:.1f} s")


def cold_start(data: Labelled, query: str) -> Comparison:
    """Print how far the question leads beside reading down the file, over shuffles."""
    compared = compare(data, query=query, shuffles=SHUFFLES, seed=SEED)
    print(compared, flush=True)
    return compared


def training_time(size: int) -> None:
    """Print how long one more training and ordering take with *size* records of which 200 are known."""
    texts, labels = corpus()
    draw = random.Random(1)
    many = [" ".join([texts[at % len(texts)], *(f"word{draw.randrange(20_000)}" for _ in range(60))]) for at in range(size)]
    known = [labels[at % len(labels)] if at < 200 else None for at in range(size)]
    start = time.perf_counter()
    ranker = Ranker(many)
    ranker.order(known)
    first, start = time.perf_counter() - start, time.perf_counter()
    ranker.order(known)
    print(f"{size:,} records: made ready in {first:.1f} s, trained and ordered again in {time.perf_counter() - start:.3f} s")


def main() -> None:
    texts, labels = corpus()
    own = Labelled("the tests' corpus", tuple(texts), tuple(labels))
    if other := interpreter("buscarpy", "buscarpy==0.0.2"):
        beside_buscarpy(other)
    python = interpreter("asreview", "asreview==3.*")
    if python:
        beside_asreview(python, own, (labels.index(1), labels.index(0)))
    sets = [read_labelled(DATA / f"{name}.csv") for name in SETS if (DATA / f"{name}.csv").exists()]
    for data in sets:
        if python and data.name in PRIORS:
            beside_asreview(python, data, PRIORS[data.name])
    if sets:
        queries = json.loads((DATA / "queries.json").read_text(encoding="utf-8"))
        print(over_all([cold_start(data, queries[data.name]) for data in sets]))
    else:
        print("no labelled data beside the project: only the tests' corpus was replayed")
    for size in (2_500, 50_000):
        training_time(size)


if __name__ == "__main__":
    main()
