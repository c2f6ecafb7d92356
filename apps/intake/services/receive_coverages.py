"""Take in coverages. One that changes is ended and followed by another; only what was empty is filled in place.

What a person of the practice entered is neither ended nor overwritten: where the EHR tells something else, the front desk compares.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from apps.connectors.ports.ehr import EhrCoverage
from apps.core.clock import practice_date
from apps.intake.models import Coverage, Patient
from apps.intake.services.place_payers import PayerBook
from apps.intake.services.show_disputed import Instead, settle_disputed, show_disputed
from apps.practice.models import Payer

DETAILS = (
    "relationship", "group_number", "subscriber_first_name", "subscriber_last_name", "subscriber_birth_date", "subscriber_sex",
)  # fmt: skip
_FIELDS = Coverage._meta  # noqa: SLF001  Django's documented model API
_LONGEST: dict[str, int | None] = {name: getattr(_FIELDS.get_field(name), "max_length", None) for name in DETAILS}


@dataclass(frozen=True, slots=True)
class Told:
    """What was told of one patient's coverage. `complete`: these are all that hold now, so others have ended."""

    patient: Patient
    coverages: tuple[EhrCoverage, ...]
    complete: bool


@dataclass
class _Plan:
    ended: dict[int, Coverage] = field(default_factory=dict)
    filled: dict[int, Coverage] = field(default_factory=dict)
    fresh: list[Coverage] = field(default_factory=list)
    disputed: dict[Patient, Instead] = field(default_factory=dict)
    agreed: dict[int, Patient] = field(
        default_factory=dict
    )  # by the coverage: the EHR now tells what a person had entered


class CoverageBook:
    """Each patient's open coverages, and what becomes of them. Planned in memory, written in three statements."""

    def __init__(self, patients: Iterable[Patient], payers: PayerBook, *, now: datetime) -> None:
        self._payers, self._now = payers, now
        self._last_day = practice_date(now) - timedelta(days=1)
        self._plan = _Plan()
        self._open: dict[int, list[Coverage]] = defaultdict(list)
        for row in Coverage.objects.filter(patient__in=list(patients), ends_on=None).order_by("pk"):
            self._open[row.patient_id].append(row)

    def tell(self, told: Told) -> Coverage | None:
        """Plan what was told; returns the first in the order of payment, None for self-pay."""
        rows = [self._place(told, cover) for cover in sorted(told.coverages, key=lambda each: each.rank)]
        if not told.complete:
            return rows[0] if rows else None
        for row in [row for row in self._open[told.patient.pk] if row not in rows]:
            if row.entered_by_id:
                self._dispute(told, row.rank)
            else:
                self._end(row)
        return rows[0] if rows else self.primary(told.patient)

    def primary(self, patient: Patient) -> Coverage | None:
        return min(self._open[patient.pk], key=lambda row: row.rank, default=None)

    def write(self) -> None:
        if self._plan.ended:
            Coverage.objects.bulk_update(self._plan.ended.values(), ["ends_on"])
        if self._plan.filled:
            Coverage.objects.bulk_update(self._plan.filled.values(), DETAILS)
        Coverage.objects.bulk_create(self._plan.fresh)
        Coverage.objects.filter(pk__in=self._plan.agreed).update(entered_by=None)
        settle_disputed(self._plan.agreed.values(), now=self._now)
        show_disputed(self._plan.disputed, now=self._now)

    def _place(self, told: Told, cover: EhrCoverage) -> Coverage:
        patient = told.patient
        payer = self._payers.find(cover)
        if payer is None:
            raise LookupError("place_payers comes before the coverages")
        fields = _details(cover)
        for row in self._open[patient.pk]:
            if (row.payer_id, row.member_id, row.rank) != (payer.pk, cover.member_id[:80], cover.rank):
                continue
            if not _contradicts(row, fields):
                self._fill(row, fields)
                if row.entered_by_id:
                    self._plan.agreed[row.pk] = patient
                return row
            if not row.entered_by_id:
                self._end(row)
            break
        return self._entered(told, cover.rank) or self._add(patient, payer, cover, fields)

    def _entered(self, told: Told, rank: int) -> Coverage | None:
        """What a person entered stands until the EHR tells the same; that it tells something else is shown."""
        kept = [row for row in self._open[told.patient.pk] if row.entered_by_id and row.rank == rank]
        if kept:
            self._dispute(told, rank)
        return kept[-1] if kept else None

    def _dispute(self, told: Told, rank: int) -> None:
        before = self._plan.disputed.get(told.patient)
        if before and before.complete and not told.complete:
            return  # the fuller telling of the two is shown
        ranks = before.ranks if before and before.plans == told.coverages else frozenset()
        self._plan.disputed[told.patient] = Instead(told.coverages, told.complete, ranks | {rank})

    def _add(self, patient: Patient, payer: Payer, cover: EhrCoverage, fields: dict[str, Any]) -> Coverage:
        row = Coverage(patient=patient, payer=payer, member_id=cover.member_id[:80], rank=cover.rank, **fields)
        self._open[patient.pk].append(row)
        self._plan.fresh.append(row)
        return row

    def _fill(self, row: Coverage, fields: dict[str, Any]) -> None:
        blanks = {name: value for name, value in fields.items() if value and not getattr(row, name)}
        for name, value in blanks.items():
            setattr(row, name, value)
        if blanks and row.pk:
            self._plan.filled[row.pk] = row

    def _end(self, row: Coverage) -> None:
        self._open[row.patient_id].remove(row)
        if row.pk:
            row.ends_on = max(self._last_day, row.starts_on or self._last_day)
            self._plan.ended[row.pk] = row
        else:
            self._plan.fresh.remove(row)


def _details(cover: EhrCoverage) -> dict[str, Any]:
    fields = {name: getattr(cover, name) for name in DETAILS}
    return {name: value[: _LONGEST[name]] if isinstance(value, str) else value for name, value in fields.items()}


def _contradicts(row: Coverage, fields: dict[str, Any]) -> bool:
    return any(value and getattr(row, name) and getattr(row, name) != value for name, value in fields.items())
