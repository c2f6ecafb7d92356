"""What every page under /pay/ shares: language, headers, the form token, and the page that says why nothing is shown."""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware
from django.shortcuts import render
from django.utils import translation
from django.utils.decorators import decorator_from_middleware
from django.views.decorators.csrf import csrf_exempt

from apps.core import clock
from apps.patient_balances.models import PaymentLink
from apps.patient_balances.rules.texts import LANGUAGES, language_of
from apps.patient_balances.services import LinkClosedError, usable
from apps.patient_balances.views import patient_session
from apps.practice.models import Practice

View = Callable[..., HttpResponse]
# Of the closed page; those of LinkClosedError come from the link.
ENDED, TOO_MANY, AWAY, STALE_FORM, NO_SUCH = "ended", "too_many", "away", "stale_form", "no_such"
STATUSES = {
    "unknown": 404,
    NO_SUCH: 404,
    "expired": 410,
    "revoked": 410,
    "locked": 403,
    ENDED: 403,
    STALE_FORM: 403,
    TOO_MANY: 429,
    AWAY: 503,
}


class FormToken(CsrfViewMiddleware):
    """Django's own check of the form's token against the cookie, for pages that send no referrer.

    Under `Referrer-Policy: no-referrer` a browser sends `Origin: null` and no referrer with our own forms (Fetch, "append a
    request Origin header"), which the stock check takes for a stranger's. The token still has to match, and the cookies are Lax.
    """

    def _origin_verified(self, request: HttpRequest) -> bool:
        if request.META.get("HTTP_ORIGIN") == "null":
            return True
        return cast("bool", super()._origin_verified(request))  # type: ignore[misc]

    def _check_referer(self, request: HttpRequest) -> None:
        if request.META.get("HTTP_REFERER"):
            super()._check_referer(request)  # type: ignore[misc]

    def _reject(self, request: HttpRequest, reason: str) -> HttpResponse:  # noqa: ARG002  Django's signature
        return closed(request, STALE_FORM)


_with_form_token = decorator_from_middleware(FormToken)


def patient_page(view: View) -> View:
    """A page for anybody who holds a link."""

    @wraps(view)
    def shown(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        with translation.override(_chosen(request)):
            try:
                response = view(request, *args, **kwargs)
            except LinkClosedError as problem:
                response = closed(request, problem.why.value)
                patient_session.end(response)
        return _finished(request, response)

    return cast("View", csrf_exempt(_with_form_token(shown)))


def inside(view: View) -> View:
    """A page for someone whose link is open and who has proved who they are; the view gets the link."""

    @wraps(view)
    def shown(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        visit = patient_session.current(request)
        if visit is None or not visit.verified:
            return closed(request, ENDED)
        response = view(request, link_of(visit), *args, **kwargs)
        patient_session.keep(response, visit)
        return response

    return patient_page(shown)


def link_of(visit: patient_session.Visit) -> PaymentLink:
    """Raises LinkClosedError where the link was locked, revoked or ran out meanwhile."""
    return usable(PaymentLink.objects.filter(public_id=visit.link_id), now=clock.now())


def page(request: HttpRequest, template: str, context: Mapping[str, Any], *, status: int = 200) -> HttpResponse:
    """In the practice's name: nothing on it is ours."""
    whole = {"practice": Practice.objects.first(), "language": translation.get_language(), **context}
    return render(request, f"pay/{template}.html", whole, status=status)


def closed(request: HttpRequest, why: str) -> HttpResponse:
    return page(request, "closed", {"why": why}, status=STATUSES[why])


def speak(request: HttpRequest, link: PaymentLink) -> None:
    """The patient's own language, as long as they have not chosen another."""
    if _wished(request) is None:
        translation.activate(language_of(link.balance.patient.language))


def _wished(request: HttpRequest) -> str | None:
    wish = request.GET.get("lang") or request.COOKIES.get(patient_session.LANGUAGE_COOKIE)
    return wish if wish in LANGUAGES else None


def _chosen(request: HttpRequest) -> str:
    return _wished(request) or "en"


def _finished(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-store"
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex, nofollow"
    wish = request.GET.get("lang")
    if wish in LANGUAGES:
        patient_session.keep_language(response, wish)
    return response
