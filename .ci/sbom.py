"""Writes what the product is made of, as CycloneDX: the locked packages and the vendored files.

python .ci/sbom.py [FILE]    FILE is sbom.cdx.json unless it is named
"""

import json
import subprocess
import sys
from pathlib import Path

HOME = Path(__file__).resolve().parents[1]


def packages():
    """Return what the lock holds, as cyclonedx-py writes it."""
    lists = [Path(sys.executable).with_name("cyclonedx-py"), "requirements", "--output-reproducible", "--of", "JSON"]
    told = [*lists, "--pyproject", HOME / "pyproject.toml", HOME / "requirements.txt"]
    return json.loads(subprocess.run(told, capture_output=True, check=True).stdout)  # noqa: S603


def vendored():
    """Return the packages that others' files in static/vendor come from, with the sum of each file."""
    found = {}
    for entry in json.loads((HOME / "static/vendor/MANIFEST.json").read_text())["files"]:
        name, version = entry["package"], entry["version"]
        purl = f"pkg:npm/{name.replace('@', '%40')}@{version}"
        package = found.setdefault(
            purl,
            {
                "type": "library",
                "bom-ref": purl,
                "name": name,
                "version": version,
                "purl": purl,
                "licenses": [{"expression": entry["licence"]}],
                "components": [],
            },
        )
        sums = [{"alg": "SHA-256", "content": entry["sha256"]}]
        package["components"].append({"type": "file", "name": f"static/vendor/{entry['file']}", "hashes": sums})
    return list(found.values())


if __name__ == "__main__":
    target = Path(sys.argv[1] if len(sys.argv) > 1 else HOME / "sbom.cdx.json")
    told = packages()
    told["components"] += vendored()
    target.write_text(json.dumps(told, indent=1) + "\n")
    print(f"{target}: {len(told['components'])} components")
