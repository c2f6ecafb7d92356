"""Payments below the contract, and the fee schedules that they are compared with."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.core import clock
from apps.core.htmx import render_page
from apps.practice.access import request_role, require, signed_in_user
from apps.practice.audited_views import audit_read
from apps.practice.roles import Permission, may
from apps.practice.services import FeesRefusedError, preview_fees
from apps.remittances.forms.contracts import FeeFileForm, FeesForm, UnderpaymentForm
from apps.remittances.models import Underpayment
from apps.remittances.selectors import underpayments as read
from apps.remittances.services import UnderpaymentError, load_fees, settle_underpayment

PAGE = 50
PROBLEMS_SHOWN = 50
STATES = Underpayment.State


@require_safe
@require(Permission.VIEW_REMITTANCES)
def underpayment_page(request: HttpRequest, public_id: str) -> HttpResponse:
    return _render(request, _underpayment_or_404(public_id), UnderpaymentForm())


@require_POST
@require(Permission.WORK_REMITTANCES)
def settle(request: HttpRequest, public_id: str) -> HttpResponse:
    row = _underpayment_or_404(public_id)
    form = UnderpaymentForm(request.POST)
    if form.is_valid():
        try:
            settle_underpayment(
                underpayment_id=public_id,
                outcome=STATES(form.cleaned_data["outcome"]),
                note=form.cleaned_data["note"],
                acting_user=signed_in_user(request),
                now=clock.now(),
            )
        except UnderpaymentError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "Kept, with your note.")
            return redirect("remittances:underpayments")
    return _render(request, row, form, status=422)


def _underpayment_or_404(public_id: str) -> Underpayment:
    row = read.find_underpayment(public_id)
    if row is None:
        raise Http404
    return row


def _render(request: HttpRequest, row: Underpayment, form: UnderpaymentForm, status: int = 200) -> HttpResponse:
    audit_read(request, "underpayment", row.public_id, patients=[row.claim.patient.public_id])
    role = request_role(request)
    context = {
        "row": row,
        "evidence": read.evidence(row),
        "form": form,
        "may_settle": may(role, Permission.WORK_REMITTANCES) and row.state in {STATES.OPEN, STATES.DISPUTED},
        "may_open_claims": may(role, Permission.VIEW_CLAIMS),
    }
    return render_page(request, "remittances/underpayment.html", context, status=status)


@require_safe
@require(Permission.VIEW_REMITTANCES)
def schedules(request: HttpRequest) -> HttpResponse:
    context = {
        "schedules": read.schedules(),
        "may_import": may(request_role(request), Permission.CONFIGURE),
        "short": read.short_now(),
    }
    return render_page(request, "remittances/schedules.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.CONFIGURE)
def import_schedule(request: HttpRequest) -> HttpResponse:
    """First the file, which shows what it would change; then the same words again, which change it."""
    if request.method != "POST":
        return _import_page(request, {"form": FeeFileForm()})
    if "text" in request.POST:
        return _take(request, FeesForm(request.POST))
    form = FeeFileForm(request.POST, request.FILES)
    if not form.is_valid():
        return _import_page(request, {"form": form}, status=422)
    payer, text = form.cleaned_data["payer"], form.cleaned_data["file"]
    try:
        found = preview_fees(payer=payer, text=text)
    except FeesRefusedError as refusal:
        return _refused(request, form, refusal)
    sure = FeesForm(initial={"payer": payer.public_id, "source": form.cleaned_data["source"], "text": text})
    shown = {"added": found.added[:PROBLEMS_SHOWN], "changed": found.changed[:PROBLEMS_SHOWN]}
    return _import_page(request, {"form": form, "sure": sure, "difference": found, "payer": payer, **shown})


def _take(request: HttpRequest, form: FeesForm) -> HttpResponse:
    if not form.is_valid():
        messages.error(request, "Choose the file again.")
        return redirect("remittances:import_schedule")
    payer = form.cleaned_data["payer"]
    try:
        found = load_fees(
            payer=payer,
            text=form.cleaned_data["text"],
            source=form.cleaned_data["source"],
            acting_user=signed_in_user(request),
            now=clock.now(),
        )
    except FeesRefusedError as refusal:
        return _refused(request, FeeFileForm(), refusal)
    messages.success(request, f"{payer.name}: prices added {len(found.added)}, changed {len(found.changed)}.")
    return redirect("remittances:schedules")


def _refused(request: HttpRequest, form: FeeFileForm, refusal: FeesRefusedError) -> HttpResponse:
    context = {"form": form, "problems": refusal.problems[:PROBLEMS_SHOWN], "refusal": str(refusal)}
    return _import_page(request, context, status=422)


def _import_page(request: HttpRequest, context: dict[str, Any], status: int = 200) -> HttpResponse:
    return render_page(request, "remittances/import_schedule.html", context, status=status)
