"""An administrator connects a system, or changes how it is reached. The trail keeps which settings were written, never what they hold."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from apps.audit.trail import record
from apps.connectors import doors
from apps.connectors.models import Connection
from apps.connectors.registry import own_settings
from apps.core.models import User

# What a person tells of a connection beside its settings.
COLUMNS = ("name", "enabled")


@transaction.atomic
def keep_connection(
    *,
    connection: Connection,
    columns: Collection[str],
    written: Mapping[str, Any],
    forgotten: Collection[str],
    acting_user: User,
    now: datetime,
) -> Connection:
    """Save the `columns` (of COLUMNS) and the settings that were `written`; those `forgotten` go, all others stay as they are stored
    now. Of a new connection all is saved.

    A worker may have renewed a token since the form was shown: what nobody wrote is not written back. With other credentials what the
    adapter made of the old ones goes too. Raises IntegrityError where the name is another's.
    """
    added = connection.pk is None
    if not added:
        # Whoever saves a connection has looked at its credentials. Before the row is locked: a refusal takes its locks in this order.
        doors.reopen(connection, now=now)
    stored = {} if added else _as_stored(connection, columns)
    changed = {name for name, value in written.items() if stored.get(name) != value} | (set(forgotten) & set(stored))
    gone = set(forgotten) | (own_settings(connection.adapter) if changed else set())
    connection.settings = {name: value for name, value in {**stored, **written}.items() if name not in gone}
    connection.save(update_fields=None if added else [*COLUMNS, "settings"])
    record(
        "add_connection" if added else "change_connection",
        acting_user=acting_user,
        now=now,
        subject_kind="connection",
        subject_public_id=connection.public_id,
        name=connection.name,
        enabled=connection.enabled,
        settings=sorted(changed),
    )
    return connection


def _as_stored(connection: Connection, changed: Collection[str]) -> dict[str, Any]:
    """Its settings, of the row that is locked from now on; name and switch, unless changed, are that row's too."""
    row = Connection.objects.select_for_update().get(pk=connection.pk)
    for column in set(COLUMNS) - set(changed):
        setattr(connection, column, getattr(row, column))
    settings: dict[str, Any] = row.settings
    return settings
