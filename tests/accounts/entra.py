"""A directory on loopback: a real OpenID Connect provider, which a test may have forge the tokens that it hands out."""

import threading
import time
import warnings
from contextlib import contextmanager
from types import SimpleNamespace
from urllib.parse import parse_qs, urlsplit

import jwt
import requests

TENANT = "6b1f4d5e-0000-4000-8000-000000000001"
OTHER_TENANT = "6b1f4d5e-0000-4000-8000-000000000002"
CLIENT = "3c9a7f10-0000-4000-8000-00000000c11e"
ANNA, BEN = "a0000000-0000-4000-8000-00000000000a", "b0000000-0000-4000-8000-00000000000b"


class Directory:
    """The provider, as a test speaks to it."""

    def __init__(self, issuer):
        self.issuer = issuer
        self.tells_the_truth()

    def tells_the_truth(self):
        """Forget what a test made of it."""
        self.forge = None  # (claims, the provider's own key) -> the token that goes out in place of the real one
        self.handed_out = []
        self.asked_with = []  # the forms that codes were exchanged with
        self.keys = None  # what the address of the keys answers, when not the truth

    def knows(self, object_id, *, tenant=TENANT, **claims):
        """Put somebody into the directory, or change what it says of them."""
        said = {"oid": object_id, "tid": tenant, "name": "Anna Arden", "preferred_username": "anna@council.example"}
        said = {name: value for name, value in {**said, **claims}.items() if value is not None}
        answer = requests.put(f"{self.issuer}/users/{object_id}", json=said, timeout=10)
        assert answer.status_code == 204

    def lets_in(self, address, object_id):
        """Do what the person does at the directory's own page; return the address that they are sent back to."""
        answer = requests.post(address, data={"sub": object_id}, allow_redirects=False, timeout=10)
        assert answer.status_code == 302, answer.text
        return answer.headers["Location"]


def public_key(key):
    """Return the public half of the provider's key as a program would read it, PEM."""
    from cryptography.hazmat.primitives import serialization

    return (
        jwt.PyJWK(key, algorithm="RS256")
        .key.public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    )


def signed(claims, key, **header):
    """Return a token of these claims, signed with the provider's own key."""
    return jwt.encode(claims, jwt.PyJWK(key, algorithm="RS256").key, algorithm="RS256", headers=header or None)


@contextmanager
def hushed():
    """Let the provider's libraries use what they themselves call old: a warning would fail the test."""
    with warnings.catch_warnings():
        from authlib.deprecate import AuthlibDeprecationWarning  # which makes itself heard when it is imported

        warnings.simplefilter("ignore", AuthlibDeprecationWarning)
        warnings.filterwarnings("ignore", "get_jwt_config", DeprecationWarning)
        yield


@contextmanager
def a_directory():
    """Run a provider on loopback until the end of the block."""
    with hushed():
        import flask
        import oidc_provider_mock
        from werkzeug.serving import make_server

        app = oidc_provider_mock.app()
    app.wsgi_app = app.wsgi_app.app  # without the debugger
    server = make_server("localhost", 0, app, threaded=True)
    directory = Directory(f"http://localhost:{server.server_port}")

    @app.before_request
    def listens():
        if flask.request.path == "/oauth2/token":
            directory.asked_with.append(flask.request.form.to_dict())

    @app.after_request
    def forges(response):
        if flask.request.path == "/jwks" and directory.keys is not None:
            response.set_data(flask.json.dumps(directory.keys))
        if flask.request.path == "/oauth2/token" and response.status_code == 200:
            said = response.get_json()
            if directory.forge is not None:
                claims = jwt.decode(said["id_token"], options={"verify_signature": False})
                key = flask.g.oidc_provider_mock_storage.jwk.as_dict(is_private=True)
                said["id_token"] = directory.forge(claims, key)
                response.set_data(flask.json.dumps(said))
            directory.handed_out.append(said["id_token"])
        return response

    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield directory
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def asked(response):
    """Return what the portal asks the directory for, from the redirect that it answers."""
    assert response.status_code == 302
    parts = urlsplit(response["Location"])
    question = {name: values[0] for name, values in parse_qs(parts.query).items()}
    return SimpleNamespace(address=response["Location"], **question)


def way_back(location):
    """Return the path of an address on the portal, with its question."""
    parts = urlsplit(location)
    return f"{parts.path}?{parts.query}"


def seconds_from_now(seconds):
    return int(time.time()) + seconds
