"""Which of two answers to our inquiries about a claim (277) was given later: what comes late is not the last word."""

from dataclasses import dataclass
from datetime import date, datetime, time


@dataclass(frozen=True, slots=True)
class Given:
    """One answer: who gave it, when its question was asked, and the day and time that it bears (BHT04, BHT05), by its payer's clock."""

    payer: int
    asked_at: datetime
    made_on: date | None = None
    made_at: time | None = None


def is_before(one: Given, other: Given) -> bool:
    """Answers of one payer go by the day and time that they bear. Where these do not tell, and between two payers, whose clocks are not
    one, the answer to the earlier question was given before.
    """
    if one.payer == other.payer and one.made_on and other.made_on:
        if one.made_on != other.made_on:
            return one.made_on < other.made_on
        if one.made_at and other.made_at and one.made_at != other.made_at:
            return one.made_at < other.made_at
    return one.asked_at < other.asked_at
