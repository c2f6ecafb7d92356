"""Payments against the bank: what the services keep, and what work they open."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from apps.audit.models import AuditEvent
from apps.core.models import User
from apps.ledger.models import Entry
from apps.remittances.models import BankLine, DepositMatch, ExpectedDeposit, SetAsideRule
from apps.remittances.selectors.deposit_soundness import deposit_faults
from apps.remittances.services import (
    DepositError,
    add_rule,
    confirm_proposal,
    end_rule,
    match_by_hand,
    post_remittances,
    reconcile_deposits,
    set_line_aside,
    set_payment_aside,
    take_line_back,
    take_payment_back,
    undo_match,
)
from apps.worklist.models import WorkItem
from tests.factories.deposits import bank_row, banked, expected_of, posted_payment
from tests.factories.practice import UserFactory
from tests.factories.remittances import clp, payment, stored_file, submitted_claim, svc

pytestmark = pytest.mark.django_db
FRIDAY = date(2026, 9, 25)


@pytest.fixture
def user() -> User:
    found: User = UserFactory()
    return found


def open_work() -> list[tuple[str, Decimal | None]]:
    items = WorkItem.objects.filter(state="open", kind__in=["paid_no_835", "payment_not_received"])
    return list(items.order_by("pk").values_list("title", "amount_at_stake"))


def days_on(now: datetime, days: int) -> datetime:
    return now + timedelta(days=days)


def test_a_payment_is_found_by_its_trace_number_and_no_entry_is_made(now: datetime) -> None:
    paid = posted_payment("EFT42")
    entries = Entry.objects.count()
    banked(bank_row("LONE PRAIRIE HCCLAIMPMT TRN*1*EFT42*1999999999~"))
    match = DepositMatch.objects.get()
    assert (match.how, match.state, match.amount) == ("trace", "standing", Decimal("100.00"))
    assert BankLine.objects.get().state == "matched"
    assert expected_of(paid).state == "received"
    assert Entry.objects.count() == entries
    assert reconcile_deposits(now=now).matched == 0
    assert DepositMatch.objects.count() == 1


def test_before_the_first_bank_file_nothing_is_missed(now: datetime) -> None:
    posted_payment("EFT42")
    assert reconcile_deposits(now=days_on(now, 90)).opened == 0
    assert not ExpectedDeposit.objects.exists()


def test_a_payment_before_the_first_statement_is_looked_for_and_not_missed(now: datetime) -> None:
    early = posted_payment("CHK1042", on=date(2026, 9, 10))
    banked(bank_row("STRIPE", on=FRIDAY))
    assert expected_of(early).state == "earlier"
    assert "Find a payment" not in str(open_work())
    banked(bank_row("STRIPE", "5.00", on=date(2026, 9, 1)))
    assert expected_of(early).state == "open"
    assert "Find a payment in the bank" in str(open_work())


def october(day: int) -> datetime:
    return datetime(2026, 10, day, 15, tzinfo=UTC)


@pytest.mark.long
def test_a_payment_that_the_bank_does_not_show_is_work_after_seven_bank_days(user: User, now: datetime) -> None:
    posted_payment("EFT42", on=FRIDAY)
    banked(bank_row("STRIPE", "1.00", on=FRIDAY))
    add_rule(text="Stripe", reason="card", acting_user=user, now=now)
    banked(bank_row("STRIPE", "2.00"), now=october(5))
    assert open_work() == []
    banked(bank_row("STRIPE", "3.00"), now=october(6))
    ((title, amount),) = open_work()
    assert title.startswith("Find a payment in the bank: ")
    assert title.endswith(", EFT42")
    assert amount == Decimal("100.00")
    assert reconcile_deposits(now=october(7)).opened == 0
    banked(bank_row("EFT42", on=date(2026, 10, 2)), now=october(8))
    assert open_work() == []


@pytest.mark.long
def test_where_no_file_comes_the_file_is_missed_once_and_not_each_payment(now: datetime) -> None:
    for trace in ("EFT42", "EFT43"):
        posted_payment(trace)
    banked(bank_row("EFT42"))
    assert reconcile_deposits(now=october(8)).opened == 0
    assert reconcile_deposits(now=october(9)).opened == 1
    assert reconcile_deposits(now=october(30)).opened == 0
    assert WorkItem.objects.get(state="open").title == "Bring the bank's file: payments wait to be found in it"
    banked(bank_row("EFT43"), now=october(30))
    assert not WorkItem.objects.filter(state="open").exists()


@pytest.mark.parametrize(
    ("text", "days", "title"),
    [
        ("ACME HCCLAIMPMT", 2, "Paid, no 835: find the remittance of Sep 30"),
        ("REMOTE DEPOSIT", 6, "Explain the bank credit of Sep 30"),
    ],
)
def test_paid_no_835_is_work_after_three_bank_days_a_check_after_five(
    text: str, days: int, title: str, now: datetime
) -> None:
    """Sep 30 is a Wednesday: two days on is the second bank day, six days on the fourth."""
    banked(bank_row(text, on=date(2026, 9, 30)))
    assert reconcile_deposits(now=days_on(now, days)).opened == 0
    assert reconcile_deposits(now=days_on(now, days + 3 if days == 2 else days + 1)).opened == 1
    assert open_work() == [(title, Decimal("100.00"))]


@pytest.mark.long
def test_the_work_ends_by_itself_when_the_835_comes(now: datetime) -> None:
    banked(bank_row("HCCLAIMPMT TRN*1*EFT42*1999999999~", on=FRIDAY))
    reconcile_deposits(now=now)
    assert len(open_work()) == 1
    posted_payment("EFT42", on=FRIDAY)
    assert reconcile_deposits(now=now).withdrawn == 1
    item = WorkItem.objects.get(kind="paid_no_835")
    assert (item.state, item.closed_by) == ("withdrawn", None)


@pytest.mark.long
def test_one_credit_covers_several_payments_and_several_credits_one(now: datetime) -> None:
    for trace in ("EFT42", "EFT43"):
        posted_payment(trace)
    whole = posted_payment("EFT44", "90.00")
    banked(bank_row("EFT42 EFT43", "200.00"), bank_row("EFT44 1/2", "50.00"), bank_row("EFT44 2/2", "40.00"))
    assert set(BankLine.objects.values_list("state", flat=True)) == {"matched"}
    assert expected_of(whole).matches.count() == 2
    assert set(DepositMatch.objects.values_list("how", flat=True)) == {"together"}


@pytest.mark.long
def test_a_likeness_is_proposed_and_stands_once_a_person_says_so(user: User, now: datetime) -> None:
    paid = posted_payment("EFT42")
    banked(bank_row(f"ACH {paid.payer_identifier}"))
    proposal = DepositMatch.objects.get()
    assert (proposal.state, proposal.how, BankLine.objects.get().state) == ("proposed", "likeness", "open")
    reconcile_deposits(now=days_on(now, 6))
    assert open_work() == [("Confirm the payment in a bank credit of Sep 29", Decimal("100.00"))]
    assert DepositMatch.objects.get() == proposal
    confirm_proposal(match_id=proposal.public_id, acting_user=user, now=now)
    match = DepositMatch.objects.get()
    assert (match.state, match.made_by, BankLine.objects.get().state) == ("standing", user, "matched")
    assert AuditEvent.objects.get(action="confirm_deposit_match").detail == {"payments": [expected_of(paid).public_id]}
    with pytest.raises(DepositError, match="does not stand any more"):
        confirm_proposal(match_id=proposal.public_id, acting_user=user, now=now)


def test_what_a_person_takes_apart_waits_again_and_is_not_put_together_by_itself(user: User, now: datetime) -> None:
    paid = posted_payment("EFT42")
    banked(bank_row("EFT42"))
    match = DepositMatch.objects.get()
    undo_match(match_id=match.public_id, note="Another payer's number", acting_user=user, now=now)
    reconcile_deposits(now=now)
    match.refresh_from_db()
    assert (match.state, match.note, match.undone_by) == ("undone", "Another payer's number", user)
    assert (BankLine.objects.get().rest, BankLine.objects.get().state) == (Decimal("100.00"), "open")
    assert (expected_of(paid).rest, expected_of(paid).state) == (Decimal("100.00"), "open")
    assert DepositMatch.objects.count() == 1
    match_by_hand(
        line_id=BankLine.objects.get().public_id,
        expected_ids=[expected_of(paid).public_id],
        note="It is, after all",
        acting_user=user,
        now=now,
    )
    assert expected_of(paid).state == "received"


@pytest.mark.long
def test_a_person_matches_a_credit_to_the_payments_that_it_holds(user: User, now: datetime) -> None:
    first, second = posted_payment("A1", on=FRIDAY), posted_payment("B1")
    banked(bank_row("REMOTE DEPOSIT", "150.00", on=FRIDAY))
    later = october(9)
    banked(bank_row("WIRE", "1.00", on=date(2026, 10, 9)), now=later)
    assert len(open_work()) == 3
    line = BankLine.objects.get(amount=150)
    chosen = [expected_of(second).public_id, expected_of(first).public_id]
    rest = match_by_hand(line_id=line.public_id, expected_ids=chosen, note="Slip", acting_user=user, now=later)
    line.refresh_from_db()
    assert (rest, line.state) == (Decimal(0), "matched")
    assert (expected_of(first).rest, expected_of(second).rest) == (Decimal(0), Decimal("50.00"))
    reconcile_deposits(now=later)
    ((title, amount),) = open_work()
    assert (title.endswith("B1"), amount) == (True, Decimal("50.00"))


@pytest.mark.long
def test_what_does_not_wait_cannot_be_matched(user: User, now: datetime) -> None:
    done, waiting = posted_payment("EFT42"), posted_payment("EFT43")
    banked(bank_row("EFT42"), bank_row("SMALL", "5.00"))
    matched, small = BankLine.objects.order_by("pk")

    def match(line: BankLine, *payments: ExpectedDeposit) -> None:
        match_by_hand(
            line_id=line.public_id,
            expected_ids=[each.public_id for each in payments],
            note="",
            acting_user=user,
            now=now,
        )

    with pytest.raises(DepositError, match="This credit does not wait"):
        match(matched, expected_of(waiting))
    with pytest.raises(DepositError, match="One of these payments does not wait"):
        match(small, expected_of(done))
    with pytest.raises(DepositError, match="Choose at least one"):
        match(small)
    other = posted_payment("EFT45", "7.00")
    reconcile_deposits(now=now)
    with pytest.raises(DepositError, match="used up"):
        match(small, expected_of(waiting), expected_of(other))
    match(small, expected_of(waiting))
    assert expected_of(waiting).rest == Decimal("95.00")


@pytest.mark.long
def test_the_same_two_are_matched_once(user: User, now: datetime) -> None:
    paid = posted_payment("X1", "20.00")
    banked(bank_row("SLIP", "50.00"))
    line = BankLine.objects.get()
    chosen = {"line_id": line.public_id, "expected_ids": [expected_of(paid).public_id], "note": ""}
    match_by_hand(**chosen, acting_user=user, now=now)
    with pytest.raises(DepositError, match="does not wait any more"):
        match_by_hand(**chosen, acting_user=user, now=now)


def test_a_credit_that_is_no_payers_is_set_aside_and_taken_back(user: User, now: datetime) -> None:
    banked(bank_row("CASH", on=FRIDAY))
    reconcile_deposits(now=now)
    line = BankLine.objects.get()
    set_line_aside(line_id=line.public_id, reason="patient", note="Front desk", acting_user=user, now=now)
    line.refresh_from_db()
    assert (line.state, line.set_aside_reason, line.note, line.settled_by) == (
        "set_aside",
        "patient",
        "Front desk",
        user,
    )
    assert open_work() == []
    with pytest.raises(DepositError, match="does not wait any more"):
        set_line_aside(line_id=line.public_id, reason="card", note="", acting_user=user, now=now)
    take_line_back(line_id=line.public_id, note="It was a payer's", acting_user=user, now=now)
    reconcile_deposits(now=now)
    assert len(open_work()) == 1
    with pytest.raises(DepositError, match="not set aside"):
        take_line_back(line_id=line.public_id, note="", acting_user=user, now=now)


def test_a_credit_with_a_match_is_not_set_aside(user: User, now: datetime) -> None:
    paid = posted_payment("X1", "20.00")
    banked(bank_row("SLIP", "50.00"))
    line = BankLine.objects.get()
    match_by_hand(
        line_id=line.public_id, expected_ids=[expected_of(paid).public_id], note="", acting_user=user, now=now
    )
    with pytest.raises(DepositError, match="Take the match apart first"):
        set_line_aside(line_id=line.public_id, reason="card", note="", acting_user=user, now=now)


@pytest.mark.long
def test_a_saved_text_sets_aside_what_is_there_and_what_comes(user: User, now: datetime) -> None:
    banked(bank_row("STRIPE TRANSFER 1"), bank_row("ACME HCCLAIMPMT"))
    assert add_rule(text="Stripe  Transfer", reason="card", acting_user=user, now=now) == 1
    banked(bank_row("STRIPE TRANSFER 2", "7.00"))
    aside = BankLine.objects.filter(state="set_aside")
    assert [(line.text, line.set_aside_reason) for line in aside.order_by("pk")] == [
        ("STRIPE TRANSFER 1", "card"),
        ("STRIPE TRANSFER 2", "card"),
    ]
    rule = SetAsideRule.objects.get()
    taken = aside.first()
    assert taken is not None
    take_line_back(line_id=taken.public_id, note="", acting_user=user, now=now)
    reconcile_deposits(now=now)
    taken.refresh_from_db()
    assert taken.state == "open"
    end_rule(rule_id=rule.public_id, acting_user=user, now=now)
    end_rule(rule_id=rule.public_id, acting_user=user, now=now)
    banked(bank_row("STRIPE TRANSFER 3", "8.00"))
    assert BankLine.objects.filter(state="set_aside").count() == 1
    assert AuditEvent.objects.filter(action="end_set_aside_rule").count() == 1


@pytest.mark.parametrize(("text", "why"), [("- a-", "at least four"), ("STRIPE!", "stands already")])
def test_a_rule_that_would_take_too_much_or_stands_is_refused(text: str, why: str, user: User, now: datetime) -> None:
    add_rule(text="stripe", reason="card", acting_user=user, now=now)
    with pytest.raises(DepositError, match=why):
        add_rule(text=text, reason="card", acting_user=user, now=now)


@pytest.mark.long
def test_a_payment_that_reaches_no_account_of_ours_is_set_aside_and_taken_back(user: User, now: datetime) -> None:
    paid = posted_payment("EFT42")
    banked(bank_row("STRIPE", "1.00"))
    set_payment_aside(expected_id=expected_of(paid).public_id, note="Virtual card", acting_user=user, now=now)
    assert (expected_of(paid).state, expected_of(paid).note) == ("set_aside", "Virtual card")
    banked(bank_row("EFT42"))
    assert not DepositMatch.objects.exists()
    with pytest.raises(DepositError, match="does not wait any more"):
        set_payment_aside(expected_id=expected_of(paid).public_id, note="", acting_user=user, now=now)
    take_payment_back(expected_id=expected_of(paid).public_id, note="It came", acting_user=user, now=now)
    reconcile_deposits(now=now)
    assert expected_of(paid).state == "received"
    with pytest.raises(DepositError, match="not set aside"):
        take_payment_back(expected_id=expected_of(paid).public_id, note="", acting_user=user, now=now)


@pytest.mark.long
def test_a_payment_set_aside_stays_so_when_its_part_is_taken_apart(user: User, now: datetime) -> None:
    paid = posted_payment("B1")
    banked(bank_row("SLIP", "30.00"))
    chosen = [expected_of(paid).public_id]
    match_by_hand(line_id=BankLine.objects.get().public_id, expected_ids=chosen, note="", acting_user=user, now=now)
    set_payment_aside(expected_id=chosen[0], note="The rest by card", acting_user=user, now=now)
    undo_match(match_id=DepositMatch.objects.get().public_id, note="Wrong slip", acting_user=user, now=now)
    assert (expected_of(paid).state, expected_of(paid).received) == ("set_aside", Decimal(0))
    assert BankLine.objects.get().state == "open"


@pytest.mark.long
def test_a_proposal_whose_cause_is_gone_goes(now: datetime) -> None:
    paid = posted_payment("EFT42")
    banked(bank_row(f"ACH {paid.payer_identifier}"))
    assert DepositMatch.objects.filter(state="proposed").count() == 1
    banked(bank_row("EFT42"))
    assert [match.how for match in DepositMatch.objects.all()] == ["trace"]


@pytest.mark.long
def test_a_copy_of_a_payment_and_a_payment_of_nothing_are_not_expected(now: datetime) -> None:
    claim = submitted_claim("100.00")
    nothing = clp(claim, svc(claim.lines.get(), "0.00"))
    for _ in range(2):
        stored_file(payment(nothing, payer=claim.payer, trace="ZERO1"))
    other = submitted_claim("30.00")
    for name in ("a.835", "b.835"):
        stored_file(payment(clp(other), payer=other.payer, trace="EFT42"), name=name)
    post_remittances(now=now)
    banked(bank_row("STRIPE", "1.00"))
    assert [row.payment.trace_number for row in ExpectedDeposit.objects.all()] == ["EFT42"]


def test_a_kept_sum_that_its_matches_do_not_make_is_a_fault_of_the_books(now: datetime) -> None:
    posted_payment("EFT42")
    banked(bank_row("EFT42"))
    assert deposit_faults() == []
    BankLine.objects.update(explained=Decimal("1.00"))
    ExpectedDeposit.objects.update(received=Decimal("2.00"))
    line, payment = deposit_faults()
    assert "explained 1.00, matched 100.00. Take its matches apart" in line
    assert "received 2.00, matched 100.00. Take its matches apart" in payment


def test_of_many_faults_the_first_are_told_and_the_rest_counted(now: datetime) -> None:
    banked(*(bank_row("SLIP", f"{number}.00") for number in range(2, 24)))
    BankLine.objects.update(explained=Decimal("1.00"))
    assert deposit_faults()[-1] == "2 more of this kind."
