"""Remittances that this project did not make: all are taken in, and the books stay sound.

Where the money of each payment must be is worked out from the figures that another reader (oxedi) finds in it.
"""

import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import oxedi
import pytest

from apps.claims.models import Claim
from apps.ledger.selectors import ledger_faults
from apps.remittances.models import RemittanceException, RemittanceFile, RemittancePayment, RemittedClaim
from apps.remittances.selectors.soundness import PaymentBalance, payment_balances, payment_faults
from apps.remittances.services import post_remittances
from tests.factories.practice import PayerFactory
from tests.factories.remittances import NOW, stored_file, submitted_claim
from tests.remittances.test_commands import run
from tests.x12.test_peer import FILES, rows

CORPUS = os.environ.get("X12_CORPUS", "")
POSTED = (RemittedClaim.Outcome.POSTED, RemittedClaim.Outcome.POSTED_WITH_DENIAL)
LONGEST_NUMBER = 20  # of a control number of ours (CLM01)

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not CORPUS, reason="X12_CORPUS names no folder (see docs/remittances.md)"),
    pytest.mark.usefixtures("statistics_forgotten"),
]


def test_every_file_is_taken_in_and_what_is_no_claim_of_ours_waits_in_clearing() -> None:
    files = sorted((Path(CORPUS) / "835").iterdir())
    run("import_remittance", *files)
    old = [path for path in files if b"004010X091" in path.read_bytes()]
    assert RemittanceFile.objects.filter(state="refused").count() == len(old)
    assert RemittanceFile.objects.count() == len(files)
    for refused in RemittanceFile.objects.filter(state="refused"):
        assert "835 004010X091A1" in refused.problem
        assert refused.exceptions.count() == 1
    # Five of them use one trace number and amount for payments with other claims.
    sure = RemittedClaim.objects.filter(payment__continues=None)
    assert set(sure.values_list("outcome", flat=True)) == {"unmatched", "unbalanced"}
    held = RemittedClaim.objects.exclude(payment__continues=None)
    assert set(held.values_list("outcome", flat=True)) == {"refused"}
    assert not RemittancePayment.objects.exclude(duplicate_of=None).exclude(deposit_entry=None).exists()
    assert payment_faults() == []
    assert run("check_ledger")[2] == 0


def _told(out: str, word: str) -> int:
    """The verdict's number of files that ended so."""
    found = re.search(rf"(\d+) {word}", out.splitlines()[-1])
    assert found
    return int(found[1])


def test_every_file_again_posts_nothing() -> None:
    files = sorted((Path(CORPUS) / "835").iterdir())
    first, _, _ = run("import_remittance", *files)
    before = RemittanceException.objects.count()
    out, _, _ = run("import_remittance", *files)
    assert RemittanceException.objects.count() == before
    refused = _told(first, "refused")
    assert (_told(out, "posted"), _told(out, "refused"), _told(out, "known")) == (0, refused, len(files) - refused)


@dataclass(frozen=True)
class PeerClaim:
    """A CLP as oxedi reads it, dollars. `lines`: procedure and charge of each SVC."""

    number: str
    status: str
    charge: Decimal
    paid: Decimal
    lines: tuple[tuple[str, Decimal], ...]
    balances: bool


@dataclass(frozen=True)
class PeerPayment:
    """An ST as oxedi reads it, dollars. `adjusted`: the sum of its PLB, positive reduces the payment."""

    amount: Decimal
    trace_number: str
    payer_id: str
    adjusted: Decimal
    claims: tuple[PeerClaim, ...]


def peer_payments(data: bytes) -> list[PeerPayment]:
    tables = oxedi.parse(data).tables
    named = {name: rows(tables, name) for name in ("payments", "claims", "services", "adjustments")}
    plb = rows(tables, "provider_adjustments")
    return [
        PeerPayment(
            Decimal(row["total_payment_amount"]) * (-1 if row["credit_debit_flag"] == "D" else 1),
            row["trace_number"],
            row["payer_identifier"],
            total(each["amount"] for each in plb if each["payment"] == row["row"]),
            tuple(peer_claim(each, named) for each in named["claims"] if each["payment"] == row["row"]),
        )
        for row in named["payments"]
    ]


def peer_claim(row: dict[str, str], named: dict[str, list[dict[str, str]]]) -> PeerClaim:
    lines = [each for each in named["services"] if each["claim"] == row["row"]]
    taken = [each for each in named["adjustments"] if each["claim"] == row["row"]]
    charge, paid = Decimal(row["charge_amount"]), Decimal(row["payment_amount"])
    levels = [charge - total(each["amount"] for each in taken) == paid]
    levels += [not lines or total(each["charge_amount"] for each in lines) == charge]
    for line in lines:
        off = total(each["amount"] for each in taken if each["service"] == line["row"])
        levels.append(Decimal(line["charge_amount"]) - off == Decimal(line["payment_amount"]))
    return PeerClaim(
        row["claim_id"],
        row["claim_status"],
        charge,
        paid,
        tuple((each["procedure_code"], Decimal(each["charge_amount"])) for each in lines),
        all(levels),
    )


def total(amounts: Iterable[str]) -> Decimal:
    return sum(map(Decimal, amounts), Decimal())


def is_ours(said: PeerClaim, payment: PeerPayment) -> bool:
    """The first CLP of a number tells the claim that `bill` makes; the dental file gives one number to several visits."""
    first = next(each for each in payment.claims if each.number == said.number)
    return len(said.number) <= LONGEST_NUMBER and abs(said.charge) == abs(first.charge)


def is_posted(said: PeerClaim, payment: PeerPayment) -> bool:
    """What balances and is ours; a reversal (a negative charge) finds nothing that it could take back."""
    return said.balances and said.charge > 0 and is_ours(said, payment)


def bill(payment: PeerPayment) -> None:
    """Our claims, of our own patients: only their numbers, charges and lines are those of the file."""
    payer = PayerFactory(claims_id=payment.payer_id, remittance_ids=payment.payer_id)
    for number, said in {each.number: each for each in reversed(payment.claims)}.items():
        if len(number) > LONGEST_NUMBER:
            continue
        lines = said.lines or (("99213", abs(said.charge)),)
        claim = submitted_claim(
            *(str(amount) for _, amount in lines), encounter__coverage__payer=payer, control_number=number
        )
        for line, (procedure, _) in zip(claim.lines.all(), lines, strict=True):
            line.procedure = procedure
            line.save()
        Claim.objects.filter(pk=claim.pk).update(total=abs(said.charge))


def expected_balance(payment: PeerPayment, posted: Sequence[PeerClaim]) -> PaymentBalance:
    """By hand from oxedi's figures: what is not posted of the CLPs waits, and so does what BPR02 leaves unexplained."""
    told = sum((each.paid for each in payment.claims), Decimal())
    moved = sum((each.paid for each in posted), Decimal())
    unexplained = payment.amount - (told - payment.adjusted)
    return PaymentBalance(payment.amount, payment.amount, moved, -payment.adjusted, told - moved + unexplained)


def post_and_compare(data: bytes, expected: list[tuple[PeerPayment, list[PeerClaim]]]) -> None:
    stored_file(payload=data)
    assert post_remittances(now=NOW).failures == ()
    payments = list(RemittancePayment.objects.order_by("number"))
    balances = payment_balances(payments)
    assert [payment.trace_number for payment in payments] == [peer.trace_number for peer, _ in expected]
    assert [balances[payment.pk] for payment in payments] == [
        expected_balance(peer, posted) for peer, posted in expected
    ]
    for payment, (peer, posted) in zip(payments, expected, strict=True):
        assert balances[payment.pk].is_sound
        found = payment.claims.order_by("number")
        assert list(found.values_list("claim_control_number", "charge", "paid")) == [
            (each.number, each.charge, each.paid) for each in peer.claims
        ]
        assert [row.paid for row in found if row.outcome in POSTED] == [each.paid for each in posted]
    assert ledger_faults() == []
    assert payment_faults() == []


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_each_payment_of_strangers_waits_whole_as_another_reader_reads_it(file: Path) -> None:
    data = file.read_bytes()
    post_and_compare(data, [(payment, []) for payment in peer_payments(data)])


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_each_payment_for_claims_of_ours_posts_what_another_reader_says_they_were_paid(file: Path) -> None:
    data = file.read_bytes()
    payments = peer_payments(data)
    for payment in payments:
        bill(payment)
    post_and_compare(
        data, [(payment, [each for each in payment.claims if is_posted(each, payment)]) for payment in payments]
    )


def test_the_outside_files_do_post_and_one_of_their_claims_does_not() -> None:
    payments = [payment for file in FILES for payment in peer_payments(file.read_bytes())]
    posted = [each for payment in payments for each in payment.claims if is_posted(each, payment)]
    assert sum(each.paid for each in posted) > 0
    assert {each.status for each in posted} >= {"1", "2", "3", "4"}
    assert any(not each.balances for payment in payments for each in payment.claims)
