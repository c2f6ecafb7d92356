"""Which channels the practice may use, and which addresses its patients consented to."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from apps.connectors.models import Connection
from apps.connectors.registry import NoConnectionError, messaging, messaging_connection
from apps.intake.models import Consent
from apps.patient_balances.models import InboundMessage, Outgoing, UnreachableAddress
from apps.patient_balances.rules.channels import Way
from apps.practice.models import VendorAgreement

ELECTRONIC = (Outgoing.Channel.SMS, Outgoing.Channel.EMAIL)


@dataclass(frozen=True, slots=True)
class Usable:
    """Channels with a connected vendor whose agreement is on record; and what the others lack, one sentence each."""

    connections: dict[str, Connection] = field(default_factory=dict)
    lacking: dict[str, str] = field(default_factory=dict)


def has_agreement(connection: Connection, on: date) -> bool:
    """Whether a business associate agreement with the connection's vendor is in force (45 CFR 164.502(e))."""
    names = {connection.adapter, messaging(connection).vendor}
    in_force = Q(ends_on=None) | Q(ends_on__gte=on)
    return VendorAgreement.objects.filter(in_force, vendor__in=names, signed_on__lte=on).exists()


def usable_channels(on: date) -> Usable:
    usable = Usable()
    for channel in ELECTRONIC:
        try:
            connection = messaging_connection(channel)
        except NoConnectionError:
            usable.lacking[channel] = f"Connect a service for {channel.label.lower()}s: patients have agreed to them."
            continue
        if has_agreement(connection, on):
            usable.connections[channel] = connection
        else:
            usable.lacking[channel] = (
                f"Enter the signed agreement with {messaging(connection).vendor}: without it nothing may be sent there."
            )
    return usable


def consents_in_force(patient_ids: Collection[int]) -> dict[int, list[Way]]:
    """Each patient's consented addresses, the newest consent first."""
    found: defaultdict[int, list[Way]] = defaultdict(list)
    rows = Consent.objects.filter(patient__in=patient_ids, revoked_at=None).order_by("-given_on", "-pk")
    for patient, channel, address in rows.values_list("patient_id", "channel", "address"):
        found[patient].append(Way(channel, address))
    return found


def unreachable(addresses: Collection[str]) -> set[Way]:
    """Addresses known to fail, unless a patient has given them anew since."""
    rows = UnreachableAddress.objects.filter(address__in=addresses)
    renewed = Consent.objects.filter(
        channel=OuterRef("channel"), address=OuterRef("address"), revoked_at=None, given_on__gt=OuterRef("since__date")
    )
    return {
        Way(channel, address) for channel, address in rows.filter(~Exists(renewed)).values_list("channel", "address")
    }


def pausing() -> "QuerySet[InboundMessage]":
    """What patients wrote that a person has not answered yet."""
    return InboundMessage.objects.filter(pauses=True, answered_at=None)
