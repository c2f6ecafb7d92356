"""What people moved on a charge's receivables: write-offs, and releases from the payer to the patient."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q, Sum

from apps.core.money import ZERO
from apps.ledger.models import Account, Entry, Leg
from apps.ledger.selectors.balances import RECEIVABLES, Receivable


@dataclass(frozen=True, slots=True)
class StandingAdjustment:
    """An adjusting entry that nothing has reversed. `moved` by charge; a credit is negative."""

    entry_id: int
    moved: dict[int, Receivable]


def standing_adjustments(charge_ids: Iterable[int]) -> list[StandingAdjustment]:
    """Those that moved any of these charges, whole, oldest first."""
    entries = Entry.objects.filter(
        kind=Entry.Kind.ADJUSTMENT,
        reversed_by__isnull=True,
        pk__in=Leg.objects.filter(charge__any_of=list(charge_ids), account__in=RECEIVABLES).values("entry_id"),
    )
    rows = (
        Leg.objects.filter(entry__in=entries, charge__isnull=False, account__in=RECEIVABLES)
        .values("entry_id", "charge_id")
        .annotate(
            insurance=Sum("amount", filter=Q(account=Account.INSURANCE_RECEIVABLE), default=ZERO),
            patient=Sum("amount", filter=Q(account=Account.PATIENT_RECEIVABLE), default=ZERO),
        )
        .order_by("entry_id", "charge_id")
    )
    found: dict[int, dict[int, Receivable]] = defaultdict(dict)
    for row in rows:
        found[row["entry_id"]][row["charge_id"]] = Receivable(row["insurance"], row["patient"])
    return [StandingAdjustment(entry_id, moved) for entry_id, moved in found.items()]
