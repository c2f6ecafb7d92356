"""What the practice charged last for a procedure."""

from collections.abc import Collection
from decimal import Decimal

from apps.core.money import CENT
from apps.intake.models import Charge

Priced = tuple[str, tuple[str, ...]]


def last_prices(wanted: Collection[Priced]) -> dict[Priced, Decimal]:
    """Dollars for one unit, by procedure and modifiers, of the newest charge of each; what was never charged is left out.

    A price hangs on its modifiers: 50 or a technical component cost otherwise than the procedure alone.
    """
    rows = Charge.objects.filter(procedure__in={procedure for procedure, _ in wanted}, amount__gt=0)
    newest = rows.order_by("procedure", "modifiers", "-encounter__service_date", "-pk").distinct(
        "procedure", "modifiers"
    )
    found = {(row.procedure, tuple(row.modifiers)): (row.amount / row.units).quantize(CENT) for row in newest}
    return {each: found[each] for each in wanted if each in found}
