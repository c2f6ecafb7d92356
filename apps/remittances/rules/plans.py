"""The records of planning: what the planner may know, and what it may decide."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from apps.remittances.rules.adjudicate import AdjudicatedLine
from apps.remittances.rules.billed import BilledClaim
from apps.remittances.rules.classes import ClassTable
from apps.remittances.rules.effect import Concession, Effect
from apps.remittances.rules.movement import OpenCharge
from apps.remittances.rules.outcomes import Outcome, Problem


@dataclass(frozen=True, slots=True)
class EarlierPosting:
    """A CLP of the same claim that stands: posted, not reversed. `entry_id` is empty where no money moved (a denial).

    `key` names the CLP; those of its adjudications begin with it.
    """

    remitted_claim_id: int
    payer_id: int | None
    charge: Decimal
    paid: Decimal
    entry_id: int | None
    key: str


@dataclass(frozen=True, slots=True)
class Situation:
    """`billed` was found by number, or chosen by a person. `earlier` are the claim's standing CLPs, oldest first."""

    billed: BilledClaim | None
    payer_id: int | None
    table: ClassTable
    open_charges: Mapping[int, OpenCharge]
    earlier: Sequence[EarlierPosting] = ()
    concessions: Sequence[Concession] = ()


@dataclass(frozen=True, slots=True)
class PlannedPosting:
    """What it does to the books, and the payer's word on each line. `status_code` is CLP02 as it is meant."""

    outcome: Outcome
    billed: BilledClaim
    payer_id: int
    status_code: str
    effect: Effect
    lines: tuple[AdjudicatedLine, ...]
    needs_contract_check: bool = False


@dataclass(frozen=True, slots=True)
class PlannedReversal:
    """The earlier posting is undone whole."""

    billed: BilledClaim
    payer_id: int
    undoes: EarlierPosting
    lines: tuple[AdjudicatedLine, ...]
    outcome: Outcome = Outcome.REVERSED


@dataclass(frozen=True, slots=True)
class Noted:
    """Nothing was adjudicated and no money moved."""

    outcome: Outcome
    sentence: str
    billed: BilledClaim | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """Waits for a person; its money stays in payer clearing. The sentence names no patient."""

    outcome: Outcome
    problem: Problem
    sentence: str
    billed: BilledClaim | None = None


Plan = PlannedPosting | PlannedReversal | Noted | Held
