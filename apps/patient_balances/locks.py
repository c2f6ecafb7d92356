"""Rows are locked here, claims before balances and each by primary key, so that no two transactions wait for each other."""

from collections.abc import Collection

from apps.claims.models import Claim
from apps.patient_balances.models import Balance


def locked_balances(balance_ids: Collection[int]) -> list[Balance]:
    """With their claims locked and loaded. Inside a transaction only."""
    claims = Claim.objects.select_for_update().filter(balance__in=balance_ids).order_by("pk")
    by_id = {claim.pk: claim for claim in claims}
    rows = list(Balance.objects.select_for_update().filter(pk__in=balance_ids).order_by("pk"))
    for row in rows:
        row.claim = by_id[row.claim_id]
    return rows
