"""One form makes one update, and nobody's update passes unseen over another's."""

import re
from uuid import UUID, uuid4

import pytest

from initiatives.models import DoneDate, Draft, Update
from tests.factories import says
from tests.initiatives.test_update import AMBER, GREEN, HTMX, PAGE, typed

pytestmark = pytest.mark.usefixtures("monday")


def opened(client):
    """Open the page; returns the key and the version that its form carries."""
    page = client.get(PAGE).content.decode()
    return {"key": typed(page, "key"), "version": typed(page, "version")}


# --- Sent twice -----------------------------------------------------------------------------------
def test_every_form_has_a_key_of_its_own_and_knows_the_last_update(olga_at_work, olgas):
    first, second = opened(olga_at_work), opened(olga_at_work)
    assert UUID(first["key"]) != UUID(second["key"])
    assert first["version"] == "0"
    assert opened(olga_at_work)["version"] == "0"
    said = says(olgas, on="2025-06-02")
    assert opened(olga_at_work)["version"] == str(said.pk)


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])
def test_the_same_form_sent_twice_is_one_update_and_olga_hears_that_it_was_on_record(olga_at_work, headers):
    said = GREEN | opened(olga_at_work) | {"m01_done": "on"}
    assert olga_at_work.post(PAGE, said, headers=headers).status_code == (200 if headers else 302)
    again = olga_at_work.post(PAGE, said, headers=headers, follow=True)
    assert "was on record already: nothing was saved a second time." in again.content.decode()
    assert Update.objects.count() == 1
    assert DoneDate.objects.count() == 1


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])
def test_going_back_and_sending_other_words_is_refused_and_they_are_kept(olga_at_work, headers):
    said = GREEN | opened(olga_at_work)
    olga_at_work.post(PAGE, said)
    response = olga_at_work.post(PAGE, said | {"what_changed": "Tests passed twice."}, headers=headers)
    assert response.status_code == 409
    page = response.content.decode()
    assert "This form was sent before, and what it said then is on record since 2 June 2025, 12:00." in page
    assert typed(page, "what_changed") == "Tests passed twice."
    assert [u.what_changed for u in Update.objects.all()] == ["Tests passed."]
    new = {"key": typed(page, "key"), "version": typed(page, "version")}
    assert olga_at_work.post(PAGE, said | new | {"what_changed": "Tests passed twice."}).status_code == 302
    assert [u.what_changed for u in Update.objects.order_by("id")] == ["Tests passed.", "Tests passed twice."]


def test_a_key_that_dina_used_does_not_tell_olga_what_dina_said(olga_at_work, dina, as_):
    key = {"key": str(uuid4())}
    as_(dina).post(PAGE, AMBER | key)
    response = olga_at_work.post(PAGE, GREEN | key)
    assert response.status_code == 409
    assert "This form was used for something else." in response.content.decode()
    assert Update.objects.get().recorded_by == dina


def test_a_form_without_a_key_is_taken_as_it_comes(olga_at_work):
    for _ in range(2):
        assert olga_at_work.post(PAGE, GREEN).status_code == 302
    assert Update.objects.count() == 2


@pytest.mark.parametrize(
    "damage", [{"key": "x"}, {"version": "-1"}, {"version": "9" * 40}, {"version": "two"}, {"corrects": "first"}]
)
def test_a_damaged_form_is_refused_in_words_and_nothing_is_lost(olga_at_work, damage):
    response = olga_at_work.post(PAGE, GREEN | damage)
    assert response.status_code in (400, 422)
    assert not Update.objects.exists()
    if response.status_code == 422:
        page = response.content.decode()
        assert "This form came incomplete" in page
        assert typed(page, "what_changed") == "Tests passed."


# --- Two at once ----------------------------------------------------------------------------------
@pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])
def test_olga_and_dina_at_once_both_see_both_and_neither_overwrites(olga_at_work, olgas, dina, as_, headers):
    before = opened(olga_at_work)
    as_(dina).post(PAGE, AMBER | opened(as_(dina)))
    response = olga_at_work.post(PAGE, GREEN | before, headers=headers)
    assert response.status_code == 409
    page = response.content.decode()
    assert "While you were writing, somebody else said how it goes." in page
    assert "Dina Dean said amber on 2 June 2025, 12:00" in page
    assert "A post is empty. We advertise." in page
    assert typed(page, "what_changed") == "Tests passed."
    assert typed(page, "rag") == "green"
    assert [u.rag for u in Update.objects.all()] == ["amber"]
    now = {"key": typed(page, "key"), "version": typed(page, "version")}
    assert olga_at_work.post(PAGE, GREEN | now).status_code == 302
    assert [(u.rag, u.previous_rag) for u in Update.objects.order_by("id")] == [("amber", ""), ("green", "amber")]


def test_a_refusal_by_htmx_goes_into_the_region_of_the_form(olga_at_work, olgas):
    before = opened(olga_at_work)
    says(olgas, on="2025-06-02")
    response = olga_at_work.post(PAGE, GREEN | before, headers=HTMX)
    assert response["HX-Retarget"] == "#say"
    assert "<html" not in response.content.decode()
    assert re.search(r'role="alert" tabindex="-1" data-focus', response.content.decode())


def test_what_was_refused_stays_as_a_draft_until_it_is_saved(olga_at_work, olgas, olga):
    before = opened(olga_at_work)
    olga_at_work.post("/initiatives/DS-001/draft/", GREEN | before)
    said = says(olgas, "red", on="2025-06-02")
    page = olga_at_work.get(PAGE).content.decode()
    assert "said red on 2 June 2025" in page
    assert typed(page, "version") == str(said.pk)
    assert typed(page, "what_changed") == "Tests passed."
    assert olga_at_work.post(PAGE, GREEN | before).status_code == 409
    assert Draft.objects.get().person == olga
