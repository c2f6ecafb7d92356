"""The Messaging port on Twilio."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl

from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]  # the SDK ships no types

from apps.connectors.adapters.twilio_sms import mapping
from apps.connectors.adapters.twilio_sms.client import TwilioClient
from apps.connectors.ports.errors import InvalidSignatureError, RefusedError
from apps.connectors.ports.messaging import MessageEvent, MessagingCapabilities
from apps.connectors.ports.setting_fields import SettingField
from apps.connectors.ports.webhooks import WebhookDelivery

# Twilio's clock and ours may differ a little, and Twilio tells whole seconds.
CLOCKS_DIFFER = timedelta(minutes=1)


class TwilioMessaging:
    vendor = "twilio"
    required_settings = ("account_sid", "auth_token")
    setting_fields = (
        SettingField("account_sid", "Account SID", "Begins with AC."),
        SettingField("auth_token", "Auth token", secret=True),
        SettingField("from_number", "Sending number", "With its country code, for example +15125550142."),
        SettingField("messaging_service_sid", "Messaging service SID", "Sends in place of the number where it is set."),
    )
    capabilities = MessagingCapabilities(channel="sms", can_be_asked=True)

    def __init__(self, settings: Mapping[str, Any]) -> None:
        self._settings = settings
        self._client = TwilioClient(settings)

    @staticmethod
    def check_settings(settings: Mapping[str, Any]) -> None:
        if not settings.get("messaging_service_sid") and not settings.get("from_number"):
            raise RefusedError("Write from_number or messaging_service_sid: a text needs a sender.")

    def send(self, *, to: str, body: str, reference: str, status_url: str, subject: str = "") -> str:  # noqa: ARG002
        """Twilio keeps no reference of ours: after a crash a message is found by its number and its text."""
        form = {"To": to, "Body": body, **self._sender()}
        if status_url:
            form["StatusCallback"] = status_url
        return str(self._client.create(form)["sid"])

    def try_out(self) -> None:
        next(self._client.messages(), None)

    def find(self, *, to: str, body: str, since: datetime, others: Collection[str]) -> str | None:
        """Not asked for by `DateSent`: a text that still waits in Twilio's queue has no such date, and would be sent again."""
        for row in self._client.messages(To=to):
            ours = row.get("body") == body and str(row.get("direction", "")).startswith("outbound")
            if ours and row["sid"] not in others and mapping.created(row) >= since - CLOCKS_DIFFER:
                return str(row["sid"])
        return None

    def verify_event(self, delivery: WebhookDelivery) -> str:
        form = _form(delivery)
        validator = RequestValidator(str(self._settings["auth_token"]))
        if not validator.validate(delivery.url, form, delivery.headers.get("x-twilio-signature", "")):
            raise InvalidSignatureError("The callback is not signed with this account's token.")
        return mapping.event_id(form)

    def is_report(self, delivery: WebhookDelivery) -> bool:
        return mapping.is_report(_form(delivery))

    def parse_event(self, delivery: WebhookDelivery) -> MessageEvent:
        form = _form(delivery)
        if not (form.get("MessageSid") or form.get("CallSid")):
            raise RefusedError("Twilio's callback names neither a message nor a call.")
        return mapping.event(form)

    def _sender(self) -> dict[str, str]:
        service = self._settings.get("messaging_service_sid")
        return {"MessagingServiceSid": str(service)} if service else {"From": str(self._settings["from_number"])}


def _form(delivery: WebhookDelivery) -> dict[str, str]:
    return dict(parse_qsl(delivery.body.decode("utf-8", "replace"), keep_blank_values=True))
