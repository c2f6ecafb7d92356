"""The bill and what a patient can do about it: pay all, pay a part, ask, and the receipt."""

from datetime import datetime, timedelta
from decimal import Decimal

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.connectors.ports.errors import ConnectorError
from apps.connectors.registry import NoConnectionError
from apps.core import clock
from apps.patient_balances.forms import AmountForm, RequestForm
from apps.patient_balances.models import Balance, PaymentLink
from apps.patient_balances.selectors.receipts import Receipt, latest_payment, receipt, receipts_of
from apps.patient_balances.selectors.statement import statement
from apps.patient_balances.services import AmountError, NothingToPayError, start_payment, take_request
from apps.patient_balances.views.patient_page import AWAY, NO_SUCH, closed, inside, page

# How long the page looks by itself for a payment that the processor has not confirmed yet.
LOOK_AGAIN_FOR = timedelta(minutes=10)
LOOK_AGAIN_EVERY = 5  # seconds
KINDS = {"insurance": Balance.Stop.INSURANCE, "question": Balance.Stop.DISPUTE, "plan": Balance.Stop.PLAN}


@inside
@require_safe
def bill(request: HttpRequest, link: PaymentLink) -> HttpResponse:
    patient = link.balance.patient
    found = statement(patient.pk)
    context = {"patient": patient, "statement": found, "receipts": receipts_of(patient.pk)}
    return page(request, "statement" if found.owed > 0 else "settled", context)


@inside
@require_safe
def part(request: HttpRequest, link: PaymentLink) -> HttpResponse:
    owed = statement(link.balance.patient_id).owed
    if owed <= 0:
        return redirect("patient_pages:statement")
    return page(request, "part", {"form": AmountForm(), "owed": owed})


@inside
@require_POST
def checkout(request: HttpRequest, link: PaymentLink) -> HttpResponse:
    """On to the processor's own page. Nothing about health goes there."""
    form = AmountForm(request.POST)
    if not form.is_valid():
        return _ask_amount(request, form, statement(link.balance.patient_id).owed)
    try:
        started = start_payment(link=link, amount=form.cleaned_data["amount"], now=clock.now())
    except NothingToPayError:
        return redirect("patient_pages:statement")
    except AmountError as problem:
        form.add_error("amount", _("Enter an amount between $1.00 and what you owe."))
        return _ask_amount(request, form, problem.most)
    except (ConnectorError, NoConnectionError):
        return closed(request, AWAY)
    response = redirect(started.url)
    response.status_code = 303
    return response


def _ask_amount(request: HttpRequest, form: AmountForm, owed: Decimal) -> HttpResponse:
    return page(request, "part", {"form": form, "owed": owed}, status=422)


@inside
@require_safe
def done(request: HttpRequest, link: PaymentLink) -> HttpResponse:
    """Where the processor sends the patient back, paid or not; its webhook may be a moment behind."""
    found = latest_payment(link.balance.patient_id)
    if found and found.is_paid:
        return redirect("patient_pages:receipt", reference=found.reference)
    response = page(request, "waiting", {"payment": found})
    if found and _still_fresh(found, clock.now()):
        response["Refresh"] = str(LOOK_AGAIN_EVERY)
    return response


def _still_fresh(found: Receipt, now: datetime) -> bool:
    return now - found.started_at < LOOK_AGAIN_FOR


@inside
@require_safe
def show_receipt(request: HttpRequest, link: PaymentLink, reference: str) -> HttpResponse:
    found = receipt(reference, patient_id=link.balance.patient_id)
    if found is None or not found.is_paid:
        return closed(request, NO_SUCH)
    return page(request, "receipt", {"receipt": found, "owed": statement(link.balance.patient_id).owed})


@inside
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, link: PaymentLink, what: str) -> HttpResponse:
    """Another insurance, a question about the bill, a plan: messages stop at once, a person answers."""
    visits = statement(link.balance.patient_id).visits
    if not visits:
        return redirect("patient_pages:statement")
    form = RequestForm(request.POST or None, what=what, visits=visits)
    if request.method == "POST" and form.is_valid():
        take_request(
            link=link,
            kind=KINDS[what],
            text=form.cleaned_data["text"],
            balance_id=form.cleaned_data.get("visit", ""),
            now=clock.now(),
        )
        return page(request, "asked", {"what": what})
    return page(request, "ask", {"form": form, "what": what}, status=422 if form.errors else 200)
