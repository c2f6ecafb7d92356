"""As whom the practice bills: as an organization, or as a physician."""

from apps.practice.models import Practice, Provider


def billing_physician(practice: Practice) -> Provider | None:
    """Whose own NPI (type 1) the practice bills under. A payer knows such an NPI by the person's name, and refuses an organization's
    beside it (X222A1 2010AA NM102; NPPES). None where the NPI is the practice's own (type 2).
    """
    return Provider.objects.filter(npi=practice.npi).exclude(last_name="").order_by("-active", "pk").first()
