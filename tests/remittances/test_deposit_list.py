"""The lists of deposits: their order, their views, their columns, their files."""

import csv
from datetime import date, datetime

import pytest
from django.test import Client
from django.urls import reverse

from apps.audit.models import AuditEvent
from apps.remittances.models import BankLine, DepositMatch
from apps.worklist.models import SavedView
from tests.factories.deposits import bank_row, banked, expected_of, posted_payment

pytestmark = pytest.mark.django_db
LIST = reverse("remittances:deposits")
FILE = reverse("remittances:export_deposits")
FRIDAY, MONDAY = date(2026, 9, 25), date(2026, 9, 28)


@pytest.fixture(autouse=True)
def today(monkeypatch: pytest.MonkeyPatch, now: datetime) -> None:
    monkeypatch.setattr("apps.core.clock.now", lambda: now)


@pytest.fixture
def both_sides() -> None:
    """Two of each: the older credit is the larger, the older payment the smaller."""
    posted_payment("EFT-OLD", "10.00", on=FRIDAY)
    posted_payment("EFT-NEW", "20.00", on=MONDAY)
    banked(bank_row("SLIP-OLD HCCLAIMPMT", "90.00", on=FRIDAY), bank_row("SLIP-NEW", "30.00", on=MONDAY))


def shown(biller: Client, query: str) -> str:
    answer = biller.get(f"{LIST}{query}")
    assert answer.status_code == 200
    text = answer.content.decode()
    assert "UNDEFINED_VARIABLE" not in text
    return text


def rows(biller: Client, query: str) -> list[list[str]]:
    answer = biller.get(f"{FILE}{query}")
    return list(csv.reader(b"".join(answer.streaming_content).decode().splitlines()))


@pytest.mark.long
@pytest.mark.usefixtures("both_sides")
@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["SLIP-OLD", "SLIP-NEW"]),
        ("?sort=turn", ["SLIP-OLD", "SLIP-NEW"]),
        ("?sort=nonsense", ["SLIP-OLD", "SLIP-NEW"]),
        ("?sort=name", ["SLIP-NEW", "SLIP-OLD"]),
        ("?sort=age", ["SLIP-NEW", "SLIP-OLD"]),
        ("?sort=-age", ["SLIP-OLD", "SLIP-NEW"]),
        ("?sort=amount", ["SLIP-NEW", "SLIP-OLD"]),
        ("?show=payments", ["EFT-OLD", "EFT-NEW"]),
        ("?show=payments&sort=where", ["EFT-NEW", "EFT-OLD"]),
        ("?show=payments&sort=-amount", ["EFT-NEW", "EFT-OLD"]),
        ("?show=matched&sort=line", []),
    ],
)
def test_the_list_is_what_its_address_asks_for(biller: Client, query: str, found: list[str]) -> None:
    body = shown(biller, query).partition("<tbody>")[2]
    words = ("SLIP-OLD", "SLIP-NEW", "EFT-OLD", "EFT-NEW")
    assert sorted((word for word in words if word in body), key=body.index) == found


@pytest.mark.usefixtures("both_sides")
def test_an_open_credit_is_sorted_by_what_is_left_of_it(biller: Client) -> None:
    BankLine.objects.filter(text__startswith="SLIP-OLD").update(explained="80.00")
    assert [row[-1] for row in rows(biller, "?sort=amount")[1:]] == ["10.00", "30.00"]


def test_without_a_choice_the_address_shows_credits_and_their_chip_is_chosen(biller: Client) -> None:
    for query in ("", "?show=credits", "?show=nothing"):
        assert '<a class="chip on" href="?show=credits" aria-current="true">Credits without an 835' in shown(
            biller, query
        )


def test_a_saved_view_brings_back_what_was_shown_and_its_order(biller: Client) -> None:
    query = {"query": "show=matched&sort=-amount&page=2"}
    biller.post(reverse("remittances:deposits_save_view"), {"name": "Largest", **query})
    view = SavedView.objects.get(of_list="deposits")
    assert view.query == "show=matched&sort=-amount"
    change = {"view": view.public_id, "act": "first", "query": ""}
    biller.post(reverse("remittances:deposits_change_view"), change)
    answer = biller.get(LIST)
    assert (answer.status_code, answer["Location"]) == (302, f"{LIST}?{view.query}")
    # What leads back to the credits does not lead to the view.
    assert 'href="?show=credits"' in shown(biller, "?show=matched")


@pytest.mark.long
@pytest.mark.usefixtures("both_sides")
def test_each_list_is_a_file_of_its_own_columns(biller: Client) -> None:
    heading, first, second = rows(biller, "")
    assert heading == [
        "Bank's text",
        "Booked",
        "Account",
        "What it looks like",
        "State",
        "Business days",
        "Unexplained",
    ]
    assert (first[0], first[1], first[3], first[6]) == ("SLIP-OLD HCCLAIMPMT", "2026-09-25", "A payer's", "90.00")
    assert (second[3], second[4]) == ("Not told", "On its way")
    heading, first, _ = rows(biller, "?show=payments")
    assert heading == ["Payment", "Paid", "Trace number", "State", "Business days", "Not received"]
    assert (first[2], first[5]) == ("EFT-OLD", "10.00")
    event = AuditEvent.objects.filter(action="export").latest("pk")
    assert (event.subject_kind, event.patients) == ("deposits", [])


def test_what_was_decided_is_in_its_file_with_who_and_why(biller: Client) -> None:
    posted_payment("EFT1", "50.00")
    banked(bank_row("EFT1 HCCLAIMPMT", "50.00"), bank_row("SQUARE PAYOUT", "7.00"))
    (match,) = DepositMatch.objects.filter(state="standing")
    heading, row = rows(biller, "?show=matched")
    assert heading == ["Payment", "Trace number", "Bank line", "Booked", "How", "By", "Amount"]
    assert (row[1], row[2], row[4], row[6]) == ("EFT1", "EFT1 HCCLAIMPMT", match.get_how_display(), "50.00")
    line = BankLine.objects.get(text="SQUARE PAYOUT")
    reason = BankLine._meta.get_field("set_aside_reason").choices[0][0]
    biller.post(reverse("remittances:line_aside", args=[line.public_id]), {"reason": reason, "note": "Cards of May"})
    (row,) = rows(biller, "?show=aside")[1:]
    assert row[0] == "SQUARE PAYOUT"
    assert row[3].endswith("Cards of May")
    line.refresh_from_db()
    assert row[4] == line.settled_by.display_name
    assert rows(biller, "?show=elsewhere") == [["Payment", "Paid", "Trace number", "Why", "By", "Amount"]]


@pytest.mark.long
@pytest.mark.usefixtures("both_sides")
@pytest.mark.parametrize("show", ["credits", "payments", "proposed", "matched", "aside", "elsewhere"])
def test_a_column_that_is_left_out_is_neither_shown_nor_in_the_file(biller: Client, show: str) -> None:
    whole = rows(biller, f"?show={show}")[0]
    biller.post(reverse("remittances:deposits_columns"), {"column": []})
    assert set(rows(biller, f"?show={show}")[0]) < set(whole)
    page = shown(biller, f"?show={show}")
    if "<thead>" in page:
        head, _, body = page.partition("<thead>")[2].partition("</thead>")
        assert head.count("<th ") == 2
        assert body[: body.index("</tr>")].count("<td") == 2


def test_a_payment_to_confirm_says_so_on_its_page_as_in_the_list(biller: Client) -> None:
    paid = posted_payment("EFT1", "50.00")
    banked(bank_row("EFT1 HCCLAIMPMT", "49.00"))
    expected = expected_of(paid)
    assert rows(biller, "?show=payments")[1][3] == "To confirm"
    page = biller.get(reverse("remittances:expected_deposit", args=[expected.public_id])).content.decode()
    assert '<span class="pill" data-state="watch">To confirm</span></h1>' in page
