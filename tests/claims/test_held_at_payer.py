"""A claim is held here, and its payer has it from a file that was counted as lost: it is asked after, and not voided behind its back."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from apps.claims.models import Batch, BatchClaim, Claim, Finding, StatusInquiry
from apps.claims.services import (
    ClaimNotEditableError,
    acknowledge_claims,
    ask_status,
    batch_claims,
    correct_by_hand,
    edit_claim,
    move_claims,
    resolve_unknown_batch,
    scrub_claims,
    submit_batch,
    take_line_off,
    void_at_payer,
    void_claim,
)
from apps.claims.states import ClaimStatus
from apps.connectors import journal
from apps.connectors.models import Connection
from apps.core.models import User
from apps.ledger.models import Entry
from apps.practice.models import Practice
from apps.practice.roles import Role
from apps.remittances.services import post_remittances
from tests.claims.answers import f277ca, f999
from tests.claims.inquiries import answer, asked
from tests.claims.test_taken_back_answers import MADE, denied_claim
from tests.factories.claims import ClaimFactory, ClaimLineFactory
from tests.factories.ledger import post_as_billed
from tests.factories.practice import UserFactory
from tests.factories.remittances import clp, payment, stored_file

pytestmark = pytest.mark.django_db
Clearinghouse = Callable[..., Connection]
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
REJECTED = "A3:562:82**U"


@pytest.fixture
def person(db: None) -> User:
    return UserFactory()


def came(payload: bytes, kind: str, now: datetime) -> None:
    journal.receive(payload, kind=kind, now=now, name=f"{kind}-{now:%d%H}")
    assert acknowledge_claims(now=now).unreadable == 0


@pytest.fixture
def held(clearinghouse: Clearinghouse, person: User, now: datetime) -> Claim:
    """Its file was counted as lost, somebody worked on it, and an hour later the file check answers."""
    clearinghouse(mood="lost", lists=False)
    claim = ClaimFactory(status=ClaimStatus.READY)
    post_as_billed(*(line.charge for line in claim.lines.all()), now=now)
    batch_claims(now=now)
    batch = Batch.objects.get()
    submit_batch(batch_id=batch.public_id, now=now)
    clearinghouse(lists=False)
    resolve_unknown_batch(batch_id=batch.public_id, arrived=False, note="Called.", acting_user=person, now=now)
    scrub_claims(now=now)
    move_claims([claim], ClaimStatus.DRAFT, what="Edited.", now=now)
    came(f999(batch, "A"), "999", now + HOUR)
    claim.refresh_from_db()
    assert (claim.status, claim.memberships.get().answer) == (ClaimStatus.EXCEPTION, BatchClaim.Answer.LATE)
    return claim


def void(claim: Claim, person: User, now: datetime) -> None:
    void_claim(claim_id=claim.public_id, reason="Twice.", acting_user=person, now=now)


@pytest.mark.long
def test_a_claim_that_the_payer_has_is_not_voided_here(held: Claim, person: User, now: datetime) -> None:
    entries = Entry.objects.count()
    with pytest.raises(ClaimNotEditableError, match="has this claim"):
        void(held, person, now + DAY)
    held.refresh_from_db()
    assert (held.status, Entry.objects.count()) == (ClaimStatus.EXCEPTION, entries)


@pytest.mark.long
def test_once_the_payer_has_answered_the_void_goes_to_it_with_its_number(
    held: Claim, person: User, now: datetime
) -> None:
    stored_file(payment(clp(held, payer_claim_number="P91")))
    post_remittances(now=now + 5 * DAY)
    void_at_payer(claim_id=held.public_id, note="Twice.", acting_user=person, now=now + 6 * DAY)
    scrub_claims(now=now + 6 * DAY)
    (name,) = batch_claims(now=now + 6 * DAY).batches
    sent = Batch.objects.get(public_id=name).transmission.payload.decode()
    assert "REF*F8*P91~" in sent
    assert f"CLM*{held.control_number}*" in sent
    assert ":B:8*" in sent


@pytest.mark.long
def test_a_claim_that_was_rejected_from_that_file_is_voided_here(held: Claim, person: User, now: datetime) -> None:
    reference = Batch.objects.get().reference
    came(f277ca((held.control_number, REJECTED), reference=reference, role="PR"), "277CA", now + 2 * HOUR)
    void(held, person, now + DAY)
    held.refresh_from_db()
    assert held.status == ClaimStatus.VOIDED


@pytest.mark.long
def test_a_held_claim_is_asked_after_when_its_payer_is_silent_for_three_days(held: Claim, now: datetime) -> None:
    assert ask_status(now=now + 2 * DAY).claims == 0
    row = asked(now + 4 * DAY)
    assert (row.claim, row.payer) == (held, held.payer)
    assert ask_status(now=now + 5 * DAY).claims == 0
    assert ask_status(now=now + 8 * DAY).claims == 1


def test_the_practice_says_after_how_many_days(held: Claim, now: datetime) -> None:
    Practice.objects.update(chase_after_days=5)
    assert ask_status(now=now + 4 * DAY).claims == 0
    assert ask_status(now=now + 6 * DAY).claims == 1


@pytest.mark.long
def test_a_held_claim_that_its_payer_answered_is_not_asked_after(held: Claim, now: datetime) -> None:
    stored_file(payment(clp(held)))
    post_remittances(now=now + DAY)
    assert ask_status(now=now + 4 * DAY).claims == 0


def test_a_correction_of_what_was_answered_since_is_not_asked_after(
    clearinghouse: Clearinghouse, person: User, now: datetime
) -> None:
    clearinghouse()
    claim, _ = denied_claim(now)
    correct_by_hand(claim_id=claim.public_id, way="replacement", note="Code", acting_user=person, now=now)
    edit_claim(claim_id=claim.public_id, changes=[MADE], acting_user=person, now=now)
    BatchClaim.objects.update(in_flight=False, answer=BatchClaim.Answer.LATE, answered_at=now)
    Batch.objects.update(created_at=now - DAY)
    assert ask_status(now=now + 4 * DAY).claims == 0


@pytest.mark.long
@pytest.mark.parametrize(
    ("category", "place", "outcome"),
    [
        ("A3", BatchClaim.Answer.LATE_REFUSED, StatusInquiry.Outcome.REJECTED),
        ("A4", BatchClaim.Answer.NOT_FOUND, StatusInquiry.Outcome.NOT_FOUND),
    ],
)
def test_a_held_claim_that_its_payer_does_not_have_is_ours_again_and_says_so(
    *, category: str, place: str, outcome: str, held: Claim, person: User, now: datetime
) -> None:
    row = asked(now + 4 * DAY)
    answer(category, trace=row.public_id, control=held.control_number, now=now + 5 * DAY)
    row.refresh_from_db()
    assert (held.memberships.get().answer, row.outcome) == (place, outcome)
    finding = held.findings.get(rule="RCV-HELD", state=Finding.State.OPEN)
    assert finding.sentence.startswith("The payer does not have this claim")
    void(held, person, now + 5 * DAY)
    held.refresh_from_db()
    assert held.status == ClaimStatus.VOIDED


@pytest.mark.long
def test_a_held_claim_that_its_payer_has_stays_held_for_its_answer(held: Claim, person: User, now: datetime) -> None:
    row = asked(now + 4 * DAY)
    answer("P1", trace=row.public_id, control=held.control_number, now=now + 5 * DAY)
    assert held.memberships.get().answer == BatchClaim.Answer.LATE
    assert ask_status(now=now + 10 * DAY).claims == 0
    with pytest.raises(ClaimNotEditableError):
        void(held, person, now + 10 * DAY)


def test_no_line_of_a_claim_that_the_payer_has_is_taken_off_nor_its_charge_back(held: Claim, now: datetime) -> None:
    ClaimLineFactory(claim=held, number=2)
    entries = Entry.objects.count()
    with pytest.raises(ClaimNotEditableError, match="has this claim"):
        take_line_off(
            claim_id=held.public_id, line=1, reason="Twice.", acting_user=UserFactory(role=Role.CODER), now=now + DAY
        )
    assert (held.lines.count(), Entry.objects.count()) == (2, entries)
