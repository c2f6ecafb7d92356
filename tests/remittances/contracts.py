"""A claim of two lines, the contract, and a payment that keeps to it or not."""

from datetime import date, datetime
from decimal import Decimal

from apps.claims.models import Claim
from apps.practice.models import FeeScheduleLine, Payer
from apps.remittances.models import Underpayment
from apps.remittances.services import check_contracts, post_remittances
from apps.x12.guides.x835 import RemittedClaim
from tests.factories.remittances import clp, payment, stored_file, submitted_claim, svc

FIRST_DAY = date(2020, 1, 1)
SOURCE = "Agreement of 2020, exhibit B"


def agreed(payer: Payer, procedure: str, allowed: str, modifier: str = "", source: str = SOURCE) -> FeeScheduleLine:
    return FeeScheduleLine.objects.create(
        payer=payer,
        procedure=procedure,
        modifier=modifier,
        allowed=Decimal(allowed),
        effective_on=FIRST_DAY,
        source=source,
    )


def contracted_claim(*prices: str) -> Claim:
    """A line of $100.00 for each price."""
    claim = submitted_claim(*["100.00" for _ in prices])
    for number, (line, price) in enumerate(zip(claim.lines.all(), prices, strict=True)):
        line.procedure, line.modifiers, line.units = f"9921{number}", [], Decimal(1)
        line.save()
        agreed(claim.payer, line.procedure, price)
    return claim


def paying(claim: Claim, *paid: str, status: str = "1") -> RemittedClaim:
    lines = [svc(line, amount) for line, amount in zip(claim.lines.all(), paid, strict=True)]
    return clp(claim, *lines, status=status)


def post(claim: Claim, *answers: RemittedClaim, now: datetime) -> None:
    stored_file(payment(*answers, payer=claim.payer))
    post_remittances(now=now)


def underpaid(now: datetime, price: str = "80.00", paid: str = "60.00") -> Underpayment:
    """One line of a claim, posted and compared."""
    claim = contracted_claim(price)
    post(claim, paying(claim, paid), now=now)
    check_contracts(now=now)
    return Underpayment.objects.get(claim=claim)
