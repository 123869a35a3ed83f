"""Mail that really goes through SMTP, to a server on loopback."""

import socket
from email import message_from_bytes, policy

import pytest
from aiosmtpd.controller import Controller

from tests.accounts.entra import CLIENT, TENANT, a_directory, hushed


class Letterbox:
    """Keeps what an SMTP server is handed."""

    def __init__(self):
        self.letters = []

    async def handle_DATA(self, server, session, envelope):
        self.letters.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 OK"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def no_mail(settings):
    """Point the portal at a port on loopback where nothing answers; returns the port."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port()
    return settings.EMAIL_PORT


@pytest.fixture
def letters(no_mail):
    """Start an SMTP server there; returns the list of the letters that it is handed."""
    box = Letterbox()
    server = Controller(box, hostname="127.0.0.1", port=no_mail)
    server.start()
    yield box.letters
    server.stop()


@pytest.fixture(scope="session")
def running_directory():
    """A provider on loopback for all tests: its key takes time to make."""
    with a_directory() as found:
        yield found


@pytest.fixture
def directory(running_directory, db, settings):
    """The organisation's directory, and a portal that trusts it."""
    running_directory.tells_the_truth()
    settings.ENTRA_TENANT, settings.ENTRA_CLIENT_ID, settings.ENTRA_CLIENT_SECRET = TENANT, CLIENT, "secret"
    settings.ENTRA_ISSUER = running_directory.issuer
    with hushed():
        yield running_directory
