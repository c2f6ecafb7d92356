"""Rules of the practice's own in the scrub, on past claims, and switched on and off."""

from datetime import date, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied

from apps.audit.models import AuditEvent
from apps.claims.models import Claim, Finding, PayerRule
from apps.claims.selectors.payer_rules import try_on_the_past
from apps.claims.services import (
    CannotSettleError,
    RuleDraft,
    RuleRefusedError,
    apply_fixes,
    confirm_coding,
    override_finding,
    save_rule,
    scrub_claims,
    switch_off,
    switch_on,
    try_rule,
)
from apps.claims.states import ClaimStatus
from apps.core.models import User
from apps.practice.models import Practice
from apps.practice.roles import Role
from apps.worklist.models import WorkItem
from tests.factories.claims import ClaimFactory, PayerRuleFactory
from tests.factories.practice import PayerFactory, PracticeFactory, UserFactory

pytestmark = pytest.mark.django_db
VISIT = {"all": [{"field": "line.procedure", "operator": "is", "value": "99213"}]}
HELD_BACK = {"all": [{"field": "line.units", "operator": "more", "value": "1"}]}


@pytest.fixture(autouse=True)
def practice() -> Practice:
    return PracticeFactory()


@pytest.fixture
def administrator() -> User:
    return UserFactory(role=Role.ADMINISTRATOR)


def reload(claim: Claim) -> Claim:
    claim.refresh_from_db()
    return claim


def draft(owner: User, **fields: object) -> RuleDraft:
    usual = {
        "name": "No 99213",
        "payer": None,
        "conditions": VISIT,
        "action": "block",
        "sentence": "Bill it otherwise.",
        "reason": "A bulletin.",
        "owner": owner,
    }
    return RuleDraft(**(usual | fields))  # type: ignore[arg-type]  # as the fields say


# ------------------------------------------------------------------ in the scrub


def test_a_rule_that_is_on_stops_its_payers_claims_alone(now: datetime) -> None:
    hers, other = ClaimFactory(), ClaimFactory(encounter__coverage__payer=PayerFactory(name="Another plan"))
    rule = PayerRuleFactory(payer=hers.payer)
    assert scrub_claims(now=now).held == 1
    finding = reload(hers).findings.get()
    assert (finding.rule, finding.line, finding.severity) == (rule.code, 1, "block")
    assert finding.sentence == "Line 1: This payer does not take the code."
    assert reload(other).status == ClaimStatus.READY
    assert "visit that the payer wants otherwise" in WorkItem.objects.get().title


@pytest.mark.parametrize("state", [PayerRule.State.DRAFT, PayerRule.State.OFF])
def test_a_rule_that_is_not_on_says_nothing(state: str, now: datetime) -> None:
    claim = ClaimFactory()
    PayerRuleFactory(state=state)
    scrub_claims(now=now)
    assert reload(claim).status == ClaimStatus.READY


def test_a_warning_holds_nothing(now: datetime) -> None:
    claim = ClaimFactory()
    PayerRuleFactory(action="warn")
    scrub_claims(now=now)
    assert reload(claim).status == ClaimStatus.READY
    assert claim.findings.get().severity == Finding.Severity.WARN


def test_an_overridden_rule_does_not_come_again(now: datetime) -> None:
    claim, biller = ClaimFactory(), UserFactory(role=Role.BILLER)
    PayerRuleFactory()
    scrub_claims(now=now)
    finding = claim.findings.get()
    assert override_finding(finding_id=finding.pk, reason="The payer said so by phone.", acting_user=biller, now=now)
    assert reload(claim).status == ClaimStatus.READY


def test_a_proposed_value_is_applied_by_one_click(now: datetime) -> None:
    claim, biller = ClaimFactory(), UserFactory(role=Role.BILLER)
    tree = {"all": [{"field": "claim.place_of_service", "operator": "is", "value": "11"}]}
    PayerRuleFactory(conditions=tree, action="set", set_field="claim.place_of_service", set_value="22")
    scrub_claims(now=now)
    assert apply_fixes(finding_ids=[claim.findings.get().pk], acting_user=biller, now=now).ready == 1
    assert reload(claim).place_of_service == "22"


@pytest.mark.long
def test_a_clinical_value_waits_for_a_coder(now: datetime) -> None:
    claim, biller, coder = ClaimFactory(), UserFactory(role=Role.BILLER), UserFactory(role=Role.CODER)
    PayerRuleFactory(action="set", set_field="line.modifiers", set_value="25")
    scrub_claims(now=now)
    finding = claim.findings.get()
    assert WorkItem.objects.get().owner_role == "coder"
    with pytest.raises(CannotSettleError):
        apply_fixes(finding_ids=[finding.pk], acting_user=biller, now=now)
    with pytest.raises(PermissionDenied):
        override_finding(finding_id=finding.pk, reason="No.", acting_user=biller, now=now)
    assert confirm_coding(finding_id=finding.pk, statement="In the note.", acting_user=coder, now=now)
    assert claim.lines.get().modifiers == ["25"]


def test_a_stored_rule_that_cannot_be_asked_is_passed_over_and_told_once(now: datetime, administrator: User) -> None:
    rule = PayerRuleFactory(conditions={"all": [{"field": "claim.color", "operator": "is", "value": "red"}]})
    PayerRuleFactory(conditions=HELD_BACK)
    for _ in range(2):
        claim = ClaimFactory()
        scrub_claims(now=now)
        assert reload(claim).status == ClaimStatus.READY
    item = WorkItem.objects.get()
    assert (item.owner_role, item.subject_public_id) == ("administrator", rule.public_id)
    assert "There is no field “claim.color”." in item.title
    save_rule(draft=draft(administrator), acting_user=administrator, now=now, rule_id=rule.public_id)
    item.refresh_from_db()
    assert (item.state, item.closed_by) == (WorkItem.State.DONE, administrator)


@pytest.mark.long
def test_two_hundred_rules_take_the_queries_of_one(now: datetime, django_assert_max_num_queries) -> None:
    for _ in range(200):
        PayerRuleFactory(
            conditions=HELD_BACK, author=UserFactory() if not PayerRule.objects.exists() else User.objects.first()
        )
    for _ in range(5):
        ClaimFactory()
    with django_assert_max_num_queries(56):
        assert scrub_claims(now=now).passed == 5


# ------------------------------------------------------------------ tried on past claims


def past(number: int, **fields: object) -> list[Claim]:
    return [ClaimFactory(**({"status": ClaimStatus.PAID} | fields)) for _ in range(number)]


def test_a_trial_counts_what_it_would_have_held_and_what_of_it_was_denied(now: datetime) -> None:
    payer = PayerFactory(name="Lone plan")
    denied = past(2, status=ClaimStatus.DENIED, encounter__coverage__payer=payer)
    paid = past(1, encounter__coverage__payer=payer)
    for claim in (*denied, *paid):
        claim.lines.update(units=2)
    past(3, encounter__coverage__payer=payer)
    past(2)
    past(1, encounter__coverage__payer=payer, status=ClaimStatus.VOIDED)
    rule = PayerRuleFactory(payer=payer, conditions=HELD_BACK, effective_from=date(2026, 9, 17))
    trial = try_on_the_past(rule, today=date(2026, 9, 20))
    assert (trial.claims, sorted(trial.held), trial.denied) == (6, sorted(claim.pk for claim in (*denied, *paid)), 2)


def test_a_trial_looks_ninety_days_back_and_sees_each_claim_on_its_day(now: datetime) -> None:
    claim = ClaimFactory(status=ClaimStatus.PAID)
    tree = {"all": [{"field": "claim.days_since_service", "operator": "less", "value": "2"}]}
    rule = PayerRuleFactory(conditions=tree)
    last = claim.service_date + timedelta(days=90)
    assert try_on_the_past(rule, today=last).held == (claim.pk,)
    assert try_on_the_past(rule, today=last + timedelta(days=1)).claims == 0


def test_the_queries_of_a_trial_do_not_grow_with_the_claims(django_assert_max_num_queries) -> None:
    past(6)
    rule = PayerRuleFactory(conditions=HELD_BACK)
    with django_assert_max_num_queries(18):
        assert try_on_the_past(rule, today=date(2026, 9, 20)).claims == 6


# ------------------------------------------------------------------ written and switched


def test_a_new_rule_is_a_draft_with_a_number_of_its_own_and_a_review_in_a_quarter(
    administrator: User, now: datetime
) -> None:
    first = save_rule(draft=draft(administrator), acting_user=administrator, now=now)
    second = save_rule(draft=draft(administrator), acting_user=administrator, now=now)
    assert (first.code, second.code) == ("PAY-1", "PAY-2")
    assert (first.state, first.review_on, first.author) == (PayerRule.State.DRAFT, date(2026, 12, 16), administrator)
    assert AuditEvent.objects.filter(action="write_payer_rule").count() == 2


def test_a_rule_that_cannot_be_asked_is_not_stored(administrator: User, now: datetime) -> None:
    broken = {"all": [{"field": "claim.total", "operator": "more", "value": "a lot"}]}
    with pytest.raises(RuleRefusedError, match="is a number"):
        save_rule(draft=draft(administrator, conditions=broken), acting_user=administrator, now=now)
    days = {"effective_from": date(2026, 9, 2), "effective_to": date(2026, 9, 1)}
    with pytest.raises(RuleRefusedError, match="before the first"):
        save_rule(draft=draft(administrator, **days), acting_user=administrator, now=now)
    assert not PayerRule.objects.exists()


def test_it_is_tried_before_it_is_switched_on(administrator: User, now: datetime) -> None:
    rule = save_rule(draft=draft(administrator), acting_user=administrator, now=now)
    how = {"rule_id": rule.public_id, "acting_user": administrator, "now": now}
    with pytest.raises(RuleRefusedError, match="Try the rule"):
        switch_on(reason="New.", **how)
    try_rule(**how)
    with pytest.raises(RuleRefusedError, match="Give a reason"):
        switch_on(reason=" ", **how)
    assert switch_on(reason="New.", **how).state == PayerRule.State.ON
    with pytest.raises(RuleRefusedError, match="on already"):
        switch_on(reason="New.", **how)
    off = switch_off(reason="The payer pays again.", **how)
    assert (off.state, off.state_reason, off.state_by) == (PayerRule.State.OFF, "The payer pays again.", administrator)
    assert list(AuditEvent.objects.order_by("pk").values_list("action", flat=True)) == [
        "write_payer_rule",
        "try_payer_rule",
        "switch_payer_rule_on",
        "switch_payer_rule_off",
    ]


def test_a_trial_of_long_ago_switches_nothing_on(administrator: User, now: datetime) -> None:
    rule = PayerRuleFactory(conditions=VISIT, state="off", tried_at=now - timedelta(days=7, seconds=1))
    how = {"rule_id": rule.public_id, "acting_user": administrator, "now": now}
    with pytest.raises(RuleRefusedError, match="Try the rule on past claims again"):
        switch_on(reason="The payer refuses anew.", **how)
    try_rule(**how)
    assert switch_on(reason="The payer refuses anew.", **how).state == PayerRule.State.ON


def test_a_rule_that_would_hold_too_much_is_refused_with_the_figure(
    administrator: User, now: datetime, practice: Practice
) -> None:
    past(4)[0].lines.update(units=2)
    rule = save_rule(draft=draft(administrator, conditions=HELD_BACK), acting_user=administrator, now=now)
    how = {"rule_id": rule.public_id, "acting_user": administrator, "now": now}
    try_rule(**how)
    with pytest.raises(RuleRefusedError, match=r"would have held 1 of 4 claims, 25 %. A rule may hold at most 20 %"):
        switch_on(reason="New.", **how)
    practice.rule_holds_percent = 25
    practice.save()
    assert switch_on(reason="New.", **how).state == PayerRule.State.ON


def test_a_warning_is_not_refused_for_its_share(administrator: User, now: datetime) -> None:
    past(2)
    rule = save_rule(draft=draft(administrator, action="warn"), acting_user=administrator, now=now)
    how = {"rule_id": rule.public_id, "acting_user": administrator, "now": now}
    assert try_rule(**how)[1].claims == 2
    assert switch_on(reason="New.", **how).state == PayerRule.State.ON


def test_a_changed_rule_is_a_draft_again_and_one_with_new_words_runs_on(administrator: User, now: datetime) -> None:
    rule = PayerRuleFactory(conditions=VISIT, tried_at=now)
    how = {"rule_id": rule.public_id, "acting_user": administrator, "now": now}
    worded = draft(administrator, sentence="Other words.", review_on=date(2026, 10, 1))
    save_rule(draft=worded, **how)
    rule.refresh_from_db()
    assert (rule.state, rule.sentence, rule.review_on) == (PayerRule.State.ON, "Other words.", date(2026, 10, 1))
    save_rule(draft=draft(administrator, conditions=HELD_BACK), **how)
    rule.refresh_from_db()
    assert (rule.state, rule.tried_at) == (PayerRule.State.DRAFT, None)


@pytest.mark.parametrize(
    ("value", "words"), [("-1", "more than none"), ("0", "give the value"), ("NaN", "cannot be read")]
)
def test_a_rule_that_proposes_units_that_no_line_can_bill_is_refused(
    value: str, words: str, administrator: User, now: datetime
) -> None:
    asks = draft(administrator, action="set", set_field="line.units", set_value=value)
    with pytest.raises(RuleRefusedError, match=words):
        save_rule(draft=asks, acting_user=administrator, now=now)
