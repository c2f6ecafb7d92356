"""Files and settlements at the edge of what is allowed."""

from dataclasses import replace
from datetime import datetime
from decimal import Decimal

import pytest

from apps.core.models import User
from apps.remittances.models import RemittanceException, RemittanceFile, RemittedClaim
from apps.remittances.services import (
    SettlementError,
    UnacceptableFileError,
    post_file,
    post_remittances,
    settle_as_not_ours,
    settle_as_own_payment,
    settle_by_posting,
    store_file,
    take_file,
)
from apps.remittances.services.preview import preview_posting
from apps.remittances.services.replan import item_of
from apps.remittances.services.take_file import LARGEST_UPLOAD
from tests.factories.practice import UserFactory
from tests.factories.remittances import (
    clp,
    payment,
    plb,
    remittance_bytes,
    reversal_of,
    stored_file,
    submitted_claim,
    svc,
    without_our_numbers,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk() -> User:
    return UserFactory()


def test_a_remittance_whose_payment_cannot_be_read_is_refused_with_its_place(now: datetime) -> None:
    payload = remittance_bytes(payment(clp(submitted_claim("57.31"))))
    stored_file(payload=payload.replace(b"BPR*I*57.31", b"BPR*I*much"))
    post_remittances(now=now)
    problem = RemittanceFile.objects.get().problem
    assert problem.startswith("The payment of remittance 0001 cannot be read (")
    assert "BPR02" in problem


def test_a_sound_remittance_beside_a_strange_transaction_is_posted_and_the_rest_told(now: datetime) -> None:
    claim = submitted_claim("100.00")
    payload = remittance_bytes(payment(clp(claim), payer=claim.payer), payment(clp(claim), payer=claim.payer))
    strange = payload.replace(b"BPR*I*100*C", b"BPR*I*100x*C", 1).replace(b"BPR*I*100.00*C", b"BPR*I*100x*C", 1)
    stored_file(payload=strange)
    posted = post_remittances(now=now)
    assert (posted.files, posted.refused, posted.exceptions) == (1, 0, 1)
    assert RemittanceFile.objects.get().state == "posted"
    assert RemittedClaim.objects.get().outcome == "posted"


def test_what_another_kind_of_file_is_is_said(now: datetime) -> None:
    payload = remittance_bytes(payment(clp(submitted_claim())))
    stored_file(payload=payload.replace(b"ST*835*", b"ST*999*").replace(b"005010X221A1", b"005010X231A1"))
    post_remittances(now=now)
    assert RemittanceFile.objects.get().problem.startswith("It holds an acknowledgement (999 005010X231A1)")


@pytest.mark.parametrize("payload", [b"", b" \n"])
def test_an_empty_file_is_not_stored(now: datetime, payload: bytes) -> None:
    with pytest.raises(UnacceptableFileError, match="empty"):
        store_file(name="a.835", payload=payload, now=now)


def test_a_file_beyond_the_cap_is_not_stored(now: datetime) -> None:
    with pytest.raises(UnacceptableFileError, match="20 MB"):
        take_file(name="a.835", payload=b"ISA" + bytes(LARGEST_UPLOAD), acting_user=None, now=now)


def test_a_finished_file_is_not_posted_again(now: datetime) -> None:
    transmission = stored_file(payment(clp(submitted_claim())))
    assert post_file(transmission.pk, now=now) is not None
    assert post_file(transmission.pk, now=now) is None
    refused = stored_file(payload=b"no X12")
    assert post_file(refused.pk, now=now) is not None
    assert post_file(refused.pk, now=now) is None


def test_a_reversal_shows_what_it_would_take_back(now: datetime) -> None:
    claim = submitted_claim("100.00")
    first = clp(claim)
    stored_file(payment(first, payer=claim.payer))
    post_remittances(now=now)
    lost = reversal_of(first)
    stored_file(payment(without_our_numbers(replace(lost, payer_claim_number="")), payer=claim.payer))
    post_remittances(now=now)
    row = RemittedClaim.objects.get(outcome="unmatched")
    preview = preview_posting(row, item_of(row), claim.public_id)
    assert (preview.undoes, preview.problem) == (Decimal("100.00"), "")
    assert preview_posting(row, item_of(row), "nothing").problem == "There is no such claim."


def test_a_claim_that_the_file_spoils_can_only_be_posted_by_hand(now: datetime, clerk: User) -> None:
    claim = submitted_claim("57.31")
    payload = remittance_bytes(payment(clp(claim), payer=claim.payer))
    stored_file(payload=payload.replace(b"57.31*57.31", b"57.31*5x.31", 1))
    post_remittances(now=now)
    exception = RemittanceException.objects.get(kind="unreadable")
    row = exception.remitted_claim
    assert "spoils this claim" in preview_posting(row, item_of(row), claim.public_id).problem
    told = {"exception_id": exception.public_id, "note": "x", "acting_user": clerk, "now": now}
    with pytest.raises(SettlementError, match="spoils this claim"):
        settle_by_posting(claim_id=claim.public_id, **told)
    with pytest.raises(SettlementError, match="no such claim"):
        settle_by_posting(claim_id="nothing", **told)
    with pytest.raises(SettlementError, match="not a payment"):
        settle_as_own_payment(**told)


def test_a_rest_has_no_claim_to_post(now: datetime, clerk: User) -> None:
    claim = submitted_claim("100.00")
    stored_file(payment(clp(claim), payer=claim.payer, amount="130.00"))
    post_remittances(now=now)
    exception = RemittanceException.objects.get()
    with pytest.raises(SettlementError, match="no remitted claim here"):
        settle_by_posting(
            exception_id=exception.public_id, claim_id=claim.public_id, note="x", acting_user=clerk, now=now
        )


def test_a_contract_check_is_closed_without_touching_the_posting(now: datetime, clerk: User) -> None:
    claim = submitted_claim("100.00")
    line = claim.lines.get()
    stored_file(payment(clp(claim, svc(line)), payer=claim.payer))
    post_remittances(now=now)
    exception = RemittanceException.objects.get()
    settle_as_not_ours(exception_id=exception.public_id, note="Right so", acting_user=clerk, now=now)
    assert RemittedClaim.objects.get().outcome == "posted"


def test_a_reversal_of_another_amount_keeps_waiting_when_a_posting_arrives(now: datetime) -> None:
    claim = submitted_claim("100.00")
    taken = reversal_of(clp(claim, svc(claim.lines.get(), "60.00")))
    stored_file(payment(taken, payer=claim.payer, plbs=[plb("FB", "-60.00")]))
    stored_file(payment(clp(claim, svc(claim.lines.get(), "75.00")), payer=claim.payer))
    post_remittances(now=now)
    assert RemittanceException.objects.get().state == "open"


def test_rows_have_names_for_people(now: datetime) -> None:
    claim = submitted_claim("100.00")
    stored_file(payment(clp(claim), payer=claim.payer, trace="E1", amount="130.00", plbs=[plb("L6", "-1.00")]))
    post_remittances(now=now)
    file = RemittanceFile.objects.get()
    paid = file.payments.get()
    row = paid.claims.get()
    assert [str(each) for each in (file, paid, paid.provider_adjustments.get(), row)] == [
        file.public_id,
        "E1",
        "L6 -1.00",
        claim.control_number,
    ]
    assert str(RemittanceException.objects.get()).startswith("Claims and adjustments of the payment explain $101.00")
    assert str(row.entry) == f"remittance:{row.key}"
    assert str(row.entry.legs.get(account="payer_clearing")) == "payer_clearing 100.00"
