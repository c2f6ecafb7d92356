"""What people note on their tasks stands on the page of the claim and of the patient too, for whoever may see the room."""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from apps.claims.models import Claim
from apps.patient_balances.models import Balance
from apps.practice.roles import Role
from apps.worklist.models import WorkItem
from apps.worklist.queue import open_item
from apps.worklist.services import add_note
from tests.factories.claims import ClaimFactory
from tests.factories.denials import denial as denial_of
from tests.factories.eligibility import FailedCheckFactory
from tests.factories.practice import UserFactory

pytestmark = pytest.mark.django_db
SignIn = Callable[[Role | None], Client]
CLAIM, DENIAL, BALANCE, CHECK = "Asked the provider", "Called the payer", "Wants a plan", "Card is at home"


def note(row: Any, text: str, now: datetime) -> None:
    row.work_item = open_item(
        kind="test",
        title=f"Task behind: {text}",
        owner_role=WorkItem.OwnerRole.BILLER,
        url_name="workspace:today",
        subject_public_id=row.public_id,
        now=now,
    )
    row.save()
    add_note(item=row.work_item, text=text, acting_user=UserFactory(first_name="Nell", last_name="Abara"), now=now)


@pytest.fixture
def claim(now: datetime) -> Claim:
    denial = denial_of()
    claim: Claim = denial.claim
    balance = Balance.objects.create(
        patient=claim.patient, encounter=claim.encounter, claim=claim, opened_amount=Decimal("20.00"), opened_at=now
    )
    check = FailedCheckFactory(coverage=claim.coverage)
    for row, text in ((claim, CLAIM), (denial, DENIAL), (balance, BALANCE), (check, CHECK)):
        note(row, text, now)
    other = ClaimFactory()
    note(other, "About somebody else", now)
    return claim


@pytest.mark.parametrize(
    ("role", "of_claim", "of_patient"),
    [
        (Role.BILLER, {CLAIM, DENIAL, BALANCE}, {CLAIM, DENIAL, BALANCE, CHECK}),
        (Role.CODER, {CLAIM, DENIAL}, {CLAIM, DENIAL, CHECK}),
        (Role.FRONT_DESK, None, {BALANCE, CHECK}),
    ],
)
def test_notes_are_shown_to_whoever_may_see_their_room(
    signed_in: SignIn, claim: Claim, role: Role, of_claim: set[str] | None, of_patient: set[str]
) -> None:
    client = signed_in(role)
    pages = {
        reverse("workspace:claim", args=[claim.public_id]): of_claim,
        reverse("workspace:patient", args=[claim.patient.public_id]): of_patient,
    }
    for path, expected in pages.items():
        answer = client.get(path)
        if expected is None:
            assert answer.status_code == 403
            continue
        shown = answer.content.decode()
        assert {
            text for text in (CLAIM, DENIAL, BALANCE, CHECK) if f'<p class="detail">{text}</p>' in shown
        } == expected
        assert "Nell Abara" in shown
        assert "About somebody else" not in shown


def test_the_newest_note_is_the_first(signed_in: SignIn, claim: Claim, now: datetime) -> None:
    assert claim.work_item is not None
    add_note(item=claim.work_item, text="He answered", acting_user=UserFactory(), now=now + timedelta(hours=1))
    shown = signed_in(Role.BILLER).get(reverse("workspace:claim", args=[claim.public_id])).content.decode()
    assert shown.index(">He answered<") < shown.index(f">{CLAIM}<")


def test_without_notes_the_pages_say_what_will_stand_there(signed_in: SignIn) -> None:
    claim, client = ClaimFactory(), signed_in(Role.BILLER)
    assert "a task about this claim" in client.get(reverse("workspace:claim", args=[claim.public_id])).content.decode()
    path = reverse("workspace:patient", args=[claim.patient.public_id])
    assert "a task about this patient" in client.get(path).content.decode()
