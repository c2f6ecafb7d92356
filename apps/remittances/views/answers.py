"""The answer that an address names, where it speaks of a claim of ours."""

from django.http import Http404

from apps.claims.models import Claim
from apps.remittances.models import RemittanceFile, RemittedClaim
from apps.remittances.selectors import pages


def answer_on_a_claim(public_id: str, payment: int, number: int) -> tuple[RemittanceFile, RemittedClaim, Claim]:
    """The file, the CLP, and our claim. Raises Http404."""
    file = pages.find_file(public_id)
    row = pages.find_remitted_claim(file, payment, number) if file else None
    if file is None or row is None or row.claim is None:
        raise Http404
    return file, row, row.claim
