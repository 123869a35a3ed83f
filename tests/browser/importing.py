"""Bringing a spreadsheet in a browser, as the office does: each function is one thing that somebody does on a page."""

from playwright.sync_api import expect

RETURN = "\r\n".join(
    (
        "Return of our programme",
        "Project number;Project name;Theme;RAG rating;Comments;Lead;Start date;End date",
        "P1;Café in the library;Reading;Amber/Red;The kitchen is late.;Nell Unknown;03/04/2025;05/06/2027",
        "P2;Street lights;Roads;Green;Half of them are new.;Nell Unknown;04/05/2025;06/07/2027",
        "P3;=Bus stops;Roads;Blue;All are built.;;02/03/2024;01/02/2025",
    )
).encode("cp1252")


def brings(page, path, as_of="", mapping=""):
    """Bring a file, perhaps as an earlier one: from the page of imports to the first step."""
    page.goto("/imports/")
    page.get_by_label("The file", exact=True).set_input_files(path)
    page.get_by_label("The file tells of a past day").fill(as_of)
    if mapping:
        page.get_by_label("Understand it as an earlier file").select_option(label=mapping)
    page.get_by_role("button", name="Bring this file").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("What the portal read")


def goes_on(page, to):
    """Save a step, and come to the next."""
    page.get_by_role("button", name="Save and continue").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(to)


def answers_dates(page, answers):
    """Say in which order the dates of columns are written: heading -> the beginning of the answer."""
    for heading, answer in answers.items():
        field = page.get_by_label(f"Dates of “{heading}”")
        offered = field.locator("option").all_inner_texts()
        field.select_option(label=next(words for words in offered if words.startswith(answer)))


def answers_words(page, answers):
    """Say what words of the file mean: their word -> ours, as the list calls it."""
    for word, ours in answers.items():
        page.get_by_label(f"“{word}” in ", exact=False).first.select_option(label=ours)


def reads(page, outcome):
    """Return how many rows the page says have an outcome."""
    stat = page.locator(".stat").filter(has=page.get_by_text(outcome, exact=True))
    return int(stat.locator(".stat__number").inner_text())


def brings_to(page, path, step):
    """Bring a file and walk to a step with every answer that `RETURN` asks for."""
    brings(page, path)
    if step == "file":
        return
    answers_dates(page, {"Start date": "Day first", "End date": "Day first"})
    goes_on(page, "Which column tells what?")
    if step == "columns":
        return
    goes_on(page, "What do its words mean?")
    if step == "words":
        return
    answers_words(page, {"Reading": "People", "Roads": "Process"})
    answers_words(page, {"Amber/Red": "Red", "Blue": "The work is complete"})
    goes_on(page, "Who are they?")
    if step == "people":
        return
    goes_on(page, "What it would do")


def applies(page):
    """Apply what the last step shows."""
    page.get_by_role("button", name="Apply").click()
    expect(page.get_by_text("is applied.")).to_be_visible()
