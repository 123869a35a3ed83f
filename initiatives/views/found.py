"""Finding what an address names, or answering that there is no such thing."""

from django.http import Http404

from initiatives.as_at import InitiativeAt
from initiatives.filters import today
from initiatives.history import initiative_as_at
from initiatives.models import Initiative


def of_ref(ref: str) -> Initiative:
    """Return the initiative of a ref."""
    row = Initiative.objects.filter(ref=ref).first()
    if row is None:
        raise Http404(f"There is no initiative {ref}.")
    return row


def standing_today(row: Initiative) -> InitiativeAt:
    """Return how an initiative of today's table stands."""
    found = initiative_as_at(row, today())
    if found is None:
        raise Http404("There is no such initiative.")
    return found


def is_number(text: str) -> bool:
    """Say whether a text is a number such as a row may have."""
    return text.isascii() and text.isdigit() and len(text) < 19
