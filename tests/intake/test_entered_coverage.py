"""What the front desk entered stands against what the EHR tells, and the difference is shown."""

from datetime import datetime, timedelta

import pytest

from apps.connectors.ports.ehr import EhrCoverage
from apps.intake.models import Coverage, Encounter, Patient
from apps.intake.services import receive_encounters
from apps.worklist.models import WorkItem
from tests.factories.intake import CoverageFactory
from tests.factories.practice import PayerFactory, PracticeFactory, ProviderFactory, UserFactory
from tests.intake import told

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
