"""One balance: what is owed and why, what was said, and what a person may do."""

from collections.abc import Callable

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST, require_safe

from apps.core import clock
from apps.core.htmx import render_page
from apps.intake.models import Patient
from apps.intake.views.records import require_record
from apps.ledger.services import ApprovalError
from apps.patient_balances import services
from apps.patient_balances.forms import StopForm, WriteOffForm
from apps.patient_balances.models import LIVE, Balance, Message, PaymentLink
from apps.patient_balances.selectors.board import next_steps
from apps.patient_balances.selectors.logs import BalanceView, balance_view
from apps.patient_balances.views.approval import decided, deciding, open_request
from apps.patient_balances.views.frame import may_work
from apps.practice.access import may_read, require, signed_in_user
from apps.practice.audited_views import audit_read
from apps.practice.roles import Permission

State = Balance.State
_REFUSALS = (
    ApprovalError,
    services.NotLiveError,
    services.NoLetterError,
    services.NotUnknownError,
    services.ProtectedError,
)


def _of_balance(public_id: str) -> QuerySet[Patient]:
    return Patient.objects.filter(balances__public_id=public_id)


@require_safe
@require_record(Permission.VIEW_BALANCES, _of_balance)
def detail(request: HttpRequest, public_id: str) -> HttpResponse:
    view = balance_view(public_id)
    if view is None:
        raise Http404
    now = clock.now()
    audit_read(request, "balance", public_id, patients=[view.balance.patient.public_id])
    return render_page(request, "patient_balances/detail.html", {"view": view, "now": now, **_actions(request, view)})


def _actions(request: HttpRequest, view: BalanceView) -> dict[str, object]:
    balance, works = view.balance, may_work(request)
    asked = open_request(balance.write_off_requests.all())
    step, on = next_steps([balance])[balance.pk] if balance.state == State.OPEN else ("", None)
    return {
        "next_words": step,
        "next_on": on,
        "stop_form": StopForm() if works and balance.state in {State.OPEN, State.SEQUENCE_DONE} else None,
        "may_resume": works and _may_resume(balance) and view.owed > 0,
        "may_write_off": works and balance.state in LIVE and view.owed > 0 and asked is None,
        "write_off_form": WriteOffForm(auto_id="off_%s"),
        **deciding(request, asked, "balances:decide_write_off", balance.public_id),
        "works": works,
        "may_open_claims": may_read(request, Permission.VIEW_CLAIMS),
    }


def _may_resume(balance: Balance) -> bool:
    protected = balance.stopped_reason == Balance.Stop.PROTECTED
    return balance.state in LIVE and balance.state != State.OPEN and not protected


def _act(request: HttpRequest, balance_id: str, verb: Callable[[], None], done: str) -> HttpResponse:
    """Do it, say so, and go back to the balance; a refusal is said in its own words."""
    try:
        verb()
        messages.success(request, done)
    except _REFUSALS as refusal:
        messages.error(request, str(refusal))
    return redirect("balances:detail", balance_id)


@require_POST
@require(Permission.WORK_BALANCES)
def stop(request: HttpRequest, public_id: str) -> HttpResponse:
    get_object_or_404(Balance, public_id=public_id)
    form = StopForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Choose a reason.")
        return redirect("balances:detail", public_id)
    reason, user = Balance.Stop(form.cleaned_data["reason"]), signed_in_user(request)

    def verb() -> None:
        services.stop_balance(balance_id=public_id, reason=reason, acting_user=user, now=clock.now())

    return _act(request, public_id, verb, "Stopped. Nothing more is sent for it, queued messages included.")


@require_POST
@require(Permission.WORK_BALANCES)
def resume(request: HttpRequest, public_id: str) -> HttpResponse:
    get_object_or_404(Balance, public_id=public_id)
    user = signed_in_user(request)

    def verb() -> None:
        services.resume_balance(balance_id=public_id, acting_user=user, now=clock.now())

    return _act(request, public_id, verb, "The sequence goes on. What was sent is not repeated.")


@require_POST
@require(Permission.WORK_BALANCES)
def write_off(request: HttpRequest, public_id: str) -> HttpResponse:
    get_object_or_404(Balance, public_id=public_id)
    user = signed_in_user(request)

    try:
        done = services.write_off_balance(
            balance_id=public_id,
            reason=request.POST.get("reason", ""),
            note=request.POST.get("note", ""),
            acting_user=user,
            now=clock.now(),
        )
        messages.success(request, done.sentence)
    except _REFUSALS as refusal:
        messages.error(request, str(refusal))
    return redirect("balances:detail", public_id)


@require_POST
@require(Permission.APPROVE_WRITE_OFFS)
def decide_write_off(request: HttpRequest, public_id: str) -> HttpResponse:
    balance = get_object_or_404(Balance, public_id=public_id)
    return decided(
        request,
        open_request(balance.write_off_requests.all()),
        services.decide_balance_write_off,
        redirect("balances:detail", public_id),
    )


@require_POST
@require(Permission.WORK_BALANCES)
def mailed(request: HttpRequest, message_id: str) -> HttpResponse:
    message = get_object_or_404(Message.objects.select_related("balance"), public_id=message_id)
    user = signed_in_user(request)

    def verb() -> None:
        services.mark_letter_mailed(message_id=message_id, acting_user=user, now=clock.now())

    return _act(request, message.balance.public_id, verb, "Marked as mailed. The sequence counts from today.")


@require_POST
@require(Permission.WORK_BALANCES)
def resolve(request: HttpRequest, message_id: str) -> HttpResponse:
    message = get_object_or_404(Message.objects.select_related("balance"), public_id=message_id)
    user, was_sent = signed_in_user(request), request.POST.get("was_sent") == "yes"

    def verb() -> None:
        services.resolve_unknown_message(message_id=message_id, was_sent=was_sent, acting_user=user, now=clock.now())

    return _act(request, message.balance.public_id, verb, "It counts as sent." if was_sent else "It is sent again.")


@require_POST
@require(Permission.WORK_BALANCES)
def revoke(request: HttpRequest, link_id: str) -> HttpResponse:
    link = get_object_or_404(PaymentLink.objects.select_related("balance"), public_id=link_id)
    services.revoke_link(link_id=link_id, acting_user=signed_in_user(request), now=clock.now())
    messages.success(request, "The link opens nothing any more.")
    return redirect("balances:detail", link.balance.public_id)
