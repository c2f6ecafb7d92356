"""Which touch of the sequence is due (DOMAIN 6). Version 1: first notice, reminder on day 7, final notice on day 14, closed on day 21."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum


class Touch(StrEnum):
    FIRST = "day_0"
    REMINDER = "day_7"
    FINAL = "day_14"


@dataclass(frozen=True, slots=True)
class Sequence:
    """`days` after the first notice. Between two steps lie at least `rest` days, however late the earlier one went out."""

    days: Mapping[Touch, int]
    closes_after: int
    rest: int


VERSION_1 = Sequence({Touch.FIRST: 0, Touch.REMINDER: 7, Touch.FINAL: 14}, closes_after=21, rest=5)


class Close:
    """The sequence is over and unpaid: a person looks at the balance."""


CLOSE = Close()


def following(sent_on: Mapping[Touch, date], sequence: Sequence = VERSION_1) -> tuple[Touch | Close, date | None]:
    """The step that comes next, and the day from which it is due; no day for the first, which is due at once."""
    step = next((touch for touch in sequence.days if touch not in sent_on), CLOSE)
    if not sent_on or (isinstance(step, Touch) and sequence.days[step] == 0):
        return step, None
    days = sequence.days[step] if isinstance(step, Touch) else sequence.closes_after
    first, last = min(sent_on.values()), max(sent_on.values())
    return step, max(first + timedelta(days=days), last + timedelta(days=sequence.rest))


def due(sent_on: Mapping[Touch, date], on: date, sequence: Sequence = VERSION_1) -> Touch | Close | None:
    """The step that is due on `on`, practice-local; None while it is too early. `sent_on` holds the touches that went out."""
    step, earliest = following(sent_on, sequence)
    return step if earliest is None or on >= earliest else None


def loudest(touches: "list[Touch]") -> Touch:
    """Several balances, one message: the words are those of the furthest touch."""
    order = list(VERSION_1.days)
    return max(touches, key=order.index)
