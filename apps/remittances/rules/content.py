"""What a CLP says, as a name: a reversal and what it reverses bear the same. Pure."""

import hashlib
from collections.abc import Iterable
from decimal import Decimal

from apps.x12.guides.x835 import Adjustment, RemittedClaim


def content_of(remitted: RemittedClaim, *, is_reversal: bool) -> str:
    """Over the amounts of the claim, its lines and each adjustment, a reversal's negated. The order in which they stand, and how
    an amount is written, are no part of it.
    """
    sign = -1 if is_reversal else 1
    lines = sorted(
        (line.procedure, _dollars(sign * line.charge), _dollars(sign * line.paid), _said(line.adjustments, sign))
        for line in remitted.lines
    )
    whole = (_dollars(sign * remitted.charge), _dollars(sign * remitted.paid), _said(remitted.adjustments, sign), lines)
    return hashlib.sha256(repr(whole).encode()).hexdigest()


def _said(adjustments: Iterable[Adjustment], sign: int) -> list[tuple[str, str, str]]:
    return sorted((each.group, each.reason, _dollars(sign * each.amount)) for each in adjustments if each.amount)


def _dollars(amount: Decimal) -> str:
    return f"{amount + 0:.2f}"
