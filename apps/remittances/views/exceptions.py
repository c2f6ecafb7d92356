from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST

from apps.core import clock
from apps.core.htmx import render_page
from apps.core.models import User
from apps.practice.access import request_role, require, signed_in_user
from apps.practice.audited_views import audit_read
from apps.practice.roles import Permission, may
from apps.remittances.forms.exceptions import HandForm, NoteForm, SpoiledHandForm
from apps.remittances.models import RemittanceException
from apps.remittances.selectors import pages
from apps.remittances.services import (
    SettlementError,
    settle_as_not_ours,
    settle_as_own_payment,
    settle_by_hand,
    settle_by_posting,
)
from apps.remittances.services.exception_page import exception_view


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.VIEW_REMITTANCES)
def exception_page(request: HttpRequest, public_id: str) -> HttpResponse:
    """A claim's number is typed by POST: it has no place in an address or a server's log. Nothing changes."""
    return _render(request, _exception_or_404(public_id), chosen=request.GET.get("claim", ""))


def _exception_or_404(public_id: str) -> RemittanceException:
    exception = pages.find_exception(public_id)
    if exception is None:
        raise Http404
    return exception


def _render(
    request: HttpRequest, exception: RemittanceException, *, chosen: str, form: NoteForm | None = None, how: str = ""
) -> HttpResponse:
    number = request.POST.get("number", "").strip()
    view = exception_view(exception, chosen=chosen, number=number)
    audit_read(request, "remittance_exception", exception.public_id, patients=view.patients)
    context: dict[str, Any] = {
        "exception": exception,
        "view": view,
        "number": number,
        "may_work": may(request_role(request), Permission.WORK_REMITTANCES),
        "may_open_claims": may(request_role(request), Permission.VIEW_CLAIMS),
        "how": how,
        **{
            f"{name}_form": made(prefix=name, initial={"claim": view.chosen_id, "paid": view.unexplained})
            for name, made in _forms(exception).items()
        },
    }
    if form is not None:
        context[f"{how}_form"] = form
    return render_page(request, "remittances/exception.html", context, status=422 if form is not None else 200)


@require_POST
@require(Permission.WORK_REMITTANCES)
def settle(request: HttpRequest, public_id: str, how: str) -> HttpResponse:
    exception = _exception_or_404(public_id)
    form = _forms(exception)[how](request.POST, prefix=how)
    if form.is_valid():
        try:
            approves = may(request_role(request), Permission.APPROVE_WRITE_OFFS)
            _settle(exception, how, form, signed_in_user(request), approves=approves)
        except SettlementError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _DONE[how])
            return redirect("remittances:exceptions")
    return _render(request, exception, chosen=form.data.get(form.add_prefix("claim"), ""), form=form, how=how)


def _forms(exception: RemittanceException) -> dict[str, type[NoteForm]]:
    hand = SpoiledHandForm if exception.kind == RemittanceException.Kind.UNREADABLE else HandForm
    return {"post": NoteForm, "hand": hand, "apart": NoteForm, "own": NoteForm}


_DONE = {
    "post": "Posted to the claim.",
    "hand": "Posted by hand, with your note.",
    "apart": "Settled without a posting.",
    "own": "Posted as a payment of its own.",
}


def _settle(exception: RemittanceException, how: str, form: NoteForm, user: User, *, approves: bool) -> None:
    told: dict[str, Any] = {
        "exception_id": exception.public_id,
        "note": form.cleaned_data["note"],
        "acting_user": user,
        "now": clock.now(),
    }
    claim_id = form.cleaned_data["claim"]
    if how == "post":
        settle_by_posting(claim_id=claim_id, **told)
    elif isinstance(form, HandForm) and exception.remitted_claim:
        hand = form.posting(exception.remitted_claim.paid)
        settle_by_hand(claim_id=claim_id, hand=hand, approves=approves, **told)
    elif how == "own":
        settle_as_own_payment(**told)
    else:
        settle_as_not_ours(**told)
