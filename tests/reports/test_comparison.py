"""Portfolio figures on two days, and every page that sets two days side by side."""

import re

import pytest

from initiatives.comparison import Row
from initiatives.history import portfolio
from reports import metrics
from reports.comparison import compared, compared_commitments, compared_pillars
from tests.factories import a_person, aligns, an_initiative, asks, clock_at, day, enters, moves, says, ticks

pytestmark = pytest.mark.usefixtures("strategy")

THEN, NOW = "2025-06-09", "2025-07-01"
PAGES = [
    "/",
    "/pillars/",
    "/pillars/purpose/",
    "/aims/",
    "/aims/A1/",
    "/aims/E1/",
    "/initiatives/",
    "/initiatives/DS-001/",
]


@pytest.fixture
def work():
    """Two initiatives of purpose, of weights 1 and 3, and one of people that comes in between."""
    one = an_initiative("DS-001", recorded="2025-04-01", milestones=["2025-05-30", "2025-12-31"])
    two = an_initiative("DS-002", recorded="2025-04-01", weight=3, milestones=["2025-06-20", "2025-12-31"])
    for found in (one, two):
        says(found, "green", on="2025-06-02")
    ticks(one, 1, on="2025-05-30")
    aligns(one, "E1", recorded="2025-04-01")
    aligns(two, "E2", "supporting", recorded="2025-06-10")
    says(two, "red", on="2025-06-10")
    moves(two, 1, to="2025-07-10", recorded="2025-06-10")  # 20 days of one step of two: 10 days in the mean
    asks(two, on="2025-06-10")
    enters(an_initiative("DS-003", recorded="2025-06-10", pillar="people"), "stopped", on="2025-06-12")
    return one, two


def days():
    return portfolio(day(THEN)), portfolio(day(NOW))


def test_everything_is_set_beside_itself(work):
    """Progress (1 x 1/2 + 3 x 0) / 4 on both; promised (1/2 + 0) / 4, then (1/2 + 3 x 1/2) / 4; moved 3 x 10 / 4."""
    assert compared(*map(metrics.whole_portfolio, days())) == [
        Row("Initiatives", "2", "3", "+1"),
        Row("Green", "2", "1", "−1"),
        Row("Red", "0", "1", "+1"),
        Row("Stopped", "0", "1", "+1"),
        Row("Progress", "13%", "13%", "no change"),
        Row("First promised by then", "13%", "50%", "+37"),
        Row("Due by then at the dates of the day", "13%", "13%", "no change"),
        Row("Ahead of first promises", "0", "−38", "−38"),
        Row("Dates moved, in days", "0", "8", "+8"),  # 7.5
        Row("Milestones", "4", "4", "no change"),
        Row("Milestones done", "1", "1", "no change"),
        Row("Milestones late", "0", "0", "no change"),
        Row("Asks open", "0", "1", "+1"),
    ]


def test_each_pillar_is_set_beside_itself_and_one_that_was_empty_beside_nothing(work):
    found = {each.pillar.slug: {row.label: row for row in rows} for each, rows in compared_pillars(*days())}
    assert list(found) == ["purpose", "process", "people", "potential"]
    assert found["purpose"]["Initiatives"] == Row("Initiatives", "2", "2", "no change")
    assert found["people"]["Initiatives"] == Row("Initiatives", "0", "1", "+1")
    assert found["people"]["Progress"] == Row("Progress", "none", "none", "")


def test_each_commitment_says_whether_anything_main_stood_behind_it(work):
    found = {each.commitment.code: rows for each, rows in compared_commitments(*days())}
    assert found == {
        "E1": [
            Row("Initiatives", "1", "1", "no change"),
            Row("Progress", "50%", "50%", "no change"),
            Row("Main alignment", "yes", "yes", "no change"),
        ],
        "E2": [
            Row("Initiatives", "0", "1", "+1"),
            Row("Progress", "none", "0%", ""),
            Row("Main alignment", "no", "no", "no change"),
        ],
        "E3": [
            Row("Initiatives", "0", "0", "no change"),
            Row("Progress", "none", "none", ""),
            Row("Main alignment", "no", "no", "no change"),
        ],
    }


# --- Their pages ----------------------------------------------------------------------------------
@pytest.fixture
def read(work, as_, lea):
    client = as_(lea)

    def page(address, status=200):
        with clock_at(NOW):
            response = client.get(address)
        assert response.status_code == status, address
        return response.content.decode()

    return page


def links(page):
    """Return the addresses within the portal that a page leads to, but for its files and its administration."""
    found = re.findall(r'<a [^>]*href="(/[^"#]*)"', page)
    return {address.replace("&amp;", "&") for address in found if not address.startswith(("/static/", "/admin/"))}


@pytest.mark.parametrize("path", PAGES)
def test_a_page_shows_two_days_and_the_difference_and_says_so_and_leads_back(read, path):
    page = read(f"{path}?compare={THEN}")
    assert re.search(r'<th scope="col"[^>]*>9 Jun 2025</th>', page)
    assert "Difference" in page
    banner = page.split('aria-label="Two days"')[1].split("</section>")[0]
    assert "Beside 9 June 2025" in banner
    assert 'name="compare" type="date" value="2025-06-09"' in page
    back = re.search(r'href="([^"]*)"[^>]*>Stop comparing', banner)[1]
    assert "Difference" not in read(back if back.startswith("/") else f"{path}{back}")
    assert "Two days" not in read(path)


@pytest.mark.parametrize("path", PAGES)
def test_both_days_are_kept_from_page_to_page_and_no_link_is_broken(read, path):
    address = f"{path}?as_at=2025-06-25&compare={THEN}"
    lost = set()
    for link in links(read(address)):
        read(link)
        if not ("as_at=2025-06-25" in link and f"compare={THEN}" in link):
            lost.add(link)
    ways_back = {f"{path}?as_at=2025-06-25", f"{path}?compare={THEN}"}
    assert lost == {"/", "/accounts/", "/accessibility/", "/privacy/", *ways_back}  # home is today; these have no day


@pytest.mark.parametrize("path", PAGES)
def test_the_day_beside_may_be_today_and_the_way_back_is_no_bad_question(read, path):
    page = read(f"{path}?as_at={THEN}&compare={NOW}")
    banner = page.split('aria-label="Past date"')[1].split("</section>")[0]
    ways = re.findall(r'href="([^"]*)"', banner)
    assert len(ways) == 2
    for way in ways:
        way = way.replace("&amp;", "&")
        read(way if way.startswith("/") else f"{path}{way}")


def test_the_dashboards_charts_show_both_days(read):
    for path in ("/", "/pillars/"):
        page = read(f"{path}?compare={THEN}")
        assert "Purpose, 9 Jun 2025" in page
        assert "Purpose, 1 Jul 2025" in page
        assert "Purpose, 1 Jul 2025" not in read(path)


def test_the_dashboard_offers_the_end_of_the_last_quarter(work, as_, lea):
    with clock_at("2025-07-15"):
        page = as_(lea).get("/").content.decode()
        assert 'href="/?compare=2025-06-30">Compare with the end of the last quarter' in page
        assert "the last quarter" not in as_(lea).get("/?compare=2025-06-30").content.decode()


@pytest.mark.parametrize("path", [*PAGES, "/changes/", "/exports/", "/meeting/", "/calendar/", "/dependencies/"])
@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("compare=soon", "compare must be a date written as YYYY-MM-DD"),
        ("compare=2025-03-31", "compare must be from 2025-04-01"),
        ("compare=2025-07-02", "compare must be from 2025-04-01"),
        (f"compare={NOW}", f"compare must be another day than {NOW}, the day that the page speaks of."),
        (f"as_at={THEN}&compare={THEN}", f"compare must be another day than {THEN}"),
        (f"compare={THEN}&compare=2025-06-08", "compare was given more than once: give one date."),
    ],
)
def test_a_bad_day_to_compare_with_is_refused_in_words(read, path, query, words):
    assert words in read(f"{path}?{query}", status=400).replace("&#x27;", "'")


@pytest.mark.parametrize("path", PAGES)
def test_the_same_day_twice_is_one_and_none_is_none(read, path):
    assert "Difference" in read(f"{path}?compare={THEN}&compare={THEN}")
    assert "Difference" not in read(f"{path}?compare=")


def test_files_speak_of_one_day_and_their_links_work_beside_another(read, as_, ana):
    page = read(f"/exports/?as_at=2025-06-25&compare={THEN}&pillar=purpose")
    files = [link for link in links(page) if link.endswith(".csv") or ".csv?" in link]
    assert files
    with clock_at(NOW):
        for link in files:
            assert link.endswith("?as_at=2025-06-25&pillar=purpose")
            assert as_(ana).get(link).status_code == 200


def test_somebody_who_owes_updates_keeps_both_days_in_the_navigation(work, as_):
    with clock_at(NOW):
        page = as_(a_person("una", None, "contributor")).get(f"/my/?as_at=2025-06-25&compare={THEN}").content.decode()
    navigation = page.split('<nav class="nav"')[1].split("</nav>")[0]
    addresses = re.findall(r'href="([^"]*)"', navigation)
    assert addresses
    assert all(address.endswith(f"?as_at=2025-06-25&compare={THEN}".replace("&", "&amp;")) for address in addresses)
