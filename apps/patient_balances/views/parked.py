"""A payer's money that was set apart, given back to it."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from apps.core import clock
from apps.core.htmx import render_page
from apps.core.money import ZERO
from apps.patient_balances import services
from apps.patient_balances.forms import RefundParkedForm
from apps.patient_balances.models import Refund
from apps.practice.access import require, signed_in_user
from apps.practice.audited_views import audit_read
from apps.practice.roles import Permission
from apps.remittances.selectors.pages import find_exception, patients_of_payments
from apps.remittances.selectors.parked import parked_item


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.WORK_BALANCES)
def refund(request: HttpRequest, public_id: str) -> HttpResponse:
    """What is left of it, what was given back before, and the record of one more refund."""
    exception = find_exception(public_id)
    if exception is None or exception.payment is None or exception.entry_id is None or exception.amount <= ZERO:
        raise Http404
    item = parked_item(exception)
    form = RefundParkedForm(request.POST or None, initial={"amount": item.left})
    if request.method == "POST" and form.is_valid():
        try:
            services.refund_parked(
                exception_id=public_id,
                amount=form.cleaned_data["amount"],
                paid_back=form.paid_back,
                note=form.cleaned_data["note"],
                acting_user=signed_in_user(request),
                now=clock.now(),
            )
        except services.ReviewError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "Given back. The books show it.")
            return redirect("balances:refund_parked", public_id)
    audit_read(request, "remittance_exception", public_id, patients=patients_of_payments([exception.payment]))
    refunds = Refund.objects.filter(parked=exception).select_related("payer", "recorded_by").order_by("-paid_on", "-pk")
    context = {"exception": exception, "item": item, "form": form, "refunds": refunds}
    status = 422 if request.method == "POST" else 200
    return render_page(request, "patient_balances/refund_parked.html", context, status=status)
