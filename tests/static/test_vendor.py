"""Every vendored byte is known: what it is, where it came from, and its checksum."""

import hashlib
import json
import re

import pytest
from django.conf import settings

VENDOR = settings.BASE_DIR / "static/vendor"
FILES = json.loads((VENDOR / "MANIFEST.json").read_text())["files"]
OUR_OWN = {"MANIFEST.json", "build.sh"}


def test_every_vendored_file_is_in_the_manifest_and_there_is_no_other():
    listed = [entry["file"] for entry in FILES]
    assert sorted(listed) == sorted(path.name for path in VENDOR.rglob("*") if path.name not in OUR_OWN)


@pytest.mark.parametrize("entry", FILES, ids=lambda entry: entry["file"])
def test_a_vendored_file_is_what_the_manifest_says(entry):
    assert hashlib.sha256((VENDOR / entry["file"]).read_bytes()).hexdigest() == entry["sha256"]
    assert entry["version"] in entry["file"]
    assert entry["licence"] in ("MIT", "OFL-1.1", "MIT AND BSD-3-Clause AND Zlib")


def test_every_vendored_package_brings_its_licence():
    licensed = {entry["package"] for entry in FILES if entry["file"].endswith(".LICENSE.txt")}
    assert licensed == {entry["package"] for entry in FILES}


def test_plotlys_bundle_brings_the_licence_of_every_package_in_it():
    bundle = next(entry for entry in FILES if entry["package"] == "plotly.js")
    [path] = VENDOR.glob("plotly-*.LICENSE.txt")
    found = re.findall(r"^(\S+) \S+ \(([^)]+)\)\n====", path.read_text(), re.MULTILINE)
    assert {"plotly.js", "@plotly/d3", "culori"} <= {package for package, _ in found}
    assert {licence for _, licence in found} == set(bundle["licence"].split(" AND "))
