"""Setting up initiatives, and adding to their history: rows that are added, never edited."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import ForeignKey
from django.forms import ModelChoiceField, ModelForm
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html

from accounts.access import person
from accounts.admin import UserAdmin, VersionedAdmin
from accounts.models import User
from accounts.rights import writable, written_once
from initiatives import actions
from initiatives.filters import today
from initiatives.forms.office import (
    AnswerForm,
    DateMoveForm,
    DoneDateForm,
    InitiativeForm,
    MilestoneForm,
    StageChangeForm,
    WithdrawalForm,
)
from initiatives.history import portfolio
from initiatives.models import (
    Alignment,
    Answer,
    Ask,
    Contribution,
    DateMove,
    DoneDate,
    Initiative,
    Milestone,
    Reminder,
    ReminderLine,
    StageChange,
    Withdrawal,
)
from initiatives.people import orphaned, parts_of
from initiatives.status import Part


class MilestoneInline(admin.TabularInline):
    model = Milestone
    form = MilestoneForm
    extra = 1


class AlignmentInline(admin.TabularInline):
    model = Alignment
    fields = writable("initiatives.alignment")
    extra = 1


class ContributionInline(admin.TabularInline):
    model = Contribution
    fields = writable("initiatives.contribution")
    extra = 1


class StageChangeInline(admin.TabularInline):
    model = StageChange
    form = StageChangeForm
    extra = 0
    readonly_fields = ("recorded_at", "recorded_by")


@admin.register(Initiative)
class InitiativeAdmin(VersionedAdmin):
    form = InitiativeForm
    list_display = ("ref", "title", "pillar", "owner", "cadence", "weight")
    list_filter = ("pillar", "cadence", "directorate")
    list_select_related = ("pillar", "owner")
    search_fields = ("ref", "title")
    autocomplete_fields = ("owner", "deputy", "sponsor")
    inlines = (MilestoneInline, StageChangeInline, AlignmentInline, ContributionInline)

    def get_fields(self, request: HttpRequest, obj: Initiative | None = None) -> list[str]:
        fields = list(InitiativeForm.Meta.fields)
        if obj:
            fields.insert(fields.index("sponsor") + 1, "handing_over")
        return fields

    def get_readonly_fields(self, request: HttpRequest, obj: Initiative | None = None) -> tuple[str, ...]:
        kept = (*written_once("initiatives.initiative"), "handing_over")
        return () if obj is None else (*kept, "promised_end_on") if obj.promised_end_on else kept

    @admin.display(description="Change of people")
    def handing_over(self, obj: Initiative) -> str:
        """Say where its people are changed, and why not here."""
        words = "Every change of owner, deputy or sponsor has a date and a reason:"
        return format_html(
            '{} <a href="{}">hand {} over</a>.', words, reverse("initiatives:handover", args=[obj.ref]), obj.ref
        )

    def save_model(self, request: HttpRequest, obj: Initiative, form: Any, change: bool) -> None:
        if change:  # who was named when the form was read may have handed over since
            named = Initiative.objects.select_for_update().values(*(f"{part}_id" for part in Part)).get(pk=obj.pk)
            for name, person_id in named.items():
                setattr(obj, name, person_id)
        super().save_model(request, obj, form, change)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        for row in formset.save(commit=False):
            if isinstance(row, Milestone) and row._state.adding:
                row.number = actions.next_milestone_number(row.initiative)
            if isinstance(row, StageChange):
                row.recorded_by = person(request)
            row.save()
        for row in formset.deleted_objects:
            row.delete()


admin.site.unregister(User)


@admin.register(User)
class PersonAdmin(UserAdmin):
    """A person, as accounts have them; when one leaves, the portal says what work waits for somebody new."""

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if change and "is_active" in form.changed_data and not obj.is_active:
            self._say_what_waits(request, obj)

    def _say_what_waits(self, request: HttpRequest, leaver: User) -> None:
        waiting = sum(bool(parts_of(row, leaver)) for row in orphaned(portfolio(today())))
        if waiting:
            words = format_html(
                '{} has left. {} initiative{} for new people: <a href="{}#left-{}">choose who takes over</a>.',
                leaver,
                waiting,
                " waits" if waiting == 1 else "s wait",
                reverse("initiatives:orphans"),
                leaver.pk,
            )
            self.message_user(request, words, messages.WARNING)


class AddedOnly(admin.ModelAdmin):
    """Rows of history: the office adds one and reads the others."""

    date_hierarchy = "recorded_at"
    ordering = ("-recorded_at",)

    def save_model(self, request: HttpRequest, obj: Any, form: ModelForm, change: bool) -> None:
        row = self.record(person(request), form.cleaned_data)
        obj.pk, obj._state.adding = row.pk, False
        obj.refresh_from_db()

    def record(self, by: User, said: dict[str, Any]) -> Any:
        """Do the deed that the form describes."""
        raise NotImplementedError

    def formfield_for_foreignkey(
        self, db_field: ForeignKey, request: HttpRequest, **kwargs: Any
    ) -> ModelChoiceField | None:
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if field is not None and db_field.name == "milestone":
            field.queryset = Milestone.objects.select_related("initiative").order_by("initiative__ref", "number")
        if field is not None and db_field.name == "ask":
            field.queryset = Ask.objects.select_related("initiative").filter(answer=None)
        return field


@admin.register(DateMove)
class DateMoveAdmin(AddedOnly):
    form = DateMoveForm
    list_display = ("initiative", "milestone", "from_on", "to_on", "recorded_by", "recorded_at")
    list_select_related = ("initiative", "milestone__initiative", "recorded_by")

    def record(self, by: User, said: dict[str, Any]) -> DateMove:
        return actions.move_date(
            initiative=said["initiative"], milestone=said["milestone"], by=by, to=said["to_on"], reason=said["reason"]
        )


@admin.register(DoneDate)
class DoneDateAdmin(AddedOnly):
    form = DoneDateForm
    list_display = ("milestone", "done_on", "recorded_by", "recorded_at")
    list_select_related = ("milestone__initiative", "recorded_by")

    def record(self, by: User, said: dict[str, Any]) -> DoneDate:
        return actions.record_done(milestone=said["milestone"], by=by, on=said["done_on"], reason=said["reason"])


@admin.register(Withdrawal)
class WithdrawalAdmin(AddedOnly):
    form = WithdrawalForm
    list_display = ("milestone", "withdrawn_on", "recorded_by", "recorded_at")
    list_select_related = ("milestone__initiative", "recorded_by")

    def record(self, by: User, said: dict[str, Any]) -> Withdrawal:
        return actions.withdraw_milestone(
            milestone=said["milestone"], by=by, on=said["withdrawn_on"], reason=said["reason"]
        )


@admin.register(Answer)
class AnswerAdmin(AddedOnly):
    form = AnswerForm
    list_display = ("ask", "outcome", "answered_on", "recorded_by")
    list_select_related = ("ask__initiative", "recorded_by")

    def record(self, by: User, said: dict[str, Any]) -> Answer:
        return actions.answer_ask(
            ask=said["ask"], by=by, on=said["answered_on"], outcome=said["outcome"], words=said["words"]
        )


class ReminderLineInline(admin.TabularInline):
    model = ReminderLine
    extra = 0


@admin.register(Reminder)
class ReminderAdmin(admin.ModelAdmin):
    """What became of every reminder, to be read: above all those that may or may not have gone."""

    list_display = ("person", "on", "posting", "tries", "trouble", "claimed_at", "sent_at")
    list_filter = ("posting", "on")
    list_select_related = ("person",)
    search_fields = ("person__name", "person__username")
    inlines = (ReminderLineInline,)
