from django.db import models

from apps.connectors.models import Connection, Transmission
from apps.core.public_ids import PublicIdModel
from apps.worklist.models import WorkItem


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
    problems = models.JSONField(default=list, help_text="[{line or visit, reason}], no patient data")

    def __str__(self) -> str:
        return str(self.transmission)


class RefusedCharges(PublicIdModel):
    """What did not come in by itself, or not all of it: a file of charges, or a visit or an appointment that the EHR told. A person's
    work, once.
    """

    APPOINTMENT = "appointment:"  # so begins the key of one

    connection = models.ForeignKey(Connection, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=200, help_text="What it is known by when it is met again")
    name = models.CharField(max_length=200, help_text="The file's name, or the visit's number in the EHR")
    problem = models.CharField(max_length=300, help_text="Why, as a sentence; no patient data")
    transmission = models.ForeignKey(
        Transmission, null=True, on_delete=models.PROTECT, related_name="+", help_text="The file, where it was read"
    )
    at = models.DateTimeField()
    work_item = models.OneToOneField(WorkItem, on_delete=models.PROTECT, related_name="refused_charges")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["connection", "key"], name="refused_charges_once")]

    def __str__(self) -> str:
        return self.public_id

    @property
    def is_appointment(self) -> bool:
        return self.key.startswith(self.APPOINTMENT)
