"""Worked examples: what a payer says, and where the money is afterwards."""

from datetime import datetime
from decimal import Decimal

import pytest

from apps.claims.models import Adjudication, Claim
from apps.claims.states import ClaimStatus
from apps.ledger.models import Account, Entry
from apps.ledger.selectors import Receivable, claim_receivable, ledger_faults, receivable_by_charge
from apps.remittances.models import RemittanceException, RemittanceFile, RemittancePayment, RemittedClaim
from apps.remittances.selectors.soundness import payment_faults
from apps.remittances.services import post_remittances
from tests.factories.ledger import account_totals
from tests.factories.remittances import (
    adjustments,
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
ZERO = Decimal("0.00")


def receivable(claim: Claim) -> Receivable:
    return claim_receivable(line.charge_id for line in claim.lines.all())


def outcomes() -> list[str]:
    return list(RemittedClaim.objects.order_by("payment", "number").values_list("outcome", flat=True))


def post(*payments: object, now: datetime) -> None:
    """One file a call."""
    stored_file(*payments)  # type: ignore[arg-type]
    post_remittances(now=now)
    assert ledger_faults() == []
    assert payment_faults() == []


def test_a_paid_claim_leaves_the_patients_share_and_nothing_in_clearing(now: datetime) -> None:
    claim = submitted_claim("148.00")
    line = claim.lines.get()
    post(payment(clp(claim, svc(line, "80.00", ("PR-2", "20.00"))), payer=claim.payer), now=now)
    totals = account_totals()
    assert receivable(claim) == Receivable(ZERO, Decimal("20.00"))
    assert totals[Account.DEPOSITS] == Decimal("80.00")
    assert totals[Account.CONTRACTUAL] == Decimal("48.00")
    assert totals[Account.PAYER_CLEARING] == ZERO
    assert outcomes() == ["posted"]
    claim.refresh_from_db()
    assert claim.status == ClaimStatus.PAID


def test_the_payers_word_on_a_line_is_kept_with_its_classes(now: datetime) -> None:
    claim = submitted_claim("148.00")
    line = claim.lines.get()
    post(payment(clp(claim, svc(line, "80.00", ("PR-2", "20.00"))), payer=claim.payer), now=now)
    row = Adjudication.objects.get()
    assert (row.line, row.paid, row.allowed, row.cost_share) == (line, Decimal(80), Decimal(100), Decimal(20))
    assert (row.contractual, row.denied, row.is_denied) == (Decimal(48), ZERO, False)
    assert sorted(row.adjustments.values_list("group", "carc", "amount", "adjustment_class")) == [
        ("CO", "45", Decimal("48.00"), "contractual"),
        ("PR", "2", Decimal("20.00"), "cost_share"),
    ]


def test_a_denied_amount_stays_on_the_insurance_receivable(now: datetime) -> None:
    claim = submitted_claim("100.00", "60.00")
    first, second = claim.lines.all()
    post(payment(clp(claim, svc(first, "80.00"), svc(second, "0.00", ("CO-197", "60.00"))), payer=claim.payer), now=now)
    assert receivable(claim) == Receivable(Decimal("60.00"), ZERO)
    assert outcomes() == ["posted_with_denial"]
    assert Adjudication.objects.get(line=second).is_denied
    claim.refresh_from_db()
    assert (claim.status, claim.denied_on_first_remittance) == (ClaimStatus.PARTLY_DENIED, True)


def test_an_ordinary_denial_comes_as_status_1_with_nothing_paid(now: datetime) -> None:
    claim = submitted_claim("100.00")
    post(payment(clp(claim, svc(claim.lines.get(), "0.00", ("CO-16", "100.00"))), payer=claim.payer), now=now)
    row = RemittedClaim.objects.get()
    assert (row.outcome, row.entry) == ("posted_with_denial", None)
    claim.refresh_from_db()
    assert claim.status == ClaimStatus.DENIED


def test_all_to_the_deductible_is_no_denial(now: datetime) -> None:
    claim = submitted_claim("100.00")
    post(payment(clp(claim, svc(claim.lines.get(), "0.00", ("PR-1", "100.00"))), payer=claim.payer), now=now)
    assert outcomes() == ["posted"]
    assert receivable(claim) == Receivable(ZERO, Decimal("100.00"))


def test_a_patient_share_under_another_code_is_a_denial_first(now: datetime) -> None:
    claim = submitted_claim("100.00")
    post(payment(clp(claim, svc(claim.lines.get(), "0.00", ("PR-96", "100.00"))), payer=claim.payer), now=now)
    assert outcomes() == ["posted_with_denial"]
    assert receivable(claim) == Receivable(Decimal("100.00"), ZERO)


def test_the_same_file_again_posts_nothing(now: datetime) -> None:
    claim = submitted_claim()
    post(payment(clp(claim), payer=claim.payer), now=now)
    before = Entry.objects.count()
    again = post_remittances(now=now)
    assert (again.files, again.claims, Entry.objects.count()) == (0, 0, before)


def test_the_same_payment_in_another_file_is_a_duplicate_and_says_so(now: datetime) -> None:
    claim = submitted_claim()
    same = payment(clp(claim), payer=claim.payer)
    post(same, now=now)
    before = Entry.objects.count()
    post(same, now=now)
    first, second = RemittancePayment.objects.order_by("pk")
    assert (second.duplicate_of, Entry.objects.count()) == (first, before)
    assert outcomes() == ["posted", "duplicate"]
    assert RemittanceException.objects.count() == 0


def test_a_second_part_that_completes_the_payment_is_a_continuation(now: datetime) -> None:
    one, other = submitted_claim("100.00"), submitted_claim("50.00")
    post(payment(clp(one), payer=one.payer, trace="EFT1", amount="150.00"), now=now)
    assert RemittanceException.objects.get().amount == Decimal("50.00")
    post(payment(clp(other), payer=one.payer, trace="EFT1", amount="150.00"), now=now)
    first, second = RemittancePayment.objects.order_by("pk")
    assert (second.continues, second.deposit_entry) == (first, None)
    assert RemittanceException.objects.get().state == "settled"
    assert outcomes() == ["posted", "posted"]
    totals = account_totals()
    assert (totals[Account.DEPOSITS], totals[Account.PAYER_CLEARING]) == (Decimal("150.00"), ZERO)


def test_the_same_payment_with_other_claims_is_held_when_they_do_not_complete_it(now: datetime) -> None:
    one, other = submitted_claim("100.00"), submitted_claim("50.00")
    post(payment(clp(one), payer=one.payer, trace="EFT1", amount="100.00"), now=now)
    post(payment(clp(other), payer=one.payer, trace="EFT1", amount="100.00"), now=now)
    assert outcomes() == ["posted", "refused"]
    assert RemittanceException.objects.get().kind == "continuation"
    assert receivable(other).insurance == Decimal("50.00")


def test_trace_numbers_of_zero_payments_may_repeat(now: datetime) -> None:
    one, other = submitted_claim(), submitted_claim()
    for claim in (one, other):
        denied = clp(claim, svc(claim.lines.get(), "0.00", ("CO-29", "100.00")))
        post(payment(denied, payer=one.payer, trace="0", method="NON"), now=now)
    assert outcomes() == ["posted_with_denial", "posted_with_denial"]


def test_a_claim_that_does_not_balance_waits_with_its_money_in_clearing(now: datetime) -> None:
    claim = submitted_claim("100.00")
    broken = clp(claim, svc(claim.lines.get(), "80.00"), paid=Decimal("70.00"))
    post(payment(broken, payer=claim.payer), now=now)
    found = RemittanceException.objects.get()
    assert outcomes() == ["unbalanced"]
    assert (found.kind, found.amount) == ("unbalanced", Decimal("70.00"))
    assert found.sentence == "The claim does not balance: its parts give $80.00, it says $70.00."
    assert account_totals()[Account.PAYER_CLEARING] == Decimal("-70.00")
    assert receivable(claim).insurance == Decimal("100.00")
    assert found.work_item.url_name == "remittances:exception"


def test_a_payment_wrong_only_at_its_total_posts_its_claims_and_leaves_a_rest(now: datetime) -> None:
    claim = submitted_claim("100.00")
    post(payment(clp(claim), payer=claim.payer, amount="130.00"), now=now)
    assert outcomes() == ["posted"]
    found = RemittanceException.objects.get()
    assert (found.kind, found.amount) == ("clearing", Decimal("30.00"))
    assert account_totals()[Account.PAYER_CLEARING] == Decimal("-30.00")


def test_a_claim_of_nobody_here_waits_unmatched(now: datetime) -> None:
    claim = submitted_claim("100.00")
    post(payment(without_our_numbers(clp(claim), "ELSEWHERE1"), payer=claim.payer), now=now)
    assert outcomes() == ["unmatched"]
    assert RemittanceException.objects.get().amount == Decimal("100.00")


def test_a_claim_is_found_by_the_payers_number_when_ours_is_lost(now: datetime) -> None:
    claim = submitted_claim("100.00", payer_claim_number="ICN77")
    post(payment(without_our_numbers(clp(claim, payer_claim_number="ICN77")), payer=claim.payer), now=now)
    assert outcomes() == ["posted"]


def test_a_number_alone_does_not_make_a_match(now: datetime) -> None:
    claim = submitted_claim("100.00")
    post(payment(without_our_numbers(clp(submitted_claim("70.00")), claim.control_number), payer=claim.payer), now=now)
    assert outcomes() == ["unmatched"]


def test_a_reversal_undoes_the_first_posting_and_the_correction_posts_fresh(now: datetime) -> None:
    claim = submitted_claim("100.00")
    line = claim.lines.get()
    first = clp(claim, svc(line, "60.00"))
    post(payment(first, payer=claim.payer), now=now)
    corrected = clp(claim, svc(line, "75.00", ("PR-3", "10.00")))
    post(payment(reversal_of(first), corrected, payer=claim.payer), now=now)
    assert outcomes() == ["posted", "reversed", "posted"]
    assert receivable(claim) == Receivable(ZERO, Decimal("10.00"))
    assert account_totals()[Account.DEPOSITS] == Decimal("75.00")
    undone = RemittedClaim.objects.get(outcome="reversed")
    assert undone.entry.reverses == RemittedClaim.objects.order_by("pk").first().entry
    assert list(Adjudication.objects.order_by("pk").values_list("reversed", flat=True)) == [True, True, False]


def test_a_correction_may_come_before_its_reversal_and_be_marked_22_as_well(now: datetime) -> None:
    claim = submitted_claim("100.00")
    line = claim.lines.get()
    first = clp(claim, svc(line, "60.00"))
    post(payment(first, payer=claim.payer), now=now)
    post(payment(clp(claim, svc(line, "75.00", ("PR-3", "10.00")), status="22"), payer=claim.payer), now=now)
    post(payment(reversal_of(first), payer=claim.payer, amount="0.00", plbs=[plb("FB", "-60.00")]), now=now)
    assert outcomes() == ["posted", "posted", "reversed"]
    assert list(Adjudication.objects.order_by("pk").values_list("reversed", flat=True)) == [True, False, True]
    assert (account_totals()[Account.PAYER_CLEARING], account_totals()[Account.CONTRACTUAL]) == (ZERO, Decimal("15.00"))
    assert receivable(claim) == Receivable(ZERO, Decimal("10.00"))


def test_a_claim_that_is_answered_as_a_whole_leaves_no_cent_on_any_line(now: datetime) -> None:
    claim = submitted_claim("33.33", "33.33", "33.34")
    whole = clp(claim, charge=Decimal(100), paid=Decimal(50), adjustments=adjustments(("CO-45", "50.00")), lines=())
    post(payment(whole, payer=claim.payer), now=now)
    charges = [line.charge_id for line in claim.lines.all()]
    assert set(receivable_by_charge(charges).values()) == {Receivable(ZERO, ZERO)}


def test_what_is_adjusted_on_the_claim_beside_its_lines_leaves_no_cent_on_any_line(now: datetime) -> None:
    claim = submitted_claim("33.33", "33.33", "33.34")
    lines = [svc(line, str(line.amount)) for line in claim.lines.all()]
    codes = adjustments(("CO-45", "20.00"), ("CO-144", "0.01"), ("PR-2", "9.99"))
    post(payment(clp(claim, *lines, paid=Decimal(70), adjustments=codes), payer=claim.payer), now=now)
    standing = receivable_by_charge(line.charge_id for line in claim.lines.all()).values()
    assert {each.insurance for each in standing} == {ZERO}
    assert sum(each.patient for each in standing) == Decimal("9.99")


def test_a_denial_is_reversed_without_moving_money(now: datetime) -> None:
    claim = submitted_claim("100.00")
    line = claim.lines.get()
    denied = clp(claim, svc(line, "0.00", ("CO-16", "100.00")))
    post(payment(denied, payer=claim.payer), now=now)
    post(payment(reversal_of(denied), clp(claim, svc(line, "90.00")), payer=claim.payer), now=now)
    assert outcomes() == ["posted_with_denial", "reversed", "posted"]
    claim.refresh_from_db()
    assert claim.status == ClaimStatus.PAID


def test_a_reversal_of_what_was_never_posted_waits(now: datetime) -> None:
    claim = submitted_claim("100.00")
    post(payment(reversal_of(clp(claim)), payer=claim.payer, plbs=[plb("FB", "-100.00")]), now=now)
    assert outcomes() == ["refused"]
    assert RemittanceException.objects.get().kind == "reversal"


def test_the_secondary_payer_posts_only_what_is_new(now: datetime) -> None:
    claim = submitted_claim("500.00")
    line = claim.lines.get()
    post(payment(clp(claim, svc(line, "300.00", ("PR-2", "75.00")), status="19"), payer=claim.payer), now=now)
    claim.refresh_from_db()
    assert (claim.status, receivable(claim)) == (ClaimStatus.FORWARDED, Receivable(ZERO, Decimal("75.00")))
    post(payment(clp(claim, svc(line, "65.00", ("CO-45", "435.00")), status="2"), payer=claim.payer), now=now)
    assert receivable(claim).total == ZERO
    assert account_totals()[Account.CONTRACTUAL] == Decimal("135.00")


@pytest.mark.parametrize(
    ("reason", "amount", "account", "balance"),
    [
        ("WO", "40.00", Account.UNAPPLIED_CASH, "40.00"),
        ("WO", "-40.00", Account.UNAPPLIED_CASH, "-40.00"),
        ("FB", "-40.00", Account.UNAPPLIED_CASH, "-40.00"),
        ("72", "-40.00", Account.UNAPPLIED_CASH, "-40.00"),
        ("CS", "40.00", Account.UNAPPLIED_CASH, "40.00"),
        ("L6", "-1.23", Account.OTHER_ADJUSTMENT, "-1.23"),
        ("E3", "5.00", Account.OTHER_ADJUSTMENT, "5.00"),
        ("CT", "-900.00", Account.OTHER_ADJUSTMENT, "-900.00"),
        ("J1", "5.00", Account.OTHER_ADJUSTMENT, "5.00"),
    ],
)
def test_each_provider_adjustment_moves_its_part_of_clearing(
    now: datetime, reason: str, amount: str, account: Account, balance: str
) -> None:
    claim = submitted_claim("100.00")
    post(payment(clp(claim), payer=claim.payer, plbs=[plb(reason, amount, "REF1")]), now=now)
    assert account_totals()[account] == Decimal(balance)
    assert account_totals()[Account.PAYER_CLEARING] == ZERO


def test_a_payment_that_the_payer_takes_is_negative(now: datetime) -> None:
    claim = submitted_claim("100.00")
    first = clp(claim)
    post(payment(first, payer=claim.payer), now=now)
    taken = payment(reversal_of(first), payer=claim.payer, amount="100.00", credit=False)
    post(taken, now=now)
    assert RemittancePayment.objects.last().amount == Decimal("-100.00")
    assert (account_totals()[Account.DEPOSITS], account_totals()[Account.PAYER_CLEARING]) == (ZERO, ZERO)


@pytest.mark.parametrize("status", ["23", "25"])
def test_what_was_not_adjudicated_is_noted_only(now: datetime, status: str) -> None:
    claim = submitted_claim("100.00")
    told = clp(claim, svc(claim.lines.get(), "0.00", ("OA-101", "100.00")), status=status)
    post(payment(told, payer=claim.payer), now=now)
    claim.refresh_from_db()
    assert (outcomes(), claim.status) == (["informational"], ClaimStatus.SUBMITTED)
    assert RemittanceException.objects.count() == 0


def test_a_status_without_a_meaning_is_refused(now: datetime) -> None:
    claim = submitted_claim("100.00")
    post(payment(clp(claim, status="17"), payer=claim.payer), now=now)
    assert outcomes() == ["refused"]
    assert RemittanceException.objects.get().kind == "status"


def test_nothing_allowed_by_the_contract_alone_is_posted_and_checked(now: datetime) -> None:
    claim = submitted_claim("100.00")
    post(payment(clp(claim, svc(claim.lines.get())), payer=claim.payer), now=now)
    assert outcomes() == ["posted"]
    assert RemittanceException.objects.get().kind == "contract_check"


def test_several_payments_of_several_payers_in_one_file(now: datetime) -> None:
    one, other = submitted_claim("100.00"), submitted_claim("50.00")
    post(payment(clp(one), payer=one.payer), payment(clp(other), payer=other.payer), now=now)
    first, second = RemittancePayment.objects.order_by("number")
    assert [first.payer, second.payer] == [one.payer, other.payer]
    assert outcomes() == ["posted", "posted"]


def test_a_payer_that_the_directory_does_not_know_is_taken_from_the_claim(now: datetime) -> None:
    claim = submitted_claim("100.00")
    post(payment(clp(claim)), now=now)
    assert RemittancePayment.objects.get().payer is None
    assert Adjudication.objects.get().payer == claim.payer


def test_an_unknown_further_payer_waits_for_its_name(now: datetime) -> None:
    claim = submitted_claim("100.00")
    post(payment(clp(claim, status="2")), now=now)
    assert RemittanceException.objects.get().kind == "unknown_payer"


def test_lines_that_match_no_line_of_the_claim_are_not_spread(now: datetime) -> None:
    claim = submitted_claim("100.00")
    line = svc(claim.lines.get(), "100.00")
    stray = type(line)(procedure="99499", modifiers=(), charge=Decimal(30), paid=Decimal(30))
    post(payment(clp(claim, line, stray), payer=claim.payer), now=now)
    assert RemittanceException.objects.get().sentence == "1 of 2 service lines match no line of the claim."


def test_what_is_adjusted_on_the_whole_claim_is_spread_over_its_lines(now: datetime) -> None:
    claim = submitted_claim("100.00", "50.00")
    told = clp(claim, lines=(), charge=Decimal(150), paid=Decimal("90.00"))
    told = type(told)(
        **{f: getattr(told, f) for f in ("control_number", "status", "charge", "paid", "patient")},
        adjustments=svc(claim.lines.first(), "40.00").adjustments,
    )
    post(payment(told, payer=claim.payer), now=now)
    assert outcomes() == ["posted"]
    assert receivable(claim).total == ZERO


def test_a_file_of_another_version_is_refused_by_name(now: datetime) -> None:
    payload = remittance_bytes(payment(clp(submitted_claim()))).replace(b"005010X221A1", b"004010X091A1")
    stored_file(payload=payload)
    posted = post_remittances(now=now)
    file = RemittanceFile.objects.get()
    assert (posted.files, posted.refused, posted.exceptions) == (0, 1, 1)
    assert file.state == "refused"
    assert file.problem == "It holds a remittance (835 004010X091A1); remittances are read in version 005010X221A1."
    assert file.transmission.state == "failed"


def test_bytes_that_are_no_x12_are_one_exception(now: datetime) -> None:
    stored_file(payload=b"%PDF-1.7 a remittance advice, scanned")
    post_remittances(now=now)
    assert RemittanceException.objects.get().kind == "refused_file"
    assert post_remittances(now=now).refused == 0


def test_a_claim_with_an_unreadable_amount_waits_and_the_others_post(now: datetime) -> None:
    one, other = submitted_claim("100.00"), submitted_claim("57.31")
    payload = remittance_bytes(payment(clp(one), clp(other), payer=one.payer))
    stored_file(payload=payload.replace(b"57.31*57.31", b"57.31*5x.31", 1))
    post_remittances(now=now)
    assert outcomes() == ["posted", "refused"]
    kinds = sorted(RemittanceException.objects.values_list("kind", "amount"))
    assert kinds == [("clearing", Decimal("57.31")), ("unreadable", ZERO)]
    assert payment_faults() == []
