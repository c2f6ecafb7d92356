"""A rule's suggested fix for all selected claims: asked about, started, watched, ended in a summary, tried again."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from apps.claims import services
from apps.claims.models import BulkFixItem
from apps.claims.selectors import bulk_fixes
from apps.claims.selectors.exceptions import titles_of
from apps.claims.views.exception_list import BULK, EXCEPTIONS, filter_of
from apps.claims.views.exception_queue import back
from apps.claims.views.frame import PAGE_SIZE, allowed, tabs
from apps.core import clock
from apps.core.chips import Chip
from apps.core.counted_pages import CountedPaginator
from apps.core.htmx import render_page
from apps.core.status_words import status_of
from apps.practice.access import require, signed_in_user
from apps.practice.audited_views import audit_read
from apps.practice.roles import Permission
from apps.worklist.bulk_views import all_shown, posted_selection, selected
from apps.worklist.item_views import NotDoneError
from apps.worklist.models import Selection

_KIND = "bulk_fix"
_SHOWN = (
    BulkFixItem.State.FAILED,
    BulkFixItem.State.CHANGED,
    BulkFixItem.State.STOPPED,
    BulkFixItem.State.READY,
)


@require_POST
@require(Permission.EDIT_CLAIMS)
def take(request: HttpRequest) -> HttpResponse:
    """All claims that the filter shows at this moment are selected, and asked about."""
    return redirect(f"{reverse('claims:bulk_fix_new')}?{all_shown(request, BULK).urlencode()}")


@require_safe
@require(Permission.EDIT_CLAIMS)
def new(request: HttpRequest) -> HttpResponse:
    """What would be set on how many of the claims that are selected, before it is."""
    selection = selected(request, EXCEPTIONS)
    rule = _rule_of(selection)
    found = bulk_fixes.fixable(bulk_fixes.claims_of(selection.items if selection else []), rule)
    context = {
        "selection": selection,
        "rule": titles_of([rule]).get(rule, "") if rule else "",
        "found": found,
        "other": len(selection.items) - found.number if selection else 0,
        "shown_labels": sum(number for _, number in found.labels),
        **tabs("exceptions"),
    }
    return render_page(request, "claims/bulk_fix_new.html", context)


def _rule_of(selection: Selection | None) -> str:
    """Of the filter that was selected as a whole."""
    return filter_of(QueryDict(selection.query)).rule if selection else ""


@require_POST
@require(Permission.EDIT_CLAIMS)
def start(request: HttpRequest) -> HttpResponse:
    """The claims that were selected are meant, and none that came into the filter since."""
    try:
        selection = posted_selection(request, EXCEPTIONS)
        rule = _rule_of(selection)
        bulk = services.start_bulk_fix(
            findings=bulk_fixes.findings(bulk_fixes.claims_of(selection.items), rule),
            rule=rule,
            acting_user=signed_in_user(request),
            now=clock.now(),
        )
    except (NotDoneError, services.CannotSettleError) as refusal:
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
