"""Mail that really goes through SMTP, to a server on loopback."""

import socket
from email import message_from_bytes, policy

import pytest
from aiosmtpd.controller import Controller


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
