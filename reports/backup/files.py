"""The file of a backup: a zip of JSON lines, with a seal at its end that any changed byte breaks.

`manifest.json` comes last in the zip. The zip's comment is the SHA-256 of every byte before it.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile

from reports.backup import BackupError

SEAL = 64  # hex digits of a SHA-256
BLOCK = 1 << 20
MANIFEST = "manifest.json"
FORMAT = "strategy portal backup"
VERSION = 1


# --- Writing --------------------------------------------------------------------------------------
class Draft:
    """A backup that is being written."""

    def __init__(self, archive: ZipFile) -> None:
        self._archive = archive

    def member(self, name: str, lines: Iterator[bytes]) -> dict[str, Any]:
        """Write lines under a name, and return how many and what they add up to."""
        digest, rows, held = sha256(), 0, bytearray()
        with self._archive.open(name, "w", force_zip64=True) as member:
            for line in lines:
                held += line
                rows += 1
                if len(held) > BLOCK:
                    digest.update(held)
                    member.write(held)
                    held.clear()
            digest.update(held)
            member.write(held)
        return {"member": name, "rows": rows, "sha256": digest.hexdigest()}

    def manifest(self, told: dict[str, Any]) -> None:
        """Write what the backup is."""
        words = {"format": FORMAT, "version": VERSION, **told}
        self._archive.writestr(MANIFEST, json.dumps(words, indent=1, ensure_ascii=False))


@contextmanager
def new_file(path: Path) -> Iterator[Draft]:
    """Write a backup, which its owner alone can read; nothing bears its name before it is whole and on the disk."""
    draft = path.with_name(f".{path.name}-{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "w+b") as file:
        try:
            with ZipFile(file, "w", ZIP_DEFLATED, compresslevel=3) as archive:
                archive.comment = b"0" * SEAL
                yield Draft(archive)
            _seal(file)
            file.flush()
            os.fsync(file.fileno())
            draft.rename(path)
            _to_the_disk(path.parent)
        except BaseException:
            draft.unlink(missing_ok=True)
            raise


def _seal(file: Any) -> None:
    file.seek(-SEAL, os.SEEK_END)
    digest = _digest(file, file.tell())
    file.seek(-SEAL, os.SEEK_END)
    file.write(digest.encode())


def _to_the_disk(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


# --- Reading --------------------------------------------------------------------------------------
class Backup:
    """A backup whose seal was found whole."""

    def __init__(self, archive: ZipFile, manifest: dict[str, Any]) -> None:
        self._archive, self.manifest = archive, manifest

    def lines(self, told: dict[str, Any]) -> Iterator[bytes]:
        """Yield the lines of a member, and raise `BackupError` at the end unless they are all those that it tells."""
        digest, rows = sha256(), 0
        with self._archive.open(told["member"]) as member:
            for line in member:
                digest.update(line)
                rows += 1
                yield line
        if (rows, digest.hexdigest()) != (told["rows"], told["sha256"]):
            raise BackupError(f"{told['member']} does not hold what the backup says of it.")


@contextmanager
def open_file(path: Path) -> Iterator[Backup]:
    """Open a backup; raises `BackupError` with words where it is none, is cut short, or has changed."""
    try:
        file = path.open("rb")
    except OSError as error:
        raise BackupError(f"{path}: {error.strerror}") from error
    with file:
        _check_the_seal(file, path)
        try:
            with ZipFile(file) as archive:
                manifest = json.loads(archive.read(MANIFEST))
                if (manifest["format"], manifest["version"]) != (FORMAT, VERSION):
                    raise BackupError(f"{path} is written in a way that this version does not read.")
                yield Backup(archive, manifest)
        except (BadZipFile, KeyError, ValueError) as error:
            raise BackupError(f"{path} is no backup of the portal.") from error


def _check_the_seal(file: Any, path: Path) -> None:
    file.seek(0, os.SEEK_END)
    size = file.tell() - SEAL
    file.seek(0)
    if size < 0 or file.read(4) not in (b"PK\x03\x04", b"PK\x05\x06"):
        raise BackupError(f"{path} is no backup of the portal.")
    found = _digest(file, size)
    seal = file.read(SEAL)
    if not re.fullmatch(rb"[0-9a-f]{64}", seal) or seal.decode() != found:
        raise BackupError(f"{path} is cut short, or was changed since it was written. Nothing was restored.")


def _digest(file: Any, size: int) -> str:
    """Return the SHA-256 of the first bytes, and stand after them."""
    digest = sha256()
    file.seek(0)
    while size > 0 and (block := file.read(min(BLOCK, size))):
        digest.update(block)
        size -= len(block)
    return digest.hexdigest()
