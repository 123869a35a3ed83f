"""People, their roles and their invitations."""

from smtplib import SMTPException
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from simple_history.admin import SimpleHistoryAdmin

from accounts.invitations import invite
from accounts.models import RoleGrant, User


class RoleGrantInline(admin.TabularInline):
    model = RoleGrant
    extra = 1
    max_num = len(RoleGrant._meta.get_field("role").choices or ())


@admin.register(User)
class UserAdmin(SimpleHistoryAdmin):
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
