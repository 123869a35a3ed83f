"""Taking the name of somebody who left away, wherever it stands. What they did stays on record, by “Former officer”."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any
from urllib.parse import quote, quote_plus
from zipfile import BadZipFile, ZipFile

from allauth.mfa.models import Authenticator
from django.apps import apps
from django.contrib.auth.hashers import make_password
from django.db import models
from django.db.models import Q
from django.db.models.functions import Cast

from accounts.models import Entry, Identity, Session, SignIn, User, Visit
from accounts.record.erasing import seal_anew
from accounts.record.forgetting import forget_in_the_record, role_of
from accounts.record.triggers import standing_aside
from initiatives.models import Draft, Follow, Import, ReminderPreference
from reports.models import SavedView
from reports.privacy.declaration import HELD

FORMER = "Former officer"
SHORTEST = 5  # characters: a shorter name, or one without a space, may be a word of its own in a text


class StillHere(Exception):
    """Raised when a person whose account is open is to be forgotten; in words."""


def forget(person: User) -> int:
    """Replace the person's names and addresses, those of earlier days too, and return in how many rows of text.

    The chain of the record holds digests of who people were, so it still holds. Where a text on record named them, it
    begins again over what the record says from now on. Raises `StillHere` while the account is open.
    """
    if person.is_active:
        raise StillHere(
            f"{person.username} has an open account. Close it first: people who are here are not forgotten."
        )
    with standing_aside("a leaver is forgotten", of=person):
        versions = User.history.model.objects.filter(id=person.pk)
        told = [*versions.values_list("username", "name", "email"), (person.username, person.name, person.email)]
        usernames, names, emails = (
            {word for word in column if word and not word.startswith(FORMER)} for column in zip(*told, strict=True)
        )
        _end_what_is_theirs(person)
        former = f"former-officer-{person.pk}"
        nobody = {"username": former, "name": called(person), "email": "", "job_title": "", "directorate": ""}
        User.objects.filter(pk=person.pk).update(**nobody, password=make_password(None), last_login=None)
        versions.update(**nobody)
        forget_in_the_record(person)
        words = [*emails, *(name for name in names if _is_theirs_alone(name))]
        replace = _replacing(words)
        count = _replace_in_texts(replace, words, usernames - {former}, former) + _empty_files(words)
        if _replace_in_the_record(replace, words, usernames - {former}, former):
            seal_anew()
    return count


def called(person: User) -> str:
    """Return what a leaver is called: “Former officer (contributor)”."""
    return person.name if person.name.startswith(FORMER) else f"{FORMER} ({role_of(person)})"


def _end_what_is_theirs(person: User) -> None:
    """Delete what served the person alone."""
    Session.objects.filter(person=person).delete()
    SignIn.objects.filter(person=person).delete()
    Identity.objects.filter(person=person).delete()
    Identity.history.filter(person_id=person.pk).delete()
    Authenticator.objects.filter(user=person).delete()
    Visit.objects.filter(person=person).delete()
    Draft.objects.filter(person=person).delete()
    Follow.objects.filter(person=person).delete()
    wishes = ReminderPreference.objects.filter(person=person)
    wishes._raw_delete(wishes.db)  # which leaves no version behind that says so
    ReminderPreference.history.filter(person_id=person.pk).delete()
    SavedView.objects.filter(owner=person, is_shared=False).delete()
    person.tokens.update(name="A former officer's token")


def _is_theirs_alone(name: str) -> bool:
    """Say whether a text that holds the name speaks of this person: of nobody else here, and no word of its own."""
    return len(name) >= SHORTEST and " " in name.strip() and not User.objects.filter(name__iexact=name).exists()


# --- Texts ----------------------------------------------------------------------------------------
def _as_written(word: str) -> set[str]:
    """Return the ways in which texts of ours write a word: plain, and within addresses."""
    return {word, quote_plus(word), quote(word), quote(word, safe="")}


def _replacing(words: list[str]) -> Callable[[str], str]:
    """Return what puts “Former officer” in the place of any of the words."""
    ways = sorted({way for word in words for way in _as_written(word)}, key=len, reverse=True)
    if not ways:
        return lambda text: text
    pattern = re.compile("|".join(map(re.escape, ways)), re.IGNORECASE)
    return lambda text: pattern.sub(FORMER, text)


def _replace_in_texts(replace: Callable[[str], str], words: list[str], usernames: set[str], former: str) -> int:
    count = 0
    for model, field in _texts():
        is_json = isinstance(field, models.JSONField)
        sought = {*words, *usernames} if is_json or field.attname in ("query", "filters") else set(words)
        anyhow = {way for word in sought for way in (*_as_written(word), json.dumps(word)[1:-1])}
        holds = Q(*(("text__icontains", way) for way in sorted(anyhow)), _connector=Q.OR)
        rows: models.QuerySet[Any] = models.QuerySet(model)  # history is added to; only here is a name in it taken away
        found = rows.alias(text=Cast(field.attname, models.TextField())).filter(holds) if anyhow else rows.none()
        for pk, value in list(found.values_list("pk", field.attname)):
            was = value
            if is_json:
                value = _in_json(value, replace, usernames, former)
            else:
                value = replace(value)
                if field.attname in ("query", "filters"):
                    value = _in_address(value, usernames, former)
                value = value[: field.max_length] if field.max_length else value
            if value != was:
                count += rows.filter(pk=pk).update(**{field.attname: value})
    return count


def _replace_in_the_record(replace: Callable[[str], str], words: list[str], usernames: set[str], former: str) -> int:
    """Replace the words in what the record says of any row, and return in how many entries."""
    quoted = [re.compile(rf'(?<="){re.escape(username)}(?=\\?")') for username in usernames]
    sought = {way for word in (*words, *usernames) for way in (*_as_written(word), json.dumps(word)[1:-1])}
    names = ("before", "after", "reason")
    holds = Q(*((f"{name}__icontains", way) for name in names for way in sorted(sought)), _connector=Q.OR)
    count = 0
    for pk, *was in list(Entry.objects.filter(holds).values_list("pk", *names)) if sought else ():
        now = [_in_address(replace(text), usernames, former) for text in was]
        for pattern in quoted:
            now = [pattern.sub(former, text) for text in now]
        if now != was:
            count += Entry.objects.filter(pk=pk).update(**dict(zip(names, now, strict=True)))
    return count


def _in_address(text: str, usernames: set[str], former: str) -> str:
    """Replace the usernames where a filter asks for somebody's work."""
    for username in usernames:
        text = re.sub(rf"\bowner={re.escape(quote_plus(username))}(?=&|$|\\?\")", f"owner={former}", text)
    return text


def _texts() -> Iterator[tuple[type[models.Model], Any]]:
    """Yield every field that is declared as one that may name somebody, but people's own and the record's."""
    for held in HELD:
        for path in held.words:
            label, _, name = path.rpartition(".")
            model = apps.get_model(label)
            field = model._meta.get_field(name)
            if model not in (User, User.history.model, Entry) and not isinstance(field, models.BinaryField):
                yield model, field


def _in_json(value: Any, replace: Callable[[str], str], usernames: set[str], former: str) -> Any:
    if isinstance(value, str):
        return former if value in usernames else replace(value)
    if isinstance(value, list):
        return [_in_json(part, replace, usernames, former) for part in value]
    if isinstance(value, dict):
        return {replace(key): _in_json(part, replace, usernames, former) for key, part in value.items()}
    return value


# --- Files ----------------------------------------------------------------------------------------
def _empty_files(words: list[str]) -> int:
    """Empty the content of every file that holds one of the words. What became of its rows stays."""
    named = [row.pk for row in Import.objects.exclude(content=b"").iterator(10) if _names(bytes(row.content), words)]
    return Import.objects.filter(pk__in=named).update(content=b"")


def _names(content: bytes, words: list[str]) -> bool:
    try:
        with ZipFile(BytesIO(content)) as workbook:
            return any(_holds(workbook.read(member), words) for member in workbook.infolist())
    except BadZipFile:
        return _holds(content, words)


def _holds(content: bytes, words: list[str]) -> bool:
    texts = [content.decode(encoding, errors="ignore").casefold() for encoding in ("utf-8", "cp1252", "utf-16")]
    return any(word.casefold() in text for word in words for text in texts)
