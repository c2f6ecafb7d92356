"""The queue as the address asks for it: views, filters, totals, search, order, owners, snooze, export."""

import csv
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from apps.audit.models import AuditEvent
from apps.claims.models import Claim
from apps.claims.selectors.soundness import claim_faults
from apps.claims.services import scrub_claims
from apps.claims.views import exception_queue
from apps.core import clock
from apps.practice.roles import Role
from apps.worklist.models import Selection, WorkItem
from tests.claims.pages import page
from tests.factories.claims import ClaimFactory
from tests.factories.practice import PracticeFactory, UserFactory

pytestmark = pytest.mark.django_db
SignIn = Callable[[Role | None], Client]
QUEUE = "claims:exceptions"


@pytest.fixture(autouse=True)
def practice() -> None:
    PracticeFactory()


@pytest.fixture
def two(now: datetime) -> tuple[Claim, Claim]:
    """One that lacks its member ID, one that lacks the patient's sex."""
    first = ClaimFactory(
        encounter__coverage__member_id="",
        encounter__patient__last_name="Okafor",
        encounter__patient__first_name="Ada",
        control_number="TAB0000001",
    )
    second = ClaimFactory(
        encounter__patient__sex="",
        encounter__patient__last_name="Lindqvist",
        encounter__patient__first_name="Bo",
        control_number="TCD0000002",
    )
    scrub_claims(now=now)
    for claim in (first, second):
        claim.refresh_from_db()
    return first, second


def shown(client: Client, query: str, *claims: Claim) -> list[bool]:
    """Whether each is on the page."""
    text = page(client, QUEUE, query=query)
    return [f'id="claim-{claim.public_id}"' in text for claim in claims]


def item_of(claim: Claim) -> WorkItem:
    assert claim.work_item is not None
    return claim.work_item


@pytest.mark.parametrize(
    "query",
    [
        "?rule=COV-MEMBER-ID",
        "?payer={payer}",
        "?provider={provider}",
        "?amount=200",
        "?due=past",
        "?due=week&age=30",
        "?age=7",
        "?assignee={person}",
        "?number=tab0",
        "?patient={patient}",
        "?view=unassigned&rule=COV-MEMBER-ID",
        "?view=mine",
    ],
)
def test_each_part_of_the_filter_narrows_the_queue(
    query: str, biller: Client, two: tuple[Claim, Claim], signed_in: SignIn
) -> None:
    wanted, other = two
    today, person = clock.today(), UserFactory(role=Role.CODER)
    item = item_of(wanted)
    item.due_on = today + timedelta(days=3) if "week" in query else today - timedelta(days=1)
    item.opened_at = clock.now() - timedelta(days=31)
    item.assignee = {"assignee": person, "view=mine": _user(biller)}.get(query[1:].split("={", 1)[0])
    item.save()
    WorkItem.objects.exclude(pk=item.pk).update(due_on=today + timedelta(days=90), opened_at=clock.now())
    Claim.objects.filter(pk=wanted.pk).update(total=Decimal("250.00"))
    filled = query.format(
        payer=wanted.payer.public_id,
        provider=wanted.provider.public_id,
        person=person.public_id,
        patient=wanted.patient.public_id,
    )
    assert shown(biller, filled, wanted, other) == [True, False]


def _user(client: Client) -> object:
    from apps.core.models import User

    return User.objects.get(pk=client.session["_auth_user_id"])


@pytest.mark.parametrize("query", ["?amount=NaN", "?amount=much", "?amount=-4", "?view=x&due=x&age=x", "?page=99"])
def test_what_cannot_be_read_is_left_out(query: str, biller: Client, two: tuple[Claim, Claim]) -> None:
    assert shown(biller, query, *two) == [True, True]


@pytest.mark.long
def test_what_is_snoozed_is_out_of_sight_but_in_its_own_view_until_its_day(
    biller: Client, two: tuple[Claim, Claim]
) -> None:
    first, second = two
    day = clock.today() + timedelta(days=2)
    biller.post(reverse("claims:exceptions_snooze"), {"claim": [first.public_id], "until": day.isoformat()})
    assert shown(biller, "", first, second) == [False, True]
    assert shown(biller, "?view=snoozed", first, second) == [True, False]
    WorkItem.objects.update(snoozed_until=clock.today())
    assert shown(biller, "", first, second) == [True, True]


@pytest.mark.parametrize(
    ("query", "counted"),
    [("", {"WF-SEX": 1}), ("?view=snoozed", {"COV-MEMBER-ID": 1})],
)
def test_a_chip_counts_what_the_view_shows(
    query: str, counted: dict[str, int], biller: Client, two: tuple[Claim, Claim]
) -> None:
    WorkItem.objects.filter(pk=item_of(two[0]).pk).update(snoozed_until=clock.today() + timedelta(days=2))
    chips = biller.get(reverse(QUEUE) + query).context["rules"]
    assert {chip.value: chip.count for chip in chips} == counted


@pytest.mark.long
def test_chosen_rows_are_given_to_somebody_and_all_of_a_filter_too(biller: Client, two: tuple[Claim, Claim]) -> None:
    first = two[0]
    person = UserFactory(role=Role.CODER)
    address = reverse("claims:exceptions_assign")
    answer = biller.post(address, {"claim": [first.public_id], "assignee": person.public_id, "query": "view=all"})
    assert answer.url == reverse(QUEUE) + "?view=all"
    assert [item_of(each).assignee for each in Claim.objects.order_by("control_number")] == [person, None]
    biller.post(reverse("claims:exceptions_select"), {"query": "rule=WF-SEX"})
    biller.post(address, {"selection": Selection.objects.get().public_id, "assignee": person.public_id})
    assert WorkItem.objects.filter(assignee=person).count() == 2
    nobody = biller.post(address, {"assignee": person.public_id}, follow=True)
    assert "Choose some rows first" in nobody.content.decode()


def test_a_row_is_taken(biller: Client, two: tuple[Claim, Claim]) -> None:
    biller.post(reverse("claims:take_exception", args=[two[0].public_id]))
    assert shown(biller, "?view=mine", *two) == [True, False]


@pytest.mark.long
def test_the_totals_say_claims_dollars_and_what_is_due(biller: Client, two: tuple[Claim, Claim]) -> None:
    first, _ = two
    WorkItem.objects.update(due_on=clock.today() + timedelta(days=90))
    WorkItem.objects.filter(pk=item_of(first).pk).update(due_on=clock.today() - timedelta(days=1))
    answer = biller.get(reverse(QUEUE))
    totals = answer.context["totals"]
    assert (totals.number, totals.amount, totals.week) == (2, Decimal("296.00"), 0)
    assert (totals.past, totals.past_amount) == (1, Decimal("148.00"))
    by_rule = biller.get(reverse(QUEUE) + "?rule=WF-SEX").context["totals"]
    assert (by_rule.number, by_rule.amount, by_rule.past) == (1, Decimal("148.00"), 0)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("tab0", [True, False]),
        ("okaf", [True, False]),
        ("Ada Okafor", [True, False]),
        ("lindqvist, b", [False, True]),
        ("Nobody", [False, False]),
    ],
)
def test_a_search_finds_a_number_or_a_name_and_puts_no_name_into_the_address(
    words: str, expected: list[bool], biller: Client, two: tuple[Claim, Claim]
) -> None:
    answer = biller.post(reverse("claims:find_exceptions"), {"words": words, "query": "view=all&page=3"})
    query = answer.url.partition("?")[2]
    assert not {"Okafor", "okaf", "lindqvist"} & set(query.replace("=", "&").split("&"))
    assert "page" not in query
    assert shown(biller, f"?{query}", *two) == expected


def test_a_search_that_finds_more_than_an_address_holds_says_so(
    monkeypatch: pytest.MonkeyPatch, biller: Client, two: tuple[Claim, Claim]
) -> None:
    monkeypatch.setattr(exception_queue, "MOST_PATIENTS", 1)
    first, second = two
    second.patient.last_name = first.patient.last_name
    second.patient.save()
    answer = biller.post(reverse("claims:find_exceptions"), {"words": first.patient.last_name}, follow=True)
    assert len(answer.context["views"]) == 1
    assert "More than 1 patients" in answer.content.decode()


@pytest.mark.parametrize(
    "sort", ["due", "-due", "amount", "-amount", "age", "-age", "patient", "-patient", "payer", "x"]
)
def test_the_queue_is_sorted_as_the_address_says(sort: str, biller: Client, two: tuple[Claim, Claim]) -> None:
    okafor, lindqvist = two
    Claim.objects.filter(pk=okafor.pk).update(total=Decimal("10.00"))
    text = page(biller, QUEUE, query=f"?sort={sort}")
    first = {"amount": okafor, "-amount": lindqvist, "patient": lindqvist, "-patient": okafor}.get(sort)
    assert all(claim.control_number in text for claim in two)
    if first:
        other = lindqvist if first is okafor else okafor
        assert text.index(first.control_number) < text.index(other.control_number)


def test_what_is_shown_goes_into_a_file_that_no_spreadsheet_runs(biller: Client, two: tuple[Claim, Claim]) -> None:
    first, second = two
    first.patient.last_name = "=HYPERLINK(1)"
    first.patient.first_name = ""
    first.patient.save()
    answer = biller.get(reverse("claims:export_exceptions") + "?rule=COV-MEMBER-ID")
    rows = list(csv.reader(b"".join(answer.streaming_content).decode().splitlines()))
    assert len(rows) == 2
    line = dict(zip(*rows, strict=True))
    assert line["Claim"] == first.control_number
    assert line["Patient"].startswith("'=")
    assert line["Charged"] == "148.00"
    event = AuditEvent.objects.get(action="export")
    assert event.patients == [first.patient.public_id]
    assert second.control_number not in str(rows)


def test_a_column_that_is_left_out_on_the_page_is_not_in_the_file(biller: Client, two: tuple[Claim, Claim]) -> None:
    assert len(two) == 2
    biller.post(reverse("claims:exceptions_columns"), {"column": ["finding", "waits"]})
    answer = biller.get(reverse("claims:export_exceptions"))
    heading, *rows = csv.reader(b"".join(answer.streaming_content).decode().splitlines())
    assert heading == [
        "File by",
        "Claim",
        "Patient",
        "Provider",
        "Visit",
        "State",
        "Finding",
        "Days waiting",
        "Charged",
    ]
    assert {len(row) for row in rows} == {len(heading)}


def test_a_claim_that_the_queue_could_not_show_is_a_fault_of_the_books(two: tuple[Claim, Claim]) -> None:
    words = f"Claim {two[0].control_number} waits for a person and has no open task"
    assert words not in " ".join(claim_faults())
    WorkItem.objects.filter(pk=item_of(two[0]).pk).update(state=WorkItem.State.DONE)
    assert words in " ".join(claim_faults())


def test_the_front_desk_gets_no_file(signed_in: SignIn) -> None:
    assert signed_in(Role.FRONT_DESK).get(reverse("claims:export_exceptions")).status_code == 403
