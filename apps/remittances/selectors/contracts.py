"""What is to be compared with the contracts, and with which terms."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import Prefetch, QuerySet

from apps.claims.models import Adjudication, AdjudicationAdjustment, Claim
from apps.claims.rules.answer_keys import answer_of
from apps.claims.rules.outcome import FURTHER_PAYER
from apps.practice.models import FeeScheduleLine, Payer, Practice
from apps.remittances.models import UnderpaidLine
from apps.remittances.rules.contract import AllowedLine, Price, Tolerance

_UNSEEN = Adjudication.objects.filter(contract_verdict="", reversed=False)
_REVERSED = UnderpaidLine.objects.filter(taken_back=False, adjudication__reversed=True)

_OF_ANSWER = (
    "claim", "payer", "key", "claim_status_code", "charge", "allowed", "contractual", "denied",
    "line__procedure", "line__modifiers", "line__units",
)  # fmt: skip


def lines_to_compare() -> "QuerySet[Adjudication]":
    return _UNSEEN.all()


def lines_taken_back() -> "QuerySet[UnderpaidLine]":
    """Reversed since they were found short."""
    return _REVERSED.all()


def claims_to_compare() -> list[int]:
    """Keys of claims with an answer that nobody compared, or with one that its payer took back."""
    fresh = _UNSEEN.order_by("claim").values_list("claim", flat=True).distinct()
    undone = _REVERSED.values_list("underpayment__claim", flat=True)
    return sorted({*fresh, *undone})


def to_compare(claims: Mapping[int, Claim]) -> list[Adjudication]:
    """What is not compared of these claims, by their keys, with its line and `reductions`; of each row only what that takes."""
    found = _UNSEEN.filter(claim__any_of=claims).select_related("line").order_by("pk").only(*_OF_ANSWER)
    reductions = AdjudicationAdjustment.objects.only("adjudication", "carc", "amount", "adjustment_class")
    rows: list[Adjudication] = list(found.prefetch_related(Prefetch("adjustments", reductions, to_attr="reductions")))
    for row in rows:
        row.claim = claims[row.claim_id]
    return rows


def comparable_keys(rows: Iterable[Adjudication]) -> set[str]:
    """First payers' answers to a line. Where the payer reduced the claim as a whole, how much falls on a line is not known."""
    whole = {answer_of(row.key) for row in rows if row.line_id is None and (row.contractual or row.denied)}
    return {row.key for row in rows if row.line_id is not None and _is_first(row) and answer_of(row.key) not in whole}


def _is_first(row: Adjudication) -> bool:
    claim = row.claim
    if claim.payer_rank != 1 or row.payer_id != claim.payer_id or row.claim_status_code in FURTHER_PAYER:
        return False
    prior = AdjudicationAdjustment.Class.PRIOR_PAYER
    return not any(each.adjustment_class == prior for each in row.reductions)  # type: ignore[attr-defined]  # prefetched


def allowed_line(row: Adjudication) -> AllowedLine:
    """Of a row that `to_compare` read and that has a line."""
    line = row.line
    if line is None:
        raise ValueError("This says nothing of a line.")
    return AllowedLine(
        procedure=line.procedure,
        modifiers=line.modifiers,
        units=line.units,
        service_date=row.claim.service_date,
        charge=row.charge,
        allowed=row.allowed,
        denied=row.denied,
        reductions=[(each.carc, each.amount) for each in row.reductions],  # type: ignore[attr-defined]  # prefetched
    )


@dataclass(slots=True)
class Terms:
    """A payer's prices by procedure, and how far below them is a task."""

    tolerance: Tolerance
    prices: dict[str, list[Price]] = field(default_factory=lambda: defaultdict(list))


def terms_of(rows: Sequence[Adjudication]) -> Mapping[int, Terms]:
    """By payer: what its schedule says of the procedures of these rows."""
    payers = {row.payer_id for row in rows}
    procedures = {row.line.procedure for row in rows if row.line}
    practice = Practice.objects.first()
    usual = Tolerance(practice.underpaid_beyond, practice.underpaid_beyond_percent) if practice else Tolerance()
    terms = {payer.pk: Terms(_tolerance(payer, usual)) for payer in Payer.objects.filter(pk__in=payers)}
    for row in FeeScheduleLine.objects.filter(payer__in=payers, procedure__in=procedures):
        price = Price(row.procedure, row.modifier, row.allowed, row.effective_on, row.ends_on, row.source)
        terms[row.payer_id].prices[row.procedure].append(price)
    return terms


def _tolerance(payer: Payer, usual: Tolerance) -> Tolerance:
    dollars, percent = payer.underpaid_beyond, payer.underpaid_beyond_percent
    return Tolerance(usual.dollars if dollars is None else dollars, usual.percent if percent is None else percent)
