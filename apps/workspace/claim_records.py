"""What the pages of one claim share: the claim, and whose record it is."""

from django.db.models import QuerySet
from django.http import Http404

from apps.claims.models import Claim
from apps.intake.models import Patient
from apps.workspace.selectors import claim_page


def of_claim(public_id: str) -> QuerySet[Patient]:
    return Patient.objects.filter(claims__public_id=public_id)


def claim_or_404(public_id: str) -> Claim:
    found = claim_page.find_claim(public_id)
    if found is None:
        raise Http404
    return found
