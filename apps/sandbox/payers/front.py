"""What a payer refuses at its door, before adjudication: claim status category, code and entity of the 277CA."""

from apps.sandbox.payers import members
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
    key = ("payer", claim.identity, claim.attempt)
    if claim.attempt == 1 and world.chance.happens(world.knobs.payer_reject, *key):
        return world.chance.pick(BY_CHANCE, *key, "why")
    return None


def _correction(world: World, payer: Payer, claim: Claim) -> Status | None:
    if not payer.takes_replacement:
        return "A7", "535"
    original = world.state.claims.get(world.state.by_claim_number.get(claim.original_reference, ""))
    if original is None or original.payer_id != payer.payer_id or original.in_flight or not original.results:
        return "A7", "464"
    return ("A3", "54") if original.status in {"reversed", "void"} else None
