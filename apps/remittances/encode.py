"""Plans into the records that the ledger and the claims room take."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from apps.claims.models import AdjudicationAdjustment
from apps.claims.rules.answered_version import ONLY_VERSION
from apps.claims.services import NewAdjudication, NewAdjustment
from apps.ledger.models import Account, Entry, WriteOffReason
from apps.ledger.selectors import rest_key
from apps.ledger.services import NewEntry, NewLeg
from apps.remittances.rules.adjudicate import AdjudicatedLine
from apps.remittances.rules.billed import BilledClaim
from apps.remittances.rules.effect import TakenBack
from apps.remittances.rules.movement import Movement
from apps.remittances.rules.plan import REVERSAL
from apps.remittances.rules.plans import PlannedPosting, PlannedReversal


@dataclass(frozen=True, slots=True)
class Source:
    """Where a CLP stands, and when it counts. `key` names it for ever. `paid_by`: its payment's payer, in whose clearing the money
    stands; none where the directory does not know it.
    """

    key: str
    transmission_id: int
    segment: int
    posted_on: date
    remitted_on: date
    paid_by: int | None = None


def posting_entry(
    billed: BilledClaim, payer_id: int, movements: Mapping[int, Movement], source: Source
) -> NewEntry | None:
    """The money of one CLP: out of clearing, off the receivables of those who owe them. None where nothing moves, as in a denial."""
    patient = billed.patient_id
    legs = [
        NewLeg(
            Account.PAYER_CLEARING, sum((move.paid for move in movements.values()), Decimal()), payer_id=source.paid_by
        )
    ]
    for charge, move in movements.items():
        legs += [
            NewLeg(Account.CONTRACTUAL, move.contractual, patient, charge, payer_id),
            *(
                NewLeg(Account.INSURANCE_RECEIVABLE, amount, patient, charge, payer)
                for payer, amount in move.owed_by.items()
            ),
            NewLeg(Account.PATIENT_RECEIVABLE, move.patient, patient, charge, payer_id),
        ]
    entry = NewEntry(
        Entry.Kind.REMITTANCE, entry_key(source), source.posted_on, tuple(legs), source.transmission_id, source.segment
    )
    return entry if entry.moving_legs else None


def entry_key(source: Source) -> str:
    return f"remittance:{source.key}"


def rest_entry(taken: TakenBack, patient_id: int, source: Source) -> NewEntry:
    """What stays given up where an answer takes a part of it back: under the reason that a person gave, or with the patient still."""
    legs: list[NewLeg] = []
    counter = None if taken.concession.is_release else Account.WRITE_OFF
    for charge, stays in taken.rest.items():
        moved = [(Account.INSURANCE_RECEIVABLE, payer, amount) for payer, amount in stays.owed_by.items()]
        for account, payer, amount in (*moved, (Account.PATIENT_RECEIVABLE, None, stays.patient)):
            legs.append(NewLeg(account, amount, patient_id, charge, payer))
            if counter:
                legs.append(NewLeg(counter, -amount, patient_id, charge, payer))
    given_up = taken.concession
    return NewEntry(
        Entry.Kind.ADJUSTMENT,
        rest_key(given_up.first_entry, given_up.entry_id),
        source.posted_on,
        tuple(legs),
        source.transmission_id,
        source.segment,
        reason=WriteOffReason(given_up.reason) if given_up.reason else None,
    )


def adjudications(
    plan: PlannedPosting | PlannedReversal, source: Source, reversed_keys: Iterable[str] = ()
) -> list[NewAdjudication]:
    """The payer's word on each line. A reversal names the rows that it takes back."""
    is_reversal = isinstance(plan, PlannedReversal)
    status_code = REVERSAL if isinstance(plan, PlannedReversal) else plan.status_code
    reverses = tuple(reversed_keys) if is_reversal else ()
    return [_adjudication(line, plan, source, status_code, reverses) for line in plan.lines]


def _adjudication(
    line: AdjudicatedLine,
    plan: PlannedPosting | PlannedReversal,
    source: Source,
    status_code: str,
    reverses: tuple[str, ...],
) -> NewAdjudication:
    version, frequency = (ONLY_VERSION, "") if isinstance(plan, PlannedReversal) else (plan.version, plan.frequency)
    return NewAdjudication(
        claim_id=plan.billed.claim_id,
        line_id=line.line.line_id if line.line else None,
        payer_id=plan.payer_id,
        key=f"{source.key}:{line.position}",
        claim_status_code=status_code,
        charge=line.charge,
        paid=line.paid,
        allowed=line.allowed,
        cost_share=line.cost_share,
        contractual=line.contractual,
        denied=line.denied,
        is_denied=line.is_denied,
        transmission_id=source.transmission_id,
        segment=line.segment,
        remitted_on=source.remitted_on,
        remark_codes=line.remark_codes,
        decided_procedure=line.decided_as,
        adjustments=tuple(
            NewAdjustment(
                group=item.group,
                carc=item.carc,
                amount=item.amount,
                adjustment_class=AdjudicationAdjustment.Class(item.adjustment_class),
                segment=item.segment,
            )
            for item in line.adjustments
        ),
        reverses=reverses,
        correction_id=version.correction or None,
        version_basis=version.basis,
        frequency=frequency,
    )


def provider_adjustment_entry(
    key: str, amount: Decimal, *, carried: bool, payer_id: int | None, source: Source
) -> NewEntry:
    """A PLB's part of clearing, to where it waits or is settled. Positive reduces the payment."""
    counterpart = Account.UNAPPLIED_CASH if carried else Account.OTHER_ADJUSTMENT
    return _clearing_entry(
        Entry.Kind.PROVIDER_ADJUSTMENT, key, -amount, counterpart=counterpart, payer_id=payer_id, source=source
    )


def deposit_entry(key: str, amount: Decimal, *, payer_id: int | None, source: Source) -> NewEntry:
    """BPR02: money on its way to the bank, not yet explained."""
    return _clearing_entry(
        Entry.Kind.DEPOSIT, key, -amount, counterpart=Account.DEPOSITS, payer_id=payer_id, source=source
    )


def parking_entry(key: str, amount: Decimal, *, payer_id: int | None, source: Source) -> NewEntry:
    """Money that belongs to no claim of ours, set apart as cash not applied."""
    return _clearing_entry(
        Entry.Kind.ADJUSTMENT, key, amount, counterpart=Account.UNAPPLIED_CASH, payer_id=payer_id, source=source
    )


def refund_entry(key: str, amount: Decimal, *, payer_id: int | None, source: Source) -> NewEntry:
    """Money that was set apart goes back to its payer."""
    legs = (
        NewLeg(Account.UNAPPLIED_CASH, amount, None, None, payer_id),
        NewLeg(Account.REFUNDS, -amount, None, None, payer_id),
    )
    return NewEntry(Entry.Kind.PROVIDER_ADJUSTMENT, key, source.posted_on, legs, source.transmission_id, source.segment)


def _clearing_entry(
    kind: Entry.Kind, key: str, clearing: Decimal, *, counterpart: Account, payer_id: int | None, source: Source
) -> NewEntry:
    legs = (
        NewLeg(Account.PAYER_CLEARING, clearing, None, None, payer_id),
        NewLeg(counterpart, -clearing, None, None, payer_id),
    )
    return NewEntry(kind, key, source.posted_on, legs, source.transmission_id, source.segment)
