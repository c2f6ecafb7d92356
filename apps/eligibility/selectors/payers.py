"""Which payers can be asked by 270, through the clearinghouse that is connected."""

from collections.abc import Iterable
from datetime import date

from apps.connectors.models import Connection
from apps.connectors.registry import adapter_in_use
from apps.practice.models import Payer
from apps.practice.selectors.payer_channels import Channel, Transaction, channels

NO_CHANNEL = "The payer has no electronic eligibility."


def eligibility_channels(payers: Iterable[Payer], *, on: date) -> dict[int, Channel]:
    """By payer. A channel that is not open makes its visits phone tasks. Two queries."""
    through = adapter_in_use(Connection.Kind.CLEARINGHOUSE)
    return channels(payers, Transaction.ELIGIBILITY, clearinghouse=through, on=on)


def reason_to_phone(channel: Channel) -> str:
    return "" if channel.is_open else channel.closed or NO_CHANNEL
