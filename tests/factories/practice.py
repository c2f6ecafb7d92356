"""The practice, its places, people and payers: each valid by default, so that a test names only what it is about."""

from datetime import date

import factory
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from factory.django import DjangoModelFactory

from apps.core.models import User
from apps.practice.models import (
    Location,
    Membership,
    Payer,
    PayerChannel,
    PayerDeadline,
    Practice,
    Provider,
    ProviderEnrollment,
    TelehealthPolicy,
    VendorAgreement,
)
from apps.practice.roles import Role
from tests.factories.numbers import FAMILY_MEDICINE, npi

PASSWORD = "a long enough pass phrase"


class PracticeFactory(DjangoModelFactory):
    """The one practice; asking again returns the same row."""

    class Meta:
        model = Practice
        django_get_or_create = ("only_row",)

    only_row = True
    name = "Pecan Row Family Medicine"
    messaging_name = "Pecan Row"
    tax_id = "741830269"
    npi = npi(48203957)
    taxonomy = FAMILY_MEDICINE
    phone = "+15125550110"
    call_back_number = "+15125550111"
    line1 = "8300 Pecan Row Lane"
    city = "Austin"
    state = "TX"
    postcode = "787574120"


class LocationFactory(DjangoModelFactory):
    class Meta:
        model = Location

    name = factory.Sequence(lambda n: f"Clinic {n + 1}")
    npi = factory.Sequence(lambda n: npi(27_000_000 + n))
    phone = "+15125550110"
    source_id = factory.Sequence(lambda n: f"L{n + 1}")
    line1 = "8300 Pecan Row Lane"
    city = "Austin"
    state = "TX"
    postcode = "787574120"


class ProviderFactory(DjangoModelFactory):
    class Meta:
        model = Provider

    first_name = "Marisol"
    last_name = factory.Sequence(lambda n: f"Quintero {n + 1}")
    npi = factory.Sequence(lambda n: npi(17_000_000 + n))
    taxonomy = FAMILY_MEDICINE
    source_id = factory.Sequence(lambda n: f"D{n + 1}")


class PayerFactory(DjangoModelFactory):
    class Meta:
        model = Payer

    name = factory.Sequence(lambda n: f"Lone Prairie Health Plan {n + 1}")
    claims_id = factory.Sequence(lambda n: f"LP{n + 1:04d}")
    eligibility_id = factory.SelfAttribute("claims_id")
    remittance_ids = factory.SelfAttribute("claims_id")
    filing_indicator = "CI"
    phone = "+18005550100"
    portal = "https://portal.payer.example.com/"


class PayerDeadlineFactory(DjangoModelFactory):
    class Meta:
        model = PayerDeadline

    payer = factory.SubFactory(PayerFactory)
    kind = PayerDeadline.Kind.APPEAL_1
    days = 180
    counted_from = PayerDeadline.CountedFrom.REMITTANCE
    source = "Provider manual, chapter 7"
    verified_on = date(2026, 7, 1)
    verified_by = "Nadia Okafor"


class PayerChannelFactory(DjangoModelFactory):
    class Meta:
        model = PayerChannel

    payer = factory.SubFactory(PayerFactory)
    clearinghouse = "waystar"
    transaction = PayerChannel.Transaction.CLAIMS
    identifier = "WS001"
    capability = PayerChannel.Capability.CAN
    enrollment = PayerChannel.Enrollment.NOT_NEEDED


class ProviderEnrollmentFactory(DjangoModelFactory):
    class Meta:
        model = ProviderEnrollment

    provider = factory.SubFactory(ProviderFactory)
    payer = factory.SubFactory(PayerFactory)
    state = ProviderEnrollment.State.ACTIVE
    starts_on = date(2026, 1, 1)
    source = "Letter of December 2025"


class TelehealthPolicyFactory(DjangoModelFactory):
    class Meta:
        model = TelehealthPolicy

    payer = factory.SubFactory(PayerFactory)
    starts_on = date(2026, 1, 1)
    places = ("02", "10")
    source = "Provider manual, chapter 9"


class VendorAgreementFactory(DjangoModelFactory):
    class Meta:
        model = VendorAgreement
        django_get_or_create = ("vendor",)

    vendor = "twilio"
    signed_on = date(2026, 1, 5)


class UserFactory(DjangoModelFactory):
    """Someone who can sign in: `UserFactory(role=Role.CODER)`. `role=None` makes a person who may open nothing."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    first_name = "Nadia"
    last_name = factory.Sequence(lambda n: f"Okafor {n + 1}")
    email = factory.Sequence(lambda n: f"person{n + 1}@practice.example.com")
    password = PASSWORD
    role = Role.BILLER
    second_factor = True

    @classmethod
    def _create(cls, model_class: type[User], *_args: object, **fields: object) -> User:
        role, second_factor = fields.pop("role"), fields.pop("second_factor")
        user = model_class.objects.create_user(**fields)
        if role is not None:
            Membership.objects.create(user=user, role=role)
        if second_factor:
            TOTP.activate(user, generate_totp_secret())
        return user
