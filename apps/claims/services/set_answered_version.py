"""A person has found out which version of a claim an answer is for."""

from collections.abc import Collection
from datetime import datetime

from apps.claims.models import Adjudication, ClaimEvent
from apps.claims.rules.answered_version import VersionBasis
from apps.core.models import User


def set_answered_version(
    rows: Collection[str], correction: int, *, what: str, acting_user: User, now: datetime
) -> None:
    """`rows`: keys of one answer's rows; `correction`: what made the version, 0 for the claim as it was first sent. `what` is told in the
    claim's timeline. The caller holds the claim's lock, and restates it.
    """
    answer = Adjudication.objects.filter(key__in=rows).order_by("segment", "pk")
    answer.update(correction=correction or None, version_basis=VersionBasis.PERSON)
    first = answer.first()
    if first is not None:
        ClaimEvent.objects.create(
            claim_id=first.claim_id,
            at=now,
            what=what[:240],
            actor=acting_user,
            transmission_id=first.transmission_id,
            segment=first.segment,
        )
