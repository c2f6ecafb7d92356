"""Writing a denial off: for a reason of the list, knowing the appeal rights, above the limit by two persons."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from apps.audit.models import AuditEvent
from apps.claims.models import Adjudication
from apps.core.models import User
from apps.denials.models import Denial, WriteOffRequest
from apps.denials.rules.rights import appeal_rights
from apps.denials.services import (
    DenialClosedError,
    GiveUpError,
    decide_write_off,
    release_to_patient,
    settle_denials,
    write_off,
)
from apps.ledger.models import Account, Entry, WriteOffReason
from apps.ledger.services import NewEntry, NewLeg, WriteOffResult, post_entries
from apps.practice.roles import Role
from apps.worklist.models import WorkItem
from tests.denials.pages import page, press
from tests.factories.denials import denial
from tests.factories.ledger import account_totals, post_as_billed
from tests.factories.practice import PracticeFactory, UserFactory
from tests.signing_in import browser_of

pytestmark = pytest.mark.django_db
DAY = date(2026, 9, 30)
State, RequestState = Denial.State, WriteOffRequest.State


@pytest.fixture
def clerk(db: None) -> User:
    return UserFactory(role=Role.BILLER)


@pytest.fixture
def boss(db: None) -> User:
    return UserFactory(role=Role.ADMINISTRATOR)


@pytest.fixture
def signed_in(db: None) -> Callable[[Role | None], Client]:
    return browser_of


def billed(carc: str = "197", deadline: date = date(2026, 1, 1), **facts: object) -> Denial:
    """Past its deadline, unless told otherwise."""
    found = denial(carc, **facts)
    post_as_billed(*found.claim.encounter.charges.all(), now=found.received_at)
    Denial.objects.filter(pk=found.pk).update(appeal_deadline=deadline)
    found.refresh_from_db()
    return found


def give_up(
    found: Denial,
    user: User,
    now: datetime,
    reason: str = WriteOffReason.NO_AUTHORIZATION,
    note: str = "",
    *,
    rights_given_up: bool = False,
) -> WriteOffResult:
    return write_off(
        denial_id=found.public_id,
        reason=reason,
        note=note,
        rights_given_up=rights_given_up,
        acting_user=user,
        now=now,
    )


def decide(found: Denial, user: User, now: datetime, note: str = "", *, approved: bool = True) -> WriteOffResult:
    row = found.write_off_requests.latest("pk")
    return decide_write_off(request_id=row.public_id, approved=approved, note=note, acting_user=user, now=now)


@pytest.mark.parametrize(
    ("deadline", "remarks", "sentence"),
    [
        (None, [], "No appeal deadline is on record for this payer: it may still be appealed."),
        (date(2026, 9, 30), [], "It may still be appealed until September 30, 2026."),
        (date(2027, 1, 5), ["N290"], "It may still be appealed until January 5, 2027."),
        (date(2026, 9, 29), [], ""),
        (date(2027, 1, 5), ["MA130"], ""),
        (None, ["N290", "N211"], ""),
    ],
)
def test_appeal_rights_remain_until_the_deadline_unless_a_remark_ends_them(
    deadline: date | None, remarks: list[str], sentence: str
) -> None:
    assert appeal_rights(deadline, remarks, DAY) == sentence


@pytest.mark.parametrize("reason", ["", "because", "Filed too late"])
def test_only_a_reason_of_the_list_is_one(now: datetime, clerk: User, reason: str) -> None:
    found = billed()
    with pytest.raises(GiveUpError, match="Choose a reason"):
        give_up(found, clerk, now, reason)
    assert account_totals()[Account.WRITE_OFF] == 0


def test_other_needs_a_note(now: datetime, clerk: User) -> None:
    found = billed()
    with pytest.raises(GiveUpError, match="Say in the note"):
        give_up(found, clerk, now, WriteOffReason.OTHER, " ")
    give_up(found, clerk, now, WriteOffReason.OTHER, "Lost in the flood.")
    found.refresh_from_db()
    assert found.close_reason == "Other, see the note. Lost in the flood."


def test_the_reason_stands_on_the_ledgers_entry_and_in_the_trail(now: datetime, clerk: User) -> None:
    found = billed()
    assert give_up(found, clerk, now) == WriteOffResult(Decimal("148.00"))
    assert Entry.objects.get(kind=Entry.Kind.ADJUSTMENT).reason == WriteOffReason.NO_AUTHORIZATION
    event = AuditEvent.objects.get(action="write_off")
    assert event.detail == {"amount": "148.00", "reason": "no_authorization"}


def test_a_release_to_the_patient_gives_nothing_up(now: datetime, clerk: User) -> None:
    found = billed("204", group="PR")
    release_to_patient(denial_id=found.public_id, reason="Plan excludes it.", acting_user=clerk, now=now)
    assert Entry.objects.get(kind=Entry.Kind.ADJUSTMENT).reason == ""


def test_where_appeal_rights_remain_it_takes_a_word_that_is_kept(now: datetime, clerk: User) -> None:
    found = billed(deadline=now.date() + timedelta(days=20))
    with pytest.raises(GiveUpError, match="may still be appealed until"):
        give_up(found, clerk, now)
    give_up(found, clerk, now, rights_given_up=True)
    assert "appealed until" in AuditEvent.objects.get(action="write_off").detail["rights_given_up"]


@pytest.mark.parametrize(("limit", "waits"), [("147.99", True), ("148.00", False), (None, False)])
def test_above_the_limit_an_administrator_is_asked(now: datetime, clerk: User, limit: str | None, waits: bool) -> None:
    PracticeFactory(write_off_limit=limit)
    found = billed()
    assert give_up(found, clerk, now) == WriteOffResult(Decimal("148.00"), waits=waits)
    found.refresh_from_db()
    assert found.state == (State.OPEN if waits else State.WRITTEN_OFF)
    assert account_totals()[Account.WRITE_OFF] == (0 if waits else Decimal("148.00"))
    assert WorkItem.objects.filter(kind="write_off_approval").count() == int(waits)


@pytest.fixture
def asked(now: datetime, clerk: User) -> Denial:
    PracticeFactory(write_off_limit=Decimal(100))
    found = billed()
    give_up(found, clerk, now, note="They were asked twice.")
    return found


def test_the_request_is_a_task_on_the_denials_page(asked: Denial, clerk: User) -> None:
    row = WriteOffRequest.objects.get()
    item = WorkItem.objects.get(kind="write_off_approval")
    assert row.work_item == item
    assert (item.owner_role, item.amount_at_stake) == (WorkItem.OwnerRole.ADMINISTRATOR, Decimal("148.00"))
    assert (item.url_name, item.subject_public_id) == ("denials:card", asked.public_id)
    assert (row.requested_by, row.amount, row.reason) == (clerk, Decimal("148.00"), WriteOffReason.NO_AUTHORIZATION)
    assert AuditEvent.objects.get(action="ask_write_off").actor == clerk


def test_what_is_approved_is_the_amount_that_was_asked_for(
    asked: Denial, clerk: User, boss: User, now: datetime
) -> None:
    """Another payer paid a part meanwhile: of the rest nobody was asked."""
    charge = asked.claim.lines.get().charge_id
    legs = (
        NewLeg(Account.PAYER_CLEARING, Decimal(40), payer_id=asked.payer_id),
        NewLeg(Account.INSURANCE_RECEIVABLE, Decimal(-40), asked.claim.patient_id, charge, asked.payer_id),
    )
    post_entries([NewEntry(Entry.Kind.REMITTANCE, "paid", now.date(), legs)], now=now)
    with pytest.raises(GiveUpError, match=r"^108\.00 of it is open by now, and 148\.00 was asked for"):
        decide(asked, boss, now)
    assert WriteOffRequest.objects.get().state == RequestState.OPEN
    decide(asked, boss, now, "Another amount.", approved=False)
    give_up(asked, clerk, now)
    assert decide(asked, boss, now).amount == account_totals()[Account.WRITE_OFF] == Decimal("108.00")


def test_approved_it_is_written_off_under_the_reason_that_was_asked(asked: Denial, boss: User, now: datetime) -> None:
    assert decide(asked, boss, now) == WriteOffResult(Decimal("148.00"))
    row = WriteOffRequest.objects.select_related("work_item").get()
    assert (row.state, row.decided_by, row.decided_at) == (RequestState.APPROVED, boss, now)
    assert row.work_item
    assert row.work_item.state == WorkItem.State.DONE
    asked.refresh_from_db()
    assert (asked.state, asked.close_reason) == (State.WRITTEN_OFF, "No authorization. They were asked twice.")
    assert Entry.objects.get(kind=Entry.Kind.ADJUSTMENT).reason == WriteOffReason.NO_AUTHORIZATION
    assert AuditEvent.objects.get(action="decide_write_off").detail == {"approved": True, "amount": "148.00"}
    with pytest.raises(DenialClosedError):
        decide(asked, boss, now)


def test_refused_with_a_note_the_denial_stays_open_and_may_be_asked_again(
    asked: Denial, boss: User, clerk: User, now: datetime
) -> None:
    with pytest.raises(GiveUpError, match="Say why"):
        decide(asked, boss, now, approved=False)
    assert decide(asked, boss, now, "Appeal first.", approved=False) == WriteOffResult(Decimal(0))
    with pytest.raises(GiveUpError, match="decided already"):
        decide(asked, boss, now)
    asked.refresh_from_db()
    assert asked.state == State.OPEN
    assert account_totals()[Account.WRITE_OFF] == 0
    assert give_up(asked, clerk, now).waits


def test_nobody_decides_a_request_of_their_own(now: datetime, boss: User) -> None:
    PracticeFactory(write_off_limit=Decimal(100))
    found = billed()
    give_up(found, boss, now)
    for approved in (True, False):
        with pytest.raises(GiveUpError, match="Somebody else"):
            decide(found, boss, now, "Mine.", approved=approved)
    assert WriteOffRequest.objects.get().state == RequestState.OPEN


def test_what_waits_is_not_asked_twice(asked: Denial, clerk: User, now: datetime) -> None:
    with pytest.raises(GiveUpError, match="waits for an administrator already"):
        give_up(asked, clerk, now)


def test_a_later_answer_of_the_payer_withdraws_the_request(asked: Denial, now: datetime) -> None:
    Adjudication.objects.filter(pk=asked.adjudication_id).update(reversed=True)
    assert settle_denials(now=now) == 1
    row = WriteOffRequest.objects.select_related("work_item").get()
    assert row.state == RequestState.WITHDRAWN
    assert row.work_item
    assert row.work_item.state == WorkItem.State.WITHDRAWN


# ---------------------------------------------------------------- on the card


@pytest.mark.long
def test_the_card_warns_and_asks_for_a_tick(signed_in: Callable[[Role | None], Client]) -> None:
    biller = signed_in(Role.BILLER)
    found = billed(deadline=date(2027, 3, 1))
    text = page(biller, "denials:card", found.public_id)
    assert "It may still be appealed until March 1, 2027." in text
    assert 'name="rights_given_up"' in text
    assert "Say that you give that up" in press(biller, "write_off", found, reason="courtesy")
    assert "written off." in press(biller, "write_off", found, reason="courtesy", rights_given_up="on")
    assert found.state == State.WRITTEN_OFF


def test_the_card_without_rights_asks_for_none(signed_in: Callable[[Role | None], Client]) -> None:
    text = page(signed_in(Role.BILLER), "denials:card", billed().public_id)
    assert "may still be appealed" not in text
    assert "rights_given_up" not in text


@pytest.mark.long
def test_asked_and_approved_on_the_card(signed_in: Callable[[Role | None], Client]) -> None:
    PracticeFactory(write_off_limit=Decimal(100))
    found, biller = billed(), signed_in(Role.BILLER)
    assert "An administrator is asked" in press(biller, "write_off", found, reason="bad_debt", note="Closed down.")
    text = page(biller, "denials:card", found.public_id)
    assert "An administrator other than who asked decides." in text
    assert "Approve the write-off" not in text
    assert reverse("denials:write_off", args=[found.public_id]) + '"' not in text
    address = reverse("denials:decide_write_off", args=[found.public_id])
    assert biller.post(address, {"decision": "approve"}).status_code == 403
    administrator = signed_in(Role.ADMINISTRATOR)
    text = page(administrator, "denials:card", found.public_id)
    assert "Bad debt. Closed down." in text
    assert "Say why it is not approved." in press(administrator, "decide_write_off", found, decision="refuse")
    assert "$148.00 written off." in press(administrator, "decide_write_off", found, decision="approve")
    assert found.state == State.WRITTEN_OFF
    assert "Write-off: approved" in page(administrator, "denials:card", found.public_id)
    assert "Nobody waits" in press(administrator, "decide_write_off", found, decision="approve")


@pytest.mark.long
def test_a_refusal_on_the_card_is_told(signed_in: Callable[[Role | None], Client]) -> None:
    PracticeFactory(write_off_limit=Decimal(100))
    found = billed()
    press(signed_in(Role.BILLER), "write_off", found, reason="bad_debt")
    told = press(signed_in(Role.ADMINISTRATOR), "decide_write_off", found, decision="refuse", note="Appeal it.")
    assert "Not approved." in told
    assert found.state == State.OPEN
