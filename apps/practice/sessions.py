"""Sessions that end after idle time. A page that asks by itself how a job goes is nobody at work (static/away.js counts alike)."""

from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponse

# What such a page sends with its questions (hx-headers).
BY_ITSELF = "X-By-Itself"


class IdleSessionMiddleware(SessionMiddleware):
    """45 CFR 164.312(a)(2)(iii): an unattended desk is signed out, also where a long job runs on its page."""

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        if BY_ITSELF in request.headers and not request.session.modified:
            return response
        return super().process_response(request, response)
