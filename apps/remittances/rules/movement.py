"""What a charge's receivables do when a payer speaks of it. Dollars; credits to a receivable are negative."""

from dataclasses import dataclass
from decimal import Decimal

ZERO = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class OpenCharge:
    """What stands open, and what was charged."""

    insurance: Decimal = ZERO
    patient: Decimal = ZERO
    charged: Decimal = ZERO

    @property
    def is_untouched(self) -> bool:
        """The payer owes the whole charge: nothing was posted on it, or all that was has been undone."""
        return self.insurance == self.charged


@dataclass(frozen=True, slots=True)
class Parts:
    """What one CLP says of one charge."""

    paid: Decimal = ZERO
    contractual: Decimal = ZERO
    cost_share: Decimal = ZERO

    def plus(self, other: "Parts") -> "Parts":
        return Parts(self.paid + other.paid, self.contractual + other.contractual, self.cost_share + other.cost_share)

    @property
    def settles(self) -> bool:
        """It says more of the charge than that it is denied."""
        return max(self.paid, self.contractual, self.cost_share) > 0


@dataclass(frozen=True, slots=True)
class Movement:
    """paid + contractual + insurance + patient = 0, always."""

    paid: Decimal
    contractual: Decimal
    insurance: Decimal
    patient: Decimal


def first_movement(parts: Parts) -> Movement:
    """The first payer's word is posted as it stands; what it denies stays on the insurance receivable."""
    insurance = -(parts.paid + parts.contractual + parts.cost_share)
    return Movement(parts.paid, parts.contractual, insurance, parts.cost_share)


def further_movement(parts: Parts, now_open: OpenCharge) -> Movement:
    """Another payer, or the same again: it restates the whole charge, so only what is new is posted.

    The payment is taken from the insurance receivable, then from the patient's; a rest is an insurance credit. Adjustments
    never take the charge below zero, the patient's new share first: charge 500, Medicare paid 300 with PR 75 and CO 125,
    then Medicaid pays 65 with CO 435: the balance is 0, not -425 (DOMAIN 4).
    """
    from_insurance = min(parts.paid, max(now_open.insurance, ZERO))
    from_patient = min(parts.paid - from_insurance, max(now_open.patient, ZERO))
    insurance = now_open.insurance - (parts.paid - from_patient)
    patient = now_open.patient - from_patient
    left = max(insurance, ZERO) + max(patient, ZERO)
    cost_share = max(min(parts.cost_share, left), ZERO)
    contractual = min(parts.contractual, left - cost_share) if parts.contractual > 0 else ZERO
    off_insurance = min(contractual, max(insurance, ZERO))
    insurance, patient = insurance - off_insurance, patient - (contractual - off_insurance)
    to_patient = max(min(cost_share - max(patient, ZERO), insurance), ZERO)
    return Movement(
        parts.paid,
        contractual,
        insurance - to_patient - now_open.insurance,
        patient + to_patient - now_open.patient,
    )
