"""Setting up initiatives, and adding to their history: rows that are added, never edited."""

from typing import Any

from django.contrib import admin
from django.db.models import ForeignKey
from django.forms import ModelChoiceField, ModelForm
from django.http import HttpRequest

from accounts.access import person
from accounts.admin import VersionedAdmin
from accounts.models import User
from initiatives import actions
from initiatives.forms.office import (
    AnswerForm,
    DateMoveForm,
    DoneDateForm,
    InitiativeForm,
    MilestoneForm,
    StageChangeForm,
    WithdrawalForm,
)
from initiatives.models import (
    Alignment,
    Answer,
    Ask,
    Contribution,
    DateMove,
    DoneDate,
    Initiative,
    Milestone,
    StageChange,
    Withdrawal,
)


class MilestoneInline(admin.TabularInline):
    model = Milestone
    form = MilestoneForm
    extra = 1


class AlignmentInline(admin.TabularInline):
    model = Alignment
    extra = 1


class ContributionInline(admin.TabularInline):
    model = Contribution
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

    def get_readonly_fields(self, request: HttpRequest, obj: Initiative | None = None) -> tuple[str, ...]:
        kept = ("ref", "promised_end_on") if obj and obj.promised_end_on else ("ref",)
        return kept if obj else ()

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        for row in formset.save(commit=False):
            if isinstance(row, Milestone) and row._state.adding:
                row.number = actions.next_milestone_number(row.initiative)
            if isinstance(row, StageChange):
                row.recorded_by = person(request)
            row.save()
        for row in formset.deleted_objects:
            row.delete()


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
