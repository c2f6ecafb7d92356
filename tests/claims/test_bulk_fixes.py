"""One suggested fix for many claims: what is meant, what is done, what is skipped, what is tried again."""

from collections.abc import Callable
from datetime import date, datetime
from functools import partial

import pytest
from django.test import Client
from django.urls import reverse

from apps.audit.models import AuditEvent
from apps.automations.tasks import run_step
from apps.claims.models import BulkFix, BulkFixItem, Claim, Finding
from apps.claims.services import (
    CannotSettleError,
    edit_claim,
    retry_bulk_fix,
    run_bulk_fix,
    scrub_claims,
    start_bulk_fix,
)
from apps.claims.states import ClaimStatus
from apps.core.models import JobRun, User
from apps.practice.roles import Role
from apps.worklist.models import Selection
from tests.claims.pages import HTMX, held, needs_25, page
from tests.factories.claims import ClaimFactory
from tests.factories.intake import EncounterFactory
from tests.factories.practice import PayerFactory, PracticeFactory, UserFactory

pytestmark = pytest.mark.django_db
SignIn = Callable[[Role | None], Client]
RULE = "COV-MEMBER-ID-PATTERN"
State = BulkFixItem.State


@pytest.fixture(autouse=True)
def practice() -> None:
    PracticeFactory()


@pytest.fixture
def person() -> User:
    return UserFactory(role=Role.BILLER)


def held_by_pattern(number: int, now: datetime, **fields: object) -> list[Claim]:
    """Claims of one payer, each with a member ID that one click mends."""
    payer = PayerFactory(member_id_pattern=r"LP\d{9}")
    made = [
        ClaimFactory(
            encounter__coverage__member_id=f"lp 000-000-{each:03d}", encounter__coverage__payer=payer, **fields
        )
        for each in range(number)
    ]
    scrub_claims(now=now)
    return list(Claim.objects.filter(pk__in=[claim.pk for claim in made]).order_by("pk"))


def started(person: User, now: datetime) -> BulkFix:
    findings = Finding.objects.filter(rule=RULE, state=Finding.State.OPEN)
    return start_bulk_fix(findings=findings, rule=RULE, acting_user=person, now=now)


def outcomes(bulk: BulkFix) -> dict[int, State]:
    return {item.claim_id: State(item.state) for item in bulk.items.all()}


@pytest.mark.long
def test_a_bulk_is_done_in_chunks_each_asking_for_the_next(person: User, now: datetime) -> None:
    claims = held_by_pattern(3, now)
    bulk = started(person, now)
    first = run_bulk_fix(bulk_id=bulk.public_id, now=now, limit=2)
    assert (first.claims, first.more) == (2, True)
    bulk.run.refresh_from_db()
    assert bulk.run.counts == {"claims": 3, "ready": 2}
    assert bulk.run.state == JobRun.State.RUNNING
    last = run_bulk_fix(bulk_id=bulk.public_id, now=now, limit=2)
    assert (last.claims, last.more) == (1, False)
    bulk.run.refresh_from_db()
    assert (bulk.run.counts, bulk.run.state) == ({"claims": 3, "ready": 3}, JobRun.State.DONE)
    assert set(Claim.objects.filter(pk__in=[claim.pk for claim in claims]).values_list("status", flat=True)) == {
        ClaimStatus.READY
    }
    assert run_bulk_fix(bulk_id=bulk.public_id, now=now).claims == 0


@pytest.mark.long
def test_the_step_asks_for_the_next_chunk(
    person: User,
    now: datetime,
    nudges: list[tuple[str, str]],
    django_capture_on_commit_callbacks,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    held_by_pattern(2, now)
    with django_capture_on_commit_callbacks(execute=True):
        bulk = started(person, now)
    assert nudges == [("fix_in_bulk", bulk.public_id)]
    monkeypatch.setattr("apps.claims.services.run_bulk_fix", partial(run_bulk_fix, limit=1))
    with django_capture_on_commit_callbacks(execute=True):
        run_step("fix_in_bulk", bulk.public_id, now=now)
    assert nudges[1:] == [("fix_in_bulk", bulk.public_id)]


@pytest.mark.long
def test_a_claim_that_changed_meanwhile_is_told_and_skipped_and_the_rest_goes_on(person: User, now: datetime) -> None:
    sent, voided, sound = held_by_pattern(3, now)
    bulk = started(person, now)
    Claim.objects.filter(pk=sent.pk).update(status=ClaimStatus.SUBMITTED)
    voided.findings.update(state=Finding.State.SUPERSEDED)
    run_bulk_fix(bulk_id=bulk.public_id, now=now)
    assert outcomes(bulk) == {sent.pk: State.CHANGED, voided.pk: State.CHANGED, sound.pk: State.READY}
    assert "the claim is submitted now" in bulk.items.get(claim=sent).why
    sent.refresh_from_db()
    assert sent.coverage.member_id.startswith("lp ")


@pytest.mark.long
def test_a_finding_that_a_later_scrub_found_again_is_still_meant(person: User, now: datetime) -> None:
    (claim,) = held_by_pattern(1, now)
    bulk = started(person, now)
    edit_claim(claim_id=claim.public_id, changes=(), acting_user=person, now=now)
    assert claim.findings.filter(state=Finding.State.OPEN).get().pk != bulk.items.get().finding_id
    run_bulk_fix(bulk_id=bulk.public_id, now=now)
    assert outcomes(bulk) == {claim.pk: State.READY}


@pytest.mark.long
def test_a_claim_with_another_finding_is_fixed_and_still_stopped(person: User, now: datetime) -> None:
    (claim,) = held_by_pattern(1, now, encounter__patient__sex="")
    bulk = started(person, now)
    run_bulk_fix(bulk_id=bulk.public_id, now=now)
    assert outcomes(bulk) == {claim.pk: State.STOPPED}


@pytest.mark.long
def test_the_claims_of_one_patient_are_done_together(person: User, now: datetime) -> None:
    first, other = held_by_pattern(2, now)
    visit = EncounterFactory(patient=first.patient, coverage=first.coverage, service_date=date(2026, 9, 9))
    second = ClaimFactory(encounter=visit)
    scrub_claims(now=now)
    bulk = started(person, now)
    assert run_bulk_fix(bulk_id=bulk.public_id, now=now, limit=1).claims == 2
    run_bulk_fix(bulk_id=bulk.public_id, now=now)
    assert outcomes(bulk) == dict.fromkeys((first.pk, other.pk, second.pk), State.READY)


@pytest.mark.long
def test_what_fails_keeps_no_other_back_and_is_tried_again(person: User, now: datetime) -> None:
    bad, sound = held_by_pattern(2, now)
    finding = bad.findings.get()
    good = finding.fix
    finding.fix = good | {"value": "9" * 200}
    finding.save()
    bulk = started(person, now)
    run_bulk_fix(bulk_id=bulk.public_id, now=now)
    assert outcomes(bulk) == {bad.pk: State.FAILED, sound.pk: State.READY}
    assert bulk.items.get(claim=bad).why == "Member ID: at most 80 signs."
    finding.fix = good
    finding.save()
    again = retry_bulk_fix(bulk_id=bulk.public_id, acting_user=person, now=now)
    assert (again.retry_of, again.claim_count) == (bulk, 1)
    run_bulk_fix(bulk_id=again.public_id, now=now)
    assert outcomes(again) == {bad.pk: State.READY}


def test_what_is_at_work_is_not_tried_again_yet(person: User, now: datetime) -> None:
    held_by_pattern(1, now)
    bulk = started(person, now)
    with pytest.raises(CannotSettleError, match="still at work"):
        retry_bulk_fix(bulk_id=bulk.public_id, acting_user=person, now=now)


def test_nothing_clinical_is_ever_taken_in(person: User, now: datetime) -> None:
    claim = needs_25(now)
    with pytest.raises(CannotSettleError, match="one at a time"):
        start_bulk_fix(findings=claim.findings.all(), acting_user=person, now=now)
    with pytest.raises(CannotSettleError, match="nothing to apply"):
        start_bulk_fix(findings=Finding.objects.none(), acting_user=person, now=now)
    assert BulkFix.objects.count() == 0


def test_it_leaves_its_row_in_the_trail(person: User, now: datetime) -> None:
    held_by_pattern(2, now)
    bulk = started(person, now)
    event = AuditEvent.objects.get(action="bulk_fix")
    assert (event.actor, event.subject_public_id) == (person, bulk.public_id)
    assert event.detail == {"rule": RULE, "claims": 2}


# ------------------------------------------------------------------ its pages


def looked_at(browser: Client, rule: str) -> str:
    """All that the filter shows is selected, and the page asks about it."""
    answer = browser.post(reverse("claims:bulk_fix_take"), {"query": f"rule={rule}" if rule else ""}, follow=True)
    text = answer.content.decode()
    assert "UNDEFINED_VARIABLE" not in text
    return text


def begin(browser: Client, selection: str | None = None) -> BulkFix | None:
    told = {"query": f"rule={RULE}", "selection": selection or Selection.objects.get().public_id}
    browser.post(reverse("claims:bulk_fix_start"), told)
    return BulkFix.objects.first()


@pytest.mark.long
def test_the_queue_offers_the_fix_of_a_filter_and_says_what_it_would_set(biller: Client, now: datetime) -> None:
    held_by_pattern(3, now)
    held(now, encounter__patient__sex="")
    assert "of this filter at once" in page(biller, "claims:exceptions", query=f"?rule={RULE}")
    assert "of this filter at once" not in page(biller, "claims:exceptions")
    text = looked_at(biller, RULE)
    assert "Remove spaces and dashes" in text
    assert "Apply to 3 claims" in text


@pytest.mark.long
def test_without_a_finding_or_without_a_fix_the_page_says_so(biller: Client, now: datetime) -> None:
    needs_25(now)
    rule = Finding.objects.get().rule
    assert "Select claims first" in page(biller, "claims:bulk_fix_new", query=f"?rule={rule}")
    assert "Choose a finding first" in looked_at(biller, "")
    assert "confirmed by a coder" in looked_at(biller, rule)
    told = {"query": f"rule={rule}", "selection": Selection.objects.get().public_id}
    answer = biller.post(reverse("claims:bulk_fix_start"), told, follow=True)
    assert "There is nothing to apply" in answer.content.decode()


@pytest.mark.long
def test_a_bulk_fix_means_what_the_person_saw_and_nothing_that_came_since(biller: Client, now: datetime) -> None:
    seen = held_by_pattern(2, now)
    assert "Apply to 2 claims" in looked_at(biller, RULE)
    held_by_pattern(1, now)
    bulk = begin(biller)
    assert bulk is not None
    assert (set(outcomes(bulk)), bulk.rule) == ({claim.pk for claim in seen}, RULE)


def test_what_is_no_longer_in_the_filter_is_fixed_all_the_same(biller: Client, now: datetime) -> None:
    (claim,) = held_by_pattern(1, now)
    biller.post(reverse("claims:bulk_fix_take"), {"query": f"rule={RULE}&view=unassigned"})
    biller.post(reverse("claims:take_exception", args=[claim.public_id]))
    bulk = begin(biller)
    assert bulk is not None
    assert set(outcomes(bulk)) == {claim.pk}


def test_of_what_was_selected_nothing_is_fixed_that_waits_no_longer(biller: Client, now: datetime) -> None:
    sent, waits = held_by_pattern(2, now)
    looked_at(biller, RULE)
    Claim.objects.filter(pk=sent.pk).update(status=ClaimStatus.SUBMITTED)
    bulk = begin(biller)
    assert bulk is not None
    assert set(outcomes(bulk)) == {waits.pk}


@pytest.mark.long
def test_a_selection_whose_place_another_took_fixes_nothing(biller: Client, now: datetime) -> None:
    held_by_pattern(1, now)
    looked_at(biller, RULE)
    first = Selection.objects.get().public_id
    looked_at(biller, RULE)
    told = {"query": f"rule={RULE}", "selection": first}
    answer = biller.post(reverse("claims:bulk_fix_start"), told, follow=True)
    assert "A later selection took the place of this one." in answer.content.decode()
    assert not BulkFix.objects.exists()


@pytest.mark.long
def test_a_bulk_of_a_filter_shows_its_progress_and_ends_in_a_summary(
    biller: Client, now: datetime, nudges: list[tuple[str, str]], django_capture_on_commit_callbacks
) -> None:
    claims = held_by_pattern(2, now)
    looked_at(biller, RULE)
    told = {"query": f"rule={RULE}", "selection": Selection.objects.get().public_id}
    answer = biller.post(reverse("claims:bulk_fix_start"), told)
    bulk = BulkFix.objects.get()
    address = reverse("claims:bulk_fix", args=[bulk.public_id])
    assert answer.url == address
    assert "0 of 2" in page(biller, "claims:bulk_fix", bulk.public_id)
    assert "See how far it is" in page(biller, "claims:exceptions")
    Claim.objects.filter(pk=claims[0].pk).update(status=ClaimStatus.SUBMITTED)
    run_bulk_fix(bulk_id=bulk.public_id, now=now)
    text = biller.get(address, headers=HTMX).content.decode()
    assert "hx-trigger" not in text
    assert "Try the 1 again" in text
    assert claims[0].control_number in text
    assert claims[1].control_number not in text
    assert claims[1].control_number in page(biller, "claims:bulk_fix", bulk.public_id, query="?state=ready")
    assert address in page(biller, "claims:bulk_fixes")
    again = biller.post(reverse("claims:bulk_fix_retry", args=[bulk.public_id]), follow=True)
    assert "There is nothing to apply" in again.content.decode()


@pytest.mark.long
def test_chosen_rows_that_changed_meanwhile_lead_to_what_became_of_each(biller: Client, now: datetime) -> None:
    first, second = held_by_pattern(2, now)
    chosen = {
        "claim": [first.public_id, second.public_id],
        "finding": [each.findings.get().pk for each in (first, second)],
    }
    Claim.objects.filter(pk=first.pk).update(status=ClaimStatus.SUBMITTED)
    answer = biller.post(reverse("claims:apply_fixes"), chosen)
    assert answer.url == reverse("claims:bulk_fix", args=[BulkFix.objects.get().public_id])
    second.refresh_from_db()
    assert second.status == ClaimStatus.READY


@pytest.mark.long
def test_what_is_selected_is_asked_about_first_with_the_rows_ticked_besides(biller: Client, now: datetime) -> None:
    held_by_pattern(2, now)
    biller.post(reverse("claims:exceptions_select"), {"query": f"rule={RULE}"})
    (late,) = held_by_pattern(1, now)
    told = {"selection": Selection.objects.get().public_id, "claim": [late.public_id], "query": f"rule={RULE}"}
    answer = biller.post(reverse("claims:apply_fixes"), told, follow=True)
    assert answer.redirect_chain[-1][0].startswith(reverse("claims:bulk_fix_new"))
    assert "Apply to 3 claims" in answer.content.decode()


@pytest.mark.long
def test_fixes_of_a_selection_that_is_no_more_are_refused(biller: Client, now: datetime) -> None:
    held_by_pattern(1, now)
    answer = biller.post(reverse("claims:apply_fixes"), {"selection": "gone", "query": f"rule={RULE}"}, follow=True)
    assert "A later selection took the place of this one." in answer.content.decode()


@pytest.mark.parametrize(
    "name", ["claims:bulk_fix_take", "claims:bulk_fix_start", "claims:apply_fixes", "claims:exceptions_assign"]
)
def test_the_front_desk_may_not(name: str, signed_in: SignIn) -> None:
    assert signed_in(Role.FRONT_DESK).post(reverse(name)).status_code == 403
