"""Three people each add one side of a triangle at the same moment: the ring never closes, and one of them is told."""

from datetime import date

from initiatives.dependencies.actions import remove_dependency
from initiatives.models import Dependency
from tests.factories import a_person, an_initiative, milestone
from tests.faults.conftest import TOKEN, at_once, cookies_of

ROUNDS = 8


def test_three_sides_of_a_triangle_at_once_never_close_it(open_portal, strategy):
    people = [a_person(f"owner{number}", None, "contributor") for number in range(3)]
    works = [
        an_initiative(f"DS-00{number}", recorded="2025-04-01", owner=person, milestones=["2025-06-30"])
        for number, person in enumerate(people, start=1)
    ]
    portal, cookies = open_portal(), [cookies_of(person) for person in people]

    def adds(number):
        needed = f"DS-00{(number + 1) % 3 + 1}-M01"
        said = {"milestone": milestones[number], "needs": needed, "csrfmiddlewaretoken": TOKEN}
        return portal.knock("POST", f"/initiatives/DS-00{number + 1}/dependencies/", cookies[number], said).status

    milestones = [milestone(work, 1).pk for work in works]
    for _ in range(ROUNDS):
        deeds = [lambda n=number: adds(n) for number in range(3)]
        assert sorted(at_once(deeds)) == [302, 302, 422]
        assert Dependency.objects.count() == 2
        for dependency in Dependency.objects.all():
            remove_dependency(dependency=dependency, by=None, on=date(2025, 6, 2))
