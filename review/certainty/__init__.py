"""Certainty of a body of evidence by GRADE: levels, absolute effects and sentences. A person rates; the rules combine, remind and refuse.

A room of its own: a grading is of an outcome in a comparison, over many studies, where an appraisal is of one result of one study.
"""

from review.certainty.absolute import Baseline, Effect, Risk, absolute
from review.certainty.grading import DOWN, LEVELS, UP, Rated, Start, rate, start_of
from review.certainty.statements import Threshold, statement, suggest_imprecision

__all__ = [
    "DOWN",
    "LEVELS",
    "UP",
    "Baseline",
    "Effect",
    "Rated",
    "Risk",
    "Start",
    "Threshold",
    "absolute",
    "rate",
    "start_of",
    "statement",
    "suggest_imprecision",
]
