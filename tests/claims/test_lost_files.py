"""A file that never left is no sending of its claims, as long as nobody answers it; one that is answered after all is."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from apps.claims.models import Batch, BatchClaim, Claim
from apps.claims.selectors.earlier_sendings import first_left_at
from apps.claims.selectors.versions_sent import named_versions
from apps.claims.services import (
    acknowledge_claims,
    batch_claims,
    correct_by_hand,
    edit_claim,
    move_claims,
    release_batch,
    resolve_unknown_batch,
    scrub_claims,
    submit_batch,
    take_retold_visit,
)
from apps.claims.services.resend_claim import proof, unfound_place
from apps.claims.states import ClaimStatus
from apps.connectors import journal
from apps.connectors.models import Connection
from apps.core.models import User
from apps.intake.services import ConflictNotOpenError
from tests.claims.answers import f277ca, f999, ta1
from tests.claims.inquiries import answer as status_answer
from tests.claims.inquiries import asked
from tests.claims.test_taken_back_answers import MADE, denied_claim
from tests.factories.claims import ClaimFactory
from tests.factories.intake import VisitConflictFactory
from tests.factories.ledger import post_as_billed
from tests.factories.practice import UserFactory

pytestmark = pytest.mark.django_db
Clearinghouse = Callable[..., Connection]
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
REJECTED = "A3:562:82**U"


@pytest.fixture
def person(db: None) -> User:
    return UserFactory()


def written(now: datetime) -> Batch:
    return Batch.objects.get(public_id=batch_claims(now=now).batches[0])


def lose(batch: Batch, mood: str, clearinghouse: Clearinghouse, person: User, now: datetime) -> None:
    """It is refused, or cut off; a person finds out that it never arrived."""
    clearinghouse(mood=mood, lists=False)
    state = submit_batch(batch_id=batch.public_id, now=now)
    clearinghouse(lists=False)
    if state is Batch.State.UNKNOWN:
        resolve_unknown_batch(batch_id=batch.public_id, arrived=False, note="Called.", acting_user=person, now=now)
    else:
        release_batch(batch_id=batch.public_id, acting_user=person, now=now)


def send_again(now: datetime) -> Batch:
    scrub_claims(now=now)
    batch = written(now)
    submit_batch(batch_id=batch.public_id, now=now)
    return batch


def came(payload: bytes, kind: str, now: datetime) -> None:
    journal.receive(payload, kind=kind, now=now, name=f"{kind}-{now:%d%H}")
    assert acknowledge_claims(now=now).unreadable == 0


@pytest.fixture(params=["refuses", "lost"])
def lost(request: pytest.FixtureRequest, clearinghouse: Clearinghouse, person: User, now: datetime) -> Batch:
    """Of one claim."""
    clearinghouse()
    ClaimFactory(status=ClaimStatus.READY)
    batch = written(now)
    lose(batch, request.param, clearinghouse, person, now)
    return batch


def first_sendings() -> list[datetime]:
    return list(first_left_at(list(Claim.objects.values_list("pk", flat=True))).values())


@pytest.mark.long
def test_a_claim_was_sent_first_with_the_first_file_that_left(lost: Batch, now: datetime) -> None:
    assert first_sendings() == []
    second = send_again(now + DAY)
    assert first_sendings() == [second.created_at]
    assert Claim.objects.get().first_submitted_at == now + DAY


def test_a_file_that_was_answered_after_all_has_left(lost: Batch, now: datetime) -> None:
    send_again(now + DAY)
    came(f999(lost, "A"), "999", now + DAY + HOUR)
    assert first_sendings() == [lost.created_at]


def test_a_file_that_perhaps_arrived_counts(clearinghouse: Clearinghouse, now: datetime) -> None:
    clearinghouse(mood="lost", lists=False)
    ClaimFactory(status=ClaimStatus.READY)
    batch = written(now)
    submit_batch(batch_id=batch.public_id, now=now)
    assert first_sendings() == [batch.created_at]


@pytest.mark.long
def test_a_payer_whose_clock_is_behind_answers_the_only_file_that_left(lost: Batch, now: datetime) -> None:
    send_again(now + DAY)
    said = f277ca((Claim.objects.get().control_number, REJECTED), role="PR")
    came(said.replace(b"*20260917*1405*TH", b"*20260901*1405*TH"), "277CA", now + DAY + HOUR)
    assert Claim.objects.get().status == ClaimStatus.REJECTED


def test_an_answer_to_the_lost_file_alone_brings_it_back(lost: Batch, now: datetime) -> None:
    came(f277ca((Claim.objects.get().control_number, REJECTED), role="PR"), "277CA", now + DAY)
    lost.refresh_from_db()
    assert (lost.state, Claim.objects.get().status) == (Batch.State.REJECTED, ClaimStatus.REJECTED)


@pytest.mark.long
def test_the_proof_of_filing_names_the_file_that_left(lost: Batch, now: datetime) -> None:
    second = send_again(now + DAY)
    claim = Claim.objects.get()
    BatchClaim.objects.filter(batch=second).update(chased_at=now + 4 * DAY)
    row = asked(now + 4 * DAY)
    status_answer("A4", trace=row.public_id, control=claim.control_number, now=now + 5 * DAY)
    place = unfound_place(Claim.objects.get())
    assert place is not None
    assert second.reference in proof(place)
    assert lost.reference not in proof(place)


@pytest.mark.long
@pytest.mark.parametrize("mood", ["refuses", "lost"])
def test_a_correction_whose_file_never_left_is_no_version_that_a_payer_can_answer(
    mood: str, clearinghouse: Clearinghouse, person: User, now: datetime
) -> None:
    clearinghouse()
    claim, _ = denied_claim(now)
    correct_by_hand(claim_id=claim.public_id, way="replacement", note="Code", acting_user=person, now=now)
    edit_claim(claim_id=claim.public_id, changes=[MADE], acting_user=person, now=now)
    batch = written(now)
    assert [each.number for each in named_versions(claim.pk)] == [1, 2]
    lose(batch, mood, clearinghouse, person, now)
    assert [each.number for each in named_versions(claim.pk)] == [1]
    came(ta1(batch, "A", "000"), "TA1", now + HOUR)
    assert [each.number for each in named_versions(claim.pk)] == [1, 2]


# ------------------------------------------------------------------ when it is known to have arrived


@pytest.mark.parametrize("answer", ["accepted", "refused"])
def test_a_claim_that_has_gone_on_was_submitted_when_the_lost_file_left(
    answer: str, lost: Batch, now: datetime
) -> None:
    scrub_claims(now=now)
    move_claims(Claim.objects.all(), ClaimStatus.DRAFT, what="Edited.", now=now)
    came(f999(lost, "A") if answer == "accepted" else ta1(lost), "999" if answer == "accepted" else "TA1", now + HOUR)
    lost.refresh_from_db()
    assert lost.sent_at == now
    assert BatchClaim.objects.get().answer in {BatchClaim.Answer.LATE, BatchClaim.Answer.LATE_REFUSED}
    assert Claim.objects.get().first_submitted_at == now


@pytest.mark.long
def test_a_visit_that_the_payer_has_after_all_is_not_billed_anew_as_the_ehr_tells_it(
    lost: Batch, person: User, now: datetime
) -> None:
    scrub_claims(now=now)
    claim = Claim.objects.get()
    post_as_billed(*(line.charge for line in claim.lines.all()), now=now)
    move_claims([claim], ClaimStatus.DRAFT, what="Edited.", now=now)
    came(f999(lost, "A"), "999", now + HOUR)
    conflict = VisitConflictFactory(encounter=claim.encounter, first_told_at=now, told_at=now)
    with pytest.raises(ConflictNotOpenError, match="once the payer has answered"):
        take_retold_visit(conflict_id=conflict.public_id, reason="The note.", acting_user=person, now=now + HOUR)
    claim.refresh_from_db()
    assert (claim.status, claim.encounter.conflicts.get().state) == (ClaimStatus.EXCEPTION, "open")
    came(f277ca((claim.control_number, REJECTED), reference=lost.reference, role="PR"), "277CA", now + 2 * HOUR)
    take_retold_visit(conflict_id=conflict.public_id, reason="The note.", acting_user=person, now=now + 3 * HOUR)
    claim.refresh_from_db()
    assert claim.status == ClaimStatus.VOIDED


@pytest.mark.long
def test_a_claim_that_was_submitted_meanwhile_keeps_its_day(lost: Batch, now: datetime) -> None:
    send_again(now + DAY)
    came(f999(lost, "A"), "999", now + DAY + HOUR)
    assert BatchClaim.objects.get(batch=lost).answer == BatchClaim.Answer.LATE
    assert Claim.objects.get().first_submitted_at == now + DAY
