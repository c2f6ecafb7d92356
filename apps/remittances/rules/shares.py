"""Spread an amount that is said of a whole claim over its lines."""

from collections.abc import Sequence
from decimal import ROUND_DOWN, Decimal

CENT = Decimal("0.01")


def spread(amount: Decimal, weights: Sequence[Decimal]) -> list[Decimal]:
    """Pro rata to `weights`, to the cent, summing exactly to `amount`; the last line with a weight takes the rest.

    Without any weight the first line takes all.
    """
    total = sum(weights, Decimal())
    if not total:
        return [amount, *(Decimal() for _ in weights[1:])]
    parts = [(amount * weight / total).quantize(CENT, ROUND_DOWN) for weight in weights]
    last = max(place for place, weight in enumerate(weights) if weight)
    parts[last] += amount - sum(parts, Decimal())
    return parts
