from datetime import datetime

from django.db import transaction

from apps.audit.trail import record
from apps.core.models import User
from apps.worklist.models import WorkItem, WorkNote


@transaction.atomic
def add_note(*, item: WorkItem, text: str, acting_user: User, now: datetime) -> WorkNote | None:
    """Keep a remark with the work. An empty text is no note. The trail says that there is one, not what it says."""
    words = text.strip()
    if not words:
        return None
    note = WorkNote.objects.create(item=item, author=acting_user, at=now, text=words)
    record("note", acting_user=acting_user, now=now, subject_kind="work_item", subject_public_id=item.public_id)
    return note


@transaction.atomic
def add_note_about(
    *, kind: str, public_id: str, patient: str, text: str, acting_user: User, now: datetime
) -> WorkNote | None:
    """Keep a remark with a claim or a patient (`kind`, as the trail names it) of whom there need be no task. `patient`: whose public id
    the trail names. An empty text is no note.
    """
    words = text.strip()
    if not words:
        return None
    note = WorkNote.objects.create(about=public_id, author=acting_user, at=now, text=words)
    record("note", acting_user=acting_user, now=now, subject_kind=kind, subject_public_id=public_id, patients=[patient])
    return note
