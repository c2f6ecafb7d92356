"""What of the remittances waits for a person, or did, as a list."""

from django.db.models import Count, QuerySet

from apps.core.sort_order import order_of
from apps.remittances.models import RemittanceException

_State = RemittanceException.State
# The list's own order: open ones oldest first, settled ones newest first.
IN_TURN = "turn"
SORTS = {
    "kind": ("kind",),
    "from": ("payment__payer_name",),
    "since": ("opened_at",),
    "settled": ("settled_at",),
    "amount": ("amount",),
}


def exceptions(*, state: str, kind: str = "", sort: str = "") -> "QuerySet[RemittanceException]":
    """By one of SORTS, turned by a minus before it; anything else is the list's own order. `kind`: empty for all."""
    found = RemittanceException.objects.filter(state=state).select_related(
        "file__transmission", "payment", "remitted_claim__claim__patient", "settled_by", "work_item"
    )
    found = found.defer("file__transmission__payload")
    if kind:
        found = found.filter(kind=kind)
    if order := order_of(sort, SORTS):
        return found.order_by(*order)
    return found.order_by("opened_at", "pk") if state == _State.OPEN else found.order_by("-settled_at", "-pk")


def exception_kinds(*, state: str) -> list[tuple[str, int]]:
    """The kinds that there are, and how many of each."""
    rows = RemittanceException.objects.filter(state=state).values_list("kind").annotate(Count("pk"))
    return list(rows.order_by("kind"))
