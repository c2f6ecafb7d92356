"""The claims that an answer file can touch are locked before its first answer is taken in: each answer settles its file, and the next one
would lock claims behind that, while whoever decides about a file locks its claims first.
"""

from collections.abc import Iterable, Iterator, Sequence

from django.db.models import Q

from apps.claims.encode.inquiries import inquiry_number
from apps.claims.models import Batch, BatchClaim, Claim, StatusInquiry
from apps.claims.selectors.inquiries import INQUIRY
from apps.claims.services.lock_claims import lock_claims
from apps.claims.states import ClaimStatus
from apps.connectors.models import Transmission
from apps.core.plain_codes import whole_number
from apps.x12 import InterchangeAcknowledgment
from apps.x12.guides.x277 import ClaimStatusResponse
from apps.x12.guides.x277ca import ClaimAcknowledgment
from apps.x12.guides.x999 import GroupAcknowledgment


def lock_answered(acknowledgments: Iterable[InterchangeAcknowledgment], bodies: Sequence[object]) -> None:
    """`bodies`: the file's transactions. Every claim that they name, or that is in a file or an inquiry of ours which they name; and what
    else is in a file that proves by a claim of it to have arrived.
    """
    interchanges = {whole_number(each.control_number) or 0 for each in acknowledgments}
    groups = {whole_number(each.group_number) or 0 for each in bodies if isinstance(each, GroupAcknowledgment)}
    references, numbers, traces = _named(bodies)
    claims = set(Claim.objects.filter(control_number__in=numbers).values_list("pk", flat=True))
    proves = Q(answer=BatchClaim.Answer.RELEASED) | Q(in_flight=True, claim__status=ClaimStatus.BATCHED)
    arrived = BatchClaim.objects.filter(proves, claim__in=claims).values("batch")
    files = Q(interchange_number__in=interchanges) | Q(group_number__in=groups) | Q(reference__in=references)
    batches = Batch.objects.filter(files | Q(pk__in=arrived))
    claims.update(BatchClaim.objects.filter(batch__in=batches).values_list("claim", flat=True))
    claims.update(StatusInquiry.objects.filter(public_id__in=traces).values_list("claim", flat=True))
    # Their journal rows bear one number as both.
    asked = references | {inquiry_number(number) for number in interchanges | groups}
    inquiries = Transmission.objects.filter(kind=INQUIRY, control_number__in=asked)
    claims.update(
        StatusInquiry.objects.filter(transmission__in=inquiries, answered_at=None).values_list("claim", flat=True)
    )
    list(lock_claims(Claim.objects.filter(pk__any_of=claims)).values_list("pk"))


def _named(bodies: Iterable[object]) -> tuple[set[str], set[str], set[str]]:
    """References of files, numbers of claims and of inquiries; what is empty names nothing."""
    references, numbers, traces = set[str](), set[str](), set[str]()
    for body in bodies:
        if isinstance(body, ClaimAcknowledgment):
            references.update(each.batch_reference for each in body.receivers)
            numbers.update(_claims_of(body))
        elif isinstance(body, ClaimStatusResponse):
            references.update(each.trace_number for source in body.sources for each in source.receivers)
            numbers.update(claim.control_number for claim in body.claims)
            traces.update(claim.trace_number for claim in body.claims)
    return references - {""}, numbers - {""}, traces - {""}


def _claims_of(body: ClaimAcknowledgment) -> Iterator[str]:
    for receiver in body.receivers:
        for provider in receiver.providers:
            yield from (claim.control_number for claim in provider.claims)
