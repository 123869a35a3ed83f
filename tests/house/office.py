"""The addresses that Django's administration makes of each model."""

from dataclasses import dataclass

from tests.house.lines import FORM, ON, Line
from tests.house.who import NOBODY, OFFICE, opens


def formsets(*names):
    """Return what Django's administration sends of rows that stand in another thing's form, when there are none."""
    return {f"{name}-{part}_FORMS": "0" for name in names for part in ("TOTAL", "INITIAL")}


ELSEWHERE = 302  # where there is no such thing, it leads back to the list and says so there


@dataclass(frozen=True)
class Work:
    """A model of the administration: what a form of it holds. The table of rights says who sees and writes it."""

    form: dict
    has_versions: bool = False

    def lines(self, app, model):
        """Yield a pattern and a line for each address that Django's administration makes."""
        at, thing = f"admin/{app}/{model}/", f"/admin/{app}/{model}/{{{model}}}/"
        sees, adds, changes, deletes = (opens(f"{app}.{model}", deed) for deed in ("view", "add", "change", "delete"))
        admin = {"door": OFFICE, "answers": FORM, "let_in": sees}
        one = admin | {"asks_first": True, "absent": ELSEWHERE}
        saves = {"answers": FORM | {"POST": 302}, "sends": self.form, "writes": True}
        yield at, Line(f"/admin/{app}/{model}/", **admin)
        yield f"{at}add/", Line(f"/admin/{app}/{model}/add/", **admin | saves | {"let_in": adds})
        yield (
            f"{at}<path:object_id>/history/",
            Line(f"{thing}history/", **admin, absent=404 if self.has_versions else ELSEWHERE),
        )
        yield f"{at}<path:object_id>/delete/", Line(f"{thing}delete/", **one | {"let_in": deletes})
        yield f"{at}<path:object_id>/change/", Line(f"{thing}change/", **one | saves, may_post=changes)
        yield f"{at}<path:object_id>/", Line(thing, OFFICE, ON, absent=ELSEWHERE)
        if self.has_versions:
            version = f"{thing}history/{{{model}_version}}/"
            yield (
                f"{at}^([^/]+)/history/([^/]+)/$",
                Line(version, **admin, sends=self.form, may_post=NOBODY, asks_first=True),
            )


A_REASON = {"reason": "It took longer."}
OFFICE_WORK = {
    "pillars.pillar": Work(
        {"slug": "data", "name": "Data", "order": "9", "shape": "drop", "colour": "5"},
        has_versions=True,
    ),
    "pillars.aim": Work({"code": "A9", "name": "An aim"}, has_versions=True),
    "pillars.commitment": Work({"code": "E9", "name": "A commitment", "aim": "{aim}"}, has_versions=True),
    "initiatives.initiative": Work(
        {"ref": "DS-009", "title": "Nine", "pillar": "{pillar}", "cadence": "monthly", "weight": "1"}
        | formsets("milestones", "stage_changes", "alignments", "contributions"),
        has_versions=True,
    ),
    "initiatives.datemove": Work(
        {"initiative": "{initiative}", "milestone": "{milestone}", "to_on": "2030-01-31"} | A_REASON
    ),
    "initiatives.donedate": Work({"milestone": "{milestone}", "done_on": "2025-05-30"}),
    "initiatives.withdrawal": Work({"milestone": "{milestone}", "withdrawn_on": "2025-05-30"} | A_REASON),
    "initiatives.answer": Work(
        {"ask": "{ask}", "outcome": "answered", "words": "Yes.", "answered_on": "2025-06-30"},
    ),
    "initiatives.reminder": Work({}),
    "accounts.user": Work(
        {"username": "una", "name": "Una Usher", "is_active": "on"} | formsets("grants"),
        has_versions=True,
    ),
    "strategy_portal.policyreport": Work({}),
    "auth.group": Work({"name": "A group"}),  # roles are our own: Django's groups stay shut
}
OFFICE_LINES = {pattern: line for label, work in OFFICE_WORK.items() for pattern, line in work.lines(*label.split("."))}
