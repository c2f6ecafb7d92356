"""Whatever the order in which a visit's answers arrive, and however often: once all are there, the books are the same."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection, transaction
from django.db.models import Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.claims.models import Adjudication, Claim, ClaimLine
from apps.ledger.models import Account, Entry, Leg
from apps.ledger.selectors import Receivable, claim_receivable, insurance_by_payer, ledger_faults
from apps.practice.models import Payer
from apps.remittances.models import RemittanceException, RemittedClaim
from apps.remittances.selectors.soundness import payment_faults
from apps.remittances.services import post_remittances, settle_by_posting
from apps.x12.guides import x835
from tests.factories.ledger import account_totals, post_patient_money
from tests.factories.practice import PayerFactory, UserFactory
from tests.factories.remittances import (
    NOW,
    PAID_ON,
    clp,
    payment,
    plb,
    remittance_bytes,
    reversal_of,
    sent_again,
    stored_file,
    submitted_claim,
    svc,
    without_our_numbers,
)
from tests.orders import orders

pytestmark = [pytest.mark.django_db, pytest.mark.long]
SHARES = [Decimal(0), Decimal("0.2"), Decimal("0.6")]
CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Said:
    """One answer: for each line the part paid, a further part and its code. `days` after the first possible day. `lost`: it
    names the claim by the payer's number alone. `shared`: where nothing is paid, under a trace number that others bear too.
    """

    lines: tuple[tuple[Decimal, Decimal, str], ...]
    status: str
    days: int
    reversed_after: int | None
    together: bool
    lost: bool
    shared: bool = False
    frequency: str = "1"  # CLP09


def said(size: int, statuses: Sequence[str], frequencies: Sequence[str] = ("1",)) -> st.SearchStrategy[Said]:
    codes = st.sampled_from(["CO-45", "PR-1", "PR-2", "CO-97", "OA-23"])
    line = st.tuples(st.sampled_from(SHARES), st.sampled_from(SHARES[:2]), codes)
    return st.builds(
        Said,
        lines=st.tuples(*[line] * size),
        status=st.sampled_from(statuses),
        days=st.integers(0, 3),
        reversed_after=st.none() | st.integers(0, 2),
        together=st.booleans(),
        lost=st.sampled_from([False, False, True]),
        shared=st.booleans(),
        frequency=st.sampled_from(frequencies),
    )


@dataclass(frozen=True, slots=True)
class Visit:
    amounts: tuple[str, ...]
    first: tuple[Said, ...]
    further: tuple[Said, ...]
    is_corrected: bool = False


@st.composite
def visits(draw: st.DrawFn) -> Visit:
    amounts = tuple(draw(st.lists(st.sampled_from(["100.00", "60.00", "33.33"]), min_size=1, max_size=3)))
    size = len(amounts)
    is_corrected = draw(st.booleans())
    frequencies = ("1", "7") if is_corrected else ("1",)
    first = draw(st.lists(said(size, ["1", "19", "4", "22"], frequencies), min_size=1, max_size=3))
    alike = draw(st.lists(st.sampled_from(first), max_size=1))
    further = draw(st.lists(said(size, ["2", "21"]), max_size=2))
    return Visit(amounts, tuple(first + alike), tuple(further), is_corrected)


def files_of(visit: Visit, claim: Claim, further_payer: Payer) -> list[bytes]:
    """A file for each answer; its reversal in one of its own, or in the file of the answer that comes after."""
    files: list[bytes] = []
    for payer, answers in ((claim.payer, visit.first), (further_payer, visit.further)):
        waiting: list[x835.RemittedClaim] = []
        for each in answers:
            answer = clp(claim, *lines_of(each, claim), status=each.status, frequency=each.frequency)
            answer = without_our_numbers(answer) if each.lost else answer
            files.append(_file(payer, each.days, *waiting, answer, shared=each.shared))
            waiting = []
            if each.reversed_after is not None and each.together:
                waiting = [reversal_of(answer)]
            elif each.reversed_after is not None:
                later = each.days + each.reversed_after
                files.append(_file(payer, later, reversal_of(answer), shared=each.shared))
        if waiting:
            files.append(_file(payer, 6, *waiting))
    return files


def lines_of(each: Said, claim: Claim) -> Iterable[x835.ServiceLine]:
    for line, (paid, part, code) in zip(claim.lines.all(), each.lines, strict=True):
        shares = [(line.amount * share).quantize(CENT) for share in (paid, part)]
        yield svc(line, str(shares[0]), (code, str(shares[1])))


def _file(payer: Payer, days: int, *claims: x835.RemittedClaim, shared: bool = False) -> bytes:
    """What a payment would take is deferred by a PLB, as payers do."""
    paid = sum((claim.paid for claim in claims), Decimal())
    deferred = [plb("FB", str(paid))] if paid < 0 else []
    trace = "0" if shared and paid <= 0 else ""
    paid_on = PAID_ON + timedelta(days=days)
    return remittance_bytes(payment(*claims, payer=payer, plbs=deferred, payment_date=paid_on, trace=trace))


@dataclass(frozen=True, slots=True)
class End:
    """All that must not depend on the order: balances, what waits, what stands of the payers' words, the claims' states."""

    balances: frozenset[tuple[object, ...]]
    waiting: frozenset[tuple[object, ...]]
    words: frozenset[tuple[object, ...]]
    states: frozenset[tuple[object, ...]]


def delivered(steps: Iterable[bytes | Callable[[], None]]) -> End:
    """What the books say once all files have come and all that people do was done; the database is left as it was."""
    with transaction.atomic():
        for number, step in enumerate(steps):
            if isinstance(step, bytes):
                stored_file(payload=step, name=f"{number}.835")
                assert post_remittances(now=NOW).failures == ()
            else:
                step()
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        assert (ledger_faults(), payment_faults()) == ([], [])
        end = _end()
        transaction.set_rollback(True)
    return end


def _end() -> End:
    legs = Leg.objects.values_list("charge", "payer", "account").annotate(total=Sum("amount")).order_by()
    waiting = RemittanceException.objects.filter(state="open").values_list(
        "kind", "amount", "payment__trace_number", "remitted_claim__number", "work_item__state"
    )
    words = Adjudication.objects.filter(reversed=False).values_list(
        "claim", "line", "payer", "claim_status_code", "remitted_on", "paid", "contractual", "cost_share", "denied"
    )
    return End(
        frozenset(row for row in legs if row[-1]),
        frozenset(waiting),
        frozenset(words),
        frozenset(Claim.objects.values_list("pk", "status")),
    )


@settings(
    max_examples=settings.default.max_examples // 4,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(visit=visits(), data=st.data())
def test_answers_in_any_order_and_any_number_of_times_end_in_the_same_books(visit: Visit, data: st.DataObject) -> None:
    with transaction.atomic():
        claim = submitted_claim(*visit.amounts)
        if visit.is_corrected:
            sent_again(claim, "7")
        files = files_of(visit, claim, PayerFactory())
        ends = []
        for _ in range(2):
            # The same payments in a file that is not the same bytes.
            repeated = [payload + b"\n" for payload in data.draw(st.lists(st.sampled_from(files), max_size=2))]
            ends.append(delivered(data.draw(st.permutations(files + repeated))))
        assert ends[0] == ends[1]
        transaction.set_rollback(True)


def books(claim: Claim) -> dict[tuple[str, object], Decimal]:
    """What stands on the claim's charges, by account and payer."""
    legs = Leg.objects.filter(charge__in=[line.charge_id for line in claim.lines.all()])
    found = legs.values_list("account", "payer").annotate(total=Sum("amount")).order_by()
    return {(account, payer): total for account, payer, total in found if total}


def post(*payloads: bytes) -> None:
    for payload in payloads:
        stored_file(payload=payload)
    assert post_remittances(now=NOW).failures == ()
    assert (ledger_faults(), payment_faults()) == ([], [])


@pytest.mark.parametrize("order", orders(range(2)))
def test_the_domains_secondary_example_ends_at_zero_in_both_orders(order: Sequence[int]) -> None:
    claim, medicaid = submitted_claim("500.00"), PayerFactory()
    line = claim.lines.get()
    files = [
        _file(claim.payer, 0, clp(claim, svc(line, "300.00", ("PR-2", "75.00"), ("CO-45", "125.00")))),
        _file(medicaid, 1, clp(claim, svc(line, "65.00", ("CO-45", "435.00")), status="2")),
    ]
    post(*(files[number] for number in order))
    standing = {key: amount for key, amount in books(claim).items() if "receivable" in key[0]}
    assert standing.pop(("patient_receivable", claim.payer_id)) == Decimal("75.00")
    assert standing == {("patient_receivable", medicaid.pk): Decimal("-75.00")}
    assert books(claim)["contractual", medicaid.pk] == Decimal("10.00")
    assert insurance_by_payer([line.charge_id]) == {}


@pytest.mark.parametrize("order", orders(range(2)))
def test_what_a_first_payer_left_open_and_a_second_pays_is_owed_by_neither(order: Sequence[int]) -> None:
    claim, second = submitted_claim("100.00"), PayerFactory()
    line = claim.lines.get()
    files = [
        _file(claim.payer, 0, clp(claim, svc(line, "60.00", ("CO-22", "40.00")))),
        _file(second, 1, clp(claim, svc(line, "40.00", ("OA-23", "60.00")), status="2")),
    ]
    post(*(files[number] for number in order))
    assert insurance_by_payer([line.charge_id]) == {}


def test_what_a_second_payer_pays_too_much_is_its_own_credit() -> None:
    claim, second = submitted_claim("100.00"), PayerFactory()
    line = claim.lines.get()
    post(
        _file(claim.payer, 0, clp(claim, svc(line, "60.00", ("CO-22", "40.00")))),
        _file(second, 1, clp(claim, svc(line, "55.00", ("OA-23", "45.00")), status="2")),
    )
    assert insurance_by_payer([line.charge_id]) == {second.pk: Decimal("-15.00")}


@pytest.mark.parametrize("order", orders(range(3)))
def test_a_reversal_takes_back_the_answer_whose_every_code_it_names(order: Sequence[int]) -> None:
    claim = submitted_claim("100.00")
    line = claim.lines.get()
    reduced, shared = clp(claim, svc(line, "80.00")), clp(claim, svc(line, "80.00", ("PR-2", "20.00")))
    files = [_file(claim.payer, 0, shared), _file(claim.payer, 1, reduced), _file(claim.payer, 2, reversal_of(reduced))]
    post(*(files[number] for number in order))
    assert books(claim)["patient_receivable", claim.payer_id] == Decimal("20.00")
    undone = RemittedClaim.objects.get(outcome="reversed").reverses
    assert undone.payment.paid_on == PAID_ON + timedelta(days=1)
    assert not RemittanceException.objects.filter(state="open").exists()


def test_a_reversal_that_was_thought_to_mean_another_answer_waits_again() -> None:
    """By its amounts alone the first could be meant; then comes a reversal that names it whole."""
    claim = submitted_claim("100.00")
    line = claim.lines.get()
    answer = clp(claim, svc(line, "80.00"))
    alike = clp(claim, svc(line, "80.00", ("PR-2", "20.00")))
    post(_file(claim.payer, 0, answer), _file(claim.payer, 1, reversal_of(alike)))
    assert Claim.objects.get().status == "reversed"
    post(_file(claim.payer, 2, reversal_of(answer)))
    waits = RemittanceException.objects.get(state="open")
    assert (waits.kind, waits.amount, waits.work_item.state) == ("reversal", Decimal("-80.00"), "open")
    assert waits.remitted_claim.outcome == "refused"
    post(_file(claim.payer, 0, alike))
    waits.refresh_from_db()
    assert (waits.state, waits.remitted_claim.outcome) == ("settled", "reversed")
    assert books(claim)["insurance_receivable", claim.payer_id] == Decimal("100.00")


def test_what_a_patient_paid_stays_where_it_was_paid_when_answers_are_posted_again() -> None:
    claim, second = submitted_claim("100.00"), PayerFactory()
    line = claim.lines.get()
    late = clp(claim, svc(line, "15.00", ("OA-23", "85.00")), status="2")
    first, corrected = (clp(claim, svc(line, paid, ("PR-2", "20.00"))) for paid in ("70.00", "80.00"))
    post(_file(claim.payer, 0, first), _file(second, 1, late))
    post_patient_money(line.charge, "5.00", now=NOW)
    kept = RemittedClaim.objects.get(status_code="2").entry
    post(_file(claim.payer, 2, reversal_of(first), corrected))
    assert claim_receivable([line.charge_id]) == Receivable(Decimal("0.00"), Decimal("0.00"))
    assert RemittedClaim.objects.get(status_code="2").entry == kept


def test_a_secondary_claims_payer_comes_after_the_first_though_it_calls_itself_primary() -> None:
    claim, second = submitted_claim("100.00"), PayerFactory()
    other = Claim.objects.get(pk=claim.pk)
    other.pk, other.public_id, other.control_number = None, "0" * 16, "SECONDARY"
    other.payer, other.payer_rank = second, 2
    other.save()
    line = claim.lines.get()
    ClaimLine.objects.create(
        claim=other, charge=line.charge, number=1, control_number="S1", procedure=line.procedure, units=1, amount=100
    )
    post(_file(second, 0, clp(other, svc(other.lines.get(), "15.00", ("OA-23", "85.00")))))
    post(_file(claim.payer, 1, clp(claim, svc(line, "70.00", ("PR-2", "20.00")))))
    assert claim_receivable([line.charge_id]) == Receivable(Decimal("0.00"), Decimal("5.00"))


@pytest.mark.parametrize("order", orders(range(3)))
def test_a_payment_in_three_parts_is_whole_in_whatever_order_they_come(order: Sequence[int]) -> None:
    claims = [submitted_claim(amount) for amount in ("50.00", "60.00", "40.00")]
    payer = claims[0].payer
    plbs: list[list[x835.ProviderAdjustment]] = [[], [plb("L6", "-1.00")], []]
    parts = [
        remittance_bytes(payment(clp(claim), payer=payer, trace="EFT9", amount="151.00", plbs=own))
        for claim, own in zip(claims, plbs, strict=True)
    ]
    post(*(parts[number] for number in order), parts[0] + b"\n")
    assert not RemittanceException.objects.filter(state="open").exists()
    assert sorted(RemittedClaim.objects.values_list("outcome", flat=True)) == ["duplicate", *["posted"] * 3]
    totals = account_totals()
    assert (totals[Account.DEPOSITS], totals[Account.PAYER_CLEARING]) == (Decimal("151.00"), Decimal("0.00"))


def test_the_same_payment_through_another_clearinghouse_is_a_duplicate_though_the_payer_bears_another_id() -> None:
    claim, other = submitted_claim("100.00"), submitted_claim("50.00")
    claim.payer.remittance_ids = "HERE THERE"
    claim.payer.save()
    told = [clp(claim), clp(other)]
    post(remittance_bytes(payment(*told, payer=claim.payer, trace="EFT9", payer_identifier="HERE")))
    before = Entry.objects.count()
    post(remittance_bytes(payment(*reversed(told), payer=claim.payer, trace="EFT9", payer_identifier="THERE")))
    assert Entry.objects.count() == before
    assert set(RemittedClaim.objects.filter(payment__payer_identifier="THERE").values_list("outcome", flat=True)) == {
        "duplicate"
    }


def test_the_payers_number_of_a_claim_is_that_of_its_newest_standing_answer() -> None:
    claim, second = submitted_claim("100.00"), PayerFactory()
    line = claim.lines.get()
    first, corrected = (
        clp(claim, svc(line, paid), payer_claim_number=number)
        for paid, number in (("70.00", "ICN1"), ("80.00", "ICN2"))
    )

    def number_after(*payloads: bytes) -> str:
        post(*payloads)
        claim.refresh_from_db()
        return claim.payer_claim_number

    assert number_after(_file(claim.payer, 2, corrected)) == "ICN2"
    assert number_after(_file(claim.payer, 0, first)) == "ICN2"
    other = clp(claim, svc(line, "5.00", ("OA-23", "95.00")), status="2", payer_claim_number="OTHER")
    assert number_after(_file(second, 3, other)) == "ICN2"
    assert number_after(_file(claim.payer, 4, reversal_of(corrected))) == "ICN1"


def test_an_older_number_of_the_payer_finds_the_claim_and_so_does_a_lines_number() -> None:
    claim = submitted_claim("100.00")
    line = claim.lines.get()
    first, corrected = (
        clp(claim, svc(line, paid), payer_claim_number=number)
        for paid, number in (("70.00", "ICN1"), ("80.00", "ICN2"))
    )
    post(_file(claim.payer, 0, first), _file(claim.payer, 1, corrected))
    post(_file(claim.payer, 2, without_our_numbers(reversal_of(first))))
    assert RemittedClaim.objects.get(outcome="reversed").reverses.payer_claim_number == "ICN1"
    by_line = clp(claim, svc(line, "90.00"), control_number="0", payer_claim_number="")
    post(_file(claim.payer, 3, by_line))
    assert RemittedClaim.objects.latest("pk").claim == claim


def test_a_claim_named_by_the_payers_number_alone_is_found_once_that_is_known() -> None:
    claim = submitted_claim("100.00")
    answer = clp(claim, svc(claim.lines.get(), "80.00"))
    post(_file(claim.payer, 1, without_our_numbers(reversal_of(answer))))
    waits = RemittanceException.objects.get(state="open")
    assert waits.kind == "unmatched"
    post(_file(claim.payer, 0, clp(claim, svc(claim.lines.get(), "60.00"))))
    waits.refresh_from_db()
    assert (waits.kind, waits.state, waits.work_item.state) == ("reversal", "open", "open")
    post(_file(claim.payer, 0, answer))
    assert not RemittanceException.objects.filter(state="open").exists()
    assert claim_receivable([claim.lines.get().charge_id]) == Receivable(Decimal("0.00"), Decimal("0.00"))


def test_what_a_person_posts_may_still_ask_for_a_look_at_the_contract() -> None:
    claim = submitted_claim("100.00")
    lost = without_our_numbers(clp(claim, svc(claim.lines.get())))
    post(_file(claim.payer, 0, lost))
    waits = RemittanceException.objects.get()
    told = {"note": "Typed wrong", "acting_user": UserFactory(), "now": NOW}
    settle_by_posting(exception_id=waits.public_id, claim_id=claim.public_id, **told)
    waits.refresh_from_db()
    assert (waits.kind, waits.state, waits.remitted_claim.outcome) == ("contract_check", "open", "posted")
    assert payment_faults() == []
