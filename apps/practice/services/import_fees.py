"""Take a payer's fee schedule in from a CSV file: the whole file or nothing of it."""

import hashlib
from datetime import datetime

from django.db import transaction

from apps.audit.trail import record
from apps.core.jobs import job_was_done
from apps.core.models import User
from apps.practice.models import FeeScheduleLine, Payer
from apps.practice.rules.csv_file import FileRefusedError
from apps.practice.rules.fee_file import Difference, Fee, difference, read_fees

LARGEST = 2 * 1024 * 1024


class FeesRefusedError(FileRefusedError):
    """Prices that cannot be taken."""


def preview_fees(*, payer: Payer, text: str) -> Difference:
    """What `import_fees` would do. Raises FeesRefusedError."""
    read = read_fees(text)
    if read.problems:
        raise FeesRefusedError(read.problems)
    return difference(read.fees, map(_standing, FeeScheduleLine.objects.filter(payer=payer)))


@transaction.atomic
def import_fees(*, payer: Payer, text: str, source: str, acting_user: User | None, now: datetime) -> Difference:
    """Add what is new, change what differs, leave what the file does not name. The same file again changes nothing.

    `source` says where the prices are written, and stands on each row that changes. Raises FeesRefusedError.
    """
    Payer.objects.select_for_update().get(pk=payer.pk)  # two imports for one payer go one after the other
    found = preview_fees(payer=payer, text=text)
    if found.is_empty:
        return found
    fresh = [*found.added, *(new for _, new in found.changed)]
    FeeScheduleLine.objects.bulk_create(
        [_row(fee, payer, source[:200]) for fee in fresh],
        update_conflicts=True,
        unique_fields=["payer", "procedure", "modifier", "effective_on"],
        update_fields=["allowed", "ends_on", "source"],
        batch_size=2000,
    )
    record(
        "import_fees",
        acting_user=acting_user,
        now=now,
        subject_kind="payer",
        subject_public_id=payer.public_id,
        added=len(found.added),
        changed=len(found.changed),
        source=source[:200],
        sha256=hashlib.sha256(text.encode()).hexdigest(),
    )
    job_was_done(
        "import_fees",
        now=now,
        requested_by=acting_user,
        counts={"added_prices": len(found.added), "changed_prices": len(found.changed)},
        url_name="settings:payer",
        subject_public_id=payer.public_id,
    )
    return found


def _standing(row: FeeScheduleLine) -> Fee:
    return Fee(row.procedure, row.modifier, row.allowed, row.effective_on, row.ends_on)


def _row(fee: Fee, payer: Payer, source: str) -> FeeScheduleLine:
    return FeeScheduleLine(
        payer=payer,
        procedure=fee.procedure,
        modifier=fee.modifier,
        allowed=fee.allowed,
        effective_on=fee.effective_on,
        ends_on=fee.ends_on,
        source=source,
    )
