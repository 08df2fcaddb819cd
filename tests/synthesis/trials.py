"""Small tables keyed from the cited papers, and effects made of them by the textbook formulas."""

from __future__ import annotations

import math

# BCG against tuberculosis, 13 trials (Colditz 1994, JAMA 271:698, table 1): cases and people with and without vaccine, latitude, allocation
BCG = (
    (1948, 4, 123, 11, 139, 44, "random"),
    (1949, 6, 306, 29, 303, 55, "random"),
    (1960, 3, 231, 11, 220, 42, "random"),
    (1977, 62, 13598, 248, 12867, 52, "random"),
    (1973, 33, 5069, 47, 5808, 13, "alternate"),
    (1953, 180, 1541, 372, 1451, 44, "alternate"),
    (1973, 8, 2545, 10, 629, 19, "random"),
    (1980, 505, 88391, 499, 88391, 13, "random"),
    (1968, 29, 7499, 45, 7277, 27, "random"),
    (1961, 17, 1716, 65, 1665, 42, "systematic"),
    (1974, 186, 50634, 141, 27338, 18, "systematic"),
    (1969, 5, 2498, 3, 2341, 33, "systematic"),
    (1976, 27, 16913, 29, 17854, 33, "systematic"),
)
# Bloodstream infections with and without an anti-infective coat of the catheter (Niel-Weise 2007, Intensive Care Med 33:2058)
CATHETERS = (
    (0, 116, 3, 117), (1, 44, 3, 35), (2, 208, 9, 195), (0, 130, 7, 136), (5, 151, 6, 157), (1, 98, 4, 139), (1, 174, 3, 177),
    (1, 74, 2, 39), (1, 97, 19, 103), (1, 113, 2, 122), (0, 66, 7, 64), (0, 70, 1, 58), (3, 188, 5, 175), (6, 187, 11, 180),
    (0, 118, 0, 105), (0, 252, 1, 262), (1, 345, 3, 362), (4, 64, 1, 69),
)  # fmt: skip
# Length of stay after stroke, specialist and routine care: n, mean, SD (Normand 1999, Stat Med 18:321, table II)
STROKE = (
    (155, 55, 47, 156, 75, 64), (31, 27, 7, 32, 29, 4), (75, 64, 17, 71, 119, 29), (18, 66, 20, 18, 137, 48), (8, 14, 8, 13, 18, 11),
    (57, 19, 7, 52, 18, 4), (34, 52, 45, 33, 41, 34), (110, 21, 16, 183, 31, 27), (60, 30, 27, 52, 23, 20),
)  # fmt: skip
# Adherent to treatment, of all in usual care (de Bruin 2009, Arch Intern Med 169:1634)
ADHERENT = (
    (11, 29), (24, 33), (179, 326), (82, 240), (60, 110), (11, 29), (99, 244), (9, 17), (88, 215), (17, 26), (26, 138), (23, 55), (40, 54),
)  # fmt: skip

BCG_COUNTS = tuple(list(column) for column in list(zip(*BCG, strict=True))[1:5])
CATHETER_COUNTS = tuple(list(column) for column in zip(*CATHETERS, strict=True))


def log_risk_ratios() -> tuple[list[float], list[float]]:
    """Of the BCG trials, with their variances."""
    rows = list(zip(*BCG_COUNTS, strict=True))
    return [math.log(a / n1 / (c / n2)) for a, n1, c, n2 in rows], [1 / a - 1 / n1 + 1 / c - 1 / n2 for a, n1, c, n2 in rows]


def mean_differences() -> tuple[list[float], list[float]]:
    """Of the stroke trials, with their variances."""
    return [m1 - m2 for _, m1, _, _, m2, _ in STROKE], [sd1**2 / n1 + sd2**2 / n2 for n1, _, sd1, n2, _, sd2 in STROKE]
