"""The pillars, side by side and one by one."""

import re

import pytest

from tests.factories import an_initiative, asks, contributes, corrects, moves, says, ticks

DAY = "2025-07-01"


@pytest.fixture
def read(as_, lea):
    """Return the words of a page, as a leader reads them."""
    client = as_(lea)

    def words(path, **asked):
        response = client.get(path, {"as_at": DAY} | asked)
        assert response.status_code == 200
        page = response.content.decode().split("<h1", 1)[1].split("<footer")[0]
        return re.sub(r" ([,.])", r"\1", " ".join(re.sub(r"<[^>]*>", " ", page).split()))

    return words


@pytest.fixture
def purpose(olgas):
    """Purpose holds DS-001, red and late, and DS-003, complete; DS-002 of People contributes to it."""
    ds3 = an_initiative("DS-003", recorded="2025-04-01", stage="complete", milestones=["2025-05-30"], weight=3)
    ticks(ds3, 1, on="2025-05-30")
    ds2 = an_initiative("DS-002", recorded="2025-04-01", pillar="people")
    contributes(ds2, "purpose", recorded="2025-04-02")
    says(olgas, "red", on="2025-06-10")
    asks(olgas, on="2025-06-10")
    moves(olgas, 2, to="2025-09-30", recorded="2025-06-10")
    return olgas


def test_lea_reads_how_a_pillar_does_against_its_plan(purpose, read):
    words = read("/pillars/purpose/")
    assert "What purpose promises." in words
    assert "75% done, 81% planned: 6 points behind plan" in words  # (1 x 0 + 3 x 100) / 4 and (1 x 25 + 3 x 100) / 4
    assert "1 of 5 milestones are done and 1 is late. 1 ask waits for an answer." in words
    assert "1 Red 1 Complete" in words


def test_a_pillar_has_its_own_initiatives_and_names_those_that_contribute(purpose, read):
    words = read("/pillars/purpose/")
    own, contributing = words.split("Work of other pillars that also contributes")
    assert "DS-001" in own
    assert "DS-003" in own
    assert "DS-002" not in own.split("Filter and sort them")[1]
    assert contributing.strip() == "Title of DS-002 (People)"


def test_only_what_belongs_to_the_pillar_needs_attention_in_it(purpose, read):
    assert "Waiting for an answer from leaders" in read("/pillars/purpose/")
    people = read("/pillars/people/")
    assert "Waiting for an answer from leaders" not in people
    assert "never updated in the 91 days since work began" in people


def test_the_attention_of_a_pillar_leads_to_the_pillars_own_initiatives(purpose, as_, lea):
    an_initiative("DS-009", recorded="2025-04-01", pillar="people", milestones=["2025-05-30"])
    client = as_(lea)
    page = client.get(f"/pillars/purpose/?as_at={DAY}").content.decode()
    links = re.findall(r'href="(/initiatives/\?[^"]*stage=[^"]*)">(\d+) initiative', page)
    assert links
    for link, count in links:
        found = client.get(link.replace("&amp;", "&")).content.decode()
        assert len(re.findall('class="cell-ref"', found)) == int(count)


def test_a_pillar_without_initiatives_says_what_comes_next(strategy, read):
    assert "No initiatives yet" in read("/pillars/potential/")


def test_the_office_is_led_to_the_first_initiative_of_a_pillar(strategy, as_, oscar):
    page = as_(oscar).get("/pillars/potential/").content.decode()
    assert 'href="/admin/initiatives/initiative/add/"' in page


def test_thirty_initiatives_of_a_pillar_stand_on_two_pages(strategy, as_, lea):
    for number in range(1, 31):
        an_initiative(f"DS-{number:03d}", recorded="2025-04-01", stage=None)
    client = as_(lea)
    first, second = (client.get(f"/pillars/purpose/?page={n}").content.decode() for n in (1, 2))
    assert (first.count('class="cell-ref"'), second.count('class="cell-ref"')) == (25, 5)
    assert client.get("/pillars/purpose/?page=3").status_code == 404


def test_the_pillars_stand_side_by_side(purpose, read):
    words = read("/pillars/")
    for slug in ("purpose", "process", "people", "potential"):
        assert f"{slug.title()} What {slug} promises." in words


def test_a_pillar_of_a_past_day_bears_its_name_of_then(purpose, read):
    corrects(purpose.pillar, name="Our purpose", recorded="2025-07-02")
    assert "Our purpose" not in read("/pillars/purpose/")
    assert "Our purpose" in read("/pillars/purpose/", as_at="2025-07-02")


@pytest.mark.parametrize("path", ["/pillars/profit/", "/pillars/Purpose/", "/pillars/purpose!/", "/pillars/-/"])
def test_an_unknown_pillar_is_not_found_in_the_portals_look(strategy, as_, lea, path):
    response = as_(lea).get(path)
    assert response.status_code == 404
    page = response.content.decode()
    assert "<h1>Page not found</h1>" in page
    assert '<nav class="nav"' in page
