"""What a charge's receivables do when a payer speaks of it. Dollars; credits to a receivable are negative."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

ZERO = Decimal("0.00")
Owed = Mapping[int | None, Decimal]


@dataclass(frozen=True, slots=True)
class OpenCharge:
    """What stands open, and what was charged. `owed_by`: the payers in whose names the insurance's part stands. `paid_by_patient`: what
    the patient paid, less what was given back. `given_up`: of what stood in whose name people gave up how much.
    """

    insurance: Decimal = ZERO
    patient: Decimal = ZERO
    charged: Decimal = ZERO
    owed_by: Owed = field(default_factory=dict)
    paid_by_patient: Decimal = ZERO
    given_up: Owed = field(default_factory=dict)

    @property
    def patients_share(self) -> Decimal:
        """What the answers left with the patient, be it paid or not: when the patient paid changes nothing of what a payer settles."""
        return self.patient + self.paid_by_patient

    @property
    def is_untouched(self) -> bool:
        """The payer owes the whole charge: nothing was posted on it, or all that was has been undone."""
        return self.insurance == self.charged

    def plus(self, shift: "OpenCharge | Movement") -> "OpenCharge":
        """`charged` stays: a shift charges nothing."""
        return replace(
            self,
            insurance=self.insurance + shift.insurance,
            patient=self.patient + shift.patient,
            owed_by=_sums(self.owed_by, shift.owed_by),
            paid_by_patient=self.paid_by_patient + shift.paid_by_patient,
        )

    def after_act(self, shift: "OpenCharge") -> "OpenCharge":
        """What a person or a patient moved: of a payer's debt it can only be given up."""
        given_up = {payer: max(-amount, ZERO) for payer, amount in shift.owed_by.items()}
        return replace(self.plus(shift), given_up=_sums(self.given_up, given_up))

    def negated(self) -> "OpenCharge":
        owed_by = {payer: -amount for payer, amount in self.owed_by.items()}
        return OpenCharge(-self.insurance, -self.patient, owed_by=owed_by, paid_by_patient=-self.paid_by_patient)


def _sums(one: Owed, other: Owed) -> dict[int | None, Decimal]:
    return {payer: one.get(payer, ZERO) + other.get(payer, ZERO) for payer in {**one, **other}}


@dataclass(frozen=True, slots=True)
class Parts:
    """What one CLP says of one charge. `spoken`: it names the charge, be it that all was another payer's."""

    paid: Decimal = ZERO
    contractual: Decimal = ZERO
    cost_share: Decimal = ZERO
    denied: Decimal = ZERO
    spoken: bool = False

    def plus(self, other: "Parts") -> "Parts":
        return Parts(
            self.paid + other.paid,
            self.contractual + other.contractual,
            self.cost_share + other.cost_share,
            self.denied + other.denied,
            self.spoken or other.spoken,
        )

    @property
    def settles(self) -> bool:
        """It says more of the charge than that it is denied."""
        return max(self.paid, self.contractual, self.cost_share) > 0


@dataclass(frozen=True, slots=True)
class Movement:
    """paid + contractual + insurance + patient = 0, always. `owed_by` is `insurance` by the payer in whose name it moves."""

    paid: Decimal
    contractual: Decimal
    insurance: Decimal
    patient: Decimal
    owed_by: Owed = field(default_factory=dict)

    @property
    def paid_by_patient(self) -> Decimal:
        """No payer's word moves what patients paid."""
        return ZERO

    def plus(self, other: "Movement") -> "Movement":
        return Movement(
            self.paid + other.paid,
            self.contractual + other.contractual,
            self.insurance + other.insurance,
            self.patient + other.patient,
            _sums(self.owed_by, other.owed_by),
        )


@dataclass(frozen=True, slots=True)
class Reserved:
    """Dollars of a charge that no reduction takes. `of_share`: what later payers pay and people gave up of the patient's share; `beside`:
    what people gave up of the payers' part.
    """

    of_share: Decimal = ZERO
    beside: Decimal = ZERO

    def plus(self, other: "Reserved") -> "Reserved":
        return Reserved(self.of_share + other.of_share, self.beside + other.beside)

    def less(self, other: "Reserved") -> "Reserved":
        return Reserved(self.of_share - other.of_share, self.beside - other.beside)


NOTHING_RESERVED = Reserved()


def move_charge(
    parts: Parts, now_open: OpenCharge, payer_id: int, *, further: bool, reserved: Reserved = NOTHING_RESERVED
) -> Movement:
    """What `payer_id` says of a charge; `further`: another payer has spoken before it. Where anything has moved the charge,
    only what is new is posted.

    A payer settles what stands in its own name first, then the patient's share, then what stands in others' names (a second payer
    pays what the first left open); what is too much is a credit in its own name. `reserved` is no room for what a further answer takes off.
    """
    restates = further or not now_open.is_untouched
    own = now_open.owed_by.get(payer_id, ZERO)
    move = further_movement(parts, now_open, own, reserved) if restates else first_movement(parts)
    return replace(move, owed_by=in_names(move.insurance, now_open.owed_by, payer_id))


def cash_alone(parts: Parts, payer_id: int) -> Movement:
    """Of an answer that a newer version's has overtaken: what was paid is its payer's credit until it takes that back."""
    return Movement(parts.paid, ZERO, -parts.paid, ZERO, {payer_id: -parts.paid})


def given_back(parts: Parts, move: Movement, now_open: OpenCharge, payer_id: int, handed: Decimal) -> Movement:
    """`move`, and what of the patient's share the payer was handed (`handed` dollars) and neither settles nor denies: the patient's
    again. What it denies waits in its name for a person, as any payer's; what a person has given up of that waits no more.
    """
    in_its_name = now_open.owed_by.get(payer_id, ZERO) + move.owed_by.get(payer_id, ZERO)
    back = min(handed, in_its_name) - max(parts.denied - now_open.given_up.get(payer_id, ZERO), ZERO)
    if not parts.spoken or back <= 0:
        return move
    owed_by = {**move.owed_by, payer_id: move.owed_by.get(payer_id, ZERO) - back}
    return replace(move, insurance=move.insurance - back, patient=move.patient + back, owed_by=owed_by)


def names_in_turn(owed_by: Owed) -> list[int | None]:
    """In which order debts in several names are settled or given up; what stands in nobody's name last."""
    return sorted(owed_by, key=lambda payer: (payer is None, payer or 0))


def in_names(amount: Decimal, owed_by: Owed, payer_id: int) -> dict[int | None, Decimal]:
    """`amount`, which moves the insurance's part, by the names in which it falls: of a credit what stands in the payer's own name, then
    in others'; what is beyond all of them, and any debit, is in its own.
    """
    others = [payer for payer in names_in_turn(owed_by) if payer != payer_id]
    moved: dict[int | None, Decimal] = {}
    for payer in (payer_id, *others):
        part = max(amount, -max(owed_by.get(payer, ZERO), ZERO)) if amount < 0 else ZERO
        if part:
            moved[payer], amount = part, amount - part
    if amount:
        moved[payer_id] = moved.get(payer_id, ZERO) + amount
    return moved


def first_movement(parts: Parts) -> Movement:
    """The first payer's word is posted as it stands; what it denies stays on the insurance receivable."""
    insurance = -(parts.paid + parts.contractual + parts.cost_share)
    return Movement(parts.paid, parts.contractual, insurance, parts.cost_share)


def further_movement(
    parts: Parts, now_open: OpenCharge, own: Decimal = ZERO, reserved: Reserved = NOTHING_RESERVED
) -> Movement:
    """Another payer, or the same again: it restates the whole charge, so only what is new is posted. `own`: what stands in its name.

    Its payment and what it takes off settle, in this order: what stands in its own name (its own denial, or the share that it was handed,
    DOMAIN 1); the patient's share, which is what a further payer is asked for (4, 6); and only with what goes beyond that the part that
    stands in other payers' names. That one they denied: it is theirs to pay until an appeal, a person or such money decides it (5). A
    payment beyond all of it is an insurance credit. Of the share so settled, what the patient has paid already is the patient's credit.

    Adjustments never take the charge below zero, the patient's new share first: charge 500, Medicare paid 300 with PR 75 and CO 125,
    then Medicaid pays 65 with CO 435: the balance is 0, not -425 (DOMAIN 4). Nor do they take what later payers pay and people gave up
    of it (`reserved`): that would be a credit which nobody has paid. What a later payer pays of the share that this one leaves to the
    patient, and people gave up of it, is the same money as that share.
    """
    insurance, patient = now_open.insurance, now_open.patients_share
    own = min(max(own, ZERO), max(insurance, ZERO))
    from_own, from_patient = _first_two(parts.paid, own, patient)
    insurance, patient, own = insurance - (parts.paid - from_patient), patient - from_patient, own - from_own
    left = max(insurance, ZERO) + max(patient, ZERO)
    cost_share = max(min(parts.cost_share, left), ZERO)
    room = left - max(cost_share, reserved.of_share) - reserved.beside
    contractual = min(parts.contractual, max(room, ZERO)) if parts.contractual > 0 else ZERO
    _, off_patient = _first_two(contractual, own, patient)
    insurance, patient = insurance - (contractual - off_patient), patient - off_patient
    to_patient = max(min(cost_share - max(patient, ZERO), insurance), ZERO)
    return Movement(
        parts.paid,
        contractual,
        insurance - to_patient - now_open.insurance,
        patient + to_patient - now_open.patients_share,
    )


def _first_two(amount: Decimal, own: Decimal, patient: Decimal) -> tuple[Decimal, Decimal]:
    """How much of an amount falls on what stands in the payer's own name, and how much on the patient's share."""
    on_own = min(max(amount, ZERO), own)
    return on_own, min(max(amount, ZERO) - on_own, max(patient, ZERO))
