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
    """`whole` over what is left of each part, never more of a part than is left; a cent that does not divide falls where most is.

    Where a part is negative, as a payer's correction may be, the largest bears the rest.
    """
    total = sum(left, Decimal())
    if not total or min(left) < 0:
        largest = max(range(len(left)), key=lambda place: left[place])
        order = [place for place in range(len(left)) if place != largest] + [largest]
        shares = dict(zip(order, spread(whole, [left[place] for place in order]), strict=True))
        return [shares[place] for place in range(len(left))]
    taken = [(whole * part / total).quantize(CENT, ROUND_DOWN) for part in left]
    for _ in range(int((whole - sum(taken, Decimal())) / CENT)):
        taken[max(range(len(left)), key=lambda place: left[place] - taken[place])] += CENT
    return taken
