"""How a payer decides a claim: is it payable at all, which lines are denied, what is allowed, who pays which part."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal

from apps.sandbox.payers import members
from apps.sandbox.payers.members import Member
from apps.sandbox.world.encounters import lacks_modifier_25
from apps.sandbox.world.payers import CENT, MEDICARE, Payer
from apps.sandbox.world.practice import EVALUATION, PRICES, PROCEDURES, ZONE
from apps.sandbox.world.state import Adjustment, Claim, ClaimLine, LineResult
from apps.sandbox.world.world import World

ZERO = Decimal(0)
# Preventive services without cost share (42 USC 300gg-13), vaccines and their administration among them.
PREVENTIVE = frozenset(code for code in PRICES if code.startswith("9939")) | {"G0439", "90471", "90686", "G0008"}
SEQUESTRATION = Decimal("0.02")  # CO-253 on what Original Medicare pays
UNDERPAID = Decimal("0.85")  # what such a payer allows of the contract's price
STANDS = frozenset({"50", "96", "B7"})  # what a resubmission does not cure
WHOLE_CLAIM = frozenset({"16", "22", "29", "197", "B7"})
GROUPS = {"18": "OA", "27": "PR", "96": "PR"}  # every other denial is CO
REMARKS = {
    "4": ("N519",), "18": ("N522",), "22": ("MA04",), "50": ("N115",), "96": ("N130",), "97": ("M15",), "B7": ("N570",),
}  # fmt: skip


@dataclass(frozen=True)
class Decision:
    """`outcome` is CLP02; `remarks` are those of the claim (MOA), a line's own stay with the line."""

    results: list[LineResult]
    outcome: str
    remarks: list[str]

    @property
    def paid(self) -> Decimal:
        return sum((each.paid for each in self.results), ZERO)

    @property
    def deductible(self) -> Decimal:
        found = (adj for each in self.results for adj in each.adjustments if (adj.group, adj.code) == ("PR", "1"))
        return sum((adj.amount for adj in found), ZERO)

    @property
    def denials(self) -> list[str]:
        return [
            adjustment.code
            for each in self.results
            for adjustment in each.adjustments
            if adjustment.code in DENIALS and not each.paid
        ]


DENIALS = frozenset({"4", "16", "18", "22", "27", "29", "50", "96", "97", "197", "B7"})


def decide(world: World, member: Member, claim: Claim) -> Decision:
    whole = _whole_claim_denial(world, member, claim)
    if whole:
        return _denied(member.payer, claim, whole)
    denied = _denied_lines(world, claim)
    deductible = members.deductible_left(world, member, claim.service_date.year)
    purse = _Purse(member, deductible, claim.prior_paid, _underpaid_line(world, claim))
    results = [
        _denied_line(member.payer, line, denied[line.number]) if line.number in denied else purse.pay(line)
        for line in claim.lines
    ]
    if all(line.number in denied for line in claim.lines):
        return Decision(results, member.payer.denies_as, [])
    remarks = _qmb_remarks(results) if member.qmb else []
    return Decision(results, "2" if claim.responsibility != "P" else "1", remarks)


def _whole_claim_denial(world: World, member: Member, claim: Claim) -> str:
    if not member.active(claim.service_date):
        return "27"
    if claim.frequency == "1" and f"{member.payer.payer_id} {claim.identity}" in world.state.settled:
        return "18"
    if member.first is not None and claim.responsibility == "P":
        return "22"
    filed = claim.received.astimezone(ZONE).date()
    if claim.frequency == "1" and filed - claim.service_date > timedelta(days=member.payer.timely_filing_days):
        return "29"
    chosen = _by_chance(world, claim)
    return chosen if chosen in WHOLE_CLAIM else ""


def _by_chance(world: World, claim: Claim) -> str:
    """By hash, unless somebody chose (control API)."""
    by_hash = world.chance.weighted(world.knobs.denials, "denial", claim.identity) or ""
    chosen = world.state.chosen.get(claim.control, by_hash)
    again = claim.attempt > 1 or claim.frequency != "1"
    return "" if again and chosen not in STANDS else chosen


def _denied_lines(world: World, claim: Claim) -> dict[str, str]:
    """Line number -> CARC."""
    if lacks_modifier_25([(line.procedure, tuple(line.modifiers)) for line in claim.lines]):
        return {line.number: "4" for line in claim.lines if line.procedure in EVALUATION and "25" not in line.modifiers}
    chosen = _by_chance(world, claim)
    target = _target(claim, chosen)
    if target is None and chosen and claim.control in world.state.chosen:
        target = claim.lines[-1]
    return {target.number: chosen} if target else {}


def _target(claim: Claim, code: str) -> ClaimLine | None:
    """The line that a denial of this code falls on; None where it fits none."""
    if code == "97":
        return min(claim.lines, key=lambda line: line.charge) if len(claim.lines) > 1 else None
    if code == "4":
        return next((line for line in claim.lines if line.modifiers), None)
    if code == "50":
        return next((line for line in claim.lines if line.procedure in PROCEDURES), claim.lines[0])
    return claim.lines[-1] if code == "96" else None


def _underpaid_line(world: World, claim: Claim) -> str:
    """The number of the line that is allowed below the contract, now and then; a replacement is paid by the contract."""
    first = claim.frequency == "1" and claim.responsibility == "P"
    return (
        claim.lines[0].number
        if first and world.chance.happens(world.knobs.underpays, "underpaid", claim.identity)
        else ""
    )


def _denied(payer: Payer, claim: Claim, code: str) -> Decision:
    remarks = {
        "16": ["MA130", "N290"] if payer is MEDICARE else ["N290"],
        "29": ["N211"] if payer is MEDICARE else [],
    }.get(code, [*REMARKS.get(code, ())])
    return Decision([_denied_line(payer, line, code, told=False) for line in claim.lines], payer.denies_as, remarks)


def _denied_line(payer: Payer, line: ClaimLine, code: str, *, told: bool = True) -> LineResult:
    group, remarks = GROUPS.get(code, "CO"), [*REMARKS.get(code, ())] if told else []
    allowed = allowance(payer, line)
    if payer.splits_denials and ZERO < allowed < line.charge:
        adjustments = [Adjustment("CO", "45", line.charge - allowed), Adjustment(group, code, allowed)]
    else:
        adjustments = [Adjustment(group, code, line.charge)]
    return LineResult(line, ZERO, ZERO, adjustments, remarks)


def allowance(payer: Payer, line: ClaimLine) -> Decimal:
    """The contracted amount for the line's units, at most its charge."""
    units = Decimal(line.units or "1")
    price = PRICES.get(line.procedure)
    contracted = payer.contracted(price) * units if price is not None else payer.contracted(line.charge)
    return min(contracted, line.charge)


class _Purse:
    """What is still owed of one claim's copay and deductible, what another payer has paid, and which line is paid too little."""

    def __init__(self, member: Member, deductible: Decimal, prior_paid: Decimal, underpaid: str) -> None:
        self.member, self.payer, self.underpaid = member, member.payer, underpaid
        self.deductible, self.prior_paid = deductible, prior_paid
        self.copay = self.payer.copay

    def pay(self, line: ClaimLine) -> LineResult:
        return self._pay_first(line) if line.prior_paid is None else self._pay_after(line, line.prior_paid)

    def _pay_after(self, line: ClaimLine, prior_paid: Decimal) -> LineResult:
        """What the payer before left to the patient, as far as this payer's own allowance reaches, less its coinsurance."""
        allowed = allowance(self.payer, line)
        payable = min(line.prior_share, max(allowed - prior_paid, ZERO))
        own = (payable * self.payer.coinsurance).quantize(CENT, ROUND_HALF_UP)
        adjustments = [
            Adjustment("OA", "23", line.charge - line.prior_share),
            Adjustment("CO", "45", line.prior_share - payable),
            Adjustment("PR", "2", own),
        ]
        return LineResult(line, payable - own, allowed, [each for each in adjustments if each.amount])

    def _pay_first(self, line: ClaimLine) -> LineResult:
        allowed = allowance(self.payer, line)
        if line.number == self.underpaid:
            allowed = (allowed * UNDERPAID).quantize(CENT, ROUND_HALF_UP)
        adjustments = [Adjustment("CO", "45", line.charge - allowed)]
        prior = min(self.prior_paid, allowed)
        self.prior_paid -= prior
        adjustments.append(Adjustment("OA", "23", prior))
        left = allowed - prior
        for code, amount in self._cost_share(line.procedure, left):
            adjustments.append(Adjustment("PR", code, amount))
            left -= amount
        if self.payer is MEDICARE:
            withheld = (left * SEQUESTRATION).quantize(CENT, ROUND_HALF_UP)
            adjustments.append(Adjustment("CO", "253", withheld))
            left -= withheld
        return LineResult(line, left, allowed, [each for each in adjustments if each.amount])

    def _cost_share(self, procedure: str, allowed: Decimal) -> list[tuple[str, Decimal]]:
        """PR-3 copay of a visit, else PR-1 deductible and PR-2 coinsurance."""
        if procedure in PREVENTIVE:
            return []
        if procedure in EVALUATION and self.copay:
            copay, self.copay = min(self.copay, allowed), ZERO
            return [("3", copay)]
        met = min(self.deductible, allowed)
        self.deductible -= met
        return [("1", met), ("2", ((allowed - met) * self.payer.coinsurance).quantize(CENT, ROUND_HALF_UP))]


def _qmb_remarks(results: list[LineResult]) -> list[str]:
    """A QMB's cost share may not be asked of the patient: N781 deductible, N782 coinsurance."""
    codes = {each.code for result in results for each in result.adjustments if each.group == "PR"}
    return [remark for code, remark in (("1", "N781"), ("2", "N782")) if code in codes]
