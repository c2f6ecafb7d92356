"""Take in patients as the EHR tells them: one row each, kept up to date. What a source leaves blank erases nothing.

What a person corrected stands while the EHR tells what it told before; a value that is new there is taken.
"""

from collections.abc import Iterable
from typing import Any

from apps.connectors.ports.ehr import EhrPatient
from apps.intake.models import Patient

TOLD = (
    "first_name", "last_name", "birth_date", "sex", "line1", "line2", "city", "state", "postcode", "phone", "email", "language",
)  # fmt: skip
NOT_ON_CLAIMS = frozenset({"phone", "email", "language"})
_FIELDS = Patient._meta  # noqa: SLF001  Django's documented model API
_LONGEST: dict[str, int | None] = {name: getattr(_FIELDS.get_field(name), "max_length", None) for name in TOLD}


def receive_patients(source: str, told: Iterable[EhrPatient]) -> dict[str, Patient]:
    """Rows by the EHR's id. Three statements, however many patients; the caller holds the source's lock."""
    by_id = {each.source_id: each for each in told}
    rows = {
        row.source_id: row
        for row in Patient.objects.select_for_update(no_key=True)
        .filter(source=source, source_id__in=by_id)
        .order_by("pk")
    }
    fresh = [_new(source, each) for each in by_id.values() if each.source_id not in rows]
    changed = [rows[source_id] for source_id in rows if _update(rows[source_id], by_id[source_id])]
    Patient.objects.bulk_create(fresh)
    if changed:
        Patient.objects.bulk_update(changed, (*TOLD, "corrected", "revision", "changed_revision"))
    return rows | {row.source_id: row for row in fresh}


def _fields(told: EhrPatient) -> dict[str, Any]:
    fields = {name: getattr(told, name) for name in TOLD}
    return {name: value[: _LONGEST[name]] if isinstance(value, str) else value for name, value in fields.items()}


def _new(source: str, told: EhrPatient) -> Patient:
    return Patient(source=source, source_id=told.source_id, **_fields(told))


def _update(row: Patient, told: EhrPatient) -> bool:
    news = {name: value for name, value in _fields(told).items() if value and row.corrected.get(name) != str(value)}
    agreed = [name for name in news if row.corrected.pop(name, None) is not None]
    fresh = {name: value for name, value in news.items() if value != getattr(row, name)}
    for name, value in fresh.items():
        setattr(row, name, value)
    if fresh.keys() - NOT_ON_CLAIMS:
        row.revision += 1
        row.changed_revision = row.revision
    return bool(fresh or agreed)
