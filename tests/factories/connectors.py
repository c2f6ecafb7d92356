"""Connections to outside systems and what passed over them."""

import hashlib
from datetime import UTC, datetime

import factory
from factory.django import DjangoModelFactory

from apps.connectors.models import Connection, Transmission


class ConnectionFactory(DjangoModelFactory):
    class Meta:
        model = Connection

    name = factory.Sequence(lambda n: f"Connection {n + 1}")
    kind = Connection.Kind.EHR
    adapter = "csv_drop"
    settings = factory.LazyFunction(dict)


class EhrConnectionFactory(ConnectionFactory):
    kind = Connection.Kind.EHR
    adapter = "drchrono"


class ClearinghouseConnectionFactory(ConnectionFactory):
    kind = Connection.Kind.CLEARINGHOUSE
    adapter = "waystar"


class PaymentsConnectionFactory(ConnectionFactory):
    kind = Connection.Kind.PAYMENTS
    adapter = "stripe"


class MessagingConnectionFactory(ConnectionFactory):
    kind = Connection.Kind.MESSAGING
    adapter = "twilio"


class MailConnectionFactory(ConnectionFactory):
    kind = Connection.Kind.MESSAGING
    adapter = "smtp"


class TransmissionFactory(DjangoModelFactory):
    """Something that arrived and waits to be read."""

    class Meta:
        model = Transmission

    direction = Transmission.Direction.IN
    kind = "835"
    vendor_key = factory.Sequence(lambda n: f"file-{n + 1}")
    name = factory.SelfAttribute("vendor_key")
    payload = b"ISA*"
    checksum = factory.LazyAttribute(lambda made: hashlib.sha256(made.payload).hexdigest())
    size = factory.LazyAttribute(lambda made: len(made.payload))
    at = datetime(2026, 9, 16, 12, 0, tzinfo=UTC)


class SentTransmissionFactory(TransmissionFactory):
    """Something that left."""

    connection = factory.SubFactory(ClearinghouseConnectionFactory)
    direction = Transmission.Direction.OUT
    kind = "837P"
    control_number = factory.Sequence(lambda n: f"{n + 1:09d}")
    vendor_key = factory.SelfAttribute("control_number")
    state = Transmission.State.SENT
