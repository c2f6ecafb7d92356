"""The journal of transmissions: raw first, each once."""

import hashlib
from datetime import datetime

from apps.connectors.models import Connection, Transmission


def checksum(payload: bytes) -> str:
    return hashlib.sha256(payload).hexdigest()


def receive(
    payload: bytes,
    *,
    kind: str,
    now: datetime,
    connection: Connection | None = None,
    name: str = "",
    vendor_key: str = "",
) -> tuple[Transmission, bool]:
    """Store what arrived. Without a vendor's event id, the file's name and checksum tell whether it came before.

    Returns the row and whether it is new.
    """
    digest = checksum(payload)
    return Transmission.objects.get_or_create(
        connection=connection,
        kind=kind,
        vendor_key=vendor_key or f"{name}:{digest}"[-200:],
        defaults={
            "direction": Transmission.Direction.IN,
            "checksum": digest,
            "name": name,
            "payload": payload,
            "size": len(payload),
            "at": now,
        },
    )


def prepare(
    payload: bytes, *, kind: str, name: str, control_number: str, connection: Connection, now: datetime
) -> Transmission:
    """Store what will be sent, under the control number that names it for ever."""
    return Transmission.objects.create(
        connection=connection,
        direction=Transmission.Direction.OUT,
        kind=kind,
        vendor_key=control_number,
        control_number=control_number,
        checksum=checksum(payload),
        name=name,
        payload=payload,
        size=len(payload),
        at=now,
    )


def move(transmission: Transmission, *, old: str, new: str, now: datetime | None = None, problem: str = "") -> bool:
    """Take a transmission from one state to the next; False when somebody else did it first."""
    moved = Transmission.objects.filter(pk=transmission.pk, state=old).update(
        state=new, settled_at=now, problem=problem[:300]
    )
    return moved == 1
