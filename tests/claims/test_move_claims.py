from datetime import datetime

import pytest

from apps.claims.models import BatchClaim, Claim, ClaimEvent
from apps.claims.services import move_claims
from apps.claims.states import ClaimStatus, ImpossibleTransitionError
from apps.worklist.models import WorkItem
from apps.worklist.queue import open_item
from tests.factories.claims import BatchFactory, ClaimFactory
from tests.factories.practice import UserFactory

pytestmark = pytest.mark.django_db


def test_each_moved_claim_tells_who_moved_it_and_why(now: datetime) -> None:
    claim, person = ClaimFactory(status=ClaimStatus.READY), UserFactory()
    move_claims([claim], ClaimStatus.VOIDED, what="Voided: billed twice.", now=now, acting_user=person)
    event = ClaimEvent.objects.get()
    assert (event.old_status, event.new_status, event.what, event.actor) == (
        "ready",
        "voided",
        "Voided: billed twice.",
        person,
    )
    assert claim.status == Claim.objects.get().status == ClaimStatus.VOIDED


def test_one_impossible_move_stops_them_all(now: datetime) -> None:
    ready, held = ClaimFactory(status=ClaimStatus.READY), ClaimFactory(status=ClaimStatus.EXCEPTION)
    with pytest.raises(ImpossibleTransitionError):
        move_claims([ready, held], ClaimStatus.BATCHED, what="Put into a batch.", now=now)
    ready.refresh_from_db()
    assert ready.status == ClaimStatus.READY
    assert not ClaimEvent.objects.exists()


def test_a_stale_object_cannot_move_a_claim_that_has_moved_on(now: datetime) -> None:
    claim = ClaimFactory(status=ClaimStatus.READY)
    Claim.objects.update(status=ClaimStatus.SUBMITTED)
    with pytest.raises(ImpossibleTransitionError):
        move_claims([claim], ClaimStatus.BATCHED, what="Put into a batch.", now=now)


def test_a_claim_that_is_no_longer_in_flight_frees_its_place(now: datetime) -> None:
    claim = ClaimFactory(status=ClaimStatus.ACCEPTED)
    BatchFactory(claims=[claim])
    move_claims([claim], ClaimStatus.DENIED, what="The payer denied the claim.", now=now)
    place = BatchClaim.objects.get()
    assert (place.in_flight, place.answer) == (False, BatchClaim.Answer.ADJUDICATED)


def test_a_claim_that_no_longer_waits_for_us_has_its_work_closed(now: datetime) -> None:
    claim = ClaimFactory(status=ClaimStatus.EXCEPTION)
    claim.work_item = open_item(
        kind="claim_exception",
        title="Fix the claim",
        owner_role=WorkItem.OwnerRole.BILLER,
        url_name="claims:exception",
        subject_public_id=claim.public_id,
        now=now,
    )
    claim.save()
    move_claims([claim], ClaimStatus.DRAFT, what="Scrubbed again.", now=now)
    assert WorkItem.objects.get().state == WorkItem.State.OPEN
    move_claims([claim], ClaimStatus.READY, what="Passed the scrubber.", now=now)
    assert WorkItem.objects.get().state == WorkItem.State.DONE


def test_many_claims_move_in_a_constant_number_of_queries(now: datetime, django_assert_num_queries) -> None:
    claims = [ClaimFactory(status=ClaimStatus.READY) for _ in range(4)]
    with django_assert_num_queries(6):
        move_claims(claims, ClaimStatus.EXCEPTION, what="Held.", now=now)
