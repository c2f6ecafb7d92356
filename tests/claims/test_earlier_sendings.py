"""A payer's 277CA that names no file of ours: what it says of one sending of a claim is no answer to the next."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from apps.claims.models import Batch, BatchClaim, Claim, ClaimEvent, Finding, StatusInquiry
from apps.claims.rules.answer_days import answer_day, earliest_day
from apps.claims.services import (
    AnswerNotOpenError,
    acknowledge_claims,
    batch_claims,
    move_claims,
    read_again,
    resolve_unknown_batch,
    scrub_claims,
    submit_batch,
)
from apps.claims.states import ClaimStatus
from apps.connectors import journal
from apps.connectors.models import Connection, Transmission
from apps.x12.guides.statuses import Status, StatusCode
from apps.x12.guides.x277ca import ClaimStatus as Said
from tests.claims.answers import f277ca, f999
from tests.claims.inquiries import answer as f277
from tests.claims.inquiries import asked
from tests.factories.practice import UserFactory
from tests.locked_away import lose_key_of

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ACCEPTED, REJECTED = "A2:20:PR*20260917*WQ", "A3:562:82*20260917*U"
OTHERWISE = "A7:507:82*20260917*U"
UNDATED = "A3:562:82**U"
REPEATED = "An answer that had come before this claim was last sent came once more: it speaks of an earlier sending and changes nothing."


def came(payload: bytes, now: datetime, kind: str = "277CA") -> Transmission:
    file, _ = journal.receive(
        payload, kind=kind, now=now, name=f"{now:%d-%H%M}.{kind}", connection=Connection.objects.get()
    )
    acknowledge_claims(now=now)
    file.refresh_from_db()
    return file


def send_again(now: datetime) -> Batch:
    """The first claim, mended, leaves under the same number."""
    move_claims(Claim.objects.order_by("pk")[:1], ClaimStatus.DRAFT, what="Corrected.", now=now)
    scrub_claims(now=now)
    key = batch_claims(now=now).batches[0]
    submit_batch(batch_id=key, now=now)
    return Batch.objects.get(public_id=key)


def first_claim() -> Claim:
    return Claim.objects.order_by("pk")[0]


def whole_file(stc: str = REJECTED) -> bytes:
    numbers = Claim.objects.order_by("pk").values_list("control_number", flat=True)
    return f277ca((numbers[0], stc), (numbers[1], ACCEPTED), role="PR")


def cut_file(stc: str = REJECTED) -> bytes:
    whole = whole_file(stc)
    return whole[: whole.index(b"REF*1K*PAYER5")]


@pytest.mark.long
@pytest.mark.parametrize("later", [2 * HOUR, 2 * DAY], ids=["the same day", "another day"])
def test_a_rejection_of_a_cut_file_is_not_told_to_the_next_sending_by_the_whole_file(
    later: timedelta, batch: Batch, now: datetime
) -> None:
    start = now + DAY
    came(cut_file(), start)
    assert first_claim().status == ClaimStatus.REJECTED
    second = send_again(start + later)
    file = came(whole_file(), start + later + HOUR)
    assert file.state == Transmission.State.PROCESSED
    assert first_claim().status == ClaimStatus.SUBMITTED
    assert list(Claim.objects.order_by("pk").values_list("status", flat=True))[1] == ClaimStatus.ACCEPTED
    assert BatchClaim.objects.get(batch=second).answer == BatchClaim.Answer.NONE
    assert ClaimEvent.objects.get(claim=first_claim(), transmission=file).what == REPEATED


@pytest.mark.long
def test_a_rejection_that_had_been_told_rejects_no_next_sending_though_something_new_stands_beside_it(
    batch: Batch, now: datetime
) -> None:
    start = now + DAY
    one, other = Claim.objects.order_by("pk").values_list("control_number", flat=True)[:2]
    whole = f277ca((one, REJECTED), (other, ACCEPTED), (one, ACCEPTED), role="PR")
    came(whole[: whole.index(b"REF*1K*PAYER5")], start)
    assert first_claim().status == ClaimStatus.REJECTED
    second = send_again(start + 2 * HOUR)
    file = came(whole, start + 3 * HOUR)
    assert first_claim().status == ClaimStatus.ACCEPTED
    assert BatchClaim.objects.get(batch=second).answer == BatchClaim.Answer.ACCEPTED
    told = ClaimEvent.objects.filter(claim=first_claim(), transmission=file)
    assert [event.new_status for event in told] == [ClaimStatus.ACCEPTED]


@pytest.mark.long
def test_another_answer_of_a_day_before_the_sending_is_only_kept_in_the_timeline(batch: Batch, now: datetime) -> None:
    came(cut_file(), now + DAY)
    send_again(now + 3 * DAY)
    file = came(whole_file(OTHERWISE), now + 3 * DAY + HOUR)
    assert first_claim().status == ClaimStatus.SUBMITTED
    assert ClaimEvent.objects.get(claim=first_claim(), transmission=file).what == (
        "An answer of Sep 17, 2026 came, from before this claim was last sent: it speaks of an earlier sending and changes nothing."
    )


@pytest.mark.long
@pytest.mark.parametrize("stc", [REJECTED, OTHERWISE], ids=["the same", "another"])
def test_an_answer_to_an_earlier_sending_is_told_once_a_sending(stc: str, batch: Batch, now: datetime) -> None:
    came(cut_file(), now + DAY)
    for sending in (1, 2):
        send_again(now + 3 * sending * DAY)
        for hours in (1, 2):
            came(whole_file(stc), now + 3 * sending * DAY + hours * HOUR)
    told = first_claim().events.filter(what__startswith="An answer ")
    assert [event.at for event in told] == [now + 3 * sending * DAY + HOUR for sending in (1, 2)]


@pytest.mark.long
@pytest.mark.parametrize("stc", [REJECTED.replace("0917", "0919"), OTHERWISE.replace("0917", "0919")])
def test_a_new_rejection_of_the_next_sending_is_taken(stc: str, batch: Batch, now: datetime) -> None:
    came(cut_file(), now + DAY)
    send_again(now + 3 * DAY)
    came(whole_file(stc).replace(b"*20260917*1405*TH", b"*20260919*1405*TH"), now + 4 * DAY)
    assert first_claim().status == ClaimStatus.REJECTED
    assert Finding.objects.filter(claim=first_claim()).exists()


@pytest.mark.long
def test_another_answer_of_the_same_day_is_taken(batch: Batch, now: datetime) -> None:
    came(cut_file(), now + DAY)
    send_again(now + DAY + HOUR)
    came(whole_file(OTHERWISE), now + DAY + 2 * HOUR)
    assert first_claim().status == ClaimStatus.REJECTED


@pytest.mark.long
@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"*CH0001*20260917*1405*TH", b"*CH0002*20260917*1405*TH"),
        (b"*CH0001*20260917*1405*TH", b"*CH0001*20261017*1405*TH"),
        (b"*CH0001*20260917*1405*TH", b"*CH0001*20260917*1406*TH"),
    ],
    ids=["BHT03", "BHT04", "BHT05"],
)
def test_the_same_words_in_another_transaction_reject_the_next_sending(
    old: bytes, new: bytes, batch: Batch, now: datetime
) -> None:
    came(whole_file(UNDATED), now + DAY)
    send_again(now + DAY + HOUR)
    came(whole_file(UNDATED).replace(old, new), now + DAY + 2 * HOUR)
    assert first_claim().status == ClaimStatus.REJECTED


def test_a_payer_whose_clock_is_behind_answers_a_claim_that_was_sent_once(batch: Batch, now: datetime) -> None:
    came(whole_file(UNDATED).replace(b"*20260917*1405*TH", b"*20260901*1405*TH"), now + HOUR)
    assert first_claim().status == ClaimStatus.REJECTED


@pytest.mark.long
def test_an_answer_to_the_first_of_several_attempts_is_taken(batch: Batch, now: datetime) -> None:
    came(whole_file(), now + HOUR)
    second = send_again(now + DAY)
    Batch.objects.filter(pk=second.pk).update(sending_since=now + 3 * DAY)
    came(whole_file(OTHERWISE), now + 3 * DAY + HOUR)
    assert first_claim().status == ClaimStatus.REJECTED


@pytest.mark.long
def test_each_saying_of_a_file_that_comes_twice_is_known(batch: Batch, now: datetime) -> None:
    number = first_claim().control_number
    waits = "A1:19:PR**WQ"
    came(f277ca((number, UNDATED), (number, waits), role="PR"), now + HOUR)
    send_again(now + 2 * HOUR)
    file = came(f277ca((number, UNDATED), role="PR"), now + 3 * HOUR)
    assert first_claim().status == ClaimStatus.SUBMITTED
    assert ClaimEvent.objects.get(claim=first_claim(), transmission=file).what == REPEATED


@pytest.mark.long
def test_a_new_rejection_beside_a_known_saying_is_taken(batch: Batch, now: datetime) -> None:
    number = first_claim().control_number
    waits = "A1:19:PR**WQ"
    came(f277ca((number, UNDATED), (number, waits), role="PR"), now + HOUR)
    send_again(now + 2 * HOUR)
    came(f277ca((number, OTHERWISE), (number, waits), role="PR"), now + 3 * HOUR)
    assert first_claim().status == ClaimStatus.REJECTED


@pytest.mark.long
def test_an_old_acceptance_does_not_prove_that_the_next_file_arrived(
    batch: Batch, clearinghouse: Callable[..., Connection], now: datetime
) -> None:
    whole = whole_file(ACCEPTED)
    came(whole, now + DAY)
    came(f277ca((first_claim().control_number, REJECTED), role="PR"), now + DAY + HOUR)
    clearinghouse(mood="lost", lists=False)
    second = send_again(now + DAY + 2 * HOUR)
    came(whole, now + DAY + 3 * HOUR)
    second.refresh_from_db()
    assert second.state == Batch.State.UNKNOWN
    assert BatchClaim.objects.get(batch=second).answer == BatchClaim.Answer.NONE


@pytest.mark.long
@pytest.mark.parametrize("stc", [REJECTED, OTHERWISE], ids=["the same", "another"])
def test_an_old_answer_does_not_bring_back_a_file_that_is_counted_as_lost(
    stc: str, batch: Batch, clearinghouse: Callable[..., Connection], now: datetime
) -> None:
    came(cut_file(), now + DAY)
    clearinghouse(mood="lost", lists=False)
    second = send_again(now + 3 * DAY)
    resolve_unknown_batch(
        batch_id=second.public_id, arrived=False, note="Called.", acting_user=UserFactory(), now=now + 3 * DAY
    )
    file = came(whole_file(stc), now + 3 * DAY + HOUR)
    assert BatchClaim.objects.get(batch=second).answer == BatchClaim.Answer.RELEASED
    assert first_claim().status == ClaimStatus.DRAFT
    told = ClaimEvent.objects.get(claim=first_claim(), transmission=file).what
    assert told.endswith("it speaks of an earlier sending and changes nothing.")


@pytest.mark.long
def test_an_earlier_file_that_no_key_opens_holds_up_no_answer(batch: Batch, now: datetime) -> None:
    earlier = came(cut_file(), now + DAY)
    send_again(now + DAY + HOUR)
    lose_key_of(earlier)
    assert came(whole_file(), now + DAY + 2 * HOUR).state == Transmission.State.PROCESSED


@pytest.mark.long
@pytest.mark.parametrize("kind", ["999", "277CA"])
def test_an_answer_that_names_its_file_does_not_touch_the_next_one(kind: str, batch: Batch, now: datetime) -> None:
    number = first_claim().control_number
    refused = {
        "999": f999(batch, "R", "IK3*CLM*22**8", f"CTX*CLM01:{number}"),
        "277CA": f277ca((number, REJECTED), reference=batch.reference, role="PR"),
    }[kind]
    came(refused, now + DAY, kind)
    assert first_claim().status == ClaimStatus.REJECTED
    send_again(now + DAY + HOUR)
    came(refused, now + DAY + 2 * HOUR, kind)
    assert first_claim().status == ClaimStatus.SUBMITTED


# ------------------------------------------------------------------ reading it again


def test_a_cut_file_is_not_read_again(batch: Batch, now: datetime, biller: Client) -> None:
    file = came(cut_file(), now + DAY)
    page = biller.get(reverse("claims:answer", args=[file.public_id])).content.decode()
    assert "Read it again" not in page
    told = biller.post(reverse("claims:answer_again", args=[file.public_id]), follow=True).content.decode()
    assert "A file that lacks an end is not read a second time: ask" in told
    with pytest.raises(AnswerNotOpenError, match="ask for the whole file"):
        read_again(file_id=file.public_id, acting_user=UserFactory(), now=now + DAY)
    file.refresh_from_db()
    assert file.state == Transmission.State.FAILED


# ------------------------------------------------------------------ the day of an answer


def said(*days: date | None) -> Said:
    return Said(control_number="1", statuses=tuple(Status(codes=(StatusCode("A3"),), effective_on=day) for day in days))


@pytest.mark.parametrize(
    ("decided", "created", "day"),
    [
        ((17,), 18, 17),  # the file made anew: the day of the decision stays
        ((17, 16), 18, 17),
        ((18,), 17, 17),  # nothing that a file says happened after it was made
        ((3,), 18, 18),  # before the claim was ever sent: no day of a decision about it
        ((None,), 18, 18),
        ((), 18, 18),
        ((17,), None, 17),
        ((17,), 3, 17),
        ((3,), 4, 4),
        ((3,), None, 3),
        ((), None, None),
    ],
)
def test_the_day_of_an_answer(decided: tuple[int | None, ...], created: int | None, day: int | None) -> None:
    days = [date(2026, 9, each) if each else None for each in decided]
    created_on = date(2026, 9, created) if created else None
    found = answer_day(said(*days), created_on, first_sent=date(2026, 9, 15))
    assert found == (date(2026, 9, day) if day else None)


@pytest.mark.parametrize(("hour", "day"), [(9, 15), (10, 16), (23, 16)])
def test_a_sending_falls_on_the_earliest_day_that_a_payer_can_have_written(hour: int, day: int) -> None:
    assert earliest_day(datetime(2026, 9, 16, hour, 30, tzinfo=UTC)) == date(2026, 9, day)


# ------------------------------------------------------------------ the 277


@pytest.mark.long
def test_an_answer_to_an_earlier_question_is_none_to_the_next(silent: Claim, now: datetime) -> None:
    """The payer returns no trace number of ours."""
    asked(now + 3 * DAY)
    number = silent.control_number
    f277("P1", trace="THEIRS", control=number, now=now + 3 * DAY, created_on=(now + 3 * DAY).date())
    later = asked(now + 40 * DAY)
    f277("A7", trace="THEIRS", control=number, now=now + 40 * DAY, created_on=(now + 3 * DAY).date())
    later.refresh_from_db()
    silent.refresh_from_db()
    assert (later.outcome, silent.status) == (StatusInquiry.Outcome.WAITING, ClaimStatus.SUBMITTED)
    f277("A7", trace="THEIRS", control=number, now=now + 41 * DAY, created_on=(now + 40 * DAY).date())
    later.refresh_from_db()
    assert later.outcome == StatusInquiry.Outcome.REJECTED


@pytest.mark.long
def test_an_answer_that_comes_twice_is_told_once(silent: Claim, now: datetime) -> None:
    row = asked(now + 3 * DAY)
    for hours in (1, 2):
        f277("A4", trace=row.public_id, control=silent.control_number, now=now + 3 * DAY + hours * HOUR)
    row.refresh_from_db()
    assert row.answered_at == now + 3 * DAY + HOUR
    assert silent.events.filter(what__contains="answers:").count() == 1
