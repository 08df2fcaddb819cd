"""Small tables of results in the layout of the extraction table, and a short way to write them.

BCG: events and participants of three trials against tuberculosis, as printed in Colditz 1994, JAMA 271:698. STAY: days in hospital of two
trials, as printed in Normand 1999, Stat Med 18:321.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

BCG = {"Aronson": (4, 123, 11, 139), "Ferguson": (6, 306, 29, 303), "Rosenthal": (3, 231, 11, 220)}
STAY = {"Edinburgh": (155, 55, 47, 156, 75, 64), "Orpington": (31, 27, 7, 32, 29, 4)}


def counts(tables: dict[str, tuple[float, float, float, float]], **more: Any) -> pd.DataFrame:
    """Two rows a study from (events, n, events of controls, n of controls)."""
    rows = []
    for study, (a, n1, c, n2) in tables.items():
        rows += [arm(study, "experimental", n=n1, events=a, **more), arm(study, "control", n=n2, events=c, **more)]
    return pd.DataFrame(rows)


def means(tables: dict[str, tuple[float, float, float, float, float, float]], **more: Any) -> pd.DataFrame:
    """Two rows a study from (n, mean, SD) of both arms."""
    rows = []
    for study, (n1, m1, s1, n2, m2, s2) in tables.items():
        rows += [arm(study, "experimental", n=n1, mean=m1, sd=s1, **more), arm(study, "control", n=n2, mean=m2, sd=s2, **more)]
    return pd.DataFrame(rows)


def arm(study: str, role: str, **values: Any) -> dict[str, Any]:
    """One row; its arm has the name of its role, its id that of study and arm, and it was read from one cell."""
    name = values.pop("arm", role)
    row = values.pop("row", f"{study}/{name}/{values.get('timepoint', '')}")
    return {"row": row, "study": study, "arm": name, "role": role, "cells": (f"cell:{row}",), **values}


def stated(study: str, measure: str, est: float, **values: Any) -> dict[str, Any]:
    """One effect as a study states it."""
    return arm(study, "contrast", est_type=measure, est=est, **values)


def swapped(rows: pd.DataFrame) -> pd.DataFrame:
    """The same with experimental and control exchanged."""
    return rows.assign(role=rows["role"].map({"experimental": "control", "control": "experimental"}))
