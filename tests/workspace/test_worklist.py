"""The worklist: whose work each tab shows, what narrows it, what its file holds, and the history of one item."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from apps.audit.models import AuditEvent
from apps.claims.models import Claim
from apps.claims.states import ClaimStatus
from apps.core import clock
from apps.core.models import User
from apps.intake.models import Patient
from apps.practice.roles import Role
from apps.worklist import services
from apps.worklist.models import WorkItem
from apps.worklist.queue import close_item, open_item
from apps.workspace.selectors.worklist import SORTS, Tab
from tests.factories.claims import ClaimFactory
from tests.factories.practice import UserFactory
from tests.workspace.emergencies import NOW

pytestmark = pytest.mark.django_db
LIST = reverse("workspace:worklist")
TODAY = date(2026, 9, 16)


@pytest.fixture(autouse=True)
def frozen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("apps.core.clock.now", lambda: NOW)


def work(
    title: str = "Correct the member ID",
    *,
    due_on: date | None = None,
    amount: str = "100.00",
    kind: str = "claim_exception",
    role: WorkItem.OwnerRole = WorkItem.OwnerRole.BILLER,
    url_name: str = "claims:exception",
) -> WorkItem:
    claim = ClaimFactory(status=ClaimStatus.EXCEPTION)
    claim.work_item = open_item(
        kind=kind,
        title=title,
        owner_role=role,
        url_name=url_name,
        subject_public_id=claim.public_id,
        now=NOW,
        due_on=due_on,
        amount_at_stake=Decimal(amount),
    )
    claim.save()
    return claim.work_item


def patient_of(item: WorkItem) -> Patient:
    return Claim.objects.get(work_item=item).patient


def me(browser: Client) -> User:
    return User.objects.get(pk=browser.session["_auth_user_id"])


def titles(browser: Client, query: str = "") -> list[str]:
    page = browser.get(f"{LIST}?{query}")
    assert "UNDEFINED_VARIABLE" not in page.content.decode()
    return [task.item.title for task in page.context["tasks"]]


@pytest.fixture
def five(biller: Client) -> dict[str, WorkItem]:
    """One item for each tab, named by it."""
    items = {name: work(name) for name in ("mine", "free", "later", "done")}
    person = me(biller)
    services.assign(items=[items["mine"]], assignee=person, acting_user=person, now=NOW)
    WorkItem.objects.filter(pk=items["later"].pk).update(snoozed_until=date(2030, 1, 1))
    close_item(items["done"], acting_user=person, now=NOW, outcome="Corrected")
    items["other"] = work("other", role=WorkItem.OwnerRole.CODER)
    return items


@pytest.mark.usefixtures("five")
@pytest.mark.parametrize(
    ("tab", "shown"),
    [
        ("mine", {"mine"}),
        ("role", {"mine", "free"}),
        ("unassigned", {"free"}),
        ("snoozed", {"later"}),
        ("done", {"done"}),
        ("nonsense", {"mine", "free"}),
    ],
)
def test_each_tab_shows_its_own(biller: Client, tab: str, shown: set[str]) -> None:
    assert set(titles(biller, f"view={tab}")) == shown


@pytest.mark.usefixtures("five")
def test_tabs_are_counted_but_for_what_is_done(biller: Client) -> None:
    numbers = {key: number for key, _, number in biller.get(LIST).context["tabs"]}
    assert numbers == {"mine": 1, "role": 2, "unassigned": 1, "snoozed": 1, "done": None}


@pytest.mark.parametrize("tab", Tab)
def test_an_empty_tab_says_why(biller: Client, tab: Tab) -> None:
    page = biller.get(f"{LIST}?view={tab}").content.decode()
    assert 'class="empty"' in page
    assert "UNDEFINED_VARIABLE" not in page


@pytest.mark.long
def test_filters_narrow_and_the_amount_is_a_floor(biller: Client) -> None:
    today = clock.practice_date(NOW)
    work("small", amount="5.00", due_on=today)
    work("undated", kind="batch")
    work("past", due_on=date(2020, 1, 1))
    assert titles(biller, "amount=50&due=over") == ["past"]
    assert titles(biller, "due=today") == ["small"]
    assert titles(biller, "due=none") == ["undated"]
    assert titles(biller, "kind=batch") == ["undated"]
    assert titles(biller, f"assignee={me(biller).public_id}") == []
    assert titles(biller, "sort=amount")[0] == "small"
    assert titles(biller) == ["undated", "past", "small"]


@pytest.mark.parametrize("query", ["kind=nothing", "sort=-", "amount=x", "assignee=y", "due=z", "page=-1", "sort=pk"])
def test_what_nobody_can_ask_for_is_no_error(biller: Client, query: str) -> None:
    work()
    assert biller.get(f"{LIST}?{query}").status_code == 200


@pytest.mark.long
@pytest.mark.parametrize("sort", SORTS)
def test_every_order_is_turned(biller: Client, sort: str) -> None:
    work("a", amount="1.00", due_on=date(2026, 1, 1))
    newer = work("b", amount="2.00", due_on=date(2026, 1, 2))
    WorkItem.objects.filter(pk=newer.pk).update(opened_at=datetime(2030, 1, 1, tzinfo=NOW.tzinfo))
    assert titles(biller, f"sort={sort}") == ["a", "b"]
    assert titles(biller, f"sort=-{sort}") == ["b", "a"]


def test_work_whose_page_the_role_may_not_open_is_not_shown(signed_in: Callable[[Role | None], Client]) -> None:
    desk = signed_in(Role.FRONT_DESK)
    item = work(role=WorkItem.OwnerRole.FRONT_DESK)
    services.assign(items=[item], assignee=me(desk), acting_user=me(desk), now=NOW)
    assert titles(desk, "view=mine") == []
    assert desk.get(reverse("workspace:work_item", args=[item.public_id])).status_code == 404
    assert desk.post(reverse("workspace:change_work", args=[item.public_id, "note"]), {"text": "x"}).status_code == 404


def test_work_of_another_role_is_shown_to_whom_it_was_given(signed_in: Callable[[Role | None], Client]) -> None:
    administrator, coder = signed_in(Role.ADMINISTRATOR), signed_in(Role.CODER)
    item = work("given")
    address = reverse("workspace:work_item", args=[item.public_id])
    assert administrator.get(address).status_code == 404
    services.assign(items=[item], assignee=me(administrator), acting_user=me(administrator), now=NOW)
    assert titles(administrator, "view=mine") == ["given"]
    assert administrator.get(address).status_code == 200
    assert coder.get(address).status_code == 404


def test_the_list_leaves_one_audit_row_with_its_patients(biller: Client) -> None:
    item = work()
    biller.get(f"{LIST}?view=role")
    event = AuditEvent.objects.get(subject_kind="worklist")
    assert (event.action, event.patients) == ("list", [patient_of(item).public_id])


def test_the_file_has_the_whole_filter_and_names_no_patient(biller: Client) -> None:
    item = work("=small", amount="5.00")
    work("large", amount="500.00")
    file = biller.get(f"{reverse('workspace:worklist_export')}?amount=1&sort=amount")
    lines = b"".join(file.streaming_content).decode().splitlines()  # type: ignore[attr-defined]  # streamed
    assert [line.split(",")[1] for line in lines] == ["Next step", "'=small", "large"]
    assert patient_of(item).last_name not in "".join(lines)
    assert AuditEvent.objects.filter(subject_kind="worklist", action="export").exists()


def test_columns_left_out_are_left_out_of_the_file_too(biller: Client) -> None:
    work()
    address = reverse("workspace:worklist_columns")
    page = biller.post(address, {"column": ["about"]}, follow=True).content.decode()
    head = page[page.index("<thead>") : page.index("</thead>")]
    assert head.count("<th ") == page[page.index("<tbody>") : page.index("</tr>", page.index("<tbody>"))].count("<td")
    assert "About" in head
    assert "Opened" not in head
    file = biller.get(reverse("workspace:worklist_export"))
    lines = b"".join(file.streaming_content).decode().splitlines()  # type: ignore[attr-defined]  # streamed
    assert lines[0] == "Due,Next step,Kind,At stake,Role,Closed"


@pytest.mark.long
def test_an_item_tells_what_was_done_with_it(biller: Client) -> None:
    item, person = work(due_on=date(2031, 1, 1)), me(biller)
    other = work()
    services.assign(items=[item, other], assignee=person, acting_user=person, now=NOW)
    services.snooze(item=item, until=date(2030, 5, 4), today=TODAY, acting_user=person, now=NOW)
    address = reverse("workspace:work_item", args=[item.public_id])
    biller.post(reverse("workspace:change_work", args=[item.public_id, "note"]), {"text": "Called the payer"})
    close_item(item, acting_user=person, now=NOW, outcome="Corrected")
    page = biller.get(address)
    assert [event.what for event in page.context["history"]].count("Snoozed until May 4, 2030") == 1
    assert {event.what for event in page.context["history"]} == {
        "Opened",
        f"Given to {person.display_name}",
        "Snoozed until May 4, 2030",
        "Note",
        "Done",
    }
    text = page.content.decode()
    assert "Called the payer" in text
    assert "Corrected" in text
    assert "UNDEFINED_VARIABLE" not in text
    assert "Snoozed" not in biller.get(reverse("workspace:work_item", args=[other.public_id])).content.decode()


def do(browser: Client, item: WorkItem, verb: str, **told: str) -> str:
    answer = browser.post(reverse("workspace:change_work", args=[item.public_id, verb]), told, follow=True)
    assert "UNDEFINED_VARIABLE" not in answer.content.decode()
    return answer.content.decode()


@pytest.mark.long
def test_an_item_is_given_to_somebody_whose_role_may_do_it(biller: Client) -> None:
    item, coder, desk = work(), UserFactory(role=Role.CODER), UserFactory(role=Role.FRONT_DESK)
    assert f"1 given to {coder.display_name}." in do(biller, item, "give", assignee=coder.public_id)
    item.refresh_from_db()
    assert item.assignee == coder
    assert "Choose somebody whose role may do this work." in do(biller, item, "give", assignee=desk.public_id)
    assert "1 given to nobody in person." in do(biller, item, "give", assignee="")


@pytest.mark.long
def test_a_due_date_is_set_by_hand_and_told_in_the_history(biller: Client) -> None:
    item = work()
    WorkItem.objects.filter(pk=item.pk).update(snoozed_until=date(2026, 9, 30))
    assert "Due on September 20, 2026." in do(biller, item, "due", due_on="2026-09-20")
    item.refresh_from_db()
    assert (item.due_on, item.is_due_by_hand, item.snoozed_until) == (date(2026, 9, 20), True, None)
    page = biller.get(reverse("workspace:work_item", args=[item.public_id]))
    (event,) = [each for each in page.context["history"] if each.what == "Due on September 20, 2026, set by hand"]
    assert (event.who, event.at) == (me(biller).display_name, NOW)
    assert "Set by hand" in page.content.decode()
    assert "Due on October 5, 2026." in do(biller, item, "due", due_on="2026-10-05")
    assert "No day is set." in do(biller, item, "due", due_on="")
    item.refresh_from_db()
    assert (item.due_on, item.is_due_by_hand) == (None, False)


@pytest.mark.long
def test_a_hand_does_not_move_a_due_date_beyond_the_rooms_own(biller: Client) -> None:
    item = work(due_on=date(2026, 9, 25))
    do(biller, item, "due", due_on="2026-09-18")
    assert "This must be done by September 25, 2026" in do(biller, item, "due", due_on="2026-09-26")
    assert "Choose today or a later day." in do(biller, item, "due", due_on="2026-09-15")
    assert "Choose the day on which it is due." in do(biller, item, "due", due_on="soon")
    item.refresh_from_db()
    assert item.due_on == date(2026, 9, 18)
    assert "Due on September 25, 2026." in do(biller, item, "due", due_on="")
    page = biller.get(reverse("workspace:work_item", args=[item.public_id]))
    told = {each.what for each in page.context["history"]}
    assert {"Due on September 18, 2026, set by hand", "Due on September 25, 2026, its own day again"} <= told


@pytest.mark.long
def test_of_what_is_past_due_no_day_is_set_and_one_reason_told(biller: Client) -> None:
    item = work(due_on=date(2026, 9, 1))
    for day in ("2026-08-31", "2026-09-01", "2026-09-20"):
        assert "This was due by September 1, 2026: no later day can be set." in do(biller, item, "due", due_on=day)


@pytest.mark.long
def test_where_the_room_sets_another_day_since_that_one_counts(biller: Client) -> None:
    item = work(due_on=date(2026, 9, 25))
    do(biller, item, "due", due_on="2026-09-18")
    WorkItem.objects.filter(pk=item.pk).update(due_on=date(2026, 9, 21))
    assert "This must be done by September 21, 2026" in do(biller, item, "due", due_on="2026-09-25")
    assert "Due on September 20, 2026." in do(biller, item, "due", due_on="2026-09-20")


@pytest.mark.long
def test_what_is_due_at_a_set_time_or_closed_keeps_its_day(biller: Client) -> None:
    timed, closed = work(), work()
    WorkItem.objects.filter(pk=timed.pk).update(due_at=NOW)
    close_item(closed, acting_user=me(biller), now=NOW)
    assert "due at a set time" in do(biller, timed, "due", due_on="2026-09-20")
    assert "This is closed already." in do(biller, closed, "due", due_on="2026-09-20")
    assert not WorkItem.objects.exclude(set_due_on=None).exists()


@pytest.mark.long
def test_an_item_is_put_off_and_not_beyond_its_deadline(biller: Client) -> None:
    item = work(due_on=date(2026, 9, 20))
    assert "1 snoozed." in do(biller, item, "snooze", until="2026-09-18")
    item.refresh_from_db()
    assert item.snoozed_until == date(2026, 9, 18)
    do(biller, item, "snooze", until="2026-10-18")
    item.refresh_from_db()
    assert item.snoozed_until == date(2026, 9, 18)


@pytest.mark.long
def test_what_is_closed_takes_a_note_and_nothing_else(biller: Client) -> None:
    item = work()
    close_item(item, acting_user=me(biller), now=NOW, outcome="Corrected")
    assert "This is closed already." in do(biller, item, "give", assignee="")
    assert "Noted." in do(biller, item, "note", text="For the next time")
    assert biller.post(reverse("workspace:change_work", args=[item.public_id, "burn"])).status_code == 404


def test_an_empty_note_is_refused(biller: Client) -> None:
    item = work()
    page = biller.post(reverse("workspace:change_work", args=[item.public_id, "note"]), {"text": " "}, follow=True)
    assert "Write the note first." in page.content.decode()
    assert not item.notes.exists()


@pytest.mark.long
def test_queries_do_not_grow_with_the_rows(
    biller: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(12):
        work()
    with django_assert_max_num_queries(40):
        assert len(titles(biller)) == 12


@pytest.mark.parametrize("role", Role)
def test_every_role_has_its_list(signed_in: Callable[[Role | None], Client], role: Role) -> None:
    browser = signed_in(role)
    assert browser.get(LIST).status_code == 200
    assert browser.get(reverse("workspace:worklist_export")).status_code == 200


@pytest.mark.parametrize("name", ["worklist", "worklist_export"])
def test_without_a_role_nothing_is_shown(signed_in: Callable[[Role | None], Client], name: str) -> None:
    assert signed_in(None).get(reverse(f"workspace:{name}")).status_code == 403


def test_beside_the_list_an_item_is_shown_and_changed_without_its_frame(biller: Client) -> None:
    item = work("a")
    htmx = {"HX-Request": "true"}
    address = reverse("workspace:work_item", args=[item.public_id])
    text = biller.get(address, headers=htmx).content.decode()
    assert "<html" not in text
    assert 'hx-target="#beside"' in text
    assert "UNDEFINED_VARIABLE" not in text
    assert "#beside" not in biller.get(address).content.decode()
    do_it = reverse("workspace:change_work", args=[item.public_id, "note"])
    answer = biller.post(do_it, {"text": "Called"}, headers=htmx)
    assert (answer.status_code, answer["HX-Trigger"]) == (200, "work-changed")
    assert "Called" in answer.content.decode()
    assert "Noted." in answer.content.decode()


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}])
def test_what_is_given_back_to_another_role_leads_to_the_list(
    signed_in: Callable[[Role | None], Client], headers: dict[str, str]
) -> None:
    administrator, item = signed_in(Role.ADMINISTRATOR), work("given")
    services.assign(items=[item], assignee=me(administrator), acting_user=me(administrator), now=NOW)
    give = reverse("workspace:change_work", args=[item.public_id, "give"])
    answer = administrator.post(give, {"assignee": ""}, headers=headers)
    if headers:
        assert (answer.content, answer["HX-Trigger"]) == (b"", "work-changed")
    else:
        assert answer["Location"] == LIST


@pytest.mark.long
@pytest.mark.usefixtures("five")
def test_the_number_of_rows_is_that_of_the_filter(biller: Client) -> None:
    work("batch", kind="batch", amount="5.00", due_on=TODAY)
    for query, number in {
        "": 3,
        "view=mine": 1,
        "view=done": 1,
        "view=done&kind=batch": 0,
        "kind=batch": 1,
        "kind=claim_exception": 2,
        "kind=nothing": 0,
        "amount=50": 2,
        "due=today": 1,
        "kind=batch&due=none": 0,
        "view=nonsense&sort=amount": 3,
    }.items():
        page = biller.get(f"{LIST}?{query}").context
        assert (page["page"].paginator.count, len(page["tasks"])) == (number, number), query
    kinds = {chip.value: chip.count for chip in biller.get(LIST).context["kinds"]}
    assert kinds == {"claim_exception": 2, "batch": 1}


def test_a_kind_that_the_form_refuses_narrows_nothing_and_counts_all(biller: Client) -> None:
    work("a")
    assert titles(biller, "kind=a+b") == ["a"]
