"""What is done to one line of a claim in the exception queue: off, on again, fewer units, billed later or not at all."""

import re
from decimal import Decimal

from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from apps.claims import services
from apps.claims.models import LineOff
from apps.claims.states import ClaimStatus
from apps.claims.views.exceptions import act, told_ready
from apps.core import clock
from apps.core.plain_codes import whole_number
from apps.practice.access import signed_in_user
from apps.practice.roles import Permission


def _line(request: HttpRequest) -> int:
    """0, which no line has, where none is named."""
    return whole_number(request.POST.get("line", "")) or 0


@act(Permission.CONFIRM_CODING)
def take_line_off(request: HttpRequest, public_id: str) -> str:
    status = services.take_line_off(
        claim_id=public_id,
        line=_line(request),
        reason=request.POST.get("reason", ""),
        acting_user=signed_in_user(request),
        now=clock.now(),
    )
    return f"Taken off; its charge waits for a decision. {told_ready(status is ClaimStatus.READY)}"


@act(Permission.CONFIRM_CODING)
def lower_units(request: HttpRequest, public_id: str) -> str:
    units = request.POST.get("units", "").strip()
    status = services.lower_units(
        claim_id=public_id,
        line=_line(request),
        units=Decimal(units) if re.fullmatch(r"\d{1,5}(\.\d{1,3})?", units) else Decimal(0),
        charge_falls=request.POST.get("charge") == "falls",
        reason=request.POST.get("reason", ""),
        acting_user=signed_in_user(request),
        now=clock.now(),
    )
    return f"Lowered. {told_ready(status is ClaimStatus.READY)}"


def _line_off(request: HttpRequest, public_id: str) -> str:
    """The public id of one of the claim's own."""
    rows = LineOff.objects.filter(claim__public_id=public_id)
    return get_object_or_404(rows, public_id=request.POST.get("line_off", "")).public_id


@act(Permission.CONFIRM_CODING)
def put_line_back(request: HttpRequest, public_id: str) -> str:
    status = services.put_line_back(
        line_off_id=_line_off(request, public_id),
        reason=request.POST.get("reason", ""),
        acting_user=signed_in_user(request),
        now=clock.now(),
    )
    return f"Back on the claim. {told_ready(status is ClaimStatus.READY)}"


@act(Permission.CONFIRM_CODING)
def bill_line(request: HttpRequest, public_id: str) -> str:
    services.bill_line_later(
        line_off_id=_line_off(request, public_id),
        reason=request.POST.get("reason", ""),
        acting_user=signed_in_user(request),
        now=clock.now(),
    )
    return "Back on the claim, which is scrubbed and leaves with the next file."


@act(Permission.CONFIRM_CODING)
def leave_unbilled(request: HttpRequest, public_id: str) -> str:
    services.leave_unbilled(
        line_off_id=_line_off(request, public_id),
        reason=request.POST.get("reason", ""),
        acting_user=signed_in_user(request),
        now=clock.now(),
    )
    return "Left unbilled. It stays out of the receivables."
