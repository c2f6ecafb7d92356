"""A visit that came before is told differently now: replace what is not billed yet, else let a biller compare."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import chain

from apps.connectors.ports.ehr import EhrEncounter
from apps.intake import rules
from apps.intake.models import Charge, Encounter
from apps.worklist.models import WorkItem
from apps.worklist.queue import open_item


def change_charges(pairs: Sequence[tuple[Encounter, EhrEncounter]], *, now: datetime) -> int:
    """How many of these locked rows are told differently than the last time."""
    different = [(row, told) for row, told in pairs if row.fingerprint != rules.fingerprint(told)]
    for row, told in different:
        row.fingerprint = rules.fingerprint(told)
        if row.billed_at:
            row.work_item = _ask(row, now)
    _replace([(row, told) for row, told in different if not row.billed_at])
    Encounter.objects.bulk_update([row for row, _ in different], ["fingerprint", "work_item"])
    return len(different)


def new_charges(row: Encounter, told: EhrEncounter) -> Iterable[Charge]:
    for number, charge in enumerate(told.charges, start=1):
        yield Charge(
            encounter=row,
            source_id=charge.source_id[:60],
            number=number,
            procedure=charge.procedure,
            modifiers=list(charge.modifiers),
            units=charge.units,
            amount=charge.amount,
            diagnosis_pointers=list(charge.diagnosis_pointers),
        )


def _replace(pairs: Sequence[tuple[Encounter, EhrEncounter]]) -> None:
    for row, told in pairs:
        row.diagnoses, row.place_of_service = list(told.diagnoses), told.place_of_service[:2] or "11"
        row.service_date = told.service_date
    Charge.objects.filter(encounter__in=[row for row, _ in pairs]).delete()
    Charge.objects.bulk_create(chain.from_iterable(new_charges(row, told) for row, told in pairs))
    Encounter.objects.bulk_update([row for row, _ in pairs], ["diagnoses", "place_of_service", "service_date"])


def _ask(row: Encounter, now: datetime) -> WorkItem:
    return open_item(
        kind="charges_changed",
        title="Compare a visit's charges: the EHR changed them after the visit was billed",
        owner_role=WorkItem.OwnerRole.BILLER,
        url_name="workspace:patient",
        subject_public_id=row.patient.public_id,
        now=now,
    )
