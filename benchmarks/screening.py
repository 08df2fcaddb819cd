"""How the ranking does on labelled data: rank for rank beside ASReview 3 from the same priors, from a cold start, and how long it takes.

ASReview pins pandas below 3, so it runs in an environment of its own: the interpreter named by REVIEW_BENCH_ASREVIEW, else one made in
build/asreview with pip. Labelled data are read from ../shared/bench/screening where that is; the made-up corpus of the tests stands in.
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

from review.errors import ReviewError
from review.screening.ranking import Ranker
from review.screening.simulation import Labelled, Simulation, read_labelled, simulate
from tests.screening.corpus import corpus

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT.parent / "shared" / "bench" / "screening"
PRIORS = {"Donners_2021": (208, 135), "ADHD": (81, 364), "Antihistamines": (119, 110)}  # rows: one relevant, one not
SHUFFLES, SEED = 3, 42

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


def interpreter() -> str | None:
    """A Python with ASReview 3, or None where there is none and none can be made; why is printed."""
    named = os.environ.get("REVIEW_BENCH_ASREVIEW")
    if named:
        return named
    home = ROOT / "build" / "asreview"
    python = home / "bin" / "python"
    if not python.exists():
        print("making an environment for ASReview in build/asreview …", flush=True)
        made = subprocess.run([sys.executable, "-m", "venv", str(home)], capture_output=True, text=True)
        made = (
            made
            if made.returncode
            else subprocess.run([str(python), "-m", "pip", "install", "-q", "asreview==3.*"], capture_output=True, text=True)
        )
        if made.returncode:
            print("ASReview is not compared: its environment could not be made:", made.stderr.strip().splitlines()[-1:])
            return None
    return str(python)


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


def shuffled(data: Labelled, seed: int) -> Labelled:
    order = list(range(len(data.texts)))
    random.Random(seed).shuffle(order)
    return Labelled(data.name, tuple(data.texts[at] for at in order), tuple(data.labels[at] for at in order))


def from_file_order(data: Labelled) -> Simulation:
    """ASReview's own default: read down the file until both answers occurred, then ELAS u4."""
    both = next(at for at in range(len(data.labels)) if len(set(data.labels[: at + 1])) == 2)
    start = tuple(range(both + 1))
    after = simulate(data, priors=start, seed=SEED)
    labels = (*data.labels[: both + 1], *after.labels)
    return Simulation(data.name, (*start, *after.order), labels, (), labels.index(1) + 1, both + 1 + after.last)


def cold_start(data: Labelled, query: str) -> None:
    """Print mean loss and recall at 10 % over shuffles, read down the file and led by the question."""
    rows = [
        (from_file_order(one).figures(), simulate(one, query=query, seed=SEED).figures())
        for one in (shuffled(data, s) for s in range(SHUFFLES))
    ]
    for name in ("loss", "recall at 10 %"):
        file, led = (sum(row[side][name] for row in rows) / len(rows) for side in (0, 1))
        print(f"{data.name}, cold start, {name}: {file:.3f} down the file, {led:.3f} led by the question ({led / file:.2f} of it)")


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
    sets = [(name, DATA / f"{name}.csv") for name in PRIORS if (DATA / f"{name}.csv").exists()]
    python = interpreter()
    texts, labels = corpus()
    own = Labelled("the tests' corpus", tuple(texts), tuple(labels))
    if python:
        beside_asreview(python, own, (labels.index(1), labels.index(0)))
    queries = json.loads((DATA / "queries.json").read_text(encoding="utf-8")) if sets else {}
    for name, path in sets:
        data = read_labelled(path)
        if python:
            beside_asreview(python, data, PRIORS[name])
        try:
            cold_start(data, queries[name])
        except (KeyError, ReviewError) as reason:
            print(f"{name}: no cold start: {reason}")
    if not sets:
        print("no labelled data beside the project: only the tests' corpus was replayed")
    for size in (2_500, 50_000):
        training_time(size)


if __name__ == "__main__":
    main()
