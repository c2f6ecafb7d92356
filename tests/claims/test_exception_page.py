from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from apps.audit.models import AuditEvent
from apps.claims.models import Claim, Finding
from apps.claims.selectors import claim_history
from apps.claims.states import ClaimStatus
from apps.core import clock
from apps.practice.roles import Role
from apps.worklist.models import WorkItem
from tests.claims.pages import HTMX, held, needs_25, page
from tests.factories.claims import ClaimFactory, FindingFactory
from tests.factories.practice import UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.long]
SignIn = Callable[[Role | None], Client]


# ------------------------------------------------------------------ one claim


def test_one_claim_is_edited_and_scrubbed_in_place(biller: Client, now: datetime) -> None:
    claim = held(now, encounter__coverage__member_id="")
    page(biller, "claims:exception", claim.public_id)
    fields = _typed(biller, claim) | {"coverage.member_id": "LP000000999"}
    answer = biller.post(reverse("claims:edit", args=[claim.public_id]), fields, headers=HTMX)
    assert "Ready to send" in answer.content.decode()
    claim.refresh_from_db()
    assert (claim.status, claim.passed_untouched) == (ClaimStatus.READY, False)
    assert AuditEvent.objects.get(action="edit").detail == {"fields": ["Member ID"]}


def _typed(client: Client, claim: Claim) -> dict[str, str]:
    """The form as the page gives it."""
    form = client.get(reverse("claims:exception", args=[claim.public_id])).context["form"]
    return {name: form[name].value() or "" for name in form.fields}


def test_what_cannot_be_read_is_said_beside_the_field_and_nothing_typed_is_lost(biller: Client, now: datetime) -> None:
    claim = held(now, encounter__coverage__member_id="")
    fields = _typed(biller, claim) | {"patient.birth_date": "yesterday", "coverage.member_id": "LP000000999"}
    answer = biller.post(reverse("claims:edit", args=[claim.public_id]), fields, headers=HTMX)
    assert answer.status_code == 422
    assert "LP000000999" in answer.content.decode()
    assert "Enter a valid date" in answer.content.decode()


@pytest.mark.parametrize("day", ["2062-05-04", "0196-05-04"])
def test_a_birth_date_that_nobody_has_is_refused_beside_its_field(biller: Client, now: datetime, day: str) -> None:
    claim = held(now, encounter__coverage__member_id="")
    fields = _typed(biller, claim) | {"patient.birth_date": day}
    answer = biller.post(reverse("claims:edit", args=[claim.public_id]), fields, headers=HTMX)
    assert answer.status_code == 422
    assert "The birth date lies after the visit, or before 1900." in answer.content.decode()


def test_a_billers_form_cannot_change_a_code(biller: Client, now: datetime) -> None:
    claim = needs_25(now)
    fields = _typed(biller, claim) | {"line.modifiers.1": "25"}
    biller.post(reverse("claims:edit", args=[claim.public_id]), fields)
    assert claim.lines.get(number=1).modifiers == []


def test_a_coder_changes_a_code(signed_in: SignIn, now: datetime) -> None:
    coder, claim = signed_in(Role.CODER), needs_25(now)
    fields = _typed(coder, claim) | {"line.modifiers.1": "25"}
    coder.post(reverse("claims:edit", args=[claim.public_id]), fields)
    claim.refresh_from_db()
    assert claim.lines.get(number=1).modifiers == ["25"]
    assert claim.status == ClaimStatus.READY


def test_a_biller_sees_the_proposal_and_no_way_to_confirm_it(biller: Client, now: datetime) -> None:
    claim = needs_25(now)
    text = page(biller, "claims:exception", claim.public_id)
    assert "A coder confirms it from the record" in text
    assert reverse("claims:confirm", args=[claim.public_id]) not in text


def test_a_coder_confirms_with_a_statement(signed_in: SignIn, now: datetime) -> None:
    coder, claim = signed_in(Role.CODER), needs_25(now)
    finding = claim.findings.get()
    coder.post(
        reverse("claims:confirm", args=[claim.public_id]),
        {"finding": finding.pk, "statement": "Separate evaluation of blood pressure."},
    )
    finding.refresh_from_db()
    claim.refresh_from_db()
    assert (finding.state, finding.override_reason) == (Finding.State.FIXED, "Separate evaluation of blood pressure.")
    assert claim.status == ClaimStatus.READY


def test_an_override_needs_a_reason_and_keeps_it(biller: Client, now: datetime) -> None:
    claim = held(now)
    finding, address = claim.findings.get(), reverse("claims:override", args=[claim.public_id])
    assert "Give a reason" in biller.post(address, {"finding": finding.pk}, headers=HTMX).content.decode()
    biller.post(address, {"finding": finding.pk, "reason": "The payer's new card format."})
    finding.refresh_from_db()
    assert (finding.state, finding.override_reason) == (Finding.State.OVERRIDDEN, "The payer's new card format.")


def test_a_claim_is_held_and_released_again(biller: Client, now: datetime) -> None:
    claim = ClaimFactory(status=ClaimStatus.READY)
    biller.post(reverse("claims:hold", args=[claim.public_id]), {"reason": "Waiting for the note."})
    claim.refresh_from_db()
    assert claim.status == ClaimStatus.EXCEPTION
    finding = claim.findings.get()
    biller.post(
        reverse("claims:override", args=[claim.public_id]), {"finding": finding.pk, "reason": "The note is there."}
    )
    claim.refresh_from_db()
    assert claim.status == ClaimStatus.READY


# ------------------------------------------------------------------ whose it is, when it comes back, what was done


def test_a_claim_is_given_to_somebody_and_snoozed_until_a_day_that_is_not_too_late(
    biller: Client, now: datetime
) -> None:
    claim, person = held(now), UserFactory(role=Role.CODER)
    WorkItem.objects.update(due_on=clock.today() + timedelta(days=9))
    address = reverse("claims:assign_exception", args=[claim.public_id])
    assert "1 given to" in biller.post(address, {"assignee": person.public_id}, headers=HTMX).content.decode()
    address = reverse("claims:snooze_exception", args=[claim.public_id])
    late = biller.post(address, {"until": clock.today() + timedelta(days=10)}, headers=HTMX)
    assert "due before that day" in late.content.decode()
    assert "Choose the day" in biller.post(address, {"until": ""}, headers=HTMX).content.decode()
    day = clock.today() + timedelta(days=9)
    assert "Snoozed until" in biller.post(address, {"until": day}, headers=HTMX).content.decode()
    item = WorkItem.objects.get()
    assert (item.assignee, item.snoozed_until) == (person, day)


def test_nobody_gets_a_claim_whose_role_may_not_edit_it(biller: Client, now: datetime) -> None:
    claim, desk = held(now), UserFactory(role=Role.FRONT_DESK)
    address = reverse("claims:assign_exception", args=[claim.public_id])
    answer = biller.post(address, {"assignee": desk.public_id}, headers=HTMX)
    assert "whose role may do this work" in answer.content.decode()
    assert WorkItem.objects.get().assignee is None


def test_a_note_stays_with_the_claim_also_when_it_is_held_anew(biller: Client, now: datetime) -> None:
    claim = held(now)
    address = reverse("claims:note_exception", args=[claim.public_id])
    assert "Write the note first" in biller.post(address, {"text": " "}, headers=HTMX).content.decode()
    biller.post(address, {"text": "Asked the patient for the card."})
    WorkItem.objects.update(state=WorkItem.State.DONE)
    biller.post(reverse("claims:hold", args=[claim.public_id]), {"reason": "Waiting for the card."})
    assert WorkItem.objects.count() == 2
    assert "Asked the patient for the card." in page(biller, "claims:exception", claim.public_id)


def test_the_history_says_who_changed_what_from_what_to_what_and_why(biller: Client, now: datetime) -> None:
    claim = held(now, encounter__coverage__member_id="", encounter__patient__sex="")
    fields = _typed(biller, claim) | {"coverage.member_id": "LP000000999", "patient.city": "Elgin"}
    biller.post(reverse("claims:edit", args=[claim.public_id]), fields)
    finding = claim.findings.get(state=Finding.State.OPEN)
    answer = biller.post(
        reverse("claims:override", args=[claim.public_id]), {"finding": finding.pk, "reason": "The payer does not ask."}
    )
    assert answer.status_code == 302
    text = page(biller, "claims:exception", claim.public_id)
    assert "From nothing to “•••• 0999”" in text
    assert "to “Elgin”" in text
    kept = claim.field_changes.get(field="coverage.member_id")
    assert (kept.before, kept.after) == ("", "LP000000999")


def test_what_came_of_an_edit_stands_behind_it_though_all_of_it_is_of_one_moment(biller: Client, now: datetime) -> None:
    claim = held(now, encounter__coverage__member_id="")
    biller.post(
        reverse("claims:edit", args=[claim.public_id]),
        _typed(biller, claim) | {"patient.postcode": "12", "patient.city": "Elgin"},
    )
    told = [moment.what for moment in claim_history.history(claim)]
    assert told[-4:-2] == ["City changed", "ZIP changed"]
    assert [what.partition(":")[0] for what in told[-2:]] == ["Edited", "Held by the scrubber"]


def test_an_override_and_its_reason_stand_in_the_history(biller: Client, now: datetime) -> None:
    claim = held(now)
    address = reverse("claims:override", args=[claim.public_id])
    biller.post(address, {"finding": claim.findings.get().pk, "reason": "The payer's new card format."})
    text = page(biller, "claims:exception", claim.public_id)
    assert "Member ID does not fit the payer: overridden" in text
    assert "Reason: The payer&#x27;s new card format." in text


def test_a_fix_is_told_with_the_value_before_and_after(biller: Client, now: datetime) -> None:
    claim = held(now)
    biller.post(reverse("claims:apply_fix", args=[claim.public_id]), {"finding": claim.findings.get().pk})
    kept = claim.field_changes.get()
    assert (kept.before, kept.after) == ("lp 000-000-123", "LP000000123")
    assert "Member ID does not fit the payer: fixed" in page(biller, "claims:exception", claim.public_id)


@pytest.mark.parametrize("size", [1, 6])
def test_the_pages_queries_do_not_grow(size: int, biller: Client, now: datetime, django_assert_max_num_queries) -> None:
    claim = held(now)
    for number in range(size):
        text = {"text": f"Note {number}"}
        biller.post(reverse("claims:note_exception", args=[claim.public_id]), text)
        biller.post(reverse("claims:scrub", args=[claim.public_id]))
    with django_assert_max_num_queries(31):
        page(biller, "claims:exception", claim.public_id)


def test_reading_one_claim_is_one_row_of_the_trail(biller: Client, now: datetime) -> None:
    claim = held(now)
    page(biller, "claims:exception", claim.public_id)
    event = AuditEvent.objects.get(action="view")
    assert (event.subject_public_id, event.patients) == (claim.public_id, [claim.patient.public_id])


def test_a_claim_with_the_payer_is_shown_without_a_way_to_change_it(biller: Client) -> None:
    claim = ClaimFactory(status=ClaimStatus.SUBMITTED)
    assert "Save and scrub again" not in page(biller, "claims:exception", claim.public_id)
    answer = biller.post(reverse("claims:scrub", args=[claim.public_id]), headers=HTMX)
    assert "cannot be edited" in answer.content.decode()


def test_a_finding_of_a_rule_that_is_no_longer_in_use_is_shown_by_its_text_and_can_be_overridden(
    biller: Client, now: datetime
) -> None:
    claim = held(now)
    Finding.objects.filter(claim=claim).update(state=Finding.State.SUPERSEDED)
    gone = FindingFactory(claim=claim, rule="gone_with_an_upgrade", sentence="An old rule had this to say.")
    shown = page(biller, "claims:exception", claim.public_id)
    assert "An old rule had this to say." in shown
    assert "A rule that is no longer in use" in page(biller, "claims:exceptions")
    biller.post(reverse("claims:override", args=[claim.public_id]), {"finding": gone.pk, "reason": "The rule is gone."})
    gone.refresh_from_db()
    assert gone.state == Finding.State.OVERRIDDEN
