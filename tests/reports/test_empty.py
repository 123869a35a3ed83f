"""A portal with nothing set up: every page stands, and says what to do next."""

import re

import pytest

from pillars.models import Pillar
from reports.datasets import DATASETS
from tests.factories import an_initiative

PAGES = {
    "/": "The strategy is not set up yet",
    "/pillars/": "The strategy is not set up yet",
    "/aims/": "No aims yet",
    "/initiatives/": "No initiatives yet",
    "/exports/": "Every figure on these pages is a row",
}


@pytest.mark.parametrize("path", PAGES)
def test_lea_is_told_who_sets_things_up(lea, as_, path):
    response = as_(lea).get(path)
    page = response.content.decode()
    assert response.status_code == 200
    assert PAGES[path] in page
    assert "/admin/" not in page
    if path != "/exports/":
        assert re.search(r"[Tt]he strategy office (is setting it up|adds)", page)


@pytest.mark.parametrize(
    ("path", "step"),
    [
        ("/", "/admin/pillars/pillar/add/"),
        ("/pillars/", "/admin/pillars/pillar/add/"),
        ("/aims/", "/admin/pillars/aim/add/"),
        ("/initiatives/", "/admin/initiatives/initiative/add/"),
    ],
)
def test_oscar_is_led_to_the_next_step(oscar, as_, path, step):
    client = as_(oscar)
    assert f'href="{step}"' in client.get(path).content.decode()
    assert client.get(step).status_code == 200


@pytest.mark.parametrize("name", DATASETS)
def test_a_data_set_of_nothing_is_its_headings(ana, as_, name):
    lines = as_(ana).get(f"/exports/{name}.csv").getvalue().decode("utf-8-sig").split("\r\n")
    assert lines == [",".join(DATASETS[name].header), ""]


def test_today_is_the_only_day_of_a_portal_without_history(lea, as_):
    response = as_(lea).get("/?as_at=2020-01-01")
    assert response.status_code == 400
    assert "as_at must be from" in response.content.decode()


def test_every_page_of_the_administration_stands(ada, as_):
    client = as_(ada)
    page = client.get("/admin/").content.decode()
    links = set(re.findall(r'href="(/admin/[a-z]+/[a-z]+/(?:add/)?)"', page))
    assert len(links) == 19
    for link in links:
        assert client.get(link).status_code == 200


def test_pillars_alone_stand_and_ask_for_the_first_initiative(oscar, as_):
    Pillar.objects.create(slug="purpose", name="Purpose")
    client = as_(oscar)
    for path in ("/", "/pillars/purpose/", "/initiatives/"):
        page = client.get(path).content.decode()
        assert "No initiatives yet" in page
        assert 'href="/admin/initiatives/initiative/add/"' in page
    assert client.get("/pillars/").status_code == 200


def test_one_bare_initiative_stands_on_every_page(lea, as_):
    an_initiative("DS-001", recorded="2025-04-01", stage=None)
    client = as_(lea)
    for path in ("/", "/pillars/", "/pillars/purpose/", "/aims/", "/initiatives/", "/initiatives/DS-001/", "/exports/"):
        assert client.get(path).status_code == 200
    assert "Nothing has been said yet." in client.get("/initiatives/DS-001/").content.decode()
    page = client.get("/").content.decode()
    assert (
        "Of 0 initiatives in progress: 0 green, 0 amber, 0 red, 0 with no current update. No milestones are set yet"
        in page
    )
    assert "No aims yet" in page
