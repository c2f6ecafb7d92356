"""Money on a claim that neither its payer nor its patient will settle by itself."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST, require_safe

from apps.core import clock
from apps.core.htmx import render_page
from apps.ledger.services import ApprovalError
from apps.patient_balances import services
from apps.patient_balances.forms import SettleForm
from apps.patient_balances.models import MoneyReview
from apps.patient_balances.selectors.sums import receivables_of_claims
from apps.patient_balances.services.settle_review import standing_parts
from apps.patient_balances.views.approval import decided, deciding, open_request
from apps.patient_balances.views.frame import may_work
from apps.practice.access import request_role, require, signed_in_user
from apps.practice.audited_views import audit_read
from apps.practice.roles import Permission, may


@require_safe
@require(Permission.VIEW_BALANCES)
def money(request: HttpRequest, public_id: str) -> HttpResponse:
    review = _review(public_id)
    return _render(request, review, _form(review))


def _review(public_id: str) -> MoneyReview:
    return get_object_or_404(MoneyReview.objects.select_related("claim__patient", "claim__payer"), public_id=public_id)


def _form(review: MoneyReview, data: object = None) -> SettleForm:
    parts = standing_parts(review, review.claim)
    return SettleForm(data, gives_up=bool(parts.given_up), gives_back=bool(parts.given_back))


def _render(request: HttpRequest, review: MoneyReview, form: SettleForm, status: int = 200) -> HttpResponse:
    audit_read(request, "money_review", review.public_id, patients=[review.claim.patient.public_id])
    asked = open_request(review.write_off_requests.all())
    context = {
        "review": review,
        "stands": receivables_of_claims([review.claim_id])[review.claim_id],
        "works": may_work(request) and asked is None,
        "form": form,
        "refunds": review.refunds.select_related("payer", "recorded_by").order_by("-paid_on", "-pk"),
        "may_open_claims": may(request_role(request), Permission.VIEW_CLAIMS),
        **deciding(request, asked, "balances:decide_money", review.public_id),
    }
    return render_page(request, "patient_balances/money.html", context, status=status)


@require_POST
@require(Permission.WORK_BALANCES)
def settle_money(request: HttpRequest, public_id: str) -> HttpResponse:
    review = _review(public_id)
    form = _form(review, request.POST)
    if form.is_valid():
        try:
            done = services.settle_review(
                review_id=public_id,
                note=form.cleaned_data["note"],
                reason=form.cleaned_data.get("reason", ""),
                paid_back=form.paid_back,
                acting_user=signed_in_user(request),
                now=clock.now(),
            )
        except (ApprovalError, services.ReviewError) as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, done.sentence if done.waits else "Settled. The books show it.")
            return redirect("balances:money", public_id)
    return _render(request, review, form, status=422)


@require_POST
@require(Permission.APPROVE_WRITE_OFFS)
def decide_money(request: HttpRequest, public_id: str) -> HttpResponse:
    review = _review(public_id)
    asked = open_request(review.write_off_requests.all())
    return decided(request, asked, services.decide_review, redirect("balances:money", public_id))
