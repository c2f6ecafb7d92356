"""A visit's two payers, both outside: the second is billed from the first one's remittance and answers it. Real HTTP, real SFTP."""

from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from pytest_django import Settings

from apps.claims import services as claims
from apps.claims.models import Adjudication, Claim
from apps.claims.states import ClaimStatus
from apps.connectors.models import Connection
from apps.connectors.registry import connection_of
from apps.core.clock import practice_date
from apps.core.money import ZERO
from apps.intake.services import pull_charges
from apps.ledger.selectors import claim_receivable, ledger_faults
from apps.patient_balances.models import Balance
from apps.remittances.selectors.soundness import payment_faults
from apps.remittances.services import post_remittances
from tests.outside import Sandbox, open_the_demo, sandbox
from tests.patient_balances.opening import open_balances

__all__ = ["sandbox"]
pytestmark = pytest.mark.faults
EVENING = datetime.fromisoformat("2026-09-16T21:45:00-05:00")


def send_what_is_ready(now: datetime) -> int:
    claims.scrub_claims(now=now)
    batched = claims.batch_claims(now=now)
    for batch in batched.batches:
        claims.submit_batch(batch_id=batch, now=now)
    return batched.claims


def take_what_came(sandbox: Sandbox, now: datetime) -> None:
    sandbox.control("advance", {"to": now.isoformat()})
    claims.fetch_responses(connection=connection_of(Connection.Kind.CLEARINGHOUSE), now=now)
    assert claims.acknowledge_claims(now=now).unreadable == 0
    assert post_remittances(now=now).failures == ()


@pytest.mark.django_db
def test_the_second_payer_is_billed_from_the_first_ones_answer_and_pays(
    sandbox: Sandbox, settings: Settings, tmp_path: Path
) -> None:
    open_the_demo(sandbox, settings, tmp_path, now=EVENING)
    day = practice_date(EVENING)
    pull_charges(connection=connection_of(Connection.Kind.EHR), first=day - timedelta(days=2), last=day, now=EVENING)
    claims.build_claims(now=EVENING)
    assert send_what_is_ready(EVENING) > 20
    paid = EVENING + timedelta(days=18)
    take_what_came(sandbox, paid)

    built = claims.build_secondaries(now=paid).built
    assert built > 0
    seconds = Claim.objects.filter(payer_rank=2)
    assert send_what_is_ready(paid) == seconds.count() == built
    again = paid + timedelta(days=25)
    take_what_came(sandbox, again)
    # The clearinghouse's pyx12 agrees with ours, and each payer knew its member.
    answered = seconds.filter(status__in=(ClaimStatus.PAID, ClaimStatus.PARTLY_DENIED, ClaimStatus.DENIED))
    assert answered.count() == built
    assert Adjudication.objects.filter(claim__in=seconds, paid__gt=ZERO).exists()
    for second in answered.filter(status=ClaimStatus.PAID):
        owed = claim_receivable(line.charge_id for line in second.lines.all())
        share = sum((row.cost_share for row in second.adjudications.filter(reversed=False)), Decimal())
        assert (owed.insurance, owed.patient) == (ZERO, share)
    open_balances(now=again)
    assert not Balance.objects.filter(claim__encounter__claims__payer_rank=2, claim__payer_rank=1).exists()
    assert (ledger_faults(), payment_faults()) == ([], [])
