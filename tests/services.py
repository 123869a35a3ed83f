"""Finds what the tests need beside Python (a Chromium, a PostgreSQL, an nginx) and starts a throwaway PostgreSQL.

python tests/services.py chromium                       prints its path, or exits 1
python tests/services.py postgres                       prints the folder of its programs, or exits 1
python tests/services.py nginx                          prints its path, or exits 1
python tests/services.py wapiti                         prints its path, or exits 1
python tests/services.py run-with-postgres -- COMMAND   runs COMMAND with DATABASE_URL set to a throwaway one
python tests/services.py left-out                       says what is missing and what installs it, and exits 1
                                                        when that is anything and CI=true
"""

import ctypes
import os
import pwd
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

CHROMIUMS = [os.environ.get("CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome"]
POSTGRES_FOLDERS = ["usr/lib/postgresql/*/bin", "usr/local/bin", "opt/homebrew/opt/postgresql*/bin"]


class Missing(Exception):
    """What the tests need is not on this machine."""


def chromium():
    """Return the path of the Chromium that CHROMIUM names, or of the first that is found."""
    found = next(filter(None, map(shutil.which, CHROMIUMS)), None)
    if found is None:
        raise Missing("there is no Chromium")
    if sys.platform == "linux":
        try:
            ctypes.CDLL("libatomic.so.1")
        except OSError:
            raise Missing("there is no libatomic, without which Playwright cannot drive Chromium") from None
    return found


def postgres():
    """Return the folder of PostgreSQL's server programs: the PATH's, or those of the newest version."""
    installed = [folder for pattern in POSTGRES_FOLDERS for folder in Path("/").glob(pattern)]
    installed.sort(key=lambda folder: [int(number) for number in re.findall(r"\d+", str(folder))], reverse=True)
    for folder in [*map(Path, os.get_exec_path()), *installed]:
        if all(os.access(folder / program, os.X_OK) for program in ("initdb", "postgres")):
            return folder
    raise Missing("there is no PostgreSQL server")


def nginx():
    """Return the path of nginx, which Debian keeps where only root looks."""
    found = shutil.which("nginx", path=os.pathsep.join([*os.get_exec_path(), "/usr/sbin", "/usr/local/sbin"]))
    if found is None:
        raise Missing("there is no nginx")
    return found


def wapiti():
    """Return the path of wapiti: `make scan` puts it into a folder of its own, away from what the product stands on."""
    own = Path(__file__).parents[1] / ".venv-scan/bin/wapiti"
    found = own if os.access(own, os.X_OK) else shutil.which("wapiti")
    if found is None:
        raise Missing("there is no wapiti: `make scan` installs it")
    return found


class Postgres:
    """A PostgreSQL of one's own on loopback, in a folder that goes away with it.

    with Postgres() as server:
        connect(server.url)
        server.kill()  # as a crash would; stop() is the polite way
        server.start()  # the same data at the same address
    """

    def __init__(self):
        self.programs = postgres()
        self.run_as = _unprivileged_user()
        self.password = secrets.token_hex(16)
        self.port = _free_port()
        self.url = f"postgres://postgres:{self.password}@127.0.0.1:{self.port}/postgres"
        self.folder = Path(tempfile.mkdtemp(prefix="portal-postgres-"))
        self.data, self.log = self.folder / "data", self.folder / "log"
        self.process = None

    def __enter__(self):
        try:
            self._create()
            self.start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_):
        self.close()

    def start(self):
        """Start the server, and return when it takes connections."""
        self.process = self._popen(
            *("postgres", "-D", self.data, "-p", self.port, "-h", "127.0.0.1", "-k", ""),
            *("-c", "fsync=off", "-c", "full_page_writes=off"),  # nothing here need outlive the machine
            *("-c", "max_connections=300"),  # each process that runs tests may have a portal of many threads
        )
        deadline = time.monotonic() + 60
        while not self._is_ready():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"PostgreSQL did not start:\n{self.log.read_text()}")
            time.sleep(0.05)

    def stop(self):
        """Stop the server in order, closing whatever is connected."""
        self._end(signal.SIGINT)

    def kill(self):
        """Crash the server, so that its next start recovers. (SIGKILL would leave its children behind.)"""
        self._end(signal.SIGQUIT)

    def close(self):
        """Stop the server and delete everything that it wrote."""
        try:
            self.stop()
        finally:
            shutil.rmtree(self.folder, ignore_errors=True)

    def _create(self):
        password_file = self.folder / "password"
        password_file.write_text(self.password)
        if self.run_as:
            shutil.chown(self.folder, self.run_as)
            shutil.chown(password_file, self.run_as)
        locale = "C.UTF-8" if sys.platform == "linux" else "C"
        creation = self._popen(
            *(
                "initdb",
                "-D",
                self.data,
                "-U",
                "postgres",
                "-A",
                "scram-sha-256",
                f"--pwfile={password_file}",
            ),
            *("--encoding=UTF8", f"--locale={locale}", "--no-sync"),
        )
        if creation.wait() != 0:
            raise RuntimeError(f"initdb failed:\n{self.log.read_text()}")

    def _popen(self, program, *arguments):
        with self.log.open("ab") as log:
            return subprocess.Popen(
                [self.programs / program, *map(str, arguments)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.folder,
                start_new_session=True,  # else Ctrl-C at the terminal would reach it before us
                **self._identity(),
            )

    def _identity(self):
        if self.run_as is None:
            return {}
        return {"user": self.run_as, "group": pwd.getpwnam(self.run_as).pw_gid, "extra_groups": []}

    def _is_ready(self):
        # The eighth line of its own pid file is how the server says it, to pg_ctl too.
        with suppress(FileNotFoundError):
            lines = (self.data / "postmaster.pid").read_text().split()
            return lines[:1] == [str(self.process.pid)] and lines[-1] == "ready"
        return False

    def _end(self, number):
        if self.process and self.process.poll() is None:
            self.process.send_signal(number)
            self.process.wait(timeout=60)


def _unprivileged_user():
    """Return whom the server runs as when this is root, as whom it refuses to run."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with suppress(KeyError):
            return pwd.getpwnam(name).pw_name
    raise Missing("PostgreSQL refuses to run as root, and there is no other user")


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def run_with_postgres(command):
    """Return the exit code of `command`, run with DATABASE_URL set to a throwaway PostgreSQL."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda number, _: sys.exit(128 + number))  # so that `with` cleans up
    with Postgres() as server:
        return subprocess.run(command, env=os.environ | {"DATABASE_URL": server.url}).returncode


def left_out():
    """Say what this machine's tests leave out, and return whether that is a failure."""
    missing = {}
    for package, tests, find in [
        ("chromium libatomic1", "the browser tests", chromium),
        ("nginx-light", "what is tested behind nginx", nginx),
        ("postgresql", "the suite on PostgreSQL", lambda: postgres() and _unprivileged_user()),
    ]:
        if package == "postgresql" and os.environ.get("TEST_DATABASE_URL"):
            continue
        try:
            find()
        except Missing as why:
            missing[package] = f"{tests} ({why})"
    if not missing:
        print("Left out: nothing. (The tests that take minutes run by `make soak`.)")
        return 0
    print(f"Left out: {' and '.join(missing.values())}. To put it in: apt-get install {' '.join(missing)}")
    return int(os.environ.get("CI") == "true")


def main(arguments):
    match arguments:
        case ["run-with-postgres", "--", *command] if command:
            return run_with_postgres(command)
        case ["left-out"]:
            return left_out()
        case ["chromium"]:
            print(chromium())
        case ["postgres"]:
            print(postgres())
        case ["nginx"]:
            print(nginx())
        case ["wapiti"]:
            print(wapiti())
        case _:
            sys.exit(__doc__)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except Missing as missing:
        sys.exit(f"Left out: {missing}")
    except KeyboardInterrupt:
        sys.exit(130)
