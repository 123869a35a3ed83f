"""Every page of the portal, who opens it, and how."""

import re
from dataclasses import dataclass
from datetime import date

from playwright.sync_api import expect

from tests.browser import importing


@dataclass(frozen=True)
class Page:
    """A page: its name, the person who opens it (None is signed out), its address, and what they do there."""

    name: str
    person: str | None
    address: str
    deed: str = ""
    status: int = 200
    portal: str = "essex"

    def __str__(self):
        return self.name


PAGES = [
    Page("sign-in", None, "/accounts/login/"),
    Page("sign-in refused", None, "/accounts/login/", deed="sign_in_wrongly"),
    Page("a second factor to set up", "office", "/accounts/second_factor/"),
    Page("a second factor to set up, with errors", "office", "/accounts/second_factor/", deed="set_up_and_err"),
    Page("password reset", None, "/accounts/password_reset/"),
    Page("password reset sent", None, "/accounts/password_reset/done/"),
    Page("password link that no longer works", None, "/accounts/set_password/x/y/"),
    Page("password is set", None, "/accounts/set_password/done/"),
    Page("privacy notice", None, "/privacy/"),
    Page("accessibility statement", None, "/accessibility/"),
    Page("everything that is held about a person", "owner", "/accounts/my-data/"),
    Page("dashboard", "leader", "/"),
    Page("dashboard as at a past day", "leader", "/?as_at={past_day}"),
    Page("dashboard of an empty portal", "office", "/", portal="empty"),
    Page("dashboard beside a past day", "leader", "/?compare={past_day}"),
    Page("what changed", "leader", "/changes/?since={past_day}"),
    Page("what changed, which is nothing", "leader", "/changes/?since={quiet_since}&as_at={quiet_day}"),
    Page("pillars", "leader", "/pillars/"),
    Page("pillars beside a past day", "leader", "/pillars/?compare={past_day}"),
    Page("one pillar beside a past day", "leader", "/pillars/people/?compare={past_day}"),
    Page("one pillar", "leader", "/pillars/people/"),
    Page("calendar", "leader", "/calendar/"),
    Page("calendar of one pillar as at a past day", "leader", "/calendar/?pillar=people&quarters=8&as_at={past_day}"),
    Page("calendar of an empty portal", "office", "/calendar/", portal="empty"),
    Page("meeting", "leader", "/meeting/"),
    Page("meeting of a pillar as at a past day", "office", "/meeting/?pillar=people&at=DS-023&as_at={past_day}"),
    Page("meeting with nothing to go through", "office", "/meeting/", portal="empty"),
    Page("meeting, a note recorded", "leader", "/meeting/?at=DS-010", deed="record_a_note"),
    Page("meeting, a note with errors", "leader", "/meeting/?at=DS-010", deed="record_a_note_with_errors"),
    Page("note of a meeting", "office", "/initiatives/DS-010/notes/"),
    Page("golden thread", "leader", "/aims/"),
    Page("golden thread beside a past day", "leader", "/aims/?compare={past_day}"),
    Page("one aim", "leader", "/aims/A1/"),
    Page("one commitment", "leader", "/aims/E1/"),
    Page("initiatives", "leader", "/initiatives/"),
    Page("initiatives beside a past day", "leader", "/initiatives/?compare={past_day}"),
    Page("initiatives, second page", "leader", "/initiatives/?page=2"),
    Page("initiatives, filtered", "leader", "/initiatives/?status=red&status=amber&pillar=process&sort=-gap"),
    Page("initiatives, none found", "leader", "/initiatives/?q=no+such+thing"),
    Page("one initiative", "leader", "/initiatives/DS-010/"),
    Page("one initiative beside a past day", "leader", "/initiatives/DS-010/?compare={past_day}"),
    Page("one initiative without milestones", "office", "/initiatives/DS-023/"),
    Page("one initiative that puts others at risk", "leader", "/initiatives/DS-009/"),
    Page("dependencies", "leader", "/dependencies/"),
    Page("dependencies of a pillar as at a past day", "leader", "/dependencies/?pillar=potential&as_at={past_day}"),
    Page("no dependencies yet", "office", "/dependencies/", portal="empty"),
    Page("dependencies of one initiative", "owner", "/initiatives/DS-027/dependencies/"),
    Page("dependencies of one initiative, to read", "leader", "/initiatives/DS-013/dependencies/"),
    Page("a dependency refused", "office", "/initiatives/DS-024/dependencies/", deed="depend_with_errors"),
    Page("update form", "owner", "/initiatives/DS-010/update/"),
    Page("update form with errors", "owner", "/initiatives/DS-010/update/", deed="save_with_errors"),
    Page("update saved", "owner", "/initiatives/DS-010/update/", deed="save"),
    Page("handover", "office", "/initiatives/DS-009/handover/"),
    Page("handover with errors", "office", "/initiatives/DS-009/handover/", deed="hand_over_with_errors"),
    Page("stand-in", "owner", "/initiatives/DS-027/stand-in/"),
    Page("initiatives whose people have left", "office", "/initiatives/orphans/"),
    Page("initiatives whose people have left, refused", "office", "/initiatives/orphans/", deed="reassign_with_errors"),
    Page("nobody's work is orphaned", "office", "/initiatives/orphans/", portal="empty"),
    Page("one initiative with a stand-in and handovers", "office", "/initiatives/DS-027/"),
    Page("a partner's link", None, "{link}"),
    Page("a partner's link with errors", None, "{link}", deed="send_with_errors"),
    Page("a partner's link, used now", None, "{link}", deed="send"),
    Page("a partner's link that does not work", None, "/link/no-such-link/", status=404),
    Page("links for partners", "office", "/initiatives/DS-026/links/"),
    Page("links for partners, one made", "office", "/initiatives/DS-026/links/", deed="make_a_link"),
    Page("links for partners with errors", "office", "/initiatives/DS-026/links/", deed="withdraw_with_errors"),
    Page("nobody to make a link for", "office", "/initiatives/DS-010/links/"),
    Page("imports", "office", "/imports/"),
    Page("imports, refused", "office", "/imports/", deed="bring_with_errors"),
    Page("import, the file", "office", "/imports/", deed="bring"),
    Page("import, columns", "office", "/imports/", deed="match_columns"),
    Page("import, columns refused", "office", "/imports/", deed="match_columns_with_errors"),
    Page("import, words", "office", "/imports/", deed="match_words"),
    Page("import, people", "office", "/imports/", deed="match_people"),
    Page("import, people refused", "office", "/imports/", deed="match_people_with_errors"),
    Page("import, questions open", "office", "/imports/", deed="check_with_questions"),
    Page("import, check", "office", "/imports/", deed="check"),
    Page("import, applied", "office", "/imports/", deed="apply"),
    Page("import, undo", "office", "/imports/", deed="ask_to_undo"),
    Page("imports, one brought", "office", "/imports/", deed="come_back_to_the_imports"),
    Page("an initiative that a file brought", "office", "/imports/", deed="look_at_what_was_brought"),
    Page("mappings", "office", "/imports/mappings/"),
    Page("mappings, one kept", "office", "/imports/", deed="keep_a_mapping"),
    Page("mappings, refused", "office", "/imports/mappings/", deed="take_a_mapping_with_errors"),
    Page("reminders", "owner", "/my/reminders/"),
    Page("reminders with errors", "owner", "/my/reminders/", deed="pause_with_errors"),
    Page("reminders, paused, with a calendar's address", "owner", "/my/reminders/", deed="pause"),
    Page("update form with a draft", "owner", "/initiatives/DS-010/update/", deed="come_back_to_a_draft"),
    Page("update form with everything open", "owner", "/initiatives/DS-021/update/", deed="open_everything"),
    Page("update refused", "owner", "/initiatives/DS-010/update/", deed="save_after_somebody_else"),
    Page("asks", "leader", "/asks/"),
    Page("asks, opened", "leader", "/asks/", deed="open_an_ask"),
    Page("asks put to me, of a delegate", "sponsor", "/asks/?of=me", deed="open_an_ask"),
    Page("asks as at a past day", "analyst", "/asks/?as_at={past_day}"),
    Page("an answer with errors", "leader", "/asks/", deed="answer_with_errors"),
    Page("an answer given", "leader", "/asks/", deed="answer"),
    Page("delegates", "leader", "/my/delegates/"),
    Page("delegates with errors", "leader", "/my/delegates/", deed="delegate_with_errors"),
    Page("what I owe", "owner", "/my/"),
    Page("what I owe as at a past day", "owner", "/my/?as_at={past_day}"),
    Page("what I owe, which is nothing, and what I follow", "leader", "/my/"),
    Page("data sets", "analyst", "/exports/"),
    Page("data sets, filtered", "analyst", "/exports/?pillar=people&q=data", deed="open_details"),
    Page("saved views", "analyst", "/exports/views/"),
    Page("saved views of others", "leader", "/exports/views/"),
    Page(
        "a view to save", "analyst", "/exports/views/new/?dataset=initiatives&pillar=people&status=red&as_at={past_day}"
    ),
    Page("a view to save, with errors", "analyst", "/exports/views/new/?dataset=trend", deed="save_view_with_errors"),
    Page("a view saved", "analyst", "/exports/views/new/?dataset=trend", deed="save_view"),
    Page("a saved view", "analyst", "{view}", deed="open_details"),
    Page("downloads", "office", "/exports/downloads/", deed="take_something_away"),
    Page("record of everything", "office", "/record/"),
    Page("record of an initiative", "office", "/initiatives/DS-010/record/"),
    Page("record of a pillar", "admin", "/pillars/people/record/"),
    Page("downloads, of which there are none", "office", "/exports/downloads/"),
    Page("tokens", "analyst", "/accounts/tokens/"),
    Page("a token with errors", "analyst", "/accounts/tokens/", deed="make_token_with_errors"),
    Page("a token made", "analyst", "/accounts/tokens/", deed="make_token"),
    Page("a token to withdraw", "analyst", "/accounts/tokens/", deed="think_of_withdrawing"),
    Page("account of an analyst", "analyst", "/accounts/"),
    Page("account", "owner", "/accounts/"),
    Page("account without a role", "nobody", "/accounts/"),
    Page("400", "leader", "/?as_at=yesterday", status=400),
    Page("403", "nobody", "/", status=403),
    Page("404", "leader", "/initiatives/XX-999/", status=404),
    Page("404 when signed out", None, "/no-such-page/", status=404),
    Page("500", "leader", "/", deed="break_down", status=500),
    Page("administration", "admin", "/admin/"),
    Page("administration, initiatives", "admin", "/admin/initiatives/initiative/"),
    Page("administration, one initiative", "admin", "/admin/initiatives/initiative/{id}/change/"),
]
BY_NAME = {page.name: page for page in PAGES}

# Deeds that lead to a page of its own, not to another state of the one they begin on.
LEADS_ON = (
    "apply",
    "ask_to_undo",
    "bring",
    "break_down",
    "check",
    "look_at_what_was_brought",
    "match_columns",
    "match_people",
    "match_words",
    "send",
)


def first_states(pages):
    """Return one state of each page: the first that is listed."""
    first = {}
    for page in pages:
        kind = re.sub(r"DS-\d+", "ref", page.address.split("?")[0])
        first.setdefault((kind, page.status, page.deed if page.deed in LEADS_ON else ""), page)
    return set(first.values())


def sign_in_wrongly(page):
    page.get_by_label("Username").fill("leader")
    page.get_by_label("Password").fill("not the password")
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator(".govuk-error-summary")).to_be_focused()


def set_up_and_err(page):
    page.get_by_role("button", name="Set it up").click()
    expect(page.locator(".govuk-error-summary")).to_be_focused()


def save_with_errors(page):
    page.get_by_label("Amber", exact=True).check()
    page.get_by_text("A line for the public, or another day").click()
    page.get_by_label("Date of this update").fill("2099-01-01")
    page.get_by_role("button", name="Save this update").click()
    expect(page.locator(".govuk-error-summary")).to_be_focused()


def save(page):
    page.get_by_label("Green", exact=True).check()
    page.get_by_label("What changed since the last update?").fill("The portal has a new home.")
    page.get_by_role("button", name="Save this update").click()
    expect(page.get_by_role("heading", name="Saved", exact=True)).to_be_focused()


def record_a_note(page):
    page.get_by_label("What did the meeting say?").fill("The board wants to see it again in May.")
    page.get_by_role("button", name="Record this note").click()
    expect(page.get_by_text("The note on DS-010 is on record.")).to_be_visible()


def record_a_note_with_errors(page):
    page.get_by_role("button", name="Record this note").click()
    expect(page.locator(".govuk-error-summary")).to_be_focused()


def hand_over_with_errors(page):
    page.get_by_label("Owner", exact=True).check()
    page.get_by_label("Who takes over?").select_option("nobody")
    page.get_by_role("button", name="Hand over", exact=True).click()
    expect(page.locator(".govuk-error-summary")).to_be_focused()


def reassign_with_errors(page):
    page.get_by_role("button", name="Hand over what is ticked").first.click()
    expect(page.locator(".govuk-error-summary")).to_be_focused()


def depend_with_errors(page):
    page.get_by_label("Which milestone waits?").select_option(label="DS-024-M06 Permanent posts in the budget")
    page.get_by_label("What does it need?").fill("DS-027-M04")
    page.get_by_role("button", name="Add this").click()
    expect(page.locator(".govuk-error-summary")).to_be_focused()
    expect(page.locator(".govuk-error-summary")).to_contain_text("It would wait for itself")


def send(page):
    page.get_by_label("Green", exact=True).check()
    page.get_by_label("What changed since the last update?").fill("The portal has a new home.")
    page.get_by_role("button", name="Send this update").click()
    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()


def send_with_errors(page):
    page.get_by_label("Amber", exact=True).check()
    page.get_by_role("button", name="Send this update").click()
    expect(page.locator(".govuk-error-summary")).to_be_focused()


def make_a_link(page):
    page.get_by_role("radio").first.check()
    page.get_by_role("button", name="Make a link and send it").click()
    expect(page.get_by_role("heading", name="is made")).to_be_visible()


def withdraw_with_errors(page):
    make_a_link(page)
    page.get_by_text("Withdraw this link").first.click()
    page.get_by_role("button", name="Withdraw it").first.click()
    expect(page.locator(".govuk-error-summary")).to_be_focused()


def pause_with_errors(page):
    page.get_by_role("button", name="Pause my reminders").click()
    expect(page.locator(".govuk-error-summary")).to_be_focused()


def pause(page):
    page.get_by_label("Until which day?").fill(date.today().isoformat())
    page.get_by_label("Why?").fill("On leave.")
    page.get_by_role("button", name="Pause my reminders").click()
    expect(page.get_by_label("The address of your calendar")).to_be_visible()


def come_back_to_a_draft(page):
    page.get_by_label("Green", exact=True).check()
    expect(page.get_by_text("Kept as a draft at")).to_be_visible()
    page.reload()
    expect(page.get_by_role("heading", name="You began this on")).to_be_visible()


def open_everything(page):
    for details in page.locator("details").all():
        details.evaluate("details => { details.open = true; }")
    page.get_by_label("Red", exact=True).check()
    expect(page.get_by_label("What is the issue?")).to_be_visible()
    expect(page.get_by_text("Kept as a draft at")).to_be_visible()


def save_after_somebody_else(page):
    page.locator("[name=version]").evaluate("field => { field.value = 1; }")
    page.get_by_label("Amber", exact=True).check()
    page.get_by_role("button", name="Save this update").click()
    expect(page.get_by_role("heading", name="Not saved", exact=True)).to_be_visible()


def open_an_ask(page):
    page.locator("#main details summary").first.click()
    expect(page.get_by_label("In words").first).to_be_visible()


def answer_with_errors(page):
    open_an_ask(page)
    page.get_by_role("button", name="Send this answer").first.click()
    expect(page.locator(".govuk-error-summary")).to_be_focused()


def answer(page):
    open_an_ask(page)
    page.get_by_label("Declined", exact=True).first.check()
    page.get_by_label("In words").first.fill("Not this year.")
    page.get_by_role("button", name="Send this answer").first.click()
    expect(page.get_by_text("is on record. The owner is told.")).to_be_visible()


def delegate_with_errors(page):
    page.get_by_role("button", name="Name this person").click()
    expect(page.locator(".govuk-error-summary")).to_be_focused()


A_FILE = {"name": "return.csv", "mimeType": "text/csv", "buffer": importing.RETURN}


def bring_with_errors(page):
    page.get_by_role("button", name="Bring this file").click()
    expect(page.locator(".govuk-error-summary")).to_be_focused()


def bring(page):
    importing.brings_to(page, A_FILE, "file")


def match_columns(page):
    importing.brings_to(page, A_FILE, "columns")


def match_columns_with_errors(page):
    match_columns(page)
    page.get_by_label("Refs of new initiatives begin with").fill("nothing")
    page.get_by_role("button", name="Save and continue").click()
    expect(page.locator(".govuk-error-summary")).to_be_focused()


def match_words(page):
    importing.brings_to(page, A_FILE, "words")


def match_people(page):
    importing.brings_to(page, A_FILE, "people")


def match_people_with_errors(page):
    match_people(page)
    page.get_by_label("“Nell Unknown” in 2 cells").fill("Nemo")
    page.get_by_role("button", name="Save and continue").click()
    expect(page.locator(".govuk-error-summary")).to_be_focused()


def check_with_questions(page):
    match_words(page)
    importing.goes_on(page, "Who are they?")
    importing.goes_on(page, "What it would do")


def check(page):
    importing.brings_to(page, A_FILE, "check")


def apply(page):
    check(page)
    importing.applies(page)


def ask_to_undo(page):
    apply(page)
    page.get_by_role("link", name="Undo this import").click()
    expect(page.get_by_role("button", name="Undo it")).to_be_visible()


def come_back_to_the_imports(page):
    apply(page)
    page.goto("/imports/")


def look_at_what_was_brought(page):
    apply(page)
    page.locator("tbody th a").first.click()
    expect(page.get_by_text("Brought in from return.csv").first).to_be_visible()


def keep_a_mapping(page):
    check(page)
    page.get_by_label("Keep this mapping under a name").fill("Annual return")
    page.get_by_role("button", name="Only keep the mapping").click()
    page.goto("/imports/mappings/")


def take_a_mapping_with_errors(page):
    page.get_by_role("button", name="Keep this mapping").click()
    expect(page.locator(".govuk-error-summary")).to_be_focused()


def save_view_with_errors(page):
    page.get_by_label("Always the same day", exact=True).check()
    page.get_by_role("button", name="Save this view").click()
    expect(page.locator(".govuk-error-summary")).to_be_focused()


def save_view(page):
    page.get_by_label("Name", exact=True).fill("The trend of every month")
    page.get_by_label("The end of last month", exact=True).check()
    page.get_by_role("button", name="Save this view").click()
    expect(page.get_by_text("Its addresses stay the same.")).to_be_visible()


def take_something_away(page):
    for path in ("initiatives.csv?status=red&status=amber", "updates.json", "workbook.xlsx"):
        assert page.request.get(f"/exports/{path}").ok
    page.reload()
    expect(page.get_by_role("heading", name="The last 30 days")).to_be_visible()


def make_token_with_errors(page):
    page.get_by_role("button", name="Make this token").click()
    expect(page.locator(".govuk-error-summary")).to_be_focused()


def make_token(page):
    page.get_by_label("What is it for?").fill("Power BI, the monthly report")
    page.get_by_label("Initiatives", exact=True).check()
    page.get_by_label("Updates", exact=True).check()
    page.get_by_role("button", name="Make this token").click()
    expect(page.get_by_text("It is shown this once")).to_be_visible()


def think_of_withdrawing(page):
    make_token(page)
    page.get_by_text("Withdraw this token").click()
    expect(page.get_by_role("button", name="Withdraw it")).to_be_visible()


def open_details(page):
    page.locator("summary").first.click()


DEEDS = {
    deed.__name__: deed
    for deed in (
        sign_in_wrongly,
        set_up_and_err,
        save_with_errors,
        save,
        come_back_to_a_draft,
        open_everything,
        save_after_somebody_else,
        record_a_note,
        record_a_note_with_errors,
        hand_over_with_errors,
        reassign_with_errors,
        depend_with_errors,
        send,
        send_with_errors,
        make_a_link,
        withdraw_with_errors,
        pause_with_errors,
        pause,
        open_details,
        save_view_with_errors,
        save_view,
        take_something_away,
        make_token_with_errors,
        make_token,
        think_of_withdrawing,
        open_an_ask,
        answer_with_errors,
        answer,
        delegate_with_errors,
        bring_with_errors,
        bring,
        match_columns,
        match_columns_with_errors,
        match_words,
        match_people,
        match_people_with_errors,
        check_with_questions,
        check,
        apply,
        ask_to_undo,
        come_back_to_the_imports,
        look_at_what_was_brought,
        keep_a_mapping,
        take_a_mapping_with_errors,
    )
}
