"""What changes about a patient or is told of a coverage reaches the claims that wait with us: they are scrubbed again."""

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q

from apps.claims.models import Claim, Finding
from apps.claims.services.lock_claims import lock_claims
from apps.claims.services.move_claims import Move, apply_moves
from apps.claims.states import ClaimStatus
from apps.core.jobs import nudge
from apps.eligibility.models import EligibilityCheck
from apps.eligibility.selectors.self_pay import self_pay_agreements

# A visit that the patient pays in full is never told to the payer (45 CFR 164.522(a)(1)(vi)), whoever released its claim, and when. A void
# takes back what was told before.
_AGREED = Exists(
    self_pay_agreements().filter(coverage__patient=OuterRef("patient"), service_date=OuterRef("service_date"))
) & ~Q(frequency="8")
# What the payer or the front desk told of the coverage after the scrub: of a ready claim that it does not hold, of a held one that it does.
_TOLD = EligibilityCheck.objects.filter(
    Q(answered_at__gt=OuterRef("scrubbed_at")) | Q(settled_at__gt=OuterRef("scrubbed_at")),
    coverage=OuterRef("coverage"),
    service_date=OuterRef("service_date"),
)
_DOUBTED = _TOLD.filter(state=EligibilityCheck.State.ANSWERED, settlement="").exclude(
    verdict__in=(EligibilityCheck.Verdict.ACTIVE, EligibilityCheck.Verdict.UNKNOWN)
)
_CONFIRMED = _TOLD.filter(
    Q(state=EligibilityCheck.State.ANSWERED, verdict=EligibilityCheck.Verdict.ACTIVE)
    | Q(settlement=EligibilityCheck.Settlement.VERIFIED)
)
_OPEN = Finding.objects.filter(claim=OuterRef("pk"), state=Finding.State.OPEN)
_HELD_FOR_IT, _HELD_AS_SELF_PAY = _OPEN.filter(rule="COV-ACTIVE"), _OPEN.filter(rule="COV-SELF-PAY")
_NEWS = (
    (
        Q(patient__changed_at__gt=F("scrubbed_at"), status=ClaimStatus.READY),
        "The EHR changed what it tells of the patient. Scrubbed again.",
    ),
    (
        Q(_AGREED, status=ClaimStatus.READY),
        "The front desk agreed with the patient that the visit is self-pay. Scrubbed again.",
    ),
    (
        Q(Exists(_DOUBTED), status=ClaimStatus.READY),
        "The payer's newer answer casts doubt on the coverage. Scrubbed again.",
    ),
    (
        Q(Exists(_HELD_FOR_IT), Exists(_CONFIRMED), status=ClaimStatus.EXCEPTION),
        "The coverage was confirmed since. Scrubbed again.",
    ),
    (
        Q(Exists(_HELD_AS_SELF_PAY), ~_AGREED, status=ClaimStatus.EXCEPTION),
        "The patient took the self-pay agreement back. Scrubbed again.",
    ),
)
OVERTAKEN = _NEWS[0][0] | _NEWS[1][0] | _NEWS[2][0]
_ANY_NEWS = OVERTAKEN | _NEWS[3][0] | _NEWS[4][0]


def follow_patients(*, now: datetime) -> int:
    """Claims of which a patient, a payer or the front desk has told something new since their scrub are drafts again; how many.

    Ready ones before they leave; of those held, the ones whose payer had said that they are not covered.
    """
    return _follow(now) if Claim.objects.filter(_ANY_NEWS).exists() else 0


@transaction.atomic
def _follow(now: datetime) -> int:
    moved = 0
    for news, words in _NEWS:
        keys = list(lock_claims(Claim.objects.filter(news), skip_locked=True).values_list("pk", flat=True))
        apply_moves([Move(key, ClaimStatus.DRAFT, words) for key in keys], now=now)
        moved += len(keys)
    nudge("scrub_claims")
    return moved
