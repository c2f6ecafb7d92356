"""A file's whole exchange, a claim that is not found and one that is corrected, in a real browser: for axe, on a phone, by hand."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from apps.claims.models import Batch, Claim
from apps.claims.services import acknowledge_claims, ask_status, batch_claims, chase_unanswered, submit_batch
from apps.claims.states import ClaimStatus
from apps.connectors import journal
from apps.connectors.models import Connection
from apps.practice.roles import Role
from tests.browser.axe import look
from tests.browser.conftest import Opener
from tests.claims.answers import f277ca, f999, ta1
from tests.claims.conftest import clearinghouse
from tests.claims.inquiries import answer
from tests.claims.test_corrections import denied
from tests.factories.claims import ClaimFactory

__all__ = ["clearinghouse"]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.long]
Clearinghouse = Callable[..., Connection]
Nudges = list[tuple[str, str]]
DAY = timedelta(days=1)


def test_a_files_page_tells_each_answer_and_opens_its_segments(
    open_page: Opener,
    clearinghouse: Clearinghouse,
    nudges: Nudges,
    now: datetime,
) -> None:
    connection = clearinghouse(lists=False)
    claims = [ClaimFactory(status=ClaimStatus.READY) for _ in range(2)]
    submit_batch(batch_id=batch_claims(now=now).batches[0], now=now)
    batch = Batch.objects.get()
    first, second = (claim.control_number for claim in claims)
    hop = f277ca((first, "A0:16:PR*20260917*WQ"), (second, "A7:562:82*20260917*U"), reference=batch.reference)
    for kind, payload in (("TA1", ta1(batch, "A", "000")), ("999", f999(batch, "E")), ("277CA", hop)):
        journal.receive(payload, kind=kind, now=now, connection=connection, name=f"answer.{kind}")
    acknowledge_claims(now=now + DAY)
    page = open_page(Role.BILLER, reverse("claims:batch", args=[batch.public_id]))
    found = look(page, "file")
    page.get_by_text("999 answer.999").click()
    expect(page.get_by_text("AK9*E*1*1*1")).to_be_visible()
    page.get_by_role("link", name="Rejected 1").click()
    expect(page.locator("tr[data-row]")).to_have_count(1)
    expect(page.get_by_text("The rendering provider's NPI is missing or does not match (562).")).to_be_visible()
    page.get_by_role("link", name="The file, segment by segment").click()
    expect(page.get_by_text(f"CLM*{first}*")).to_be_visible()
    assert found + look(page, "segments") == []


def test_whether_a_file_arrived_is_decided_with_a_second_look_on_a_phone(
    open_page: Opener,
    clearinghouse: Clearinghouse,
    nudges: Nudges,
    now: datetime,
) -> None:
    clearinghouse(mood="lost", lists=False)
    ClaimFactory(status=ClaimStatus.READY)
    submit_batch(batch_id=batch_claims(now=now).batches[0], now=now)
    page = open_page(Role.BILLER, reverse("claims:batch", args=[Batch.objects.get().public_id]), width="phone")
    found = look(page, "unknown file")
    page.get_by_text("It did not arrive", exact=True).click()
    page.get_by_label("How you know").fill("Their desk has no such file.")
    page.get_by_role("button", name="It is not there: send its claims again").click()
    expect(page.get_by_text("It did not arrive: Their desk has no such file.")).to_be_visible()
    assert Claim.objects.get().status == ClaimStatus.DRAFT
    assert found == []


def test_a_claim_that_is_not_found_is_sent_again_from_its_page(
    open_page: Opener,
    clearinghouse: Clearinghouse,
    nudges: Nudges,
    now: datetime,
) -> None:
    clearinghouse(lists=False)
    claim = ClaimFactory(status=ClaimStatus.READY)
    submit_batch(batch_id=batch_claims(now=now).batches[0], now=now)
    chase_unanswered(now=now + 4 * DAY)
    ask_status(now=now + 4 * DAY)
    answer("A4", trace=claim.inquiries.get().public_id, control=claim.control_number, now=now + 4 * DAY)
    page = open_page(Role.BILLER, reverse("workspace:claim", args=[claim.public_id]))
    found = look(page, "claim not found")
    page.get_by_label("How you know").fill("Called, reference 12.")
    page.get_by_role("button", name="Send it again").click()
    expect(page.get_by_text("It leaves again with the next file.")).to_be_visible()
    assert found == []


def test_a_correction_begins_on_the_claims_page_and_is_made_where_its_findings_stand(
    open_page: Opener, nudges: Nudges
) -> None:
    claim = denied()
    page = open_page(Role.BILLER, reverse("workspace:claim", args=[claim.public_id]), width="phone")
    page.get_by_text("Replacement claim (7)").click()
    found = look(page, "ways of a correction")
    page.get_by_label("What is wrong").first.fill("Authorization missing")
    page.get_by_role("button", name="Begin the correction").click()
    expect(page.get_by_text("Make the correction, then save: Authorization missing")).to_be_visible()
    medicare = denied(filing_indicator="MB", phone="(512) 555-0140")
    page = open_page(Role.BILLER, reverse("workspace:claim", args=[medicare.public_id]), width="phone")
    page.get_by_text("Reopening", exact=True).click()
    page.get_by_label("What is wrong, and how it should be").fill("Units 1 instead of 10.")
    page.get_by_role("button", name="Open the task").click()
    expect(page.get_by_text("Please reopen claim P77")).to_be_visible()
    found += look(page, "reopening")
    page.get_by_label("How the payer was asked").select_option("phone")
    page.get_by_label("Its reference number").fill("CR-5521")
    page.get_by_role("button", name="Asked").click()
    expect(page.get_by_text("Asked by phone on")).to_contain_text("Reference CR-5521.")
    assert found == []
