from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models


class AuditEvent(models.Model):
    """Who did or read what. Append-only: the database refuses update and delete (migration append_only)."""

    at = models.DateTimeField()
    # Its index is the one below, with the moment.
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    action = models.CharField(max_length=60)
    subject_kind = models.CharField(max_length=40)
    subject_public_id = models.CharField(max_length=40, blank=True)
    patients = ArrayField(models.CharField(max_length=16), default=list, blank=True)
    detail = models.JSONField(default=dict)
    address = models.GenericIPAddressField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["-at"]),
            models.Index(fields=["subject_kind", "subject_public_id"]),
            # What its viewer filters by, newest first.
            models.Index(fields=["actor", "-at"], name="audit_by_actor"),
            models.Index(fields=["action", "-at"], name="audit_by_action"),
            models.Index(fields=["subject_kind", "-at"], name="audit_by_kind"),
            GinIndex(fields=["patients"], name="audit_by_patient"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.subject_kind} {self.subject_public_id}"
