"""The first page: what needs a leader, how the pillars do, and all of it as at any day."""

import re

import pytest

from tests.factories import aligns, an_initiative, answers, asks, clock_at, enters, moves, says, ticks

DAY = "2025-07-01"


@pytest.fixture
def portfolio(strategy, olga):
    """One initiative for every reason to look, and one that goes well."""
    well = an_initiative("DS-001", recorded="2025-04-01", title="Goes well", milestones=["2025-05-30", "2025-12-31"])
    melon = an_initiative("DS-002", recorded="2025-04-01", title="A melon", owner=olga, milestones=["2025-05-30"])
    red = an_initiative("DS-003", recorded="2025-04-01", title="In trouble", pillar="people")
    an_initiative("DS-004", recorded="2025-04-01", title="Silent", pillar="people")
    moved = an_initiative("DS-005", recorded="2025-04-01", title="Moved", pillar="process", milestones=["2025-12-31"])
    done = an_initiative("DS-006", recorded="2025-04-01", title="Over", pillar="process", milestones=["2025-05-30"])
    ticks(well, 1, on="2025-05-29")
    for found, rag in ((well, "green"), (melon, "green"), (red, "red"), (moved, "amber"), (done, "red")):
        says(found, rag, on="2025-06-10")
    moves(moved, 1, to="2026-01-30", recorded="2025-06-11")
    asks(red, on="2025-06-12", question="Who pays?")
    enters(done, "complete", on="2025-06-20")
    aligns(well, "E1", recorded="2025-04-02")
    return well, melon, red, moved, done


@pytest.fixture
def read(as_, lea):
    client = as_(lea)

    def words(day=DAY, path="/"):
        response = client.get(path, {"as_at": day})
        assert response.status_code == 200
        return response.content.decode()

    return words


def plain(html):
    return " ".join(re.sub(r"<[^>]*>", " ", html).split())


def test_lea_reads_in_two_sentences_how_the_strategy_goes(portfolio, read):
    sentence = re.search(r'class="headline__sentence">(.*?)</p>', read())[1]
    assert sentence == (
        "Of 5 initiatives in progress: 2 green, 1 amber, 1 red, 1 with no current update. "
        "13% is done against 63% first promised by now: 50 points behind."
    )


def test_lea_sees_who_needs_her_first_and_why(portfolio, read):
    groups = re.findall(r'<li class="attention__item" id="(\w+)">(.*?)</ul>', read(), re.S)
    told = {key: plain(html.split("<ul")[1].split(">", 1)[1]) for key, html in groups}
    assert told == {
        "ask": "In trouble asked 19 days ago",
        "red": "In trouble red for 21 days, said 21 days ago",
        "watermelon": "A melon “Step 1” is 32 days late Said Green The dates: Reads red The owner has not said why.",
        "never": "Silent never updated in the 91 days since work began",
        "late": "A melon “Step 1” is 32 days late",
        "moved": "Moved 1 move, and the end is 30 days later than first promised",
    }


def test_every_reason_leads_to_the_same_initiatives_in_the_list(portfolio, as_, lea, read):
    client = as_(lea)
    links = re.findall(r'href="(/initiatives/\?[^"]*)">(\d+) initiative', read())
    assert len(links) == 6
    for link, count in links:
        response = client.get(link.replace("&amp;", "&"))
        assert response.status_code == 200
        assert len(re.findall('class="cell-ref"', response.content.decode())) == int(count)


def test_work_that_is_over_asks_for_nobody(portfolio, read):
    assert "Over</a>" not in read().split("What needs attention first")[1].split("The golden thread")[0]


def test_the_gaps_of_the_golden_thread_are_counted(portfolio, read):
    words = plain(read())
    assert "2 commitments have no initiative’s main alignment behind them" in words
    assert "and 5 initiatives serve no commitment" in words


def test_each_pillar_shows_its_figures(portfolio, read):
    cards = re.findall(r'<li class="pillar-card.*?</li>\s*(?=<li class="pillar-card|</ul>)', read(), re.S)
    assert len(cards) == 4
    assert "25% done , 75% planned: 50 points behind plan" in plain(cards[0])
    assert "No initiatives yet" in plain(cards[3])


def test_the_page_of_a_past_day_stays_as_it_was(portfolio, read):
    def figures():
        of_the_session = r'value="\w{64}"|data-left="[0-9]+"|<time datetime="[^"]+" data-session-end>[0-9:]+'
        return re.sub(of_the_session, "", read("2025-06-15"))

    before = figures()
    with clock_at("2025-07-05"):
        says(portfolio[0], "red", on="2025-06-14", recorded="2025-07-05")
    moves(portfolio[0], 2, to="2027-01-31", recorded="2025-07-06")
    enters(portfolio[0], "stopped", on="2025-06-01", recorded="2025-07-07")
    assert figures() == before
    assert "2 green" in before


def test_an_answered_ask_leaves_the_board(portfolio, read):
    from initiatives.models import Ask

    answers(Ask.objects.get(), on="2025-07-02")
    assert 'id="ask"' in read()
    assert 'id="ask"' not in read("2025-07-02")


def test_a_chart_says_its_figures_in_a_table_too(portfolio, read):
    html = read()
    assert html.count('<figure class="chart"') == 3
    assert html.count("Show the figures as a table") == 3


def test_the_demonstration_says_that_it_is_one(strategy, olgas, as_, lea):
    banner = "wners, dates and ratings are made up"
    assert banner not in as_(lea).get("/").content.decode()
    type(lea).objects.filter(pk=lea.pk).update(is_demonstration=True)
    for path in ("/", "/initiatives/", "/initiatives/DS-001/", "/aims/", "/pillars/purpose/", "/exports/"):
        assert banner in as_(lea).get(path).content.decode()
