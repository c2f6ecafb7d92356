"""The Messaging port on SMTP."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from apps.connectors.adapters.smtp_mail import client, mapping
from apps.connectors.ports.errors import InvalidSignatureError, RefusedError
from apps.connectors.ports.messaging import MessageEvent, MessagingCapabilities
from apps.connectors.ports.setting_fields import SettingField
from apps.connectors.ports.webhooks import WebhookDelivery


class SmtpMessaging:
    vendor = "smtp"
    required_settings = ("from_address",)
    setting_fields = (
        SettingField(
            "from_address", "Sender's address", "The mail server itself is set at the installation (EMAIL_URL)."
        ),
    )
    # A mail server cannot be asked whether it has a message: a cut-off send stays unknown until a person looks.
    capabilities = MessagingCapabilities(channel="email", can_be_asked=False)

    def __init__(self, settings: Mapping[str, Any]) -> None:
        self._settings = settings

    def send(self, *, to: str, body: str, reference: str, status_url: str, subject: str = "") -> str:  # noqa: ARG002  the port's
        message = mapping.mail(self._settings, to=to, subject=subject, body=body, reference=reference)
        client.deliver(message)
        return str(message.extra_headers["Message-ID"])

    def try_out(self) -> None:
        client.reach()

    def find(self, *, to: str, body: str, since: datetime, others: Collection[str]) -> str | None:  # noqa: ARG002  the port's
        raise RefusedError("A mail server cannot be asked for a message (see capabilities.can_be_asked).")

    def verify_event(self, delivery: WebhookDelivery) -> str:  # noqa: ARG002  the port's signature
        raise InvalidSignatureError("Plain mail sends no webhooks.")

    def is_report(self, delivery: WebhookDelivery) -> bool:  # noqa: ARG002  the port's signature
        return False

    def parse_event(self, delivery: WebhookDelivery) -> MessageEvent:  # noqa: ARG002  the port's signature
        raise RefusedError("Plain mail sends no webhooks.")
