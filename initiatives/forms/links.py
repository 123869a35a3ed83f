"""How the strategy office makes links for partners, and takes them back."""

from __future__ import annotations

from typing import Any

from django import forms

from accounts.models import User
from initiatives.access import speakers
from initiatives.forms.fields import Narrative
from initiatives.models import Initiative, PartnerLink


class MakeLinkForm(forms.Form):
    """For whom a link is made: the owner or the deputy, when they work for a partner."""

    person = forms.ModelChoiceField(
        User.objects.none(),
        label="Who is it for?",
        empty_label=None,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose who the link is for.", "invalid_choice": "Choose one of the people here."},
    )

    def __init__(self, data: Any = None, *, initiative: Initiative) -> None:
        super().__init__(data, label_suffix="")
        partners = User.objects.active().filter(pk__in=speakers(initiative), is_partner=True)
        self.people = list(partners)
        field: Any = self.fields["person"]
        field.queryset = partners
        field.widget.hints = {str(person.pk): person.email or "No e-mail address." for person in self.people}
        if len(self.people) == 1:
            self.initial["person"] = self.people[0].pk


class WithdrawLinkForm(forms.Form):
    """Why one link is taken back."""

    reason = Narrative(
        label="Why is it withdrawn?",
        rows=2,
        max_length=2000,
        error_messages={"required": "Say why the link is withdrawn."},
    )

    def __init__(self, data: Any = None, *, link: PartnerLink) -> None:
        super().__init__(data, label_suffix="", auto_id=f"id_{link.pk}_%s")
