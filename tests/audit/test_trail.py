from datetime import datetime

import pytest
from django.db import IntegrityError, connection, transaction

from apps.audit.models import AuditEvent
from apps.audit.trail import record

pytestmark = pytest.mark.django_db


def test_a_patient_named_twice_stands_once(now: datetime) -> None:
    event = record("view", acting_user=None, now=now, subject_kind="claim", patients=["p1", "p2", "p1"], filter="open")
    assert (event.patients, event.detail) == (["p1", "p2"], {"filter": "open"})


@pytest.mark.parametrize("statement", ["UPDATE audit_auditevent SET action = 'x'", "DELETE FROM audit_auditevent"])
def test_the_database_refuses_to_edit_the_trail(now: datetime, statement: str) -> None:
    record("view", acting_user=None, now=now, subject_kind="claim")
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert AuditEvent.objects.get().action == "view"
