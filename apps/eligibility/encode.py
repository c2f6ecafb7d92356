"""A check made into a 270 inquiry (005010X279A1) for one patient in real time."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from apps.connectors.models import Connection
from apps.core import clock
from apps.eligibility.models import EligibilityCheck
from apps.intake.models import Coverage
from apps.practice.models import Practice
from apps.practice.selectors.billing import billing_physician
from apps.practice.selectors.payer_channels import Transaction, channels
from apps.x12 import Envelope, write_270
from apps.x12.guides.parts import Party
from apps.x12.guides.x270 import CoveredPerson, EligibilityInquiry, Inquiry

# 30 asks for the plan's benefits at large; a connection's settings may name others.
SERVICE_TYPES = ("30",)


def missing(coverage: Coverage) -> list[str]:
    """What the payer needs and we do not have, as people name it."""
    patient = coverage.patient
    needed = {
        "member ID": coverage.member_id,
        "first name": patient.first_name,
        "last name": patient.last_name,
        "birth date": patient.birth_date,
    }
    if not coverage.is_self:
        needed["subscriber's last name"] = coverage.subscriber_last_name
    return [name for name, value in needed.items() if not value]


def control_number(number: int) -> str:
    """BHT03 and the journal's name of an inquiry; `number` is its ISA13."""
    return f"E{number:09d}"


def inquiry(
    check: EligibilityCheck, *, about: date, number: int, practice: Practice, connection: Connection, now: datetime
) -> bytes:
    """The file to send. `number` is ISA13 and GS06. Raises WriteError where the data cannot be written."""
    settings = connection.settings
    local = now.astimezone(clock.practice_zone())
    payer = check.coverage.payer
    asked = channels([payer], Transaction.ELIGIBILITY, clearinghouse=connection.adapter, on=local.date())[payer.pk]
    body = EligibilityInquiry(
        reference=control_number(number),
        source=Party(last_name=payer.name, id_qualifier="PI", id=asked.identifier, role="PR"),
        receiver=_receiver(practice),
        inquiries=(_patient(check, about, practice, _service_types(settings)),),
        created_on=local.date(),
        created_at=local.time().replace(second=0, microsecond=0),
    )
    envelope = Envelope(
        sender_id=str(settings.get("sender_id") or practice.trading_id),
        receiver_id=str(settings.get("receiver_id") or "CLEARINGHOUSE"),
        interchange_number=number,
        group_number=number,
        created=local,
        usage=str(settings.get("usage") or "P"),
    )
    return write_270(body, envelope)


def _originator(practice: Practice) -> str:
    """TRN03 of X279A1: 1 and the employer number of the one who asks, or 9 and nine signs that they have chosen."""
    return f"1{practice.tax_id}" if practice.tax_id_kind == Practice.TaxIdKind.EIN else f"9{practice.npi[:9]}"


def _receiver(practice: Practice) -> Party:
    physician = billing_physician(practice)
    return Party(
        last_name=physician.last_name if physician else practice.name,
        first_name=physician.first_name if physician else "",
        is_person=physician is not None,
        id_qualifier="XX",
        id=practice.npi,
        role="1P",
    )


def _service_types(settings: Mapping[str, Any]) -> tuple[str, ...]:
    """One alone may be written without its brackets."""
    told = settings.get("service_types") or SERVICE_TYPES
    return (told,) if isinstance(told, str) else tuple(map(str, told))


def _patient(check: EligibilityCheck, about: date, practice: Practice, service_types: tuple[str, ...]) -> Inquiry:
    coverage = check.coverage
    patient = coverage.patient
    person = CoveredPerson(
        last_name=patient.last_name,
        first_name=patient.first_name,
        birth_date=patient.birth_date,
        sex=patient.sex,
        member_id=coverage.member_id if coverage.is_self else "",
    )
    subscriber = person
    if not coverage.is_self:
        subscriber = CoveredPerson(
            last_name=coverage.subscriber_last_name,
            first_name=coverage.subscriber_first_name,
            member_id=coverage.member_id,
            birth_date=coverage.subscriber_birth_date,
            sex=coverage.subscriber_sex,
        )
    return Inquiry(
        subscriber=subscriber,
        dependent=None if coverage.is_self else person,
        trace_number=check.public_id,
        trace_originator=_originator(practice),
        service_date=about,
        service_types=service_types,
    )
