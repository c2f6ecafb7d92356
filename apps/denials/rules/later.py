"""What a later remittance makes of a denial that is not decided yet."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
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
    reversed since are left out. `of_another`: of another payer than the one that denied it.
    """

    paid: Decimal
    cost_share: Decimal
    denied: Decimal
    contractual: Decimal = Decimal(0)
    of_another: bool = False


@dataclass(frozen=True, slots=True)
class Result:
    turnout: Turnout
    recovered: Decimal = Decimal(0)


def result(
    *,
    denied: Decimal,
    paid_with_denial: Decimal,
    taken_back: bool,
    later: Sequence[LaterAnswer],
    patients_share: Decimal = Decimal(0),
) -> Result:
    """Of `denied` dollars. `paid_with_denial` was paid on the denied line itself (a partial denial) and `patients_share` left to the
    patient; `taken_back`: the payer reversed that answer.

    A later answer replaces a reversed one, else it stands beside it; the last one decides. An answer that allows the service
    recovers it, also where the patient owes all of it. Another payer is asked for the patient's share: what it pays of that, or leaves to
    the patient, recovers nothing of the denial; only what goes beyond it does (`further_movement`). Where all that was denied is settled
    by what it pays and takes off by contract, nothing is left to win. That it refuses, too, decides nothing for the one that denied.
    """
    if not later:
        return Result(Turnout.REVERSED if taken_back else Turnout.STANDS)
    before = paid_with_denial if taken_back else Decimal(0)
    share = Decimal(0) if taken_back else patients_share
    told = _beyond_share(later, share)
    gained = max(sum((answer.paid for answer in told), Decimal(0)) - before, Decimal(0))
    last = told[-1]
    if Decimal(0) < denied <= sum((_settled(answer) for answer in later if answer.of_another), -share):
        return Result(Turnout.RECOVERED, gained)
    if last.denied > 0 and gained <= 0:
        return Result(Turnout.STANDS if last.of_another else Turnout.UPHELD)
    if last.paid + last.cost_share > 0:
        return Result(Turnout.RECOVERED, gained)
    return Result(Turnout.UPHELD if last.denied > 0 else Turnout.STANDS)


def _settled(answer: LaterAnswer) -> Decimal:
    return max(answer.paid, Decimal(0)) + max(answer.contractual, Decimal(0))


def _beyond_share(later: Sequence[LaterAnswer], share: Decimal) -> list[LaterAnswer]:
    """Other payers' answers without what falls on the patient's share: money and reductions first, then what they leave to the patient."""
    found = []
    for answer in later:
        if answer.of_another:
            on_share = min(max(answer.paid, Decimal(0)), share)
            still = max(share - _settled(answer), Decimal(0))
            share -= on_share
            rest = max(answer.cost_share - still, Decimal(0))
            found.append(replace(answer, paid=answer.paid - on_share, cost_share=rest))
        else:
            found.append(answer)
    return found
