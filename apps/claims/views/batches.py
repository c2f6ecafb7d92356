"""Files: what went out, what came back, and those of which a person must say whether they arrived."""

from collections.abc import Callable
from itertools import islice

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST, require_safe

from apps.claims import services
from apps.claims.models import Batch
from apps.claims.selectors import batch_exchange as exchange
from apps.claims.selectors import batches as found
from apps.claims.views.frame import PAGE_SIZE, allowed, tabs
from apps.connectors.payloads import opened
from apps.core import clock
from apps.core.chips import Chip
from apps.core.htmx import render_page
from apps.core.plain_codes import whole_number
from apps.core.status_words import status_of
from apps.practice.access import require, signed_in_user
from apps.practice.audited_views import audit_read
from apps.practice.roles import Permission
from apps.x12 import explain

State = Batch.State
SEGMENTS_SHOWN = 200


@require_safe
@require(Permission.VIEW_CLAIMS)
def batches(request: HttpRequest) -> HttpResponse:
    state = request.GET.get("state", "")
    counts = found.state_counts()
    page = Paginator(found.batches(state=state), PAGE_SIZE).get_page(request.GET.get("page"))
    known = [(each, status_of(each, "batch")) for each in State if each in counts]
    context = {
        "page": page,
        "filtered": bool(state),
        "unknown": counts.get(State.UNKNOWN, 0),
        "refused": found.left_undecided(),
        "number": sum(counts.values()),
        "chips": [Chip(each, words.word, counts[each], words.shape) for each, words in known],
        "unread": found.unread_answers()[:PAGE_SIZE],
        **tabs("batches"),
    }
    return render_page(request, "claims/batches.html", context, fragment="table")


@require_safe
@require(Permission.VIEW_CLAIMS)
def batch(request: HttpRequest, public_id: str) -> HttpResponse:
    shown = get_object_or_404(found.batches(), public_id=public_id)
    answer = request.GET.get("answer", "")
    counts = exchange.answer_counts(shown)
    page = Paginator(exchange.members(shown, answer=answer), PAGE_SIZE).get_page(request.GET.get("page"))
    audit_read(request, "batch", shown.public_id, patients=[place.claim.patient.public_id for place in page])
    may_decide = allowed(request, Permission.SUBMIT_CLAIMS)
    refused = shown.state == State.NOT_SENT and shown.members.filter(in_flight=True).exists()
    returned = found.returned_with_it(shown).exists()
    context = {
        "batch": shown,
        "page": page,
        "members": exchange.with_words(shown, list(page.object_list)),
        "filtered": bool(answer),
        "chips": [Chip(each, exchange.ANSWER_WORDS[each], number) for each, number in counts.items()],
        "events": exchange.events(shown),
        "remittances": exchange.remittances(shown)[:PAGE_SIZE],
        "may_open_remittances": allowed(request, Permission.VIEW_REMITTANCES),
        "may_resolve": may_decide and shown.state == State.UNKNOWN,
        "may_resend": may_decide and refused,
        "may_settle_late": may_decide and found.waits_after_arrival(shown),
        "may_release": may_decide and (refused or returned),
        **tabs("batches"),
    }
    return render_page(request, "claims/batch.html", context, fragment="members")


@require_safe
@require(Permission.VIEW_CLAIMS)
def batch_file(request: HttpRequest, public_id: str, file_id: str) -> HttpResponse:
    """The file, or one of the answers to it, segment by segment with names; so many at a time."""
    shown = get_object_or_404(found.batches(), public_id=public_id)
    file = exchange.file_of(shown, file_id)
    if file is None:
        raise Http404
    first = whole_number(request.GET.get("first", "")) or 1
    read = list(islice(explain(opened(file), first), SEGMENTS_SHOWN + 1))
    segments = [(f"{segment.id}, {segment.name}", segment.raw, False) for segment in read[:SEGMENTS_SHOWN]]
    audit_read(request, "batch_file", file.public_id, patients=exchange.patients_in([raw for _, raw, _ in segments]))
    context = {
        "batch": shown,
        "file": file,
        "segments": segments,
        "first": first,
        "last": first + len(segments) - 1,
        "before": max(1, first - SEGMENTS_SHOWN) if first > 1 else None,
        "after": first + SEGMENTS_SHOWN if len(read) > SEGMENTS_SHOWN else None,
        **tabs("batches"),
    }
    return render_page(request, "claims/batch_file.html", context, fragment="segments")


def _decide(
    request: HttpRequest, public_id: str, verb: Callable[..., None], done: str, **how: bool | str
) -> HttpResponse:
    get_object_or_404(Batch, public_id=public_id)
    try:
        verb(batch_id=public_id, acting_user=signed_in_user(request), now=clock.now(), **how)
        messages.success(request, done)
    except services.BatchNotOpenError as refusal:
        messages.error(request, str(refusal))
    return redirect("claims:batch", public_id)


@require_POST
@require(Permission.SUBMIT_CLAIMS)
def arrived(request: HttpRequest, public_id: str) -> HttpResponse:
    done = "Marked as sent. Its claims wait for the answer."
    return _decide(request, public_id, services.resolve_unknown_batch, done, arrived=True)


@require_POST
@require(Permission.SUBMIT_CLAIMS)
def not_arrived(request: HttpRequest, public_id: str) -> HttpResponse:
    done = "Its claims are scrubbed again and leave with the next file."
    note = request.POST.get("note", "")
    return _decide(request, public_id, services.resolve_unknown_batch, done, arrived=False, note=note)


@require_POST
@require(Permission.SUBMIT_CLAIMS)
def resend(request: HttpRequest, public_id: str) -> HttpResponse:
    return _decide(request, public_id, services.resend_batch, "Sending again.")


@require_POST
@require(Permission.SUBMIT_CLAIMS)
def release(request: HttpRequest, public_id: str) -> HttpResponse:
    return _decide(
        request, public_id, services.release_batch, "Its claims are scrubbed again and leave with the next file."
    )


@require_POST
@require(Permission.SUBMIT_CLAIMS)
def settle_late(request: HttpRequest, public_id: str) -> HttpResponse:
    outcome = request.POST.get("outcome", "")
    return _decide(request, public_id, services.settle_late_batch, "Noted.", outcome=outcome)
