"""Telling owners what leaders said to their asks."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse

from accounts.models import User
from initiatives.models import Answer
from initiatives.reminders.letters import in_one_line, is_without_account, portal_address

log = logging.getLogger("portal.answers")


def tell(answer: Answer) -> list[User]:
    """Write to whoever asked and to the owner now, and return those who could not be written to.

    Nobody is told of their own answer. Without an e-mail it shows under "What I owe" all the same.
    """
    return [person for person in _concerned(answer) if not _sent(answer, person)]


def _concerned(answer: Answer) -> Iterable[User]:
    people = {person.pk: person for person in (answer.ask.recorded_by, answer.ask.initiative.owner) if person}
    return (p for p in people.values() if p.is_active and p.email and p.pk != answer.recorded_by_id)


def _sent(answer: Answer, person: User) -> bool:
    page = reverse("initiatives:initiative", args=[answer.ask.initiative.ref])
    words = {
        "name": in_one_line(person.name),
        "answer": answer,
        "by": in_one_line(answer.recorded_by.name) if answer.recorded_by else "Leaders",
        "ref": answer.ask.initiative.ref,
        "title": in_one_line(answer.ask.initiative.title),
        "address": "" if is_without_account(person) else portal_address(page),
        "PORTAL_NAME": settings.PORTAL_NAME,
        "ORGANISATION": settings.ORGANISATION,
    }
    try:
        mail = EmailMultiAlternatives(
            in_one_line(render_to_string("initiatives/answer_subject.txt", words)),
            render_to_string("initiatives/answer_email.txt", words),
            to=[person.email],
            headers={"Auto-Submitted": "auto-generated"},
        )
        mail.attach_alternative(render_to_string("initiatives/answer_email.html", words), "text/html")
        return bool(mail.send())
    except (OSError, SMTPException, ValueError):  # mail is down, or the address cannot be written to
        log.warning("answer %s could not be sent to person %s", answer.pk, person.pk, exc_info=True)
        return False
