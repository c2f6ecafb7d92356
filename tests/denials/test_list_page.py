from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.audit.models import AuditEvent
from apps.denials.rules.wording import prepared_words
from apps.practice.roles import Role
from apps.worklist.models import WorkItem
from tests.denials.pages import TODAY, page
from tests.factories.denials import answered_later, denial
from tests.factories.practice import PayerDeadlineFactory, PayerFactory, UserFactory

pytestmark = pytest.mark.django_db
SignIn = Callable[[Role | None], Client]


@pytest.mark.parametrize(
    ("prepared", "facts", "words"),
    [
        ({"kind": "correction", "modifier": "25"}, {}, "Modifier 25 proposed"),
        ({"kind": "correction", "modifier": "25"}, {"confirmed": True}, "Modifier 25 confirmed, ready to send"),
        ({"kind": "correction", "modifier": ""}, {}, "No modifier found on the claim"),
        ({"kind": "coding_review", "duplicate": False}, {}, "Lines side by side"),
        ({"kind": "coding_review", "duplicate": True}, {}, "Possible duplicate"),
        ({"kind": "coding_review", "modifier": "59"}, {"confirmed": True}, "Modifier 59 confirmed, ready to send"),
        ({"kind": "letter"}, {}, "Medical necessity letter"),
        ({"kind": "coordination"}, {}, "The payer is being asked"),
        ({"kind": "coordination"}, {"verdict": "other_payer"}, "The payer was asked: another plan pays first"),
        ({"kind": "read"}, {}, "The payer's remarks"),
    ],
)
def test_what_was_prepared_reads_in_a_few_words(prepared: dict[str, object], facts: dict[str, object], words: str):
    assert prepared_words(prepared, **facts) == words


@pytest.mark.parametrize(
    ("view", "words"),
    [
        ("open", "When a remittance refuses a line"),
        ("mine", "Nothing is given to you"),
        ("waiting", "Nothing is with a payer"),
        ("decided", "Nothing is decided yet"),
    ],
)
def test_an_empty_view_says_what_will_stand_here(biller: Client, view: str, words: str):
    assert words in page(biller, "denials:list", query=f"?view={view}")


@pytest.mark.long
def test_the_list_shows_reason_prepared_answer_and_money(biller: Client):
    found = denial("4", beside=("20610",))
    text = page(biller, "denials:list")
    for words in (
        found.claim.patient.full_name,
        "CO-4",
        "Modifier missing or does not fit",
        "Modifier 25 proposed",
        "$148.00",
    ):
        assert words in text


@pytest.mark.long
def test_unknown_deadlines_come_first_then_the_nearest_then_the_most_money(biller: Client):
    far, near = PayerFactory(), PayerFactory()
    PayerDeadlineFactory(payer=far, days=28)
    PayerDeadlineFactory(payer=near, days=9)
    rows = [
        denial("50", claim__encounter__coverage__payer=far),
        denial("50", claim__encounter__coverage__payer=near, amount="20.00"),
        denial("50", claim__encounter__coverage__payer=near, amount="90.00"),
        denial("50"),
    ]
    text = page(biller, "denials:list")
    places = [text.index(reverse("denials:card", args=[row.public_id])) for row in rows]
    assert places[3] < places[2] < places[1] < places[0]
    assert "Not configured" in text


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?lane=modifier", ["4"]),
        ("?code=50", ["50"]),
        ("?due=none", ["4", "50"]),
        ("?due=past", []),
        ("?view=waiting", []),
        ("?view=nonsense", ["4", "50"]),
    ],
)
def test_filters_live_in_the_address(biller: Client, query: str, expected: list[str]):
    rows = {code: denial(code) for code in ("4", "50")}
    text = page(biller, "denials:list", query=query)
    assert [code for code, row in rows.items() if reverse("denials:card", args=[row.public_id]) in text] == expected


def test_a_code_is_chosen_by_its_sentence(biller: Client):
    denial("50")
    text = page(biller, "denials:list", query="?code=50")
    assert '<option value="50" selected>50: Not medically necessary, they say (1)</option>' in text


@pytest.mark.long
def test_a_payer_can_be_chosen(biller: Client):
    one, other = denial("50"), denial("50")
    text = page(biller, "denials:list", query=f"?payer={one.payer.public_id}")
    assert one.public_id in text
    assert other.public_id not in text


@pytest.mark.long
@pytest.mark.parametrize(
    ("amount", "shown"),
    [("90", [90]), ("90.01", []), ("20", [20, 90]), ("-5", [20, 90]), ("x", [20, 90]), ("NaN", [20, 90])],
)
def test_the_list_is_narrowed_to_what_is_worth_an_hour(biller: Client, amount: str, shown: list[int]):
    rows = {20: denial("50", amount="20.00"), 90: denial("50", amount="90.00")}
    text = page(biller, "denials:list", query=f"?amount={amount}")
    assert [size for size, row in rows.items() if reverse("denials:card", args=[row.public_id]) in text] == shown
    assert f'name="amount" value="{amount}"' in text


def test_the_totals_count_what_is_open(biller: Client):
    denial("50")
    recovered = denial("50", amount="100.00")
    answered_later(recovered, paid="92.00")
    from apps.denials.services import open_denials

    open_denials(now=TODAY)
    text = page(biller, "denials:list")
    assert "<b>1 denial</b> open, <b>$148.00</b> at risk." in text
    assert "100%" in text
    assert "$92.00" in text


@pytest.mark.long
def test_the_list_costs_the_same_whatever_its_length(biller: Client, django_assert_num_queries):
    denial("50")
    with django_assert_num_queries(23):
        page(biller, "denials:list")
    for code in ("4", "22", "97", "16"):
        denial(code)
    with django_assert_num_queries(23):
        page(biller, "denials:list")


def test_denials_are_put_in_order_by_what_they_are_ordered_by_and_read_whole_afterwards(biller: Client):
    denial("50")
    with CaptureQueriesContext(connection) as asked:
        page(biller, "denials:list", query="?sort=payer")
    in_order = [
        each["sql"] for each in asked if '"practice_payer"."name" ASC, ' in each["sql"] and "LIMIT" in each["sql"]
    ]
    assert len(in_order) == 1
    assert "intake_patient" not in in_order[0]


@pytest.mark.long
def test_a_page_holds_fifty(biller: Client):
    for _ in range(51):
        denial("16")
    assert "1 to 50 of 51 denials" in page(biller, "denials:list")


def test_for_htmx_only_the_table_is_sent(biller: Client):
    assert "<html" not in page(biller, "denials:list", headers={"HX-Request": "true"})


def test_the_chosen_are_given_to_one_person_and_the_view_is_kept(biller: Client):
    rows, person = [denial("16") for _ in range(2)], UserFactory(role=Role.BILLER)
    answer = biller.post(
        reverse("denials:denials_assign"),
        {"denial": [row.public_id for row in rows], "assignee": person.public_id, "query": "lane=general"},
    )
    assert answer["Location"] == f"{reverse('denials:list')}?lane=general&view=open"
    assert WorkItem.objects.filter(assignee=person).count() == 2


def test_someone_who_does_not_work_denials_cannot_be_given_one(biller: Client):
    row, desk = denial("16"), UserFactory(role=Role.FRONT_DESK)
    biller.post(reverse("denials:denials_assign"), {"denial": [row.public_id], "assignee": desk.public_id})
    assert WorkItem.objects.get().assignee is None


@pytest.mark.parametrize(
    ("role", "allowed"),
    [(None, False), (Role.FRONT_DESK, False), (Role.CODER, True), (Role.BILLER, True), (Role.ADMINISTRATOR, True)],
)
def test_who_may_look(signed_in: SignIn, role: Role | None, allowed: bool):
    found = denial("16")
    client = signed_in(role)
    for address in (reverse("denials:list"), reverse("denials:card", args=[found.public_id])):
        assert (client.get(address).status_code == 200) is allowed


def test_the_list_is_a_file_with_the_columns_that_are_shown(biller: Client):
    row = denial("16")
    denial("50")
    biller.post(reverse("denials:denials_columns"), {"column": ["payer", "reason"]})
    file = biller.get(reverse("denials:export"), {"code": "16"})
    lines = b"".join(file.streaming_content).decode().splitlines()  # type: ignore[attr-defined]  # streamed
    assert lines[0] == "Deadline,Claim,Patient,State,Payer,Reason,At risk"
    assert len(lines) == 2
    assert f",{row.claim.control_number}," in lines[1]
    assert ",CO-16,148.00" in lines[1]
    event = AuditEvent.objects.get(action="export", subject_kind="denial")
    assert event.patients == [row.claim.patient.public_id]


def test_the_whole_list_is_a_workbook_too(biller: Client, signed_in: Callable[[Role | None], Client]):
    denial("16")
    biller.post(reverse("denials:denials_columns"), {"column": ["prepared", "age", "owner"]})
    assert biller.get(reverse("denials:export"), {"as": "xlsx"}).content.startswith(b"PK")
    assert signed_in(Role.FRONT_DESK).get(reverse("denials:export")).status_code == 403
