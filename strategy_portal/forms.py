"""How every form of the portal is drawn: groups of label, hint, error and control, as GOV.UK lays them out.

The administration draws its widgets one by one, so nothing here touches it.
"""

from typing import Any

from django.forms import BoundField, CheckboxInput, Select, SelectMultiple, Textarea
from django.forms.renderers import TemplatesSetting
from django.forms.widgets import CheckboxSelectMultiple, ChoiceWidget, RadioSelect


class GovukRenderer(TemplatesSetting):
    """Draws `{{ form }}` and `{{ form.field.as_field_group }}` with the portal's components.

    A form may set on a widget: `hints` (value -> words under an option), `marks = True` (options are statuses:
    draw their shapes), `small = True` (small radios or checkboxes), `attrs["class"]` (added to ours).
    """

    form_template_name = "components/form.html"
    field_template_name = "components/field.html"

    def render(self, template_name: str, context: dict[str, Any], request: Any = None) -> str:
        if template_name == self.field_template_name:
            context = {**context, **group(context["field"])}
        return super().render(template_name, context, request)


def group(field: BoundField) -> dict[str, Any]:
    """Return what components/field.html reads: the kind of control, and the control or its options."""
    widget = field.field.widget
    words: dict[str, Any] = {
        "optional": not (field.field.required or getattr(field.field, "sometimes", False)),
        "small": getattr(widget, "small", False),
    }
    if isinstance(widget, RadioSelect | CheckboxSelectMultiple):
        multiple = isinstance(widget, CheckboxSelectMultiple)
        return words | {"kind": "options", "multiple": multiple, "options": options(field, multiple)}
    kind = "input"
    if isinstance(widget, CheckboxInput):
        return words | {"kind": "checkbox", "control": drawn(field, "govuk-checkboxes__input")}
    if isinstance(widget, Textarea):
        kind = "textarea"
    elif isinstance(widget, Select | SelectMultiple | ChoiceWidget):
        kind = "select"
    return words | {"kind": kind, "control": drawn(field, f"govuk-{kind}")}


def drawn(field: BoundField, name: str) -> str:
    """Return the widget's HTML with our class, its own classes, and the class of an error when there is one.

    A page opens in the middle of a form only where a group of options says so (`options`): here `autofocus` goes.
    """
    error = f"{name}--error" if field.errors else ""
    own = field.field.widget.attrs.get("class", "")
    return field.as_widget(attrs={"class": " ".join(filter(None, (name, error, own))), "autofocus": False})


def options(field: BoundField, multiple: bool) -> list[dict[str, Any]]:
    """Return the options of a group of radios or checkboxes, each with its control, label, hint and mark."""
    widget = field.field.widget
    hints, marks = getattr(widget, "hints", {}), getattr(widget, "marks", False)
    name = "govuk-checkboxes__input" if multiple else "govuk-radios__input"
    drawn_options: list[dict[str, Any]] = []
    for option in field.subwidgets:
        value = str(option.data["value"])
        attrs = option.data["attrs"]
        attrs["class"] = name
        if drawn_options:
            attrs.pop("autofocus", None)  # the first option of a group can have it
        attrs.pop("aria-invalid", None)  # says nothing that a radio may carry: the group's error is described
        if value in hints:
            attrs["aria-describedby"] = f"{option.id_for_label}_hint"
        drawn_options.append(
            {
                "control": option.tag(),
                "id": option.id_for_label,
                "label": option.choice_label,
                "value": value,
                "hint": hints.get(value, ""),
                "mark": marks and bool(value),
            }
        )
    return drawn_options
