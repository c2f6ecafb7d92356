"""A worker that is slow comes back to a check that another has taken in hand: what the payer has answered stays."""

from datetime import datetime, timedelta

import pytest

from apps.connectors.models import Transmission
from apps.connectors.ports.errors import HeldBackError, OutageError
from apps.eligibility.models import EligibilityCheck
from apps.eligibility.services import check_eligibility, recover_checks
from apps.worklist.models import WorkItem
from tests.eligibility.answers import from_payer
from tests.eligibility.recorded import RecordedClearinghouse
from tests.factories.eligibility import EligibilityCheckFactory
from tests.locks import happening_after

State = EligibilityCheck.State
COVERED = ["EB*1**30"]


def reads_the_check(sql: str) -> bool:
    return sql.startswith("SELECT") and f'FROM "{EligibilityCheck._meta.db_table}"' in sql


@pytest.fixture
def overtaken(
    clearinghouse: type[RecordedClearinghouse], now: datetime, monkeypatch: pytest.MonkeyPatch
) -> EligibilityCheck:
    """Of its two inquiries the second is answered first: that the patient is covered. What the first brings, a test adds."""
    check, later = EligibilityCheckFactory(), now + timedelta(minutes=11)
    ask, asked = RecordedClearinghouse.check_eligibility, []

    def slowly(self: RecordedClearinghouse, inquiry: bytes) -> bytes:
        asked.append(inquiry)
        if len(asked) == 1:  # its worker stands still meanwhile, and another takes its place
            recover_checks(now=later)
            assert check_eligibility(check_id=check.public_id, now=later).state == State.ANSWERED
        return ask(self, inquiry)

    monkeypatch.setattr(RecordedClearinghouse, "check_eligibility", slowly)
    clearinghouse.replies += [COVERED]
    return check


@pytest.mark.django_db
def test_an_outage_that_a_slow_worker_tells_late_takes_no_answer_back(
    overtaken: EligibilityCheck, clearinghouse: type[RecordedClearinghouse], now: datetime
) -> None:
    clearinghouse.replies += [OutageError("cut off")]
    check_eligibility(check_id=overtaken.public_id, now=now)
    overtaken.refresh_from_db()
    assert (overtaken.state, overtaken.next_try_at) == (State.ANSWERED, None)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "late", [from_payer("AAA*Y**42*R"), ["AAA*Y**62*C"], ["AAA*Y**72*C"]], ids=["not now", "not that day", "unknown"]
)
def test_an_answer_that_a_slow_worker_brings_late_is_kept_in_the_journal_alone(
    late: bytes | list[str], overtaken: EligibilityCheck, clearinghouse: type[RecordedClearinghouse], now: datetime
) -> None:
    clearinghouse.replies += [late]
    check_eligibility(check_id=overtaken.public_id, now=now)
    overtaken.refresh_from_db()
    first, second = Transmission.objects.filter(kind="271").order_by("pk")
    assert (overtaken.state, overtaken.verdict, overtaken.answer) == (State.ANSWERED, "active", first)
    assert second.state == Transmission.State.PROCESSED
    assert not WorkItem.objects.exists()


@pytest.mark.django_db
def test_what_a_slow_worker_finds_missing_opens_no_task_for_a_check_that_another_answered(
    clearinghouse: type[RecordedClearinghouse], now: datetime
) -> None:
    check, later = EligibilityCheckFactory(coverage__member_id=""), now + timedelta(minutes=11)
    clearinghouse.replies += [COVERED]

    def another_answers() -> None:
        check.coverage.member_id = "LP000000001"
        check.coverage.save(update_fields=["member_id"])
        recover_checks(now=later)
        assert check_eligibility(check_id=check.public_id, now=later).state == State.ANSWERED

    with happening_after(reads_the_check, another_answers):
        check_eligibility(check_id=check.public_id, now=now)
    check.refresh_from_db()
    assert (check.state, check.work_item) == (State.ANSWERED, None)
    assert not WorkItem.objects.exists()


@pytest.mark.django_db
def test_what_a_slow_worker_asks_late_is_not_the_inquiry_of_the_answer_that_came(
    clearinghouse: type[RecordedClearinghouse], now: datetime
) -> None:
    check, later = EligibilityCheckFactory(), now + timedelta(minutes=11)
    clearinghouse.replies += [COVERED, COVERED]

    def another_answers() -> None:
        recover_checks(now=later)
        assert check_eligibility(check_id=check.public_id, now=later).state == State.ANSWERED

    with happening_after(reads_the_check, another_answers):
        check_eligibility(check_id=check.public_id, now=now)
    check.refresh_from_db()
    assert check.inquiry.control_number == check.answer.vendor_key


@pytest.mark.django_db
def test_a_slow_worker_that_was_not_let_through_takes_no_try_from_another(
    overtaken: EligibilityCheck, clearinghouse: type[RecordedClearinghouse], now: datetime
) -> None:
    clearinghouse.replies += [HeldBackError("The switch is off.")]
    check_eligibility(check_id=overtaken.public_id, now=now)
    overtaken.refresh_from_db()
    assert (overtaken.state, overtaken.attempts) == (State.ANSWERED, 2)
