"""Compare what first payers allowed with their contracts, once for each line that they adjudicated. Posting is not touched by it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import QuerySet

from apps.claims.models import Adjudication, Claim
from apps.claims.services import record_verdicts
from apps.claims.services.lock_claims import lock_claims
from apps.core.money import ZERO
from apps.remittances.models import UnderpaidLine, Underpayment
from apps.remittances.rules.contract import Comparison, Verdict, compare
from apps.remittances.selectors.contracts import (
    Terms,
    allowed_line,
    claims_to_compare,
    comparable_keys,
    terms_of,
    to_compare,
)
from apps.worklist.models import WorkItem
from apps.worklist.queue import NewItem, open_items, restate_amount, withdraw_items

CHUNK = 500
TITLE = "Dispute a payment below the contract, or accept it"
_TAKEN_BACK = "The payer took its answer back."
_OF_CLAIM = ("payer", "payer_rank", "service_date")
_State = Underpayment.State


@dataclass(frozen=True, slots=True)
class CheckedContracts:
    """Lines compared (or left out for a reason), claims found underpaid, and tasks that the payer's reversal closed."""

    lines: int = 0
    underpaid: int = 0
    taken_back: int = 0

    def __add__(self, other: "CheckedContracts") -> "CheckedContracts":
        return CheckedContracts(
            self.lines + other.lines, self.underpaid + other.underpaid, self.taken_back + other.taken_back
        )


def check_contracts(*, now: datetime, chunk: int = CHUNK) -> CheckedContracts:
    """All lines that were not looked at yet, `chunk` claims a transaction. Again: finds nothing to do."""
    total = CheckedContracts()
    claims = claims_to_compare()
    for start in range(0, len(claims), chunk):
        total += _check(claims[start : start + chunk], now)
    return total


@transaction.atomic
def _check(claim_ids: Sequence[int], now: datetime) -> CheckedContracts:
    claims = {claim.pk: claim for claim in lock_claims(Claim.objects.filter(pk__any_of=claim_ids).only(*_OF_CLAIM))}
    taken_back = _close_taken_back(claims, now)
    rows = to_compare(claims)
    terms = terms_of(rows)
    comparable = comparable_keys(rows)
    found = {row: _compare(row, terms, comparable) for row in rows}
    verdicts: dict[Adjudication.ContractVerdict, list[int]] = defaultdict(list)
    for row, comparison in found.items():
        verdicts[Adjudication.ContractVerdict(comparison.verdict)].append(row.pk)
    record_verdicts(verdicts)
    short = {row: each for row, each in found.items() if each.verdict is Verdict.UNDERPAID}
    return CheckedContracts(len(rows), _open(short, claims, now), taken_back)


def _compare(row: Adjudication, terms: Mapping[int, Terms], comparable: set[str]) -> Comparison:
    if row.key not in comparable:
        return Comparison(Verdict.NOT_COMPARED)
    line, payer = allowed_line(row), terms[row.payer_id]
    return compare(line, payer.prices.get(line.procedure, ()), payer.tolerance)


def _open(short: Mapping[Adjudication, Comparison], claims: Mapping[int, Claim], now: datetime) -> int:
    """A claim's open row takes further lines in; there is one task for each."""
    by_claim: dict[int, list[Adjudication]] = defaultdict(list)
    for row in short:
        by_claim[row.claim_id].append(row)
    still_open = _locked().filter(claim__in=by_claim, state=_State.OPEN)
    standing = {each.claim_id: each for each in still_open}
    fresh = [
        Underpayment(claim=claims[key], payer_id=claims[key].payer_id, short=ZERO, opened_at=now)
        for key in by_claim
        if key not in standing
    ]
    rows = {each.claim_id: each for each in (*standing.values(), *fresh)}
    for key, of_claim in by_claim.items():
        rows[key].short += sum((short[row].short for row in of_claim), ZERO)
    for each, item in zip(fresh, open_items([_task(each) for each in fresh], now=now), strict=True):
        each.work_item = item
    Underpayment.objects.bulk_create(fresh)
    for each in standing.values():
        _restate(each)
    UnderpaidLine.objects.bulk_create(_evidence(rows[row.claim_id], row, found) for row, found in short.items())
    return len(fresh)


def _locked() -> "QuerySet[Underpayment]":
    """A person may settle one at the same moment: what either of the two writes, the other sees."""
    return Underpayment.objects.select_for_update(no_key=True).order_by("pk")


def _task(row: Underpayment) -> NewItem:
    return NewItem(
        kind="underpayment",
        title=TITLE,
        owner_role=WorkItem.OwnerRole.BILLER,
        url_name="remittances:underpayment",
        subject_public_id=row.public_id,
        amount_at_stake=row.short,
    )


def _evidence(row: Underpayment, adjudication: Adjudication, found: Comparison) -> UnderpaidLine:
    line, price = allowed_line(adjudication), found.price
    if price is None:
        raise ValueError("A line without a contract price cannot be short of it.")
    return UnderpaidLine(
        underpayment=row,
        adjudication=adjudication,
        procedure=line.procedure,
        modifiers=list(line.modifiers),
        units=line.units,
        price=price.amount,
        price_modifier=price.modifier,
        price_source=price.source,
        price_effective_on=price.effective_on,
        expected=found.expected,
        allowed=line.allowed_by_contract,
        short=found.short,
    )


def _close_taken_back(claims: Iterable[int], now: datetime) -> int:
    """An answer that the payer reversed is no underpayment any more; what it says instead is compared afresh."""
    undone = UnderpaidLine.objects.filter(
        underpayment__claim__in=list(claims), taken_back=False, adjudication__reversed=True
    )
    keys = set(undone.values_list("underpayment", flat=True))
    UnderpaidLine.objects.filter(pk__in=list(undone.values_list("pk", flat=True))).update(taken_back=True)
    closed = []
    for row in _locked().filter(pk__in=keys).prefetch_related("lines"):
        left: list[Decimal] = [line.short for line in row.lines.all() if not line.taken_back]
        if left:
            row.short = sum(left, ZERO)
            _restate(row)
        elif row.state in {_State.OPEN, _State.DISPUTED}:
            row.state, row.settled_at, row.note = _State.TAKEN_BACK, now, row.note or _TAKEN_BACK
            row.save(update_fields=["state", "settled_at", "note"])
            closed.append(row)
    withdraw_items([row.work_item_id for row in closed if row.work_item_id], now=now, outcome=_TAKEN_BACK)
    return len(closed)


def _restate(row: Underpayment) -> None:
    row.save(update_fields=["short"])
    if row.work_item_id:
        restate_amount(row.work_item_id, row.short)
