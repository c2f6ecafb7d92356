"""A payer's working days: claims come in, are accepted or not, and are paid on the payer's payday."""

import json
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

from apps.sandbox.payers import front, members, policy
from apps.sandbox.payers.entries import REVERSAL, Entry, Remittance, repriced, reversal
from apps.sandbox.payers.remittance import write
from apps.sandbox.wire import claim_reports
from apps.sandbox.wire.edi import PLAIN, Envelope
from apps.sandbox.wire.identity import RECEIVER_ID, SUBMITTER_ID
from apps.sandbox.wire.mailbox import Mailbox
from apps.sandbox.world.payers import BY_ID, CENT, Payer
from apps.sandbox.world.practice import ZONE
from apps.sandbox.world.schedule import business_day_from, local
from apps.sandbox.world.state import Claim, Deposit, Offset
from apps.sandbox.world.world import Happening, World

ZERO = Decimal(0)
INTEREST = Decimal("0.015")


class Office:
    def __init__(self, mailbox: Mailbox) -> None:
        self.mailbox = mailbox

    def happenings(self) -> dict[str, Happening]:
        return {"payer report": self.report, "payday": self.pay}

    def receive(self, world: World, when: datetime, claims: list[Claim]) -> None:
        """From the clearinghouse, claims of one batch for any payers."""
        for payer_id in sorted({claim.payer_id for claim in claims}):
            theirs = [claim for claim in claims if claim.payer_id == payer_id]
            stage = "receipt" if BY_ID[payer_id].receipt_first else "decision"
            self._plan_report(world, when, payer_id, [claim.key for claim in theirs], stage)

    def _plan_report(self, world: World, when: datetime, payer_id: str, keys: list[str], stage: str) -> None:
        hours = 24 if stage == "decision" and BY_ID[payer_id].receipt_first else 3 + BY_ID[payer_id].place
        due = when + world.wait(timedelta(hours=hours + world.knobs.response_delay_hours))
        world.plan(
            due, "payer report", f"{payer_id} {keys[0]} {stage}", payer=payer_id, claims=json.dumps(keys), stage=stage
        )

    async def report(self, world: World, when: datetime, payload: dict[str, str]) -> None:
        """The payer's 277CA: a receipt that decides nothing, or which claims it takes in."""
        payer = BY_ID[payload["payer"]]
        keys: list[str] = json.loads(payload["claims"])
        claims = [world.state.claims[key] for key in keys]
        if payload["stage"] == "receipt":
            reports = [claim_reports.ClaimReport(claim, ("A1", "19", "PR"), accepted=True) for claim in claims]
            self._plan_report(world, when, payer.payer_id, keys, "decision")
        else:
            reports = [self._admit(world, payer, claim, when) for claim in claims]
        if payer.payer_id in world.knobs.silent_payers:
            world.counts["silent_277"] += 1
            return
        trace = f"{payer.prefix}{world.serial('payer report'):08d}"
        source = claim_reports.Source("PR", payer.name, "PI", payer.payer_id)
        rows = claim_reports.answer_277ca(source, claims[0].batch, reports, when, trace)
        number = world.serial("interchange")
        envelope = Envelope(RECEIVER_ID, SUBMITTER_ID, number, when, "HN", claim_reports.VERSION, payer.payer_id, PLAIN)
        self.mailbox.deliver(when, "277", envelope.wrap([rows]))

    def _admit(self, world: World, payer: Payer, claim: Claim, when: datetime) -> claim_reports.ClaimReport:
        status = front.refusal(world, payer, claim)
        if status:
            claim.status = "rejected by payer"
            return claim_reports.ClaimReport(claim, status, accepted=False)
        number = world.serial("claim number")
        claim.claim_number = f"{payer.prefix}{claim.received.astimezone(ZONE):%y%m%d}{number:06d}"
        claim.status = "accepted"
        world.state.by_claim_number[claim.claim_number] = claim.key
        self._plan_payday(world, payer, claim, when)
        return claim_reports.ClaimReport(claim, ("A2", "20", "PR"), accepted=True, claim_number=claim.claim_number)

    def _plan_payday(self, world: World, payer: Payer, claim: Claim, when: datetime) -> None:
        moment = payday(world, payer, when)
        key = f"{payer.payer_id} {moment:%Y-%m-%dT%H:%M}"
        if key not in world.state.paydays:
            world.state.paydays[key] = []
            world.plan(moment, "payday", key, payer=payer.payer_id, key=key)
        world.state.paydays[key].append(claim.key)

    async def pay(self, world: World, when: datetime, payload: dict[str, str]) -> None:
        payer = BY_ID[payload["payer"]]
        claims = [world.state.claims[key] for key in world.state.paydays.pop(payload["key"])]
        offsets = world.state.carried.pop(payer.payer_id, [])
        entries = [entry for claim in claims for entry in _settle(world, payer, claim)]
        entries += _take_back(world, payer, payload["key"], {claim.key for claim in claims}, offsets)
        offsets += [Offset("L6", each.claim_number, -each.interest) for each in entries if each.interest]
        trace = f"{payer.place}{when.astimezone(ZONE):%y%m%d}{world.serial('trace'):05d}"
        found = _never_below_zero(world, Remittance(payer, when, trace, entries, offsets))
        self._send(world, found)

    def _send(self, world: World, found: Remittance) -> None:
        payer, day = found.payer, found.when.astimezone(ZONE).date()
        text = write(found, world.serial("interchange"))
        name = self.mailbox.deliver(found.when, "835", text)
        world.state.remittances[found.trace] = found.amount
        if found.amount:
            deposit = Deposit(found.trace, payer.payer_id, payer.name, found.amount, day, delivered=bool(name))
            world.state.deposits.append(deposit)
        if name:
            _note_denials(world, found)
        if name and world.chance.happens(world.knobs.repeat_835, "repeated", found.trace):
            world.counts["repeated_835"] += 1
            self.mailbox.deliver(found.when, "835", text)


def _note_denials(world: World, found: Remittance) -> None:
    """Of answers that stand; what takes one back tells none."""
    for entry in found.entries:
        if entry.outcome != REVERSAL:
            world.state.denials_told.update({f"{entry.claim.control} {code}" for code in entry.claim.denials})


def payday(world: World, payer: Payer, when: datetime) -> datetime:
    """05:00 of the business day on or after the payer's days; in a fast demo the next whole minute."""
    days = payer.days_to_pay if world.knobs.days_to_pay is None else world.knobs.days_to_pay
    if world.options.demo_speed == 1:
        return local(business_day_from(when.astimezone(ZONE).date() + timedelta(days=max(1, days))), 5)
    return (when + world.wait(timedelta(days=days))).replace(second=0, microsecond=0) + timedelta(minutes=1)


def _settle(world: World, payer: Payer, claim: Claim) -> list[Entry]:
    """A first claim is decided; a replacement takes back the original first; a void only takes it back."""
    taken_back: list[Entry] = []
    if claim.frequency in {"7", "8"}:
        original = world.state.claims[world.state.by_claim_number[claim.original_reference]]
        taken_back = _undo(world, original)
    if claim.frequency == "8":
        claim.status = "void"
        return taken_back
    member = members.find(world, payer.payer_id, claim.subscriber[2])
    if member is None:
        raise LookupError(f"{payer.payer_id} took in a claim of a member that it does not know.")
    decision = policy.decide(world, member, claim)
    _record(world, claim, decision)
    interest = ZERO
    if decision.paid and world.chance.happens(world.knobs.interest, "interest", claim.identity):
        interest = (decision.paid * INTEREST).quantize(CENT, ROUND_HALF_UP)
    return [*taken_back, Entry(claim, claim.claim_number, claim.outcome, claim.results, claim.remarks, interest)]


def _record(world: World, claim: Claim, decision: policy.Decision) -> None:
    claim.results, claim.remarks, claim.outcome = decision.results, decision.remarks, decision.outcome
    claim.paid, claim.denials = decision.paid, decision.denials
    allowed = sum((each.allowed for each in decision.results), ZERO)
    if not claim.denials:
        claim.status = "paid"
    else:
        claim.status = "partly denied" if allowed else "denied"
    if allowed:
        world.state.settled[f"{claim.payer_id} {claim.identity}"] = claim.key
    members.use_deductible(world, claim.subscriber[2], claim.service_date.year, decision.deductible)


def _undo(world: World, claim: Claim) -> list[Entry]:
    entry = reversal(claim)
    claim.status = "reversed"
    world.state.settled.pop(f"{claim.payer_id} {claim.identity}", None)
    given_back = policy.Decision(entry.results, "", []).deductible
    members.use_deductible(world, claim.subscriber[2], claim.service_date.year, given_back)
    return [entry]


def _take_back(world: World, payer: Payer, key: str, paid_now: set[str], offsets: list[Offset]) -> list[Entry]:
    """Now and then an older claim is paid again at less: reversal and correction now, the money with the next payment."""
    if not world.chance.happens(world.knobs.recoupment, "recoupment", key):
        return []
    older = [
        each
        for each in world.state.claims.values()
        if each.payer_id == payer.payer_id and each.status == "paid" and each.paid > 0 and each.key not in paid_now
    ]
    if not older:
        return []
    claim = world.chance.pick(sorted(older, key=lambda each: each.identity), "recouped", key)
    back = reversal(claim)
    claim.results = repriced(claim.results)
    difference = claim.paid - sum((each.paid for each in claim.results), ZERO)
    claim.paid -= difference
    again = Entry(claim, claim.claim_number, claim.outcome, claim.results, claim.remarks)
    offsets.append(Offset("WO", claim.claim_number, -difference))  # deferred: this payment is not reduced
    world.state.carried.setdefault(payer.payer_id, []).append(Offset("WO", claim.claim_number, difference))
    world.counts["recoupments"] += 1
    return [back, again]


def _never_below_zero(world: World, found: Remittance) -> Remittance:
    """A payer cannot pay less than nothing: FB carries the rest to the next payment."""
    if found.amount >= 0:
        return found
    rest = found.amount
    world.state.carried.setdefault(found.payer.payer_id, []).append(Offset("FB", found.trace, -rest))
    return Remittance(
        found.payer, found.when, found.trace, found.entries, [*found.offsets, Offset("FB", found.trace, rest)]
    )
