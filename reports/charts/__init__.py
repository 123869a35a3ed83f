"""Charts: numbers in; out come the figure for Plotly, its title, the sentence that it proves, a picture and a table.

Plain Python: no Django, no queries. The figure is a dict (plotly's own classes check it in the tests); the picture is
an SVG made here, so that a chart is seen without JavaScript and before any is loaded. Colours repeat the tokens of
static/css/tokens.css, and a test holds the two together.
"""

from reports.charts.base import DONE, INK, PAPER, PLANNED, STATUS_LOOK, Chart, Picture, Table
from reports.charts.pillars import distribution_chart, distribution_sentence, progress_chart, progress_sentence
from reports.charts.slipping import ENDS_CHANGE, end_chart, end_sentence
from reports.charts.timeline import LOOKS, MOST_MARKS, Mark, Span, timeline_chart, timeline_sentence
from reports.charts.trend import TREND_STATUSES, trend_chart, trend_sentence

__all__ = [
    "DONE",
    "ENDS_CHANGE",
    "INK",
    "LOOKS",
    "MOST_MARKS",
    "PAPER",
    "PLANNED",
    "STATUS_LOOK",
    "TREND_STATUSES",
    "Chart",
    "Mark",
    "Picture",
    "Span",
    "Table",
    "distribution_chart",
    "distribution_sentence",
    "end_chart",
    "end_sentence",
    "progress_chart",
    "progress_sentence",
    "timeline_chart",
    "timeline_sentence",
    "trend_chart",
    "trend_sentence",
]
