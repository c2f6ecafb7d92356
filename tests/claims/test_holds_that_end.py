"""What holds a claim and is mended elsewhere lets it go by itself; what changes elsewhere stops a ready claim before it leaves."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest

from apps.automations.sweeping import left_behind
from apps.claims.models import Claim, Finding
from apps.claims.services import (
    batch_claims,
    follow_directory,
    follow_patients,
    override_finding,
    scrub_claims,
)
from apps.claims.states import ClaimStatus
from apps.connectors.models import Connection
from apps.eligibility.models import EligibilityCheck
from apps.intake.models import Appointment, Patient, VisitConflict
from apps.intake.services import keep_ours
from apps.practice.models import PayerChannel
from apps.practice.roles import Role
from apps.practice.services.keep_payers import keep_payer_row
from tests.factories.claims import ClaimFactory
from tests.factories.eligibility import AnsweredCheckFactory, FailedCheckFactory
from tests.factories.intake import AppointmentFactory, VisitConflictFactory
from tests.factories.practice import (
    PayerChannelFactory,
    PracticeFactory,
    ProviderEnrollmentFactory,
    UserFactory,
)

Clearinghouse = Callable[..., Connection]
HOUR = timedelta(hours=1)
State = Appointment.Status
TO_DO, ACTIVE = PayerChannel.Enrollment.TO_DO, PayerChannel.Enrollment.ACTIVE


def held_by(claim: Claim) -> list[str]:
    claim.refresh_from_db()
    found = claim.findings.filter(state=Finding.State.OPEN, severity="block")
    return list(found.values_list("rule", flat=True)) if claim.status == ClaimStatus.EXCEPTION else []


def scrubbed(now: datetime) -> Claim:
    claim = ClaimFactory()
    scrub_claims(now=now)
    claim.refresh_from_db()
    return claim


# ------------------------------------------------------------------ what the EHR mends


@pytest.mark.long
@pytest.mark.django_db
def test_an_address_that_the_ehr_mends_ends_the_hold(now: datetime) -> None:
    PracticeFactory()
    claim = ClaimFactory(encounter__patient__line1="")
    scrub_claims(now=now)
    assert held_by(claim) == ["WF-PATIENT-ADDRESS"]
    Patient.objects.update(line1="77 Cypress Bend", revision=1, changed_revision=1)
    assert follow_patients(now=now + HOUR) == 1
    scrub_claims(now=now + HOUR)
    assert held_by(claim) == []
    assert follow_patients(now=now + 2 * HOUR) == 0


# ------------------------------------------------------------------ what the payer says of another day


def told(claim: Claim, days: int, at: datetime, **fields: object) -> EligibilityCheck:
    make = AnsweredCheckFactory if fields.pop("covered", True) else FailedCheckFactory
    day = claim.service_date + timedelta(days=days)
    return make(appointment=None, coverage=claim.coverage, service_date=day, answered_at=at, **fields)


@pytest.mark.django_db
def test_an_answer_about_another_day_whose_plan_dates_settle_ours_ends_the_hold(now: datetime) -> None:
    PracticeFactory()
    claim = ClaimFactory()
    told(claim, 0, now - HOUR, covered=False)
    scrub_claims(now=now)
    assert held_by(claim) == ["COV-ACTIVE"]
    assert left_behind(now=now) == ()
    told(claim, 20, now + HOUR, benefits={"begins_on": "2026-01-01"})
    assert left_behind(now=now + HOUR) == (("build_claims", ""),)
    assert follow_patients(now=now + HOUR) == 1
    assert scrub_claims(now=now + HOUR).passed == 1
    assert left_behind(now=now + HOUR) == ()


@pytest.mark.long
@pytest.mark.django_db
def test_an_answer_about_another_day_by_which_ours_was_not_covered_stops_a_ready_claim(
    now: datetime, clearinghouse: Clearinghouse
) -> None:
    clearinghouse()
    claim = scrubbed(now)
    told(claim, 20, now + HOUR, benefits={"begins_on": "2026-10-01"})
    assert batch_claims(now=now + HOUR).claims == 0
    scrub_claims(now=now + HOUR)
    assert held_by(claim) == ["COV-ACTIVE"]
    assert follow_patients(now=now + HOUR) == 0


# ------------------------------------------------------------------ the payer directory


def closed(claim: Claim) -> PayerChannel:
    row: PayerChannel = PayerChannelFactory(payer=claim.payer, clearinghouse="", enrollment=TO_DO, enrollment_on=None)
    return row


@pytest.mark.long
def test_a_mended_directory_ends_the_hold(now: datetime, clearinghouse: Clearinghouse) -> None:
    clearinghouse()
    claim = ClaimFactory()
    row = closed(claim)
    scrub_claims(now=now)
    assert held_by(claim) == ["COV-PAYER-CHANNEL"]
    assert follow_directory(now=now) == 0
    row.enrollment, row.enrollment_on = ACTIVE, date(2026, 9, 17)
    keep_payer_row(row=row, fields=["enrollment"], acting_user=UserFactory(), now=now)
    assert follow_directory(now=now) == 0  # it begins tomorrow
    tomorrow = now + 24 * HOUR
    assert left_behind(now=tomorrow) == (("build_claims", ""),)  # also where the nudge was lost
    assert follow_directory(now=tomorrow) == 1
    assert scrub_claims(now=tomorrow).passed == 1


def test_whoever_completes_the_directory_has_the_waiting_claims_looked_at(
    now: datetime,
    nudges: list[tuple[str, str]],
    clearinghouse: Clearinghouse,
    django_capture_on_commit_callbacks: Callable[..., object],
) -> None:
    clearinghouse()
    row = closed(ClaimFactory())
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[attr-defined]
        keep_payer_row(row=row, fields=[], acting_user=UserFactory(), now=now)
    assert nudges == [("build_claims", "")]


@pytest.mark.long
def test_a_payer_that_was_closed_since_the_scrub_is_sent_nothing(now: datetime, clearinghouse: Clearinghouse) -> None:
    clearinghouse()
    claim, other = ClaimFactory(), ClaimFactory()
    scrub_claims(now=now)
    closed(claim)
    assert batch_claims(now=now).claims == 1
    other.refresh_from_db()
    assert other.status == ClaimStatus.BATCHED
    assert scrub_claims(now=now).held == 1
    assert held_by(claim) == ["COV-PAYER-CHANNEL"]


@pytest.mark.long
def test_a_claim_that_a_person_sends_to_a_closed_payer_leaves_while_the_reason_is_the_same(
    now: datetime, clearinghouse: Clearinghouse
) -> None:
    clearinghouse()
    claim, person = ClaimFactory(), UserFactory()
    row = closed(claim)
    scrub_claims(now=now)
    override_finding(finding_id=claim.findings.get().pk, reason="They take it.", acting_user=person, now=now)
    row.enrollment = PayerChannel.Enrollment.REFUSED
    row.save()
    assert batch_claims(now=now).claims == 0
    row.enrollment = TO_DO
    row.save()
    assert scrub_claims(now=now).passed == 1
    assert batch_claims(now=now).claims == 1


@pytest.mark.long
@pytest.mark.django_db
def test_an_enrollment_that_is_entered_ends_the_hold_and_one_that_ends_stops_a_ready_claim(now: datetime) -> None:
    PracticeFactory()
    claim = ClaimFactory()
    row = ProviderEnrollmentFactory(provider=claim.provider, payer=claim.payer, state="applied")
    scrub_claims(now=now)
    assert held_by(claim) == ["PRV-ENROLLED"]
    assert left_behind(now=now) == ()
    row.state = "active"
    row.save()
    assert left_behind(now=now) == (("build_claims", ""),)
    assert follow_patients(now=now) == 1
    assert scrub_claims(now=now).passed == 1
    row.ends_on = claim.service_date - timedelta(days=1)
    row.save()
    assert follow_patients(now=now) == 1
    scrub_claims(now=now)
    assert held_by(claim) == ["PRV-ENROLLED"]
    assert follow_patients(now=now) == 0


# ------------------------------------------------------------------ two versions of a visit


@pytest.mark.long
def test_a_visit_that_the_ehr_tells_otherwise_is_not_sent_until_somebody_has_decided(
    now: datetime, clearinghouse: Clearinghouse
) -> None:
    clearinghouse()
    claim = scrubbed(now)
    conflict = VisitConflictFactory(encounter=claim.encounter, first_told_at=now, told_at=now)
    assert left_behind(now=now) == (("build_claims", ""),)
    assert batch_claims(now=now).claims == 0
    scrub_claims(now=now)
    assert held_by(claim) == ["RCV-CONFLICT"]
    assert follow_patients(now=now) == 0
    keep_ours(conflict_id=conflict.public_id, reason="As documented.", acting_user=UserFactory(), now=now)
    assert follow_patients(now=now) == 1
    scrub_claims(now=now)
    assert batch_claims(now=now).claims == 1


def test_a_visit_that_the_ehr_tells_as_ours_again_goes_on(now: datetime, clearinghouse: Clearinghouse) -> None:
    clearinghouse()
    claim = ClaimFactory()
    VisitConflictFactory(encounter=claim.encounter, first_told_at=now, told_at=now)
    scrub_claims(now=now)
    assert held_by(claim) == ["RCV-CONFLICT"]
    VisitConflict.objects.update(state=VisitConflict.State.AGREED, settled_at=now)
    assert follow_patients(now=now) == 1


# ------------------------------------------------------------------ a visit that took no place


def _visit_that(state: Appointment.Status, claim: Claim) -> Appointment:
    """The claim's visit as it stands in the appointment book by now."""
    visit = claim.encounter
    return AppointmentFactory(source=visit.source, source_id=visit.source_id, patient=visit.patient, status=state)


@pytest.mark.parametrize("state", [State.CANCELLED, State.NO_SHOW])
def test_a_visit_that_the_ehr_takes_back_after_its_charges_came_is_not_sent(
    state: Appointment.Status, now: datetime, clearinghouse: Clearinghouse
) -> None:
    clearinghouse()
    claim = scrubbed(now)
    booked = _visit_that(state, claim)
    assert left_behind(now=now) == (("build_claims", ""),)
    assert batch_claims(now=now).claims == 0
    scrub_claims(now=now)
    assert held_by(claim) == ["RCV-CANCELED"]
    assert "canceled or missed" in claim.findings.get(state=Finding.State.OPEN).sentence
    assert follow_patients(now=now) == 0
    Appointment.objects.filter(pk=booked.pk).update(status=State.COMPLETED)
    assert follow_patients(now=now) == 1
    scrub_claims(now=now)
    assert batch_claims(now=now).claims == 1


def test_where_the_visit_took_place_all_the_same_a_person_says_so_and_is_not_asked_again(
    now: datetime, clearinghouse: Clearinghouse
) -> None:
    clearinghouse()
    claim = ClaimFactory()
    _visit_that(State.CANCELLED, claim)
    scrub_claims(now=now)
    finding = claim.findings.get(rule="RCV-CANCELED", state=Finding.State.OPEN)
    person = UserFactory(role=Role.BILLER)
    override_finding(finding_id=finding.pk, reason="The note of the visit is signed.", acting_user=person, now=now)
    assert follow_patients(now=now) == 0
    assert batch_claims(now=now).claims == 1


@pytest.mark.django_db
@pytest.mark.parametrize("state", [State.SCHEDULED, State.COMPLETED])
def test_a_visit_that_took_place_or_was_never_checked_out_goes_on(state: Appointment.Status, now: datetime) -> None:
    PracticeFactory()
    claim = ClaimFactory()
    _visit_that(state, claim)
    scrub_claims(now=now)
    assert held_by(claim) == []


@pytest.mark.django_db
def test_another_visit_s_cancellation_and_a_void_hold_nothing(now: datetime) -> None:
    PracticeFactory()
    claim, void = ClaimFactory(), ClaimFactory(frequency="8", payer_claim_number="P1")
    AppointmentFactory(patient=claim.patient, status=State.CANCELLED)
    AppointmentFactory(source="another", source_id=claim.encounter.source_id, status=State.CANCELLED)
    _visit_that(State.CANCELLED, void)
    scrub_claims(now=now)
    assert (held_by(claim), held_by(void)) == ([], [])
