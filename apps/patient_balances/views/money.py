"""Money on a claim that neither its payer nor its patient will settle by itself."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST, require_safe

from apps.core import clock
from apps.core.htmx import render_page
from apps.patient_balances import services
from apps.patient_balances.models import MoneyReview
from apps.patient_balances.selectors.sums import receivables_of_claims
from apps.patient_balances.views.frame import may_work
from apps.practice.access import request_role, require, signed_in_user
from apps.practice.audited_views import audit_read
from apps.practice.roles import Permission, may


@require_safe
@require(Permission.VIEW_BALANCES)
def money(request: HttpRequest, public_id: str) -> HttpResponse:
    review = get_object_or_404(
        MoneyReview.objects.select_related("claim__patient", "claim__payer"), public_id=public_id
    )
    audit_read(request, "money_review", public_id, patients=[review.claim.patient.public_id])
    context = {
        "review": review,
        "stands": receivables_of_claims([review.claim_id])[review.claim_id],
        "works": may_work(request),
        "may_open_claims": may(request_role(request), Permission.VIEW_CLAIMS),
    }
    return render_page(request, "patient_balances/money.html", context)


@require_POST
@require(Permission.WORK_BALANCES)
def settle_money(request: HttpRequest, public_id: str) -> HttpResponse:
    get_object_or_404(MoneyReview, public_id=public_id)
    try:
        services.settle_review(
            review_id=public_id,
            note=request.POST.get("note", ""),
            acting_user=signed_in_user(request),
            now=clock.now(),
        )
        messages.success(request, "Settled. The books show it.")
    except services.ReviewError as refusal:
        messages.error(request, str(refusal))
    return redirect("balances:money", public_id)
