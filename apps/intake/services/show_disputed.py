from collections.abc import Collection
from datetime import datetime

from django.db.models import QuerySet

from apps.intake.models import Patient
from apps.worklist.models import WorkItem
from apps.worklist.queue import NewItem, open_items, withdraw_items

KIND = "coverage_disputed"


def show_disputed(patients: Collection[Patient], *, now: datetime) -> None:
    """The EHR tells another plan than the one that a person entered: one open task a patient."""
    if not patients:
        return
    known = set(_open(patients).values_list("subject_public_id", flat=True))
    new = [_item(patient) for patient in patients if patient.public_id not in known]
    open_items(new, now=now)


def settle_disputed(patients: Collection[Patient], *, now: datetime) -> None:
    """The EHR tells what the person had entered."""
    if patients:
        keys = list(_open(patients).values_list("pk", flat=True))
        withdraw_items(keys, now=now, outcome="The EHR tells the same coverage now.")


def _open(patients: Collection[Patient]) -> QuerySet[WorkItem]:
    ids = [patient.public_id for patient in patients]
    return WorkItem.objects.filter(kind=KIND, state=WorkItem.State.OPEN, subject_public_id__in=ids)


def _item(patient: Patient) -> NewItem:
    return NewItem(
        kind=KIND,
        title="Compare the coverage with the EHR, which tells another plan: correct it there, or enter it here again",
        owner_role=WorkItem.OwnerRole.FRONT_DESK,
        url_name="workspace:patient",
        subject_public_id=patient.public_id,
    )
