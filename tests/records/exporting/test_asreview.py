"""ASReview 3 itself reads what was exported; where no Python has it, the test says so. Its reader pins pandas below 3, so it runs apart."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from review.records.exporting import to_bytes
from tests.hostile import HOSTILE
from tests.records.exporting.entries import TRAPS, examples, flat, record_id

LOAD = """
import json, sys
from asreview.data.loader import load_dataset
data = load_dataset(sys.argv[1])
records = data.input.get_records()
fields = ("title", "abstract", "authors", "keywords", "year", "doi", "included")
print(json.dumps([{name: getattr(one, name) for name in fields} for one in records]))
"""


def records() -> list[tuple[str, dict[str, Any]]]:
    """The examples, and one record for each hostile text, with it in title, abstract, author and keyword."""
    article = examples()[0][1]
    made = examples()
    for n, text in enumerate((*HOSTILE, *TRAPS, "word " * 50_000)):
        publication = {**article["publication"], "authors": [{"position": 1, "name": f"Nowak, {text[:90]}"}]}
        made.append(
            (record_id(n), {**article, "brief_title": f"{n} {text}", "abstract": text, "keywords": [text], "publication": publication})
        )
    return made


@pytest.mark.soak
@pytest.mark.parametrize(("format", "suffix"), [("asreview", "csv"), ("csv-raw", "csv"), ("csv", "csv"), ("ris", "ris")])
def test_asreview_reads_every_record_with_its_title(format: str, suffix: str, tmp_path: Path) -> None:
    python = os.environ.get("REVIEW_BENCH_ASREVIEW")
    if not python:
        pytest.skip("REVIEW_BENCH_ASREVIEW names no Python that has asreview 3")
    docs = [one for one in records() if format == "asreview" or len(one[1]["abstract"] or "") < 100_000]  # the others cut nothing
    file = tmp_path / f"records.{suffix}"
    file.write_bytes(to_bytes(docs, format)[0])
    done = subprocess.run([python, "-c", LOAD, file], capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 0, done.stderr[-2000:]
    found = json.loads(done.stdout)
    assert len(found) == len(docs) and not any(one["included"] for one in found)
    for one, (_, doc) in zip(found, docs, strict=True):
        assert bare(one["title"])[:100_000] == bare(doc["brief_title"] or doc["official_title"])[:100_000]  # a longer cell is cut
        assert one["year"] == (doc["publication"] or {}).get("year")
        assert len(one["authors"]) == len((doc["publication"] or {}).get("authors") or ())
        if len(doc["abstract"] or "") < 100_000 and doc["abstract"] not in ("NA", "null"):  # which pandas takes for nothing
            assert bare(one["abstract"]) == bare(doc["abstract"] or doc["brief_summary"])


def bare(text: str | None) -> str:
    """Without the apostrophes that guard formulas in the CSV for spreadsheets."""
    return flat(text).replace("'", "")
