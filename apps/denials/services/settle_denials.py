from datetime import datetime

from django.db import transaction

from apps.core.money import ZERO
from apps.denials import selectors
from apps.denials.models import Denial, WriteOffRequest
from apps.denials.rules.later import Turnout, result
from apps.ledger.services import withdraw_requests
from apps.worklist import queue

_STATES = {
    Turnout.RECOVERED: Denial.State.RECOVERED,
    Turnout.UPHELD: Denial.State.UPHELD,
    Turnout.REVERSED: Denial.State.REVERSED,
}
_REASONS = {
    Denial.State.RECOVERED: "A later remittance paid.",
    Denial.State.UPHELD: "A later remittance refused it again.",
    Denial.State.REVERSED: "The payer took its answer back.",
}


@transaction.atomic
def settle_denials(*, now: datetime) -> int:
    """Close undecided denials that a later answer decided, with the dollars it brought; their tasks with them. Returns how many."""
    locked = selectors.answered_again().select_for_update(skip_locked=True, of=("self",))
    denials = list(locked.select_related("adjudication"))
    if not denials:
        return 0
    since = selectors.answers_since(denials)
    decided = []
    for denial in denials:
        told, taken_back = since[denial.pk], denial.adjudication.reversed
        found = result(
            denied=denial.amount,
            paid_with_denial=told.paid_with_denial,
            patients_share=told.patients_share,
            taken_back=taken_back,
            later=told.later,
        )
        if found.turnout is Turnout.STANDS or _STATES[found.turnout] == denial.state:
            continue
        denial.state = _STATES[found.turnout]
        denial.recovered_amount = found.recovered if found.turnout is Turnout.RECOVERED else ZERO
        denial.close_reason, denial.closed_at = _REASONS[denial.state], now
        decided.append(denial)
    Denial.objects.bulk_update(decided, ["state", "recovered_amount", "close_reason", "closed_at"], batch_size=500)
    withdraw_requests(WriteOffRequest.objects.filter(denial__in=decided), now=now)
    for state, reason in _REASONS.items():
        keys = [denial.work_item_id for denial in decided if denial.state == state and denial.work_item_id]
        queue.withdraw_items(keys, now=now, outcome=reason)
    return len(decided)
