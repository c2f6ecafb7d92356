"""Crashes, copies, two workers, and random payments: the books stay sound."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from importlib import import_module
from threading import Barrier, BrokenBarrierError
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.connectors.models import Transmission
from apps.core.logs import WordlessFormatter
from apps.ledger.models import Account, Entry
from apps.ledger.selectors import ledger_faults
from apps.remittances.models import RemittanceException, RemittanceFile, RemittancePayment, RemittedClaim
from apps.remittances.rules.entered import EnteredPayment
from apps.remittances.selectors.soundness import payment_faults
from apps.remittances.services import EobHead, HandEntryError, enter_eob, post_claims, post_file, post_remittances
from tests.factories.entered import entered
from tests.factories.ledger import account_totals
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
)

pytestmark = pytest.mark.django_db
ZERO = Decimal("0.00")
# The package gives the function the module's name.
post_remittances_module = import_module("apps.remittances.services.post_remittances")


class KilledError(Exception):
    """Stands for a process that dies."""


@pytest.mark.long
def test_a_file_that_was_cut_off_between_two_chunks_is_finished_and_nothing_posted_twice(
    now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    claims = [submitted_claim("10.00") for _ in range(5)]
    stored_file(payment(*(clp(claim) for claim in claims), payer=claims[0].payer))
    monkeypatch.setattr(post_claims, "CHUNK", 2)
    write, calls = post_claims.write_claims, iter(range(9))

    def dies(*args: object, **kwargs: object) -> object:
        if next(calls) == 1:
            raise KilledError
        return write(*args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(post_claims, "write_claims", dies)
    assert [type(failure) for failure in post_remittances(now=now).failures] == [KilledError]
    assert RemittedClaim.objects.count() == 2
    assert RemittanceFile.objects.get().state == "stored"
    posted = post_remittances(now=now)
    assert (posted.files, posted.claims) == (1, 5)
    assert list(RemittedClaim.objects.order_by("number").values_list("number", flat=True)) == [1, 2, 3, 4, 5]
    assert account_totals()[Account.DEPOSITS] == Decimal("50.00")
    assert (ledger_faults(), payment_faults()) == ([], [])


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[Any]]:
    """Runs the given works in threads of their own; what each gives or raises. Each waits, with its payment received, for the other."""
    both_received, go_on = Barrier(2), post_remittances_module.post_next_claims

    def waits(*args: Any, **kwargs: Any) -> Any:
        # A worker that is kept out never comes here, and the other goes on without it.
        with suppress(BrokenBarrierError):
            both_received.wait(timeout=1)
        return go_on(*args, **kwargs)

    monkeypatch.setattr(post_remittances_module, "post_next_claims", waits)

    def done(work: Callable[[], Any]) -> Any:
        try:
            return work()
        except HandEntryError as refusal:
            return refusal
        finally:
            connection.close()

    def run(*works: Callable[[], Any]) -> list[Any]:
        with ThreadPoolExecutor(2) as workers:
            return list(workers.map(done, works))

    return run


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("written", [("150.00", "150.00"), ("150.00", "150")])
def test_two_halves_of_a_payment_read_by_two_workers_at_once_are_one_deposit(
    written: tuple[str, str], now: datetime, at_once: Callable[..., list[Any]]
) -> None:
    """Also where they write its amount otherwise."""
    one, other = submitted_claim("100.00"), submitted_claim("50.00")
    files = []
    for claim, amount in zip((one, other), written, strict=True):
        payload = remittance_bytes(payment(clp(claim), payer=one.payer, trace="EFT1", amount="150.00"))
        files.append(stored_file(payload=payload.replace(b"BPR*I*150*", f"BPR*I*{amount}*".encode())).pk)
    at_once(*(partial(post_file, file, now=now) for file in files))
    first, second = RemittancePayment.objects.order_by("pk")
    assert (first.continues, second.continues) == (None, first)
    assert account_totals()[Account.DEPOSITS] == Decimal("150.00")
    assert account_totals()[Account.PAYER_CLEARING] == ZERO
    assert (ledger_faults(), payment_faults()) == ([], [])


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
def test_a_paper_entered_while_its_835_is_read_is_one_deposit(now: datetime, at_once: Callable[..., list[Any]]) -> None:
    """The person left the zeros out and mistook the day."""
    claim, clerk = submitted_claim("100.00"), UserFactory()
    file = stored_file(payment(clp(claim, svc(claim.lines.get(), "80.00")), payer=claim.payer, trace="00048217"))
    head = EobHead(payer=claim.payer, trace_number="48217", paid_on=date(2026, 9, 25))
    paper = EnteredPayment(Decimal("80.00"), (entered(claim, ("80.00", "CO-45 20.00")),))
    at_once(
        partial(post_file, file.pk, now=now),
        partial(enter_eob, head, paper, leave_rest=False, note="Binder 4", acting_user=clerk, now=now),
    )
    assert account_totals()[Account.DEPOSITS] == Decimal("80.00")
    assert RemittancePayment.objects.filter(duplicate_of=None).count() == 1
    assert not RemittanceException.objects.exists()
    assert (ledger_faults(), payment_faults()) == ([], [])


def test_a_file_that_fails_does_not_hold_up_the_next_and_the_log_says_where(
    now: datetime, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    one, other = submitted_claim("10.00"), submitted_claim("20.00")
    first = stored_file(payment(clp(one), payer=one.payer))
    stored_file(payment(clp(other), payer=other.payer))
    write = post_claims.write_claims

    def dies(paid: object, *args: object, **kwargs: object) -> object:
        if paid.file.transmission_id == first.pk:  # type: ignore[attr-defined]
            raise KilledError("Adelaide Fernsby")
        return write(paid, *args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(post_claims, "write_claims", dies)
    posted = post_remittances(now=now)
    assert (posted.files, posted.claims, [type(failure) for failure in posted.failures]) == (1, 1, [KilledError])
    logged = "\n".join(WordlessFormatter().format(record) for record in caplog.records)
    assert "in dies" in logged
    assert "Adelaide" not in logged
    assert Transmission.objects.get(pk=first.pk).state == "stored"
    assert list(RemittedClaim.objects.values_list("claim", flat=True)) == [other.pk]


@pytest.mark.django_db(transaction=True)
def test_the_worker_that_comes_second_walks_away(now: datetime) -> None:
    claim = submitted_claim("10.00")
    transmission = stored_file(payment(clp(claim), payer=claim.payer))
    file = RemittanceFile.objects.create(transmission=transmission, received_at=now)
    holder = connection.copy()
    try:
        with transaction.atomic():
            holder.set_autocommit(False)
            with holder.cursor() as cursor:
                cursor.execute("SELECT 1 FROM remittances_remittancefile WHERE id = %s FOR UPDATE", [file.pk])
            assert post_file(transmission.pk, now=now) is None
    finally:
        holder.rollback()
        holder.close()
    assert RemittedClaim.objects.count() == 0
    assert post_file(transmission.pk, now=now) is not None


@pytest.mark.long
def test_a_chunk_takes_as_many_queries_for_many_claims_as_for_few(now: datetime) -> None:
    def queries(number: int) -> int:
        claims = [submitted_claim("10.00", "5.00") for _ in range(number)]
        told = [clp(claim, *(svc(line, "1.00", ("CO-97", "2.00")) for line in claim.lines.all())) for claim in claims]
        stored_file(payment(*told, payer=claims[0].payer))
        with CaptureQueriesContext(connection) as captured:
            post_remittances(now=now)
        return len(captured)

    assert queries(2) == queries(30)


amounts = st.decimals(min_value=0, max_value=100, places=2)
lines = st.tuples(amounts, amounts, st.sampled_from(["CO-45", "PR-1", "PR-3", "CO-97", "OA-23", "CO-24", "PI-252"]))
answers = st.lists(
    st.tuples(lines, lines, st.sampled_from(["1", "2", "19", "4"]), st.booleans()), min_size=1, max_size=4
)
plbs = st.lists(st.tuples(st.sampled_from(["WO", "FB", "L6", "E3", "CT"]), amounts, st.booleans()), max_size=3)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(answers=answers, plbs=plbs)
def test_any_balanced_payment_posts_to_zero_and_leaves_clearing_at_rest(
    now: datetime, answers: list[tuple[tuple[Decimal, ...], ...]], plbs: list[tuple[str, Decimal, bool]]
) -> None:
    claims = []
    payer = None
    for first, second, status, undone in answers:
        ours = submitted_claim("100.00", "100.00")
        payer = payer or ours.payer
        told = [
            svc(line, str(min(paid, 100 - other)), (code, str(other)))  # type: ignore[type-var]
            for line, (paid, other, code) in zip(ours.lines.all(), (first, second), strict=True)
        ]
        answer = clp(ours, *told, status=str(status))
        claims += [answer, reversal_of(answer)] if undone else [answer]
    adjusted = [plb(reason, str(amount if up else -amount)) for reason, amount, up in plbs]
    stored_file(payment(*claims, payer=payer, plbs=adjusted))
    post_remittances(now=now)
    assert account_totals()[Account.PAYER_CLEARING] == ZERO
    assert (ledger_faults(), payment_faults()) == ([], [])
    assert not RemittanceException.objects.exclude(kind="contract_check").exists()
    before = Entry.objects.count()
    post_remittances(now=now)
    assert Entry.objects.count() == before
