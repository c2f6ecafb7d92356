"""The pages of one credit of the bank and of one payment that waits for its money."""

from typing import TypeVar

from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from apps.core import clock
from apps.core.htmx import render_page
from apps.practice.access import request_role, require
from apps.practice.audited_views import audit_read
from apps.practice.roles import Permission, may
from apps.remittances.forms.deposits import AsideForm, DepositNoteForm, DifferenceForm
from apps.remittances.models import BankLine, ExpectedDeposit
from apps.remittances.selectors import deposit_rows, deposits
from apps.remittances.selectors.known_payers import known_payers

Row = TypeVar("Row", bound=Model)


@require_safe
@require(Permission.VIEW_REMITTANCES)
def line_page(request: HttpRequest, public_id: str) -> HttpResponse:
    return show_line(request, found_or_404(deposits.find_line(public_id)))


@require_safe
@require(Permission.VIEW_REMITTANCES)
def payment_page(request: HttpRequest, public_id: str) -> HttpResponse:
    return show_payment(request, found_or_404(deposits.find_expected(public_id)))


def found_or_404(row: Row | None) -> Row:
    if row is None:
        raise Http404
    return row


def show_line(
    request: HttpRequest, line: BankLine, *, refusal: str = "", form: AsideForm | None = None
) -> HttpResponse:
    """The page of a credit; with a refusal or a form that lacks something, what was typed stays."""
    search = request.GET.get("q", "").strip()
    (row,) = deposit_rows.credit_rows([line], known_payers(), today=clock.today())
    audit_read(request, "bank_line", line.public_id, patients=[])
    context = {
        "line": line,
        "row": row,
        "matches": deposits.matches_of(line=line),
        "choices": deposits.payments_to_choose(line, search=search) if line.state == BankLine.State.OPEN else [],
        "differences": deposits.differences_of(line=line),
        "difference_form": DifferenceForm(auto_id="difference_%s"),
        "chosen": request.POST.getlist("payment"),
        "search": search,
        "refusal": refusal,
        "form": form or AsideForm(),
        "may_work": may(request_role(request), Permission.WORK_REMITTANCES),
    }
    return render_page(request, "remittances/deposit_credit.html", context, status=_status(refusal, form))


def show_payment(
    request: HttpRequest, expected: ExpectedDeposit, *, refusal: str = "", form: DepositNoteForm | None = None
) -> HttpResponse:
    """As `show_line`."""
    waits = expected.state in ExpectedDeposit.WAITING
    (row,) = deposit_rows.missing_rows([expected], today=clock.today())
    audit_read(request, "expected_deposit", expected.public_id, patients=[])
    context = {
        "expected": expected,
        "row": row,
        "waits": waits,
        "matches": deposits.matches_of(expected=expected),
        "lines": deposits.lines_to_look_at(expected) if waits else [],
        "differences": deposits.differences_of(expected=expected),
        "difference_form": DifferenceForm(auto_id="difference_%s"),
        "refusal": refusal,
        "form": form or DepositNoteForm(),
        "may_work": may(request_role(request), Permission.WORK_REMITTANCES),
    }
    return render_page(request, "remittances/deposit_payment.html", context, status=_status(refusal, form))


def _status(refusal: str, form: object) -> int:
    return 422 if refusal or form is not None else 200
