"""A line bills fewer units than were entered: a coder found fewer in the record. Its charge falls with them, or was right as it is."""

from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

from django.db import transaction

from apps.claims.models import Claim, ClaimLine
from apps.claims.rules.fields import Change
from apps.claims.services.change_fields import change_fields
from apps.claims.services.lines_off import LineNotMovableError, movable_claim, restate_total, scrubbed
from apps.claims.states import ClaimStatus
from apps.core.models import User
from apps.core.money import CENT
from apps.ledger.services import ChargePosting, charge_again, take_back_charges


@transaction.atomic
def lower_units(
    *, claim_id: str, line: int, units: Decimal, charge_falls: bool, reason: str, acting_user: User, now: datetime
) -> ClaimStatus:
    """The line (its number) bills `units`, and the claim is scrubbed again: READY or EXCEPTION. `charge_falls`: its charge in proportion,
    in the books too; else the charge was entered for so many. `reason` says where the record shows it.

    For a coder, of a claim to the first payer that no payer has answered. Raises PermissionDenied, ReasonMissingError,
    ClaimNotEditableError, LineNotMovableError.
    """
    claim = movable_claim(claim_id, reason, acting_user)
    what = lower(claim, line, units, charge_falls=charge_falls, acting_user=acting_user, now=now)
    return scrubbed(claim, f"{what} {reason.strip()}", "lower_units", acting_user, now)


def lower(claim: Claim, number: int, units: Decimal, *, charge_falls: bool, acting_user: User, now: datetime) -> str:
    """What was done, as a sentence. The caller has the claim from `movable_claim`."""
    line = _line(claim, number, units)
    before, old = line.units, line.amount
    amount = (old * units / before).quantize(CENT, ROUND_HALF_UP) if charge_falls else old
    change_fields(claim, [Change("line.units", f"{units:f}", number)], acting_user=acting_user, now=now)
    words = f"Line {number} lowered from {_shown(before)} to {_shown(units)} units"
    if amount == old:
        return f"{words}, its charge of ${old} as it was."
    take_back_charges([line.charge_id], now=now)
    charge_again(ChargePosting(line.charge_id, claim.patient_id, amount, claim.payer_id), now=now)
    ClaimLine.objects.filter(pk=line.pk).update(amount=amount)
    restate_total(claim, amount - old)
    return f"{words}, its charge from ${old} to ${amount}."


def _line(claim: Claim, number: int, units: Decimal) -> ClaimLine:
    line = claim.lines.filter(number=number).first()
    if line is None:
        raise LineNotMovableError(f"The claim has no line {number}.")
    if not units.is_finite() or not 0 < units < line.units:
        raise LineNotMovableError(
            f"Line {number} bills {_shown(line.units)} units: say how many fewer it is to bill, more than none. "
            "A line that was not done at all is taken off."
        )
    return line


def _shown(units: Decimal) -> str:
    return f"{units.normalize():f}"
