"""What people do by hand: the satellite office exports its charges each evening, the biller the bank's account each morning."""

from datetime import datetime, timedelta

from apps.automations.demo.connections import drop_folder
from apps.automations.outside import Outside
from apps.core import clock
from apps.remittances.models import BankFile
from apps.remittances.services import import_bank_file

EXPORT_HOUR, BANK_HOUR = 18, 8
BANK = "Operating account"


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


def bring_bank_file(outside: Outside, moment: datetime) -> None:
    """At eight in the morning yesterday's bookings come in, where there were any."""
    local = moment.astimezone(clock.practice_zone())
    day = local.date() - timedelta(days=1)
    name = f"bank-{day}.csv"
    if local.hour != BANK_HOUR or BankFile.objects.filter(transmission__name=name).exists():
        return
    payload = outside.bank_file(str(day))
    if payload.count(b"\n") > 1:
        import_bank_file(payload=payload, name=name, account=BANK, now=moment)
