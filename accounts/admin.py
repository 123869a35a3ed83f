"""People, their roles and their invitations."""

from smtplib import SMTPException
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from simple_history.admin import SimpleHistoryAdmin

from accounts.invitations import invite
from accounts.models import RoleGrant, User


class VersionedAdmin(SimpleHistoryAdmin):
    """Shows the versions of a thing. The library would save one that is posted, even for those who may only look."""

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
    if not all(id_.isdecimal() and len(id_) < 20 for id_ in ids):
        raise Http404


class RoleGrantInline(admin.TabularInline):
    model = RoleGrant
    extra = 1
    max_num = len(RoleGrant._meta.get_field("role").choices or ())


@admin.register(User)
class UserAdmin(VersionedAdmin):
    list_display = ("name", "username", "email", "directorate", "is_partner", "is_active")
    list_filter = ("is_active", "is_partner", "directorate")
    search_fields = ("name", "username", "email")
    fields = ("username", "name", "email", "job_title", "directorate", "is_partner", "is_active")
    inlines = (RoleGrantInline,)
    actions = ("send_invitations",)

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        if not change:
            obj.set_unusable_password()
        super().save_model(request, obj, form, change)
        if not change and obj.email:
            self._invite(request, obj)

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
