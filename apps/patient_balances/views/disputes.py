"""A card payment that its cardholder contests: what the processor tells, and whose payment it was."""

from decimal import Decimal

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST, require_safe

from apps.core import clock
from apps.core.htmx import render_page
from apps.patient_balances import services
from apps.patient_balances.forms import CompareForm
from apps.patient_balances.models import CardDispute
from apps.patient_balances.selectors.disputes import payments_of, unplaced_of
from apps.patient_balances.views.frame import may_work
from apps.practice.access import require, signed_in_user
from apps.practice.audited_views import audit_read
from apps.practice.roles import Permission
from apps.worklist.models import WorkItem


@require_safe
@require(Permission.VIEW_BALANCES)
def dispute(request: HttpRequest, public_id: str) -> HttpResponse:
    return _render(request, _dispute(public_id), CompareForm())


def _dispute(public_id: str) -> CardDispute:
    return get_object_or_404(CardDispute.objects.select_related("work_item"), public_id=public_id)


def _render(request: HttpRequest, found: CardDispute, form: CompareForm, status: int = 200) -> HttpResponse:
    payments = payments_of(found)
    named = [payment.balance.patient.public_id for payment in payments]
    audit_read(request, "card_dispute", found.public_id, patients=named)
    waits = found.work_item is not None and found.work_item.state == WorkItem.State.OPEN
    works = may_work(request)
    context = {
        "dispute": found,
        "payments": payments,
        "unplaced": None if payments else unplaced_of(found),
        "waits": waits and works and not found.is_unclear,
        "form": form if works and found.is_unclear else None,
    }
    return render_page(request, "patient_balances/dispute.html", context, status=status)


@require_POST
@require(Permission.WORK_BALANCES)
def answered(request: HttpRequest, public_id: str) -> HttpResponse:
    found = _dispute(public_id)
    try:
        services.answer_dispute(dispute_id=public_id, acting_user=signed_in_user(request), now=clock.now())
    except services.DisputeError as refusal:
        messages.error(request, str(refusal))
        return redirect("balances:dispute", public_id)
    messages.success(request, "Done." if found.is_kept_in_part else "Done. What the bank decides is posted by itself.")
    return redirect("balances:dispute", public_id)


@require_POST
@require(Permission.WORK_BALANCES)
def compared(request: HttpRequest, public_id: str) -> HttpResponse:
    found, form = _dispute(public_id), CompareForm(request.POST)
    if not found.is_unclear:
        return _is_clear(request, public_id)
    if not form.is_valid():
        return _render(request, found, form, status=422)
    try:
        more = services.compare_dispute(
            dispute_id=public_id,
            kept=form.cleaned_data["kept"],
            acting_user=signed_in_user(request),
            now=clock.now(),
        )
    except services.DisputeError as refusal:
        if not _dispute(public_id).is_unclear:
            return _is_clear(request, public_id)
        form.add_error(None, str(refusal))
        return _render(request, found, form, status=422)
    messages.success(request, _told(more))
    return redirect("balances:dispute", public_id)


def _is_clear(request: HttpRequest, public_id: str) -> HttpResponse:
    """Somebody was quicker: a colleague, or the processor, which told how the bank moved."""
    messages.info(request, "This is clear by now: the books show what the bank keeps.")
    return redirect("balances:dispute", public_id)


def _told(more: Decimal) -> str:
    if not more:
        return "Compared. The books were right."
    return f"Compared. ${abs(more):,.2f} {'is owed again' if more > 0 else 'is paid again'}."
