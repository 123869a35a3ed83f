"""A site with nine weaknesses put in on purpose, by which a scanner shows that it can see. On loopback only.

python -m tests.scan.canary PORT
"""

import sqlite3
import subprocess
import sys
from socketserver import ThreadingMixIn
from urllib.parse import parse_qs
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

# What is seeded, and a part of the name that wapiti gives it.
SEEDED = {
    "a search that writes what was asked": "Reflected Cross Site Scripting",
    "a book that writes what guests left": "Stored Cross Site Scripting",
    "a way on to anywhere": "Open Redirect",
    "a reader of any file": "Path Traversal",
    "a shell behind a form": "Command execution",
    "a question made of words": "SQL Injection",
    "a form without a token": "Cross Site Request Forgery",
    "no content security policy": "Content Security Policy",
    "a cookie that scripts can read": "HttpOnly Flag cookie",
}
LINKS = "/search?q=a", "/guests", "/go?to=/guests", "/file?name=/etc/hostname", "/echo?words=a", "/person?id=1"
guests: list[str] = []


def page(said):
    return [f"<html><body>{said}</body></html>".encode()]


def application(environ, start_response):
    """Answer as somebody would who has heard of none of this."""
    asked = {name: values[0] for name, values in parse_qs(environ["QUERY_STRING"]).items()}
    headers = [("Content-Type", "text/html; charset=utf-8"), ("Set-Cookie", "session=1; Path=/")]
    path, status, said = environ["PATH_INFO"], "200 OK", ""
    if path == "/":
        said = "".join(f'<p><a href="{link}">{link}</a></p>' for link in LINKS)
    elif path == "/search":
        said = f'<form action="/search"><input name="q" value=""></form>Nothing about {asked.get("q", "")}.'
    elif path == "/guests":
        if environ["REQUEST_METHOD"] == "POST":
            sent = parse_qs(environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)).decode())
            guests.append(sent.get("name", [""])[0])
        said = '<form method="post" action="/guests"><input name="name" value="a"><button>Sign</button></form>'
        said += "".join(f"<p>{guest}</p>" for guest in guests[-50:])
    elif path == "/go":
        status, headers = "302 Found", [*headers, ("Location", asked.get("to", "/").split("\n")[0].split("\r")[0])]
    elif path == "/file":
        said = read(asked.get("name", ""))
    elif path == "/echo":
        words = asked.get("words", "").replace("\0", "")
        said = subprocess.run(f"echo {words}", shell=True, capture_output=True, text=True, timeout=20).stdout
    elif path == "/person":
        said = person(asked.get("id", ""))
    else:
        status = "404 Not Found"
    start_response(status, headers)
    return page(said)


def read(name):
    try:
        with open(name, errors="replace") as file:  # noqa: PTH123
            return file.read(10_000)
    except (OSError, ValueError) as error:
        return str(error)


def person(number):
    with sqlite3.connect(":memory:") as database:
        database.executescript("CREATE TABLE person (id, name); INSERT INTO person VALUES (1, 'Olga')")
        try:
            return str(database.execute(f"SELECT name FROM person WHERE id = '{number}'").fetchall())
        except (sqlite3.Error, sqlite3.Warning) as error:
            return f"sqlite3.OperationalError: {error}"


class Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class Silent(WSGIRequestHandler):
    def log_message(self, *_):
        pass


if __name__ == "__main__":
    make_server("127.0.0.1", int(sys.argv[1]), application, Server, Silent).serve_forever()
