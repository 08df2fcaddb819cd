"""The commands that open a desk, JupyterLab or the cards alone in voila: on 127.0.0.1, with a token, and asking nobody else anything."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from review.cli_opening import HERE, As, Project, opened
from review.errors import InputRefused

# Voila's page names a font of icons at a content network, and its widgets would be sought there when they are not at hand.
# The browser is told to ask this machine alone: it refuses both before anything is sent.
OURSELVES = "'self' data: blob: ws://127.0.0.1:* ws://localhost:* 'unsafe-inline' 'unsafe-eval'"
# JupyterLab's part that asks whether to fetch news, and looks for releases, is switched off in this folder.
SETTINGS = Path(__file__).with_name("desk") / "jupyter"
HEADERS = {"Content-Security-Policy": f"default-src {OURSELVES}; frame-ancestors 'self'; form-action 'self'; base-uri 'self'"}


def lab(project: Project = HERE, as_: As = None) -> None:
    """JupyterLab on this review, on 127.0.0.1 with a token."""
    _serve(project, as_, "jupyterlab", ["--ServerApp.ip=127.0.0.1"])


def desk(project: Project = HERE, as_: As = None) -> None:
    """What waits for you, with its cards and without code, on 127.0.0.1 with a token (voila)."""
    from review.ledger.home import find

    # a review that was laid out before there was a first page has the screening card
    page = "01_desk" if (find(project) / "notebooks" / "01_desk.ipynb").is_file() else "41_screen"
    settings = f"--Voila.tornado_settings={ {'headers': HEADERS} }"
    _serve(project, as_, "voila", [f"notebooks/{page}.ipynb", "--Voila.ip=127.0.0.1", "--Voila.auto_token=True", settings])


def _serve(project: Path, reviewer: str | None, module: str, arguments: Sequence[str]) -> None:
    from importlib.util import find_spec

    from review.ledger.home import find

    folder = find(project)
    if reviewer:  # a name that is none is said here, and not by every card
        with opened(folder, reviewer):
            pass
    if find_spec(module) is None:
        raise InputRefused(f"{module} is not installed", next_step="pip install 'review-toolkit[lab]'")
    settings = os.pathsep.join(filter(None, (str(SETTINGS), os.environ.get("JUPYTER_CONFIG_PATH"))))
    named = {"REVIEW_PROJECT": str(folder), "JUPYTER_CONFIG_PATH": settings}
    environment = {**os.environ, **named, **({"REVIEW_AS": reviewer} if reviewer else {})}
    os.chdir(folder)
    os.execve(sys.executable, [sys.executable, "-m", module, *arguments], environment)
