"""A person takes the EHR's word on a visit that was billed: by the way that is open where its claim stands now."""

from datetime import datetime
from decimal import Decimal
from operator import attrgetter
from typing import Any

from django.db import transaction
from django.db.models import Model

from apps.claims.models import Claim, ClaimLine, LineOff
from apps.claims.rules.correction_routes import CORRECTABLE
from apps.claims.rules.fields import Change, value_of
from apps.claims.selectors.arrived import is_with_payer
from apps.claims.services.change_fields import EDITABLE, locked_claims
from apps.claims.services.start_correction import start_correction
from apps.claims.services.stop_claim import void_claim
from apps.claims.states import ClaimStatus
from apps.core.jobs import nudge
from apps.core.models import User
from apps.intake.models import VisitConflict
from apps.intake.selectors.taken_over import DRUG, drugs_taken, facts_taken, has_same_people, notice_taken
from apps.intake.services.settle_conflict import ConflictNotOpenError, open_conflict, replace_visit, settle


@transaction.atomic
def take_retold_visit(*, conflict_id: str, reason: str, acting_user: User, now: datetime) -> str:
    """What became of it, as a sentence.

    A claim that is with us and that no payer has answered is voided, and the visit billed anew as the EHR tells it. One that a payer
    has answered goes out corrected by the payer's route, where codes, modifiers, units, drugs, diagnoses, the accident, numbers or
    other providers differ. Everything else is refused with what to do instead: ConflictNotOpenError, CorrectionRefusedError, and
    PermissionDenied where only a coder may.
    """
    conflict = open_conflict(conflict_id, reason)
    found = Claim.objects.filter(encounter=conflict.encounter_id, payer_rank=1).first()
    claim = locked_claims([found.public_id])[0] if found else None
    if claim is None:
        raise ConflictNotOpenError(
            "The visit is the patient's own account: no claim can be corrected. Keep ours, and settle the difference on the account."
        )
    status = ClaimStatus(claim.status)
    if status in EDITABLE and not claim.adjudications.filter(reversed=False).exists():
        if is_with_payer(claim):  # billed anew it would be there twice
            raise ConflictNotOpenError(
                "The payer has this claim: the file that had been given up arrived. Take theirs once the payer has answered; until then "
                "this stays open."
            )
        ours = _as_told(claim)  # before the void settles what was taken off
        void_claim(claim_id=claim.public_id, reason=f"The EHR's version: {reason}", acting_user=acting_user, now=now)
        replace_visit(conflict, claim, ours, now=now)
        nudge("build_claims")
        done = "Our claim is voided; the visit is billed anew as the EHR tells it."
    elif status in CORRECTABLE:
        changes = _changes(conflict, claim)
        carried = _carry_lines_off(conflict, claim)
        if changes:
            start_correction(claim_id=claim.public_id, changes=changes, acting_user=acting_user, now=now)
            done = "The correction is started, by the payer's route."
        elif carried:
            done = "The claim stands. The line that was taken off it says what the EHR tells, should it be billed after all."
        else:
            raise ConflictNotOpenError("Our claim says the same as the EHR by now: keep ours.")
    else:
        raise ConflictNotOpenError(
            "The claim is under way to its payer, or was given up. Take theirs once the payer has answered; until then this stays open."
        )
    settle(conflict, VisitConflict.State.TAKEN, reason, acting_user=acting_user, now=now)
    return done


def _changes(conflict: VisitConflict, claim: Claim) -> list[Change]:
    """What the claim must say to say theirs. Raises ConflictNotOpenError where more differs than a correction may change."""
    lines = _as_told(claim)
    same_money = len(lines) == len(conflict.lines) and all(
        line.amount == Decimal(told["amount"]) or _is_told_as_before(line, told)
        for line, told in zip(lines, conflict.lines, strict=True)
    )
    if not has_same_people(conflict) or not same_money:
        raise ConflictNotOpenError(
            "The payer has answered this claim, and the EHR's version has other lines, amounts, people or dates: a correction cannot"
            " carry those. Ask the payer to take its answer back, or keep ours and enter what is new as a visit of its own."
        )
    return [
        *_differing(claim, "claim", {name: getattr(conflict, name) for name in ("diagnoses", "place_of_service")}),
        *_differing(claim, "claim", facts_taken(conflict, claim)),
        *_differing(claim.encounter, "encounter", {"abn_signed_on": notice_taken(conflict)}),
        *(
            change
            for line, told, drug in zip(lines, conflict.lines, drugs_taken(conflict, lines), strict=True)
            if isinstance(line, ClaimLine)
            for change in _line_changes(line, {**told, **drug})
        ),
    ]


def _as_told(claim: Claim) -> list[ClaimLine | LineOff]:
    """The lines as the EHR counts them: also those that were taken off the claim."""
    lines: list[ClaimLine | LineOff] = [
        *claim.lines.select_related("charge"),
        *claim.lines_off.select_related("charge").exclude(state=LineOff.State.BACK),
    ]
    return sorted(lines, key=attrgetter("number"))


def _carry_lines_off(conflict: VisitConflict, claim: Claim) -> bool:
    """A line that waits for its decision says what the EHR says now, should it be billed after all; whether one did not.
    `_changes` has compared the lines.
    """
    carried, lines = False, _as_told(claim)
    for line, told, drug in zip(lines, conflict.lines, drugs_taken(conflict, lines), strict=True):
        if isinstance(line, LineOff) and line.state == LineOff.State.OPEN:
            changes = _line_changes(line, {**told, **drug})
            for change in changes:
                setattr(line, change.field.partition(".")[2], value_of(change))
            line.save()
            carried = carried or bool(changes)
    return carried


def _is_told_as_before(line: ClaimLine | LineOff, told: dict[str, Any]) -> bool:
    """Units and amount as the EHR told them when the visit was billed: what a coder has lowered since stays."""
    return (Decimal(told["units"]), Decimal(told["amount"])) == (line.charge.units, line.charge.amount)


def _line_changes(line: ClaimLine | LineOff, told: dict[str, Any]) -> list[Change]:
    names = (
        "procedure",
        "modifiers",
        "diagnosis_pointers",
        *DRUG,
        *(() if _is_told_as_before(line, told) else ("units",)),
    )
    return _differing(line, "line", {name: told[name] for name in names}, line.number)


def _differing(row: Model, owner: str, told: dict[str, Any], number: int | None = None) -> list[Change]:
    changes = [Change(f"{owner}.{name}", value, number) for name, value in told.items()]
    return [change for change in changes if value_of(change) != getattr(row, change.field.partition(".")[2])]
