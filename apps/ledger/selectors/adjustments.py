"""What moved a charge's receivables beside its charge and its payers' answers: people's write-offs and releases, patients' payments."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import F, Q, Sum

from apps.core.money import ZERO
from apps.ledger.models import Account, Entry, Leg
from apps.ledger.selectors.balances import (
    IS_CHARGE,
    IS_PATIENTS_MONEY,
    RECEIVABLES,
    ChargePosition,
    Receivable,
)

_Kind = Entry.Kind


@dataclass(frozen=True, slots=True)
class StandingMovement:
    """An entry that nothing has reversed. `moved` by charge; a credit is negative. `first_entry`: what it is the rest of, else itself.
    `reason` of a write-off, else empty.
    """

    entry_id: int
    moved: dict[int, ChargePosition]
    first_entry: int
    reason: str = ""


_REST = "write_off_rest"


def rest_key(first_entry: int, entry_id: int) -> str:
    """Of what stays given up once a part of the entry `entry_id` is owed again; `first_entry` is what a person wrote off or released.
    An entry is reversed once, so it has one rest.
    """
    return f"{_REST}:{first_entry}:{entry_id}"


def first_written_off(entry_id: int, key: str) -> int:
    """The write-off of which the entry is the rest; of any other entry itself."""
    kind, *told = key.split(":")
    return int(told[0]) if kind == _REST else entry_id


def standing_adjustments(charge_ids: Iterable[int]) -> list[StandingMovement]:
    """The adjusting entries that moved any of these charges, whole, oldest first."""
    entries = Entry.objects.filter(
        kind=_Kind.ADJUSTMENT,
        reversed_by__isnull=True,
        pk__in=Leg.objects.filter(charge__any_of=list(charge_ids), account__in=RECEIVABLES).values("entry_id"),
    )
    return _movements(Q(entry__in=entries, charge__isnull=False))


def movements_beside_answers(charge_ids: Iterable[int]) -> list[StandingMovement]:
    """What moved these charges and is neither the charge nor a remittance nor follows from those (a transfer), oldest first;
    reversed ones are left out with their reversals.
    """
    undone = Q(entry__reversed_by__isnull=False) | Q(entry__kind=_Kind.REVERSAL)
    answers = Q(entry__kind__in=(_Kind.CHARGE, _Kind.REMITTANCE, _Kind.TRANSFER))
    return _movements(Q(charge__any_of=list(charge_ids)) & ~undone & ~answers)


def charged(charge_ids: Iterable[int]) -> dict[int, ChargePosition]:
    """Each charge as it was posted, before anything else moved it."""
    found: dict[int, ChargePosition] = {}
    for movement in _movements(Q(charge__any_of=list(charge_ids)) & IS_CHARGE):
        for charge, moved in movement.moved.items():
            found[charge] = _plus(found.get(charge, ChargePosition()), moved)
    return found


def _plus(one: ChargePosition, other: ChargePosition) -> ChargePosition:
    insurance, patient = (
        one.receivable.insurance + other.receivable.insurance,
        one.receivable.patient + other.receivable.patient,
    )
    owed_by = dict(one.owed_by)
    for payer, amount in other.owed_by.items():
        owed_by[payer] = owed_by.get(payer, ZERO) + amount
    paid = one.paid_by_patient + other.paid_by_patient
    return ChargePosition(Receivable(insurance, patient), one.charged + other.charged, owed_by, paid)


def _movements(condition: Q) -> list[StandingMovement]:
    rows = (
        Leg.objects.filter(condition, account__in=RECEIVABLES)
        .values(
            "entry_id",
            "charge_id",
            "payer_id",
            key=F("entry__key"),
            reason=F("entry__reason"),
            kind=F("entry__kind"),
            undone=F("entry__reverses__kind"),
        )
        .annotate(
            insurance=Sum("amount", filter=Q(account=Account.INSURANCE_RECEIVABLE), default=ZERO),
            patient=Sum("amount", filter=Q(account=Account.PATIENT_RECEIVABLE), default=ZERO),
            patients_money=Sum("amount", filter=IS_PATIENTS_MONEY, default=ZERO),
        )
        .order_by("entry_id", "charge_id")
    )
    found: dict[int, StandingMovement] = {}
    for row in rows:
        entry_id, insurance = row["entry_id"], row["insurance"]
        standing = StandingMovement(entry_id, {}, first_written_off(entry_id, row["key"]), row["reason"])
        moved = found.setdefault(entry_id, standing).moved
        whole: Decimal = insurance + row["patient"] if _Kind.CHARGE in {row["kind"], row["undone"]} else ZERO
        open_now, paid = Receivable(insurance, row["patient"]), -row["patients_money"]
        part = ChargePosition(open_now, whole, {row["payer_id"]: insurance}, paid)
        moved[row["charge_id"]] = _plus(moved.get(row["charge_id"], ChargePosition()), part)
    return list(found.values())
