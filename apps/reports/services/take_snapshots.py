from datetime import datetime

from django.db import transaction

from apps.reports.models import KeptReading, MetricSnapshot
from apps.reports.selectors.reading import content_of, newest_entry, take


@transaction.atomic
def take_snapshots(*, now: datetime) -> int:
    """Keep every metric as it stands today, and all that its pages show; a second run of the day replaces the first's.

    Returns how many have a value.
    """
    seen = newest_entry()
    reading = take(now=now)
    MetricSnapshot.objects.bulk_create(
        [
            MetricSnapshot(
                metric=key,
                day=reading.on,
                numerator=figure.numerator,
                denominator=figure.denominator,
                value=figure.value,
                computed_at=now,
            )
            for key, figure in reading.figures.items()
        ],
        update_conflicts=True,
        unique_fields=["metric", "day"],
        update_fields=["numerator", "denominator", "value", "computed_at"],
    )
    KeptReading.objects.update_or_create(
        day=reading.on, defaults={"taken_at": now, "newest_entry_id": seen, "content": content_of(reading)}
    )
    return sum(figure.value is not None for figure in reading.figures.values())
