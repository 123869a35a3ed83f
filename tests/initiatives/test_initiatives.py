"""The list: filters, search, order and pages, whole and as a part for htmx."""

import re

import pytest

from initiatives.models import Initiative
from tests.factories import (
    a_person,
    aligns,
    an_initiative,
    asks,
    clock_at,
    contributes,
    corrects,
    moves,
    says,
    ticks,
)

LIST = "/initiatives/"
HTMX = {"HX-Request": "true"}
DAY = "2025-07-01"


@pytest.fixture
def five(strategy, olga, omar):
    """Five initiatives as at 1 July 2025, each different from the others in every way that can be asked for."""
    ds1 = an_initiative(
        "DS-001", recorded="2025-04-01", title="Address matching", summary="Find every home.", partners="Essex Police",
        owner=olga, focus="priority", directorate="Place", milestones=["2025-05-30", "2025-12-31"],
    )  # fmt: skip
    ds2 = an_initiative(
        "DS-002", recorded="2025-04-01", title="data catalogue", owner=omar, pillar="process", focus="vulnerability",
        directorate="Insight", milestones=["2025-12-31"],
    )  # fmt: skip
    an_initiative("DS-003", recorded="2025-04-01", title="Careers", pillar="people", focus="opportunity")
    ds4 = an_initiative("DS-004", recorded="2025-04-01", title="Bright ideas", pillar="potential", stage="proposed")
    ds10 = an_initiative("DS-010", recorded="2025-04-01", pillar="people", milestones=["2025-04-30", "2026-12-31"])
    says(ds1, "green", on="2025-06-10")  # late by 32 days, so read red
    says(ds2, "amber", on="2025-06-20")
    says(ds10, "red", on="2025-06-05")
    ticks(ds10, 1, on="2025-04-30")
    moves(ds2, 1, to="2026-01-31", recorded="2025-06-20")
    asks(ds10, on="2025-06-05")
    aligns(ds1, "E1", recorded="2025-04-02")
    aligns(ds2, "E3", "supporting", recorded="2025-04-02")
    contributes(ds4, "people", recorded="2025-04-02")


def found(response):
    """Return the refs on the page, in its order."""
    return re.findall(r'<td class="cell-ref">(.*?)</td>', response.content.decode())


@pytest.fixture
def asked(as_, ana):
    """Return the refs that an analyst finds on 1 July 2025."""
    client = as_(ana)

    def refs(query="", **headers):
        response = client.get(f"{LIST}?as_at={DAY}&{query}", headers=headers)
        assert response.status_code == 200
        return found(response)

    return refs


FILTERS = {
    "": "1 2 3 4 10",
    "pillar=people": "3 10",
    "pillar=people&pillar=potential": "3 4 10",
    "status=green": "1",
    "status=never-updated": "3",
    "status=amber&status=red&status=proposed": "2 4 10",
    "stage=in-progress": "1 2 3 10",
    "stage=proposed&stage=stopped": "4",
    "rag=red": "10",
    "rag=green&rag=amber": "1 2",
    "owner=olga": "1",
    "owner=Olga+Owens": "1",
    "owner=olga&owner=Omar+Odell": "1 2",
    "commitment=E1": "1",
    "commitment=E1&commitment=E3": "1 2",
    "commitment=E2": "",
    "directorate=Place": "1",
    "directorate=Place&directorate=Insight": "1 2",
    "focus=opportunity": "3",
    "focus=priority&focus=vulnerability": "1 2",
    "attention=late": "1",
    "attention=silent": "3",
    "attention=moved": "2",
    "attention=watermelon": "1",
    "attention=ask": "10",
    "attention=ask&attention=moved": "2 10",
    "pillar=people&status=red": "10",
    "pillar=people&owner=olga": "",
    "pillar=&status=": "1 2 3 4 10",  # an empty box of a form asks for nothing
}
SEARCHES = {
    "q=address": "1",
    "q=ADDRESS": "1",
    "q=matching+address": "1",
    "q=every+home": "1",
    "q=police": "1",
    "q=odell": "2",
    "q=ds-01": "10",
    "q=address+catalogue": "",
    "q=%25": "",  # no wildcard
    "q=_": "",
    "q=data&pillar=process": "2",
    "q=address&q=careers": "1 3",
}
ORDERS = {
    "sort=ref": "1 2 3 4 10",
    "sort=-ref": "10 4 3 2 1",
    "sort=title": "1 4 3 2 10",
    "sort=-title": "10 2 3 4 1",
    "sort=pillar": "1 2 3 10 4",
    "sort=status": "10 2 3 4 1",
    "sort=gap": "1 2 10 3 4",
    "sort=progress": "1 2 10 3 4",
    "sort=-updated": "2 1 10 3 4",
    "sort=due": "3 1 2 10 4",
    "sort=owner": "3 4 10 1 2",
}


@pytest.mark.parametrize("questions", [FILTERS, SEARCHES, ORDERS], ids=["filters", "searches", "orders"])
def test_ana_finds_what_she_asks_for(five, asked, questions):
    found = {query: " ".join(ref.removeprefix("DS-").lstrip("0") for ref in asked(query)) for query in questions}
    assert found == questions


def test_the_list_speaks_of_the_day_asked_for(five, asked, as_, ana):
    assert asked("status=green") == ["DS-001"]
    earlier = as_(ana).get(f"{LIST}?as_at=2025-06-09&status=green")
    assert found(earlier) == []


def test_a_filter_knows_the_names_of_that_day(strategy, asked, as_, ana):
    with clock_at("2025-04-01"):
        petra = a_person("petra", "Petra Pope", "contributor")
    an_initiative("DS-001", recorded="2025-04-01", owner=petra)
    corrects(petra, name="Petra Price", recorded="2025-07-02")
    assert asked("owner=Petra+Pope") == ["DS-001"]
    later = {"as_at": "2025-07-02"}
    assert found(as_(ana).get(LIST, later | {"owner": "Petra Price"})) == ["DS-001"]
    assert as_(ana).get(LIST, later | {"owner": "Petra Pope"}).status_code == 400


def test_a_value_that_was_right_on_another_day_finds_nothing_and_is_not_refused(five, asked, as_, ana):
    corrects(Initiative.objects.get(ref="DS-001"), directorate="Homes", recorded="2025-07-02")
    assert asked("directorate=Homes") == []
    assert found(as_(ana).get(f"{LIST}?as_at=2025-07-02&directorate=Place")) == []
    assert found(as_(ana).get(f"{LIST}?as_at=2025-07-02&directorate=Homes")) == ["DS-001"]


def test_the_choices_that_were_made_are_ticked(five, as_, ana):
    page = as_(ana).get(f"{LIST}?as_at={DAY}&pillar=people&owner=olga&q=x").content.decode()
    assert re.findall(r'name="(\w+)" value="([\w-]+)" id="[\w-]+" checked', page) == [
        ("pillar", "people"),
        ("owner", "olga"),
    ]
    assert 'name="q" type="search" value="x"' in page


def test_the_way_to_the_data_sets_keeps_filters_and_day(five, as_, ana):
    page = as_(ana).get(f"{LIST}?as_at={DAY}&pillar=people&page=1&sort=title").content.decode()
    assert f'href="/exports/?as_at={DAY}&amp;pillar=people"' in page


def test_nothing_found_says_what_to_do(five, as_, ana):
    page = as_(ana).get(f"{LIST}?as_at={DAY}&q=unheard-of").content.decode()
    assert "No initiative matches" in page
    assert "0 of 5 initiatives" in page


def test_a_title_that_is_a_script_is_shown_as_text(five, as_, ana, olga):
    an_initiative("DS-011", recorded="2025-04-01", title="<script>alert(1)</script>", owner=olga)
    page = as_(ana).get(LIST, {"q": "<script>"}).content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert 'value="&lt;script&gt;"' in page


# --- Pages ----------------------------------------------------------------------------------------
@pytest.fixture
def sixty(strategy):
    for number in range(1, 61):
        an_initiative(f"DS-{number:03d}", recorded="2025-04-01", stage=None)


def test_sixty_initiatives_stand_on_three_pages(sixty, as_, lea):
    client = as_(lea)
    assert found(client.get(LIST)) == [f"DS-{n:03d}" for n in range(1, 26)]
    assert found(client.get(f"{LIST}?page=2")) == [f"DS-{n:03d}" for n in range(26, 51)]
    assert found(client.get(f"{LIST}?page=3")) == [f"DS-{n:03d}" for n in range(51, 61)]
    assert client.get(f"{LIST}?page=4").status_code == 404


def test_the_links_to_other_pages_keep_the_other_questions(sixty, as_, lea):
    page = as_(lea).get(f"{LIST}?page=2&sort=-ref&pillar=purpose&q=title").content.decode()
    assert 'href="?page=3&amp;sort=-ref&amp;pillar=purpose&amp;q=title"' in page
    assert 'href="?page=1&amp;sort=-ref&amp;pillar=purpose&amp;q=title"' in page


def test_another_order_begins_at_the_first_page(sixty, as_, lea):
    page = as_(lea).get(f"{LIST}?page=2&q=title").content.decode()
    assert 'href="?q=title&amp;sort=title"' in page


def test_the_column_that_orders_the_list_says_so_and_turns_round(sixty, as_, lea):
    page = as_(lea).get(f"{LIST}?sort=title").content.decode()
    assert re.findall(r'aria-sort="(\w+)"><a class="sort" href="(.*?)"', page) == [("ascending", "?sort=-title")]
    page = as_(lea).get(f"{LIST}?sort=-title").content.decode()
    assert re.findall(r'aria-sort="(\w+)"><a class="sort" href="(.*?)"', page) == [("descending", "?sort=title")]


# --- By htmx --------------------------------------------------------------------------------------
def test_htmx_gets_the_results_alone(five, as_, ana):
    client = as_(ana)
    whole, part = client.get(f"{LIST}?pillar=people"), client.get(f"{LIST}?pillar=people", headers=HTMX)
    assert found(part) == found(whole) == ["DS-003", "DS-010"]
    assert part.content.decode().strip().startswith('<section id="results"')
    assert "<html" not in part.content.decode()
    assert part.content.decode().strip() in whole.content.decode()


def test_caches_keep_the_part_and_the_page_apart(five, as_, ana):
    for headers in ({}, HTMX):
        assert "HX-Request" in as_(ana).get(LIST, headers=headers)["Vary"]


def test_htmx_hears_in_an_alert_what_is_not_allowed(five, as_, ana):
    response = as_(ana).get(f"{LIST}?status=orange", headers=HTMX)
    assert response.status_code == 400
    assert (response["HX-Retarget"], response["HX-Reswap"]) == ("#page-alert", "innerHTML")
    words = response.content.decode()
    assert "“orange” is not one of the values allowed: proposed, green, amber" in words
    assert "<html" not in words
