"""Visits with a second plan, and what their first payer says of them."""

from datetime import date, datetime

from apps.claims import services
from apps.claims.models import BatchClaim, Claim
from apps.claims.services import build_secondaries, scrub_claims
from apps.intake.models import Coverage
from apps.practice.models import Payer
from apps.remittances.services import post_remittances
from apps.x12 import read
from apps.x12.guides.x835 import ServiceLine
from apps.x12.guides.x837p import other_payer_imbalances
from tests.factories.intake import CoverageFactory
from tests.factories.practice import PayerFactory
from tests.factories.remittances import NOW, PAID_ON, clp, payment, stored_file, submitted_claim, svc


def with_second_plan(claim: Claim, **fields: object) -> Coverage:
    return CoverageFactory(**({"patient": claim.patient, "rank": 2, "payer": PayerFactory()} | fields))


def answered(
    claim: Claim,
    *lines: ServiceLine,
    payer: Payer | None = None,
    status: str = "1",
    on: date = PAID_ON,
    now: datetime = NOW,
) -> None:
    """`payer`, the claim's own by default, answers it."""
    said = clp(claim, *lines, status=status)
    stored_file(payment(said, payer=payer or claim.payer, payment_date=on))
    assert post_remittances(now=now).failures == ()


def medicare_paid_a_part(**fields: object) -> Claim:
    """Charged 500.00: paid 300.00, contract 125.00, the patient's 75.00."""
    claim = submitted_claim("500.00", **fields)
    answered(claim, svc(claim.lines.get(), "300.00", ("PR-2", "75.00")))
    claim.refresh_from_db()
    return claim


def charges(claim: Claim) -> list[int]:
    return [line.charge_id for line in claim.lines.all()]


def built(first: Claim) -> Claim:
    assert build_secondaries(now=NOW).built == 1
    return Claim.objects.get(encounter=first.encounter, payer_rank=2)


def written_after(first: Claim) -> str:
    """The one file that leaves, as pyx12 let it pass."""
    built(first)
    assert scrub_claims(now=NOW).held == 0
    batched = services.batch_claims(now=NOW)
    assert (batched.claims, batched.held) == (1, 0)
    place = BatchClaim.objects.get(batch__public_id=batched.batches[0])
    payload = bytes(place.batch.transmission.payload).decode()
    (transaction,) = read(payload.encode()).transactions
    (sent,) = transaction.body.claims
    assert other_payer_imbalances(sent) == ()
    return payload
