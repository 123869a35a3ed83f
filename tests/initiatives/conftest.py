"""The day on which most of these stories play, and Olga and Oscar at their desks."""

import pytest

from tests.factories import clock_at


@pytest.fixture
def monday():
    """It is 2 June 2025: two months into Olga's work, three days after her first milestone was due."""
    with clock_at("2025-06-02") as now:
        yield now


@pytest.fixture
def olga_at_work(olgas, olga, as_):
    return as_(olga)


@pytest.fixture
def oscar_at_work(olgas, oscar, as_):
    return as_(oscar)
