"""The one table of rights: the code, docs/security.md and the administration all say what it says."""

from pathlib import Path

import pytest
from django.apps import apps
from django.contrib import admin
from django.core.management import call_command
from django.test import RequestFactory

from accounts.access import may
from accounts.models import Role
from accounts.rights import RIGHTS, TABLE, Deed, Door, Relation, Right, writable, written_once
from accounts.security import as_markdown
from tests.factories import a_person

ROOT = Path(__file__).parents[2]


# --- The table ------------------------------------------------------------------------------------
def test_every_door_and_every_deed_has_its_one_row():
    assert sorted(right.to for right in TABLE) == sorted([*Door, *Deed])


def test_every_deed_stands_behind_a_door_and_somebody_may_do_it():
    for right in TABLE:
        if isinstance(right.to, Deed):
            assert right.behind is not None
            assert right.roles or right.relations


def test_the_page_about_security_is_made_from_the_table():
    assert (ROOT / "docs/security.md").read_text() == as_markdown()


def test_the_command_writes_that_page(capsys):
    call_command("security")
    assert capsys.readouterr().out == as_markdown()


def test_another_right_is_another_page(monkeypatch):
    before = as_markdown()
    monkeypatch.setattr("accounts.security.TABLE", (*TABLE, Right(Deed.NOTE, "Fly", frozenset({Role.LEADER}))))
    assert as_markdown() == before.replace(
        "\n\n## The administration", f"\n| Fly | ✓ |{'  |' * 11}\n\n## The administration"
    )


# --- How it is asked ------------------------------------------------------------------------------
@pytest.mark.parametrize("deed", Deed)
@pytest.mark.parametrize("role", Role)
def test_a_role_does_what_its_row_says(db, deed, role):
    person = a_person("una", "Una Usher", role)
    assert may(person, deed) == (role in RIGHTS[deed].roles)


@pytest.mark.parametrize("deed", Deed)
@pytest.mark.parametrize("relation", Relation)
def test_a_relation_does_what_its_row_says(db, deed, relation):
    person = a_person("una", "Una Usher", "contributor")
    assert may(person, deed, {relation}) == (relation in RIGHTS[deed].relations)


@pytest.mark.parametrize("deed", [deed for deed in Deed if deed != Deed.SAY_ONCE])  # for which there need be no account
def test_whoever_holds_no_role_does_nothing_whatever_names_them(nadia, deed):
    assert not may(nadia, deed, set(Relation))


def test_nothing_is_asked_of_a_thing_where_a_role_settles_it(oscar, olga):
    asked = []
    assert may(oscar, Deed.SAY, asked.append)
    assert asked == []
    assert not may(olga, Deed.COVER, asked.append)
    assert asked == [Relation.OWNER, Relation.SPONSOR]


# --- What the administration takes ----------------------------------------------------------------
def offered(model, person, thing=None):
    """Return the fields that the administration lets a person write of a thing, or of a new one."""
    request = RequestFactory().get("/")
    request.user = person
    site = admin.site._registry[apps.get_model(model)]
    if not (site.has_change_permission(request, thing) if thing else site.has_add_permission(request)):
        return []
    form = site.get_form(request, thing, change=thing is not None)
    return list(form.base_fields)


REGISTERED = [model._meta.label_lower for model in admin.site._registry if model._meta.label_lower != "auth.group"]


@pytest.mark.parametrize("model", REGISTERED)
def test_a_new_thing_takes_the_fields_that_the_table_names(oscar, ada, model):
    opened = {who: [o for r in TABLE for o in r.opens if o.model == model and who in r.roles] for who in Role}
    for person, role in ((oscar, Role.OFFICE), (ada, Role.ADMINISTRATOR)):
        adds = any("add" in o.actions.split() for o in opened[role])
        assert offered(model, person) == (list(writable(model)) if adds else [])


def test_what_is_written_once_is_only_read_later(olgas, oscar, ada, olga):
    for thing in (olgas, olgas.pillar):
        model = thing._meta.label_lower
        left = [name for name in writable(model) if name not in written_once(model)]
        assert written_once(model)
        assert offered(model, oscar, thing) == left
    assert offered("accounts.user", oscar, olga) == []
    assert offered("accounts.user", ada, olga) == list(writable("accounts.user"))
