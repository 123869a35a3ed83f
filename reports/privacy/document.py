"""docs/privacy.md, made from the declarations."""

from __future__ import annotations

from reports.privacy.declaration import HELD, Held
from reports.privacy.retention import RULES, days, in_words

HEAD = """# What is held about people

Made by `manage.py privacy` from `reports/privacy/declaration.py` and `reports/privacy/retention.py`. A test holds them
together, and another fails for a field that points to or may name a person and is not declared. The lawful bases are
proposals: the council's data protection officer confirms them.

Everyone can read the notice at `/privacy/`. Whoever is signed in finds everything that is held about them at
`/accounts/my-data/`, and can take it away as JSON. Free text may name anybody: the notes of a meeting, the reason for a
move. It is held for what it says of the work, and `manage.py forget` finds names in it.
"""

RETENTION = """
## How long

`manage.py purge` takes away what is past its time; run it nightly (`--dry-run` counts). A setting changes the days:
`RETENTION_DAYS=downloads=200,leavers=never`. The history of the strategy is kept.

| rule | of what | days | why |
|---|---|---|---|
"""

FORGETTING = """
## Forgetting somebody who left

`manage.py forget USERNAME` (and `purge`, {leavers} after the account was closed) puts “Former officer” in the place of
the person's names, usernames, e-mail addresses and job titles, on every past day too, and of their full name and e-mail
address in texts. It empties the content of imported files that hold them, and deletes what served the person alone:
sessions, visits, drafts, what they followed, their wishes about reminders, their own saved views. What they did stays,
by “Former officer”. A name that is one word, or that somebody else here bears too, stays in texts: look for it by hand.
Backups made before still hold the name until they are thrown away: see [backup.md](backup.md).
"""


def how_long(held: Held) -> str:
    """Say how long something is kept, by the days that are set."""
    return held.how_long.format(**{name: in_words(limit) for name, limit in days().items()})


def as_markdown() -> str:
    """Return docs/privacy.md."""
    parts = [HEAD]
    for held in HELD:
        parts.append(f"\n## {held.name}\n\n{held.what}\n\n- **Why**: {held.why}\n- **Lawful basis**: {held.basis}\n")
        parts.append(
            f"- **How long**: {how_long(held)}\n\n| model | a person's by | a person is told |\n|---|---|---|\n"
        )
        parts += [f"| {s.model} | {_listed(s.theirs)} | {_listed(s.told)} |\n" for s in held.sources]
        if held.words:
            parts.append(f"\nMay name somebody: {_listed(held.words)}.\n")
    parts.append(RETENTION)
    limits = days()
    parts += [f"| {rule.name} | {rule.what} | {limits[rule.name]} | {rule.why} |\n" for rule in RULES]
    parts.append(FORGETTING.format(leavers=in_words(limits["leavers"])))
    return "".join(parts)


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(f"`{name}`" for name in names)
