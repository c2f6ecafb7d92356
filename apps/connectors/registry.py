"""Find the adapter that settings name for a connection."""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from inspect import get_annotations
from typing import Any, cast

from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string

from apps.connectors import journal
from apps.connectors.models import Connection
from apps.connectors.ports.charge_files import ChargeFileReader
from apps.connectors.ports.clearinghouse import Clearinghouse
from apps.connectors.ports.ehr import Ehr
from apps.connectors.ports.errors import RefusedError
from apps.connectors.ports.messaging import Messaging
from apps.connectors.ports.payments import Payments
from apps.connectors.ports.setting_fields import SettingField

EHR_ANSWER = "ehr"  # the journal's kind of a page that an EHR answered
_WORDS = {
    Connection.Kind.EHR: "EHR",
    Connection.Kind.CLEARINGHOUSE: "clearinghouse",
    Connection.Kind.PAYMENTS: "card processor",
    Connection.Kind.MESSAGING: "text or email service",
}

_PORTS: dict[Connection.Kind, type] = {
    Connection.Kind.EHR: Ehr,
    Connection.Kind.CLEARINGHOUSE: Clearinghouse,
    Connection.Kind.PAYMENTS: Payments,
    Connection.Kind.MESSAGING: Messaging,
}


class NoConnectionError(LookupError):
    """No enabled connection of that kind. The message says where to set one up."""


def connection_of(kind: Connection.Kind) -> Connection:
    """The practice's connection of that kind, the first where there are several. For messages by channel: `messaging_connection`."""
    found = Connection.objects.filter(kind=kind, enabled=True).order_by("pk").first()
    if found is None:
        raise NoConnectionError(f"No {_WORDS[kind]} is connected. Connect one in Settings, Connections.")
    return found


def connection_if_any(kind: Connection.Kind) -> Connection | None:
    """As `connection_of`, but None where the practice never had such a system: there is nobody to ask, and nothing has failed.

    Raises NoConnectionError where it has one and it is switched off.
    """
    try:
        return connection_of(kind)
    except NoConnectionError:
        if Connection.objects.filter(kind=kind).exists():
            raise
        return None


def adapter_in_use(kind: Connection.Kind) -> str:
    """The adapter by which `connection_of` reaches the outside; empty where nothing of that kind is connected."""
    found = Connection.objects.filter(kind=kind, enabled=True).order_by("pk").values_list("adapter", flat=True).first()
    return found or ""


def messaging_connection(channel: str) -> Connection:
    """The connection that sends on `channel` (sms, email)."""
    for connection in Connection.objects.filter(kind=Connection.Kind.MESSAGING, enabled=True).order_by("pk"):
        if messaging(connection).capabilities.channel == channel:
            return connection
    raise NoConnectionError(f"Nothing is connected that sends {channel}. Connect it in Settings, Connections.")


def adapters_of(kind: Connection.Kind) -> list[str]:
    """The adapters of this installation that do what the port of that kind asks for, by name."""
    port = _PORTS[kind]
    asked = {name for name in (*vars(port), *get_annotations(port)) if not name.startswith("_")}
    return sorted(
        name for name, path in settings.ADAPTERS.items() if all(hasattr(import_string(path), each) for each in asked)
    )


def kinds() -> dict[str, Connection.Kind]:
    """Each adapter of this installation with the kind of its connections."""
    return {name: kind for kind in Connection.Kind for name in adapters_of(kind)}


def required_settings(adapter: str) -> tuple[str, ...]:
    """Without these nothing passes; none for an adapter that is not part of this installation."""
    return tuple(getattr(_class_of(adapter), "required_settings", ()))


def setting_fields(adapter: str) -> tuple[SettingField, ...]:
    """What a form asks for; of an adapter that does not say, what it requires, and all of it as secrets."""
    lacking = tuple(SettingField(name, name, secret=True) for name in required_settings(adapter))
    return tuple(getattr(_class_of(adapter), "setting_fields", lacking))


def own_settings(adapter: str) -> frozenset[str]:
    """Settings that the adapter writes itself from the credentials, such as an access token."""
    return frozenset(getattr(_class_of(adapter), "own_settings", ()))


def _class_of(adapter: str) -> Any:
    return import_string(settings.ADAPTERS[adapter]) if adapter in settings.ADAPTERS else None


def settings_problems(adapter: str, told: Mapping[str, Any]) -> list[str]:
    """What keeps an adapter from working with these settings, a sentence each that names the setting.

    An adapter may say what it needs: `required_settings`, names; `check_settings(settings)`, which raises RefusedError.
    """
    if adapter not in settings.ADAPTERS:
        return [f"The adapter {adapter} is not part of this installation."]
    found = import_string(settings.ADAPTERS[adapter])
    lacking = [name for name in getattr(found, "required_settings", ()) if not told.get(name)]
    if lacking:
        return [f"Write {', '.join(lacking)}: {adapter} cannot work without."]
    try:
        getattr(found, "check_settings", lambda _: None)(told)
    except RefusedError as refusal:
        return [str(refusal)]
    return []


def _adapter(connection: Connection, *more: Any) -> Any:
    """Raises RefusedError where the connection's settings lack what its adapter cannot do without."""
    adapter = import_string(settings.ADAPTERS[connection.adapter])
    try:
        return adapter(connection.settings, *more)
    except KeyError as missing:
        raise RefusedError(f"The connection {connection.adapter} lacks its setting {missing}.") from missing


def ehr(connection: Connection, *, now: datetime | None = None) -> Ehr:
    """Each answer of the EHR enters the journal, at `now`, before it is read. Without `now`, only its webhooks may be verified."""

    def keep(name: str, payload: bytes) -> str:
        if now is None:
            raise TypeError("Asking the EHR needs the time at which its answers enter the journal.")
        kept, _ = journal.receive(payload, kind=EHR_ANSWER, name=name, connection=connection, now=now)
        return kept.public_id

    return cast("Ehr", _adapter(connection, keep, partial(_change_secrets, connection)))


def _change_secrets(
    connection: Connection, change: Callable[[Mapping[str, Any]], Mapping[str, Any]]
) -> Mapping[str, Any]:
    """`change` gets the stored credentials and returns what is stored from now on. One worker at a time: a one-time token is not used
    twice, and what the other side handed out is stored before anybody uses it.
    """
    with transaction.atomic():
        row = Connection.objects.select_for_update().get(pk=connection.pk)
        changed = change(row.settings)
        row.settings = dict(changed)
        row.save(update_fields=["settings"])
    connection.settings = row.settings
    return changed


def charge_file_reader() -> ChargeFileReader:
    return cast("ChargeFileReader", import_string(settings.ADAPTERS["csv_drop"])({}, None, None))


def clearinghouse(connection: Connection) -> Clearinghouse:
    return cast("Clearinghouse", _adapter(connection))


def payments(connection: Connection) -> Payments:
    return cast("Payments", _adapter(connection))


def messaging(connection: Connection) -> Messaging:
    return cast("Messaging", _adapter(connection))
