"""Who you are and which doors you hold keys to."""

from django.apps import AppConfig
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate, pre_migrate

from accounts.record.declared import Declared, Kept

_PERSON = ("accounts.User", "{row}.user_id")


class AccountsConfig(AppConfig):
    name = "accounts"
    record = Declared(
        kept=(
            Kept(
                "User",
                without={"password": "a secret", "last_login": "says when, not what: signing in is in the log"},
                personal=("username", "name", "email", "job_title"),
            ),
            Kept("RoleGrant", thing=_PERSON),
            Kept("Identity", thing=("accounts.User", "{row}.person_id")),
            Kept(
                "AccessToken",
                thing=("accounts.User", "{row}.person_id"),
                without={"digest": "opens data sets", "last_used_at": "reading changes nothing"},
            ),
        ),
        excused={
            "Visit": "when somebody reads; nobody changes it",
            "SignIn": "what was tried, on a record of its own",
            "Session": "who is signed in just now: secrets, and gone when they end",
            "Tries": "counts that are thrown away within the hour",
            "Entry": "the record itself",
            "Seal": "the record itself",
        },
    )

    def ready(self) -> None:
        """Hear of sign-ins and of people who leave, have the record's triggers step aside for migrations, and check."""
        from django.contrib.auth.signals import user_logged_in
        from django.db.models.signals import post_save

        from accounts import sessions
        from accounts.entra import configuration  # noqa: F401  (registers its check)
        from accounts.record import deeds, triggers

        user_logged_in.connect(sessions.begin, dispatch_uid="accounts.sessions.begin")
        post_save.connect(sessions.end_of_the_inactive, sender="accounts.User", dispatch_uid="accounts.sessions.end")
        connection_created.connect(deeds.connected, dispatch_uid="record")
        pre_migrate.connect(triggers.remove, sender=self, dispatch_uid="record")
        post_migrate.connect(triggers.install, sender=self, dispatch_uid="record")
