"""A file that still waits to be sent, and bears a visit that its patient has agreed to pay since, does not leave."""

from datetime import datetime

from django.db import transaction

from apps.claims.models import Batch, Claim
from apps.claims.selectors.news import self_pay_aboard
from apps.claims.services.lock_claims import lock_claims
from apps.claims.services.release_claims import release
from apps.claims.states import ClaimStatus
from apps.connectors.models import Transmission

_WHY = "Kept back before it was sent: a patient has agreed to pay a visit of it, of which nothing goes to the payer"
_WHAT = "Its file was kept back before it was sent; the claim is scrubbed again."


def keep_back_self_pay(*, batch_id: str, now: datetime) -> bool:
    """Whether the file (public id) was kept back. All its claims are scrubbed again: the rules hold that visit, the others leave.

    Nothing of the visit may be told to the plan (45 CFR 164.522(a)(1)(vi)). Only a written file is with nobody; one that is being
    sent is left alone.
    """
    return self_pay_aboard(batch_id).exists() and _keep_back(batch_id, now)


@transaction.atomic
def _keep_back(batch_id: str, now: datetime) -> bool:
    aboard = Claim.objects.filter(memberships__batch__public_id=batch_id, memberships__in_flight=True)
    claims = list(lock_claims(aboard.filter(status=ClaimStatus.BATCHED)).values_list("pk", flat=True))
    written = Batch.objects.filter(public_id=batch_id, state=Batch.State.WRITTEN)
    if not written.update(state=Batch.State.NOT_SENT, retry_at=None):
        return False
    batch = Batch.objects.select_related("transmission").defer("transmission__payload").get(public_id=batch_id)
    Transmission.objects.filter(pk=batch.transmission_id).update(
        state=Transmission.State.FAILED, problem=_WHY, settled_at=now
    )
    release(batch, claims, _WHY, _WHAT, now=now)
    return True
