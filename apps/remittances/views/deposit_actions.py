"""What a person does with a credit, a payment or a match. Each is a POST that ends on the page of the credit or payment."""

from collections.abc import Callable
from datetime import datetime
from typing import TypedDict

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from apps.core import clock
from apps.core.models import User
from apps.practice.access import request_role, require, signed_in_user
from apps.practice.roles import Permission, may
from apps.remittances.forms.deposits import AsideForm, DepositNoteForm, DifferenceForm
from apps.remittances.models import BankLine, DepositDifference, DepositMatch, ExpectedDeposit
from apps.remittances.selectors import deposits
from apps.remittances.services import (
    DepositError,
    add_rule,
    book_difference,
    confirm_proposal,
    match_by_hand,
    set_line_aside,
    set_payment_aside,
    take_line_back,
    take_payment_back,
    undo_difference,
    undo_match,
)
from apps.remittances.views.deposits import found_or_404, show_line, show_payment

NO_NOTE = "Write why: the note is kept with your name."
NO_REASON = "Choose what it is, and write why: the note is kept with your name."
BOOKED = "Booked against other adjustments. Nothing of it waits any more."


class _Told(TypedDict):
    acting_user: User
    now: datetime


def _told(request: HttpRequest) -> _Told:
    return {"acting_user": signed_in_user(request), "now": clock.now()}


def _with_note(request: HttpRequest, act: Callable[[str], object]) -> str:
    """Does what needs a note; the sentence why it was not done, or nothing."""
    form = DepositNoteForm(request.POST)
    if not form.is_valid():
        return NO_NOTE
    try:
        act(form.cleaned_data["note"])
    except DepositError as refusal:
        return str(refusal)
    return ""


@require_POST
@require(Permission.WORK_REMITTANCES)
def match(request: HttpRequest, public_id: str) -> HttpResponse:
    """`payment`: public ids of the expected deposits that the credit holds."""
    line = found_or_404(deposits.find_line(public_id))
    try:
        rest = match_by_hand(
            line_id=public_id,
            expected_ids=request.POST.getlist("payment"),
            note=request.POST.get("note", ""),
            **_told(request),
        )
    except DepositError as refusal:
        return show_line(request, line, refusal=str(refusal))
    messages.success(request, f"Matched. ${rest:,.2f} of the credit is left." if rest else "Matched.")
    return redirect("remittances:bank_line" if rest else "remittances:deposits", *([public_id] if rest else []))


@require_POST
@require(Permission.WORK_REMITTANCES)
def line_aside(request: HttpRequest, public_id: str) -> HttpResponse:
    line = found_or_404(deposits.find_line(public_id))
    form = AsideForm(request.POST)
    if not form.is_valid():
        return show_line(request, line, form=form)
    told = form.cleaned_data
    try:
        set_line_aside(line_id=public_id, reason=told["reason"], note=told["note"], **_told(request))
        others = add_rule(text=told["text"], reason=told["reason"], **_told(request)) if told["text"] else 0
    except DepositError as refusal:
        return show_line(request, found_or_404(deposits.find_line(public_id)), refusal=str(refusal))
    messages.success(request, f"Set aside, and {others} more by the rule." if others else "Set aside.")
    return redirect("remittances:deposits")


@require_POST
@require(Permission.WORK_REMITTANCES)
def line_back(request: HttpRequest, public_id: str) -> HttpResponse:
    line = found_or_404(deposits.find_line(public_id))
    refused = _with_note(request, lambda note: take_line_back(line_id=public_id, note=note, **_told(request)))
    if refused:
        return show_line(request, line, refusal=refused)
    messages.success(request, "The credit waits again.")
    return redirect("remittances:bank_line", public_id)


@require_POST
@require(Permission.WORK_REMITTANCES)
def payment_aside(request: HttpRequest, public_id: str) -> HttpResponse:
    expected = found_or_404(deposits.find_expected(public_id))
    form = DepositNoteForm(request.POST)
    if not form.is_valid():
        return show_payment(request, expected, form=form)
    try:
        set_payment_aside(expected_id=public_id, note=form.cleaned_data["note"], **_told(request))
    except DepositError as refusal:
        return show_payment(request, expected, refusal=str(refusal))
    messages.success(request, "The payment is not looked for any more.")
    return redirect("remittances:deposits")


@require_POST
@require(Permission.WORK_REMITTANCES)
def payment_back(request: HttpRequest, public_id: str) -> HttpResponse:
    expected = found_or_404(deposits.find_expected(public_id))
    refused = _with_note(request, lambda note: take_payment_back(expected_id=public_id, note=note, **_told(request)))
    if refused:
        return show_payment(request, expected, refusal=refused)
    messages.success(request, "The payment is looked for again.")
    return redirect("remittances:expected_deposit", public_id)


@require_POST
@require(Permission.WORK_REMITTANCES)
def confirm(request: HttpRequest, public_id: str) -> HttpResponse:
    row = _match_or_404(public_id)
    try:
        confirm_proposal(match_id=public_id, **_told(request))
    except DepositError as refusal:
        messages.warning(request, str(refusal))
    else:
        messages.success(request, "Confirmed.")
    return redirect("remittances:bank_line", row.line.public_id)


@require_POST
@require(Permission.WORK_REMITTANCES)
def undo(request: HttpRequest, public_id: str) -> HttpResponse:
    row = _match_or_404(public_id)
    line = found_or_404(deposits.find_line(row.line.public_id))
    refused = _with_note(request, lambda note: undo_match(match_id=public_id, note=note, **_told(request)))
    if refused:
        return show_line(request, line, refusal=refused)
    messages.success(request, "Taken apart. The two are not put together by themselves again.")
    return redirect("remittances:bank_line", row.line.public_id)


@require_POST
@require(Permission.WORK_REMITTANCES)
def line_difference(request: HttpRequest, public_id: str) -> HttpResponse:
    return _book(request, found_or_404(deposits.find_line(public_id)), show_line, "remittances:bank_line")


@require_POST
@require(Permission.WORK_REMITTANCES)
def payment_difference(request: HttpRequest, public_id: str) -> HttpResponse:
    expected = found_or_404(deposits.find_expected(public_id))
    return _book(request, expected, show_payment, "remittances:expected_deposit")


def _book(
    request: HttpRequest, subject: BankLine | ExpectedDeposit, show: Callable[..., HttpResponse], page: str
) -> HttpResponse:
    form = DifferenceForm(request.POST)
    if not form.is_valid():
        return show(request, subject, refusal=NO_REASON)
    try:
        approves = may(request_role(request), Permission.APPROVE_WRITE_OFFS)
        book_difference(subject=subject, approves=approves, **form.cleaned_data, **_told(request))
    except DepositError as refusal:
        return show(request, subject, refusal=str(refusal))
    messages.success(request, BOOKED)
    return redirect(page, subject.public_id)


@require_POST
@require(Permission.WORK_REMITTANCES)
def difference_back(request: HttpRequest, public_id: str) -> HttpResponse:
    get_object_or_404(DepositDifference.objects.only("pk"), public_id=public_id)
    try:
        row = undo_difference(difference_id=public_id, **_told(request))
    except DepositError as refusal:
        messages.warning(request, str(refusal))
        return redirect("remittances:deposits")
    messages.success(request, "Taken back. Its entry is reversed, and the rest waits again.")
    if row.line:
        return redirect("remittances:bank_line", row.line.public_id)
    return redirect("remittances:expected_deposit", row.expected.public_id if row.expected else "")


def _match_or_404(public_id: str) -> DepositMatch:
    return found_or_404(deposits.find_match(public_id))
