"""Pages on which a person enters what a payer paid, claim by claim, while the page says what does not add up yet."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from apps.core import clock
from apps.core.htmx import render_page
from apps.core.money import ZERO
from apps.practice.access import require, signed_in_user
from apps.practice.audited_views import audit_read
from apps.practice.roles import Permission
from apps.remittances.forms.by_hand import ApplyForm, EobForm, SplitForm
from apps.remittances.models import RemittanceException
from apps.remittances.rules.entered import EnteredPayment, Imbalance, imbalances
from apps.remittances.selectors import pages
from apps.remittances.selectors.parked import left_of
from apps.remittances.services import (
    EobHead,
    HandEntryError,
    KnownPaymentError,
    SettlementError,
    apply_parked,
    enter_eob,
    split_exception,
)
from apps.remittances.services.split_exception import why_not_to_split
from apps.remittances.views.typed import STATUSES, TypedClaim, TypedClaims, tell, unreadable

TEMPLATE = "remittances/by_hand.html"
POST, ADD, REMOVE, BALANCE = "post", "add", "remove-", "balance"


@dataclass(frozen=True, slots=True)
class Task:
    """One of the pages: its form, how what was typed becomes a payment, and how that is posted (it gives the next address).

    `subject` is the audit row's kind and public id; `says` what the template shows beside the form; `takes_back`: a claim may be
    named whose answer the payer takes back.
    """

    form: type[Any]
    amounts: Callable[[dict[str, Any], tuple[Any, ...]], EnteredPayment]
    post: Callable[[EnteredPayment, dict[str, Any]], HttpResponse]
    subject: tuple[str, str]
    says: dict[str, Any]
    takes_back: bool = False


@dataclass(frozen=True, slots=True)
class Balance:
    """How far it adds up. `wanting` are the sentences of what does not, those of unreadable fields among them."""

    entered: EnteredPayment
    wanting: list[Imbalance]


def enter(request: HttpRequest, task: Task) -> HttpResponse:
    """Adding and removing a claim, and each look at the balance, change nothing but the page."""
    do = request.POST.get("do", "")
    typed = TypedClaims(request.POST)
    if do == ADD and request.POST.get("number", "").strip():
        typed.add(request.POST["number"].strip())
    elif do.startswith(REMOVE):
        typed.remove(do.removeprefix(REMOVE))
    claims = typed.read()
    bound = task.form(request.POST)
    balance = _balance(task, bound, claims)
    if do == BALANCE:  # names nothing but what the page that asks shows already, and its reading is in the trail
        return render_page(request, TEMPLATE, {"balance": balance, **task.says}, fragment="balance")
    known = None
    if do == POST and bound.is_valid() and not unreadable(claims):
        try:
            return task.post(balance.entered, bound.cleaned_data)
        except (HandEntryError, SettlementError) as refusal:
            bound.add_error(None, str(refusal))
            known = refusal.payment if isinstance(refusal, KnownPaymentError) else None
    form = bound if do == POST else task.form(initial={name: request.POST.get(name) for name in request.POST} or None)
    audit_read(request, task.subject[0], task.subject[1], patients=[each.claim.patient.public_id for each in claims])
    context = {
        "form": form,
        "claims": claims,
        "typed": typed,
        "balance": balance,
        "statuses": STATUSES if task.takes_back else STATUSES[:-1],
        "asked": do == POST,
        "known": known,
        **task.says,
    }
    return render_page(request, TEMPLATE, context, fragment="entry", status=422 if do == POST else 200)


def _balance(task: Task, form: Any, claims: list[TypedClaim]) -> Balance:
    form.is_valid()
    entered = task.amounts(form.cleaned_data, tuple(each.entered for each in claims))
    found = list(imbalances(entered))
    tell(claims, {(each.claim, each.line): each.sentence for each in found if each.claim})
    spoiled = [
        Imbalance(error, claim.entered.billed.control_number, line.number)
        for claim in claims
        for line in claim.lines
        for error in line.errors
    ]
    return Balance(entered, [*spoiled, *found])


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.WORK_REMITTANCES)
def split(request: HttpRequest, public_id: str) -> HttpResponse:
    """What waits in clearing because of an exception goes to several claims, in part perhaps nowhere."""
    exception = pages.find_exception(public_id)
    if exception is None or exception.payment is None or why_not_to_split(exception):
        raise Http404
    if exception.state == RemittanceException.State.SETTLED:
        messages.warning(request, "This is settled already.")
        return redirect("remittances:exception", public_id)

    def amounts(told: dict[str, Any], claims: tuple[Any, ...]) -> EnteredPayment:
        return EnteredPayment(exception.amount, claims, apart=told.get("apart") or ZERO)

    def post(entered: EnteredPayment, told: dict[str, Any]) -> HttpResponse:
        split_exception(
            exception_id=public_id,
            claims=entered.claims,
            apart=entered.apart,
            note=told["note"],
            acting_user=signed_in_user(request),
            now=clock.now(),
        )
        messages.success(request, f"Split over {len(entered.claims)} claims, with your note.")
        return redirect("remittances:exceptions")

    says = {"task": "split", "exception": exception, "payment": exception.payment, "back": exception.public_id}
    return enter(request, Task(SplitForm, amounts, post, ("remittance_exception", public_id), says))


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.WORK_REMITTANCES)
def eob(request: HttpRequest) -> HttpResponse:
    """A payer's paper."""

    def amounts(told: dict[str, Any], claims: tuple[Any, ...]) -> EnteredPayment:
        return EnteredPayment(told.get("amount") or ZERO, claims, told.get("adjustments") or ())

    def post(entered: EnteredPayment, told: dict[str, Any]) -> HttpResponse:
        head = EobHead(
            payer=told["payer"], trace_number=told["trace_number"], paid_on=told["paid_on"], method=told["method"]
        )
        posted = enter_eob(
            head,
            entered,
            leave_rest=told["leave_rest"],
            note=told["note"],
            acting_user=signed_in_user(request),
            now=clock.now(),
        )
        messages.success(request, "Entered and posted, as an 835 would be.")
        return redirect("remittances:file", posted.file.public_id)

    return enter(request, Task(EobForm, amounts, post, ("entered_eob", ""), {"task": "eob"}, takes_back=True))


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.WORK_REMITTANCES)
def apply(request: HttpRequest, public_id: str) -> HttpResponse:
    """Money that an exception set apart has found its claims; what is not named stays apart."""
    exception = pages.find_exception(public_id)
    left = left_of(exception) if exception else ZERO
    if exception is None or exception.payment is None or left <= ZERO:
        raise Http404

    def amounts(_told: dict[str, Any], claims: tuple[Any, ...]) -> EnteredPayment:
        paid = sum((each.paid for each in claims), ZERO)
        return EnteredPayment(left, claims, apart=max(left - paid, ZERO))

    def post(entered: EnteredPayment, told: dict[str, Any]) -> HttpResponse:
        apply_parked(
            exception_id=public_id,
            claims=entered.claims,
            note=told["note"],
            acting_user=signed_in_user(request),
            now=clock.now(),
        )
        messages.success(request, "Applied to the claims, with your note.")
        return redirect("remittances:parked")

    says = {"task": "apply", "exception": exception, "payment": exception.payment, "left": left}
    return enter(request, Task(ApplyForm, amounts, post, ("remittance_exception", public_id), says))
