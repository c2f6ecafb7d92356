"""Claims in any state, their batches and what payers said of them.

`ClaimFactory()` is a draft that passes the scrubber; `ClaimFactory(status=ClaimStatus.SUBMITTED)` carries the moments that belong to
that state. Its lines follow the encounter's charges: `ClaimFactory(encounter__charges__size=3)`.
"""

from datetime import UTC, date, datetime
from decimal import Decimal

import factory
from factory.django import DjangoModelFactory

from apps.claims.models import (
    Adjudication,
    AdjudicationAdjustment,
    Batch,
    BatchClaim,
    Claim,
    ClaimLine,
    Finding,
    PayerRule,
)
from apps.claims.states import ADJUDICATED, IN_FLIGHT, ClaimStatus
from tests.factories.connectors import SentTransmissionFactory, TransmissionFactory
from tests.factories.intake import EncounterFactory
from tests.factories.practice import UserFactory

BUILT_AT = datetime(2026, 9, 16, 21, 0, tzinfo=UTC)
SENT_AT = datetime(2026, 9, 16, 22, 0, tzinfo=UTC)
ANSWERED_AT = datetime(2026, 9, 17, 14, 0, tzinfo=UTC)
ADJUDICATED_AT = datetime(2026, 9, 28, 14, 0, tzinfo=UTC)

_NOT_SCRUBBED = {ClaimStatus.DRAFT}
_NOT_SENT = {ClaimStatus.DRAFT, ClaimStatus.EXCEPTION, ClaimStatus.READY, ClaimStatus.BATCHED}
_NOT_KNOWN_AS_SENT = {Batch.State.WRITTEN, Batch.State.SENDING, Batch.State.UNKNOWN, Batch.State.NOT_SENT}
_AFTER_REMITTANCE = ADJUDICATED | {
    ClaimStatus.IN_APPEAL,
    ClaimStatus.PATIENT_BALANCE,
    ClaimStatus.CLOSED,
    ClaimStatus.WRITTEN_OFF,
}


class ClaimFactory(DjangoModelFactory):
    class Meta:
        model = Claim
        skip_postgeneration_save = True

    control_number = factory.Sequence(lambda n: f"T{n + 1:07d}")
    encounter = factory.SubFactory(EncounterFactory, billed_at=BUILT_AT)
    patient = factory.SelfAttribute("encounter.patient")
    coverage = factory.SelfAttribute("encounter.coverage")
    payer = factory.SelfAttribute("coverage.payer")
    provider = factory.SelfAttribute("encounter.provider")
    status = ClaimStatus.DRAFT
    service_date = factory.SelfAttribute("encounter.service_date")
    place_of_service = factory.SelfAttribute("encounter.place_of_service")
    diagnoses = factory.LazyAttribute(lambda made: list(made.encounter.diagnoses))
    total = factory.LazyAttribute(
        lambda made: sum((each.amount for each in made.encounter.charges.all()), Decimal("0.00"))
    )
    built_at = BUILT_AT
    scrubbed_revision = factory.LazyAttribute(lambda made: 0 if made.status in _NOT_SCRUBBED else made.patient.revision)
    first_submitted_at = factory.LazyAttribute(lambda made: None if made.status in _NOT_SENT else SENT_AT)
    accepted_at = factory.LazyAttribute(
        lambda made: ANSWERED_AT if made.status in _AFTER_REMITTANCE | {ClaimStatus.ACCEPTED} else None
    )
    first_rejected_at = factory.LazyAttribute(lambda made: ANSWERED_AT if made.status is ClaimStatus.REJECTED else None)
    first_adjudicated_at = factory.LazyAttribute(
        lambda made: ADJUDICATED_AT if made.status in _AFTER_REMITTANCE else None
    )
    denied_on_first_remittance = factory.LazyAttribute(
        lambda made: (
            made.status in {ClaimStatus.DENIED, ClaimStatus.IN_APPEAL} if made.status in _AFTER_REMITTANCE else None
        )
    )

    @factory.post_generation
    def lines(self: Claim, create: bool, extracted: object, **_fields: object) -> None:
        if create and extracted is None:
            for charge in self.encounter.charges.all():
                ClaimLineFactory(claim=self, charge=charge)


class ClaimLineFactory(DjangoModelFactory):
    class Meta:
        model = ClaimLine

    claim = factory.SubFactory(ClaimFactory, lines=())
    charge = factory.LazyAttribute(lambda made: made.claim.encounter.charges.first())
    number = factory.SelfAttribute("charge.number")
    control_number = factory.LazyAttribute(lambda made: f"{made.claim.control_number}L{made.number}")
    procedure = factory.SelfAttribute("charge.procedure")
    modifiers = factory.LazyAttribute(lambda made: list(made.charge.modifiers))
    units = factory.SelfAttribute("charge.units")
    amount = factory.SelfAttribute("charge.amount")
    diagnosis_pointers = factory.LazyAttribute(lambda made: list(made.charge.diagnosis_pointers))


class BatchFactory(DjangoModelFactory):
    """One interchange: `BatchFactory(claims=[claim, ...])`. Sent by default; its bytes are a stand-in, not an 837P."""

    class Meta:
        model = Batch
        skip_postgeneration_save = True

    transmission = factory.SubFactory(SentTransmissionFactory)
    connection = factory.SelfAttribute("transmission.connection")
    state = Batch.State.SENT
    interchange_number = factory.Sequence(lambda n: 900_000_000 + n)
    group_number = factory.SelfAttribute("interchange_number")
    transaction_number = factory.LazyAttribute(lambda made: f"{made.group_number:04d}")
    reference = factory.LazyAttribute(lambda made: f"T{made.group_number}")
    claim_count = 0
    total = Decimal("0.00")
    created_at = BUILT_AT
    sent_at = factory.LazyAttribute(lambda made: None if made.state in _NOT_KNOWN_AS_SENT else SENT_AT)

    @factory.post_generation
    def claims(self: Batch, create: bool, extracted: list[Claim] | None, **_fields: object) -> None:
        if not create or not extracted:
            return
        for claim in extracted:
            BatchClaim.objects.create(batch=self, claim=claim, in_flight=claim.status in IN_FLIGHT)
        self.claim_count, self.total = len(extracted), sum((claim.total for claim in extracted), Decimal("0.00"))
        self.save()


class FindingFactory(DjangoModelFactory):
    class Meta:
        model = Finding

    claim = factory.SubFactory(ClaimFactory, status=ClaimStatus.EXCEPTION)
    rule = "member_id_missing"
    severity = Finding.Severity.BLOCK
    field = "member_id"
    sentence = "The member ID is missing. Enter it from the insurance card."
    found_at = BUILT_AT


class PayerRuleFactory(DjangoModelFactory):
    """A rule of the practice's own that is switched on, for every payer: it stops an office visit billed at 99213."""

    class Meta:
        model = PayerRule

    number = factory.Sequence(lambda n: n + 1)
    name = "Visit that the payer wants otherwise"
    conditions = factory.LazyFunction(
        lambda: {"all": [{"field": "line.procedure", "operator": "is", "value": "99213"}]}
    )
    sentence = "This payer does not take the code."
    reason = "Its bulletin of August."
    author = factory.SubFactory(UserFactory)
    owner = factory.SelfAttribute("author")
    written_at = BUILT_AT
    review_on = date(2026, 12, 16)
    state = PayerRule.State.ON


class AdjudicationFactory(DjangoModelFactory):
    """A payer's answer about a claim's first line, paid in full by default."""

    class Meta:
        model = Adjudication

    claim = factory.SubFactory(ClaimFactory, status=ClaimStatus.PAID)
    line = factory.LazyAttribute(lambda made: made.claim.lines.first())
    payer = factory.SelfAttribute("claim.payer")
    key = factory.Sequence(lambda n: f"test-835:{n + 1}:1")  # an answer each
    claim_status_code = "1"
    charge = factory.LazyAttribute(lambda made: made.line.amount if made.line else made.claim.total)
    denied = Decimal("0.00")
    cost_share = Decimal("0.00")
    contractual = Decimal("0.00")
    paid = factory.LazyAttribute(lambda made: made.charge - made.denied - made.cost_share - made.contractual)
    allowed = factory.LazyAttribute(lambda made: made.paid + made.cost_share)
    is_denied = factory.LazyAttribute(lambda made: made.denied > 0 and made.allowed == 0)
    transmission = factory.SubFactory(TransmissionFactory, kind="835")
    segment = 12
    remitted_on = date(2026, 9, 28)
    recorded_at = ADJUDICATED_AT


class AdjudicationAdjustmentFactory(DjangoModelFactory):
    class Meta:
        model = AdjudicationAdjustment

    adjudication = factory.SubFactory(AdjudicationFactory)
    group = "CO"
    carc = "45"
    amount = Decimal("56.00")
    adjustment_class = AdjudicationAdjustment.Class.CONTRACTUAL
    segment = 13
