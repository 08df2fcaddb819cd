"""Pictures of results: forest, funnel, Baujat, L'Abbé, drapery, bubbles; without pooling harvest, albatross and direction of effect."""

from review.reporting.plots.albatross import draw_albatross
from review.reporting.plots.baujat import draw_baujat
from review.reporting.plots.bubble import draw_bubble
from review.reporting.plots.direction import draw_direction
from review.reporting.plots.drapery import draw_drapery
from review.reporting.plots.forest import draw_forest
from review.reporting.plots.funnel import draw_funnel
from review.reporting.plots.harvest import draw_harvest
from review.reporting.plots.labbe import draw_labbe
from review.reporting.plots.plot import Plot

__all__ = [
    "Plot",
    "draw_albatross",
    "draw_baujat",
    "draw_bubble",
    "draw_direction",
    "draw_drapery",
    "draw_forest",
    "draw_funnel",
    "draw_harvest",
    "draw_labbe",
]
