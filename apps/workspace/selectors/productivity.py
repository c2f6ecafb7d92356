"""Who closed how much work, of which kind, and how long it was open: counted from the items themselves."""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Aggregate, Count, DurationField, ExpressionWrapper, F, QuerySet
from django.db.models.functions import TruncDate

from apps.core.clock import practice_zone
from apps.core.models import User
from apps.worklist.models import WorkItem
from apps.workspace.selectors.worklist import kind_words

DAYS = 7
WEEKS = 6
_A_DAY, _A_WEEK = timedelta(days=1), timedelta(weeks=1)
# Closed by a step: its cause was seen to without a person.
BY_ITSELF = "By itself"


class Median(Aggregate):
    """The middle one, or the mean of the two middle ones (PostgreSQL's percentile_cont)."""

    function = "PERCENTILE_CONT"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = DurationField()


@dataclass(frozen=True, slots=True)
class Period:
    """A day, or a week from Monday on; `last` belongs to it."""

    first: date
    last: date

    @property
    def label(self) -> str:
        return f"{self.first:%b} {self.first.day}"


@dataclass(frozen=True, slots=True)
class Row:
    """`key`: a person's public id, or a kind; empty where nobody closed it. `numbers`: closed in each period, the latest last."""

    key: str
    label: str
    numbers: tuple[int, ...]
    median: timedelta | None

    @property
    def total(self) -> int:
        return sum(self.numbers)


@dataclass(frozen=True, slots=True)
class Productivity:
    periods: tuple[Period, ...]
    people: list[Row]
    kinds: list[Row]
    whole: Row


def periods_to(today: date, *, by_week: bool) -> tuple[Period, ...]:
    """The last ones up to the day, the latest last."""
    if by_week:
        monday = today - timedelta(days=today.weekday())
        starts = [monday - back * _A_WEEK for back in reversed(range(WEEKS))]
        return tuple(Period(start, start + _A_WEEK - _A_DAY) for start in starts)
    days = [today - back * _A_DAY for back in reversed(range(DAYS))]
    return tuple(Period(each, each) for each in days)


def productivity(today: date, *, by_week: bool, kind: str = "", person: str = "") -> Productivity:
    """`kind` narrows the people, `person` (a public id) the kinds; both narrow the whole."""
    periods = periods_to(today, by_week=by_week)
    closed = _closed(periods)
    of_kind = closed.filter(kind=kind) if kind else closed
    of_person = closed.filter(closed_by__public_id=person) if person else closed
    both = of_kind.filter(closed_by__public_id=person) if person else of_kind
    names = {user.public_id: user.display_name for user in _people(closed)}
    whole = _rows(both, "state", periods, lambda _key: "Total")
    return Productivity(
        periods,
        _rows(of_kind, "closed_by__public_id", periods, lambda key: names.get(key, BY_ITSELF)),
        _rows(of_person, "kind", periods, kind_words),
        whole[0] if whole else Row("", "Total", (0,) * len(periods), None),
    )


def _closed(periods: Sequence[Period]) -> "QuerySet[WorkItem]":
    zone = practice_zone()
    start = datetime.combine(periods[0].first, time(), zone)
    end = datetime.combine(periods[-1].last + _A_DAY, time(), zone)
    return WorkItem.objects.filter(state=WorkItem.State.DONE, closed_at__gte=start, closed_at__lt=end).order_by()


def _people(closed: "QuerySet[WorkItem]") -> "QuerySet[User]":
    return User.objects.filter(pk__in=closed.values("closed_by"))


def _rows(
    closed: "QuerySet[WorkItem]", group_by: str, periods: Sequence[Period], words: Callable[[str], str]
) -> list[Row]:
    """One for each value of the column `group_by`, the most first. Two questions, whatever the number of rows."""
    days = closed.annotate(day=TruncDate("closed_at", tzinfo=practice_zone()))
    numbers: defaultdict[str, Counter[int]] = defaultdict(Counter)
    for group, day, number in days.values_list(group_by, "day").annotate(number=Count("pk")):
        place = next(at for at, period in enumerate(periods) if period.first <= day <= period.last)
        numbers[group or ""][place] += number
    open_for = ExpressionWrapper(F("closed_at") - F("opened_at"), output_field=DurationField())
    medians = dict(closed.values_list(group_by).annotate(median=Median(open_for)))
    found = [
        Row(
            group,
            words(group),
            tuple(counted[at] for at in range(len(periods))),
            medians.get(group or None),
        )
        for group, counted in numbers.items()
    ]
    return sorted(found, key=lambda row: (-row.total, row.label))


def duration_words(span: timedelta | None) -> str:
    """Rounded: minutes below an hour, hours below two days, else days."""
    if span is None:
        return ""
    minutes = round(span.total_seconds() / 60)
    if minutes < 60:
        return f"{minutes} min"
    if minutes < 48 * 60:
        return f"{round(minutes / 60)} h"
    return f"{round(minutes / 60 / 24):,} d"
