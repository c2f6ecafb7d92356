"""A payment may come in parts, in any number and order: those that do not yet make it whole wait (DOMAIN 4)."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal

from apps.core.money import ZERO
from apps.remittances.models import RemittanceException, RemittanceFile, RemittancePayment
from apps.remittances.rules.outcomes import Problem
from apps.remittances.services.clearing_rest import clearing_rest
from apps.remittances.services.settlements import mark_settled

_ARRIVED = "The payment's other part arrived."


def parts_completed_by(
    first: RemittancePayment, explained: Decimal, explained_by: Callable[[RemittancePayment], Decimal], *, now: datetime
) -> list[RemittancePayment] | None:
    """Whether a part that explains `explained` dollars brings exactly what the first part left open, alone or with all that wait.

    Then the rest is settled, and those that waited are given back, to be posted now; None where it has to wait itself.
    `explained_by` reads what such a part explains.
    """
    rest = clearing_rest(first, lock=True)
    if rest is None:
        return None
    held = []
    if explained != rest.amount:
        held = _held(first)
        parts = [each.payment for each in held if each.payment is not None]
        if not held or sum((explained_by(part) for part in parts), ZERO) + explained != rest.amount:
            return None
    mark_settled(rest, note=_ARRIVED, acting_user=None, now=now)
    for each in held:
        mark_settled(each, note=_ARRIVED, acting_user=None, now=now)
    return [each.payment for each in held if each.payment is not None]


def _held(first: RemittancePayment) -> list[RemittanceException]:
    """A worker may still be writing such a part's claims; it is let finish its chunk, and finds the others posted."""
    held = RemittanceException.objects.filter(
        payment__continues=first, kind=Problem.CONTINUATION, state=RemittanceException.State.OPEN
    )
    list(RemittanceFile.objects.select_for_update().filter(pk__in=held.values("file")).order_by("pk"))
    return list(
        held.select_for_update(of=("self",)).select_related("payment__file__transmission", "work_item").order_by("pk")
    )
