"""Claims whose coverage has been replaced since they were built."""

from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Subquery, When

from apps.claims.models import BatchClaim, Claim
from apps.claims.states import ClaimStatus
from apps.intake.models import Coverage

# With us, and no version of it has left; or what left was refused each time, before any payer took it in.
_HERE = (ClaimStatus.DRAFT, ClaimStatus.EXCEPTION, ClaimStatus.READY, ClaimStatus.REJECTED)
_SENT = BatchClaim.objects.filter(claim=OuterRef("pk"))
_REFUSED = BatchClaim.Answer.REJECTED
_NEVER_TAKEN_IN = Q(frequency="1", first_adjudicated_at=None) & (
    Q(first_submitted_at=None) | (Exists(_SENT.filter(answer=_REFUSED)) & ~Exists(_SENT.exclude(answer=_REFUSED)))
)


def overtaken_claims() -> QuerySet[Claim]:
    """Claims that no payer has taken in and whose coverage has ended while another one of its rank holds on the date of service:
    `replacement` is its key.

    A coverage that was in force on the date of service gives way only to another of the same payer, which corrects it. Another payer's
    may simply have begun later: then the biller is asked to compare (intake).
    """
    began = Q(starts_on=None) | Q(starts_on__lte=OuterRef("service_date"))
    later = Coverage.objects.filter(
        began, patient=OuterRef("patient"), rank=OuterRef("coverage__rank"), pk__gt=OuterRef("coverage"), ends_on=None
    ).order_by("-pk")
    had_ended = Q(coverage__ends_on__lt=F("service_date"))
    replacement = Case(
        When(had_ended, then=Subquery(later.values("pk")[:1])),
        default=Subquery(later.filter(payer=OuterRef("payer")).values("pk")[:1]),
    )
    unsent = Claim.objects.filter(_NEVER_TAKEN_IN, status__in=_HERE, coverage__ends_on__isnull=False)
    return unsent.annotate(replacement=replacement).filter(replacement__isnull=False)
