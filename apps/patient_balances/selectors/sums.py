"""What is owed, read from the ledger: by claim, by balance, by charge line."""

from collections import defaultdict
from collections.abc import Collection
from decimal import Decimal

from apps.claims.models import ClaimLine
from apps.core.money import ZERO
from apps.ledger.selectors import Receivable, receivable_by_charge


def receivables_of_claims(claim_ids: Collection[int]) -> dict[int, Receivable]:
    """Every claim of `claim_ids`; one that the ledger does not know owes nothing. Two queries."""
    charges = _charges("claim_id", claim_id__in=claim_ids)
    parts = receivable_by_charge({charge for of_claim in charges.values() for charge in of_claim})
    return {
        claim: Receivable(
            sum((parts[charge].insurance for charge in charges[claim] if charge in parts), ZERO),
            sum((parts[charge].patient for charge in charges[claim] if charge in parts), ZERO),
        )
        for claim in claim_ids
    }


def owed_by_charge(balance_ids: Collection[int]) -> dict[int, dict[int, Decimal]]:
    """Balance -> charge line -> what the patient owes for it, dollars, in the order of the lines. Two queries."""
    charges = _charges("claim__balance", claim__balance__in=balance_ids)
    parts = receivable_by_charge({charge for of_balance in charges.values() for charge in of_balance})
    return {
        balance: {charge: parts[charge].patient if charge in parts else ZERO for charge in charges[balance]}
        for balance in balance_ids
    }


def owed_by_balance(balance_ids: Collection[int]) -> dict[int, Decimal]:
    """What the patient owes now, dollars; negative is a credit."""
    return {balance: sum(lines.values(), ZERO) for balance, lines in owed_by_charge(balance_ids).items()}


def _charges(owner: str, **which: object) -> defaultdict[int, list[int]]:
    found: defaultdict[int, list[int]] = defaultdict(list)
    for key, charge in ClaimLine.objects.filter(**which).order_by("claim_id", "number").values_list(owner, "charge_id"):
        found[key].append(charge)
    return found
