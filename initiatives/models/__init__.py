"""The tables of initiatives: `work` (what can be corrected), `history` (what happened), `updating` (what helps people
to say how it goes), each on the one before, all on `recorded` (rows that are only added).
"""

from initiatives.models.history import (
    Acknowledgement,
    Answer,
    Ask,
    DateMove,
    Delegation,
    DoneDate,
    Handover,
    Note,
    StageChange,
    StandIn,
    Update,
    Withdrawal,
    was_late,
)
from initiatives.models.imports import Import, ImportedRow, NamedMapping, last_moment_of, reason_of
from initiatives.models.kept import KeptMonth, KeptStanding
from initiatives.models.recorded import (
    NARRATIVE,
    AddOnlyError,
    AddOnlyQuerySet,
    Recorded,
)
from initiatives.models.updating import (
    Draft,
    Follow,
    LinkUse,
    LinkWithdrawal,
    PartnerLink,
    PreparedAnswer,
    Reminder,
    ReminderLine,
    ReminderPreference,
)
from initiatives.models.work import (
    Alignment,
    Contribution,
    Dependency,
    Initiative,
    Milestone,
    milestone_ref,
)

__all__ = [
    "NARRATIVE",
    "Acknowledgement",
    "AddOnlyError",
    "AddOnlyQuerySet",
    "Alignment",
    "Answer",
    "Ask",
    "Contribution",
    "DateMove",
    "Delegation",
    "Dependency",
    "DoneDate",
    "Draft",
    "Follow",
    "Handover",
    "Import",
    "ImportedRow",
    "Initiative",
    "KeptMonth",
    "KeptStanding",
    "LinkUse",
    "LinkWithdrawal",
    "Milestone",
    "NamedMapping",
    "Note",
    "PartnerLink",
    "PreparedAnswer",
    "Recorded",
    "Reminder",
    "ReminderLine",
    "ReminderPreference",
    "StageChange",
    "StandIn",
    "Update",
    "Withdrawal",
    "last_moment_of",
    "milestone_ref",
    "reason_of",
    "was_late",
]
