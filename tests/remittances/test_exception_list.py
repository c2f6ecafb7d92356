"""The list of what remittances leave for a person: its order, its views, its columns, its file."""

import csv
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.audit.models import AuditEvent
from apps.remittances.models import RemittanceException
from apps.remittances.services import post_remittances
from apps.worklist.models import SavedView
from tests.factories.remittances import clp, payment, stored_file, submitted_claim, svc, without_our_numbers

pytestmark = pytest.mark.django_db
LIST = reverse("remittances:exceptions")


def unmatched(now: datetime, paid: str, number: str) -> RemittanceException:
    claim = submitted_claim("100.00")
    rest = str(Decimal("100.00") - Decimal(paid))
    told = clp(claim, svc(claim.lines.get(), paid, ("PR-2", rest)))
    stored_file(payment(without_our_numbers(told, number), payer=claim.payer, trace=number))
    post_remittances(now=now)
    return RemittanceException.objects.latest("pk")


@pytest.fixture
def three(now: datetime) -> list[RemittanceException]:
    """The first is the oldest and the smallest; the last is settled."""
    made = [
        unmatched(now - (3 - number) * timedelta(hours=1), paid, f"LOST{number}")
        for number, paid in enumerate(("60.00", "80.00", "70.00"))
    ]
    RemittanceException.objects.filter(pk=made[2].pk).update(state="settled", settled_at=now)
    return made


def numbers(biller: Client, query: str = "") -> list[str]:
    shown = biller.get(f"{LIST}{query}").content.decode()
    assert "UNDEFINED_VARIABLE" not in shown
    body = shown.partition("<tbody>")[2]
    return sorted((f"LOST{number}" for number in range(3) if f"LOST{number}" in body), key=body.index)


@pytest.mark.long
@pytest.mark.usefixtures("three")
@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["LOST0", "LOST1"]),
        ("?sort=-since", ["LOST1", "LOST0"]),
        ("?sort=amount", ["LOST0", "LOST1"]),
        ("?sort=-amount", ["LOST1", "LOST0"]),
        ("?sort=nonsense", ["LOST0", "LOST1"]),
        ("?kind=unmatched&sort=-amount", ["LOST1", "LOST0"]),
        ("?kind=unbalanced", []),
        ("?state=settled", ["LOST2"]),
    ],
)
def test_the_list_is_what_its_address_asks_for(biller: Client, query: str, found: list[str]) -> None:
    assert numbers(biller, query) == found


@pytest.mark.long
@pytest.mark.usefixtures("three")
def test_a_saved_view_brings_back_the_filter_and_the_order(biller: Client) -> None:
    query = {"query": "state=settled&kind=unmatched&sort=-amount&page=2"}
    biller.post(reverse("remittances:remittance_exceptions_save_view"), {"name": "Done", **query})
    view = SavedView.objects.get(of_list="remittance_exceptions")
    assert view.query == "kind=unmatched&sort=-amount&state=settled"
    change = {"view": view.public_id, "act": "first", "query": ""}
    biller.post(reverse("remittances:remittance_exceptions_change_view"), change)
    answer = biller.get(LIST)
    assert (answer.status_code, answer["Location"]) == (302, f"{LIST}?{view.query}")


@pytest.mark.long
@pytest.mark.usefixtures("three")
def test_no_exception_of_a_kind_leads_back_to_the_same_state(biller: Client) -> None:
    shown = biller.get(f"{LIST}?state=settled&kind=reversal").content.decode()
    assert "No exception of this kind" in shown
    assert 'href="?state=settled"' in shown


@pytest.mark.long
def test_what_is_shown_goes_into_a_file_without_the_columns_left_out(
    biller: Client, three: list[RemittanceException]
) -> None:
    biller.post(reverse("remittances:remittance_exceptions_columns"), {"column": ["known", "from"]})
    assert "Since" not in biller.get(LIST).content.decode().partition("<thead>")[2].partition("</thead>")[0]
    answer = biller.get(reverse("remittances:export_exceptions") + "?sort=-amount")
    heading, *rows = csv.reader(b"".join(answer.streaming_content).decode().splitlines())
    assert heading == ["Exception", "What is known", "From", "Waits in clearing"]
    assert [(row[0], row[3]) for row in rows] == [("No claim found", "80.00"), ("No claim found", "60.00")]
    assert three[1].remitted_claim.patient_name in rows[0][1]
    assert "LOST1" in rows[0][1]
    assert AuditEvent.objects.get(action="export").subject_kind == "remittance_exceptions"


@pytest.mark.long
def test_the_trail_names_the_patients_that_a_file_names(biller: Client, three: list[RemittanceException]) -> None:
    claim = submitted_claim("10.00")
    told = three[0].remitted_claim
    told.claim = claim
    told.save()
    biller.get(reverse("remittances:export_exceptions"))
    assert AuditEvent.objects.get(action="export").patients == [claim.patient.public_id]


@pytest.mark.long
def test_a_longer_list_takes_no_more_queries(biller: Client, now: datetime) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            numbers(biller)
        return len(captured)

    unmatched(now, "60.00", "LOST0")
    few = queries()
    unmatched(now, "70.00", "LOST1")
    unmatched(now, "80.00", "LOST2")
    assert queries() == few
