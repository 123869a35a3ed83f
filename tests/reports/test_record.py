"""The office reads who changed what: on each thing's page, and as a data set."""

import csv
import io
import json
import re
from html import unescape

import pytest
from django.core.management import call_command
from django.test import Client

from accounts.models import User
from accounts.record.models import Entry
from accounts.tokens import make_token
from initiatives.models import Initiative
from reports.models import Download
from tests.factories import a_person, corrects, day
from tests.initiatives.imports.files import a_file, takes

pytestmark = pytest.mark.django_db
PATH = "/initiatives/DS-001/record/"


def words(response):
    assert response.status_code == 200
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", response.content.decode().partition("<main")[2])).split())


def rows(response):
    assert response.status_code == 200, response.status_code
    text = b"".join(response).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_oscar_reads_who_changed_what_from_what_to_what_and_which_way(as_, olga, oscar, olgas):
    as_(olga).post("/initiatives/DS-001/update/", {"rag": "red", "what_changed": "It rained.", "issue": "Mud."})
    Initiative.objects.update(title="Roads & paths")
    said = words(as_(oscar).get(PATH))
    assert "Olga Owens Added: update of initiative DS-001" in said
    assert "RAG : Red" in said
    assert "what changed : It rained." in said
    assert "A page POST initiatives:update" in said
    assert "nobody signed in Changed: initiative DS-001 title : Title of DS-001 → Roads & paths" in said
    assert "In the database, past the portal" in said


def test_the_initiatives_own_page_leads_there_and_only_for_the_office(as_, oscar, olga, olgas):
    assert f'href="{PATH}"' in as_(oscar).get("/initiatives/DS-001/").content.decode()
    assert f'href="{PATH}"' not in as_(olga).get("/initiatives/DS-001/").content.decode()
    assert as_(olga).get(PATH).status_code == 403


def test_what_is_no_simple_value_is_shown_too(as_, oscar, strategy):
    takes(oscar, a_file("ref | title | pillar", "NW-007 | Seven | purpose"))
    assert "Added: import" in words(as_(oscar).get("/record/"))


def test_people_and_pillars_are_called_by_their_names(as_, oscar, olgas, omar):
    corrects(olgas, owner=omar, recorded="2025-05-02")
    assert "owner : Olga Owens → Omar Odell" in words(as_(oscar).get(PATH))


def test_an_import_is_told_with_the_row_of_its_file(as_, oscar, strategy):
    takes(oscar, a_file("ref | title | pillar", "NW-007 | Seven | purpose", "NW-008 | Eight | people"))
    said = words(as_(oscar).get("/initiatives/NW-008/record/"))
    assert re.search(r"An import, row 3 import [0-9]+: return.csv", said)


def test_older_entries_are_on_the_next_page(as_, oscar, olgas):
    for number in range(60):
        Initiative.objects.update(title=f"Title {number}")
    client = as_(oscar)
    first = client.get(PATH)
    assert "→ Title 59" in words(first)
    assert "→ Title 9 " not in words(first)
    (older,) = re.findall(r'href="\?before=([0-9]+)"', first.content.decode())
    second = words(client.get(f"{PATH}?before={older}"))
    assert "→ Title 9 " in second
    assert "→ Title 59" not in second
    for odd in ("x", "-1", "9" * 30):
        assert client.get(f"{PATH}?before={odd}").status_code == 400


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("/pillars/purpose/record/", "Added: pillar Purpose"),
        ("/aims/A1/record/", "Added: aim A1"),
        ("/aims/E1/record/", "Added: commitment E1"),
        ("/record/", "Added: initiative DS-001"),
    ],
)
def test_every_thing_has_its_record(as_, oscar, olgas, path, says):
    assert says in words(as_(oscar).get(path))


@pytest.mark.parametrize("path", ["/pillars/purpose/", "/aims/A1/", "/aims/E1/", "/initiatives/DS-001/", "/exports/"])
def test_the_page_of_a_thing_leads_the_office_to_its_record_and_nobody_else(as_, oscar, lea, olgas, path):
    address = f'href="{path.replace("/exports/", "/")}record/"'
    assert address in as_(oscar).get(path).content.decode()
    assert address not in as_(lea).get(path).content.decode()


def test_what_is_not_there_has_no_record(as_, oscar, strategy):
    for path in ("/pillars/x/record/", "/aims/E99/record/", "/initiatives/XX-1/record/", "/accounts/people/0/record/"):
        assert as_(oscar).get(path).status_code == 404


def test_only_an_administrator_reads_addresses_and_roles(as_, oscar, ada, db):
    person = a_person("rita", "Rita Rowe", "analyst", email="rita@council.example")
    path = f"/accounts/people/{person.pk}/record/"
    for reader, sees in ((oscar, False), (ada, True)):
        said = words(as_(reader).get(path))
        assert "display name : Rita Rowe" in said
        assert ("rita@council.example" in said) == sees
        assert ("role : Analyst" in said) == sees
        assert "pbkdf2" not in said
        assert person.password not in said


# --- The data set ---------------------------------------------------------------------------------
def test_the_office_takes_the_record_away(as_, oscar, olga, olgas):
    as_(olga).post("/initiatives/DS-001/update/", {"rag": "green", "what_changed": "=Tests passed."})
    found = rows(as_(oscar).get("/exports/record.csv"))
    assert len(found) == Entry.objects.count()
    last = found[-1]
    assert (last["kind"], last["of"], last["by"], last["way"]) == ("added", "initiative DS-001", "Olga Owens", "page")
    assert json.loads(last["after"])["what_changed"] == "=Tests passed."
    assert Download.objects.get().dataset == "record"


def test_it_hides_addresses_and_roles(as_, ada, db):
    a_person("rita", "Rita Rowe", "analyst", email="rita@council.example")
    text = b"".join(as_(ada).get("/exports/record.csv")).decode()
    assert "rita@council.example" not in text
    assert "analyst" not in text
    assert "Rita Rowe" in text


def test_it_takes_two_days_and_nothing_else(as_, oscar, olgas):
    client = as_(oscar)
    today = f"{Entry.objects.first().at:%Y-%m-%d}"
    assert len(rows(client.get(f"/exports/record.csv?since={today}&columns=id,by"))) == Entry.objects.count()
    assert rows(client.get("/exports/record.csv?as_at=2025-05-02")) == []
    for odd in ("since=yesterday", "since=1066-01-01", "pillar=purpose", "columns=password", "as_at=x"):
        assert client.get(f"/exports/record.csv?{odd}").status_code == 400
    assert client.get("/exports/record.json?page=2").status_code == 404
    assert client.get("/exports/record.json").status_code == 200
    assert b"".join(client.get("/exports/record.xlsx"))[:2] == b"PK"


def test_what_was_taken_already_is_not_sent_again_until_something_changed(as_, oscar, olgas):
    client = as_(oscar)
    etag = client.get("/exports/record.csv")["ETag"]
    assert client.get("/exports/record.csv", headers={"If-None-Match": etag}).status_code == 304
    User.objects.filter(pk=oscar.pk).update(job_title="Head of strategy")
    assert client.get("/exports/record.csv", headers={"If-None-Match": etag}).status_code == 200


def test_nobody_else_takes_it_nor_does_any_program(as_, ana, lea, oscar, olgas):
    for reader in (ana, lea):
        assert as_(reader).get("/exports/record.csv").status_code == 403
        assert "record" not in re.findall(r"/exports/([a-z_]+)\.csv", as_(reader).get("/exports/").content.decode())
    _, secret = make_token(by=oscar, name="BI", datasets=[], until=day("2100-01-01"), key="k")
    answer = Client().get("/exports/record.csv", headers={"Authorization": f"Bearer {secret}"})
    assert answer.status_code == 403
    assert Download.objects.count() == 0


def test_the_record_of_the_demonstration_goes_with_it(db):
    call_command("load_demo", verbosity=0)
    assert Entry.objects.filter(way="command").exists()
    call_command("remove_demo", verbosity=0)
    assert Entry.objects.count() == 0
