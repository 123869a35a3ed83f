"""Nothing that Olga typed is lost: on another device, after her session ended, or with an old form."""

import re
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.test import Client

from initiatives.models import Draft, Update
from tests.factories import as_at, clock_at, enters, says, ticks
from tests.initiatives.test_update import AMBER, GREEN, HTMX, PAGE, typed

pytestmark = pytest.mark.usefixtures("monday")

DRAFT = "/initiatives/DS-001/draft/"
LONG = "Tests passed in Colchester – and in Saffron Walden. " * 100


# --- Kept as it is typed --------------------------------------------------------------------------
def test_what_olga_types_is_offered_again_on_another_device(olga_at_work, olga, as_):
    said = AMBER | {"what_next": LONG, "m01_done": "on", "m02_due_on": "2025-09-30", "m02_reason": "Half"}
    said |= {"initial-m02_due_on": "2025-07-31", "ask": "Who pays?", "said_on": "2025-05-30"}
    response = olga_at_work.post(DRAFT, said, headers=HTMX)
    assert "Kept as a draft at 12:00." in response.content.decode()
    assert not Update.objects.exists()
    page = as_(olga).get(PAGE).content.decode()
    assert "You began this on 2 June 2025 at 12:00" in page
    assert {name: typed(page, name) for name in said} == said
    assert "There is a problem" not in page
    assert "<title>Error" not in page


def test_a_draft_may_be_as_wrong_and_as_unfinished_as_it_likes(olga_at_work):
    said = {"rag": "amber", "what_changed": "a\x00b", "said_on": "soon", "ask_needed_by": "1", "m01_done_on": "x"}
    assert olga_at_work.post(DRAFT, said, headers=HTMX).status_code == 200
    page = olga_at_work.get(PAGE)
    assert page.status_code == 200
    assert typed(page.content.decode(), "said_on") == "soon"


def test_a_draft_is_olgas_alone(olga_at_work, dina, oscar, as_):
    olga_at_work.post(DRAFT, GREEN)
    for person in (dina, oscar):
        assert "Tests passed." not in as_(person).get(PAGE).content.decode()


def test_a_draft_is_replaced_as_olga_types_on(olga_at_work):
    olga_at_work.post(DRAFT, GREEN)
    olga_at_work.post(DRAFT, GREEN | {"what_changed": "Tests passed. More"})
    assert Draft.objects.count() == 1
    assert typed(olga_at_work.get(PAGE).content.decode(), "what_changed") == "Tests passed. More"


def test_a_draft_of_a_correction_stays_one_and_another_draft_does_not_become_one(olga_at_work, olgas):
    wrong = says(olgas, "red", on="2025-05-20")
    olga_at_work.post(DRAFT, GREEN | {"corrects": str(wrong.pk)})
    page = olga_at_work.get(PAGE).content.decode()
    assert "Correct what was said" in page
    assert typed(page, "corrects") == str(wrong.pk)
    olga_at_work.post(DRAFT, GREEN | {"corrects": ""})
    page = olga_at_work.get(f"{PAGE}?corrects={wrong.pk}").content.decode()
    assert "How is it going?" in page
    assert typed(page, "corrects") == ""
    olga_at_work.post(DRAFT, GREEN | {"corrects": "x" * 50})
    assert olga_at_work.get(PAGE).status_code == 200


def test_a_draft_is_gone_once_it_is_sent(olga_at_work):
    olga_at_work.post(DRAFT, GREEN)
    olga_at_work.post(PAGE, GREEN)
    assert not Draft.objects.exists()
    assert "You began this" not in olga_at_work.get(PAGE).content.decode()


def test_a_draft_that_arrives_after_the_form_was_sent_is_not_kept(olga_at_work):
    key = {"key": typed(olga_at_work.get(PAGE).content.decode(), "key")}
    olga_at_work.post(PAGE, GREEN | key)
    assert olga_at_work.post(DRAFT, GREEN | key, headers=HTMX).status_code == 200
    assert not Draft.objects.exists()


def test_olga_begins_afresh(olga_at_work, olgas):
    says(olgas, on="2025-05-20", what_changed="As it was.")
    olga_at_work.post(DRAFT, GREEN)
    page = olga_at_work.post(DRAFT, {"forget": "forget"}, follow=True)
    assert page.redirect_chain == [(PAGE, 302)]
    assert typed(page.content.decode(), "what_changed") == "As it was."
    assert not Draft.objects.exists()


def test_without_javascript_olga_keeps_it_for_later_by_a_button(olga_at_work):
    page = olga_at_work.post(DRAFT, GREEN | {"keep": "keep"}, follow=True)
    assert page.redirect_chain == [("/my/", 302)]
    assert "What you typed for DS-001 is kept." in page.content.decode()
    assert "Go on with your draft" in page.content.decode()


def test_by_htmx_the_same_button_leads_there_too(olga_at_work):
    assert olga_at_work.post(DRAFT, GREEN | {"keep": "keep"}, headers=HTMX)["HX-Redirect"] == "/my/"


def test_a_form_that_came_empty_wipes_no_draft(olga_at_work):
    olga_at_work.post(DRAFT, GREEN)
    olga_at_work.post(DRAFT, {})
    assert typed(olga_at_work.get(PAGE).content.decode(), "what_changed") == "Tests passed."


def test_a_draft_that_is_too_long_is_refused_in_words(olga_at_work):
    response = olga_at_work.post(DRAFT, {"what_changed": "x" * 500_000}, headers=HTMX)
    assert (response.status_code, b"too long" in response.content) == (413, True)
    assert not Draft.objects.exists()


def test_omar_keeps_no_draft_of_olgas_work(olgas, omars, omar, lea, as_):
    for person in (omar, lea):
        assert as_(person).post(DRAFT, GREEN).status_code == 403
    assert not Draft.objects.exists()


# --- What the dates would say ---------------------------------------------------------------------
def reads(response):
    return re.search(r'data-reads="(\w*)"', response.content.decode())[1]


def test_the_dates_are_read_anew_as_olga_ticks_and_moves(olgas, olga, as_):
    with clock_at("2025-07-01"):  # Step 1 was due on 30 May: 32 days late
        client = as_(olga)
        page = client.get(PAGE)
        assert reads(page) == "red"
        assert "“Step 1” is 32 days late" in page.content.decode()
        assert reads(client.post(DRAFT, GREEN, headers=HTMX)) == "red"
        assert reads(client.post(DRAFT, GREEN | {"m01_done": "on"}, headers=HTMX)) == "green"
        moved = {"m01_due_on": "2025-07-31", "initial-m01_due_on": "2025-05-30"}
        assert reads(client.post(DRAFT, GREEN | moved, headers=HTMX)) == "red"  # still 25 points behind the promise
        assert reads(client.get(PAGE)) == "red"
    assert not Update.objects.exists()


def test_work_that_is_paused_has_no_reading(olga_at_work, olgas):
    enters(olgas, "paused", on="2025-06-02")
    assert "The dates say" not in olga_at_work.get(PAGE).content.decode()


# --- The session ended ----------------------------------------------------------------------------
def signed_out_with_a_form(olga):
    """Return a browser without JavaScript whose form was opened while Olga was signed in, and that form's token."""
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(olga)
    token = typed(browser.get(PAGE).content.decode(), "csrfmiddlewaretoken")
    browser.session.flush()
    return browser, {"csrfmiddlewaretoken": token}


def sign_in(browser, address):
    page = browser.get(address).content.decode()
    said = {"username": "olga", "password": "pop-up-book", "next": PAGE}
    return browser.post(address, said | {"csrfmiddlewaretoken": typed(page, "csrfmiddlewaretoken")}, follow=True)


def test_without_javascript_olga_signs_in_again_and_her_words_are_there(olgas, olga):
    browser, token = signed_out_with_a_form(olga)
    response = browser.post(PAGE, AMBER | token | {"what_next": LONG})
    assert response["Location"] == "/accounts/login/?" + urlencode({"next": PAGE})
    assert not Update.objects.exists()
    page = sign_in(browser, response["Location"])
    assert page.redirect_chain == [(PAGE, 302)]
    words = page.content.decode()
    assert "Your session had ended when you sent this" in words
    assert typed(words, "what_next") == LONG
    new = {name: typed(words, name) for name in ("csrfmiddlewaretoken", "key", "version")}
    assert browser.post(PAGE, AMBER | new | {"what_next": LONG}).status_code == 302
    assert Update.objects.get().what_next == LONG.strip()
    assert "Your session had ended" not in browser.get(PAGE).content.decode()


def test_a_strangers_page_cannot_put_words_into_a_session(olgas, olga):
    browser, _ = signed_out_with_a_form(olga)
    browser.post(PAGE, AMBER | {"csrfmiddlewaretoken": "x" * 64})
    page = sign_in(browser, "/accounts/login/?next=" + PAGE)
    assert "Tests found gaps." not in page.content.decode()


def test_what_is_held_for_one_initiative_is_not_shown_at_another(olgas, olga, strategy):
    browser, token = signed_out_with_a_form(olga)
    browser.post(PAGE, AMBER | token)
    olgas.ref = "DS-007"  # somebody else's page, as far as the session knows
    olgas.save()
    sign_in(browser, "/accounts/login/")
    assert "Tests found gaps." not in browser.get("/initiatives/DS-007/update/").content.decode()


def test_too_much_is_not_held_for_a_stranger(olgas, olga):
    browser, token = signed_out_with_a_form(olga)
    assert browser.post(PAGE, AMBER | token | {"what_next": "x" * 500_000}).status_code == 302
    assert "held" not in browser.session


# --- The form's token is old ----------------------------------------------------------------------
def test_an_old_form_is_shown_again_with_everything_typed_and_a_new_token(olgas, olga):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(olga)
    browser.get(PAGE)
    response = browser.post(PAGE, AMBER | {"csrfmiddlewaretoken": "x" * 64, "what_next": LONG})
    assert response.status_code == 403
    words = response.content.decode()
    assert "Not saved yet" in words
    assert typed(words, "what_next") == LONG
    assert not Update.objects.exists()
    new = {name: typed(words, name) for name in ("csrfmiddlewaretoken", "key", "version")}
    assert browser.post(PAGE, AMBER | new | {"what_next": LONG}).status_code == 302
    assert Update.objects.get().what_next == LONG.strip()


def test_htmx_is_given_a_new_token_with_the_refusal(olgas, olga):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(olga)
    browser.get(PAGE)
    response = browser.post(PAGE, AMBER | {"csrfmiddlewaretoken": "x" * 64}, headers=HTMX)
    assert response.status_code == 403
    assert browser.post(PAGE, AMBER, headers=HTMX | {"X-CSRFToken": response["X-CSRFToken"]}).status_code == 200
    assert Update.objects.count() == 1


def test_omar_is_not_shown_olgas_page_by_an_old_form(olgas, omars, omar):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(omar)
    response = browser.post(PAGE, AMBER | {"csrfmiddlewaretoken": "x" * 64})
    assert response.status_code == 403
    assert "Title of DS-001" not in response.content.decode()


# --- Since last time ------------------------------------------------------------------------------
def test_the_page_says_what_changed_since_the_last_update(olga_at_work, olgas):
    with clock_at("2025-05-20"):
        olga_at_work.post(PAGE, GREEN)
    ticks(olgas, 2, on="2025-06-01", recorded="2025-06-02")
    page = olga_at_work.get(PAGE).content.decode()
    since = page.split('<h2 id="since">')[1].split("</section>")[0]
    assert " ".join(re.sub(r"<[^>]*>", " ", since).split()) == (
        "Since the update of 20 May 2025 Done: Step 2 Now late: Step 1"
    )
    assert as_at(olgas, "2025-06-02").gap == as_at(olgas, "2025-05-20").gap  # one done, one more promised


def test_what_was_ticked_with_the_last_update_is_no_news(olga_at_work):
    olga_at_work.post(PAGE, GREEN | {"m01_done": "on", "m02_due_on": "2025-09-30", "m02_reason": "The supplier left."})
    since = olga_at_work.get(PAGE).content.decode().split('<h2 id="since">')[1].split("</section>")[0]
    assert "Nothing else changed on record." in since


def test_the_page_is_filled_in_with_the_last_words_but_not_with_the_rag(olga_at_work, olgas):
    says(olgas, "amber", on="2025-05-20", what_changed="As it was.", what_next="Go on.", risk="Rain.")
    page = olga_at_work.get(PAGE).content.decode()
    assert [typed(page, name) for name in ("what_changed", "what_next", "risk", "rag", "ask", "public_line")] == [
        "As it was.", "Go on.", "Rain.", "", "", "",
    ]  # fmt: skip
    assert re.search(r'<input type="radio" name="rag" value="green"[^>]* autofocus', page)


def test_the_csrf_cookie_is_no_business_of_scripts(olga_at_work):
    assert olga_at_work.get(PAGE).cookies[settings.CSRF_COOKIE_NAME]["httponly"]
