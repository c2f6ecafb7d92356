from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from apps.audit.models import AuditEvent
from apps.practice.roles import Role
from apps.remittances.models import BankAccount, BankFile, BankLine, DepositMatch, ExpectedDeposit, SetAsideRule
from apps.remittances.services import reconcile_deposits
from apps.worklist.models import WorkItem
from tests.factories.deposits import bank_file, bank_row, banked, expected_of, posted_payment

pytestmark = pytest.mark.django_db
LIST = reverse("remittances:deposits")
UPLOAD = reverse("remittances:bank_upload")
RULES = reverse("remittances:deposit_rules")
FRIDAY = date(2026, 9, 25)


@pytest.fixture(autouse=True)
def today(monkeypatch: pytest.MonkeyPatch, now: datetime) -> None:
    monkeypatch.setattr("apps.core.clock.now", lambda: now)


def text(response: HttpResponse, status: int = 200) -> str:
    assert response.status_code == status
    shown = response.content.decode()
    assert "UNDEFINED_VARIABLE" not in shown
    return shown


def line_address(name: str = "bank_line", line: BankLine | None = None) -> str:
    return reverse(f"remittances:{name}", args=[(line or BankLine.objects.get()).public_id])


def payment_address(expected: ExpectedDeposit, name: str = "expected_deposit") -> str:
    return reverse(f"remittances:{name}", args=[expected.public_id])


@pytest.mark.parametrize("show", ["", "payments", "proposed", "matched", "aside", "elsewhere", "nonsense"])
def test_an_empty_list_says_what_will_stand_there(biller: Client, show: str) -> None:
    shown = text(biller.get(LIST, {"show": show}))
    assert "No bank file has come in" in shown
    assert f'href="{UPLOAD}"' in shown


@pytest.mark.parametrize(
    ("show", "empty"),
    [
        ("payments", "Every payment is in the bank"),
        ("proposed", "Nothing to confirm"),
        ("matched", "Nothing is matched yet"),
        ("aside", "Nothing is set aside"),
        ("elsewhere", "Nothing is paid elsewhere"),
    ],
)
def test_each_view_says_why_it_is_empty(biller: Client, show: str, empty: str) -> None:
    banked(bank_row("SLIP"))
    assert empty in text(biller.get(LIST, {"show": show}))
    BankLine.objects.all().delete()
    assert "Every credit is explained" in text(biller.get(LIST))


@pytest.mark.long
def test_the_list_shows_both_sides_with_their_ages(biller: Client) -> None:
    posted_payment("EFT42", on=FRIDAY)
    banked(bank_row("ACME HCCLAIMPMT", "70.00", on=FRIDAY), bank_row("REMOTE DEPOSIT", "30.00"))
    shown = text(biller.get(LIST))
    assert "ACME HCCLAIMPMT" in shown
    assert "Paid, no 835" in shown
    assert "Paper paid in" in shown
    assert "$100.00" in shown
    assert "EFT42" not in shown
    missing = text(biller.get(LIST, {"show": "payments"}))
    assert "EFT42" in missing
    assert ">Late<" in missing
    assert AuditEvent.objects.filter(subject_kind="deposits", action="list").count() == 2


def test_every_tab_leads_to_the_deposits(biller: Client) -> None:
    for name in ("list", "exceptions"):
        assert f'href="{LIST}"' in text(biller.get(reverse(f"remittances:{name}")))


@pytest.mark.long
def test_the_list_takes_as_many_queries_for_many_rows_as_for_one(
    biller: Client, django_assert_max_num_queries: Callable[..., object]
) -> None:
    for number in range(8):
        posted_payment(f"EFT4{number}", f"{number + 1}.00")
    banked(*(bank_row(f"SLIP {number}", f"{number}.50") for number in range(1, 9)), bank_row("EFT40", "1.00"))
    for show in ("credits", "payments", "proposed", "matched", "aside", "elsewhere"):
        with django_assert_max_num_queries(24):  # type: ignore[attr-defined]
            biller.get(LIST, {"show": show})


def test_a_chip_is_a_fragment_of_the_page(biller: Client) -> None:
    banked(bank_row("SLIP"))
    part = text(biller.get(LIST, {"show": "matched"}, headers={"HX-Request": "true"}))
    assert "Nothing is matched yet" in part
    assert "<h1>" not in part


def test_a_file_is_uploaded_and_its_refused_rows_are_named(biller: Client, nudges: list[tuple[str, str]]) -> None:
    payload = bank_file(bank_row("ACH"), bank_row("ACH", "ten"))
    response = biller.post(UPLOAD, {"file": SimpleUploadedFile("bank.csv", payload)})
    page = text(biller.get(response.headers["Location"]))
    assert "1 credit came in, 1 row was refused." in page
    assert "The amount is not an amount in dollars and cents" in page
    assert "<td>3</td>" in page
    again = biller.post(UPLOAD, {"file": SimpleUploadedFile("bank.csv", payload)})
    assert "had come in before" in text(biller.get(again.headers["Location"]))
    assert BankLine.objects.count() == 1
    assert BankFile.objects.get().transmission.name == "bank.csv"


def test_a_sound_file_is_said_to_be_compared(biller: Client) -> None:
    response = biller.post(
        UPLOAD, {"file": SimpleUploadedFile("bank.csv", bank_file(bank_row("ACH"))), "account": "Payers"}
    )
    assert "1 credit came in. It is compared with the payments" in text(biller.get(response.headers["Location"]))
    assert 'value="Payers"' in text(biller.get(UPLOAD))


def test_a_look_says_what_would_come_in(biller: Client) -> None:
    payload = bank_file(bank_row("ACH"), bank_row("ACH", "ten"))
    shown = text(biller.post(UPLOAD, {"file": SimpleUploadedFile("bank.csv", payload), "look": "1"}))
    assert "Nothing is kept yet" in shown
    assert "1 credit would come in" in shown
    assert not BankLine.objects.exists()


@pytest.mark.parametrize(
    ("payload", "why"),
    [
        (b"a,b\n1,2\n", "No account fits this file"),
        (b"nothing", "The first line is no header"),
        (b"x" * (20 * 1024 * 1024 + 1), "The file is larger than 20 MB. Export fewer days"),
        (b"x" * (21 * 1024 * 1024), "The file is larger than 20 MB. Export fewer days"),
    ],
    ids=["columns", "no table", "large", "too large to send"],
)
def test_a_file_that_cannot_be_read_says_why(biller: Client, payload: bytes, why: str) -> None:
    assert why in text(biller.post(UPLOAD, {"file": SimpleUploadedFile("bank.csv", payload)}), 422)
    assert not BankFile.objects.exists()


def test_an_upload_without_a_file_asks_for_it(biller: Client) -> None:
    assert "This field is required." in text(biller.post(UPLOAD), 422)


@pytest.mark.long
def test_a_credit_is_matched_to_the_payments_that_a_person_chooses(biller: Client) -> None:
    first, second = posted_payment("CHECK-A1", "60.00"), posted_payment("CHECK-B1", "40.00")
    banked(bank_row("SLIP"))
    shown = text(biller.get(line_address()))
    assert "CHECK-A1" in shown
    assert "CHECK-B1" in shown
    assert "CHECK-B1" not in text(biller.get(line_address(), {"q": "check-a1"}))
    chosen = [expected_of(first).public_id, expected_of(second).public_id]
    response = biller.post(line_address("match_deposit"), {"payment": chosen, "note": "Slip 12"})
    assert response.headers["Location"] == LIST
    assert BankLine.objects.get().state == "matched"
    matched = text(biller.get(line_address()))
    assert "Slip 12" in matched
    assert "Nothing to do" in matched
    assert "By a person" in text(biller.get(LIST, {"show": "matched"}))
    assert "The whole payment is in the bank" in text(biller.get(payment_address(expected_of(first))))


@pytest.mark.long
def test_what_is_left_of_a_credit_is_said(biller: Client) -> None:
    paid = posted_payment("A1", "60.00")
    banked(bank_row("SLIP"))
    response = biller.post(line_address("match_deposit"), {"payment": [expected_of(paid).public_id]})
    assert "Matched. $40.00 of the credit is left." in text(biller.get(response.headers["Location"]))


@pytest.mark.long
def test_a_match_that_cannot_be_made_says_why_and_keeps_what_was_chosen(biller: Client) -> None:
    posted_payment("A1", "60.00")
    banked(bank_row("SLIP"))
    assert "Choose at least one payment." in text(biller.post(line_address("match_deposit")), 422)
    waiting = ExpectedDeposit.objects.get().public_id
    shown = text(biller.post(line_address("match_deposit"), {"payment": [waiting, "gone"]}), 422)
    assert "One of these payments does not wait any more." in shown
    assert f'value="{waiting}" checked' in shown


@pytest.mark.long
def test_a_proposal_is_confirmed_or_refused_with_a_note(biller: Client) -> None:
    paid = posted_payment("EFT42")
    banked(bank_row(f"ACH {paid.payer_identifier}"))
    match = DepositMatch.objects.get()
    assert "Confirm" in text(biller.get(LIST, {"show": "proposed"}))
    assert "1 payment to confirm" in text(biller.get(LIST))
    address = reverse("remittances:undo_match", args=[match.public_id])
    assert "Write why" in text(biller.post(address), 422)
    biller.post(address, {"note": "Another clinic's"})
    assert "Another clinic" in text(biller.get(line_address()))
    assert "does not stand any more" in text(biller.post(address, {"note": "again"}), 422)
    confirm = reverse("remittances:confirm_match", args=[match.public_id])
    assert "does not stand any more" in text(biller.post(confirm, follow=True))
    DepositMatch.objects.update(state="proposed", note="", undone_at=None, undone_by=None)
    assert "Confirmed." in text(biller.post(confirm, follow=True))
    assert BankLine.objects.get().state == "matched"


@pytest.mark.long
def test_a_credit_is_set_aside_with_a_rule_for_the_next_ones_and_taken_back(biller: Client) -> None:
    banked(bank_row("STRIPE TRANSFER 1"), bank_row("STRIPE TRANSFER 2", "5.00"))
    first, second = BankLine.objects.order_by("pk")
    aside = line_address("line_aside", first)
    assert "This field is required." in text(biller.post(aside, {"reason": "card"}), 422)
    told = {"reason": "card", "note": "Payout", "text": "Stripe Transfer"}
    assert "Set aside, and 1 more by the rule." in text(biller.post(aside, told, follow=True))
    shown = text(biller.get(LIST, {"show": "aside"}))
    assert "Rule “Stripe Transfer”" in shown
    assert "Payout" in shown
    assert "By the rule" in text(biller.get(line_address(line=second)))
    assert "does not wait any more" in text(biller.post(aside, told), 422)
    back = line_address("line_back", second)
    assert "Write why" in text(biller.post(back), 422)
    assert "The credit waits again." in text(biller.post(back, {"note": "A payer's"}, follow=True))
    assert "is not set aside" in text(biller.post(back, {"note": "again"}), 422)


@pytest.mark.long
def test_a_payment_is_paid_elsewhere_and_looked_for_again(biller: Client) -> None:
    paid = posted_payment("EFT42")
    banked(bank_row("SLIP"))
    expected = expected_of(paid)
    shown = text(biller.get(payment_address(expected)))
    assert "SLIP" in shown
    assert "Same amount" in shown
    aside = payment_address(expected, "payment_aside")
    assert "This field is required." in text(biller.post(aside), 422)
    biller.post(aside, {"note": "Virtual card"})
    assert "Virtual card" in text(biller.get(LIST, {"show": "elsewhere"}))
    assert "does not wait any more" in text(biller.post(aside, {"note": "x"}), 422)
    back = payment_address(expected, "payment_back")
    assert "Write why" in text(biller.post(back), 422)
    assert "looked for again" in text(biller.post(back, {"note": "Refused"}, follow=True))
    assert "is not set aside" in text(biller.post(back, {"note": "x"}), 422)


def test_rules_are_saved_and_ended(biller: Client) -> None:
    assert "No rule stands" in text(biller.get(RULES))
    assert "at least four" in text(biller.post(RULES, {"text": "a-b", "reason": "card"}), 422)
    biller.post(RULES, {"text": "Stripe", "reason": "card"})
    assert "Stripe" in text(biller.get(RULES))
    rule = SetAsideRule.objects.get()
    biller.post(reverse("remittances:end_deposit_rule", args=[rule.public_id]))
    assert "No rule stands" in text(biller.get(RULES))


@pytest.mark.long
def test_the_work_leads_to_its_page(biller: Client, now: datetime) -> None:
    posted_payment("EFT42", on=FRIDAY)
    banked(bank_row("HCCLAIMPMT", "5.00", on=FRIDAY))
    banked(bank_row("HCCLAIMPMT", "6.00", on=FRIDAY), now=now + timedelta(days=14))
    reconcile_deposits(now=now + timedelta(days=28))
    items = WorkItem.objects.filter(state="open").order_by("kind")
    assert [item.kind for item in items] == ["bank_file_due", "paid_no_835", "paid_no_835", "payment_not_received"]
    for item in items:
        assert text(biller.get(reverse(item.url_name, args=[item.subject_public_id])))


def test_a_bank_file_that_is_late_is_said(biller: Client, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    banked(bank_row("SLIP"))
    assert "The last bank file came" not in text(biller.get(LIST))
    monkeypatch.setattr("apps.core.clock.now", lambda: now + timedelta(days=7))
    assert "The last bank file came 5 business days ago." in text(biller.get(LIST))


@pytest.mark.long
def test_the_pages_open_by_permission_only(signed_in: Callable[[Role | None], Client]) -> None:
    paid = posted_payment("EFT42")
    banked(bank_row(f"ACH {paid.payer_identifier}"))
    expected, match = expected_of(paid), DepositMatch.objects.get()
    file = BankFile.objects.get()
    pages = [
        LIST,
        UPLOAD,
        RULES,
        line_address(),
        payment_address(expected),
        reverse("remittances:bank_file", args=[file.public_id]),
    ]
    acts = [
        line_address("match_deposit"),
        line_address("line_aside"),
        line_address("line_back"),
        payment_address(expected, "payment_aside"),
        payment_address(expected, "payment_back"),
        reverse("remittances:confirm_match", args=[match.public_id]),
        reverse("remittances:undo_match", args=[match.public_id]),
        reverse("remittances:end_deposit_rule", args=["none"]),
    ]
    coder, biller = signed_in(Role.CODER), signed_in(Role.BILLER)
    assert {coder.get(page).status_code for page in pages} == {403}
    assert {Client().get(page).status_code for page in pages} == {302}
    assert {coder.post(act, {"note": "x"}).status_code for act in acts} == {403}
    assert {biller.get(act).status_code for act in acts} == {405}
    assert BankLine.objects.get().state == "open"


def test_what_is_not_there_is_not_found(biller: Client) -> None:
    for name in ("bank_line", "expected_deposit", "bank_file"):
        assert biller.get(reverse(f"remittances:{name}", args=["nothing"])).status_code == 404
    for name in ("confirm_match", "undo_match", "match_deposit", "line_aside", "payment_back"):
        assert biller.post(reverse(f"remittances:{name}", args=["nothing"]), {"note": "x"}).status_code == 404


@pytest.mark.parametrize("columns", [{"date": "D"}, ["date"], 7])
def test_the_back_office_refuses_columns_that_no_file_can_be_read_by(columns: object) -> None:
    with pytest.raises(ValidationError):
        BankAccount(name="First", columns=columns).full_clean()
    BankAccount(name="First", columns={"date": "D", "description": "T", "amount": "A"}).full_clean()


@pytest.mark.long
def test_amounts_are_shown_as_what_is_left(biller: Client) -> None:
    posted_payment("EFT42", "80.00")
    banked(bank_row("EFT42", "75.00"))
    match = DepositMatch.objects.get()
    assert (match.how, match.state, match.amount) == ("trace_only", "proposed", Decimal("75.00"))
    biller.post(reverse("remittances:confirm_match", args=[match.public_id]))
    assert "$5.00" in text(biller.get(LIST, {"show": "payments"}))
