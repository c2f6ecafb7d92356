"""A payer takes an answer back before it gives another: until then nothing of the claim goes out a second time."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from apps.claims.models import BatchClaim, Claim
from apps.claims.rules.fields import Change
from apps.claims.services import (
    CorrectionRefusedError,
    batch_claims,
    correct_by_hand,
    edit_claim,
    scrub_claims,
    start_correction,
    void_at_payer,
)
from apps.claims.states import ClaimStatus
from apps.connectors.models import Connection
from apps.core.models import User
from apps.practice.roles import Role
from apps.remittances.services import post_remittances
from apps.x12.guides.x835 import RemittedClaim
from tests.claims.pages import page
from tests.factories.practice import UserFactory
from tests.factories.remittances import clp, payment, reversal_of, stored_file, submitted_claim, svc

pytestmark = [pytest.mark.django_db, pytest.mark.long]
Clearinghouse = Callable[..., Connection]
MADE = Change("claim.prior_authorization", "A-779", None)
CHANGED_AGAIN = Change("claim.prior_authorization", "A-780", None)


@pytest.fixture
def person() -> User:
    return UserFactory(role=Role.BILLER)


def denied_claim(now: datetime) -> tuple[Claim, RemittedClaim]:
    """And the answer that denied it."""
    claim = submitted_claim("100.00")
    said = clp(claim, svc(claim.lines.get(), "0.00", ("CO-197", "100.00")), payer_claim_number="P77", status="4")
    stored_file(payment(said))
    post_remittances(now=now)
    claim.refresh_from_db()
    assert claim.status == ClaimStatus.DENIED
    return claim, said


@pytest.fixture
def replaced(clearinghouse: Clearinghouse, person: User, now: datetime) -> tuple[Claim, RemittedClaim]:
    """Denied, and its replacement is under way."""
    clearinghouse()
    claim, said = denied_claim(now)
    correct_by_hand(claim_id=claim.public_id, way="replacement", note="Code", acting_user=person, now=now)
    edit_claim(claim_id=claim.public_id, changes=[MADE], acting_user=person, now=now)
    assert batch_claims(now=now).claims == 1
    return claim, said


def test_a_replacement_stays_pending_when_the_payer_takes_its_first_answer_back(
    replaced: tuple[Claim, RemittedClaim], person: User, biller: Client, now: datetime
) -> None:
    claim, first = replaced
    stored_file(payment(reversal_of(first)))
    post_remittances(now=now + timedelta(days=10))
    claim.refresh_from_db()
    assert claim.status == ClaimStatus.BATCHED
    assert BatchClaim.objects.get().in_flight
    assert not claim.adjudications.filter(reversed=False).exists()
    assert claim.events.filter(what__contains="The one that was sent since is still pending").count() == 1
    with pytest.raises(CorrectionRefusedError, match="has not answered what was sent last"):
        correct_by_hand(
            claim_id=claim.public_id, way="new_claim", note="Again", acting_user=person, now=now, found_out=True
        )
    assert "nothing is corrected while that is pending" in page(biller, "workspace:claim", claim.public_id)
    stored_file(payment(clp(claim, payer_claim_number="P78")))
    post_remittances(now=now + timedelta(days=20))
    claim.refresh_from_db()
    assert (claim.status, claim.payer_claim_number) == (ClaimStatus.PAID, "P78")


def test_the_answer_to_a_replacement_before_the_reversal_ends_the_same(
    replaced: tuple[Claim, RemittedClaim], now: datetime
) -> None:
    claim, first = replaced
    for answer in (clp(claim, payer_claim_number="P78"), reversal_of(first)):
        stored_file(payment(answer))
        post_remittances(now=now + timedelta(days=10))
    claim.refresh_from_db()
    assert (claim.status, BatchClaim.objects.get().in_flight) == (ClaimStatus.PAID, False)


def test_a_correction_that_waits_here_does_not_leave_once_the_answer_was_taken_back(
    clearinghouse: Clearinghouse, person: User, now: datetime
) -> None:
    clearinghouse()
    claim, first = denied_claim(now)
    correct_by_hand(claim_id=claim.public_id, way="replacement", note="Code", acting_user=person, now=now)
    edit_claim(claim_id=claim.public_id, changes=[MADE], acting_user=person, now=now)
    stored_file(payment(reversal_of(first)))
    post_remittances(now=now)
    assert batch_claims(now=now).claims == 0


def test_between_a_reversal_and_its_correction_a_new_claim_waits_until_the_payer_was_asked(
    clearinghouse: Clearinghouse, person: User, biller: Client, now: datetime
) -> None:
    clearinghouse()
    claim, first = denied_claim(now)
    stored_file(payment(reversal_of(first)))
    post_remittances(now=now)
    with pytest.raises(CorrectionRefusedError, match="Its corrected answer usually follows"):
        correct_by_hand(claim_id=claim.public_id, way="new_claim", note="Again", acting_user=person, now=now)
    with pytest.raises(CorrectionRefusedError, match=r"Ask .* first"):
        start_correction(claim_id=claim.public_id, changes=[MADE], acting_user=person, now=now)
    shown = page(biller, "workspace:claim", claim.public_id)
    assert f"{claim.payer.name} was asked, and no corrected answer is to come." in shown
    told = {"way": "new_claim", "note": "Ended there"}
    where = reverse("claims:correct", args=[claim.public_id])
    assert "Its corrected answer usually follows" in biller.post(where, told, follow=True).content.decode()
    biller.post(where, told | {"found_out": "yes"})
    claim.refresh_from_db()
    assert (claim.status, claim.frequency) == (ClaimStatus.EXCEPTION, "1")


def test_a_reversal_that_our_void_asked_for_is_its_answer_and_nothing_is_left_to_find_out(
    clearinghouse: Clearinghouse, person: User, now: datetime
) -> None:
    clearinghouse()
    claim, first = denied_claim(now)
    void_at_payer(claim_id=claim.public_id, note="Wrong patient", acting_user=person, now=now)
    scrub_claims(now=now)
    assert batch_claims(now=now).claims == 1
    stored_file(payment(reversal_of(first)))
    post_remittances(now=now)
    claim.refresh_from_db()
    assert claim.status == ClaimStatus.REVERSED
    correct_by_hand(claim_id=claim.public_id, way="new_claim", note="As another", acting_user=person, now=now)


def test_a_further_answer_to_the_original_is_told_and_the_replacement_stays_pending(
    replaced: tuple[Claim, RemittedClaim], person: User, now: datetime
) -> None:
    claim, first = replaced
    again = clp(claim, svc(claim.lines.get(), "60.00"), payer_claim_number="P90", frequency="1")
    stored_file(payment(reversal_of(first), again))
    post_remittances(now=now + timedelta(days=10))
    claim.refresh_from_db()
    assert (claim.status, BatchClaim.objects.get().in_flight) == (ClaimStatus.BATCHED, True)
    told = "The payer answered the version before again. The payer processed the claim and denied nothing."
    assert claim.events.filter(what=f"{told} The one that was sent since is still pending.").count() == 1
    with pytest.raises(CorrectionRefusedError, match="has not answered what was sent last"):
        void_at_payer(claim_id=claim.public_id, note="Twice", acting_user=person, now=now)
    stored_file(payment(clp(claim, payer_claim_number="P78", frequency="7")))
    post_remittances(now=now + timedelta(days=20))
    claim.refresh_from_db()
    assert (claim.status, claim.payer_claim_number) == (ClaimStatus.PAID, "P78")


def test_a_second_replacement_is_told_from_the_first_by_the_payers_number(
    replaced: tuple[Claim, RemittedClaim], person: User, now: datetime
) -> None:
    claim, _ = replaced
    stored_file(payment(clp(claim, svc(claim.lines.get(), "60.00"), payer_claim_number="P78", frequency="7")))
    post_remittances(now=now)
    correct_by_hand(claim_id=claim.public_id, way="replacement", note="Units", acting_user=person, now=now)
    edit_claim(claim_id=claim.public_id, changes=[CHANGED_AGAIN], acting_user=person, now=now)
    assert batch_claims(now=now).claims == 1
    stored_file(payment(clp(claim, svc(claim.lines.get(), "65.00"), payer_claim_number="P78", frequency="7")))
    post_remittances(now=now)
    claim.refresh_from_db()
    assert claim.status == ClaimStatus.BATCHED
    stored_file(payment(clp(claim, payer_claim_number="P79", frequency="7")))
    post_remittances(now=now + timedelta(days=20))
    claim.refresh_from_db()
    assert (claim.status, claim.payer_claim_number) == (ClaimStatus.PAID, "P79")


def test_an_answer_to_the_original_does_not_end_the_waiting_of_a_void(
    clearinghouse: Clearinghouse, person: User, now: datetime
) -> None:
    clearinghouse()
    claim, _ = denied_claim(now)
    void_at_payer(claim_id=claim.public_id, note="Wrong patient", acting_user=person, now=now)
    scrub_claims(now=now)
    assert batch_claims(now=now).claims == 1
    stored_file(payment(clp(claim, svc(claim.lines.get(), "60.00"), payer_claim_number="P77", frequency="1")))
    post_remittances(now=now)
    claim.refresh_from_db()
    assert claim.status == ClaimStatus.BATCHED
