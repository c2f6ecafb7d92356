"""The EHR tells another plan than the one that a person entered: the front desk compares, and may say that ours stands."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from apps.audit.trail import record
from apps.connectors.ports.ehr import EhrCoverage
from apps.core.models import User
from apps.intake.models import CoverageDispute, Patient
from apps.intake.selectors.disputes import KIND
from apps.worklist.models import WorkItem
from apps.worklist.queue import NewItem, close_items, open_items, withdraw_items

_NAMES = (
    "payer_name", "payer_id", "member_id", "group_number", "rank", "relationship",
    "subscriber_first_name", "subscriber_last_name", "subscriber_sex",
)  # fmt: skip


class DisputeNotOpenError(ValueError):
    """A sentence for the person: what is missing, or that nothing waits here."""


def show_disputed(told: Mapping[Patient, Sequence[EhrCoverage]], *, now: datetime) -> None:
    """What the EHR tells instead, by patient: one open task each. What a person has decided against asks nobody again."""
    if not told:
        return
    known = {row.patient_id: row for row in CoverageDispute.objects.filter(patient__in=list(told))}
    waiting = set(_open(told).values_list("subject_public_id", flat=True))
    rows, asked, decided = [], [], []
    for patient, covers in told.items():
        row = known.get(patient.pk) or CoverageDispute(patient=patient)
        row.told, row.told_at = sorted((_words(each) for each in covers), key=_place), now
        rows.append(row)
        if row.told in row.stood_against:
            decided.append(patient)
        elif patient.public_id not in waiting:
            asked.append(_item(patient))
    CoverageDispute.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["patient"], update_fields=["told", "told_at"]
    )
    open_items(asked, now=now)
    withdraw_items(
        list(_open(decided).values_list("pk", flat=True)),
        now=now,
        outcome="The EHR tells again what was decided against.",
    )


def settle_disputed(patients: Collection[Patient], *, now: datetime) -> None:
    """The EHR tells what the person had entered."""
    if patients:
        keys = list(_open(patients).values_list("pk", flat=True))
        withdraw_items(keys, now=now, outcome="The EHR tells the same coverage now.")
        CoverageDispute.objects.filter(patient__in=list(patients)).delete()


@transaction.atomic
def keep_entered(*, patient_id: str, telling: str, reason: str, acting_user: User, now: datetime) -> None:
    """What was entered here stands against that telling; told otherwise it is asked about afresh. Raises DisputeNotOpenError, also where
    the EHR has told something else since the person read the page.
    """
    words = reason.strip()[:200]
    if not words:
        raise DisputeNotOpenError("Say in a few words why the coverage entered here stands.")
    rows = CoverageDispute.objects.select_for_update(of=("self",)).select_related("patient")
    row = rows.filter(patient__public_id=patient_id).first()
    if row and row.telling != telling:
        raise DisputeNotOpenError("The EHR has told something else meanwhile: read it here, then decide again.")
    keys = list(_open([row.patient]).values_list("pk", flat=True)) if row else []
    if row is None or not close_items(keys, acting_user=acting_user, now=now, outcome=f"Ours stands: {words}"):
        raise DisputeNotOpenError("This has been settled meanwhile: nothing waits to be compared with the EHR.")
    row.stood_against = [*row.stood_against, row.told]
    row.reason, row.settled_at, row.settled_by = words, now, acting_user
    row.save(update_fields=["stood_against", "reason", "settled_at", "settled_by"])
    record(
        "keep_entered_coverage",
        acting_user=acting_user,
        now=now,
        subject_kind="patient",
        subject_public_id=patient_id,
        patients=[patient_id],
    )


def _words(cover: EhrCoverage) -> dict[str, Any]:
    born = cover.subscriber_birth_date
    shown = {name: getattr(cover, name) for name in _NAMES}
    return {**shown, "subscriber_birth_date": born.isoformat() if born else ""}


def _place(plan: Mapping[str, Any]) -> tuple[str, ...]:
    """The EHR may tell the same plans in any order."""
    return tuple(str(plan[name]) for name in ("rank", "payer_id", "payer_name", "member_id", "group_number"))


def _open(patients: Collection[Patient] | Mapping[Patient, object]) -> QuerySet[WorkItem]:
    ids = [patient.public_id for patient in patients]
    return WorkItem.objects.filter(kind=KIND, state=WorkItem.State.OPEN, subject_public_id__in=ids)


def _item(patient: Patient) -> NewItem:
    return NewItem(
        kind=KIND,
        title="Compare the coverage with the EHR, which tells another plan: correct it there, or say that ours stands",
        owner_role=WorkItem.OwnerRole.FRONT_DESK,
        url_name="workspace:patient",
        subject_public_id=patient.public_id,
    )
