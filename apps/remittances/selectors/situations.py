"""What the planner must know of our side, read for many CLPs at once."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import Q

from apps.claims.models import Claim, ClaimLine
from apps.claims.selectors.versions_sent import versions_sent
from apps.claims.states import ClaimStatus
from apps.ledger.selectors import (
    ChargePosition,
    charge_positions,
    charged,
    movements_beside_answers,
    standing_adjustments,
)
from apps.remittances.models import RemittedClaim as RemittedClaimRow
from apps.remittances.rules.billed import BilledClaim, BilledLine, is_plausible
from apps.remittances.rules.classes import ClassTable
from apps.remittances.rules.effect import Concession
from apps.remittances.rules.movement import OpenCharge
from apps.remittances.rules.replay import Act
from apps.remittances.selectors.classes import class_rows
from apps.x12.guides.x835 import RemittedClaim


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
    """For each CLP our claim: by control number (every version bears the same), else by the payer's claim number; else by the
    lines' numbers, or by a number of the payer's that an earlier answer gave.

    A number alone is not enough, see `is_plausible`. Locks all claims of the visits found until the transaction ends.
    """
    numbers = {item.control_number for item in remitted if item.control_number}
    payer_numbers = {item.payer_claim_number for item in remitted if item.payer_claim_number}
    found = billed_claims(Q(control_number__any_of=numbers) | Q(payer_claim_number__any_of=payer_numbers))
    by_number = {claim.control_number: claim for claim in found}
    by_payer_number = {claim.payer_claim_number: claim for claim in found if claim.payer_claim_number}
    matched = [
        _match(item, [by_number.get(item.control_number)], by_payer_number.get(item.payer_claim_number))
        for item in remitted
    ]
    lost = [item for item, claim in zip(remitted, matched, strict=True) if claim is None]
    others = iter(_match_by_traces(lost))
    return [claim or next(others) for claim in matched]


def _match_by_traces(lost: Sequence[RemittedClaim]) -> list[BilledClaim | None]:
    payer_numbers = {item.payer_claim_number for item in lost if item.payer_claim_number}
    line_numbers = {line.control_number for item in lost for line in item.lines if line.control_number}
    if not (payer_numbers or line_numbers):
        return [None for _ in lost]
    rows = RemittedClaimRow.objects.filter(payer_claim_number__any_of=payer_numbers, claim__isnull=False).order_by(
        "-pk"
    )
    earlier = dict(rows.values_list("payer_claim_number", "claim"))
    lines = ClaimLine.objects.filter(control_number__any_of=line_numbers).order_by("-pk")
    by_line = dict(lines.values_list("control_number", "claim"))
    found = {claim.claim_id: claim for claim in billed_claims(Q(pk__any_of={*earlier.values(), *by_line.values()}))}
    return [
        _match(
            item,
            [found.get(by_line.get(line.control_number, 0)) for line in item.lines],
            found.get(earlier.get(item.payer_claim_number, 0)),
        )
        for item in lost
    ]


def _match(
    remitted: RemittedClaim, ours: Iterable[BilledClaim | None], theirs: BilledClaim | None
) -> BilledClaim | None:
    """The first plausible one: of those found by numbers of ours, then the one found by the payer's."""
    for claim in ours:
        if claim and is_plausible(remitted, claim, by_our_number=True):
            return claim
    return theirs if theirs and is_plausible(remitted, theirs, by_our_number=False) else None


def billed_claims(condition: Q, *, lock: bool = True) -> list[BilledClaim]:
    """Those that fit, and with them the other claims of their visits: they share the charges.

    Locked until the transaction ends, in the order of their keys; a page that only looks does not lock.
    """
    visits = Claim.objects.filter(condition).values("encounter")
    claims = Claim.objects.filter(encounter__in=visits)
    if lock:
        claims = claims.select_for_update(of=("self",))
    rows = list(claims.order_by("pk").values(*_BILLED, "patient__last_name", "coverage__member_id", "status", "pk"))
    lines = _billed_lines([row["pk"] for row in rows])
    places, versions = _places(rows), versions_sent([row["pk"] for row in rows]) if rows else {}
    return [
        BilledClaim(
            **{name: row[name] for name in _BILLED},
            claim_id=row["pk"],
            last_name=row["patient__last_name"],
            member_id=row["coverage__member_id"],
            lines=tuple(lines[row["pk"]]),
            voided=row["status"] == ClaimStatus.VOIDED,
            places=places[row["encounter_id"]],
            versions=versions.get(row["pk"], ()),
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
    "public_id",
    "payer_rank",
)


def _places(claims: Iterable[Mapping[str, Any]]) -> dict[int, dict[int, int]]:
    """By visit, the payers of its claims and which of them is asked first; the better place of a payer that has two."""
    places: dict[int, dict[int, int]] = defaultdict(dict)
    for claim in sorted(claims, key=lambda claim: -claim["payer_rank"]):
        places[claim["encounter_id"]][claim["payer_id"]] = claim["payer_rank"]
    return places


def _billed_lines(claim_ids: Sequence[int]) -> dict[int, list[BilledLine]]:
    lines: dict[int, list[BilledLine]] = defaultdict(list)
    rows = ClaimLine.objects.filter(claim__any_of=claim_ids).order_by("claim_id", "number")
    told = rows.values_list("claim_id", "pk", "charge_id", "control_number", "procedure", "modifiers", "amount")
    for claim_id, line_id, charge_id, control_number, procedure, modifiers, amount in told:
        lines[claim_id].append(BilledLine(line_id, charge_id, control_number, procedure, tuple(modifiers), amount))
    return lines


def open_charges(charge_ids: Iterable[int]) -> dict[int, OpenCharge]:
    return _open(charge_positions(charge_ids))


def charges_as_posted(charge_ids: Iterable[int]) -> dict[int, OpenCharge]:
    return _open(charged(charge_ids))


def _open(positions: Mapping[int, ChargePosition]) -> dict[int, OpenCharge]:
    return {
        charge_id: OpenCharge(
            each.receivable.insurance, each.receivable.patient, each.charged, each.owed_by, each.paid_by_patient
        )
        for charge_id, each in positions.items()
    }


def concessions(charge_ids: Iterable[int]) -> list[Concession]:
    """What people gave up of these charges, and no later answer took back."""
    return [
        Concession(entry.entry_id, _open(entry.moved), entry.first_entry, entry.reason)
        for entry in standing_adjustments(charge_ids)
    ]


def acts(charge_ids: Iterable[int]) -> list[Act]:
    """What patients and people did to these charges, beside the payers' answers."""
    return [
        Act(entry.entry_id, _open(entry.moved), entry.first_entry) for entry in movements_beside_answers(charge_ids)
    ]
