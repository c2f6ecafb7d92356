"""What to do with one CLP: post it, undo an earlier one, note it, or hold it for a person. Pure."""

from collections.abc import Sequence
from decimal import Decimal

from apps.claims.rules.answered_version import AnsweredVersion, VersionBasis, answered_version
from apps.claims.rules.outcome import FURTHER_PAYER
from apps.remittances.rules.adjudicate import AdjudicatedLine, adjudicate
from apps.remittances.rules.billed import BilledClaim
from apps.remittances.rules.classes import AdjustmentClass, ClassTable
from apps.remittances.rules.lines import match_lines
from apps.remittances.rules.outcomes import Outcome, Problem
from apps.remittances.rules.plans import Held, Noted, Plan, PlannedPosting, PlannedReversal, Situation
from apps.remittances.rules.words import dollars
from apps.x12.guides.x835 import BalanceLevel, RemittedClaim, claim_imbalances

ZERO = Decimal("0.00")
REVERSAL = "22"
_NOTHING_ADJUDICATED = {
    "23": "Not this payer's claim: it was passed on.",
    "25": "An estimate before the visit, not a payment.",
}
# Contractual by DOMAIN 4, and by their meaning more than the charge: in excess of charges, incentives, bonuses, legislated amounts.
_MEANT_AS_MORE = frozenset({"94", "144", "161", "237"})
_KNOWN = frozenset({"1", "2", "3", "4", "19", "20", "21", REVERSAL, *_NOTHING_ADJUDICATED})


def plan_claim(remitted: RemittedClaim, situation: Situation) -> Plan:
    """What balances, is understood and is ours is posted or undoes; all else is held and says why. What it does to the books is
    found with the visit's other answers, see `replay`.
    """
    unsound = _unsound(remitted, situation.billed)
    if unsound:
        return unsound
    if remitted.status in _NOTHING_ADJUDICATED:
        return _note(remitted, situation.billed)
    if situation.billed is None:
        return Held(Outcome.UNMATCHED, Problem.UNMATCHED, "No claim of ours has this control number.")
    if situation.billed.voided and not is_reversal(remitted):
        sentence = "This claim was voided here, and yet the payer answers it. Ask the payer to take it back, or choose the right claim."
        return Held(Outcome.REFUSED, Problem.STATUS, sentence, situation.billed)
    if situation.payer_id is None:
        sentence = "The payer of this payment is not known, and it did not process the claim as its first payer."
        return Held(Outcome.REFUSED, Problem.UNKNOWN_PAYER, sentence, situation.billed)
    return _plan_matched(remitted, situation.table, situation.billed, situation.payer_id)


def is_reversal(remitted: RemittedClaim) -> bool:
    """Negative amounts undo. Some payers mark the correction 22 as well: its amounts are positive (DOMAIN 4)."""
    return remitted.charge < 0 or (remitted.status == REVERSAL and remitted.paid < 0)


def is_further_payer(remitted: RemittedClaim) -> bool:
    """CLP02 says that another payer had spoken before."""
    return remitted.status in FURTHER_PAYER


def _unsound(remitted: RemittedClaim, billed: BilledClaim | None) -> Held | None:
    found = claim_imbalances(remitted)
    if found:
        worst = found[-1]
        where = "The claim" if worst.level is BalanceLevel.CLAIM else f"Service line {(worst.line or 0) + 1}"
        sentence = (
            f"{where} does not balance: its parts give {dollars(worst.computed)}, it says {dollars(worst.stated)}."
        )
        return Held(Outcome.UNBALANCED, Problem.UNBALANCED, sentence, billed)
    if remitted.lines:
        charged = sum((line.charge for line in remitted.lines), ZERO)
        if charged != remitted.charge:
            sentence = (
                f"The service lines are charged {dollars(charged)} together, the claim {dollars(remitted.charge)}."
            )
            return Held(Outcome.UNBALANCED, Problem.UNBALANCED, sentence, billed)
    if remitted.status not in _KNOWN:
        sentence = f"The claim status {remitted.status or '(empty)'} (CLP02) has no meaning that can be posted."
        return Held(Outcome.REFUSED, Problem.STATUS, sentence, billed)
    return None


def _note(remitted: RemittedClaim, billed: BilledClaim | None) -> Noted | Held:
    meaning = _NOTHING_ADJUDICATED[remitted.status]
    if remitted.paid:
        sentence = f"{meaning} Yet it carries {dollars(remitted.paid)}."
        return Held(Outcome.REFUSED, Problem.STATUS, sentence, billed)
    return Noted(Outcome.INFORMATIONAL, meaning, billed)


def _plan_matched(remitted: RemittedClaim, table: ClassTable, billed: BilledClaim, payer_id: int) -> Plan:
    matches = match_lines(remitted.lines, billed.lines)
    pairs = zip(remitted.lines, matches, strict=True)
    stray = sum(1 for line, ours in pairs if ours is None and (line.charge or line.paid))
    if stray:
        sentence = f"{stray} of {len(remitted.lines)} service lines match no line of the claim."
        return Held(Outcome.UNMATCHED, Problem.LINES, sentence, billed)
    lines = adjudicate(remitted, matches, table)
    if is_reversal(remitted):
        return PlannedReversal(billed, payer_id, lines)
    version = answered_version(billed.versions, remitted.frequency, remitted.payer_claim_number)
    return PlannedPosting(
        outcome=Outcome.POSTED_WITH_DENIAL if any(line.denied > 0 for line in lines) else Outcome.POSTED,
        billed=billed,
        payer_id=payer_id,
        status_code="1" if remitted.status == REVERSAL else remitted.status,
        lines=lines,
        contract_question=_contract_question(lines, further=is_further_payer(remitted)),
        version_question=_version_question(billed, version),
        version=version,
        frequency=remitted.frequency,
    )


def _contract_question(lines: Sequence[AdjudicatedLine], *, further: bool) -> str:
    if any(line.needs_contract_check for line in lines):
        return "The payer allowed nothing, by the contract alone (CO-45), and denied nothing."
    beyond = next((line for line in lines if _hides_a_credit(line)), None)
    if beyond is not None:
        return (
            f"{f'Service line {beyond.position}' if beyond.position else 'The claim'} is charged {dollars(beyond.charge)} and paid "
            f"{dollars(beyond.paid)}; what is more is told as a contractual adjustment, so no credit stands for it. Find out whether it "
            "is owed back."
        )
    told = next((line for line in lines if line.allowed_otherwise), None)
    # A further payer may state what the first allowed, or what it would have allowed itself.
    if told is None or told.stated_allowed is None or further:
        return ""
    return (
        f"Service line {told.position} states {dollars(told.stated_allowed)} as allowed (AMT*B6); what was paid, shared and "
        f"paid before comes to {dollars(told.allowed)}."
    )


def _hides_a_credit(line: AdjudicatedLine) -> bool:
    """Paid beyond its charge, and balanced by a reduction of less than nothing: no receivable shows it."""
    return line.paid > line.charge > 0 and any(
        item.amount < 0 and item.adjustment_class is AdjustmentClass.CONTRACTUAL and item.carc not in _MEANT_AS_MORE
        for item in line.adjustments
    )


def _version_question(billed: BilledClaim, version: AnsweredVersion) -> str:
    """The number alone says that it is not for what was sent last, and a payer may keep its number."""
    if version.basis is not VersionBasis.NUMBER or version.correction == billed.versions[-1].correction:
        return ""
    return (
        "By the payer's own claim number (CLP07) this answers an earlier version, and the one that was sent last stays pending. A payer"
        " that keeps its number may mean that one."
    )


def nothing_to_reverse(paid: Decimal, billed: BilledClaim, *, any_posted: bool, by_hand: bool = False) -> Held:
    """For a reversal of `paid` dollars (negative) for which no posting was found; `by_hand`: a person reversed one before it."""
    if by_hand:
        sentence = "A reversal by hand stands on this claim. If this one takes back the same, set its money apart: nothing is done twice."
    elif any_posted:
        sentence = f"It takes back {dollars(-paid)}, but no posting of that amount stands on this claim."
    else:
        sentence = "It takes back a payment, but none is posted on this claim."
    return Held(Outcome.REFUSED, Problem.REVERSAL, sentence, billed)
