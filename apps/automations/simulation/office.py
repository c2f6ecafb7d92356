"""What an office without an interface does each evening: export the day's charges into the drop folder."""

from datetime import datetime
from pathlib import Path

from django.conf import settings

from apps.automations.simulation.outside import Outside
from apps.core import clock

EXPORT_HOUR = 18


def drop_folder() -> Path:
    folder = Path(settings.VAR_DIR) / "drop"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def drop_charge_file(outside: Outside, moment: datetime) -> None:
    """At six in the evening the satellite office's export appears, whole or not at all."""
    local = moment.astimezone(clock.practice_zone())
    path = drop_folder() / f"satellite-{local:%Y-%m-%d}.csv"
    if local.hour != EXPORT_HOUR or path.exists():
        return
    payload = outside.charge_file(f"{local:%Y-%m-%d}")
    if payload.count(b"\n") > 1:
        part = path.with_suffix(".part")
        part.write_bytes(payload)
        part.replace(path)
