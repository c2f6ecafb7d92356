"""The demo practice's connections: the adapters that would run in production, with the sandbox's addresses and credentials."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from apps.connectors.models import Connection

Kind = Connection.Kind
LOOPBACK_HOSTS = {"127.0.0.1", "localhost", "::1"}
# What may be different at the sandbox's next start. The key of its SFTP server belongs to the address.
ADDRESSES = ("base_url", "eligibility_url", "sftp_host", "sftp_port", "sftp_host_key", "hosts")
FROM_ADDRESS = "Pecan Row <billing@pecanrow.example.com>"
# In the order in which they are made: of two EHRs the first is the one that is polled.
NAMES = (("ehr", "DrChrono", Kind.EHR), ("clearinghouse", "Waystar", Kind.CLEARINGHOUSE),
         ("cards", "Stripe", Kind.PAYMENTS), ("phone", "Twilio", Kind.MESSAGING))  # fmt: skip


def connect(facts: Mapping[str, Any]) -> None:
    told = facts["connections"]
    for key, name, kind in NAMES:
        _keep(name, kind, told[key]["adapter"], {**_extras(key, facts), **told[key]})
    _keep(
        "Lakeway charge files",
        Kind.EHR,
        "csv_drop",
        {"folder": str(drop_folder()), "mapping": "satellite", "settled_seconds": 0},
    )
    _keep("Mail", Kind.MESSAGING, "smtp", {"from_address": FROM_ADDRESS})


def _extras(key: str, facts: Mapping[str, Any]) -> dict[str, Any]:
    told = facts["connections"][key]
    extras: dict[str, Any] = {"hosts": _hosts(told)}
    if key == "ehr":
        extras["time_zone"] = facts["practice"]["time_zone"]
    if key == "clearinghouse":
        extras["sender_id"] = told["submitter_id"]
    return extras


def _hosts(told: Mapping[str, Any]) -> list[str]:
    """Every host that the connection's addresses name, and no other."""
    urls = [told.get("base_url", ""), told.get("eligibility_url", "")]
    named = [urlsplit(url).hostname for url in urls] + [told.get("sftp_host")]
    return sorted({host for host in named if host})


def _keep(name: str, kind: Connection.Kind, adapter: str, wanted: dict[str, Any]) -> None:
    """Made once, then whoever changes it owns it; only the sandbox's addresses follow the sandbox that runs now."""
    row, is_new = Connection.objects.get_or_create(
        name=name, defaults={"kind": kind, "adapter": adapter, "settings": wanted}
    )
    if is_new or row.adapter != adapter or not _leads_to_the_sandbox(row.settings):
        return
    row.settings |= {key: wanted[key] for key in ADDRESSES if key in wanted}
    row.save(update_fields=["settings"])


def _leads_to_the_sandbox(kept: Mapping[str, Any]) -> bool:
    """Not where somebody has pointed the connection at a vendor's own addresses."""
    hosts = _hosts(kept)
    return bool(hosts) and all(host in LOOPBACK_HOSTS for host in hosts)


def drop_folder() -> Path:
    """Where the satellite office puts its export of charges."""
    folder = Path(settings.VAR_DIR) / "drop"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder
