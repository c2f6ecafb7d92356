from collections.abc import Callable
from datetime import date, datetime

import pytest
from django.test import Client
from django.urls import reverse

from apps.audit.models import AuditEvent
from apps.claims.models import PayerRule
from apps.claims.services import scrub_claims
from apps.claims.states import ClaimStatus
from apps.core import clock
from apps.core.models import User
from apps.practice.roles import Role
from tests.claims.pages import HTMX, page
from tests.factories.claims import ClaimFactory, PayerRuleFactory
from tests.factories.practice import PayerFactory

pytestmark = pytest.mark.django_db
SignIn = Callable[[Role | None], Client]
NO_OFFICE = {"all": [{"field": "claim.place_of_service", "operator": "is", "value": "22"}]}


@pytest.fixture
def administrator(signed_in: SignIn) -> Client:
    return signed_in(Role.ADMINISTRATOR)


def typed(**fields: object) -> dict[str, object]:
    """What the editor sends: two conditions."""
    owner = User.objects.get(membership__role=Role.ADMINISTRATOR)
    return {
        "name": "Telehealth at home",
        "payer": "",
        "match": "all",
        "field": ["claim.place_of_service", "line.procedure"],
        "operator": ["is", "between"],
        "value": ["02", "99202 to 99215"],
        "group": ["1", "1"],
        "action": "block",
        "set_field": "",
        "set_value": "",
        "sentence": "Bill place 10 for a patient at home.",
        "effective_from": "",
        "effective_to": "",
        "reason": "The payer's bulletin of July.",
        "owner": owner.public_id,
        "review_on": "",
    } | fields


def test_the_empty_list_says_what_comes_here(administrator: Client) -> None:
    text = page(administrator, "claims:payer_rules")
    assert "No rule of your own yet" in text
    assert reverse("claims:new_payer_rule") in text


def test_the_list_shows_state_payer_and_what_each_found(biller: Client, now: datetime) -> None:
    claim = ClaimFactory()
    PayerRuleFactory(payer=claim.payer, review_on=date(2026, 1, 31))
    PayerRuleFactory(name="An old one", state=PayerRule.State.OFF)
    scrub_claims(now=now)
    text = page(biller, "claims:payer_rules")
    assert claim.payer.name in text
    assert "Review is due" in text
    assert "<b>1 rule</b> is due for review" in text
    assert '<td class="num c2">1</td>' in text
    assert text.index("Visit that the payer wants otherwise") < text.index("An old one")
    assert reverse("claims:new_payer_rule") not in text


def test_a_rule_is_written_and_reads_in_words(administrator: Client) -> None:
    page(administrator, "claims:new_payer_rule")
    payer = PayerFactory()
    answer = administrator.post(reverse("claims:new_payer_rule"), typed(payer=payer.public_id))
    rule = PayerRule.objects.get()
    assert answer.headers["Location"] == reverse("claims:payer_rule", args=[rule.public_id])
    assert (rule.payer, rule.state, rule.set_field) == (payer, "draft", "")
    assert rule.conditions == {
        "all": [
            {"field": "claim.place_of_service", "operator": "is", "value": "02"},
            {"field": "line.procedure", "operator": "between", "value": "99202 to 99215"},
        ]
    }
    text = page(administrator, "claims:payer_rule", rule.public_id)
    assert "Place of service is 02" in text
    assert "Procedure of the line is from 99202 to 99215" in text
    assert "Try the rule on past claims first." in text


def test_conditions_come_and_go_without_script_and_nothing_typed_is_lost(administrator: Client) -> None:
    address = reverse("claims:new_payer_rule")
    more = administrator.post(address, typed(add="1", name="")).content.decode()
    assert more.count('<legend class="small">Condition') == 3
    assert "99202 to 99215" in more
    assert "Bill place 10" in more
    assert "This field is required" not in more
    fewer = administrator.post(address, typed(drop="0"), headers=HTMX).content.decode()
    assert fewer.count('<legend class="small">Condition') == 1
    assert "99202 to 99215" in fewer
    assert "<html" not in fewer
    assert not PayerRule.objects.exists()


def test_what_does_not_fit_is_said_beside_its_condition(administrator: Client) -> None:
    wrong = typed(operator=["more", "between"], sentence="")
    answer = administrator.post(reverse("claims:new_payer_rule"), wrong)
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "Place of service cannot be asked whether it “is more than”." in text
    assert "This field is required." in text
    proposes = typed(action="set", set_field="claim.prior_authorization", set_value="12")
    told = administrator.post(reverse("claims:new_payer_rule"), proposes).content.decode()
    assert "belongs to the whole claim, but a condition speaks of a line" in told
    without = administrator.post(reverse("claims:new_payer_rule"), typed(field=[], operator=[], value=[], group=[]))
    assert without.status_code == 422
    assert not PayerRule.objects.exists()


def test_a_rule_is_opened_as_it_stands_and_changed(administrator: Client) -> None:
    rule = PayerRuleFactory(conditions=NO_OFFICE, effective_from=date(2026, 9, 1))
    text = page(administrator, "claims:edit_payer_rule", rule.public_id)
    assert 'value="2026-09-01"' in text
    assert '<option value="claim.place_of_service" selected>' in text
    administrator.post(
        reverse("claims:edit_payer_rule", args=[rule.public_id]), typed(match="any_of_all", group=["1", "2"])
    )
    rule.refresh_from_db()
    assert (rule.name, rule.state) == ("Telehealth at home", "draft")
    assert [list(group) for group in rule.conditions["any"]] == [["all"], ["all"]]


def test_conditions_that_cannot_be_read_are_written_anew(administrator: Client) -> None:
    rule = PayerRuleFactory(conditions={"none": []})
    assert "Write them anew" in page(administrator, "claims:edit_payer_rule", rule.public_id)
    assert "cannot be read" in page(administrator, "claims:payer_rule", rule.public_id)


def test_a_trial_shows_the_figure_and_the_claims_and_is_a_row_of_the_trail(
    administrator: Client, now: datetime
) -> None:
    claims = [ClaimFactory(status=ClaimStatus.DENIED), ClaimFactory(status=ClaimStatus.PAID)]
    for claim in (*claims, ClaimFactory(status=ClaimStatus.PAID)):
        type(claim).objects.filter(pk=claim.pk).update(service_date=clock.today())
    type(claims[0]).objects.filter(pk__in=[claim.pk for claim in claims]).update(place_of_service="22")
    rule = PayerRuleFactory(conditions=NO_OFFICE, state="draft")
    answer = administrator.post(reverse("claims:try_payer_rule", args=[rule.public_id]), headers=HTMX)
    text = answer.content.decode()
    assert "this would have held <b>2 claims</b>, <b>1</b> of which was denied" in text
    for claim in claims:
        assert reverse("workspace:claim", args=[claim.public_id]) in text
    assert "It would have held 2 of 3 claims, 67 %." in text
    seen = AuditEvent.objects.get(action="view", subject_kind="payer_rule")
    assert sorted(seen.patients) == sorted(claim.patient.public_id for claim in claims)


def test_a_trial_without_claims_says_so(administrator: Client) -> None:
    rule = PayerRuleFactory(conditions=NO_OFFICE, state="draft")
    text = administrator.post(reverse("claims:try_payer_rule", args=[rule.public_id])).content.decode()
    assert "No claims to try it on" in text
    assert "<b>0 claims</b>" in text


def test_a_rule_is_switched_on_and_off_with_a_reason(administrator: Client) -> None:
    rule = PayerRuleFactory(conditions=NO_OFFICE, state="draft", tried_at=clock.now())
    address = reverse("claims:switch_payer_rule", args=[rule.public_id])
    refused = administrator.post(address, {"to": "on", "reason": ""}, headers=HTMX)
    assert (refused.status_code, "Give a reason." in refused.content.decode()) == (422, True)
    assert "Switch off" in administrator.post(address, {"to": "on", "reason": "Tried."}, headers=HTMX).content.decode()
    assert administrator.post(address, {"to": "off", "reason": "Paid again."}).status_code == 302
    rule.refresh_from_db()
    assert (rule.state, rule.state_reason) == ("off", "Paid again.")
    assert "Paid again." in page(administrator, "claims:payer_rule", rule.public_id)


def test_a_rule_that_cannot_be_asked_is_refused_in_a_sentence(administrator: Client) -> None:
    rule = PayerRuleFactory(conditions={"all": []}, state="draft")
    answer = administrator.post(reverse("claims:try_payer_rule", args=[rule.public_id]))
    assert answer.status_code == 422
    assert "A rule needs at least one condition" in answer.content.decode()


@pytest.mark.parametrize("role", [Role.BILLER, Role.CODER])
def test_who_works_claims_reads_rules_and_changes_none(role: Role, signed_in: SignIn, now: datetime) -> None:
    client, rule = signed_in(role), PayerRuleFactory(tried_at=now)
    text = page(client, "claims:payer_rule", rule.public_id)
    assert "An administrator tries and switches rules." in text
    assert client.get(reverse("claims:new_payer_rule")).status_code == 403
    assert client.get(reverse("claims:edit_payer_rule", args=[rule.public_id])).status_code == 403
    for name in ("try_payer_rule", "switch_payer_rule", "edit_payer_rule"):
        assert client.post(reverse(f"claims:{name}", args=[rule.public_id])).status_code == 403
    assert PayerRule.objects.get().state == PayerRule.State.ON


def test_the_front_desk_sees_none(signed_in: SignIn) -> None:
    assert signed_in(Role.FRONT_DESK).get(reverse("claims:payer_rules")).status_code == 403


@pytest.mark.long
def test_the_exception_queue_calls_a_rule_by_its_name(biller: Client, now: datetime) -> None:
    claim = ClaimFactory()
    PayerRuleFactory(name="Wants another code")
    scrub_claims(now=now)
    assert "Wants another code" in page(biller, "claims:exceptions")
    shown = page(biller, "claims:exception", claim.public_id)
    assert "Wants another code" in shown
    assert "Send in spite of this" in shown
