"""Charts: numbers in; the figure, the picture, the table and the sentence all say the same."""

import re
from xml.etree import ElementTree

import plotly.graph_objects as go
import pytest

from initiatives.status import Status
from reports.charts import (
    STATUS_LOOK,
    TREND_STATUSES,
    distribution_chart,
    distribution_sentence,
    progress_chart,
    progress_sentence,
    trend_chart,
    trend_sentence,
)

NAMES = ["Purpose", "Process & <People>", "Potential"]
COUNTS = [
    {"green": 3, "red": 1, "complete": 2},
    {"green": 1, "no-current-update": 4, "never-updated": 1, "paused": 1},
    {},
]
MONTHS = ["Apr 2025", "May 2025", "Jun 2025"]
CHARTS = {
    "distribution": distribution_chart(NAMES, COUNTS),
    "progress": progress_chart(NAMES, [40, 0, None], [55, 100, None], [-15, -100, None]),
    "trend": trend_chart(MONTHS, COUNTS),
    "nothing by pillar": distribution_chart([], []),
    "no progress": progress_chart([], [], [], []),
    "no months": trend_chart([], []),
    "a pillar without work": distribution_chart(["Purpose"], [{}]),
}


@pytest.fixture(params=CHARTS.values(), ids=CHARTS.keys())
def chart(request):
    return request.param


# --- Every chart ----------------------------------------------------------------------------------
def test_plotly_accepts_every_figure(chart):
    figure = go.Figure(chart.figure)
    assert len(figure.data) == len(chart.figure["data"])
    assert figure.layout.font.size == 14


def test_every_picture_is_well_formed_and_obeys_the_content_security_policy(chart):
    picture = ElementTree.fromstring(chart.svg)
    assert picture.tag == "svg"
    for element in picture.iter():
        assert element.tag not in ("script", "style", "foreignObject")
        assert not [name for name in element.attrib if name == "style" or name.startswith("on") or "href" in name]


def test_every_picture_keeps_to_its_frame(chart):
    picture = ElementTree.fromstring(chart.svg)
    width, height = (float(size) for size in picture.attrib["viewBox"].split()[2:])
    for box in picture.iter("rect"):
        if "x" in box.attrib:
            assert 0 <= float(box.attrib["x"]) <= float(box.attrib["x"]) + float(box.attrib["width"]) <= width
            assert 0 <= float(box.attrib["y"]) + float(box.attrib["height"]) <= height


def test_every_pattern_that_a_picture_uses_is_in_it(chart):
    used = set(re.findall(r"url\(#([\w-]+)\)", chart.svg))
    assert used <= set(re.findall(r'<pattern id="([\w-]+)"', chart.svg))


def test_words_in_a_picture_are_escaped():
    assert "Process &amp; &lt;People&gt;" in CHARTS["distribution"].svg
    assert "<People>" not in CHARTS["progress"].svg


def test_a_template_takes_a_picture_as_it_stands(chart):
    assert chart.svg.__html__() == chart.svg


def test_every_chart_has_a_title_and_a_sentence(chart):
    assert chart.title and not chart.title.endswith(".")
    assert chart.sentence.endswith(".")


# --- The table says what the figure says ----------------------------------------------------------
def columns(table):
    return dict(zip(table.headings, zip(*table.rows, strict=True), strict=True))


def test_the_distributions_table_holds_the_figures_numbers():
    chart = CHARTS["distribution"]
    table = columns(chart.table)
    assert table == {
        "Pillar": tuple(NAMES),
        "Complete": (2, 0, 0),
        "Green": (3, 1, 0),
        "Red": (1, 0, 0),
        "No current update": (0, 4, 0),
        "Never updated": (0, 1, 0),
        "Paused": (0, 1, 0),
        "All": (6, 7, 0),
    }
    for trace in chart.figure["data"]:
        assert trace["y"] == NAMES
        assert tuple(trace["x"]) == table[trace["name"]]
    assert len(chart.figure["data"]) == len(table) - 2


def test_the_progress_table_holds_the_figures_numbers():
    chart = CHARTS["progress"]
    table = columns(chart.table)
    assert table == {
        "Pillar": tuple(NAMES),
        "Progress, %": (40, 0, "none"),
        "Planned by now, %": (55, 100, "none"),
        "Gap, points": (-15, -100, "none"),
    }
    done, planned = chart.figure["data"]
    assert (done["x"], planned["x"]) == ([40, 0, None], [55, 100, None])
    assert done["y"] == planned["y"] == NAMES


def test_the_trends_table_holds_the_figures_numbers():
    chart = CHARTS["trend"]
    table = columns(chart.table)
    assert table == {
        "Month’s end": tuple(MONTHS),
        "Green": (3, 1, 0),
        "Amber": (0, 0, 0),
        "Red": (1, 0, 0),
        "No current update": (0, 4, 0),
        "Never updated": (0, 1, 0),
    }
    for trace in chart.figure["data"]:
        assert trace["x"] == MONTHS
        assert tuple(trace["y"]) == table[trace["name"]]


def test_a_pillar_without_milestones_is_said_to_have_none_and_never_0_percent():
    words = [text.text for text in ElementTree.fromstring(CHARTS["progress"].svg).iter("text")]
    assert words == [
        "Purpose",
        "40% done, 55% planned",
        "Process & <People>",
        "0% done, 100% planned",
        "Potential",
        "no milestones",
        "Progress",
        "Planned by now",
    ]


# --- Silence is drawn -----------------------------------------------------------------------------
def test_every_status_has_a_look_of_its_own():
    assert set(STATUS_LOOK) == set(Status.values)
    assert {status: label for status, (_, _, label) in STATUS_LOOK.items()} == dict(Status.choices)
    assert len({(colour, pattern) for colour, pattern, _ in STATUS_LOOK.values()}) == len(Status)


def test_silent_work_is_drawn_like_any_other():
    silent = distribution_chart(["Purpose"], [{"never-updated": 2}])
    assert [trace["name"] for trace in silent.figure["data"]] == ["Never updated"]
    assert set(TREND_STATUSES) == {"green", "amber", "red", "no-current-update", "never-updated"}


# --- The sentence that the chart proves -----------------------------------------------------------
@pytest.mark.parametrize(
    ("counts", "sentence"),
    [
        ([], "There are no initiatives yet."),
        ([{}, {}], "There are no initiatives yet."),
        ([{"green": 3}, {"amber": 1}], "No initiative is red, and none is silent."),
        ([{"green": 3}, {"red": 1}], "Process has the most work that is red or silent: 1."),
        (
            [{"red": 1, "never-updated": 1, "green": 9}, {"red": 1}],
            "Purpose has the most work that is red or silent: 2.",
        ),
        (
            [{"no-current-update": 2}, {"red": 2}],
            "Purpose and Process have the most work that is red or silent: 2 each.",
        ),
        (
            [{"red": 1}, {"red": 1}, {"never-updated": 1}],
            "Purpose, Process and People have the most work that is red or silent: 1 each.",
        ),
    ],
)
def test_lea_reads_where_the_red_and_the_silent_work_is(counts, sentence):
    assert distribution_sentence(["Purpose", "Process", "People"][: len(counts)], counts) == sentence


@pytest.mark.parametrize(
    ("gaps", "sentence"),
    [
        ([], "No milestones are set yet, so there is no progress to show."),
        ([None, None], "No milestones are set yet, so there is no progress to show."),
        ([0, 5], "No pillar is behind its first plan."),
        ([None, 3], "No pillar is behind its first plan."),
        ([-1, 5], "Purpose is furthest behind the first plan: 1 point."),
        ([-12, -30], "Process is furthest behind the first plan: 30 points."),
        ([-12, -12, None], "Purpose and Process are furthest behind the first plan: 12 points."),
    ],
)
def test_lea_reads_which_pillar_is_furthest_behind(gaps, sentence):
    assert progress_sentence(["Purpose", "Process", "People"][: len(gaps)], gaps) == sentence


@pytest.mark.parametrize(
    ("counts", "sentence"),
    [
        ([], "There are not two months to compare yet."),
        ([{"green": 1}], "There are not two months to compare yet."),
        (
            [{"green": 5, "red": 1}, {}, {"green": 3, "red": 1, "never-updated": 1, "no-current-update": 2}],
            "From Apr 2025 to Jun 2025, green went from 5 to 3, red stayed at 1 and silent went from 0 to 3.",
        ),
    ],
)
def test_lea_reads_how_things_changed_over_the_months(counts, sentence):
    assert trend_sentence(MONTHS[: len(counts)], counts) == sentence
