from django.db import models


class VendorAgreement(models.Model):
    """The business associate agreement with a vendor. Without one on record nothing about a patient goes there (45 CFR 164.502(e))."""

    vendor = models.CharField(max_length=40, unique=True, help_text="The adapter's name, for example twilio")
    signed_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    kept_at = models.CharField("where the signed copy is kept", max_length=200, blank=True)

    def __str__(self) -> str:
        return self.vendor
