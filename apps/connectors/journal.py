"""The journal of transmissions: raw first, each once."""

import hashlib
from datetime import datetime
from io import BytesIO
from typing import BinaryIO

from apps.connectors import payloads
from apps.connectors.models import Connection, Transmission
from apps.core.insert_once import insert_once


def checksum(payload: bytes) -> str:
    return hashlib.sha256(payload).hexdigest()


def receive(
    payload: bytes | BinaryIO,
    *,
    kind: str,
    now: datetime,
    connection: Connection | None = None,
    name: str = "",
    vendor_key: str = "",
    by_bytes: bool = False,
) -> tuple[Transmission, bool]:
    """Store what arrived, bytes or a file that can be read twice. Without a vendor's event id, the file's name and checksum tell
    whether it came before; `by_bytes`: the checksum alone, under whatever name and over whatever connection.

    Returns the row and whether it is new.
    """
    file = BytesIO(payload) if isinstance(payload, bytes) else payload
    begins = file.tell()
    measured = payloads.measure(file)
    if by_bytes and (known := first_with(measured.checksum, kind)):
        return known, False
    file.seek(begins)
    brought = Transmission(
        connection=connection,
        kind=kind,
        vendor_key=vendor_key or f"{name}:{measured.checksum}"[-200:],
        direction=Transmission.Direction.IN,
        checksum=measured.checksum,
        name=name,
        payload=payloads.first_frame(file),
        size=measured.size,
        at=now,
    )
    with payloads.together(measured.size):
        if insert_once(brought, once=("connection", "kind", "vendor_key")):
            payloads.store_following(brought, file)
            return brought, True
    return Transmission.objects.get(connection=connection, kind=kind, vendor_key=brought.vendor_key), False


def first_with(checksum: str, kind: str) -> Transmission | None:
    """The first that brought these bytes, its payload left out."""
    came = Transmission.objects.filter(checksum=checksum, kind=kind, direction=Transmission.Direction.IN)
    return came.defer("payload").order_by("pk").first()


def prepare(
    payload: bytes, *, kind: str, name: str, control_number: str, connection: Connection, now: datetime
) -> Transmission:
    """Store what will be sent, under the control number that names it for ever."""
    file = BytesIO(payload)
    with payloads.together(len(payload)):
        stored = Transmission.objects.create(
            connection=connection,
            direction=Transmission.Direction.OUT,
            kind=kind,
            vendor_key=control_number,
            control_number=control_number,
            checksum=checksum(payload),
            name=name,
            payload=payloads.first_frame(file),
            size=len(payload),
            at=now,
        )
        payloads.store_following(stored, file)
    return stored


def move(transmission: Transmission, *, old: str, new: str, now: datetime | None = None, problem: str = "") -> bool:
    """Take a transmission from one state to the next; False when somebody else did it first."""
    moved = Transmission.objects.filter(pk=transmission.pk, state=old).update(
        state=new, settled_at=now, problem=problem[:300]
    )
    return moved == 1
