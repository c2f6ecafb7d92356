"""Which payments the bank must show: those of which cash was debited, from the first statement on."""

from datetime import date, timedelta

from django.db.models import Min

from apps.remittances.models import BankLine, ExpectedDeposit, RemittancePayment

# What was paid shortly before the first statement may stand on it: it is looked for, and not missed.
BEFORE = timedelta(days=30)
STATES = ExpectedDeposit.State


def first_statement_day() -> date | None:
    """The day of the oldest credit that we have; None before the first file."""
    found: date | None = BankLine.objects.aggregate(first=Min("booked_on"))["first"]
    return found


def expect_deposits(first: date) -> None:
    """Payments without a row get one; those before `first` are missed too once an older statement has come.

    A second part of a payment has no cash of its own.
    """
    ExpectedDeposit.objects.filter(state=STATES.EARLIER, paid_on__gte=first).update(state=STATES.OPEN)
    missing = RemittancePayment.objects.filter(
        expected_deposit=None,
        undone_by_hand=None,
        deposit_entry__isnull=False,
        amount__gt=0,
        paid_on__gte=first - BEFORE,
    )
    ExpectedDeposit.objects.bulk_create(
        (
            ExpectedDeposit(payment_id=key, amount=amount, paid_on=paid_on, state=waiting_state(paid_on, first))
            for key, amount, paid_on in missing.order_by("pk").values_list("pk", "amount", "paid_on")
        ),
        batch_size=1000,
        ignore_conflicts=True,
    )


def waiting_state(paid_on: date, first: date | None) -> str:
    return STATES.EARLIER if first is None or paid_on < first else STATES.OPEN
