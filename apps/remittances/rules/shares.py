"""Spread what is said of a whole claim over its lines."""

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


def spread_parts(parts: Sequence[Decimal], weights: Sequence[Decimal]) -> list[list[Decimal]]:
    """For each line its share of every part. Each part's shares sum to it, and each line's shares to its own share of all parts
    together: where the parts are a claim's charge and the weights its lines' charges, every line balances to the cent.
    """
    wholes = spread(sum(parts, Decimal()), weights)
    last = max((place for place, weight in enumerate(weights) if weight), default=0)
    shares, left = [], list(parts)
    for place, whole in enumerate(wholes):
        taken = left if place == last else _share(whole, left)
        shares.append(taken)
        left = [rest - part for rest, part in zip(left, taken, strict=True)]
    return shares


def _share(whole: Decimal, left: Sequence[Decimal]) -> list[Decimal]:
    """`whole` over what is left of each part; the cents that do not divide fall to the largest, which can bear them."""
    places = sorted(range(len(left)), key=lambda place: left[place])
    shares = spread(whole, [left[place] for place in places])
    return [shares[places.index(place)] for place in range(len(left))]
