"""Stops at a file that is too large while it comes in, so that it fills neither memory nor disk."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest


def most_bytes() -> int:
    """Return how large a file may be."""
    found: int = settings.IMPORT_MAX_BYTES
    return found


def was_too_large(request: HttpRequest) -> bool:
    """Say whether a file of this request was passed over because of its size."""
    return getattr(request, "file_was_too_large", False)


class PassesOverLargeFiles(FileUploadHandler):
    """Passes over what is left of a file that is larger than any may be; the other answers of its form stay."""

    def new_file(self, *args: Any, **options: Any) -> None:
        super().new_file(*args, **options)
        self.met = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        self.met += len(raw_data)
        if self.met > most_bytes():
            self.request.file_was_too_large = True  # type: ignore[union-attr]
            raise SkipFile
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None
