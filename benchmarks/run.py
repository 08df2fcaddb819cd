"""Runs every benchmark, or those named: ``python -m benchmarks.run [NAME …]``; each is a module run in a process of its own."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent


def names() -> list[str]:
    return sorted(path.stem for path in HERE.glob("*.py") if path.stem not in ("run", "__init__"))


def main(asked: list[str]) -> int:
    unknown = sorted(set(asked) - set(names()))
    if unknown:
        print(f"no benchmark {', '.join(unknown)}; there are: {', '.join(names())}", file=sys.stderr)
        return 2
    failed = []
    for name in asked or names():
        print(f"== {name}", flush=True)
        start = time.perf_counter()
        if subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], cwd=HERE.parent).returncode:
            failed.append(name)
        print(f"-- {name}: {time.perf_counter() - start:.1f} s{' FAILED' if name in failed else ''}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
