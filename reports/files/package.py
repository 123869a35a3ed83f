"""The data package: what a machine can read of the data sets, and all of them with it in one zip (Frictionless)."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from datetime import date
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from django.conf import settings

from reports.datasets import DATASETS, Column, Dataset, Scope
from reports.files import BLOCK, Piece
from reports.files.as_csv import csv_pieces

_TYPES: dict[str, dict[str, Any]] = {
    "text": {"type": "string"},
    "word": {"type": "string"},
    "list": {"type": "string"},
    "integer": {"type": "integer"},
    "date": {"type": "date"},
    "moment": {"type": "datetime"},
    "truth": {"type": "boolean", "trueValues": ["true"], "falseValues": ["false"]},
}


def described(day: date, query: str = "") -> dict[str, Any]:
    """Return the package's metadata as at a day; `query` stands after each file's path, where there is one."""
    ending = f"?{query}" if query else ""
    return {
        "profile": "tabular-data-package",
        "name": "data-strategy",
        "title": f"Data sets of the {settings.PORTAL_NAME}",
        "description": f"How the initiatives of {settings.ORGANISATION}'s data strategy stood at the end of {day}.",
        "created": f"{day}T00:00:00Z",
        "resources": [_resource(dataset, ending) for dataset in DATASETS.values()],
    }


def as_text(package: dict[str, Any]) -> bytes:
    """Return the metadata as it is written to datapackage.json."""
    return (json.dumps(package, ensure_ascii=False, indent=2) + "\n").encode()


def _resource(dataset: Dataset, ending: str) -> dict[str, Any]:
    return {
        "profile": "tabular-data-resource",
        "name": dataset.name,
        "title": dataset.title,
        "description": f"One row is: {dataset.one_row_is}",
        "path": f"{dataset.name}.csv{ending}",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "schema": _schema(dataset),
    }


def _schema(dataset: Dataset) -> dict[str, Any]:
    schema: dict[str, Any] = {
        "fields": [_field(column, unique=dataset.key == (column.name,)) for column in dataset.columns],
        "missingValues": [""],
    }
    if dataset.key:
        schema["primaryKey"] = list(dataset.key)
    if dataset.refers:
        schema["foreignKeys"] = [
            {
                "fields": list(refers.columns),
                "reference": {
                    "resource": "" if refers.dataset == dataset.name else refers.dataset,
                    "fields": list(refers.to),
                },
            }
            for refers in dataset.refers
        ]
    return schema


def _field(column: Column, *, unique: bool) -> dict[str, Any]:
    constraints: dict[str, Any] = {}
    if column.required:
        constraints["required"] = True
    if unique:
        constraints["unique"] = True
    if column.words:
        constraints["enum"] = list(column.words)
    field: dict[str, Any] = {
        "name": column.name,
        **_TYPES[column.type],
        "title": column.name.replace("_", " ").capitalize(),
        "description": f"{column.explained}. Source: {column.source}.",
    }
    if column.unit:
        field["unit"] = column.unit
    if constraints:
        field["constraints"] = constraints
    return field


def zip_pieces(scope: Scope) -> Iterator[Piece]:
    """Yield a zip of every data set as CSV, with the metadata beside them."""
    rows, made = 0, (*scope.day.timetuple()[:3], 0, 0, 0)
    with tempfile.TemporaryFile() as file:
        with ZipFile(file, "w") as archive:
            archive.writestr(_member("datapackage.json", made), as_text(described(scope.day)))
            for dataset in DATASETS.values():
                with archive.open(_member(f"{dataset.name}.csv", made), "w", force_zip64=True) as member:
                    for piece, count in csv_pieces(dataset, scope):
                        member.write(piece)
                        rows += count
        file.seek(0)
        while block := file.read(BLOCK):
            yield block, 0
    yield b"", rows


def _member(name: str, made: tuple[int, ...]) -> ZipInfo:
    member = ZipInfo(name, made)  # type: ignore[arg-type]
    member.compress_type = ZIP_DEFLATED
    member.external_attr = 0o644 << 16
    return member
