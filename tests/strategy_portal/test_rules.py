"""Our own rules for the code find what they should, let be what they should, and find nothing in the portal."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

HOME = Path(__file__).parents[2]
AST_GREP = Path(sys.executable).with_name("ast-grep")
RULES = sorted(rule.stem for rule in (HOME / ".ci/rules").glob("*.yml"))
OURS = ("accounts", "initiatives", "pillars", "reports", "strategy_portal")


def ast_grep(command, *arguments, cwd=HOME):
    return subprocess.run(
        [AST_GREP, command, "--config", HOME / ".ci/sgconfig.yml", *arguments], cwd=cwd, capture_output=True, text=True
    )


def test_every_rule_has_what_it_finds_and_what_it_lets_be():
    fixtures = {file.name.removesuffix("-test.yml"): file.read_text() for file in HOME.glob(".ci/rule-tests/*.yml")}
    assert sorted(fixtures) == RULES
    assert len(RULES) >= 12
    for name, text in fixtures.items():
        good, bad = text.split("invalid:")
        assert (name, good.count("  - |") >= 1, bad.count("  - |") >= 2) == (name, True, True)
    run = ast_grep("test", "--skip-snapshot-tests")
    assert (run.returncode, f"{len(RULES)} passed; 0 failed" in run.stdout) == (0, True), run.stdout


def test_the_portal_breaks_none_of_them():
    run = ast_grep("scan", "--error", *OURS)
    assert run.returncode == 0, run.stdout


def test_a_view_that_breaks_one_is_found(tmp_path):
    (tmp_path / "views.py").write_text("def find(request):\n    return Pillar.objects.filter(**request.GET.dict())\n")
    run = ast_grep("scan", "--error", str(tmp_path))
    assert run.returncode != 0
    assert "no-request-key-in-a-lookup" in run.stdout + run.stderr


# --- Templates ------------------------------------------------------------------------------------
RISKS = re.compile(
    r"\|\s*(safe|safeseq|urlize|urlizetrunc|striptags|linebreaks|linebreaksbr|truncate\w+|removetags|wordwrap)\b"
    r"|\{%-?\s*(autoescape off|debug|filter)\b"
)
# Our own words in the code, the progress of an import that the view has escaped, and the office's setting. To cut after
# so many characters takes as long as they are many.
ALLOWED = {
    "components/field_words.html": ["safe"],
    "components/field.html": ["safe"],
    "admin/edit_inline/tabular.html": ["striptags", "striptags"],
    "initiatives/imports/applying.html": ["safe"],
    "initiatives/link_refused.html": ["urlize"],
    "reports/my_data.html": ["truncatechars"],
    "reports/record.html": ["truncatechars"] * 3,
}


def test_templates_mark_nothing_safe_and_use_no_helper_that_odd_words_make_slow():
    found = {}
    for file in (HOME / "templates").rglob("*.html"):
        if risks := [match[1] or match[2] for match in RISKS.finditer(file.read_text())]:
            found[str(file.relative_to(HOME / "templates"))] = risks
    assert found == ALLOWED


@pytest.mark.parametrize(
    "risk", ["{{ x|safe }}", "{{ x | striptags }}", "{% autoescape off %}", "{{ x|truncatewords:3 }}"]
)
def test_a_risk_is_seen(risk):
    assert RISKS.search(risk)
