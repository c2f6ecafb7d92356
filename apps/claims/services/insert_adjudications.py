"""The rows of what payers said, written many at once."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from apps.claims.models import Adjudication, AdjudicationAdjustment
from apps.claims.rules.answered_version import VersionBasis
from apps.claims.rules.outcome import REVERSAL
from apps.core.bulk_rows import copy_rows, new_keys


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAdjustment:
    """One CAS triplet with the class that the posting gave it."""

    group: str
    carc: str
    amount: Decimal
    adjustment_class: AdjudicationAdjustment.Class
    segment: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAdjudication:
    """What one SVC (or, `line_id` empty, one CLP) says; dollars.

    `key` names transmission, payment, CLP and SVC: the same key comes in once. A reversal (CLP02 22) is a row too, with its
    negative amounts; it undoes the rows that `reverses` names by key or, where the caller cannot tell, all that this payer had
    said of the claim before this call. `correction_id`: what made the version that is answered, none of the claim as it was first
    sent; `version_basis` says how that is known, `frequency` is CLP09.
    """

    claim_id: int
    line_id: int | None
    payer_id: int
    key: str
    claim_status_code: str
    charge: Decimal
    paid: Decimal
    allowed: Decimal
    cost_share: Decimal
    contractual: Decimal
    denied: Decimal
    is_denied: bool
    transmission_id: int
    segment: int
    remitted_on: date
    remark_codes: tuple[str, ...] = ()
    decided_procedure: str = ""
    adjustments: tuple[NewAdjustment, ...] = ()
    reverses: tuple[str, ...] = ()
    correction_id: int | None = None
    version_basis: VersionBasis = VersionBasis.ONLY
    frequency: str = ""

    @property
    def is_reversal(self) -> bool:
        return self.claim_status_code == REVERSAL


def insert_adjudications(rows: Sequence[NewAdjudication], undone: Collection[str], *, now: datetime) -> None:
    """`undone`: keys of rows, of these or of earlier ones, that do not stand any more."""
    if undone:
        Adjudication.objects.filter(key__any_of=undone, reversed=False).update(reversed=True)
    keys = new_keys(Adjudication, len(rows))
    copy_rows(
        Adjudication,
        _ADJUDICATION,
        (_adjudication(key, row, row.key in undone, now) for key, row in zip(keys, rows, strict=True)),
    )
    copy_rows(
        AdjudicationAdjustment,
        ("adjudication", "group", "carc", "amount", "adjustment_class", "segment"),
        (
            (key, each.group, each.carc, each.amount, each.adjustment_class.value, each.segment)
            for key, row in zip(keys, rows, strict=True)
            for each in row.adjustments
        ),
    )


_ADJUDICATION = (
    "id",
    "claim",
    "line",
    "payer",
    "key",
    "claim_status_code",
    "charge",
    "paid",
    "allowed",
    "cost_share",
    "contractual",
    "denied",
    "remark_codes",
    "decided_procedure",
    "is_denied",
    "reversed",
    "correction",
    "version_basis",
    "frequency",
    "contract_verdict",
    "transmission",
    "segment",
    "remitted_on",
    "recorded_at",
)


def _adjudication(key: int, row: NewAdjudication, undone: bool, now: datetime) -> tuple[object, ...]:
    """In the order of `_ADJUDICATION`. A reversal never stands itself: it is marked reversed along with what it undoes."""
    return (
        key,
        row.claim_id,
        row.line_id,
        row.payer_id,
        row.key,
        row.claim_status_code,
        row.charge,
        row.paid,
        row.allowed,
        row.cost_share,
        row.contractual,
        row.denied,
        list(row.remark_codes) or "{}",
        row.decided_procedure,
        row.is_denied,
        undone or row.is_reversal,
        row.correction_id,
        row.version_basis.value,
        row.frequency[:1],
        "",  # held against the contract later
        row.transmission_id,
        row.segment,
        row.remitted_on,
        now,
    )
