"""An answer that its payer takes back by letter, and a payment that was entered wrong."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from apps.core import clock
from apps.core.htmx import render_page
from apps.practice.access import request_role, require, signed_in_user
from apps.practice.audited_views import audit_read
from apps.practice.roles import Permission, may
from apps.remittances.forms.by_hand import ReversalForm, UndoForm
from apps.remittances.selectors import pages
from apps.remittances.services import HandEntryError, reverse_by_hand, reverse_payment
from apps.remittances.services.reverse_by_hand import why_not_to_reverse
from apps.remittances.services.reverse_payment import why_not_to_reverse_payment
from apps.remittances.views.answers import answer_on_a_claim


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.WORK_REMITTANCES)
def reverse(request: HttpRequest, public_id: str, payment: int, number: int) -> HttpResponse:
    """What was posted, and the letter that takes it back."""
    file, row, claim = answer_on_a_claim(public_id, payment, number)
    refusal = why_not_to_reverse(row)
    form = ReversalForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and not refusal:
        try:
            posted = reverse_by_hand(
                remitted_claim=row,
                letter_on=form.cleaned_data["letter_on"],
                note=form.cleaned_data["note"],
                acting_user=signed_in_user(request),
                now=clock.now(),
            )
        except HandEntryError as problem:
            form.add_error(None, str(problem))
        else:
            messages.success(request, f"Reversed. Claim {claim.control_number} stands open again.")
            return redirect("remittances:file", posted.file.public_id)
    audit_read(request, "remitted_claim", file.public_id, patients=[claim.patient.public_id])
    context = {"file": file, "row": row, "form": form, "refusal": refusal}
    return render_page(request, "remittances/reverse.html", context, status=422 if request.method == "POST" else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.WORK_REMITTANCES)
def undo(request: HttpRequest, public_id: str, number: int) -> HttpResponse:
    """The whole payment, as it was entered from paper."""
    file = pages.find_file(public_id)
    payment = next((each for each in pages.payments_of(file) if each.number == number), None) if file else None
    if file is None or payment is None:
        raise Http404
    refusal = why_not_to_reverse_payment(payment)
    form = UndoForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and not refusal:
        try:
            posted = reverse_payment(
                payment=payment,
                note=form.cleaned_data["note"],
                approves=may(request_role(request), Permission.APPROVE_WRITE_OFFS),
                acting_user=signed_in_user(request),
                now=clock.now(),
            )
        except HandEntryError as problem:
            form.add_error(None, str(problem))
        else:
            messages.success(request, "Undone. Enter the payment again as its paper says it.")
            return redirect("remittances:file", posted.file.public_id)
    audit_read(request, "remittance_payment", file.public_id, patients=pages.patients_of_payments([payment]))
    context = {"file": file, "payment": payment, "form": form, "refusal": refusal}
    return render_page(
        request, "remittances/undo_payment.html", context, status=422 if request.method == "POST" else 200
    )
