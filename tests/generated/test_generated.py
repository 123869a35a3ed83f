"""Whatever is typed, asked, signed or brought: no crash, an answer in words, in less than two seconds.

All of it is the same in each run; `make soak` tries forty times as much.
"""

import inspect
import re
from collections import Counter
from datetime import date
from urllib.parse import quote

import pytest
from django import forms
from django.contrib import admin
from django.core.exceptions import BadRequest, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import Http404, QueryDict
from hypothesis import strategies as st

import accounts.views
import initiatives.forms.asks
import initiatives.forms.dependencies
import initiatives.forms.imports
import initiatives.forms.links
import initiatives.forms.note
import initiatives.forms.office
import initiatives.forms.people
import initiatives.forms.reminding
import initiatives.forms.update
import reports.forms
from accounts.tokens import find_token
from accounts.words import PlainText
from initiatives.filters import FILTER_NAMES, Filters, asked_page, in_asked_order, read_day
from initiatives.history import portfolio
from initiatives.imports.mapping import BadMapping, from_text, guessed
from initiatives.imports.tables import Unreadable, read
from initiatives.links import find_link
from initiatives.reminders.calendar import whose
from tests.factories import as_at
from tests.generated.cases import SHARES, SOAK, WORST, odd, tries
from tests.generated.conftest import encoded
from tests.initiatives.imports.made import an_ods, an_xlsx

pytestmark = pytest.mark.django_db
TODAY = date(2025, 6, 11)
TIMES = pytest.mark.parametrize("times", [1, pytest.param(SOAK, marks=pytest.mark.soak)], ids=["", "soak"])


def test_every_run_tries_at_least_five_thousand_cases_and_the_soak_two_hundred_thousand():
    assert sum(SHARES.values()) >= 5_000
    assert sum(SHARES.values()) * SOAK >= 200_000


# --- Forms ----------------------------------------------------------------------------------------
MODULES = [
    accounts.views, initiatives.forms.asks, initiatives.forms.dependencies, initiatives.forms.imports,
    initiatives.forms.links, initiatives.forms.note, initiatives.forms.office, initiatives.forms.people,
    initiatives.forms.reminding, initiatives.forms.update, reports.forms,
]  # fmt: skip


def all_fields():
    """Return every field of every form of ours and of the administration, with its form's name."""
    found = {
        f for module in MODULES for _, f in inspect.getmembers(module, inspect.isclass) if issubclass(f, forms.BaseForm)
    }
    of_models = [
        forms.modelform_factory(model, fields="__all__", formfield_callback=lambda field, **_: field.formfield())
        for model in admin.site._registry
    ]
    return [
        (f"{form.__module__}.{form.__name__}.{name}", field)
        for form in [*found, *of_models]
        for name, field in form.base_fields.items()
    ]


@TIMES
def test_every_field_takes_or_refuses_whatever_is_typed(strategy, times):
    fields = sorted(all_fields(), key=lambda pair: pair[0])
    assert len(fields) > 80

    def cleans(case):
        place, value = case
        _, field = fields[place]
        try:
            kept = field.clean([value] if isinstance(field, forms.MultipleChoiceField) else value)
        except ValidationError as refused:
            assert all(words.strip() for words in refused.messages)
        else:
            assert "\0" not in str(kept)
            assert len(str(kept)) <= 20_000 or not isinstance(field, PlainText)  # what is kept; a way back is not

    of_text = [place for place, (_, field) in enumerate(fields) if not isinstance(field, forms.FileField)]
    tries("fields", st.tuples(st.sampled_from(of_text), odd), cleans, times=times)


@TIMES
def test_an_update_is_taken_or_refused_with_words_at_each_field(olgas, times):
    """The form that owners fill in, whole: its rules look at several fields at once."""
    day = as_at(olgas, "2025-06-11")
    names = list(initiatives.forms.update.UpdateForm(initiative=day, today=TODAY).fields)
    typed = st.dictionaries(st.sampled_from(names), odd, max_size=8)

    def fills_in(said):
        data = QueryDict(mutable=True)
        data.update({"rag": "green", "what_changed": "Tests passed."} | said)
        form = initiatives.forms.update.UpdateForm(data, initiative=day, today=TODAY)
        if form.is_valid():
            assert "\0" not in repr(form.deed())
        else:
            assert all(words.strip() for errors in form.errors.values() for words in errors)

    tries("updates", typed, fills_in, times=times)


# --- Filters --------------------------------------------------------------------------------------
NAMES = [
    *FILTER_NAMES, "as_at", "compare", "since", "page", "sort", "quarters", "of", "dataset", "columns", "format",
    "rule", "from", "corrects", "next", "status__in", "owner__password", "q[]", "_popup", "all", "o", "e", "p", "\0",
    "x" * 50,
]  # fmt: skip
questions = st.lists(st.tuples(st.sampled_from(NAMES), odd), max_size=5)


@TIMES
def test_whatever_is_asked_of_the_list_is_answered_or_refused_in_words(olgas, omars, times):
    whole = portfolio(TODAY)

    def asks(pairs):
        query = QueryDict(encoded(pairs))
        try:
            for name in ("as_at", "since"):
                for value in query.getlist(name):
                    read_day(value, name)
            found = Filters(query, whole).apply()
            in_order, _ = in_asked_order(found.initiatives, query)
            asked_page(in_order, query)
        except (BadRequest, Http404) as refused:
            assert 0 < len(str(refused)) < 1_000

    tries("filters", questions, asks, times=times)


# --- What is signed -------------------------------------------------------------------------------
@st.composite
def mutated(draw, whole):
    """Draw a token with some of it changed, doubled, left out or put elsewhere."""
    text = whole
    for _ in range(draw(st.integers(1, 3))):
        at, length = draw(st.integers(0, len(text))), draw(st.integers(0, 6))
        instead = draw(st.sampled_from(["", text[at : at + length] * 2, ".", ":", "=", "A", "\0", "٥", "-", "_"]) | odd)
        text = text[:at] + instead + text[at + length :]
    return text


@TIMES
def test_nothing_that_is_not_as_we_signed_it_opens_anything(portal, times):
    link, calendar = portal.values["token"], portal.calendar
    opens = {link: find_link, calendar: whose, portal.secret: find_token}
    assert all(finds(whole) for whole, finds in opens.items())

    def tries_it(case):
        whole, text = case
        if text != whole:
            assert opens[whole](text) is None

    cases = st.sampled_from(list(opens)).flatmap(lambda whole: st.tuples(st.just(whole), mutated(whole)))
    tries("tokens", cases, tries_it, times=times)


# --- What is brought ------------------------------------------------------------------------------
HEADINGS = ["ref", "title", "pillar", "owner", "rag", "ends on", "milestone 1", "stage", "as of", "\u202e", "=1+1", ""]
tables = st.lists(st.lists(st.sampled_from(HEADINGS) | odd, max_size=5), min_size=1, max_size=5)
BOOKS = [an_xlsx(), an_ods("")]


@st.composite
def files(draw):
    """Draw a file: a table of odd cells, or a workbook with some bytes changed."""
    if draw(st.booleans()):
        rows = draw(tables)
        text = draw(st.sampled_from(["\n", "\r\n"])).join(draw(st.sampled_from(",;\t")).join(row) for row in rows)
        return text.encode(draw(st.sampled_from(["utf-8", "utf-16"])), "surrogatepass")
    book = draw(st.sampled_from(BOOKS))
    at = draw(st.integers(0, len(book)))
    return book[:at] + draw(st.binary(max_size=6)) + book[at + draw(st.integers(0, 6)) :]


@TIMES
def test_whatever_file_is_brought_is_a_table_or_a_sentence(times):
    def brings(content):
        try:
            guessed(read(content, "plan.csv"))
        except Unreadable as refused:
            assert str(refused)[-1] in ".?"
        try:
            from_text(content)
        except BadMapping as refused:
            assert str(refused)

    tries("importer", files(), brings, times=times)


# --- Whole pages ----------------------------------------------------------------------------------


@TIMES
def test_no_question_to_any_page_is_a_crash(portal, times):
    met = Counter()

    def asks(case):
        path, pairs, who, htmx = case
        status, _ = portal.knock("GET", path, pairs, who, htmx=htmx)
        met[status] += 1
        assert status < 500, (path, pairs)

    people = st.sampled_from([*portal.keys, ""])
    tries("questions", st.tuples(st.sampled_from(portal.paths), questions, people, st.booleans()), asks, times=times)
    assert {200, 400, 403} <= met.keys()


def shown_fields(portal):
    """Return the names of what each page's forms send, with the values that stand there, for the first who sees one."""
    found = {}
    for path in portal.paths:
        for who in ("oscar", "olga", "lea"):
            status, page = portal.knock("GET", path, who=who)
            if status == 200 and b'method="post"' in page:
                names = re.findall(r'name="([^"]+)"(?:[^>]* value="([^"]*)")?', page.decode())
                found[path, who] = {name: value for name, value in names if name != "csrfmiddlewaretoken"}
                break
            if status != 403:
                break
    return found


@TIMES
def test_no_form_of_any_page_is_a_crash_whatever_is_sent(portal, times):
    shown = shown_fields(portal)
    assert len(shown) > 30
    met = Counter()

    def sends(case):
        (path, who), said, more = case
        pairs = list((shown[path, who] | said).items()) + more
        status, _ = portal.knock("POST", path, pairs, who)
        met[status] += 1
        assert status < 500, (path, said, more)

    def filled_in(place):
        names = sorted(shown[place]) or ["nothing"]
        extra = st.lists(st.tuples(st.sampled_from([*names, "is_staff", "owner", "id", "version"]), odd), max_size=2)
        return st.tuples(st.just(place), st.dictionaries(st.sampled_from(names), odd, max_size=4), extra)

    tries("forms", st.sampled_from(sorted(shown)).flatmap(filled_in), sends, times=times)
    assert {200, 422} <= met.keys()
    assert 302 in met or met.total() < 100  # of so few perhaps none is as it should be


@TIMES
def test_no_file_that_the_office_brings_is_a_crash(portal, times):
    def brings(content):
        file = SimpleUploadedFile("plan.csv", content or b"x")
        status, _ = portal.knock("POST", "/imports/", [("as_of", "2025-06-01")], files={"file": file})
        assert status < 500

    tries("files", files(), brings, times=times)


# --- The worst of it, everywhere, on both databases -----------------------------------------------
def worst(number):
    """Return a null character, and one of the other values in its turn."""
    return [WORST[0], WORST[1 + number % (len(WORST) - 1)]]


def test_the_worst_values_are_no_crash_in_any_address_question_or_form(portal):
    """PostgreSQL fails on some of these where SQLite does not, and the other way round."""
    shown = shown_fields(portal)
    for number, path in enumerate(portal.paths):
        for turn, value in enumerate(worst(number)):
            name = NAMES[(number + turn) % len(FILTER_NAMES)]
            assert portal.knock("GET", path, [(name, value), ("page", value)])[0] < 500, (path, name, value)
    for number, ((path, who), fields) in enumerate(shown.items()):
        for value in worst(number):
            status, _ = portal.knock("POST", path, [(name, value) for name in fields], who)
            assert status < 500, (path, value)


def test_the_worst_values_are_no_crash_in_the_place_of_an_id(portal):
    for path in portal.paths:
        for value in ("9" * 19, "9" * 400, "%00", "%ED%A0%80", quote("'")):
            for part in set(re.findall(r"(?<=/)(?:\d+|DS-001|purpose|E1)(?=/|\.|$)", path)):
                status, _ = portal.knock("GET", path.replace(f"/{part}", f"/{value}", 1))
                assert status < 500, (path, value)
