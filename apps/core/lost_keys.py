"""One sentence for all that is stored and cannot be opened, whichever page or part of a page asks for it."""

import logging
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseServerError
from django.template.loader import render_to_string

from apps.core.encryption import LostKeyError
from apps.core.htmx import refusal, wants_fragment

logger = logging.getLogger(__name__)
SENTENCE = (
    "What this page shows is stored encrypted, with a key that this server no longer has: ask your administrator to put the old key back"
    " (FIELD_ENCRYPTION_KEYS in docs/operations.md), then load the page again."
)


class LostKeyMiddleware:
    """Says what is missing and who puts it back, where every other failure is only told to the log."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, failure: Exception) -> HttpResponse | None:
        if not isinstance(failure, LostKeyError) or not request.user.is_authenticated:
            return None  # a patient can do nothing about it, and learns nothing of it
        logger.error("No key opens what %s shows", request.path, exc_info=failure)
        if wants_fragment(request):
            return refusal(SENTENCE, 500)
        return HttpResponseServerError(render_to_string("lost_key.html", {"sentence": SENTENCE}))
