"""The quarterly look at the built-in rules."""

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.audit.models import AuditEvent
from apps.claims.models import Claim, Finding, RuleBook
from apps.claims.rules.registry import BY_CODE
from apps.claims.selectors.rule_books import (
    book_review,
    claims_of_rule,
    missed_claims,
    rule_book,
    rules_in,
    stale_books,
)
from apps.claims.services import (
    RuleRefusedError,
    give_book,
    keep_book_review,
    review_rules,
    scrub_claims,
)
from apps.claims.states import ClaimStatus
from apps.practice.models import Membership
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
from tests.factories.practice import UserFactory

pytestmark = pytest.mark.django_db
SignIn = Callable[[Role | None], Client]
CODING, BILLING = RuleBook.Kind.CODING, RuleBook.Kind.BILLING
QUARTER = timedelta(days=91)
# The factories' answers come twelve days after this suite's now.
LATER = timedelta(days=20)
BOOK = reverse("claims:rule_book", args=["coding"])


def denied(carc: str, rule: str = "", **finding: object) -> Claim:
    """Denied on the first remittance, `rule` having spoken of it before."""
    claim = ClaimFactory(status=ClaimStatus.DENIED)
    answer = AdjudicationFactory(claim=claim, denied=claim.total)
    AdjudicationAdjustmentFactory(adjudication=answer, carc=carc, amount=claim.total, adjustment_class="denial")
    if rule:
        FindingFactory(**{"claim": claim, "rule": rule, "severity": "warn", **finding})
    return claim


def let_go(at: datetime, **fields: object) -> Finding:
    finding: Finding = FindingFactory(
        **{"rule": "MOD-25", "found_at": at, "state": Finding.State.OVERRIDDEN, "settled_at": at, **fields}
    )
    return finding


def figures(now: datetime, code: str) -> tuple[int, ...]:
    """Found, overridden, denied all the same, denials like it."""
    found = book_review(rule_book(CODING, now=now), now=now)
    return next(tuple(each[1:]) for each in found.speaking if each.rule.code == code)


def test_every_built_in_rule_is_in_one_book() -> None:
    coding, billing = ({rule.code for rule in rules_in(kind)} for kind in (CODING, BILLING))
    assert (coding | billing, coding & billing) == (set(BY_CODE), set())
    assert {"MOD-25", "DX-SHAPE"} <= coding
    assert {"COV-ACTIVE", "WF-UNITS", "RCV-CLAIM"} <= billing


def test_the_first_review_of_each_book_is_a_quarter_after_the_first_morning(now: datetime) -> None:
    assert rule_book(CODING, now=now).review_on == date(2026, 12, 16)
    assert review_rules(now=now) == 0
    assert stale_books(date(2026, 12, 15)) == []
    assert [review_rules(now=now + QUARTER), review_rules(now=now + QUARTER)] == [2, 0]
    assert [book.kind for book in stale_books(date(2026, 12, 16))] == ["billing", "coding"]
    roles = dict(WorkItem.objects.values_list("subject_public_id", "owner_role"))
    assert roles == {"coding": "coder", "billing": "biller"}
    assert {item.due_on for item in WorkItem.objects.all()} == {date(2026, 12, 16)}


def test_a_review_is_kept_and_the_next_one_is_in_a_quarter(now: datetime) -> None:
    coder = UserFactory(role=Role.CODER)
    review_rules(now=now)
    review_rules(now=now + QUARTER)
    with pytest.raises(RuleRefusedError, match="Say what you found"):
        keep_book_review(kind=CODING, note="  ", acting_user=coder, now=now + QUARTER)
    book = keep_book_review(kind=CODING, note="MOD-25 is right.", acting_user=coder, now=now + QUARTER)
    assert (book.review_note, book.reviewed_by, book.review_on) == ("MOD-25 is right.", coder, date(2027, 3, 17))
    assert WorkItem.objects.get(subject_public_id="coding").state == WorkItem.State.DONE
    assert WorkItem.objects.get(subject_public_id="billing").state == WorkItem.State.OPEN
    assert review_rules(now=now + 2 * QUARTER) == 1
    assert AuditEvent.objects.filter(action="review_rule_book", subject_public_id="coding").count() == 1


def test_an_open_review_goes_with_the_one_who_answers_for_the_rules(now: datetime) -> None:
    administrator, biller = UserFactory(role=Role.ADMINISTRATOR), UserFactory(role=Role.BILLER)
    review_rules(now=now)
    review_rules(now=now + QUARTER)
    give_book(kind=CODING, owner=biller, acting_user=administrator, now=now + QUARTER)
    item = WorkItem.objects.get(subject_public_id="coding")
    assert (item.assignee, item.owner_role) == (biller, "biller")
    keep_book_review(kind=CODING, note="Right.", acting_user=biller, now=now + QUARTER)
    review_rules(now=now + 2 * QUARTER)
    assert WorkItem.objects.filter(subject_public_id="coding").latest("pk").assignee == biller
    give_book(kind=CODING, owner=None, acting_user=administrator, now=now + 2 * QUARTER)
    item = WorkItem.objects.filter(subject_public_id="coding").latest("pk")
    assert (item.assignee, item.owner_role) == (None, "coder")


def test_who_has_left_or_may_no_longer_reviews_nothing(now: datetime) -> None:
    left, moved = UserFactory(role=Role.CODER), UserFactory(role=Role.CODER)
    for kind, owner in ((CODING, left), (BILLING, moved)):
        give_book(kind=kind, owner=owner, acting_user=owner, now=now)
    rule = PayerRuleFactory(author=left, review_on=date(2026, 9, 16))
    left.is_active = False
    left.save()
    Membership.objects.filter(user=moved).update(role=Role.FRONT_DESK)
    review_rules(now=now + QUARTER)
    items = {item.subject_public_id: (item.assignee, item.owner_role) for item in WorkItem.objects.all()}
    assert items == {
        "coding": (None, "coder"), "billing": (None, "biller"), rule.public_id: (None, "administrator"),
    }  # fmt: skip


def test_a_book_can_be_given_before_the_first_morning(now: datetime) -> None:
    owner = UserFactory(role=Role.CODER)
    give_book(kind=CODING, owner=owner, acting_user=owner, now=now)
    assert rule_book(CODING, now=now).owner == owner


def test_findings_and_overrides_count_by_claim_since_the_last_review(now: datetime) -> None:
    RuleBook.objects.create(kind=CODING, review_on=now.date(), reviewed_at=now)
    before, after = now - timedelta(days=1), now + timedelta(days=1)
    FindingFactory(rule="MOD-25", found_at=before)
    overridden = let_go(after)
    let_go(before)
    let_go(after, found_at=before)  # found before the review, and let go after it
    FindingFactory(rule="MOD-25", found_at=after, claim=overridden.claim)
    FindingFactory(rule="MOD-25", found_at=after)
    FindingFactory(rule="COV-ACTIVE", found_at=after)
    FindingFactory(rule="PAY-1", found_at=after)
    found = book_review(rule_book(CODING, now=now + LATER), now=now + LATER)
    assert [(each.rule.code, *each[1:]) for each in found.speaking] == [("MOD-25", 2, 2, 0, 0)]
    assert len(found.silent) == len(rules_in(CODING)) - 1


def test_before_the_first_review_a_quarter_counts(now: datetime) -> None:
    FindingFactory(rule="MOD-25", found_at=now - QUARTER - timedelta(days=1))
    assert book_review(rule_book(CODING, now=now), now=now).speaking == []
    FindingFactory(rule="MOD-25", found_at=now - QUARTER + timedelta(days=1))
    assert figures(now, "MOD-25") == (1, 0, 0, 0)


def test_what_was_sent_with_a_finding_and_denied_shows_which_denials_are_like_it(now: datetime) -> None:
    overridden = denied("97", "MOD-25", state=Finding.State.OVERRIDDEN, settled_at=now)
    warned = denied("151", "MOD-25")
    mended = denied("97", "MOD-25", state=Finding.State.FIXED, settled_at=now)
    alike = denied("97")
    spoken_too_late = denied("151", "MOD-25", found_at=now + timedelta(days=60))
    denied("16")
    assert figures(now + LATER, "MOD-25") == (4, 1, 2, 2)
    found = claims_of_rule("MOD-25", rule_book(CODING, now=now + LATER), now=now + LATER)
    assert set(found.found) == {overridden, warned, mended, spoken_too_late}
    assert list(found.overridden) == [overridden]
    assert set(found.denied) == {overridden, warned}
    assert set(found.alike) == {alike, spoken_too_late}
    assert list(found.carcs) == ["151", "97"]


def test_a_denial_that_is_corrected_still_stands_behind_its_finding(now: datetime) -> None:
    """The correction's scrub supersedes the warning, and the payer's next answer takes the place of the first."""
    claim = denied("97", "MOD-25")
    alike = denied("97")
    Claim.objects.filter(pk=claim.pk).update(status=ClaimStatus.DRAFT)
    scrub_claims(now=now + LATER)
    assert claim.findings.get(rule="MOD-25", found_at__lt=now + LATER).state == Finding.State.SUPERSEDED
    claim.adjudications.update(reversed=True)
    again = AdjudicationFactory(claim=claim, denied=claim.total, recorded_at=now + 2 * LATER)
    AdjudicationAdjustmentFactory(adjudication=again, carc="16", amount=claim.total, adjustment_class="denial")
    denied("16")
    found = claims_of_rule("MOD-25", rule_book(CODING, now=now + LATER), now=now + LATER)
    assert (list(found.denied), list(found.alike), list(found.carcs)) == ([claim], [alike], ["97"])
    assert figures(now + LATER, "MOD-25")[2:] == (1, 1)


def test_denials_of_which_no_rule_of_the_book_spoke_count_by_reason(now: datetime) -> None:
    denied("97", "MOD-25")
    denied("97", "COV-ACTIVE")
    denied("97")
    denied("16")
    answered_before = denied("16")
    Claim.objects.filter(pk=answered_before.pk).update(first_adjudicated_at=now - QUARTER)
    ClaimFactory(status=ClaimStatus.PAID)
    found = book_review(rule_book(CODING, now=now + LATER), now=now + LATER)
    assert (found.missed, list(found.missed_for)) == (3, [("97", 2), ("16", 1)])
    missed = [missed_claims(CODING, carc, since=found.since) for carc in ("97", "16", "1", "")]
    assert [(claims.count(), number) for claims, number in missed] == [(2, 2), (1, 1), (0, 0), (3, 3)]


def test_the_evidence_of_an_earlier_quarter_tells_denials_like_it(now: datetime) -> None:
    earlier = denied("97", "MOD-25", found_at=now - 2 * QUARTER)
    Claim.objects.filter(pk=earlier.pk).update(first_adjudicated_at=now - 2 * QUARTER)
    earlier.adjudications.update(recorded_at=now - 2 * QUARTER)
    denied("97")
    assert figures(now + LATER, "MOD-25") == (0, 0, 0, 1)


def test_the_page_shows_each_rule_that_spoke_and_keeps_the_word(signed_in: SignIn, now: datetime) -> None:
    denied("97", "MOD-25", state=Finding.State.OVERRIDDEN)
    denied("97")
    review_rules(now=now - QUARTER)
    review_rules(now=now)
    coder = signed_in(Role.CODER)
    text = page(coder, "claims:rule_book", "coding")
    assert "Review is due" in text
    assert reverse("claims:built_in_rule", args=["coding", "MOD-25"]) in text
    assert f"{len(rules_in(CODING)) - 1} rules with nothing to show" in text
    assert "Give to" not in text
    assert coder.post(BOOK, {"note": ""}).status_code == 422
    assert coder.post(BOOK, {"note": "All as it should be."}).status_code == 302
    assert "All as it should be." in page(coder, "claims:rule_book", "coding")
    assert "Review is due" not in page(coder, "claims:rule_book", "coding")
    assert "Review is due" in page(coder, "claims:payer_rules")


def rows_shown(client: Client, name: str, *where: str, query: str = "") -> set[str]:
    """Control numbers of the claims that a page lists."""
    return set(
        re.findall(r'class="who" href="[^"]*">([^<]+)</a></td>', page(client, f"claims:{name}", *where, query=query))
    )


def test_each_number_of_the_book_leads_to_its_claims(signed_in: SignIn, now: datetime) -> None:
    reason = "Two problems, both in the note."
    overridden = denied("97", "MOD-25", state=Finding.State.OVERRIDDEN, settled_at=now, override_reason=reason)
    alike, client = denied("97"), signed_in(Role.CODER)
    book = page(client, "claims:rule_book", "coding")
    address = reverse("claims:built_in_rule", args=["coding", "MOD-25"])
    expected = {"found": overridden, "overridden": overridden, "denied": overridden, "alike": alike}
    for name, claim in expected.items():
        assert f'href="{address}?list={name}">1</a>' in book
        shown = rows_shown(client, "built_in_rule", "coding", "MOD-25", query=f"?list={name}")
        assert shown == {claim.control_number}
    assert reason in page(client, "claims:built_in_rule", "coding", "MOD-25", query="?list=overridden")
    missed = reverse("claims:missed_denials", args=["coding"])
    assert f'href="{missed}?reason=97">1</a>' in book
    assert rows_shown(client, "missed_denials", "coding", query="?reason=97") == {alike.control_number}
    assert rows_shown(client, "missed_denials", "coding") == {alike.control_number}
    assert rows_shown(client, "missed_denials", "coding", query="?reason=16") == set()


def test_what_a_list_shows_of_patients_is_in_the_trail(signed_in: SignIn, now: datetime) -> None:
    claim, _other = denied("97", "MOD-25"), denied("16")
    page(signed_in(Role.CODER), "claims:built_in_rule", "coding", "MOD-25")
    event = AuditEvent.objects.get(subject_kind="built_in_rule")
    assert (event.subject_public_id, event.patients) == ("MOD-25", [claim.patient.public_id])


def test_more_than_a_page_of_claims_has_a_second_page(
    signed_in: SignIn, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("apps.claims.views.rule_books.PAGE_SIZE", 2)
    claims, client = [denied("97", "MOD-25") for _ in range(3)], signed_in(Role.CODER)
    shown = [rows_shown(client, "built_in_rule", "coding", "MOD-25", query=f"?page={number}") for number in (1, 2)]
    assert [len(numbers) for numbers in shown] == [2, 1]
    assert shown[0] | shown[1] == {claim.control_number for claim in claims}


@pytest.mark.parametrize(
    "address",
    [
        "/claims/rules/built-in/coding/",
        "/claims/rules/built-in/coding/missed/",
        "/claims/rules/built-in/coding/MOD-25/?list=denied",
    ],
)
def test_the_queries_of_a_review_do_not_grow_with_the_claims(address: str, signed_in: SignIn, now: datetime) -> None:
    client, counted = signed_in(Role.CODER), []
    for _ in range(2):
        denied("97", "MOD-25")
        denied("16", "DX-AGE")
        client.get(address)  # what is kept for a while is there
        with CaptureQueriesContext(connection) as asked:
            assert client.get(address).status_code == 200
        counted.append(len(asked))
    assert counted[0] == counted[1]


@pytest.mark.parametrize("address", [("rule_book", "payer"), ("built_in_rule", "billing", "MOD-25")])
def test_there_is_no_other_book_and_no_rule_of_another_one(address: tuple[str, ...], signed_in: SignIn) -> None:
    name, *where = address
    assert signed_in(Role.BILLER).get(reverse(f"claims:{name}", args=where)).status_code == 404


def test_an_administrator_says_who_answers_for_a_book(signed_in: SignIn) -> None:
    owner, desk = UserFactory(role=Role.CODER), UserFactory(role=Role.FRONT_DESK)
    client = signed_in(Role.ADMINISTRATOR)
    address = reverse("claims:give_rule_book", args=["coding"])
    assert client.post(address, {"owner": desk.public_id}).status_code == 422
    assert client.post(address, {"owner": owner.public_id}, follow=True).status_code == 200
    assert RuleBook.objects.get(kind=CODING).owner == owner
    assert owner.display_name in page(client, "claims:payer_rules")
    assert client.post(address, {"owner": ""}).status_code == 302
    assert RuleBook.objects.get(kind=CODING).owner is None


def test_the_dashboard_says_which_books_are_due(biller: Client, now: datetime) -> None:
    RuleBook.objects.create(kind=CODING, review_on=date(2026, 9, 16))
    text = page(biller, "reports:dashboard")
    assert text.count("past the day of review") == 1
    assert BOOK in text
