"""The quarterly look at a rule."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from apps.audit.models import AuditEvent
from apps.claims.models import Claim, Finding, PayerRule
from apps.claims.selectors.rule_reviews import review_of
from apps.claims.services import review_rules, switch_off
from apps.claims.states import ClaimStatus
from apps.practice.roles import Role
from apps.worklist.models import WorkItem
from tests.claims.pages import page
from tests.factories.claims import (
    AdjudicationAdjustmentFactory,
    AdjudicationFactory,
    ClaimFactory,
    FindingFactory,
    PayerRuleFactory,
)
from tests.factories.practice import PayerFactory, UserFactory

pytestmark = pytest.mark.django_db
SignIn = Callable[[Role | None], Client]
TWO_UNITS = {"all": [{"field": "line.units", "operator": "more", "value": "1"}]}
# The factories' answers come twelve days after this suite's now.
LATER = timedelta(days=20)


def denied(carc: str, **fields: object) -> Claim:
    claim = ClaimFactory(status=ClaimStatus.DENIED, **fields)
    answer = AdjudicationFactory(claim=claim, denied=claim.total)
    AdjudicationAdjustmentFactory(adjudication=answer, carc=carc, amount=claim.total, adjustment_class="denial")
    return claim


def test_a_rule_that_is_due_becomes_its_owners_work_once_and_runs_on(now: datetime) -> None:
    owner = UserFactory(role=Role.BILLER)
    due = PayerRuleFactory(author=owner, review_on=date(2026, 9, 16))
    PayerRuleFactory(author=owner, review_on=date(2026, 9, 17))
    PayerRuleFactory(author=owner, review_on=date(2026, 9, 1), state=PayerRule.State.OFF)
    assert [review_rules(now=now), review_rules(now=now)] == [1, 0]
    item = WorkItem.objects.get()
    assert (item.assignee, item.owner_role, item.due_on) == (owner, "biller", date(2026, 9, 16))
    assert (item.url_name, item.subject_public_id) == ("claims:review_payer_rule", due.public_id)
    due.refresh_from_db()
    assert due.state == PayerRule.State.ON


def test_a_rule_switched_off_needs_no_review(now: datetime) -> None:
    rule = PayerRuleFactory(review_on=date(2026, 9, 16))
    review_rules(now=now)
    switch_off(rule_id=rule.public_id, reason="Paid again.", acting_user=UserFactory(), now=now)
    assert WorkItem.objects.get().state == WorkItem.State.DONE
    assert review_rules(now=now + LATER) == 0


def test_the_figures_count_since_the_last_review(now: datetime) -> None:
    rule = PayerRuleFactory(reviewed_at=now)
    before, after = now - timedelta(days=1), now + timedelta(days=1)
    FindingFactory(rule=rule.code, found_at=before)
    overridden = FindingFactory(rule=rule.code, found_at=after, state=Finding.State.OVERRIDDEN, settled_at=after)
    FindingFactory(rule=rule.code, found_at=before, state=Finding.State.OVERRIDDEN, settled_at=before)
    FindingFactory(rule=rule.code, found_at=before, state=Finding.State.OVERRIDDEN, settled_at=after)
    FindingFactory(rule=rule.code, found_at=after, claim=overridden.claim)
    FindingFactory(rule=rule.code, found_at=after)
    found = review_of(rule, now=now + LATER)
    assert (found.hits, found.overrides) == (2, 2)


def test_what_it_let_pass_is_its_payers_denials_without_a_finding_of_it(now: datetime) -> None:
    payer = PayerFactory(name="Lone plan")
    rule = PayerRuleFactory(payer=payer, conditions=TWO_UNITS, reviewed_at=now)
    fits = denied("151", encounter__coverage__payer=payer)
    fits.lines.update(units=2)
    FindingFactory(rule=rule.code, claim=fits)
    alike = denied("151", encounter__coverage__payer=payer)
    unlike = denied("16", encounter__coverage__payer=payer)
    denied("151")
    denied("151", encounter__coverage__payer=payer, first_adjudicated_at=now - timedelta(days=1))
    ClaimFactory(status=ClaimStatus.PAID, encounter__coverage__payer=payer)
    found = review_of(rule, now=now + LATER)
    assert {claim.pk for claim in found.missed} == {alike.pk, unlike.pk}
    assert [claim.pk for claim in found.alike] == [alike.pk]
    assert list(found.carcs) == ["151"]


def test_a_denial_that_was_corrected_since_still_tells_its_reason(now: datetime) -> None:
    payer = PayerFactory(name="Lone plan")
    rule = PayerRuleFactory(payer=payer, conditions=TWO_UNITS, reviewed_at=now)
    fits = denied("151", encounter__coverage__payer=payer)
    fits.lines.update(units=2)
    FindingFactory(rule=rule.code, claim=fits)
    fits.adjudications.update(reversed=True)
    alike = denied("151", encounter__coverage__payer=payer)
    alike.adjudications.update(reversed=True)
    found = review_of(rule, now=now + LATER)
    assert ([claim.pk for claim in found.alike], list(found.carcs)) == ([alike.pk], ["151"])


def test_days_on_which_the_rule_was_not_in_force_are_no_miss(now: datetime) -> None:
    denied("16")
    assert (
        review_of(PayerRuleFactory(reviewed_at=now, effective_from=date(2026, 9, 17)), now=now + LATER).missed.count()
        == 0
    )
    assert (
        review_of(PayerRuleFactory(reviewed_at=now, effective_to=date(2026, 9, 1)), now=now + LATER).missed.count() == 0
    )
    assert review_of(PayerRuleFactory(reviewed_at=now), now=now + LATER).missed.count() == 1


@pytest.mark.long
def test_the_page_shows_the_denials_and_keeps_the_word(biller: Client, now: datetime) -> None:
    rule = PayerRuleFactory(
        conditions=TWO_UNITS, reviewed_at=now, reviewed_by=UserFactory(), review_on=date(2026, 9, 16)
    )
    review_rules(now=now)
    missed = denied("16")
    text = page(biller, "claims:review_payer_rule", rule.public_id)
    assert "it let pass <b>1 claim</b>" in text
    assert missed.control_number in text
    assert "nothing says what such a denial looks like" in text
    assert AuditEvent.objects.get(action="view").patients == [missed.patient.public_id]
    address = reverse("claims:review_payer_rule", args=[rule.public_id])
    assert biller.post(address, {"note": ""}).status_code == 422
    assert biller.post(address, {"note": "The payer still denies it."}).status_code == 302
    rule.refresh_from_db()
    assert rule.review_note == "The payer still denies it."
    assert rule.review_on > date(2026, 9, 16)
    assert WorkItem.objects.get().state == WorkItem.State.DONE
    assert "The payer still denies it." in page(biller, "claims:payer_rule", rule.public_id)


def test_a_rule_that_cannot_be_asked_is_reviewed_by_what_is_left(biller: Client, now: datetime) -> None:
    rule = PayerRuleFactory(conditions={"all": "everything"})
    denied("16")
    assert "it let pass <b>1 claim</b>" in page(biller, "claims:review_payer_rule", rule.public_id)


def test_what_is_more_than_a_page_has_a_second_page(
    biller: Client, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("apps.claims.views.rule_reviews.PAGE_SIZE", 2)
    rule = PayerRuleFactory(conditions=TWO_UNITS, reviewed_at=now, reviewed_by=UserFactory())
    numbers = {denied("16").control_number for _ in range(3)}
    pages = [page(biller, "claims:review_payer_rule", rule.public_id, query=f"?page={each}") for each in (1, 2)]
    shown = [{number for number in numbers if number in text} for text in pages]
    assert ([len(each) for each in shown], shown[0] | shown[1]) == ([2, 1], numbers)
    assert not any(
        number in page(biller, "claims:review_payer_rule", rule.public_id, query="?list=alike") for number in numbers
    )


def test_the_front_desk_reviews_none(signed_in: SignIn) -> None:
    address = reverse("claims:review_payer_rule", args=[PayerRuleFactory().public_id])
    assert signed_in(Role.FRONT_DESK).get(address).status_code == 403
