"""What a clearinghouse refuses by itself, beyond the guide's syntax: claim status category, code and entity."""

from collections.abc import Callable
from decimal import Decimal

from apps.sandbox.world.payers import BY_ID
from apps.sandbox.world.practice import ZONE, npi
from apps.sandbox.world.state import Claim
from apps.sandbox.world.world import World

Status = tuple[str, ...]
Edit = Callable[[World, Claim], Status | None]
BY_CHANCE: tuple[Status, ...] = (("A7", "500", "IL"), ("A7", "254"), ("A6", "145", "82"))


def refusal(world: World, claim: Claim) -> Status | None:
    """The first edit that the claim fails; None where it may go to its payer."""
    return next((status for edit in EDITS if (status := edit(world, claim))), None)


def _payer(_: World, claim: Claim) -> Status | None:
    return None if claim.payer_id in BY_ID else ("A7", "153", "PR")


def _original_reference(_: World, claim: Claim) -> Status | None:
    missing = claim.frequency in {"7", "8"} and not claim.original_reference
    return ("A6", "464") if missing else None


def _duplicate(world: World, claim: Claim) -> Status | None:
    earlier = world.state.claims.get(world.state.accepted.get(f"{claim.payer_id} {claim.control}", ""))
    if earlier is None or not earlier.in_flight or claim.frequency != "1":
        return None
    world.counts["duplicates_in_flight"] += 1
    return "A3", "54"


def _totals(_: World, claim: Claim) -> Status | None:
    total = sum((line.charge for line in claim.lines), Decimal(0))
    return None if total == claim.charge else ("A7", "178")


def _npis(_: World, claim: Claim) -> Status | None:
    for number, entity in ((claim.billing[1], "85"), (claim.rendering, "82")):
        if number and npi(number[:9]) != number:
            return "A7", "562", entity
    return None


def _service_date(_: World, claim: Claim) -> Status | None:
    return ("A7", "187") if claim.service_date > claim.received.astimezone(ZONE).date() else None


def _chance(world: World, claim: Claim) -> Status | None:
    key = ("clearinghouse", claim.identity, claim.attempt)
    if claim.attempt == 1 and world.chance.happens(world.knobs.clearinghouse_reject, *key):
        return world.chance.pick(BY_CHANCE, *key, "why")
    return None


EDITS: tuple[Edit, ...] = (_payer, _original_reference, _duplicate, _totals, _npis, _service_date, _chance)
