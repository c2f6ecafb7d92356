"""A press that met a worker's locks in the other order is pressed once more, before anybody sees an error."""

import logging
from collections.abc import Callable

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from psycopg.errors import DeadlockDetected

logger = logging.getLogger(__name__)


class MetLocksMiddleware:
    """PostgreSQL ends one of two transactions that wait for each other, whole. Since a verb is one transaction, nothing of it is left,
    and the view may run again. Once: who meets a second one is told as of any failure.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, failure: Exception) -> HttpResponseBase | None:
        match = request.resolver_match
        if (
            match is None
            or not isinstance(failure, OperationalError)
            or not isinstance(failure.__cause__, DeadlockDetected)
        ):
            return None
        for _, uploads in request.FILES.lists():
            for upload in uploads:
                upload.seek(0)
        logger.info("%s met a worker's locks and runs once more", match.view_name)
        response: HttpResponseBase = match.func(request, *match.args, **match.kwargs)
        return response
