"""A real nginx with the configuration of docs/deploy, whose ports and paths alone are this machine's."""

import datetime
import os
import re
import ssl
import subprocess
import threading
import time
from http.client import HTTPSConnection
from types import SimpleNamespace
from urllib.parse import urlencode

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.faults.conftest import ROOT, free_port
from tests.services import nginx

NAME = "strategy.example.gov.uk"
# What Debian puts around a site, and what this test alone adds so that nginx runs without rights and without traces.
AROUND = """
{user}worker_processes 1;
pid {folder}/pid;
daemon off;
error_log stderr;
events {{ worker_connections 768; }}
http {{
    {temporary}
    include {folder}/site.conf;
}}
"""
TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")


def certificate(folder):
    """Make a certificate that nobody but this test believes."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
    now = datetime.datetime.now(datetime.UTC)
    made = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    made = made.not_valid_before(now).not_valid_after(now + datetime.timedelta(days=1)).sign(key, hashes.SHA256())
    (folder / "fullchain.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "privkey.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )


class Nginx:
    """nginx before some portals; `knock` asks it as a browser would that knows no other certificate."""

    def __init__(self, folder, portals):
        self.folder, self.port, self.plain_port = folder, free_port(), free_port()
        certificate(folder)
        site = (ROOT / "docs/deploy/nginx.conf").read_text()
        servers = "\n".join(f"server 127.0.0.1:{port} max_fails=1 fail_timeout=5s;" for port in portals)
        for ours, here in [
            (r"server 127\.0\.0\.1:8000 max_fails=1 fail_timeout=5s;", servers),
            (r"listen 80;", f"listen 127.0.0.1:{self.plain_port};"),
            (r"listen 443 ssl;", f"listen 127.0.0.1:{self.port} ssl;"),
            (r"/etc/ssl/portal|/var/log/nginx", str(folder)),
        ]:
            site, count = re.subn(ours, here, site)
            assert count, ours
        user = "user root;\n" if os.geteuid() == 0 else ""
        temporary = "\n    ".join(f"{what}_temp_path {folder}/{what};" for what in TEMPORARY)
        (folder / "site.conf").write_text(site)
        (folder / "main.conf").write_text(AROUND.format(user=user, folder=folder, temporary=temporary))
        self.command = [nginx(), "-p", str(folder), "-c", str(folder / "main.conf")]

    def checked(self):
        """Let nginx check its configuration; returns what it says."""
        return subprocess.run([*self.command, "-t"], capture_output=True, text=True).stderr

    def __enter__(self):
        self.process = subprocess.Popen(self.command, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True)
        threading.Thread(target=self.process.communicate, daemon=True).start()  # so that it never waits for a reader
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            try:
                self.knock("GET", "/healthz")
                return self
            except OSError:
                time.sleep(0.05)
        raise RuntimeError("nginx did not start")

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(timeout=30)

    def line(self, timeout=60):
        return HTTPSConnection("127.0.0.1", self.port, timeout=timeout, context=anybody())

    def knock(self, method, path, cookies=None, said=None, headers=None):
        """Send one request; returns its status, words and headers. `cookies` are kept as a browser keeps them."""
        cookies = {} if cookies is None else cookies
        body = urlencode(said) if said is not None else None
        sent = {"Host": NAME, "Origin": f"https://{NAME}", **(headers or {})}
        sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in cookies.items())
        if body is not None:
            sent["Content-Type"] = "application/x-www-form-urlencoded"
        line = self.line()
        try:
            line.request(method, path, body, sent)
            answer = line.getresponse()
            for cookie in answer.headers.get_all("Set-Cookie") or []:
                name, _, value = cookie.partition(";")[0].partition("=")
                cookies[name] = value
            return SimpleNamespace(status=answer.status, words=answer.read().decode(), headers=answer.headers)
        finally:
            line.close()

    def log(self):
        """Return what nginx wrote down: the lines of its log."""
        return (self.folder / "portal.log").read_text().splitlines()


def anybody():
    """Return a context of TLS that believes this test's certificate."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context
