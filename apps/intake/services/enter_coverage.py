"""A plan as a person reads it from the patient's card: what visits are billed by, until the EHR tells the same."""

from dataclasses import dataclass
from datetime import date

from apps.core.models import User
from apps.intake.models import Coverage, Patient
from apps.practice.models import Payer


@dataclass(frozen=True, slots=True)
class Card:
    """`relationship`: X12's code of the patient to the subscriber. For a dependent the subscriber's name and birth date are needed too."""

    payer: Payer
    member_id: str
    group_number: str = ""
    relationship: str = "18"
    subscriber_first_name: str = ""
    subscriber_last_name: str = ""
    subscriber_birth_date: date | None = None


def enter_coverage(*, patient: Patient, card: Card, rank: int, starts_on: date | None, acting_user: User) -> Coverage:
    """One more plan of the patient, of that rank. Within the caller's transaction, which keeps who did it and why."""
    own = card.relationship == "18"
    entered: Coverage = Coverage.objects.create(
        patient=patient,
        payer=card.payer,
        rank=rank,
        member_id=card.member_id,
        group_number=card.group_number,
        relationship=card.relationship,
        subscriber_first_name=patient.first_name if own else card.subscriber_first_name,
        subscriber_last_name=patient.last_name if own else card.subscriber_last_name,
        subscriber_birth_date=patient.birth_date if own else card.subscriber_birth_date,
        subscriber_sex=patient.sex if own else "",
        starts_on=starts_on,
        entered_by=acting_user,
    )
    return entered
