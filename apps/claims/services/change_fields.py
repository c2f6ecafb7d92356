"""Write changes into the rows that a claim is made of. The verbs that people use call it within their own transaction."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db.models import Model, Q

from apps.claims.models import Claim, ClaimLine, FieldChange, Finding
from apps.claims.rules.fields import BadValueError, Change, as_typed, field_of, is_clinical, value_of
from apps.claims.rules.registry import TO_CORRECT
from apps.claims.selectors.arrived import is_with_payer
from apps.claims.selectors.persons import same_persons
from apps.claims.services.lock_claims import lock_claims
from apps.claims.states import ClaimStatus
from apps.core.models import User
from apps.intake.services import note_changed
from apps.practice.access import role_of
from apps.practice.roles import Permission, may

# In these states the claim is with us and has no place in a file.
EDITABLE = frozenset({ClaimStatus.DRAFT, ClaimStatus.EXCEPTION, ClaimStatus.READY, ClaimStatus.REJECTED})


class ClaimNotEditableError(Exception):
    """The claim is not with us now. The message says where it is."""


class ChangedMeanwhileError(Exception):
    """Another has changed the field since it was shown. The message says which, and what to do."""


def locked_claims(public_ids: Iterable[str]) -> list[Claim]:
    """Locked, with the rows that changes may reach. Raises Claim.DoesNotExist if one is missing.

    The patients' other held claims are locked along: what is mended of a patient is mended for them too (see scrub_siblings). So are
    the other claims of their visits, which share the money.
    """
    wanted = set(public_ids)
    persons = same_persons(list(Claim.objects.filter(public_id__in=wanted).only("patient", "coverage")))
    visits = Claim.objects.filter(public_id__in=wanted).values("encounter")
    reached = Q(encounter__in=visits) | Q(status=ClaimStatus.EXCEPTION, patient__any_of=set(persons))
    rows = lock_claims(Claim.objects.filter(reached)).select_related("patient", "coverage", "payer", "encounter")
    claims = [claim for claim in rows if claim.public_id in wanted]
    if len(claims) != len(wanted):
        raise Claim.DoesNotExist("There is no such claim.")
    return claims


def require_editable(claim: Claim) -> None:
    status = ClaimStatus(claim.status)
    if status not in EDITABLE:
        raise ClaimNotEditableError(f"This claim is {status.value.replace('_', ' ')}; it cannot be edited here now.")


def require_not_with_payer(claim: Claim) -> None:
    """Of what would take charges out of the receivables: a payer that has the claim pays it as it was sent, whatever it is here, and takes
    a correction or a void by the number that its answer brings.
    """
    if is_with_payer(claim):
        raise ClaimNotEditableError(
            f"{claim.payer.name} has this claim: the file that had been given up arrived. Wait for the answer; then the claim is corrected "
            "or voided at the payer, with its own number, from the claim's page."
        )


def require_coder_for(changes: Iterable[Change], acting_user: User) -> None:
    """A clinical statement is a coder's to make (DOMAIN 2). Raises PermissionDenied."""
    if is_clinical(changes):
        require_coder(acting_user)


def require_coder(acting_user: User) -> None:
    if not may(role_of(acting_user), Permission.CONFIRM_CODING):
        raise PermissionDenied("Only a coder may change what the claim says of the visit.")


def change_fields(claim: Claim, changes: Sequence[Change], *, acting_user: User, now: datetime) -> list[str]:
    """Set the fields and return the labels of those that differed. Raises BadValueError, and ChangedMeanwhileError where a field does not
    hold what the person had been shown; then nothing is written.

    What stood there before and after is kept for the claim's history.

    A coverage that a person corrects is that person's from then on: the EHR does not overwrite it. Of a patient it is remembered what
    the EHR had told, so that telling it again changes nothing. Either is news to the patient's other claims (selectors/news.py).
    """
    lines = {line.number: line for line in claim.lines.all()}
    rows: dict[str, Model] = {
        "patient": claim.patient,
        "coverage": claim.coverage,
        "encounter": claim.encounter,
        "claim": claim,
    }
    touched: dict[Model, list[str]] = {}
    labels = []
    kept = []
    for change in changes:
        field, value = field_of(change), value_of(change)
        row = _line(lines, change) if field.owner == "line" else rows[field.owner]
        if getattr(row, field.column) != value:
            _require_as_shown(change, getattr(row, field.column))
            if field.owner == "patient":
                claim.patient.corrected.setdefault(field.column, str(getattr(row, field.column) or ""))
                touched.setdefault(row, []).append("corrected")
            kept.append(_kept(change, getattr(row, field.column), value))
            setattr(row, field.column, value)
            touched.setdefault(row, []).append(field.column)
            labels.append(f"{field.label} of line {change.line}" if change.line else field.label)
    _write(claim, touched, acting_user)
    for each in kept:
        each.claim, each.actor, each.at = claim, acting_user, now
    FieldChange.objects.bulk_create(kept)
    if labels:  # what a person began as a correction has been made
        begun = Finding.objects.filter(claim=claim, rule=TO_CORRECT.code, state=Finding.State.OPEN)
        begun.update(state=Finding.State.FIXED, settled_by=acting_user, settled_at=now)
    return labels


def _write(claim: Claim, touched: dict[Model, list[str]], acting_user: User) -> None:
    if claim.coverage in touched:
        claim.coverage.entered_by = acting_user
        touched[claim.coverage].append("entered_by")
    for row, columns in touched.items():
        row.save(update_fields=columns)
    if touched.keys() & {claim.patient, claim.coverage}:
        note_changed(claim.patient_id)


def _require_as_shown(change: Change, held: object) -> None:
    if change.before is not None and as_typed(held) != change.before:
        raise ChangedMeanwhileError(
            f"{field_of(change).label} was changed meanwhile. Look at it, then change it again."
        )


def _kept(change: Change, before: object, after: object) -> FieldChange:
    return FieldChange(field=change.field, line=change.line, before=as_typed(before), after=as_typed(after))


def _line(lines: dict[int, ClaimLine], change: Change) -> ClaimLine:
    found = lines.get(change.line or 0)
    if found is None:
        raise BadValueError(f"The claim has no line {change.line}.")
    return found
