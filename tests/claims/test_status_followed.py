"""What follows from a payer's answer about a claim: it comes up again in time, and nothing that has arrived is billed twice."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from apps.automations.steps import STEPS
from apps.automations.sweeping import left_behind
from apps.claims.models import BatchClaim, Claim, StatusInquiry
from apps.claims.selectors.answer_times import usual_answer_times
from apps.claims.services import (
    ask_status,
    batch_claims,
    build_secondaries,
    chase_crossovers,
    chase_unanswered,
    submit_batch,
)
from apps.claims.states import ClaimStatus
from apps.connectors.models import Connection, Transmission
from apps.practice.models import Payer
from apps.worklist.models import WorkItem
from tests.claims.answers import f277ca
from tests.claims.inquiries import answer, asked, f999, read_in, ta1
from tests.claims.secondaries import answered, with_second_plan
from tests.factories.claims import ClaimFactory
from tests.factories.practice import PayerDeadlineFactory, PayerFactory
from tests.factories.remittances import submitted_claim, svc

pytestmark = [pytest.mark.django_db, pytest.mark.long]
Clearinghouse = Callable[..., Connection]
DAY = timedelta(days=1)
State = Transmission.State
Outcome = StatusInquiry.Outcome


def said(category: str, row: StatusInquiry, now: datetime) -> WorkItem:
    """The work of the claim after that answer."""
    answer(category, trace=row.public_id, control=row.claim.control_number, now=now)
    return WorkItem.objects.get(pk=row.claim.work_item_id)


# ------------------------------------------------------------------ the chase


def test_an_accepted_claim_without_a_remittance_is_chased_after_its_payers_usual_time(
    silent: Claim, now: datetime
) -> None:
    place = BatchClaim.objects.get()
    payload = f277ca((silent.control_number, "A2:20:PR*20260920*WQ"), reference=place.batch.reference, role="PR")
    read_in(payload, "277CA", now + 4 * DAY)
    assert WorkItem.objects.get().state == WorkItem.State.DONE
    assert chase_unanswered(now=now + 29 * DAY).claims == 0
    assert ask_status(now=now + 29 * DAY).claims == 0
    assert chase_unanswered(now=now + 30 * DAY).claims == 1
    assert chase_unanswered(now=now + 31 * DAY).claims == 0
    item = WorkItem.objects.get(state=WorkItem.State.OPEN)
    assert item.title == f"Ask {silent.payer.name} about claim {silent.control_number}: no remittance since Sep 16"
    assert item.due_on == (now + 30 * DAY).date()
    assert said("P1", asked(now + 31 * DAY), now + 31 * DAY).snoozed_until == (now + 60 * DAY).date()
    BatchClaim.objects.update(in_flight=False)
    assert ask_status(now=now + 60 * DAY).claims == 0


@pytest.mark.parametrize("category", ["A0", "A1", "P1"])
def test_a_payer_that_has_the_claim_is_asked_again_after_its_usual_time(
    category: str, silent: Claim, now: datetime
) -> None:
    item = said(category, asked(now + 3 * DAY), now + 3 * DAY)
    comes_up = (now + 33 * DAY).date()
    assert (item.state, item.due_on, item.snoozed_until) == ("open", comes_up, comes_up)
    assert (
        item.title
        == f"Ask {silent.payer.name} again about claim {silent.control_number}: it has it, and has not decided"
    )


def test_however_often_it_says_so_the_time_is_not_put_off(silent: Claim, now: datetime) -> None:
    said("P1", asked(now + 3 * DAY), now + 3 * DAY)
    assert said("P1", asked(now + 17 * DAY), now + 17 * DAY).snoozed_until == (now + 33 * DAY).date()
    item = said("P1", asked(now + 34 * DAY), now + 34 * DAY)
    assert (item.snoozed_until, item.due_on) == (None, (now + 33 * DAY).date())


def test_what_it_says_later_is_for_the_same_day(silent: Claim, now: datetime) -> None:
    said("P1", asked(now + 3 * DAY), now + 3 * DAY)
    item = said("A4", asked(now + 17 * DAY), now + 17 * DAY)
    assert (item.snoozed_until, item.due_on) == (None, (now + 17 * DAY).date())
    assert "does not find claim" in item.title


def test_what_a_payer_wants_is_due_by_its_own_limit(silent: Claim, now: datetime) -> None:
    for days in (45, 20):
        facts = {"kind": "records", "days": days, "counted_from": "request", "source": f"Letter of {days}"}
        PayerDeadlineFactory(payer=silent.payer, **facts)
    assert said("R3", asked(now + 3 * DAY), now + 3 * DAY).due_on == (now + 23 * DAY).date()
    WorkItem.objects.update(snoozed_until=(now + 10 * DAY).date())
    assert said("R3", asked(now + 6 * DAY), now + 6 * DAY).due_on == (now + 23 * DAY).date()  # not three days later


def test_the_usual_time_is_that_of_nine_answers_in_ten(now: datetime) -> None:
    quick, slow, new = PayerFactory.create_batch(3)
    sent = now - 100 * DAY
    for payer, days in ((quick, 5), (slow, 40)):
        for number in range(20):
            late = DAY * (days if number < 19 else 90)
            ClaimFactory(
                encounter__coverage__payer=payer, status=ClaimStatus.PAID, lines=(), first_submitted_at=sent,
                first_adjudicated_at=sent + late,
            )  # fmt: skip
    found = usual_answer_times({quick.pk, slow.pk, new.pk}, now=now)
    assert found == {quick.pk: 14 * DAY, slow.pk: 40 * DAY, new.pk: 30 * DAY}


# ------------------------------------------------------------------ what was passed on


@pytest.mark.parametrize(("category", "billed"), [("A1", 0), ("F1", 0), ("A4", 1), ("A7", 1)])
def test_what_the_next_payer_has_is_not_billed_there_again(
    category: str, billed: int, clearinghouse: Clearinghouse
) -> None:
    clearinghouse()
    claim = submitted_claim("500.00")
    answered(claim, svc(claim.lines.get(), "300.00", ("PR-2", "75.00")), status="19")
    with_second_plan(claim)
    late = datetime(2026, 11, 5, 15, tzinfo=UTC)
    chase_crossovers(now=late)
    row = asked(late)
    item = said(category, row, late + DAY)
    assert item.state == WorkItem.State.OPEN
    assert row.payer.name in item.title
    assert build_secondaries(now=late + 11 * DAY).built == billed
    told = claim.events.filter(what__contains=f"{row.payer.name} has it: it is not billed there before Dec 6, 2026")
    assert told.exists() == (not billed)
    # Silent for its usual time again, it is billed after all.
    assert build_secondaries(now=late + 32 * DAY).built == 1 - billed


# ------------------------------------------------------------------ the inquiry itself is refused, or cut off


def test_a_question_that_was_refused_is_told_and_asked_again(silent: Claim, now: datetime) -> None:
    row = asked(now + 3 * DAY)
    number = int(row.transmission.control_number.removeprefix("TS"))
    read_in(f999(number, "R"), "999", now + 3 * DAY)
    row.refresh_from_db()
    assert (row.outcome, row.answer.kind) == (Outcome.NOT_ANSWERED, "999")
    assert row.sentence.startswith("The inquiry itself was refused.")
    file = Transmission.objects.get(pk=row.transmission_id)
    assert (file.state, file.problem != "") == (State.FAILED, True)
    silent.refresh_from_db()
    assert silent.status == ClaimStatus.SUBMITTED
    assert silent.work_item.title.startswith("Call ")
    assert ask_status(now=now + 6 * DAY).claims == 1


@pytest.mark.parametrize(("make", "kind"), [(f999, "999"), (ta1, "TA1")])
def test_an_inquiry_that_was_taken_in_has_arrived(
    make: Callable[[int, str], bytes], kind: str, silent: Claim, now: datetime
) -> None:
    row = asked(now + 3 * DAY)
    Transmission.objects.filter(pk=row.transmission_id).update(state=State.UNKNOWN)
    read_in(make(int(row.transmission.control_number.removeprefix("TS")), "A"), kind, now + 3 * DAY)
    row.refresh_from_db()
    assert (row.outcome, row.transmission.state) == (Outcome.WAITING, State.SENT)


@pytest.mark.parametrize("state", [State.STORED, State.SENDING, State.UNKNOWN])
def test_an_inquiry_that_was_cut_off_is_found_by_the_sweep_and_its_claims_are_asked_about_again(
    state: str, silent: Claim, now: datetime
) -> None:
    row = asked(now + 3 * DAY)
    Transmission.objects.filter(pk=row.transmission_id).update(state=state)
    assert ("recover_inquiries", "") not in left_behind(now=now + 3 * DAY)
    later = now + 3 * DAY + timedelta(hours=2)
    assert ("recover_inquiries", "") in left_behind(now=later)
    assert STEPS["recover_inquiries"]("", later).counts == {"given up": 1}
    assert ("recover_inquiries", "") not in left_behind(now=later)
    row.refresh_from_db()
    assert (row.outcome, row.transmission.state) == (Outcome.NOT_SENT, State.FAILED)
    assert ask_status(now=now + 4 * DAY).claims == 1
    answer("P1", trace=row.public_id, now=now + 4 * DAY)  # it had arrived after all
    row.refresh_from_db()
    assert row.outcome == Outcome.WITH_THEM


def test_claims_that_nobody_can_be_asked_about_take_nobodys_place(
    clearinghouse: Clearinghouse, uploads: Callable[[], list[str]], now: datetime
) -> None:
    clearinghouse()
    mute, other = PayerFactory(claims_id="MUTE1"), PayerFactory()
    for payer in (mute, mute, mute, other, other):
        ClaimFactory(status=ClaimStatus.READY, encounter__coverage__payer=payer)
    submit_batch(batch_id=batch_claims(now=now).batches[0], now=now)
    chase_unanswered(now=now + 3 * DAY)
    Payer.objects.filter(pk=mute.pk).update(claims_id="")
    found = ask_status(now=now + 3 * DAY, limit=1)
    assert (found.claims, found.more) == (1, True)
    assert ask_status(now=now + 3 * DAY, limit=1).claims == 1
    found = ask_status(now=now + 3 * DAY, limit=1)
    assert (found.claims, found.more) == (0, False)
    assert set(StatusInquiry.objects.values_list("payer", flat=True)) == {other.pk}
