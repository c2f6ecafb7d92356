"""What a payer says of a claim does not go back in time: an answer (277) that comes after a newer one is told, and nothing follows."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from apps.claims.models import Claim, StatusInquiry
from apps.claims.rules.answer_order import Given, is_before
from apps.claims.services import ask_status, take_status
from apps.claims.services.resend_claim import unfound_place
from apps.claims.states import ClaimStatus
from apps.worklist.models import WorkItem
from tests.claims.inquiries import answer, asked, f999, read_in

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
Outcome = StatusInquiry.Outcome
LATE = "had answered before, which comes only now and changes nothing"


def says(category: str, row: StatusInquiry, came: datetime, made: date | None, at: time | None = None) -> None:
    """The payer's answer to `row`, made on that day, comes."""
    answer(category, trace=row.public_id, control=row.claim.control_number, now=came, created_on=made, created_at=at)
    row.refresh_from_db()


def work(claim: Claim) -> str:
    return WorkItem.objects.get(pk=claim.work_item_id).title


# ------------------------------------------------------------------ one question


@pytest.mark.long
@pytest.mark.parametrize(
    ("made", "at", "newer"),
    [(date(2026, 9, 19), time(12), date(2026, 9, 20)), (date(2026, 9, 20), time(8, 59), date(2026, 9, 20))],
    ids=["a day before", "a minute before"],
)
def test_an_answer_that_comes_after_a_newer_one_is_only_told(
    made: date, at: time, newer: date, silent: Claim, now: datetime
) -> None:
    row = asked(now + 3 * DAY)
    says("F1", row, now + 4 * DAY, newer, time(9))
    before = work(silent)
    assert "Look for the remittance" in before
    for hours in (1, 2):
        says("P1", row, now + 4 * DAY + hours * HOUR, made, at)
    assert (row.outcome, row.answered_at, row.made_on) == (Outcome.DECIDED, now + 4 * DAY, newer)
    assert work(silent) == before
    assert silent.events.filter(what__contains=LATE).count() == 1


@pytest.mark.long
def test_a_rejection_that_the_payer_has_taken_back_since_rejects_nothing(silent: Claim, now: datetime) -> None:
    row = asked(now + 3 * DAY)
    says("P1", row, now + 4 * DAY, date(2026, 9, 20))
    says("A7", row, now + 4 * DAY + HOUR, date(2026, 9, 19))
    silent.refresh_from_db()
    assert (row.outcome, silent.status) == (Outcome.WITH_THEM, ClaimStatus.SUBMITTED)


@pytest.mark.long
def test_a_file_that_comes_once_more_after_another_says_nothing_new(silent: Claim, now: datetime) -> None:
    row = asked(now + 3 * DAY)
    for hours, category in enumerate(("P1", "F1", "P1")):
        says(category, row, now + 3 * DAY + hours * HOUR, None)
    assert row.outcome == Outcome.DECIDED
    assert silent.events.filter(what__contains="answers:").count() == 2


@pytest.mark.long
def test_what_is_said_once_more_counts_from_then(silent: Claim, now: datetime) -> None:
    row = asked(now + 3 * DAY)
    says("P1", row, now + 4 * DAY, date(2026, 9, 19))
    says("P1", row, now + 6 * DAY, date(2026, 9, 22))
    says("A4", row, now + 6 * DAY + HOUR, date(2026, 9, 20))
    assert (row.outcome, row.made_on) == (Outcome.WITH_THEM, date(2026, 9, 22))
    assert silent.events.filter(what__contains="answers:").count() == 1


@pytest.mark.long
def test_what_a_payer_said_before_its_system_failed_is_taken(silent: Claim, now: datetime) -> None:
    row = asked(now + 3 * DAY)
    says("E1", row, now + 4 * DAY, date(2026, 9, 20))
    says("A7", row, now + 4 * DAY + HOUR, date(2026, 9, 19))
    silent.refresh_from_db()
    assert (row.outcome, silent.status) == (Outcome.REJECTED, ClaimStatus.REJECTED)


@pytest.mark.long
def test_an_answer_of_a_day_to_come_does_not_mute_what_is_said_until_then(silent: Claim, now: datetime) -> None:
    row = asked(now + 3 * DAY)
    says("P1", row, now + 4 * DAY, date(2027, 9, 21))
    assert (row.outcome, row.made_on) == (Outcome.WITH_THEM, None)
    says("A7", row, now + 5 * DAY, date(2026, 9, 21))
    silent.refresh_from_db()
    assert (row.outcome, silent.status) == (Outcome.REJECTED, ClaimStatus.REJECTED)


@pytest.mark.long
def test_a_newer_answer_counts_also_where_it_says_what_an_older_one_had(silent: Claim, now: datetime) -> None:
    row = asked(now + 3 * DAY)
    for days, category in enumerate(("P1", "A4", "P1")):
        says(category, row, now + (4 + days) * DAY, date(2026, 9, 20 + days))
    assert row.outcome == Outcome.WITH_THEM
    assert "has not decided" in work(silent)


# ------------------------------------------------------------------ several questions


@pytest.mark.long
def test_a_late_answer_to_an_earlier_question_is_its_answer_and_nothing_follows(silent: Claim, now: datetime) -> None:
    first = asked(now + 3 * DAY)
    second = asked(now + 6 * DAY)
    says("P1", second, now + 7 * DAY, date(2026, 9, 22))
    before = work(silent)
    says("A7", first, now + 8 * DAY, date(2026, 9, 20))
    silent.refresh_from_db()
    assert (first.outcome, first.answered_at, first.made_on) == (
        Outcome.REJECTED,
        now + 8 * DAY,
        date(2026, 9, 20),
    )
    assert (silent.status, work(silent)) == (ClaimStatus.SUBMITTED, before)
    assert silent.events.filter(what__contains=LATE, transmission=first.answer).count() == 1


@pytest.mark.long
def test_without_a_day_the_answer_to_the_later_question_is_the_newer(silent: Claim, now: datetime) -> None:
    first, second = asked(now + 3 * DAY), asked(now + 6 * DAY)
    says("F1", second, now + 7 * DAY, None)
    says("A4", first, now + 7 * DAY + HOUR, None)
    assert "Look for the remittance" in work(silent)
    assert unfound_place(Claim.objects.get()) is None


@pytest.mark.long
def test_a_newer_answer_to_the_earlier_question_is_the_last_word(silent: Claim, now: datetime) -> None:
    first, second = asked(now + 3 * DAY), asked(now + 6 * DAY)
    says("P1", second, now + 7 * DAY, date(2026, 9, 22))
    says("A4", first, now + 9 * DAY, date(2026, 9, 24))
    assert "does not find claim" in work(silent)
    assert unfound_place(Claim.objects.get()) is not None


@pytest.mark.long
def test_a_question_that_was_refused_since_makes_no_answer_late(silent: Claim, now: datetime) -> None:
    first, second = asked(now + 3 * DAY), asked(now + 6 * DAY)
    read_in(f999(int(second.transmission.control_number.removeprefix("TS")), "R"), "999", now + 6 * DAY)
    says("F1", first, now + 7 * DAY, date(2026, 9, 22))
    assert "Look for the remittance" in work(silent)


@pytest.mark.long
def test_a_late_answer_does_not_put_the_next_question_off(silent: Claim, now: datetime) -> None:
    first, second = asked(now + 3 * DAY), asked(now + 6 * DAY)
    says("A4", second, now + 6 * DAY + HOUR, date(2026, 9, 22))
    says("P1", first, now + 7 * DAY, date(2026, 9, 20))
    assert ask_status(now=now + 9 * DAY).claims == 1


@pytest.mark.long
def test_a_newer_answer_to_the_earlier_question_puts_the_next_question_off(silent: Claim, now: datetime) -> None:
    """Whoever looks for the last word finds the same."""
    first, second = asked(now + 3 * DAY), asked(now + 6 * DAY)
    says("A4", second, now + 7 * DAY, date(2026, 9, 22))
    says("P1", first, now + 8 * DAY, date(2026, 9, 24))
    assert "has not decided" in work(silent)
    assert ask_status(now=now + 9 * DAY).claims == 0
    assert ask_status(now=now + 17 * DAY).claims == 1


@pytest.mark.long
def test_a_newer_answer_to_the_earlier_question_that_it_is_not_there_puts_no_question_off(
    silent: Claim, now: datetime
) -> None:
    first, second = asked(now + 3 * DAY), asked(now + 6 * DAY)
    says("P1", second, now + 7 * DAY, date(2026, 9, 22))
    says("A4", first, now + 8 * DAY, date(2026, 9, 24))
    assert ask_status(now=now + 9 * DAY).claims == 1


@pytest.mark.long
def test_an_answer_of_a_day_to_come_puts_the_next_question_off_as_one_without_a_day(
    silent: Claim, now: datetime
) -> None:
    first, second = asked(now + 3 * DAY), asked(now + 6 * DAY)
    says("P1", second, now + 7 * DAY, date(2026, 9, 22))
    says("A4", first, now + 8 * DAY, date(2027, 9, 24))
    assert "has not decided" in work(silent)
    assert ask_status(now=now + 9 * DAY).claims == 0


@pytest.mark.long
def test_of_two_questions_that_one_file_answers_the_later_has_the_last_word(silent: Claim, now: datetime) -> None:
    first, second = asked(now + 3 * DAY), asked(now + 6 * DAY)
    answer("A7", trace=first.public_id, also=(second.public_id,), now=now + 7 * DAY)
    silent.refresh_from_db()
    assert (silent.status, "has not decided" in work(silent)) == (ClaimStatus.SUBMITTED, True)


# ------------------------------------------------------------------ two workers


def test_what_another_worker_took_in_meanwhile_is_seen(
    silent: Claim, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It held the claim's lock when this one had read the inquiry."""
    row = asked(now + 3 * DAY)
    lock = take_status.lock_claims

    def locked_by_another(*rows: object, **how: object) -> object:
        StatusInquiry.objects.filter(pk=row.pk).update(
            outcome=Outcome.DECIDED, answered_at=now + 4 * DAY, made_on=date(2026, 9, 20), sentence="It is decided."
        )
        return lock(*rows, **how)

    monkeypatch.setattr(take_status, "lock_claims", locked_by_another)
    says("P1", row, now + 4 * DAY, date(2026, 9, 19))
    assert row.outcome == Outcome.DECIDED


@pytest.mark.long
def test_an_inquiry_that_is_answered_while_its_refusal_waits_keeps_its_answer(
    silent: Claim, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = asked(now + 3 * DAY)
    lock = take_status.lock_claims

    def locked_by_another(*rows: object, **how: object) -> object:
        StatusInquiry.objects.filter(pk=row.pk).update(outcome=Outcome.DECIDED, answered_at=now + 4 * DAY)
        return lock(*rows, **how)

    monkeypatch.setattr(take_status, "lock_claims", locked_by_another)
    read_in(f999(int(row.transmission.control_number.removeprefix("TS")), "R"), "999", now + 4 * DAY)
    row.refresh_from_db()
    assert row.outcome == Outcome.DECIDED


# ------------------------------------------------------------------ the order

ASKED = datetime(2026, 9, 19, 15, tzinfo=UTC)
FIRST, SECOND = date(2026, 9, 20), date(2026, 9, 21)


@pytest.mark.parametrize(
    ("one", "other", "before"),
    [
        (Given(1, ASKED, FIRST), Given(1, ASKED, SECOND), True),
        (Given(1, ASKED, SECOND), Given(1, ASKED, FIRST), False),
        (Given(1, ASKED, FIRST, time(9)), Given(1, ASKED, FIRST, time(10)), True),
        (Given(1, ASKED, FIRST, time(9)), Given(1, ASKED, FIRST, time(9)), False),
        (Given(1, ASKED, FIRST, time(9)), Given(1, ASKED, FIRST), False),
        (Given(1, ASKED, FIRST), Given(1, ASKED), False),
        (Given(1, ASKED), Given(1, ASKED + HOUR), True),
        (Given(1, ASKED + HOUR, FIRST), Given(1, ASKED, SECOND), True),
        (Given(1, ASKED, SECOND), Given(2, ASKED + HOUR, FIRST), True),
        (Given(1, ASKED + HOUR, FIRST), Given(2, ASKED, SECOND), False),
    ],
)
def test_which_of_two_answers_was_given_before(one: Given, other: Given, *, before: bool) -> None:
    assert is_before(one, other) is before
