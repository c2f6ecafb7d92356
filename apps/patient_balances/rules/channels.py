"""By which channel a patient hears from us: a text with stored consent, else an email, else paper (DOMAIN 6)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import Enum

ORDER = ("sms", "email")


@dataclass(frozen=True, slots=True)
class Way:
    """A consented channel and address."""

    channel: str
    address: str


class NoWay(Enum):
    PAPER = "paper"  # no consented address works: the letter is the way
    WAIT = "wait"  # there is one, but the practice cannot use it: no vendor connected, or no agreement on record


def choose(consents: Sequence[Way], *, unreachable: Collection[Way], usable: Collection[str]) -> Way | NoWay:
    """`consents` are in force, the newest first; `usable`: channels with a connected vendor and its agreement.

    A channel that only the practice's set-up blocks is waited for: paper is the patient's choice or last resort, not ours.
    """
    working = [way for way in consents if way not in unreachable]
    for channel in ORDER:
        found = next((way for way in working if way.channel == channel), None)
        if found and channel in usable:
            return found
    return NoWay.WAIT if working else NoWay.PAPER
