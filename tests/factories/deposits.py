"""Bank files as banks export them, and payments that wait for their money."""

from datetime import date, datetime

from apps.remittances.models import ExpectedDeposit, RemittancePayment
from apps.remittances.services import import_bank_file, post_remittances, reconcile_deposits
from tests.factories.remittances import NOW, clp, payment, stored_file, submitted_claim

HEADER = "Date,Description,Amount,Reference"


def bank_file(*rows: str, header: str = HEADER) -> bytes:
    return "\r\n".join([header, *rows, ""]).encode()


def bank_row(text: str, amount: str = "100.00", on: date = date(2026, 9, 29), reference: str = "") -> str:
    return f"{on.isoformat()},{text},{amount},{reference}"


def banked(*rows: str, now: datetime = NOW, reconcile: bool = True) -> None:
    """The rows are in our books, and compared with the payments."""
    import_bank_file(payload=bank_file(*rows), name="bank.csv", now=now)
    if reconcile:
        reconcile_deposits(now=now)


def posted_payment(trace: str, amount: str = "100.00", *, on: date = date(2026, 9, 29)) -> RemittancePayment:
    """A payment of one claim that is paid in full and posted."""
    claim = submitted_claim(amount)
    stored_file(payment(clp(claim), payer=claim.payer, trace=trace, payment_date=on))
    post_remittances(now=NOW)
    return RemittancePayment.objects.get(trace_number=trace)


def expected_of(paid: RemittancePayment) -> ExpectedDeposit:
    return ExpectedDeposit.objects.get(payment=paid)
