"""From the link in a message to the bill: the door, the two questions. A GET is never an opening and never a try."""

from dataclasses import replace

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import translation
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.core import clock
from apps.core.tries import RefusedTries
from apps.patient_balances.forms import IdentityForm, TokenForm
from apps.patient_balances.models import MOST_TRIES, PaymentLink
from apps.patient_balances.services import LinkClosedError, look_up, open_link, verify_identity
from apps.patient_balances.views import patient_session
from apps.patient_balances.views.patient_page import (
    ENDED,
    NO_SUCH,
    TOO_MANY,
    closed,
    link_of,
    page,
    patient_page,
    speak,
)
from apps.patient_balances.views.patient_session import Visit

# Wrong answers, over all links.
WRONG_ANSWERS = RefusedTries("pay-tries", most=20, seconds=15 * 60)


@patient_page
@require_safe
def door(request: HttpRequest, token: str) -> HttpResponse:
    """What a preview robot sees too: who writes, and a button."""
    speak(request, look_up(token, now=clock.now()))
    return page(request, "door", {"token": token})


@patient_page
def lost(request: HttpRequest) -> HttpResponse:
    return closed(request, NO_SUCH)


@patient_page
@require_POST
def enter(request: HttpRequest) -> HttpResponse:
    """The token is exchanged for a short visit and leaves the address."""
    if WRONG_ANSWERS.are_too_many(request):
        return closed(request, TOO_MANY)
    form = TokenForm(request.POST)
    form.is_valid()
    try:
        link = open_link(form.cleaned_data.get("token", ""), now=clock.now())
    except LinkClosedError:
        WRONG_ANSWERS.count(request)
        raise
    response = redirect("patient_pages:verify")
    patient_session.keep(response, patient_session.Visit(link.public_id))
    speak(request, link)
    patient_session.keep_language(response, translation.get_language() or "en")
    return response


@patient_page
@require_http_methods(["GET", "HEAD", "POST"])
def verify(request: HttpRequest) -> HttpResponse:
    visit = patient_session.current(request)
    if visit is None:
        return closed(request, ENDED)
    link = link_of(visit)
    if request.method != "POST":
        return page(request, "verify", {"form": IdentityForm(), "tries_left": None})
    if WRONG_ANSWERS.are_too_many(request):
        return closed(request, TOO_MANY)
    return _judge(request, link, visit)


def _judge(request: HttpRequest, link: PaymentLink, visit: Visit) -> HttpResponse:
    form = IdentityForm(request.POST)
    if not form.is_valid():
        return page(request, "verify", {"form": form, "tries_left": None}, status=422)
    try:
        known = verify_identity(link=link, **form.cleaned_data, now=clock.now())
    except LinkClosedError:
        WRONG_ANSWERS.count(request)
        raise
    if known:
        response = redirect("patient_pages:statement")
        patient_session.keep(response, replace(visit, verified=True))
        return response
    WRONG_ANSWERS.count(request)
    return page(request, "verify", {"form": form, "tries_left": MOST_TRIES - link.wrong_tries}, status=422)


@patient_page
@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    response = page(request, "left", {})
    patient_session.end(response)
    return response
