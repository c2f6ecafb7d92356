"""The log of messages: its order, its views, its columns, its file."""

import csv
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from apps.audit.models import AuditEvent
from apps.patient_balances.models import Message
from apps.worklist.models import SavedView
from tests.factories.patient_balances import MessageFactory
from tests.patient_balances.browsing import text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("practice", "frozen")]
LIST = "/balances/messages/"


@pytest.fixture
def two(now: datetime) -> list[Message]:
    """The older one is of the patient who comes first by name, and did not arrive."""
    made = [
        MessageFactory(due_at=now - timedelta(days=9), state="failed", problem="The number takes no texts."),
        MessageFactory(due_at=now - timedelta(days=2)),
    ]
    for message, name in zip(made, ("Abbott", "Zimmer"), strict=True):
        message.balance.patient.last_name = name
        message.balance.patient.save()
    return made


@pytest.mark.usefixtures("two")
@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["Zimmer", "Abbott"]),
        ("?sort=when", ["Abbott", "Zimmer"]),
        ("?sort=patient", ["Abbott", "Zimmer"]),
        ("?sort=-patient", ["Zimmer", "Abbott"]),
        ("?sort=nonsense", ["Zimmer", "Abbott"]),
        ("?state=failed", ["Abbott"]),
    ],
)
def test_the_log_is_what_its_address_asks_for(biller: Client, query: str, found: list[str]) -> None:
    body = text_of(biller, LIST + query).partition("<tbody>")[2]
    assert sorted((name for name in ("Abbott", "Zimmer") if name in body), key=body.index) == found


def test_a_saved_view_brings_back_the_filter_but_no_page(biller: Client) -> None:
    address = reverse("balances:messages_save_view")
    biller.post(address, {"name": "Not taken", "query": "state=failed&channel=sms&page=3"})
    view = SavedView.objects.get(of_list="messages")
    assert view.query == "channel=sms&sort=-when&state=failed"
    opened = biller.get(reverse("balances:messages_view"), {"view": view.public_id})
    assert opened["Location"] == f"{LIST}?{view.query}"


def test_what_is_shown_goes_into_a_file_without_the_columns_left_out(biller: Client, two: list[Message]) -> None:
    biller.post(reverse("balances:messages_columns"), {"column": ["state", "about"]})
    heads = text_of(biller, LIST).partition("<thead>")[2].partition("</thead>")[0]
    assert "State" in heads
    assert "Channel" not in heads
    answer = biller.get(reverse("balances:export_messages") + "?state=failed")
    heading, *rows = csv.reader(b"".join(answer.streaming_content).decode().splitlines())
    assert heading == ["Patient", "State", "About it", "Due", "Sent"]
    (row,) = rows
    assert (row[0], row[2], row[4]) == (two[0].balance.patient.full_name, "The number takes no texts.", "")
    assert two[0].body not in str(rows)
    assert AuditEvent.objects.get(action="export").patients == [two[0].balance.patient.public_id]
