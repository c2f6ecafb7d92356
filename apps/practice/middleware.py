"""What holds on every page of the workplace: a second factor, an absolute session limit, no caching of PHI."""

from collections.abc import Callable
from datetime import timedelta
from http import HTTPStatus

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.templatetags.static import static
from django.utils import timezone

from apps.core.models import User
from apps.core.views import takes_forms_only

# Reachable before the second factor is set up: signing in and out, setting it up, and what carries no PHI.
OPEN_PREFIXES = ("/account/", "/static/", "/healthz", "/pay/", "/webhooks/", "/styleguide/")


class WorkplaceMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self._refuse(request) or self.get_response(request)
        if response.status_code == HTTPStatus.METHOD_NOT_ALLOWED and request.method == "GET" and not response.content:
            allowed = response["Allow"]
            response = takes_forms_only(request)  # Django's own is an empty page
            response["Allow"] = allowed
        if not request.path.startswith("/static/"):
            response.setdefault("Cache-Control", "no-store")
        if self._is_page_of_the_back_office(request, response):
            # The page goes when the session does, as the workplace's own do by their script (static/away.js).
            response["Refresh"] = f"{settings.SESSION_COOKIE_AGE}; url={static('away.html')}"
        return response

    def _is_page_of_the_back_office(self, request: HttpRequest, response: HttpResponse) -> bool:
        is_page = response.get("Content-Type", "").startswith("text/html")
        return is_page and isinstance(request.user, User) and request.path.startswith("/back-office/")

    def _refuse(self, request: HttpRequest) -> HttpResponse | None:
        if not isinstance(request.user, User):
            return None
        if self._too_old(request):
            logout(request)
            return redirect(settings.LOGIN_URL)
        if request.path.startswith(OPEN_PREFIXES) or is_mfa_enabled(request.user):
            return None
        return redirect("mfa_activate_totp")

    def _too_old(self, request: HttpRequest) -> bool:
        # Sessions live in wall time, also while a simulation runs (ARCHITECTURE law 8).
        now = timezone.now().timestamp()  # noqa: TID251  wall time on purpose
        limit: timedelta = settings.SESSION_ABSOLUTE_AGE
        started = request.session.setdefault("signed_in_at", now)
        return bool(now - started > limit.total_seconds())
