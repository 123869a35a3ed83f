"""The words that pages, data sets and the database share, each with the label that people read."""

from django.db.models import TextChoices


class Stage(TextChoices):
    """Where a piece of work is in its life. Not the same thing as how it is going."""

    PROPOSED = "proposed", "Proposed"
    IN_PROGRESS = "in-progress", "In progress"
    PAUSED = "paused", "Paused"
    COMPLETE = "complete", "Complete"
    STOPPED = "stopped", "Stopped"

    @property
    def is_live(self) -> bool:
        """Whether the work is still to be done."""
        return self not in (Stage.COMPLETE, Stage.STOPPED)


class Rag(TextChoices):
    """What an owner says of work in progress."""

    GREEN = "green", "Green"
    AMBER = "amber", "Amber"
    RED = "red", "Red"

    @property
    def meaning(self) -> str:
        """The definition that stands at each choice of the update page."""
        return {
            Rag.GREEN: "No significant issue.",
            Rag.AMBER: "A risk to the date or the benefit, with a plan in hand. Say the risk.",
            Rag.RED: "Off track with no agreed plan. Say the issue, and whether dates move.",
        }[self]


class Status(TextChoices):
    """What a page shows for an initiative: computed, never typed. Silence is a status, and never green."""

    PROPOSED = "proposed", "Proposed"
    GREEN = "green", "Green"
    AMBER = "amber", "Amber"
    RED = "red", "Red"
    NO_CURRENT_UPDATE = "no-current-update", "No current update"
    NEVER_UPDATED = "never-updated", "Never updated"
    PAUSED = "paused", "Paused"
    COMPLETE = "complete", "Complete"
    STOPPED = "stopped", "Stopped"

    @property
    def is_silent(self) -> bool:
        """Whether the owner owes a word."""
        return self in (Status.NO_CURRENT_UPDATE, Status.NEVER_UPDATED)


class Reading(TextChoices):
    """What the dates say of work in progress, set beside the owner's word."""

    GREEN = "green", "Reads green"
    AMBER = "amber", "Reads amber"
    RED = "red", "Reads red"
    SILENT = "silent", "Silent"


class MilestoneStatus(TextChoices):
    DONE = "done", "Done"
    LATE = "late", "Late"
    OPEN = "open", "Open"


class Cadence(TextChoices):
    """How often an owner reports."""

    MONTHLY = "monthly", "Monthly"
    QUARTERLY = "quarterly", "Quarterly"


class Focus(TextChoices):
    """Why the strategy takes the work on."""

    PRIORITY = "priority", "Critical priority"
    VULNERABILITY = "vulnerability", "Vulnerability"
    OPPORTUNITY = "opportunity", "Opportunity to innovate"


class Strength(TextChoices):
    """How firmly an initiative stands behind a commitment."""

    MAIN = "main", "Main"
    SUPPORTING = "supporting", "Supporting"


class Outcome(TextChoices):
    """How leaders close an ask."""

    ANSWERED = "answered", "Answered"
    DECLINED = "declined", "Declined"


class AskStatus(TextChoices):
    """Where an ask is."""

    OPEN = "open", "Open"
    ANSWERED = "answered", "Answered"
    DECLINED = "declined", "Declined"


class Attention(TextChoices):
    """Why an initiative may need a leader."""

    LATE = "late", "Has a late milestone"
    SILENT = "silent", "No current update"
    MOVED = "moved", "Has moved a date"
    WATERMELON = "watermelon", "Said green, reads red"
    ASK = "ask", "Waits for an answer"


class DatesMove(TextChoices):
    """What an owner who says red says of the dates."""

    YES = "yes", "Yes, and I move them on this page"
    NO = "no", "No, they hold"
    NOT_KNOWN = "not-known", "Not known yet"


class Part(TextChoices):
    """The three people whom an initiative names."""

    OWNER = "owner", "Owner"
    DEPUTY = "deputy", "Deputy"
    SPONSOR = "sponsor", "Sponsor"


class Rung(TextChoices):
    """The steps of the ladder of reminders, in order. After the last one silence shows on the board alone."""

    BEFORE = "before", "Before the update is due"
    DUE = "due", "On the day"
    OVERDUE = "overdue", "After the grace"
    DEPUTY = "deputy", "To the deputy"
    SPONSOR = "sponsor", "To the sponsor"


class Posting(TextChoices):
    """What became of an e-mail."""

    WAITING = "waiting", "Waiting to be sent"
    SENDING = "sending", "May or may not have gone"
    SENT = "sent", "Sent"
    DROPPED = "dropped", "No longer needed"


class ImportKind(TextChoices):
    """What the rows of a file are."""

    INITIATIVES = "initiatives", "Initiatives"
    MILESTONES = "milestones", "Milestones"


class ImportState(TextChoices):
    """Where a file is on its way."""

    DRAFT = "draft", "Not applied"
    APPLIED = "applied", "Applied"
    UNDONE = "undone", "Undone"


class RowOutcome(TextChoices):
    """What becomes of a row of a file."""

    NEW = "new", "New"
    CHANGED = "changed", "Changed"
    UNCHANGED = "unchanged", "Unchanged"
    REFUSED = "refused", "Refused"
