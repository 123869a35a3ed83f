"""Charts for whoever does not see them: a name, a sentence, and a table with the numbers that are drawn."""

from datetime import date

CHARTS = """() => [...document.querySelectorAll("figure.chart, [data-chart]")].map((chart) => {
    const words = (place) => (place?.innerText || place?.textContent || "").trim();
    const data = chart.querySelector("script[type='application/json']");
    const figure = data && JSON.parse(data.textContent);
    return {
        id: chart.id,
        title: words(chart.querySelector("figcaption h2, figcaption h3, figcaption h4")),
        sentence: words(chart.querySelector("figcaption p")),
        picture: [...chart.querySelectorAll("[role=img]")].map((picture) => picture.ariaLabel || ""),
        rows: [...chart.querySelectorAll("table tr")].map((row) =>
            [...row.cells].map((cell) => cell.textContent.trim())),
        figure: typeof figure === "string" ? JSON.parse(figure) : figure,
    };
})"""


def charts_without_words(page):
    """A12: each chart has a name, a sentence, and a table that says every number of its figure."""
    return [f"{chart['id']}: {finding}" for chart in page.evaluate(CHARTS) for finding in wrong_with(chart)]


def wrong_with(chart):
    if not chart["title"]:
        yield "has no title"
    if not chart["sentence"]:
        yield "has no sentence that says what it shows"
    if not chart["picture"] or not all(chart["title"] and chart["title"] in name for name in chart["picture"]):
        yield "its picture has no name"
    if len(chart["rows"]) < 2:
        yield "has no table"
        return
    headings, *rows = chart["rows"]
    for trace in (chart["figure"] or {}).get("data", []):
        column = next((place for place, heading in enumerate(headings) if heading.split(",")[0] == trace["name"]), None)
        cells = [row[column] for row in rows] if column is not None else [cell for row in rows for cell in row]
        drawn = drawn_in(trace, cells)
        yield from (f"draws {number!r} of {trace['name']}, which its table does not say" for number in drawn)
    yield from marks_untold(chart["figure"], headings, rows)


def drawn_in(trace, cells):
    """Return the values of a trace that its cells do not say: numbers in order, dates anywhere."""
    axes = [axis for axis in (trace.get("x"), trace.get("y")) if isinstance(axis, list)]
    if len(axes) == 2 and all(is_day(value) for axis in axes for value in axis):
        return [
            day
            for day in axes[1]
            if trace["mode"] != "lines" or trace["name"] in ("Expected end",)
            if said(day) not in cells
        ]
    numbers = next((axis for axis in axes if not any(isinstance(value, str) for value in axis)), [])
    if any(is_day(value) for axis in axes for value in axis):
        return []  # marks on a line of time, which are counted below
    return [
        number
        for number, cell in zip(numbers, cells, strict=True)
        if cell != ("none" if number is None else str(number))
    ]


def marks_untold(figure, headings, rows):
    """A line of time draws a mark for each milestone, or one for a count: the table says how many."""
    marks = [trace for trace in (figure or {}).get("data", []) if is_on_a_line_of_time(trace)]
    if marks and "All" in headings:
        drawn = sum(sum(trace["customdata"]) if trace.get("customdata") else len(trace["x"]) for trace in marks)
        told = sum(int(row[headings.index("All")]) for row in rows)
        if drawn != told:
            yield f"draws {drawn} marks, of which its table says {told}"


def is_on_a_line_of_time(trace):
    return all(is_day(x) for x in trace.get("x", ())) and all(isinstance(y, int | float) for y in trace.get("y", ()))


def is_day(value):
    return isinstance(value, str) and len(value) == 10 and value[4] == value[7] == "-"


def said(day):
    day = date.fromisoformat(day)
    return f"{day.day} {day:%b %Y}"
