"""Which part of a visit stands in a next payer's name, because that payer has a claim of its own."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Sum

from apps.ledger.models import Account, Entry, Leg


@dataclass(slots=True)
class Transferred:
    """`first_entry`: by which anything was moved first. `entry_id`: what stands now, `moved` dollars by charge; none: all undone."""

    first_entry: int
    entry_id: int | None = None
    moved: dict[int, Decimal] = field(default_factory=dict)


def transfer_key(claim: str) -> str:
    """`claim` is the public id of the next payer's claim."""
    return f"transfer:{claim}"


def transfers(encounters: Collection[int]) -> dict[str, Transferred]:
    """By the public id of the next payer's claim."""
    legs = Leg.objects.filter(
        charge__encounter__in=encounters, entry__kind=Entry.Kind.TRANSFER, account=Account.INSURANCE_RECEIVABLE
    )
    rows = legs.values_list("entry", "entry__key", "entry__reversed_by", "charge").annotate(total=Sum("amount"))
    found: dict[str, Transferred] = {}
    standing: dict[str, dict[int, Decimal]] = defaultdict(dict)
    for entry, key, reversed_by, charge, total in rows.order_by("entry", "charge"):
        claim = key.split(":")[1]
        each = found.setdefault(claim, Transferred(entry))
        if reversed_by is None:
            each.entry_id = entry
            standing[claim][charge] = total
    for claim, moved in standing.items():
        found[claim].moved = moved
    return found
