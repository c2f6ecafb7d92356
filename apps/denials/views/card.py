"""A denial's card: left what happened, right what to do."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST, require_safe

from apps.claims.services import CorrectionRefusedError
from apps.core import clock
from apps.core.htmx import render_page
from apps.core.models import User
from apps.core.reason_codes import GROUPS
from apps.denials import services
from apps.denials.forms import ConfirmForm, DecisionForm, LetterForm, ReasonForm, SentForm, WriteOffForm
from apps.denials.models import UNDECIDED, Denial
from apps.denials.rules.rights import appeal_rights
from apps.denials.selectors import card as read
from apps.intake.models import Patient
from apps.intake.views.records import require_record
from apps.practice.access import may_read, request_role, require, signed_in_user
from apps.practice.audited_views import audit_read
from apps.practice.roles import Permission, Role, may
from apps.worklist.forms import AssignForm, NoteForm
from apps.worklist.item_views import NotDoneError, assign_items, note_on

# What a person may be told and go on from; anything else is an error of ours.
_TOLD = (
    CorrectionRefusedError,
    services.AnswerError,
    services.ConfirmationError,
    services.DenialClosedError,
    services.GiveUpError,
    NotDoneError,
)


def _of_denial(public_id: str) -> QuerySet[Patient]:
    return Patient.objects.filter(claims__denials__public_id=public_id)


@require_safe
@require_record(Permission.VIEW_DENIALS, _of_denial)
def card(request: HttpRequest, public_id: str) -> HttpResponse:
    denial = _denial(public_id)
    _audit(request, denial, "view")
    role = request_role(request)
    work = may(role, Permission.WORK_DENIALS)
    may_answer = work and denial.state == Denial.State.OPEN
    if may_answer and denial.prepared.get("kind") == "letter":
        # The letter is edited whole, and it names the member id.
        _audit(request, denial, "reveal")
    context: dict[str, Any] = {
        "denial": denial,
        "lines": read.lines(denial),
        "refusals": read.refusals(denial),
        "history": read.history(denial),
        "others": list(read.same_claim(denial)),
        "segments": read.excerpt(denial) if may(role, Permission.VIEW_REMITTANCES) else [],
        "span": read.deadline_span(denial, clock.today()),
        "may_work": work,
        "may_open_claims": may_read(request, Permission.VIEW_CLAIMS),
        "may_answer": may_answer,
        **_giving_up(denial, role, signed_in_user(request)),
        "may_code": may(role, Permission.CONFIRM_CODING),
        "ways": read.ways(denial),
        "group_words": GROUPS.get(denial.group, ""),
        **_forms(denial),
    }
    return render_page(request, "denials/card.html", context)


def _giving_up(denial: Denial, role: Role | None, user: User) -> dict[str, Any]:
    """What there is to know and to do about money that is given up."""
    undecided = denial.state in UNDECIDED
    rights = appeal_rights(denial.appeal_deadline, denial.remark_codes, clock.today()) if undecided else ""
    asked = read.open_request(denial)
    is_own = asked is not None and asked.requested_by_id == user.pk
    return {
        "may_close": may(role, Permission.CLOSE_DENIALS) and undecided,
        "rights": rights,
        "asked": asked,
        "may_decide": undecided and not is_own and may(role, Permission.APPROVE_WRITE_OFFS),
        "write_off_form": WriteOffForm(rights=rights, auto_id="off_%s"),
        "decision_form": DecisionForm(auto_id="decision_%s"),
    }


def _audit(request: HttpRequest, denial: Denial, action: str) -> None:
    audit_read(request, "denial", denial.public_id, patients=[denial.claim.patient.public_id], action=action)


def _forms(denial: Denial) -> dict[str, Any]:
    prepared = denial.prepared
    is_letter = prepared.get("kind") == "letter"
    letter = {"subject": prepared["subject"], "text": "\n\n".join(prepared["paragraphs"])} if is_letter else {}
    return {
        "confirm_form": ConfirmForm(initial={"modifier": prepared.get("modifier", "")}),
        "letter_form": LetterForm(initial=letter) if is_letter else None,
        "letter_refusal": services.letter_refusal(denial) if is_letter else "",
        "sent_form": SentForm(),
        "reason_form": ReasonForm(),
        "note_form": NoteForm(auto_id="note_%s"),
        "assign_form": AssignForm(
            permission=Permission.WORK_DENIALS,
            initial={"assignee": denial.work_item.assignee.public_id}
            if denial.work_item and denial.work_item.assignee
            else None,
        ),
    }


def _denial(public_id: str) -> Denial:
    return get_object_or_404(read.with_everything(Denial.objects.all()), public_id=public_id)


@require_safe
@require(Permission.VIEW_DENIALS)
def letter(request: HttpRequest, public_id: str) -> HttpResponse:
    """The letter as PDF, once it is complete."""
    denial = _denial(public_id)
    try:
        pdf = services.print_letter(denial)
    except services.PrintingError as refusal:
        messages.error(request, str(refusal))
        return redirect("denials:card", public_id)
    _audit(request, denial, "print_letter")
    answer = HttpResponse(pdf, content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="appeal-{denial.claim.control_number}.pdf"'
    return answer


# ------------------------------------------------------------------------------------------------------ what a person does

Act = Callable[[HttpRequest, str], str]


def _act(permission: Permission) -> Callable[[Act], Callable[..., HttpResponse]]:
    """One verb on one denial: done and told, or refused with its sentence; the card again."""

    def decorate(act: Act) -> Callable[..., HttpResponse]:
        @require_POST
        @require(permission)
        @wraps(act)
        def view(request: HttpRequest, public_id: str) -> HttpResponse:
            get_object_or_404(Denial, public_id=public_id)
            try:
                messages.success(request, act(request, public_id))
            except _TOLD as refusal:
                messages.error(request, str(refusal))
            return redirect("denials:card", public_id)

        return view

    return decorate


def _facts(request: HttpRequest, public_id: str) -> dict[str, Any]:
    return {"denial_id": public_id, "acting_user": signed_in_user(request), "now": clock.now()}


@_act(Permission.WORK_DENIALS)
def ask_a_coder(request: HttpRequest, public_id: str) -> str:
    services.ask_a_coder(**_facts(request, public_id))
    return "It is with the coders now."


@_act(Permission.CONFIRM_CODING)
def confirm(request: HttpRequest, public_id: str) -> str:
    services.confirm_coding(
        modifier=request.POST.get("modifier", ""),
        confirmation=request.POST.get("confirmation", ""),
        **_facts(request, public_id),
    )
    return "Confirmed. A biller sends the corrected claim."


@_act(Permission.WORK_DENIALS)
def send_correction(request: HttpRequest, public_id: str) -> str:
    services.send_correction(**_facts(request, public_id))
    return "The corrected claim is scrubbed and leaves with the next file."


@_act(Permission.WORK_DENIALS)
def write_letter(request: HttpRequest, public_id: str) -> str:
    refusal = services.write_letter(
        subject=request.POST.get("subject", ""), text=request.POST.get("text", ""), **_facts(request, public_id)
    )
    return f"Saved. {refusal}".strip() if refusal else "Saved. The letter is complete."


def _sent(request: HttpRequest) -> dict[str, Any]:
    channel = request.POST.get("channel", "")
    if channel not in Denial.Channel.values:
        raise services.AnswerError("Choose how it was sent.")
    return {"channel": Denial.Channel(channel), "tracking_number": request.POST.get("tracking_number", "")}


@_act(Permission.WORK_DENIALS)
def appealed(request: HttpRequest, public_id: str) -> str:
    services.mark_appealed(**_sent(request), **_facts(request, public_id))
    return "The appeal is on record. It comes back to you in 30 days unless the payer answers."


@_act(Permission.WORK_DENIALS)
def reopened(request: HttpRequest, public_id: str) -> str:
    services.mark_reopened(**_sent(request), **_facts(request, public_id))
    return "The reopening is on record. It comes back to you in 30 days unless the payer answers."


@_act(Permission.CLOSE_DENIALS)
def write_off(request: HttpRequest, public_id: str) -> str:
    done = services.write_off(
        reason=request.POST.get("reason", ""),
        note=request.POST.get("note", ""),
        rights_given_up=bool(request.POST.get("rights_given_up")),
        **_facts(request, public_id),
    )
    return done.sentence


@_act(Permission.APPROVE_WRITE_OFFS)
def decide_write_off(request: HttpRequest, public_id: str) -> str:
    asked = read.open_request(_denial(public_id))
    if asked is None:
        raise services.GiveUpError("Nobody waits for an approval here any more.")
    approved = request.POST.get("decision") == "approve"
    done = services.decide_write_off(
        request_id=asked.public_id,
        approved=approved,
        note=request.POST.get("note", ""),
        acting_user=signed_in_user(request),
        now=clock.now(),
    )
    return done.sentence if approved else "Not approved. The denial stays open, with your note."


@_act(Permission.CLOSE_DENIALS)
def release(request: HttpRequest, public_id: str) -> str:
    amount = services.release_to_patient(reason=request.POST.get("reason", ""), **_facts(request, public_id))
    return f"${amount:,.2f} is the patient's now."


@_act(Permission.WORK_DENIALS)
def note(request: HttpRequest, public_id: str) -> str:
    return note_on(request, _denial(public_id).work_item)


@_act(Permission.WORK_DENIALS)
def assign(request: HttpRequest, public_id: str) -> str:
    item = _denial(public_id).work_item
    return assign_items(request, [item] if item else [], permission=Permission.WORK_DENIALS)
