"""The exception queue: what waits for a person, narrowed as the address says, and what is done to several of it at once."""

from datetime import date

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from apps.claims import services
from apps.claims.forms.claims import ExceptionFilterForm
from apps.claims.models import BulkFix, Claim, Finding
from apps.claims.selectors import bulk_fixes, exception_queue, exceptions
from apps.claims.states import ClaimStatus
from apps.claims.views.exception_list import BULK, EXCEPTIONS, filter_of
from apps.claims.views.frame import allowed
from apps.core import clock
from apps.core.chips import Chip
from apps.core.counted_pages import CountedPaginator
from apps.core.htmx import render_page
from apps.core.models import User
from apps.core.plain_codes import whole_number
from apps.core.readable_text import posted_query
from apps.core.status_words import status_of
from apps.practice.access import require, signed_in_user
from apps.practice.audited_views import audit_read
from apps.practice.roles import Permission
from apps.worklist.bulk_views import all_chosen, bulk_bar
from apps.worklist.item_views import NotDoneError, take_items
from apps.worklist.list_views import first_view, list_tools

# A row says what is wrong in three lines: so many fill two screens.
PAGE_SIZE = 25
# So many of one name are told apart in an address.
MOST_PATIENTS = 20
# So many findings are chips; all of them are in the form.
CHIPS = 6
_KINDS = (ClaimStatus.EXCEPTION, ClaimStatus.REJECTED)
_VIEWS = (("all", "All"), ("mine", "Mine"), ("unassigned", "Nobody's"), ("snoozed", "Snoozed"))
_DUE = (("past", "Past due", "problem"), ("week", "Due in 7 days", "watch"), ("none", "No deadline", "waiting"))
_AGES = (("2", "Over 2 days"), ("7", "Over 7 days"), ("30", "Over 30 days"))
# What the filter's form leaves as it is.
_KEPT = frozenset({"view", "status", "due", "age", "sort", "number", "patient"})


@require_safe
@require(Permission.VIEW_CLAIMS)
def queue(request: HttpRequest) -> HttpResponse:
    if first := first_view(request, EXCEPTIONS):
        return first
    user, today = signed_in_user(request), clock.today()
    tools = list_tools(request, EXCEPTIONS)
    chosen = filter_of(request.GET)
    found = exception_queue.claims(chosen, user=user, today=today)
    seen = exception_queue.overview(chosen, user=user, today=today)
    number = {"": seen.totals.number, "week": seen.totals.week, "past": seen.totals.past}.get(chosen.due)
    keys = exception_queue.in_order(found, request.GET.get("sort", "")).values_list("pk", flat=True)
    page = CountedPaginator(keys, PAGE_SIZE, count=found.count() if number is None else number).get_page(
        request.GET.get("page")
    )
    rows = exception_queue.page_rows(list(page.object_list))
    views = exceptions.exception_views(rows, today=today, rule=chosen.rule)
    audit_read(request, "claim_exception", patients=[row.patient.public_id for row in rows], action="list")
    may_edit = allowed(request, Permission.EDIT_CLAIMS)
    context = {
        "page": page,
        "views": views,
        "tools": tools,
        "shown": tools.shown,
        "totals": seen.totals,
        "view_tabs": [(key, label, seen.views[key]) for key, label in _VIEWS],
        "chosen": chosen,
        "may_edit": may_edit,
        "bulk": bulk_bar(request, BULK, total=page.paginator.count, on_page=len(views)),
        "running": bulk_fixes.running() if may_edit else [],
        "fixable": may_edit and bool(chosen.rule) and bulk_fixes.findings(found, chosen.rule).exists(),
        **_choices(request, chosen, user=user, today=today),
        "query": request.GET.urlencode(),
        "tab": "exceptions",
        "waiting_number": seen.waiting,
    }
    return render_page(request, "claims/exceptions.html", context, fragment="table")


def _choices(request: HttpRequest, chosen: exception_queue.Filter, *, user: User, today: date) -> dict[str, object]:
    """Chips and form: what the queue can be narrowed to."""
    snoozed = exception_queue.tasks(exception_queue.Filter(view="snoozed"), user=user, today=today)
    rules = exceptions.rule_counts(snoozed, only=chosen.view == "snoozed")
    shown = [each for place, each in enumerate(rules) if place < CHIPS or each[0].code == chosen.rule]
    return {
        "kinds": [Chip(kind, status_of(kind).word, None, status_of(kind).shape) for kind in _KINDS],
        "due_chips": [Chip(key, label, None, shape) for key, label, shape in _DUE],
        "ages": [Chip(key, label) for key, label in _AGES],
        "rules": [Chip(found.code, found.title, count) for found, count in shown],
        "form": ExceptionFilterForm(
            request.GET, rules=[(found.code, f"{found.title} ({count:,})") for found, count in rules]
        ),
        "kept": [(name, value) for name, value in request.GET.items() if name in _KEPT],
    }


@require_POST
@require(Permission.VIEW_CLAIMS)
def find(request: HttpRequest) -> HttpResponse:
    """A claim's number or a patient's name, by POST: a name has no place in an address. The patients found are in it by public id."""
    words = " ".join(request.POST.get("words", "").split())[:60]
    query = posted_query(request)
    for name in ("page", "number", "patient"):
        query.pop(name, None)
    if words and exception_queue.is_number(words):
        query["number"] = words
    elif words:
        patients = exception_queue.patients_named(words, MOST_PATIENTS + 1)
        query["patient"] = ",".join(patients[:MOST_PATIENTS]) or "nobody"
        if len(patients) > MOST_PATIENTS:
            told = (
                f"More than {MOST_PATIENTS} patients whose claims wait are named so; {MOST_PATIENTS} of them are shown."
            )
            messages.info(request, f"{told} Write the first name, too.")
    return redirect(f"{reverse('claims:exceptions')}?{query.urlencode()}")


# ------------------------------------------------------------------ several at once


def back(request: HttpRequest) -> HttpResponseRedirect:
    """To the queue as it was filtered."""
    query = posted_query(request).urlencode()
    return redirect(f"{reverse('claims:exceptions')}{'?' if query else ''}{query}")


def chosen_claims(request: HttpRequest) -> list[str]:
    """Public ids of the rows that were ticked, at most a page of them."""
    return request.POST.getlist("claim")[:PAGE_SIZE]


@require_POST
@require(Permission.EDIT_CLAIMS)
def scrub_again(request: HttpRequest) -> HttpResponse:
    """The claims of the page shown, after a setting was mended."""
    chosen = chosen_claims(request)
    try:
        ready = services.scrub_again(claim_ids=chosen, acting_user=signed_in_user(request), now=clock.now())
    except services.CannotSettleError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"Scrubbed again; {ready} ready to send.")
    return back(request)


@require_POST
@require(Permission.EDIT_CLAIMS)
def take(request: HttpRequest, public_id: str) -> HttpResponse:
    claim = get_object_or_404(Claim.objects.select_related("work_item"), public_id=public_id)
    messages.success(request, take_items(request, [claim.work_item] if claim.work_item else []))
    return back(request)


@require_POST
@require(Permission.EDIT_CLAIMS)
def apply_fixes(request: HttpRequest) -> HttpResponse:
    """The fixes shown on the ticked rows, at once. What is selected is asked about first, and done by a worker."""
    if request.POST.get("selection"):
        return _asked_first(request)
    shown = [whole_number(text) for text in request.POST.getlist("finding")[:PAGE_SIZE]]
    findings = Finding.objects.filter(pk__in=filter(None, shown), claim__public_id__in=chosen_claims(request))
    user, now = signed_in_user(request), clock.now()
    try:
        bulk = services.start_bulk_fix(findings=findings, acting_user=user, now=now)
    except services.CannotSettleError as refusal:
        messages.error(request, str(refusal))
        return back(request)
    while services.run_bulk_fix(bulk_id=bulk.public_id, now=now).more:
        continue
    return _told(request, bulk)


def _asked_first(request: HttpRequest) -> HttpResponse:
    try:
        query = all_chosen(request, BULK)
    except NotDoneError as refusal:
        messages.error(request, str(refusal))
        return back(request)
    return redirect(f"{reverse('claims:bulk_fix_new')}?{query.urlencode()}")


def _told(request: HttpRequest, bulk: BulkFix) -> HttpResponse:
    """All well: the queue again. Else what became of each, or how far a worker is that was quicker to take it."""
    now = BulkFix.objects.select_related("run").get(pk=bulk.pk)
    done = bulk_fixes.outcome(now)
    if done.again or now.finished_at is None:
        return redirect("claims:bulk_fix", bulk.public_id)
    messages.success(request, f"{done.ready + done.stopped} fixed; {done.ready} ready to send.")
    return back(request)
