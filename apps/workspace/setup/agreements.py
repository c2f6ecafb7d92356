"""The register of business associate agreements: each vendor that is connected, and what is on record with it."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.conf import settings

from apps.connectors.models import Connection
from apps.practice.models import VendorAgreement

# Vendors as they write themselves; another adapter's name is shown as it stands.
NAMES = {
    "drchrono": "DrChrono",
    "csv_drop": "Charge files (CSV)",
    "waystar": "Waystar",
    "stripe": "Stripe",
    "twilio": "Twilio",
    "smtp": "Mail server (SMTP)",
}
KINDS = {
    Connection.Kind.EHR: "EHR",
    Connection.Kind.CLEARINGHOUSE: "Clearinghouse",
    Connection.Kind.PAYMENTS: "Card payments",
    Connection.Kind.MESSAGING: "Texts and email",
}
SOON = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Standing:
    """A vendor with its agreement. `used_for`: the kinds of its connections that are switched on."""

    vendor: str
    name: str
    used_for: tuple[str, ...]
    agreement: VendorAgreement | None
    state: str
    word: str


def register(today: date) -> list[Standing]:
    """Vendors that are connected and lack an agreement first, then by name."""
    used: dict[str, list[str]] = {}
    for adapter, kind in Connection.objects.filter(enabled=True).order_by("kind").values_list("adapter", "kind"):
        used.setdefault(adapter, []).append(KINDS[Connection.Kind(kind)])
    known = {agreement.vendor: agreement for agreement in VendorAgreement.objects.all()}
    rows = [
        _standing(vendor, tuple(dict.fromkeys(used.get(vendor, ()))), known.get(vendor), today)
        for vendor in {*used, *known}
    ]
    return sorted(rows, key=lambda row: (row.state != "problem", row.name.lower()))


def vendors() -> list[str]:
    """Every vendor that can be connected."""
    return list(settings.ADAPTERS)


def name_of(vendor: str) -> str:
    return NAMES.get(vendor, vendor)


def _standing(vendor: str, used_for: tuple[str, ...], agreement: VendorAgreement | None, today: date) -> Standing:
    state, word = _state(bool(used_for), agreement, today)
    return Standing(vendor, name_of(vendor), used_for, agreement, state, word)


def _state(is_used: bool, agreement: VendorAgreement | None, today: date) -> tuple[str, str]:
    if agreement is None:
        return "problem", "None on record"
    if agreement.signed_on > today:
        return "waiting", "Not in force yet"
    if agreement.ends_on and agreement.ends_on < today:
        return ("problem", "Ended") if is_used else ("off", "Ended")
    if agreement.ends_on and agreement.ends_on - today <= SOON:
        return "watch", "Ends soon"
    return "good", "In force"
