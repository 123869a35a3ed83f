"""What is held about people, in which fields, why, and for how long. A field that is not declared fails a test.

The lawful basis is a proposal: the council's data protection officer confirms it.
"""

from __future__ import annotations

from dataclasses import dataclass

TASK = "Public task (UK GDPR, article 6(1)(e)): running and accounting for the council's data strategy."
SECURITY = "Legitimate interests (article 6(1)(f)): keeping the portal and its data secure."
WISH = "Public task (article 6(1)(e)); the person chooses to have it, and can take it back."

STRATEGY = "As long as the strategy and six years more: it is the record of who decided and said what."


@dataclass(frozen=True)
class Source:
    """Rows that are a person's: the model, by which fields they are theirs, and what each is told as.

    A path may lead to another model; rows of the person themselves go by `pk`, versions of them by `id`.
    """

    model: str
    theirs: tuple[str, ...]
    told: tuple[str, ...]


@dataclass(frozen=True)
class Held:
    """One kind of thing that is held about people."""

    name: str
    what: str
    why: str
    basis: str
    how_long: str
    sources: tuple[Source, ...]
    words: tuple[str, ...] = ()  # fields of free text that may name somebody: model.field
    rule: str = ""  # the rule of `retention` that ends it

    @property
    def slug(self) -> str:
        return self.name.lower().replace(" ", "-").replace(",", "")


def _source(model: str, theirs: str, told: str) -> Source:
    return Source(model, tuple(theirs.split()), tuple(told.split()))


def _fields(model: str, names: str) -> tuple[str, ...]:
    return tuple(f"{model}.{name}" for name in names.split())


HELD: tuple[Held, ...] = (
    Held(
        name="Account",
        what="Name, username, e-mail address, job title, directorate, whether they work for a partner, whether the "
        "account is active, when it was made and last signed in, and a one-way digest of the password; each version "
        "of these but the password.",
        why="So that people can sign in, be named as those who answer for work, and be reached about it.",
        basis=TASK,
        how_long="While the person has work here. Name and e-mail give way to “Former officer” {leavers} after the "
        "account was closed.",
        sources=(
            _source(
                "accounts.User",
                "pk",
                "username name email job_title directorate is_partner is_active date_joined last_login",
            ),
            _source(
                "accounts.HistoricalUser", "id", "history_date username name email job_title directorate is_active"
            ),
        ),
        words=(
            *_fields("accounts.User", "username name email job_title"),
            *_fields("accounts.HistoricalUser", "username name email job_title"),
        ),
        rule="leavers",
    ),
    Held(
        name="Roles",
        what="Which roles a person holds or held, and since when.",
        why="Roles open pages and deeds; the record shows who could do what on a day.",
        basis=TASK,
        how_long=STRATEGY,
        sources=(
            _source("accounts.RoleGrant", "user", "role"),
            _source("accounts.HistoricalRoleGrant", "user", "history_date role history_type"),
        ),
    ),
    Held(
        name="Responsibilities",
        what="Which initiatives a person owns, deputises for or sponsors, handovers to and from them, days on which "
        "they stand in, and who prepares answers for whom.",
        why="Everything here has somebody who answers for it.",
        basis=TASK,
        how_long=STRATEGY,
        sources=(
            _source("initiatives.Initiative", "owner deputy sponsor", "ref title"),
            _source("initiatives.HistoricalInitiative", "owner deputy sponsor", "history_date ref title"),
            _source(
                "initiatives.Handover", "from_person to_person recorded_by", "handed_on initiative__ref part reason"
            ),
            _source("initiatives.StandIn", "person recorded_by", "initiative__ref starts_on ends_on reason"),
            _source("initiatives.Delegation", "leader delegate recorded_by", "recorded_at prepares"),
        ),
        words=(
            *_fields("initiatives.Handover", "reason"),
            *_fields("initiatives.StandIn", "reason"),
        ),
    ),
    Held(
        name="Updates, notes and acknowledgements",
        what="What a person reported of an initiative, what they wrote down of meetings, and what they marked as read.",
        why="They are the record of how the strategy went, in the words of those who do the work.",
        basis=TASK,
        how_long=STRATEGY,
        sources=(
            _source(
                "initiatives.Update",
                "recorded_by",
                "recorded_at initiative__ref said_on rag what_changed what_next risk issue explanation public_line",
            ),
            _source("initiatives.Note", "recorded_by", "recorded_at initiative__ref words"),
            _source("initiatives.Acknowledgement", "recorded_by", "recorded_at update__initiative__ref"),
        ),
        words=(
            *_fields("initiatives.Update", "what_changed what_next risk issue explanation public_line rating_word"),
            *_fields("initiatives.Note", "words"),
        ),
    ),
    Held(
        name="Asks and answers",
        what="What a person asked of leaders or was asked, and what they answered or prepared for others to answer.",
        why="Decisions are on record with who asked and who decided.",
        basis=TASK,
        how_long=STRATEGY,
        sources=(
            _source("initiatives.Ask", "recorded_by asked_of", "asked_on initiative__ref question needed_by"),
            _source("initiatives.Answer", "recorded_by", "answered_on ask__initiative__ref outcome words"),
            _source("initiatives.PreparedAnswer", "prepared_by", "prepared_at ask__initiative__ref outcome words"),
        ),
        words=(
            *_fields("initiatives.Ask", "question"),
            *_fields("initiatives.Answer", "words"),
            *_fields("initiatives.PreparedAnswer", "words"),
        ),
    ),
    Held(
        name="Changes made",
        what="Who moved a date, recorded a milestone as done, changed a stage or withdrew a milestone, and who made "
        "each version of an initiative, an alignment, a pillar, an aim, a commitment, a role or a person's details; "
        "what the administration noted.",
        why="Every change can be traced to who made it, when and why.",
        basis=TASK,
        how_long=STRATEGY + " The administration's own notes: {administration}.",
        sources=(
            _source("initiatives.DateMove", "recorded_by", "recorded_at initiative__ref from_on to_on reason"),
            _source("initiatives.DoneDate", "recorded_by", "recorded_at milestone__initiative__ref done_on reason"),
            _source("initiatives.StageChange", "recorded_by", "recorded_at initiative__ref stage reason"),
            _source("initiatives.Withdrawal", "recorded_by", "recorded_at milestone__initiative__ref reason"),
            _source("initiatives.HistoricalInitiative", "history_user", "history_date ref history_type"),
            _source("initiatives.HistoricalContribution", "history_user", "history_date initiative__ref history_type"),
            _source("initiatives.HistoricalAlignment", "history_user", "history_date initiative__ref history_type"),
            _source("initiatives.HistoricalMilestone", "history_user", "history_date title history_type"),
            _source("initiatives.HistoricalDependency", "history_user", "history_date why history_type"),
            _source("pillars.HistoricalPillar", "history_user", "history_date name history_type"),
            _source("pillars.HistoricalAim", "history_user", "history_date name history_type"),
            _source("pillars.HistoricalCommitment", "history_user", "history_date name history_type"),
            _source("accounts.HistoricalUser", "history_user", "history_date username history_type"),
            _source("accounts.HistoricalRoleGrant", "history_user", "history_date role history_type"),
            _source("admin.LogEntry", "user", "action_time object_repr change_message"),
        ),
        words=(
            *_fields("initiatives.DateMove", "reason"),
            *_fields("initiatives.DoneDate", "reason"),
            *_fields("initiatives.StageChange", "reason"),
            *_fields("initiatives.Withdrawal", "reason"),
            *_fields("initiatives.Initiative", "title summary partners sources"),
            *_fields("initiatives.HistoricalInitiative", "title summary partners sources"),
            *_fields("initiatives.Alignment", "how"),
            *_fields("initiatives.HistoricalAlignment", "how"),
            *_fields("initiatives.Milestone", "title"),
            *_fields("initiatives.HistoricalMilestone", "title"),
            *_fields("initiatives.Dependency", "why"),
            *_fields("initiatives.HistoricalDependency", "why"),
            *_fields("admin.LogEntry", "object_repr change_message"),
        ),
        rule="administration",
    ),
    Held(
        name="Links of partners",
        what="Which links a person without an account was sent, by whom, and whether they were used or withdrawn. Of a "
        "link's secret only a digest is held.",
        why="A partner can update one initiative once without an account, and the council can see who let them.",
        basis=TASK,
        how_long="A used link as long as the update that came by it; another {links} after it ended.",
        sources=(
            _source("initiatives.PartnerLink", "person recorded_by", "recorded_at initiative__ref expires_at"),
            _source("initiatives.LinkUse", "recorded_by", "recorded_at link__initiative__ref"),
            _source("initiatives.LinkWithdrawal", "recorded_by", "recorded_at link__initiative__ref reason"),
        ),
        words=(*_fields("initiatives.LinkWithdrawal", "reason"),),
        rule="links",
    ),
    Held(
        name="Drafts",
        what="What a person typed of an update and has not sent. Nobody else sees it.",
        why="So that typed words are not lost.",
        basis=WISH,
        how_long="Until it is sent, at most {drafts}.",
        sources=(_source("initiatives.Draft", "person", "saved_at initiative__ref said"),),
        words=(*_fields("initiatives.Draft", "said"),),
        rule="drafts",
    ),
    Held(
        name="Reminders",
        what="How a person wants to be reminded, each reminder that was sent to them and of what, what mail answered "
        "when it could not be, and the secret address of their calendar.",
        why="Updates come in time, and nobody is reminded twice.",
        basis=TASK,
        how_long="Reminders {reminders}, what mail answered {trouble}, former preferences {reminders}.",
        sources=(
            _source("initiatives.ReminderPreference", "person", "days_before paused_until pause_reason"),
            _source(
                "initiatives.HistoricalReminderPreference",
                "person history_user",
                "history_date days_before paused_until pause_reason",
            ),
            _source("initiatives.Reminder", "person", "on posting sent_at trouble"),
            _source("initiatives.ReminderLine", "reminder__person", "reminder__on initiative__ref due_on rung"),
        ),
        words=(
            *_fields("initiatives.ReminderPreference", "pause_reason"),
            *_fields("initiatives.HistoricalReminderPreference", "pause_reason"),
            *_fields("initiatives.Reminder", "trouble"),
        ),
        rule="reminders",
    ),
    Held(
        name="What is followed",
        what="Which initiatives a person follows.",
        why="Their own page can tell them what is new.",
        basis=WISH,
        how_long="Until they stop, or leave.",
        sources=(_source("initiatives.Follow", "person", "since initiative__ref"),),
    ),
    Held(
        name="Visits",
        what="When a person's present session of use began and was last seen, and when the one before began.",
        why="Pages can say what changed since the last visit.",
        basis=SECURITY,
        how_long="{visits} after the last one.",
        sources=(_source("accounts.Visit", "person", "started_at seen_at previous_started_at"),),
        rule="visits",
    ),
    Held(
        name="Signing in",
        what="When a person signed in and by which way; while they are signed in, a session under a random key, with "
        "the kind of browser in two words; who they are in the organisation's directory, where that is set up; a "
        "second factor's secret, encrypted.",
        why="So that people stay signed in, see where they are, and a sign-in that was not theirs is noticed.",
        basis=SECURITY,
        how_long="Sign-ins {sign_ins}. Sessions until they end. The rest while the account is open.",
        sources=(
            _source("accounts.SignIn", "person", "at way is_break_glass"),
            _source("accounts.Session", "person", "began_at seen_at expire_date device"),
            _source("accounts.Identity", "person", "tenant_id object_id"),
            _source("accounts.HistoricalIdentity", "person history_user", "history_date object_id history_type"),
            _source("mfa.Authenticator", "user", "created_at last_used_at type"),
            _source("account.EmailAddress", "user", "email"),  # of allauth's own accounts nothing is used
            _source("socialaccount.SocialAccount", "user", "date_joined"),
        ),
        words=(*_fields("account.EmailAddress", "email"),),
        rule="sign_ins",
    ),
    Held(
        name="The record",
        what="Of every change that people can make: the number of the person who made it, the moment, by which way, "
        "and what it changed. Names and addresses stand apart in it.",
        why="Every change can be traced, and tampering shows.",
        basis=TASK,
        how_long=STRATEGY + " Names and addresses in it go when a person is forgotten.",
        sources=(_source("accounts.Entry", "by", "at kind table row way reason"),),
        words=(*_fields("accounts.Entry", "before after personal reason"),),
    ),
    Held(
        name="Access tokens",
        what="The names of tokens by which a person's programs take data sets, what they open, until when, and when "
        "each was last used. Of a token's secret only its beginning and a digest are held.",
        why="Programs can take data in somebody's name, who can see and withdraw that.",
        basis=SECURITY,
        how_long="{tokens} after a token ended and its downloads are gone.",
        sources=(_source("accounts.AccessToken", "person", "made_at name datasets until withdrawn_at last_used_at"),),
        words=(*_fields("accounts.AccessToken", "name"),),
        rule="tokens",
    ),
    Held(
        name="Downloads and saved views",
        what="Each file that a person or their token took: which data set, with which filters, when, and how many "
        "rows; and the views that they saved.",
        why="The council can see where its data went; a limit a minute keeps the portal quick for others.",
        basis=SECURITY,
        how_long="Downloads {downloads}. Saved views until they are deleted.",
        sources=(
            _source("reports.Download", "person", "started_at dataset format query as_at rows answered"),
            _source("reports.SavedView", "owner", "made_at name dataset filters is_shared"),
        ),
        words=(
            *_fields("reports.Download", "query"),
            *_fields("reports.SavedView", "name filters"),
        ),
        rule="downloads",
    ),
    Held(
        name="Imports",
        what="Who brought, applied or undid a file, the file itself with whatever names it holds, how its names were "
        "understood, and what became of each row.",
        why="An import can be checked, explained and undone.",
        basis=TASK,
        how_long="A file that was not applied {unapplied}; the content of an applied one {files}; what became of "
        "its rows as long as the strategy and six years more.",
        sources=(
            _source(
                "initiatives.Import", "brought_by applied_by undone_by", "brought_at name state applied_at undone_at"
            ),
            _source("initiatives.NamedMapping", "saved_by", "saved_at name"),
        ),
        words=(
            *_fields("initiatives.Import", "name content mapping counts"),
            *_fields("initiatives.ImportedRow", "told rating_word"),
            *_fields("initiatives.NamedMapping", "name mapping"),
        ),
        rule="files",
    ),
)

# Fields of text that name nobody: codes, keys, digests, names of things, and what is worked out from the rest by ids.
NAMES_NOBODY = frozenset(
    (
        *_fields("accounts.AccessToken", "digest beginning datasets"),
        *_fields("accounts.HistoricalUser", "directorate"),
        *_fields("accounts.User", "password directorate"),
        *_fields("admin.LogEntry", "object_id"),
        *_fields("auth.Group", "name"),
        *_fields("auth.Permission", "name codename"),
        *_fields("contenttypes.ContentType", "app_label model"),
        *_fields("initiatives.HistoricalInitiative", "ref external_ref directorate"),
        *_fields("initiatives.Import", "sha256"),
        *_fields("initiatives.ImportedRow", "ref"),
        *_fields("initiatives.Initiative", "ref external_ref directorate"),
        *_fields("initiatives.KeptMonth", "rules told"),
        *_fields("initiatives.KeptStanding", "rules told more"),
        *_fields("initiatives.PartnerLink", "digest"),
        *_fields("initiatives.ReminderPreference", "calendar_key"),
        *_fields("initiatives.Update", "fingerprint"),
        *_fields("pillars.Aim", "code name"),
        *_fields("pillars.Commitment", "code name summary"),
        *_fields("pillars.HistoricalAim", "code name"),
        *_fields("pillars.HistoricalCommitment", "code name summary"),
        *_fields("pillars.HistoricalPillar", "name slug statement"),
        *_fields("pillars.Pillar", "name slug statement"),
        *_fields("reports.Download", "dataset format"),
        *_fields("reports.SavedView", "dataset columns"),
        *_fields("account.EmailConfirmation", "key"),
        *_fields("accounts.Entry", "table row thing request"),
        *_fields("accounts.Seal", "digest hash"),
        *_fields("accounts.Session", "session_key session_data device"),
        *_fields("accounts.Tries", "key"),
        *_fields("mfa.Authenticator", "data"),
        *_fields("socialaccount.SocialAccount", "provider uid extra_data"),  # of allauth's own tables nothing is used
        *_fields("socialaccount.SocialApp", "client_id key name provider provider_id secret settings"),
        *_fields("socialaccount.SocialToken", "token token_secret"),
        *_fields("strategy_portal.PolicyReport", "directive page"),
    )
)
