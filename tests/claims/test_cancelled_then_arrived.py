"""A correction is cancelled after its file was counted as lost, and the file arrives: in every order nothing is lost or sent twice."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from apps.claims.models import Batch, BatchClaim, Claim, Correction, StatusInquiry
from apps.claims.rules.fields import Change
from apps.claims.selectors.corrections import corrections_view
from apps.claims.services import (
    CorrectionRefusedError,
    acknowledge_claims,
    batch_claims,
    cancel_correction,
    chase_unanswered,
    correct_by_hand,
    edit_claim,
    resend_claim,
    resolve_unknown_batch,
    scrub_claims,
    settle_late_batch,
    submit_batch,
    void_at_payer,
)
from apps.claims.states import ClaimStatus
from apps.connectors import journal
from apps.connectors.models import Connection
from apps.core.models import User
from apps.practice.roles import Role
from apps.remittances.services import post_remittances
from apps.worklist.models import WorkItem
from tests.claims.answers import f277ca, f999, ta1
from tests.claims.inquiries import answer as status_answer
from tests.claims.inquiries import asked
from tests.claims.test_taken_back_answers import CHANGED_AGAIN, MADE, denied_claim
from tests.factories.practice import UserFactory
from tests.factories.remittances import clp, payment, stored_file, svc

pytestmark = [pytest.mark.django_db, pytest.mark.long]
Clearinghouse = Callable[..., Connection]
ACCEPTED, REJECTED = "A2:20:PR*20260917*WQ", "A3:562:82*20260917*U"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def person() -> User:
    return UserFactory(role=Role.CODER)


def replace(claim: Claim, person: User, now: datetime, change: Change = MADE) -> None:
    correct_by_hand(claim_id=claim.public_id, way="replacement", note="Code", acting_user=person, now=now)
    assert edit_claim(claim_id=claim.public_id, changes=[change], acting_user=person, now=now) == ClaimStatus.READY


def cancel(claim: Claim, person: User, now: datetime) -> None:
    row = claim.corrections.filter(cancel_reason="").last()
    cancel_correction(correction_id=row.public_id, reason="Denied rightly", acting_user=person, now=now)
    claim.refresh_from_db()


def answer(payload: bytes, kind: str, now: datetime) -> None:
    journal.receive(payload, kind=kind, now=now, name=f"{kind}-{now:%H%M%S}")
    assert acknowledge_claims(now=now).unreadable == 0


def pay(claim: Claim, now: datetime) -> None:
    stored_file(payment(clp(claim, svc(claim.lines.get(), "60.00"), payer_claim_number="P80", frequency="7")))
    post_remittances(now=now)
    claim.refresh_from_db()


def open_titles() -> list[str]:
    return list(
        WorkItem.objects.filter(state="open", kind__in=("claim_chase", "batch")).values_list("title", flat=True)
    )


@pytest.fixture
def lost(clearinghouse: Clearinghouse, person: User, now: datetime) -> Claim:
    """Denied; its replacement went out in a file that a person counted as lost."""
    clearinghouse(mood="lost", lists=False)
    claim, _ = denied_claim(now)
    replace(claim, person, now)
    batch = Batch.objects.get(public_id=batch_claims(now=now).batches[0])
    assert submit_batch(batch_id=batch.public_id, now=now) is Batch.State.UNKNOWN
    clearinghouse(lists=False)
    resolve_unknown_batch(batch_id=batch.public_id, arrived=False, note="Called.", acting_user=person, now=now)
    claim.refresh_from_db()
    return claim


@pytest.fixture
def cancelled(lost: Claim, person: User, now: datetime) -> Claim:
    cancel(lost, person, now + HOUR)
    assert lost.status == ClaimStatus.DENIED
    assert "should the payer have it, you are told" in lost.events.latest("pk").what
    return lost


@pytest.mark.parametrize("how", ["TA1", "999", "277CA", "277CA without our reference"])
def test_a_cancelled_correction_whose_file_arrives_is_pending_and_a_person_is_told_once(
    how: str, cancelled: Claim, person: User, now: datetime
) -> None:
    batch, number = Batch.objects.get(), cancelled.control_number
    payload = {
        "TA1": ta1(batch, "A", "000"),
        "999": f999(batch, "A"),
        "277CA": f277ca((number, ACCEPTED), reference=batch.reference),
        "277CA without our reference": f277ca((number, ACCEPTED), role="PR"),
    }[how]
    answer(payload, how[:5], now + 2 * HOUR)
    answer(f999(batch, "A"), "999", now + 3 * HOUR)
    cancelled.refresh_from_db()
    assert cancelled.status in {ClaimStatus.ACKNOWLEDGED, ClaimStatus.ACCEPTED}
    assert (cancelled.frequency, BatchClaim.objects.get().in_flight) == ("7", True)
    assert Correction.objects.get().closed_at is None
    (version,) = corrections_view(cancelled).versions
    assert version.is_changed_back
    assert ("Authorization", "none", MADE.value) in version.changed
    told = "1 correction in it had been cancelled: have it taken out, or wait for its answer"
    assert open_titles() == [f"File {batch.transmission.name} arrived after all, and {told}"]
    with pytest.raises(CorrectionRefusedError, match="nothing is corrected while that is pending"):
        correct_by_hand(claim_id=cancelled.public_id, way="replacement", note="Again", acting_user=person, now=now)
    with pytest.raises(CorrectionRefusedError, match="has gone out"):
        cancel(cancelled, person, now + 4 * HOUR)
    assert batch_claims(now=now + 4 * HOUR).claims == 0
    settle_late_batch(batch_id=batch.public_id, outcome="They keep it.", acting_user=person, now=now)
    assert open_titles() == []
    pay(cancelled, now + 5 * HOUR)
    assert cancelled.status == ClaimStatus.PAID


def test_a_void_that_was_cancelled_and_arrives_is_answered_by_the_reversal(
    clearinghouse: Clearinghouse, person: User, now: datetime
) -> None:
    clearinghouse(mood="lost", lists=False)
    claim, _ = denied_claim(now)
    void_at_payer(claim_id=claim.public_id, note="Twice", acting_user=person, now=now)
    scrub_claims(now=now)
    batch = Batch.objects.get(public_id=batch_claims(now=now).batches[0])
    submit_batch(batch_id=batch.public_id, now=now)
    resolve_unknown_batch(batch_id=batch.public_id, arrived=False, note="Called.", acting_user=person, now=now)
    cancel(claim, person, now)
    answer(f999(batch, "A"), "999", now + HOUR)
    claim.refresh_from_db()
    assert (claim.status, claim.frequency) == (ClaimStatus.ACKNOWLEDGED, "8")


@pytest.mark.parametrize("how", ["TA1", "999"])
def test_a_file_that_came_back_whole_leaves_the_correction_cancelled(
    how: str, cancelled: Claim, person: User, now: datetime
) -> None:
    batch = Batch.objects.get()
    answer(ta1(batch, "R", "006") if how == "TA1" else f999(batch, "R"), how, now + 2 * HOUR)
    cancelled.refresh_from_db()
    assert (cancelled.status, open_titles()) == (ClaimStatus.DENIED, [])
    assert BatchClaim.objects.get().answer == BatchClaim.Answer.LATE_REFUSED
    replace(cancelled, person, now + 3 * HOUR)
    cancel(cancelled, person, now + 4 * HOUR)
    assert cancelled.status == ClaimStatus.DENIED


def test_one_that_the_payer_rejects_can_be_cancelled_again(cancelled: Claim, person: User, now: datetime) -> None:
    batch = Batch.objects.get()
    answer(f277ca((cancelled.control_number, REJECTED), reference=batch.reference), "277CA", now + 2 * HOUR)
    cancelled.refresh_from_db()
    assert cancelled.status == ClaimStatus.REJECTED
    cancel(cancelled, person, now + 3 * HOUR)
    assert (cancelled.status, cancelled.frequency) == (ClaimStatus.DENIED, "1")


def test_a_remittance_may_come_before_the_acknowledgement(cancelled: Claim, now: datetime) -> None:
    pay(cancelled, now + 2 * HOUR)
    assert cancelled.status == ClaimStatus.PAID
    answer(f999(Batch.objects.get(), "A"), "999", now + 3 * HOUR)
    cancelled.refresh_from_db()
    assert (cancelled.status, open_titles()) == (ClaimStatus.PAID, [])
    assert cancelled.events.filter(what__contains="which had been counted as lost, arrived").count() == 1


def test_one_that_leaves_again_is_not_answered_by_the_file_before(
    cancelled: Claim, person: User, now: datetime
) -> None:
    first = Batch.objects.get()
    replace(cancelled, person, now + 2 * HOUR, CHANGED_AGAIN)
    submit_batch(batch_id=batch_claims(now=now + 2 * HOUR).batches[0], now=now + 2 * HOUR)
    answer(f999(first, "A"), "999", now + 3 * HOUR)
    cancelled.refresh_from_db()
    assert cancelled.status == ClaimStatus.SUBMITTED
    (title,) = open_titles()
    assert title.endswith("1 claim of it went on meanwhile: have the second sending taken out")


def test_the_next_correction_waits_here_when_the_first_arrives_and_cannot_be_cancelled_either(
    cancelled: Claim, person: User, now: datetime
) -> None:
    replace(cancelled, person, now + 2 * HOUR, CHANGED_AGAIN)
    answer(f999(Batch.objects.get(), "A"), "999", now + 3 * HOUR)
    cancelled.refresh_from_db()
    assert cancelled.status == ClaimStatus.EXCEPTION
    assert batch_claims(now=now + 3 * HOUR).claims == 0
    with pytest.raises(CorrectionRefusedError, match="the payer has this correction"):
        cancel(cancelled, person, now + 4 * HOUR)
    pay(cancelled, now + 5 * HOUR)
    assert cancelled.status == ClaimStatus.PAID


def test_one_that_arrived_while_it_was_worked_on_is_not_cancelled_until_it_was_refused(
    lost: Claim, person: User, now: datetime
) -> None:
    batch = Batch.objects.get()
    edit_claim(claim_id=lost.public_id, changes=[CHANGED_AGAIN], acting_user=person, now=now + HOUR)
    answer(f999(batch, "A"), "999", now + 2 * HOUR)
    with pytest.raises(CorrectionRefusedError, match="the payer has this correction"):
        cancel(lost, person, now + 3 * HOUR)
    told = f277ca((lost.control_number, REJECTED), reference=batch.reference)
    answer(told, "277CA", now + 4 * HOUR)
    cancel(lost, person, now + 5 * HOUR)
    assert lost.status == ClaimStatus.DENIED


def test_one_that_was_not_cancelled_goes_on_in_the_file_that_arrived(lost: Claim, now: datetime) -> None:
    answer(f999(Batch.objects.get(), "A"), "999", now + HOUR)
    lost.refresh_from_db()
    assert (lost.status, lost.frequency, open_titles()) == (ClaimStatus.ACKNOWLEDGED, "7", [])


@pytest.mark.parametrize("again", [False, True])
def test_one_that_the_payer_had_not_found_and_accepts_once_it_was_cancelled_is_pending(
    clearinghouse: Clearinghouse, person: User, now: datetime, *, again: bool
) -> None:
    clearinghouse()
    claim, _ = denied_claim(now)
    replace(claim, person, now)
    batch = Batch.objects.get(public_id=batch_claims(now=now).batches[0])
    submit_batch(batch_id=batch.public_id, now=now)
    chase_unanswered(now=now + 3 * DAY)
    inquiry: StatusInquiry = asked(now + 3 * DAY)
    status_answer("A4", trace=inquiry.public_id, now=now + 3 * DAY)
    resend_claim(claim_id=claim.public_id, note="Called.", acting_user=person, now=now + 4 * DAY)
    cancel(claim, person, now + 4 * DAY)
    if again:
        replace(claim, person, now + 4 * DAY, CHANGED_AGAIN)
    accepted = f277ca((claim.control_number, ACCEPTED), reference=batch.reference, role="PR")
    answer(accepted, "277CA", now + 5 * DAY)
    claim.refresh_from_db()
    if again:
        assert claim.status == ClaimStatus.EXCEPTION
        with pytest.raises(CorrectionRefusedError, match="the payer has this correction"):
            cancel(claim, person, now + 6 * DAY)
        return
    assert (claim.status, claim.frequency) == (ClaimStatus.ACCEPTED, "7")
    (title,) = open_titles()
    assert "1 correction in it had been cancelled" in title
