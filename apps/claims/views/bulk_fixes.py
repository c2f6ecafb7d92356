"""A rule's suggested fix for all claims of a filter: asked about, started, watched, ended in a summary, tried again."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from apps.claims import services
from apps.claims.models import BulkFixItem
from apps.claims.selectors import bulk_fixes, exception_queue
from apps.claims.selectors.exceptions import titles_of
from apps.claims.views.exception_list import filter_of
from apps.claims.views.exception_queue import back
from apps.claims.views.frame import PAGE_SIZE, allowed, tabs
from apps.core import clock
from apps.core.chips import Chip
from apps.core.counted_pages import CountedPaginator
from apps.core.htmx import render_page
from apps.core.readable_text import posted_query
from apps.core.status_words import status_of
from apps.practice.access import require, signed_in_user
from apps.practice.audited_views import audit_read
from apps.practice.roles import Permission

_KIND = "bulk_fix"
_SHOWN = (
    BulkFixItem.State.FAILED,
    BulkFixItem.State.CHANGED,
    BulkFixItem.State.STOPPED,
    BulkFixItem.State.READY,
)


@require_safe
@require(Permission.EDIT_CLAIMS)
def new(request: HttpRequest) -> HttpResponse:
    """What would be set on how many claims, before it is."""
    chosen = filter_of(request.GET)
    claims = exception_queue.claims(chosen, user=signed_in_user(request), today=clock.today())
    found = bulk_fixes.fixable(claims, chosen.rule)
    context = {
        "rule": titles_of([chosen.rule]).get(chosen.rule, "") if chosen.rule else "",
        "found": found,
        "other": claims.count() - found.number,
        "shown_labels": sum(number for _, number in found.labels),
        **tabs("exceptions"),
    }
    return render_page(request, "claims/bulk_fix_new.html", context)


@require_POST
@require(Permission.EDIT_CLAIMS)
def start(request: HttpRequest) -> HttpResponse:
    """The claims of the filter as it is at this moment are meant, and no other."""
    chosen = filter_of(posted_query(request))
    user = signed_in_user(request)
    claims = exception_queue.claims(chosen, user=user, today=clock.today())
    try:
        bulk = services.start_bulk_fix(
            findings=bulk_fixes.findings(claims, chosen.rule), rule=chosen.rule, acting_user=user, now=clock.now()
        )
    except services.CannotSettleError as refusal:
        messages.error(request, str(refusal))
        return back(request)
    return redirect("claims:bulk_fix", bulk.public_id)


@require_safe
@require(Permission.VIEW_CLAIMS)
def bulks(request: HttpRequest) -> HttpResponse:
    page = Paginator(bulk_fixes.bulks(), PAGE_SIZE).get_page(request.GET.get("page"))
    titles = titles_of({bulk.rule for bulk in page if bulk.rule})
    context = {
        "page": page,
        "rows": [(bulk, titles.get(bulk.rule, "Chosen rows"), bulk_fixes.outcome(bulk)) for bulk in page],
        **tabs("exceptions"),
    }
    return render_page(request, "claims/bulk_fixes.html", context)


@require_safe
@require(Permission.VIEW_CLAIMS)
def one(request: HttpRequest, public_id: str) -> HttpResponse:
    bulk = get_object_or_404(bulk_fixes.bulks(), public_id=public_id)
    done = bulk_fixes.outcome(bulk)
    counts = {state: getattr(done, state.value) for state in _SHOWN}
    state = request.GET.get("state") or next((each for each in _SHOWN if counts[each]), BulkFixItem.State.READY)
    shown = counts.get(BulkFixItem.State(state), 0) if state in BulkFixItem.State.values else done.done
    page = CountedPaginator(bulk_fixes.items(bulk, state), PAGE_SIZE, count=shown).get_page(request.GET.get("page"))
    items = list(page.object_list) if bulk.finished_at else []
    audit_read(request, _KIND, bulk.public_id, patients=[item.claim.patient.public_id for item in items])
    context = {
        "bulk": bulk,
        "title": bulk_fixes.rule_title(bulk),
        "done": done,
        "page": page,
        "items": items,
        "chips": [
            Chip(each, each.label, counts[each], status_of(each, _KIND).shape) for each in _SHOWN if counts[each]
        ],
        "may_edit": allowed(request, Permission.EDIT_CLAIMS),
        "queue_href": f"{reverse('claims:exceptions')}?{f'rule={bulk.rule}' if bulk.rule else ''}",
        **tabs("exceptions"),
    }
    return render_page(request, "claims/bulk_fix.html", context, fragment="bulk")


@require_POST
@require(Permission.EDIT_CLAIMS)
def retry(request: HttpRequest, public_id: str) -> HttpResponse:
    """Those that failed or had changed, as they stand now."""
    get_object_or_404(bulk_fixes.bulks(), public_id=public_id)
    try:
        again = services.retry_bulk_fix(bulk_id=public_id, acting_user=signed_in_user(request), now=clock.now())
    except services.CannotSettleError as refusal:
        messages.error(request, str(refusal))
        return redirect("claims:bulk_fix", public_id)
    return redirect("claims:bulk_fix", again.public_id)
