"""Asking payers what became of claims, and what they answer."""

from datetime import date, datetime, time

from apps.claims.models import StatusInquiry
from apps.claims.services import acknowledge_claims, ask_status
from apps.connectors import journal
from apps.connectors.models import Connection
from apps.x12 import Envelope, write_277
from apps.x12.guides.parts import Party
from apps.x12.guides.statuses import Status, StatusCode
from apps.x12.guides.x277 import (
    ClaimStatus as Said,
)
from apps.x12.guides.x277 import ClaimStatusResponse, PatientStatus, ProviderStatus, ReceiverStatus, SourceStatus
from tests.claims.answers import group, interchange

_HAS_IT = Status(codes=(StatusCode("P1", "20"),))


def answer(
    category: str,
    *,
    trace: str = "",
    control: str = "",
    reference: str = "",
    now: datetime,
    created_on: date | None = None,
    created_at: time | None = None,
    also: tuple[str, ...] = (),
) -> None:
    """The payer's 277: of one claim, or (`reference`) of the whole inquiry; `also` by these trace numbers: it has the claim."""
    party = Party(last_name="LONE PRAIRIE", id_qualifier="PI", id="LPHP1", role="PR")
    us = Party(last_name="PECAN ROW", id_qualifier="46", id="741830269", role="41")
    status = Status(codes=(StatusCode(category, "35" if category == "A4" else "20"),))
    patient = PatientStatus(
        subscriber=Party(last_name="HATHAWAY", is_person=True, role="IL"),
        claims=(
            Said(trace_number=trace or "T", control_number=control, statuses=(status,)),
            *(Said(trace_number=each, control_number=control, statuses=(_HAS_IT,)) for each in also),
        ),
    )
    provider = ProviderStatus(provider=Party(last_name="PECAN ROW", role="1P"), patients=(patient,))
    receiver = ReceiverStatus(
        receiver=us,
        providers=() if reference else (provider,),
        trace_number=reference,
        statuses=(status,) if reference else (),
    )
    source = SourceStatus(source=party, receivers=(receiver,))
    body = ClaimStatusResponse(reference="THEIRS", sources=(source,), created_on=created_on, created_at=created_at)
    envelope = Envelope(
        sender_id="CLEARINGHOUSE", receiver_id="741830269", interchange_number=7, group_number=7, created=now
    )
    payload = write_277(body, envelope)
    journal.receive(payload, kind="277", now=now, connection=Connection.objects.get(), name=f"{category}{now:%d%H}.277")
    assert acknowledge_claims(now=now).unreadable == 0


def asked(now: datetime) -> StatusInquiry:
    assert ask_status(now=now).claims == 1
    return StatusInquiry.objects.first()


def f999(number: int, status: str, *, why: str = "5", group_why: str = "", names_ours: bool = True) -> bytes:
    """`why`: IK502; `group_why`: AK905. Without `names_ours` it says nothing of our transaction."""
    refused = status != "A"
    ours = ("AK2*276*0001*005010X212", f"IK5*{status}*{why}" if refused else f"IK5*{status}")
    body = (
        "ST*999*0001*005010X231A1",
        f"AK1*HR*{number}*005010X212",
        *(ours if names_ours else ()),
        f"AK9*{status}*1*1*{0 if refused else 1}" + (f"*{group_why}" if group_why else ""),
    )
    return interchange(*group("FA", "005010X231A1", *body, f"SE*{len(body) + 1}*0001"))


def ta1(number: int, code: str) -> bytes:
    return interchange(f"TA1*{number:09d}*260916*1700*{code}*{'006' if code == 'R' else '000'}")


def read_in(payload: bytes, kind: str, now: datetime, name: str = "") -> None:
    journal.receive(payload, kind=kind, now=now, connection=Connection.objects.get(), name=f"{kind}.{name or now.day}")
    assert acknowledge_claims(now=now).unreadable == 0
