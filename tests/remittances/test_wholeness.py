"""A file that was cut, or in which something was spoilt, is posted as far as it can be read, and says so to a person."""

from datetime import datetime

import pytest

from apps.remittances.models import RemittanceException, RemittanceFile, RemittancePayment
from apps.remittances.services import post_remittances
from tests.factories.remittances import clp, payment, remittance_bytes, stored_file, submitted_claim

pytestmark = pytest.mark.django_db


@pytest.fixture
def two_payments() -> bytes:
    claims = [submitted_claim("100.00"), submitted_claim("70.00")]
    return remittance_bytes(
        *(payment(clp(claim), payer=claim.payer, trace=f"EFT{number}") for number, claim in enumerate(claims))
    )


def doubts_about(payload: bytes, now: datetime) -> list[str]:
    stored_file(payload=payload)
    post_remittances(now=now)
    return list(RemittanceException.objects.filter(kind="not_whole").values_list("sentence", flat=True))


@pytest.mark.long
def test_a_whole_file_leaves_no_doubt(two_payments: bytes, now: datetime) -> None:
    assert doubts_about(two_payments, now) == []
    assert RemittancePayment.objects.count() == 2


def test_a_file_cut_behind_its_first_payment_posts_it_and_asks_about_the_rest(
    two_payments: bytes, now: datetime
) -> None:
    cut = two_payments[: two_payments.rindex(b"ST*835")]
    (sentence,) = doubts_about(cut, now)
    assert sentence.startswith(
        "The file may not be whole: what could be read is posted. A group is not closed by a GE ("
    )
    assert "The interchange is not closed by an IEA (" in sentence
    file = RemittanceFile.objects.get()
    assert (file.state, file.problem) == ("posted", sentence)
    assert RemittancePayment.objects.count() == 1


@pytest.mark.parametrize(
    ("whole", "spoilt", "what"),
    [
        (b"GE*2*", b"GE*3*", "GE01 is not the count of transactions in the group"),
        (b"IEA*1*", b"IEA*2*", "IEA01 is not the count of groups in the interchange"),
        (b"~SE*", b"~NTE*ADD*A LINE~SE*", "SE01 is not the count of segments in the transaction"),
    ],
)
def test_a_trailer_that_counts_more_than_there_is_asks_a_person(
    whole: bytes, spoilt: bytes, what: str, two_payments: bytes, now: datetime
) -> None:
    (sentence,) = doubts_about(two_payments.replace(whole, spoilt, 1), now)
    assert what in sentence


def test_a_payment_whose_heading_is_spoilt_is_named(two_payments: bytes, now: datetime) -> None:
    at = two_payments.rindex(b"ST*835")
    (sentence,) = doubts_about(two_payments[:at] + b"SX" + two_payments[at + 2 :], now)
    assert "A segment stands outside of any transaction (" in sentence
    assert " more." in sentence
    assert RemittancePayment.objects.count() == 1


@pytest.mark.long
def test_the_whole_file_after_the_cut_one_adds_only_what_is_missing(two_payments: bytes, now: datetime) -> None:
    doubts_about(two_payments[: two_payments.rindex(b"ST*835")], now)
    stored_file(payload=two_payments)
    post_remittances(now=now)
    posted = RemittancePayment.objects.filter(duplicate_of=None).order_by("trace_number")
    assert list(posted.values_list("trace_number", flat=True)) == ["EFT0", "EFT1"]
    assert RemittancePayment.objects.exclude(duplicate_of=None).count() == 1
