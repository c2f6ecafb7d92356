"""What a patient wrote, and money that fits no payment: each read and settled by a person."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST, require_safe

from apps.core import clock
from apps.core.htmx import render_page
from apps.patient_balances import services
from apps.patient_balances.models import LIVE, Balance, InboundMessage, StrayPayment
from apps.patient_balances.selectors.candidates import candidates
from apps.patient_balances.selectors.given_back import left_of
from apps.patient_balances.views.frame import may_work
from apps.practice.access import require, signed_in_user
from apps.practice.audited_views import audit_read
from apps.practice.roles import Permission


@require_safe
@require(Permission.VIEW_BALANCES)
def inbound(request: HttpRequest, public_id: str) -> HttpResponse:
    found = get_object_or_404(
        InboundMessage.objects.select_related("patient", "reply", "work_item"), public_id=public_id
    )
    patient = found.patient
    balances = (
        patient.balances.filter(state__in=LIVE).select_related("encounter").order_by("opened_at") if patient else []
    )
    same_address = InboundMessage.objects.filter(address=found.address).exclude(pk=found.pk)
    earlier = list(same_address.select_related("patient").order_by("-at")[:12])
    named = [row.patient.public_id for row in (found, *earlier) if row.patient]
    audit_read(request, "inbound_message", public_id, patients=named)
    context = {
        "inbound": found,
        "waits": found.answered_at is None and (found.pauses or found.work_item is not None),
        "balances": balances,
        "earlier": earlier,
        "reply": getattr(found, "reply", None),
    }
    return render_page(request, "patient_balances/inbound.html", context)


@require_POST
@require(Permission.VIEW_BALANCES)
def answered(request: HttpRequest, public_id: str) -> HttpResponse:
    """The front desk's own work: whoever may read what a patient wrote may say that it was answered, and honor a stop."""
    get_object_or_404(InboundMessage, public_id=public_id)
    stop_texts = request.POST.get("stop_texts") == "yes"
    services.answer_inbound(
        inbound_id=public_id, stop_texts=stop_texts, acting_user=signed_in_user(request), now=clock.now()
    )
    done = "Texts to this number have ended." if stop_texts else "Answered. Messages go on where they stood."
    messages.success(request, done)
    return redirect("balances:inbound", public_id)


@require_safe
@require(Permission.VIEW_BALANCES)
def stray(request: HttpRequest, public_id: str) -> HttpResponse:
    found = get_object_or_404(StrayPayment.objects.select_related("applied_to__patient"), public_id=public_id)
    balances = candidates(found)
    named = [row.balance.patient.public_id for row in balances]
    named += [found.applied_to.patient.public_id] if found.applied_to else []
    audit_read(request, "stray_payment", public_id, patients=named)
    back = found.amount - left_of(found) if found.kind == StrayPayment.Kind.UNMATCHED else None
    context = {
        "stray": found,
        "given_back": back,
        "left": found.amount - back if back else None,
        "candidates": balances,
        "works": may_work(request),
    }
    return render_page(request, "patient_balances/stray.html", context)


@require_POST
@require(Permission.WORK_BALANCES)
def settle_stray(request: HttpRequest, public_id: str) -> HttpResponse:
    found = get_object_or_404(StrayPayment, public_id=public_id)
    user, now, balance_id = signed_in_user(request), clock.now(), request.POST.get("balance", "")
    try:
        if balance_id:
            services.apply_stray_payment(stray_id=public_id, balance_id=balance_id, acting_user=user, now=now)
            messages.success(request, "Applied to the balance.")
        else:
            services.close_stray_payment(stray_id=public_id, acting_user=user, now=now)
            messages.success(
                request, "Closed. The refund is posted when its payment comes." if found.waits else "Closed."
            )
    except (services.NotStrayError, Balance.DoesNotExist):
        messages.error(request, "Choose the balance that this payment is for.")
    return redirect("balances:stray", public_id)
