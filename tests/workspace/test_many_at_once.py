"""Several rows of a list at once: the ticked ones, and all of a filter as they stood when they were selected."""

from collections.abc import Callable
from datetime import date

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.practice.models import Membership
from apps.practice.roles import Role, may
from apps.worklist import services
from apps.worklist.models import Selection, WorkItem
from apps.worklist.open_pages import page_permissions
from apps.worklist.queue import close_item
from apps.workspace.rules import doing
from apps.workspace.selectors.worklist import asked_of
from tests.factories.denials import denial
from tests.factories.practice import PracticeFactory, UserFactory
from tests.workspace.emergencies import NOW
from tests.workspace.test_worklist import LIST, me, work

pytestmark = pytest.mark.django_db
SignIn = Callable[[Role | None], Client]
BILLER = WorkItem.OwnerRole.BILLER


@pytest.fixture(autouse=True)
def frozen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("apps.core.clock.now", lambda: NOW)


def many(browser: Client, what: str, **told: object) -> HttpResponse:
    answer = browser.post(reverse(f"workspace:worklist_{what}"), told, follow=True)
    assert answer.status_code == 200
    assert "UNDEFINED_VARIABLE" not in answer.content.decode()
    return answer


def select(browser: Client, query: str = "") -> Selection:
    many(browser, "select", query=query)
    return Selection.objects.get(owner=me(browser))


def owned(person: object) -> set[str]:
    return set(WorkItem.objects.filter(assignee=person).values_list("title", flat=True))


@pytest.mark.long
def test_ticked_rows_are_given_and_the_filter_is_kept(biller: Client) -> None:
    first, _, third = work("a"), work("b"), work("c")
    coder = UserFactory(role=Role.CODER)
    answer = many(
        biller, "assign", item=[first.public_id, third.public_id], assignee=coder.public_id, query="amount=5&page=1"
    )
    assert f"2 given to {coder.display_name}." in answer.content.decode()
    assert answer.redirect_chain[-1][0] == f"{LIST}?amount=5&page=1&view=role"
    assert owned(coder) == {"a", "c"}


@pytest.mark.long
def test_nothing_ticked_is_said(biller: Client) -> None:
    work()
    assert "Choose some rows first." in many(biller, "assign", assignee="").content.decode()
    assert "Choose some rows first." in many(biller, "snooze", until="2026-10-01").content.decode()


def test_ticked_rows_are_put_off_but_for_what_is_due_before(biller: Client) -> None:
    items = [work("a"), work("b", due_on=date(2026, 9, 18))]
    answer = many(biller, "snooze", item=[each.public_id for each in items], until="2026-09-20")
    assert "1 snoozed. 1 stay: they are due before that day." in answer.content.decode()
    assert WorkItem.objects.get(snoozed_until=date(2026, 9, 20)).title == "a"


@pytest.mark.long
def test_a_person_is_given_only_what_the_role_may_do(biller: Client) -> None:
    desk = UserFactory(role=Role.FRONT_DESK)
    items = [work("claim"), work("visit", url_name="eligibility:check")]
    answer = many(biller, "assign", item=[each.public_id for each in items], assignee=desk.public_id)
    assert f"1 stay: {desk.display_name}&#x27;s role may not do them." in answer.content.decode()
    assert owned(desk) == {"visit"}


@pytest.mark.long
def test_who_may_read_a_page_and_do_nothing_there_is_given_none_of_its_work(biller: Client) -> None:
    coder, desk = UserFactory(role=Role.CODER), UserFactory(role=Role.FRONT_DESK)
    claim, check = work("claim", url_name="workspace:claim"), work("check", url_name="eligibility:check")
    answer = many(biller, "assign", item=[claim.public_id, check.public_id], assignee=coder.public_id)
    assert f"0 given to {coder.display_name}. 2 stay:" in answer.content.decode()
    assert owned(coder) == set()
    many(biller, "assign", item=[claim.public_id, check.public_id], assignee=desk.public_id)
    assert owned(desk) == {"check"}


def test_one_item_asks_the_same_of_whom_it_is_given_to(biller: Client) -> None:
    coder = UserFactory(role=Role.CODER)
    check = work("check", url_name="eligibility:check")
    page = biller.get(reverse("workspace:work_item", args=[check.public_id])).content.decode()
    assert coder.public_id not in page
    address = reverse("workspace:change_work", args=[check.public_id, "give"])
    answer = biller.post(address, {"assignee": coder.public_id}, follow=True)
    assert "Choose somebody whose role may do this work." in answer.content.decode()


@pytest.mark.parametrize(
    ("kind", "page", "role"),
    [
        ("write_off_approval", "denials:card", Role.ADMINISTRATOR),
        ("confirm_payer", "workspace:patient", Role.ADMINISTRATOR),
        ("link_locked", "balances:detail", Role.FRONT_DESK),
        ("patient_alike", "workspace:patient", Role.FRONT_DESK),
        ("coverage_disputed", "workspace:patient", Role.FRONT_DESK),
        ("eligibility", "eligibility:check", Role.FRONT_DESK),
        ("inbound_question", "balances:inbound", Role.FRONT_DESK),
        ("denial", "denials:card", Role.CODER),
        ("line_off", "claims:exception", Role.CODER),
        ("batch", "claims:batch", Role.BILLER),
        ("remittance_exception", "remittances:exception", Role.BILLER),
        ("emergency_access", "settings:emergency", Role.ADMINISTRATOR),
    ],
)
def test_a_role_may_do_its_own_work(kind: str, page: str, role: Role) -> None:
    asked = asked_of(WorkItem(kind=kind, url_name=page))
    assert asked is None or may(role, asked)


def test_each_page_whose_work_is_told_apart_is_there() -> None:
    assert set(doing._OF_PAGE) <= set(page_permissions())


def test_what_is_not_ones_own_to_see_is_not_changed(biller: Client) -> None:
    other = work("other", role=WorkItem.OwnerRole.CODER)
    many(biller, "assign", item=[other.public_id], assignee=me(biller).public_id)
    assert owned(me(biller)) == set()


@pytest.mark.long
def test_all_of_a_filter_is_what_it_showed_then(biller: Client) -> None:
    for number in range(60):
        work(f"old {number}")
    work("cheap", amount="1.00")
    selection = select(biller, "amount=50&page=2")
    late = work("late")
    shown = f"{LIST}?amount=50&view=role&selected={selection.public_id}"
    page = biller.get(f"{shown}&sort=-opened&page=2").content.decode()
    assert "60 selected, as they stood at" in page
    assert page.count("checked disabled") == 10
    coder = UserFactory(role=Role.CODER)
    answer = many(biller, "assign", selection=selection.public_id, assignee=coder.public_id, query=shown.split("?")[1])
    assert f"60 given to {coder.display_name}." in answer.content.decode()
    assert answer.redirect_chain[-1][0] == f"{LIST}?amount=50&view=role"
    late.refresh_from_db()
    assert late.assignee is None
    assert "cheap" not in owned(coder)


@pytest.mark.long
def test_of_what_is_selected_only_the_open_is_changed(biller: Client) -> None:
    gone = work("gone")
    work("stays")
    selection = select(biller)
    close_item(gone, acting_user=me(biller), now=NOW)
    answer = many(biller, "snooze", selection=selection.public_id, until="2026-10-01")
    assert "1 snoozed." in answer.content.decode()


def test_whose_role_has_changed_changes_nothing_of_the_old_one(biller: Client) -> None:
    work("a")
    selection = select(biller)
    Membership.objects.filter(user=me(biller)).update(role=Role.CODER)
    answer = many(biller, "assign", selection=selection.public_id, assignee=me(biller).public_id)
    assert "Choose some rows first." in answer.content.decode()
    assert owned(me(biller)) == set()


@pytest.mark.long
def test_another_filter_has_nothing_selected(biller: Client) -> None:
    work("a")
    selection = select(biller, "view=role")
    assert "1 selected" in biller.get(f"{LIST}?selected={selection.public_id}").content.decode()
    for query in ("view=unassigned", "amount=5", "due=none"):
        assert "as they stood" not in biller.get(f"{LIST}?{query}&selected={selection.public_id}").content.decode()


@pytest.mark.long
def test_a_later_selection_takes_the_place_of_the_first(biller: Client) -> None:
    work("a")
    first = select(biller).public_id
    assert select(biller).public_id != first
    answer = many(biller, "assign", selection=first, assignee=me(biller).public_id)
    assert "A later selection took the place of this one." in answer.content.decode()
    assert owned(me(biller)) == set()


@pytest.mark.long
def test_a_selection_is_its_owners(biller: Client, signed_in: SignIn) -> None:
    work("a")
    selection, other = select(biller), signed_in(Role.BILLER)
    assert "as they stood" not in other.get(f"{LIST}?selected={selection.public_id}").content.decode()
    answer = many(other, "assign", selection=selection.public_id, assignee=me(other).public_id)
    assert "A later selection" in answer.content.decode()


def test_what_is_done_is_not_selected(biller: Client) -> None:
    close_item(work("a"), acting_user=me(biller), now=NOW)
    assert select(biller, "view=done").items == []
    page = biller.get(f"{LIST}?view=done").content.decode()
    assert 'id="bulk"' not in page
    assert 'class="pick"' not in page


def test_all_denials_of_a_filter_are_given_too(biller: Client) -> None:
    PracticeFactory()
    rows = [denial("16"), denial("16"), denial("50")]
    biller.post(reverse("denials:denials_select"), {"query": "view=open&code=16"})
    selection = Selection.objects.get()
    assert len(selection.items) == 2
    person = me(biller)
    biller.post(
        reverse("denials:denials_assign"), {"selection": selection.public_id, "assignee": person.public_id, "query": ""}
    )
    assert set(WorkItem.objects.filter(assignee=person)) == {rows[0].work_item, rows[1].work_item}


@pytest.mark.parametrize("name", ["denials:denials_select", "claims:exceptions_select"])
def test_the_rooms_own_lists_ask_for_their_permission(signed_in: SignIn, name: str) -> None:
    assert signed_in(Role.FRONT_DESK).post(reverse(name)).status_code == 403


@pytest.mark.parametrize("what", ["select", "assign", "snooze"])
def test_without_a_role_nothing_is_done(signed_in: SignIn, what: str) -> None:
    assert signed_in(None).post(reverse(f"workspace:worklist_{what}")).status_code == 403


@pytest.mark.long
def test_giving_many_is_told_in_each_items_history(biller: Client) -> None:
    items = [work("a"), work("b")]
    many(biller, "assign", selection=select(biller).public_id, assignee=me(biller).public_id)
    for each in items:
        history = biller.get(reverse("workspace:work_item", args=[each.public_id])).context["history"]
        assert f"Given to {me(biller).display_name}" in {event.what for event in history}
    assert services.assign(items=items, assignee=me(biller), acting_user=me(biller), now=NOW) == 0


@pytest.mark.long
def test_ticked_rows_are_changed_beside_what_is_selected(biller: Client) -> None:
    work("selected")
    selection = select(biller)
    late, _ = work("late"), work("left alone")
    person = me(biller)
    many(biller, "assign", selection=selection.public_id, item=[late.public_id], assignee=person.public_id)
    assert owned(person) == {"selected", "late"}


@pytest.mark.long
def test_what_is_refused_stays_selected(biller: Client) -> None:
    work()
    selection = select(biller)
    query = f"view=role&selected={selection.public_id}"
    answer = many(biller, "snooze", selection=selection.public_id, until="", query=query)
    assert "1 selected, as they stood at" in answer.content.decode()


@pytest.mark.parametrize("what", ["assign", "snooze"])
def test_rows_are_locked_in_one_order_before_they_are_changed(biller: Client, what: str) -> None:
    item = work()
    told = {"item": [item.public_id], "assignee": me(biller).public_id, "until": "2026-10-01", "query": ""}
    with CaptureQueriesContext(connection) as asked:
        biller.post(reverse(f"workspace:worklist_{what}"), told)
    (locked,) = [query["sql"] for query in asked if query["sql"].endswith("FOR UPDATE")]
    assert "\"state\" = 'open'" in locked
    assert 'ORDER BY "worklist_workitem"."id" ASC' in locked
