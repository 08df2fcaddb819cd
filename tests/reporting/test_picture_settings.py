"""Pictures have the same bytes whatever the settings of matplotlib are on the machine that draws them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

DRAW = """
from review.reporting.bias_pictures_paper import Sheet
from review.screening.simulation import Simulation, curve

sheet = Sheet(200, 100)
sheet.text(10, 10, "a name, 5 $ of 1_000", link="k")
sheet.rule(0, 20, 200, 20)
sheet.box(10, 30, 20, 20, "#ffffff", edge="#1a1a1a", dashed=True)
sheet.symbol(60, 40, 8, "+", "#000000")
print(*sheet.svgs("title", "description"), curve([Simulation("one", (0, 1, 2, 3), (0, 1, 0, 1), (), 2, 4)]))
"""
HOSTILE = """
savefig.bbox: tight
savefig.facecolor: pink
savefig.transparent: True
path.sketch: 3, 40, 2
lines.scale_dashes: False
lines.antialiased: False
text.usetex: True
svg.fonttype: path
font.size: 20
axes.facecolor: green
axes.grid: True
axes.linewidth: 4
patch.force_edgecolor: True
xtick.direction: in
legend.fancybox: False
figure.constrained_layout.h_pad: 1
"""


def drawn(folder: Path, settings: str) -> bytes:
    (folder / "matplotlibrc").write_text(settings)
    (folder / "draw.py").write_text(DRAW)
    here = {**os.environ, "MATPLOTLIBRC": str(folder / "matplotlibrc")}
    return subprocess.run([sys.executable, folder / "draw.py"], env=here, capture_output=True, check=True).stdout


def test_the_users_own_settings_change_no_byte_of_a_picture(tmp_path: Path) -> None:
    plain = drawn(tmp_path, "")
    assert plain.count(b"</svg>") == 3 and drawn(tmp_path, HOSTILE) == plain
