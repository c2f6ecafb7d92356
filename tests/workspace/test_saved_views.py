"""Saved views and chosen columns, on each list that has them."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.audit.models import AuditEvent
from apps.claims.services import scrub_claims
from apps.practice.models import Membership, Payer
from apps.practice.roles import Role
from apps.worklist.models import ListChoice, SavedView
from apps.worklist.services.saved_views import MOST_VIEWS
from tests.factories.claims import ClaimFactory
from tests.factories.denials import denial
from tests.factories.practice import PayerFactory, PracticeFactory

pytestmark = pytest.mark.django_db
SignIn = Callable[[Role | None], Client]
LISTS = {
    "denials": ("denials:list", "view=open"),
    "exceptions": ("claims:exceptions", "view=all"),
    "worklist": ("workspace:worklist", "view=role"),
}
each_list = pytest.mark.parametrize("key", LISTS)
each_with_payers = pytest.mark.parametrize("key", ["denials", "exceptions"])


@pytest.fixture(autouse=True)
def practice() -> None:
    PracticeFactory()


def url(key: str, what: str = "") -> str:
    name = LISTS[key][0]
    return reverse(f"{name.partition(':')[0]}:{key}_{what}" if what else name)


def press(client: Client, key: str, what: str, **fields: object) -> str:
    """The page that follows."""
    answer = client.post(url(key, what), fields, follow=True)
    assert answer.status_code == 200
    text = answer.content.decode()
    assert "UNDEFINED_VARIABLE" not in text
    return text


def save(client: Client, key: str, query: str, name: str = "Mine first") -> SavedView:
    assert "View saved." in press(client, key, "save_view", query=query, name=name)
    return SavedView.objects.get(name=name)


def change(client: Client, key: str, view: SavedView, act: str, **fields: object) -> str:
    return press(client, key, "change_view", view=view.public_id, act=act, **fields)


def opened(client: Client, key: str, view: SavedView) -> str:
    """The query to which the view leads."""
    answer = client.get(url(key, "view"), {"view": view.public_id})
    assert answer.status_code == 302
    path, _, query = answer["Location"].partition("?")
    assert path == url(key)
    return query


@pytest.mark.long
@each_with_payers
def test_a_view_is_the_lists_address_under_a_name(key: str, biller: Client):
    payer = PayerFactory()
    denial("50", claim__encounter__coverage__payer=payer)
    view = save(biller, key, f"sort=-amount&page=3&payer={payer.public_id}&due=week")
    query = QueryDict(opened(biller, key, view)).dict()
    home = dict([LISTS[key][1].split("=")])
    assert query == {"due": "week", "payer": payer.public_id, "sort": "-amount"} | home
    text = biller.get(f"{url(key)}?{opened(biller, key, view)}").content.decode()
    assert f'<a class="chip on" href="{url(key, "view")}?view={view.public_id}"' in text
    assert "No patient&#x27;s name or number" in text
    event = AuditEvent.objects.get(action="save_view")
    assert event.detail == {"of_list": key, "query": view.query}  # a name might hold a patient's


@pytest.mark.parametrize("searched", ["number=TAB0000001", "patient=abcd", "q=Okafor"])
def test_what_was_searched_for_is_not_kept_and_that_is_said(searched: str, biller: Client):
    text = press(biller, "exceptions", "save_view", query=f"{searched}&age=7", name="Old ones")
    assert "View saved. What you searched for is not part of it." in text
    assert SavedView.objects.get().query == "age=7&view=all"


@pytest.mark.long
@each_with_payers
def test_a_filter_that_is_no_longer_known_is_left_out_and_said(key: str, biller: Client):
    payer = PayerFactory()
    denial("50", claim__encounter__coverage__payer=payer)
    view = save(biller, key, f"payer={payer.public_id}&due=past")
    Payer.objects.filter(pk=payer.pk).update(public_id="anotherpayer")
    SavedView.objects.update(query=f"{view.query}&sort=colour")
    view.refresh_from_db()
    assert opened(biller, key, view) == f"due=past&{LISTS[key][1]}"
    answer = biller.get(f"{url(key)}?{LISTS[key][1]}").content.decode()
    assert "Left out of this view, as no longer known: payer, sort." in answer


def test_a_reason_that_no_denial_of_the_view_has_today_is_still_asked_for(biller: Client):
    denial("50", beside=())
    view = save(biller, "denials", "view=decided&code=50")
    assert opened(biller, "denials", view) == "code=50&view=decided"


@pytest.mark.long
def test_a_finding_that_was_never_found_is_left_out(biller: Client, now):
    ClaimFactory(encounter__coverage__member_id="")
    scrub_claims(now=now)
    assert save(biller, "exceptions", "rule=COV-MEMBER-ID", "Ids").query == "rule=COV-MEMBER-ID&view=all"
    assert save(biller, "exceptions", "rule=NO-SUCH", "None").query == "view=all"


@pytest.mark.long
@each_list
def test_a_name_is_given_once_and_changed(key: str, biller: Client):
    first, second = save(biller, key, "due=none", "Late"), save(biller, key, "due=week", "Soon")
    assert "already" in press(biller, key, "save_view", query="", name="Late")
    assert "Give the view a name." in press(biller, key, "save_view", query="", name=" ")
    assert "already" in change(biller, key, second, "rename", name="Late")
    assert "View renamed." in change(biller, key, second, "rename", name="This week")
    assert set(SavedView.objects.values_list("name", flat=True)) == {first.name, "This week"}
    assert AuditEvent.objects.filter(action="rename_view").count() == 1


@each_list
def test_where_one_stands_and_what_is_selected_are_no_part_of_a_view(key: str, biller: Client):
    text = press(biller, key, "save_view", query="due=week&page=2&selected=0123456789abcdef", name="Soon")
    assert "View saved.<" in text
    assert SavedView.objects.get().query == f"due=week&{LISTS[key][1]}"


@pytest.mark.long
def test_the_worklist_is_shared_with_every_role(signed_in: SignIn):
    administrator, desk = signed_in(Role.ADMINISTRATOR), signed_in(Role.FRONT_DESK)
    view = save(administrator, "worklist", "due=week&kind=uncovered_visit&amount=5", "The desk's week")
    assert view.query == "amount=5&due=week&kind=uncovered_visit&view=role"
    assert "every front desk sees it" in change(administrator, "worklist", view, "share", role="front_desk")
    assert opened(desk, "worklist", view) == view.query


@pytest.mark.long
def test_so_many_views_and_no_more(biller: Client):
    for number in range(MOST_VIEWS):
        save(biller, "denials", "", f"View {number}")
    assert f"You have {MOST_VIEWS} views" in press(biller, "denials", "save_view", query="", name="Over")
    assert SavedView.objects.count() == MOST_VIEWS


@pytest.mark.long
@each_list
def test_the_list_opens_with_the_view_until_it_is_told_otherwise(key: str, biller: Client):
    view = save(biller, key, "due=none")
    assert biller.get(url(key)).status_code == 200
    assert "The list opens with this view." in change(biller, key, view, "first")
    assert biller.get(url(key))["Location"] == f"{url(key)}?due=none&{LISTS[key][1]}"
    assert biller.get(f"{url(key)}?{LISTS[key][1]}").status_code == 200
    assert "The list opens whole." in change(biller, key, view, "not_first")
    assert biller.get(url(key)).status_code == 200
    change(biller, key, view, "first")
    assert "View deleted." in change(biller, key, view, "delete")
    assert biller.get(url(key)).status_code == 200
    assert not SavedView.objects.exists()


@pytest.mark.long
def test_a_shared_view_outlives_its_owners_leave_in_other_administrators_hands(signed_in: SignIn):
    owner, other = signed_in(Role.ADMINISTRATOR), signed_in(Role.ADMINISTRATOR)
    view = save(owner, "denials", "due=week", "For coders")
    assert other.get(url("denials", "view"), {"view": view.public_id}).status_code == 404
    change(owner, "denials", view, "share", role="coder")
    Membership.objects.filter(user=view.owner).update(role=Role.CODER)
    assert "an administrator names it" in change(owner, "denials", view, "rename", name="Mrs Okafor's")
    assert "View renamed." in change(other, "denials", view, "rename", name="Of the week")
    assert "Choose one of the roles" in change(other, "denials", view, "share", role="king")
    view.refresh_from_db()
    assert (view.name, view.role) == ("Of the week", "coder")
    assert "View deleted." in change(other, "denials", view, "delete")
    assert not SavedView.objects.exists()


@each_list
@pytest.mark.parametrize("query", ["rule=%00", "code=%00&payer=%00", "q=%00"])
def test_a_filter_that_nobody_types_is_refused(key: str, query: str, biller: Client):
    assert biller.post(url(key, "save_view"), {"query": query, "name": "Odd"}).status_code == 400
    assert biller.post(url(key, "columns"), {"query": query}).status_code == 400
    assert not SavedView.objects.exists()


def test_a_filter_too_long_to_keep_is_refused(biller: Client):
    text = press(biller, "exceptions", "save_view", query=f"amount={'0' * 1200}5", name="Long")
    assert "This filter is too long to be kept." in text


@pytest.mark.long
def test_a_view_is_ones_own_until_an_administrator_shares_it(signed_in: SignIn):
    biller, coder, administrator = (signed_in(role) for role in (Role.BILLER, Role.CODER, Role.ADMINISTRATOR))
    own, shared = save(biller, "denials", "due=past", "Own"), save(administrator, "denials", "due=week", "For coders")
    assert coder.get(url("denials", "view"), {"view": shared.public_id}).status_code == 404
    assert "by administrators" in change(biller, "denials", own, "share", role="coder")
    assert "may not open this list" in change(administrator, "denials", shared, "share", role="front_desk")
    assert "every coder sees it" in change(administrator, "denials", shared, "share", role="coder")
    assert opened(coder, "denials", shared) == "due=week&view=open"
    assert "For coders" in coder.get(url("denials")).content.decode()
    assert "For coders" not in biller.get(url("denials")).content.decode()
    assert "Only whoever saved" in change(coder, "denials", shared, "delete")
    change(coder, "denials", shared, "first")
    assert coder.get(url("denials")).status_code == 302
    assert "Only whoever saved it sees it." in change(administrator, "denials", shared, "share", role="")
    assert coder.get(url("denials")).status_code == 200
    assert AuditEvent.objects.filter(action="share_view").count() == 2


def test_a_view_belongs_to_its_list_and_to_whoever_may_open_that(biller: Client, signed_in: SignIn):
    view = save(biller, "denials", "due=past")
    assert biller.get(url("exceptions", "view"), {"view": view.public_id}).status_code == 404
    desk = signed_in(Role.FRONT_DESK)
    for what in ("save_view", "change_view", "columns"):
        assert desk.post(url("denials", what)).status_code == 403


@pytest.mark.long
@each_with_payers
def test_columns_are_left_out_for_one_person_and_one_list(key: str, biller: Client, signed_in: SignIn, now):
    denial("50")
    ClaimFactory(encounter__coverage__member_id="")
    scrub_claims(now=now)
    assert ">Owner</th>" in biller.get(url(key)).content.decode()
    text = press(biller, key, "columns", column=["payer"], query="due=")
    head = text[text.index("<thead>") : text.index("</thead>")]
    assert head.count("<th ") == text[text.index("<tbody>") : text.index("</tr>", text.index("<tbody>"))].count("<td")
    assert "Payer" in head
    assert "Owner" not in head
    assert (">At risk</a>" if key == "denials" else ">Charged</a>") in head
    assert "Patient" in head
    other = next(each for each in LISTS if each != key)
    assert ">Owner</th>" in biller.get(url(other)).content.decode()
    assert ">Owner</th>" in signed_in(Role.BILLER).get(url(key)).content.decode()
    event = AuditEvent.objects.get(action="choose_columns")
    assert "owner" in event.detail["left_out"]
    assert "payer" not in event.detail["left_out"]


@each_list
def test_columns_that_the_list_does_not_have_change_nothing(key: str, biller: Client):
    press(biller, key, "columns", column=["amount", "<b>"])
    assert "amount" not in ListChoice.objects.get().left_out


@each_list
def test_htmx_gets_the_list_alone(key: str, biller: Client):
    answer = biller.post(url(key, "columns"), {"column": ["payer"]}, headers={"HX-Request": "true"}, follow=True)
    text = answer.content.decode()
    assert text.strip().startswith(f'<div id="{key}"')


@pytest.mark.long
def test_views_cost_the_list_two_questions_whatever_their_number(biller: Client):
    def asked() -> tuple[int, int]:
        """Questions of the page, and of these such about views and columns."""
        with CaptureQueriesContext(connection) as found:
            biller.get(f"{url('denials')}?view=open")
        words = [each["sql"] for each in found.captured_queries]
        return len(words), sum("worklist_savedview" in each or "worklist_listchoice" in each for each in words)

    biller.get(url("denials"))
    number, ours = asked()
    assert ours == 2
    for each in range(5):
        save(biller, "denials", "due=past", f"View {each}")
    biller.get(url("denials"))
    assert asked() == (number, ours)


@each_list
@pytest.mark.parametrize("amount", ["1e200000", "nan", "x"])
def test_an_amount_that_no_money_has_narrows_nothing(key: str, amount: str, biller: Client):
    assert biller.get(url(key), {"amount": amount}).status_code == 200
