"""The day of the examples, and what a figure says of itself."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from apps.reports.metrics.figure import Figure

TODAY = date(2026, 9, 16)


def at(day: date, hour: int = 15) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def parts(figure: Figure) -> dict[str, Decimal | None]:
    return {part.label: part.value for part in figure.parts}
