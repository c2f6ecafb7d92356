"""Find the adapter that settings name for a connection."""

from typing import Any, cast

from django.conf import settings
from django.utils.module_loading import import_string

from apps.connectors.models import Connection
from apps.connectors.ports.clearinghouse import Clearinghouse
from apps.connectors.ports.ehr import Ehr
from apps.connectors.ports.messaging import Messaging
from apps.connectors.ports.payments import Payments


class NoConnectionError(LookupError):
    """No enabled connection of that kind. The message says where to set one up."""


def connection_of(kind: Connection.Kind) -> Connection:
    found = Connection.objects.filter(kind=kind, enabled=True).order_by("pk").first()
    if found is None:
        raise NoConnectionError(f"No {kind.label.lower()} is connected. Connect one in Settings, Connections.")
    return found


def _adapter(connection: Connection) -> Any:
    return import_string(settings.ADAPTERS[connection.adapter])(connection.settings)


def ehr(connection: Connection) -> Ehr:
    return cast(Ehr, _adapter(connection))


def clearinghouse(connection: Connection) -> Clearinghouse:
    return cast(Clearinghouse, _adapter(connection))


def payments(connection: Connection) -> Payments:
    return cast(Payments, _adapter(connection))


def messaging(connection: Connection) -> Messaging:
    return cast(Messaging, _adapter(connection))
