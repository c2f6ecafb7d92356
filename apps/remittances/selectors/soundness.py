"""What `manage.py check_ledger` proves of every payment: posted + parked + exceptions = BPR02 (DOMAIN 4)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from django.db import connection

from apps.core.money import ZERO
from apps.core.soundness import FEW
from apps.remittances.models import RemittanceFile, RemittancePayment

PAGE = 1000
_BALANCES = """
WITH asked AS (
    SELECT id, coalesce(continues_id, id) AS first_id FROM remittances_remittancepayment
    WHERE duplicate_of_id IS NULL AND (id = ANY(%(ids)s) OR continues_id = ANY(%(ids)s))
), parts AS (
    SELECT id AS payment_id, deposit_entry_id AS entry_id, 'deposited' AS part FROM remittances_remittancepayment
    UNION ALL SELECT payment_id, entry_id, 'posted' FROM remittances_remittedclaim
    UNION ALL SELECT payment_id, entry_id, 'parked' FROM remittances_provideradjustment
    UNION ALL SELECT payment_id, entry_id, 'parked' FROM remittances_remittanceexception
), moved AS (
    SELECT asked.first_id AS payment_id, parts.part, l.amount
    FROM asked
    JOIN parts ON parts.payment_id = asked.id
    JOIN ledger_leg l ON l.entry_id = parts.entry_id AND l.account = 'payer_clearing'
    UNION ALL
    SELECT asked.first_id, 'waiting', e.amount
    FROM asked JOIN remittances_remittanceexception e ON e.payment_id = asked.id
    WHERE e.state = 'open'
)
SELECT payment_id,
       coalesce(-sum(amount) FILTER (WHERE part = 'deposited'), 0),
       coalesce(sum(amount) FILTER (WHERE part = 'posted'), 0),
       coalesce(sum(amount) FILTER (WHERE part = 'parked'), 0),
       coalesce(sum(amount) FILTER (WHERE part = 'waiting'), 0)
FROM moved GROUP BY payment_id
"""


@dataclass(frozen=True, slots=True)
class PaymentBalance:
    """Where a payment's dollars are, those of its continuations included."""

    amount: Decimal
    deposited: Decimal = ZERO
    posted: Decimal = ZERO
    parked: Decimal = ZERO
    waiting: Decimal = ZERO

    @property
    def is_sound(self) -> bool:
        return self.posted + self.parked + self.waiting == self.amount == self.deposited


def payment_balances(payments: Iterable[RemittancePayment]) -> dict[int, PaymentBalance]:
    """By payment, in one query. Duplicates and continuations have none of their own."""
    firsts = [payment for payment in payments if payment.duplicate_of_id is None and payment.continues_id is None]
    with connection.cursor() as cursor:
        cursor.execute(_BALANCES, {"ids": [payment.pk for payment in firsts]})
        found = {row[0]: row[1:] for row in cursor.fetchall()}
    return {payment.pk: PaymentBalance(payment.amount, *found.get(payment.pk, ())) for payment in firsts}


def payment_faults() -> list[str]:
    """One sentence for each payment of a finished file whose money is not accounted for: the first few, then their number."""
    faults: list[str] = []
    number = 0
    for payments in _pages():
        balances = payment_balances(payments)
        wrong = [(each, balances[each.pk]) for each in payments if each.pk in balances]
        wrong = [(payment, balance) for payment, balance in wrong if not balance.is_sound]
        number += len(wrong)
        faults += [_sentence(*each) for each in wrong[: FEW - len(faults)]]
    return [*faults, f"{number - len(faults)} more of this kind."] if number > len(faults) else faults


def _pages() -> Iterator[list[RemittancePayment]]:
    finished = RemittancePayment.objects.filter(file__state=RemittanceFile.State.POSTED).order_by("pk")
    after = 0
    while page := list(finished.filter(pk__gt=after)[:PAGE]):
        yield page
        after = page[-1].pk


def _sentence(payment: RemittancePayment, balance: PaymentBalance) -> str:
    return (
        f"Payment {payment.public_id} of {balance.amount}: deposited {balance.deposited}, posted {balance.posted}, "
        f"parked {balance.parked}, waiting {balance.waiting}. "
        "Open its page under Remittances: each claim, adjustment and exception must name the entry that moved its money."
    )
