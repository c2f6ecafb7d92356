"""Two payers answer one claim, as after a crossover; one of them takes its answer back."""

from datetime import datetime, timedelta

import pytest

from apps.claims.models import Claim
from apps.claims.states import ClaimStatus
from apps.practice.models import Payer
from apps.remittances.services import post_remittances
from apps.x12.guides.x835 import RemittedClaim
from tests.factories.practice import PayerFactory
from tests.factories.remittances import clp, payment, reversal_of, stored_file, submitted_claim, svc

pytestmark = [pytest.mark.django_db, pytest.mark.long]
S = ClaimStatus


def told(said: RemittedClaim, payer: Payer, now: datetime) -> None:
    stored_file(payment(said, payer=payer, trace=f"T{now.timestamp()}"))
    post_remittances(now=now)


def answers(claim: Claim, first: str) -> tuple[RemittedClaim, RemittedClaim]:
    """The primary's, and that of the payer behind it under the primary's claim number."""
    line = claim.lines.get()
    theirs = {
        "paid": clp(claim, svc(line, "80.00", ("PR-2", "20.00"))),
        "denied": clp(claim, svc(line, "0.00", ("CO-22", "148.00"))),
        "forwarded": clp(claim, svc(line, "80.00", ("PR-2", "20.00")), status="19"),
    }[first]
    behind = clp(claim, svc(line, "20.00", ("OA-23", "128.00")), status="2", payer_claim_number="B1")
    return theirs, behind


@pytest.mark.parametrize("first", ["paid", "denied", "forwarded"])
@pytest.mark.parametrize(
    ("taken_back", "left"),
    [("primary", (S.REVERSED,)), ("secondary", (None,)), ("both", (S.REVERSED, S.REVERSED)), ("other way", (None, S.REVERSED))],
)  # fmt: skip
def test_a_claim_is_what_the_answers_that_stand_make_of_it(
    first: str, taken_back: str, left: tuple[ClaimStatus | None, ...], now: datetime
) -> None:
    """None: what the primary had made of it."""
    claim, other = submitted_claim("148.00"), PayerFactory()
    theirs, behind = answers(claim, first)
    told(theirs, claim.payer, now)
    told(behind, other, now + timedelta(days=1))
    order = {"primary": "A", "secondary": "B", "both": "AB", "other way": "BA"}[taken_back]
    for day, (who, status) in enumerate(zip(order, left, strict=True), start=2):
        said, payer = (theirs, claim.payer) if who == "A" else (behind, other)
        told(reversal_of(said), payer, now + timedelta(days=day))
        claim.refresh_from_db()
        assert claim.status == (status or first)


def test_a_payer_that_answers_as_the_first_in_the_place_of_ours_decides(now: datetime) -> None:
    """The primary takes its answer back because another is first, and that one processes the claim as the first."""
    claim, other = submitted_claim("148.00"), PayerFactory()
    theirs, _ = answers(claim, "paid")
    told(theirs, claim.payer, now)
    told(reversal_of(theirs), claim.payer, now + timedelta(days=1))
    told(clp(claim, payer_claim_number="B1"), other, now + timedelta(days=2))
    claim.refresh_from_db()
    assert claim.status == S.PAID
