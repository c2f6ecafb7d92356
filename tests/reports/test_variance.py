"""Allowed against contract, by payer and procedure, and the lines behind each sum."""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.audit.models import AuditEvent
from apps.claims.models import Adjudication
from apps.practice.roles import Role
from apps.remittances.services import check_contracts
from apps.reports.selectors.variance import variances
from tests.factories.remittances import NOW, PAID_ON
from tests.remittances.contracts import SOURCE, contracted_claim, paying, post, underpaid
from tests.signing_in import browser_of

pytestmark = pytest.mark.django_db
PAGE = reverse("reports:variance")


@pytest.fixture(autouse=True)
def today(settings, tmp_path: Path) -> None:
    (tmp_path / "clock").write_text(NOW.isoformat())
    settings.VIRTUAL_CLOCK_FILE = str(tmp_path / "clock")


@pytest.fixture
def biller(db: None) -> Client:
    return browser_of(Role.BILLER)


def text(client: Client, **query: str) -> str:
    answer = client.get(PAGE, query)
    assert answer.status_code == 200
    shown = answer.content.decode()
    assert "UNDEFINED_VARIABLE" not in shown
    return shown


def test_sums_are_those_of_the_lines_and_reversed_answers_are_left_out(now: datetime) -> None:
    claim = contracted_claim("80.00", "50.00")
    post(claim, paying(claim, "60.00", "50.00"), now=NOW)
    check_contracts(now=NOW)
    short, agreed = variances(None)
    assert (short.payer, short.procedure, short.compared, short.lines) == (claim.payer.name, "99210", 1, 1)
    assert (short.expected, short.allowed, short.short) == (Decimal("80.00"), Decimal("60.00"), Decimal("20.00"))
    assert (agreed.procedure, agreed.compared, agreed.lines, agreed.short) == ("99211", 1, 0, Decimal("0.00"))
    assert short.share == 1
    assert variances(PAID_ON) == [short, agreed]
    assert variances(PAID_ON + timedelta(days=1)) == []
    Adjudication.objects.update(reversed=True)
    assert variances(None) == []


@pytest.mark.long
def test_the_page_leads_to_the_lines_with_price_and_segment(biller: Client) -> None:
    row = underpaid(NOW)
    shown = text(biller)
    assert "<b>1 line</b> of 1 compared fall short, by $20.00 in total" in shown
    query = {"payer": row.payer.public_id, "procedure": "99210"}
    assert f"?payer={row.payer.public_id}&amp;procedure=99210" in shown
    lines = text(biller, **query)
    for words in (row.claim.patient.full_name, SOURCE, "$80.00", "$60.00", "$20.00"):
        assert words in lines, words
    remitted = row.claim.remitted.get()
    assert reverse("remittances:claim_part", args=[remitted.payment.file.public_id, 1, remitted.number]) in lines
    event = AuditEvent.objects.get(subject_kind="contract_variance")
    assert event.patients == [row.claim.patient.public_id]
    assert "No line falls short" in text(biller, payer=row.payer.public_id, procedure="99999")


def test_without_rows_it_says_why(biller: Client) -> None:
    assert "No line was compared yet" in text(biller)
    assert "Nothing was compared in this time" in text(biller, days="30")
    assert "No line was compared yet" in text(biller, days="nonsense")


@pytest.mark.long
def test_the_page_takes_as_many_queries_for_three_rows_as_for_one(
    biller: Client, django_assert_num_queries: Callable[..., object]
) -> None:
    underpaid(NOW)
    text(biller)
    with CaptureQueriesContext(connection) as one:
        text(biller)
    underpaid(NOW)
    underpaid(NOW)
    with django_assert_num_queries(len(one)):  # type: ignore[attr-defined]
        text(biller)


@pytest.mark.parametrize("role", [Role.CODER, Role.FRONT_DESK])
def test_only_who_sees_reports_sees_it(role: Role) -> None:
    assert browser_of(role).get(PAGE).status_code == 403
