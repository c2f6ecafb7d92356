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


def due(sent_on: Mapping[Touch, date], on: date, sequence: Sequence = VERSION_1) -> Touch | Close | None:
    """The step that is due on `on`, practice-local; None while it is too early. `sent_on` holds the touches that went out."""
    following = next((touch for touch in sequence.days if touch not in sent_on), None)
    if following is Touch.FIRST or not sent_on:
        return following
    first, last = sent_on[Touch.FIRST], max(sent_on.values())
    days = sequence.closes_after if following is None else sequence.days[following]
    earliest = max(first + timedelta(days=days), last + timedelta(days=sequence.rest))
    if on < earliest:
        return None
    return CLOSE if following is None else following


def loudest(touches: "list[Touch]") -> Touch:
    """Several balances, one message: the words are those of the furthest touch."""
    order = list(VERSION_1.days)
    return max(touches, key=order.index)
