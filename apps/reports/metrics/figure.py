"""What every figure is made of: a numerator, a denominator, and what it is measured against."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Any

from django.db.models import QuerySet

_PLACES = Decimal("0.0001")


class Unit(StrEnum):
    DAYS = "days"
    SHARE = "share"


class Verdict(StrEnum):
    """Words and shapes of these stand in core.status_words."""

    ON_TARGET = "on_target"
    WATCH = "watch"
    PROBLEM = "problem"
    NO_DATA = "no_data"


class Kind(StrEnum):
    """How a part reads."""

    COUNT = "count"
    MONEY = "money"
    DAYS = "days"
    SHARE = "share"


@dataclass(frozen=True, slots=True)
class Part:
    """A number that stands beside the figure. None: no data."""

    label: str
    value: Decimal | None
    kind: Kind


@dataclass(frozen=True, slots=True)
class Figure:
    """A metric on a day. Without a denominator it has no value: "no data" is never 0 % (DOMAIN 7)."""

    on: date
    numerator: Decimal | None
    denominator: Decimal | None
    note: str = ""
    parts: tuple[Part, ...] = ()

    @property
    def value(self) -> Decimal | None:
        """Days, or a share between 0 and 1; four places, as the snapshot keeps it."""
        if self.numerator is None or not self.denominator:
            return None
        return (self.numerator / self.denominator).quantize(_PLACES, ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class Row:
    """One of the rows behind a figure: who, where it opens, what it adds. `counts`: it is in the numerator."""

    title: str
    url_name: str
    public_id: str
    patient: str
    day: date
    detail: str
    amount: Decimal | None
    counts: bool


@dataclass(frozen=True, slots=True)
class Slice:
    """Some of a metric's rows, which `?part=key` shows alone."""

    key: str
    label: str
    of: Callable[["QuerySet[Any]"], "QuerySet[Any]"]


@dataclass(frozen=True, slots=True)
class Metric:
    """`target` and `problem` bound the good and the bad; between them is "watch". None: the mission names none.

    `rows` are what the figure is made of, newest first, and `row` shows one; `count`: how many there are, where counting them costs much.
    """

    key: str
    title: str
    unit: Unit
    definition: str
    counted: str
    measure: Callable[[date], Figure]
    rows: Callable[[date], "QuerySet[Any]"]
    row: Callable[[Any], Row]
    count: Callable[[date], int] | None = None
    slices: tuple[Slice, ...] = ()
    target: Decimal | None = None
    problem: Decimal | None = None
    less_is_better: bool = False

    def verdict(self, value: Decimal | None) -> Verdict | None:
        """None where there is nothing to be measured against. The target itself is not reached: "under 35" is under."""
        if value is None:
            return Verdict.NO_DATA
        if self.target is None or self.problem is None:
            return None
        sign = -1 if self.less_is_better else 1
        if sign * value > sign * self.target:
            return Verdict.ON_TARGET
        return Verdict.PROBLEM if sign * value < sign * self.problem else Verdict.WATCH
