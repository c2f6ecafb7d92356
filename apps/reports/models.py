from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from apps.ledger.models import Entry


class MetricSnapshot(models.Model):
    """A metric as it stood on a day: numerator and denominator, so that no rate is stored without what it was made from."""

    metric = models.CharField(max_length=40)
    day = models.DateField()
    numerator = models.DecimalField(max_digits=16, decimal_places=4, null=True)
    denominator = models.DecimalField(max_digits=16, decimal_places=4, null=True)
    value = models.DecimalField(max_digits=12, decimal_places=4, null=True, help_text="Empty: no data")
    computed_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["metric", "day"], name="snapshot_once")]

    def __str__(self) -> str:
        return f"{self.metric} {self.day}"


class KeptReading(models.Model):
    """All figures and what stands beside them as they were measured at a moment; the last of each day stays."""

    day = models.DateField(unique=True)
    taken_at = models.DateTimeField()
    newest_entry = models.ForeignKey(
        Entry,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        help_text="The last one posted before: later ones overtake it",
    )
    content = models.JSONField(encoder=DjangoJSONEncoder)

    def __str__(self) -> str:
        return f"{self.taken_at:%Y-%m-%d %H:%M}"
