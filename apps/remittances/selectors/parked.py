"""Payers' money that was set apart as cash not applied, and what of it nobody has placed since."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q, QuerySet, Sum

from apps.core.money import ZERO
from apps.ledger.models import Account, Leg
from apps.remittances.models import HandRemittance, RemittanceException

# An entry's key names its cause; what was refunded is read from the ledger by it.
_REFUNDED = "parked_refund"


@dataclass(frozen=True, slots=True)
class ParkedMoney:
    """Dollars. `applied` to claims of ours, `refunded` to the payer."""

    exception: RemittanceException
    applied: Decimal = ZERO
    refunded: Decimal = ZERO

    @property
    def left(self) -> Decimal:
        return self.exception.amount - self.applied - self.refunded


def parked_money() -> list[ParkedMoney]:
    """What is left to place, the oldest first. What a payer took back (negative) is met by its own adjustments."""
    found = RemittanceException.objects.filter(entry__isnull=False, amount__gt=0)
    whole = found.select_related("payment__payer", "file", "remitted_claim", "settled_by", "work_item")
    return [each for each in _places(list(whole.order_by("settled_at", "pk"))) if each.left]


def parked_item(exception: RemittanceException) -> ParkedMoney:
    """Of one that set money apart; of another nothing is left."""
    (found,) = _places([exception])
    return found


def left_of(exception: RemittanceException) -> Decimal:
    """Dollars that it set apart and that nobody has placed since."""
    return parked_item(exception).left if exception.entry_id is not None else ZERO


def unapplied_of(payer_id: int | None) -> Decimal:
    """Dollars that stand as cash not applied in the payer's name, or in nobody's; negative where more was taken out."""
    legs = Leg.objects.filter(Q(payer=payer_id) | Q(payer=None), account=Account.UNAPPLIED_CASH)
    total: Decimal | None = legs.aggregate(total=Sum("amount"))["total"]
    return -(total or ZERO)


def free_of(payer_id: int | None) -> Decimal:
    """What of that no listed money is: reversals by hand freed it, or the payer's own adjustments left it."""
    listed = (each.left for each in parked_money() if _is_of(each, payer_id))
    return unapplied_of(payer_id) - sum(listed, ZERO)


def _is_of(item: ParkedMoney, payer_id: int | None) -> bool:
    payment = item.exception.payment
    return payment is not None and payment.payer_id in (None, payer_id)


def _places(exceptions: Sequence[RemittanceException]) -> list[ParkedMoney]:
    drawn = HandRemittance.objects.filter(source__in=[each.pk for each in exceptions]).values_list("source")
    applied = dict(drawn.annotate(Sum("drawn")).order_by("source"))
    refunded = _refunded(exceptions)
    return [ParkedMoney(each, applied.get(each.pk) or ZERO, refunded.get(each.public_id, ZERO)) for each in exceptions]


def _refunded(exceptions: Sequence[RemittanceException]) -> dict[str, Decimal]:
    """By public id."""
    if not exceptions:
        return {}
    # Of one its own; of many all that ever were: a condition for each would be longer than the list of refunds.
    start = _prefix(exceptions[0]) if len(exceptions) == 1 else f"{_REFUNDED}:"
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for key, amount in _refunds(Q(entry__key__startswith=start)).values_list("entry__key", "amount"):
        sums[key.split(":")[1]] += amount
    return sums


def refund_key(exception: RemittanceException) -> str:
    """Of the next refund of it; ask for it with the exception locked."""
    return f"{_prefix(exception)}{_refunds(Q(entry__key__startswith=_prefix(exception))).count() + 1}"


def _prefix(exception: RemittanceException) -> str:
    return f"{_REFUNDED}:{exception.public_id}:"


def _refunds(named: Q) -> "QuerySet[Leg]":
    return Leg.objects.filter(named, account=Account.UNAPPLIED_CASH)
