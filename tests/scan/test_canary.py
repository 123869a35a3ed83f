"""The site by which the scanner is tried has the weaknesses that it says, each seen by hand."""

import io
from urllib.parse import quote
from wsgiref.util import setup_testing_defaults

from tests.scan.canary import SEEDED, application


def asks(path, query="", sent=None):
    """Ask the site; returns the status, the headers and the page."""
    environ, told = {"PATH_INFO": path, "QUERY_STRING": query}, {}
    setup_testing_defaults(environ)
    if sent is not None:
        environ |= {"REQUEST_METHOD": "POST", "CONTENT_LENGTH": str(len(sent)), "wsgi.input": io.BytesIO(sent)}
    page = b"".join(application(environ, lambda status, headers: told.update(status=status, headers=headers)))
    return told["status"], dict(told["headers"]), page.decode()


def test_each_of_its_nine_weaknesses_is_one():
    script = "<script>alert(1)</script>"
    _, headers, page = asks("/guests", sent=f"name={quote(script)}".encode())
    seen = {
        "a search that writes what was asked": script in asks("/search", f"q={quote(script)}")[2],
        "a book that writes what guests left": script in asks("/guests")[2],
        "a way on to anywhere": asks("/go", "to=https://example.org")[1]["Location"] == "https://example.org",
        "a reader of any file": "root:" in asks("/file", "name=/etc/passwd")[2],
        "a shell behind a form": "49" in asks("/echo", f"words={quote('$((7*7))')}")[2],
        "a question made of words": "OperationalError" in asks("/person", "id='")[2],
        "a form without a token": "token" not in page and script in page,
        "no content security policy": "Content-Security-Policy" not in headers,
        "a cookie that scripts can read": "HttpOnly" not in headers["Set-Cookie"],
    }
    assert seen == dict.fromkeys(SEEDED, True)
    assert len(SEEDED) == 9
