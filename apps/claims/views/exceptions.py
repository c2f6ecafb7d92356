"""One claim of the exception queue: findings, fixes, edits, each scrubbed again in place."""

from collections.abc import Callable, Collection
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST, require_safe

from apps.claims import services
from apps.claims.forms.claims import ClaimEditForm, ReasonForm, StatementForm
from apps.claims.models import Claim, LineOff
from apps.claims.rules.correction_routes import line_offer
from apps.claims.selectors import claim_history, exceptions
from apps.claims.selectors.corrections import answered
from apps.claims.services.change_fields import EDITABLE
from apps.claims.states import ClaimStatus
from apps.claims.views.exception_list import EXCEPTIONS
from apps.claims.views.frame import allowed, tabs
from apps.core import clock
from apps.core.htmx import render_page, wants_fragment
from apps.core.plain_codes import whole_number
from apps.intake.models import VisitConflict
from apps.practice.access import require, signed_in_user
from apps.practice.audited_views import audit_read
from apps.practice.roles import Permission
from apps.worklist.forms import AssignForm, NoteForm, SnoozeForm
from apps.worklist.item_views import NotDoneError, assign_items, note_on, snooze_items
from apps.worklist.list_views import shown_columns
from apps.worklist.models import WorkItem

# What a person may be told and go on from; anything else is an error of ours.
_TOLD = (
    services.BadValueError,
    services.CannotSettleError,
    services.ChangedMeanwhileError,
    services.ClaimNotEditableError,
    services.LineNotMovableError,
    services.ReasonMissingError,
    NotDoneError,
)


@require_safe
@require(Permission.VIEW_CLAIMS)
def one(request: HttpRequest, public_id: str) -> HttpResponse:
    claim = _claim(public_id)
    audit_read(request, "claim_exception", claim.public_id, patients=[claim.patient.public_id])
    return _show(request, claim)


def _claim(public_id: str) -> Claim:
    related = ("patient", "coverage", "payer", "provider", "encounter__location", "work_item__assignee")
    return get_object_or_404(Claim.objects.select_related(*related).prefetch_related("lines"), public_id=public_id)


def _show(request: HttpRequest, claim: Claim, form: ClaimEditForm | None = None, status: int = 200) -> HttpResponse:
    (view,) = exceptions.exception_views([claim], today=clock.today())
    may_code = allowed(request, Permission.CONFIRM_CODING)
    editable = _editable(request, claim)
    if editable and allowed(request, Permission.REVEAL_IDENTITY):
        audit_read(request, "claim_exception", claim.public_id, patients=[claim.patient.public_id], action="reveal")
    shown = form or _form(request, claim, marked=_marked(view))
    item = claim.work_item
    waits = item is not None and item.state == WorkItem.State.OPEN
    context: dict[str, Any] = {
        "claim": claim,
        "view": view,
        "form": shown,
        "first_field": next((name for name in shown.fields if name in _marked(view)), next(iter(shown.fields))),
        **_lines_off(claim),
        "history": claim_history.history(claim),
        "waits": waits,
        "conflict": claim.encounter.conflicts.filter(state=VisitConflict.State.OPEN).first(),
        "snoozed": bool(item and item.snoozed_until and item.snoozed_until > clock.today()),
        "may_edit": allowed(request, Permission.EDIT_CLAIMS),
        "assign_form": AssignForm(
            permission=Permission.EDIT_CLAIMS,
            initial={"assignee": item.assignee.public_id} if item and item.assignee else None,
        ),
        "snooze_form": SnoozeForm(),
        "note_form": NoteForm(auto_id="note_%s"),
        "reason_form": ReasonForm(),
        "statement_form": StatementForm(),
        "editable": editable,
        "may_code": may_code,
        **tabs("exceptions"),
    }
    return render_page(request, "claims/exception.html", context, fragment="claim", status=status)


def _lines_off(claim: Claim) -> dict[str, Any]:
    """And by which way one that waits can go, once the payer has answered the rest."""
    rows = list(claim.lines_off.select_related("taken_off_by", "settled_by").order_by("pk"))
    waits = any(off.state == LineOff.State.OPEN for off in rows) and ClaimStatus(claim.status) not in EDITABLE
    return {"lines_off": rows, "line_offer": line_offer(answered(claim)) if waits else None}


def _editable(request: HttpRequest, claim: Claim) -> bool:
    return ClaimStatus(claim.status) in EDITABLE and allowed(request, Permission.EDIT_CLAIMS)


def _form(
    request: HttpRequest, claim: Claim, data: QueryDict | None = None, marked: Collection[str] = ()
) -> ClaimEditForm:
    """The member ID is whole in it for those who edit it, and a field of theirs alone."""
    form = ClaimEditForm(claim, data, may_code=allowed(request, Permission.CONFIRM_CODING), marked=marked)
    if not (_editable(request, claim) and allowed(request, Permission.REVEAL_IDENTITY)):
        del form.fields["coverage.member_id"]
    return form


def _marked(view: exceptions.ExceptionView) -> set[str]:
    return {
        f"{found.row.field}.{found.row.line}" if found.row.line else found.row.field
        for found in view.findings
        if found.row.field
    }


# ------------------------------------------------------------------ what a person does to one claim

Act = Callable[[HttpRequest, str], str]


def act(permission: Permission) -> Callable[[Act], Callable[..., HttpResponse]]:
    """A change of one claim: done, told, and shown again where it was asked for, in place or as a page."""

    def decorate(change: Act) -> Callable[..., HttpResponse]:
        @require_POST
        @require(permission)
        @wraps(change)
        def view(request: HttpRequest, public_id: str) -> HttpResponse:
            get_object_or_404(Claim.objects.only("pk"), public_id=public_id)
            try:
                messages.success(request, change(request, public_id))
            except _TOLD as refusal:
                messages.error(request, str(refusal))
            return _again(request, public_id)

        return view

    return decorate


def _again(request: HttpRequest, public_id: str) -> HttpResponse:
    if not wants_fragment(request):
        return redirect("claims:exception", public_id)
    if request.POST.get("place") == "row":
        claim = _claim(public_id)
        view, shown = exceptions.exception_views([claim], today=clock.today())[0], shown_columns(request, EXCEPTIONS)
        context = {"view": view, "shown": shown, "may_edit": True}
        return render_page(request, "claims/exceptions.html", context, fragment="row")
    return _show(request, _claim(public_id))


def _finding(request: HttpRequest) -> int:
    finding = whole_number(request.POST.get("finding", ""))
    if finding is None:
        raise services.CannotSettleError("Choose a finding.")
    return finding


def told_ready(ready: bool) -> str:
    return (
        "Ready to send: it leaves with the next file." if ready else "Scrubbed again; something still stops the claim."
    )


@act(Permission.EDIT_CLAIMS)
def apply_fix(request: HttpRequest, public_id: str) -> str:  # noqa: ARG001  the finding knows its claim
    result = services.apply_fixes(finding_ids=[_finding(request)], acting_user=signed_in_user(request), now=clock.now())
    return f"Applied. {told_ready(result.ready > 0)}"


@act(Permission.CONFIRM_CODING)
def confirm(request: HttpRequest, public_id: str) -> str:  # noqa: ARG001  the finding knows its claim
    ready = services.confirm_coding(
        finding_id=_finding(request),
        statement=request.POST.get("statement", ""),
        acting_user=signed_in_user(request),
        now=clock.now(),
    )
    return f"Confirmed. {told_ready(ready)}"


@act(Permission.EDIT_CLAIMS)
def override(request: HttpRequest, public_id: str) -> str:  # noqa: ARG001  the finding knows its claim
    ready = services.override_finding(
        finding_id=_finding(request),
        reason=request.POST.get("reason", ""),
        acting_user=signed_in_user(request),
        now=clock.now(),
    )
    return f"Overridden. {told_ready(ready)}"


@act(Permission.EDIT_CLAIMS)
def scrub(request: HttpRequest, public_id: str) -> str:
    status = services.edit_claim(claim_id=public_id, changes=(), acting_user=signed_in_user(request), now=clock.now())
    return told_ready(status is ClaimStatus.READY)


@act(Permission.EDIT_CLAIMS)
def hold(request: HttpRequest, public_id: str) -> str:
    services.hold_claim(
        claim_id=public_id, reason=request.POST.get("reason", ""), acting_user=signed_in_user(request), now=clock.now()
    )
    return "Held. It is not sent until the hold is overridden."


@act(Permission.EDIT_CLAIMS)
def void(request: HttpRequest, public_id: str) -> str:
    services.void_claim(
        claim_id=public_id, reason=request.POST.get("reason", ""), acting_user=signed_in_user(request), now=clock.now()
    )
    return "Voided. Its charges have left the receivables."


def _items(public_id: str) -> list[WorkItem]:
    item = _claim(public_id).work_item
    return [item] if item else []


@act(Permission.EDIT_CLAIMS)
def assign(request: HttpRequest, public_id: str) -> str:
    return assign_items(request, _items(public_id), permission=Permission.EDIT_CLAIMS)


@act(Permission.EDIT_CLAIMS)
def snooze(request: HttpRequest, public_id: str) -> str:
    return snooze_items(request, _items(public_id))


@act(Permission.EDIT_CLAIMS)
def note(request: HttpRequest, public_id: str) -> str:
    return note_on(request, next(iter(_items(public_id)), None))


@require_POST
@require(Permission.EDIT_CLAIMS)
def edit(request: HttpRequest, public_id: str) -> HttpResponse:
    claim = _claim(public_id)
    form = _form(request, claim, request.POST)
    if not form.is_valid():
        return _show(request, claim, form, status=422)
    try:
        status = services.edit_claim(
            claim_id=public_id, changes=form.changes(), acting_user=signed_in_user(request), now=clock.now()
        )
        messages.success(request, f"Saved. {told_ready(status is ClaimStatus.READY)}")
    except _TOLD as refusal:
        messages.error(request, str(refusal))
    return _again(request, public_id)
