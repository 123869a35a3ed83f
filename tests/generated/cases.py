"""How many cases are tried of what, what they are made of, and what each of them must keep to."""

import os
import re
from contextlib import contextmanager

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.databases import examples

LONGEST = 2  # seconds of processor time, of this process and of those that it started
SOAK = 40  # times as many

# Cases in every run on SQLite; on PostgreSQL a tenth, where the same code runs again.
SHARES = {
    "fields": 1_800,
    "updates": 500,
    "filters": 1_000,
    "tokens": 900,
    "importer": 500,
    "questions": 250,
    "forms": 150,
    "files": 10,
}

# What databases, numbers, dates, addresses, templates and searches trip over.
WORST = ["\0", "a\0b", "\ud800", "9" * 5_000, "-1", "\u202egnol", "'"]
CORPUS = [
    *WORST, "", " ", "0", "1", "1e309", "-0", "NaN", "inf", "1_0", "٥", "½", "0x10", "9" * 19, "-9223372036854775809",
    "2147483648", "True", "None", "null", "[]", "{}", "0000-00-00", "29/02/2025", "2025-06-01", "31/04/2026",
    "9999-12-31", "10000-01-01", "' OR 1=1 --", '"; DROP TABLE x', "%", "_", "\\", "owner__password", "pk", "?", "-ref",
    "<script>alert(1)</script>", "{{ 7|add:7 }}", "{% debug %}", "=1+1", "javascript:alert(1)", "../../etc/passwd",
    "a\r\nBcc: x@y.example", "\x1b[31m", "\uffff", "\ufeff", "💥" * 100, "e\u0301", "a" + "\u0300\u0316" * 2_000,
    "x" * 20_001, "\n" * 20_001, "[" * 20_000, "<a " * 7_000, "&" * 20_000, "http://[", "x@y", "(" * 5_000,
    "00000000-0000-0000-0000-000000000000", "olga", "DS-001", "DS-001-M01", "purpose", "green", "amber", "red", "on",
]  # fmt: skip
odd = st.one_of(
    st.sampled_from(CORPUS),
    st.text(max_size=30),
    st.integers().map(str),
    st.dates().map(str),
    st.tuples(st.sampled_from(CORPUS), st.sampled_from(CORPUS)).map("".join),
)


def tries(share, cases, check, *, times=1):
    """Try so many generated cases: none may take more than `LONGEST`, and `check` says what else."""

    @settings(
        max_examples=examples(SHARES[share]) * times,
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate, Phase.shrink],  # to explain a failure every line of every case would be traced
    )
    @given(cases)
    def each(case):
        with in_time():
            check(case)

    each()


@contextmanager
def in_time():
    """Measure processor time, which a busy machine does not lengthen."""
    before = sum(os.times()[:4])
    yield
    took = sum(os.times()[:4]) - before
    assert took < LONGEST, f"took {took:.1f} s"


# --- Addresses ------------------------------------------------------------------------------------
def example(pattern, values):
    """Return an address of a pattern: what `values` holds by name in the places of its parts, else a 1."""
    path, rest = "", re.sub(r"\\Z|\^|\$", "", pattern).replace("\\.", ".")
    while rest:
        if named := re.match(r"<(?:\w+:)?(\w+)>", rest):
            path, rest = path + str(values.get(named[1], 1)), rest[named.end() :]
        elif rest[0] == "(":
            end = _closing(rest)
            name = re.match(r"\(\?P<(\w+)>", rest)
            path, rest = path + str(values.get(name[1] if name else "", 1)), rest[end:]
        else:
            path, rest = path + rest[0], rest[1:]
    return f"/{path}"


def _closing(text):
    depth = 0
    for place, sign in enumerate(text):
        depth += (sign == "(") - (sign == ")")
        if depth == 0:
            return place + 1
    raise ValueError(text)
