from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from apps.practice.models.payers import Payer


class TelehealthPolicy(models.Model):
    """How one payer wants visits at a distance billed, on the days from `starts_on` to `ends_on`; a later row takes its place.

    What it leaves open ("not stated") is judged by nobody: payers differ, change their minds, and nothing is guessed (DOMAIN 2.4).
    """

    class Place(models.TextChoices):
        ELSEWHERE = "02", "02 telehealth, patient not at home"
        HOME = "10", "10 telehealth, patient at home"
        OFFICE = "11", "11 office, with a modifier"

    class Modifier(models.TextChoices):
        NOT_STATED = "", "Not stated"
        NONE = "none", "None"
        SYNCHRONOUS = "95", "95"
        AUDIO = "93", "93"
        INTERACTIVE = "GT", "GT"
        REFUSED = "refused", "Not paid"

    payer = models.ForeignKey(Payer, on_delete=models.PROTECT, related_name="telehealth_policies")
    starts_on = models.DateField("from")
    ends_on = models.DateField("until", null=True, blank=True, help_text="Its last day; empty: still in force")
    places = ArrayField(
        models.CharField(max_length=2, choices=Place), default=list, blank=True, help_text="None chosen: not stated"
    )
    video_modifier = models.CharField("modifier for video", max_length=8, choices=Modifier, blank=True)
    audio_modifier = models.CharField("modifier for audio only", max_length=8, choices=Modifier, blank=True)
    takes_98000 = models.BooleanField(
        "takes 98000 to 98015", null=True, blank=True, help_text="CPT's own codes of telehealth visits"
    )
    source = models.CharField(max_length=200, help_text="Where it is written: guide and page, or an address")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["payer", "starts_on"], name="telehealth_policy_once"),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")), name="telehealth_policy_ends_after"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.payer}: telehealth from {self.starts_on}"
