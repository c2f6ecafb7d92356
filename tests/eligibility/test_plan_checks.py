from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from apps.audit.models import AuditEvent
from apps.automations.sweeping import left_behind
from apps.eligibility.models import EligibilityCheck
from apps.eligibility.selectors import Measures, coverage_on, measures
from apps.eligibility.services import (
    NewCheck,
    SettlementError,
    plan_checks,
    recheck,
    settle_check,
    start_check,
)
from apps.intake.models import Appointment, Coverage
from apps.intake.services import Card
from apps.worklist.models import WorkItem
from tests.factories.eligibility import AnsweredCheckFactory, EligibilityCheckFactory, FailedCheckFactory
from tests.factories.intake import AppointmentFactory, CoverageFactory
from tests.factories.practice import PayerFactory, UserFactory

pytestmark = pytest.mark.django_db
ZONE = ZoneInfo("America/Chicago")
EVENING = datetime(2026, 9, 15, 19, 0, tzinfo=ZONE)
VISIT = datetime(2026, 9, 17, 9, 0, tzinfo=ZONE)
Settlement = EligibilityCheck.Settlement


def covered_visit(**facts: object) -> Appointment:
    visit = AppointmentFactory(**{"starts_at": VISIT} | facts)
    CoverageFactory(patient=visit.patient)
    return visit


def test_the_evening_makes_one_check_a_visit_and_a_second_run_none():
    visits = [covered_visit() for _ in range(3)]
    first, second = plan_checks(now=EVENING), plan_checks(now=EVENING + timedelta(hours=1))
    assert (first.planned, second.planned) == (3, 0)
    made = EligibilityCheck.objects.order_by("pk")
    assert [check.appointment for check in made] == visits
    assert {(check.reason, check.service_date, check.round) for check in made} == {
        (EligibilityCheck.Reason.SCHEDULED, date(2026, 9, 17), "ahead:2026-09-17")
    }
    assert first.checks == second.checks == tuple(check.public_id for check in made)


def test_a_visit_booked_at_short_notice_whose_step_was_lost_is_found_by_the_sweep():
    now = datetime(2026, 9, 17, 8, 0, tzinfo=ZONE)
    covered_visit(starts_at=now + timedelta(days=1))
    covered_visit(starts_at=VISIT, status=Appointment.Status.CANCELLED)
    AppointmentFactory(starts_at=VISIT)  # self-pay
    assert left_behind(now=now) == ()
    covered_visit()
    assert left_behind(now=now) == (("plan_checks", ""),)
    plan_checks(now=now)
    assert "plan_checks" not in dict(left_behind(now=now))


def test_planning_costs_the_same_whatever_the_number_of_visits(django_assert_num_queries):
    for _ in range(8):
        covered_visit()
    with django_assert_num_queries(12):
        plan_checks(now=EVENING)


def test_a_self_pay_visit_and_a_cancelled_one_are_not_asked_about():
    AppointmentFactory(starts_at=VISIT)
    covered_visit(status=Appointment.Status.CANCELLED)
    assert plan_checks(now=EVENING).checks == ()


def test_the_first_coverage_in_force_on_the_day_is_asked_about():
    visit = AppointmentFactory(starts_at=VISIT)
    CoverageFactory(patient=visit.patient, rank=1, ends_on=date(2026, 8, 31))
    CoverageFactory(patient=visit.patient, rank=2)
    first = CoverageFactory(patient=visit.patient, rank=1, starts_on=date(2026, 9, 1))
    plan_checks(now=EVENING)
    assert EligibilityCheck.objects.get().coverage == first


def test_no_coverage_in_force_is_self_pay():
    ended = CoverageFactory.build(ends_on=date(2026, 9, 1), patient__source="x")
    assert coverage_on([ended], date(2026, 9, 2)) is None


def test_a_payer_that_cannot_be_asked_gives_a_phone_task_and_no_failure():
    visit = AppointmentFactory(starts_at=VISIT)
    CoverageFactory(patient=visit.patient, payer__eligibility_id="", payer__name="Old Mill Mutual")
    planned = plan_checks(now=EVENING)
    check = EligibilityCheck.objects.get()
    assert (planned.planned, planned.by_phone, planned.checks) == (0, 1, ())
    assert (check.state, check.failed) == (EligibilityCheck.State.BY_PHONE, False)
    assert check.work_item
    assert check.work_item.title == "Call Old Mill Mutual about the coverage of the visit"


def test_an_older_check_that_waits_for_another_try_is_due_with_the_new_ones():
    waiting = EligibilityCheckFactory(next_try_at=EVENING - timedelta(minutes=1))
    EligibilityCheckFactory(next_try_at=EVENING + timedelta(minutes=1))
    assert plan_checks(now=EVENING).checks == (waiting.public_id,)


def test_a_recheck_asks_at_once_and_two_clicks_ask_once(nudges, now, django_capture_on_commit_callbacks):
    visit, user = covered_visit(), UserFactory()
    with django_capture_on_commit_callbacks(execute=True):
        first = recheck(appointment=visit, acting_user=user, now=now)
        second = recheck(appointment=visit, acting_user=user, now=now + timedelta(seconds=2))
    assert first
    assert first == second
    assert nudges == [("check_eligibility", first.public_id)]
    assert [event.action for event in AuditEvent.objects.all()] == ["recheck", "recheck"]


def test_a_self_pay_visit_cannot_be_rechecked(now):
    assert recheck(appointment=AppointmentFactory(), acting_user=UserFactory(), now=now) is None


def open_task(check: EligibilityCheck) -> EligibilityCheck:
    check.work_item = WorkItem.objects.create(
        kind="eligibility",
        title="Settle the coverage of the visit",
        owner_role=WorkItem.OwnerRole.FRONT_DESK,
        url_name="eligibility:check",
        subject_public_id=check.public_id,
        opened_at=check.created_at,
    )
    check.save()
    return check


@pytest.mark.parametrize(
    ("settlement", "reference", "outcome"),
    [
        (Settlement.SELF_PAY, "", "Self-pay agreed."),
        (Settlement.RESCHEDULED, "", "Visit rescheduled."),
        (Settlement.VERIFIED, "C-8812", "Verified by phone."),
    ],
)
def test_a_result_closes_the_task_and_is_in_the_trail(now, settlement, reference, outcome):
    check, user = open_task(FailedCheckFactory()), UserFactory()
    answered_with = check.told_revision
    settle_check(check=check, settlement=settlement, acting_user=user, now=now, phone_reference=reference)
    check.refresh_from_db()
    assert check.told_revision == answered_with + 1
    assert (check.settlement, check.settled_by, check.settled_at, check.phone_reference) == (
        settlement,
        user,
        now,
        reference,
    )
    assert check.work_item
    assert (check.work_item.state, check.work_item.outcome) == (WorkItem.State.DONE, outcome)
    event = AuditEvent.objects.get()
    assert (event.action, event.patients) == ("settle", [check.coverage.patient.public_id])


@pytest.mark.parametrize(
    ("settlement", "sentence"),
    [
        (Settlement.VERIFIED, "Enter the reference number that the payer gave for the call."),
        (Settlement.NEW_COVERAGE, "Enter the new coverage."),
    ],
)
def test_a_result_without_its_evidence_is_refused(now, settlement, sentence):
    check = open_task(FailedCheckFactory())
    with pytest.raises(SettlementError, match=sentence):
        settle_check(check=check, settlement=settlement, acting_user=UserFactory(), now=now, phone_reference=" ")
    assert WorkItem.objects.get().state == WorkItem.State.OPEN


def test_a_check_is_settled_once(now):
    check = open_task(FailedCheckFactory())
    facts = {"settlement": Settlement.NEW_COVERAGE, "coverage": Card(payer=PayerFactory(), member_id="BBM99")}
    settle_check(check=check, acting_user=UserFactory(), now=now, **facts)
    with pytest.raises(SettlementError, match="settled this check in the meantime"):
        settle_check(check=check, acting_user=UserFactory(), now=now, **facts)
    assert Coverage.objects.filter(member_id="BBM99").count() == 1


def test_new_coverage_follows_the_old_one_and_is_asked_about_at_once(nudges, now, django_capture_on_commit_callbacks):
    check, payer = open_task(FailedCheckFactory()), PayerFactory()
    with django_capture_on_commit_callbacks(execute=True):
        fresh = settle_check(
            check=check,
            settlement=Settlement.NEW_COVERAGE,
            coverage=Card(payer=payer, member_id="BBM99"),
            acting_user=UserFactory(),
            now=now,
        )
    old = Coverage.objects.get(pk=check.coverage_id)
    entered = Coverage.objects.get(payer=payer)
    assert (old.ends_on, entered.starts_on, entered.rank) == (date(2026, 8, 31), date(2026, 9, 1), 1)
    assert entered.subscriber_last_name == old.patient.last_name
    assert fresh
    assert fresh.coverage == entered
    assert nudges == [("build_claims", ""), ("check_eligibility", fresh.public_id)]


@pytest.mark.parametrize(
    ("told", "visit", "ended", "begins"),
    [
        (date(9999, 12, 31), date(2026, 9, 17), date(9999, 12, 31), date(2026, 9, 17)),
        (None, date(1, 1, 1), date(1, 1, 1), date(1, 1, 1)),
    ],
    ids=["a plan that begins never", "a visit of no day"],
)
def test_new_coverage_holds_on_the_visits_day_also_where_the_calendar_ends(
    now: datetime, told: date | None, visit: date, ended: date, begins: date
) -> None:
    check, payer = FailedCheckFactory(coverage__starts_on=told, service_date=visit), PayerFactory()
    check.benefits = {}
    card, by = Card(payer=payer, member_id="BBM99"), UserFactory()
    settle_check(check=check, settlement=Settlement.NEW_COVERAGE, coverage=card, acting_user=by, now=now)
    assert Coverage.objects.get(pk=check.coverage_id).ends_on == ended
    assert Coverage.objects.get(payer=payer).starts_on == begins


def test_a_check_for_a_denial_has_no_visit_and_asks_once(nudges, now, django_capture_on_commit_callbacks):
    new = NewCheck(
        coverage=CoverageFactory(),
        service_date=date(2026, 8, 1),
        reason=EligibilityCheck.Reason.DENIAL,
        round="denial:abc",
    )
    with django_capture_on_commit_callbacks(execute=True):
        first, second = start_check(new, now=now), start_check(new, now=now)
    assert first == second
    assert nudges == [("check_eligibility", first.public_id)]


def hours_before(hours: float) -> datetime:
    return VISIT - timedelta(hours=hours)


def test_measured_apart_24_to_48_hours_ahead_and_before_the_visit_at_all():
    ahead, late, booking_time_only, never = (covered_visit() for _ in range(4))
    for visit, answered_at in (
        (ahead, hours_before(37)),
        (late, hours_before(13)),
        (booking_time_only, hours_before(200)),
    ):
        AnsweredCheckFactory(
            appointment=visit,
            coverage=visit.patient.coverages.get(),
            service_date=VISIT.date(),
            answered_at=answered_at,
        )
    assert never.eligibility_checks.count() == 0
    assert measures(VISIT.date(), VISIT.date()) == Measures(
        visits=4, checked_ahead=1, checked_before=2, failures=0, solved=0
    )


def test_a_check_before_the_booking_never_counts():
    visit = covered_visit(booked_at=hours_before(20))
    AnsweredCheckFactory(
        appointment=visit,
        coverage=visit.patient.coverages.get(),
        service_date=VISIT.date(),
        answered_at=hours_before(37),
    )
    assert measures(VISIT.date(), VISIT.date()).checked_before == 0


@pytest.mark.parametrize(
    ("settled_at", "solved"), [(hours_before(2), 1), (hours_before(-1), 0), (None, 0)], ids=["before", "after", "never"]
)
def test_a_failure_is_solved_when_settled_before_the_visit(settled_at: datetime | None, solved: int):
    visit = covered_visit()
    FailedCheckFactory(
        appointment=visit,
        coverage=visit.patient.coverages.get(),
        service_date=VISIT.date(),
        answered_at=hours_before(37),
        settlement=Settlement.VERIFIED if settled_at else "",
        settled_at=settled_at,
    )
    found = measures(VISIT.date(), VISIT.date())
    assert (found.failures, found.solved) == (1, solved)


def test_a_failure_is_solved_by_a_later_answer():
    visit = covered_visit()
    facts = {"appointment": visit, "coverage": visit.patient.coverages.get(), "service_date": VISIT.date()}
    FailedCheckFactory(answered_at=hours_before(37), **facts)
    AnsweredCheckFactory(answered_at=hours_before(3), round="demand:1", **facts)
    assert measures(VISIT.date(), VISIT.date()) == Measures(
        visits=1, checked_ahead=1, checked_before=1, failures=1, solved=1
    )
