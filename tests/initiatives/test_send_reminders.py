"""The command: what Olga, Dina and Sam find in their post, and what becomes of it when mail is down or odd.

DS-001 is Olga's, began on 1 April 2025 and owes its first update on Wednesday 30 April; Monday 5 May is a bank holiday.
"""

import asyncio
import re
from datetime import UTC, datetime
from email import message_from_bytes, policy

import pytest
from aiosmtpd.controller import Controller
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from initiatives.models import PartnerLink, Reminder, ReminderLine, ReminderPreference, StandIn, Update
from initiatives.reminders import sending
from initiatives.status import Posting
from tests.accounts.conftest import free_port
from tests.factories import a_person, an_initiative, clock_at, corrects, day, enters, says

BEFORE, DUE, OVERDUE, DEPUTY, SPONSOR, OVER = (
    "2025-04-23", "2025-04-30", "2025-05-09", "2025-05-23", "2025-06-09", "2025-06-23",
)  # fmt: skip


@pytest.fixture
def sends(capsys):
    """Run the command on a day; returns what it said."""

    def sent(on, *more):
        with clock_at(on):
            call_command("send_reminders", *more)
        return capsys.readouterr().out

    return sent


@pytest.fixture(autouse=True)
def addresses(olgas, olga, dina, sam):
    for person in (olga, dina, sam):
        with_address(person)


def with_address(person, email=None):
    person.email = email or f"{person.username}@example.org"
    person.save()
    return person


def post():
    """Return who found what in the post so far, as (address, subject)."""
    return [(letter.to[0], letter.subject) for letter in mail.outbox]


def postings():
    return list(Reminder.objects.order_by("on", "pk").values_list("on", "person__username", "posting", "tries"))


# --- The ladder, as people meet it ----------------------------------------------------------------
def test_olga_hears_three_times_then_dina_then_sam_and_then_it_stops(sends):
    for on in (BEFORE, DUE, OVERDUE, DEPUTY, SPONSOR, OVER, "2025-07-31", "2026-04-30"):
        sends(on)
    assert post() == [
        ("olga@example.org", "An update is due on 30 April 2025: Title of DS-001"),
        ("olga@example.org", "An update is due today, 30 April 2025: Title of DS-001"),
        ("olga@example.org", "An update was due on 30 April 2025: Title of DS-001"),
        ("dina@example.org", "No update yet of Title of DS-001"),
        ("sam@example.org", "No update yet of Title of DS-001"),
    ]


def test_run_again_on_the_same_day_it_sends_nothing_again(sends):
    assert "1 sent, 0 kept for the next run" in sends(DUE)
    assert "0 sent, 0 kept for the next run" in sends(DUE)
    assert len(mail.outbox) == 1
    assert postings() == [(day(DUE), "olga", Posting.SENT, 1)]


def test_olga_gets_one_letter_for_all_her_work(sends, olga, strategy):
    for ref in ("DS-004", "DS-003"):
        an_initiative(ref, recorded="2025-04-01", owner=olga)
    sends(DUE)
    assert post() == [("olga@example.org", "3 initiatives wait for an update")]
    links = re.findall(r"http://\S+/update/", mail.outbox[0].body)
    assert links == [f"http://127.0.0.1:8000/initiatives/DS-00{n}/update/" for n in (1, 3, 4)]


def test_olga_who_spoke_hears_of_the_next_update_alone(sends, olgas):
    says(olgas, on="2025-04-24")
    for on in (DUE, OVERDUE, DEPUTY):
        sends(on)
    assert post() == [("olga@example.org", "An update is due on 30 May 2025: Title of DS-001")]


@pytest.mark.parametrize("stage", ["proposed", "paused", "complete", "stopped"])
def test_work_that_is_not_in_progress_reminds_nobody(sends, olgas, stage):
    enters(olgas, stage, on="2025-04-02")
    for on in (BEFORE, DUE, OVERDUE, DEPUTY, SPONSOR):
        sends(on)
    assert post() == []


def test_a_leaver_hears_nothing_and_dina_is_told_in_her_turn(sends, olga):
    corrects(olga, is_active=False, recorded="2025-04-02")
    for on in (BEFORE, DUE, OVERDUE, DEPUTY):
        sends(on)
    assert post() == [("dina@example.org", "No update yet of Title of DS-001")]
    assert not Reminder.objects.filter(person=olga).exists()


def test_somebody_without_an_address_holds_nobody_up(sends, olga):
    corrects(olga, email="", recorded="2025-04-02")
    for on in (DUE, DEPUTY):
        sends(on)
    assert [to for to, _ in post()] == ["dina@example.org"]
    assert not Reminder.objects.filter(person=olga).exists()


def test_olga_who_pauses_hears_again_on_the_day_after(sends, olga):
    ReminderPreference.objects.create(person=olga, paused_until=day("2025-05-01"), pause_reason="On leave.")
    for on in (BEFORE, DUE, "2025-05-01", "2025-05-02"):
        sends(on)
    assert post() == [("olga@example.org", "An update was due on 30 April 2025: Title of DS-001")]
    assert Reminder.objects.get().on == day("2025-05-02")


def test_olga_moves_her_day(sends, olga):
    ReminderPreference.objects.create(person=olga, days_before=2)
    for on in (BEFORE, "2025-04-25", "2025-04-28"):
        sends(on)
    assert [row.on for row in Reminder.objects.all()] == [day("2025-04-28")]


def test_whoever_stands_in_is_told_in_dinas_place(sends, olgas, omar):
    with_address(omar)
    StandIn.objects.create(
        initiative=olgas, person=omar, starts_on="2025-05-20", ends_on="2025-05-30", reason="Leave.",
        recorded_at=datetime(2025, 5, 19, tzinfo=UTC),
    )  # fmt: skip
    sends(DEPUTY)
    assert [to for to, _ in post()] == ["omar@example.org"]


@pytest.mark.parametrize(("moment", "on"), [("2025-06-30T22:30Z", "2025-06-30"), ("2025-06-30T23:30Z", "2025-07-01")])
def test_the_day_is_londons(sends, olgas, moment, on):
    says(olgas, on="2025-05-12")  # so the next is due on Monday 30 June
    sends(datetime.fromisoformat(moment.replace("Z", "+00:00")))
    assert Reminder.objects.get().on == day(on)


# --- The letter -----------------------------------------------------------------------------------
def test_the_letter_is_plain_polite_and_leads_straight_to_the_update_page(sends, settings):
    settings.PORTAL_ADDRESS = "https://strategy.example.gov.uk"
    settings.DEFAULT_FROM_EMAIL = "Data strategy <strategy@example.gov.uk>"
    sends(OVERDUE)
    letter = mail.outbox[0]
    html = letter.alternatives[0].content
    for part in (letter.body, html):
        assert "Hello Olga Owens," in part
        assert "DS-001 Title of DS-001" in part
        assert "You own it. Its update was due on 30 April 2025 and is not here yet." in part
        assert "https://strategy.example.gov.uk/initiatives/DS-001/update/" in part
        assert "https://strategy.example.gov.uk/my/reminders/" in part
    sent = letter.message()
    assert sent.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in sent.get_payload()] == ["text/plain", "text/html"]
    assert sent["Message-ID"] == f"<reminder-{Reminder.objects.get().pk}-2025-05-09@example.gov.uk>"
    assert letter.from_email == "Data strategy <strategy@example.gov.uk>"


def test_dina_and_sam_hear_who_has_not_answered_without_blame(sends):
    sends(DEPUTY)
    sends(SPONSOR)
    dinas, sams = (letter.body for letter in mail.outbox)
    assert "You are its deputy." in dinas
    assert "Olga Owens (owner) has not had the chance so far." in dinas
    assert "You are its sponsor." in sams
    assert "Olga Owens (owner) and Dina Dean (deputy) have not had the chance so far." in sams
    assert "This is the last reminder of this update." in sams


def test_a_title_or_a_name_with_line_breaks_splits_no_header_and_forges_no_line(sends, olga, olgas):
    corrects(olgas, title="Data\r\nBcc: spy@example.org\u2028X: y\x85Z", recorded="2025-04-02")
    corrects(olga, name="Olga\r\nTo: spy@example.org", recorded="2025-04-02")
    sends(DUE)
    (letter,) = mail.outbox
    sent = message_from_bytes(letter.message().as_bytes(), policy=policy.default)
    assert sent["Subject"] == "An update is due today, 30 April 2025: Data Bcc: spy@example.org X: y Z"
    assert (sent["To"], sent["Bcc"]) == ("olga@example.org", None)
    assert not re.search("^(To|Bcc|X):", letter.body, re.MULTILINE)
    assert letter.recipients() == ["olga@example.org"]


def test_markup_in_a_title_is_only_words(sends, olgas):
    corrects(olgas, title="<b>Bold</b> & co", recorded="2025-04-02")
    sends(DUE)
    assert "<b>Bold</b> & co" in mail.outbox[0].body
    assert "&lt;b&gt;Bold&lt;/b&gt; &amp; co" in mail.outbox[0].alternatives[0].content


# --- Partners without an account ------------------------------------------------------------------
def test_a_partner_without_an_account_gets_a_link_that_works(sends, olgas):
    pat = a_person("pat", "Pat Police", email="pat@example.org", is_partner=True)
    corrects(olgas, owner=pat, recorded="2025-04-02")
    sends(DUE)
    letter = mail.outbox[0]
    path = re.search(r"http://127\.0\.0\.1:8000(/link/\S+)", letter.body)[1]
    assert PartnerLink.objects.get().person == pat
    assert path in letter.alternatives[0].content
    assert "works once, until 14 May 2025" in letter.body
    assert "/my/reminders/" not in letter.body
    with clock_at("2025-05-01"):
        assert Client().get(path).status_code == 200


def test_a_partner_who_can_sign_in_gets_the_page_like_anybody(sends, olga):
    corrects(olga, is_partner=True, recorded="2025-04-02")
    sends(DUE)
    assert "/initiatives/DS-001/update/" in mail.outbox[0].body
    assert not PartnerLink.objects.exists()


def test_a_dry_run_makes_no_link(sends, olgas):
    pat = a_person("pat", "Pat Police", email="pat@example.org", is_partner=True)
    corrects(olgas, owner=pat, recorded="2025-04-02")
    assert "Pat Police" in sends(DUE, "--dry-run")
    assert not PartnerLink.objects.exists()


def test_a_partner_who_sponsors_is_led_to_the_office(sends, olgas, settings):
    settings.OFFICE_CONTACT = "01234 567890"
    pat = a_person("pat", "Pat Police", email="pat@example.org", is_partner=True)
    corrects(olgas, sponsor=pat, recorded="2025-04-02")
    sends(SPONSOR)
    assert "tell the strategy office: 01234 567890" in mail.outbox[0].body
    assert "http" not in mail.outbox[0].body
    assert not PartnerLink.objects.exists()


# --- What the command is asked --------------------------------------------------------------------
def test_a_dry_run_says_who_would_get_what_and_why_and_does_nothing(sends):
    said = sends(OVERDUE, "--dry-run")
    assert "Olga Owens <olga@example.org>" in said
    assert "DS-001 Title of DS-001, due 30 April 2025: after the grace" in said
    assert mail.outbox == []
    assert not Reminder.objects.exists()


def test_a_day_can_be_given(sends):
    said = sends("2025-06-01", "--on", DEPUTY)
    assert "Reminders of 23 May 2025: 1 sent" in said
    assert [to for to, _ in post()] == ["dina@example.org"]


def test_a_past_day_sends_nothing_of_what_was_said_since(sends, olgas):
    says(olgas, on="2025-05-02")
    assert "Olga" not in sends("2025-05-06", "--on", DUE, "--dry-run")
    sends("2025-05-06", "--on", DUE)
    assert post() == []


def test_the_same_reminder_is_not_sent_for_an_earlier_day_too(sends):
    sends("2025-05-02")
    sends("2025-05-02", "--on", DUE)
    assert len(post()) == 1


@pytest.mark.parametrize("value", ["soon", "30/04/2025", "2025-02-30", "20250430", "1999-12-31", "9999-12-31", "٢٠٢٥"])
def test_a_day_that_is_none_is_refused_in_words(sends, value):
    with pytest.raises(CommandError, match="--on takes a date between the years 2000 and 2100, written as YYYY-MM-DD"):
        sends(DUE, "--on", value)
    assert not Reminder.objects.exists()


def test_a_day_that_is_not_worked_reminds_nobody_and_says_so(sends):
    assert "5 May 2025 is no working day: nobody is reminded." in sends("2025-05-05")
    assert post() == []


def test_the_plan_takes_as_many_queries_for_many_as_for_one(olgas):
    def counted():
        with clock_at(DUE), CaptureQueriesContext(connection) as queries:
            plan = sending.plan(day(DUE))
        return len(queries), len(plan.mails)

    one, many = counted(), 30
    for number in range(2, many + 1):
        owner = a_person(f"owner{number}", email=f"owner{number}@example.org")
        an_initiative(f"DS-{number:03d}", recorded="2025-04-01", owner=owner)
        ReminderPreference.objects.create(person=owner, days_before=3)
    assert counted() == (one[0], many)


# --- Mail that is down, says no, or says nothing --------------------------------------------------
class Server:
    """A mail server on loopback: `on()` and `off()`, and an answer to each letter."""

    def __init__(self, settings):
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", free_port(), 1
        self.settings, self.controller = settings, None
        self.letters, self.sessions, self.answer, self.refuses = [], 0, "250 OK", set()

    def on(self):
        self.controller = Controller(self, hostname="127.0.0.1", port=self.settings.EMAIL_PORT)
        self.controller.start()
        return self

    def off(self):
        if self.controller:
            self.controller.stop()
            self.controller = None

    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        self.sessions += 1
        session.host_name = hostname
        return responses

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address in self.refuses:
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if self.answer == "hang up":
            server.transport.close()
            return "250 OK"
        if self.answer == "say nothing":
            await asyncio.sleep(2)
        if self.answer.startswith("250"):
            self.letters.append(message_from_bytes(envelope.content, policy=policy.default))
        return self.answer

    @property
    def post(self):
        return [letter["To"] for letter in self.letters]


@pytest.fixture
def server(settings):
    server = Server(settings)
    yield server
    server.off()


@pytest.fixture
def ten(strategy):
    """Ten people who owe an update each on 30 April, besides Olga; it needs no pause between them."""
    owners = [a_person(f"owner{n}", email=f"owner{n}@example.org") for n in range(10)]
    for number, owner in enumerate(owners, start=10):
        an_initiative(f"DS-{number:03d}", recorded="2025-04-01", owner=owner)
    return owners


def test_when_mail_is_down_everything_is_kept_and_goes_at_the_next_run(sends, server, ten):
    with pytest.raises(
        CommandError, match=r"Mail does not answer \(.*refused.*\)\. 11 reminders wait for the next run"
    ):
        sends(DUE)
    assert [(posting, tries) for _, _, posting, tries in postings()] == (
        [(Posting.WAITING, 1)] * 3 + [(Posting.WAITING, 0)] * 8
    )
    assert "Mail does not answer" in Reminder.objects.order_by("pk").first().trouble
    server.on()
    assert "11 sent, 0 kept for the next run" in sends(DUE)
    assert len(set(server.post)) == len(server.post) == 11
    assert server.sessions == 1
    assert set(Reminder.objects.values_list("posting", "trouble")) == {(Posting.SENT, "")}
    assert "0 sent" in sends(DUE)


def test_what_waited_goes_in_the_next_days_letter_if_it_is_still_owed(sends, server, ten, olgas):
    with pytest.raises(CommandError):
        sends(DUE)
    says(olgas, on="2025-05-01")
    server.on()
    sends("2025-05-01")
    assert sorted(server.post) == sorted(person.email for person in ten)
    assert {posting for on, _, posting, _ in postings() if on == day(DUE)} == {Posting.DROPPED}
    assert {posting for on, _, posting, _ in postings() if on == day("2025-05-01")} == {Posting.SENT}


def test_what_waited_is_dropped_when_it_was_answered_the_same_day(sends, server, olgas):
    with pytest.raises(CommandError):
        sends(DUE)
    says(olgas, on=DUE)
    assert "0 sent, 0 kept" in sends(DUE)  # mail is down still, and nobody needs it
    assert postings() == [(day(DUE), "olga", Posting.DROPPED, 1)]
    assert server.letters == []


def test_what_was_answered_after_the_plan_was_made_is_not_sent(olgas, olga, strategy):
    an_initiative("DS-003", recorded="2025-04-01", owner=olga)
    with clock_at(DUE):
        plan = sending.plan(day(DUE))
        sending.write_down(plan)
    says(olgas, on=DUE)
    with clock_at(DUE):
        sending.send(plan)
    assert post() == [("olga@example.org", "An update is due today, 30 April 2025: Title of DS-003")]
    assert [line.initiative.ref for line in ReminderLine.objects.all()] == ["DS-003"]


def test_a_letter_that_the_server_refuses_waits_with_the_reason_and_holds_nobody_up(sends, server, ten):
    server.on().refuses = {"olga@example.org"}
    said = sends(DUE)
    assert "10 sent, 1 kept for the next run" in said
    assert "The mail server refused 1; the last time it said: 550 no such mailbox" in said
    kept = Reminder.objects.get(posting=Posting.WAITING)
    assert (kept.person.username, kept.tries) == ("olga", 1)
    assert kept.trouble == "The mail server refused it: 550 no such mailbox"
    server.refuses = set()
    sends(DUE)
    assert server.post.count("olga@example.org") == 1
    assert Reminder.objects.get(person__username="olga").tries == 2


@pytest.mark.parametrize("answer", ["451 try again later", "554 looks like spam", "421 going down"])
def test_an_answer_of_no_after_the_whole_letter_is_a_no(sends, server, answer):
    server.on().answer = answer
    sends(DUE)
    assert Reminder.objects.get().posting == Posting.WAITING
    server.answer = "250 OK"
    sends(DUE)
    assert server.post == ["olga@example.org"]


@pytest.mark.parametrize("answer", ["hang up", "say nothing", "251 something odd"])
def test_what_may_have_gone_is_never_sent_again_and_is_listed(sends, server, answer):
    server.on().answer = answer
    with pytest.raises(CommandError, match="Mail does not answer"):
        sends(DUE)
    reminder = Reminder.objects.get()
    assert (reminder.posting, reminder.tries, bool(reminder.trouble)) == (Posting.SENDING, 1, True)
    server.answer = "250 OK"
    said = sends(DUE) + sends("2025-05-01")
    assert server.letters == []
    assert said.count("May or may not have gone, and will not be sent again (1):") == 3  # at the end of every run
    assert "Olga Owens <olga@example.org> on 30 April 2025: DS-001" in said


def test_a_server_that_hangs_up_on_everybody_is_left_after_three(sends, server, ten):
    server.on().answer = "hang up"
    with pytest.raises(CommandError, match="8 reminders wait for the next run"):
        sends(DUE)
    assert Reminder.objects.uncertain().count() == 3


def test_a_server_that_hung_up_between_two_letters_leaves_nobody_in_doubt(olgas, ten, server):
    server.on()
    with clock_at(DUE):
        plan = sending.plan(day(DUE))
        sending.write_down(plan)
        post, outcome = sending.get_connection(), sending.Outcome()
        first, second = Reminder.objects.order_by("pk").values_list("pk", flat=True)[:2]
        sending._send_one(first, plan, post, outcome)
        server.off()
        server.on()
        sending._send_one(second, plan, post, outcome)
        post.close()
    assert (outcome.sent, outcome.uncertain, server.sessions) == (2, 0, 2)


def test_an_address_that_cannot_be_written_to_waits_with_the_reason_and_holds_nobody_up(sends, ten, olga, caplog):
    with_address(olga, "olga@exa\r\nmple.org")
    with pytest.raises(CommandError, match="1 could not be written: the administration's reminders say why"):
        sends(DUE)
    assert len(post()) == 10
    kept = Reminder.objects.get(person=olga)
    assert kept.posting == Posting.WAITING
    assert kept.trouble.startswith("It could not be written: ")


# --- Never twice ----------------------------------------------------------------------------------
def test_a_reminder_is_claimed_by_one_sender_alone(olgas):
    with clock_at(DUE):
        sending.write_down(sending.plan(day(DUE)))
        id_ = Reminder.objects.get().pk
        assert sending.claim(id_).pk == id_
        assert sending.claim(id_) is None


def test_a_sender_that_was_killed_leaves_what_may_have_gone_to_a_person(sends, olgas):
    with clock_at(DUE):
        sending.write_down(sending.plan(day(DUE)))
        sending.claim(Reminder.objects.get().pk)
    assert "May or may not have gone" in sends(DUE)
    for on in ("2025-05-01", "2025-05-02"):
        sends(on)
    assert post() == []
    assert Reminder.objects.count() == 1


def test_two_plans_of_one_day_make_one_reminder(olgas):
    with clock_at(DUE):
        one, other = sending.plan(day(DUE)), sending.plan(day(DUE))
        sending.write_down(one)
        sending.send(one)
        sending.write_down(other)
        sending.send(other)
    assert len(post()) == 1


def test_two_plans_of_two_days_tell_olga_once(olgas):
    with clock_at("2025-05-01"):
        one, other = sending.plan(day(DUE)), sending.plan(day("2025-05-01"))
        sending.write_down(one)
        sending.send(one)
        sending.write_down(other)
        sending.send(other)
    assert len(post()) == 1
    assert [posting for *_, posting, _ in postings()] == [Posting.SENT, Posting.DROPPED]


def test_olga_who_left_after_the_plan_was_made_gets_nothing(olgas, olga):
    with clock_at(DUE):
        plan = sending.plan(day(DUE))
        sending.write_down(plan)
    corrects(olga, is_active=False, recorded=DUE)
    sending.send(plan)
    assert post() == []
    assert Reminder.objects.get().posting == Posting.DROPPED


# --- The administration ---------------------------------------------------------------------------
def test_the_office_sees_what_may_or_may_not_have_gone_and_can_change_nothing(sends, as_, oscar):
    with clock_at(DUE):
        sending.write_down(sending.plan(day(DUE)))
        sending.claim(Reminder.objects.get().pk)
    client, reminder = as_(oscar), Reminder.objects.get()
    page = client.get(reverse("admin:initiatives_reminder_changelist"), {"posting__exact": "sending"})
    assert "May or may not have gone" in page.content.decode()
    assert "Olga Owens" in page.content.decode()
    thing = client.get(reverse("admin:initiatives_reminder_change", args=[reminder.pk])).content.decode()
    assert "DS-001" in thing
    assert 'name="_save"' not in thing
    assert client.post(reverse("admin:initiatives_reminder_change", args=[reminder.pk]), {}).status_code == 403


def test_reminders_write_nothing_of_how_work_goes(sends, olgas):
    sends(DUE)
    assert not Update.objects.exists()
