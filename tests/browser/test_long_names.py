"""Names of 60 characters and amounts in the millions push no page sideways."""

from decimal import Decimal

import pytest
from django.db.models import F, Value
from django.db.models.functions import Concat
from django.urls import reverse

from apps.claims.models import Claim
from apps.connectors.models import Transmission
from apps.denials.models import Denial
from apps.intake.models import Patient
from apps.practice.models import Payer
from apps.practice.roles import Role
from apps.worklist.models import WorkItem
from tests.browser.conftest import Opener
from tests.browser.steady import unsteady_as_it_stands
from tests.browser.world import build_world

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.long]
LISTS = ("workspace:today", "workspace:worklist", "denials:list", "claims:exceptions", "claims:list", "balances:board")
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture(autouse=True)
def long_names() -> None:
    build_world()
    Payer.objects.update(name=Concat(Value("Blue Cross and Blue Shield of Northern Pennsylvania "), F("pk")))
    Patient.objects.update(first_name="Maximiliana-Wilhelmina", last_name="Featherstonehaugh-Wolfeschlegelstei")
    Patient.objects.update(email="maximiliana.featherstonehaugh@example.com")
    WorkItem.objects.update(amount_at_stake=Decimal("12345678.90"))
    Denial.objects.update(amount=Decimal("12345678.90"))


@pytest.mark.parametrize("name", LISTS)
def test_a_list_stays_in_its_window(open_page: Opener, name: str) -> None:
    page = open_page(Role.BILLER, reverse(name))
    found = [page.evaluate(SIDEWAYS)]
    page.set_viewport_size({"width": 1100, "height": 800})
    found.append(page.evaluate(SIDEWAYS))
    assert found == [0, 0]
    assert unsteady_as_it_stands(page) == []


def test_a_page_about_one_stays_in_its_window(open_page: Opener) -> None:
    Transmission.objects.update(name="48213.20261127.183300537.CLAIMSTATUS.999")
    patient, claim = Patient.objects.latest("pk"), Claim.objects.filter(events__transmission__isnull=False).latest("pk")
    found = []
    for path in (
        reverse("workspace:patient", args=[patient.public_id]),
        reverse("workspace:authorizations", args=[patient.public_id]),
        reverse("workspace:claim", args=[claim.public_id]),
        reverse("reports:metric", args=["ar_days"]),
    ):
        found += [f"{path} {fault}" for fault in unsteady_as_it_stands(open_page(Role.BILLER, path))]
    assert found == []
