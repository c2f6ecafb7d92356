"""`check_ledger` over all rooms: sound books pass, and each kept figure that is changed behind the programs' back is named."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from apps.automations.books import book_faults
from apps.claims.models import Claim
from apps.core.soundness import FEW, Check, faults_of
from apps.denials.services import open_denials
from apps.ledger.models import Account, Entry, WriteOffReason
from apps.ledger.services import NewEntry, NewLeg, post_entries
from apps.patient_balances.models import Balance, MoneyReview, PatientPayment, Refund, WriteOffRequest
from apps.remittances.services import post_remittances
from apps.worklist.models import WorkItem
from apps.worklist.queue import open_item
from tests.factories.ledger import entry
from tests.factories.practice import UserFactory
from tests.factories.remittances import clp, payment, plb, stored_file, submitted_claim, svc
from tests.remittances.contracts import underpaid

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("statistics_forgotten")]


def post(*payments: object, now: datetime) -> None:
    stored_file(*payments)  # type: ignore[arg-type]  # payments of the factory
    post_remittances(now=now)


def denied_then_paid(now: datetime) -> None:
    """A denial of $50.00 that a later answer pays with $45.00."""
    claim = submitted_claim("50.00")
    line = claim.lines.get()
    post(payment(clp(claim, svc(line, "0.00", ("CO-16", "50.00"))), payer=claim.payer), now=now)
    open_denials(now=now)
    post(payment(clp(claim, svc(line, "45.00")), payer=claim.payer), now=now + timedelta(days=20))
    open_denials(now=now + timedelta(days=20))


def paid_by_its_patient(claim: Claim, now: datetime) -> None:
    """A balance of $20.00, paid by card, and $5.00 of it given back."""
    charge = claim.lines.order_by("number")[0].charge_id
    owed, patient = Account.PATIENT_RECEIVABLE, claim.patient_id

    def posted(key: str, kind: Entry.Kind, counter: Account, amount: str) -> int:
        legs = (NewLeg(counter, Decimal(amount), patient), NewLeg(owed, -Decimal(amount), patient, charge))
        return post_entries([NewEntry(kind, key, now.date(), legs)], now=now).posted[key]

    balance = Balance.objects.create(
        patient=claim.patient, encounter=claim.encounter, claim=claim, opened_amount=20, opened_at=now, state="paid"
    )
    PatientPayment.objects.create(
        balance=balance,
        amount=Decimal("20.00"),
        state="paid",
        started_at=now,
        entry_id=posted("card:1", Entry.Kind.PATIENT_PAYMENT, Account.DEPOSITS, "20.00"),
    )
    review = MoneyReview.objects.create(claim=claim, reason="payer_credit", opened_at=now)
    entry_id = posted("money_review:1", Entry.Kind.PROVIDER_ADJUSTMENT, Account.REFUNDS, "-5.00")
    posted("write-off", Entry.Kind.ADJUSTMENT, Account.WRITE_OFF, "5.00")
    user = UserFactory()
    Refund.objects.create(
        review=review,
        amount=Decimal("5.00"),
        method="check",
        number="1044",
        paid_on=now.date(),
        recorded_at=now,
        recorded_by=user,
        entry_id=entry_id,
    )
    item = open_item(
        kind="write_off",
        title="Approve",
        owner_role=WorkItem.OwnerRole.ADMINISTRATOR,
        url_name="balances:detail",
        subject_public_id=balance.public_id,
        now=now,
        amount_at_stake=Decimal("7.00"),
    )
    WriteOffRequest.objects.create(
        balance=balance,
        amount=Decimal("7.00"),
        reason=WriteOffReason.BAD_DEBT,
        requested_by=user,
        requested_at=now,
        work_item=item,
    )


@pytest.fixture
def books(now: datetime) -> None:
    """A payment with a denial, a PLB and a rest that waits; a denial recovered, an underpayment, a patient's payment."""
    claim = submitted_claim("100.00", "50.00")
    first, second = claim.lines.order_by("number")
    answer = clp(claim, svc(first, "60.00", ("PR-2", "20.00")), svc(second, "0.00", ("CO-16", "50.00")))
    post(payment(answer, payer=claim.payer, plbs=[plb("WO", "5.00")], amount="85.00"), now=now)
    open_denials(now=now)
    denied_then_paid(now)
    underpaid(now)
    paid_by_its_patient(claim, now)
    Claim.objects.filter(pk=claim.pk).update(
        work_item=open_item(
            kind="claim_chase",
            title="Ask",
            owner_role=WorkItem.OwnerRole.BILLER,
            url_name="workspace:claim",
            subject_public_id=claim.public_id,
            now=now,
            amount_at_stake=claim.total,
        )
    )


def change(*statements: str) -> None:
    """Behind the back of every program, and of the triggers that refuse it."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET LOCAL session_replication_role = replica")
        for statement in statements:
            cursor.execute(statement)
            assert cursor.rowcount > 0, statement
        cursor.execute("SET LOCAL session_replication_role = origin")


def run() -> tuple[str, int]:
    out = StringIO()
    try:
        call_command("check_ledger", stdout=out)
    except SystemExit as leaving:
        return out.getvalue(), int(str(leaving.code))
    return out.getvalue(), 0


@pytest.mark.long
def test_sound_books_pass(books: None) -> None:
    out, status = run()
    assert (out.splitlines()[0].partition(" ")[0], status) == ("Sound:", 0)


@pytest.mark.long
def test_the_planner_sees_what_was_just_filled(books: None) -> None:
    with CaptureQueriesContext(connection) as asked:
        run()
    assert asked.captured_queries[0]["sql"] == "ANALYZE"


def task_of(table: str) -> str:
    """The open tasks that the table's rows name say another amount."""
    tasks = (
        "UPDATE worklist_workitem SET amount_at_stake = 1 WHERE state = 'open' AND id IN (SELECT work_item_id FROM {})"
    )
    return tasks.format(table)


BREAKS: Sequence[tuple[str, str, str]] = (
    (
        "UPDATE claims_claim SET total = 151 WHERE total = 150",
        "its total is 151.00, its lines sum to 150.00",
        "correct",
    ),
    ("UPDATE claims_claimline SET amount = 51 WHERE amount = 50", "it bills 51.00, its charge stands", "Reverse"),
    ("UPDATE claims_adjudication SET denied = 51 WHERE denied = 50", "denied 51.00", "Read the remittance's segment"),
    (
        "UPDATE claims_adjudication SET allowed = 81 WHERE allowed = 80",
        "allowed 81.00",
        "Read the remittance's segment",
    ),
    ("UPDATE claims_adjudicationadjustment SET amount = 21 WHERE carc = '2'", "share 20.00", "Read"),
    (
        task_of("claims_claim"),
        "says 1.00, the claim's total is 150.00",
        "Close the task",
    ),
    ("UPDATE claims_adjudication SET paid = 59, allowed = 79 WHERE paid = 60", "said that they paid 59.00", "by hand"),
    (
        "UPDATE remittances_remittedclaim SET paid = 59 WHERE paid = 60 AND number = 1",
        "the payer paid 59.00, its entry moved 60.00",
        "by hand",
    ),
    (
        "UPDATE ledger_leg SET amount = amount + 1 WHERE account = 'contractual' AND amount = 20",
        "its only answer says contractual 20.00 and patient's share 20.00, its entry moved 21.00",
        "by hand",
    ),
    ("UPDATE remittances_provideradjustment SET amount = 6", "the payer says 6.00, its entry moved 5.00", "segment"),
    (
        "UPDATE remittances_remittancefile SET counts = '{\"posted\": 7}' WHERE id = (SELECT min(id) FROM remittances_remittancefile)",
        "counts 7 claims, 1 stand in it",
        "import_remittance",
    ),
    (
        "UPDATE remittances_remittanceexception SET amount = 29 WHERE amount = 30",
        "posted 60.00, parked -5.00, waiting 29.00",
        "each claim, adjustment and exception must name",
    ),
    (
        task_of("remittances_remittanceexception"),
        "says 1.00, the exception 30.00",
        "Bring the task's amount",
    ),
    ("UPDATE remittances_underpayment SET short = 21", "fall short by 20.00, 21.00 is kept", "Bring the kept amount"),
    (
        task_of("remittances_underpayment"),
        "says 1.00, the underpayment 20.00",
        "Bring the task's amount",
    ),
    (
        "UPDATE remittances_remittedclaim SET entry_id = NULL WHERE paid = 60 AND number = 1",
        "no row names it",
        "Reverse",
    ),
    (
        "UPDATE remittances_remittancepayment SET deposit_entry_id = NULL WHERE amount = 85",
        "no row names it",
        "Reverse",
    ),
    ("UPDATE remittances_provideradjustment SET entry_id = NULL", "Entry plb:", "no row names it"),
    (
        "UPDATE denials_denial SET amount = 51 WHERE state = 'open'",
        "51.00 is at risk, the payer's answer denies 50.00",
        "Bring",
    ),
    (
        "UPDATE denials_denial SET recovered_amount = NULL WHERE state = 'recovered'",
        "nothing counts as recovered, and it is recovered",
        "correct its state",
    ),
    (
        "UPDATE denials_denial SET recovered_amount = 3 WHERE state = 'open'",
        "3.00 counts as recovered, and it is open",
        "correct",
    ),
    (
        "UPDATE denials_denial SET recovered_amount = 44 WHERE state = 'recovered'",
        "44.00 counts as recovered, the later answers paid 45.00",
        "Bring",
    ),
    (
        task_of("denials_denial"),
        "says 1.00, the denial 50.00",
        "Bring the task's amount",
    ),
    (
        "UPDATE patient_balances_patientpayment SET amount = 19",
        "it says 19.00, its entry moved 20.00",
        "Compare with the card processor",
    ),
    ("UPDATE patient_balances_refund SET amount = 4", "it says 4.00, its entry moved 5.00", "Compare with the bank"),
    (
        "UPDATE patient_balances_balance SET state = 'credit'",
        "is credit, and in the ledger its patient owes 0.00",
        "open_balances",
    ),
    (
        "UPDATE patient_balances_patientpayment SET entry_id = NULL",
        "Entry card:1 is a patient's payment",
        "reverse the entry",
    ),
    ("UPDATE patient_balances_writeoffrequest SET amount = 6", "says 7.00, the request 6.00", "ask anew"),
    (
        "UPDATE ledger_leg SET amount = amount + 1 WHERE account = 'deposits' AND amount = 85",
        "legs that sum to 1.00",
        "backup",
    ),
)


def told_of(statement: str) -> list[str]:
    """What the books say of one changed figure, which then is as before."""
    with transaction.atomic():
        change(statement)
        faults = book_faults()
        transaction.set_rollback(True)
    return faults


@pytest.mark.long
def test_a_figure_that_was_changed_is_named_with_what_to_do(books: None) -> None:
    missed = []
    for statement, what, remedy in BREAKS:
        faults = told_of(statement)
        named = [fault for fault in faults if what in fault]
        if not named or remedy not in named[0]:
            missed.append((statement, named or faults))
    assert missed == []
    assert book_faults() == []


@pytest.mark.long
def test_the_patients_balance_is_held_against_the_ledger(books: None, now: datetime) -> None:
    change("UPDATE ledger_leg SET amount = 21 WHERE account = 'patient_receivable' AND amount = 20")
    assert any("is paid, and in the ledger its patient owes 1.00" in fault for fault in book_faults())


@pytest.mark.long
def test_unsound_books_fail_the_command(books: None) -> None:
    change("UPDATE claims_claim SET total = 151 WHERE total = 150")
    out, status = run()
    assert status == 1
    assert out.splitlines()[-1].startswith("NOT SOUND: 2 faults")  # its open task shows another amount, too


def test_a_check_tells_a_few_and_counts_the_rest_page_by_page(now: datetime) -> None:
    for number in range(FEW + 5):
        post_entries([entry(f"parked:{number:02}", (Account.DEPOSITS, "5.00"), (Account.REFUNDS, "-5.00"))], now=now)
    query = "SELECT key FROM ledger_entry WHERE id > %(after)s AND id <= %(upto)s ORDER BY id"
    told = faults_of([Check("Entry {0}.", "Look.", query, "ledger_entry")], page=3)
    assert told[0] == "Entry parked:00. Look."
    assert len(told) == FEW + 1
    assert told[-1] == "5 more of this kind."
    assert book_faults()[-1] == "5 more of this kind."
