"""A patient's twenty minutes behind a link: a signed cookie that only /pay/ sees. It names the link and whether its reader is known.

What it opens is asked of the link's row at each page, so that a revoked link ends a visit that is under way.
Signatures use wall time, also while a simulation runs (ARCHITECTURE law 8).
"""

from dataclasses import dataclass

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

COOKIE, LANGUAGE_COOKIE = "pay_visit", "pay_language"
PATH, SALT = "/pay/", "patient_balances.visit"
LASTS = 20 * 60  # seconds since the last page


@dataclass(frozen=True, slots=True)
class Visit:
    link_id: str
    verified: bool = False


def current(request: HttpRequest) -> Visit | None:
    """None without a visit, after its time, or with a cookie that we did not sign."""
    try:
        link_id, verified = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=LASTS)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return Visit(str(link_id), bool(verified))


def keep(response: HttpResponse, visit: Visit) -> None:
    value = signing.dumps([visit.link_id, visit.verified], salt=SALT)
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
