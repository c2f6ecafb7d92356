"""What the planner must know of our side, read for many CLPs at once."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from django.db.models import Q

from apps.claims.models import Adjudication, Claim, ClaimLine
from apps.claims.states import ClaimStatus
from apps.ledger.selectors import charge_positions, standing_adjustments
from apps.remittances.models import AdjustmentClass as AdjustmentClassRow
from apps.remittances.models import RemittedClaim as RemittedClaimRow
from apps.remittances.rules.billed import BilledClaim, BilledLine, is_plausible
from apps.remittances.rules.classes import AdjustmentClass, ClassRow, ClassTable
from apps.remittances.rules.effect import Concession
from apps.remittances.rules.movement import OpenCharge
from apps.remittances.rules.plans import EarlierPosting
from apps.x12.guides.x835 import RemittedClaim

STANDING = (RemittedClaimRow.Outcome.POSTED, RemittedClaimRow.Outcome.POSTED_WITH_DENIAL)


def class_rows() -> list[ClassRow]:
    return [
        ClassRow(row.carc, AdjustmentClass(row.adjustment_class), row.group, row.rarc, row.payer_id)
        for row in AdjustmentClassRow.objects.all()
    ]


class ClassTables:
    """One table a payer, made when first asked for."""

    def __init__(self) -> None:
        self._rows = class_rows()
        self._tables: dict[int | None, ClassTable] = {}

    def of(self, payer_id: int | None) -> ClassTable:
        if payer_id not in self._tables:
            self._tables[payer_id] = ClassTable(self._rows, payer_id)
        return self._tables[payer_id]


def match_claims(remitted: Sequence[RemittedClaim]) -> list[BilledClaim | None]:
    """For each CLP our claim: by control number (every version bears the same), else by the payer's claim number.

    A number alone is not enough, see `is_plausible`. Locks the claims found until the transaction ends.
    """
    numbers = {item.control_number for item in remitted if item.control_number}
    payer_numbers = {item.payer_claim_number for item in remitted if item.payer_claim_number}
    found = billed_claims(Q(control_number__any_of=numbers) | Q(payer_claim_number__any_of=payer_numbers))
    by_number = {claim.control_number: claim for claim in found}
    by_payer_number = {claim.payer_claim_number: claim for claim in found if claim.payer_claim_number}
    return [
        _match(item, by_number.get(item.control_number), by_payer_number.get(item.payer_claim_number))
        for item in remitted
    ]


def _match(remitted: RemittedClaim, *found: BilledClaim | None) -> BilledClaim | None:
    return next((claim for claim in found if claim and is_plausible(remitted, claim)), None)


def billed_claims(condition: Q, *, lock: bool = True) -> list[BilledClaim]:
    """Locked until the transaction ends, in the order of their keys; a page that only looks does not lock."""
    claims = Claim.objects.filter(condition)
    if lock:
        claims = claims.select_for_update(of=("self",))
    rows = list(claims.order_by("pk").values(*_BILLED, "patient__last_name", "coverage__member_id", "status", "pk"))
    lines = _billed_lines([row["pk"] for row in rows])
    return [
        BilledClaim(
            **{name: row[name] for name in _BILLED},
            claim_id=row["pk"],
            last_name=row["patient__last_name"],
            member_id=row["coverage__member_id"],
            lines=tuple(lines[row["pk"]]),
            voided=row["status"] == ClaimStatus.VOIDED,
        )
        for row in rows
    ]


# Columns of a claim that BilledClaim calls by the same name.
_BILLED = (
    "encounter_id",
    "patient_id",
    "payer_id",
    "control_number",
    "payer_claim_number",
    "total",
    "service_date",
)


def _billed_lines(claim_ids: Sequence[int]) -> dict[int, list[BilledLine]]:
    lines: dict[int, list[BilledLine]] = defaultdict(list)
    rows = ClaimLine.objects.filter(claim__any_of=claim_ids).order_by("claim_id", "number")
    told = rows.values_list("claim_id", "pk", "charge_id", "control_number", "procedure", "modifiers", "amount")
    for claim_id, line_id, charge_id, control_number, procedure, modifiers, amount in told:
        lines[claim_id].append(BilledLine(line_id, charge_id, control_number, procedure, tuple(modifiers), amount))
    return lines


def open_charges(charge_ids: Iterable[int]) -> dict[int, OpenCharge]:
    return {
        charge_id: OpenCharge(position.receivable.insurance, position.receivable.patient, position.charged)
        for charge_id, position in charge_positions(charge_ids).items()
    }


def concessions(charge_ids: Iterable[int]) -> list[Concession]:
    """What people gave up of these charges, and no later answer took back."""
    return [
        Concession(
            entry.entry_id,
            {charge: OpenCharge(moved.insurance, moved.patient) for charge, moved in entry.moved.items()},
        )
        for entry in standing_adjustments(charge_ids)
    ]


def earlier_postings(claim_ids: Iterable[int]) -> dict[int, list[EarlierPosting]]:
    """Each claim's standing CLPs as the planner takes them, oldest first."""
    return {
        claim_id: [
            EarlierPosting(row.pk, row.payment.payer_id, row.charge, row.paid, row.entry_id, row.key) for row in rows
        ]
        for claim_id, rows in standing_rows(claim_ids).items()
    }


def standing_rows(claim_ids: Iterable[int]) -> dict[int, list[RemittedClaimRow]]:
    """Each claim's standing CLPs, posted and not reversed, oldest first."""
    rows = (
        RemittedClaimRow.objects.filter(claim__any_of=list(claim_ids), outcome__in=STANDING, reversed_by=None)
        .select_related("payment__file")
        .order_by("pk")
    )
    standing: dict[int, list[RemittedClaimRow]] = defaultdict(list)
    for row in rows:
        if row.claim_id is not None:
            standing[row.claim_id].append(row)
    return standing


def standing_adjudications(claim_id: int) -> dict[str, list[Adjudication]]:
    """The payers' standing words on a claim, with their adjustments, by the CLP that says them."""
    words: dict[str, list[Adjudication]] = defaultdict(list)
    rows = Adjudication.objects.filter(claim_id=claim_id, reversed=False).prefetch_related("adjustments")
    for row in rows.order_by("pk"):
        words[row.key.rpartition(":")[0]].append(row)
    return words


def standing_adjudication_keys(claim_ids: Iterable[int]) -> dict[int, list[str]]:
    """By claim, for a reversal that names what it undoes."""
    keys: dict[int, list[str]] = defaultdict(list)
    rows = Adjudication.objects.filter(claim_id__in=list(claim_ids), reversed=False)
    for claim_id, key in rows.values_list("claim_id", "key"):
        keys[claim_id].append(key)
    return keys
