"""What we do about the promises, and what its owners say."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate

from accounts.record.declared import Declared, Kept

_INITIATIVE = ("initiatives.Initiative", "{row}.initiative_id")
_OF_MILESTONE = (
    "initiatives.Initiative",
    "SELECT initiative_id FROM initiatives_milestone WHERE id = {row}.milestone_id",
)
_OF_ASK = ("initiatives.Initiative", "SELECT initiative_id FROM initiatives_ask WHERE id = {row}.ask_id")
_OF_UPDATE = ("initiatives.Initiative", "SELECT initiative_id FROM initiatives_update WHERE id = {row}.update_id")
_OF_LINK = ("initiatives.Initiative", "SELECT initiative_id FROM initiatives_partnerlink WHERE id = {row}.link_id")
_PERSON = ("accounts.User", "{row}.person_id")


class InitiativesConfig(AppConfig):
    name = "initiatives"
    record = Declared(
        kept=(
            Kept("Initiative"),
            *(
                Kept(model, thing=_INITIATIVE)
                for model in (
                    "Contribution", "Alignment", "Milestone", "StageChange", "DateMove", "Update", "Ask", "Note",
                    "Handover", "StandIn", "Follow",
                )
            ),
            *(Kept(model, thing=_OF_MILESTONE) for model in ("Dependency", "DoneDate", "Withdrawal")),
            *(Kept(model, thing=_OF_ASK) for model in ("Answer", "PreparedAnswer")),
            Kept("Acknowledgement", thing=_OF_UPDATE),
            Kept("Delegation", thing=("accounts.User", "{row}.leader_id")),
            Kept("PartnerLink", thing=_INITIATIVE, without={"digest": "opens a page"}),
            Kept("LinkUse", thing=_OF_LINK),
            Kept("LinkWithdrawal", thing=_OF_LINK),
            Kept("ReminderPreference", thing=_PERSON, without={"calendar_key": "opens a calendar"}),
            Kept("Import", without={"content": "a whole file: `sha256` stands for it"}),
            Kept("NamedMapping"),
        ),
        excused={
            "Draft": "what somebody typed and has not said yet is theirs alone",
            "ImportedRow": "a record of its own, written with its import and never changed",
            "KeptMonth": "derived, and made again at will",
            "KeptStanding": "derived, and made again at will",
            "Reminder": "the portal's own post, which nobody changes",
            "ReminderLine": "the portal's own post, which nobody changes",
        },
        only_added=(
            "StageChange", "DateMove", "DoneDate", "Withdrawal", "Update", "Ask", "Answer", "Delegation",
            "Acknowledgement", "Note", "Handover", "StandIn", "PartnerLink", "LinkUse", "LinkWithdrawal", "ImportedRow",
        ),
    )  # fmt: skip

    def ready(self) -> None:
        """Have the triggers of the kept rows step aside for migrations."""
        from initiatives import triggers

        pre_migrate.connect(triggers.remove, sender=self, dispatch_uid="kept")
        post_migrate.connect(triggers.install, sender=self, dispatch_uid="kept")
