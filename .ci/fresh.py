"""Says which of the packages that pyproject.toml names are behind the newest release that it allows.

python .ci/fresh.py [--all]    --all looks at the tools for tests and checks too

Asks by pip, as it is configured here. Exits 1 when something is behind, and 0, silently, where no registry answers.
"""

import re
import subprocess
import sys
import tomllib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

HOME = Path(__file__).resolve().parents[1]


def wanted(project, everything=False):
    """Return the packages that a project names, with the versions that it allows."""
    tools = project["dependency-groups"]["dev"] if everything else []
    return [Requirement(line) for line in project["project"]["dependencies"] + tools]


def locked(text):
    """Return the version of each package of a lock, by name."""
    return {
        canonicalize_name(name): Version(v) for name, v in re.findall(r"^([\w.-]+)==([^\s;\\]+)", text, re.MULTILINE)
    }


def versions_of(name):
    """Return every version of a package that the registry has for this Python; nothing where it does not answer."""
    asks = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--retries", "0", "--timeout", "10"]
    run = subprocess.run([*asks, "index", "versions", name], capture_output=True, text=True)  # noqa: S603
    found = re.search(r"^Available versions: (.+)$", run.stdout, re.MULTILINE)
    return [Version(version) for version in found[1].split(", ")] if found else []


def behind(requirements, pins, versions):
    """Yield a line for each package whose newest allowed version is newer than its pin."""
    for requirement, found in zip(requirements, versions, strict=True):
        pin = pins[canonicalize_name(requirement.name)]
        newest = max(requirement.specifier.filter(found), default=pin)
        if newest > pin:
            yield f"{requirement.name} {pin} is behind {newest}"


def main(everything):
    """Print what is behind and return the code to exit with."""
    requirements = wanted(tomllib.loads((HOME / "pyproject.toml").read_text()), everything)
    pins = locked((HOME / "requirements-dev.txt").read_text()) | locked((HOME / "requirements.txt").read_text())
    if not versions_of(requirements[0].name):
        return 0
    with ThreadPoolExecutor(4) as pool:
        lines = list(behind(requirements, pins, pool.map(versions_of, [r.name for r in requirements])))
    print("\n".join(lines) if lines else "Every package is the newest that pyproject.toml allows.")
    return int(bool(lines))


if __name__ == "__main__":
    sys.exit(main("--all" in sys.argv[1:]))
