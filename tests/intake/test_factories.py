"""The rows that every other test stands on."""

import pytest
from django.test import Client

from apps.intake.models import Charge
from apps.practice.access import role_of
from apps.practice.roles import Role
from tests.factories.connectors import SentTransmissionFactory, TransmissionFactory
from tests.factories.intake import AppointmentFactory, ConsentFactory, EncounterFactory, SelfPayEncounterFactory
from tests.factories.practice import PracticeFactory, UserFactory, VendorAgreementFactory

pytestmark = pytest.mark.django_db


def test_a_made_visit_bills_the_patients_own_plan() -> None:
    encounter = EncounterFactory(charges__size=2)
    assert encounter.coverage.patient == encounter.patient
    assert [charge.number for charge in encounter.charges.all()] == [1, 2]
    assert SelfPayEncounterFactory().coverage is None
    assert Charge.objects.count() == 3


def test_the_practice_is_made_once() -> None:
    assert PracticeFactory() == PracticeFactory()


def test_a_made_colleague_has_a_role_and_may_sign_in() -> None:
    coder = UserFactory(role=Role.CODER)
    assert role_of(coder) is Role.CODER
    assert role_of(UserFactory(role=None)) is None
    Client().force_login(coder)


def test_the_other_rows_save() -> None:
    for factory in (
        AppointmentFactory,
        ConsentFactory,
        TransmissionFactory,
        SentTransmissionFactory,
        VendorAgreementFactory,
    ):
        assert factory().pk
