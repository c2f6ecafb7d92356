"""What a patient owes is given up for a reason of the list, above the limit by two persons."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal

import pytest
from django.test import Client

from apps.audit.models import AuditEvent
from apps.core.models import User
from apps.ledger.models import Account, Entry, WriteOffReason
from apps.ledger.services import ApprovalError, WriteOffResult
from apps.patient_balances.models import Balance, WriteOffRequest
from apps.patient_balances.services import decide_balance_write_off, write_off_balance
from apps.practice.roles import Role
from apps.worklist.models import WorkItem
from tests.factories.ledger import account_totals
from tests.factories.patient_balances import BalanceFactory, post_cash
from tests.factories.practice import PracticeFactory, UserFactory
from tests.patient_balances.opening import open_balances
from tests.patient_balances.test_money_has_owners import answered_claim
from tests.signing_in import browser_of

pytestmark = pytest.mark.django_db
RequestState = WriteOffRequest.State


@pytest.fixture
def clerk(db: None) -> User:
    return UserFactory(role=Role.BILLER)


@pytest.fixture
def boss(db: None) -> User:
    return UserFactory(role=Role.ADMINISTRATOR)


def give_up(balance: Balance, user: User, now: datetime, reason: str = WriteOffReason.CHARITY) -> WriteOffResult:
    return write_off_balance(balance_id=balance.public_id, reason=reason, note="Asked", acting_user=user, now=now)


def decide(user: User, now: datetime, note: str = "", *, approved: bool = True) -> WriteOffResult:
    row = WriteOffRequest.objects.latest("pk")
    return decide_balance_write_off(request_id=row.public_id, approved=approved, note=note, acting_user=user, now=now)


@pytest.fixture
def asked(now: datetime, clerk: User) -> Balance:
    """64.20, above the limit."""
    PracticeFactory(write_off_limit=Decimal(50))
    balance = BalanceFactory()
    assert give_up(balance, clerk, now) == WriteOffResult(Decimal("64.20"), waits=True)
    return balance


def test_the_reason_stands_on_the_entry_and_in_the_trail(now: datetime, clerk: User) -> None:
    balance = BalanceFactory()
    assert give_up(balance, clerk, now) == WriteOffResult(Decimal("64.20"))
    assert Entry.objects.get(legs__account=Account.WRITE_OFF).reason == WriteOffReason.CHARITY
    told = AuditEvent.objects.get(action="write_off_balance").detail
    assert told == {"amount": "64.20", "reason": "charity", "note": "Asked"}


def test_a_rest_below_the_practices_minimum_is_counted_as_small(now: datetime) -> None:
    PracticeFactory()
    answered_claim(cost_share="4.99")
    open_balances(now=now)
    assert Entry.objects.get(legs__account=Account.WRITE_OFF).reason == WriteOffReason.SMALL_BALANCE


@pytest.mark.parametrize("limit", ["64.20", None])
def test_at_the_limit_one_person_decides(now: datetime, clerk: User, limit: str | None) -> None:
    PracticeFactory(write_off_limit=limit)
    assert not give_up(BalanceFactory(), clerk, now).waits


def test_above_the_limit_nothing_moves_before_an_administrator_says_so(
    asked: Balance, clerk: User, now: datetime
) -> None:
    assert account_totals()[Account.WRITE_OFF] == 0
    item = WorkItem.objects.get(kind="write_off_approval")
    assert (item.owner_role, item.amount_at_stake) == (WorkItem.OwnerRole.ADMINISTRATOR, Decimal("64.20"))
    assert (item.url_name, item.subject_public_id) == ("balances:detail", asked.public_id)
    with pytest.raises(ApprovalError, match="already"):
        give_up(asked, clerk, now)


def test_approved_it_is_given_up(asked: Balance, boss: User, now: datetime) -> None:
    assert decide(boss, now) == WriteOffResult(Decimal("64.20"))
    asked.refresh_from_db()
    assert asked.state == Balance.State.WRITTEN_OFF
    assert account_totals()[Account.WRITE_OFF] == Decimal("64.20")
    row = WriteOffRequest.objects.get()
    assert (row.state, row.decided_by) == (RequestState.APPROVED, boss)


def test_refused_it_stays_owed(asked: Balance, boss: User, now: datetime) -> None:
    assert decide(boss, now, "Send a letter first.", approved=False) == WriteOffResult(Decimal(0))
    asked.refresh_from_db()
    assert asked.state == Balance.State.OPEN
    assert account_totals()[Account.WRITE_OFF] == 0
    assert WriteOffRequest.objects.get().decision_note == "Send a letter first."
    assert AuditEvent.objects.get(action="decide_write_off").detail["approved"] is False


def test_nobody_decides_a_request_of_their_own(asked: Balance, clerk: User, now: datetime) -> None:
    with pytest.raises(ApprovalError, match="Somebody else"):
        decide(clerk, now)
    asked.refresh_from_db()
    assert asked.state == Balance.State.OPEN


def test_of_what_was_settled_meanwhile_nothing_is_given_up(asked: Balance, boss: User, now: datetime) -> None:
    Balance.objects.update(state=Balance.State.PAID)
    assert decide(boss, now) == WriteOffResult(Decimal(0))
    row = WriteOffRequest.objects.select_related("work_item").get()
    assert row.state == RequestState.WITHDRAWN
    assert row.work_item
    assert row.work_item.state == WorkItem.State.WITHDRAWN
    assert account_totals()[Account.WRITE_OFF] == 0


@pytest.mark.parametrize("money", ["10.00", "-10.00"])
def test_what_is_approved_is_the_amount_that_was_asked_for(
    asked: Balance, clerk: User, boss: User, now: datetime, money: str
) -> None:
    """Paid in part meanwhile, or more is owed: of that amount nobody was asked. It is refused, and asked for anew."""
    post_cash(asked, money, key="desk", now=now)
    owed = Decimal("64.20") - Decimal(money)
    with pytest.raises(ApprovalError, match=f"^{owed} is owed by now, and 64.20 was asked for"):
        decide(boss, now)
    assert WriteOffRequest.objects.get().state == RequestState.OPEN
    assert account_totals()[Account.WRITE_OFF] == 0
    decide(boss, now, "Another amount.", approved=False)
    give_up(asked, clerk, now)
    assert decide(boss, now).amount == account_totals()[Account.WRITE_OFF] == owed


# ---------------------------------------------------------------- on its page


@pytest.fixture
def signed_in(db: None) -> Callable[[Role | None], Client]:
    return browser_of


def press(client: Client, path: str, **fields: str) -> str:
    answer = client.post(path, fields, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.long
def test_asked_and_decided_on_the_balances_page(signed_in: Callable[[Role | None], Client]) -> None:
    PracticeFactory(write_off_limit=Decimal(50))
    path = f"/balances/{BalanceFactory().public_id}/"
    biller, administrator = signed_in(Role.BILLER), signed_in(Role.ADMINISTRATOR)
    assert "Say in the note" in press(biller, f"{path}write-off/", reason="other")
    assert "An administrator is asked" in press(biller, f"{path}write-off/", reason="charity", note="Lost work")
    text = biller.get(path).content.decode()
    assert "An administrator other than who asked decides." in text
    assert f"{path}write-off/&quot;" not in text
    assert f'action="{path}write-off/"' not in text
    assert biller.post(f"{path}write-off/decide/", {"decision": "approve"}).status_code == 403
    assert "Charity or hardship. Lost work" in administrator.get(path).content.decode()
    assert "Say why" in press(administrator, f"{path}write-off/decide/", decision="refuse")
    assert "Not approved." in press(administrator, f"{path}write-off/decide/", decision="refuse", note="A plan first")
    press(biller, f"{path}write-off/", reason="charity")
    assert "$64.20 written off." in press(administrator, f"{path}write-off/decide/", decision="approve")
    assert "Nobody waits" in press(administrator, f"{path}write-off/decide/", decision="approve")
    assert Balance.objects.get().state == Balance.State.WRITTEN_OFF
