from django.db import models

from apps.connectors.models import Transmission


class ColumnMapping(models.Model):
    """How one EHR's export names its columns and its payers. Saved once, used for every file of that layout."""

    name = models.CharField(max_length=60, unique=True)
    columns = models.JSONField(help_text="Our column -> the file's column")
    payers = models.JSONField(default=dict, help_text="The file's payer name -> the payer's id for claims")
    date_format = models.CharField(max_length=20, default="%m/%d/%Y")

    def __str__(self) -> str:
        return self.name


class ChargeFile(models.Model):
    """Which mapping a charge file belongs to, and what it brought: counts, and each refused row with its line and reason.

    Empty counts: it is being read, or its reading was cut off.
    """

    transmission = models.OneToOneField(Transmission, on_delete=models.PROTECT, related_name="charge_file")
    mapping = models.ForeignKey(ColumnMapping, on_delete=models.PROTECT, related_name="+")
    counts = models.JSONField(default=dict)
    problems = models.JSONField(default=list, help_text="[{line, reason}], no patient data")

    def __str__(self) -> str:
        return str(self.transmission)
