"""A practice's own rules: written, tried on past claims, switched on and off. Each act is a row of the audit trail."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Max

from apps.audit.trail import record
from apps.claims.models import PayerRule
from apps.claims.models.reviews import REVIEWED_EVERY
from apps.claims.rules.operators import BadConditionError
from apps.claims.rules.payer_rules import CompiledRule
from apps.claims.selectors.payer_rules import Trial, most_percent, spec_of, try_on_the_past
from apps.core.clock import practice_date
from apps.core.models import User
from apps.practice.models import Payer
from apps.worklist.queue import close_item

# Of the 90 days that a trial looks at, so many may have passed since: later it would speak of other claims.
TRIAL_HOLDS = timedelta(days=7)
# What decides which claims a rule speaks of, and how: a change of these takes a new trial.
_DECIDES = ("payer_id", "conditions", "action", "set_field", "set_value")


class RuleRefusedError(Exception):
    """The rule cannot be saved or switched as asked. The message is a sentence for the person who asked."""


@dataclass(frozen=True, slots=True)
class RuleDraft:
    """A rule as a person wrote it. `review_on` None: a quarter from now."""

    name: str
    payer: Payer | None
    conditions: object
    action: str
    sentence: str
    reason: str
    owner: User
    set_field: str = ""
    set_value: str = ""
    effective_from: date | None = None
    effective_to: date | None = None
    review_on: date | None = None


@transaction.atomic
def save_rule(*, draft: RuleDraft, acting_user: User, now: datetime, rule_id: str = "") -> PayerRule:
    """Keep a new rule as a draft, or change one. One that would speak of other claims than before is a draft again until it is tried.

    Raises RuleRefusedError: a rule that cannot be asked is never stored.
    """
    row = _locked(rule_id) if rule_id else PayerRule(number=_next_number(), author=acting_user, written_at=now)
    before = {name: getattr(row, name) for name in _DECIDES} if rule_id else {}
    for name in RuleDraft.__dataclass_fields__:
        setattr(row, name, getattr(draft, name))
    row.review_on = draft.review_on or practice_date(now) + REVIEWED_EVERY
    if row.action != PayerRule.Action.SET:
        row.set_field = row.set_value = ""
    _require_sound(row)
    changed = [name.removesuffix("_id") for name in _DECIDES if rule_id and before[name] != getattr(row, name)]
    if changed:
        row.state, row.tried_at = PayerRule.State.DRAFT, None
        row.tried_claims = row.tried_held = row.tried_denied = 0
    row.save()
    # It can be asked again: what it was told of is done.
    close_item(row.work_item, acting_user=acting_user, now=now)
    _audit("change_payer_rule" if rule_id else "write_payer_rule", row, acting_user, now, changed=changed)
    return row


@transaction.atomic
def try_rule(*, rule_id: str, acting_user: User, now: datetime) -> tuple[PayerRule, Trial]:
    """What the rule would have done to the claims of the last 90 days; the figures stay with the rule. Raises RuleRefusedError."""
    row = _locked(rule_id)
    _require_sound(row)
    trial = try_on_the_past(row, today=practice_date(now))
    row.tried_at, row.tried_claims = now, trial.claims
    row.tried_held, row.tried_denied = len(trial.held), trial.denied
    row.save(update_fields=["tried_at", "tried_claims", "tried_held", "tried_denied"])
    _audit("try_payer_rule", row, acting_user, now, claims=trial.claims, held=len(trial.held), denied=trial.denied)
    return row, trial


@transaction.atomic
def switch_on(*, rule_id: str, reason: str, acting_user: User, now: datetime) -> PayerRule:
    """From the next scrub on. Raises RuleRefusedError: it was not tried lately or since it last changed, or would hold too
    large a share.
    """
    row = _locked(rule_id)
    _require_sound(row)
    if refusal := refusal_to_switch_on(row, now):
        raise RuleRefusedError(refusal)
    _switch(row, PayerRule.State.ON, reason, acting_user, now)
    return row


@transaction.atomic
def switch_off(*, rule_id: str, reason: str, acting_user: User, now: datetime) -> PayerRule:
    """What it found on a claim stays until that claim is scrubbed again. Raises RuleRefusedError."""
    row = _locked(rule_id)
    _switch(row, PayerRule.State.OFF, reason, acting_user, now)
    for item in (row.work_item, row.review_item):
        close_item(item, acting_user=acting_user, now=now, outcome="The rule was switched off.")
    return row


def refusal_to_switch_on(row: PayerRule, now: datetime) -> str:
    """Why the rule may not be switched on; empty: it may. A warning holds no claim and is not refused for its share."""
    if row.tried_at is None:
        return "Try the rule on past claims first."
    if row.tried_at < now - TRIAL_HOLDS:
        return "Try the rule on past claims again: other claims have come since it was tried."
    most = most_percent()
    if row.action == PayerRule.Action.WARN or row.tried_held * 100 <= row.tried_claims * most:
        return ""
    share = row.tried_held * 100 / row.tried_claims
    return (
        f"It would have held {row.tried_held:,} of {row.tried_claims:,} claims, {share:.0f} %. A rule may hold at most {most} %: "
        "narrow its conditions, or let it warn."
    )


def _switch(row: PayerRule, state: PayerRule.State, reason: str, acting_user: User, now: datetime) -> None:
    if not reason.strip():
        raise RuleRefusedError("Give a reason.")
    if row.state == state:
        raise RuleRefusedError(f"The rule is {state.label.lower()} already.")
    row.state, row.state_reason = state, reason.strip()[:300]
    row.state_by, row.state_at = acting_user, now
    row.save(update_fields=["state", "state_reason", "state_by", "state_at"])
    _audit(f"switch_payer_rule_{state.value}", row, acting_user, now, reason=row.state_reason)


def _locked(rule_id: str) -> PayerRule:
    rows = PayerRule.objects.select_for_update(of=("self",))
    return rows.select_related("payer", "owner", "work_item", "review_item").get(public_id=rule_id)


def _next_number() -> int:
    """Two that are written at once wait for each other here; a rule is never deleted, so no number comes twice."""
    with connection.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {PayerRule._meta.db_table} IN SHARE ROW EXCLUSIVE MODE")  # noqa: SLF001  public by its use
    return (PayerRule.objects.aggregate(last=Max("number"))["last"] or 0) + 1


def _require_sound(row: PayerRule) -> None:
    try:
        CompiledRule(spec_of(row))
    except BadConditionError as error:
        raise RuleRefusedError(str(error)) from None
    if row.effective_from and row.effective_to and row.effective_to < row.effective_from:
        raise RuleRefusedError("The last day of service is before the first.")


def _audit(action: str, row: PayerRule, acting_user: User, now: datetime, **detail: Any) -> None:
    record(
        action,
        acting_user=acting_user,
        now=now,
        subject_kind="payer_rule",
        subject_public_id=row.public_id,
        rule=row.code,
        **detail,
    )
