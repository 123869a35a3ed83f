"""The secret key is made on the first run, once, and nobody else can read it."""

import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

HOME = Path(__file__).parents[2]
MAKES = (
    "import os, sys, time; from pathlib import Path; from strategy_portal.settings import first_run_secret_key as k;"
    "os.umask(int(sys.argv[2])); print(k(Path(sys.argv[1])), end='')"
)


def makes(path, umask=0):
    environment = {"SECRET_KEY": "x" * 60}
    run = subprocess.run(
        [sys.executable, "-c", MAKES, str(path), str(umask)], cwd=HOME, env=environment, capture_output=True, text=True
    )
    assert run.returncode == 0, run.stderr
    return run.stdout


def test_eight_processes_that_start_together_have_one_key(tmp_path):
    path = tmp_path / "key"
    with ThreadPoolExecutor(8) as pool:
        keys = list(pool.map(makes, [path] * 8))
    assert set(keys) == {path.read_text()}
    assert len(keys[0]) == 100
    assert [found.name for found in tmp_path.iterdir()] == ["key"]


def test_only_its_owner_reads_it_whatever_the_umask(tmp_path):
    for umask in (0, 0o022, 0o077):
        path = tmp_path / f"key-{umask}"
        makes(path, umask)
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_key_that_is_there_stays_as_it_is(tmp_path):
    path = tmp_path / "key"
    path.write_text("the council's own key")
    path.chmod(0o400)
    assert makes(path) == "the council's own key"
    assert stat.S_IMODE(path.stat().st_mode) == 0o400


def test_where_nothing_can_be_written_each_process_has_a_key_of_its_own(tmp_path):
    nowhere = tmp_path / "nowhere" / "key"
    assert len({makes(nowhere), makes(nowhere)}) == 2
