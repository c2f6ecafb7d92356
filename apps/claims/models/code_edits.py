"""CMS's tables of what may not be billed together, or not so often. They hold codes and dates; no descriptor of any code."""

from django.db import models
from django.db.models import Q


class PairReason(models.Model):
    """Why CMS pairs two codes, in its own words (column 7 of its file); a few dozen for two million pairs."""

    text = models.CharField(max_length=200, unique=True)

    def __str__(self) -> str:
        return self.text


class CodePair(models.Model):
    """An NCCI procedure-to-procedure edit: of two codes on one day, the one of column 2 is not paid.

    A pair recurs with other dates. `ends_on` is the last day on which it is in force; empty: until CMS deletes it.
    """

    class Indicator(models.TextChoices):
        NEVER = "0", "No modifier opens the pair"
        MODIFIER = "1", "A modifier that tells of a separate service opens it"
        DELETED = "9", "Deleted from the day on which it began"

    column_1 = models.CharField(max_length=5)
    column_2 = models.CharField(max_length=5)
    effective_on = models.DateField()
    ends_on = models.DateField(null=True)
    indicator = models.CharField(max_length=1, choices=Indicator)
    reason = models.ForeignKey(PairReason, on_delete=models.PROTECT, related_name="+", db_index=False)

    class Meta:
        # It is also the index by which the scrubber looks up the pairs of a chunk of claims.
        constraints = [
            models.UniqueConstraint(fields=["column_1", "column_2", "effective_on"], name="code_pair_once"),
        ]

    def __str__(self) -> str:
        return f"{self.column_1} {self.column_2} from {self.effective_on}"


class UnitEdition(models.Model):
    """A quarter's MUE table, in force from its day until the next edition's: a code that a later one leaves out has no limit there."""

    effective_on = models.DateField(unique=True)

    def __str__(self) -> str:
        return str(self.effective_on)


class UnitLimit(models.Model):
    """A medically unlikely edit: the most units of a code."""

    class Adjudication(models.TextChoices):
        LINE = "1", "By line"
        DAY_ABSOLUTE = "2", "By day, absolute"
        DAY = "3", "By day, overridable with records"

    edition = models.ForeignKey(UnitEdition, on_delete=models.CASCADE, related_name="limits", db_index=False)
    code = models.CharField(max_length=5)
    most = models.PositiveIntegerField()
    adjudication = models.CharField("MUE adjudication indicator", max_length=1, choices=Adjudication)
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["edition", "code"], name="unit_limit_once"),
            models.CheckConstraint(condition=Q(adjudication__in=("1", "2", "3")), name="unit_limit_adjudication"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.most}"
