"""Patients, their coverage, visits and charges, as an EHR gives them: nothing here makes the scrubber stop."""

from datetime import UTC, date, datetime
from decimal import Decimal

import factory
from factory.django import DjangoModelFactory

from apps.intake.models import Appointment, Charge, Consent, Coverage, Encounter, Patient, VisitConflict
from apps.worklist.queue import open_item
from tests.factories.practice import LocationFactory, PayerFactory, ProviderFactory

SOURCE = "drchrono"
PROCEDURES = ("99213", "93000", "81003", "85025", "80053", "36415", "94010")


class PatientFactory(DjangoModelFactory):
    class Meta:
        model = Patient

    source = SOURCE
    source_id = factory.Sequence(lambda n: f"P{n + 1}")
    first_name = "Rosalind"
    last_name = factory.Sequence(lambda n: f"Hathaway {n + 1}")
    birth_date = date(1984, 3, 12)
    sex = "F"
    line1 = "77 Cypress Bend"
    city = "Austin"
    state = "TX"
    postcode = "787041933"
    phone = factory.Sequence(lambda n: f"+1512555{n % 10_000:04d}")
    email = factory.Sequence(lambda n: f"patient{n + 1}@mail.example.com")


class CoverageFactory(DjangoModelFactory):
    class Meta:
        model = Coverage

    patient = factory.SubFactory(PatientFactory)
    payer = factory.SubFactory(PayerFactory)
    member_id = factory.Sequence(lambda n: f"LP{n + 1:09d}")
    group_number = "G1001"
    relationship = "18"
    subscriber_first_name = factory.SelfAttribute("patient.first_name")
    subscriber_last_name = factory.SelfAttribute("patient.last_name")
    subscriber_birth_date = factory.SelfAttribute("patient.birth_date")
    subscriber_sex = factory.SelfAttribute("patient.sex")
    starts_on = date(2026, 1, 1)


class ConsentFactory(DjangoModelFactory):
    class Meta:
        model = Consent

    patient = factory.SubFactory(PatientFactory)
    channel = Consent.Channel.SMS
    address = factory.SelfAttribute("patient.phone")
    given_on = date(2026, 1, 5)
    wording = "I agree to receive texts and emails about my bills from the practice. Reply STOP to end."
    source = "intake form"


class AppointmentFactory(DjangoModelFactory):
    class Meta:
        model = Appointment

    source = SOURCE
    source_id = factory.Sequence(lambda n: f"A{n + 1}")
    patient = factory.SubFactory(PatientFactory)
    provider = factory.SubFactory(ProviderFactory)
    location = factory.SubFactory(LocationFactory)
    starts_at = datetime(2026, 9, 18, 15, 0, tzinfo=UTC)
    booked_at = datetime(2026, 9, 2, 15, 0, tzinfo=UTC)


class EncounterFactory(DjangoModelFactory):
    """A completed visit that the patient's plan covers; one charge line, or `EncounterFactory(charges__size=3)`."""

    class Meta:
        model = Encounter
        skip_postgeneration_save = True

    source = SOURCE
    source_id = factory.Sequence(lambda n: f"V{n + 1}")
    patient = factory.SubFactory(PatientFactory)
    coverage = factory.SubFactory(CoverageFactory, patient=factory.SelfAttribute("..patient"))
    provider = factory.SubFactory(ProviderFactory)
    location = factory.SubFactory(LocationFactory)
    service_date = date(2026, 9, 16)
    diagnoses = factory.LazyFunction(lambda: ["J0190"])
    checked_out_at = datetime(2026, 9, 16, 16, 0, tzinfo=UTC)
    arrived_at = datetime(2026, 9, 16, 20, 0, tzinfo=UTC)
    arrived_by = Encounter.Path.POLL

    @factory.post_generation
    def charges(self: Encounter, create: bool, extracted: object, size: int = 1, **fields: object) -> None:
        if create and extracted is None:
            for number in range(1, size + 1):
                ChargeFactory(encounter=self, number=number, **fields)


class SelfPayEncounterFactory(EncounterFactory):
    coverage = None


class ChargeFactory(DjangoModelFactory):
    class Meta:
        model = Charge

    encounter = factory.SubFactory(EncounterFactory, charges=())
    source_id = factory.LazyAttribute(lambda made: f"{made.encounter.source_id}-{made.number}")
    number = 1
    # The same code twice on a claim would be held as a duplicate.
    procedure = factory.LazyAttribute(lambda made: PROCEDURES[(made.number - 1) % len(PROCEDURES)])
    units = Decimal(1)
    amount = Decimal("148.00")
    diagnosis_pointers = factory.LazyFunction(lambda: [1])


class VisitConflictFactory(DjangoModelFactory):
    """The EHR tells `encounter` at another place of service since; nobody has decided."""

    class Meta:
        model = VisitConflict

    encounter = factory.SubFactory(EncounterFactory)
    patient = factory.SelfAttribute("encounter.patient")
    coverage = factory.SelfAttribute("encounter.coverage")
    provider = factory.SelfAttribute("encounter.provider")
    service_date = factory.SelfAttribute("encounter.service_date")
    diagnoses = factory.SelfAttribute("encounter.diagnoses")
    place_of_service = "22"
    first_told_at = datetime(2026, 9, 16, 20, 0, tzinfo=UTC)
    told_at = factory.SelfAttribute("first_told_at")
    work_item = factory.LazyAttribute(
        lambda conflict: open_item(
            kind="charges_changed",
            title="Compare a visit with the EHR",
            owner_role="biller",
            url_name="workspace:visit_conflict",
            subject_public_id=conflict.encounter.public_id,
            now=conflict.first_told_at,
        )
    )
