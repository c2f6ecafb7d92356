from django.db import models


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
