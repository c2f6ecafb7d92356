"""The exception queue: what waits for a person, narrowed as the address says, and what is done to several of it at once."""

from collections.abc import Callable
from decimal import Decimal
from functools import wraps

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from apps.claims import services
from apps.claims.forms import ExceptionFilterForm
from apps.claims.models import BulkFix, Claim, Finding
from apps.claims.selectors import bulk_fixes, exception_queue, exceptions
from apps.claims.states import ClaimStatus
from apps.claims.views.exception_list import EXCEPTIONS
from apps.claims.views.frame import PAGE_SIZE, allowed
from apps.core import clock
from apps.core.chips import Chip
from apps.core.counted_pages import CountedPaginator
from apps.core.htmx import render_page
from apps.core.status_words import status_of
from apps.practice.access import require, signed_in_user
from apps.practice.audited_views import audit_read
from apps.practice.roles import Permission
from apps.worklist.forms import AssignForm, SnoozeForm
from apps.worklist.item_views import NotDoneError, assign_items, snooze_items, take_items
from apps.worklist.list_views import first_view, list_tools
from apps.worklist.models import WorkItem

# So many findings are chips; all of them are in the form.
CHIPS = 6
_KINDS = (ClaimStatus.EXCEPTION, ClaimStatus.REJECTED)
_VIEWS = (("all", "All"), ("mine", "Mine"), ("unassigned", "Nobody's"), ("snoozed", "Snoozed"))
_DUE = (("past", "Past due", "problem"), ("week", "Due in 7 days", "watch"), ("none", "No deadline", "waiting"))
_AGES = (("2", "Over 2 days"), ("7", "Over 7 days"), ("30", "Over 30 days"))
# What the filter's form leaves as it is.
_KEPT = frozenset({"view", "status", "due", "age", "sort", "number", "patient"})


def filter_of(query: QueryDict) -> exception_queue.Filter:
    """What cannot be read is left out; the form says so beside the field."""
    names = ("rule", "status", "payer", "provider", "due", "age", "assignee", "number", "patient")
    view = query.get("view", "all")
    try:
        amount = max(Decimal(query.get("amount") or 0), Decimal(0)) or None
        amount = amount if amount is None or amount.is_finite() else None
    except ArithmeticError:
        amount = None
    return exception_queue.Filter(
        view=view if view in exception_queue.VIEWS else "all",
        amount=amount,
        **{name: query.get(name, "").strip()[:400] for name in names},
    )


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
        "running": bulk_fixes.running() if may_edit else [],
        "fixable": may_edit and bool(chosen.rule) and bulk_fixes.findings(found, chosen.rule).exists(),
        **_choices(request, chosen),
        "tab": "exceptions",
        "waiting_number": seen.waiting,
    }
    return render_page(request, "claims/exceptions.html", context, fragment="table")


def _choices(request: HttpRequest, chosen: exception_queue.Filter) -> dict[str, object]:
    """Chips and form: what the queue can be narrowed to."""
    rules = exceptions.rule_counts()
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
        "assign_form": AssignForm(permission=Permission.EDIT_CLAIMS),
        "snooze_form": SnoozeForm(),
    }


@require_POST
@require(Permission.VIEW_CLAIMS)
def find(request: HttpRequest) -> HttpResponse:
    """A claim's number or a patient's name, by POST: a name has no place in an address. The patients found are in it by public id."""
    words = " ".join(request.POST.get("words", "").split())[:60]
    query = QueryDict(request.POST.get("query", ""), mutable=True)
    for name in ("page", "number", "patient"):
        query.pop(name, None)
    if words and exception_queue.is_number(words):
        query["number"] = words
    elif words:
        patients = exception_queue.patients_named(words)
        query["patient"] = ",".join(patients) or "nobody"
    return redirect(f"{reverse('claims:exceptions')}?{query.urlencode()}")


# ------------------------------------------------------------------ several at once

Act = Callable[[HttpRequest], str]


def _act(act: Act) -> Callable[..., HttpResponse]:
    """A change of several claims: done and told, then the queue as it was filtered."""

    @require_POST
    @require(Permission.EDIT_CLAIMS)
    @wraps(act)
    def view(request: HttpRequest) -> HttpResponse:
        try:
            messages.success(request, act(request))
        except (NotDoneError, services.CannotSettleError) as refusal:
            messages.error(request, str(refusal))
        return back(request)

    return view


def back(request: HttpRequest) -> HttpResponseRedirect:
    """To the queue as it was filtered."""
    query = QueryDict(request.POST.get("query", "")).urlencode()
    return redirect(f"{reverse('claims:exceptions')}{'?' if query else ''}{query}")


def chosen_claims(request: HttpRequest) -> list[str]:
    """Public ids of the rows that were ticked, at most a page of them."""
    return request.POST.getlist("claim")[:PAGE_SIZE]


def _chosen_items(request: HttpRequest) -> list[WorkItem]:
    """The tasks of the ticked rows, or of all that the filter shows."""
    if request.POST.get("all"):
        chosen = filter_of(QueryDict(request.POST.get("query", "")))
        found = exception_queue.claims(chosen, user=signed_in_user(request), today=clock.today())
    else:
        found = Claim.objects.filter(public_id__in=chosen_claims(request))
    return list(WorkItem.objects.filter(pk__in=found.order_by().values("work_item")))


@_act
def assign(request: HttpRequest) -> str:
    return assign_items(request, _chosen_items(request), permission=Permission.EDIT_CLAIMS)


@_act
def snooze(request: HttpRequest) -> str:
    return snooze_items(request, _chosen_items(request))


@_act
def scrub_again(request: HttpRequest) -> str:
    """The claims of the page shown, after a setting was mended."""
    chosen = chosen_claims(request)
    ready = services.scrub_again(claim_ids=chosen, acting_user=signed_in_user(request), now=clock.now())
    return f"Scrubbed again; {ready} ready to send."


@require_POST
@require(Permission.EDIT_CLAIMS)
def take(request: HttpRequest, public_id: str) -> HttpResponse:
    claim = get_object_or_404(Claim.objects.select_related("work_item"), public_id=public_id)
    messages.success(request, take_items(request, [claim.work_item] if claim.work_item else []))
    return back(request)


@require_POST
@require(Permission.EDIT_CLAIMS)
def apply_fixes(request: HttpRequest) -> HttpResponse:
    """The fixes shown on the ticked rows, at once. All that the filter shows is asked about first, and done by a worker."""
    query = QueryDict(request.POST.get("query", "")).urlencode()
    if request.POST.get("all"):
        return redirect(f"{reverse('claims:bulk_fix_new')}?{query}")
    shown = [int(text) for text in request.POST.getlist("finding") if text.isdecimal()][:PAGE_SIZE]
    findings = Finding.objects.filter(pk__in=shown, claim__public_id__in=chosen_claims(request))
    user, now = signed_in_user(request), clock.now()
    try:
        bulk = services.start_bulk_fix(findings=findings, acting_user=user, now=now)
    except services.CannotSettleError as refusal:
        messages.error(request, str(refusal))
        return back(request)
    while services.run_bulk_fix(bulk_id=bulk.public_id, now=now).more:
        continue
    return _told(request, bulk)


def _told(request: HttpRequest, bulk: BulkFix) -> HttpResponse:
    """All well: the queue again. Else what became of each, or how far a worker is that was quicker to take it."""
    now = BulkFix.objects.select_related("run").get(pk=bulk.pk)
    done = bulk_fixes.outcome(now)
    if done.again or now.finished_at is None:
        return redirect("claims:bulk_fix", bulk.public_id)
    messages.success(request, f"{done.ready + done.stopped} fixed; {done.ready} ready to send.")
    return back(request)
