"""Claims as a list: filtered, counted by state, sorted."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from apps.claims.models import Claim
from apps.claims.states import ClaimStatus
from apps.core.money import ZERO

SORTS = {
    "number": "control_number",
    "patient": "patient__last_name",
    "payer": "payer__name",
    "provider": "provider__last_name",
    "visit": "service_date",
    "status": "status",
    "charged": "total",
}
NEWEST_FIRST = "-visit"


@dataclass(frozen=True, slots=True)
class StatusCount:
    status: ClaimStatus
    number: int
    amount: Decimal


def filtered(chosen: Mapping[str, Any]) -> QuerySet[Claim]:
    """`chosen`: status, payer and provider (public ids), first and last (service dates), number (ours or the payer's)."""
    conditions = {
        "status": lambda value: Q(status=value),
        "payer": lambda value: Q(payer__public_id=value),
        "provider": lambda value: Q(provider__public_id=value),
        "first": lambda value: Q(service_date__gte=value),
        "last": lambda value: Q(service_date__lte=value),
        "number": lambda value: Q(control_number__istartswith=value) | Q(payer_claim_number__istartswith=value),
    }
    wanted = Q()
    for name, value in chosen.items():
        wanted &= conditions[name](value)
    return Claim.objects.filter(wanted)


def status_counts(chosen: Mapping[str, Any]) -> list[StatusCount]:
    """How many claims and dollars each state would show under the other filters, in the order of a claim's life."""
    others = {name: value for name, value in chosen.items() if name != "status"}
    rows = filtered(others).values_list("status").annotate(number=Count("pk"), amount=Sum("total")).order_by()
    found = {status: (number, amount) for status, number, amount in rows}
    return [StatusCount(status, *found[status]) for status in ClaimStatus if status in found]


def totals(counts: list[StatusCount], status: str) -> tuple[int, Decimal]:
    shown = [count for count in counts if not status or count.status == status]
    return sum(count.number for count in shown), sum((count.amount for count in shown), ZERO)


def in_order(claims: QuerySet[Claim], sort: str) -> QuerySet[Claim]:
    """`sort` is a name of SORTS, with a minus to turn it; anything else is the newest visit first."""
    name = sort if sort.removeprefix("-") in SORTS else NEWEST_FIRST
    column = SORTS[name.removeprefix("-")]
    related = claims.select_related("patient", "payer", "provider")
    return related.order_by(f"-{column}" if name.startswith("-") else column, "-pk")
