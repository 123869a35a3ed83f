"""What is too long is refused in words before it is read."""

import runpy

import pytest
from django.test import Client, RequestFactory
from django.test.client import ClientHandler

from tests.strategy_portal.test_bad_input import words


class Unread:
    """A body that nobody may read."""

    def read(self, *_):
        raise AssertionError("the body was read")

    readline = read


def announces(length, path="/accounts/login/", **headers):
    request = RequestFactory().post(path, headers=headers)
    request.environ |= {"CONTENT_LENGTH": length, "wsgi.input": Unread()}
    return ClientHandler(enforce_csrf_checks=False)(request.environ)


@pytest.mark.django_db
@pytest.mark.parametrize("length", ["2500001", "9" * 17, "9" * 5000])
def test_a_body_that_is_too_long_is_refused_unread(length):
    answer = announces(length)
    assert answer.status_code == 413
    page = answer.content.decode()
    assert page.count("<h1>That is too long</h1>") == 1
    assert "More was sent than the portal takes at once, which is 2.5 megabytes." in page
    assert "<html" not in announces(length, **{"HX-Request": "true"}).content.decode()


@pytest.mark.django_db
def test_a_file_may_be_longer_than_a_form_and_is_refused_unread_beyond_that():
    assert announces("22500001", "/imports/").status_code == 413
    assert "which is 22.5 megabytes" in announces("22500001", "/imports/").content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("length", ["-1", "x", "1e3", "٣", " ", "0x10"])
def test_a_length_that_is_none_is_refused(length):
    assert announces(length).status_code == 400


def test_a_question_may_have_8000_characters(as_, ana, strategy):
    reader = as_(ana)
    assert reader.get("/initiatives/?x=" + "a" * 7_998).status_code == 200
    answer = reader.get("/initiatives/?x=" + "a" * 7_999)
    assert answer.status_code == 400
    assert "The address is too long: it asks 8,001 characters of things, where 8,000 are allowed." in words(answer)


def test_a_form_may_have_1000_answers(as_, ana, olgas):
    answer = as_(ana).post("/initiatives/DS-001/follow/", {f"field{number}": "x" for number in range(1001)})
    assert answer.status_code == 400
    assert "holds more than 1,000 answers" in words(answer)


def test_a_form_of_many_parts_is_told_that_it_is_too_long_too(as_, ana, olgas, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000
    answer = as_(ana).post("/initiatives/DS-001/follow/", {"deed": "x" * 2_000})
    assert answer.status_code == 413


def test_gunicorn_is_told_how_long_addresses_and_headers_may_be():
    told = runpy.run_path("strategy_portal/gunicorn.py")
    assert [told[f"limit_request_{name}"] for name in ("line", "fields", "field_size")] == [8190, 60, 8190]


# --- Hidden characters on the way through pages --------------------------------------------------
def test_an_owner_who_pastes_a_hidden_character_is_told_and_keeps_the_words(as_, olga, olgas):
    said = {"rag": "green", "what_changed": "Tests \u202epassed."}
    answer = as_(olga).post("/initiatives/DS-001/update/", said)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "There is a hidden character after “Tests” (U+202E, right-to-left override)" in page
    assert "Tests \u202epassed." in page
    assert olgas.updates.count() == 0


def test_the_office_is_told_too(as_, oscar, strategy):
    form = {"code": "A9", "name": "An \x07aim", "order": "9"}
    answer = as_(oscar).post("/admin/pillars/aim/add/", form)
    assert answer.status_code == 200
    assert "There is a hidden character after “An” (U+0007" in answer.content.decode()


def test_signed_out_nobody_is_read_either(db):
    assert Client().post("/accounts/login/", {f"f{n}": "x" for n in range(1001)}).status_code == 400
