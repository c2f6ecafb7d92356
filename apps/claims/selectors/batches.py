"""Files as people see them: what was sent, what came back, what a person has to decide."""

from django.db.models import Count, Q, QuerySet

from apps.claims.models import Batch, BatchClaim
from apps.connectors.models import Transmission

Answer = BatchClaim.Answer
ANSWERS = ("TA1", "999", "277CA", "unreadable")


def batches(*, state: str = "") -> QuerySet[Batch]:
    """Newest first, with the number of claims accepted (anywhere beyond the file's check), rejected, and without an answer."""
    rows = Batch.objects.filter(state=state) if state else Batch.objects.all()
    further = Q(members__answer__in=(Answer.ACKNOWLEDGED, Answer.PASSED_ON, Answer.ACCEPTED, Answer.ADJUDICATED))
    return (
        rows.select_related("connection", "transmission")
        .defer("transmission__payload")
        .annotate(
            accepted=Count("members", filter=further),
            rejected=Count("members", filter=Q(members__answer=Answer.REJECTED)),
            silent=Count("members", filter=Q(members__answer=Answer.NONE)),
        )
        .order_by("-pk")
    )


def state_counts() -> dict[str, int]:
    return dict(Batch.objects.values_list("state").annotate(number=Count("pk")).order_by())


def members(batch: Batch) -> QuerySet[BatchClaim]:
    return batch.members.select_related("claim__patient", "claim__payer").order_by("pk")


def unread_answers() -> QuerySet[Transmission]:
    """Files from the clearinghouse that nothing could be made of."""
    failed = Q(state=Transmission.State.FAILED, kind__in=ANSWERS) | Q(
        kind="unreadable", state=Transmission.State.STORED
    )
    return Transmission.objects.filter(failed, direction=Transmission.Direction.IN).defer("payload").order_by("-pk")
