"""What is kept of each charge line and visit is what their legs come to, whatever is posted and undone."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.intake.models import Charge
from apps.ledger.models import Account, ChargeBalance, Entry, VisitBalance
from apps.ledger.selectors import ledger_faults
from apps.ledger.services import NewEntry, NewLeg, post_entries, reverse_entries
from apps.reports.metrics import ar_days, open_added_up
from tests.factories.intake import EncounterFactory
from tests.factories.ledger import post_as_billed

pytestmark = pytest.mark.django_db
D = Decimal
TODAY = date(2026, 9, 16)
MOVES = [
    (Account.PAYER_CLEARING, Account.INSURANCE_RECEIVABLE),
    (Account.CONTRACTUAL, Account.INSURANCE_RECEIVABLE),
    (Account.PATIENT_RECEIVABLE, Account.INSURANCE_RECEIVABLE),
    (Account.INSURANCE_RECEIVABLE, Account.PATIENT_RECEIVABLE),
    (Account.DEPOSITS, Account.PATIENT_RECEIVABLE),
    (Account.WRITE_OFF, Account.PATIENT_RECEIVABLE),
    (Account.WRITE_OFF, Account.INSURANCE_RECEIVABLE),
    (Account.OTHER_ADJUSTMENT, Account.INSURANCE_RECEIVABLE),
    (Account.PATIENT_RECEIVABLE, Account.REFUNDS),
]


@dataclass(frozen=True, slots=True)
class Move:
    """One entry over some of the charge lines; `undone` by a later one. `together` with the entries that follow it."""

    accounts: tuple[Account, Account]
    lines: tuple[tuple[int, Decimal], ...]
    undone: bool


def moves() -> st.SearchStrategy[Move]:
    cents = st.sampled_from([D("0.01"), D("33.33"), D("60.00"), D("120.00")])
    lines = st.lists(st.tuples(st.integers(0, 3), cents), min_size=1, max_size=3, unique_by=lambda line: line[0])
    return st.builds(Move, st.sampled_from(MOVES), lines.map(tuple), st.booleans())


def charges(now: datetime) -> list[Charge]:
    """Two visits with a payer, one without, and one that is not billed yet."""
    two = EncounterFactory(charges__size=2, arrived_at=now, service_date=date(2026, 9, 1))
    self_pay = EncounterFactory(coverage=None, arrived_at=now, service_date=date(2026, 6, 1))
    waits = EncounterFactory(arrived_at=now, service_date=date(2026, 9, 10))
    return [*two.charges.order_by("number"), self_pay.charges.get(), waits.charges.get()]


def written(move: Move, key: str, lines: list[Charge]) -> NewEntry:
    debit, credit = move.accounts
    legs = [
        NewLeg(account, amount, lines[at].encounter.patient_id, lines[at].pk)
        for at, cents in move.lines
        for account, amount in ((debit, cents), (credit, -cents))
    ]
    return NewEntry(Entry.Kind.ADJUSTMENT, key, TODAY, tuple(legs))


@pytest.mark.property
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(batches=st.lists(st.lists(moves(), min_size=1, max_size=4), max_size=3))
def test_kept_balances_and_the_figures_from_them_equal_the_sums_of_legs(
    now: datetime, batches: list[list[Move]]
) -> None:
    with transaction.atomic():
        lines = charges(now)
        post_as_billed(*lines[:3], now=now)
        for number, batch in enumerate(batches):
            keyed = {f"{number}:{at}": move for at, move in enumerate(batch)}
            post_entries([written(move, key, lines[:3] * 2) for key, move in keyed.items()], now=now)
            undone = [key for key, move in keyed.items() if move.undone]
            reverse_entries(keys=undone, posted_on=TODAY, now=now)
        assert ledger_faults() == []
        assert ar_days.measure(TODAY) == ar_days.measure(TODAY, open_added_up)
        added_up = {charge.pk: charge.open_amount for charge in open_added_up.rows(TODAY)}  # type: ignore[attr-defined]
        assert {charge.pk: charge.open_amount for charge in ar_days.rows(TODAY)} == added_up  # type: ignore[attr-defined]
        assert ar_days.count(TODAY) == len(added_up)
        transaction.set_rollback(True)


def test_a_posting_keeps_the_balances_of_all_its_lines_at_once(
    now: datetime, django_assert_num_queries: Callable[..., object]
) -> None:
    visits = [EncounterFactory(charges__size=2) for _ in range(3)]
    lines = [charge for visit in visits for charge in visit.charges.all()]
    with django_assert_num_queries(4):  # type: ignore[attr-defined]  # a savepoint and its end, the entries, the legs
        post_as_billed(*lines, now=now)
    assert ChargeBalance.objects.count() == 6
    assert dict(VisitBalance.objects.values_list("encounter", "insurance_receivable")) == {
        visit.pk: sum(charge.amount for charge in visit.charges.all()) for visit in visits
    }


def test_check_ledger_tells_a_kept_balance_that_is_not_its_legs_and_a_rebuild_mends_it(now: datetime) -> None:
    right, wrong, lost = (EncounterFactory(charges__amount=D("120.00")).charges.get() for _ in range(3))
    post_as_billed(right, wrong, lost, now=now)
    ChargeBalance.objects.filter(charge=wrong).update(insurance_receivable=D("20.00"))
    VisitBalance.objects.filter(encounter=lost.encounter).delete()
    accounts = "(payers, patient, charged, contractual, other, written off)"
    zeros = ", 0.00" * 3
    assert [sentence.partition(". ")[0] for sentence in ledger_faults()] == [
        f"Charge line {wrong.pk} is kept as 20.00, 0.00, -120.00{zeros} {accounts}; its legs come to 120.00, 0, -120.00, 0, 0, 0",
        f"Visit {lost.encounter_id} is kept as owing nothing (payers, patient); its charge lines come to 120.00, 0",
    ]
    said = StringIO()
    call_command("rebuild_balances", stdout=said)
    assert said.getvalue() == "The balances of 3 charge lines are what their legs come to.\n"
    assert ledger_faults() == []


def test_a_charge_that_was_taken_back_counts_as_charged_and_one_never_posted_has_no_balance(now: datetime) -> None:
    billed, waits = (EncounterFactory(charges__amount=D("120.00")).charges.get() for _ in range(2))
    post_as_billed(billed, now=now)
    reverse_entries(keys=[f"charge:{billed.pk}"], posted_on=TODAY, now=now)
    balance = ChargeBalance.objects.get()
    assert (balance.charge_id, balance.revenue, balance.insurance_receivable) == (billed.pk, D("0.00"), D("0.00"))
    assert not ChargeBalance.objects.filter(charge=waits).exists()


def test_the_figure_of_a_past_day_is_added_up_from_the_legs_of_then(now: datetime) -> None:
    charge = EncounterFactory(charges__amount=D("120.00"), arrived_at=now, service_date=date(2026, 9, 1)).charges.get()
    post_as_billed(charge, now=now)
    later = (
        NewLeg(Account.WRITE_OFF, D("20.00"), charge_id=charge.pk),
        NewLeg(Account.INSURANCE_RECEIVABLE, D("-20.00"), charge_id=charge.pk),
    )
    post_entries([NewEntry(Entry.Kind.ADJUSTMENT, "off", date(2026, 9, 20), later)], now=now)
    assert [ar_days.measure(date(2026, 9, day)).numerator for day in (16, 20)] == [D("120.00"), D("100.00")]
