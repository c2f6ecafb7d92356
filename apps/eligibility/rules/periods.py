"""When a coverage holds, as a 271 tells it: DTP of the person (2100C/D) and of a benefit (2110C/D)."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from apps.x12.guides.parts import DatedPeriod
from apps.x12.guides.x271 import Benefit

# DTP01: when the plan or the eligibility begins and ends, or its whole period.
_BEGINS = frozenset({"346", "356", "348"})
_ENDS = frozenset({"347", "357", "349"})
_WHOLE = frozenset({"291", "307"})
# Of an EB*R besides: coordination of benefits, and the other plan's benefit.
_WHOLE_OF_ANOTHER = _WHOLE | {"290", "292"}


class Period(NamedTuple):
    """Both days included; None is open."""

    begins: date | None = None
    ends: date | None = None

    def holds(self, on: date) -> bool:
        return not (self.begins and self.begins > on) and not (self.ends and self.ends < on)


def period_of_another(benefit: Benefit) -> Period:
    """Of the other plan that an EB*R names."""
    return _period(benefit.dates, _WHOLE_OF_ANOTHER)


def status_on(benefits: Sequence[Benefit], of_person: Sequence[DatedPeriod], on: date) -> tuple[str, Period]:
    """Plan name and period of that among several coverages of one kind, all active or none, that decides on the day `on`.

    The first that holds then; else the next to begin; else the last that ended. A benefit's own dates win over those of the person,
    and one without any says nothing of itself where another has some.
    """
    own = [(benefit, _period(benefit.dates, _WHOLE)) for benefit in benefits]
    dated = [(benefit, period) for benefit, period in own if period != Period()]
    undated = [benefit for benefit, period in own if period == Period()]
    person = _period(of_person, _WHOLE)
    told = [(benefit, _filled(period, person)) for benefit, period in dated] or [(each, person) for each in undated]
    if not told:
        return "", person
    benefit, period = min(told, key=lambda each: _distance(each[1], on))
    return next((each.plan for each in (benefit, *undated) if each.plan), ""), period


def _distance(period: Period, on: date) -> tuple[int, int]:
    """The least is read. `min` keeps the payer's order among equals."""
    if period.holds(on):
        return 0, 0
    if period.begins and period.begins > on:
        return 1, (period.begins - on).days
    return 2, (on - period.ends).days if period.ends else 0


def _filled(period: Period, person: Period) -> Period:
    return Period(period.begins or person.begins, period.ends or person.ends)


def _period(dates: Iterable[DatedPeriod], whole: frozenset[str]) -> Period:
    told = list(dates)
    begins = (each.start for each in told if each.qualifier in _BEGINS | whole)
    # A single day under a whole period's qualifier is where it begins.
    ends = (
        each.end for each in told if each.qualifier in _ENDS or (each.qualifier in whole and each.end != each.start)
    )
    return Period(next(begins, None), next(ends, None))
