"""What a payer's words on our lines come to for each charge. Pure."""

from collections.abc import Iterable
from decimal import Decimal

from apps.remittances.rules.adjudicate import AdjudicatedLine
from apps.remittances.rules.billed import BilledClaim
from apps.remittances.rules.movement import Parts
from apps.remittances.rules.shares import spread_parts

ZERO = Decimal("0.00")


def parts_of(billed: BilledClaim, lines: Iterable[AdjudicatedLine]) -> dict[int, Parts]:
    """Amounts of our lines, and of the claim as a whole spread over them by charge."""
    parts = {line.charge_id: Parts() for line in billed.lines}
    for line in lines:
        if line.line is not None:
            fresh = Parts(line.paid, line.contractual, line.cost_share, line.denied, spoken=True)
            parts[line.line.charge_id] = parts[line.line.charge_id].plus(fresh)
            continue
        for ours, share in zip(billed.lines, _shares(billed, line), strict=True):
            parts[ours.charge_id] = parts[ours.charge_id].plus(share)
    return parts


def spoken_of(billed: BilledClaim, lines: Iterable[AdjudicatedLine]) -> frozenset[int]:
    """The charges that the payer names, be it to deny them. Without lines it speaks of all."""
    lines = list(lines)
    if is_of_whole(lines):
        return frozenset(billed.charge_ids)
    return frozenset(line.line.charge_id for line in lines if line.line is not None)


def is_of_whole(lines: Iterable[AdjudicatedLine]) -> bool:
    """The payer gives no lines: how its amounts fall on the charges is ours to say."""
    return any(line.line is None and line.charge for line in lines)


def _shares(billed: BilledClaim, whole: AdjudicatedLine) -> list[Parts]:
    weights = [line.amount for line in billed.lines]
    adjusted = sum((item.amount for item in whole.adjustments), ZERO)
    named = [whole.contractual, whole.cost_share, whole.denied]
    named.append(adjusted - sum(named, ZERO))
    if whole.charge:
        shares = spread_parts([whole.paid, *named], weights)
        return [
            Parts(paid, contractual, cost_share, denied, spoken=True)
            for paid, contractual, cost_share, denied, _ in shares
        ]
    # With lines, what is adjusted on the claim as a whole was still paid by its lines (CLP04 = sum SVC03 - claim CAS).
    shares = spread_parts(named, weights)
    return [
        Parts(-(contractual + cost_share + denied + rest), contractual, cost_share, denied)
        for contractual, cost_share, denied, rest in shares
    ]
