"""All that the dashboard and the figures' pages show, read at one moment: anew for each page, or as it was kept.

A practice with few entries is measured whenever somebody looks. Over 100,000 claims that takes seconds: there the pages show what was
kept last, with its time, and can have it measured anew.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Exists, Max, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from apps.core.clock import practice_date
from apps.eligibility.selectors import Measures, measures
from apps.ledger.models import Entry
from apps.reports.metrics import BY_KEY, METRICS, charge_lag
from apps.reports.metrics.figure import Figure, Kind, Part
from apps.reports.metrics.windows import last_days
from apps.reports.models import KeptReading
from apps.reports.selectors.money import Age, CodeCount, aging, denials_by_code

# Up to so many entries (some 3,000 claims) measuring takes less than a page may.
MOST_ENTRIES = 10_000


@dataclass(frozen=True, slots=True)
class Reading:
    """`lags`: how many claims took so many days from visit to submission. `is_kept`: it may be older than what it is read from."""

    taken_at: datetime
    figures: Mapping[str, Figure]
    ages: list[Age]
    lags: Mapping[int, int]
    codes: list[CodeCount]
    checks: Measures
    is_kept: bool = False

    @property
    def on(self) -> date:
        return practice_date(self.taken_at)


def take(*, now: datetime) -> Reading:
    today = practice_date(now)
    return Reading(
        taken_at=now,
        figures={metric.key: metric.measure(today) for metric in METRICS},
        ages=aging(today),
        lags=charge_lag.lags(today),
        codes=denials_by_code(today),
        checks=measures(last_days(today).first, today),
    )


def current(*, now: datetime) -> Reading:
    """The whole of it: for the dashboard."""
    kept = _kept(now)
    return Reading(**_plain(kept), taken_at=kept.taken_at, is_kept=True) if kept else take(now=now)


def current_figure(key: str, *, now: datetime) -> tuple[Figure, datetime | None]:
    """One figure, and when it was kept; None: just now."""
    kept = _kept(now)
    if kept is None:
        return BY_KEY[key].measure(practice_date(now)), None
    return _figure(kept.content["figures"][key]), kept.taken_at


def _kept(now: datetime) -> KeptReading | None:
    if not Entry.objects.order_by("pk").values("pk")[MOST_ENTRIES : MOST_ENTRIES + 1].exists():
        return None
    return KeptReading.objects.filter(taken_at__lte=now).order_by("-day").first()


def overtaken() -> "QuerySet[Entry]":
    """Entries posted since the last reading, where pages show what is kept."""
    many = Exists(Entry.objects.order_by("pk").values("pk")[MOST_ENTRIES : MOST_ENTRIES + 1])
    read = KeptReading.objects.order_by("-day").values("newest_entry")[:1]
    return Entry.objects.filter(many, pk__gt=Coalesce(Subquery(read), Value(0)))


def newest_entry() -> int | None:
    found: int | None = Entry.objects.aggregate(newest=Max("pk"))["newest"]
    return found


def content_of(reading: Reading) -> dict[str, Any]:
    """As JSON keeps it."""
    return {
        "figures": {key: asdict(figure) for key, figure in reading.figures.items()},
        "ages": [asdict(age) for age in reading.ages],
        "lags": {str(days): claims for days, claims in reading.lags.items()},
        "codes": [asdict(code) for code in reading.codes],
        "checks": asdict(reading.checks),
    }


def _plain(kept: KeptReading) -> dict[str, Any]:
    content = kept.content
    return {
        "figures": {key: _figure(told) for key, told in content["figures"].items()},
        "ages": [_age(told) for told in content["ages"]],
        "lags": {int(days): claims for days, claims in content["lags"].items()},
        "codes": [CodeCount(**told | {"amount": Decimal(told["amount"])}) for told in content["codes"]],
        "checks": Measures(**content["checks"]),
    }


def _figure(told: Mapping[str, Any]) -> Figure:
    return Figure(
        on=date.fromisoformat(told["on"]),
        numerator=_number(told["numerator"]),
        denominator=_number(told["denominator"]),
        note=told["note"],
        parts=tuple(Part(part["label"], _number(part["value"]), Kind(part["kind"])) for part in told["parts"]),
    )


def _number(told: str | None) -> Decimal | None:
    return None if told is None else Decimal(told)


def _age(told: Mapping[str, Any]) -> Age:
    return Age(
        label=told["label"],
        payers=Decimal(told["payers"]),
        patients=Decimal(told["patients"]),
        first=date.fromisoformat(told["first"]) if told["first"] else None,
        last=date.fromisoformat(told["last"]),
    )
