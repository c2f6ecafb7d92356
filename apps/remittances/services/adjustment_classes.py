"""A person says how an adjustment code is to be posted. What is posted already keeps its class."""

from datetime import datetime

from django.db import transaction

from apps.audit.trail import record
from apps.core.advisory_locks import lock_until_commit
from apps.core.models import User
from apps.practice.models import Payer
from apps.remittances.models import AdjustmentClass as AdjustmentClassRow
from apps.remittances.rules.classes import CAPITATION, NOT_THE_PATIENTS, AdjustmentClass, ClassRow

FROM_NOW = "what is posted from then on; what was posted keeps its class"


class ClassRefusedError(Exception):
    """The row cannot stand; the message says why, for the person who wrote it."""


@transaction.atomic
def set_class(
    *, payer: Payer | None, row: ClassRow, source: str, acting_user: User, now: datetime
) -> AdjustmentClassRow:
    """The row stands from now on; one of the same payer, group and codes ends. The same again changes nothing.

    `payer` is the payer of `row`, none for all. Raises ClassRefusedError.
    """
    if row.problem:
        raise ClassRefusedError(row.problem)
    lock_until_commit("adjustment classes")
    before = _same(payer, row)
    if before and (before.adjustment_class, before.source) == (row.adjustment_class, source):
        return before
    if before:
        _end(before, acting_user, now)
    fresh = AdjustmentClassRow.objects.create(
        payer=payer,
        group=row.group,
        carc=row.carc,
        rarc=row.rarc,
        adjustment_class=row.adjustment_class,
        source=source,
        made_at=now,
        made_by=acting_user,
    )
    _record("set_adjustment_class", fresh, acting_user, now, was=before.adjustment_class if before else "")
    return fresh


@transaction.atomic
def end_class(*, row_id: str, acting_user: User, now: datetime) -> AdjustmentClassRow | None:
    """The row (public id) ends, and the defaults or a wider row count again. None where it had ended."""
    lock_until_commit("adjustment classes")
    row = AdjustmentClassRow.objects.filter(public_id=row_id, ended_at=None).select_related("payer").first()
    if row:
        _end(row, acting_user, now)
        _record("end_adjustment_class", row, acting_user, now)
    return row


@transaction.atomic
def set_capitated(*, payer: Payer, source: str, acting_user: User, now: datetime) -> None:
    """The payer pays by the month and not for the visit: its code 24 is contractual, except under PR (DOMAIN 4)."""
    for group in NOT_THE_PATIENTS:
        row = ClassRow(CAPITATION, AdjustmentClass.CONTRACTUAL, group, payer_id=payer.pk)
        set_class(payer=payer, row=row, source=source, acting_user=acting_user, now=now)


@transaction.atomic
def end_capitated(*, payer_id: str, acting_user: User, now: datetime) -> None:
    """The payer (public id) pays for each visit: its code 24 is a denial again, as for every payer."""
    rows = AdjustmentClassRow.objects.filter(payer__public_id=payer_id, carc=CAPITATION, rarc="", ended_at=None)
    for row_id in rows.filter(adjustment_class=AdjustmentClass.CONTRACTUAL).values_list("public_id", flat=True):
        end_class(row_id=row_id, acting_user=acting_user, now=now)


def _same(payer: Payer | None, row: ClassRow) -> AdjustmentClassRow | None:
    rows = AdjustmentClassRow.objects.filter(ended_at=None, payer=payer)
    return rows.filter(group=row.group, carc=row.carc, rarc=row.rarc).first()


def _end(row: AdjustmentClassRow, acting_user: User, now: datetime) -> None:
    row.ended_at, row.ended_by = now, acting_user
    row.save(update_fields=["ended_at", "ended_by"])


def _record(action: str, row: AdjustmentClassRow, user: User, now: datetime, **detail: str) -> None:
    record(
        action,
        acting_user=user,
        now=now,
        subject_kind="adjustment_class",
        subject_public_id=row.public_id,
        payer=row.payer.name if row.payer else "",
        group=row.group,
        carc=row.carc,
        rarc=row.rarc,
        adjustment_class=row.adjustment_class,
        source=row.source,
        counts_for=FROM_NOW,
        **detail,
    )
