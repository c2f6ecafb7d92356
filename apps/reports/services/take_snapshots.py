from datetime import datetime

from apps.core import clock
from apps.reports.metrics import METRICS
from apps.reports.models import MetricSnapshot


def take_snapshots(*, now: datetime) -> int:
    """Keep every metric as it stands today; a second run of the day replaces the first's. Returns how many have a value."""
    today = clock.practice_date(now)
    figures = {metric.key: metric.measure(today) for metric in METRICS}
    MetricSnapshot.objects.bulk_create(
        [
            MetricSnapshot(
                metric=key,
                day=today,
                numerator=figure.numerator,
                denominator=figure.denominator,
                value=figure.value,
                computed_at=now,
            )
            for key, figure in figures.items()
        ],
        update_conflicts=True,
        unique_fields=["metric", "day"],
        update_fields=["numerator", "denominator", "value", "computed_at"],
    )
    return sum(figure.value is not None for figure in figures.values())
