"""Where a PLB's money goes when it leaves payer clearing (DOMAIN 4). Positive reduces the payment."""

from enum import StrEnum


class Counterpart(StrEnum):
    """`CARRIED`: will come back in a later payment, so it waits as cash not yet applied. `ADJUSTMENT`: is settled with it."""

    CARRIED = "carried"
    ADJUSTMENT = "adjustment"


_CARRIED = frozenset({"WO", "FB", "72", "CS", "OB"})

SENTENCES = {
    "WO": "Recovery of an earlier overpayment",
    "FB": "Balance carried to or from another payment",
    "72": "Refund that the practice had sent",
    "L6": "Interest paid to the practice",
    "E3": "Withheld under the contract",
    "CT": "Monthly fee under capitation",
    "CS": "Correction of an earlier payment",
    "J1": "Not reimbursable",
}


def counterpart_of(reason: str) -> Counterpart:
    return Counterpart.CARRIED if reason in _CARRIED else Counterpart.ADJUSTMENT


def sentence_of(reason: str) -> str:
    return SENTENCES.get(reason, "Adjustment of the payment as a whole")
