"""One odd claim is held by itself: no code and no date of one visit stops the scrubbing of all others."""

from collections.abc import Iterator
from datetime import date, datetime

import pytest

from apps.claims.models import Claim, Finding
from apps.claims.rules import registry
from apps.claims.rules.findings import Issue, Rule, Severity
from apps.claims.rules.payer_rules import CompiledRule
from apps.claims.rules.snapshot import ClaimView
from apps.claims.selectors import snapshots as reading
from apps.claims.services import judge_claims, scrub_claims
from apps.claims.states import ClaimStatus
from apps.practice.roles import Role
from apps.worklist.models import WorkItem
from tests.factories.claims import ClaimFactory, PayerRuleFactory
from tests.factories.practice import PayerDeadlineFactory, PracticeFactory
from tests.signing_in import browser_of

pytestmark = pytest.mark.django_db
WHAT = "Rule PX-CLIA fails with ZeroDivisionError"


@pytest.fixture(autouse=True)
def practice() -> None:
    PracticeFactory()


def reload(claim: Claim) -> Claim:
    claim.refresh_from_db()
    return claim


def open_rules(claim: Claim) -> set[str]:
    return set(claim.findings.filter(state=Finding.State.OPEN).values_list("rule", flat=True))


@pytest.mark.parametrize("code", ["9921³", "９９２１３", "٩٩٢١٣"])
def test_a_code_of_other_digits_is_held_by_its_shape_and_the_others_pass(code: str, now: datetime) -> None:
    odd, sound = ClaimFactory(), ClaimFactory()
    odd.lines.update(procedure=code)
    scrub_claims(now=now)
    assert open_rules(odd) >= {"PX-SHAPE"}
    assert "WF-UNCHECKED" not in open_rules(odd)
    assert (reload(odd).status, reload(sound).status) == (ClaimStatus.EXCEPTION, ClaimStatus.READY)


@pytest.mark.parametrize("day", [date.min, date.max, date(1, 3, 1), date(9999, 12, 1)])
def test_a_date_at_the_calendar_s_edge_holds_its_own_claim_alone(day: date, now: datetime) -> None:
    odd, sound = ClaimFactory(encounter__service_date=day), ClaimFactory()
    PayerDeadlineFactory(payer=odd.payer, kind="filing", days=95, counted_from="service")
    odd.lines.update(procedure="99203")
    scrub_claims(now=now)
    assert open_rules(odd) & {"WF-SERVICE-DATE", "TF-LIMIT"}
    assert not open_rules(odd) & {"WF-UNCHECKED", "WF-UNREADABLE"}
    assert (reload(odd).status, reload(sound).status) == (ClaimStatus.EXCEPTION, ClaimStatus.READY)


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A rule that divides by zero where the visit has no diagnosis of its own."""

    def check(claim: ClaimView) -> Iterator[Issue]:
        if "R059" not in claim.diagnoses:
            yield Issue(str(1 // 0))

    broken = Rule("PX-CLIA", "Laboratory", Severity.BLOCK, check)
    rules = tuple(broken if rule.code == "PX-CLIA" else rule for rule in registry.RULES)
    monkeypatch.setattr(registry, "RULES", rules)


@pytest.mark.usefixtures("failing")
def test_a_rule_that_fails_holds_its_claim_and_the_others_are_asked_all_the_same(now: datetime) -> None:
    odd = ClaimFactory(diagnoses=["J0190"], encounter__coverage__member_id="")
    sound = ClaimFactory(diagnoses=["J0190", "R059"])
    scrub_claims(now=now)
    assert open_rules(odd) == {"WF-UNCHECKED", "COV-MEMBER-ID"}
    assert reload(sound).status == ClaimStatus.READY
    said = odd.findings.get(rule="WF-UNCHECKED").sentence
    assert said.startswith(f"{WHAT} on this claim")
    assert said.endswith("the administrator has been told.")


@pytest.mark.long
@pytest.mark.usefixtures("failing")
def test_the_administrator_is_told_once_which_rule_failed_until_no_claim_is_held_by_it(now: datetime) -> None:
    first, second = ClaimFactory(diagnoses=["J0190"]), ClaimFactory(diagnoses=["J0190"])
    scrub_claims(now=now)
    item = WorkItem.objects.get(kind="rule_failed")
    assert (item.owner_role, item.title.startswith(f"{WHAT}:")) == ("administrator", True)
    assert item.subject_public_id in {first.public_id, second.public_id}
    Claim.objects.filter(pk=first.pk).update(status=ClaimStatus.DRAFT, diagnoses=["J0190", "R059"])
    scrub_claims(now=now)
    assert WorkItem.objects.get(kind="rule_failed").state == "open"
    Claim.objects.filter(pk=second.pk).update(status=ClaimStatus.DRAFT, diagnoses=["J0190", "R059"])
    scrub_claims(now=now)
    assert WorkItem.objects.get(kind="rule_failed").state == "withdrawn"


@pytest.mark.long
@pytest.mark.usefixtures("failing")
def test_a_person_may_send_a_claim_that_a_failing_rule_holds(now: datetime) -> None:
    claim = ClaimFactory(diagnoses=["J0190"])
    scrub_claims(now=now)
    claim.findings.update(state=Finding.State.OVERRIDDEN, override_reason="No test on it")
    Claim.objects.update(status=ClaimStatus.DRAFT)
    scrub_claims(now=now)
    assert reload(claim).status == ClaimStatus.READY


@pytest.mark.long
def test_a_claim_that_cannot_be_read_is_held_alone_and_the_administrator_told(
    now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    claims = [ClaimFactory() for _ in range(5)]
    odd = claims.pop(3)
    whole = reading.surroundings

    def surroundings(asked: list[Claim], *rest: object) -> object:
        if odd in asked:
            raise OverflowError(odd.patient.last_name)
        return whole(asked, *rest)

    monkeypatch.setattr(reading, "surroundings", surroundings)
    result = scrub_claims(now=now)
    assert (result.passed, result.held) == (4, 1)
    assert open_rules(odd) == {"WF-UNREADABLE"}
    assert {reload(claim).status for claim in claims} == {ClaimStatus.READY}
    told = WorkItem.objects.get(kind="rule_failed")
    assert told.title.startswith("Reading a claim fails with OverflowError: ")
    assert odd.patient.last_name not in told.title + odd.findings.get().sentence
    assert browser_of(Role.BILLER).get(f"/claims/exceptions/{odd.public_id}/").status_code == 200


def test_a_claim_over_which_the_guide_s_check_falls_is_held_alone(
    now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    odd, sound = ClaimFactory(), ClaimFactory()
    whole = judge_claims.guide_issues

    def guide_issues(claims: dict[int, ClaimView], *, now: datetime) -> object:
        if odd.pk in claims:
            raise RuntimeError
        return whole(claims, now=now)

    monkeypatch.setattr(judge_claims, "guide_issues", guide_issues)
    scrub_claims(now=now)
    assert open_rules(odd) == {"WF-UNREADABLE"}
    assert reload(sound).status == ClaimStatus.READY


def test_a_rule_of_the_practice_that_fails_on_a_claim_holds_that_claim_alone(
    now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    rule = PayerRuleFactory(payer=None)
    odd, sound = ClaimFactory(), ClaimFactory()
    monkeypatch.setattr(CompiledRule, "issues", _fails_on(odd.control_number))
    scrub_claims(now=now)
    assert odd.findings.get().sentence.startswith(f"Rule {rule.code} fails with LookupError on this claim")
    assert reload(sound).status == ClaimStatus.READY


def _fails_on(number: str) -> object:
    def issues(_rule: CompiledRule, claim: ClaimView, *_pictures: object) -> tuple[Issue, ...]:
        if claim.control_number == number:
            raise LookupError
        return ()

    return issues
