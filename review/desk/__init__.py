"""The cards at which reviewers decide, in JupyterLab and voila. Without anywidget the import is refused with what to install."""

from __future__ import annotations

from review.desk.appraisal import AppraisalDesk
from review.desk.card import desk_review
from review.desk.conflicts import ConflictCard
from review.desk.extracting import ExtractionDesk
from review.desk.full_text import FullTextDesk
from review.desk.grading import CertaintyDesk
from review.desk.importing import import_progress, take_in
from review.desk.screening import ScreeningCard
from review.desk.start import Desk
from review.desk.studies import StudiesCard
from review.desk.studies_classifying import ClassificationCard

__all__ = [
    "AppraisalDesk",
    "CertaintyDesk",
    "ClassificationCard",
    "ConflictCard",
    "Desk",
    "ExtractionDesk",
    "FullTextDesk",
    "ScreeningCard",
    "StudiesCard",
    "desk_review",
    "import_progress",
    "take_in",
]
