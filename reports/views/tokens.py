"""A person's own page of access tokens. It stands here because it names data sets."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.access import Door, SignedInRequest, opens_to
from accounts.models import AccessToken
from accounts.tokens import make_token, withdraw_token
from initiatives.filters import today
from initiatives.views.found import is_number
from reports.forms import TokenForm


@opens_to(Door.TOKENS)
@require_http_methods(["GET", "HEAD", "POST"])
def tokens(request: SignedInRequest) -> HttpResponse:
    """List a person's tokens, make one, and withdraw one."""
    if request.method != "POST":
        return page(request, TokenForm())
    if "withdraw" in request.POST:
        return withdraw(request)
    form = TokenForm(request.POST)
    if not form.is_valid():
        return page(request, form, status=422)
    # The secret is in no other answer, so this one is not sent on to another page.
    token, secret = make_token(by=request.user, **form.deed())
    return page(request, TokenForm(), made=token, secret=secret)


def withdraw(request: SignedInRequest) -> HttpResponse:
    """Withdraw the token that the form names."""
    found = request.user.tokens.filter(pk__in=filter(is_number, [request.POST["withdraw"]])).first()
    if found is None:
        raise Http404("You have no such token.")
    withdraw_token(token=found, by=request.user)
    messages.success(request, f"The token “{found.name}” is withdrawn: it opens nothing any more.")
    return redirect("accounts:tokens")


def page(
    request: SignedInRequest,
    form: TokenForm,
    *,
    made: AccessToken | None = None,
    secret: str | None = None,
    status: int = 200,
) -> HttpResponse:
    """Show the tokens and the form; a token that was made a moment ago stands above with its secret."""
    rows = [(token, token.state(today())) for token in request.user.tokens.all()]
    words = {"form": form, "rows": rows, "made": made, "secret": secret}
    return render(request, "reports/tokens.html", words, status=status)
