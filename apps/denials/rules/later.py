"""What a later remittance makes of a denial that is not decided yet."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class Turnout(StrEnum):
    STANDS = "stands"
    RECOVERED = "recovered"
    UPHELD = "upheld"
    REVERSED = "reversed"


@dataclass(frozen=True, slots=True)
class LaterAnswer:
    """What an answer after the denial's own says of the same line (of the whole claim, where that was refused), dollars; those that were
    reversed since are left out.
    """

    paid: Decimal
    cost_share: Decimal
    denied: Decimal


@dataclass(frozen=True, slots=True)
class Result:
    turnout: Turnout
    recovered: Decimal = Decimal(0)


def result(*, paid_with_denial: Decimal, taken_back: bool, later: Sequence[LaterAnswer]) -> Result:
    """`paid_with_denial` was paid on the denied line itself (a partial denial), `taken_back`: the payer reversed that answer.

    A later answer replaces a reversed one, else it stands beside it; the last one decides. An answer that allows the service
    recovers it, also where the patient owes all of it.
    """
    if not later:
        return Result(Turnout.REVERSED if taken_back else Turnout.STANDS)
    before = paid_with_denial if taken_back else Decimal(0)
    gained = max(sum((answer.paid for answer in later), Decimal(0)) - before, Decimal(0))
    last = later[-1]
    if last.denied > 0 and gained <= 0:
        return Result(Turnout.UPHELD)
    if last.paid + last.cost_share > 0:
        return Result(Turnout.RECOVERED, gained)
    return Result(Turnout.UPHELD if last.denied > 0 else Turnout.STANDS)
