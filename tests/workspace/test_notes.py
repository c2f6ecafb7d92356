"""What people note on their tasks stands on the page of the claim and of the patient too, for whoever may see the room."""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse

from apps.audit.models import AuditEvent
from apps.claims.models import Claim
from apps.patient_balances.models import Balance
from apps.practice.roles import Role
from apps.worklist.models import WorkItem, WorkNote
from apps.worklist.queue import open_item
from apps.worklist.services import add_note
from tests.claims.pages import held, page
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


def test_a_note_stands_when_another_task_has_taken_the_place_of_its_own(
    signed_in: SignIn, claim: Claim, now: datetime
) -> None:
    """A claim has a task each time it waits."""
    note(claim, "The second time", now + timedelta(days=1))
    client = signed_in(Role.BILLER)
    for name, row in (("claim", claim), ("patient", claim.patient)):
        shown = client.get(reverse(f"workspace:{name}", args=[row.public_id])).content.decode()
        assert f">{CLAIM}<" in shown
        assert ">The second time<" in shown


def test_notes_on_a_task_about_the_patient_stand_on_the_patients_page(signed_in: SignIn, now: datetime) -> None:
    claim = ClaimFactory()
    task = open_item(
        kind="confirm_payer",
        title="Confirm the payer",
        owner_role=WorkItem.OwnerRole.ADMINISTRATOR,
        url_name="workspace:patient",
        subject_public_id=claim.patient.public_id,
        now=now,
    )
    add_note(item=task, text="It is the new plan", acting_user=UserFactory(), now=now)
    path = reverse("workspace:patient", args=[claim.patient.public_id])
    assert ">It is the new plan<" in signed_in(Role.FRONT_DESK).get(path).content.decode()


@pytest.mark.parametrize("kind", ["claim", "patient"])
def test_older_notes_are_reached_from_the_newest(kind: str, signed_in: SignIn, claim: Claim, now: datetime) -> None:
    assert claim.work_item is not None
    path = reverse(f"workspace:{kind}", args=[(claim if kind == "claim" else claim.patient).public_id])
    client = signed_in(Role.BILLER)
    link = '<a href="?notes=all#notes">All notes</a>'
    assert link not in client.get(path).content.decode()
    for number in range(20):
        later = now + timedelta(hours=1 + number)
        add_note(item=claim.work_item, text=f"Call {number}.", acting_user=UserFactory(), now=later)
    newest, everything = (client.get(path, asked).content.decode() for asked in ({}, {"notes": "all"}))
    assert (link in newest, f">{CLAIM}<" in newest, newest.count(">Call ")) == (True, False, 20)
    assert (link in everything, f">{CLAIM}<" in everything, everything.count(">Call ")) == (False, True, 20)


def test_without_notes_the_pages_say_what_will_stand_there(signed_in: SignIn) -> None:
    claim, client = ClaimFactory(), signed_in(Role.BILLER)
    assert (
        "or on a task about this claim"
        in client.get(reverse("workspace:claim", args=[claim.public_id])).content.decode()
    )
    path = reverse("workspace:patient", args=[claim.patient.public_id])
    assert "a task about this patient" in client.get(path).content.decode()


def posted(client: Client, name: str, public_id: str, text: str) -> str:
    answer = client.post(reverse(f"workspace:note_{name}", args=[public_id]), {"text": text}, follow=True)
    assert answer.redirect_chain[-1][0].endswith("#notes")
    return answer.content.decode()


def test_a_note_needs_no_task(signed_in: SignIn, now: datetime) -> None:
    claim, other, client = ClaimFactory(), ClaimFactory(), signed_in(Role.BILLER)
    assert ">The payer pays next week.<" in posted(client, "claim", claim.public_id, " The payer pays next week. ")
    assert ">Prefers to be called.<" in posted(client, "patient", claim.patient.public_id, "Prefers to be called.")
    pages = {
        name: client.get(reverse(f"workspace:{kind}", args=[row.public_id])).content.decode()
        for name, kind, row in (
            ("claim", "claim", claim),
            ("patient", "patient", claim.patient),
            ("other", "claim", other),
        )
    }
    shown = {name: [text in page for text in ("next week.", "be called.")] for name, page in pages.items()}
    assert shown == {"claim": [True, False], "patient": [True, True], "other": [False, False]}
    told = AuditEvent.objects.filter(action="note").order_by("pk").values_list("subject_kind", "patients", "detail")
    assert list(told) == [("claim", [claim.patient.public_id], {}), ("patient", [claim.patient.public_id], {})]


def test_an_empty_note_is_none(signed_in: SignIn) -> None:
    assert "Write the note first." in posted(signed_in(Role.CODER), "claim", ClaimFactory().public_id, "  ")
    assert not WorkNote.objects.exists()


def test_the_front_desk_notes_on_the_patient_and_reads_no_note_on_a_claim(signed_in: SignIn) -> None:
    claim = ClaimFactory()
    posted(signed_in(Role.BILLER), "claim", claim.public_id, "For the back office.")
    shown = posted(signed_in(Role.FRONT_DESK), "patient", claim.patient.public_id, "Moved house.")
    assert ("Moved house." in shown, "For the back office." in shown) == (True, False)


@pytest.mark.parametrize("kind", ["claim", "patient"])
def test_of_nobody_there_is_nothing_to_note(kind: str, signed_in: SignIn) -> None:
    address = reverse(f"workspace:note_{kind}", args=["7p3mv0xa2sjy42ee"])
    assert signed_in(Role.BILLER).post(address, {"text": "Who?"}).status_code == 404


def test_a_note_stands_on_a_task_or_on_a_claim_and_not_on_both(claim: Claim, now: datetime) -> None:
    author = UserFactory()
    for where in ({"item": claim.work_item, "about": claim.public_id}, {}):
        with pytest.raises(IntegrityError), transaction.atomic():
            WorkNote.objects.create(author=author, at=now, text="Where?", **where)


def test_a_web_process_from_before_the_upgrade_can_still_keep_a_note(claim: Claim, now: datetime) -> None:
    """`migrate` may run while it serves, and it names no column that came with the new code."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO worklist_worknote (item_id, author_id, at, text) VALUES (%s, %s, %s, 'Before')",
            [claim.work_item_id, UserFactory().pk, now],
        )
    assert WorkNote.objects.get(text="Before").about == ""


def test_the_history_in_the_exception_queue_tells_it_too(signed_in: SignIn, now: datetime) -> None:
    claim = held(now)
    client = signed_in(Role.BILLER)
    posted(client, "claim", claim.public_id, "The card is at home.")
    assert "The card is at home." in page(client, "claims:exception", claim.public_id)
