"""Answer files that no step can read to their end: each is one person's work, and is read again or set aside when that person says so."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from apps.audit.trail import record
from apps.claims.rules.cut_file import lacks_end
from apps.claims.rules.file_kind import UNREADABLE
from apps.claims.selectors.batches import WORK_KIND, work_on_answers
from apps.connectors import journal
from apps.connectors.models import Connection, Transmission
from apps.core.jobs import nudge
from apps.core.models import User
from apps.core.sentences import inside
from apps.worklist.models import WorkItem
from apps.worklist.queue import close_items, open_item

ACKNOWLEDGEMENTS = ("TA1", "999", "277CA", "277")
REMITTANCE = "835"
State = Transmission.State


class AnswerNotOpenError(Exception):
    """Somebody has dealt with the file; the message says so."""


def hand_over_unread(*, connection: Connection, now: datetime) -> int:
    """Stored files of a kind that no step takes; how many are new work. What a crash left over is found by the next look."""
    stored = fetched_files(connection).filter(state=State.STORED)
    files = stored.exclude(kind__in=(*ACKNOWLEDGEMENTS, REMITTANCE)).defer("payload")
    return sum(hand_over(file, _what_it_is(file), now=now) for file in files.order_by("pk"))


def fetched_files(connection: Connection) -> "QuerySet[Transmission]":
    """What came as a file. The answer to an inquiry of ours bears its control number and is read where it was asked for."""
    came = Transmission.objects.filter(connection=connection, direction=Transmission.Direction.IN)
    return came.filter(~Q(kind="271") | Q(vendor_key__contains=":"))


def _what_it_is(file: Transmission) -> str:
    if not file.size:
        return "It is empty."
    return "It is not X12." if file.kind == UNREADABLE else f"It is a {file.kind}, which is not read from this folder."


@transaction.atomic
def hand_over(file: Transmission, problem: str, *, now: datetime) -> bool:
    """The file has failed, and a person is asked to look at it. False: somebody else had dealt with it meanwhile."""
    if not journal.move(file, old=State.STORED, new=State.FAILED, now=now, problem=problem):
        return False
    why = problem.partition(". ")[0].rstrip(".")
    open_item(
        kind=WORK_KIND,
        title=f"Look into the answer file {file.name or 'without a name'}: {inside(why)}",
        owner_role=WorkItem.OwnerRole.BILLER,
        url_name="claims:answer",
        subject_public_id=file.public_id,
        now=now,
    )
    return True


@transaction.atomic
def read_again(*, file_id: str, acting_user: User, now: datetime) -> None:
    """An acknowledgement that still waits for a person is read once more, after its cause was mended here. What was taken of a file that
    lacks an end would only be said again, perhaps of claims that have been sent anew meanwhile. Raises AnswerNotOpenError.
    """
    file = _of(file_id)
    if lacks_end(file.problem):
        raise AnswerNotOpenError(
            "A file that lacks an end is not read a second time: ask for the whole file, which is read when it comes."
        )
    if not _close(file, "Read again.", acting_user, now) or not journal.move(file, old=State.FAILED, new=State.STORED):
        raise AnswerNotOpenError("This file has been dealt with meanwhile.")
    nudge("acknowledge_claims")


@transaction.atomic
def set_aside(*, file_id: str, outcome: str, acting_user: User, now: datetime) -> None:
    """A person has dealt with it elsewhere; `outcome` says how. The file stays in the journal; what it had sent back is asked again.

    Raises AnswerNotOpenError.
    """
    if not outcome.strip():
        raise AnswerNotOpenError("Say in a few words what became of it.")
    if not _close(_of(file_id), outcome.strip(), acting_user, now):
        raise AnswerNotOpenError("This file has been dealt with meanwhile.")


def open_work(file_id: str) -> WorkItem | None:
    return work_on_answers().filter(subject_public_id=file_id, state=WorkItem.State.OPEN).first()


def _of(file_id: str) -> Transmission:
    return Transmission.objects.defer("payload").get(public_id=file_id)


def _close(file: Transmission, outcome: str, acting_user: User, now: datetime) -> int:
    item = open_work(file.public_id)
    record(
        "settle_answer",
        acting_user=acting_user,
        now=now,
        subject_kind="transmission",
        subject_public_id=file.public_id,
    )
    return close_items([item.pk] if item else [], acting_user=acting_user, now=now, outcome=outcome)
