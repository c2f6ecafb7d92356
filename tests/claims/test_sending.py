"""Each point at which a sender can stop, and that nothing is sent twice or lost afterwards."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from pytest_django import Settings

from apps.audit.models import AuditEvent
from apps.automations.steps import STEPS
from apps.claims.models import Batch, BatchClaim, Claim, Finding
from apps.claims.services import (
    BatchNotOpenError,
    batch_claims,
    override_finding,
    recover_sends,
    release_batch,
    resend_batch,
    resolve_unknown_batch,
    scrub_claims,
    submit_batch,
)
from apps.claims.services.submit_batch import ask_what_became
from apps.claims.states import ClaimStatus
from apps.connectors.models import Connection, Transmission
from apps.practice.roles import Role
from apps.worklist.models import WorkItem
from tests.claims.clearinghouse import Killed
from tests.factories.claims import BatchFactory, ClaimFactory
from tests.factories.connectors import ClearinghouseConnectionFactory
from tests.factories.practice import ProviderEnrollmentFactory, UserFactory

Clearinghouse = Callable[..., Connection]
Uploads = Callable[[], list[str]]
State = Batch.State
LATER = timedelta(minutes=15)


@pytest.fixture
def batch(clearinghouse: Clearinghouse, now: datetime) -> Batch:
    clearinghouse()
    ClaimFactory(status=ClaimStatus.READY)
    batch_claims(now=now)
    return Batch.objects.get()


def state_of(batch: Batch) -> str:
    batch.refresh_from_db()
    return batch.state


def test_a_sent_file_submits_its_claims(batch: Batch, uploads: Uploads, now: datetime) -> None:
    assert submit_batch(batch_id=batch.public_id, now=now) is State.SENT
    assert uploads() == [batch.transmission.name]
    claim = Claim.objects.get()
    assert (claim.status, claim.first_submitted_at) == (ClaimStatus.SUBMITTED, now)
    batch.refresh_from_db()
    assert (batch.sent_at, batch.transmission.state) == (now, Transmission.State.SENT)


def test_sending_what_was_sent_does_nothing(batch: Batch, uploads: Uploads, now: datetime) -> None:
    submit_batch(batch_id=batch.public_id, now=now)
    assert submit_batch(batch_id=batch.public_id, now=now) is State.SENT
    assert len(uploads()) == 1


def test_an_outage_is_tried_again_after_a_while(
    batch: Batch, clearinghouse: Clearinghouse, uploads: Uploads, now: datetime
) -> None:
    connection = clearinghouse(mood="down")
    assert submit_batch(batch_id=batch.public_id, now=now) is State.WRITTEN
    connection.refresh_from_db()
    assert connection.last_failure == "The clearinghouse cannot be reached."
    clearinghouse()
    assert submit_batch(batch_id=batch.public_id, now=now + timedelta(minutes=1)) is State.WRITTEN
    assert uploads() == []
    assert submit_batch(batch_id=batch.public_id, now=now + timedelta(minutes=2)) is State.SENT
    assert len(uploads()) == 1


def test_the_wait_between_tries_grows_to_an_hour(batch: Batch, clearinghouse: Clearinghouse, now: datetime) -> None:
    clearinghouse(mood="down")
    waits, moment = [], now
    for _ in range(8):
        submit_batch(batch_id=batch.public_id, now=moment)
        batch.refresh_from_db()
        waits.append((batch.retry_at - moment).seconds // 60)
        moment = batch.retry_at
    assert waits == [2, 4, 8, 16, 32, 60, 60, 60]


def test_a_refusal_waits_for_a_person_and_is_sent_when_that_person_says_so(
    batch: Batch, clearinghouse: Clearinghouse, uploads: Uploads, now: datetime, nudges: list[tuple[str, str]]
) -> None:
    clearinghouse(mood="refuses")
    assert submit_batch(batch_id=batch.public_id, now=now) is State.NOT_SENT
    assert WorkItem.objects.get().state == WorkItem.State.OPEN
    assert submit_batch(batch_id=batch.public_id, now=now + LATER) is State.NOT_SENT
    clearinghouse()
    resend_batch(batch_id=batch.public_id, acting_user=UserFactory(), now=now)
    assert WorkItem.objects.get().state == WorkItem.State.DONE
    assert submit_batch(batch_id=batch.public_id, now=now + LATER) is State.SENT
    assert len(uploads()) == 1


def test_a_connection_that_lacks_a_setting_has_surely_sent_nothing(
    batch: Batch, settings: Settings, now: datetime
) -> None:
    settings.ADAPTERS = {"folder": "apps.connectors.adapters.waystar.WaystarClearinghouse"}
    assert submit_batch(batch_id=batch.public_id, now=now) is State.NOT_SENT
    assert Connection.objects.get().last_failure == "The connection folder lacks its setting 'sftp_user'."
    assert WorkItem.objects.get().state == WorkItem.State.OPEN


def test_claims_of_a_refused_file_can_be_released(batch: Batch, clearinghouse: Clearinghouse, now: datetime) -> None:
    clearinghouse(mood="refuses")
    submit_batch(batch_id=batch.public_id, now=now)
    release_batch(batch_id=batch.public_id, acting_user=UserFactory(), now=now)
    assert Claim.objects.get().status == ClaimStatus.DRAFT
    with pytest.raises(BatchNotOpenError, match="released"):
        resend_batch(batch_id=batch.public_id, acting_user=UserFactory(), now=now)


@pytest.mark.parametrize(("mood", "came"), [("cut", 1), ("lost", 0)])
def test_a_call_that_was_cut_off_is_asked_after(
    *, mood: str, came: int, batch: Batch, clearinghouse: Clearinghouse, uploads: Uploads, now: datetime
) -> None:
    clearinghouse(mood=mood)
    assert submit_batch(batch_id=batch.public_id, now=now) is (State.SENT if came else State.WRITTEN)
    clearinghouse()
    submit_batch(batch_id=batch.public_id, now=now)
    assert state_of(batch) == State.SENT
    assert len(uploads()) == 1


@pytest.mark.parametrize("mood", ["dies before", "dies after"])
def test_a_sender_that_was_killed_is_recovered_by_asking(
    mood: str, batch: Batch, clearinghouse: Clearinghouse, uploads: Uploads, now: datetime
) -> None:
    clearinghouse(mood=mood)
    with pytest.raises(Killed):
        submit_batch(batch_id=batch.public_id, now=now)
    assert state_of(batch) == State.SENDING
    clearinghouse()
    recover_sends(now=now + LATER)
    submit_batch(batch_id=batch.public_id, now=now + LATER)
    assert state_of(batch) == State.SENT
    assert len(uploads()) == 1


@pytest.mark.parametrize("lists", [True, False])
def test_what_was_asked_about_an_earlier_sending_does_not_touch_the_present_one(
    lists: bool, batch: Batch, clearinghouse: Clearinghouse, now: datetime
) -> None:
    clearinghouse(mood="dies before", lists=lists)
    with pytest.raises(Killed):
        submit_batch(batch_id=batch.public_id, now=now)
    asked_about = Batch.objects.get(pk=batch.pk)
    Batch.objects.filter(pk=batch.pk).update(sending_since=now + LATER)
    assert ask_what_became(asked_about, now=now + LATER) is State.SENDING
    assert state_of(batch) == State.SENDING


def test_a_sender_that_is_still_at_work_is_left_alone(
    batch: Batch, clearinghouse: Clearinghouse, now: datetime
) -> None:
    clearinghouse(mood="dies after")
    with pytest.raises(Killed):
        submit_batch(batch_id=batch.public_id, now=now)
    assert recover_sends(now=now + timedelta(minutes=5)).sent == 0
    assert state_of(batch) == State.SENDING


def test_while_nobody_answers_the_question_stays_open(
    batch: Batch, clearinghouse: Clearinghouse, now: datetime
) -> None:
    clearinghouse(mood="dies after")
    with pytest.raises(Killed):
        submit_batch(batch_id=batch.public_id, now=now)
    clearinghouse(mood="down")
    recover_sends(now=now + LATER)
    assert state_of(batch) == State.SENDING


@pytest.mark.parametrize("mood", ["dies before", "dies after"])
def test_where_nobody_can_be_asked_the_file_is_unknown_and_never_sent_by_itself(
    mood: str, batch: Batch, clearinghouse: Clearinghouse, uploads: Uploads, now: datetime
) -> None:
    clearinghouse(mood=mood, lists=False)
    with pytest.raises(Killed):
        submit_batch(batch_id=batch.public_id, now=now)
    before = uploads()
    clearinghouse(lists=False)
    assert recover_sends(now=now + LATER).unknown == 1
    assert recover_sends(now=now + LATER).unknown == 0
    assert submit_batch(batch_id=batch.public_id, now=now + LATER) is State.UNKNOWN
    assert batch_claims(now=now + LATER).batches == ()
    assert uploads() == before
    assert WorkItem.objects.get().subject_public_id == batch.public_id


def test_a_batch_about_which_nothing_can_be_asked_holds_up_no_other(
    batch: Batch, clearinghouse: Clearinghouse, now: datetime, tmp_path: Path
) -> None:
    clearinghouse(mood="dies after")
    with pytest.raises(Killed):
        submit_batch(batch_id=batch.public_id, now=now)
    clearinghouse()
    settings = {"folder": str(tmp_path), "mood": "breaks"}
    broken = BatchFactory(
        connection=ClearinghouseConnectionFactory(adapter="folder", settings=settings),
        state=State.SENDING,
        sending_since=now,
    )
    Batch.objects.filter(pk=batch.pk).update(connection=broken.connection)
    Batch.objects.filter(pk=broken.pk).update(connection=batch.connection)
    found = recover_sends(now=now + LATER)
    assert [type(failure) for failure in found.failures] == [ValueError]
    assert (state_of(batch), state_of(broken)) == (State.SENDING, State.WRITTEN)


def test_a_step_that_recovers_some_tells_what_it_could_not(
    batch: Batch, clearinghouse: Clearinghouse, now: datetime
) -> None:
    clearinghouse(mood="dies after")
    with pytest.raises(Killed):
        submit_batch(batch_id=batch.public_id, now=now)
    clearinghouse(mood="breaks")
    done = STEPS["recover_sends"]("", now + LATER)
    assert isinstance(done.failure, ValueError)


@pytest.fixture
def unknown(batch: Batch, clearinghouse: Clearinghouse, now: datetime) -> Batch:
    clearinghouse(mood="lost", lists=False)
    submit_batch(batch_id=batch.public_id, now=now)
    clearinghouse(lists=False)
    batch.refresh_from_db()
    assert batch.state == State.UNKNOWN
    return batch


def test_a_person_says_that_it_arrived(unknown: Batch, now: datetime) -> None:
    person = UserFactory()
    resolve_unknown_batch(batch_id=unknown.public_id, arrived=True, acting_user=person, now=now + LATER)
    claim = Claim.objects.get()
    assert (claim.status, claim.first_submitted_at) == (ClaimStatus.SUBMITTED, now)
    assert WorkItem.objects.get().closed_by == person
    assert AuditEvent.objects.get().detail == {"arrived": True}


@pytest.mark.long
def test_a_person_says_that_it_did_not_arrive(unknown: Batch, now: datetime, nudges: list[tuple[str, str]]) -> None:
    resolve_unknown_batch(batch_id=unknown.public_id, arrived=False, note="Called.", acting_user=UserFactory(), now=now)
    assert Claim.objects.get().status == ClaimStatus.DRAFT
    assert BatchClaim.objects.get().answer == BatchClaim.Answer.RELEASED
    assert scrub_claims(now=now + LATER).passed == 1
    second = batch_claims(now=now + LATER)
    assert second.claims == 1
    assert submit_batch(batch_id=second.batches[0], now=now + LATER) is State.SENT


@pytest.mark.long
def test_a_released_claim_passes_todays_rules_first_and_what_was_overridden_is_not_asked_twice(
    unknown: Batch, now: datetime
) -> None:
    claim, person = Claim.objects.get(), UserFactory(role=Role.BILLER)
    ProviderEnrollmentFactory(provider=claim.provider, payer=claim.payer, state="applied")
    resolve_unknown_batch(batch_id=unknown.public_id, arrived=False, note="Called.", acting_user=person, now=now)
    assert scrub_claims(now=now).held == 1
    assert batch_claims(now=now).claims == 0
    finding = claim.findings.get(state=Finding.State.OPEN)
    assert finding.rule == "PRV-ENROLLED"
    assert override_finding(finding_id=finding.pk, reason="They back-date it.", acting_user=person, now=now)
    again = Batch.objects.get(public_id=batch_claims(now=now).batches[0])
    Batch.objects.filter(pk=again.pk).update(state=State.NOT_SENT)
    release_batch(batch_id=again.public_id, acting_user=person, now=now)
    assert scrub_claims(now=now).passed == 1
    assert submit_batch(batch_id=unknown.public_id, now=now + LATER) is State.NOT_SENT


def test_what_is_resolved_cannot_be_resolved_again(unknown: Batch, now: datetime) -> None:
    resolve_unknown_batch(batch_id=unknown.public_id, arrived=True, acting_user=UserFactory(), now=now)
    with pytest.raises(BatchNotOpenError, match="sent"):
        resolve_unknown_batch(
            batch_id=unknown.public_id, arrived=False, note="Called.", acting_user=UserFactory(), now=now
        )


@pytest.mark.django_db(transaction=True)
def test_an_outage_is_not_left_to_the_sweep(
    batch: Batch, clearinghouse: Clearinghouse, now: datetime, nudges_ahead: list[tuple[str, str, float]]
) -> None:
    clearinghouse(mood="down")
    submit_batch(batch_id=batch.public_id, now=now)
    assert nudges_ahead == [("submit_batch", batch.public_id, 121.0)]
