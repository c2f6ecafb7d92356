"""The page on which a payer's paper is entered."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.test import Client
from django.urls import reverse

from apps.claims.models import Claim
from apps.core import clock
from apps.practice.roles import Role
from apps.remittances.models import HandRemittance, RemittancePayment
from apps.remittances.services import post_remittances
from tests.factories.remittances import PAID_ON, clp, payment, stored_file, submitted_claim, svc
from tests.remittances.test_pages import text
from tests.remittances.test_split_pages import HTMX, typed

pytestmark = pytest.mark.django_db
PAPER = reverse("remittances:enter_eob")


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch, now: datetime) -> None:
    monkeypatch.setattr(clock, "now", lambda: now)


def paper(*claims: tuple[Claim, str, str], **told: str) -> dict[str, object]:
    head = {
        "payer": claims[0][0].payer.public_id,
        "method": "CHK",
        "trace_number": "48217",
        "paid_on": PAID_ON.isoformat(),
        "amount": "80.00",
        "adjustments": "",
        "note": "Binder 4",
        "do": "post",
    }
    return {**typed(*claims), **head, **told}


def test_the_list_leads_to_the_page(biller: Client) -> None:
    assert PAPER in text(biller.get(reverse("remittances:list")))
    assert "Enter a paper EOB" in text(biller.get(PAPER))


@pytest.mark.long
def test_a_paper_is_posted_and_its_file_says_who_entered_it(biller: Client) -> None:
    claim = submitted_claim("100.00")
    response = biller.post(PAPER, paper((claim, "80.00", "CO-45 20.00")))
    posted = RemittancePayment.objects.get()
    assert response.headers["Location"] == reverse("remittances:file", args=[posted.file.public_id])
    shown = text(biller.get(response.headers["Location"]))
    assert "Paper EOB, entered by" in shown
    assert "Binder 4" in shown
    assert '48217<span class="sub blk">Paper EOB</span>' in text(biller.get(reverse("remittances:list")))


def test_what_was_typed_stays_when_a_claim_is_added(biller: Client) -> None:
    one, other = submitted_claim("100.00"), submitted_claim("100.00")
    told = paper((one, "80.00", "CO-45 20.00"), do="add", number=other.control_number)
    shown = text(biller.post(PAPER, told, headers=HTMX))
    for kept in ('value="48217"', f'value="{PAID_ON.isoformat()}"', "Binder 4", f'name="{other.public_id}-1-paid"'):
        assert kept in shown
    assert f'<option value="{one.payer.public_id}" selected>' in shown
    assert "This field is required." not in shown


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"amount": "100.00"}, "$20.00 of $100.00 has no place yet."),
        ({"adjustments": "WO 10.00", "amount": "70.00"}, "To the cent"),
        ({"amount": ""}, "more than $0.00"),
    ],
)
def test_the_balance_of_the_payment_is_told_while_it_is_typed(
    biller: Client, changed: dict[str, str], says: str
) -> None:
    claim = submitted_claim("100.00")
    told = paper((claim, "80.00", "CO-45 20.00"), **changed, do="balance")
    assert says in text(biller.post(PAPER, told, headers=HTMX))
    assert not HandRemittance.objects.exists()


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"payer": ""}, "This field is required."),
        ({"trace_number": ""}, "This field is required."),
        ({"adjustments": "nothing"}, "Write each as WO 25.00."),
        ({"amount": "90.00"}, "$10.00 of $90.00 has no place yet."),
        ({"paid_on": "2027-01-01"}, "The day of the payment has not come yet."),
    ],
)
def test_each_field_says_what_is_wrong_with_it(biller: Client, changed: dict[str, str], says: str) -> None:
    claim = submitted_claim("100.00")
    assert says in text(biller.post(PAPER, paper((claim, "80.00", "CO-45 20.00"), **changed)), 422)
    assert not HandRemittance.objects.exists()


def test_a_field_of_a_line_that_cannot_be_read_is_marked(biller: Client) -> None:
    claim = submitted_claim("100.00")
    told = {**paper((claim, "80.00", "CO45")), f"{claim.public_id}-1-remarks": "?"}
    shown = text(biller.post(PAPER, told), 422)
    assert shown.count('aria-invalid="true"') == 2
    assert "A remark code is letters and digits such as N130, not ?." in shown


def test_what_is_here_already_is_shown(biller: Client, now: datetime) -> None:
    claim = submitted_claim("100.00")
    stored_file(payment(clp(claim, svc(claim.lines.get(), "80.00")), payer=claim.payer, trace="48217"))
    post_remittances(now=now)
    shown = text(biller.post(PAPER, paper((claim, "80.00", "CO-45 20.00"))), 422)
    assert "Nothing is posted twice." in shown
    assert reverse("remittances:file", args=[RemittancePayment.objects.get().file.public_id]) in shown


def test_it_opens_by_permission_only(signed_in: Callable[[Role | None], Client]) -> None:
    coder = signed_in(Role.CODER)
    assert coder.get(PAPER).status_code == 403
    assert coder.post(PAPER, {"do": "post"}).status_code == 403
    assert Client().get(PAPER).status_code == 302


@pytest.mark.parametrize(
    ("paid", "codes", "adjustments"),
    [
        ("9" * 40, "CO-45 20.00", ""),
        ("80.00", f"CO-45 {'9' * 40}", ""),
        ("80.00", "CO-45 20.00, CO-96 99999999999999.00, CO-96 -99999999999999.00", ""),
        ("80.00", "CO-45 20.00", f"WO {'9' * 40}"),
        ("80.00", "CO-45 20.00", "WO 99999999999999.00; L6 -99999999999999.00"),
        ("80.00", "CO-45 20.00", "WO 9999999999.00; L6 -9999999999.00"),
    ],
)
def test_an_amount_that_no_payment_can_have_is_told_beside_its_field(
    biller: Client, paid: str, codes: str, adjustments: str
) -> None:
    claim = submitted_claim("100.00")
    shown = text(biller.post(PAPER, paper((claim, paid, codes), adjustments=adjustments)), 422)
    assert "is more than any payment comes to" in shown
    assert not RemittancePayment.objects.exists()
