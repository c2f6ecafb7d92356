"""What the outside world saw, to be held against what the product believes."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

from apps.sandbox.patients.behaviour import WALK_ENDED
from apps.sandbox.world.practice import ZONE
from apps.sandbox.world.state import Claim
from apps.sandbox.world.world import World

ZERO = Decimal(0)
PAID = frozenset({"paid", "partly denied", "denied"})


def tally(world: World) -> dict[str, Any]:
    state = world.state
    return {
        "now": world.now.isoformat(),
        "claims": _claims(list(state.claims.values()), world.counts),
        "denials": _denials(list(state.claims.values())),
        "denials_told": sorted(state.denials_told),
        "charges": dict(_charges(world)),
        "remittances": {
            "payments": len(state.remittances),
            "amount": _dollars(sum(state.remittances.values(), ZERO)),
            "carried": {
                payer: [f"{each.code} {each.amount}" for each in rows] for payer, rows in state.carried.items()
            },
        },
        "deposits": {
            "count": len(state.deposits),
            "amount": _dollars(sum((each.amount for each in state.deposits), ZERO)),
            "delivered": _dollars(sum((each.amount for each in state.deposits if each.delivered), ZERO)),
        },
        "cards": _cards(world),
        "texts": _texts(world),
        "walks_failed": _walks_failed(world.counts),
        "errors": world.counts["errors"],
        "counts": dict(sorted(world.counts.items())),
    }


def _dollars(amount: Decimal) -> str:
    return f"{amount:.2f}"


def _claims(found: list[Claim], counts: Counter[str]) -> dict[str, Any]:
    settled = [each for each in found if each.status in PAID]
    return {
        "sent": counts["claims_sent"],
        "received": len(found),
        "charges": _dollars(sum((each.charge for each in found), ZERO)),
        "paid": _dollars(sum((each.paid for each in settled), ZERO)),
        "by_status": dict(sorted(Counter(each.status for each in found).items())),
        "by_frequency": dict(sorted(Counter(each.frequency for each in found).items())),
        "duplicates": counts["duplicates_in_flight"] + counts["duplicate_interchanges"],
        "duplicates_in_flight": counts["duplicates_in_flight"],
        "duplicate_interchanges": counts["duplicate_interchanges"],
    }


def _charges(world: World) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each visit since the world began whose charges were entered, in the EHR or at the satellite office."""
    first, last = world.state.began.astimezone(ZONE).date(), world.now.astimezone(ZONE).date()
    days = [first + timedelta(days=offset) for offset in range((last - first).days + 1)]
    seen = [("ehr", visit, visit.charges_at) for day in days for visit in world.schedule.on(day)]
    seen += [("satellite", visit, visit.checkout) for day in days for visit in world.schedule.satellite_on(day)]
    for where, visit, entered in seen:
        if visit.fate == "Complete" and entered <= world.now:
            yield (
                str(visit.id),
                {
                    "where": where,
                    "entered": entered.isoformat(),
                    "lines": sorted(line.code for line in visit.lines),
                    "amount": _dollars(sum((line.price * line.units for line in visit.lines), ZERO)),
                },
            )


def _walks_failed(counts: Counter[str]) -> dict[str, int]:
    """Patients' visits to their page that broke off, by the answer at which they did.

    A page with nothing left to pay and a closed link are ends as well: texts are read days later.
    """
    ended = {key.removeprefix(WALK_ENDED): number for key, number in counts.items() if key.startswith(WALK_ENDED)}
    return {how: number for how, number in ended.items() if how.partition(" ")[0] not in {"200", "410"}}


def _denials(found: list[Claim]) -> dict[str, int]:
    """Claims by CARC; a claim with two denied lines of one code counts once."""
    return dict(sorted(Counter(code for each in found for code in set(each.denials)).items()))


def _cards(world: World) -> dict[str, Any]:
    sessions = [each for each in world.state.sessions.values() if each.payment_status == "paid"]
    taken, given_back = sum(each.amount for each in sessions), sum(each.refunded for each in sessions)
    return {
        "count": len(sessions),
        "paid": _dollars(Decimal(taken) / 100),
        "refunded": _dollars(Decimal(given_back) / 100),
        "references_paid_twice": sorted(name for name, times in world.state.references_paid.items() if times > 1),
    }


def _texts(world: World) -> dict[str, Any]:
    state = world.state
    return {
        "count": world.counts["texts"],
        "delivered": world.counts["texts_delivered"],
        "undelivered": world.counts["texts_undelivered"],
        "repeated": sum(times - 1 for times in state.texts_seen.values()),
        "most_to_one_number": max(state.texts_by_number.values(), default=0),
        "by_number": dict(sorted(state.texts_by_number.items())),
        "opted_out": sorted(state.opted_out),
    }
