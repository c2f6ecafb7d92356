"""The records of planning: what the planner may know, and what it may decide."""

from dataclasses import dataclass

from apps.claims.rules.answered_version import ONLY_VERSION, AnsweredVersion
from apps.remittances.rules.adjudicate import AdjudicatedLine
from apps.remittances.rules.billed import BilledClaim
from apps.remittances.rules.classes import ClassTable
from apps.remittances.rules.effect import NO_EFFECT, Effect
from apps.remittances.rules.outcomes import Outcome, Problem
from apps.remittances.rules.replay import Answer


@dataclass(frozen=True, slots=True)
class Situation:
    """`billed` was found by number, or chosen by a person."""

    billed: BilledClaim | None
    payer_id: int | None
    table: ClassTable


@dataclass(frozen=True, slots=True)
class PlannedPosting:
    """The payer's word on each line and, once the visit is replayed, what it does to the books. `status_code` is CLP02 as it is
    meant; `contract_question` and `version_question` are for a person to look at. `version` of the claim is answered; `frequency` is CLP09.
    """

    outcome: Outcome
    billed: BilledClaim
    payer_id: int
    status_code: str
    lines: tuple[AdjudicatedLine, ...]
    contract_question: str = ""
    version_question: str = ""
    version: AnsweredVersion = ONLY_VERSION
    frequency: str = ""
    effect: Effect = NO_EFFECT


@dataclass(frozen=True, slots=True)
class PlannedReversal:
    """An earlier posting is undone whole; `undoes` is found when the visit is replayed. Its `effect` moves no charge: at most, something
    that people gave up gives way.
    """

    billed: BilledClaim
    payer_id: int
    lines: tuple[AdjudicatedLine, ...]
    undoes: Answer | None = None
    effect: Effect = NO_EFFECT
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
