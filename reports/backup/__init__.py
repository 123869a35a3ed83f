"""A backup is one file that any of our databases can be filled from, with the proof that it says the same.

`tables` says what goes into it and how a value is written, `files` how the file is sealed, `snapshot` how a database is
read at one moment while people write, `proof` what every data set answered then; `writing` and `restoring` do it.
"""


class BackupError(Exception):
    """Raised, in words for whoever runs the command, when a backup cannot be made, read or restored."""
