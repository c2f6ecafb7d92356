"""Files as people see them: what was sent, what came back, what a person has to decide."""

from collections.abc import Collection

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery

from apps.claims.models import Batch, BatchClaim
from apps.claims.selectors.exception_queue import EXCEPTION_KIND
from apps.claims.states import ClaimStatus
from apps.connectors.models import Transmission
from apps.worklist.models import WorkItem

Answer = BatchClaim.Answer
WORK_KIND = "unread_answer"  # an answer file that no step could read
RETURNED_KIND = "returned_inquiry"  # an answer that sent a file of questions (276) back whole


def batches(*, state: str = "") -> QuerySet[Batch]:
    """Newest first, with the number of claims accepted (anywhere beyond the file's check), rejected, and without an answer."""
    rows = Batch.objects.filter(state=state) if state else Batch.objects.all()
    further = Q(members__answer__in=(Answer.ACKNOWLEDGED, Answer.PASSED_ON, Answer.ACCEPTED, Answer.ADJUDICATED))
    return (
        rows.select_related("connection", "transmission", "work_item")
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


def work_on_answers() -> QuerySet[WorkItem]:
    return WorkItem.objects.filter(kind__in=(WORK_KIND, RETURNED_KIND))


def handed_over() -> QuerySet[Transmission]:
    """Files from the clearinghouse that a person was ever asked to look into; `asks` is the work's title."""
    return _files_of(work_on_answers())


def unread_answers() -> QuerySet[Transmission]:
    """Those that wait for it."""
    return _files_of(work_on_answers().filter(state=WorkItem.State.OPEN))


def _files_of(work: QuerySet[WorkItem]) -> QuerySet[Transmission]:
    files = Transmission.objects.filter(public_id__in=work.values("subject_public_id"))
    told = work.filter(subject_public_id=OuterRef("public_id")).order_by("-pk")
    return files.defer("payload").annotate(asks=Subquery(told.values("title")[:1])).order_by("-pk")


def sendings(claims: Collection[int]) -> QuerySet[BatchClaim]:
    """Places of these claims in files that left, or may have: not in those that the other side refused to take, nor in those of which a
    person has found out that they never arrived. Should one of these be answered after all, it counts from then on.
    """
    return BatchClaim.objects.filter(claim__any_of=claims).exclude(batch__state=Batch.State.NOT_SENT)


def returned_with_it(batch: Batch) -> QuerySet[BatchClaim]:
    """Places of claims that came back with the whole file and have not gone on since. One that was rejected for a reason of its own is
    mended where its findings stand.
    """
    later = BatchClaim.objects.filter(claim=OuterRef("claim"), pk__gt=OuterRef("pk"))
    own_work = Q(claim__work_item__kind=EXCEPTION_KIND, claim__work_item__state=WorkItem.State.OPEN)
    returned = batch.members.filter(answer=Answer.REJECTED, claim__status=ClaimStatus.REJECTED)
    return returned.filter(~Exists(later), ~own_work)


def never_left(batch: Batch) -> QuerySet[BatchClaim]:
    """Places of claims that wait in a file which is with nobody, or of which nobody knows."""
    return batch.members.filter(in_flight=True, claim__status=ClaimStatus.BATCHED)


def left_undecided() -> int:
    """How many files the other side would not take, whose claims still wait in them."""
    return Batch.objects.filter(state=Batch.State.NOT_SENT, members__in_flight=True).distinct().count()


def waits_after_arrival(batch: Batch) -> bool:
    """Whether a person still has to see to claims of it that went on in another file, or to a correction that had been cancelled. Of a
    file that came back the work is to release what came with it.
    """
    item = batch.work_item
    if item is None or item.state != WorkItem.State.OPEN or returned_with_it(batch).exists():
        return False
    arrived = batch.state in {Batch.State.SENT, Batch.State.ACCEPTED, Batch.State.PARTLY_ACCEPTED}
    return arrived or batch.members.filter(answer__in=(Answer.LATE, Answer.LATE_REFUSED)).exists()
