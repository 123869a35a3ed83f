"""A partner's link: Polly of the police updates what she owns, once, without an account, and sees nothing else."""

import logging
import random
import re
import string
from datetime import timedelta
from html import unescape
from urllib.parse import quote

import pytest
from django.contrib.auth.tokens import default_token_generator
from django.core import signing
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from initiatives.access import named_people
from initiatives.links import PURPOSE, LinkClosed, LinkState, find_link, make_link, state_of, use_link, withdraw_link
from initiatives.models import (
    AddOnlyError,
    DoneDate,
    LinkUse,
    LinkWithdrawal,
    PartnerLink,
    ReminderPreference,
    StandIn,
    Update,
)
from strategy_portal.logs import WithoutSecrets
from tests.factories import a_person, an_initiative, as_at, clock_at, corrects, day, milestone, says
from tests.faults.conftest import free_port
from tests.test_house import digest

pytestmark = pytest.mark.usefixtures("monday")

GREEN = {"rag": "green", "what_changed": "Tests passed."}
OFFICE = "/initiatives/DS-001/links/"
NOTHING_ELSE = re.compile(r'(?:href|action|src|data-hx-\w+)="(?!/static/|/privacy/"|/accessibility/"|#|mailto:)')


@pytest.fixture
def pollys(strategy, polly, dina, sam):
    """Polly's initiative DS-001, in progress since 1 April 2025; Dina deputises and Sam sponsors."""
    milestones = ["2025-05-30", "2025-07-31"]
    return an_initiative(
        "DS-001", recorded="2025-04-01", title="Safer streets", owner=polly, deputy=dina, sponsor=sam,
        milestones=milestones,
    )  # fmt: skip


@pytest.fixture
def made(pollys, polly, oscar):
    """The link that Oscar made for Polly today, and its path."""
    return make_link(initiative=pollys, person=polly, by=oscar)


@pytest.fixture
def link(made):
    return made[0]


@pytest.fixture
def path(made):
    return made[1]


def later(**spans):
    """Move the clock on from noon on 2 June 2025."""
    return clock_at(timezone.now() + timedelta(**spans))


def token_of(path):
    return path.removeprefix("/link/").removesuffix("/")


def words(response):
    """Return the words of a page that leads nowhere."""
    page = response.content.decode()
    assert NOTHING_ELSE.search(page) is None
    assert "<nav" not in page
    return in_main(page)


def in_main(page):
    inner = page.partition('<main id="main"')[2].partition(">")[2].partition("</main>")[0]
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", inner)).split())


def refusal(path, client=None):
    """Return the status and the words with which a link is refused, opened or sent, having seen nothing written."""
    client, before = client or Client(), digest()
    opened, sent = client.get(path), client.post(path, GREEN)
    assert digest() == before
    assert (opened.status_code, words(opened)) == (sent.status_code, words(sent))
    for response in (opened, sent):
        told = response.content.decode()
        assert "Nothing was recorded" in told
        assert "ask the strategy office" in told
        for secret in ("Safer streets", "DS-001", "Step 1", "Polly"):
            assert secret not in told
        assert response["Referrer-Policy"] == "no-referrer"
        assert response["Cache-Control"] == "private, no-store"
    return opened.status_code, words(opened)


# --- Making ---------------------------------------------------------------------------------------
def test_a_link_lasts_14_days_and_the_database_keeps_no_secret(link, path, oscar, monday):
    assert re.fullmatch(r"/link/[\w-]{43}\.[\w-]{43}/", path)
    assert (link.recorded_at, link.recorded_by, link.expires_at) == (monday, oscar, monday + timedelta(days=14))
    secret, _, signature = token_of(path).partition(".")
    kept = repr(PartnerLink.objects.values().get())
    assert secret not in kept
    assert signature not in kept
    assert find_link(token_of(path)) == link


def test_no_two_links_are_alike(pollys, polly):
    paths = {make_link(initiative=pollys, person=polly, by=None)[1] for _ in range(50)}
    assert len(paths) == 50


def test_a_link_can_be_made_as_of_another_moment(pollys, polly):
    at = timezone.now() - timedelta(days=13)
    link, path = make_link(initiative=pollys, person=polly, by=None, at=at)
    assert (link.recorded_at, link.expires_at) == (at, at + timedelta(days=14))
    assert Client().get(path).status_code == 200


# --- Opening it -----------------------------------------------------------------------------------
def test_polly_sees_what_she_is_asked_and_no_way_to_anything_else(path, pollys, olga):
    says(pollys, "red", on="2025-05-20", by=olga, what_changed="Olga's words.", issue="Olga's issue.")
    response = Client().get(path)
    told = words(response)
    assert "DS-001 Safer streets" in told
    assert "Hello Polly Peel." in told
    assert "What changed since the last update?" in told
    assert "Step 1" in told
    assert "16 June 2025, 12:00" in told
    for of_others in ("Olga", "Dina", "Sam", "20 May 2025"):
        assert of_others not in told


def test_opening_it_changes_nothing_however_often_and_by_whomever(path, pollys):
    before = digest()
    for client in (Client(), Client(), Client(headers={"User-Agent": "Mail scanner"})):
        assert client.get(path).status_code == 200
    assert Client().head(path).status_code == 200
    assert digest() == before
    assert Client().post(path, GREEN).status_code == 200
    assert Update.objects.count() == 1


def test_only_reading_and_sending_are_answered(path):
    for method in ("PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"):
        assert Client().generic(method, path).status_code == 405
    assert not LinkUse.objects.exists()


@pytest.mark.parametrize("who", ["lea", "oscar", "nadia", "polly"])
def test_it_makes_no_difference_who_is_signed_in(path, request, as_, who):
    def page(client):
        return re.sub(r'value="[\w-]{36,64}"', "", client.get(path).content.decode())

    client = as_(request.getfixturevalue(who))
    assert page(client) == page(Client())
    assert "Thank you" in words(client.post(path, GREEN))
    assert Update.objects.get().recorded_by.username == "polly"


def test_a_message_that_waits_for_oscar_stays_his(path, pollys, oscar, as_, link):
    client = as_(oscar)
    client.post(OFFICE, {"withdraw": link.pk, "reason": "Sent to the wrong address."})
    assert "is withdrawn" not in client.get(path).content.decode()
    assert "The link for Polly Peel is withdrawn." in client.get(OFFICE).content.decode()


def test_a_link_signs_nobody_in(path):
    client = Client()
    client.get(path)
    client.post(path, GREEN)
    assert "session" not in client.cookies
    for elsewhere in ("/", "/initiatives/DS-001/", "/initiatives/DS-001/update/", "/my/", "/exports/updates.csv"):
        assert client.get(elsewhere)["Location"].startswith("/accounts/login/")


def test_the_form_keeps_its_guard_against_other_sites(path):
    client = Client(enforce_csrf_checks=True)
    assert client.post(path, GREEN).status_code == 403
    page = client.get(path).content.decode()
    said = GREEN | {"csrfmiddlewaretoken": re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)[1]}
    elsewhere = {"Origin": "https://elsewhere.example"}
    assert client.post(path, said, headers=elsewhere).status_code == 403
    assert not Update.objects.exists()
    assert client.post(path, said, headers={"Origin": "http://testserver"}).status_code == 200
    assert Update.objects.count() == 1


def test_its_address_is_told_to_no_other_site(path):
    # With `no-referrer` browsers would send the form with `Origin: null`, which the guard refuses.
    assert Client().get(path)["Referrer-Policy"] == "strict-origin"
    assert Client().get(path)["Cache-Control"] == "private, no-store"


# --- Using it -------------------------------------------------------------------------------------
def test_what_polly_sends_is_on_record_as_hers(path, pollys, polly, link):
    said = {
        "rag": "amber", "what_changed": "Cameras are up.", "risk": "A street is closed. We go round.",
        "m01_done": "on", "m01_done_on": "2025-05-29", "ask": "May we close it?",
    }  # fmt: skip
    response = Client().post(path, said)
    assert (response.status_code, response["Referrer-Policy"]) == (200, "no-referrer")
    assert "Your update is on record under your name." in words(response)
    assert "Safer streets" not in response.content.decode()
    update = Update.objects.get()
    assert (update.recorded_by, update.rag, update.what_changed) == (polly, "amber", "Cameras are up.")
    assert (update.ask.question, DoneDate.objects.get().recorded_by) == ("May we close it?", polly)
    assert (link.use.update, link.use.recorded_by) == (update, polly)
    assert as_at(pollys, "2025-06-02").status == "amber"


def test_what_is_wrong_comes_back_with_the_words_and_uses_nothing(path):
    before = digest()
    response = Client().post(path, {"rag": "amber", "what_changed": "Cameras are up.", "m01_done_on": "2025-05-29"})
    told = words(response)
    assert response.status_code == 422
    assert "Amber needs the risk" in told
    assert "Cameras are up." in told
    assert "Tick that “Step 1” is done" in told
    assert digest() == before
    assert Client().post(path, GREEN).status_code == 200


def test_a_link_works_once(path):
    Client().post(path, GREEN)
    with later(hours=1):
        status, told = refusal(path)
    assert status == 410
    assert "This link has been used An update came by it on 2 June 2025 at 12:00 and is on record." in told
    assert "Nothing was recorded this time." in told
    assert Update.objects.count() == 1


def test_another_link_of_pollys_is_as_good_as_before(path, pollys, polly):
    _, other = make_link(initiative=pollys, person=polly, by=None)
    Client().post(path, GREEN)
    assert Client().post(other, GREEN).status_code == 200
    assert Update.objects.count() == 2


def test_what_somebody_else_said_meanwhile_stops_nobody(path, pollys, dina):
    says(pollys, "red", on="2025-06-02", by=dina)
    assert Client().post(path, GREEN | {"version": "0"}).status_code == 200
    assert list(Update.objects.values_list("rag", "recorded_by__username")) == [("red", "dina"), ("green", "polly")]


def test_a_form_cannot_pass_for_one_that_was_sent_before(path, pollys, olga, as_):
    corrects(pollys, recorded="2025-06-02", deputy=olga)
    key = "0b7e0a6e-5b7a-4f6e-9d5c-0123456789ab"
    as_(olga).post("/initiatives/DS-001/update/", GREEN | {"key": key})
    assert Client().post(path, GREEN | {"key": key, "corrects": "1", "recorded_by": olga.pk}).status_code == 200
    assert list(Update.objects.values_list("recorded_by__username", "corrects")) == [("olga", None), ("polly", None)]


def test_the_database_lets_there_be_no_second_use(link, pollys):
    use_link(link=link, on=day("2025-06-02"), **GREEN)
    second = says(pollys, "green", on="2025-06-02")
    with pytest.raises(IntegrityError), transaction.atomic():
        LinkUse.objects.create(link=link, update=second)
    with pytest.raises(AddOnlyError):
        LinkUse.objects.all().delete()


def test_the_database_decides_when_the_check_was_too_early(link, pollys, monkeypatch):
    stale = find_link_of(link)
    use_link(link=link, on=day("2025-06-02"), **GREEN)
    monkeypatch.setattr("initiatives.links._locked", lambda link: stale)  # as if both had looked before either wrote
    with pytest.raises(LinkClosed) as closed:
        use_link(link=link, on=day("2025-06-02"), **GREEN)
    assert closed.value.state == "used"
    assert (Update.objects.count(), LinkUse.objects.count()) == (1, 1)


def find_link_of(link):
    """Return the link as somebody saw it who has not looked whether it was used, but knows that it was not."""
    found = PartnerLink.objects.select_related("initiative", "person", "use", "withdrawal").get(pk=link.pk)
    assert state_of(found, timezone.now()) == LinkState.OPEN
    return found


# --- Its end --------------------------------------------------------------------------------------
def test_it_works_for_13_days_and_23_hours(path):
    with later(days=13, hours=23):
        assert Client().get(path).status_code == 200
        assert Client().post(path, GREEN).status_code == 200


def test_it_is_over_a_second_after_14_days(path):
    with later(days=14, seconds=1):
        status, told = refusal(path)
    assert status == 410
    assert "This link has expired It worked for 14 days, until 16 June 2025 at 12:00." in told


def test_a_form_that_was_opened_in_time_and_sent_too_late_is_refused(path):
    client = Client()
    assert client.get(path).status_code == 200
    with later(days=15):
        assert client.post(path, GREEN).status_code == 410
    assert not Update.objects.exists()


def test_a_link_that_was_withdrawn_is_refused(link, path, oscar):
    withdraw_link(link=link, by=oscar, reason="Sent to Oscar's rival.")
    status, told = refusal(path)
    assert status == 410
    assert "This link was withdrawn The strategy office took it back on 2 June 2025." in told
    assert "rival" not in told


def test_it_dies_when_polly_is_replaced_and_stays_dead_when_she_comes_back(path, pollys, polly, olga):
    with later(days=1):
        corrects(pollys, recorded=timezone.now(), owner=olga)
        status, told = refusal(path)
        assert status == 410
        assert "The person whom it was made for was replaced" in told
    with later(days=2):
        corrects(pollys, recorded=timezone.now(), owner=polly)
        assert refusal(path)[0] == 410
        assert Client().get(make_link(initiative=pollys, person=polly, by=None)[1]).status_code == 200


def test_it_lives_when_something_else_changes(path, pollys, polly, olga):
    with later(days=1):
        corrects(pollys, recorded=timezone.now(), title="Safer roads", sponsor=olga)
        corrects(pollys, recorded=timezone.now(), owner=olga, deputy=polly)
        assert Client().post(path, GREEN).status_code == 200


def test_it_dies_when_polly_leaves(path, polly):
    polly.is_active = False
    polly.save()
    status, told = refusal(path)
    assert status == 410
    assert "The person whom it was made for has left." in told


def test_a_sponsor_has_no_link_that_works(pollys, sam):
    assert sam.pk in named_people(pollys)
    assert refusal(make_link(initiative=pollys, person=sam, by=None)[1])[0] == 410


def test_somebody_who_stands_in_has_a_link_for_those_days(pollys, olga):
    StandIn.objects.create(
        initiative=pollys, person=olga, starts_on=day("2025-06-02"), ends_on=day("2025-06-06"), reason="Leave."
    )
    path = make_link(initiative=pollys, person=olga, by=None)[1]
    assert Client().get(path).status_code == 200
    with later(days=5):
        assert Client().get(path).status_code == 410


def test_whoever_is_stood_in_for_waits(pollys, dina, olga):
    path = make_link(initiative=pollys, person=dina, by=None)[1]
    StandIn.objects.create(
        initiative=pollys, person=olga, starts_on=day("2025-06-03"), ends_on=day("2025-06-06"), reason="Leave."
    )
    with later(days=1):
        assert Client().post(path, GREEN).status_code == 410
    with later(days=5):
        assert Client().post(path, GREEN).status_code == 200


def test_what_happens_while_polly_writes_counts(link, pollys, polly, oscar, monkeypatch):
    """The check that matters is made again in the transaction that writes."""
    ends = {
        "withdrawn": lambda: withdraw_link(link=link, by=oscar, reason="Changed."),
        "left": lambda: corrects(polly, recorded="2025-06-02", is_active=False),
    }
    for state, end in ends.items():
        with transaction.atomic():
            end()
            with pytest.raises(LinkClosed) as closed:
                use_link(link=link, on=day("2025-06-02"), **GREEN)
            assert closed.value.state == state
            transaction.set_rollback(True)
    assert not Update.objects.exists()


# --- Whom to ask ----------------------------------------------------------------------------------
def test_a_refusal_says_how_to_reach_the_strategy_office(db, settings):
    settings.OFFICE_CONTACT = "strategy@example.gov.uk"
    page = Client().get("/link/no-such-link/").content.decode()
    assert '<a href="mailto:strategy@example.gov.uk">strategy@example.gov.uk</a>' in page
    settings.OFFICE_CONTACT = "01234 567890"
    assert "ask the strategy office: 01234 567890." in words(Client().get("/link/no-such-link/"))


# --- What is no link ------------------------------------------------------------------------------
UNKNOWN = "This link does not work We never made a link like this."
ODD = [
    "x", ".", "..", "a.b", "\0", "a\0.b", "x" * 5000, "." * 5000, "é", "💥" * 500, "\u202ex", "a/b", "a\nb", "\n", " ",
    "<script>alert(1)</script>", "' OR 1=1 --", "%00", "None", "\ufffd", "://", "٣.٣",
]  # fmt: skip


@pytest.mark.parametrize("odd", ODD, ids=range(len(ODD)))
def test_an_odd_token_is_refused_in_words(pollys, odd):
    status, told = refusal(f"/link/{quote(odd, safe='')}/")
    assert status == 404
    assert told.startswith(UNKNOWN)
    assert "script>" not in told


def test_broken_signs_and_signs_around_a_good_token_are_refused(path):
    token = token_of(path)
    for odd in (
        "%ED%A0%80",
        "%FF",
        f"%00{token}",
        f"{token}%00",
        f"{token}%0A",
        f"{token}/",
        f"%20{token}",
        f"/{token}",
    ):
        assert Client().get(f"/link/{odd}/").status_code == 404
        assert Client().post(f"/link/{odd}/", GREEN).status_code == 404
    assert not LinkUse.objects.exists()


def test_a_token_that_was_cut_is_refused(path):
    token = token_of(path)
    assert all(Client().post(f"/link/{token[:length]}/", GREEN).status_code == 404 for length in range(1, len(token)))
    assert refusal(path[:-10] + "/")[0] == 404


def altered(token, dice):
    """Return the token with one character changed, taken out, put in, or changed in case."""
    at, sign = dice.randrange(len(token)), dice.choice(string.ascii_letters + string.digits + "-_.=~")
    return dice.choice(
        [
            token[:at] + sign + token[at + 1 :],
            token[:at] + token[at + 1 :],
            token[:at] + sign + token[at:],
            token[:at] + token[at].swapcase() + token[at + 1 :],
        ]
    )


def test_300_altered_links_are_all_refused(path):
    token, dice, tried = token_of(path), random.Random(3), set()
    while len(tried) < 300:
        tried.add(altered(token, dice))
        tried.discard(token)
    before = digest()
    answers = [Client().post(f"/link/{odd}/", GREEN).status_code for odd in sorted(tried)]
    assert answers == [404] * 300
    assert digest() == before


def test_what_was_signed_for_another_purpose_opens_nothing(path, polly):
    secret = token_of(path).partition(".")[0]
    others = [
        secret,
        default_token_generator.make_token(polly),
        reverse("accounts:password_reset_confirm", args=["MQ", default_token_generator.make_token(polly)])[1:-1],
        secret + "." + default_token_generator.make_token(polly),
        signing.Signer(sep=".").sign(secret),
        signing.Signer(salt="reminders.calendar", sep=".").sign(secret),
        signing.Signer(salt=PURPOSE, sep=":").sign(secret),
        signing.TimestampSigner(salt=PURPOSE, sep=".").sign(secret),
        signing.dumps(secret, salt=PURPOSE),
        signing.Signer(salt=PURPOSE, sep=".").sign("never-made"),
        signing.Signer(salt=PURPOSE, sep=".", key="another key").sign(secret),
        PartnerLink.objects.get().digest,
        signing.Signer(salt=PURPOSE, sep=".").sign(PartnerLink.objects.get().digest),
    ]
    for other in others:
        assert (other, Client().post(f"/link/{other}/", GREEN).status_code) == (other, 404)
    assert not Update.objects.exists()


def test_the_key_of_a_calendar_opens_nothing_and_a_link_opens_no_calendar_or_password(path, polly):
    key = ReminderPreference.objects.create(person=polly).calendar_key
    assert Client().get(f"/link/{key}/").status_code == 404
    assert not default_token_generator.check_token(polly, token_of(path))


def test_a_new_key_of_the_portal_takes_links_of_the_former_one_for_as_long_as_it_is_told_to(path, settings):
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another key, quite new"
    assert Client().get(path).status_code == 200
    settings.SECRET_KEY_FALLBACKS = []
    assert refusal(path)[0] == 404


# --- The log --------------------------------------------------------------------------------------
def test_making_using_and_refusing_are_logged_without_the_secret(pollys, polly, oscar, caplog, as_):
    caplog.set_level(logging.INFO, "portal.links")
    link, path = make_link(initiative=pollys, person=polly, by=oscar)
    Client().get(path)
    Client().post(path, GREEN)
    Client().post(path, GREEN)
    Client().get("/link/no-such-link/")
    other, _ = make_link(initiative=pollys, person=polly, by=None)
    withdraw_link(link=other, by=oscar, reason="Not needed.")
    told = [record.getMessage() for record in caplog.records if record.name == "portal.links"]
    of = f"initiative=DS-001 person={polly.pk}"
    assert told == [
        f"partner's link made: link={link.pk} {of} by={oscar.pk}",
        f"partner's link used: link={link.pk} {of} update={Update.objects.get().pk}",
        f"partner's link refused: link={link.pk} {of} why=used method=POST",
        "partner's link refused: link=None initiative=None person=None why=unknown method=GET",
        f"partner's link made: link={other.pk} {of} by=None",
        f"partner's link withdrawn: link={other.pk} initiative=DS-001 by={oscar.pk}",
    ]
    for secret in (*token_of(path).split("."), link.digest, "Polly"):
        assert secret not in caplog.text


def test_a_line_of_the_log_leaves_the_secret_of_an_address_out(settings):
    line = ("django.security.csrf", logging.WARNING, "", 1, "Forbidden (%s): %s", ("no token", "/link/ab.cd/"), None)
    assert WithoutSecrets().format(logging.LogRecord(*line)) == "Forbidden (no token): /link/…"
    assert settings.LOGGING["handlers"]["console"]["formatter"] == "without_secrets"
    assert logging.getLogger("portal.links").isEnabledFor(logging.INFO)


# --- The strategy office's page -------------------------------------------------------------------
def office_words(response):
    return in_main(response.content.decode())


def address_in(text):
    return re.search(r"http://127\.0\.0\.1:8000(/link/\S+/)", text)[1]


@pytest.mark.parametrize("who", ["oscar", "ada"])
def test_the_office_makes_a_link_which_goes_to_polly_by_e_mail(pollys, polly, as_, request, mailoutbox, who):
    person = request.getfixturevalue(who)
    response = as_(person).post(OFFICE, {"person": polly.pk})
    told = office_words(response)
    assert response.status_code == 200
    assert "The link for Polly Peel is made It went to polly@police.example." in told
    letter = mailoutbox[0]
    assert (letter.to, letter.subject) == (["polly@police.example"], "How is “Safer streets” going?")
    assert "The link works once, until 16 June 2025 at 12:00." in letter.body
    assert address_in(letter.body) == address_in(told)
    link = PartnerLink.objects.get()
    assert (link.initiative, link.person, link.recorded_by) == (pollys, polly, person)
    assert Client().post(address_in(letter.body), GREEN).status_code == 200


@pytest.mark.parametrize("who", ["olga", "lea", "ana", "nadia", "polly", "dina", "sam"])
def test_nobody_else_makes_links(pollys, polly, as_, request, who):
    client = as_(request.getfixturevalue(who))
    assert client.get(OFFICE).status_code == 403
    assert client.post(OFFICE, {"person": polly.pk}).status_code == 403
    assert not PartnerLink.objects.exists()


def test_the_address_is_shown_once(pollys, polly, oscar, as_, link, path):
    client = as_(oscar)
    made = address_in(office_words(client.post(OFFICE, {"person": polly.pk})))
    page = client.get(OFFICE).content.decode()
    for secret in (*token_of(made).split("."), *token_of(path).split("."), link.digest):
        assert secret not in page


def test_the_letter_says_where_the_portal_is_found_and_whom_to_ask(pollys, polly, oscar, as_, mailoutbox, settings):
    settings.PORTAL_ADDRESS, settings.OFFICE_CONTACT = "https://strategy.example.gov.uk", "01234 567890"
    pollys.title = "Safer & quieter\nstreets"
    pollys.save()
    as_(oscar).post(OFFICE, {"person": polly.pk})
    assert mailoutbox[0].subject == "How is “Safer & quieter streets” going?"
    assert re.search(r"^https://strategy\.example\.gov\.uk/link/[\w.-]+/$", mailoutbox[0].body, re.M)
    assert "tell the strategy office: 01234 567890" in mailoutbox[0].body


def test_when_mail_is_down_oscar_is_told_and_the_link_works(pollys, polly, oscar, as_, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port()
    told = office_words(as_(oscar).post(OFFICE, {"person": polly.pk}))
    assert "It could not be sent to polly@police.example: mail does not answer. The link works all the same." in told
    assert Client().post(address_in(told), GREEN).status_code == 200


def test_when_polly_has_no_e_mail_address_oscar_passes_the_link_on(pollys, polly, oscar, as_, mailoutbox):
    polly.email = ""
    polly.save()
    told = office_words(as_(oscar).post(OFFICE, {"person": polly.pk}))
    assert "It was not sent: Polly Peel has no e-mail address here." in told
    assert mailoutbox == []
    assert Client().post(address_in(told), GREEN).status_code == 200


def test_a_link_is_made_only_for_an_owner_or_deputy_who_works_for_a_partner(pollys, polly, dina, sam, oscar, as_):
    client, paula = as_(oscar), a_person("paula", "Paula Pike", is_partner=True)
    page = office_words(client.get(OFFICE))
    assert "Polly Peel" in page
    assert "Dina" not in page
    for other in (dina.pk, sam.pk, paula.pk, "", "0", "x", "9" * 50, "\0"):
        response = client.post(OFFICE, {"person": other})
        assert (other, response.status_code) == (other, 422)
        assert "There is a problem" in response.content.decode()
    corrects(pollys, recorded="2025-06-02", owner=dina, deputy=paula)
    assert client.post(OFFICE, {"person": polly.pk}).status_code == 422
    assert client.post(OFFICE, {"person": paula.pk}).status_code == 200
    corrects(paula, recorded="2025-06-02", is_active=False)
    assert "There is nobody to make a link for" in office_words(client.get(OFFICE))
    assert client.post(OFFICE, {"person": paula.pk}).status_code == 422


def test_the_page_says_of_every_link_how_it_stands(pollys, polly, dina, oscar, as_):
    def a_link(days_ago=0, person=polly):
        at = timezone.now() - timedelta(days=days_ago)
        return make_link(initiative=pollys, person=person, by=oscar, at=at)

    a_link(20)
    a_link(3, dina)
    Client().post(a_link(2)[1], GREEN)
    withdraw_link(link=a_link(1)[0], by=oscar, reason="Sent to the wrong address.")
    a_link()
    corrects(pollys, recorded="2025-06-02", deputy=None)
    told = office_words(as_(oscar).get(OFFICE)).partition("Links made so far")[2]
    standing = [said.split(" Withdraw this link")[0] for said in re.split(r" ?(?:Polly Peel|Dina Dean) Made on ", told)]
    assert standing == [
        "",
        "2 Jun 2025, 12:00 by Oscar Orme Open until 16 Jun 2025, 12:00",
        "1 Jun 2025, 12:00 by Oscar Orme Withdrawn on 2 Jun 2025, 12:00 by Oscar Orme: Sent to the wrong address.",
        "31 May 2025, 12:00 by Oscar Orme Used on 2 Jun 2025, 12:00",
        "30 May 2025, 12:00 by Oscar Orme No longer valid: the person was replaced ; it would have worked until "
        "13 Jun 2025, 12:00",
        "13 May 2025, 12:00 by Oscar Orme Expired on 27 May 2025, 12:00",
    ]


def test_oscar_withdraws_a_link_with_a_reason(pollys, link, path, oscar, as_):
    client = as_(oscar)
    response = client.post(OFFICE, {"withdraw": link.pk, "reason": "Sent to the wrong address."}, follow=True)
    assert "The link for Polly Peel is withdrawn." in office_words(response)
    withdrawal = LinkWithdrawal.objects.get()
    assert (withdrawal.link, withdrawal.reason, withdrawal.recorded_by) == (link, "Sent to the wrong address.", oscar)
    assert Client().post(path, GREEN).status_code == 410


def test_a_withdrawal_without_a_reason_is_refused_beside_its_link(pollys, link, oscar, as_):
    response = as_(oscar).post(OFFICE, {"withdraw": link.pk, "reason": " \n "})
    page = response.content.decode()
    assert response.status_code == 422
    assert f'<a href="#id_{link.pk}_reason">Say why the link is withdrawn.' in page
    assert '<details class="govuk-details" open>' in page
    assert not LinkWithdrawal.objects.exists()


@pytest.mark.parametrize("odd", ["", "0", "x", "-1", "9" * 18, "9" * 5000, "٣", "\0"])
def test_a_link_that_is_none_cannot_be_withdrawn(pollys, link, oscar, as_, odd):
    assert as_(oscar).post(OFFICE, {"withdraw": odd, "reason": "Why not."}).status_code == 404


def test_a_link_of_another_initiative_cannot_be_withdrawn_here(pollys, omars, link, oscar, as_):
    response = as_(oscar).post("/initiatives/DS-002/links/", {"withdraw": link.pk, "reason": "Why not."})
    assert response.status_code == 404
    assert not LinkWithdrawal.objects.exists()


@pytest.mark.parametrize("state", ["used", "withdrawn"])
def test_a_link_that_was_used_or_withdrawn_cannot_be_withdrawn(pollys, link, path, oscar, as_, state):
    if state == "used":
        Client().post(path, GREEN)
    else:
        withdraw_link(link=link, by=oscar, reason="First.")
    response = as_(oscar).post(OFFICE, {"withdraw": link.pk, "reason": "Second."}, follow=True)
    assert f"Nothing was changed: this link was {state} already." in office_words(response)
    assert LinkWithdrawal.objects.filter(reason="Second.").count() == 0


def test_opening_the_page_changes_nothing(pollys, link, oscar, as_):
    client = as_(oscar)
    client.get(OFFICE)  # his visit is noted
    before = digest()
    client.get(OFFICE)
    client.head(OFFICE)
    client.get(OFFICE, {"person": link.person_id, "withdraw": link.pk, "reason": "x"})
    assert digest() == before


def test_an_initiative_that_is_none_has_no_links(oscar, as_):
    assert as_(oscar).get("/initiatives/DS-999/links/").status_code == 404


def test_oscar_finds_the_page_from_the_initiative_and_lea_does_not(pollys, oscar, lea, as_):
    assert OFFICE in as_(oscar).get("/initiatives/DS-001/").content.decode()
    assert OFFICE not in as_(lea).get("/initiatives/DS-001/").content.decode()


def test_the_page_takes_as_many_queries_with_three_links_as_with_one(pollys, polly, oscar, as_, path):
    def counted(client):
        with CaptureQueriesContext(connection) as queries:
            assert client.get(OFFICE).status_code == 200
        return len(queries)

    client = as_(oscar)
    client.get(OFFICE)  # his visit is noted
    with_one = counted(client)
    Client().post(path, GREEN)
    withdraw_link(link=make_link(initiative=pollys, person=polly, by=oscar)[0], by=oscar, reason="Not needed.")
    make_link(initiative=pollys, person=polly, by=oscar)
    corrects(milestone(pollys, 1), recorded="2025-06-02", title="Another title")
    assert counted(client) == with_one


def test_odd_questions_to_either_page_are_no_crash(pollys, path, oscar, as_):
    client = as_(oscar)
    for query in ("as_at=soon", "as_at=2025-05-01", "%ED%A0%80=1", "q=%FF", "=", "&&&", "a" * 100_000, "token=x"):
        for address in (OFFICE, path):
            assert client.get(f"{address}?{query}").status_code in (200, 400)
    assert Client().get(f"{path}?q=a%00b").status_code == 400
    body = b"rag=green&what_changed=%ED%A0%80"
    assert Client().generic("POST", path, body, content_type="application/x-www-form-urlencoded").status_code == 200


@pytest.mark.parametrize("kind", ["multipart/form-data", "multipart/form-data; boundary=x", "application/json", "x"])
def test_a_broken_form_uses_nothing(path, kind):
    assert Client().generic("POST", path, b"--x\r\nrag=green", content_type=kind).status_code in (400, 422)
    assert Client().post(path, GREEN | {"what_changed": "a\0b"}).status_code == 422
    assert Client().post(path, GREEN | {"what_changed": "x" * 20_001}).status_code == 422
    assert not LinkUse.objects.exists()
