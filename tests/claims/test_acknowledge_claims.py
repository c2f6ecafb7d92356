from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from apps.claims.models import Batch, BatchClaim, Claim, ClaimEvent, Finding
from apps.claims.services import (
    acknowledge_claims,
    batch_claims,
    chase_unanswered,
    move_claims,
    release_batch,
    scrub_claims,
    submit_batch,
)
from apps.claims.services.acknowledge_claims import AcknowledgeResult
from apps.claims.states import ClaimStatus
from apps.connectors import journal
from apps.connectors.models import Connection, Transmission
from apps.practice.models import Practice
from apps.worklist.models import WorkItem
from apps.x12 import explain
from tests.claims.answers import f277ca, f999, interchange, ta1
from tests.factories.claims import ClaimFactory
from tests.factories.practice import UserFactory

Clearinghouse = Callable[..., Connection]
State = Batch.State
ACCEPTED, REJECTED = "A2:20:PR*20260917*WQ", "A3:562:82*20260917*U"


def answer(payload: bytes, kind: str, now: datetime, *, hours: int = 1) -> AcknowledgeResult:
    moment = now + timedelta(hours=hours)
    journal.receive(payload, kind=kind, now=moment, name=f"answer-{hours}")
    return acknowledge_claims(now=moment)


def claims() -> list[Claim]:
    return list(Claim.objects.order_by("pk"))


def statuses() -> list[str]:
    return [claim.status for claim in claims()]


def numbers() -> list[str]:
    return [claim.control_number for claim in claims()]


# ------------------------------------------------------------------ the file


@pytest.mark.parametrize("status", ["A", "E"])
def test_an_accepted_file_acknowledges_its_claims(status: str, batch: Batch, now: datetime) -> None:
    result = answer(f999(batch, status), "999", now)
    assert (result.files, result.accepted, result.rejected) == (1, 3, 0)
    assert set(statuses()) == {ClaimStatus.ACKNOWLEDGED}
    batch.refresh_from_db()
    assert (batch.state, batch.answered_at) == (State.ACCEPTED, now + timedelta(hours=1))


def test_a_partly_accepted_group_is_judged_by_our_own_transaction(batch: Batch, now: datetime) -> None:
    answer(f999(batch, "A", ak9="P"), "999", now)
    assert set(statuses()) == {ClaimStatus.ACKNOWLEDGED}


def test_a_partly_accepted_group_that_does_not_name_our_transaction_says_nothing(batch: Batch, now: datetime) -> None:
    answer(f999(batch, "A", transaction="9999", ak9="P"), "999", now)
    assert set(statuses()) == {ClaimStatus.SUBMITTED}


def _place_of(batch: Batch, control_number: str, segment: str) -> int:
    """The position, from the ST as 1, of the first `segment` at or after the claim."""
    parts = list(explain(batch.transmission.payload))
    start = next(each.number for each in parts if each.id == "ST")
    claim = next(each.number for each in parts if each.id == "CLM" and each.elements[0] == control_number)
    return next(each.number for each in parts if each.id == segment and each.number >= claim) - start + 1


@pytest.mark.long
@pytest.mark.parametrize("status", ["R", "M", "W", "X"])
def test_a_refused_file_rejects_the_claim_that_it_points_at_and_frees_the_others(
    status: str, batch: Batch, now: datetime
) -> None:
    bad = numbers()[1]
    note = (f"IK3*SV1*{_place_of(batch, bad, 'SV1')}*2400*8", "IK4*2*782*1")
    result = answer(f999(batch, status, *note), "999", now)
    assert result.rejected == 3
    assert statuses() == [ClaimStatus.DRAFT, ClaimStatus.REJECTED, ClaimStatus.DRAFT]
    finding = Finding.objects.get()
    assert finding.claim.control_number == bad
    assert (finding.rule, finding.sentence) == ("RCV-FILE", "SV102, service line: is required and missing.")
    assert WorkItem.objects.get().subject_public_id == finding.claim.public_id
    assert not Claim.objects.filter(first_rejected_at=None).exists()


@pytest.mark.long
def test_the_receiver_may_name_the_claim_itself(batch: Batch, now: datetime) -> None:
    bad = numbers()[2]
    answer(f999(batch, "R", "IK3*NM1*999*2310B*8", f"CTX*CLM01:{bad}", "IK4*9*67*I12"), "999", now)
    assert Finding.objects.get().claim.control_number == bad
    assert statuses() == [ClaimStatus.DRAFT, ClaimStatus.DRAFT, ClaimStatus.REJECTED]


@pytest.mark.long
def test_a_refused_subscriber_stops_the_claims_beneath_it(batch: Batch, now: datetime) -> None:
    place = _place_of(batch, numbers()[1], "CLM") - 4
    answer(f999(batch, "R", f"IK3*N4*{place}*2010BA*8"), "999", now)
    assert statuses() == [ClaimStatus.DRAFT, ClaimStatus.REJECTED, ClaimStatus.DRAFT]


def test_a_refused_heading_returns_the_file_as_one_piece_of_work(batch: Batch, now: datetime) -> None:
    answer(f999(batch, "R", "IK3*BHT*2**8", "IK4*4*373*8"), "999", now)
    assert set(statuses()) == {ClaimStatus.REJECTED}
    batch.refresh_from_db()
    assert (batch.state, batch.work_item) == (State.REJECTED, WorkItem.objects.get())


@pytest.mark.long
def test_a_returned_interchange_is_released_by_a_person_when_the_cause_is_mended(batch: Batch, now: datetime) -> None:
    answer(ta1(batch), "TA1", now)
    assert set(statuses()) == {ClaimStatus.REJECTED}
    assert Finding.objects.first().sentence == "The whole file was returned: our sender id is not known there."
    release_batch(batch_id=batch.public_id, acting_user=UserFactory(), now=now)
    assert set(statuses()) == {ClaimStatus.DRAFT}
    scrub_claims(now=now)
    assert batch_claims(now=now).claims == 3
    assert not WorkItem.objects.filter(state="open").exists()


def test_an_accepted_interchange_changes_nothing(batch: Batch, now: datetime) -> None:
    answer(ta1(batch, "A", "000"), "TA1", now)
    assert set(statuses()) == {ClaimStatus.SUBMITTED}


# ------------------------------------------------------------------ the claims


def test_the_clearinghouse_passes_on_and_only_the_payer_accepts(batch: Batch, now: datetime) -> None:
    first = numbers()[0]
    answer(f999(batch, "A"), "999", now)
    answer(f277ca((first, ACCEPTED), reference=batch.reference), "277CA", now, hours=2)
    assert (claims()[0].status, claims()[0].accepted_at) == (ClaimStatus.ACKNOWLEDGED, None)
    answer(f277ca((first, ACCEPTED), role="PR"), "277CA", now, hours=3)
    accepted = claims()[0]
    assert (accepted.status, accepted.accepted_at) == (ClaimStatus.ACCEPTED, now + timedelta(hours=3))
    assert accepted.payer_claim_number == "PAYER4"


@pytest.mark.parametrize("category", ["A3", "A6", "A7", "A8"])
def test_a_rejected_claim_is_an_exception_with_our_reading(category: str, batch: Batch, now: datetime) -> None:
    one, two, three = numbers()
    stc = f"{category}:562:82*20260917*U"
    result = answer(
        f277ca((one, ACCEPTED), (two, stc), (three, ACCEPTED), reference=batch.reference, role="PR"), "277CA", now
    )
    assert (result.accepted, result.rejected) == (2, 1)
    assert statuses() == [ClaimStatus.ACCEPTED, ClaimStatus.REJECTED, ClaimStatus.ACCEPTED]
    finding = Finding.objects.get()
    assert finding.sentence == "The rendering provider's NPI is missing or does not match (562)."
    assert ClaimEvent.objects.get(new_status="rejected").segment == 24
    batch.refresh_from_db()
    assert batch.state == State.PARTLY_ACCEPTED


@pytest.mark.long
def test_another_payers_punctuation_is_read_as_well(batch: Batch, now: datetime) -> None:
    payload = f277ca((numbers()[0], REJECTED), reference=batch.reference, element="|", end="\n")
    answer(payload, "277CA", now)
    assert claims()[0].status == ClaimStatus.REJECTED


def test_a_rejection_of_the_whole_submission_covers_claims_that_are_not_listed(batch: Batch, now: datetime) -> None:
    answer(f277ca(reference=batch.reference, top="A3:24:41*20260917*U"), "277CA", now)
    assert set(statuses()) == {ClaimStatus.REJECTED}
    assert Finding.objects.first().sentence == "The submitter is not approved for electronic claims (24)."


def test_a_rejection_of_the_provider_covers_claims_that_are_not_listed(batch: Batch, now: datetime) -> None:
    listed = numbers()[0]
    answer(
        f277ca((listed, ACCEPTED), reference=batch.reference, provider="A8:145:85*20260917*U", role="PR"), "277CA", now
    )
    assert statuses() == [ClaimStatus.ACCEPTED, ClaimStatus.REJECTED, ClaimStatus.REJECTED]


@pytest.mark.parametrize("stc", ["A0:16:PR*20260917*WQ", "A1:19:PR*20260917*WQ"])
def test_a_claim_on_its_way_waits(stc: str, batch: Batch, now: datetime) -> None:
    answer(f277ca((numbers()[0], stc), reference=batch.reference), "277CA", now)
    assert claims()[0].status == ClaimStatus.SUBMITTED


def test_a_claim_that_they_do_not_know_is_asked_after_once(batch: Batch, now: datetime) -> None:
    for hours in (1, 2):
        answer(f277ca((numbers()[0], "A4:35:PR*20260917*"), reference=batch.reference), "277CA", now, hours=hours)
    assert WorkItem.objects.get().kind == "claim_chase"
    assert claims()[0].status == ClaimStatus.SUBMITTED


# ------------------------------------------------------------------ late, repeated, unexpected


@pytest.mark.long
def test_a_repeated_answer_changes_nothing(batch: Batch, now: datetime) -> None:
    payload = f277ca((numbers()[0], ACCEPTED), reference=batch.reference)
    answer(payload, "277CA", now)
    events = ClaimEvent.objects.count()
    result = answer(payload, "277CA", now, hours=2)
    assert (result.files, result.accepted) == (1, 0)
    assert ClaimEvent.objects.count() == events


def test_a_late_file_refusal_cannot_undo_the_payers_acceptance(batch: Batch, now: datetime) -> None:
    answer(f277ca(*((number, ACCEPTED) for number in numbers()), role="PR"), "277CA", now)
    answer(f999(batch, "R"), "999", now, hours=2)
    answer(f277ca((numbers()[0], REJECTED), reference=batch.reference), "277CA", now, hours=3)
    assert set(statuses()) == {ClaimStatus.ACCEPTED}


@pytest.mark.long
def test_the_payer_may_reject_what_it_had_accepted(batch: Batch, now: datetime) -> None:
    answer(f277ca((numbers()[0], ACCEPTED), role="PR"), "277CA", now)
    answer(f277ca((numbers()[0], REJECTED), role="PR"), "277CA", now, hours=2)
    assert claims()[0].status == ClaimStatus.REJECTED


@pytest.mark.long
def test_an_answer_to_an_earlier_sending_does_not_touch_the_next_one(batch: Batch, now: datetime) -> None:
    rejection = f277ca((numbers()[0], REJECTED), reference=batch.reference)
    answer(rejection, "277CA", now)
    move_claims(claims()[:1], ClaimStatus.DRAFT, what="Corrected.", now=now)
    scrub_claims(now=now)
    batch_claims(now=now)
    answer(rejection, "277CA", now, hours=2)
    assert claims()[0].status == ClaimStatus.BATCHED


def test_an_adjudicated_claim_is_not_rejected_afterwards(batch: Batch, now: datetime) -> None:
    move_claims(claims(), ClaimStatus.PAID, what="Paid.", now=now)
    answer(f277ca((numbers()[0], REJECTED), role="PR"), "277CA", now)
    assert set(statuses()) == {ClaimStatus.PAID}


@pytest.mark.parametrize("how", ["999", "277CA", "TA1"])
def test_any_answer_proves_that_an_unknown_file_arrived(how: str, clearinghouse: Clearinghouse, now: datetime) -> None:
    clearinghouse(mood="lost", lists=False)
    ClaimFactory(status=ClaimStatus.READY)
    batch_claims(now=now)
    batch = Batch.objects.get()
    assert submit_batch(batch_id=batch.public_id, now=now) is State.UNKNOWN
    payload = {
        "999": f999(batch, "A"),
        "277CA": f277ca((numbers()[0], ACCEPTED), reference=batch.reference),
        "TA1": ta1(batch, "A", "000"),
    }[how]
    answer(payload, how, now)
    batch.refresh_from_db()
    assert batch.state in {State.SENT, State.ACCEPTED}
    assert claims()[0].first_submitted_at == now
    assert WorkItem.objects.get().state == WorkItem.State.DONE


def test_an_answer_that_is_none_of_ours_is_read_and_does_nothing(batch: Batch, now: datetime) -> None:
    result = answer(f277ca(("SOMEBODYELSES", ACCEPTED), reference="THEIRS"), "277CA", now)
    assert (result.files, result.accepted) == (1, 0)


def test_a_file_that_cannot_be_read_is_kept_and_marked(batch: Batch, now: datetime) -> None:
    result = answer(interchange(), "999", now)
    assert (result.files, result.unreadable) == (0, 1)
    kept = Transmission.objects.get(kind="999")
    assert (kept.state, kept.problem) == (Transmission.State.FAILED, "No acknowledgement in it could be read.")


def test_a_file_is_read_once(batch: Batch, now: datetime) -> None:
    answer(f999(batch, "A"), "999", now)
    assert acknowledge_claims(now=now).files == 0


@pytest.mark.long
def test_a_file_of_more_claims_costs_no_more_queries(
    clearinghouse: Clearinghouse, now: datetime, django_assert_max_num_queries
) -> None:
    clearinghouse()
    for _ in range(9):
        ClaimFactory(status=ClaimStatus.READY)
    batch_claims(now=now)
    batch = Batch.objects.get()
    submit_batch(batch_id=batch.public_id, now=now)
    told = [(number, REJECTED if place % 2 else ACCEPTED) for place, number in enumerate(numbers())]
    journal.receive(f277ca(*told, reference=batch.reference, role="PR"), kind="277CA", now=now)
    with django_assert_max_num_queries(40):
        acknowledge_claims(now=now)


# ------------------------------------------------------------------ silence


@pytest.mark.long
def test_silence_becomes_work_after_three_days_and_once(batch: Batch, now: datetime) -> None:
    assert chase_unanswered(now=now + timedelta(days=2)).claims == 0
    assert chase_unanswered(now=now + timedelta(days=3)).claims == 3
    assert chase_unanswered(now=now + timedelta(days=4)).claims == 0
    item = WorkItem.objects.first()
    assert item.due_on == (now + timedelta(days=10)).date()


def test_the_practice_says_after_how_many_days_silence_is_work(batch: Batch, now: datetime) -> None:
    Practice.objects.update(chase_after_days=5)
    assert chase_unanswered(now=now + timedelta(days=4)).claims == 0
    assert chase_unanswered(now=now + timedelta(days=5)).claims == batch.claim_count


@pytest.mark.long
def test_silence_over_the_limit_is_chased_by_the_next_run(batch: Batch, now: datetime) -> None:
    late = now + timedelta(days=3)
    first = chase_unanswered(now=late, limit=2)
    assert (first.claims, first.more) == (2, True)
    second = chase_unanswered(now=late, limit=2)
    assert (second.claims, second.more) == (1, False)


@pytest.mark.long
def test_the_answer_closes_the_chase(batch: Batch, now: datetime) -> None:
    chase_unanswered(now=now + timedelta(days=3))
    answer(f277ca(*((number, ACCEPTED) for number in numbers()), role="PR"), "277CA", now, hours=80)
    assert not WorkItem.objects.filter(state="open").exists()


def test_a_payer_that_sends_no_277ca_is_not_chased_once_the_file_is_in(batch: Batch, now: datetime) -> None:
    first = claims()[0].payer
    first.sends_277ca = False
    first.save()
    answer(f999(batch, "A"), "999", now)
    assert chase_unanswered(now=now + timedelta(days=3)).claims == 2
    assert BatchClaim.objects.filter(chased_at=None).get().claim.payer == first
