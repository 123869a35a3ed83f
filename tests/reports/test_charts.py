"""Charts: numbers in; the figure, the picture, the table and the sentence all say the same."""

import re
from datetime import date, timedelta
from xml.etree import ElementTree

import plotly.graph_objects as go
import pytest

from initiatives.status import Status
from reports.charts import (
    ENDS_CHANGE,
    LOOKS,
    MOST_MARKS,
    STATUS_LOOK,
    TREND_STATUSES,
    Mark,
    Span,
    distribution_chart,
    distribution_sentence,
    end_chart,
    end_sentence,
    progress_chart,
    progress_sentence,
    timeline_chart,
    timeline_sentence,
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
DAY = date(2026, 5, 20)
QUARTERS = [
    Span("Q1 2026/27", date(2026, 4, 1), date(2026, 6, 30)),
    Span("Q2 2026/27", date(2026, 7, 1), date(2026, 9, 30)),
]
MARKS = [
    Mark(0, date(2025, 9, 30), "late", "DS-001-M01 Long ago"),
    Mark(0, date(2026, 5, 19), "late", "DS-001-M02 Yesterday"),
    Mark(1, date(2026, 6, 30), "open", "DS-002-M01 <b>Bold</b>"),
    Mark(1, date(2026, 6, 30), "moved", "DS-002-M02 The same day"),
    Mark(1, date(2026, 9, 30), "moved", "DS-002-M03 Last"),
]
MANY = [
    Mark(n % 3, DAY + timedelta(n % 120 - 20), "late" if n % 120 < 20 else "moved" if n % 2 else "open", f"M{n}")
    for n in range(600)
]
ENDS = [
    (date(2025, 4, 1), date(2026, 3, 31), "first promised"),
    (date(2025, 6, 1), date(2026, 6, 30), "moved"),
    (date(2025, 9, 1), date(2026, 9, 30), "milestone added"),
    (date(2025, 9, 2), date(2026, 2, 28), "promise corrected"),
]
CHARTS = {
    "timeline": timeline_chart(NAMES, MARKS, QUARTERS, DAY),
    "timeline of many": timeline_chart(NAMES, MANY, QUARTERS, DAY),
    "timeline of one day": timeline_chart(NAMES, [MARKS[2]] * 13, QUARTERS, DAY),
    "timeline of nothing": timeline_chart(NAMES, [], QUARTERS[:1], DAY),
    "timeline without pillars": timeline_chart([], [], QUARTERS, DAY),
    "end": end_chart(ENDS, date(2026, 3, 31), DAY),
    "end that never moved": end_chart(ENDS[:1], date(2026, 3, 31), DAY),
    "end of the first day": end_chart(ENDS[:1], date(2026, 3, 31), ENDS[0][0]),
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


def test_every_mark_and_every_word_of_a_picture_keeps_to_its_frame(chart):
    picture = ElementTree.fromstring(chart.svg)
    width, height = (float(size) for size in picture.attrib["viewBox"].split()[2:])
    for mark in picture.iter("path"):
        if "transform" in mark.attrib:
            x, y = (float(place) for place in re.match(r"translate\((\S+) (\S+)\)", mark.attrib["transform"]).groups())
            assert 6 <= x <= width - 6
            assert 6 <= y <= height - 6
    for words in picture.iter("text"):
        assert 0 <= float(words.attrib["x"]) <= width
        assert 10 <= float(words.attrib["y"]) <= height


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


def test_the_timelines_table_holds_the_figures_numbers():
    chart = CHARTS["timeline"]
    assert chart.table.headings == ("Due", *NAMES, "All", "Of these, moved")
    assert chart.table.rows == (
        ("Late already", 2, 0, 0, 2, "–"),
        ("April 2026", 0, 0, 0, 0, 0),
        ("May 2026", 0, 0, 0, 0, 0),
        ("June 2026", 0, 2, 0, 2, 1),
        ("July 2026", 0, 0, 0, 0, 0),
        ("August 2026", 0, 0, 0, 0, 0),
        ("September 2026", 0, 1, 0, 1, 1),
    )
    late, moved, as_promised = chart.figure["data"]
    assert late["x"] == ["2026-01-01", "2026-05-19"]  # what was due long ago stands at the edge, and says so
    assert late["text"][0] == "DS-001-M01 Long ago<br>30 Sep 2025"
    assert sorted(moved["x"]) == ["2026-06-30", "2026-09-30"]
    assert as_promised["text"] == ["DS-002-M01 &lt;b&gt;Bold&lt;/b&gt;<br>30 Jun 2026"]
    assert len({*zip(moved["x"], moved["y"], strict=True), *zip(as_promised["x"], as_promised["y"], strict=True)}) == 3


def test_many_milestones_are_counted_and_the_counts_are_the_tables():
    chart = CHARTS["timeline of many"]
    table = columns(chart.table)
    late, due = chart.figure["data"]
    assert late["customdata"] == [table[name][0] for name in NAMES]
    assert sum(due["customdata"]) == sum(table["All"][1:]) == 600 - sum(table["All"][:1])
    assert due["customdata"] == [count for name in NAMES for count in table[name][1:] if count]
    assert len(chart.svg) < 15_000


def test_each_milestone_is_drawn_until_they_are_more_than_a_page_can_show():
    def drawn(count):
        marks = [Mark(n % 3, DAY + timedelta(n % 120), "open", f"M{n}") for n in range(count)]
        return timeline_chart(NAMES, marks, QUARTERS, DAY).figure["data"]

    assert ["customdata" in trace for trace in drawn(MOST_MARKS)] == [False]
    assert ["customdata" in trace for trace in drawn(MOST_MARKS + 1)] == [True, True]
    assert "customdata" in CHARTS["timeline of one day"].figure["data"][0]


def test_the_ends_table_holds_the_figures_numbers():
    chart = CHARTS["end"]
    assert chart.table.rows == (
        ("1 Apr 2025", "31 Mar 2026", 0, "first promised"),
        ("1 Jun 2025", "30 Jun 2026", 91, "moved"),
        ("1 Sep 2025", "30 Sep 2026", 183, "milestone added"),
        ("2 Sep 2025", "28 Feb 2026", -31, "promise corrected"),
    )
    promised, line, *changes = chart.figure["data"]
    assert promised["y"] == ["2026-03-31", "2026-03-31"]
    assert promised["line"]["dash"] == "dash"
    assert line["x"] == [*(known.isoformat() for known, _, _ in ENDS), DAY.isoformat()]
    assert line["y"] == [*(end.isoformat() for _, end, _ in ENDS), "2026-02-28"]
    assert [(trace["x"], trace["y"]) for trace in changes] == [
        ([known.isoformat()], [end.isoformat()]) for known, end, _ in ENDS[1:]
    ]


@pytest.mark.parametrize("name", ["timeline", "timeline of many", "end"])
def test_marks_are_told_apart_by_their_shapes(name):
    marks = [trace["marker"]["symbol"] for trace in CHARTS[name].figure["data"] if trace["mode"] == "markers"]
    assert len(set(marks)) == len(marks) > 1
    assert len({path for _, path, _, _ in LOOKS.values()}) == len({symbol for symbol, *_ in LOOKS.values()}) == 3
    assert len({symbol for symbol, _ in ENDS_CHANGE.values()}) == 3


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


NEXT, NOW = date(2026, 8, 1), date(2026, 6, 1)


def due(*lanes, on=NEXT, late=0):
    return [Mark(lane, on, "open", "x") for lane in lanes] + [Mark(0, date(2026, 5, 1), "late", "x")] * late


@pytest.mark.parametrize(
    ("marks", "quarters", "sentence"),
    [
        ([], 2, "No milestone is due next quarter; none is late."),
        (due(late=1), 2, "No milestone is due next quarter; 1 is late already."),
        (due(0, on=NOW), 2, "No milestone is due next quarter; none is late."),
        (due(1), 2, "Process has the most to do next quarter: 1 milestone; none is late."),
        (due(0, 1, 1, late=5), 2, "Process has the most to do next quarter: 2 milestones; 5 are late already."),
        (due(0, 1), 2, "Purpose and Process have the most to do next quarter: 1 milestone each; none is late."),
        (due(0, 0, on=NOW), 1, "Purpose has the most to do in the rest of this quarter: 2 milestones; none is late."),
        ([], 1, "No milestone is due in the rest of this quarter; none is late."),
    ],
)
def test_lea_reads_which_pillar_has_the_most_to_do(marks, quarters, sentence):
    assert timeline_sentence(["Purpose", "Process", "People"], marks, QUARTERS[:quarters]) == sentence


def test_lea_reads_of_one_pillar_what_it_has_to_do():
    said = "Purpose has 2 milestones to meet next quarter; none is late."
    assert timeline_sentence(["Purpose"], due(0, 0), QUARTERS) == said


PROMISE = date(2026, 3, 31)


def became(*days_and_causes):
    changes = [(DAY, PROMISE + timedelta(days), cause) for days, cause in days_and_causes]
    return [(DAY, PROMISE, "first promised"), *changes]


@pytest.mark.parametrize(
    ("ends", "sentence"),
    [
        (became(), "The end has not moved since it was first promised for 31 March 2026."),
        (
            became((30, "moved"), (183, "moved")),
            "The end was first promised for 31 March 2026 and is now 30 September 2026: moved twice, 183 days later "
            "in all.",
        ),
        (
            became((1, "moved")),
            "The end was first promised for 31 March 2026 and is now 1 April 2026: moved once, 1 day later.",
        ),
        (
            became((-31, "moved")),
            "The end was first promised for 31 March 2026 and is now 28 February 2026: moved once, 31 days earlier.",
        ),
        (
            became((9, "moved"), (8, "moved"), (0, "moved")),
            "The end was first promised for 31 March 2026 and is there again: moved 3 times.",
        ),
        (
            became((10, "milestone added"), (30, "moved")),
            "The end was first promised for 31 March 2026 and is now 30 April 2026: moved once and changed once by a "
            "milestone that was added, 30 days later in all.",
        ),
        (
            became((30, "promise corrected")),
            "The end was first promised for 31 March 2026 and is now 30 April 2026: corrected once, 30 days later.",
        ),
    ],
)
def test_olga_reads_how_her_end_moved(ends, sentence):
    assert end_sentence(ends, PROMISE) == sentence


def test_the_first_promise_of_a_milestone_that_was_added_is_said_beside_it():
    said = end_sentence(became((30, "milestone added")), date(2026, 4, 30))
    assert said.endswith("30 days later. With the milestones added since, the first promise is 30 April 2026.")
