from django.db import models
from django.db.models import F, Q

from apps.core.money import MoneyField
from apps.core.public_ids import PublicIdModel
from apps.practice.models.places import Address


class Payer(PublicIdModel, Address):
    """A payer as the practice knows it. How it behaves is data with a source, never a constant in code (DOMAIN, head).

    Its ids here hold wherever no PayerChannel says otherwise: `practice.selectors.payer_channels` reads the two together. The address
    is where its paper goes.
    """

    class CorrectionRoute(models.TextChoices):
        REPLACEMENT = "replacement", "Replacement claim (frequency 7)"
        NEW_CLAIM = "new_claim", "New claim (frequency 1)"
        REOPENING = "reopening", "Reopening by portal, phone or form"

    name = models.CharField(max_length=60, unique=True)
    claims_id = models.CharField(
        "payer ID for claims",
        max_length=20,
        help_text="The usual ID; a clearinghouse that has another one gets a row of its own",
    )
    eligibility_id = models.CharField(
        "payer ID for eligibility", max_length=20, blank=True, help_text="Empty: verified by phone"
    )
    remittance_ids = models.CharField(
        max_length=120, blank=True, help_text="IDs under which its 835 names it, separated by spaces"
    )
    filing_indicator = models.CharField("claim filing indicator (SBR09)", max_length=2, default="CI")
    correction_route = models.CharField(max_length=12, choices=CorrectionRoute, default=CorrectionRoute.REPLACEMENT)
    correction_source = models.CharField(
        "where the correction route is written", max_length=200, blank=True, help_text="Guide and page, or an address"
    )
    member_id_pattern = models.CharField(
        max_length=80,
        blank=True,
        help_text="A regular expression, for example LP[0-9]{9}. Empty: member IDs are not compared",
    )
    sends_277ca = models.BooleanField(default=True)
    underpaid_beyond = MoneyField(
        verbose_name="underpaid beyond, dollars",
        null=True,
        blank=True,
        help_text="Empty: as the practice's settings say",
    )
    underpaid_beyond_percent = models.DecimalField(
        "underpaid beyond, percent of the contract price", max_digits=5, decimal_places=2, null=True, blank=True
    )
    phone = models.CharField(max_length=20, blank=True)
    fax = models.CharField(max_length=20, blank=True)
    portal = models.URLField(blank=True)
    form = models.URLField("form", blank=True, help_text="For reopenings and appeals")
    confirmed = models.BooleanField(
        default=True, help_text="An EHR or a file may bring one that nobody has confirmed yet"
    )

    def __str__(self) -> str:
        return self.name


class FeeScheduleLine(models.Model):
    """The contracted allowed amount in dollars for one unit of a procedure at one payer, on the days from `effective_on` to `ends_on`."""

    payer = models.ForeignKey(Payer, on_delete=models.PROTECT, related_name="fee_schedule")
    procedure = models.CharField(max_length=5)
    modifier = models.CharField(max_length=2, blank=True, help_text="Empty: without a modifier that has a price")
    allowed = MoneyField()
    effective_on = models.DateField()
    ends_on = models.DateField(
        null=True, blank=True, help_text="Its last day; empty: until a later line takes its place"
    )
    source = models.CharField(
        max_length=200, blank=True, help_text="Where it is written: contract and exhibit, or the file that brought it"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["payer", "procedure", "modifier", "effective_on"], name="fee_once"),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("effective_on")), name="fee_ends_after"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.payer} {self.procedure} {self.allowed}"
