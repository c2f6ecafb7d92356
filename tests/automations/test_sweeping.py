from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from pytest_django import DjangoAssertNumQueries

from apps.automations.schedule import SCHEDULE
from apps.automations.steps import STEPS
from apps.automations.sweeping import SET_STEPS, _keyed, close_interrupted_runs, left_behind
from apps.claims.models import Batch, Claim
from apps.claims.services import release_batch
from apps.claims.states import ClaimStatus
from apps.core.models import JobRun
from apps.patient_balances.models import Balance, Reply
from tests.factories.claims import AdjudicationFactory, BatchFactory, ClaimFactory
from tests.factories.connectors import TransmissionFactory
from tests.factories.eligibility import EligibilityCheckFactory
from tests.factories.intake import EncounterFactory
from tests.factories.ledger import post_as_billed
from tests.factories.patient_balances import InboundMessageFactory, answered_claim
from tests.factories.practice import PracticeFactory, UserFactory
from tests.patient_balances.opening import open_balances

pytestmark = pytest.mark.django_db


def test_nothing_is_left_behind_where_nothing_is_due(now: datetime) -> None:
    ClaimFactory(status=ClaimStatus.READY)
    assert left_behind(now=now) == ()


def test_all_is_asked_in_one_statement(now: datetime, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    EncounterFactory()
    ClaimFactory(status=ClaimStatus.DRAFT)
    with django_assert_num_queries(3) as asked:
        assert left_behind(now=now) == (("build_claims", ""), ("scrub_claims", ""))
    assert sum(each["sql"].count("FROM") > 0 for each in asked.captured_queries) == 1


# What neither the sweep nor an hour of its own starts again, and why nothing is lost with it.
STARTED_OTHERWISE = {
    "follow_postings": "each step that it starts is swept",
    "send_ready": "what is ready leaves with the next batches",
    "chase_crossovers": "it follows the daily look at unanswered claims",
    "ask_status": "it follows the daily look at unanswered claims",
}


def test_no_step_is_started_by_its_nudge_alone(now: datetime) -> None:
    swept = {step for step, _ in SET_STEPS} | {step for step, _ in _keyed(now)}
    periodic = {job.step for job in SCHEDULE}
    assert sorted(STEPS.keys() - swept - periodic) == sorted(STARTED_OTHERWISE)


def test_a_visit_without_its_claim_is_found(now: datetime) -> None:
    EncounterFactory()
    assert ("build_claims", "") in left_behind(now=now)


def test_a_draft_is_found(now: datetime) -> None:
    ClaimFactory(status=ClaimStatus.DRAFT)
    assert ("scrub_claims", "") in left_behind(now=now)


@pytest.mark.parametrize(
    ("kind", "step"),
    [
        ("999", "acknowledge_claims"),
        ("277CA", "acknowledge_claims"),
        ("TA1", "acknowledge_claims"),
        ("835", "post_remittances"),
    ],
)
def test_a_file_that_nobody_read_is_found(now: datetime, kind: str, step: str) -> None:
    TransmissionFactory(kind=kind)
    assert (step, "") in left_behind(now=now)


@pytest.mark.parametrize(
    ("kind", "step"),
    [
        ("webhook.ehr", "receive_ehr_event"),
        ("webhook.messages", "receive_message_event"),
        ("webhook.reports", "receive_message_event"),
        ("webhook.payments", "receive_payment_event"),
    ],
)
def test_a_delivery_that_nobody_read_is_found_by_its_id(now: datetime, kind: str, step: str) -> None:
    delivery = TransmissionFactory(kind=kind)
    assert (step, delivery.public_id) in left_behind(now=now)


def test_a_delivery_that_was_read_is_left_alone(now: datetime) -> None:
    TransmissionFactory(kind="webhook.ehr", state="processed")
    assert left_behind(now=now) == ()


def test_a_batch_that_was_written_and_not_sent_is_found(now: datetime) -> None:
    batch = BatchFactory(state=Batch.State.WRITTEN)
    assert ("submit_batch", batch.public_id) in left_behind(now=now)


def test_a_check_that_waits_for_its_next_try_is_found_when_that_has_come(now: datetime) -> None:
    check = EligibilityCheckFactory(next_try_at=now)
    assert left_behind(now=now - timedelta(minutes=1)) == ()
    assert left_behind(now=now) == (("check_eligibility", check.public_id),)


@pytest.mark.parametrize(
    ("state", "status", "answer"),
    [(Batch.State.NOT_SENT, ClaimStatus.BATCHED, ""), (Batch.State.REJECTED, ClaimStatus.REJECTED, "rejected")],
)
def test_claims_of_a_released_file_are_found_until_they_are_in_the_next_one(
    now: datetime, nudges: list[tuple[str, str]], state: str, status: ClaimStatus, answer: str
) -> None:
    batch = BatchFactory(state=state, claims=[ClaimFactory(status=status)])
    batch.members.update(answer=answer)
    release_batch(batch_id=batch.public_id, acting_user=UserFactory(), now=now)
    assert nudges == []  # the nudge is lost
    assert left_behind(now=now) == (("scrub_claims", ""),)
    Claim.objects.update(status=ClaimStatus.READY)
    assert left_behind(now=now) == (("batch_claims", ""),)
    Claim.objects.update(status=ClaimStatus.BATCHED)
    assert left_behind(now=now) == ()


def test_a_denied_line_without_a_lane_is_found(now: datetime) -> None:
    AdjudicationFactory(denied=Decimal("40.00"))
    assert ("open_denials", "") in left_behind(now=now)


@pytest.mark.parametrize("status", [ClaimStatus.PAID, ClaimStatus.PARTLY_DENIED])
def test_a_posting_that_nobody_followed_is_found_until_its_balance_is_there(now: datetime, status: ClaimStatus) -> None:
    PracticeFactory()
    claim = answered_claim(status=status)
    assert ("open_balances", "") in left_behind(now=now)
    open_balances(now=now)
    assert Balance.objects.get().claim == claim
    assert ("open_balances", "") not in left_behind(now=now)


def test_a_patients_part_waits_while_a_payer_still_owes(now: datetime) -> None:
    answered_claim(status=ClaimStatus.PARTLY_DENIED, denied="20.00")
    assert ("open_balances", "") not in left_behind(now=now)


def test_a_visit_without_insurance_and_without_its_balance_is_found(now: datetime) -> None:
    PracticeFactory()
    visit = EncounterFactory(coverage=None, billed_at=now)
    post_as_billed(*visit.charges.all(), now=now)
    assert left_behind(now=now) == (("open_balances", ""),)
    open_balances(now=now)
    assert left_behind(now=now) == ()


def test_a_text_back_is_found_when_its_hour_has_come(now: datetime) -> None:
    inbound = InboundMessageFactory()
    reply = Reply.objects.create(inbound=inbound, channel="sms", address="+15125550100", body="Hello", due_at=now)
    assert left_behind(now=now - timedelta(minutes=1)) == ()
    assert left_behind(now=now) == (("send_message", reply.public_id),)


def test_a_run_whose_worker_was_killed_is_closed(now: datetime) -> None:
    old = JobRun.objects.create(step="sweep", started_at=now - timedelta(hours=3))
    fresh = JobRun.objects.create(step="sweep", started_at=now)
    assert close_interrupted_runs(before=now - timedelta(hours=1)) == 1
    old.refresh_from_db()
    fresh.refresh_from_db()
    assert (old.state, fresh.state) == ("failed", "running")
