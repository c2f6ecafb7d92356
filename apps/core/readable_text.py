"""PostgreSQL stores no NUL character, and no person types one: a request that holds one is refused before any page reads it."""

from collections.abc import Callable, Iterable

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, QueryDict

NUL = "\0"
# Their bodies belong to a signature; the door that checks it reads them, up to its own limit.
RAW_BODIES = "/webhooks/"


class ReadableTextMiddleware:
    """Answers 400 for a NUL in the address, a cookie or a form's fields. What an uploaded file holds is not looked at."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        _refuse_nul([request.path, *request.COOKIES.values(), *_texts(request.GET)])
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: object) -> None:
        if not request.path.startswith(RAW_BODIES):
            _refuse_nul(_texts(request.POST))


def posted_query(request: HttpRequest) -> QueryDict:
    """The list's filter that a form sends along as `query`, to be changed at will. What is encoded twice is read here only: raises
    BadRequest for a NUL in it.
    """
    query = QueryDict(request.POST.get("query", ""), mutable=True)
    _refuse_nul(_texts(query))
    return query


def _texts(fields: QueryDict) -> Iterable[str]:
    for name, values in fields.lists():
        yield name
        yield from map(str, values)


def _refuse_nul(texts: Iterable[str]) -> None:
    if any(NUL in text for text in texts):
        raise BadRequest("A NUL character")
