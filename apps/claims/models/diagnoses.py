"""ICD-10-CM by release: codes and what a scrubber asks of them. No descriptor of any code is kept."""

from django.db import models
from django.db.models import F, Q


class DiagnosisRelease(models.Model):
    """The codes in force from one day to another: CMS publishes them for October 1 and for April 1."""

    starts_on = models.DateField(unique=True)
    ends_on = models.DateField(help_text="The last day for which it was published")
    source = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="diagnosis_release_ends_after"),
        ]

    def __str__(self) -> str:
        return f"ICD-10-CM from {self.starts_on}"


class DiagnosisCode(models.Model):
    """A code of a release, without the dot. A heading is not billable: `finer` billable codes stand below it."""

    release = models.ForeignKey(DiagnosisRelease, on_delete=models.CASCADE, related_name="codes", db_index=False)
    code = models.CharField(max_length=7)
    billable = models.BooleanField()
    manifestation = models.BooleanField(help_text="Its underlying condition comes first on the claim")
    finer = models.PositiveIntegerField(help_text="How many billable codes stand below it")
    side = models.CharField(max_length=1, blank=True, help_text="R, L, B for both; none where its words name no side")

    class Meta:
        # It is also the index by which the scrubber looks up the codes of a chunk of claims.
        constraints = [models.UniqueConstraint(fields=["release", "code"], name="diagnosis_code_once")]

    def __str__(self) -> str:
        return self.code


class DiagnosisExclusion(models.Model):
    """An Excludes1 note: no code that begins with `code` goes with one whose beginning lies from `first` to `last`."""

    release = models.ForeignKey(DiagnosisRelease, on_delete=models.CASCADE, related_name="exclusions", db_index=False)
    code = models.CharField(max_length=7)
    first = models.CharField(max_length=7)
    last = models.CharField(max_length=7)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["release", "code", "first", "last"], name="diagnosis_exclusion_once")
        ]

    def __str__(self) -> str:
        return f"{self.code} not with {self.first} to {self.last}"
