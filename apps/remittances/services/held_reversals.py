"""A reversal may arrive before what it takes back. It waits as an exception, and is done once that is posted (DOMAIN 4: either order)."""

from collections.abc import Sequence
from datetime import datetime

from apps.remittances.models import RemittanceException, RemittedClaim
from apps.remittances.rules.outcomes import Problem
from apps.remittances.services.raise_exceptions import NewException, open_again, raise_exceptions
from apps.remittances.services.settlements import mark_settled

_Outcome = RemittedClaim.Outcome
_TAKEN = "What it took back is taken back by another reversal, which says the very same."


def follow_reversals(rows: Sequence[RemittedClaim], *, now: datetime) -> None:
    """Earlier rows whose `reverses` has changed. Their outcome follows, unsaved; their exceptions are settled or opened."""
    fresh: list[NewException] = []
    for row in rows:
        found: RemittanceException | None = getattr(row, "exception", None)
        if row.reverses_id is not None:
            row.outcome, row.sentence = _Outcome.REVERSED, ""
            if found is not None and found.state == RemittanceException.State.OPEN:
                mark_settled(found, note="What it takes back was posted since.", acting_user=None, now=now)
            continue
        row.outcome, row.sentence = _Outcome.REFUSED, _TAKEN
        waits = NewException(
            Problem.REVERSAL, _TAKEN, row.payment.file, row.payment, row, amount=row.paid, at_stake=row.charge
        )
        if found is None:
            fresh.append(waits)
        else:
            open_again(found, waits, now=now)
    raise_exceptions(fresh, now=now)
