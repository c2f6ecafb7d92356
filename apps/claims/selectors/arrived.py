"""What a payer has from a file that had been given up: it arrived after all, and the claim had gone on here without it."""

from django.db.models import Exists, OuterRef, QuerySet

from apps.claims.models import Adjudication, BatchClaim, Claim

Answer = BatchClaim.Answer


def arrived_places() -> "QuerySet[BatchClaim]":
    """Places in such files, as long as no payer's answer to their claims came that was given after the file was written."""
    since = Adjudication.objects.filter(claim=OuterRef("claim"), recorded_at__gt=OuterRef("batch__created_at"))
    arrived = BatchClaim.objects.filter(in_flight=False, answer__in=(Answer.LATE, Answer.ACCEPTED))
    return arrived.filter(~Exists(since))


def is_with_payer(claim: Claim) -> bool:
    return arrived_places().filter(claim=claim).exists()
