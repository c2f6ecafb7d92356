"""What a work item's link is called."""

import re
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from apps.worklist.open_pages import page_permissions
from apps.worklist.queue import open_item
from apps.workspace.selectors.destinations import page_words
from tests.factories.claims import ClaimFactory
from tests.workspace.emergencies import NOW

ROOT = Path(__file__).resolve().parents[2]
# As services name the page of the item that they open.
NAMED = re.compile(r'"((?:automations|balances|claims|denials|eligibility|intake|remittances|settings|workspace):\w+)"')
# A room's own list, and pages that nobody is sent to by an item, are among what is named; they have words as well.
PAGES = sorted(
    {
        name
        for path in ROOT.glob("apps/*/services/*.py")
        for name in NAMED.findall(path.read_text())
        if name in page_permissions()
    }
)


def test_services_name_pages() -> None:
    assert {"claims:exception", "balances:money", "workspace:refused_charges", "remittances:underpayment"} <= {*PAGES}


@pytest.mark.parametrize("page", PAGES)
def test_each_page_that_a_service_names_has_words(page: str) -> None:
    assert page_words(page).startswith("the ")


def test_words_are_of_the_page_and_else_of_the_room() -> None:
    assert page_words("remittances:bank_line") == "the bank line"
    assert page_words("claims:exception") == "the claim"


@pytest.mark.django_db
def test_an_items_page_is_named_by_its_kind_and_says_where_it_leads(biller: Client) -> None:
    claim = ClaimFactory(status="exception")
    claim.work_item = open_item(
        kind="claim_exception",
        title="Correct the member ID",
        owner_role="biller",
        url_name="claims:exception",
        subject_public_id=claim.public_id,
        now=NOW,
    )
    claim.save()
    page = biller.get(reverse("workspace:work_item", args=[claim.work_item.public_id])).content.decode()
    assert "<title>Claim exception · Throughline</title>" in page
    assert f'href="{reverse("claims:exception", args=[claim.public_id])}">Open the claim</a>' in page
