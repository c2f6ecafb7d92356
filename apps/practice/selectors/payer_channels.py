"""Under which id a payer is reached for a transaction, and whether it can be. The one place that every 837, 270, 276 and 835 reads."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from apps.practice.models import Payer, PayerChannel

Transaction = PayerChannel.Transaction
Enrollment = PayerChannel.Enrollment
# What names a payer by an id that an answer may bear.
_NAMING = (Transaction.ELIGIBILITY, Transaction.CLAIMS)
_WORDS = {
    Transaction.CLAIMS: "claims",
    Transaction.ELIGIBILITY: "eligibility",
    Transaction.CLAIM_STATUS: "claim status",
    Transaction.REMITTANCE: "remittances",
    Transaction.FUNDS: "payment by EFT",
}


@dataclass(frozen=True, slots=True)
class Channel:
    """`closed` is why nothing may be sent this way, as a sentence; empty where it may. Without an identifier nothing can be."""

    identifier: str
    closed: str = ""

    @property
    def is_open(self) -> bool:
        return bool(self.identifier) and not self.closed


def channels(
    payers: Iterable[Payer], transaction: PayerChannel.Transaction, *, clearinghouse: str, on: date
) -> dict[int, Channel]:
    """Each payer's channel by its key. A row of that clearinghouse goes before one of any, that before the payer's own id. One query."""
    known = {payer.pk: payer for payer in payers}
    rows = PayerChannel.objects.filter(
        payer__in=known, transaction=transaction, clearinghouse__in={"", clearinghouse}
    ).order_by("clearinghouse")
    # The named clearinghouse sorts behind "" and so takes its place.
    nearest = {row.payer_id: row for row in rows}
    return {pk: _channel(payer, transaction, nearest.get(pk), on) for pk, payer in known.items()}


def remittance_ids(payers: Collection[Payer]) -> dict[int, tuple[str, ...]]:
    """The ids under which each payer's 835 names it, its usual ones first, whichever clearinghouse brought it. One query."""
    more: Mapping[int, list[str]] = defaultdict(list)
    rows = PayerChannel.objects.filter(payer__in=payers, transaction=Transaction.REMITTANCE).order_by("pk")
    for row in rows:
        more[row.payer_id] += row.identifier.split()
    return {payer.pk: tuple(dict.fromkeys([*payer.remittance_ids.split(), *more[payer.pk]])) for payer in payers}


def claims_ids(payers: Collection[Payer]) -> dict[int, tuple[str, ...]]:
    """The ids under which each payer is sent claims, its usual one first, at whichever clearinghouse. One query."""
    more: Mapping[int, list[str]] = defaultdict(list)
    rows = PayerChannel.objects.filter(payer__in=payers, transaction=Transaction.CLAIMS).exclude(identifier="")
    for row in rows.order_by("pk"):
        more[row.payer_id].append(row.identifier.strip())
    return {
        payer.pk: tuple(dict.fromkeys(filter(None, [payer.claims_id.strip(), *more[payer.pk]]))) for payer in payers
    }


def names_under(identifiers: Collection[str]) -> dict[str, set[str]]:
    """By each of them, the names of our payers that a 270 or 837 may name so, at any clearinghouse. Two queries."""
    usual = Payer.objects.filter(Q(eligibility_id__in=identifiers) | Q(claims_id__in=identifiers))
    elsewhere = PayerChannel.objects.filter(transaction__in=_NAMING, identifier__in=identifiers)
    found: defaultdict[str, set[str]] = defaultdict(set)
    for name, *ids in usual.values_list("name", "eligibility_id", "claims_id"):
        for each in set(identifiers).intersection(ids):
            found[each].add(name)
    for name, identifier in elsewhere.values_list("payer__name", "identifier"):
        found[identifier].add(name)
    return dict(found)


def payers_under(identifier: str) -> QuerySet[Payer]:
    """Those that a 270 or 837 may name so, at any clearinghouse."""
    elsewhere = PayerChannel.objects.filter(transaction__in=_NAMING, identifier=identifier)
    usual = Q(eligibility_id=identifier) | Q(claims_id=identifier)
    return Payer.objects.filter(usual | Q(pk__in=elsewhere.values("payer")))


def usual_id(payer: Payer, transaction: str) -> str:
    """What stands with the payer itself. A claim's status is asked under the id that the claim went to."""
    if transaction == Transaction.ELIGIBILITY:
        return payer.eligibility_id
    if transaction == Transaction.REMITTANCE:
        return payer.remittance_ids
    return payer.claims_id if transaction in {Transaction.CLAIMS, Transaction.CLAIM_STATUS} else ""


def _channel(payer: Payer, transaction: PayerChannel.Transaction, row: PayerChannel | None, on: date) -> Channel:
    if row is None:
        return Channel(usual_id(payer, transaction).strip())
    return Channel((row.identifier or usual_id(payer, transaction)).strip(), _closed(payer, row, on))


def _closed(payer: Payer, row: PayerChannel, on: date) -> str:
    words, through = (
        _WORDS[Transaction(row.transaction)],
        "this clearinghouse" if row.clearinghouse else "a clearinghouse",
    )
    if row.capability == PayerChannel.Capability.CANNOT:
        return f"{payer.name} takes no {words} through {through}."
    if row.enrollment == Enrollment.TO_DO:
        return f"Enrollment for {words} with {payer.name} is still to do."
    if row.enrollment == Enrollment.APPLIED and row.enrollment_on:
        return f"Enrollment for {words} with {payer.name} was applied for on {_day(row.enrollment_on)} and is not active yet."
    if row.enrollment == Enrollment.REFUSED:
        return f"{payer.name} refused the enrollment for {words}."
    if row.enrollment == Enrollment.ACTIVE and row.enrollment_on and on < row.enrollment_on:
        return f"Enrollment for {words} with {payer.name} begins on {_day(row.enrollment_on)}."
    return ""


def _day(on: date) -> str:
    return f"{on:%B} {on.day}, {on.year}"
