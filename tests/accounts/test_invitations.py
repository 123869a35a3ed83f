"""The administrator invites a person, who chooses a password and signs in. The mail goes through a real server."""

import re

import pytest
from django.test import Client

from accounts.models import User
from tests.factories import a_person

NOBODYS_GRANTS = {"grants-TOTAL_FORMS": "0", "grants-INITIAL_FORMS": "0"}
UNA = {"username": "una", "name": "Una Usher", "email": "una@example.org", "is_active": "on"}
CONTRIBUTOR = {"grants-TOTAL_FORMS": "1", "grants-INITIAL_FORMS": "0", "grants-0-role": "contributor"}
PASSWORD = "three odd words"


def adds(client, **more):
    return client.post("/admin/accounts/user/add/", UNA | CONTRIBUTOR | more, follow=True)


def link(letter):
    """Return the path of the link with which one chooses a password."""
    return re.search(r"http://testserver(/accounts/set_password/\S+)", letter.get_content()).group(1)


def chooses(path, password=PASSWORD):
    """Follow the link as a browser does, and choose."""
    client = Client()
    form = client.get(path, follow=True).request["PATH_INFO"]
    return client.post(form, {"new_password1": password, "new_password2": password}, follow=True)


def can_sign_in(username, password=PASSWORD):
    return Client().post("/accounts/login/", {"username": username, "password": password}).status_code == 302


def test_una_is_invited_chooses_a_password_and_reads_the_dashboard(letters, ada, as_):
    said = adds(as_(ada)).content.decode()
    assert "An invitation went to Una Usher at una@example.org." in said
    assert [(m["To"], m["Subject"]) for m in letters] == [
        ("una@example.org", "You are invited to the Data strategy portal")
    ]
    words = letters[0].get_content()
    assert "Hello Una Usher," in words
    assert "Ada Adams has made an account for you" in words
    assert "You sign in as: una" in words
    assert "Your password is set" in chooses(link(letters[0])).content.decode()
    client = Client()
    client.post("/accounts/login/", {"username": "una", "password": PASSWORD})
    assert client.get("/").status_code == 200


def test_una_cannot_sign_in_before_she_chose(letters, ada, as_):
    adds(as_(ada))
    assert not User.objects.get(username="una").has_usable_password()
    assert not can_sign_in("una", "")


def test_the_link_works_once(letters, ada, as_):
    adds(as_(ada))
    path = link(letters[0])
    chooses(path)
    again = chooses(path, "another three words")
    assert "This link no longer works" in again.content.decode()
    assert not can_sign_in("una", "another three words")


def test_a_mail_scanner_that_opens_the_link_uses_nothing_up(letters, ada, as_):
    adds(as_(ada))
    path = link(letters[0])
    Client().get(path, follow=True)
    Client().head(path)
    chooses(path)
    assert can_sign_in("una")


def test_the_link_dies_when_una_leaves(letters, ada, as_):
    adds(as_(ada))
    una = User.objects.get(username="una")
    una.is_active = False
    una.save()
    chooses(link(letters[0]))
    assert not can_sign_in("una")


@pytest.mark.parametrize("password", ["short", "una@example.org", "password1234"])
def test_a_weak_password_is_refused_in_words(letters, ada, as_, password):
    adds(as_(ada))
    response = chooses(link(letters[0]), password)
    assert response.context["form"].errors
    assert not can_sign_in("una", password)


def test_an_invitation_can_be_sent_again(letters, ada, as_):
    una = a_person("una", "Una Usher", email="una@example.org")
    chosen = {"action": "send_invitations", "_selected_action": [una.pk], "index": "0"}
    said = as_(ada).post("/admin/accounts/user/", chosen, follow=True).content.decode()
    assert "An invitation went to Una Usher" in said
    assert [m["To"] for m in letters] == ["una@example.org"]


def test_somebody_without_an_address_or_who_left_gets_none_and_ada_is_told(letters, ada, as_):
    una, vic = a_person("una"), a_person("vic", email="vic@example.org", is_active=False)
    chosen = {"action": "send_invitations", "_selected_action": [una.pk, vic.pk], "index": "0"}
    said = as_(ada).post("/admin/accounts/user/", chosen, follow=True).content.decode()
    assert "Una has no e-mail address or has left." in said
    assert "Vic has no e-mail address or has left." in said
    assert letters == []


def test_when_mail_does_not_answer_una_is_kept_and_ada_is_told(no_mail, ada, as_):
    said = adds(as_(ada)).content.decode()
    assert "The invitation of Una Usher could not be sent: mail does not answer. Send it again later." in said
    assert list(User.objects.get(username="una").grants.values_list("role", flat=True)) == ["contributor"]


def test_a_person_without_an_address_is_added_without_a_letter(letters, ada, as_):
    adds(as_(ada), email="")
    assert User.objects.filter(username="una").exists()
    assert letters == []


def test_two_people_cannot_have_one_address(letters, ada, as_):
    a_person("vic", email="una@example.org")
    response = adds(as_(ada), email="UNA@example.org")
    assert "Another person has this e-mail address." in response.content.decode()
    assert not User.objects.filter(username="una").exists()
    assert letters == []


def test_oscar_of_the_office_cannot_invite(letters, oscar, as_):
    una = a_person("una", "Una Usher", email="una@example.org")
    client = as_(oscar)
    assert adds(client).status_code == 403
    chosen = {"action": "send_invitations", "_selected_action": [una.pk], "index": "0"}
    client.post("/admin/accounts/user/", chosen, follow=True)
    assert letters == []
