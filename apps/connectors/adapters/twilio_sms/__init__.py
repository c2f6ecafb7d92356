"""Twilio: texts out, delivery reports, answers and missed calls in. See README.md."""

from apps.connectors.adapters.twilio_sms.messaging import TwilioMessaging

__all__ = ["TwilioMessaging"]
