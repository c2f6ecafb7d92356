"""The list of files, and how each figure of a payment and a claim adds up, with its segment."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.audit.models import AuditEvent
from apps.practice.roles import Role
from apps.remittances.models import RemittanceException, RemittanceFile, RemittancePayment, RemittedClaim
from apps.remittances.rules.balance_proof import claim_proof
from apps.remittances.selectors.proofs import payment_proof
from apps.remittances.services import post_remittances
from apps.x12.guides.x835 import Adjustment, ServiceLine
from apps.x12.guides.x835 import RemittedClaim as Clp
from tests.factories.remittances import (
    clp,
    payment,
    plb,
    remittance_bytes,
    stored_file,
    submitted_claim,
    svc,
    without_our_numbers,
)
from tests.signing_in import browser_of

pytestmark = pytest.mark.django_db
FILES = reverse("remittances:files")


def text(response: HttpResponse, status: int = 200) -> str:
    assert response.status_code == status
    shown = response.content.decode()
    assert "UNDEFINED_VARIABLE" not in shown
    return shown


def posted(*payments: object, now: datetime, name: str = "one.835") -> RemittanceFile:
    stored_file(*payments, name=name)  # type: ignore[arg-type]  # payments of the factory
    post_remittances(now=now)
    return RemittanceFile.objects.latest("pk")


def line(charge: str, paid: str, *adjusted: str) -> ServiceLine:
    codes = tuple(Adjustment("CO", "45", Decimal(amount), segment=9) for amount in adjusted)
    return ServiceLine("99213", ("25",), Decimal(charge), Decimal(paid), adjustments=codes, segment=8)


def test_a_claims_proof_takes_the_lines_adjustments_into_the_claims() -> None:
    item = Clp(
        control_number="T1",
        status="1",
        charge=Decimal(150),
        paid=Decimal(100),
        adjustments=(Adjustment("CO", "45", Decimal(20)),),
        lines=(line("100", "70", "30"), line("50", "49")),
    )
    proof = claim_proof(item)
    assert [(row.words, row.adjusted, row.rest) for row in proof.lines] == [
        ("99213-25", Decimal(30), Decimal(0)),
        ("99213-25", Decimal(0), Decimal(1)),
    ]
    assert (proof.claim.adjusted, proof.claim.rest, proof.holds) == (Decimal(50), Decimal(0), False)


@pytest.mark.long
def test_a_claims_page_proves_each_line_and_leads_to_its_segments(biller: Client, now: datetime) -> None:
    claim = submitted_claim("100.00", "50.00")
    first, second = claim.lines.order_by("number")
    answer = clp(claim, svc(first, "60.00", ("PR-2", "20.00")), svc(second, "0.00", ("CO-16", "50.00")))
    file = posted(payment(answer, payer=claim.payer), now=now)
    address = reverse("remittances:claim_part", args=[file.public_id, 1, 1])
    shown = text(biller.get(address))
    assert "To the cent" in shown
    assert "PR-2 $20.00" in shown
    assert "CO-16 $50.00" in shown
    for words in ("Payer clearing", "Contractual", "Patient receivable", "Insurance receivable"):
        assert words in shown, words
    adjustment = claim.adjudications.get(line=first).adjustments.get(carc="2")
    assert f'href="{address}?segment={adjustment.segment}"' in shown
    meant = text(biller.get(address, {"segment": str(adjustment.segment)}))
    assert 'class="hit"' in meant
    assert meant.split('class="hit"')[1].split("<dd>")[1].startswith("CAS*PR*2*20")
    # Folded in the payment's page it is the segments alone.
    part = text(biller.get(address, headers={"HX-Request": "true"}))
    assert "Does it add up" not in part
    assert "CLP*" in part


def test_a_claim_that_does_not_balance_says_what_is_unexplained(biller: Client, now: datetime) -> None:
    claim = submitted_claim("100.00")
    odd = clp(claim, svc(claim.lines.get(), "80.00"), paid=Decimal("75.00"))
    file = posted(payment(odd, payer=claim.payer), now=now)
    shown = text(biller.get(reverse("remittances:claim_part", args=[file.public_id, 1, 1])))
    assert "Does not add up" in shown
    assert '<td class="money"><span class="card-word">Unexplained</span>$5.00</td>' in shown
    assert "What stands in the ledger" not in shown


@pytest.mark.long
def test_a_payments_page_proves_its_sum_and_leads_to_bpr_and_plb(biller: Client, now: datetime) -> None:
    claim = submitted_claim("100.00")
    file = posted(payment(clp(claim), payer=claim.payer, plbs=[plb("L6", "-1.50")], amount="111.50"), now=now)
    paid = RemittancePayment.objects.get()
    proof = payment_proof(paid)
    assert (proof.claims, proof.adjustments, proof.rest) == (Decimal("100.00"), Decimal("-1.50"), Decimal("10.00"))
    shown = text(biller.get(reverse("remittances:file", args=[file.public_id])))
    assert "A rest is left" in shown
    part = reverse("remittances:payment_part", args=[file.public_id, 1])
    row = paid.provider_adjustments.get()
    assert f'href="{part}?segment={paid.segment}">$111.50' in shown
    assert f'href="{part}?segment={row.segment}">$1.50' in shown
    meant = text(biller.get(part, {"segment": str(row.segment)}))
    assert meant.split('class="hit"')[1].split("<dd>")[1].startswith("PLB*")
    assert AuditEvent.objects.filter(subject_kind="remittance_payment", action="view").exists()
    assert biller.get(reverse("remittances:payment_part", args=[file.public_id, 9])).status_code == 404


@pytest.mark.long
def test_a_claims_ledger_leads_to_the_segment(biller: Client, now: datetime) -> None:
    claim = submitted_claim("100.00")
    file = posted(payment(clp(claim), payer=claim.payer), now=now)
    segment = RemittedClaim.objects.get().segment
    address = reverse("workspace:claim_file", args=[claim.public_id, file.transmission.public_id])
    shown = text(biller.get(reverse("workspace:claim", args=[claim.public_id])))
    assert f'<a href="{address}?segment={segment}">835, segment {segment}</a>' in shown
    assert "CLP*" in text(biller.get(address, {"segment": str(segment)}))


# ------------------------------------------------------------------------------------------------ files


@pytest.mark.long
def test_each_file_stands_with_its_state_and_counts(biller: Client, now: datetime) -> None:
    one, other = submitted_claim("100.00"), submitted_claim("50.00")
    paid = payment(clp(one), payer=one.payer, trace="E1")
    posted(paid, payment(clp(other), payer=other.payer, trace="E2"), now=now)
    posted(paid, now=now, name="again.835")
    lost = submitted_claim("30.00")
    posted(payment(without_our_numbers(clp(lost), "ELSEWHERE1"), payer=lost.payer), now=now, name="lost.835")
    old = remittance_bytes(payment(clp(submitted_claim()))).replace(b"005010X221A1", b"004010X091A1")
    stored_file(payload=old, name="old.835")
    post_remittances(now=now)
    shown = text(biller.get(FILES))
    for words in ("one.835", "2 posted", "$150.00", "again.835", "1 duplicate", "lost.835", "835 004010X091A1"):
        assert words in shown, words
    refused = RemittanceFile.objects.get(state="refused")
    assert reverse("remittances:file", args=[refused.public_id]) in shown
    waiting = text(biller.get(FILES, {"show": "waiting"}))
    assert "lost.835" in waiting
    assert "one.835" not in waiting
    only = text(biller.get(FILES, {"show": "refused"}))
    assert "old.835" in only
    assert "lost.835" not in only
    RemittanceException.objects.update(state="settled")
    assert "No file of this kind" in text(biller.get(FILES, {"show": "waiting"}))
    part = text(biller.get(FILES, {"show": "posted"}, headers={"HX-Request": "true"}))
    assert "<h1>" not in part


def test_an_empty_list_says_what_will_stand_there(biller: Client) -> None:
    assert "No remittance file has arrived" in text(biller.get(FILES))


@pytest.mark.long
def test_the_list_takes_as_many_queries_for_three_files_as_for_one(
    biller: Client, now: datetime, django_assert_num_queries: Callable[..., object]
) -> None:
    def one_more(number: int) -> None:
        claim = submitted_claim("10.00")
        posted(payment(clp(claim), payer=claim.payer), now=now, name=f"{number}.835")

    one_more(1)
    text(biller.get(FILES))
    with CaptureQueriesContext(connection) as one:
        text(biller.get(FILES))
    one_more(2)
    one_more(3)
    with django_assert_num_queries(len(one)):  # type: ignore[attr-defined]
        text(biller.get(FILES))


@pytest.mark.parametrize("role", [Role.CODER, Role.FRONT_DESK])
def test_only_who_sees_remittances_sees_files_and_segments(role: Role, now: datetime) -> None:
    claim = submitted_claim("10.00")
    file = posted(payment(clp(claim), payer=claim.payer), now=now)
    client = browser_of(role)
    for address in (FILES, reverse("remittances:payment_part", args=[file.public_id, 1])):
        assert client.get(address).status_code == 403


@pytest.mark.long
def test_each_figure_of_an_exception_leads_to_its_segment(biller: Client, now: datetime) -> None:
    claim = submitted_claim("100.00")
    lost = without_our_numbers(
        clp(claim, svc(claim.lines.get(), "80.00"), patient=None, payer_claim_number=""), "NOBODY"
    )
    file = posted(payment(lost, payer=claim.payer, amount="90.00"), now=now)
    row = RemittedClaim.objects.get()
    shown = text(biller.get(reverse("remittances:exception", args=[row.exception.public_id])))
    here = reverse("remittances:claim_part", args=[file.public_id, 1, 1])
    for segment, figure in (
        (row.segment, "$80.00"),
        (row.segment, "$100.00"),
        (row.segment + 1, "$80.00"),
        (row.segment + 3, "$20.00"),
    ):
        assert f'<a href="{here}?segment={segment}">{figure}</a>' in shown, (segment, figure)
    rest = RemittanceException.objects.get(kind="clearing")
    shown = text(biller.get(reverse("remittances:exception", args=[rest.public_id])))
    here = reverse("remittances:payment_part", args=[file.public_id, 1])
    assert f'<a href="{here}?segment={RemittancePayment.objects.get().segment}">$10.00</a>' in shown
