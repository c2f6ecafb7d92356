"""Rows are locked here: claims before balances before messages, each by primary key, so that no two transactions wait for each other."""

from collections.abc import Collection

from django.db.models import Q, QuerySet

from apps.claims.models import Claim
from apps.core.advisory_locks import lock_until_commit
from apps.patient_balances.models import Balance, Message


def lock_address(address: str) -> None:
    """Held until the transaction ends. Without it, two calls read at once would not see each other, and both be texted back."""
    lock_until_commit("inbound", address)


def locked_balances(balance_ids: Collection[int]) -> list[Balance]:
    """With their claims locked and loaded. Inside a transaction only."""
    if not balance_ids:
        return []
    claims = Claim.objects.select_for_update().filter(balance__in=balance_ids).order_by("pk")
    by_id = {claim.pk: claim for claim in claims}
    rows = list(Balance.objects.select_for_update().filter(pk__in=balance_ids).order_by("pk"))
    for row in rows:
        row.claim = by_id[row.claim_id] if row.claim_id else None
    return rows


def locked_messages(found: "QuerySet[Message]") -> list[Message]:
    """Those found, loaded anew, after the balances that they speak for. Their state may have changed since they were found."""
    keys = list(found.values_list("pk", flat=True))
    if not keys:
        return []
    told = Message.objects.filter(Q(pk__in=keys) | Q(sent_with__in=keys)).values("balance")
    list(Balance.objects.select_for_update().filter(pk__in=told).order_by("pk").values_list("pk"))
    rows = Message.objects.select_for_update(of=("self",)).filter(pk__in=keys).order_by("pk")
    return list(rows.select_related("balance__patient", "link", "work_item"))
