"""How a figure moved: its snapshots by month, or by week while there are few; and what it was before automation."""

from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Min

from apps.core.models import Automation
from apps.reports.models import MetricSnapshot

POINTS = 12
# Six months before an automation went live (DOMAIN 7).
BASELINE = timedelta(days=183)
_FEW_MONTHS = timedelta(days=150)


@dataclass(frozen=True, slots=True)
class Series:
    """The last value of each period, oldest first, None without data. `go_live` is the position at which automation began."""

    days: tuple[date, ...]
    values: tuple[Decimal | None, ...]
    go_live: int | None
    baseline: Decimal | None
    by: str

    @property
    def label(self) -> str:
        known = [(day, value) for day, value in zip(self.days, self.values, strict=True) if value is not None]
        if not known:
            return "No values yet"
        (first, start), (last, end) = known[0], known[-1]
        return f"By {self.by}, {first:%b} {first.day} to {last:%b} {last.day}: from {start.normalize():f} to {end.normalize():f}"


def series(keys: list[str], today: date) -> dict[str, Series]:
    """Of each metric, in two queries."""
    went_live = Automation.objects.aggregate(first=Min("live_since"))["first"]
    kept: dict[str, list[tuple[date, Decimal | None]]] = defaultdict(list)
    rows = MetricSnapshot.objects.filter(metric__in=keys, day__gt=today - timedelta(days=800), day__lte=today)
    for metric, day, value in rows.order_by("day").values_list("metric", "day", "value"):
        kept[metric].append((day, value))
    return {key: _series(kept[key], today, went_live) for key in keys}


def _series(kept: list[tuple[date, Decimal | None]], today: date, went_live: date | None) -> Series:
    young = not kept or today - kept[0][0] < _FEW_MONTHS
    ends = _weeks(today) if young else _months(today)
    days = [day for day, _ in kept]
    points: list[tuple[date, Decimal | None]] = []
    for start, end in ends:
        place = bisect_right(days, end)
        inside = place > 0 and days[place - 1] > start
        points.append((end, kept[place - 1][1] if inside else None))
    while len(points) > 1 and points[0][1] is None:
        points.pop(0)
    position = next((place for place, (end, _) in enumerate(points) if went_live and end >= went_live), None)
    drawn = position if went_live and points and went_live > points[0][0] else None
    return Series(
        tuple(day for day, _ in points),
        tuple(value for _, value in points),
        drawn,
        _baseline(kept, went_live),
        "week" if young else "month",
    )


def _weeks(today: date) -> list[tuple[date, date]]:
    """(the day before the period, its last day), oldest first."""
    ends = [today - timedelta(weeks=weeks) for weeks in range(POINTS)]
    return [(end - timedelta(weeks=1), end) for end in reversed(ends)]


def _months(today: date) -> list[tuple[date, date]]:
    ends = [today]
    while len(ends) < POINTS:
        ends.append(ends[-1].replace(day=1) - timedelta(days=1))
    return [(end.replace(day=1) - timedelta(days=1), end) for end in reversed(ends)]


def _baseline(kept: list[tuple[date, Decimal | None]], went_live: date | None) -> Decimal | None:
    if went_live is None:
        return None
    before = [value for day, value in kept if went_live - BASELINE <= day < went_live and value is not None]
    return sum(before, Decimal(0)) / len(before) if before else None
