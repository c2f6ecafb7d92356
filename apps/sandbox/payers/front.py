"""What a payer refuses at its door, before adjudication: claim status category, code and entity of the 277CA."""

from apps.sandbox.payers import members
from apps.sandbox.payers.members import Member
from apps.sandbox.world.encounters import lacks_modifier_25
from apps.sandbox.world.payers import Payer
from apps.sandbox.world.state import Claim
from apps.sandbox.world.world import World

Status = tuple[str, ...]
BY_CHANCE: tuple[Status, ...] = (("A7", "562", "82"), ("A3", "21"), ("A7", "254"), ("A6", "145", "82"))


def refusal(world: World, payer: Payer, claim: Claim) -> Status | None:
    """None where the claim is taken in for adjudication."""
    member = members.find(world, payer.payer_id, claim.subscriber[2])
    if member is None:
        return "A7", "164", "IL"
    if claim.subscriber[0].upper() != member.coverage.subscriber_last.upper():
        return "A7", "125", "IL"
    if claim.frequency in {"7", "8"}:
        return _correction(world, payer, claim)
    edited = _edited(member, claim) if payer.edits_first else None
    if edited or f"{payer.payer_id} {claim.rendering}" in world.knobs.not_enrolled:
        return edited or ("A7", "91", "82")
    key = ("payer", claim.identity, claim.attempt)
    if claim.attempt == 1 and world.chance.happens(world.knobs.payer_reject, *key):
        return world.chance.pick(BY_CHANCE, *key, "why")
    return None


def _edited(member: Member, claim: Claim) -> Status | None:
    """Coverage on the day, the order of payers, and a visit beside a procedure that NCCI pairs with it (indicator 1, modifier 25)."""
    if not member.active(claim.service_date):
        return "A7", "88", "IL"
    if member.first is not None and claim.responsibility == "P":
        return "A6", "171"
    if lacks_modifier_25([(line.procedure, tuple(line.modifiers)) for line in claim.lines]):
        return "A7", "453"
    return None


def _correction(world: World, payer: Payer, claim: Claim) -> Status | None:
    if not payer.takes_replacement:
        return "A7", "535"
    original = world.state.claims.get(world.state.by_claim_number.get(claim.original_reference, ""))
    if original is None or original.payer_id != payer.payer_id or original.in_flight or not original.results:
        return "A7", "464"
    return ("A3", "54") if original.status in {"reversed", "void"} else None
