"""Ask an outside system something that changes nothing there, because a person wants to know whether it answers."""

from datetime import datetime
from typing import Any

from apps.audit.trail import record
from apps.connectors import registry
from apps.connectors.contact import contact
from apps.connectors.models import Connection
from apps.connectors.ports.errors import ConnectorError
from apps.core.models import User

Kind = Connection.Kind


def try_out(*, connection: Connection, acting_user: User, now: datetime) -> str:
    """Why it does not answer, as a sentence; empty where it does. Either stands on the connection, as after any contact.

    Not one transaction: the other side is asked in between, and its tokens may be renewed.
    """
    failure = _failure(connection, now)
    record(
        "try_connection",
        acting_user=acting_user,
        now=now,
        subject_kind="connection",
        subject_public_id=connection.public_id,
        answered=not failure,
    )
    return failure


def _failure(connection: Connection, now: datetime) -> str:
    try:
        with contact(connection, now=now):
            _adapter(connection, now).try_out()
    except ConnectorError as failure:
        return str(failure)
    return ""


def _adapter(connection: Connection, now: datetime) -> Any:
    if connection.kind == Kind.EHR:
        return registry.ehr(connection, now=now)
    build = {
        Kind.CLEARINGHOUSE: registry.clearinghouse,
        Kind.PAYMENTS: registry.payments,
        Kind.MESSAGING: registry.messaging,
    }
    return build[Kind(connection.kind)](connection)
