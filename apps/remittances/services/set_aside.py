"""Credits that are no payer's, and payments that reach no account of ours: told apart by a person or by a saved text."""

from datetime import datetime

from django.db import transaction

from apps.audit.trail import record
from apps.core.jobs import nudge
from apps.core.models import User
from apps.remittances.models import BankLine, ExpectedDeposit, SetAsideRule
from apps.remittances.rules.bank_text import holds, squeezed
from apps.remittances.services.deposit_errors import DepositError
from apps.remittances.services.deposit_matches import drop_proposals, lock_deposits, recount
from apps.worklist.queue import close_item

SHORTEST_TEXT = 4


def apply_rules(*, now: datetime) -> int:
    """Set aside what a rule tells of the open lines of which nothing is matched. How many that were. Holds `lock_deposits`."""
    rules = list(SetAsideRule.objects.filter(ended_at=None).order_by("pk"))
    if not rules:
        return 0
    told = []
    # A line that somebody took back from a rule bears that person's name, and is left to people.
    for line in BankLine.objects.filter(state=BankLine.State.OPEN, explained=0, settled_by=None):
        rule = next((each for each in rules if holds(line.words, each.text)), None)
        if rule:
            line.state, line.set_aside_rule, line.set_aside_reason = BankLine.State.SET_ASIDE, rule, rule.reason
            line.settled_at = now
            told.append(line)
    fields = ["state", "set_aside_rule", "set_aside_reason", "settled_at"]
    number = BankLine.objects.bulk_update(told, fields, batch_size=500)
    drop_proposals([line.pk for line in told], [])
    return number


@transaction.atomic
def set_line_aside(*, line_id: str, reason: str, note: str, acting_user: User, now: datetime) -> None:
    """The credit (public id) is no payer's. Raises DepositError where a payment is matched to it."""
    lock_deposits()
    line = BankLine.objects.select_related("work_item").get(public_id=line_id)
    if line.state != BankLine.State.OPEN:
        raise DepositError("This credit does not wait any more.")
    if line.explained:
        raise DepositError("A payment is matched to this credit. Take the match apart first.")
    line.state, line.set_aside_reason, line.note = BankLine.State.SET_ASIDE, reason, note[:300]
    line.settled_at, line.settled_by = now, acting_user
    line.save(update_fields=["state", "set_aside_reason", "note", "settled_at", "settled_by"])
    drop_proposals([line.pk], [])
    close_item(line.work_item, acting_user=acting_user, now=now, outcome=f"Set aside: {note}")
    _record("set_bank_line_aside", "bank_line", line.public_id, acting_user, now, reason=reason)


@transaction.atomic
def set_payment_aside(*, expected_id: str, note: str, acting_user: User, now: datetime) -> None:
    """The payment (public id of its expected deposit) reaches no account that we read: a virtual card, another bank."""
    lock_deposits()
    expected = ExpectedDeposit.objects.select_related("work_item").get(public_id=expected_id)
    if expected.state not in ExpectedDeposit.WAITING:
        raise DepositError("This payment does not wait any more.")
    expected.state, expected.note = ExpectedDeposit.State.SET_ASIDE, note[:300]
    expected.settled_at, expected.settled_by = now, acting_user
    expected.save(update_fields=["state", "note", "settled_at", "settled_by"])
    drop_proposals([], [expected.pk])
    close_item(expected.work_item, acting_user=acting_user, now=now, outcome=f"Set aside: {note}")
    _record("set_payment_aside", "expected_deposit", expected.public_id, acting_user, now)


@transaction.atomic
def take_line_back(*, line_id: str, note: str, acting_user: User, now: datetime) -> None:
    """A credit that was set aside waits again, and no rule takes it away a second time. Raises DepositError."""
    lock_deposits()
    line = BankLine.objects.get(public_id=line_id)
    if line.state != BankLine.State.SET_ASIDE:
        raise DepositError("This credit is not set aside.")
    line.state, line.set_aside_reason, line.set_aside_rule = BankLine.State.OPEN, "", None
    line.note, line.settled_at, line.settled_by = note[:300], None, acting_user
    line.save()
    _record("take_bank_line_back", "bank_line", line.public_id, acting_user, now)
    nudge("reconcile_deposits")


@transaction.atomic
def take_payment_back(*, expected_id: str, note: str, acting_user: User, now: datetime) -> None:
    """A payment that was set aside is looked for again. Raises DepositError."""
    lock_deposits()
    expected = ExpectedDeposit.objects.get(public_id=expected_id)
    if expected.state != ExpectedDeposit.State.SET_ASIDE:
        raise DepositError("This payment is not set aside.")
    expected.state, expected.note, expected.settled_by = ExpectedDeposit.State.OPEN, note[:300], acting_user
    expected.save()
    recount([], [expected.pk], now=now)
    _record("take_payment_back", "expected_deposit", expected.public_id, acting_user, now)
    nudge("reconcile_deposits")


@transaction.atomic
def add_rule(*, text: str, reason: str, acting_user: User, now: datetime) -> int:
    """Credits whose text holds these letters and digits are set aside, now and when they come. How many that were now.

    Raises DepositError where the text is so short that it would take other credits with it, or where the rule stands already.
    """
    if len(squeezed(text)) < SHORTEST_TEXT:
        raise DepositError("Write at least four letters or digits, or the rule takes other credits with it.")
    lock_deposits()
    if any(squeezed(each.text) == squeezed(text) for each in SetAsideRule.objects.filter(ended_at=None)):
        raise DepositError("This rule stands already.")
    rule = SetAsideRule.objects.create(text=text.strip()[:60], reason=reason, made_at=now, made_by=acting_user)
    _record("add_set_aside_rule", "set_aside_rule", rule.public_id, acting_user, now, reason=reason)
    nudge("reconcile_deposits")
    return apply_rules(now=now)


@transaction.atomic
def end_rule(*, rule_id: str, acting_user: User, now: datetime) -> None:
    """What it set aside stays so. Ending what ended changes nothing."""
    ended = SetAsideRule.objects.filter(public_id=rule_id, ended_at=None).update(ended_at=now, ended_by=acting_user)
    if ended:
        _record("end_set_aside_rule", "set_aside_rule", rule_id, acting_user, now)


def _record(action: str, kind: str, public_id: str, user: User, now: datetime, **detail: str) -> None:
    record(action, acting_user=user, now=now, subject_kind=kind, subject_public_id=public_id, **detail)
