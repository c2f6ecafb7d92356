"""What the practice charged last for a procedure."""

from collections.abc import Collection
from decimal import Decimal

from django.db.models import QuerySet

from apps.core.money import CENT
from apps.intake.models import Charge

Priced = tuple[str, tuple[str, ...]]


def last_prices(wanted: Collection[Priced]) -> dict[Priced, Decimal]:
    """Dollars for one unit, by procedure and modifiers, of the newest charge of each; what was never charged is left out.

    A price hangs on its modifiers: 50 or a technical component cost otherwise than the procedure alone.
    """
    newest = [_newest(*priced) for priced in dict.fromkeys(wanted)]
    if not newest:
        return {}
    rows = newest[0].union(*newest[1:], all=True)
    return {(code, tuple(modifiers)): (amount / units).quantize(CENT) for code, modifiers, amount, units in rows}


def _newest(procedure: str, modifiers: tuple[str, ...]) -> "QuerySet[Charge, tuple[str, list[str], Decimal, Decimal]]":
    """One row by itself, so that the database may go back from the newest visit for a code that each has, and through the charges of a
    code that few have: an office visit is charged a hundred thousand times.
    """
    rows = Charge.objects.filter(procedure=procedure, modifiers=list(modifiers), amount__gt=0)
    return rows.order_by("-encounter__service_date", "-pk").values_list("procedure", "modifiers", "amount", "units")[:1]
