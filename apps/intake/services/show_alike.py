"""A patient was entered by hand, and a source tells two of that name and birth date: which of them it is a person decides."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from apps.audit.trail import record
from apps.core.models import User
from apps.intake.models import Patient
from apps.intake.selectors.alike import KIND, alike_work
from apps.worklist.models import WorkItem
from apps.worklist.queue import NewItem, close_items, open_items


class AlikeError(ValueError):
    """A sentence for the person: what is missing, or that nothing waits here."""


def show_alike(patients: Collection[Patient], *, now: datetime) -> None:
    """Once for each: what a person has decided is not asked again when the source tells them again."""
    asked = set(
        WorkItem.objects.filter(
            kind=KIND, subject_public_id__in=[patient.public_id for patient in patients]
        ).values_list("subject_public_id", flat=True)
    )
    open_items([_item(patient) for patient in patients if patient.public_id not in asked], now=now)


@transaction.atomic
def settle_alike(*, patient_id: str, outcome: str, acting_user: User, now: datetime) -> None:
    """`outcome` says who it is, and what became of the visits entered here. Raises AlikeError."""
    words = outcome.strip()[:200]
    if not words:
        raise AlikeError("Say in a few words which patient it is, and what became of the visits entered here.")
    if not close_items(
        list(alike_work(patient_id).values_list("pk", flat=True)), acting_user=acting_user, now=now, outcome=words
    ):
        raise AlikeError("Nobody waits to be told apart from this patient.")
    record(
        "settle_alike",
        acting_user=acting_user,
        now=now,
        subject_kind="patient",
        subject_public_id=patient_id,
        patients=[patient_id],
    )


def _item(patient: Patient) -> NewItem:
    return NewItem(
        kind=KIND,
        title="Tell apart two patients of one name and birth date: one was entered here, and a source tells more than one",
        owner_role=WorkItem.OwnerRole.FRONT_DESK,
        url_name="workspace:patient",
        subject_public_id=patient.public_id,
    )
