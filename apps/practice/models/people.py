from django.conf import settings
from django.db import models

from apps.core.public_ids import PublicIdModel
from apps.practice.roles import Role


class Membership(models.Model):
    """What a signed-in person is here. One role each; the role's permissions are a table in `roles`."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="membership")
    role = models.CharField(max_length=20, choices=[(role.value, role.label) for role in Role])

    def __str__(self) -> str:
        return f"{self.user} ({self.role})"


class Invitation(PublicIdModel):
    """A log-in whose person has not set a password yet, and the mail that lets them. One a person; sending it again is the same row.

    `sending`: handed to the mail server, with no answer known. What was cut off there is sent again by a person, never by itself, as is
    what the server `refused` for its address.
    """

    class State(models.TextChoices):
        WAITING = "waiting"
        SENDING = "sending"
        SENT = "sent"
        REFUSED = "refused"
        WITHDRAWN = "withdrawn"

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="invitation")
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    invited_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["state"], condition=models.Q(state="waiting"), name="invitation_waiting")]

    def __str__(self) -> str:
        return self.public_id
