"""The routing rules as data that people edit: their order, their versions, and who changed what."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from apps.audit.models import AuditEvent
from apps.core.models import User
from apps.core.reason_codes import is_carc
from apps.denials.models import Lane, RoutingRule
from apps.denials.rules.lanes import RuleView, unreached
from apps.denials.services import Route, RouteError, add_route, change_route, end_route, move_route, routing_rules
from apps.denials.services.edit_routes import MOST_RULES
from apps.practice.models import Payer
from apps.practice.roles import Role
from tests.denials.pages import TODAY, page
from tests.factories.denials import denial
from tests.factories.practice import PayerFactory, UserFactory

pytestmark = pytest.mark.django_db
SignIn = Callable[[Role | None], Client]
DEFAULTS = ["4", "22", "97", "231", "236", "B15", "50", "167", ""]
LATER = datetime.fromisoformat("2026-10-05T15:00:00+00:00")


@pytest.fixture
def boss(db: None) -> User:
    return UserFactory(role=Role.ADMINISTRATOR)


@pytest.fixture
def administrator(signed_in: SignIn) -> Client:
    return signed_in(Role.ADMINISTRATOR)


def codes() -> list[str]:
    """Of the rules in force, in their order."""
    return [row.carc for row in routing_rules()[1].values()]


def rule_for(carc: str) -> RoutingRule:
    return next(row for row in routing_rules()[1].values() if row.carc == carc)


def route(carc: str = "16", payer: Payer | None = None, **told: str) -> Route:
    facts = {"lane": "general", "owner_role": "biller", "first_action": "Send what is missing"} | told
    return Route(carc, payer, **facts)


def test_a_new_rule_is_asked_before_the_last_one_and_routes_what_comes(boss: User) -> None:
    add_route(route=route(lane="coding_review", owner_role="coder"), acting_user=boss, now=TODAY)
    assert codes() == [*DEFAULTS[:-1], "16", ""]
    found = denial("16")
    assert (found.lane, found.work_item.owner_role, found.work_item.title) == (  # type: ignore[union-attr]  # it has one
        Lane.CODING_REVIEW,
        "coder",
        "Send what is missing",
    )


def test_a_changed_rule_ends_and_what_it_routed_keeps_its_words(boss: User) -> None:
    old = denial("22")
    told = change_route(
        key=rule_for("22").pk, route=route("22", first_action="Call the family"), acting_user=boss, now=LATER
    )
    assert codes() == DEFAULTS
    old.refresh_from_db()
    assert old.rule.first_action == "Verify the secondary coverage and bill in the right order"
    assert (old.rule.place, old.rule.ended_at, old.rule.ended_by) == (None, LATER, boss)
    assert denial("22").rule == told
    event = AuditEvent.objects.get(action="change_route")
    assert (event.actor, event.subject_kind, event.detail["was"]["first_action"]) == (
        boss,
        "routing_rule",
        old.rule.first_action,
    )
    assert event.detail["first_action"] == "Call the family"


def test_the_same_words_again_change_nothing(boss: User) -> None:
    rule = rule_for("22")
    same = Route("22", None, rule.lane, rule.owner_role, rule.first_action)
    assert change_route(key=rule.pk, route=same, acting_user=boss, now=TODAY) == rule
    assert not AuditEvent.objects.filter(action="change_route").exists()


def test_the_last_rule_takes_other_words_but_stays_the_last_and_takes_everything(boss: User) -> None:
    key = rule_for("").pk
    change_route(key=key, route=route("22", first_action="Read it twice"), acting_user=boss, now=TODAY)
    last = rule_for("")
    assert (codes(), last.first_action, last.takes_everything) == (DEFAULTS, "Read it twice", True)
    with pytest.raises(RouteError, match="The last rule stays"):
        end_route(key=last.pk, acting_user=boss, now=TODAY)
    move_route(key=last.pk, up=True, acting_user=boss, now=TODAY)
    move_route(key=rule_for("167").pk, up=False, acting_user=boss, now=TODAY)
    assert codes() == DEFAULTS


def test_a_rule_moves_by_one_place_and_not_beyond_the_first(boss: User) -> None:
    key = rule_for("22").pk
    for _ in range(2):
        move_route(key=key, up=True, acting_user=boss, now=TODAY)
    assert codes() == ["22", "4", *DEFAULTS[2:]]
    move_route(key=key, up=False, acting_user=boss, now=TODAY)
    assert codes() == DEFAULTS
    assert [event.detail["place"] for event in AuditEvent.objects.filter(action="move_route").order_by("pk")] == [1, 2]


def test_denials_of_a_rule_that_is_taken_out_go_by_the_next_that_fits(boss: User) -> None:
    end_route(key=rule_for("22").pk, acting_user=boss, now=TODAY)
    assert denial("22").lane == Lane.GENERAL
    with pytest.raises(RouteError, match="Somebody has changed this rule"):
        end_route(key=RoutingRule.objects.get(carc="22").pk, acting_user=boss, now=TODAY)


def test_a_rule_needs_a_condition_that_no_other_has(boss: User) -> None:
    for carc, refusal in (("", "Name a reason code"), ("22", "Rule 2 is for the same code and payer")):
        with pytest.raises(RouteError, match=refusal):
            add_route(route=route(carc), acting_user=boss, now=TODAY)
        with pytest.raises(RouteError, match=refusal):
            change_route(key=rule_for("4").pk, route=route(carc), acting_user=boss, now=TODAY)
    assert add_route(route=route("22", PayerFactory()), acting_user=boss, now=TODAY).place == 90
    assert AuditEvent.objects.exclude(action="add_route").count() == 0


def test_there_is_an_end_to_how_many(boss: User) -> None:
    routing_rules()
    RoutingRule.objects.bulk_create(
        RoutingRule(place=2000 + number, carc="1", lane="general", owner_role="biller", first_action="x")
        for number in range(MOST_RULES - len(DEFAULTS))
    )
    with pytest.raises(RouteError, match="500 rules"):
        add_route(route=route(), acting_user=boss, now=TODAY)


def test_the_database_keeps_no_rule_that_has_ended_in_its_place() -> None:
    rule = rule_for("22")
    with pytest.raises(IntegrityError), transaction.atomic():
        RoutingRule.objects.filter(pk=rule.pk).update(ended_at=TODAY)


def test_a_rule_behind_a_wider_one_is_never_reached() -> None:
    rules = [RuleView(1, 10, "22", 7), RuleView(2, 20, "22"), RuleView(3, 30, "22", 8), RuleView(4, 40, "50", 7)]
    assert unreached([*rules, RuleView(5, 50)]) == {3: 2}
    assert unreached([RuleView(5, 5), *rules[:1]]) == {1: 5}


@pytest.mark.parametrize(
    ("text", "holds"), [("22", True), ("B15", True), ("A0", True), ("CO-22", False), ("022", False), ("", False)]
)
def test_a_reason_code_has_a_form(text: str, *, holds: bool) -> None:
    assert is_carc(text) is holds


def test_the_page_tells_the_order_and_what_no_denial_meets(administrator: Client, boss: User) -> None:
    payer = PayerFactory(name="Cedar Health")
    add_route(route=route("22", payer), acting_user=boss, now=TODAY)
    denial("22")
    text = page(administrator, "denials:routes")
    assert text.index("2. Code 22</a>") < text.index("7. Code 50</a>") < text.index("10. Everything else</a>")
    assert "Never reached" in text
    assert "Rule 2 takes the same before it." in text
    assert text.count("</span>Sep 28</td>") == 1
    assert "Changed or taken out" not in text


@pytest.mark.long
def test_a_rule_is_added_changed_moved_and_taken_out_on_its_pages(administrator: Client) -> None:
    new, payer = reverse("denials:new_route"), PayerFactory(name="Cedar Health")
    told = {"carc": "b16", "payer": payer.public_id, "lane": "general", "owner_role": "biller", "first_action": "Call"}
    assert administrator.post(new, told).status_code == 302
    key = rule_for("B16").pk
    assert 'value="B16"' in page(administrator, "denials:route", str(key))
    changed = administrator.post(reverse("denials:route", args=[key]), told | {"owner_role": "coder"}, follow=True)
    assert "It counts for denials that come from now on." in changed.content.decode()
    fresh = rule_for("B16")
    assert (fresh.pk == key, fresh.owner_role, fresh.payer) == (False, "coder", payer)
    moved = administrator.post(
        reverse("denials:move_route", args=[fresh.pk]), {"to": "up"}, headers={"hx-request": "true"}
    )
    assert "<h1>" not in moved.content.decode()
    assert codes()[7:] == ["B16", "167", ""]
    administrator.post(reverse("denials:end_route", args=[fresh.pk]))
    assert "B16" not in codes()
    assert page(administrator, "denials:routes").count("Code B16") == 2


def test_what_cannot_stand_is_told_in_the_form(administrator: Client) -> None:
    told = {"carc": "CO-22", "lane": "general", "owner_role": "front_desk", "first_action": "Call"}
    refused = administrator.post(reverse("denials:new_route"), told)
    assert refused.status_code == 422
    assert "A reason code is up to three digits" in refused.content.decode()
    assert "front_desk is not one of the available choices" in refused.content.decode()
    refused = administrator.post(reverse("denials:new_route"), told | {"carc": "22", "owner_role": "biller"})
    assert "Rule 2 is for the same code and payer" in refused.content.decode()
    last = administrator.post(reverse("denials:end_route", args=[rule_for("").pk]))
    assert (last.status_code, "The last rule stays" in last.content.decode()) == (422, True)


def test_whoever_opens_a_rule_that_has_ended_is_led_to_those_that_count(administrator: Client, boss: User) -> None:
    ended = end_route(key=rule_for("22").pk, acting_user=boss, now=TODAY)
    led = administrator.get(reverse("denials:route", args=[ended.pk]), follow=True)
    assert led.redirect_chain == [(reverse("denials:routes"), 302)]
    assert "This rule has ended" in led.content.decode()
    moved = administrator.post(reverse("denials:move_route", args=[ended.pk]), {"to": "up"})
    assert (moved.status_code, "Somebody has changed this rule" in moved.content.decode()) == (422, True)


def test_who_works_denials_reads_the_rules_and_changes_none(biller: Client) -> None:
    text = page(biller, "denials:routes")
    assert "Code 22" in text
    for none in ("Add a rule", "Move rule", reverse("denials:route", args=[rule_for("22").pk])):
        assert none not in text
