"""Payments of a day on which no bank paid anything."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from apps.ledger.models import Entry
from apps.remittances.models import RemittanceException, RemittanceFile, RemittancePayment
from apps.remittances.selectors.soundness import payment_faults
from apps.remittances.services import post_remittances
from tests.factories.remittances import NOW, clp, payment, remittance_bytes, stored_file, submitted_claim

pytestmark = pytest.mark.django_db


def deposits() -> list[date]:
    return list(Entry.objects.filter(kind="deposit").values_list("posted_on", flat=True))


@pytest.mark.parametrize(
    ("day", "why"),
    [
        (date(1, 1, 1), "is dated 0001-01-01, which lies before 1900"),
        (date(9999, 12, 31), "is dated 9999-12-31, which lies more than two years ahead"),
    ],
)
def test_a_payment_of_an_impossible_day_waits_for_a_person_and_the_next_is_posted(day: date, why: str) -> None:
    odd, sound = submitted_claim("80.00"), submitted_claim("20.00")
    stored_file(
        payment(clp(odd), payer=odd.payer, trace="ODD", payment_date=day),
        payment(clp(sound), payer=sound.payer, trace="SOUND"),
    )
    post_remittances(now=NOW)
    paid = RemittancePayment.objects.get()
    assert (paid.trace_number, paid.number, len(deposits())) == ("SOUND", 2, 1)
    assert paid.claims.get().outcome == "posted"
    found = RemittanceException.objects.get()
    assert (found.kind, found.amount, found.work_item.amount_at_stake) == ("payment_day", 0, 80)
    assert found.sentence.startswith(f"Payment ODD of {odd.payer.name}, $80.00, {why}: it is not posted.")
    assert RemittanceFile.objects.get().state == "posted"
    assert payment_faults() == []


def test_a_payment_without_a_day_is_judged_by_the_day_on_which_it_was_made() -> None:
    claim = submitted_claim("80.00")
    stored_file(payment(clp(claim), payer=claim.payer, payment_date=None, production_date=date(1, 1, 1)))
    assert post_remittances(now=NOW).refused == 1
    assert RemittanceException.objects.get().kind == "payment_day"
    assert deposits() == []


def test_the_same_payment_with_its_day_is_posted_once_it_comes() -> None:
    claim = submitted_claim("80.00")
    wrong = remittance_bytes(payment(clp(claim), payer=claim.payer, payment_date=date(9999, 12, 31)))
    for payload in (wrong, wrong.replace(b"99991231", b"20260928")):
        stored_file(payload=payload)
        post_remittances(now=NOW)
    assert RemittancePayment.objects.get().paid_on == date(2026, 9, 28)
    assert RemittancePayment.objects.get().claims.get().outcome == "posted"


def test_words_of_any_length_leave_room_for_what_to_do() -> None:
    claim = submitted_claim("80.00")
    told = payment(clp(claim), payer=claim.payer, trace="9" * 50, payment_date=date(1, 1, 1))
    stored_file(payload=remittance_bytes(told).replace(claim.payer.name.encode(), b"A" * 60))
    post_remittances(now=NOW)
    assert RemittanceException.objects.get().sentence.endswith("on which the bank shows it.")


def test_the_page_leads_to_the_paper_form(biller: Client) -> None:
    claim = submitted_claim("80.00")
    stored_file(payment(clp(claim), payer=claim.payer, payment_date=date(1, 1, 1)))
    post_remittances(now=NOW)
    exception = RemittanceException.objects.get()
    page = biller.get(reverse("remittances:exception", args=[exception.public_id])).content.decode()
    assert f'href="{reverse("remittances:enter_eob")}">enter it from paper' in page
