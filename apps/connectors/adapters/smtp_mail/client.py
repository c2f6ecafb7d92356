"""Django's mail backend, opened before anything is handed over so that a failure is known to have sent nothing."""

import smtplib

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend

from apps.connectors.adapters.smtp_mail.errors import UnencryptedError, while_opening, while_sending

SMTP_BACKEND = "django.core.mail.backends.smtp.EmailBackend"


def deliver(message: EmailMessage) -> None:
    """Raises OutageError, UncertainError, RefusedError."""
    backend = _opened()
    try:
        message.connection = backend
        message.send()
    except (smtplib.SMTPException, OSError) as failure:
        raise while_sending(failure) from failure
    finally:
        backend.close()


def reach() -> None:
    """Sign in and leave. Raises OutageError, RefusedError."""
    _opened().close()


def _opened() -> BaseEmailBackend:
    if settings.EMAIL_BACKEND == SMTP_BACKEND and not settings.DEMO_MODE:
        _require_encryption()
    backend = get_connection()
    try:
        backend.open()
    except (smtplib.SMTPException, OSError) as failure:
        raise while_opening(failure) from failure
    return backend


def _require_encryption() -> None:
    if not (getattr(settings, "EMAIL_USE_TLS", False) or getattr(settings, "EMAIL_USE_SSL", False)):
        raise UnencryptedError("Mail would leave unencrypted. Let EMAIL_URL start with smtp+tls:// or smtp+ssl://.")
