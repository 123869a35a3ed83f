"""The sweep's cast and things, for the tests of this folder."""

from tests.house.cast import cast, people, things  # noqa: F401  (fixtures)
