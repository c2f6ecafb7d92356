"""One page for all that is stored and cannot be opened, whichever page asks for it."""

import logging
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseServerError
from django.template.loader import render_to_string

from apps.core.encryption import LostKeyError

logger = logging.getLogger(__name__)


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
        return HttpResponseServerError(render_to_string("lost_key.html"))
