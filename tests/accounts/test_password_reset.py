"""A forgotten password, and a new one by e-mail."""

import re

import pytest
from django.test import Client

from tests.factories import a_person

ASK = "/accounts/password_reset/"
NEW = "three odd words"


@pytest.fixture
def una(db):
    return a_person("una", "Una Usher", "leader", email="una@example.org")


def asks_for_a_link(email):
    return Client().post(ASK, {"email": email}, follow=True)


def link(letter):
    return re.search(r"http://testserver(/accounts/set_password/\S+)", letter.get_content()).group(1)


def chooses(path, first=NEW, second=None):
    client = Client()
    form = client.get(path, follow=True).request["PATH_INFO"]
    return client.post(form, {"new_password1": first, "new_password2": second or first}, follow=True)


def can_sign_in(password):
    return Client().post("/accounts/login/", {"username": "una", "password": password}).status_code == 302


def test_una_gets_a_link_and_a_new_password(una, letters):
    assert "Check your e-mail" in asks_for_a_link("una@example.org").content.decode()
    assert [(m["To"], m["Subject"]) for m in letters] == [
        ("una@example.org", "Set your password for the Data strategy portal")
    ]
    assert "You sign in as: una" in letters[0].get_content()
    chooses(link(letters[0]))
    assert can_sign_in(NEW)
    assert not can_sign_in("pop-up-book")


def test_the_case_of_the_address_does_not_matter(una, letters):
    asks_for_a_link("UNA@Example.org")
    assert [m["To"] for m in letters] == ["una@example.org"]


def test_a_stranger_sees_the_same_page_and_gets_no_letter(una, letters):
    known, unknown = asks_for_a_link("una@example.org"), asks_for_a_link("vic@example.org")
    assert unknown.redirect_chain == known.redirect_chain
    assert unknown.content == known.content
    assert len(letters) == 1


def test_somebody_who_left_gets_no_letter(una, letters):
    una.is_active = False
    una.save()
    asks_for_a_link("una@example.org")
    assert letters == []


def test_somebody_who_never_took_up_the_invitation_gets_a_letter(una, letters):
    una.set_unusable_password()
    una.save()
    asks_for_a_link("una@example.org")
    assert len(letters) == 1


def test_when_mail_does_not_answer_the_page_is_the_same(una, no_mail):
    response = asks_for_a_link("una@example.org")
    assert response.status_code == 200
    assert "Check your e-mail" in response.content.decode()


def test_a_new_password_ends_unas_other_sessions(una, letters, as_):
    elsewhere = as_(una)
    assert elsewhere.get("/").status_code == 200
    asks_for_a_link("una@example.org")
    chooses(link(letters[0]))
    assert elsewhere.get("/").status_code == 302


def test_two_passwords_that_differ_are_refused_in_words(una, letters):
    asks_for_a_link("una@example.org")
    response = chooses(link(letters[0]), NEW, "three other words")
    assert "password" in str(response.context["form"].errors["new_password2"])
    assert can_sign_in("pop-up-book")


def test_a_link_that_was_changed_does_not_work(una, letters):
    asks_for_a_link("una@example.org")
    path = link(letters[0])
    for wrong in (path[:-2] + "x/", path.replace("set_password/", "set_password/x"), path.replace("-", "\x00", 1)):
        response = Client().get(wrong, follow=True)
        assert "This link no longer works" in response.content.decode()
    assert can_sign_in("pop-up-book")


@pytest.mark.parametrize(
    "email", ["", "una", "\x00@example.org", "a@b.org\nBcc: c@d.org", "x" * 1_000_000, "una@\u202e"], ids=range(6)
)
def test_what_is_no_address_is_refused_in_words(una, letters, email):
    response = asks_for_a_link(email)
    assert response.status_code == 200
    assert list(response.context["form"].errors) == ["email"]
    assert letters == []


def test_a_borrowed_host_name_gets_into_no_letter(una, letters):
    response = Client().post(ASK, {"email": "una@example.org"}, headers={"host": "example.org"})
    assert response.status_code == 400
    assert letters == []
