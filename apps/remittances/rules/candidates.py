"""How well one of our claims fits a remitted claim whose number we do not know (DOMAIN 4: candidates for a person)."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

TRUNCATED = 15


@dataclass(frozen=True, slots=True)
class Traits:
    """What both sides can be compared by. Dollars; empty where the file says nothing."""

    control_number: str
    last_name: str
    first_name: str
    member_id: str
    service_date: date | None
    charge: Decimal


def likenesses(remitted: Traits, ours: Traits) -> tuple[str, ...]:
    """What is the same, in words, the strongest first; the more of them the better the candidate."""
    checks = (
        ("member ID", _same_text(remitted.member_id, ours.member_id)),
        ("beginning of the number", _begins_alike(remitted.control_number, ours.control_number)),
        ("charge", abs(remitted.charge) == ours.charge),
        ("visit date", remitted.service_date is not None and remitted.service_date == ours.service_date),
        ("last name", _same_text(remitted.last_name, ours.last_name)),
        ("first name", _same_text(remitted.first_name, ours.first_name)),
    )
    return tuple(words for words, holds in checks if holds)


def _same_text(one: str, other: str) -> bool:
    return bool(one) and one.strip().casefold() == other.strip().casefold()


def _begins_alike(one: str, other: str) -> bool:
    """Some payers cut our number; some systems add a suffix."""
    shorter = min(len(one), len(other), TRUNCATED)
    return shorter >= TRUNCATED // 2 and one[:shorter].casefold() == other[:shorter].casefold()
