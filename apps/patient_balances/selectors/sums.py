"""What is owed, read from the ledger: by claim, by balance, by charge line."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from decimal import Decimal

from apps.claims.models import ClaimLine
from apps.core.money import ZERO
from apps.intake.models import Charge
from apps.ledger.selectors import Receivable, receivable_by_charge


@dataclass(frozen=True, slots=True)
class ClaimMoney(Receivable):
    """`contested`: a part of the patient's stands on a line of which the payer still owes something, and may change with it."""

    contested: bool = False


def receivables_of_claims(claim_ids: Collection[int]) -> dict[int, ClaimMoney]:
    """Every claim of `claim_ids`; one that the ledger does not know owes nothing. Two queries."""
    lines = ClaimLine.objects.filter(claim__in=claim_ids).order_by("claim", "number")
    charges = _grouped(lines.values_list("claim_id", "charge_id"))
    parts = receivable_by_charge({charge for of_claim in charges.values() for charge in of_claim})
    return {claim: _together([parts[charge] for charge in charges[claim] if charge in parts]) for claim in claim_ids}


def _together(lines: Collection[Receivable]) -> ClaimMoney:
    return ClaimMoney(
        sum((line.insurance for line in lines), ZERO),
        sum((line.patient for line in lines), ZERO),
        any(line.patient > ZERO and line.insurance > ZERO for line in lines),
    )


def owed_by_charge(balance_ids: Collection[int]) -> dict[int, dict[int, Decimal]]:
    """Balance -> charge line -> what the patient owes for it, dollars, in the order of the lines. Two queries."""
    return {
        balance: {charge: part.patient for charge, part in lines.items()}
        for balance, lines in _by_charge(balance_ids).items()
    }


def _by_charge(balance_ids: Collection[int]) -> dict[int, dict[int, Receivable]]:
    lines = Charge.objects.filter(encounter__balances__in=balance_ids).order_by("encounter__balances", "number")
    charges = _grouped(lines.values_list("encounter__balances", "pk"))
    parts = receivable_by_charge({charge for of_balance in charges.values() for charge in of_balance})
    nothing = Receivable()
    return {balance: {charge: parts.get(charge, nothing) for charge in charges[balance]} for balance in balance_ids}


def receivables_of_balances(balance_ids: Collection[int]) -> dict[int, ClaimMoney]:
    """Of each balance's visit what payers and patient still owe. Two queries."""
    return {balance: _together(lines.values()) for balance, lines in _by_charge(balance_ids).items()}


def owed_by_balance(balance_ids: Collection[int]) -> dict[int, Decimal]:
    """What the patient owes now, dollars; negative is a credit. Two queries."""
    return {balance: money.patient for balance, money in receivables_of_balances(balance_ids).items()}


def _grouped(rows: Iterable[tuple[int, int]]) -> defaultdict[int, list[int]]:
    found: defaultdict[int, list[int]] = defaultdict(list)
    for owner, charge in rows:
        found[owner].append(charge)
    return found
