"""What is entered by hand, in a real browser: each page for axe, the balance told while it is typed, a paper posted by keyboard alone."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from django.urls import reverse
from pytest_django import Settings

from apps.claims.models import Claim
from apps.core.models import User
from apps.practice.roles import Role
from apps.remittances.models import RemittanceException, RemittancePayment, RemittedClaim
from apps.remittances.services import post_remittances, settle_as_not_ours
from tests.browser.axe import look, look_long
from tests.browser.conftest import Opener
from tests.factories.practice import PracticeFactory, UserFactory
from tests.factories.remittances import clp, payment, sent_again, stored_file, submitted_claim, svc
from tests.factories.remittances import without_our_numbers as lost
from tests.remittances.contracts import underpaid

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.long]
NOW = datetime(2026, 10, 8, 15, 0, tzinfo=UTC)
PAPER = reverse("remittances:enter_eob")


@pytest.fixture(autouse=True)
def that_morning(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "clock").write_text(NOW.isoformat())
    settings.VIRTUAL_CLOCK_FILE = str(tmp_path / "clock")
    PracticeFactory()


def waiting() -> tuple[RemittanceException, Claim]:
    claim = submitted_claim("100.00", "60.00")
    unknown = clp(claim, charge=Decimal(130), paid=Decimal(130), lines=(), payer_claim_number="")
    stored_file(payment(lost(unknown, "LOST7"), payer=claim.payer))
    post_remittances(now=NOW)
    return RemittanceException.objects.get(state="open"), claim


@pytest.mark.axe
def test_the_pages_are_open_to_everyone(open_page: Opener) -> None:
    apart, claim = waiting()
    user: User = UserFactory()
    settle_as_not_ours(exception_id=apart.public_id, note="Whose?", acting_user=user, now=NOW)
    stored_file(payment(clp(claim), payer=claim.payer))
    post_remittances(now=NOW)
    row = RemittedClaim.objects.get(outcome="posted")
    exception, _ = waiting()
    pages = {
        "paper": PAPER,
        "split": reverse("remittances:split", args=[exception.public_id]),
        "exception": reverse("remittances:exception", args=[exception.public_id]),
        "settled": reverse("remittances:exception", args=[apart.public_id]),
        "apart": reverse("remittances:parked"),
        "apply": reverse("remittances:apply_parked", args=[apart.public_id]),
        "give back": reverse("balances:refund_parked", args=[apart.public_id]),
        "reverse": reverse("remittances:reverse", args=[row.payment.file.public_id, 1, row.number]),
        "claim": reverse("workspace:claim", args=[claim.public_id]),
    }
    found: list[str] = []
    for name, path in pages.items():
        found += look_long(open_page(Role.BILLER, path), name)
    assert found == []


def proof_of_a_claim() -> str:
    claim = submitted_claim("100.00", "60.00")
    answer = [svc(line, "20.00", ("CO-97", "10.00"), ("PR-1", "5.00")) for line in claim.lines.order_by("number")]
    stored_file(payment(clp(claim, *answer), payer=claim.payer))
    post_remittances(now=NOW)
    row = RemittedClaim.objects.get()
    return reverse("remittances:claim_part", args=[row.payment.file.public_id, 1, 1])


def lines_nobody_knows() -> str:
    claim = submitted_claim("100.00", "60.00")
    stored_file(payment(lost(clp(claim), "LOST8"), payer=claim.payer))
    post_remittances(now=NOW)
    return reverse("remittances:exception", args=[RemittanceException.objects.get(state="open").public_id])


def which_version() -> str:
    claim = submitted_claim("100.00")
    for paid in ("0.00", "60.00"):
        stored_file(
            payment(
                clp(
                    claim,
                    svc(claim.lines.get(), paid, ("CO-45", f"{100 - float(paid):.2f}")),
                    frequency=claim.frequency,
                )
            )
        )
        post_remittances(now=NOW)
        claim = Claim.objects.get()
        sent_again(claim, "7")
        claim.refresh_from_db()
    row = RemittedClaim.objects.latest("pk")
    return reverse("remittances:version", args=[row.payment.file.public_id, 1, 1])


def paid_below_the_contract() -> str:
    return reverse("remittances:underpayment", args=[underpaid(NOW).public_id])


@pytest.mark.parametrize(
    ("page_of", "word"),
    [
        (proof_of_a_claim, "Charged"),
        (lines_nobody_knows, "Charged"),
        (which_version, "Sent as"),
        (paid_below_the_contract, "Contract price"),
    ],
)
def test_what_a_payer_said_is_read_on_a_phone_without_scrolling_sideways(
    open_page: Opener, page_of: Callable[[], str], word: str
) -> None:
    """Neither the page nor a frame in it."""
    page = open_page(Role.BILLER, page_of(), width="phone")
    assert look(page, "figures") == []
    page.locator(".card-word", has_text=word).first.wait_for()
    frames = "[...document.querySelectorAll('main *')].filter(each => each.scrollWidth > each.clientWidth + 1)"
    scrolls = "each => ['auto', 'scroll'].includes(getComputedStyle(each).overflowX)"
    assert page.evaluate(f"{frames}.filter({scrolls}).map(each => each.className)") == []


@pytest.mark.parametrize("width", ["wide", "phone"])
def test_a_paper_is_entered_by_keyboard_while_the_page_tells_what_is_left(open_page: Opener, width: str) -> None:
    claim = submitted_claim("100.00", "60.00")
    page = open_page(Role.BILLER, PAPER, width=width, script=True)
    page.keyboard.type(claim.control_number)
    page.keyboard.press("Enter")
    page.wait_for_selector(f"[name='{claim.public_id}-1-paid']:focus")
    page.keyboard.type("80.00")
    page.get_by_text("$20.00 of $100.00 is neither paid nor adjusted.").wait_for()
    for typed in ("N130", "CO-45 20.00", "50.00", "", "PR-2 10"):
        page.keyboard.press("Tab")
        page.keyboard.type(typed)
    page.get_by_text("The parts are $130.00 more than $0.00.").wait_for()
    page.get_by_label("Payer", exact=True).select_option(claim.payer.public_id)
    page.get_by_label("Number of the check or transfer").fill("48217")
    page.get_by_label("Date of the payment").fill("2026-10-01")
    page.get_by_label("Amount").fill("130.00")
    page.get_by_text("To the cent").wait_for()
    assert look(page, "typed") == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_role("button", name="Post", exact=True).press("Enter")
    page.get_by_text("Paper EOB, entered by").wait_for()
    assert RemittancePayment.objects.get().claims.get().outcome == "posted"
