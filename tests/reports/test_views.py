"""Saved views: what is kept, at an address that stays, as at the day that its rule gives."""

import csv
import io
import json

import pytest
from django.db import IntegrityError, transaction

from reports.datasets import DATASETS
from reports.models import AsAt, Download, SavedView
from tests.accounts.test_tokens import a_token, knocks, said
from tests.factories import an_initiative, clock_at, day, leaves

NEW = "/exports/views/new/"
PATH = "/exports/views/"


@pytest.fixture
def work(olgas, omars):
    """DS-001 and DS-002 in Purpose; DS-003 in People."""
    an_initiative("DS-003", recorded="2025-04-01", pillar="people")


def saves(client, query="dataset=initiatives", **typed):
    return client.post(f"{NEW}?{query}", {"name": "Mine", "columns": ["ref", "title"], "rule": "today"} | typed)


def rows_of(response):
    assert response.status_code == 200
    return list(csv.reader(io.StringIO(b"".join(response).decode("utf-8-sig"), newline="")))


def a_view(owner, **said):
    attributes = {"name": "A view", "dataset": "initiatives", "columns": ["ref", "as_at"]} | said
    return SavedView.objects.create(owner=owner, **attributes)


# --- Saving ---------------------------------------------------------------------------------------
def test_ana_saves_what_the_catalogue_shows(work, as_, ana):
    client = as_(ana)
    assert (
        "/exports/views/new/?dataset=initiatives&amp;pillar=people"
        in client.get("/exports/?pillar=people").content.decode()
    )
    page = client.get(f"{NEW}?dataset=initiatives&pillar=people&status=green&status=red&q=").content.decode()
    assert "pillar people; status green or red" in page
    response = saves(client, "dataset=initiatives&pillar=people&pillar=purpose&q=&as_at=", columns=["title", "ref"])
    assert (response.status_code, response["Location"]) == (302, PATH)
    view = SavedView.objects.get()
    assert (view.owner, view.filters, view.rule, view.is_shared) == (
        ana,
        "pillar=people&pillar=purpose",
        "today",
        False,
    )
    assert rows_of(client.get(f"/exports/views/{view.pk}.csv"))[0] == ["ref", "title"]  # in the data set's order
    assert len(rows_of(client.get(f"/exports/views/{view.pk}.csv"))) == 4


def test_all_columns_stay_all_of_them(work, as_, ana):
    saves(as_(ana), columns=DATASETS["initiatives"].header)
    assert SavedView.objects.get().columns == []


def test_a_day_of_the_catalogue_is_offered_as_a_fixed_one(work, as_, ana):
    page = as_(ana).get(f"{NEW}?dataset=updates&as_at=2025-06-01&columns=id,said_on").content.decode()
    assert 'value="2025-06-01"' in page
    assert page.count("checked") == 1 + 2  # the rule, and two columns


WRONG = [
    ({"name": ""}, "Give the view a name."),
    ({"name": "x" * 101}, "Use at most 100 characters."),
    ({"columns": []}, "Choose at least one column."),
    ({"columns": "password"}, "Choose among the columns here."),
    ({"rule": "yesterday"}, "Choose one of the rules here."),
    ({"rule": "fixed"}, "Say which day."),
    ({"rule": "fixed", "day": "soon"}, "Enter a real date"),
    ({"rule": "fixed", "day": "2025-03-31"}, "Choose a day from 1 April 2025, when history begins, to today."),
    ({"rule": "fixed", "day": "2099-01-01"}, "Choose a day from 1 April 2025, when history begins, to today."),
    ({"name": "TAKEN"}, "You have a view of this name already: choose another one."),
]


@pytest.mark.parametrize(("typed", "words"), WRONG)
def test_what_is_typed_wrong_is_said_and_saves_nothing(work, as_, ana, typed, words):
    a_view(ana, name="Taken")
    response = saves(as_(ana), **typed)
    assert response.status_code == 422
    assert words in response.content.decode()
    assert SavedView.objects.count() == 1


def test_an_address_that_asks_for_what_there_is_not_is_refused(work, as_, ana):
    client = as_(ana)
    for query, words in (
        ("", "dataset must be one of pillars, initiatives"),
        ("dataset=people", "dataset must be one of pillars, initiatives"),
        ("dataset=initiatives&pillar=profit", "one of the values allowed: purpose, process, people, potential."),
        ("dataset=initiatives&columns=password", "is not one of the columns of initiatives"),
        ("dataset=initiatives&as_at=soon", "as_at must be a date"),
    ):
        for response in (client.get(f"{NEW}?{query}"), saves(client, query)):
            assert (query, response.status_code) == (query, 400)
            assert words in response.content.decode()
    assert not SavedView.objects.exists()


def test_the_same_form_sent_twice_saves_one(work, as_, ana):
    client = as_(ana)
    assert {saves(client).status_code for _ in range(2)} == {302}
    assert SavedView.objects.count() == 1
    assert saves(client, columns=["ref"]).status_code == 422


def test_olga_may_use_the_name_that_ana_used(work, as_, ana, olga):
    assert {saves(as_(person)).status_code for person in (ana, olga)} == {302}


def test_the_database_keeps_a_fixed_day_and_its_rule_together(ana):
    for wrong in ({"rule": "fixed"}, {"rule": "today", "day": day("2025-06-01")}, {"rule": "sometimes"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            a_view(ana, **wrong)


# --- Taking it ------------------------------------------------------------------------------------
def test_the_address_stays_and_follows_its_rule(work, as_, ana):
    views = {rule: a_view(ana, name=rule, rule=rule) for rule in ("today", "last-month-end", "last-quarter-end")}
    views["fixed"] = a_view(ana, name="fixed", rule="fixed", day=day("2025-05-05"))
    asked = ["2025-07-01", "2025-08-15", "2025-09-30", "2026-01-01"]
    told = {}
    for today in asked:
        with clock_at(today):
            client = as_(ana)
            told[today] = [rows_of(client.get(f"/exports/views/{view.pk}.csv"))[1][1] for view in views.values()]
    assert told == {
        "2025-09-30": ["2025-09-30", "2025-08-31", "2025-06-30", "2025-05-05"],
        "2025-07-01": ["2025-07-01", "2025-06-30", "2025-06-30", "2025-05-05"],
        "2025-08-15": ["2025-08-15", "2025-07-31", "2025-06-30", "2025-05-05"],
        "2026-01-01": ["2026-01-01", "2025-12-31", "2025-12-31", "2025-05-05"],
    }


def test_a_rule_that_leads_before_history_is_refused_in_words(work, as_, ana):
    view = a_view(ana, rule=AsAt.LAST_QUARTER_END)
    with clock_at("2025-06-29"):
        response = as_(ana).get(f"/exports/views/{view.pk}.csv")
    assert response.status_code == 400
    assert (
        "This view speaks as at 2025-03-31 (the end of the last financial quarter), and this portal's history begins "
        "on 2025-04-01." in response.content.decode().replace("&#x27;", "'")
    )


@pytest.mark.parametrize("format", ["csv", "xlsx", "json"])
def test_every_format_by_browser_and_by_token(work, as_, ana, format):
    view = a_view(ana, filters="pillar=people")
    address = f"/exports/views/{view.pk}.{format}"
    _, secret = a_token(ana, "initiatives")
    for response in (as_(ana).get(address), knocks(address, secret)):
        assert response.status_code == 200
        b"".join(response)
    assert [(row.view, row.rows, row.query) for row in Download.objects.all()] == [
        (view, 1, "pillar=people&columns=ref%2Cas_at")
    ] * 2
    assert knocks(address, a_token(ana, "updates")[1]).status_code == 403


def test_json_goes_on_at_the_views_own_address(work, as_, ana, monkeypatch):
    monkeypatch.setattr("reports.views.exports.PAGE_SIZE", 2)
    monkeypatch.setattr("reports.files.as_json.PAGE_SIZE", 2)
    view = a_view(ana)
    first = as_(ana).get(f"/exports/views/{view.pk}.json")
    page = json.loads(b"".join(first))
    assert (page["count"], page["next"]) == (3, f"/exports/views/{view.pk}.json?page=2")
    last = json.loads(b"".join(as_(ana).get(page["next"])))
    assert ([row["ref"] for row in last["results"]], last["next"]) == (["DS-003"], None)


def test_a_view_that_is_not_shared_is_nobody_elses(work, as_, ana, oscar):
    view = a_view(ana)
    _, secret = a_token(oscar)
    for client in (as_(oscar),):
        assert client.get(f"/exports/views/{view.pk}.csv").status_code == 404
        assert client.get(f"/exports/views/{view.pk}/").status_code == 404
    assert knocks(f"/exports/views/{view.pk}.csv", secret).status_code == 404
    assert "A view" not in as_(oscar).get(PATH).content.decode()
    SavedView.objects.update(is_shared=True)
    assert as_(oscar).get(f"/exports/views/{view.pk}.csv").status_code == 200
    assert as_(oscar).get(f"/exports/views/{view.pk}/").status_code == 403
    assert as_(oscar).post(f"/exports/views/{view.pk}/", {"deed": "delete"}).status_code == 403
    assert "By Ana Ash" in as_(oscar).get(PATH).content.decode()
    assert as_(oscar).get(f"{PATH}999.csv").status_code == 404
    assert said(knocks(f"{PATH}999.csv", secret)) == "There is no such saved view, or it is no longer shared.\n"


def test_what_it_filters_by_may_be_gone(work, as_, ana, olga):
    view = a_view(ana, filters="owner=olga")
    leaves(olga, on="2025-06-01")
    assert len(rows_of(as_(ana).get(f"/exports/views/{view.pk}.csv"))) == 2
    SavedView.objects.update(filters="owner=ghost")
    client = as_(ana)
    response = client.get(f"/exports/views/{view.pk}.csv")
    assert response.status_code == 400
    assert "owner: nobody here is called “ghost”." in response.content.decode()
    assert "Its filters no longer work" in client.get(f"/exports/views/{view.pk}/").content.decode()
    SavedView.objects.update(filters="", columns=["gone"])
    assert client.get(f"/exports/views/{view.pk}.csv").status_code == 400
    SavedView.objects.update(dataset="gone")
    assert [client.get(f"{PATH}{view.pk}{end}").status_code for end in (".csv", "/")] == [404, 404]
    assert client.get(PATH).status_code == 200


def test_its_address_takes_a_page_and_nothing_else(work, as_, ana):
    view, client = a_view(ana), as_(ana)
    for end in (".csv?as_at=2025-06-01", ".csv?page=1", ".json?q=x", ".json?page=0"):
        assert (end, client.get(f"{PATH}{view.pk}{end}").status_code) == (end, 400)
    assert client.get(f"{PATH}{view.pk}.json?page=9").status_code == 404
    assert client.get(f"{PATH}{view.pk}.pdf").status_code == 404


# --- Changing it ----------------------------------------------------------------------------------
def test_ana_changes_shares_and_deletes_her_view(work, as_, ana):
    view, client = a_view(ana, filters="pillar=people"), as_(ana)
    address = f"/exports/views/{view.pk}/"
    typed = {
        "deed": "save",
        "name": "Better",
        "columns": ["title"],
        "rule": "fixed",
        "day": "2025-06-01",
        "is_shared": "on",
    }
    assert client.post(address, typed).status_code == 302
    view.refresh_from_db()
    assert (view.name, view.columns, view.rule, view.day, view.is_shared, view.filters) == (
        "Better", ["title"], "fixed", day("2025-06-01"), True, "pillar=people",
    )  # fmt: skip
    assert client.post(address, typed | {"rule": "today"}).status_code == 302
    view.refresh_from_db()
    assert view.day is None
    assert client.post(address, typed | {"name": ""}).status_code == 422
    assert client.post(address, {"deed": "burn"}).status_code == 400
    b"".join(client.get(f"/exports/views/{view.pk}.csv"))
    assert client.post(address, {"deed": "delete"}).status_code == 302
    assert client.get(f"/exports/views/{view.pk}.csv").status_code == 404
    assert Download.objects.get().view is None  # what was taken stays on record


def test_a_view_keeps_its_name_when_it_is_saved_again(work, as_, ana):
    view = a_view(ana)
    a_view(ana, name="Other")
    client, typed = as_(ana), {"deed": "save", "columns": ["ref"], "rule": "today"}
    assert client.post(f"/exports/views/{view.pk}/", typed | {"name": "a VIEW"}).status_code == 302
    assert client.post(f"/exports/views/{view.pk}/", typed | {"name": "other"}).status_code == 422
