"""An answer file that waits for a person, since no step could read it or since it sent our questions back: what becomes of it."""

from collections.abc import Callable
from itertools import islice

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST, require_safe

from apps.claims import services
from apps.claims.rules.cut_file import lacks_end
from apps.claims.selectors.batch_exchange import patients_in
from apps.claims.selectors.batches import RETURNED_KIND, handed_over, unread_answers
from apps.claims.services.unread_answers import ACKNOWLEDGEMENTS, open_work
from apps.claims.views.frame import allowed, tabs
from apps.connectors.models import Transmission
from apps.core import clock
from apps.core.encryption import LostKeyError
from apps.core.htmx import render_page
from apps.core.identity import NamedSegment, masked_text
from apps.practice.access import require, signed_in_user
from apps.practice.audited_views import audit_read
from apps.practice.roles import Permission
from apps.x12 import explain

# Enough to see what it is; the whole stays in the journal.
SHOWN_SEGMENTS = 60
SHOWN_BYTES = 2000


@require_safe
@require(Permission.VIEW_CLAIMS)
def answer(request: HttpRequest, public_id: str) -> HttpResponse:
    """Only what waits for a person here: any other file is shown where its own permission guards it."""
    file = get_object_or_404(unread_answers().select_related("connection"), public_id=public_id)
    payload = _payload(file)
    segments: list[NamedSegment] = [
        (segment.name, segment.raw, False) for segment in islice(explain(payload or b""), SHOWN_SEGMENTS)
    ]
    audit_read(request, "transmission", file.public_id, patients=patients_in([raw for _, raw, _ in segments]))
    may_decide = allowed(request, Permission.SUBMIT_CLAIMS)
    work = open_work(public_id)
    returned = work.title if work and work.kind == RETURNED_KIND else ""
    is_cut = lacks_end(file.problem)
    context = {
        "file": file,
        "segments": segments,
        "beginning": "" if segments else masked_text((payload or b"")[:SHOWN_BYTES].decode("utf-8", errors="replace")),
        "is_locked": payload is None,
        "may_decide": may_decide,
        "may_read_again": may_decide and file.kind in ACKNOWLEDGEMENTS and not returned and not is_cut,
        "returned": returned,
        "is_cut": is_cut,
        **tabs("batches"),
    }
    return render_page(request, "claims/answer.html", context)


def _payload(file: Transmission) -> bytes | None:
    """Nothing where no key opens it: this page is where such a file is decided about, so it is shown all the same."""
    try:
        return bytes(file.payload)
    except LostKeyError:
        return None


@require_POST
@require(Permission.SUBMIT_CLAIMS)
def again(request: HttpRequest, public_id: str) -> HttpResponse:
    return _decide(request, public_id, services.read_again, "It is being read again.")


@require_POST
@require(Permission.SUBMIT_CLAIMS)
def aside(request: HttpRequest, public_id: str) -> HttpResponse:
    return _decide(request, public_id, services.set_aside, "Noted.", outcome=request.POST.get("outcome", ""))


def _decide(request: HttpRequest, public_id: str, verb: Callable[..., None], done: str, **how: str) -> HttpResponse:
    get_object_or_404(handed_over(), public_id=public_id)
    try:
        verb(file_id=public_id, acting_user=signed_in_user(request), now=clock.now(), **how)
        messages.success(request, done)
    except services.AnswerNotOpenError as refusal:
        messages.error(request, str(refusal))
    return redirect("claims:answer", public_id) if open_work(public_id) else redirect("claims:batches")
