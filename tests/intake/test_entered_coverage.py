"""What the front desk entered stands against what the EHR tells, and the difference is shown."""

from datetime import datetime, timedelta

import pytest
from django.urls import reverse

from apps.audit.models import AuditEvent
from apps.connectors.ports.ehr import EhrCoverage
from apps.intake.models import Coverage, CoverageDispute, Encounter, Patient
from apps.intake.services import DisputeNotOpenError, keep_entered, receive_encounters
from apps.practice.roles import Role
from apps.worklist.models import WorkItem
from tests.factories.intake import CoverageFactory
from tests.factories.practice import PayerFactory, PracticeFactory, ProviderFactory, UserFactory
from tests.intake import told
from tests.signing_in import browser_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def practice() -> None:
    PracticeFactory()
    ProviderFactory(source_id="D1")
    PayerFactory(name="Lone Prairie", claims_id="LPHP1")


def tell(now: datetime, *covers: EhrCoverage, visit: str = "V1") -> Encounter:
    receive_encounters(
        source="drchrono",
        encounters=[told.visit(visit)],
        patients=[told.patient(coverages=covers)],
        arrived_by=Encounter.Path.POLL,
        now=now,
    )
    return Encounter.objects.get(source_id=visit)


@pytest.fixture
def entered(now: datetime) -> Coverage:
    """The EHR told one plan; the front desk ended it and entered another."""
    first = tell(now, told.cover()).coverage
    assert first is not None
    Coverage.objects.update(ends_on=(now - timedelta(days=1)).date())
    return CoverageFactory(
        patient=first.patient,
        payer=PayerFactory(name="Caddo", claims_id="CADDO"),
        member_id="C1",
        entered_by=UserFactory(),
    )


@pytest.mark.parametrize("covers", [(told.cover(),), ()])
def test_the_ehrs_old_plan_neither_ends_nor_joins_what_a_person_entered(
    covers: tuple[EhrCoverage, ...], entered: Coverage, now: datetime
) -> None:
    for visit in ("V2", "V3"):
        assert tell(now + timedelta(days=1), *covers, visit=visit).coverage == entered
    entered.refresh_from_db()
    assert entered.ends_on is None
    assert Coverage.objects.filter(ends_on=None).get() == entered
    item = WorkItem.objects.get()
    assert (item.kind, item.subject_public_id) == ("coverage_disputed", Patient.objects.get().public_id)


def test_once_the_ehr_tells_the_same_the_coverage_is_the_ehrs_again(entered: Coverage, now: datetime) -> None:
    tell(now, told.cover(), visit="V2")
    tell(now, told.cover("CADDO", member_id="C1", subscriber_first_name=entered.subscriber_first_name), visit="V3")
    entered.refresh_from_db()
    assert entered.entered_by is None
    assert WorkItem.objects.get().state == WorkItem.State.WITHDRAWN
    tell(now + timedelta(days=1), told.cover(), visit="V4")
    entered.refresh_from_db()
    assert entered.ends_on is not None


def test_details_that_a_person_corrected_are_not_overwritten(entered: Coverage, now: datetime) -> None:
    tell(now, told.cover("CADDO", member_id="C1", group_number="OTHER", subscriber_first_name="Eve"), visit="V2")
    entered.refresh_from_db()
    assert (entered.ends_on, entered.subscriber_first_name != "Eve") == (None, True)
    assert WorkItem.objects.get().kind == "coverage_disputed"


def again(now: datetime, visit: str, *covers: EhrCoverage) -> list[WorkItem]:
    tell(now, *covers, visit=visit)
    return list(WorkItem.objects.filter(kind="coverage_disputed", state=WorkItem.State.OPEN))


def keep_ours(entered: Coverage, now: datetime, telling: str = "") -> None:
    patient = Patient.objects.get(pk=entered.patient_id)
    keep_entered(
        patient_id=patient.public_id,
        telling=telling or patient.coverage_dispute.telling,
        reason="Card seen.",
        acting_user=UserFactory(),
        now=now,
    )


@pytest.mark.long
def test_that_ours_stands_is_said_on_the_patients_page_kept_and_audited(entered: Coverage, now: datetime) -> None:
    assert len(again(now, "V2", told.cover(member_id="LP123456789"))) == 1
    desk = browser_of(Role.FRONT_DESK)
    page = reverse("workspace:patient", args=[entered.patient.public_id])
    keep = reverse("workspace:keep_entered", args=[entered.patient.public_id])
    shown = desk.get(page).content.decode()
    telling = entered.patient.coverage_dispute.telling
    assert f'value="{telling}"' in shown
    assert "The EHR tells another plan than the one entered here." in shown
    assert "Lone Prairie" in shown
    assert "LP123456789" not in shown
    assert (
        "Say in a few words why" in desk.post(keep, {"reason": " ", "telling": telling}, follow=True).content.decode()
    )
    shown = desk.post(keep, {"reason": "Card seen; the EHR lags.", "telling": telling}, follow=True).content.decode()
    assert "that ours stands: Card seen; the EHR lags." in shown
    item = WorkItem.objects.get(kind="coverage_disputed")
    assert (item.state, item.outcome) == (WorkItem.State.DONE, "Ours stands: Card seen; the EHR lags.")
    event = AuditEvent.objects.get(action="keep_entered_coverage")
    assert event.patients == [entered.patient.public_id]
    assert (
        "nothing waits to be compared"
        in desk.post(keep, {"reason": "Twice", "telling": telling}, follow=True).content.decode()
    )


@pytest.mark.long
def test_the_same_told_again_asks_nobody_and_something_new_asks_afresh(entered: Coverage, now: datetime) -> None:
    again(now, "V2", told.cover())
    keep_ours(entered, now)
    assert again(now, "V3", told.cover()) == []
    assert len(again(now, "V4", told.cover(member_id="LP999"))) == 1
    keep_ours(entered, now)
    assert again(now, "V5", told.cover()) == again(now, "V6", told.cover(member_id="LP999")) == []
    assert len(again(now, "V7")) == 1  # no plan at all is something new as well
    entered.refresh_from_db()
    assert entered.ends_on is None


def test_what_nobody_has_read_is_not_decided(entered: Coverage, now: datetime) -> None:
    again(now, "V2", told.cover())
    read = Patient.objects.get(pk=entered.patient_id).coverage_dispute.telling
    again(now, "V3", told.cover(member_id="LP999"))
    with pytest.raises(DisputeNotOpenError, match="something else meanwhile"):
        keep_ours(entered, now, telling=read)
    assert WorkItem.objects.get(kind="coverage_disputed").state == WorkItem.State.OPEN


def test_plans_in_another_order_are_the_same_telling(entered: Coverage, now: datetime) -> None:
    first, second = told.cover(member_id="LP1"), told.cover(member_id="LP2", rank=2)
    again(now, "V2", first, second)
    keep_ours(entered, now)
    assert again(now, "V3", second, first) == []


def test_a_question_about_what_the_ehr_no_longer_tells_goes(entered: Coverage, now: datetime) -> None:
    again(now, "V2", told.cover())
    keep_ours(entered, now)
    assert len(again(now, "V3", told.cover(member_id="LP999"))) == 1
    assert again(now, "V4", told.cover()) == []


@pytest.mark.parametrize("role", [Role.CODER])
def test_only_who_works_eligibility_says_that_ours_stands(role: Role, entered: Coverage) -> None:
    keep = reverse("workspace:keep_entered", args=[entered.patient.public_id])
    assert browser_of(role).post(keep, {"reason": "Mine"}).status_code == 403


def of_a_visit(now: datetime, visit: str, *covers: EhrCoverage) -> list[WorkItem]:
    """The EHR tells a visit's plans alone."""
    receive_encounters(
        source="drchrono",
        encounters=[told.visit(visit, coverages=covers)],
        patients=[told.patient()],
        arrived_by=Encounter.Path.POLL,
        now=now,
    )
    return list(WorkItem.objects.filter(kind="coverage_disputed", state=WorkItem.State.OPEN))


SECOND = told.cover(member_id="LP2", rank=2)


def test_a_visits_plan_told_alone_is_the_same_telling_as_among_all(entered: Coverage, now: datetime) -> None:
    assert len(again(now, "V2", told.cover(), SECOND)) == 1
    read = Patient.objects.get(pk=entered.patient_id).coverage_dispute.telling
    assert len(of_a_visit(now, "V3", told.cover())) == 1
    keep_ours(entered, now, telling=read)  # what the person read is still what is told
    assert of_a_visit(now, "V4", told.cover()) == again(now, "V5", told.cover(), SECOND) == []
    assert len(of_a_visit(now, "V6", told.cover(member_id="LP999"))) == 1


def test_all_plans_told_after_one_that_was_decided_ask_only_about_what_was_not_told(
    entered: Coverage, now: datetime
) -> None:
    of_a_visit(now, "V2", told.cover())
    keep_ours(entered, now)
    assert again(now, "V3", told.cover(), SECOND) == []
    CoverageFactory(patient=entered.patient, payer=entered.payer, member_id="C2", rank=2, entered_by=UserFactory())
    Coverage.objects.filter(rank=2, entered_by=None).update(ends_on=now.date())
    assert len(again(now, "V4", told.cover(), SECOND)) == 1
    keep_ours(entered, now)
    assert again(now, "V5", told.cover(), SECOND) == of_a_visit(now, "V6", SECOND) == []
    assert len(again(now, "V7", told.cover())) == 1  # no second plan at all is something new


@pytest.mark.long
def test_what_stood_is_kept_when_the_ehr_tells_the_same_and_counts_no_more(entered: Coverage, now: datetime) -> None:
    again(now, "V2", told.cover())
    keep_ours(entered, now)
    assert (
        again(now, "V3", told.cover("CADDO", member_id="C1", subscriber_first_name=entered.subscriber_first_name)) == []
    )
    row = Patient.objects.get(pk=entered.patient_id).coverage_dispute
    (was,) = row.history
    assert (row.agreed_at, row.told, row.stood_against, was["reason"]) == (now, [], [], "Card seen.")
    assert [plan["payer_id"] for plan in was["stood_against"][0]["plans"]] == ["LPHP1"]
    page = browser_of(Role.FRONT_DESK).get(reverse("workspace:patient", args=[entered.patient.public_id]))
    assert "Until then ours stood" in page.content.decode()
    entered.refresh_from_db()
    assert entered.entered_by is None
    Coverage.objects.filter(pk=entered.pk).update(entered_by=UserFactory())
    assert len(again(now, "V4", told.cover())) == 1  # another coverage may be meant: a person decides afresh
    row.refresh_from_db()
    assert (row.agreed_at, len(row.history)) == (None, 1)


def test_a_task_from_before_says_that_what_was_told_is_not_known(entered: Coverage, now: datetime) -> None:
    again(now, "V2", told.cover())
    CoverageDispute.objects.update(told=None, stood_against=[])
    page = browser_of(Role.FRONT_DESK).get(reverse("workspace:patient", args=[entered.patient.public_id]))
    assert "What it tells was not kept" in page.content.decode()
    keep_ours(entered, now)
    assert Patient.objects.get(pk=entered.patient_id).coverage_dispute.stood_against == []
    assert len(again(now, "V3", told.cover())) == 1  # nobody knows whether it was this
