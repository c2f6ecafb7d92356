"""One view for a page and for its fragments (STYLE 12)."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.contrib.messages.storage.base import Message
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.cache import patch_vary_headers


def wants_fragment(request: HttpRequest) -> bool:
    """Whether htmx asks for a part of a page. A boosted link asks for the whole page."""
    htmx = getattr(request, "htmx", None)
    return bool(htmx and not htmx.boosted)


def refusal(sentence: str, status: int) -> HttpResponse:
    """Why what a part of a page asked for is not there, as a message that stays (static/toasts.js): another try would not help."""
    toast = render_to_string("components/toast.html", {"message": Message(messages.ERROR, sentence)})
    return HttpResponse(toast, status=status, headers={"HX-Retarget": "#toasts", "HX-Reswap": "beforeend"})


def render_page(
    request: HttpRequest, template: str, context: Mapping[str, Any], fragment: str | None = None, status: int = 200
) -> HttpResponse:
    """The whole page, or for an htmx request the template's partial named `fragment`.

    Messages that wait are sent along with a fragment, into the toast region of the page that asked.
    """
    if fragment and wants_fragment(request):
        response = render(request, f"{template}#{fragment}", context, status=status)
        if messages.get_messages(request):
            response.content += render_to_string("components/toasts_swap.html", request=request).encode()
    else:
        response = render(request, template, context, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response
