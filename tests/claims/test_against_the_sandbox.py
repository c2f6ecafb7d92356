"""The whole way of a day's claims against the simulated EHR and clearinghouse: real HTTP, real SFTP, answers that we did not write."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from pytest_django import Settings

from apps.claims import services
from apps.claims.models import Batch, BatchClaim, Claim, Finding
from apps.claims.states import ClaimStatus
from apps.connectors.models import Connection, Transmission
from apps.connectors.registry import connection_of
from apps.core.clock import practice_date
from apps.intake.services import pull_charges
from tests.outside import Sandbox, open_the_demo, sandbox

__all__ = ["sandbox"]
EVENING = datetime.fromisoformat("2026-09-16T21:45:00-05:00")


def take_what_came(sandbox: Sandbox, moment: datetime) -> None:
    sandbox.control("advance", {"to": moment.isoformat()})
    services.fetch_responses(connection=connection_of(Connection.Kind.CLEARINGHOUSE), now=moment)
    assert services.acknowledge_claims(now=moment).unreadable == 0


@pytest.mark.long
@pytest.mark.django_db
def test_a_days_visits_are_billed_once_and_every_claim_has_its_answer(
    sandbox: Sandbox, settings: Settings, tmp_path: Path
) -> None:
    open_the_demo(sandbox, settings, tmp_path, now=EVENING)
    day = practice_date(EVENING)
    pull_charges(connection=connection_of(Connection.Kind.EHR), first=day, last=day, now=EVENING)
    services.build_claims(now=EVENING)
    services.scrub_claims(now=EVENING)
    batched = services.batch_claims(now=EVENING)
    # The clearinghouse's pyx12 agrees with ours: what we let go is taken in.
    assert (batched.held, len(batched.batches)) == (0, 1)
    assert services.submit_batch(batch_id=batched.batches[0], now=EVENING) is Batch.State.SENT
    assert services.submit_batch(batch_id=batched.batches[0], now=EVENING) is Batch.State.SENT

    take_what_came(sandbox, EVENING + timedelta(hours=2))
    assert set(Transmission.objects.filter(direction="in").values_list("kind", flat=True)) >= {"TA1", "999", "277CA"}
    assert not BatchClaim.objects.filter(answer=BatchClaim.Answer.NONE).exists()
    take_what_came(sandbox, EVENING + timedelta(days=2))

    sent = Claim.objects.filter(memberships__isnull=False)
    assert set(sent.values_list("status", flat=True)) <= {ClaimStatus.ACCEPTED, ClaimStatus.REJECTED}
    accepted = sent.filter(status=ClaimStatus.ACCEPTED)
    assert accepted.count() > 20
    assert not accepted.filter(accepted_at=None).exists()
    for claim in sent.filter(status=ClaimStatus.REJECTED):
        assert claim.findings.filter(state=Finding.State.OPEN, rule="RCV-CLAIM").exists()
        assert claim.work_item is not None
    assert len(sandbox.control("claims")["claims"]) == sent.count()
    _ask_after_one(sandbox, accepted.first())


def _ask_after_one(sandbox: Sandbox, claim: Claim) -> None:
    """As if its payer's 277CA had been lost: the payer is asked by 276 over the same SFTP, and has it."""
    Claim.objects.filter(pk=claim.pk).update(status=ClaimStatus.ACKNOWLEDGED)
    BatchClaim.objects.filter(claim=claim).update(answer=BatchClaim.Answer.PASSED_ON)
    moment = EVENING + timedelta(days=4)
    sandbox.control("advance", {"to": moment.isoformat()})
    assert services.chase_unanswered(now=moment).claims == 1
    asked = services.ask_status(now=moment)
    assert (asked.claims, asked.sent) == (1, True)
    take_what_came(sandbox, moment + timedelta(hours=1))
    inquiry = claim.inquiries.get()
    assert (inquiry.outcome, inquiry.sentence) == (
        "with_them",
        "It is being decided. It was accepted for processing (20).",
    )
    claim.refresh_from_db()
    assert claim.work_item.state == "open"
    assert claim.work_item.snoozed_until == claim.work_item.due_on > practice_date(moment)
