"""Mail by SMTP, through Django's mail backend. See README.md."""

from apps.connectors.adapters.smtp_mail.messaging import SmtpMessaging

__all__ = ["SmtpMessaging"]
