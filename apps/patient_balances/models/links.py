from datetime import datetime

from django.db import models

from apps.core.encryption import EncryptedBytesField
from apps.core.public_ids import PublicIdModel
from apps.patient_balances.models.balances import Balance

MOST_TRIES = 5


class PaymentLink(PublicIdModel):
    """A patient's way in. The token is 256 random bits, kept as a hash; a try is a wrong birth date or ZIP."""

    balance = models.ForeignKey(Balance, on_delete=models.PROTECT, related_name="links")
    token_hash = models.CharField(max_length=64, unique=True)
    sealed_token = EncryptedBytesField(
        null=True, help_text="Until its message is sent, so that a crash can resend the same link"
    )
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    opened_at = models.DateTimeField(null=True, blank=True)
    verified_at = models.DateTimeField(null=True, blank=True)
    wrong_tries = models.PositiveSmallIntegerField(default=0)

    def __str__(self) -> str:
        return self.public_id

    @property
    def is_locked(self) -> bool:
        return self.wrong_tries >= MOST_TRIES

    def is_expired(self, now: datetime) -> bool:
        return self.expires_at <= now
