"""A person's decision on a visit that the EHR tells otherwise."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from apps.audit.trail import record
from apps.core.jobs import nudge
from apps.core.models import User
from apps.intake.models import Charge, DrugGiven, Encounter, VisitConflict, VisitFacts
from apps.intake.selectors.taken_over import drugs_taken, facts_taken, notice_taken
from apps.intake.services.lock_source import lock_source
from apps.worklist.queue import close_items

State = VisitConflict.State


class ConflictNotOpenError(Exception):
    """It cannot be decided so. The message says why."""


def open_conflict(conflict_id: str, reason: str) -> VisitConflict:
    """Locked, by public id, after its source: what the EHR tells of the visit meanwhile waits, and meets what was decided.

    To be locked before any claim. Raises ConflictNotOpenError, VisitConflict.DoesNotExist. Inside a transaction only.
    """
    if not reason.strip():
        raise ConflictNotOpenError("Say in a few words why.")
    rows = VisitConflict.objects.filter(public_id=conflict_id)
    lock_source(rows.values_list("encounter__source", flat=True).get())
    found = rows.select_for_update(of=("self",)).select_related("encounter__patient").get()
    if found.state != State.OPEN:
        raise ConflictNotOpenError("This has been decided meanwhile.")
    return found


@transaction.atomic
def keep_ours(*, conflict_id: str, reason: str, acting_user: User, now: datetime) -> None:
    """What was billed stands; the same told again asks nobody again. Raises ConflictNotOpenError, VisitConflict.DoesNotExist."""
    settle(open_conflict(conflict_id, reason), State.KEPT, reason, acting_user=acting_user, now=now)
    nudge("build_claims")


def settle(conflict: VisitConflict, state: State, reason: str, *, acting_user: User, now: datetime) -> None:
    """The caller holds the row's lock."""
    conflict.state, conflict.reason = state, reason.strip()[:200]
    conflict.settled_at, conflict.settled_by = now, acting_user
    conflict.save(update_fields=["state", "reason", "settled_at", "settled_by"])
    outcome = f"{state.label}: {conflict.reason}"
    close_items([conflict.work_item_id], acting_user=acting_user, now=now, outcome=outcome)
    record(
        "settle_visit_conflict",
        acting_user=acting_user,
        now=now,
        subject_kind="visit_conflict",
        subject_public_id=conflict.public_id,
        patients=[conflict.encounter.patient.public_id],
        outcome=state.value,
    )


def replace_visit(conflict: VisitConflict, ours: VisitFacts, lines: Sequence[DrugGiven], *, now: datetime) -> Encounter:
    """The visit as the EHR tells it takes the old row's place under the EHR's number; the old one stays, billed no more.

    The caller has taken the old one's claim and money back. `ours` and `lines` are that claim's, for what people put there and the
    EHR never told.
    """
    old, drugs = conflict.encounter, drugs_taken(conflict, lines)
    number, old.source_id = old.source_id, f"replaced:{conflict.public_id}"
    old.save(update_fields=["source_id"])
    made = Encounter.objects.create(
        source=old.source,
        source_id=number,
        patient=conflict.patient,
        coverage=conflict.coverage,
        provider=conflict.provider,
        location=old.location,
        service_date=conflict.service_date,
        place_of_service=conflict.place_of_service,
        diagnoses=conflict.diagnoses,
        abn_signed_on=notice_taken(conflict),
        checked_out_at=old.checked_out_at,
        arrived_at=now,
        arrived_by=Encounter.Path.POLL if old.arrived_by == Encounter.Path.HAND else old.arrived_by,
        transmission=old.transmission,
        fingerprint=old.fingerprint,
        **facts_taken(conflict, ours),
    )
    Charge.objects.bulk_create(
        Charge(
            encounter=made,
            number=number,
            source_id=line["source_id"],
            procedure=line["procedure"],
            modifiers=line["modifiers"],
            units=line["units"],
            amount=line["amount"],
            diagnosis_pointers=line["diagnosis_pointers"],
            **drug,
        )
        for number, (line, drug) in enumerate(zip(conflict.lines, drugs, strict=True), start=1)
    )
    return made
