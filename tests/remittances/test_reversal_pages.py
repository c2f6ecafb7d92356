"""A reversal by hand, on its page and from the pages that lead to it."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.test import Client
from django.urls import reverse

from apps.audit.models import AuditEvent
from apps.claims.models import Claim
from apps.core import clock
from apps.practice.roles import Role
from apps.remittances.models import RemittedClaim
from apps.remittances.services import post_remittances
from tests.factories.remittances import PAID_ON, clp, payment, stored_file, submitted_claim, svc
from tests.factories.remittances import without_our_numbers as lost
from tests.remittances.test_pages import text

pytestmark = pytest.mark.django_db
LETTER = {"letter_on": PAID_ON.isoformat(), "note": "Letter 77"}


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch, now: datetime) -> None:
    monkeypatch.setattr(clock, "now", lambda: now)


def answered(now: datetime) -> tuple[Claim, RemittedClaim]:
    claim = submitted_claim("100.00")
    stored_file(
        payment(clp(claim, svc(claim.lines.get(), "80.00", ("PR-2", "20.00"))), payer=claim.payer, trace="EFT1")
    )
    post_remittances(now=now)
    return claim, RemittedClaim.objects.get()


def of(row: RemittedClaim, page: str = "reverse") -> str:
    return reverse(f"remittances:{page}", args=[row.payment.file.public_id, row.payment.number, row.number])


@pytest.mark.long
def test_claim_and_remitted_claim_lead_to_it_until_it_is_done(biller: Client, now: datetime) -> None:
    claim, row = answered(now)
    claims_page = reverse("workspace:claim", args=[claim.public_id])
    for page in (claims_page, of(row, "claim_part")):
        assert of(row) in text(biller.get(page))
    assert "$80.00 wait as cash not applied" in text(biller.get(of(row)))
    response = biller.post(of(row), LETTER)
    done = RemittedClaim.objects.get(outcome="reversed")
    assert response.headers["Location"] == reverse("remittances:file", args=[done.payment.file.public_id])
    assert "Reversal by hand, entered by" in text(biller.get(response.headers["Location"]))
    shown = text(biller.get(claims_page))
    assert "taken back since" in shown
    assert of(row) not in shown
    assert of(row) not in text(biller.get(of(row, "claim_part")))


@pytest.mark.long
def test_a_second_time_is_refused_with_the_reason(biller: Client, now: datetime) -> None:
    _, row = answered(now)
    biller.post(of(row), LETTER)
    assert "This is reversed already." in text(biller.get(of(row)))
    assert "This is reversed already." in text(biller.post(of(row), LETTER), 422)
    assert RemittedClaim.objects.filter(outcome="reversed").count() == 1


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"note": ""}, "This field is required."),
        ({"letter_on": "2026-01-01"}, "The letter is older than the payment"),
        ({"letter_on": "2027-01-01"}, "The day of the letter has not come yet."),
    ],
)
def test_each_field_says_what_is_wrong(biller: Client, now: datetime, changed: dict[str, str], says: str) -> None:
    _, row = answered(now)
    assert says in text(biller.post(of(row), LETTER | changed), 422)
    assert not RemittedClaim.objects.filter(outcome="reversed").exists()


def test_it_opens_by_permission_only_and_its_reading_is_kept(
    biller: Client, signed_in: Callable[[Role | None], Client], now: datetime
) -> None:
    claim, row = answered(now)
    coder = signed_in(Role.CODER)
    assert coder.get(of(row)).status_code == 403
    assert coder.post(of(row), LETTER).status_code == 403
    assert of(row) not in text(coder.get(reverse("workspace:claim", args=[claim.public_id])))
    biller.get(of(row))
    assert AuditEvent.objects.latest("pk").patients == [claim.patient.public_id]


def test_what_is_posted_to_no_claim_has_no_page(biller: Client, now: datetime) -> None:
    claim = submitted_claim("100.00")
    stored_file(payment(lost(clp(claim, payer_claim_number="")), payer=claim.payer))
    post_remittances(now=now)
    row = RemittedClaim.objects.get()
    assert biller.get(of(row)).status_code == 404
    assert biller.get(reverse("remittances:reverse", args=["nothing", 1, 1])).status_code == 404
