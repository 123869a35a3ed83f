"""Databases of their own, for what one database cannot show."""

from tests.databases import migrated  # noqa: F401  (a fixture)
