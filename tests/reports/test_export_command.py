"""`manage.py export`: a data set without the web, the same to the last byte."""

import io
import subprocess
import sys

import pytest
from django.core.management import CommandError, call_command

from reports.datasets import DATASETS
from tests.factories import aligns, moves, says

DAY = "2025-07-01"


@pytest.fixture(autouse=True)
def work(olgas):
    says(olgas, "green", on="2025-06-10")
    moves(olgas, 2, to="2026-01-31", recorded="2025-06-10")
    aligns(olgas, "E1", recorded="2025-04-02")


def told(*arguments):
    out = io.StringIO()
    call_command("export", *arguments, stdout=out)
    return out.getvalue()


@pytest.mark.parametrize("name", DATASETS)
def test_the_file_is_what_the_browser_gets(as_, ana, tmp_path, name):
    file = tmp_path / "out.csv"
    call_command("export", name, "--as-at", DAY, "-o", str(file))
    assert file.read_bytes() == as_(ana).get(f"/exports/{name}.csv?as_at={DAY}").getvalue()


def test_without_a_file_it_goes_to_standard_output(as_, ana):
    assert told("milestones", "--as-at", DAY).encode() == (
        as_(ana).get(f"/exports/milestones.csv?as_at={DAY}").getvalue()
    )


def test_without_a_day_it_speaks_of_today(as_, ana):
    assert told("initiatives").encode() == as_(ana).get("/exports/initiatives.csv").getvalue()


@pytest.mark.parametrize("query", ["rag=green", "rag=green&rag=red", "owner=olga&q=title", "rag=red", "q=nothing"])
def test_it_takes_the_filters_of_the_list(as_, ana, query):
    chosen = [part for filter_ in query.split("&") for part in ("--filter", filter_)]
    found = as_(ana).get(f"/exports/initiatives.csv?as_at={DAY}&{query}").getvalue()
    assert told("initiatives", "--as-at", DAY, *chosen).encode() == found


@pytest.mark.parametrize("filter_", ["rag=purple", "colour=red", "rag", "page=1", "owner=unknown"])
def test_a_filter_that_is_none_is_refused_in_words(filter_):
    with pytest.raises(CommandError, match=r"--filter takes NAME=VALUE|not one of the values|nobody here is called"):
        told("initiatives", "--filter", filter_)


@pytest.mark.parametrize(
    ("day", "words"),
    [
        ("soon", "--as-at must be a date written as YYYY-MM-DD"),
        ("2025-02-30", "--as-at must be a date"),
        ("2025-03-31", "--as-at must be from 2025-04-01"),
        ("2999-01-01", "--as-at must be from 2025-04-01"),
        ("9" * 5000, "--as-at must be a date"),
    ],
    ids=range(5),
)
def test_a_day_that_history_does_not_reach_is_refused_in_words(tmp_path, day, words):
    file = tmp_path / "out.csv"
    with pytest.raises(CommandError, match=words):
        call_command("export", "updates", "--as-at", day, "-o", str(file))
    assert not file.exists()


@pytest.mark.parametrize("arguments", [["people"], ["updates", "--format", "pdf"], []])
def test_what_is_no_data_set_is_refused_in_words(arguments):
    with pytest.raises(CommandError, match=r"choose|required"):
        told(*arguments)


def test_a_place_that_cannot_be_written_is_named(tmp_path):
    with pytest.raises(CommandError, match="No such file or directory"):
        told("updates", "-o", str(tmp_path / "nowhere" / "out.csv"))


def test_a_run_from_the_shell_writes_the_same_bytes_to_a_pipe(tmp_path):
    database = f"sqlite:///{tmp_path / 'empty.sqlite3'}"
    run = [sys.executable, "manage.py"]
    environment = {"DATABASE_URL": database, "SECRET_KEY": "x" * 60, "PATH": "/usr/bin:/bin"}
    subprocess.run([*run, "migrate", "-v0"], env=environment, check=True)
    found = subprocess.run([*run, "export", "date_moves"], env=environment, capture_output=True, check=True)
    assert found.stdout == "\ufeffmilestone,initiative,moved_at,by,from,to,days,reason,brought_in_at\r\n".encode()
