"""A claim's ledger as people read it: one row a movement, what the payer and what the patient owe after it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

ZERO = Decimal("0.00")
INSURANCE, PATIENT = "insurance_receivable", "patient_receivable"
WORDS = {
    "revenue": "Charges",
    "payer_clearing": "Payment of the payer",
    "contractual": "Contract write-off",
    "other_adjustment": "Other adjustment",
    "write_off": "Write-off",
    "deposits": "Payment of the patient",
    "unapplied_cash": "Credit of the patient",
    "refunds": "Refund",
}
# The journal's kinds of what brings money or charges in; an 835 is called so by those who read it.
SOURCES = {
    "ehr": "EHR",
    "csv": "Charge file",
    "webhook.payments": "Card processor",
}
TO_PATIENT, TO_PAYER, CORRECTION = "Share of the patient", "Back to the payer", "Correction"
TO_NEXT_PAYER = "To the next payer"


@dataclass(frozen=True, slots=True)
class Posting:
    """The legs of one entry that touch the claim's charges, summed by account. Debit is positive. `href` leads to its segment."""

    entry_id: int
    posted_on: date
    kind: str
    source: str
    href: str
    amounts: dict[str, Decimal]


@dataclass(frozen=True, slots=True)
class LedgerRow:
    posted_on: date
    words: str
    source: str
    href: str
    payer: Decimal
    patient: Decimal
    balance: Decimal = ZERO


def source_words(kind: str, segment: int | None) -> str:
    """ "835, segment 37"; "EHR". `kind` is the journal's, empty for what no file or answer brought."""
    words = SOURCES.get(kind, kind)
    return f"{words}, segment {segment}" if words and segment else words


def ledger_rows(postings: Iterable[Posting]) -> list[LedgerRow]:
    """In the order given, with the running balance. Each posting's rows add up to what it did to the two receivables."""
    rows: list[LedgerRow] = []
    balance = ZERO
    for posting in postings:
        for row in _rows_of(posting):
            balance += row.payer + row.patient
            rows.append(replace(row, balance=balance))
    return rows


def _rows_of(posting: Posting) -> list[LedgerRow]:
    """Each other account's amount is what left a receivable; what remains between the two receivables moved across."""
    payer, patient = posting.amounts.get(INSURANCE, ZERO), posting.amounts.get(PATIENT, ZERO)
    on_patient = payer == 0
    rows, left = [], payer + patient
    for account, amount in posting.amounts.items():
        if account in {INSURANCE, PATIENT} or amount == 0:
            continue
        words = f"{WORDS.get(account, CORRECTION)}{', reversed' if posting.kind == 'reversal' else ''}"
        rows.append(_row(posting, words, ZERO if on_patient else -amount, -amount if on_patient else ZERO))
        left += amount
    moved_payer = payer - sum((row.payer for row in rows), ZERO)
    moved_patient = patient - sum((row.patient for row in rows), ZERO)
    if moved_payer or moved_patient:
        words = CORRECTION if left else _moved(posting, to_patient=moved_patient > 0)
        rows.append(_row(posting, words, moved_payer, moved_patient))
    return rows


def _moved(posting: Posting, *, to_patient: bool) -> str:
    if posting.kind == "transfer":
        return TO_NEXT_PAYER
    return TO_PATIENT if to_patient else TO_PAYER


def _row(posting: Posting, words: str, payer: Decimal, patient: Decimal) -> LedgerRow:
    return LedgerRow(posting.posted_on, words, posting.source, posting.href, payer, patient)
