"""A write-off that waits for an administrator, on the page of what it is about."""

from typing import Any, Protocol

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from apps.core import clock
from apps.core.models import User
from apps.ledger.services import ApprovalError, WriteOffResult
from apps.patient_balances.forms import DecisionForm
from apps.patient_balances.models import WriteOffRequest
from apps.patient_balances.services import ReviewError
from apps.practice.access import request_role, signed_in_user
from apps.practice.roles import Permission, may


class Verb(Protocol):
    def __call__(
        self, *, request_id: str, approved: bool, note: str, acting_user: User, now: Any
    ) -> WriteOffResult: ...


def open_request(rows: "QuerySet[WriteOffRequest]") -> WriteOffRequest | None:
    return rows.filter(state=WriteOffRequest.State.OPEN).select_related("requested_by").first()


def deciding(request: HttpRequest, asked: WriteOffRequest | None, url_name: str, public_id: str) -> dict[str, Any]:
    """What `patient_balances/_approval.html` shows. Nobody decides on a request of their own."""
    may_decide = (
        asked is not None
        and may(request_role(request), Permission.APPROVE_WRITE_OFFS)
        and asked.requested_by_id != signed_in_user(request).pk
    )
    form = DecisionForm(auto_id="decision_%s")
    return {
        "asked": asked,
        "may_decide": may_decide,
        "decision_form": form,
        "decide_at": reverse(url_name, args=[public_id]),
    }


def decided(request: HttpRequest, asked: WriteOffRequest | None, verb: Verb, after: HttpResponse) -> HttpResponse:
    """Do it, say so, and go back."""
    if asked is None:
        messages.error(request, "Nobody waits for an approval here any more.")
        return after
    approved = request.POST.get("decision") == "approve"
    try:
        done = verb(
            request_id=asked.public_id,
            approved=approved,
            note=request.POST.get("note", ""),
            acting_user=signed_in_user(request),
            now=clock.now(),
        )
    except (ApprovalError, ReviewError) as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, done.sentence if approved else "Not approved. It stays open, with your note.")
    return after
