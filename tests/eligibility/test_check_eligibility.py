from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from apps.connectors.models import Connection, Transmission
from apps.connectors.payloads import opened
from apps.connectors.ports.errors import NotSetUpError, OutageError
from apps.core.clock import practice_date
from apps.eligibility.models import EligibilityCheck
from apps.eligibility.services import CheckOutcome, check_eligibility, recover_checks
from apps.practice.models import Practice
from apps.worklist.models import WorkItem
from apps.x12 import read
from apps.x12.guides.x270 import EligibilityInquiry
from tests.eligibility.answers import from_payer
from tests.eligibility.recorded import RecordedClearinghouse
from tests.factories.eligibility import EligibilityCheckFactory, FailedCheckFactory
from tests.factories.intake import CoverageFactory
from tests.factories.practice import PracticeFactory, ProviderFactory

pytestmark = pytest.mark.django_db
State, Verdict = EligibilityCheck.State, EligibilityCheck.Verdict
COVERED = ["DTP*346*D8*20260101", "EB*1**30**GOLD 500", "EB*B*IND*98***27*30*****Y", "EB*C*IND*30***29*850.25*****Y"]
NOT_COVERED = ["EB*6**30", "DTP*349*D8*20260331"]


def run(check: EligibilityCheck, now: datetime) -> EligibilityCheck:
    check_eligibility(check_id=check.public_id, now=now)
    check.refresh_from_db()
    return check


def test_a_covered_patient_needs_nobody(clearinghouse: type[RecordedClearinghouse], now: datetime):
    clearinghouse.replies += [COVERED]
    check = EligibilityCheckFactory()
    outcome = check_eligibility(check_id=check.public_id, now=now)
    check.refresh_from_db()
    assert outcome == CheckOutcome(check.public_id, State.ANSWERED, Verdict.ACTIVE)
    assert (check.answered_at, check.attempts, check.sentence) == (now, 1, "")
    assert check.told_revision == check.coverage.patient.revision == 1
    assert check.benefits == {
        "plan": "GOLD 500",
        "begins_on": "2026-01-01",
        "ends_on": None,
        "copay": ["30"],
        "coinsurance": [],
        "deductible": [],
        "deductible_left": ["850.25"],
        "out_of_pocket_left": [],
        "other_payer": None,
        "answered_by": "LPHP1",
        "needs_authorization": False,
        "medicaid_pays_cost_share": False,
    }
    assert not WorkItem.objects.exists()


def test_inquiry_and_answer_stand_in_the_journal_under_one_control_number(
    clearinghouse: type[RecordedClearinghouse], now: datetime
):
    clearinghouse.replies += [COVERED]
    check = run(EligibilityCheckFactory(), now)
    assert check.inquiry
    assert check.answer
    assert (check.inquiry.kind, check.inquiry.state) == ("270", Transmission.State.SENT)
    assert (check.answer.kind, check.answer.state) == ("271", Transmission.State.PROCESSED)
    assert check.answer.vendor_key == check.inquiry.control_number
    (sent,) = read(bytes(check.inquiry.payload)).transactions
    assert isinstance(sent.body, EligibilityInquiry)
    assert sent.body.reference == check.inquiry.control_number


def test_the_inquiry_names_payer_practice_patient_and_the_visits_day(
    clearinghouse: type[RecordedClearinghouse], now: datetime
):
    clearinghouse.replies += [COVERED]
    check = run(EligibilityCheckFactory(), now)
    (asked,) = clearinghouse.asked
    (inquiry,) = asked.inquiries
    assert asked.source.id == check.coverage.payer.eligibility_id
    assert asked.receiver.id == Practice.objects.get().npi
    assert (inquiry.subscriber.member_id, inquiry.dependent) == (check.coverage.member_id, None)
    assert (inquiry.service_date, inquiry.service_types) == (check.service_date, ("30",))


def test_a_physician_who_bills_under_their_own_npi_asks_as_a_person(
    clearinghouse: type[RecordedClearinghouse], now: datetime
):
    clearinghouse.replies += [COVERED]
    ProviderFactory(npi=PracticeFactory().npi, first_name="Marisol", last_name="Quintero")
    run(EligibilityCheckFactory(), now)
    asking = clearinghouse.asked[0].receiver
    assert (asking.is_person, asking.name) == (True, "Marisol Quintero")


def test_a_payer_is_not_told_the_ssn_of_who_asks(clearinghouse: type[RecordedClearinghouse], now: datetime):
    clearinghouse.replies += [COVERED]
    practice = PracticeFactory()
    Practice.objects.update(tax_id="123456788", tax_id_kind=Practice.TaxIdKind.SSN)
    check = run(EligibilityCheckFactory(), now)
    assert clearinghouse.asked[0].inquiries[0].trace_originator == f"9{practice.npi[:9]}"
    assert b"123456788" not in opened(check.inquiry).read()


def test_a_dependent_is_asked_about_under_the_subscribers_number(
    clearinghouse: type[RecordedClearinghouse], now: datetime
):
    clearinghouse.replies += [COVERED]
    check = EligibilityCheckFactory(coverage__relationship="19", coverage__subscriber_first_name="Jonas")
    run(check, now)
    (inquiry,) = clearinghouse.asked[0].inquiries
    assert inquiry.dependent
    assert (inquiry.subscriber.first_name, inquiry.subscriber.member_id) == ("Jonas", check.coverage.member_id)
    assert (inquiry.dependent.last_name, inquiry.dependent.member_id) == (check.coverage.patient.last_name, "")


def test_a_failure_becomes_a_task_due_before_the_visit(clearinghouse: type[RecordedClearinghouse], now: datetime):
    clearinghouse.replies += [NOT_COVERED]
    check = run(EligibilityCheckFactory(), now)
    item = check.work_item
    assert (check.verdict, check.sentence) == (Verdict.INACTIVE, "Coverage ended on Mar 31, 2026.")
    assert item
    assert check.appointment
    assert (item.owner_role, item.url_name, item.subject_public_id, item.due_at) == (
        WorkItem.OwnerRole.FRONT_DESK,
        "eligibility:check",
        check.public_id,
        check.appointment.starts_at,
    )
    # The visit is on Friday at 10 AM: two working hours of that day and two of Thursday's.
    assert check.escalates_at
    assert check.escalates_at.isoformat() == "2026-09-17T20:00:00+00:00"


def test_a_payer_that_does_not_know_the_practice_is_the_administrators_task(
    clearinghouse: type[RecordedClearinghouse], now: datetime
):
    clearinghouse.replies += [from_payer("AAA*Y**79*C")]
    check = run(EligibilityCheckFactory(), now)
    assert check.work_item
    assert check.work_item.owner_role == WorkItem.OwnerRole.ADMINISTRATOR


def test_a_later_success_closes_the_open_task(clearinghouse: type[RecordedClearinghouse], now: datetime):
    clearinghouse.replies += [NOT_COVERED, COVERED]
    first = run(EligibilityCheckFactory(), now)
    run(EligibilityCheckFactory(appointment=first.appointment, coverage=first.coverage, round="demand:1"), now)
    item = WorkItem.objects.get()
    assert (item.state, item.outcome, item.closed_by) == (WorkItem.State.DONE, "The payer answers: covered.", None)


def test_a_second_failure_takes_the_open_task_over(clearinghouse: type[RecordedClearinghouse], now: datetime):
    clearinghouse.replies += [NOT_COVERED, ["AAA*Y**72*C"]]
    first = run(EligibilityCheckFactory(), now)
    second = run(EligibilityCheckFactory(appointment=first.appointment, coverage=first.coverage, round="demand:1"), now)
    first.refresh_from_db()
    item = WorkItem.objects.get()
    assert (first.work_item, second.work_item, item.subject_public_id) == (None, item, second.public_id)


def test_an_inquiry_for_a_denial_opens_no_task(clearinghouse: type[RecordedClearinghouse], now: datetime):
    clearinghouse.replies += [NOT_COVERED]
    check = EligibilityCheckFactory(appointment=None, coverage=CoverageFactory(), reason=EligibilityCheck.Reason.DENIAL)
    assert run(check, now).verdict == Verdict.INACTIVE
    assert not WorkItem.objects.exists()


@pytest.mark.parametrize("failure", [OutageError("down"), from_payer("AAA*Y**42*R")])
def test_no_answer_is_tried_again_after_a_pause(
    clearinghouse: type[RecordedClearinghouse], now: datetime, failure: Exception | bytes
):
    clearinghouse.replies += [failure, COVERED]
    check = EligibilityCheckFactory(created_at=now)
    assert run(check, now).state == State.WAITING
    assert check.next_try_at == now + timedelta(minutes=5)
    assert check_eligibility(check_id=check.public_id, now=now + timedelta(minutes=4)) == CheckOutcome(check.public_id)
    assert run(check, now + timedelta(minutes=5)).verdict == Verdict.ACTIVE


def test_a_failed_call_is_kept_on_the_inquiry_and_on_the_connection(
    clearinghouse: type[RecordedClearinghouse], now: datetime
):
    clearinghouse.replies += [OutageError("The clearinghouse asked to wait.")]
    check = run(EligibilityCheckFactory(created_at=now), now)
    assert check.inquiry
    assert check.inquiry.state == Transmission.State.FAILED
    assert Connection.objects.get().last_failure == "The clearinghouse asked to wait."


def test_a_connection_for_claims_only_is_named_on_the_check_and_did_not_fail(
    clearinghouse: type[RecordedClearinghouse], now: datetime
):
    clearinghouse.replies += [NotSetUpError("Eligibility is not set up.")]
    check = run(EligibilityCheckFactory(created_at=now), now)
    assert (check.state, check.sentence) == (State.WAITING, "Eligibility is not set up.")
    assert Connection.objects.get().last_failure == ""


def test_after_a_day_of_outage_a_person_is_asked(clearinghouse: type[RecordedClearinghouse], now: datetime):
    clearinghouse.replies += [OutageError("down")]
    check = run(EligibilityCheckFactory(created_at=now - timedelta(hours=24)), now)
    assert (check.state, check.failed, check.sentence) == (State.OUTAGE, True, "The payer could not be reached.")
    assert check.work_item
    assert check.work_item.state == WorkItem.State.OPEN


def test_a_refused_future_day_is_asked_again_as_today(clearinghouse: type[RecordedClearinghouse], now: datetime):
    clearinghouse.replies += [["AAA*Y**63*C"], COVERED]
    check = run(EligibilityCheckFactory(), now)
    assert (check.state, check.asked_about) == (State.WAITING, date(2026, 9, 16))
    assert run(check, now).verdict == Verdict.ACTIVE
    assert [asked.inquiries[0].service_date for asked in clearinghouse.asked] == [date(2026, 9, 18), date(2026, 9, 16)]


def test_a_plan_that_ends_between_today_and_the_visit_is_not_covered_though_asked_about_today(
    clearinghouse: type[RecordedClearinghouse], now: datetime
):
    today = practice_date(now)
    clearinghouse.replies += [["AAA*N**63*C"], ["EB*1**30", f"DTP*291*RD8*20260101-{today:%Y%m%d}"]]
    check = EligibilityCheckFactory(service_date=today + timedelta(days=1))
    run(check, now)
    assert run(check, now).asked_about == today
    assert (check.verdict, check.benefits["ends_on"]) == (Verdict.INACTIVE, today.isoformat())


def test_without_a_birth_date_nothing_is_asked(clearinghouse: type[RecordedClearinghouse], now: datetime):
    check = EligibilityCheckFactory(appointment__patient__birth_date=None)
    assert run(check, now).state == State.NOT_ASKED
    assert check.sentence == "We cannot ask: the birth date is missing."
    assert check.work_item
    assert clearinghouse.asked == []


def test_a_number_that_no_file_can_hold_is_not_asked_about(clearinghouse: type[RecordedClearinghouse], now: datetime):
    check = run(EligibilityCheckFactory(coverage__member_id="LP*1"), now)
    assert check.state == State.NOT_ASKED
    assert "no payer accepts" in check.sentence
    assert clearinghouse.asked == []


@pytest.mark.parametrize("answer", [b"<html>Service unavailable</html>", b"ISA*00*"])
def test_an_answer_that_is_no_271_is_no_clear_answer(
    clearinghouse: type[RecordedClearinghouse], now: datetime, answer: bytes
):
    clearinghouse.replies += [answer]
    check = run(EligibilityCheckFactory(), now)
    assert (check.verdict, check.sentence) == (Verdict.UNKNOWN, "The payer's answer could not be read.")
    assert check.answer
    assert bytes(check.answer.payload) == answer


def test_a_check_is_asked_once_however_often_it_is_nudged(clearinghouse: type[RecordedClearinghouse], now: datetime):
    clearinghouse.replies += [COVERED]
    check = run(EligibilityCheckFactory(), now)
    assert check_eligibility(check_id=check.public_id, now=now) == CheckOutcome(check.public_id)
    assert len(clearinghouse.asked) == 1


def test_without_a_clearinghouse_the_check_waits(db: None, now: datetime):
    check = run(EligibilityCheckFactory(created_at=now), now)
    assert (check.state, check.attempts) == (State.WAITING, 1)


def test_what_a_crash_left_asking_waits_again_after_ten_minutes(db: None, now: datetime):
    check = EligibilityCheckFactory(state=State.ASKING, asked_at=now - timedelta(minutes=10))
    fresh = EligibilityCheckFactory(state=State.ASKING, asked_at=now - timedelta(minutes=9))
    assert recover_checks(now=now).waiting_again == 1
    check.refresh_from_db()
    fresh.refresh_from_db()
    assert (check.state, fresh.state) == (State.WAITING, State.ASKING)


class Killed(BaseException):
    """The process ends here, as by SIGKILL: no handler of ours may catch it."""


def cut_off(check: EligibilityCheck, now: datetime) -> None:
    with pytest.raises(Killed):
        check_eligibility(check_id=check.public_id, now=now)
    check.refresh_from_db()
    assert check.state == State.ASKING


def test_an_inquiry_that_was_cut_off_ends_as_unknown_and_the_payer_is_asked_again(
    clearinghouse: type[RecordedClearinghouse], now: datetime
):
    clearinghouse.replies += [Killed(), COVERED]
    check = EligibilityCheckFactory(created_at=now)
    cut_off(check, now)
    later = now + timedelta(minutes=10)
    assert recover_checks(now=later).waiting_again == 1
    assert Transmission.objects.get(kind="270").state == Transmission.State.UNKNOWN
    assert run(check, later).verdict == Verdict.ACTIVE


def test_an_answer_that_was_stored_before_the_crash_is_recorded_and_nobody_is_asked_again(
    clearinghouse: type[RecordedClearinghouse], now: datetime
):
    clearinghouse.replies += [COVERED]
    check = EligibilityCheckFactory(created_at=now)

    def kill(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith("UPDATE") and Transmission.objects.filter(kind="270", state=Transmission.State.SENT).exists():
            raise Killed
        return execute(sql, params, many, context)

    with connection.execute_wrapper(kill):
        cut_off(check, now)
    later = now + timedelta(minutes=10)
    found = recover_checks(now=later)
    assert (found.recorded, found.waiting_again) == (1, 0)
    check.refresh_from_db()
    assert (check.state, check.verdict, check.answered_at) == (State.ANSWERED, Verdict.ACTIVE, later)
    assert check.answer
    assert (check.answer.state, len(clearinghouse.asked)) == (Transmission.State.PROCESSED, 1)


def test_a_task_left_alone_is_escalated_to_the_administrator(db: None, now: datetime):
    item = WorkItem.objects.create(
        kind="eligibility",
        title="Settle the coverage of the visit",
        owner_role=WorkItem.OwnerRole.FRONT_DESK,
        url_name="eligibility:check",
        subject_public_id="x",
        opened_at=now,
        due_at=now + timedelta(hours=5),
    )
    FailedCheckFactory(work_item=item, escalates_at=now)
    assert recover_checks(now=now - timedelta(minutes=1)).escalated == 0
    assert recover_checks(now=now).escalated == 1
    item.refresh_from_db()
    assert item.owner_role == WorkItem.OwnerRole.ADMINISTRATOR


@pytest.mark.parametrize("segment", ["EB*R**30**{}", "EB*1**30**{}", "EB*6**30**{}"])
def test_a_plans_name_of_any_length_is_taken_in(
    clearinghouse: type[RecordedClearinghouse], now: datetime, segment: str
):
    """A sentence too long for its column lost the answer, and the payer was asked again and again."""
    clearinghouse.replies += [[segment.format("B" * 400)]]
    check = run(EligibilityCheckFactory(), now)
    assert check.state == State.ANSWERED
    assert len(check.sentence) <= 300


@pytest.mark.parametrize(
    ("told", "asked"), [("98", ("98",)), (["30", "98"], ("30", "98")), ([98], ("98",)), ([], ("30",)), ("", ("30",))]
)
def test_service_types_are_asked_as_the_connection_names_them(
    clearinghouse: type[RecordedClearinghouse], now: datetime, told: object, asked: tuple[str, ...]
):
    """One without its brackets, 30, asked for 3 and for 0."""
    row = Connection.objects.get()
    row.settings = {**row.settings, "service_types": told}
    row.save()
    clearinghouse.replies += [COVERED]
    run(EligibilityCheckFactory(), now)
    assert clearinghouse.asked[0].inquiries[0].service_types == asked
