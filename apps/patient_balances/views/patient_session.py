"""A patient's visit behind a link, twenty idle minutes and an hour in all: a signed cookie that only /pay/ sees.

It names the link and whether its reader is known. What it opens is asked of the link's row at each page, so that a revoked link ends
a visit that is under way. Signatures use wall time, also while a simulation runs (ARCHITECTURE law 8).
"""

import time
from dataclasses import dataclass, field

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

COOKIE, LANGUAGE_COOKIE = "pay_visit", "pay_language"
PATH, SALT = "/pay/", "patient_balances.visit"
LASTS = 20 * 60  # seconds since the last page
LONGEST = 60 * 60  # seconds since the link was opened, however busy the visit is


@dataclass(frozen=True, slots=True)
class Visit:
    link_id: str
    verified: bool = False
    since: int = field(default_factory=lambda: int(time.time()))


def current(request: HttpRequest) -> Visit | None:
    """None without a visit, after its time, or with a cookie that we did not sign."""
    try:
        link_id, verified, since = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=LASTS)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    visit = Visit(str(link_id), bool(verified), int(since))
    return visit if time.time() - visit.since <= LONGEST else None


def keep(response: HttpResponse, visit: Visit) -> None:
    value = signing.dumps([visit.link_id, visit.verified, visit.since], salt=SALT)
    _set(response, COOKIE, value, LASTS)


def keep_language(response: HttpResponse, language: str) -> None:
    _set(response, LANGUAGE_COOKIE, language, LASTS)


def end(response: HttpResponse) -> None:
    response.delete_cookie(COOKIE, path=PATH, samesite="Lax")


def _set(response: HttpResponse, name: str, value: str, age: int) -> None:
    # Lax and not Strict: the processor sends the patient back to us from its own site.
    response.set_cookie(
        name, value, max_age=age, path=PATH, secure=settings.SESSION_COOKIE_SECURE, httponly=True, samesite="Lax"
    )
