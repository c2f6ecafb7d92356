"""A message in a mail's shape. Pure but for Django's mail class."""

from collections.abc import Mapping
from typing import Any

from django.core.mail import EmailMessage


def mail(settings: Mapping[str, Any], *, to: str, subject: str, body: str, reference: str) -> EmailMessage:
    """`reference` becomes the Message-ID, so that a person can find the mail in the server's log."""
    sender = str(settings["from_address"])
    message_id = f"<{reference}@{sender.rpartition('@')[2].strip('> ')}>"
    return EmailMessage(subject=subject, body=body, from_email=sender, to=[to], headers={"Message-ID": message_id})
