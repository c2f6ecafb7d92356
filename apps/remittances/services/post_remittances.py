"""Stored 835 files, all the way: payments, deposits, claims, exceptions. Called again it goes on, or does nothing."""

import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.db.models import Count

from apps.connectors import journal
from apps.connectors.models import Transmission
from apps.connectors.payloads import opened
from apps.core.jobs import advance, end_job, expect
from apps.remittances.models import RemittanceException, RemittanceFile, RemittedClaim
from apps.remittances.rules.outcomes import Problem
from apps.remittances.services.match_waiting import match_waiting
from apps.remittances.services.post_claims import PostedChunk, post_next_claims
from apps.remittances.services.raise_exceptions import NewException, raise_exceptions
from apps.remittances.services.read_file import ClaimReader, PaymentClaims, summarize_file
from apps.remittances.services.receive_payment import receive_payment
from apps.remittances.services.what_to_post import Posting, what_to_post

logger = logging.getLogger(__name__)
KIND = "835"


@dataclass(frozen=True, slots=True)
class PostedRemittances:
    """What this call finished: files posted, files refused, CLPs (`outcomes`: by outcome), exceptions opened.

    `failures`: one for each file that could not be finished and is tried again by the next call.
    """

    files: int = 0
    refused: int = 0
    claims: int = 0
    exceptions: int = 0
    outcomes: Mapping[str, int] = field(default_factory=dict)
    failures: tuple[Exception, ...] = ()


def post_remittances(*, now: datetime) -> PostedRemittances:
    """Every stored 835, oldest first. A file that fails, even for ever, does not hold up the others; its failure is told."""
    waiting = Transmission.objects.filter(
        kind=KIND, direction=Transmission.Direction.IN, state=Transmission.State.STORED
    ).order_by("at", "pk")
    files: list[RemittanceFile] = []
    failures: list[Exception] = []
    for transmission_id in list(waiting.values_list("pk", flat=True)):
        try:
            file = post_file(transmission_id, now=now)
        except Exception as failure:  # whatever it is, it is this file's alone; told in the result
            logger.exception("Remittance transmission %s failed.", transmission_id)
            failures.append(failure)
        else:
            files += [file] if file else []
    return _summary(files, failures)


def _summary(files: Sequence[RemittanceFile], failures: Sequence[Exception]) -> PostedRemittances:
    outcomes: Counter[str] = Counter()
    for file in files:
        outcomes.update(file.counts)
    refused = sum(1 for file in files if file.state == RemittanceFile.State.REFUSED)
    return PostedRemittances(
        files=len(files) - refused,
        refused=refused,
        claims=outcomes.total(),
        exceptions=RemittanceException.objects.filter(file__in=files).count() if files else 0,
        outcomes=dict(outcomes),
        failures=tuple(failures),
    )


def post_file(transmission_id: int, *, now: datetime) -> RemittanceFile | None:
    """One stored transmission. None when another worker has it, when it was finished before, or when its bytes had come before.

    Raises CutOffPayloadError where what is stored is not what came; nothing is posted of it.
    """
    try:
        return _post(transmission_id, now)
    except Exception as failure:
        for run_id in RemittanceFile.objects.filter(transmission=transmission_id, run__isnull=False).values_list("run"):
            end_job(*run_id, now=now, error=type(failure).__name__)
        raise


def _post(transmission_id: int, now: datetime) -> RemittanceFile | None:
    transmission = Transmission.objects.defer("payload").get(pk=transmission_id)
    if _settle_copy(transmission, now):
        return None
    summary = summarize_file(opened(transmission))
    file, _ = RemittanceFile.objects.get_or_create(transmission=transmission, defaults={"received_at": transmission.at})
    file.is_test = any(payment.is_test for payment in summary.payments)
    posting = what_to_post(file, summary, now=now)
    if not posting.payments:
        return _refuse(file, posting, now)
    if file.run_id:
        expect(file.run_id, sum(payment.claims for _, payment in posting.payments))
    reader = ClaimReader(lambda: opened(transmission), summary.kept)
    for number, payment in posting.payments:
        while True:
            posted = _post_chunk(file, number, PaymentClaims(payment, reader), now)
            if posted is None:
                return None
            if not posted.more:
                break
    return _finish(file, posting, summary.doubts, now)


def _settle_copy(transmission: Transmission, now: datetime) -> bool:
    """The same bytes, fetched under another name: all that they say was taken in, or is, with the first that brought them."""
    first = journal.first_with(transmission.checksum, KIND)
    if first is None or first.pk == transmission.pk:
        return False
    told = f"The same bytes had come before as {first.name or 'a file without a name'}."
    journal.move(transmission, old=Transmission.State.STORED, new=Transmission.State.PROCESSED, now=now, problem=told)
    return True


@transaction.atomic
def _post_chunk(file: RemittanceFile, number: int, claims: PaymentClaims, now: datetime) -> PostedChunk | None:
    """The payment's next claims; with the first of them the payment itself. None when another worker has the file."""
    locked = _locked(file)
    if locked is None:
        return None
    payment = receive_payment(locked, number, claims.payment, now=now)
    posted = post_next_claims(payment, claims, now=now)
    match_waiting(posted.claim_ids, now=now)
    if locked.run_id:
        advance(locked.run_id, posted.number)
    return posted


def _locked(file: RemittanceFile) -> RemittanceFile | None:
    return (
        RemittanceFile.objects.select_for_update(skip_locked=True)
        .filter(pk=file.pk, state=RemittanceFile.State.STORED)
        .first()
    )


@transaction.atomic
def _refuse(file: RemittanceFile, posting: Posting, now: datetime) -> RemittanceFile | None:
    """A file that holds no remittance to be posted stays one exception, which names what it is."""
    locked = _locked(file)
    if locked is None:
        return None
    locked.state, locked.is_test, locked.posted_at = RemittanceFile.State.REFUSED, file.is_test, now
    locked.problem = _problem(posting.left_out)
    locked.save()
    raise_exceptions(posting.left_out, now=now)
    if locked.run_id:
        end_job(locked.run_id, now=now, error=f"Refused. {locked.problem}")
    _settle(locked, Transmission.State.FAILED, now)
    return locked


@transaction.atomic
def _finish(file: RemittanceFile, posting: Posting, doubts: str, now: datetime) -> RemittanceFile | None:
    """Remittances are posted; what else stood in the file is told in one exception, what may be missing of it in another."""
    locked = _locked(file)
    if locked is None:
        return None
    rows = RemittedClaim.objects.filter(payment__file=locked).values_list("outcome").annotate(Count("pk"))
    locked.counts = dict(rows.order_by("outcome"))
    told = [*posting.left_out, *([NewException(Problem.NOT_WHOLE, doubts, locked)] if doubts else [])]
    locked.problem = _problem(told, posting.notice)
    locked.state, locked.is_test, locked.posted_at = RemittanceFile.State.POSTED, file.is_test, now
    locked.save()
    raise_exceptions(told, now=now)
    if locked.run_id:
        end_job(locked.run_id, now=now, counts=_told(locked))
    _settle(locked, Transmission.State.PROCESSED, now)
    return locked


def _problem(told: Sequence[NewException], notice: str = "") -> str:
    return " ".join([*([notice] if notice else []), *(each.sentence for each in told)])[:300]


def _told(file: RemittanceFile) -> dict[str, int]:
    opened_here = RemittanceException.objects.filter(file=file).count()
    return {"claims": sum(file.counts.values()), "exceptions": opened_here}


def _settle(file: RemittanceFile, state: str, now: datetime) -> None:
    journal.move(file.transmission, old=Transmission.State.STORED, new=state, now=now, problem=file.problem)
