"""An answer is read while somebody else decides about the file that it speaks of: it counts, whoever commits first."""

from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from datetime import datetime, timedelta

import pytest

from apps.claims.models import Batch, Claim, StatusInquiry
from apps.claims.selectors.batches import RETURNED_KIND
from apps.claims.services import (
    AcknowledgeResult,
    BatchNotOpenError,
    acknowledge_claims,
    ask_status,
    batch_claims,
    resolve_unknown_batch,
    settle_late_batch,
    submit_batch,
)
from apps.claims.services.hold_claims import Hold, hold_claims
from apps.claims.states import ClaimStatus
from apps.connectors import journal
from apps.connectors.models import Connection, Transmission
from apps.worklist.models import WorkItem
from apps.worklist.queue import close_item
from tests.claims.answers import f277ca, group, interchange
from tests.claims.inquiries import asked, f999, read_in, ta1
from tests.claims.test_refused_inquiries import silent_claims
from tests.factories.claims import ClaimFactory
from tests.factories.practice import UserFactory
from tests.locks import elsewhere, happening_after

Clearinghouse = Callable[..., Connection]
REJECTED, ACCEPTED = "A3:562:82**U", "A2:20:PR*20260917*WQ"


@pytest.mark.django_db(transaction=True)
def test_a_payers_answer_counts_though_a_person_gives_its_file_up_while_it_is_read(
    clearinghouse: Clearinghouse, now: datetime
) -> None:
    """It names the claim alone, which is looked for among the files given up, and then among those under way."""
    clearinghouse(mood="lost", lists=False)
    claim, person = ClaimFactory(status=ClaimStatus.READY), UserFactory()
    batch = Batch.objects.get(public_id=batch_claims(now=now).batches[0])
    assert submit_batch(batch_id=batch.public_id, now=now) is Batch.State.UNKNOWN
    journal.receive(f277ca((claim.control_number, REJECTED), role="PR"), kind="277CA", now=now, name="277CA")

    def gives_up() -> None:
        with suppress(BatchNotOpenError):
            resolve_unknown_batch(batch_id=batch.public_id, arrived=False, note="Called.", acting_user=person, now=now)

    def looks_among_those_given_up(sql: str) -> bool:
        return sql.startswith("SELECT") and "in_flight" in sql and "NOT" in sql

    with happening_after(looks_among_those_given_up, lambda: elsewhere(gives_up)):
        assert acknowledge_claims(now=now).rejected == 1
    claim.refresh_from_db()
    assert claim.status == ClaimStatus.REJECTED


@pytest.mark.django_db(transaction=True)
def test_a_file_whose_last_claims_are_answered_by_two_at_one_moment_is_answered(batch: Batch, now: datetime) -> None:
    """Each of the two readers counts what is silent yet before the other has committed."""
    first, *others = Claim.objects.order_by("pk").values_list("control_number", flat=True)
    for number, told in enumerate(([first], others)):
        answer = f277ca(*((each, ACCEPTED) for each in told), role="PR")
        journal.receive(answer, kind="277CA", now=now, name=f"277CA-{number}")

    def counts_the_silent(sql: str) -> bool:
        return sql.startswith("SELECT") and "COUNT" in sql and Batch._meta.db_table in sql

    second: list[Future[AcknowledgeResult]] = []

    def the_other_reads() -> None:
        second.append(elsewhere(lambda: acknowledge_claims(now=now)))

    with happening_after(counts_the_silent, the_other_reads):
        assert acknowledge_claims(now=now).accepted == 1
    assert second[0].result().accepted == 2
    batch.refresh_from_db()
    assert batch.state == Batch.State.ACCEPTED


@pytest.mark.django_db(transaction=True)
def test_a_file_of_two_answers_locks_the_claims_of_both_before_it_settles_their_batch(
    batch: Batch, now: datetime
) -> None:
    """The first answer speaks of the last claim. Whoever decides about the batch takes its claims in their order."""
    *_, middle, last = Claim.objects.order_by("pk").values_list("control_number", flat=True)
    told = [f277ca((number, ACCEPTED), role="PR").decode().split("~")[2:-3] for number in (last, middle)]
    told[1][0], told[1][-1] = (each.replace("*0001", "*0002") for each in (told[1][0], told[1][-1]))
    payload = interchange(*group("HN", "005010X214", *told[0], *told[1]))
    journal.receive(payload, kind="277CA", now=now, name="277CA")
    person = UserFactory()

    def decides() -> None:
        with suppress(BatchNotOpenError):
            settle_late_batch(batch_id=batch.public_id, outcome="Seen to.", acting_user=person, now=now)

    def settles(sql: str) -> bool:
        return sql.startswith("SELECT") and "FOR NO KEY UPDATE" in sql and f'FROM "{Batch._meta.db_table}"' in sql

    other: list[Future[None]] = []
    with happening_after(settles, lambda: other.append(elsewhere(decides))):
        assert acknowledge_claims(now=now).accepted == 2
    other[0].result()


@pytest.mark.django_db
def test_an_inquiry_that_is_sent_back_before_its_sender_notes_that_it_arrived_is_sent_back(
    silent: Claim, now: datetime
) -> None:
    """Only a file that failed is asked again by halves."""
    later = now + timedelta(days=3)
    file = asked(later).transmission
    Transmission.objects.filter(pk=file.pk).update(state=Transmission.State.SENDING)

    def looks_the_inquiry_up(sql: str) -> bool:
        return sql.startswith("SELECT") and '"vendor_key" = ' in sql

    def its_sender_notes_it() -> None:
        journal.move(file, old=Transmission.State.SENDING, new=Transmission.State.SENT, now=later)

    with happening_after(looks_the_inquiry_up, its_sender_notes_it):
        read_in(f999(int(file.control_number.removeprefix("TS")), "R"), "999", later)
    file.refresh_from_db()
    assert file.state == Transmission.State.FAILED
    assert file.problem.startswith("The file check refused it.")


@pytest.mark.django_db(transaction=True)
def test_two_inquiries_that_come_back_at_one_moment_are_one_task(clearinghouse: Clearinghouse, now: datetime) -> None:
    clearinghouse(lists=False)
    silent_claims(2, now)
    later = now + timedelta(days=3)
    for number in range(2):
        ask_status(now=later, limit=1)
        file = Transmission.objects.filter(kind="276").latest("pk")
        answer = ta1(int(file.control_number.removeprefix("TS")), "R")
        journal.receive(answer, kind="TA1", now=later, name=f"TA1.{number}")
    second: list[Future[AcknowledgeResult]] = []

    def looks_for_the_task(sql: str) -> bool:
        return sql.startswith("SELECT") and f'"{WorkItem._meta.db_table}"."kind" = ' in sql

    with happening_after(looks_for_the_task, lambda: second.append(elsewhere(lambda: acknowledge_claims(now=later)))):
        acknowledge_claims(now=later)
    second[0].result()
    assert StatusInquiry.objects.filter(outcome=StatusInquiry.Outcome.RETURNED).count() == 2
    assert WorkItem.objects.filter(kind=RETURNED_KIND).count() == 1


@pytest.mark.django_db
def test_a_task_that_a_person_ends_while_its_claim_is_rejected_stays_done(silent: Claim, now: datetime) -> None:
    chase = silent.work_item
    assert chase is not None

    def reads_the_claims_work(sql: str) -> bool:
        return sql.startswith("SELECT") and f'"{WorkItem._meta.db_table}"."title"' in sql and "FOR" not in sql

    def a_person_ends_it() -> None:
        close_item(chase, acting_user=None, now=now, outcome="Called.")

    with happening_after(reads_the_claims_work, a_person_ends_it):
        hold_claims([Hold(silent.pk, ClaimStatus.REJECTED, "Rejected.", ())], now=now)
    chase.refresh_from_db()
    assert (chase.state, chase.outcome) == (WorkItem.State.DONE, "Called.")
