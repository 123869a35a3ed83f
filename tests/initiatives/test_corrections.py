"""Late is allowed and marked; a wrong update is followed by a right one; a reader says that they have read it."""

import pytest

from initiatives.models import Acknowledgement, Update
from tests.factories import as_at, clock_at, corrects, says
from tests.initiatives.test_update import AMBER, GREEN, PAGE, RED, typed

pytestmark = pytest.mark.usefixtures("monday")


def page_of(client, **asked):
    return client.get("/initiatives/DS-001/", asked).content.decode()


# --- Late -----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("cadence", "said_on", "period_ends_on", "late"),
    [
        ("monthly", "2025-06-02", "2025-06-30", False),
        ("monthly", "2025-05-31", "2025-05-31", True),
        ("monthly", "2025-06-01", "2025-06-30", False),
        ("quarterly", "2025-05-31", "2025-06-30", False),
        ("quarterly", "2025-04-01", "2025-06-30", False),
    ],
)
def test_an_update_for_a_period_that_is_over_is_marked(olga_at_work, olgas, cadence, said_on, period_ends_on, late):
    corrects(olgas, recorded="2025-05-02", cadence=cadence)
    olga_at_work.post(PAGE, GREEN | {"said_on": said_on})
    update = Update.objects.get()
    assert (str(update.period_ends_on), update.is_late) == (period_ends_on, late)
    assert ("Said late, for the period to 31 May 2025" in page_of(olga_at_work)) is late


def test_the_mark_stays_whatever_the_cadence_becomes(olga_at_work, olgas):
    olga_at_work.post(PAGE, GREEN | {"said_on": "2025-05-31"})
    corrects(olgas, recorded="2025-06-02", cadence="quarterly")
    assert Update.objects.get().is_late


def test_the_period_is_over_when_it_is_over_in_london(olgas):
    from datetime import UTC, datetime

    assert not says(olgas, on="2025-06-30", recorded=datetime(2025, 6, 30, 22, 59, tzinfo=UTC)).is_late
    assert says(olgas, on="2025-06-30", recorded=datetime(2025, 6, 30, 23, 0, tzinfo=UTC)).is_late


# --- Corrections ----------------------------------------------------------------------------------
def test_a_correction_is_a_new_update_that_names_the_wrong_one(olga_at_work, olgas):
    wrong = says(olgas, "red", on="2025-05-20", what_changed="It stopped.", issue="No supplier.")
    page = olga_at_work.get(f"{PAGE}?corrects={wrong.pk}").content.decode()
    assert "Correct what was said" in page
    assert [typed(page, name) for name in ("rag", "what_changed", "issue", "said_on", "corrects")] == [
        "red", "It stopped.", "No supplier.", "2025-05-20", str(wrong.pk),
    ]  # fmt: skip
    said = AMBER | {"said_on": "2025-05-20", "corrects": str(wrong.pk)}
    assert olga_at_work.post(PAGE, said).status_code == 302
    right = Update.objects.exclude(pk=wrong.pk).get()
    assert (right.corrects_id, right.rag, str(right.said_on)) == (wrong.pk, "amber", "2025-05-20")
    assert Update.objects.get(pk=wrong.pk).rag == "red"
    assert as_at(olgas, "2025-06-02").rag == "amber"
    assert as_at(olgas, "2025-06-01").rag == "red"


def test_both_updates_say_so_and_only_from_the_day_of_the_correction(olga_at_work, olgas):
    wrong = says(olgas, "red", on="2025-05-20")
    olga_at_work.post(PAGE, AMBER | {"said_on": "2025-05-20", "corrects": str(wrong.pk)})
    assert "Corrects the update of 20 May 2025" in page_of(olga_at_work)
    assert "Corrected on 2 Jun 2025" in page_of(olga_at_work)
    assert "Corrected on" not in page_of(olga_at_work, as_at="2025-06-01")


def test_a_correction_of_an_older_update_leaves_the_last_word_as_it_is(olga_at_work, olgas):
    wrong = says(olgas, "red", on="2025-05-01")
    says(olgas, "green", on="2025-05-20")
    olga_at_work.post(PAGE, AMBER | {"said_on": "2025-05-01", "corrects": str(wrong.pk)})
    assert as_at(olgas, "2025-06-02").rag == "green"


@pytest.mark.parametrize("number", ["999999", "1" * 30, "x", "-1", "1\x00"])
def test_there_is_nothing_to_correct_but_what_was_said_of_the_initiative(olga_at_work, omars, number):
    other = says(omars, "green", on="2025-05-20")
    for asked in (number, str(other.pk)):
        assert olga_at_work.get(PAGE, {"corrects": asked}).status_code in (400, 404)
        assert olga_at_work.post(PAGE, GREEN | {"corrects": asked}).status_code in (400, 404)
    assert Update.objects.count() == 1


# --- More that an update says ---------------------------------------------------------------------
def test_olga_says_green_while_the_dates_read_red_and_says_why(olgas, olga, as_):
    with clock_at("2025-07-01"):
        client = as_(olga)
        page = client.get(PAGE).content.decode()
        assert "Why do you say better than the dates?" in page
        client.post(PAGE, GREEN | {"explanation": "The test is passed and only the letter is missing."})
        update = Update.objects.get()
        assert (update.rag, update.machine_reading) == ("green", "red")
        words = page_of(client)
        assert "The owner explains:</strong> The test is passed and only the letter is missing." in words
        assert "Said green, reads red" in words


def test_it_never_blocks(olgas, olga, as_):
    with clock_at("2025-07-01"):
        client = as_(olga)
        assert client.post(PAGE, GREEN).status_code == 302
        assert "The owner has not said why it is green while the dates read red." in page_of(client)


def test_red_may_say_whether_dates_move(olga_at_work):
    olga_at_work.post(PAGE, RED | {"dates_move": "not-known"})
    assert "Do dates move?</strong> Not known yet." in page_of(olga_at_work)
    assert olga_at_work.post(PAGE, RED | {"dates_move": "perhaps"}).status_code == 422


def test_what_was_only_filled_in_is_not_said_again_where_nobody_asks_for_it(olga_at_work, olgas):
    olga_at_work.post(PAGE, AMBER | {"explanation": "The letter is late."})
    page = olga_at_work.get(PAGE).content.decode()
    filled_in = {name: typed(page, name) for name in ("risk", "explanation")}
    assert filled_in == {"risk": AMBER["risk"], "explanation": "The letter is late."}
    olga_at_work.post(PAGE, GREEN | filled_in | {"m01_done": "on", "dates_move": "yes"})
    said = Update.objects.latest("id")
    assert (said.rag, said.machine_reading, said.risk, said.explanation, said.dates_move) == (
        "green",
        "green",
        "",
        "",
        "",
    )
    olga_at_work.post(PAGE, GREEN | {"risk": "Rain."})  # but what she wrote herself, she says
    assert Update.objects.latest("id").risk == "Rain."


def test_what_was_filled_in_is_said_again_where_it_is_asked_for(olga_at_work):
    said = AMBER | {"explanation": "The letter is late."}  # the dates read red: a quarter is promised, nothing is done
    for _ in range(2):
        olga_at_work.post(PAGE, said)
    last = Update.objects.latest("id")
    assert (last.machine_reading, last.risk, last.explanation) == ("red", AMBER["risk"], "The letter is late.")


def test_an_ask_names_whom_it_is_put_to(olga_at_work, olgas, lea, omar):
    olga_at_work.post(PAGE, GREEN | {"ask": "Who pays?", "ask_of": str(lea.pk), "ask_needed_by": "2025-06-30"})
    assert olgas.asks.get().asked_of == lea
    assert "Asked of Lea Lang, by 30 Jun 2025" in page_of(olga_at_work)
    assert olga_at_work.post(PAGE, GREEN | {"ask": "Who?", "ask_of": str(omar.pk)}).status_code == 422
    assert olga_at_work.post(PAGE, GREEN | {"ask_of": str(lea.pk)}).status_code == 422


def test_the_line_for_the_public_is_one_line(olga_at_work):
    olga_at_work.post(PAGE, GREEN | {"public_line": "Bins\nare\r\nmapped."})
    assert Update.objects.get().public_line == "Bins are mapped."
    response = olga_at_work.post(PAGE, GREEN | {"public_line": "x" * 301})
    assert (response.status_code, b"Use at most 300 characters: this has 301." in response.content) == (422, True)


# --- Read -----------------------------------------------------------------------------------------
def acknowledge(client, update):
    return client.post(f"/initiatives/DS-001/updates/{update.pk}/acknowledge/")


def test_lea_tells_olga_that_she_has_read_it(olga_at_work, olgas, olga, lea, as_):
    update = says(olgas, on="2025-05-20", by=olga)
    leader = as_(lea)
    assert "Tell the owner that you have read this" in page_of(leader)
    assert acknowledge(leader, update)["Location"] == "/initiatives/DS-001/"
    acknowledge(leader, update)  # pressed twice, said once
    assert Acknowledgement.objects.get().recorded_by == lea
    assert "Read by Lea Lang" in page_of(olga_at_work)
    assert "Tell the owner" not in page_of(leader)
    assert "Read by" not in page_of(leader, as_at="2025-06-01")
    assert "Lea Lang read your update of 20 May 2025" in olga_at_work.get("/my/").content.decode()


@pytest.mark.parametrize("who", ["olga", "omar", "ana", "dina"])
def test_nobody_else_says_so(olgas, omars, request, as_, who):
    update = says(olgas, on="2025-05-20")
    client = as_(request.getfixturevalue(who))
    assert "Tell the owner" not in page_of(client)
    assert acknowledge(client, update).status_code == 403
    assert not Acknowledgement.objects.exists()


def test_an_update_of_another_initiative_cannot_be_read_here(olgas, omars, lea, as_):
    assert acknowledge(as_(lea), says(omars, on="2025-05-20")).status_code == 404
