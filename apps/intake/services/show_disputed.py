"""The EHR tells another plan than the one that a person entered: the front desk compares, and may say that ours stands."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Instead:
    """What the EHR tells where a person entered something else. `complete`: all plans that it has, not those of a visit alone. `ranks`:
    the places in the order of payment at which the two differ.
    """

    plans: tuple[EhrCoverage, ...]
    complete: bool
    ranks: frozenset[int]


def show_disputed(told: Mapping[Patient, Instead], *, now: datetime) -> None:
    """What the EHR tells instead, by patient: one open task each. What a person has decided against asks nobody again, be it told whole
    or in part: of two tellings counts what both tell.
    """
    if not told:
        return
    known = {row.patient_id: row for row in CoverageDispute.objects.filter(patient__in=list(told))}
    waiting = set(_open(told).values_list("subject_public_id", flat=True))
    rows, asked, decided = [], [], []
    for patient, instead in told.items():
        row = known.get(patient.pk) or CoverageDispute(patient=patient, told=None)
        plans = sorted((_words(each) for each in instead.plans), key=_place)
        if instead.complete or not _tells_already(row, plans):
            row.told, row.told_all = plans, instead.complete
        row.told_at, row.agreed_at = now, None
        rows.append(row)
        if all(_is_decided(row, plans, rank) for rank in instead.ranks):
            decided.append(patient)
        elif patient.public_id not in waiting:
            asked.append(_item(patient))
    CoverageDispute.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["patient"],
        update_fields=["told", "told_all", "told_at", "agreed_at"],
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
        rows = list(CoverageDispute.objects.filter(patient__in=list(patients)).select_related("settled_by"))
        for row in rows:
            _close(row, now)
        CoverageDispute.objects.bulk_update(
            rows, ["told", "stood_against", "reason", "settled_at", "settled_by", "agreed_at", "history"]
        )


def _close(row: CoverageDispute, now: datetime) -> None:
    """What stood is over: it was about another coverage than a person may enter from now on."""
    if row.settled_at and row.settled_by:
        was = {
            "stood_against": row.stood_against,
            "reason": row.reason,
            "settled_at": row.settled_at.isoformat(),
            "settled_by": row.settled_by.display_name,
            "agreed_at": now.isoformat(),
        }
        row.history = [*row.history, was]
    row.told, row.stood_against, row.agreed_at = [], [], now
    row.reason, row.settled_at, row.settled_by = "", None, None


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
    if row.told is not None:
        row.stood_against = [*row.stood_against, {"plans": row.told, "all": row.told_all}]
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


def _tells_already(row: CoverageDispute, plans: Sequence[Mapping[str, Any]]) -> bool:
    """The fuller telling is known, and says the same of these places."""
    known = row.told or []
    return row.agreed_at is None and all(_at(known, plan["rank"]) == _at(plans, plan["rank"]) for plan in plans)


def _is_decided(row: CoverageDispute, plans: Sequence[Mapping[str, Any]], rank: int) -> bool:
    """A person has decided against the same at this place. That there is no plan is told by who tells all."""
    here = _at(plans, rank)
    for each in row.stood_against:
        before, is_all = (each["plans"], each["all"]) if isinstance(each, dict) else (each, True)
        if _at(before, rank) == here and (here or is_all):
            return True
    return False


def _at(plans: Sequence[Mapping[str, Any]], rank: int) -> list[Mapping[str, Any]]:
    return [plan for plan in plans if plan["rank"] == rank]


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
