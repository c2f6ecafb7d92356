"""A biller's correction of a patient, the EHR's telling of that patient, and an agreement at the front desk."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from django.db import connection, transaction
from pytest_django import Settings

from apps.audit.models import AuditEvent
from apps.claims.models import Batch, Claim, Finding
from apps.claims.rules.fields import Change
from apps.claims.services import (
    CannotSettleError,
    batch_claims,
    edit_claim,
    override_finding,
    resend_batch,
    scrub_claims,
    submit_batch,
)
from apps.claims.services.change_fields import change_fields
from apps.claims.services.follow_patients import follow_patients
from apps.claims.states import ClaimStatus
from apps.connectors.models import Connection
from apps.eligibility.models import EligibilityCheck
from apps.eligibility.services import SettlementError, take_back_self_pay
from apps.intake.models import Patient
from apps.intake.services.receive_patients import receive_patients
from apps.practice.roles import Role
from tests.factories.claims import ClaimFactory
from tests.factories.eligibility import AnsweredCheckFactory, FailedCheckFactory
from tests.factories.practice import PracticeFactory, UserFactory
from tests.intake import told
from tests.locks import happening_after

pytestmark = pytest.mark.django_db


def tell(claim: Claim, **fields: object) -> None:
    patient = claim.patient
    given = {name: getattr(patient, name) for name in ("first_name", "last_name", "birth_date", "sex")}
    receive_patients(patient.source, [told.patient(patient.source_id, **{**given, **fields})])
    claim.refresh_from_db()
    patient.refresh_from_db()


def test_what_a_person_corrected_stands_until_the_ehr_tells_something_new(now: datetime) -> None:
    claim = ClaimFactory(status=ClaimStatus.EXCEPTION)
    old = claim.patient.first_name
    change_fields(claim, [Change("patient.first_name", "Corrected")], acting_user=UserFactory(), now=now)
    claim.patient.refresh_from_db()
    changed = claim.patient.changed_revision
    tell(claim, first_name=old)
    assert claim.patient.first_name == "Corrected"
    assert claim.patient.changed_revision == changed
    tell(claim, first_name="Renamed")
    assert (claim.patient.first_name, claim.patient.corrected) == ("Renamed", {})
    tell(claim, first_name=old)
    assert claim.patient.first_name == old


def test_a_ready_claim_whose_patient_the_ehr_changes_is_scrubbed_again_before_it_leaves(now: datetime) -> None:
    claim = ClaimFactory(status=ClaimStatus.READY)
    later = claim.built_at + timedelta(hours=1)
    tell(claim, phone="+15125550199")
    assert claim.patient.changed_revision == 0
    tell(claim, last_name="Married")
    assert batch_claims(now=later).claims == 0
    claim.refresh_from_db()
    assert claim.status == ClaimStatus.DRAFT
    assert claim.events.last().what == "What is on file of the patient changed, in the EHR or here. Scrubbed again."


@pytest.mark.long
@pytest.mark.parametrize(
    "change", [Change("patient.last_name", "Married"), Change("coverage.member_id", "LP000000001")]
)
def test_what_a_biller_changes_of_a_patient_sends_that_patients_other_ready_claims_through_the_rules_again(
    change: Change, now: datetime, clearinghouse: Callable[..., Connection]
) -> None:
    clearinghouse()
    held = ClaimFactory(status=ClaimStatus.EXCEPTION)
    sibling = ClaimFactory(status=ClaimStatus.READY, patient=held.patient, coverage=held.coverage)
    stranger = ClaimFactory(status=ClaimStatus.READY)
    edit_claim(claim_id=held.public_id, changes=[change], acting_user=UserFactory(role=Role.BILLER), now=now)
    held.refresh_from_db()
    assert batch_claims(now=now).claims == 1 + (held.status == ClaimStatus.READY)
    for claim in (sibling, stranger):
        claim.refresh_from_db()
    assert (sibling.status, stranger.status) == (ClaimStatus.DRAFT, ClaimStatus.BATCHED)
    scrub_claims(now=now)
    assert batch_claims(now=now).claims == 1  # it was scrubbed once, and leaves


def agreed(claim: Claim, at: datetime) -> None:
    """The front desk settles the visit's failed check: the patient pays."""
    FailedCheckFactory(
        coverage=claim.coverage,
        service_date=claim.service_date,
        settlement=EligibilityCheck.Settlement.SELF_PAY,
        settled_at=at,
    )


def test_a_ready_claim_stays_here_when_self_pay_is_agreed_after_its_scrub(
    now: datetime, clearinghouse: Callable[..., Connection]
) -> None:
    clearinghouse()
    claim, other = ClaimFactory(status=ClaimStatus.READY), ClaimFactory(status=ClaimStatus.READY)
    later = claim.built_at + timedelta(hours=1)
    agreed(claim, later)
    assert batch_claims(now=later).claims == 1
    claim.refresh_from_db()
    other.refresh_from_db()
    assert (claim.status, other.status) == (ClaimStatus.DRAFT, ClaimStatus.BATCHED)
    assert "agreed with the patient" in claim.events.last().what
    scrub_claims(now=later)
    assert list(claim.findings.values_list("rule", flat=True)) == ["COV-SELF-PAY"]


@pytest.mark.long
@pytest.mark.parametrize("mood", ["down", "refuses"])
def test_a_file_that_waits_to_be_sent_is_kept_back_when_self_pay_is_agreed(
    mood: str, now: datetime, clearinghouse: Callable[..., Connection], uploads: Callable[[], list[str]]
) -> None:
    clearinghouse(mood=mood)
    claim, other = ClaimFactory(status=ClaimStatus.READY), ClaimFactory(status=ClaimStatus.READY)
    (file,) = batch_claims(now=now).batches
    submit_batch(batch_id=file, now=now)
    later = now + timedelta(hours=2)
    agreed(claim, later)
    clearinghouse()
    if mood == "refuses":
        resend_batch(batch_id=file, acting_user=UserFactory(), now=later)
    assert submit_batch(batch_id=file, now=later) is Batch.State.NOT_SENT
    assert uploads() == []
    kept = Batch.objects.get()
    assert "a patient has agreed to pay a visit of it" in kept.events.last().what
    scrub_claims(now=later)
    assert list(Claim.objects.order_by("pk").values_list("status", flat=True)) == ["exception", "ready"]
    assert list(claim.findings.values_list("rule", flat=True)) == ["COV-SELF-PAY"]
    (second,) = batch_claims(now=later).batches
    assert submit_batch(batch_id=second, now=later) is Batch.State.SENT
    assert list(Batch.objects.get(public_id=second).members.values_list("claim", flat=True)) == [other.pk]
    assert submit_batch(batch_id=file, now=later) is Batch.State.NOT_SENT
    assert len(uploads()) == 1


def test_a_file_does_not_leave_when_self_pay_is_agreed_while_its_sender_looks_for_that(
    now: datetime, clearinghouse: Callable[..., Connection], uploads: Callable[[], list[str]]
) -> None:
    clearinghouse()
    claim = ClaimFactory(status=ClaimStatus.READY)
    (file,) = batch_claims(now=now).batches

    def looks_for_agreements(sql: str) -> bool:
        return sql.startswith("SELECT") and EligibilityCheck._meta.db_table in sql

    with happening_after(looks_for_agreements, lambda: agreed(claim, now)):
        assert submit_batch(batch_id=file, now=now) is Batch.State.WRITTEN
    assert uploads() == []
    assert submit_batch(batch_id=file, now=now) is Batch.State.NOT_SENT
    assert uploads() == []


def test_a_file_that_is_being_sent_is_not_kept_back(
    now: datetime, clearinghouse: Callable[..., Connection], settings: Settings
) -> None:
    clearinghouse()
    claim = ClaimFactory(status=ClaimStatus.READY)
    (file,) = batch_claims(now=now).batches
    agreed(claim, now)
    Batch.objects.update(state=Batch.State.SENDING, sending_since=now)
    assert submit_batch(batch_id=file, now=now) is Batch.State.SENDING
    Batch.objects.update(state=Batch.State.WRITTEN, sending_since=None)
    # A simulation: no rule would hold the visit, and its claim go round for ever.
    settings.SCRUB_ONLY_WELL_FORMED = True
    assert submit_batch(batch_id=file, now=now) is Batch.State.SENT


@pytest.mark.long
def test_whoever_released_it_a_visit_that_the_patient_pays_never_leaves(
    now: datetime, clearinghouse: Callable[..., Connection]
) -> None:
    clearinghouse()
    claim = ClaimFactory(status=ClaimStatus.READY)
    agreed(claim, claim.built_at - timedelta(hours=1))
    assert batch_claims(now=now).claims == 0
    scrub_claims(now=now)
    (finding,) = claim.findings.all()
    with pytest.raises(CannotSettleError):
        override_finding(finding_id=finding.pk, reason="They asked for it.", acting_user=UserFactory(), now=now)
    # An override of the time when the rule could be overridden counts no more.
    Finding.objects.update(state=Finding.State.OVERRIDDEN)
    Claim.objects.update(status=ClaimStatus.DRAFT)
    scrub_claims(now=now)
    claim.refresh_from_db()
    assert claim.status == ClaimStatus.EXCEPTION
    assert batch_claims(now=now).claims == 0


@pytest.mark.long
def test_a_visit_whose_agreement_the_patient_takes_back_goes_on(
    now: datetime, clearinghouse: Callable[..., Connection]
) -> None:
    clearinghouse()
    claim = ClaimFactory()
    agreed(claim, now)
    scrub_claims(now=now)
    check = EligibilityCheck.objects.get()
    EligibilityCheck.objects.update(verdict=EligibilityCheck.Verdict.UNKNOWN)
    take_back_self_pay(check=check, acting_user=UserFactory(), now=now)
    with pytest.raises(SettlementError):
        take_back_self_pay(check=check, acting_user=UserFactory(), now=now)
    assert follow_patients(now=now) == 1
    scrub_claims(now=now)
    assert batch_claims(now=now).claims == 1
    assert AuditEvent.objects.filter(action="take_back_self_pay").count() == 1


def test_of_a_days_agreements_the_last_word_counts(now: datetime, clearinghouse: Callable[..., Connection]) -> None:
    clearinghouse()
    claim = ClaimFactory(status=ClaimStatus.READY)
    agreed(claim, now)
    AnsweredCheckFactory(
        appointment=None,
        coverage=claim.coverage,
        service_date=claim.service_date,
        answered_at=now - timedelta(days=1),
        settlement=EligibilityCheck.Settlement.VERIFIED,
        settled_at=now + timedelta(hours=1),
    )
    later = now + timedelta(hours=2)
    Claim.objects.update(scrubbed_revision=Patient.objects.get(pk=claim.patient_id).revision)
    assert batch_claims(now=later).claims == 1


# ------------------------------------------------------------------ two workers at once


def test_an_answer_of_an_earlier_moment_that_was_written_after_the_scrub_is_news(now: datetime) -> None:
    PracticeFactory()
    claim = ClaimFactory()
    scrub_claims(now=now)
    told = {"coverage": claim.coverage, "service_date": claim.service_date, "appointment": None}
    FailedCheckFactory(answered_at=now - timedelta(minutes=5), **told)
    assert follow_patients(now=now) == 1


def test_what_a_scrub_has_seen_is_no_news_whatever_moment_it_bears(now: datetime) -> None:
    PracticeFactory()
    claim = ClaimFactory()
    told = {"coverage": claim.coverage, "service_date": claim.service_date, "appointment": None}
    AnsweredCheckFactory(answered_at=now + timedelta(minutes=5), **told)
    tell(claim, last_name="Married")
    scrub_claims(now=now)
    assert follow_patients(now=now) == 0


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
def test_a_change_that_a_scrub_could_not_see_yet_is_news_once_it_is_there(now: datetime) -> None:
    PracticeFactory()
    claim = ClaimFactory()

    def scrub() -> int:
        try:
            return scrub_claims(now=now + timedelta(minutes=1)).passed
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as workers, transaction.atomic():
        tell(claim, last_name="Married")
        assert workers.submit(scrub).result() == 1
    assert follow_patients(now=now) == 1
    scrub_claims(now=now)
    assert follow_patients(now=now) == 0
