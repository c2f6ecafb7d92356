from datetime import timedelta

from django.conf import settings
from django.db import models

from apps.worklist.models import WorkItem

# DOMAIN 2.8: a quarter.
REVIEWED_EVERY = timedelta(days=91)


class Reviewed(models.Model):
    """What somebody looks at each quarter. Until they do it is due, and goes on all the same."""

    review_on = models.DateField()
    reviewed_at = models.DateTimeField(null=True, blank=True)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    review_note = models.CharField(max_length=300, blank=True)
    review_item = models.OneToOneField(WorkItem, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        abstract = True
