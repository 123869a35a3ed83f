"""People, their roles and their invitations."""

from collections.abc import Sequence
from smtplib import SMTPException
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AutocompleteSelect
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.forms import BaseInlineFormSet, ModelForm
from django.http import Http404, HttpRequest, HttpResponse
from simple_history.admin import SimpleHistoryAdmin

from accounts.entra.configuration import is_on
from accounts.entra.people import link
from accounts.invitations import invite
from accounts.models import Identity, Role, RoleGrant, User
from accounts.people import is_last_administrator
from accounts.rights import writable
from accounts.second_factor import take_away
from accounts.sessions import end_sessions, shut_out

# What allauth keeps is its own affair, and secrets are nobody's to see.
admin.site.unregister([EmailAddress, Authenticator, SocialAccount, SocialApp, SocialToken])

OWN_ROLES = "Nobody changes their own roles: another administrator gives and takes yours, and ends your account."
LAST_ONE = (
    "{} is the last administrator, and without one nobody could manage people. "
    "Make somebody else an administrator first."
)


class PicksByNumber(AutocompleteSelect):
    """Looks up what was sent when it is the number of a row; Django would ask the database for anything, and crash."""

    def optgroups(self, name: str, value: Sequence[str], attr: Any = None) -> Any:
        return super().optgroups(name, [sent for sent in value if _is_a_number(sent)], attr)


class VersionedAdmin(SimpleHistoryAdmin):
    """Shows the versions of a thing. The library would save one that is posted, even for those who may only look."""

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs.setdefault("widget", PicksByNumber(db_field, self.admin_site, using=kwargs.get("using")))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        _must_be_a_number(object_id)
        return super().history_view(request, object_id, extra_context)

    def history_form_view(
        self, request: HttpRequest, object_id: str, version_id: str, extra_context: Any = None
    ) -> HttpResponse:
        _must_be_a_number(object_id, version_id)
        if request.method == "POST":
            raise PermissionDenied("An earlier version can be read, not brought back.")
        return super().history_form_view(request, object_id, version_id, extra_context)


def _must_be_a_number(*ids: str) -> None:
    if not all(map(_is_a_number, ids)):
        raise Http404


class RoleGrantFormSet(BaseInlineFormSet):
    """The roles of one person. Somebody who administers must be left."""

    def clean(self) -> None:
        """Refuse to take the role of the last administrator."""
        super().clean()
        kept = {form.cleaned_data.get("role") for form in self.forms if self._is_kept(form)}
        if Role.ADMINISTRATOR not in kept and is_last_administrator(self.instance):
            raise ValidationError(LAST_ONE.format(self.instance))

    def _is_kept(self, form: Any) -> bool:
        return bool(getattr(form, "cleaned_data", None)) and not form.cleaned_data.get("DELETE")


def has_identity(person: User | None) -> bool:
    """Say whether the organisation's directory says who somebody is and what they may do."""
    return is_on() and person is not None and Identity.objects.filter(person=person).exists()


def _is_a_number(sent: str) -> bool:
    return sent.isdecimal() and len(sent) < 19  # more than that is no number to a database


class RoleGrantInline(admin.TabularInline):
    model = RoleGrant
    formset = RoleGrantFormSet
    fields = writable("accounts.rolegrant")
    extra = 1
    max_num = len(RoleGrant._meta.get_field("role").choices or ())

    def has_add_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return self._are_theirs_to_give(request, obj) and super().has_add_permission(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return self._are_theirs_to_give(request, obj) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return self._are_theirs_to_give(request, obj) and super().has_delete_permission(request, obj)

    def _are_theirs_to_give(self, request: HttpRequest, obj: User | None) -> bool:
        return obj != request.user and not has_identity(obj)


class PersonForm(ModelForm):
    """A person. The last administrator stays."""

    def clean_is_active(self) -> bool:
        """Refuse to make the last administrator inactive."""
        is_active: bool = self.cleaned_data["is_active"]
        if not is_active and is_last_administrator(self.instance):
            raise ValidationError(LAST_ONE.format(self.instance))
        return is_active


class PersonOfEntraForm(PersonForm):
    """A person, and who they are to Entra: an administrator says so, nothing is guessed."""

    entra_object_id = forms.UUIDField(
        label="Object ID in Microsoft Entra ID",
        required=False,
        help_text="As Entra shows it. From the next sign-in on, roles come from Entra and a password opens nothing.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = Identity.objects.filter(person=self.instance).first() if self.instance.pk else None
        if known:
            self.fields["entra_object_id"].initial = known.object_id

    def clean_entra_object_id(self) -> Any:
        """Refuse an object that is somebody else already."""
        object_id = self.cleaned_data["entra_object_id"]
        others = Identity.objects.filter(object_id=object_id).exclude(person=self.instance.pk)
        if object_id and others.exists():
            raise ValidationError("Another person has this object ID.")
        return object_id


@admin.register(User)
class UserAdmin(VersionedAdmin):
    form = PersonForm
    list_display = ("name", "username", "email", "directorate", "is_partner", "is_active")
    list_filter = ("is_active", "is_partner", "directorate")
    search_fields = ("name", "username", "email")
    form = PersonForm
    inlines = (RoleGrantInline,)
    actions = ("send_invitations", "end_their_sessions", "take_second_factors_away")

    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> Any:
        may_change = self.has_change_permission(request, obj)
        fields = (*writable("accounts.user"), *(("entra_object_id",) if is_on() and may_change else ()))
        words = OWN_ROLES if obj == request.user and may_change else ""
        return [(None, {"fields": fields, "description": words})]

    def get_form(self, request: HttpRequest, obj: User | None = None, change: bool = False, **kwargs: Any) -> Any:
        of_entra = is_on() and self.has_change_permission(request, obj)
        return super().get_form(
            request, obj, change, **kwargs | {"form": PersonOfEntraForm if of_entra else PersonForm}
        )

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        return ("is_active",) if obj == request.user else ()

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        if not change:
            obj.set_unusable_password()
        super().save_model(request, obj, form, change)
        if "entra_object_id" in form.changed_data:
            link(person=obj, object_id=form.cleaned_data["entra_object_id"], by=request.user)  # type: ignore[arg-type]
        if not change and obj.email:
            self._invite(request, obj)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Save the roles; whoever lost one, or is no longer active, is signed out everywhere."""
        person: User = form.instance
        before = set(person.grants.values_list("role", flat=True))
        super().save_related(request, form, formsets, change)
        lost = before - set(person.grants.values_list("role", flat=True))
        if lost or not person.is_active:
            here = request.session.session_key if person == request.user else None
            shut_out(person, by=request.user, but=here)  # type: ignore[arg-type]

    @admin.action(description="Sign out everywhere", permissions=["change"])
    def end_their_sessions(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """End every session of the chosen people."""
        by: Any = request.user
        ended = sum(end_sessions(person.sessions.all(), of=person, by=by) for person in queryset)
        self.message_user(request, f"{ended} session{'' if ended == 1 else 's'} ended.")

    @admin.action(description="Take the second factor away (a lost telephone)", permissions=["change"])
    def take_second_factors_away(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """Take away the second factor of the chosen people, who can then set up another."""
        taken = [str(person) for person in queryset if take_away(person, by=request.user)]  # type: ignore[arg-type]
        self.message_user(request, f"Taken away from {', '.join(taken)}." if taken else "None of them had one.")

    @admin.action(description="Send an invitation by e-mail", permissions=["change"])
    def send_invitations(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """Invite the chosen people who are active and have an e-mail address."""
        for person in queryset:
            if person.is_active and person.email:
                self._invite(request, person)
            else:
                self.message_user(request, f"{person} has no e-mail address or has left.", messages.WARNING)

    def _invite(self, request: HttpRequest, person: User) -> None:
        try:
            invite(person, by=request.user, request=request)  # type: ignore[arg-type]
        except (OSError, SMTPException):
            words = f"The invitation of {person} could not be sent: mail does not answer. Send it again later."
            self.message_user(request, words, messages.ERROR)
        else:
            self.message_user(request, f"An invitation went to {person} at {person.email}.")
