"""What X12 lets a payer write and no book can keep: it is told as what cannot be read, and the claims around it are posted."""

from datetime import datetime
from decimal import Decimal

import pytest

from apps.connectors.payloads import opened
from apps.ledger.selectors import ledger_faults
from apps.remittances.models import RemittanceException, RemittancePayment, RemittedClaim
from apps.remittances.selectors.soundness import payment_faults
from apps.remittances.services import post_remittances
from tests.factories.remittances import clp, payment, plb, stored_file, submitted_claim, svc

pytestmark = pytest.mark.django_db


def _stored(old: bytes, new: bytes) -> None:
    """Two claims, of which the first bears what `old` is replaced by."""
    claims = [submitted_claim("100.00") for _ in range(2)]
    lines = [svc(claim.lines.get(), "80.00", remarks=["N130"]) for claim in claims]
    payer = claims[0].payer
    written = stored_file(
        payment(
            *(clp(claim, line) for claim, line in zip(claims, lines, strict=True)), payer=payer, plbs=[plb("L6", "-1")]
        )
    )
    payload = opened(written).read()
    assert old in payload, payload
    written.delete()
    stored_file(payload=payload.replace(old, new, 1))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"CAS*CO*45*20~", b"CAS*CO*1234567*20~"),
        (b"CAS*CO*45*20~", b"CAS*CO*45*19.995~"),
        (b"CAS*CO*45*20~", b"CAS*CO*45*20000000000~"),
        (b"*1*100*80*", b"*1*100.005*80*"),
        (b"*1*100*80*", b"*1*99999999999*80*"),
        (b"LQ*HE*N130~", b"LQ*HE*N1301234567890~"),
        (b"NM1*QC*1*", b"NM1*QC*1*\0"),
        (b"CLP*", b"CLP*\0"),
    ],
)
def test_a_claim_that_no_book_can_keep_waits_and_its_neighbour_is_posted(old: bytes, new: bytes, now: datetime) -> None:
    _stored(old, new)
    assert post_remittances(now=now).failures == ()
    assert list(RemittedClaim.objects.order_by("number").values_list("outcome", flat=True)) == ["refused", "posted"]
    kinds = dict(RemittanceException.objects.values_list("kind", "amount"))
    assert kinds == {"unreadable": Decimal("0.00"), "clearing": Decimal("80.00")}
    assert (ledger_faults(), payment_faults()) == ([], [])


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"TRN*1*", b"TRN*1*\0"),
        (b"BPR*I*161*", b"BPR*I*161.005*"),
        (b"BPR*I*161*", b"BPR*I*10000000000*"),
        (b"*-1~", b"*-1.001~"),
    ],
)
def test_a_payment_that_no_book_can_keep_is_refused_by_name(old: bytes, new: bytes, now: datetime) -> None:
    _stored(old, new)
    assert post_remittances(now=now).failures == ()
    exception = RemittanceException.objects.get()
    assert (exception.kind, "cannot be read" in exception.sentence) == ("refused_file", True)
    assert not RemittancePayment.objects.exists()


def test_an_amount_with_zeros_behind_its_cents_is_one_of_cents(now: datetime) -> None:
    _stored(b"CAS*CO*45*20~", b"CAS*CO*45*20.000~")
    post_remittances(now=now)
    assert set(RemittedClaim.objects.values_list("outcome", flat=True)) == {"posted"}
