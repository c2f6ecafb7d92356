"""How much of a refusal can still be won."""

from decimal import Decimal


def at_risk(charge: Decimal, denied: Decimal, settled: Decimal) -> Decimal:
    """Dollars, never below zero. `settled`: what payers asked before have paid or took off by contract. A later payer that refuses
    states the whole charge again (charge 500, Medicare paid 300 and took off 125, Medicaid refuses 500: 75 are at risk).
    """
    return max(min(denied, charge - settled), Decimal("0.00"))
