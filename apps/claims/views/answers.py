"""An answer file that no step could read: what it is, and what becomes of it."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST, require_safe

from apps.claims import services
from apps.claims.services.unread_answers import ACKNOWLEDGEMENTS, open_work
from apps.claims.views.frame import allowed, audit_view, tabs
from apps.connectors.models import Transmission
from apps.core import clock
from apps.core.htmx import render_page
from apps.practice.access import require, signed_in_user
from apps.practice.roles import Permission

# Enough to see what it is; the whole stays in the journal.
SHOWN_BYTES = 2000


@require_safe
@require(Permission.VIEW_CLAIMS)
def answer(request: HttpRequest, public_id: str) -> HttpResponse:
    rows = Transmission.objects.filter(direction=Transmission.Direction.IN, connection__kind="clearinghouse")
    file = get_object_or_404(rows.select_related("connection"), public_id=public_id)
    audit_view(request, "transmission", file.public_id, [], clock.now())
    may_decide = allowed(request, Permission.SUBMIT_CLAIMS) and open_work(file.public_id) is not None
    context = {
        "file": file,
        "beginning": bytes(file.payload)[:SHOWN_BYTES].decode("utf-8", errors="replace"),
        "may_decide": may_decide,
        "may_read_again": may_decide and file.kind in ACKNOWLEDGEMENTS,
        **tabs("batches"),
    }
    return render_page(request, "claims/answer.html", context)


@require_POST
@require(Permission.SUBMIT_CLAIMS)
def again(request: HttpRequest, public_id: str) -> HttpResponse:
    return _decide(request, public_id, services.read_again, "It is being read again.")


@require_POST
@require(Permission.SUBMIT_CLAIMS)
def aside(request: HttpRequest, public_id: str) -> HttpResponse:
    return _decide(request, public_id, services.set_aside, "Noted.", outcome=request.POST.get("outcome", ""))


def _decide(request: HttpRequest, public_id: str, verb: Callable[..., None], done: str, **how: str) -> HttpResponse:
    get_object_or_404(Transmission, public_id=public_id)
    try:
        verb(file_id=public_id, acting_user=signed_in_user(request), now=clock.now(), **how)
        messages.success(request, done)
    except services.AnswerNotOpenError as refusal:
        messages.error(request, str(refusal))
    return redirect("claims:answer", public_id)
